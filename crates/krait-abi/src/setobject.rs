//! `cpython/setobject.h`: of a set, C may read only the number of items.

use crate::{Py_hash_t, Py_ssize_t, PyObject};

pub const PySet_MINSIZE: usize = 8;

/// An entry of a set's table.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct setentry {
    pub key: *mut PyObject,
    pub hash: Py_hash_t,
}

/// A `set` or `frozenset`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PySetObject {
    pub ob_base: PyObject,
    pub fill: Py_ssize_t,
    pub used: Py_ssize_t,
    pub mask: Py_ssize_t,
    pub table: *mut setentry,
    pub hash: Py_hash_t,
    pub finger: Py_ssize_t,
    pub smalltable: [setentry; PySet_MINSIZE],
    pub weakreflist: *mut PyObject,
}

zeroable!(setentry, PySetObject);
