//! Calls of stream methods that may be the user's: what they must return, and checks on it.

use krait_object::types::buffer::Buffer;
use krait_object::{
    Bytes, Object, Py, PyResult, Str, Value, errors, exceptions, hooks, intern, protocol, raise,
};

use crate::fault;

/// The object as a value: a new reference.
#[inline]
pub fn me(object: &Object) -> Value {
    Value::from(krait_object::Layout::to_owned(object))
}

pub fn call0(py: Py, object: &Value, name: &'static Str) -> PyResult {
    protocol::call_method(py, object, name, &[])
}

pub fn call1(py: Py, object: &Value, name: &'static Str, argument: Value) -> PyResult {
    protocol::call_method(py, object, name, &[argument])
}

/// The truth of an attribute.
pub fn flag(py: Py, object: &Value, name: &'static Str) -> PyResult<bool> {
    let value = protocol::get_attr(py, object, name)?;
    protocol::truth(py, &value)
}

/// The truth of a method's result.
pub fn ask(py: Py, object: &Value, name: &'static Str) -> PyResult<bool> {
    let value = call0(py, object, name)?;
    protocol::truth(py, &value)
}

/// A file offset from a result.
pub fn offset(py: Py, value: &Value) -> PyResult<i64> {
    if let Some(i) = value.as_small_int() {
        return Ok(i);
    }
    if !protocol::number::is_index(value) {
        return raise!(
            py,
            TypeError,
            "'{}' object cannot be interpreted as an integer",
            value.ty().name()
        );
    }
    let wide = protocol::number::index_to_i128(py, value)?;
    match wide.and_then(|w| i64::try_from(w).ok()) {
        Some(i) => Ok(i),
        None => raise!(
            py,
            OverflowError,
            "cannot fit '{}' into an offset-sized integer",
            value.ty().name()
        ),
    }
}

/// An optional size argument: absent, None or negative means all.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Size(pub Option<usize>);

impl Size {
    /// From an argument that may be absent.
    pub fn of(py: Py, value: Option<&Value>) -> PyResult<Size> {
        let Some(value) = value.filter(|v| !v.is_none()) else {
            return Ok(Size(None));
        };
        if let Some(i) = value.as_small_int() {
            return Ok(Size(usize::try_from(i).ok()));
        }
        if !protocol::number::is_index(value) {
            return raise!(
                py,
                TypeError,
                "argument should be integer or None, not '{}'",
                value.ty().name()
            );
        }
        let size = protocol::number::to_index(py, value, &exceptions::OverflowError)?;
        Ok(Size(usize::try_from(size).ok()))
    }
}

/// A class or function of `builtins`.
pub fn builtin(py: Py, name: &'static Str) -> PyResult {
    let builtins = hooks::import_module(py, "builtins")?;
    protocol::get_attr(py, &builtins, name)
}

/// A view of an object's buffer.
pub fn memory_view(py: Py, exporter: Value) -> PyResult {
    let class = builtin(py, intern!("memoryview"))?;
    protocol::call(py, &class, &[exporter])
}

/// A writable buffer argument of a method.
pub fn writable(py: Py, name: &str, value: &Value) -> PyResult<Buffer> {
    match Buffer::writable(py, value) {
        Ok(buffer) => Ok(buffer),
        Err(_) => {
            drop(py.thread().take_exception());
            raise!(
                py,
                TypeError,
                "{name}() argument must be read-write bytes-like object, not {}",
                if value.is_none() {
                    "None"
                } else {
                    value.ty().name()
                }
            )
        }
    }
}

/// A result that must be bytes.
pub fn expect_bytes<'a>(py: Py, value: &'a Value, what: &str) -> PyResult<&'a Bytes> {
    match value.downcast::<Bytes>() {
        Some(bytes) => Ok(bytes),
        None => raise!(py, TypeError, "{what}, not '{}'", value.ty().name()),
    }
}

/// Calls a method again as long as signals interrupt it.
pub fn call_through_signals(
    py: Py,
    object: &Value,
    name: &'static Str,
    arguments: &[Value],
) -> PyResult {
    loop {
        match protocol::call_method(py, object, name, arguments) {
            Ok(value) => return Ok(value),
            Err(raised) => {
                if !fault::was_interrupted(py)? {
                    return Err(raised);
                }
            }
        }
    }
}

/// Sets an attribute, for internal bookkeeping; failures are dropped.
pub fn set_quietly(py: Py, object: &Value, name: &'static Str, value: &Value) {
    if protocol::set_attr(py, object, name, value).is_err() {
        drop(py.thread().take_exception());
    }
}

/// `None` where the attribute is missing or its lookup fails with a ValueError.
pub fn attribute_or_none(py: Py, object: &Value, name: &'static Str) -> PyResult<Option<Value>> {
    match protocol::lookup_attr(py, object, name) {
        Ok(found) => Ok(found),
        Err(raised) => match errors::take_if(py, &exceptions::ValueError) {
            Some(_) => Ok(None),
            None => Err(raised),
        },
    }
}
