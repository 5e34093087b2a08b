//! Attribute access: `getattr`, `setattr`, the generic slots, and special methods.

use krait_abi::*;

use super::{attribute_from_c, from_c, status};
use crate::object::{Builtin, Layout, Object, Owned};
use crate::py::{Py, PyResult, Raised};
use crate::types::attributes;
use crate::types::dict::Dict;
use crate::types::module::Module;
use crate::types::str::{Str, intern};
use crate::types::type_methods::{type_getattr, type_getattr_slot};
use crate::types::typeobject::{Type, address};
use crate::value::Value;

/// `value.name`.
#[inline]
pub fn get_attr(py: Py, value: &Value, name: &Str) -> PyResult {
    match value.as_object() {
        Some(object) => get_attr_object(py, object, name),
        None => get_attr_object(py, &value.to_object(), name),
    }
}

/// `value.name` for a name in Rust text.
pub fn get_attr_str(py: Py, value: &Value, name: &str) -> PyResult {
    get_attr(py, value, &Str::intern(name))
}

pub(super) fn is_generic(ty: &Type) -> bool {
    address(ty.raw().tp_getattro) == generic_getattr_slot as *const std::ffi::c_void
}

pub fn get_attr_object(py: Py, object: &Object, name: &Str) -> PyResult {
    let ty = object.ty();
    if is_generic(ty) {
        return match generic_lookup(py, object, name) {
            Ok(Some(value)) => Ok(value),
            Ok(None) => no_attribute(py, object, name),
            Err(raised) => Err(with_context(py, raised, object, name)),
        };
    }
    // SAFETY: slots are called with the type's instance; results are new references.
    unsafe {
        if let Some(slot) = ty.raw().tp_getattro {
            return from_c(py, slot(object.as_ptr(), name.as_object().as_ptr()))
                .map_err(|raised| with_context(py, raised, object, name));
        }
        if let Some(slot) = ty.raw().tp_getattr
            && let Ok(text) = std::ffi::CString::new(name.to_rust().as_bytes())
        {
            return from_c(py, slot(object.as_ptr(), text.as_ptr().cast_mut()));
        }
    }
    no_attribute(py, object, name)
}

/// Tells an AttributeError that says nothing of it which attribute was asked for, of what.
#[cold]
fn with_context(py: Py, raised: Raised, object: &Object, name: &Str) -> Raised {
    if let Some(exception) = py.thread().exception()
        && let Some(error) = exception.downcast::<crate::exceptions::AttributeError>()
        && !error.name.is_set()
        && !error.obj.is_set()
    {
        error.name.store(Some(name.as_object()));
        error.obj.store(Some(object));
    }
    raised
}

/// `value.name`, or `None` where there is no such attribute; other errors are raised.
pub fn lookup_attr(py: Py, value: &Value, name: &Str) -> PyResult<Option<Value>> {
    let boxed;
    let object = match value.as_object() {
        Some(object) => object,
        None => {
            boxed = value.to_object();
            &boxed
        }
    };
    let found = if is_generic(object.ty()) {
        generic_lookup(py, object, name)
    } else if let Some(class) = object.downcast::<Type>()
        && is_type_getattr(object.ty())
    {
        type_getattr(py, class, name)
    } else if let Some(module) = object.downcast::<Module>()
        && module.is_ordinary()
    {
        module.lookup(py, name).map(Result::ok)
    } else {
        get_attr_object(py, object, name).map(Some)
    };
    match found {
        // A getter in C that gives neither a value nor an exception has no attribute.
        Err(_) if !py.thread().has_exception() => Ok(None),
        Err(raised) => crate::errors::suppress(py, Err(raised), &crate::exceptions::AttributeError),
        ok => ok,
    }
}

/// Whether a metaclass looks attributes of its classes up as `type` does.
fn is_type_getattr(metaclass: &Type) -> bool {
    address(metaclass.raw().tp_getattro) == type_getattr_slot as *const std::ffi::c_void
}

/// A dict that an object holds by a pointer at `tp_dictoffset`, as C types declare it.
fn c_dict_place(object: &Object) -> Option<*mut *mut PyObject> {
    let offset = object.ty().raw().tp_dictoffset;
    if offset <= 0 {
        return None;
    }
    if let Some(ty) = object.downcast::<Type>() {
        // (Native types get theirs when it is asked for.)
        ty.dict();
    }
    // SAFETY: the type says that the pointer is there.
    Some(unsafe { object.as_ptr().byte_add(offset as usize).cast() })
}

/// The instance attribute alone, without the type.
pub fn instance_attribute(py: Py, object: &Object, name: &Str) -> Option<Value> {
    if object.ty().raw().tp_dictoffset < 0 {
        return attributes::get(py, object, name);
    }
    let place = c_dict_place(object)?;
    // SAFETY: null or an owned dict.
    unsafe {
        let dict = *place;
        if dict.is_null() {
            return None;
        }
        Object::from_ptr(dict)
            .cast_unchecked::<Dict>()
            .to_owned()
            .get_str_key(py, name)
    }
}

/// `object.__dict__`, made where it is not there yet; `None` where the type has none.
pub fn instance_dict(py: Py, object: &Object) -> Option<Owned<Dict>> {
    if object.ty().raw().tp_dictoffset < 0 {
        return Some(attributes::dict(py, object));
    }
    let place = c_dict_place(object)?;
    // SAFETY: null or an owned dict.
    unsafe {
        if (*place).is_null() {
            *place = Dict::new().into_ptr();
        }
        Some(Object::from_ptr(*place).cast_unchecked::<Dict>().to_owned())
    }
}

/// The lookup of `object.__getattribute__`: data descriptor, instance, other.
pub fn generic_lookup(py: Py, object: &Object, name: &Str) -> PyResult<Option<Value>> {
    let ty = object.ty();
    let found = ty.lookup(py, name);
    if let Some(Some(descriptor)) = found.as_ref().map(Value::as_object) {
        let raw = descriptor.ty().raw();
        if let Some(get) = raw.tp_descr_get
            && raw.tp_descr_set.is_some()
        {
            let descriptor = descriptor.to_owned();
            return bind(&descriptor, get, object).map(Some);
        }
    }
    if ty.raw().tp_dictoffset != 0
        && let Some(value) = instance_attribute(py, object, name)
    {
        return Ok(Some(value));
    }
    let Some(found) = found else { return Ok(None) };
    if let Some(descriptor) = found.as_object()
        && let Some(get) = descriptor.ty().raw().tp_descr_get
    {
        return bind(descriptor, get, object).map(Some);
    }
    Ok(Some(found))
}

/// `generic_lookup` with another dict in place of the instance's own.
pub fn generic_lookup_in(
    py: Py,
    object: &Object,
    name: &Str,
    dict: &Dict,
) -> PyResult<Option<Value>> {
    let found = object.ty().lookup(py, name);
    let slots = found
        .as_ref()
        .and_then(Value::as_object)
        .map(|d| d.ty().raw());
    let get = slots.and_then(|raw| raw.tp_descr_get);
    let is_data = slots.is_some_and(|raw| raw.tp_descr_set.is_some());
    if !(is_data && get.is_some())
        && let Some(value) = dict.get_str_key(py, name)
    {
        return Ok(Some(value));
    }
    match (found, get) {
        (Some(found), Some(get)) => bind(&found.to_object(), get, object).map(Some),
        (found, _) => Ok(found),
    }
}

/// `generic_set` with another dict in place of the instance's own.
pub fn generic_set_in(
    py: Py,
    object: &Object,
    name: &Str,
    value: Option<Value>,
    dict: &Dict,
) -> PyResult<()> {
    let found = object.ty().lookup(py, name);
    if found
        .as_ref()
        .and_then(Value::as_object)
        .is_some_and(|d| d.ty().raw().tp_descr_set.is_some())
    {
        return generic_set(py, object, name, value);
    }
    let key = Value::from(name.to_owned_str());
    match value {
        Some(value) => dict.set_value(py, &key, value),
        None if dict.remove(py, &key)?.is_some() => Ok(()),
        None => no_attribute(py, object, name),
    }
}

#[inline]
fn bind(
    descriptor: &Object,
    get: unsafe extern "C-unwind" fn(*mut PyObject, *mut PyObject, *mut PyObject) -> *mut PyObject,
    object: &Object,
) -> PyResult {
    // SAFETY: the descriptor's own slot, with living objects.
    unsafe {
        attribute_from_c(get(
            descriptor.as_ptr(),
            object.as_ptr(),
            object.ty().as_type_ptr().cast(),
        ))
    }
}

/// Raises AttributeError with `name` and `obj` set.
#[cold]
pub fn no_attribute<T>(py: Py, object: &Object, name: &Str) -> PyResult<T> {
    let text = match object.downcast::<Type>() {
        Some(ty) => format!(
            "type object '{}' has no attribute '{}'",
            ty.short_name(),
            name.to_rust()
        ),
        None => format!(
            "'{}' object has no attribute '{}'",
            object.ty().name(),
            name.to_rust()
        ),
    };
    Err(attribute_error(py, &text, object, name))
}

/// Raises AttributeError with a text and its `name` and `obj` attributes.
#[cold]
pub fn attribute_error(py: Py, text: &str, object: &Object, name: &Str) -> crate::py::Raised {
    let raised = crate::errors::raise_text(
        py,
        &crate::exceptions::AttributeError,
        format_args!("{text}"),
    );
    if let Some(exception) = py.thread().take_exception() {
        let exception_value = Value::from(exception.clone());
        let set = set_attr(
            py,
            &exception_value,
            crate::intern!("name"),
            &Value::from(name.to_owned_str()),
        )
        .and_then(|()| {
            set_attr(
                py,
                &exception_value,
                crate::intern!("obj"),
                &Value::from(object.to_owned()),
            )
        });
        if set.is_ok() {
            py.thread().set_exception(exception);
        }
    }
    raised
}

/// `tp_getattro` of ordinary types; extensions compare slots with it.
///
/// # Safety
/// Both are living objects; the GIL is held.
#[unsafe(export_name = "PyObject_GenericGetAttr")]
pub unsafe extern "C-unwind" fn generic_getattr_slot(
    object: *mut PyObject,
    name: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: C calls slots with the GIL and living objects.
    let (py, object, name) = unsafe {
        (
            Py::assume(),
            Object::from_ptr(object),
            Object::from_ptr(name),
        )
    };
    let Some(name) = name.downcast::<Str>() else {
        return crate::native::slots::to_c(bad_name(py, name));
    };
    crate::native::slots::to_c(match generic_lookup(py, object, name) {
        Ok(Some(value)) => Ok(value),
        Ok(None) => no_attribute(py, object, name),
        Err(raised) => Err(raised),
    })
}

fn bad_name<T>(py: Py, name: &Object) -> PyResult<T> {
    crate::raise!(
        py,
        TypeError,
        "attribute name must be string, not '{}'",
        name.ty().name()
    )
}

/// `tp_setattro` of ordinary types; extensions compare slots with it.
///
/// # Safety
/// All are living objects, or the value is null; the GIL is held.
#[unsafe(export_name = "PyObject_GenericSetAttr")]
pub unsafe extern "C-unwind" fn generic_setattr_slot(
    object: *mut PyObject,
    name: *mut PyObject,
    value: *mut PyObject,
) -> i32 {
    // SAFETY: C calls slots with the GIL and living objects; no value means deletion.
    let (py, object, name) = unsafe {
        (
            Py::assume(),
            Object::from_ptr(object),
            Object::from_ptr(name),
        )
    };
    // SAFETY: as above.
    let value = (!value.is_null()).then(|| Value::unboxed(unsafe { Object::from_ptr(value) }));
    let result = match name.downcast::<Str>() {
        Some(name) => generic_set(py, object, name, value),
        None => bad_name(py, name),
    };
    if result.is_ok() { 0 } else { -1 }
}

/// `object.__setattr__` and, without a value, `object.__delattr__`.
pub fn generic_set(py: Py, object: &Object, name: &Str, value: Option<Value>) -> PyResult<()> {
    let ty = object.ty();
    let found = ty.lookup(py, name);
    if let Some(descriptor) = found.as_ref().and_then(Value::as_object)
        && let Some(set) = descriptor.ty().raw().tp_descr_set
    {
        let boxed = value.map(Value::into_object);
        let pointer = boxed
            .as_ref()
            .map_or(std::ptr::null_mut(), |v| v.as_object().as_ptr());
        // SAFETY: the descriptor's own slot, with living objects.
        return status(py, unsafe {
            set(descriptor.as_ptr(), object.as_ptr(), pointer)
        })
        .map(|_| ());
    }
    let interned;
    let name = if name.is_interned() {
        name
    } else {
        interned = intern::intern(name.to_owned_str());
        &interned
    };
    if ty.raw().tp_dictoffset < 0 {
        return match value {
            Some(value) => attributes::set(py, object, name, value),
            None if attributes::delete(py, object, name)? => Ok(()),
            None => no_attribute(py, object, name),
        };
    }
    if let Some(dict) = instance_dict(py, object) {
        let key = Value::from(name.to_owned_str());
        return match value {
            Some(value) => dict.set_value(py, &key, value),
            None if dict.remove(py, &key)?.is_some() => Ok(()),
            None => no_attribute(py, object, name),
        };
    }
    cannot_set(py, object, name, found.is_some())
}

#[cold]
fn cannot_set(py: Py, object: &Object, name: &Str, on_class: bool) -> PyResult<()> {
    let text = if on_class {
        format!(
            "'{}' object attribute '{}' is read-only",
            object.ty().name(),
            name.to_rust()
        )
    } else {
        format!(
            "'{}' object has no attribute '{}' and no __dict__ for setting new attributes",
            object.ty().name(),
            name.to_rust()
        )
    };
    Err(attribute_error(py, &text, object, name))
}

/// `value.name = new`.
#[inline]
pub fn set_attr(py: Py, target: &Value, name: &Str, new: &Value) -> PyResult<()> {
    set_or_delete(py, target, name, Some(new))
}

/// `del value.name`.
pub fn del_attr(py: Py, target: &Value, name: &Str) -> PyResult<()> {
    set_or_delete(py, target, name, None)
}

fn set_or_delete(py: Py, target: &Value, name: &Str, new: Option<&Value>) -> PyResult<()> {
    let object = target.to_object();
    let raw = object.ty().raw();
    if address(raw.tp_setattro) == generic_setattr_slot as *const std::ffi::c_void {
        return generic_set(py, &object, name, new.cloned());
    }
    let boxed = new.map(Value::to_object);
    let pointer = boxed
        .as_ref()
        .map_or(std::ptr::null_mut(), |v| v.as_object().as_ptr());
    // SAFETY: the type's own slots, with living objects.
    unsafe {
        if let Some(slot) = raw.tp_setattro {
            return status(
                py,
                slot(
                    object.as_object().as_ptr(),
                    name.as_object().as_ptr(),
                    pointer,
                ),
            )
            .map(|_| ());
        }
        if let Some(slot) = raw.tp_setattr
            && let Ok(text) = std::ffi::CString::new(name.to_rust().as_bytes())
        {
            return status(
                py,
                slot(
                    object.as_object().as_ptr(),
                    text.as_ptr().cast_mut(),
                    pointer,
                ),
            )
            .map(|_| ());
        }
    }
    let doing = if new.is_some() { "assign to" } else { "del" };
    crate::raise!(
        py,
        TypeError,
        "'{}' object has {} attributes ({doing} .{})",
        object.ty().name(),
        if raw.tp_getattro.is_none() && raw.tp_getattr.is_none() {
            "no"
        } else {
            "only read-only"
        },
        name.to_rust()
    )
}

/// A special method looked up on the type and bound to the object.
pub fn lookup_special(py: Py, object: &Object, name: &Str) -> PyResult<Option<Value>> {
    let Some(found) = object.ty().lookup(py, name) else {
        return Ok(None);
    };
    if let Some(descriptor) = found.as_object()
        && let Some(get) = descriptor.ty().raw().tp_descr_get
    {
        return bind(descriptor, get, object).map(Some);
    }
    Ok(Some(found))
}

/// Whether the object is an instance of a class written in Rust or C that the name
/// is defined on; for fast paths that must not skip an override.
pub fn type_defines(py: Py, ty: &Type, name: &Str) -> bool {
    ty.lookup(py, name).is_some()
}

/// The type object of a builtin layout, as a value.
pub fn type_value<T: Builtin>() -> Value {
    Value::from(T::type_object().to_owned())
}
