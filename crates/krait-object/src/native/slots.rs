//! Slot trampolines: C entry points made from safe Rust functions.
//!
//! Each `extern "C-unwind"` function here is generic over the Rust function it
//! calls; the builder stores its address in the type's slot.

use std::ffi::{c_int, c_void};

use krait_abi::PyObject;

use super::call::conjure;
use super::ret::IntoResult;
use crate::object::{Layout, Object};
use crate::protocol::CompareOp;
use crate::py::{Py, PyResult};
use crate::value::{IntoObject, Value};

/// A result as C sees it: a new reference, or NULL with the exception set.
#[inline(always)]
pub fn to_c(result: PyResult) -> *mut PyObject {
    match result {
        Ok(value) => value.into_object().into_ptr(),
        Err(_) => std::ptr::null_mut(),
    }
}

#[inline(always)]
fn status(result: PyResult<()>) -> c_int {
    if result.is_ok() { 0 } else { -1 }
}

/// The token in a slot: whoever calls a slot holds the GIL.
#[inline(always)]
fn gil() -> Py {
    // SAFETY: slots are only called with the GIL held (C API rule).
    unsafe { Py::assume() }
}

/// The receiver of a slot.
///
/// # Safety
/// The pointer is to a living object of layout T for the whole call.
#[inline(always)]
unsafe fn this<'a, T: Layout>(ptr: *mut PyObject) -> &'a T {
    // SAFETY: as the contract says.
    unsafe { Object::from_ptr(ptr).cast_unchecked() }
}

/// A slot of the instance alone: `tp_repr`, `tp_iter`, unary operators.
///
/// # Safety
/// The object is a living instance of `T`; the GIL is held.
pub unsafe extern "C-unwind" fn unary<
    T: Layout,
    R: IntoResult,
    F: Copy + 'static + Fn(Py, &T) -> R,
>(
    object: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: a type's slot is called with its instances.
    let this = unsafe { this::<T>(object) };
    to_c(conjure::<F>()(gil(), this).into_result(gil()))
}

/// `tp_iternext`: `None` is the end, without an exception.
///
/// # Safety
/// The object is a living instance of `T`; the GIL is held.
pub unsafe extern "C-unwind" fn next<
    T: Layout,
    I: IntoObject,
    F: Copy + 'static + Fn(Py, &T) -> PyResult<Option<I>>,
>(
    object: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: a type's slot is called with its instances.
    match conjure::<F>()(gil(), unsafe { this::<T>(object) }) {
        Ok(Some(value)) => value.into_object().into_ptr(),
        _ => std::ptr::null_mut(),
    }
}

/// As `next`, for callers in Rust.
///
/// # Safety
/// The object is an instance of the type that has this as its `tp_iternext`.
pub unsafe fn next_value<
    T: Layout,
    I: IntoObject,
    F: Copy + 'static + Fn(Py, &T) -> PyResult<Option<I>>,
>(
    py: Py,
    object: &Object,
) -> PyResult<Option<Value>> {
    // SAFETY: as the contract says.
    let item = conjure::<F>()(py, unsafe { object.cast_unchecked::<T>() })?;
    Ok(item.map(IntoObject::into_value))
}

/// As a type's `item_at`.
///
/// # Safety
/// The object is an instance of the type that has this.
pub unsafe fn item_at<T: Layout, F: Copy + 'static + Fn(Py, &T, i64) -> Option<Value>>(
    py: Py,
    object: &Object,
    index: i64,
) -> Option<Value> {
    // SAFETY: as the contract says.
    conjure::<F>()(py, unsafe { object.cast_unchecked::<T>() }, index)
}

/// As a type's `assign_at`.
///
/// # Safety
/// The object is an instance of the type that has this.
pub unsafe fn assign_at<T: Layout, F: Copy + 'static + Fn(Py, &T, i64, &Value) -> bool>(
    py: Py,
    object: &Object,
    index: i64,
    value: &Value,
) -> bool {
    // SAFETY: as the contract says.
    conjure::<F>()(py, unsafe { object.cast_unchecked::<T>() }, index, value)
}

/// `nb_*` of two operands, either of which may be the type's instance.
///
/// # Safety
/// Both operands are living objects; the GIL is held.
pub unsafe extern "C-unwind" fn binary<
    R: IntoResult,
    F: Copy + 'static + Fn(Py, &Object, &Object) -> R,
>(
    a: *mut PyObject,
    b: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: operands live during the call.
    let (a, b) = unsafe { (Object::from_ptr(a), Object::from_ptr(b)) };
    to_c(conjure::<F>()(gil(), a, b).into_result(gil()))
}

/// `nb_power`; the third operand is `None` where there is none.
///
/// # Safety
/// All operands are living objects; the GIL is held.
pub unsafe extern "C-unwind" fn ternary<
    R: IntoResult,
    F: Copy + 'static + Fn(Py, &Object, &Object, &Object) -> R,
>(
    a: *mut PyObject,
    b: *mut PyObject,
    c: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: operands live during the call.
    let (a, b, c) = unsafe {
        (
            Object::from_ptr(a),
            Object::from_ptr(b),
            Object::from_ptr(c),
        )
    };
    to_c(conjure::<F>()(gil(), a, b, c).into_result(gil()))
}

/// A slot of the instance and one more object: `mp_subscript`, in-place operators.
///
/// # Safety
/// The object is a living instance of `T`, the other any living object; the GIL is held.
pub unsafe extern "C-unwind" fn with_object<
    T: Layout,
    R: IntoResult,
    F: Copy + 'static + Fn(Py, &T, &Object) -> R,
>(
    object: *mut PyObject,
    other: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: a type's slot is called with its instances; arguments live.
    let (this, other) = unsafe { (this::<T>(object), Object::from_ptr(other)) };
    to_c(conjure::<F>()(gil(), this, other).into_result(gil()))
}

/// `sq_item`, `sq_repeat`.
///
/// # Safety
/// The object is a living instance of `T`; the GIL is held.
pub unsafe extern "C-unwind" fn with_index<
    T: Layout,
    R: IntoResult,
    F: Copy + 'static + Fn(Py, &T, isize) -> R,
>(
    object: *mut PyObject,
    index: isize,
) -> *mut PyObject {
    // SAFETY: a type's slot is called with its instances.
    to_c(conjure::<F>()(gil(), unsafe { this::<T>(object) }, index).into_result(gil()))
}

/// `mp_length`, `sq_length`.
///
/// # Safety
/// The object is a living instance of `T`; the GIL is held.
pub unsafe extern "C-unwind" fn length<
    T: Layout,
    F: Copy + 'static + Fn(Py, &T) -> PyResult<usize>,
>(
    object: *mut PyObject,
) -> isize {
    // SAFETY: a type's slot is called with its instances.
    conjure::<F>()(gil(), unsafe { this::<T>(object) }).map_or(-1, |n| n as isize)
}

/// `tp_hash`; -1, which would mean an error, becomes -2.
///
/// # Safety
/// The object is a living instance of `T`; the GIL is held.
pub unsafe extern "C-unwind" fn hash<T: Layout, F: Copy + 'static + Fn(Py, &T) -> PyResult<i64>>(
    object: *mut PyObject,
) -> isize {
    // SAFETY: a type's slot is called with its instances.
    match conjure::<F>()(gil(), unsafe { this::<T>(object) }) {
        Ok(-1) => -2,
        Ok(hash) => hash as isize,
        Err(_) => -1,
    }
}

/// `nb_bool`.
///
/// # Safety
/// The object is a living instance of `T`; the GIL is held.
pub unsafe extern "C-unwind" fn truth<
    T: Layout,
    F: Copy + 'static + Fn(Py, &T) -> PyResult<bool>,
>(
    object: *mut PyObject,
) -> c_int {
    // SAFETY: a type's slot is called with its instances.
    conjure::<F>()(gil(), unsafe { this::<T>(object) }).map_or(-1, c_int::from)
}

/// `sq_contains`.
///
/// # Safety
/// The object is a living instance of `T`, the item any living object; the GIL is held.
pub unsafe extern "C-unwind" fn contains<
    T: Layout,
    F: Copy + 'static + Fn(Py, &T, &Object) -> PyResult<bool>,
>(
    object: *mut PyObject,
    item: *mut PyObject,
) -> c_int {
    // SAFETY: a type's slot is called with its instances; arguments live.
    let (this, item) = unsafe { (this::<T>(object), Object::from_ptr(item)) };
    conjure::<F>()(gil(), this, item).map_or(-1, c_int::from)
}

/// `tp_richcompare`.
///
/// # Safety
/// The object is a living instance of `T`, the other any living object; the GIL is held.
pub unsafe extern "C-unwind" fn compare<
    T: Layout,
    R: IntoResult,
    F: Copy + 'static + Fn(Py, &T, &Object, CompareOp) -> R,
>(
    object: *mut PyObject,
    other: *mut PyObject,
    op: c_int,
) -> *mut PyObject {
    // SAFETY: a type's slot is called with its instances; arguments live.
    let (this, other) = unsafe { (this::<T>(object), Object::from_ptr(other)) };
    to_c(conjure::<F>()(gil(), this, other, CompareOp::from_c(op)).into_result(gil()))
}

/// `mp_ass_subscript`, `tp_setattro`, `tp_descr_set`: no value means deletion.
///
/// # Safety
/// The object is a living instance of `T`, the key any living object, the value one or
/// null; the GIL is held.
pub unsafe extern "C-unwind" fn assign<
    T: Layout,
    F: Copy + 'static + Fn(Py, &T, &Object, Option<&Object>) -> PyResult<()>,
>(
    object: *mut PyObject,
    key: *mut PyObject,
    value: *mut PyObject,
) -> c_int {
    // SAFETY: a type's slot is called with its instances; arguments live or are NULL.
    let (this, key) = unsafe { (this::<T>(object), Object::from_ptr(key)) };
    // SAFETY: as above.
    let value = (!value.is_null()).then(|| unsafe { Object::from_ptr(value) });
    status(conjure::<F>()(gil(), this, key, value))
}

/// `sq_ass_item`.
///
/// # Safety
/// The object is a living instance of `T`, the value any living object or null; the
/// GIL is held.
pub unsafe extern "C-unwind" fn assign_index<
    T: Layout,
    F: Copy + 'static + Fn(Py, &T, isize, Option<&Object>) -> PyResult<()>,
>(
    object: *mut PyObject,
    index: isize,
    value: *mut PyObject,
) -> c_int {
    // SAFETY: a type's slot is called with its instances; the value lives or is NULL.
    let value = (!value.is_null()).then(|| unsafe { Object::from_ptr(value) });
    // SAFETY: as above.
    status(conjure::<F>()(
        gil(),
        unsafe { this::<T>(object) },
        index,
        value,
    ))
}

/// `tp_descr_get`: instance and owner may each be missing.
///
/// # Safety
/// The object is a living instance of `T`, the others any living objects or null; the
/// GIL is held.
pub unsafe extern "C-unwind" fn descr_get<
    T: Layout,
    R: IntoResult,
    F: Copy + 'static + Fn(Py, &T, Option<&Object>, Option<&Object>) -> R,
>(
    object: *mut PyObject,
    instance: *mut PyObject,
    owner: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: a type's slot is called with its instances; arguments live or are NULL.
    let some = |p: *mut PyObject| (!p.is_null()).then(|| unsafe { Object::from_ptr(p) });
    // SAFETY: as above.
    let this = unsafe { this::<T>(object) };
    to_c(conjure::<F>()(gil(), this, some(instance), some(owner)).into_result(gil()))
}

/// `tp_finalize`.
///
/// # Safety
/// The object is a living instance of `T`; the GIL is held.
pub unsafe extern "C-unwind" fn finalize<T: Layout, F: Copy + 'static + Fn(Py, &T)>(
    object: *mut PyObject,
) {
    // SAFETY: a type's slot is called with its instances.
    conjure::<F>()(gil(), unsafe { this::<T>(object) })
}

/// What a native `am_send` leads to.
pub enum Sent {
    Yielded(Value),
    Returned(Value),
}

/// `am_send`.
///
/// # Safety
/// The object is a living instance of `T`, the value any living object, and the result's
/// place is writable; the GIL is held.
pub unsafe extern "C-unwind" fn send<
    T: Layout,
    F: Copy + 'static + Fn(Py, &T, Value) -> PyResult<Sent>,
>(
    object: *mut PyObject,
    value: *mut PyObject,
    result: *mut *mut PyObject,
) -> krait_abi::PySendResult {
    // SAFETY: a type's slot is called with its instances; arguments live.
    let (this, value) = unsafe { (this::<T>(object), Object::from_ptr(value)) };
    let (status, value) = match conjure::<F>()(gil(), this, Value::unboxed(value)) {
        Ok(Sent::Yielded(value)) => (krait_abi::PYGEN_NEXT, value.into_object().into_ptr()),
        Ok(Sent::Returned(value)) => (krait_abi::PYGEN_RETURN, value.into_object().into_ptr()),
        Err(_) => (krait_abi::PYGEN_ERROR, std::ptr::null_mut()),
    };
    // SAFETY: the caller gives a place for the result.
    unsafe { *result = value }
    status
}

/// The closure of a Krait getter or setter: none is needed, the function is typed.
///
/// # Safety
/// The object is a living instance of `T`, as the descriptor checks; the GIL is held.
pub unsafe extern "C-unwind" fn getter<
    T: Layout,
    R: IntoResult,
    F: Copy + 'static + Fn(Py, &T) -> R,
>(
    object: *mut PyObject,
    _closure: *mut c_void,
) -> *mut PyObject {
    // SAFETY: the getset descriptor checked the receiver.
    to_c(conjure::<F>()(gil(), unsafe { this::<T>(object) }).into_result(gil()))
}

/// As `getter`; no value means deletion.
///
/// # Safety
/// The object is a living instance of `T`, as the descriptor checks, the value any living
/// object or null; the GIL is held.
pub unsafe extern "C-unwind" fn setter<
    T: Layout,
    F: Copy + 'static + Fn(Py, &T, Option<&Object>) -> PyResult<()>,
>(
    object: *mut PyObject,
    value: *mut PyObject,
    _closure: *mut c_void,
) -> c_int {
    // SAFETY: the getset descriptor checked the receiver; the value lives or is NULL.
    let value = (!value.is_null()).then(|| unsafe { Object::from_ptr(value) });
    // SAFETY: as above.
    status(conjure::<F>()(gil(), unsafe { this::<T>(object) }, value))
}
