//! What the collector reads of an object: its count, its type's slots, its references.

use std::ffi::{c_int, c_void};

use krait_abi::{PyObject, PyTypeObject};

/// A function `tp_traverse` calls with each reference an object holds.
pub(crate) type Visit = unsafe extern "C-unwind" fn(*mut PyObject, *mut c_void) -> c_int;

/// The number of references to a mortal object; `None` if it is immortal.
///
/// # Safety
/// `object` is live.
#[inline(always)]
pub(crate) unsafe fn mortal_count(object: *mut PyObject) -> Option<u32> {
    // SAFETY: live objects have a header.
    let count = unsafe { (*object).ob_refcnt };
    (count as i32 >= 0).then_some(count)
}

/// Adds a reference.
///
/// # Safety
/// `object` is live.
pub(crate) unsafe fn incref(object: *mut PyObject) {
    // SAFETY: live objects have a header.
    unsafe {
        if let Some(count) = mortal_count(object) {
            (*object).ob_refcnt = count + 1;
        }
    }
}

/// The object's type.
///
/// # Safety
/// `object` is live and initialised.
#[inline(always)]
pub(crate) unsafe fn type_of(object: *mut PyObject) -> *mut PyTypeObject {
    // SAFETY: live objects have a header.
    unsafe { (*object).ob_type }
}

/// Calls `visit` with each reference the object holds; objects of a type that cannot
/// say hold none.
///
/// # Safety
/// `object` is tracked, and `argument` is what `visit` expects.
#[inline(always)]
pub(crate) unsafe fn traverse(object: *mut PyObject, visit: Visit, argument: *mut c_void) {
    // SAFETY: tracked objects are ready for their type's tp_traverse.
    unsafe {
        if let Some(traverse) = (*type_of(object)).tp_traverse {
            traverse(object, Some(visit), argument);
        }
    }
}
