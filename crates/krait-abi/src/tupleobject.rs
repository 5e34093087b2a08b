//! `cpython/tupleobject.h`.

use crate::{Py_hash_t, PyObject, PyVarObject};

/// A `tuple`: `ob_size` items from `ob_item` on.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyTupleObject {
    pub ob_base: PyVarObject,
    /// -1 until it is computed.
    pub ob_hash: Py_hash_t,
    pub ob_item: [*mut PyObject; 1],
}

zeroable!(PyTupleObject);
