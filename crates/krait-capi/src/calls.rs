//! `abstract.h`: calls.

use std::ffi::{CStr, c_char, c_void};

use krait_abi::*;
use krait_object::types::{dict::Dict, str::Str, tuple::Tuple};
use krait_object::{Object, Owned, Py, PyResult, Raised, Type, Value, protocol, raise};

use crate::border::{Ptr, export};

/// The values of a vectorcall.
///
/// # Safety
/// So many objects live at the address during the call.
unsafe fn lent<'a>(values: *const Ptr, count: usize) -> &'a [Value] {
    if count == 0 {
        return &[];
    }
    // SAFETY: the contract; an object's pointer is a value's word.
    unsafe { std::slice::from_raw_parts(values.cast(), count) }
}

fn kwnames(names: Option<&Object>) -> Option<&Tuple> {
    names.and_then(|n| n.downcast::<Tuple>())
}

fn names_count(names: Option<&Object>) -> usize {
    kwnames(names).map_or(0, |n| n.len())
}

/// The method of a name, by the way that binds nothing where it can be avoided.
fn call_method(py: Py, name: &Str, values: &[Value], names: Option<&Tuple>) -> PyResult {
    let this = &values[0];
    if let Some(object) = this.as_object()
        && let Some(found) = object.ty().lookup(py, name)
        && let Some(function) = found.as_object()
        && function.ty().has_flag(Py_TPFLAGS_METHOD_DESCRIPTOR)
        && address_of_getattr(object.ty()) == generic_getattr()
        && protocol::attr::instance_attribute(py, object, name).is_none()
    {
        return protocol::call_with(py, &found, values, names);
    }
    let method = protocol::get_attr(py, this, name)?;
    protocol::call_with(py, &method, &values[1..], names)
}

fn address_of_getattr(ty: &Type) -> usize {
    ty.raw().tp_getattro.map_or(0, |f| f as usize)
}

fn generic_getattr() -> usize {
    protocol::attr::generic_getattr_slot as *const std::ffi::c_void as usize
}

export! {
    fn PyObject_Call(py, callable: &Value, args: &Tuple, kwargs: Option<&Object>) -> PyResult {
        protocol::call::call_tuple(py, callable, args, kwargs.and_then(|k| k.downcast::<Dict>()))
    }
    fn PyObject_CallObject(py, callable: &Value, args: Option<&Object>) -> PyResult {
        match args {
            None => protocol::call(py, callable, &[]),
            Some(args) => match args.downcast::<Tuple>() {
                Some(args) => protocol::call::call_tuple(py, callable, args, None),
                None => raise!(py, TypeError, "argument list must be a tuple"),
            },
        }
    }
    // Whether an attribute can be called as a method; TypeError where it cannot.
    fn krait_callable(py, attribute: &Value) -> bool {
        let callable = protocol::call::is_callable(attribute);
        if !callable {
            let _: PyResult<()> = raise!(py, TypeError, "attribute of type '{}' is not callable", attribute.ty().name());
        }
        callable
    }
    fn PyObject_CallNoArgs(py, callable: &Value) -> PyResult { protocol::call(py, callable, &[]) }
    fn PyObject_CallOneArg(py, callable: &Value, argument: &Value) -> PyResult {
        protocol::call(py, callable, std::slice::from_ref(argument))
    }
    fn PyObject_CallMethodNoArgs(py, object: Ptr, name: &Object) -> PyResult {
        call_method(py, crate::object::name_of(py, name)?, lent(&raw const object, 1), None)
    }
    fn PyObject_CallMethodOneArg(py, object: Ptr, name: &Object, argument: Ptr) -> PyResult {
        let both = [object, argument];
        call_method(py, crate::object::name_of(py, name)?, lent(both.as_ptr(), 2), None)
    }
    fn PyObject_Vectorcall(py, callable: &Object, values: *const Ptr, nargsf: usize, names: Option<&Object>) -> PyResult {
        let count = PyVectorcall_NARGS(nargsf) as usize + names_count(names);
        protocol::call::call_object(py, callable, lent(values, count), kwnames(names))
    }
    fn PyObject_VectorcallDict(py, callable: &Value, values: *const Ptr, nargsf: usize, kwargs: Option<&Object>) -> PyResult {
        let values = lent(values, PyVectorcall_NARGS(nargsf) as usize);
        match kwargs.and_then(|k| k.downcast::<Dict>()) {
            None => protocol::call(py, callable, values),
            Some(kwargs) => protocol::call::call_tuple(py, callable, &Tuple::from_slice(values), Some(kwargs)),
        }
    }
    fn PyObject_VectorcallMethod(py, name: &Object, values: *const Ptr, nargsf: usize, names: Option<&Object>) -> PyResult {
        let count = PyVectorcall_NARGS(nargsf) as usize + names_count(names);
        call_method(py, crate::object::name_of(py, name)?, lent(values, count), kwnames(names))
    }
    fn _PyObject_MakeTpCall(py, _thread: *const c_void, callable: &Object, values: *const Ptr, count: isize, keywords: Option<&Object>) -> PyResult {
        match keywords.and_then(|k| k.downcast::<Dict>()) {
            Some(kwargs) => {
                let args = Tuple::from_slice(lent(values, count as usize));
                protocol::call::with_flat_arguments(py, Some(&args), Some(kwargs), |values, names| {
                    protocol::call::call_slot(py, callable, values, names)
                })
            }
            None => {
                let values = lent(values, count as usize + names_count(keywords));
                protocol::call::call_slot(py, callable, values, kwnames(keywords))
            }
        }
    }
    fn _Py_CheckFunctionResult(py, _thread: *const c_void, callable: Option<&Object>, result: *mut c_void, place: Option<&CStr>) -> PyResult {
        let result: Ptr = result.cast();
        if result.is_null() != py.thread().has_exception() {
            return protocol::call::inconsistent(py, callable.ok_or(place.unwrap_or_default()), result);
        }
        if result.is_null() { Err(Raised) } else { Ok(Value::from(Owned::<Object>::from_raw(result.cast()))) }
    }
    fn PyVectorcall_Call(py, callable: &Value, args: &Tuple, kwargs: Option<&Object>) -> PyResult {
        let object = callable.to_object();
        // As in CPython, whether the type says so or not.
        let Some(function) = vectorcall_of(&object).or_else(|| vectorcall_at(&object)) else {
            return raise!(py, TypeError, "'{}' object does not support vectorcall", object.ty().name());
        };
        protocol::call::with_flat_arguments(py, Some(args), kwargs.and_then(|k| k.downcast::<Dict>()), |values, names| {
            protocol::call::call_vector(py, &object, function, values, names)
        })
    }
    fn PyVectorcall_Function(_py, callable: &Object) -> *const std::ffi::c_void {
        vectorcall_of(callable).map_or(std::ptr::null(), |f| f as *const std::ffi::c_void)
    }
    fn PyVectorcall_NARGS(_py, nargsf: usize) -> isize { krait_abi::PyVectorcall_NARGS(nargsf) }
}

type Vectorcall = unsafe extern "C-unwind" fn(Ptr, *const Ptr, usize, Ptr) -> Ptr;

/// The function of an object that follows the vectorcall protocol.
fn vectorcall_of(callable: &Object) -> Option<Vectorcall> {
    let ty = callable.ty();
    if callable.downcast_exact::<krait_vm::Function>().is_some() {
        return Some(PyObject_Vectorcall);
    }
    if !ty.has_flag(Py_TPFLAGS_HAVE_VECTORCALL) {
        return None;
    }
    vectorcall_at(callable)
}

/// The function at the place that the type names.
fn vectorcall_at(callable: &Object) -> Option<Vectorcall> {
    let ty = callable.ty();
    if ty.raw().tp_vectorcall_offset <= 0 {
        return None;
    }
    // SAFETY: the type says where its instances keep the function.
    unsafe {
        *callable
            .as_ptr()
            .byte_add(ty.raw().tp_vectorcall_offset as usize)
            .cast::<vectorcallfunc>()
    }
}

/// `PyObject_CallMethod`'s lookup, for the variadic shims.
///
/// # Safety
/// As the headers say; a new reference to the bound method, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn krait_method(object: Ptr, name: *const c_char) -> Ptr {
    // SAFETY: the arguments are those of the shim's caller.
    unsafe { crate::object::PyObject_GetAttrString(object, name) }
}

/// Objects of a C array: method or callable first; for the variadic shims.
///
/// # Safety
/// So many objects live at the address.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn krait_call_objects(
    callable: Ptr,
    values: *const Ptr,
    count: isize,
) -> Ptr {
    // SAFETY: as the contract says.
    unsafe { PyObject_Vectorcall(callable, values, count as usize, std::ptr::null_mut()) }
}
