//! `zlib._ZlibDecompressor`: the decompressor of `gzip` and `zipfile`, with the interface
//! of those of `bz2` and `lzma`.

use krait_object::native::TypeBuilder;
use krait_object::types::bytes::BytesLike;
use krait_object::{Bytes, Class, Instance, Owned, Py, PyResult, Type, Value, class_cell};
use krait_sys::zlib::{self, Inflate};

use super::flow::{self, Inflating, Stop};
use super::{MAX_WBITS, SYNC_FLUSH, decompress, error};
use crate::bounded::Bounded;
use krait_object::guarded::Guarded;

const DOC: &str = "Create a decompressor object for decompressing data incrementally.";
const DECOMPRESS_DOC: &str = "Decompress *data*, returning uncompressed data as bytes.\n\n\
    If *max_length* is nonnegative, returns at most *max_length* bytes\n\
    of decompressed data.  If this limit is reached and further output\n\
    can be produced, *self.needs_input* will be set to ``False``.  In\n\
    this case, the next call to *decompress()* may provide *data* as b''\n\
    to obtain more of the output.\n\n\
    If all of the input data was decompressed and returned (either\n\
    because this was less than *max_length* bytes, or because\n\
    *max_length* was negative), *self.needs_input* will be set to True.\n\n\
    Attempting to decompress data after the end of stream is reached\n\
    raises an EOFError.  Any data found after the end of the stream is\n\
    ignored and saved in the unused_data attribute.";

struct State {
    stream: Inflate,
    dictionary: Option<Vec<u8>>,
    progress: Bounded,
}

/// `zlib._ZlibDecompressor`.
pub struct ZlibDecompressor(Guarded<State>);

type This = Instance<ZlibDecompressor>;

fn new(py: Py, class: &Type, wbits: Option<i32>, zdict: Option<&Value>) -> PyResult<Owned<This>> {
    let dictionary = decompress::dictionary(py, zdict)?;
    let stream = decompress::open(py, wbits.unwrap_or(MAX_WBITS), dictionary.as_deref())?;
    let state = State {
        stream,
        dictionary,
        progress: Bounded::new(),
    };
    Instance::new_in(py, class, ZlibDecompressor(Guarded::new(state)))
}

fn run(
    py: Py,
    this: &This,
    data: BytesLike<'_>,
    max_length: Option<isize>,
) -> PyResult<Owned<Bytes>> {
    let mut state = this.0.lock(py);
    let State {
        stream,
        dictionary,
        progress,
    } = &mut *state;
    progress.decompress(py, &data, max_length, |input, limit, out| {
        let how = Inflating {
            flush: SYNC_FLUSH,
            limit,
            dictionary: dictionary.as_deref(),
        };
        match flow::inflate(py, stream, input, &how, out)? {
            Stop::Status(zlib::OK | zlib::BUF_ERROR) => Ok(false),
            Stop::Status(zlib::STREAM_END) => Ok(true),
            Stop::Status(status) => {
                error::fail(py, status, stream.message(), "while decompressing data")
            }
            Stop::Dictionary(status) => {
                error::fail(py, status, stream.message(), "while setting zdict")
            }
        }
    })
}

impl Class for ZlibDecompressor {
    const NAME: &'static str = "zlib._ZlibDecompressor";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.doc(DOC)
            .new_with("_ZlibDecompressor(wbits=15, zdict=b'')", new)
            .method_doc(
                "decompress($self, /, data, max_length=-1)",
                DECOMPRESS_DOC,
                run,
            )
            .getter("eof", |py, this: &This| this.0.lock(py).progress.ended)
            .getter("needs_input", |py, this: &This| {
                this.0.lock(py).progress.needs_input
            })
            .getter("unused_data", |py, this: &This| {
                this.0.lock(py).progress.unused()
            });
    }
}
