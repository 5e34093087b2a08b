//! Calls of classes written in Python: an instance is made, then `__init__` runs as a
//! frame of its own.

use krait_abi::{Py_TPFLAGS_DISALLOW_INSTANTIATION, Py_TPFLAGS_IS_ABSTRACT};
use krait_object::exceptions;
use krait_object::native::NativeDef;
use krait_object::object::{Layout, Object, Owned};
use krait_object::py::{Py, PyResult};
use krait_object::raise;
use krait_object::types::slotdefs::{has_python_new, only_constructor};
use krait_object::types::typeobject::{OBJECT, TYPE, Type, address};
use krait_object::value::Value;

use crate::function::Function;
use crate::ops::call_new::function_of;

/// What a call of a class amounts to.
pub enum Construction {
    /// Make an instance, then call this `__init__`.
    Init(Owned<Function>),
    /// Make an instance; there is no `__init__`.
    Plain,
    /// Call this native `__new__`, and no `__init__`.
    New(&'static NativeDef),
    /// Call this `__new__`, which is a Python function; its class has no `__init__`.
    PythonNew(Value),
    /// Make an exception that keeps the arguments.
    Exception,
    /// None of these: `type.__call__` must do it.
    Other,
}

/// Whether `type.__call__` is what calls the class, whose metaclass may be any.
#[inline(always)]
pub fn is_called_by_type(class: &Type) -> bool {
    let metaclass = class.as_object().ty();
    std::ptr::eq(metaclass, &*TYPE)
        || address(metaclass.raw().tp_call) == address(TYPE.raw().tp_call)
}

/// How a class is called.
pub fn of_class(py: Py, class: &Type) -> Construction {
    let raw = class.raw();
    let ordinary = is_called_by_type(class)
        && address(raw.tp_new) == address(OBJECT.raw().tp_new)
        && raw.tp_itemsize == 0
        && raw.tp_flags & (Py_TPFLAGS_IS_ABSTRACT | Py_TPFLAGS_DISALLOW_INSTANTIATION) == 0
        && class.is_heap_type();
    if !ordinary {
        if let Some(new) = python_new(py, class) {
            return Construction::PythonNew(new);
        }
        if is_called_by_type(class) && exceptions::is_simple(class) {
            return Construction::Exception;
        }
        let new = only_constructor(class);
        return new.map_or(Construction::Other, Construction::New);
    }
    if address(raw.tp_init) == address(OBJECT.raw().tp_init) {
        return Construction::Plain;
    }
    match class.lookup(py, krait_object::intern!("__init__")) {
        Some(init) => match init
            .as_object()
            .and_then(|o| o.downcast_exact::<Function>())
        {
            Some(function) => Construction::Init(function.to_owned()),
            None => Construction::Other,
        },
        None => Construction::Other,
    }
}

fn python_new(py: Py, class: &Type) -> Option<Value> {
    let raw = class.raw();
    let alone = is_called_by_type(class)
        && has_python_new(class)
        && address(raw.tp_init) == address(OBJECT.raw().tp_init);
    let new = alone.then(|| class.lookup(py, krait_object::intern!("__new__")))??;
    function_of(new.as_object()?).map(|_| new)
}

/// A fresh instance.
pub fn instance(class: &Type) -> PyResult<Owned> {
    let raw = class.allocate(0)?;
    // SAFETY: all bytes zero is a valid instance of a class that adds only attribute
    // storage to `object`.
    unsafe {
        class.track_new(raw);
        Ok(Owned::from_raw(raw.cast::<Object>()))
    }
}

/// `__init__` must return None.
pub fn check_init(py: Py, result: &Value) -> PyResult<()> {
    if result.is_none() {
        return Ok(());
    }
    raise!(
        py,
        TypeError,
        "__init__() should return None, not '{}'",
        result.ty().name()
    )
}
