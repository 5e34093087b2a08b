//! `zlib`: DEFLATE streams.

use krait_object::native::module::NativeModule;
use krait_object::types::bytes::BytesLike;
use krait_object::{ModuleBuilder, Py, PyResult, Str, Value};
use krait_sys::zlib;

use crate::checksum::{self, Low32};

mod compress;
mod decompress;
mod decompressor;
mod error;
mod flow;
mod oneshot;

pub const MODULE: NativeModule = NativeModule { name: "zlib", init };

pub const DEF_BUF_SIZE: usize = 16384;
const MAX_WBITS: i32 = 15;
const DEF_MEM_LEVEL: i32 = 8;
const DEFLATED: i32 = 8;
const DEFAULT_COMPRESSION: i32 = -1;
const NO_FLUSH: i32 = 0;
const SYNC_FLUSH: i32 = 2;
const FINISH: i32 = 4;

const CONSTANTS: &[(&str, i64)] = &[
    ("MAX_WBITS", MAX_WBITS as i64),
    ("DEFLATED", DEFLATED as i64),
    ("DEF_MEM_LEVEL", DEF_MEM_LEVEL as i64),
    ("DEF_BUF_SIZE", DEF_BUF_SIZE as i64),
    ("Z_NO_COMPRESSION", 0),
    ("Z_BEST_SPEED", 1),
    ("Z_BEST_COMPRESSION", 9),
    ("Z_DEFAULT_COMPRESSION", DEFAULT_COMPRESSION as i64),
    ("Z_FILTERED", 1),
    ("Z_HUFFMAN_ONLY", 2),
    ("Z_RLE", 3),
    ("Z_FIXED", 4),
    ("Z_DEFAULT_STRATEGY", 0),
    ("Z_NO_FLUSH", NO_FLUSH as i64),
    ("Z_PARTIAL_FLUSH", 1),
    ("Z_SYNC_FLUSH", SYNC_FLUSH as i64),
    ("Z_FULL_FLUSH", 3),
    ("Z_FINISH", FINISH as i64),
    ("Z_BLOCK", 5),
    ("Z_TREES", 6),
];

const DOC: &str = "The functions in this module allow compression and decompression using the\n\
zlib library, which is based on GNU zip.\n\n\
adler32(string[, start]) -- Compute an Adler-32 checksum.\n\
compress(data[, level]) -- Compress data, with compression level 0-9 or -1.\n\
compressobj([level[, ...]]) -- Return a compressor object.\n\
crc32(string[, start]) -- Compute a CRC-32 checksum.\n\
decompress(string,[wbits],[bufsize]) -- Decompresses a compressed string.\n\
decompressobj([wbits[, zdict]]) -- Return a decompressor object.\n\n\
'wbits' is window buffer size and container format.\n\
Compressor objects support compress() and flush() methods; decompressor\n\
objects support decompress() and flush().";

fn adler32(py: Py, data: BytesLike<'_>, value: Option<Low32>) -> u32 {
    let start = value.map_or(1, |v| v.0);
    checksum::run(py, start, &data, zlib_rs::adler32::adler32)
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.value("__doc__", Value::from(Str::new(DOC)))?;
    m.value("error", Value::from(error::ERROR.get(m.py)?.clone()))?;
    for &(name, value) in CONSTANTS {
        m.int(name, value)?;
    }
    m.text("ZLIB_VERSION", zlib::version())?;
    m.text("ZLIB_RUNTIME_VERSION", zlib::version())?;
    m.text("__version__", "1.0")?;
    m.class::<decompressor::ZlibDecompressor>()?;
    m.function_doc(
        "adler32($module, data, value=1, /)",
        "Compute an Adler-32 checksum of data.\n\n  value\n    \
         Starting value of the checksum.\n\nThe returned checksum is an integer.",
        adler32,
    )?;
    m.function_doc(
        "crc32($module, data, crc=0, /)",
        "Compute a CRC-32 checksum of data.\n\n  crc\n    \
         Starting value of the checksum.\n\nThe returned checksum is an integer.",
        checksum::crc32,
    )?;
    m.function_doc(
        "compress($module, data, /, level=Z_DEFAULT_COMPRESSION, wbits=MAX_WBITS)",
        oneshot::COMPRESS_DOC,
        oneshot::compress,
    )?;
    m.function_doc(
        "decompress($module, data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE)",
        oneshot::DECOMPRESS_DOC,
        oneshot::decompress,
    )?;
    m.function_doc(
        "compressobj($module, /, level=Z_DEFAULT_COMPRESSION, method=DEFLATED,\n            \
         wbits=MAX_WBITS, memLevel=DEF_MEM_LEVEL,\n            \
         strategy=Z_DEFAULT_STRATEGY, zdict=<unrepresentable>)",
        compress::MAKE_DOC,
        compress::make,
    )?;
    m.function_doc(
        "decompressobj($module, /, wbits=MAX_WBITS, zdict=b'')",
        decompress::MAKE_DOC,
        decompress::make,
    )?;
    Ok(())
}
