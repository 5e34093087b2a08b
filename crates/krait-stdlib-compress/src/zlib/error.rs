//! `zlib.error` and its texts.

use krait_object::exceptions::new_class::LazyClass;
use krait_object::{Py, PyResult, exceptions, raise};
use krait_sys::zlib;

pub static ERROR: LazyClass = LazyClass::new("zlib.error", || &exceptions::Exception);

/// Raises `zlib.error` for a result's number, with zlib's own text where it gave one.
#[cold]
pub fn fail<T>(py: Py, status: i32, message: Option<&str>, doing: &str) -> PyResult<T> {
    let message = match status {
        zlib::VERSION_ERROR => Some("library version mismatch"),
        _ => message.or(match status {
            zlib::BUF_ERROR => Some("incomplete or truncated stream"),
            zlib::STREAM_ERROR => Some("inconsistent stream state"),
            zlib::DATA_ERROR => Some("invalid input data"),
            _ => None,
        }),
    };
    match message {
        Some(message) => ERROR.raise(py, &format!("Error {status} {doing}: {message}")),
        None => ERROR.raise(py, &format!("Error {status} {doing}")),
    }
}

/// MemoryError with a text.
#[cold]
pub fn no_memory<T>(py: Py, text: &str) -> PyResult<T> {
    raise!(py, MemoryError, "{text}")
}
