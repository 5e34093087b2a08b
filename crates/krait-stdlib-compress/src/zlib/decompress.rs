//! `zlib.decompressobj` and its objects.

use std::cell::RefCell;

use krait_object::native::TypeBuilder;
use krait_object::types::buffer;
use krait_object::types::bytes::BytesLike;
use krait_object::types::bytes_builder::BytesBuilder;
use krait_object::{Bytes, Class, Instance, Owned, Py, PyResult, Value, class_cell, raise};
use krait_sys::zlib::{self, Inflate};

use super::flow::{self, Inflating, Stop};
use super::{DEF_BUF_SIZE, FINISH, MAX_WBITS, SYNC_FLUSH, error};
use krait_object::guarded::Guarded;

pub const MAKE_DOC: &str = "Return a decompressor object.\n\n  wbits\n    \
    The window buffer size and container format.\n  zdict\n    \
    The predefined compression dictionary.  This must be the same\n    \
    dictionary as used by the compressor that produced the input data.";
const DECOMPRESS_DOC: &str = "Return a bytes object containing the decompressed version of the data.\n\n  \
    data\n    The binary data to decompress.\n  max_length\n    \
    The maximum allowable length of the decompressed data.\n    \
    Unconsumed input data will be stored in\n    the unconsumed_tail attribute.\n\n\
    After calling this function, some of the input data may still be\n\
    stored in internal buffers for later processing.\n\
    Call the flush() method to clear these buffers.";
const FLUSH_DOC: &str = "Return a bytes object containing any remaining decompressed data.\n\n  \
    length\n    the initial size of the output buffer.";

/// The stream, until `flush` has found its end.
struct State {
    stream: Option<Inflate>,
    dictionary: Option<Vec<u8>>,
    ended: bool,
}

/// `zlib.Decompress`.
pub struct Decompress {
    state: Guarded<State>,
    unused_data: RefCell<Owned<Bytes>>,
    unconsumed_tail: RefCell<Owned<Bytes>>,
}

type This = Instance<Decompress>;

/// A copy of a predefined dictionary.
pub fn dictionary(py: Py, zdict: Option<&Value>) -> PyResult<Option<Vec<u8>>> {
    let Some(zdict) = zdict else { return Ok(None) };
    if !buffer::has_buffer(zdict) {
        return raise!(
            py,
            TypeError,
            "zdict argument must support the buffer protocol"
        );
    }
    Ok(Some(BytesLike::new(py, zdict)?.to_vec()))
}

/// A stream for a window; the dictionary of a raw stream is given at once.
pub fn open(py: Py, wbits: i32, dictionary: Option<&[u8]>) -> PyResult<Inflate> {
    let mut stream = match Inflate::new(wbits) {
        Ok(stream) => stream,
        Err(zlib::STREAM_ERROR) => return raise!(py, ValueError, "Invalid initialization option"),
        Err(zlib::MEM_ERROR) => {
            return error::no_memory(py, "Can't allocate memory for decompression object");
        }
        Err(status) => {
            return error::fail(py, status, None, "while creating decompression object");
        }
    };
    if let Some(dictionary) = dictionary.filter(|_| wbits < 0) {
        let status = stream.set_dictionary(dictionary);
        if status != zlib::OK {
            return error::fail(py, status, stream.message(), "while setting zdict");
        }
    }
    Ok(stream)
}

pub fn make(py: Py, wbits: Option<i32>, zdict: Option<&Value>) -> PyResult<Owned<This>> {
    let dictionary = dictionary(py, zdict)?;
    let stream = open(py, wbits.unwrap_or(MAX_WBITS), dictionary.as_deref())?;
    let empty = Bytes::new(&[]);
    Ok(Instance::new(
        py,
        Decompress {
            state: Guarded::new(State {
                stream: Some(stream),
                dictionary,
                ended: false,
            }),
            unused_data: RefCell::new(empty.clone()),
            unconsumed_tail: RefCell::new(empty),
        },
    ))
}

impl Decompress {
    /// Keeps what the stream has left of the input.
    fn keep(&self, rest: &[u8], ended: bool) -> PyResult<()> {
        let tail = if ended {
            if !rest.is_empty() {
                let old = self.unused_data.borrow().clone();
                let mut all = BytesBuilder::with_capacity(old.len() + rest.len())?;
                all.extend(old.as_slice())?;
                all.extend(rest)?;
                self.unused_data.replace(all.finish());
            }
            &[]
        } else {
            rest
        };
        if !tail.is_empty() || !self.unconsumed_tail.borrow().is_empty() {
            self.unconsumed_tail.replace(Bytes::new(tail));
        }
        Ok(())
    }
}

/// Decompresses; the result's number beside the output.
fn run(
    py: Py,
    this: &This,
    state: &mut State,
    data: &[u8],
    (flush, limit): (i32, usize),
    out: &mut BytesBuilder,
) -> PyResult<i32> {
    let doing = "while decompressing data";
    let Some(stream) = &mut state.stream else {
        return error::fail(py, zlib::STREAM_ERROR, None, doing);
    };
    let how = Inflating {
        flush,
        limit,
        dictionary: state.dictionary.as_deref(),
    };
    let mut input = data;
    let stop = flow::inflate(py, stream, &mut input, &how, out)?;
    let status = match stop {
        Stop::Status(status) => status,
        Stop::Dictionary(status) => {
            return error::fail(py, status, stream.message(), "while setting zdict");
        }
    };
    let ended = status == zlib::STREAM_END;
    this.keep(input, ended)?;
    state.ended |= ended;
    match status {
        zlib::OK | zlib::BUF_ERROR | zlib::STREAM_END => Ok(status),
        _ => error::fail(py, status, stream.message(), doing),
    }
}

fn decompress(
    py: Py,
    this: &This,
    data: BytesLike<'_>,
    max_length: Option<isize>,
) -> PyResult<Owned<Bytes>> {
    let max_length = max_length.unwrap_or(0);
    let Ok(limit) = usize::try_from(max_length) else {
        return raise!(py, ValueError, "max_length must be non-negative");
    };
    let limit = if limit == 0 { usize::MAX } else { limit };
    let mut state = this.state.lock(py);
    let mut out = BytesBuilder::with_capacity(DEF_BUF_SIZE.min(limit))?;
    run(py, this, &mut state, &data, (SYNC_FLUSH, limit), &mut out)?;
    Ok(out.finish())
}

fn flush(py: Py, this: &This, length: Option<isize>) -> PyResult<Owned<Bytes>> {
    let length = length.unwrap_or(DEF_BUF_SIZE as isize);
    if length <= 0 {
        return raise!(py, ValueError, "length must be greater than zero");
    }
    let mut state = this.state.lock(py);
    let data = this.unconsumed_tail.borrow().clone();
    let mut out = BytesBuilder::with_capacity(length as usize)?;
    if state.stream.is_none() {
        return Ok(out.finish());
    }
    let how = (FINISH, usize::MAX);
    let status = run(py, this, &mut state, data.as_slice(), how, &mut out)?;
    if status == zlib::STREAM_END {
        state.stream = None;
    }
    Ok(out.finish())
}

fn copy(py: Py, this: &This) -> PyResult<Owned<This>> {
    let mut state = this.state.lock(py);
    let copied = match &mut state.stream {
        Some(stream) => stream.copy(),
        None => Err(zlib::STREAM_ERROR),
    };
    let stream = match copied {
        Ok(stream) => stream,
        Err(zlib::STREAM_ERROR) => return raise!(py, ValueError, "Inconsistent stream state"),
        Err(zlib::MEM_ERROR) => {
            return error::no_memory(py, "Can't allocate memory for decompression object");
        }
        Err(status) => {
            return error::fail(py, status, None, "while copying decompression object");
        }
    };
    Ok(Instance::new(
        py,
        Decompress {
            state: Guarded::new(State {
                stream: Some(stream),
                dictionary: state.dictionary.clone(),
                ended: state.ended,
            }),
            unused_data: RefCell::new(this.unused_data.borrow().clone()),
            unconsumed_tail: RefCell::new(this.unconsumed_tail.borrow().clone()),
        },
    ))
}

impl Class for Decompress {
    const NAME: &'static str = "zlib.Decompress";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.mutable()
            .no_constructor()
            .method_doc(
                "decompress($self, data, /, max_length=0)",
                DECOMPRESS_DOC,
                decompress,
            )
            .method_doc(
                "flush($self, length=zlib.DEF_BUF_SIZE, /)",
                FLUSH_DOC,
                flush,
            )
            .method_doc(
                "copy($self, /)",
                "Return a copy of the decompression object.",
                copy,
            )
            .method("__copy__($self, /)", copy)
            .method(
                "__deepcopy__($self, memo, /)",
                |py: Py, this: &This, _memo: &Value| copy(py, this),
            )
            .getter("unused_data", |_py, this: &This| {
                this.unused_data.borrow().clone()
            })
            .getter("unconsumed_tail", |_py, this: &This| {
                this.unconsumed_tail.borrow().clone()
            })
            .getter("eof", |py, this: &This| this.state.lock(py).ended);
    }
}
