//! Values between Python and SQLite.

use krait_object::protocol::number;
use krait_object::types::buffer::{self, Buffer};
use krait_object::{Bytes, Float, Int, Py, PyResult, Str, Value, errors, raise};
use krait_sqlite::{Context, ValueRef};

/// A Python value of an argument. Text that is not UTF-8 cannot be one.
pub fn of_argument(py: Py, value: ValueRef<'_>) -> PyResult {
    Ok(match value {
        ValueRef::Null => Value::none(),
        ValueRef::Integer(n) => Value::int(n),
        ValueRef::Float(f) => Value::float(f),
        ValueRef::Text(bytes) => text(py, bytes)?,
        ValueRef::Blob(bytes) => Value::from(Bytes::new(bytes)),
    })
}

/// Text from UTF-8, or UnicodeDecodeError.
pub fn text(py: Py, bytes: &[u8]) -> PyResult {
    match Str::from_utf8(bytes) {
        Some(text) => Ok(Value::from(text)),
        None => {
            let data = Bytes::new(bytes);
            let object = krait_object::Layout::as_object(&*data);
            (krait_object::hooks::get(py).decode)(py, object, "utf-8", "strict")
        }
    }
}

/// A Python number as SQLite's, or OverflowError.
pub fn integer(py: Py, value: &Value) -> PyResult<i64> {
    match number::index_to_i128(py, value)?.and_then(|n| i64::try_from(n).ok()) {
        Some(n) => Ok(n),
        None => raise!(
            py,
            OverflowError,
            "Python int too large to convert to SQLite INTEGER"
        ),
    }
}

/// Gives a function's result to SQLite.
pub fn set_result(py: Py, context: &mut Context<'_>, value: &Value) -> PyResult<()> {
    if value.is_none() {
        context.null();
    } else if value.as_small_int().is_some() || value.downcast::<Int>().is_some() {
        context.int(integer(py, value)?);
    } else if let Some(f) = value.as_double() {
        context.float(f);
    } else if let Some(f) = value.downcast::<Float>() {
        context.float(f.get());
    } else if let Some(text) = value.downcast::<Str>() {
        let text = text.to_utf8(py)?;
        if i32::try_from(text.len()).is_err() {
            return raise!(py, OverflowError, "string is longer than INT_MAX bytes");
        }
        context.text(&text);
    } else if buffer::has_buffer(value) {
        let data = Buffer::new(py, value)?;
        if i32::try_from(data.len()).is_err() {
            return raise!(py, OverflowError, "BLOB longer than INT_MAX bytes");
        }
        context.blob(data.as_slice());
    } else {
        let got = value.ty().name();
        let text = format!("User-defined functions cannot return '{got}' values to SQLite");
        return crate::errors::raise(py, crate::errors::Kind::Programming, &text);
    }
    Ok(())
}

/// The error of a function of the program.
pub fn set_error(py: Py, context: &mut Context<'_>, text: &std::ffi::CStr, callable: &Value) {
    use krait_object::exceptions::{MemoryError, OverflowError};
    if errors::matches(py, &MemoryError) {
        context.no_memory();
    } else if errors::matches(py, &OverflowError) {
        context.too_big();
    } else {
        context.error(text);
    }
    crate::errors::report_callback(py, &callable.to_object());
}
