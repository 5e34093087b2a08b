//! Codecs by name, as `str.encode`, `bytes.decode` and `str(bytes, encoding)` use them.

use krait_object::types::bytes::BytesLike;
use krait_object::types::memoryview::MemoryView;
use krait_object::{Bytes, Layout, Object, Py, PyResult, Str, Value, raise};

use super::native::Native;
use super::registry::{self, Direction};

/// Decodes a bytes-like object.
pub fn decode(py: Py, object: &Object, encoding: &str, errors: &str) -> PyResult {
    let value = Value::from(object.to_owned());
    if let Some(native) = Native::named(&registry::normalized(encoding)) {
        let bytes = BytesLike::new(py, &value)?;
        if let Some(text) = native.decode_plain(&bytes) {
            return Ok(Value::from(text));
        }
        let decoded = native.decode(py, &bytes, Some(errors), true)?;
        return Ok(Value::from(decoded.text));
    }
    let codec = registry::find_text_codec(py, encoding, "codecs.decode()")?;
    let data = match object.downcast_exact::<Bytes>() {
        Some(_) => value,
        None => Value::from(MemoryView::of(py, object)?),
    };
    let errors = Value::from(Str::new(errors));
    registry::run(py, &codec, encoding, data, Some(&errors), Direction::Decode)
}

/// Encodes a string.
pub fn encode(py: Py, object: &Object, encoding: &str, errors: &str) -> PyResult {
    let Some(text) = object.downcast::<Str>() else {
        return raise!(
            py,
            TypeError,
            "encoding needs a str, not {}",
            object.ty().name()
        );
    };
    if let Some(native) = Native::named(&registry::normalized(encoding)) {
        return native.encode(py, text, Some(errors)).map(Value::from);
    }
    let codec = registry::find_text_codec(py, encoding, "codecs.encode()")?;
    let errors = Value::from(Str::new(errors));
    registry::run(
        py,
        &codec,
        encoding,
        Value::from(object.to_owned()),
        Some(&errors),
        Direction::Encode,
    )
}
