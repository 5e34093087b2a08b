//! `_zstd`: Zstandard.

use std::cell::RefCell;

use krait_object::Layout;
use krait_object::exceptions::new_class::LazyClass;
use krait_object::native::module::NativeModule;
use krait_object::types::bytes::BytesLike;
use krait_object::{
    GilCell, ModuleBuilder, Owned, Py, PyResult, Str, Type, Value, exceptions, raise,
};
use krait_sys::zstd;

mod compressor;
mod decompressor;
mod dictionary;
mod parameters;
mod training;

pub const MODULE: NativeModule = NativeModule {
    name: "_zstd",
    init,
};

pub static ERROR: LazyClass = LazyClass::with_doc(
    "compression.zstd.ZstdError",
    "An error occurred in the zstd library.",
    || &exceptions::Exception,
);

/// The enumerations of parameters, which must not stand for one another.
pub static PARAMETER_TYPES: GilCell<RefCell<Option<[Owned<Type>; 2]>>> =
    GilCell::new(RefCell::new(None));

/// Raises ZstdError with the library's text after what could not be done.
#[cold]
pub fn fail<T>(py: Py, doing: &str, code: zstd::Code) -> PyResult<T> {
    ERROR.raise(py, &format!("Unable to {doing}: {}", code.text()))
}

const CONSTANTS: &[(&str, i64)] = &[
    ("ZSTD_fast", 1),
    ("ZSTD_dfast", 2),
    ("ZSTD_greedy", 3),
    ("ZSTD_lazy", 4),
    ("ZSTD_lazy2", 5),
    ("ZSTD_btlazy2", 6),
    ("ZSTD_btopt", 7),
    ("ZSTD_btultra", 8),
    ("ZSTD_btultra2", 9),
];

fn get_frame_size(py: Py, frame_buffer: BytesLike<'_>) -> PyResult<usize> {
    zstd::frame_size(&frame_buffer).or_else(|code| {
        let text = format!(
            "Error when finding the compressed size of a Zstandard frame. Ensure the frame_buffer \
             argument starts from the beginning of a frame, and its length is not less than this \
             complete frame. Zstd error message: {}.",
            code.text()
        );
        ERROR.raise(py, &text)
    })
}

fn get_frame_info(py: Py, frame_buffer: BytesLike<'_>) -> PyResult<(Option<u64>, u32)> {
    match zstd::frame_info(&frame_buffer) {
        Some(info) => Ok(info),
        None => ERROR.raise(
            py,
            "Error when getting information from the header of a Zstandard frame. Ensure the \
             frame_buffer argument starts from the beginning of a frame, and its length is not \
             less than the frame header (6~18 bytes).",
        ),
    }
}

fn get_param_bounds(py: Py, parameter: i32, is_compress: bool) -> PyResult<(i32, i32)> {
    if is_compress {
        zstd::compression_bounds(parameter)
            .or_else(|code| fail(py, "get zstd compression parameter bounds", code))
    } else {
        zstd::decompression_bounds(parameter)
            .or_else(|code| fail(py, "get zstd decompression parameter bounds", code))
    }
}

fn set_parameter_types(py: Py, compression: &Value, decompression: &Value) -> PyResult<()> {
    let class = |value: &Value, name: &str| match value.downcast::<Type>() {
        Some(class) => Ok(class.to_owned()),
        None => {
            let got = value.ty().name();
            raise!(
                py,
                TypeError,
                "set_parameter_types() argument '{name}' must be type, not {got}"
            )
        }
    };
    let types = [
        class(compression, "c_parameter_type")?,
        class(decompression, "d_parameter_type")?,
    ];
    *PARAMETER_TYPES.get(py).borrow_mut() = Some(types);
    Ok(())
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.value(
        "__doc__",
        Value::from(Str::new("Implementation module for Zstandard compression.")),
    )?;
    m.value("ZstdError", Value::from(ERROR.get(m.py)?.clone()))?;
    m.class::<compressor::ZstdCompressor>()?;
    m.class::<decompressor::ZstdDecompressor>()?;
    m.class::<dictionary::ZstdDict>()?;
    for &(name, value) in CONSTANTS {
        m.int(name, value)?;
    }
    for &(name, _, key) in parameters::COMPRESSION {
        m.int(name, key.into())?;
    }
    for &(name, _, key) in parameters::DECOMPRESSION {
        m.int(name, key.into())?;
    }
    let (number, text) = zstd::version();
    m.int("zstd_version_number", number.into())?;
    m.text("zstd_version", text)?;
    m.int("ZSTD_CLEVEL_DEFAULT", zstd::default_level().into())?;
    m.int("ZSTD_DStreamOutSize", zstd::output_size() as i64)?;
    m.function_doc(
        "train_dict($module, samples_bytes, samples_sizes, dict_size, /)",
        training::TRAIN_DOC,
        training::train,
    )?;
    m.function_doc(
        "finalize_dict($module, custom_dict_bytes, samples_bytes, samples_sizes,\n              \
         dict_size, compression_level, /)",
        training::FINALIZE_DOC,
        training::finalize,
    )?;
    m.function_doc(
        "get_param_bounds($module, /, parameter, is_compress)",
        "Get CompressionParameter/DecompressionParameter bounds.\n\n  parameter\n    \
         The parameter to get bounds.\n  is_compress\n    \
         True for CompressionParameter, False for DecompressionParameter.",
        get_param_bounds,
    )?;
    m.function_doc(
        "get_frame_size($module, /, frame_buffer)",
        "Get the size of a Zstandard frame, including the header and optional checksum.\n\n  \
         frame_buffer\n    A bytes-like object, it should start from the beginning of a frame,\n    \
         and contains at least one complete frame.",
        get_frame_size,
    )?;
    m.function_doc(
        "get_frame_info($module, /, frame_buffer)",
        "Get Zstandard frame infomation from a frame header.\n\n  frame_buffer\n    \
         A bytes-like object, containing the header of a Zstandard frame.",
        get_frame_info,
    )?;
    m.function_doc(
        "set_parameter_types($module, /, c_parameter_type, d_parameter_type)",
        "Set CompressionParameter and DecompressionParameter types for validity check.\n\n  \
         c_parameter_type\n    CompressionParameter IntEnum type object\n  d_parameter_type\n    \
         DecompressionParameter IntEnum type object",
        set_parameter_types,
    )?;
    Ok(())
}
