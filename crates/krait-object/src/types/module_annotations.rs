//! `__annotations__` and `__annotate__` of modules (PEP 649): kept in the namespace,
//! computed at first use.

use super::dict::Dict;
use super::module::Module;
use super::str::Str;
use crate::native::TypeBuilder;
use crate::object::{Layout, Object};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::value::Value;

fn annotations(py: Py, this: &Module) -> PyResult {
    let dict = this.dict();
    if let Some(known) = dict.get_str_key(py, crate::intern!("__annotations__")) {
        return Ok(known);
    }
    let annotate = annotate_function(py, &dict);
    let made = match annotate.filter(protocol::call::is_callable) {
        Some(annotate) => {
            let made = protocol::call(py, &annotate, &[Value::int(1)])?;
            if made.downcast::<Dict>().is_none() {
                return crate::raise!(
                    py,
                    TypeError,
                    "__annotate__ returned non-dict of type '{}'",
                    made.ty().name()
                );
            }
            made
        }
        None => Value::from(Dict::new()),
    };
    if !is_initializing(py, &dict)? {
        put(py, &dict, crate::intern!("__annotations__"), made.clone())?;
    }
    Ok(made)
}

/// Whether the module is being executed: annotations may follow then, so that what is known
/// of them is not kept.
fn is_initializing(py: Py, dict: &Dict) -> PyResult<bool> {
    let Some(spec) = dict.get_str_key(py, crate::intern!("__spec__")) else {
        return Ok(false);
    };
    match protocol::lookup_attr(py, &spec, crate::intern!("_initializing"))? {
        Some(initializing) => protocol::truth(py, &initializing),
        None => Ok(false),
    }
}

fn annotate_function(py: Py, dict: &Dict) -> Option<Value> {
    let direct = dict.get_str_key(py, crate::intern!("__annotate__"));
    direct.or_else(|| dict.get_str_key(py, crate::intern!("__annotate_func__")))
}

fn put(py: Py, dict: &Dict, key: &Str, value: Value) -> PyResult<()> {
    dict.set_value(py, &Value::from(key.to_owned_str()), value)
}

fn set_annotations(py: Py, this: &Module, value: Option<&Object>) -> PyResult<()> {
    let dict = this.dict();
    let key = crate::intern!("__annotations__");
    match value {
        Some(value) => put(py, &dict, key, Value::from(value.to_owned()))?,
        None if dict.remove(py, &Value::from(key.to_owned_str()))?.is_none() => {
            return crate::raise!(py, AttributeError, "__annotations__");
        }
        None => {}
    }
    dict.remove(
        py,
        &Value::from(crate::intern!("__annotate__").to_owned_str()),
    )
    .map(drop)
}

fn set_annotate(py: Py, this: &Module, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value else {
        return crate::raise!(py, TypeError, "cannot delete __annotate__ attribute");
    };
    let value = Value::from(value.to_owned());
    if !value.is_none() && !protocol::call::is_callable(&value) {
        return crate::raise!(py, TypeError, "__annotate__ must be callable or None");
    }
    let dict = this.dict();
    if !value.is_none() {
        dict.remove(
            py,
            &Value::from(crate::intern!("__annotations__").to_owned_str()),
        )?;
    }
    put(py, &dict, crate::intern!("__annotate__"), value)
}

pub(super) fn define(b: &mut TypeBuilder<Module>) {
    b.getset("__annotations__", annotations, set_annotations)
        .getset(
            "__annotate__",
            |py, this: &Module| annotate_function(py, &this.dict()).unwrap_or_else(Value::none),
            set_annotate,
        );
}
