//! `cpython/complexobject.h`.

use crate::PyObject;

/// A complex number as C passes it by value.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Py_complex {
    pub real: f64,
    pub imag: f64,
}

/// A `complex`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyComplexObject {
    pub ob_base: PyObject,
    pub cval: Py_complex,
}

zeroable!(Py_complex, PyComplexObject);
