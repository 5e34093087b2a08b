//! Bound methods: how the interpreter calls them.
//!
//! The type is krait-object's; its call entry is set here, since it puts the receiver
//! before the arguments without making a new list of them.

use krait_object::native::NativeDef;
use krait_object::native::call::DefKind;
use krait_object::object::{Layout, Object};
use krait_object::protocol;
use krait_object::py::{Py, PyResult};
use krait_object::raise;
use krait_object::types::method::{METHOD, Method};
use krait_object::types::tuple::Tuple;
use krait_object::types::typeobject::native_call_slot;
use krait_object::value::Value;

use crate::function::Function;

/// Lends `then` the values with another put before them.
#[inline]
pub fn with_first<R>(first: Value, values: &[Value], then: impl FnOnce(&[Value]) -> R) -> R {
    protocol::call::with_first(&first, values, then)
}

/// Calls a bound method.
pub fn call_method(py: Py, method: &Method, values: &[Value], kwnames: Option<&Tuple>) -> PyResult {
    let (function, receiver) = (
        method.function().to_owned(),
        Value::unboxed(method.receiver()),
    );
    with_first(receiver, values, |all| {
        match function.downcast_exact::<Function>() {
            Some(function) => crate::call::call_function(py, function, all, kwnames),
            None => protocol::call::call_object(py, &function, all, kwnames),
        }
    })
}

fn entry(
    py: Py,
    _def: &'static NativeDef,
    this: Option<&Object>,
    values: &[Value],
    kwnames: Option<&Tuple>,
) -> PyResult {
    match this.and_then(|o| o.downcast_exact::<Method>()) {
        Some(method) => call_method(py, method, values, kwnames),
        None => raise!(py, TypeError, "a method is needed"),
    }
}

/// Makes calls of bound methods go through `call_method`.
pub(crate) fn define() {
    let def = NativeDef::new(
        "method",
        "__call__($self, /, *args, **kwargs)",
        "",
        DefKind::Call,
        entry,
    );
    METHOD.ext().native_call.set(Some(def));
    // SAFETY: start-up, before any Python code runs.
    unsafe {
        let raw = METHOD.as_type_ptr();
        (*raw).tp_call = Some(native_call_slot);
        (*raw).tp_vectorcall_offset = 0;
        (*raw).tp_flags &= !krait_abi::Py_TPFLAGS_HAVE_VECTORCALL;
    }
}
