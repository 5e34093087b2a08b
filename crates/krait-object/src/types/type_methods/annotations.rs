//! `__annotations__` and `__annotate__` of classes (PEP 649).

use krait_abi::*;

use crate::object::{Layout, Object};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::types::dict::Dict;
use crate::types::typeobject::Type;
use crate::value::Value;

fn no_attribute<T>(py: Py, ty: &Type, name: &str) -> PyResult<T> {
    crate::raise!(
        py,
        AttributeError,
        "type object '{}' has no attribute '{name}'",
        ty.name()
    )
}

/// The value as the class gives it out: bound where it is a descriptor.
fn bound(py: Py, ty: &Type, value: Value) -> PyResult {
    let Some(descriptor) = value.as_object() else {
        return Ok(value);
    };
    let Some(get) = descriptor.ty().raw().tp_descr_get else {
        return Ok(value);
    };
    // SAFETY: the descriptor's own slot, without an instance.
    unsafe {
        protocol::from_c(
            py,
            get(
                descriptor.as_ptr(),
                std::ptr::null_mut(),
                ty.as_object().as_ptr(),
            ),
        )
    }
}

pub(super) fn get_annotate(py: Py, ty: &Type) -> PyResult {
    if !ty.is_heap_type() {
        return no_attribute(py, ty, "__annotate__");
    }
    let dict = ty.dict();
    let found = dict.get_str_key(py, crate::intern!("__annotate__"));
    match found.or_else(|| dict.get_str_key(py, crate::intern!("__annotate_func__"))) {
        Some(function) => bound(py, ty, function),
        None => {
            dict.set_str(py, crate::intern!("__annotate_func__"), Value::none())?;
            Ok(Value::none())
        }
    }
}

pub(super) fn set_annotate(py: Py, ty: &Type, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value else {
        return crate::raise!(py, TypeError, "cannot delete __annotate__ attribute");
    };
    check_mutable(py, ty, "__annotate__")?;
    let value = Value::unboxed(value);
    if !value.is_none() && !protocol::call::is_callable(&value) {
        return crate::raise!(py, TypeError, "__annotate__ must be callable or None");
    }
    ty.modified();
    let dict = ty.dict();
    if !value.is_none() {
        dict.pop_str(py, crate::intern!("__annotations_cache__"));
    }
    dict.set_str(py, crate::intern!("__annotate_func__"), value)?;
    dict.pop_str(py, crate::intern!("__annotate__"));
    Ok(())
}

fn check_mutable(py: Py, ty: &Type, name: &str) -> PyResult<()> {
    if ty.has_flag(Py_TPFLAGS_IMMUTABLETYPE) {
        return crate::raise!(
            py,
            TypeError,
            "cannot set '{name}' attribute of immutable type '{}'",
            ty.name()
        );
    }
    Ok(())
}

/// The annotations, computed by `__annotate__` at first use.
pub(super) fn get_annotations(py: Py, ty: &Type) -> PyResult {
    if !ty.is_heap_type() {
        return no_attribute(py, ty, "__annotations__");
    }
    let (own, cache) = (
        crate::intern!("__annotations__"),
        crate::intern!("__annotations_cache__"),
    );
    let known = ty
        .dict()
        .get_str_key(py, own)
        .or_else(|| ty.dict().get_str_key(py, cache));
    if let Some(known) = known {
        return bound(py, ty, known);
    }
    let class = Value::from(ty.to_owned());
    let annotate = protocol::get_attr(py, &class, crate::intern!("__annotate__"))?;
    let annotations = if protocol::call::is_callable(&annotate) {
        let result = protocol::call(py, &annotate, &[Value::int(1)])?;
        if result.downcast::<Dict>().is_none() {
            return crate::raise!(
                py,
                TypeError,
                "__annotate__ returned non-dict of type '{}'",
                result.ty().name()
            );
        }
        result
    } else {
        Value::from(Dict::new())
    };
    ty.modified();
    ty.dict().set_str(py, cache, annotations.clone())?;
    Ok(annotations)
}

pub(super) fn set_annotations(py: Py, ty: &Type, value: Option<&Object>) -> PyResult<()> {
    check_mutable(py, ty, "__annotations__")?;
    let (own, cache) = (
        crate::intern!("__annotations__"),
        crate::intern!("__annotations_cache__"),
    );
    ty.modified();
    let dict = ty.dict();
    match value {
        Some(value) => {
            let name = if dict.contains_str(py, own) {
                own
            } else {
                cache
            };
            dict.set_str(py, name, Value::unboxed(value))?;
        }
        None => {
            if dict.pop_str(py, own).is_none() && dict.pop_str(py, cache).is_none() {
                return crate::raise!(py, AttributeError, "__annotations__");
            }
        }
    }
    dict.pop_str(py, crate::intern!("__annotate_func__"));
    dict.pop_str(py, crate::intern!("__annotate__"));
    Ok(())
}
