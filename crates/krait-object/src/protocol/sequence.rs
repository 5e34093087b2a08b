//! What C knows as `PySequence_*`: the slots of `tp_as_sequence` alone, so that a mapping is
//! refused and a type's `+` is not taken for its `concat`.

use krait_abi::*;

use super::binary::{self, BinaryOp};
use super::{from_c, status};
use crate::object::{Layout, Object};
use crate::py::{Py, PyResult};
use crate::types::slice::Slice;
use crate::value::Value;

fn slots(object: &Object) -> Option<&PySequenceMethods> {
    // SAFETY: slot tables live as long as the type.
    unsafe { object.ty().raw().tp_as_sequence.as_ref() }
}

fn mapping(object: &Object) -> Option<&PyMappingMethods> {
    // SAFETY: as above.
    unsafe { object.ty().raw().tp_as_mapping.as_ref() }
}

#[cold]
fn refuse<T>(py: Py, object: &Object, lacks: &str) -> PyResult<T> {
    crate::raise!(py, TypeError, "'{}' object {lacks}", object.ty().name())
}

#[cold]
fn refuse_mapping<T>(py: Py, object: &Object) -> PyResult<T> {
    crate::raise!(py, TypeError, "{} is not a sequence", object.ty().name())
}

/// The number of items.
pub fn size(py: Py, object: &Object) -> PyResult<usize> {
    let Some(slot) = slots(object).and_then(|s| s.sq_length) else {
        if mapping(object).is_some_and(|m| m.mp_length.is_some()) {
            return refuse_mapping(py, object);
        }
        return crate::raise!(
            py,
            TypeError,
            "object of type '{}' has no len()",
            object.ty().name()
        );
    };
    // SAFETY: slots take the type's instance.
    match unsafe { slot(object.as_ptr()) } {
        negative if negative < 0 => status(py, -1).map(|_| 0),
        size => Ok(size as usize),
    }
}

/// An index for the item slots: negative ones count from the end.
fn from_start(py: Py, object: &Object, index: isize) -> PyResult<isize> {
    match slots(object).and_then(|s| s.sq_length) {
        Some(_) if index < 0 => Ok(index + size(py, object)? as isize),
        _ => Ok(index),
    }
}

/// `object[index]`.
pub fn get(py: Py, object: &Object, index: isize) -> PyResult {
    let Some(slot) = slots(object).and_then(|s| s.sq_item) else {
        if mapping(object).is_some_and(|m| m.mp_subscript.is_some()) {
            return refuse_mapping(py, object);
        }
        return refuse(py, object, "does not support indexing");
    };
    let index = from_start(py, object, index)?;
    // SAFETY: slots take the type's instance; the result is a new reference.
    unsafe { from_c(py, slot(object.as_ptr(), index)) }
}

/// `object[index] = new`, or without a new item `del object[index]`.
pub fn set(py: Py, object: &Object, index: isize, new: Option<&Object>) -> PyResult<()> {
    let Some(slot) = slots(object).and_then(|s| s.sq_ass_item) else {
        if mapping(object).is_some_and(|m| m.mp_ass_subscript.is_some()) {
            return refuse_mapping(py, object);
        }
        return refuse(py, object, "does not support item assignment");
    };
    let index = from_start(py, object, index)?;
    let new = new.map_or(std::ptr::null_mut(), Object::as_ptr);
    // SAFETY: slots take the type's instance and a living object or NULL.
    status(py, unsafe { slot(object.as_ptr(), index, new) }).map(drop)
}

/// `del object[index]`.
pub fn delete(py: Py, object: &Object, index: isize) -> PyResult<()> {
    if slots(object).is_none_or(|s| s.sq_ass_item.is_none())
        && mapping(object).is_none_or(|m| m.mp_ass_subscript.is_none())
    {
        return refuse(py, object, "doesn't support item deletion");
    }
    set(py, object, index, None)
}

fn slice(start: isize, stop: isize) -> Value {
    let (start, stop) = (Value::int(start as i64), Value::int(stop as i64));
    Value::from(Slice::new(&start, &stop, &Value::none()))
}

/// `object[start:stop]`.
pub fn get_slice(py: Py, object: &Object, start: isize, stop: isize) -> PyResult {
    match mapping(object).and_then(|m| m.mp_subscript) {
        Some(slot) => {
            let key = slice(start, stop).into_object();
            // SAFETY: slots take the type's instance; the result is a new reference.
            unsafe { from_c(py, slot(object.as_ptr(), key.as_object().as_ptr())) }
        }
        None => refuse(py, object, "is unsliceable"),
    }
}

/// `object[start:stop] = new`, or without new items `del object[start:stop]`.
pub fn set_slice(
    py: Py,
    object: &Object,
    start: isize,
    stop: isize,
    new: Option<&Object>,
) -> PyResult<()> {
    let Some(slot) = mapping(object).and_then(|m| m.mp_ass_subscript) else {
        return refuse(py, object, "doesn't support slice assignment");
    };
    let key = slice(start, stop).into_object();
    let new = new.map_or(std::ptr::null_mut(), Object::as_ptr);
    // SAFETY: slots take the type's instance, a key, and an object or NULL.
    let done = unsafe { slot(object.as_ptr(), key.as_object().as_ptr(), new) };
    status(py, done).map(drop)
}

/// `del object[start:stop]`.
pub fn delete_slice(py: Py, object: &Object, start: isize, stop: isize) -> PyResult<()> {
    if mapping(object).is_none_or(|m| m.mp_ass_subscript.is_none()) {
        return refuse(py, object, "doesn't support slice deletion");
    }
    set_slice(py, object, start, stop, None)
}

/// `a + b` of sequences; in place, `a += b`.
pub fn concat(py: Py, a: &Value, b: &Value, inplace: bool) -> PyResult {
    let (x, y) = (a.to_object(), b.to_object());
    let slot = slots(&x).and_then(|s| match s.sq_inplace_concat {
        Some(slot) if inplace => Some(slot),
        _ => s.sq_concat,
    });
    if let Some(slot) = slot {
        // SAFETY: slots take the type's instance and an object; a new reference comes.
        return unsafe { from_c(py, slot(x.as_object().as_ptr(), y.as_object().as_ptr())) };
    }
    // A class with `__getitem__` has its concatenation in `__add__`.
    if super::iter::is_sequence(&x)
        && super::iter::is_sequence(&y)
        && let Some(result) = binary::by_slots(py, BinaryOp::Add, &x, &y, inplace, 0)?
    {
        return Ok(result);
    }
    refuse(py, &x, "can't be concatenated")
}

/// `object * count` of a sequence; in place, `object *= count`.
pub fn repeat(py: Py, object: &Value, count: isize, inplace: bool) -> PyResult {
    let x = object.to_object();
    let slot = slots(&x).and_then(|s| match s.sq_inplace_repeat {
        Some(slot) if inplace => Some(slot),
        _ => s.sq_repeat,
    });
    if let Some(slot) = slot {
        // SAFETY: slots take the type's instance; a new reference comes.
        return unsafe { from_c(py, slot(x.as_object().as_ptr(), count)) };
    }
    let count = Value::int(count as i64).into_object();
    if super::iter::is_sequence(&x)
        && let Some(result) = binary::by_slots(py, BinaryOp::Multiply, &x, &count, inplace, 0)?
    {
        return Ok(result);
    }
    refuse(py, &x, "can't be repeated")
}
