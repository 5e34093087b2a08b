//! Calls of special methods: looked up on the type, not on the instance, and without
//! making bound methods of functions.

use krait_abi::Py_TPFLAGS_METHOD_DESCRIPTOR;

use crate::object::{Layout, Object};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::value::Value;

/// A special method as it was found on a type.
pub struct Special {
    function: Value,
    /// Whether it still wants the instance as its first argument.
    unbound: bool,
}

/// The special method of the object's type, bound where it is not a plain function.
#[inline]
pub fn find(py: Py, this: &Object, name: &Str) -> PyResult<Option<Special>> {
    match this.ty().lookup(py, name) {
        Some(function) => bind(py, this, function).map(Some),
        None => Ok(None),
    }
}

/// A function found on the object's type, bound where it is not a plain function.
pub fn bind(py: Py, this: &Object, function: Value) -> PyResult<Special> {
    let ty = function.ty();
    if ty.has_flag(Py_TPFLAGS_METHOD_DESCRIPTOR) {
        return Ok(Special {
            function,
            unbound: true,
        });
    }
    let Some(get) = ty.raw().tp_descr_get else {
        return Ok(Special {
            function,
            unbound: false,
        });
    };
    let descriptor = function.to_object();
    // SAFETY: the slot is called with the descriptor, an instance and its type; its
    // result is a new reference.
    let function = unsafe {
        let bound = get(
            descriptor.as_object().as_ptr(),
            this.as_ptr(),
            this.ty().as_object().as_ptr(),
        );
        protocol::from_c(py, bound)?
    };
    Ok(Special {
        function,
        unbound: false,
    })
}

impl Special {
    pub fn is_none(&self) -> bool {
        self.function.is_none()
    }

    /// Calls it; `values` begins with the instance.
    #[inline]
    pub fn call(&self, py: Py, values: &[Value]) -> PyResult {
        self.call_with(py, values, None)
    }

    /// As `call`, with keyword arguments at the end of the values.
    #[inline]
    pub fn call_with(&self, py: Py, values: &[Value], names: Option<&Tuple>) -> PyResult {
        protocol::call_with(
            py,
            &self.function,
            if self.unbound { values } else { &values[1..] },
            names,
        )
    }
}

/// Calls the special method with the instance that `values` begins with; `None` where
/// the type has no such method.
#[inline]
pub fn call_maybe(py: Py, name: &Str, values: &[Value]) -> PyResult<Option<Value>> {
    let this = values[0].to_object();
    match find(py, &this, name)? {
        Some(method) => method.call(py, values).map(Some),
        None => Ok(None),
    }
}

/// As `call_maybe`, but a missing method is an AttributeError that names it.
#[inline]
pub fn call(py: Py, name: &Str, values: &[Value]) -> PyResult {
    match call_maybe(py, name, values)? {
        Some(result) => Ok(result),
        None => crate::raise!(py, AttributeError, "{}", name.to_rust()),
    }
}

/// As `call`, with an instance whose count stays what it is: programs look at it.
pub fn call_on(py: Py, this: &Object, name: &Str, rest: &[Value]) -> PyResult {
    match find(py, this, name)? {
        Some(method) => {
            protocol::call::with_object_first(this, rest, |values| method.call(py, values))
        }
        None => crate::raise!(py, AttributeError, "{}", name.to_rust()),
    }
}

/// A borrowed operand as a value.
#[inline(always)]
pub fn value(object: &Object) -> Value {
    Value::unboxed(object)
}
