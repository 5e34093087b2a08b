//! C strings as Python's.

use std::ffi::CStr;

use krait_object::{Owned, Py, PyResult, Str, Value, hooks};

/// A string of UTF-8 from C; a UnicodeDecodeError where it is not valid.
pub fn utf8(py: Py, bytes: &[u8]) -> PyResult<Owned<Str>> {
    match Str::from_utf8(bytes) {
        Some(text) => Ok(text),
        None => decode(py, bytes, "utf-8", "strict"),
    }
}

/// Bytes decoded with a named codec.
pub fn decode(py: Py, bytes: &[u8], encoding: &str, errors: &str) -> PyResult<Owned<Str>> {
    let data = krait_object::Bytes::new(bytes);
    let decoded = (hooks::get(py).decode)(
        py,
        krait_object::Layout::as_object(&*data),
        encoding,
        errors,
    )?;
    match decoded.into_object().downcast_owned::<Str>() {
        Ok(text) => Ok(text),
        Err(other) => krait_object::raise!(
            py,
            TypeError,
            "decoder should return a string result, not '{}'",
            other.ty().name()
        ),
    }
}

/// An attribute's name or a key: interned.
pub fn name(py: Py, text: &CStr) -> PyResult<Owned<Str>> {
    match text.to_str() {
        Ok(text) => Ok(Str::intern(text)),
        Err(_) => utf8(py, text.to_bytes()),
    }
}

/// A key of a dict.
pub fn key(py: Py, text: &CStr) -> PyResult<Value> {
    name(py, text).map(Value::from)
}

/// A path or argument of the system: UTF-8 with `surrogateescape`.
pub fn decode_fs(py: Py, bytes: &[u8]) -> PyResult<Owned<Str>> {
    match Str::from_utf8(bytes) {
        Some(text) => Ok(text),
        None => decode(py, bytes, "utf-8", "surrogateescape"),
    }
}
