//! What setters are given.

use krait_object::{Object, Py, PyResult, Value};

/// What a setter is given; attributes of futures cannot be deleted.
pub fn assigned(py: Py, value: Option<&Object>, class: &str, name: &str) -> PyResult<Value> {
    match value {
        Some(value) => Ok(Value::unboxed(value)),
        None => krait_object::raise!(
            py,
            AttributeError,
            "attribute '{name}' of '{class}' objects cannot be deleted"
        ),
    }
}
