//! Memory that is no object: `PyMem_Malloc` and `PyObject_Malloc` and the buffers of
//! Krait's own types.
//!
//! Small blocks share the plain pools with objects. As in CPython these functions need
//! the GIL; `PyMem_RawMalloc`, which does not, is the C library's `malloc` itself.

use crate::alloc::{alloc_object, free_object, resize_object};
use crate::classes::MAX_SMALL;
use crate::large;

/// `size` bytes of undefined contents, or null. Zero bytes are a distinct block too.
///
/// # Safety
/// The heap's contract.
#[inline]
pub unsafe fn alloc_raw(size: usize) -> *mut u8 {
    // SAFETY: same contract.
    unsafe { alloc_object(size, false) }
}

/// `size` bytes of zeros, or null.
///
/// # Safety
/// The heap's contract.
#[inline]
pub unsafe fn alloc_raw_zeroed(size: usize) -> *mut u8 {
    // SAFETY: a block has at least `size` bytes.
    unsafe {
        if size > MAX_SMALL {
            return large::alloc_plain_zeroed(size);
        }
        let block = alloc_object(size, false);
        if !block.is_null() {
            block.write_bytes(0, size);
        }
        block
    }
}

/// Changes a block's size, moving it if need be; null (and nothing changed) when out of
/// memory. A null block is a new one.
///
/// # Safety
/// The heap's contract; `block` is null or from this module.
#[inline]
pub unsafe fn realloc_raw(block: *mut u8, size: usize) -> *mut u8 {
    // SAFETY: same contract.
    unsafe {
        if block.is_null() {
            alloc_raw(size)
        } else {
            resize_object(block, size)
        }
    }
}

/// Releases a block; null is nothing.
///
/// # Safety
/// The heap's contract; `block` is null or from this module.
#[inline]
pub unsafe fn free_raw(block: *mut u8) {
    if !block.is_null() {
        // SAFETY: same contract.
        unsafe { free_object(block) }
    }
}
