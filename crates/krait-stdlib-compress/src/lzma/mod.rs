//! `_lzma`: the LZMA compressor with the formats `.xz` and `.lzma`.

use krait_object::exceptions::new_class::LazyClass;
use krait_object::native::module::NativeModule;
use krait_object::{ModuleBuilder, Py, PyResult, Value, errors, exceptions};
use krait_sys::lzma;

mod compressor;
mod decompressor;
mod filters;

pub const MODULE: NativeModule = NativeModule {
    name: "_lzma",
    init,
};

static ERROR: LazyClass = LazyClass::with_doc("_lzma.LZMAError", "Call to liblzma failed.", || {
    &exceptions::Exception
});

const FORMAT_AUTO: i32 = 0;
const FORMAT_XZ: i32 = 1;
const FORMAT_ALONE: i32 = 2;
const FORMAT_RAW: i32 = 3;
const CHECK_NONE: i32 = 0;
const CHECK_CRC64: i32 = 4;
const CHECK_UNKNOWN: i32 = 16;
const PRESET_DEFAULT: u32 = 6;

const CONSTANTS: &[(&str, i64)] = &[
    ("FORMAT_AUTO", FORMAT_AUTO as i64),
    ("FORMAT_XZ", FORMAT_XZ as i64),
    ("FORMAT_ALONE", FORMAT_ALONE as i64),
    ("FORMAT_RAW", FORMAT_RAW as i64),
    ("CHECK_NONE", CHECK_NONE as i64),
    ("CHECK_CRC32", 1),
    ("CHECK_CRC64", CHECK_CRC64 as i64),
    ("CHECK_SHA256", 10),
    ("CHECK_ID_MAX", 15),
    ("CHECK_UNKNOWN", CHECK_UNKNOWN as i64),
    ("FILTER_LZMA1", filters::LZMA1 as i64),
    ("FILTER_LZMA2", filters::LZMA2 as i64),
    ("FILTER_DELTA", filters::DELTA as i64),
    ("FILTER_X86", 4),
    ("FILTER_POWERPC", 5),
    ("FILTER_IA64", 6),
    ("FILTER_ARM", 7),
    ("FILTER_ARMTHUMB", 8),
    ("FILTER_SPARC", 9),
    ("MF_HC3", 3),
    ("MF_HC4", 4),
    ("MF_BT2", 18),
    ("MF_BT3", 19),
    ("MF_BT4", 20),
    ("MODE_FAST", 1),
    ("MODE_NORMAL", 2),
    ("PRESET_DEFAULT", PRESET_DEFAULT as i64),
    ("PRESET_EXTREME", 1 << 31),
];

/// Raises the error of a result's number.
#[cold]
fn fail<T>(py: Py, status: u32) -> PyResult<T> {
    let text = match status {
        lzma::MEM_ERROR => return errors::no_memory(),
        lzma::UNSUPPORTED_CHECK => "Unsupported integrity check",
        lzma::MEMLIMIT_ERROR => "Memory usage limit exceeded",
        lzma::FORMAT_ERROR => "Input format not supported by decoder",
        lzma::OPTIONS_ERROR => "Invalid or unsupported options",
        lzma::DATA_ERROR => "Corrupt input data",
        lzma::BUF_ERROR => "Insufficient buffer space",
        lzma::PROG_ERROR => "Internal error",
        other => {
            let text = format!("Unrecognized error from liblzma: {other}");
            return ERROR.raise(py, &text);
        }
    };
    ERROR.raise(py, text)
}

/// `Err` where the number is an error; notes about checks are none.
fn check(py: Py, status: u32) -> PyResult<()> {
    match status {
        lzma::OK | lzma::GET_CHECK | lzma::NO_CHECK | lzma::STREAM_END => Ok(()),
        status => fail(py, status),
    }
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    for &(name, value) in CONSTANTS {
        m.int(name, value)?;
    }
    m.value("LZMAError", Value::from(ERROR.get(m.py)?.clone()))?;
    m.class::<compressor::LzmaCompressor>()?;
    m.class::<decompressor::LzmaDecompressor>()?;
    m.function_doc(
        "is_check_supported($module, check_id, /)",
        "Test whether the given integrity check is supported.\n\n\
         Always returns True for CHECK_NONE and CHECK_CRC32.",
        |_py: Py, check_id: i32| lzma::check_is_supported(check_id as u32),
    )?;
    m.function_doc(
        "_encode_filter_properties($module, filter, /)",
        filters::PROPERTIES_DOC,
        filters::encode_properties,
    )?;
    m.function_doc(
        "_decode_filter_properties($module, filter_id, encoded_props, /)",
        filters::PROPERTIES_DOC,
        filters::decode_properties,
    )?;
    Ok(())
}
