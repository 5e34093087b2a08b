//! `cpython/weakrefobject.h`.

use crate::{Py_hash_t, PyObject, vectorcallfunc};

/// A weak reference or proxy. All of an object's hang on one list.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyWeakReference {
    pub ob_base: PyObject,
    /// The object, or `None` when it is gone.
    pub wr_object: *mut PyObject,
    /// Null when there is no callback.
    pub wr_callback: *mut PyObject,
    /// -1 until it is computed.
    pub hash: Py_hash_t,
    pub wr_prev: *mut PyWeakReference,
    pub wr_next: *mut PyWeakReference,
    pub vectorcall: vectorcallfunc,
}

zeroable!(PyWeakReference);
