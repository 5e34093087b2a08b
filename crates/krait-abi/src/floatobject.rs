//! `cpython/floatobject.h`.

use crate::PyObject;

/// A `float`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyFloatObject {
    pub ob_base: PyObject,
    pub ob_fval: f64,
}

zeroable!(PyFloatObject);
