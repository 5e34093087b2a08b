//! Subscription, length and membership.

use super::{Iter, equal, from_c, number, status};
use crate::object::{Layout, Object};
use crate::py::{Py, PyResult};
use crate::types::typeobject::Type;
use crate::value::Value;

/// `value[key]`. Numbers, with which the program often goes on to calculate, are immediates.
pub fn get_item(py: Py, value: &Value, key: &Value) -> PyResult {
    let object = value.to_object();
    let raw = object.ty().raw();
    // SAFETY: slot tables live as long as the type; slots take its instance.
    unsafe {
        if let Some(slot) = raw.tp_as_mapping.as_ref().and_then(|m| m.mp_subscript) {
            let key = key.to_object();
            let item = slot(object.as_object().as_ptr(), key.as_object().as_ptr());
            return from_c(py, item).map(Value::unbox);
        }
        if let Some(slot) = raw.tp_as_sequence.as_ref().and_then(|s| s.sq_item) {
            let index = sequence_index(py, &object, key)?;
            let item = slot(object.as_object().as_ptr(), index);
            return from_c(py, item).map(Value::unbox);
        }
    }
    if let Some(class) = object.downcast::<Type>() {
        return class_item(py, class, key);
    }
    crate::raise!(
        py,
        TypeError,
        "'{}' object is not subscriptable",
        object.ty().name()
    )
}

fn class_item(py: Py, class: &Type, key: &Value) -> PyResult {
    use crate::types::typeobject::TYPE;
    if class.is(&TYPE) {
        return (crate::hooks::get(py).make_generic_alias)(py, class.as_object(), &key.to_object());
    }
    let value = Value::from(class.to_owned());
    match super::lookup_attr(py, &value, crate::intern!("__class_getitem__"))? {
        Some(method) if !method.is_none() => super::call(py, &method, std::slice::from_ref(key)),
        _ => crate::raise!(
            py,
            TypeError,
            "type '{}' is not subscriptable",
            class.name()
        ),
    }
}

/// An index for `sq_item`: negative ones count from the end.
fn sequence_index(py: Py, object: &Object, key: &Value) -> PyResult<isize> {
    if !number::is_index(key) {
        return crate::raise!(
            py,
            TypeError,
            "sequence index must be integer, not '{}'",
            key.ty().name()
        );
    }
    let index = number::to_index(py, key, &crate::exceptions::IndexError)?;
    // SAFETY: slot tables live as long as the type; slots take its instance.
    let length = unsafe { object.ty().raw().tp_as_sequence.as_ref() }.and_then(|s| s.sq_length);
    match length {
        // SAFETY: as above.
        Some(slot) if index < 0 => match unsafe { slot(object.as_ptr()) } {
            -1 => Err(super::ensure_raised(py)),
            length => Ok(index + length),
        },
        _ => Ok(index),
    }
}

/// `value[key] = new`.
pub fn set_item(py: Py, value: &Value, key: &Value, new: &Value) -> PyResult<()> {
    assign(py, value, key, Some(new))
}

/// `del value[key]`.
pub fn del_item(py: Py, value: &Value, key: &Value) -> PyResult<()> {
    assign(py, value, key, None)
}

fn assign(py: Py, value: &Value, key: &Value, new: Option<&Value>) -> PyResult<()> {
    match value.as_object() {
        // The container is lent: its count stays what it is.
        Some(object) => assign_in(py, object, key, new),
        None => assign_in(py, &value.to_object(), key, new),
    }
}

fn assign_in(py: Py, object: &Object, key: &Value, new: Option<&Value>) -> PyResult<()> {
    let raw = object.ty().raw();
    let boxed = new.map(Value::to_object);
    let pointer = boxed
        .as_ref()
        .map_or(std::ptr::null_mut(), |v| v.as_object().as_ptr());
    // SAFETY: slot tables live as long as the type; slots take its instance.
    unsafe {
        if let Some(slot) = raw.tp_as_mapping.as_ref().and_then(|m| m.mp_ass_subscript) {
            let key = key.to_object();
            let done = slot(object.as_ptr(), key.as_object().as_ptr(), pointer);
            return status(py, done).map(|_| ());
        }
        if let Some(slot) = raw.tp_as_sequence.as_ref().and_then(|s| s.sq_ass_item) {
            let index = sequence_index(py, object, key)?;
            return status(py, slot(object.as_ptr(), index, pointer)).map(|_| ());
        }
    }
    // What has a sequence's slots is asked as one where the key is an index.
    let sequence = !raw.tp_as_sequence.is_null() && number::is_index(key);
    let lacking = match (new, sequence) {
        (Some(_), _) => "does not support item assignment",
        (None, true) => "doesn't support item deletion",
        (None, false) => "does not support item deletion",
    };
    crate::raise!(py, TypeError, "'{}' object {lacking}", object.ty().name())
}

/// `len(value)`.
pub fn length(py: Py, value: &Value) -> PyResult<usize> {
    match length_if_any(py, value)? {
        Some(length) => Ok(length),
        None => crate::raise!(
            py,
            TypeError,
            "object of type '{}' has no len()",
            value.ty().name()
        ),
    }
}

fn length_if_any(py: Py, value: &Value) -> PyResult<Option<usize>> {
    let Some(object) = value.as_object() else {
        return Ok(None);
    };
    let raw = object.ty().raw();
    // SAFETY: slot tables live as long as the type; slots take its instance.
    unsafe {
        let sequence = raw.tp_as_sequence.as_ref().and_then(|s| s.sq_length);
        let Some(slot) = sequence.or_else(|| raw.tp_as_mapping.as_ref().and_then(|m| m.mp_length))
        else {
            return Ok(None);
        };
        match slot(object.as_ptr()) {
            length if length < 0 => Err(super::ensure_raised(py)),
            length => Ok(Some(length as usize)),
        }
    }
}

/// `operator.length_hint(value, default)`.
pub fn length_hint(py: Py, value: &Value, default: usize) -> PyResult<usize> {
    let length = length_if_any(py, value);
    match crate::errors::suppress(py, length, &crate::exceptions::TypeError)? {
        Some(Some(length)) => return Ok(length),
        Some(None) | None => {}
    }
    let Some(object) = value.as_object() else {
        return Ok(default);
    };
    let hint = super::call_special(py, object, crate::intern!("__length_hint__"), &[]);
    match crate::errors::suppress(py, hint, &crate::exceptions::TypeError)?.flatten() {
        None => Ok(default),
        Some(hint) if hint.is_object(crate::singletons::not_implemented()) => Ok(default),
        Some(hint) => hint_value(py, &hint),
    }
}

fn hint_value(py: Py, hint: &Value) -> PyResult<usize> {
    if hint.downcast::<crate::types::int::Int>().is_none() && hint.as_small_int().is_none() {
        return crate::raise!(
            py,
            TypeError,
            "__length_hint__ must be an integer, not {}",
            hint.ty().name()
        );
    }
    match number::to_index(py, hint, &crate::exceptions::OverflowError)? {
        negative if negative < 0 => {
            crate::raise!(py, ValueError, "__length_hint__() should return >= 0")
        }
        hint => Ok(hint as usize),
    }
}

/// `item in value`.
pub fn contains(py: Py, value: &Value, item: &Value) -> PyResult<bool> {
    if let Some(object) = value.as_object() {
        // SAFETY: slot tables live as long as the type; slots take its instance.
        unsafe {
            if let Some(slot) = object
                .ty()
                .raw()
                .tp_as_sequence
                .as_ref()
                .and_then(|s| s.sq_contains)
            {
                let item = item.to_object();
                return status(py, slot(object.as_ptr(), item.as_object().as_ptr()));
            }
        }
    }
    let Some(iterator) =
        crate::errors::suppress(py, Iter::new(py, value), &crate::exceptions::TypeError)?
    else {
        return crate::raise!(
            py,
            TypeError,
            "argument of type '{}' is not a container or iterable",
            value.ty().name()
        );
    };
    let mut items = iterator;
    while let Some(one) = items.next(py)? {
        if equal(py, &one, item)? {
            return Ok(true);
        }
    }
    Ok(false)
}
