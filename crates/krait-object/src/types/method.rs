//! `method`: a callable bound to its first argument (`PyMethodObject`).

use std::ffi::{c_int, c_void};

use krait_abi::*;

use crate::gc::Visitor;
use crate::native::TypeBuilder;
use crate::object::{Builtin, Layout, Object, Owned};
use crate::protocol::{self, CompareOp};
use crate::py::{Py, PyResult};
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::typeobject::{StaticType, Type};
use crate::value::Value;

/// A bound method.
#[repr(transparent)]
pub struct Method(PyMethodObject, crate::object::Counted);

#[unsafe(export_name = "PyMethod_Type")]
pub static METHOD: StaticType = StaticType::new();

// SAFETY: the struct begins with the header.
unsafe impl Layout for Method {}
// SAFETY: instances of the type have the layout; it cannot be subclassed.
unsafe impl Builtin for Method {
    #[inline(always)]
    fn type_object() -> &'static Type {
        &METHOD
    }
}

impl Method {
    pub fn new(function: Owned, receiver: Owned) -> Owned<Method> {
        // SAFETY: the block is fresh and large enough; all fields are written here.
        unsafe {
            let ptr = krait_heap::alloc_object(size_of::<PyMethodObject>(), true)
                .cast::<PyMethodObject>();
            if ptr.is_null() {
                crate::errors::out_of_memory();
            }
            (*ptr).ob_base = PyObject::new_heap(METHOD.as_type_ptr());
            (*ptr).im_func = function.into_ptr();
            (*ptr).im_self = receiver.into_ptr();
            (*ptr).im_weakreflist = std::ptr::null_mut();
            (*ptr).vectorcall = Some(protocol::call::native_vectorcall);
            krait_heap::track(ptr.cast());
            Owned::from_raw(ptr.cast())
        }
    }

    #[inline(always)]
    pub fn function(&self) -> &Object {
        // SAFETY: a method owns its function.
        unsafe { Object::from_ptr(self.0.im_func) }
    }

    #[inline(always)]
    pub fn receiver(&self) -> &Object {
        // SAFETY: a method owns its receiver.
        unsafe { Object::from_ptr(self.0.im_self) }
    }
}

/// The function bound to a receiver: what `classmethod.__get__` gives.
pub fn bound(_py: Py, function: &Value, receiver: Value) -> Value {
    Value::from(Method::new(function.to_object(), receiver.into_object()))
}

/// Calls the function with the receiver put first.
pub fn call_bound(py: Py, this: &Method, values: &[Value], kwnames: Option<&Tuple>) -> PyResult {
    let function = Value::from(this.function().to_owned());
    let mut all = Vec::with_capacity(values.len() + 1);
    all.push(Value::from(this.receiver().to_owned()));
    all.extend_from_slice(values);
    protocol::call_with(py, &function, &all, kwnames)
}

unsafe extern "C-unwind" fn dealloc(object: *mut PyObject) {
    // SAFETY: called once with a dying method.
    unsafe {
        krait_heap::untrack(object.cast());
        METHOD.clear_weakrefs(object);
        let method = object.cast::<PyMethodObject>();
        Object::decref((*method).im_func);
        Object::decref((*method).im_self);
        krait_heap::free_object(object.cast());
    }
}

unsafe extern "C-unwind" fn traverse(
    object: *mut PyObject,
    visit: visitproc,
    arg: *mut c_void,
) -> c_int {
    let mut visitor = Visitor::new(visit, arg);
    // SAFETY: called with a living method.
    unsafe {
        visitor.visit_ptr((*object.cast::<PyMethodObject>()).im_func);
        visitor.visit_ptr((*object.cast::<PyMethodObject>()).im_self);
    }
    visitor.result()
}

unsafe extern "C-unwind" fn no_clear(_object: *mut PyObject) -> c_int {
    0
}

fn get_attribute(py: Py, this: &Method, name: &Object) -> PyResult {
    let Some(name) = name.downcast::<Str>() else {
        return crate::raise!(
            py,
            TypeError,
            "attribute name must be string, not '{}'",
            name.ty().name()
        );
    };
    if METHOD.lookup(py, name).is_some()
        && let Some(value) = protocol::attr::generic_lookup(py, this.as_object(), name)?
    {
        return Ok(value);
    }
    protocol::get_attr(py, &Value::from(this.function().to_owned()), name)
}

fn repr(py: Py, this: &Method) -> PyResult<String> {
    let function = Value::from(this.function().to_owned());
    let name = match protocol::lookup_attr(py, &function, crate::intern!("__qualname__"))? {
        Some(name) => Some(name),
        None => protocol::lookup_attr(py, &function, crate::intern!("__name__"))?,
    };
    let name = name
        .as_ref()
        .and_then(|n| n.downcast::<Str>())
        .map_or("?".into(), |n| n.to_rust().into_owned());
    let receiver = protocol::repr::repr_object(py, this.receiver())?;
    Ok(format!("<bound method {name} of {}>", receiver.to_rust()))
}

fn compare(py: Py, this: &Method, other: &Object, op: CompareOp) -> PyResult {
    let Some(other) = other.downcast::<Method>() else {
        return Ok(Value::from_static(crate::singletons::not_implemented()));
    };
    let same = this.receiver().is(other.receiver())
        && protocol::compare::equal_objects(py, this.function(), other.function())?;
    Ok(match op {
        CompareOp::Eq => Value::bool(same),
        CompareOp::Ne => Value::bool(!same),
        _ => Value::from_static(crate::singletons::not_implemented()),
    })
}

fn new(py: Py, _class: &Type, function: &Value, instance: &Value) -> PyResult<Owned<Method>> {
    if !protocol::call::is_callable(function) {
        return crate::raise!(py, TypeError, "first argument must be callable");
    }
    if instance.is_none() {
        return crate::raise!(py, TypeError, "instance must not be None");
    }
    Ok(Method::new(function.to_object(), instance.to_object()))
}

fn reduce(py: Py, this: &Method) -> PyResult {
    let function = Value::from(this.function().to_owned());
    let name = protocol::get_attr(py, &function, crate::intern!("__name__"))?;
    let builtins = crate::hooks::import_module(py, "builtins")?;
    let getattr = protocol::get_attr(py, &builtins, crate::intern!("getattr"))?;
    let args = Tuple::from_values([Value::from(this.receiver().to_owned()), name]);
    Ok(Value::from(Tuple::from_values([
        getattr,
        Value::from(args),
    ])))
}

pub(crate) fn define() {
    let mut b = TypeBuilder::<Method>::new(&METHOD, "method", size_of::<PyMethodObject>());
    b.doc("Create a bound instance method object.")
        .dealloc_raw(dealloc)
        .gc_raw(traverse, no_clear)
        .flags(Py_TPFLAGS_HAVE_VECTORCALL)
        .with_raw(|raw| {
            raw.tp_vectorcall_offset = std::mem::offset_of!(PyMethodObject, vectorcall) as isize;
            raw.tp_weaklistoffset = std::mem::offset_of!(PyMethodObject, im_weakreflist) as isize;
            raw.tp_call = Some(super::descriptor::function::call_slot);
        })
        .new_with("method(function, instance, /)", new)
        .get_attribute(get_attribute)
        .repr(repr)
        .compare(compare)
        .hash(|py, this: &Method| {
            let function = protocol::compare::hash_object(py, this.function())?;
            Ok((this.receiver().as_ptr() as i64 >> 4) ^ function)
        })
        .descr_get(
            |_py, this: &Method, _instance: Option<&Object>, _owner: Option<&Object>| {
                Value::from(this.to_owned())
            },
        )
        .method("__reduce__($self, /)", reduce)
        .field("__func__", |_py, this: &Method| this.function().to_owned())
        .field("__self__", |_py, this: &Method| this.receiver().to_owned())
        .getter("__doc__", |py, this: &Method| {
            protocol::get_attr(
                py,
                &Value::from(this.function().to_owned()),
                crate::intern!("__doc__"),
            )
        });
    b.silent().finish();
}
