//! What `sys` tells about objects: sizes, counts, interning.

use krait_object::types::str::intern as interning;
use krait_object::{
    ModuleBuilder, Py, PyResult, Str, Type, Value, errors, exceptions, intern, protocol, raise,
};

fn getsizeof(py: Py, object: &Value, default: Option<&Value>) -> PyResult {
    let size = size_of_object(py, object);
    match (errors::suppress(py, size, &exceptions::TypeError)?, default) {
        (Some(size), _) => Ok(Value::int(size)),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => raise!(
            py,
            TypeError,
            "Type {} doesn't define __sizeof__",
            object.ty().name()
        ),
    }
}

/// `__sizeof__()` as a checked number.
fn size_of_object(py: Py, object: &Value) -> PyResult<i64> {
    let boxed = object.to_object();
    let Some(size) = protocol::call_special(py, &boxed, intern!("__sizeof__"), &[])? else {
        return raise!(
            py,
            TypeError,
            "Type {} doesn't define __sizeof__",
            object.ty().name()
        );
    };
    match protocol::number::int_of(&size) {
        Some(size) if size >= 0 => Ok(size),
        Some(_) => raise!(py, ValueError, "__sizeof__() should return >= 0"),
        None if protocol::number::is_index(&size) => {
            raise!(
                py,
                OverflowError,
                "Python int too large to convert to C ssize_t"
            )
        }
        None => raise!(
            py,
            TypeError,
            "'{}' object cannot be interpreted as an integer",
            size.ty().name()
        ),
    }
}

/// The reference count as CPython would show it: the argument counts for one, but not where
/// it is a variable of the caller's, which is lent; small integers are immortal, and other
/// immediates count as one object that only the argument refers to.
fn getrefcount(py: Py, object: &Value) -> i64 {
    match (object.as_object(), object.as_small_int()) {
        (Some(object), _) => {
            let lent = !object.is_immortal() && krait_vm::frame::is_variable(py, object);
            i64::from(object.refcount()) - i64::from(lent)
        }
        (None, Some(-5..=256)) => i64::from(krait_object::singletons::none().refcount()),
        (None, _) => 1,
    }
}

fn intern_text(py: Py, text: &Value) -> PyResult {
    match text.as_object().and_then(|o| o.downcast_exact::<Str>()) {
        Some(text) => Ok(Value::from(interning::intern(text.to_owned_str()))),
        None if text.downcast::<Str>().is_some() => {
            raise!(py, TypeError, "can't intern {}", text.ty().name())
        }
        None => raise!(
            py,
            TypeError,
            "intern() argument must be str, not {}",
            text.ty().name()
        ),
    }
}

/// Takes `__dict__` and `__weakref__` out of a class's namespace; `dataclasses` replaces
/// classes and must not keep the old ones alive by these.
fn clear_type_descriptors(py: Py, class: &Type) -> PyResult<()> {
    if class.is_immutable() {
        return raise!(py, TypeError, "argument is immutable");
    }
    for name in [intern!("__dict__"), intern!("__weakref__")] {
        class.dict().remove_str(py, name);
    }
    class.modified();
    Ok(())
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function(
        "getsizeof($module, /, object, default=<unrepresentable>)",
        getsizeof,
    )?
    .function("getrefcount($module, object, /)", getrefcount)?
    .function("intern($module, string, /)", intern_text)?
    .function("_is_interned($module, string, /)", |_py, text: &Str| {
        text.is_interned()
    })?
    .function("_is_immortal($module, op, /)", |_py, value: &Value| {
        value.as_object().is_none_or(|o| o.is_immortal())
    })?
    .function(
        "_clear_type_descriptors($module, type, /)",
        clear_type_descriptors,
    )?;
    Ok(())
}
