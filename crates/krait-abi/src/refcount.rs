//! `refcount.h`: reference counts of the 64-bit build.
//!
//! The count is the low 32 bits of the header's first word. An object is immortal when
//! that half, read as a signed number, is negative. Immortal objects start in the middle
//! of the negative range: extensions for the stable ABI that count them with an older
//! header's inline code stay inside it either way.

use crate::{Py_ssize_t, PyObject};

pub const _Py_STATICALLY_ALLOCATED_FLAG: u16 = 4;
pub const _Py_IMMORTAL_FLAGS: u16 = 1;
/// The count an immortal object starts with; [`Py_INCREF`] leaves counts from here on alone.
pub const _Py_IMMORTAL_INITIAL_REFCNT: u32 = 3 << 30;
/// From here on an object counts as immortal.
pub const _Py_IMMORTAL_MINIMUM_REFCNT: u32 = 1 << 31;
/// `ob_flags` of an object in static memory (unshifted, unlike C's constant's use).
pub const _Py_STATIC_FLAG_BITS: u16 = _Py_STATICALLY_ALLOCATED_FLAG | _Py_IMMORTAL_FLAGS;
/// The header's whole first word for an object in static memory.
pub const _Py_STATIC_IMMORTAL_INITIAL_REFCNT: i64 =
    (_Py_IMMORTAL_INITIAL_REFCNT as i64) | ((_Py_STATIC_FLAG_BITS as i64) << 48);

/// `Py_REFCNT`.
///
/// # Safety
/// `op` points to an object.
#[inline(always)]
pub unsafe fn Py_REFCNT(op: *const PyObject) -> Py_ssize_t {
    // SAFETY: `op` is valid for reads, as the caller says.
    unsafe { (*op).ob_refcnt as Py_ssize_t }
}

/// `_Py_IsImmortal`.
///
/// # Safety
/// `op` points to an object.
#[inline(always)]
pub unsafe fn _Py_IsImmortal(op: *const PyObject) -> bool {
    // SAFETY: `op` is valid for reads, as the caller says.
    unsafe { ((*op).ob_refcnt as i32) < 0 }
}

/// `_Py_IsStaticImmortal`: whether the object lies in static memory.
///
/// # Safety
/// `op` points to an object.
#[inline(always)]
pub unsafe fn _Py_IsStaticImmortal(op: *const PyObject) -> bool {
    // SAFETY: `op` is valid for reads, as the caller says.
    unsafe { (*op).ob_flags & _Py_STATICALLY_ALLOCATED_FLAG != 0 }
}

/// `Py_SET_REFCNT`: sets the count of an object that is not immortal.
///
/// # Safety
/// `op` points to an object, the GIL is held, and `refcnt` references exist.
#[inline(always)]
pub unsafe fn Py_SET_REFCNT(op: *mut PyObject, refcnt: Py_ssize_t) {
    // SAFETY: `op` is valid for reads and writes, as the caller says.
    unsafe {
        if !_Py_IsImmortal(op) {
            (*op).ob_refcnt = refcnt as u32;
        }
    }
}

/// `Py_INCREF`: adds a reference.
///
/// # Safety
/// `op` points to an object and the GIL is held.
#[inline(always)]
pub unsafe fn Py_INCREF(op: *mut PyObject) {
    // SAFETY: `op` is valid for reads and writes, as the caller says.
    unsafe {
        let count = (*op).ob_refcnt;
        if count < _Py_IMMORTAL_INITIAL_REFCNT {
            (*op).ob_refcnt = count + 1;
        }
    }
}

/// `Py_XINCREF`: adds a reference to what may be null.
///
/// # Safety
/// `op` is null or as for [`Py_INCREF`].
#[inline(always)]
pub unsafe fn Py_XINCREF(op: *mut PyObject) {
    if !op.is_null() {
        // SAFETY: not null, so an object, as the caller says.
        unsafe { Py_INCREF(op) }
    }
}

/// Takes a reference away; true when that was the last one and the object, whose count
/// is now zero, must be freed by the caller.
///
/// # Safety
/// `op` points to an object, the GIL is held, and the caller gives up a reference it owns.
#[inline(always)]
#[must_use = "a dead object must be freed"]
pub unsafe fn decref_is_dead(op: *mut PyObject) -> bool {
    // SAFETY: `op` is valid for reads and writes, as the caller says.
    unsafe {
        let count = (*op).ob_refcnt;
        if (count as i32) < 0 {
            return false;
        }
        let count = count.wrapping_sub(1);
        (*op).ob_refcnt = count;
        count == 0
    }
}

/// `Py_DECREF`: takes a reference away and hands the object to `dealloc` (C's
/// `_Py_Dealloc`) when it was the last.
///
/// # Safety
/// As for [`decref_is_dead`].
#[inline(always)]
pub unsafe fn Py_DECREF(op: *mut PyObject, dealloc: impl FnOnce(*mut PyObject)) {
    // SAFETY: the caller's promise is the same.
    if unsafe { decref_is_dead(op) } {
        dealloc(op);
    }
}
