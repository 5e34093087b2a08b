//! `str(...)` and `str.encode`.

use krait_text::codecs::{Handled, encode_utf8};

use super::super::{Str, intern};
use crate::object::{Layout, Owned};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::types::buffer;
use crate::types::bytes::{Bytes, BytesLike};
use crate::value::Value;

/// `str(object, encoding, errors)`.
pub fn construct(
    py: Py,
    object: Option<&Value>,
    encoding: Option<&Value>,
    errors: Option<&Value>,
) -> PyResult<Owned<Str>> {
    let Some(object) = object else {
        return Ok(intern::empty());
    };
    if encoding.is_none() && errors.is_none() {
        return protocol::str(py, object);
    }
    let encoding = name(py, encoding, "encoding", "str")?;
    let errors = name(py, errors, "errors", "str")?;
    if object.downcast::<Str>().is_some() {
        return crate::raise!(py, TypeError, "decoding str is not supported");
    }
    if !buffer::has_buffer(object) {
        return crate::raise!(
            py,
            TypeError,
            "decoding to str: need a bytes-like object, {} found",
            object.ty().name()
        );
    }
    decode(
        py,
        object,
        encoding.as_deref().unwrap_or("utf-8"),
        errors.as_deref().unwrap_or("strict"),
    )
}

/// An `encoding` or `errors` argument as text.
pub fn name(py: Py, value: Option<&Value>, what: &str, function: &str) -> PyResult<Option<String>> {
    let Some(value) = value else { return Ok(None) };
    match value.downcast::<Str>() {
        Some(text) if text.code_points().any(|c| c == 0) => {
            crate::raise!(py, ValueError, "embedded null character")
        }
        Some(text) => text.to_utf8(py).map(|t| Some(t.into_owned())),
        None => crate::raise!(
            py,
            TypeError,
            "{function}() argument '{what}' must be str, not {}",
            value.ty().name()
        ),
    }
}

/// Whether an encoding's name, as people write it, is UTF-8.
fn is_utf8(encoding: &str) -> bool {
    ["utf-8", "utf8", "utf_8", "UTF-8"].contains(&encoding)
}

/// Decodes a bytes-like object.
pub fn decode(py: Py, data: &Value, encoding: &str, errors: &str) -> PyResult<Owned<Str>> {
    if is_utf8(encoding) {
        let bytes = BytesLike::new(py, data)?;
        if let Some(text) = Str::from_utf8(&bytes) {
            return Ok(text);
        }
    }
    let result = (crate::hooks::get(py).decode)(py, &data.to_object(), encoding, errors)?;
    match result.into_object().downcast_owned::<Str>() {
        Ok(text) => Ok(text),
        Err(other) => crate::raise!(
            py,
            TypeError,
            "'{encoding}' decoder returned '{}' instead of 'str'; use codecs.decode() to decode to arbitrary types",
            other.ty().name()
        ),
    }
}

/// `str.encode`.
pub fn encode(
    py: Py,
    this: &Str,
    encoding: Option<&Value>,
    errors: Option<&Value>,
) -> PyResult<Owned<Bytes>> {
    let encoding = name(py, encoding, "encoding", "encode")?;
    let errors = name(py, errors, "errors", "encode")?;
    encode_with(
        py,
        this,
        encoding.as_deref().unwrap_or("utf-8"),
        errors.as_deref().unwrap_or("strict"),
    )
}

/// Encodes with a named codec.
pub fn encode_with(py: Py, this: &Str, encoding: &str, errors: &str) -> PyResult<Owned<Bytes>> {
    if is_utf8(encoding) {
        if let Some(ascii) = this.as_ascii() {
            return Ok(Bytes::new(ascii.as_bytes()));
        }
        // Surrogates are for the hook, which knows error handlers.
        if let Ok(bytes) = encode_utf8(this.chars(), &mut |_| Handled::Fail) {
            return Ok(Bytes::new(&bytes));
        }
    }
    let result = (crate::hooks::get(py).encode)(py, this.as_object(), encoding, errors)?;
    match result.into_object().downcast_owned::<Bytes>() {
        Ok(bytes) => Ok(bytes),
        Err(other) => crate::raise!(
            py,
            TypeError,
            "'{encoding}' encoder returned '{}' instead of 'bytes'; use codecs.encode() to encode to arbitrary types",
            other.ty().name()
        ),
    }
}
