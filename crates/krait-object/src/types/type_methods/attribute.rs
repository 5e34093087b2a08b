//! Attribute access on classes: `type.__getattribute__`, `type.__setattr__`.

use std::ffi::c_int;

use krait_abi::*;

use crate::native::slots::to_c;
use crate::object::{Layout, Object};
use crate::protocol::{attr, from_c, status};
use crate::py::{Py, PyResult};
use crate::types::slotdefs;
use crate::types::str::Str;
use crate::types::str::intern::intern;
use crate::types::typeobject::Type;
use crate::value::Value;

type Get =
    unsafe extern "C-unwind" fn(*mut PyObject, *mut PyObject, *mut PyObject) -> *mut PyObject;

fn getter(value: &Value) -> Option<(&Object, Get)> {
    let object = value.as_object()?;
    object.ty().raw().tp_descr_get.map(|get| (object, get))
}

/// `type.__getattribute__`: data descriptors of the metaclass, attributes along the
/// MRO, the metaclass's other attributes. `None` where there is none.
pub fn type_getattr(py: Py, ty: &Type, name: &Str) -> PyResult<Option<Value>> {
    let this = ty.as_object();
    let metatype = this.ty();
    let meta = metatype.lookup(py, name);
    if let Some((descriptor, get)) = meta.as_ref().and_then(getter)
        && descriptor.ty().raw().tp_descr_set.is_some()
    {
        // SAFETY: the descriptor's own slot, with living objects.
        return unsafe {
            from_c(
                py,
                get(
                    descriptor.as_ptr(),
                    this.as_ptr(),
                    metatype.as_object().as_ptr(),
                ),
            )
        }
        .map(Some);
    }
    if let Some(found) = ty.lookup(py, name) {
        let Some((descriptor, get)) = getter(&found) else {
            return Ok(Some(found));
        };
        // SAFETY: as above; no instance.
        return unsafe {
            from_c(
                py,
                get(descriptor.as_ptr(), std::ptr::null_mut(), this.as_ptr()),
            )
        }
        .map(Some);
    }
    if let Some((descriptor, get)) = meta.as_ref().and_then(getter) {
        // SAFETY: as above.
        return unsafe {
            from_c(
                py,
                get(
                    descriptor.as_ptr(),
                    this.as_ptr(),
                    metatype.as_object().as_ptr(),
                ),
            )
        }
        .map(Some);
    }
    Ok(meta)
}

/// `tp_getattro` of `type`.
///
/// # Safety
/// Called as C calls the slot: with the GIL and living arguments of its kinds.
#[inline(never)]
pub unsafe extern "C-unwind" fn type_getattr_slot(
    ty: *mut PyObject,
    name: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: C calls slots with the GIL, a type and a living object.
    let (py, ty, name) = unsafe {
        (
            Py::assume(),
            Type::from_ptr(ty.cast()),
            Object::from_ptr(name),
        )
    };
    let Some(name) = name.downcast::<Str>() else {
        return to_c(bad_name(py, name));
    };
    to_c(match type_getattr(py, ty, name) {
        Ok(Some(value)) => Ok(value),
        Ok(None) => no_attribute(py, ty, name),
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

#[cold]
fn no_attribute<T>(py: Py, ty: &Type, name: &Str) -> PyResult<T> {
    let text = format!(
        "type object '{}' has no attribute '{}'",
        ty.name(),
        name.to_rust()
    );
    Err(attr::attribute_error(py, &text, ty.as_object(), name))
}

/// `type.__setattr__` and, without a value, `type.__delattr__`.
pub fn type_setattr(py: Py, ty: &Type, name: &Str, value: Option<Value>) -> PyResult<()> {
    if ty.has_flag(Py_TPFLAGS_IMMUTABLETYPE) {
        let shown = crate::protocol::repr(py, &Value::from(name.to_owned_str()))?;
        return crate::raise!(
            py,
            TypeError,
            "cannot set {} attribute of immutable type '{}'",
            shown.to_rust(),
            ty.name()
        );
    }
    let name = intern(if name.as_object().is_exact::<Str>() {
        name.to_owned_str()
    } else {
        Str::from_chars(name.chars())
    });
    let meta = ty.as_object().ty().lookup(py, &name);
    if let Some(descriptor) = meta.as_ref().and_then(Value::as_object)
        && let Some(set) = descriptor.ty().raw().tp_descr_set
    {
        let boxed = value.map(Value::into_object);
        let pointer = boxed
            .as_ref()
            .map_or(std::ptr::null_mut(), |v| v.as_object().as_ptr());
        // SAFETY: the descriptor's own slot, with living objects or NULL.
        return status(py, unsafe {
            set(descriptor.as_ptr(), ty.as_object().as_ptr(), pointer)
        })
        .map(drop);
    }
    if ty.give_dict() {
        // C sets attributes of a type that it has not made ready: no slots follow yet.
        return match value {
            Some(value) => ty.dict().set_str(py, &name, value),
            None => no_attribute(py, ty, &name),
        };
    }
    let keep = ty.to_owned();
    // Caches do not own what they know: they forget it before the dict lets go.
    keep.modified();
    match value {
        Some(value) => keep.dict().set_str(py, &name, value)?,
        None => {
            if keep.dict().pop_str(py, &name).is_none() {
                return no_attribute(py, &keep, &name);
            }
        }
    }
    if slotdefs::is_special_name(&name) {
        slotdefs::update_slot(py, &keep, &name);
    }
    Ok(())
}

/// `tp_setattro` of `type`.
///
/// # Safety
/// Called as C calls the slot: with the GIL and living arguments of its kinds.
#[inline(never)]
pub unsafe extern "C-unwind" fn type_setattr_slot(
    ty: *mut PyObject,
    name: *mut PyObject,
    value: *mut PyObject,
) -> c_int {
    // SAFETY: C calls slots with the GIL, a type, a living object, a value or NULL.
    let (py, ty, name) = unsafe {
        (
            Py::assume(),
            Type::from_ptr(ty.cast()),
            Object::from_ptr(name),
        )
    };
    // SAFETY: as above.
    let value = (!value.is_null()).then(|| Value::unboxed(unsafe { Object::from_ptr(value) }));
    let result = match name.downcast::<Str>() {
        Some(name) => type_setattr(py, ty, name, value),
        None => bad_name(py, name),
    };
    if result.is_ok() { 0 } else { -1 }
}
