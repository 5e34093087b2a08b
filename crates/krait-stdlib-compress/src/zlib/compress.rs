//! `zlib.compressobj` and its objects.

use krait_object::native::TypeBuilder;
use krait_object::types::bytes::BytesLike;
use krait_object::types::bytes_builder::BytesBuilder;
use krait_object::{Bytes, Class, Instance, Owned, Py, PyResult, Value, class_cell, raise};
use krait_sys::zlib::{self, Deflate};

use super::{
    DEF_BUF_SIZE, DEF_MEM_LEVEL, DEFAULT_COMPRESSION, DEFLATED, FINISH, MAX_WBITS, NO_FLUSH,
};
use super::{error, flow};
use krait_object::guarded::Guarded;

/// `zlib.Compress`: the stream, until it was finished.
pub struct Compress(Guarded<Option<Deflate>>);

type This = Instance<Compress>;

pub const MAKE_DOC: &str = "Return a compressor object.\n\n  level\n    \
    The compression level (an integer in the range 0-9 or -1; default is\n    \
    currently equivalent to 6).  Higher compression levels are slower,\n    \
    but produce smaller results.\n  method\n    \
    The compression algorithm.  If given, this must be DEFLATED.\n  wbits\n    \
    +9 to +15: The base-two logarithm of the window size.  Include a zlib\n        container.\n    \
    -9 to -15: Generate a raw stream.\n    +25 to +31: Include a gzip container.\n  memLevel\n    \
    Controls the amount of memory used for internal compression state.\n    \
    Valid values range from 1 to 9.  Higher values result in higher memory\n    \
    usage, faster compression, and smaller output.\n  strategy\n    \
    Used to tune the compression algorithm.  Possible values are\n    \
    Z_DEFAULT_STRATEGY, Z_FILTERED, and Z_HUFFMAN_ONLY.\n  zdict\n    \
    The predefined compression dictionary - a sequence of bytes\n    \
    containing subsequences that are likely to occur in the input data.";
const COMPRESS_DOC: &str = "Returns a bytes object containing compressed data.\n\n  data\n    \
    Binary data to be compressed.\n\nAfter calling this function, some of the input data may still\n\
    be stored in internal buffers for later processing.\n\
    Call the flush() method to clear these buffers.";
const FLUSH_DOC: &str = "Return a bytes object containing any remaining compressed data.\n\n  mode\n    \
    One of the constants Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_FINISH.\n    \
    If mode == Z_FINISH, the compressor object can no longer be\n    \
    used after calling the flush() method.  Otherwise, more data\n    \
    can still be compressed.";

pub fn make(
    py: Py,
    level: Option<i32>,
    method: Option<i32>,
    wbits: Option<i32>,
    mem_level: Option<i32>,
    strategy: Option<i32>,
    zdict: Option<BytesLike<'_>>,
) -> PyResult<Owned<This>> {
    if zdict.as_ref().is_some_and(|d| d.len() > u32::MAX as usize) {
        return raise!(
            py,
            OverflowError,
            "zdict length does not fit in an unsigned int"
        );
    }
    let stream = Deflate::new(
        level.unwrap_or(DEFAULT_COMPRESSION),
        method.unwrap_or(DEFLATED),
        wbits.unwrap_or(MAX_WBITS),
        mem_level.unwrap_or(DEF_MEM_LEVEL),
        strategy.unwrap_or(0),
    );
    let mut stream = match stream {
        Ok(stream) => stream,
        Err(zlib::MEM_ERROR) => {
            return error::no_memory(py, "Can't allocate memory for compression object");
        }
        Err(zlib::STREAM_ERROR) => return raise!(py, ValueError, "Invalid initialization option"),
        Err(status) => {
            return error::fail(py, status, None, "while creating compression object");
        }
    };
    if let Some(dictionary) = zdict {
        match stream.set_dictionary(&dictionary) {
            zlib::OK => {}
            zlib::STREAM_ERROR => return raise!(py, ValueError, "Invalid dictionary"),
            _ => return raise!(py, ValueError, "deflateSetDictionary()"),
        }
    }
    Ok(Instance::new(py, Compress(Guarded::new(Some(stream)))))
}

fn compress(py: Py, this: &This, data: BytesLike<'_>) -> PyResult<Owned<Bytes>> {
    let doing = "while compressing data";
    let mut state = this.0.lock(py);
    let Some(stream) = &mut *state else {
        return error::fail(py, zlib::STREAM_ERROR, None, doing);
    };
    let mut out = BytesBuilder::with_capacity((data.len() + 64).min(DEF_BUF_SIZE))?;
    match flow::deflate(py, stream, &data, NO_FLUSH, &mut out)? {
        zlib::STREAM_ERROR => error::fail(py, zlib::STREAM_ERROR, stream.message(), doing),
        _ => Ok(out.finish()),
    }
}

fn flush(py: Py, this: &This, mode: Option<i32>) -> PyResult<Owned<Bytes>> {
    let mode = mode.unwrap_or(FINISH);
    if mode == NO_FLUSH {
        return Ok(Bytes::new(&[]));
    }
    let doing = "while flushing";
    let mut state = this.0.lock(py);
    let Some(stream) = &mut *state else {
        return error::fail(py, zlib::STREAM_ERROR, None, doing);
    };
    let mut out = BytesBuilder::with_capacity(DEF_BUF_SIZE)?;
    let status = flow::deflate(py, stream, &[], mode, &mut out)?;
    if status == zlib::STREAM_ERROR {
        return error::fail(py, status, stream.message(), doing);
    }
    if status == zlib::STREAM_END && mode == FINISH {
        *state = None;
    } else if status != zlib::OK && status != zlib::BUF_ERROR {
        return error::fail(py, status, stream.message(), doing);
    }
    Ok(out.finish())
}

fn copy(py: Py, this: &This) -> PyResult<Owned<This>> {
    let mut state = this.0.lock(py);
    let copied = match &mut *state {
        Some(stream) => stream.copy(),
        None => Err(zlib::STREAM_ERROR),
    };
    match copied {
        Ok(stream) => Ok(Instance::new(py, Compress(Guarded::new(Some(stream))))),
        Err(zlib::STREAM_ERROR) => raise!(py, ValueError, "Inconsistent stream state"),
        Err(zlib::MEM_ERROR) => {
            error::no_memory(py, "Can't allocate memory for compression object")
        }
        Err(status) => error::fail(py, status, None, "while copying compression object"),
    }
}

impl Class for Compress {
    const NAME: &'static str = "zlib.Compress";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.mutable()
            .no_constructor()
            .method_doc("compress($self, data, /)", COMPRESS_DOC, compress)
            .method_doc("flush($self, mode=zlib.Z_FINISH, /)", FLUSH_DOC, flush)
            .method_doc(
                "copy($self, /)",
                "Return a copy of the compression object.",
                copy,
            )
            .method("__copy__($self, /)", copy)
            .method(
                "__deepcopy__($self, memo, /)",
                |py: Py, this: &This, _memo: &Value| copy(py, this),
            );
    }
}
