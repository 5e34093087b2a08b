//! Slot functions of containers, iterators and awaitables.

use std::ffi::c_int;

use krait_abi::*;

use super::numbers::{gil, operand};
use super::special::{self, value};
use crate::native::slots::to_c;
use crate::object::Object;
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::types::str::intern::Name;
use crate::value::Value;

fn status(result: PyResult<()>) -> c_int {
    if result.is_ok() { 0 } else { -1 }
}

/// What `__len__` says.
pub(super) fn length(py: Py, this: &Object) -> PyResult<isize> {
    let result = special::call(py, crate::intern!("__len__"), &[value(this)])?;
    let result = protocol::number::index(py, &result)?;
    if protocol::number::index_to_i128(py, &result)?.is_some_and(|n| n < 0) {
        return crate::raise!(py, ValueError, "__len__() should return >= 0");
    }
    protocol::number::to_index(py, &result, &crate::exceptions::OverflowError)
}

/// `mp_length` and `sq_length`.
pub(super) unsafe extern "C-unwind" fn len(object: *mut PyObject) -> isize {
    // SAFETY: the operand lives during the call.
    length(gil(), unsafe { operand(object) }).unwrap_or(-1)
}

/// `mp_subscript`.
pub(super) unsafe extern "C-unwind" fn subscript(
    object: *mut PyObject,
    key: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: operands live during the call.
    let (this, key) = unsafe { (operand(object), operand(key)) };
    to_c(special::call(
        gil(),
        crate::intern!("__getitem__"),
        &[value(this), value(key)],
    ))
}

/// `sq_item`.
pub(super) unsafe extern "C-unwind" fn item(object: *mut PyObject, index: isize) -> *mut PyObject {
    // SAFETY: the operand lives during the call.
    let this = unsafe { operand(object) };
    to_c(special::call(
        gil(),
        crate::intern!("__getitem__"),
        &[value(this), Value::int(index as i64)],
    ))
}

fn assign(py: Py, this: &Object, key: Value, new: *mut PyObject) -> PyResult<()> {
    if new.is_null() {
        return special::call_on(py, this, crate::intern!("__delitem__"), &[key]).map(drop);
    }
    // SAFETY: operands live during the call.
    let new = value(unsafe { operand(new) });
    special::call_on(py, this, crate::intern!("__setitem__"), &[key, new]).map(drop)
}

/// `mp_ass_subscript`.
pub(super) unsafe extern "C-unwind" fn assign_subscript(
    object: *mut PyObject,
    key: *mut PyObject,
    new: *mut PyObject,
) -> c_int {
    // SAFETY: operands live during the call.
    let (this, key) = unsafe { (operand(object), operand(key)) };
    status(assign(gil(), this, value(key), new))
}

/// `sq_ass_item`.
pub(super) unsafe extern "C-unwind" fn assign_item(
    object: *mut PyObject,
    index: isize,
    new: *mut PyObject,
) -> c_int {
    // SAFETY: the operand lives during the call.
    let this = unsafe { operand(object) };
    status(assign(gil(), this, Value::int(index as i64), new))
}

/// `sq_contains`: `__contains__`, and where there is none a search along the iterator.
pub(super) unsafe extern "C-unwind" fn contains(
    object: *mut PyObject,
    item: *mut PyObject,
) -> c_int {
    // SAFETY: operands live during the call.
    let (this, item) = unsafe { (operand(object), operand(item)) };
    search(gil(), this, item).map_or(-1, c_int::from)
}

fn search(py: Py, this: &Object, item: &Object) -> PyResult<bool> {
    if let Some(method) = special::find(py, this, crate::intern!("__contains__"))? {
        if method.is_none() {
            return crate::raise!(
                py,
                TypeError,
                "'{}' object is not a container",
                this.ty().name()
            );
        }
        let answer = method.call(py, &[value(this), value(item)])?;
        return protocol::truth(py, &answer);
    }
    let wanted = value(item);
    let iterator = match protocol::iter(py, &value(this)) {
        Ok(iterator) => iterator,
        Err(raised) => {
            if crate::errors::take_if(py, &crate::exceptions::TypeError).is_none() {
                return Err(raised);
            }
            return crate::raise!(
                py,
                TypeError,
                "argument of type '{}' is not a container or iterable",
                this.ty().name()
            );
        }
    };
    while let Some(found) = protocol::next(py, &iterator)? {
        if protocol::equal(py, &found, &wanted)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `tp_iter`: `__iter__`, and where there is none the old protocol of `__getitem__`.
pub(super) unsafe extern "C-unwind" fn iter(object: *mut PyObject) -> *mut PyObject {
    // SAFETY: the operand lives during the call.
    to_c(iterate(gil(), unsafe { operand(object) }))
}

fn iterate(py: Py, this: &Object) -> PyResult {
    match special::find(py, this, crate::intern!("__iter__"))? {
        Some(method) if !method.is_none() => method.call(py, &[value(this)]),
        None if this
            .ty()
            .lookup(py, crate::intern!("__getitem__"))
            .is_some() =>
        {
            Ok(Value::from(crate::types::iterators::sequence_iter(this)))
        }
        _ => crate::raise!(
            py,
            TypeError,
            "'{}' object is not iterable",
            this.ty().name()
        ),
    }
}

/// `tp_iternext`; the end is a StopIteration that is set.
pub(super) unsafe extern "C-unwind" fn next(object: *mut PyObject) -> *mut PyObject {
    // SAFETY: the operand lives during the call.
    to_c(special::call(
        gil(),
        crate::intern!("__next__"),
        &[value(unsafe { operand(object) })],
    ))
}

/// `tp_iternext` of a class whose `__next__` has been taken away while C code may still
/// hold one of its iterators.
///
/// # Safety
/// Called as C calls the slot: with the GIL and living arguments of its kinds.
#[unsafe(export_name = "_PyObject_NextNotImplemented")]
pub unsafe extern "C-unwind" fn next_not_implemented(object: *mut PyObject) -> *mut PyObject {
    // SAFETY: the operand lives during the call.
    let this = unsafe { operand(object) };
    to_c(crate::raise!(
        gil(),
        TypeError,
        "'{}' object is not iterable",
        this.ty().name()
    ))
}

static ASYNCHRONOUS: [Name; 3] = [
    Name::new("__await__"),
    Name::new("__aiter__"),
    Name::new("__anext__"),
];

/// `am_await`, `am_aiter`, `am_anext`.
#[inline(never)]
pub(super) unsafe extern "C-unwind" fn asynchronous<const N: usize>(
    object: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the operand lives during the call.
    let (py, this, name) = (gil(), unsafe { operand(object) }, ASYNCHRONOUS[N].get());
    to_c(match special::call_maybe(py, name, &[value(this)]) {
        Ok(Some(result)) => Ok(result),
        Ok(None) => crate::raise!(
            py,
            AttributeError,
            "object {} does not have {} method",
            this.ty().name(),
            name.to_rust()
        ),
        Err(raised) => Err(raised),
    })
}
