//! `cpython/bytearrayobject.h`.

use crate::{Py_ssize_t, PyVarObject};
use core::ffi::c_char;

/// A `bytearray`: `ob_size` bytes at `ob_start`, then a zero byte.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyByteArrayObject {
    pub ob_base: PyVarObject,
    /// Bytes allocated at `ob_bytes`.
    pub ob_alloc: Py_ssize_t,
    /// The allocation.
    pub ob_bytes: *mut c_char,
    /// The first byte of the content, inside the allocation.
    pub ob_start: *mut c_char,
    /// Views that forbid resizing.
    pub ob_exports: Py_ssize_t,
}

zeroable!(PyByteArrayObject);
