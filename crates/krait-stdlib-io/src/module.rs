//! The module's table: functions, classes and constants.

use std::cell::Cell;

use krait_object::native::module::NativeModule;
use krait_object::{
    GilCell, Layout, ModuleBuilder, Py, PyResult, Str, Value, errors, exceptions, hooks, intern,
    protocol, raise,
};

use crate::base::buffered::BufferedIoBase;
use crate::base::raw::RawIoBase;
use crate::base::text::TextIoBase;
use crate::base::{IoBase, base_of};
use crate::buffered::{BufferedRandom, BufferedReader, BufferedRwPair, BufferedWriter};
use crate::stringio::StringIo;
use crate::text::TextWrapper;
use crate::text::newline::NewlineDecoder;
use crate::{bytesio, fault, fileio, open};

pub const MODULE: NativeModule = NativeModule { name: "_io", init };

/// The size of buffers, unless the file system's blocks are larger.
pub const DEFAULT_BUFFER_SIZE: usize = 128 * 1024;

const DOC: &str = "Streams: raw files, buffers on them, text on buffers, and memory streams.";

/// Flags that `open` asks for each time; they do not change once the streams are there.
#[derive(Clone, Copy)]
pub struct EncodingFlags {
    pub utf8_mode: bool,
    pub warns: bool,
    /// Names of error handlers are looked up at once.
    pub checks: bool,
}

static ENCODING_FLAGS: GilCell<Cell<Option<EncodingFlags>>> = GilCell::new(Cell::new(None));

/// How `None` as an encoding is to be understood.
pub fn encoding_flags(py: Py) -> PyResult<EncodingFlags> {
    if let Some(flags) = ENCODING_FLAGS.get(py).get() {
        return Ok(flags);
    }
    let flags = EncodingFlags {
        utf8_mode: sys_flag(py, intern!("utf8_mode"))?,
        warns: sys_flag(py, intern!("warn_default_encoding"))?,
        checks: sys_flag(py, intern!("dev_mode"))?,
    };
    ENCODING_FLAGS.get(py).set(Some(flags));
    Ok(flags)
}

/// A field of `sys.flags`.
pub fn sys_flag(py: Py, name: &'static Str) -> PyResult<bool> {
    let sys = hooks::import_module(py, "sys")?;
    let flags = protocol::get_attr(py, &sys, intern!("flags"))?;
    let flag = protocol::get_attr(py, &flags, name)?;
    protocol::truth(py, &flag)
}

/// `text_encoding`: what an API that opens text files uses for `encoding=None`.
fn text_encoding(py: Py, encoding: &Value, stacklevel: Option<i32>) -> PyResult {
    if !encoding.is_none() {
        return Ok(encoding.clone());
    }
    if encoding_flags(py)?.warns {
        let text = "'encoding' argument not specified";
        errors::warn(
            py,
            &exceptions::EncodingWarning,
            text,
            stacklevel.unwrap_or(2),
        )?;
    }
    let name = if encoding_flags(py)?.utf8_mode {
        "utf-8"
    } else {
        "locale"
    };
    Ok(Value::from(Str::intern(name)))
}

fn open_code(py: Py, path: &Value) -> PyResult {
    if path.downcast::<Str>().is_none() {
        return raise!(
            py,
            TypeError,
            "open_code() argument 'path' must be str, not {}",
            path.ty().name()
        );
    }
    open::open(
        py,
        path,
        &open::Options {
            mode: "rb",
            ..open::Options::default()
        },
    )
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    let py = m.py;
    m.text("__doc__", DOC)?
        .int("DEFAULT_BUFFER_SIZE", DEFAULT_BUFFER_SIZE as i64)?
        .value("BlockingIOError", Value::from(exceptions::BlockingIOError.to_owned()))?
        .value("UnsupportedOperation", Value::from(fault::unsupported_class(py)?.to_owned()))?
        .function(
            "open($module, /, file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)",
            open::function,
        )?
        .function("open_code($module, /, path)", open_code)?
        .function("text_encoding($module, encoding, stacklevel=2, /)", text_encoding)?
        .type_object(base_of::<IoBase>())?
        .type_object(base_of::<RawIoBase>())?
        .type_object(base_of::<BufferedIoBase>())?
        .type_object(base_of::<TextIoBase>())?
        .class::<fileio::FileIo>()?
        .class::<bytesio::BytesIo>()?
        .class::<bytesio::BytesIoBuffer>()?
        .class::<BufferedReader>()?
        .class::<BufferedWriter>()?
        .class::<BufferedRandom>()?
        .class::<BufferedRwPair>()?
        .class::<NewlineDecoder>()?
        .class::<StringIo>()?
        .class::<TextWrapper>()?;
    Ok(())
}
