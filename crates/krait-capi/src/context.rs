//! `context.h` and `pyhash.h`.

use std::ffi::{CStr, c_void};

use krait_object::{Object, Py, PyResult, Str, Tuple, Value, hooks, protocol};
use krait_stdlib_data::contextvars;

use crate::border::{Ptr, export};
use crate::text;

fn variable(py: Py, name: Value, default: Option<&Value>) -> PyResult {
    let module = hooks::import_module(py, "_contextvars")?;
    let class = protocol::get_attr_str(py, &module, "ContextVar")?;
    match default {
        None => protocol::call(py, &class, &[name]),
        Some(default) => {
            let names = Tuple::from_values([Value::from(Str::intern("default"))]);
            protocol::call_with(py, &class, &[name, default.clone()], Some(&names))
        }
    }
}

/// The hash of a pointer: rotated, since its lowest bits are always zero.
fn pointer_hash(pointer: usize) -> isize {
    match pointer.rotate_right(4) as isize {
        -1 => -2,
        hash => hash,
    }
}

export! {
    fn PyContextVar_New(py, name: &CStr, default: Option<&Value>) -> PyResult { variable(py, text::key(py, name)?, default) }
    fn PyContextVar_Get(py, variable: &Object, default: Option<&Value>, result: *mut Ptr) -> PyResult<()> {
        *result = std::ptr::null_mut();
        let found = contextvars::value_or(py, variable, default)?;
        *result = found.map_or(std::ptr::null_mut(), |v| v.into_object().into_ptr());
        Ok(())
    }
    fn PyContextVar_Set(py, variable: &Object, value: &Value) -> PyResult { contextvars::set(py, variable, value) }
    fn PyContextVar_Reset(py, variable: &Object, token: &Value) -> PyResult<()> { contextvars::reset(py, variable, token) }
    fn PyContext_New(py) -> PyResult {
        let module = hooks::import_module(py, "_contextvars")?;
        protocol::call_method_str(py, &module, "Context", &[])
    }
    fn PyContext_Copy(py, context: &Value) -> PyResult { protocol::call_method_str(py, context, "copy", &[]) }
    fn PyContext_CopyCurrent(py) -> Value { contextvars::copy_current(py) }
    fn PyContext_Enter(py, context: &Object) -> PyResult<()> { contextvars::enter(py, context) }
    fn PyContext_Exit(py, context: &Object) -> PyResult<()> { contextvars::exit(py, context) }

    fn _Py_HashDouble(_py, object: Ptr, value: f64) -> isize {
        if value.is_nan() { return pointer_hash(object as usize) }
        protocol::compare::hash_float(value) as isize
    }
    fn Py_HashPointer(_py, pointer: *const c_void) -> isize { pointer_hash(pointer as usize) }
    fn _Py_HashPointer(_py, pointer: *const c_void) -> isize { pointer_hash(pointer as usize) }
    fn PyObject_GenericHash(_py, object: Ptr) -> isize { pointer_hash(object as usize) }
    fn Py_HashBuffer(_py, data: *const c_void, len: isize) -> isize {
        krait_object::hash::bytes(crate::unicodeobject::bytes(data.cast(), len)) as isize
    }
    fn _Py_HashBytes(_py, data: *const c_void, len: isize) -> isize {
        krait_object::hash::bytes(crate::unicodeobject::bytes(data.cast(), len)) as isize
    }
}
