//! `sliceobject.h`.

use crate::PyObject;

/// A `slice`; none of the fields is ever null.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PySliceObject {
    pub ob_base: PyObject,
    pub start: *mut PyObject,
    pub stop: *mut PyObject,
    pub step: *mut PyObject,
}

zeroable!(PySliceObject);
