//! `cpython/memoryobject.h`: memory views.

use crate::{Py_buffer, Py_hash_t, Py_ssize_t, PyObject, PyVarObject};
use core::ffi::c_int;

/// A buffer shared by memory views.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct _PyManagedBufferObject {
    pub ob_base: PyObject,
    pub flags: c_int,
    /// Memory views of this buffer.
    pub exports: Py_ssize_t,
    pub master: Py_buffer,
}

/// A `memoryview`; shape, strides and suboffsets lie in `ob_array`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyMemoryViewObject {
    pub ob_base: PyVarObject,
    pub mbuf: *mut _PyManagedBufferObject,
    /// -1 until it is computed.
    pub hash: Py_hash_t,
    pub flags: c_int,
    /// Views that others have of this one.
    pub exports: Py_ssize_t,
    pub view: Py_buffer,
    pub weakreflist: *mut PyObject,
    pub ob_array: [Py_ssize_t; 1],
}

zeroable!(_PyManagedBufferObject, PyMemoryViewObject);

pub const _Py_MANAGED_BUFFER_RELEASED: c_int = 0x001;
pub const _Py_MANAGED_BUFFER_FREE_FORMAT: c_int = 0x002;

pub const _Py_MEMORYVIEW_RELEASED: c_int = 0x001;
pub const _Py_MEMORYVIEW_C: c_int = 0x002;
pub const _Py_MEMORYVIEW_FORTRAN: c_int = 0x004;
pub const _Py_MEMORYVIEW_SCALAR: c_int = 0x008;
pub const _Py_MEMORYVIEW_PIL: c_int = 0x010;
pub const _Py_MEMORYVIEW_RESTRICTED: c_int = 0x020;
