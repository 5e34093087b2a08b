//! `compress` and `decompress` of whole data.

use krait_object::types::bytes::BytesLike;
use krait_object::types::bytes_builder::BytesBuilder;
use krait_object::{Bytes, Owned, Py, PyResult, raise};
use krait_sys::zlib::{self, Deflate, Inflate};

use super::error::{self, ERROR};
use super::flow::{self, Inflating, Stop};
use super::{DEF_BUF_SIZE, DEF_MEM_LEVEL, DEFAULT_COMPRESSION, DEFLATED, FINISH, MAX_WBITS};

pub const COMPRESS_DOC: &str = "Returns a bytes object containing compressed data.\n\n  data\n    \
    Binary data to be compressed.\n  level\n    Compression level, in 0-9 or -1.\n  wbits\n    \
    The window buffer size and container format.";
pub const DECOMPRESS_DOC: &str = "Returns a bytes object containing the uncompressed data.\n\n  \
    data\n    Compressed data.\n  wbits\n    The window buffer size and container format.\n  \
    bufsize\n    The initial output buffer size.";

pub fn compress(
    py: Py,
    data: BytesLike<'_>,
    level: Option<i32>,
    wbits: Option<i32>,
) -> PyResult<Owned<Bytes>> {
    let stream = Deflate::new(
        level.unwrap_or(DEFAULT_COMPRESSION),
        DEFLATED,
        wbits.unwrap_or(MAX_WBITS),
        DEF_MEM_LEVEL,
        0,
    );
    let mut stream = match stream {
        Ok(stream) => stream,
        Err(zlib::MEM_ERROR) => {
            return error::no_memory(py, "Out of memory while compressing data");
        }
        Err(zlib::STREAM_ERROR) => return ERROR.raise(py, "Bad compression level"),
        Err(status) => return error::fail(py, status, None, "while compressing data"),
    };
    // What does not get smaller grows by a header, a trailer and a little more.
    let bound = data.len() + data.len() / 512 + 64;
    let mut out = BytesBuilder::with_capacity(bound.min(DEF_BUF_SIZE))?;
    match flow::deflate(py, &mut stream, &data, FINISH, &mut out)? {
        zlib::STREAM_END => Ok(out.finish()),
        status => error::fail(py, status, stream.message(), "while compressing data"),
    }
}

pub fn decompress(
    py: Py,
    data: BytesLike<'_>,
    wbits: Option<i32>,
    bufsize: Option<isize>,
) -> PyResult<Owned<Bytes>> {
    let size = bufsize.unwrap_or(DEF_BUF_SIZE as isize);
    if size < 0 {
        return raise!(py, ValueError, "bufsize must be non-negative");
    }
    let mut stream = match Inflate::new(wbits.unwrap_or(MAX_WBITS)) {
        Ok(stream) => stream,
        Err(zlib::MEM_ERROR) => {
            return error::no_memory(py, "Out of memory while decompressing data");
        }
        Err(status) => {
            return error::fail(py, status, None, "while preparing to decompress data");
        }
    };
    let mut out = BytesBuilder::with_capacity((size as usize).max(1))?;
    let how = Inflating {
        flush: FINISH,
        limit: usize::MAX,
        dictionary: None,
    };
    let mut input: &[u8] = &data;
    match flow::inflate(py, &mut stream, &mut input, &how, &mut out)? {
        Stop::Status(zlib::STREAM_END) => Ok(out.finish()),
        Stop::Status(zlib::MEM_ERROR) => {
            error::no_memory(py, "Out of memory while decompressing data")
        }
        Stop::Status(zlib::OK) => {
            error::fail(py, zlib::BUF_ERROR, None, "while decompressing data")
        }
        Stop::Status(status) | Stop::Dictionary(status) => {
            error::fail(py, status, stream.message(), "while decompressing data")
        }
    }
}
