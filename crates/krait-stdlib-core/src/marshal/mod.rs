//! `marshal`: CPython's format for values; code objects hold Krait's own bytes.

use crate::sys::audit::audit;
use krait_object::native::module::NativeModule;
use krait_object::{
    Bytes, ModuleBuilder, Owned, Py, PyResult, Str, Value, intern, protocol, raise, types::buffer,
};

mod read;
mod write;

pub use read::{Source, loads, read};
pub use write::dumps;

pub const MODULE: NativeModule = NativeModule {
    name: "marshal",
    init,
};

/// The format's version.
const VERSION: i64 = 5;
/// How deep values may nest.
const MAX_DEPTH: usize = 2000;

/// The letters of the format.
mod code {
    pub const NULL: u8 = b'0';
    pub const NONE: u8 = b'N';
    pub const FALSE: u8 = b'F';
    pub const TRUE: u8 = b'T';
    pub const STOP_ITERATION: u8 = b'S';
    pub const ELLIPSIS: u8 = b'.';
    pub const INT: u8 = b'i';
    pub const INT64: u8 = b'I';
    pub const LONG: u8 = b'l';
    pub const FLOAT: u8 = b'f';
    pub const BINARY_FLOAT: u8 = b'g';
    pub const COMPLEX: u8 = b'x';
    pub const BINARY_COMPLEX: u8 = b'y';
    pub const BYTES: u8 = b's';
    pub const INTERNED: u8 = b't';
    pub const REF: u8 = b'r';
    pub const TUPLE: u8 = b'(';
    pub const SMALL_TUPLE: u8 = b')';
    pub const LIST: u8 = b'[';
    pub const DICT: u8 = b'{';
    pub const CODE: u8 = b'c';
    pub const UNICODE: u8 = b'u';
    pub const SET: u8 = b'<';
    pub const FROZENSET: u8 = b'>';
    pub const SLICE: u8 = b':';
    pub const ASCII: u8 = b'a';
    pub const ASCII_INTERNED: u8 = b'A';
    pub const SHORT_ASCII: u8 = b'z';
    pub const SHORT_ASCII_INTERNED: u8 = b'Z';
    /// Set in a letter: the value may be referred to later.
    pub const FLAG_REF: u8 = 0x80;
}

fn dump(
    py: Py,
    value: &Value,
    file: &Value,
    version: Option<i64>,
    allow_code: Option<bool>,
) -> PyResult {
    let version = version.unwrap_or(VERSION);
    audit(py, "marshal.dumps", &[value.clone(), Value::int(version)])?;
    let bytes = dumps(py, value, version, allow_code.unwrap_or(true))?;
    protocol::call_method(
        py,
        file,
        intern!("write"),
        &[Value::from(Bytes::new(&bytes))],
    )
}

fn load(py: Py, file: &Value, allow_code: Option<bool>) -> PyResult {
    audit(py, "marshal.load", &[])?;
    // A file that was opened for text, or none at all.
    let data = protocol::call_method(py, file, intern!("read"), &[Value::int(0)])?;
    if data.downcast::<Bytes>().is_none() {
        return raise!(
            py,
            TypeError,
            "file.read() returned not bytes but {}",
            data.ty().name()
        );
    }
    read::load(py, file, allow_code.unwrap_or(true))
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.function("dump(value, file, version=5, /, *, allow_code=True)", dump)?
        .function("load(file, /, *, allow_code=True)", load)?
        .function(
            "dumps(value, version=5, /, *, allow_code=True)",
            |py,
             value: &Value,
             version: Option<i64>,
             allow_code: Option<bool>|
             -> PyResult<Owned<Bytes>> {
                let version = version.unwrap_or(VERSION);
                audit(py, "marshal.dumps", &[value.clone(), Value::int(version)])?;
                let bytes = dumps(py, value, version, allow_code.unwrap_or(true))?;
                Ok(Bytes::new(&bytes))
            },
        )?
        .function(
            "loads(bytes, /, *, allow_code=True)",
            |py, data: &Value, allow_code: Option<bool>| {
                if data.downcast::<Str>().is_some() {
                    return raise!(py, TypeError, "a bytes-like object is required, not 'str'");
                }
                let bytes = buffer::Buffer::new(py, data)?;
                audit(py, "marshal.loads", std::slice::from_ref(data))?;
                loads(py, bytes.as_slice(), allow_code.unwrap_or(true))
            },
        )?
        .int("version", VERSION)?;
    Ok(())
}
