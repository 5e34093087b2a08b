//! `cpython/cellobject.h`.

use crate::PyObject;

/// A variable shared between a function and those defined in it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyCellObject {
    pub ob_base: PyObject,
    /// Null while the variable is unbound.
    pub ob_ref: *mut PyObject,
}

zeroable!(PyCellObject);
