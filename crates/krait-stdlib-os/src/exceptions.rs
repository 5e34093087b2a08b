//! Exception classes that modules of this crate make.

use krait_object::{Dict, Layout, Py, PyResult, Str, Tuple, Type, Value, protocol};

/// A new exception class, named with its module: `socket.gaierror`.
pub fn new_class(py: Py, full_name: &str, base: &Type) -> PyResult {
    let (module, name) = full_name
        .rsplit_once('.')
        .unwrap_or(("builtins", full_name));
    let dict = Dict::new();
    dict.set_value(
        py,
        &Value::from(Str::intern("__module__")),
        Value::from(Str::intern(module)),
    )?;
    let bases = Tuple::from_values([Value::from(base.to_owned())]);
    let class = Value::from(krait_object::types::typeobject::TYPE.to_owned());
    protocol::call(
        py,
        &class,
        &[
            Value::from(Str::intern(name)),
            Value::from(bases),
            Value::from(dict),
        ],
    )
}

/// Raises an exception of a class that is a value.
pub fn raise<T>(py: Py, class: &Value, arguments: &[Value]) -> PyResult<T> {
    let exception = protocol::call(py, class, arguments)?;
    Err(krait_object::errors::raise_object(
        py,
        exception.into_object(),
    ))
}
