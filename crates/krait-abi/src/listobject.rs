//! `cpython/listobject.h`.

use crate::{Py_ssize_t, PyObject, PyVarObject};

/// A `list`: `ob_size` items at `ob_item`, which has room for `allocated`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyListObject {
    pub ob_base: PyVarObject,
    pub ob_item: *mut *mut PyObject,
    pub allocated: Py_ssize_t,
}

zeroable!(PyListObject);
