//! `cpython/classobject.h`: bound methods.

use crate::{PyObject, vectorcallfunc};

/// A `method`: a function bound to its first argument.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyMethodObject {
    pub ob_base: PyObject,
    pub im_func: *mut PyObject,
    pub im_self: *mut PyObject,
    pub im_weakreflist: *mut PyObject,
    pub vectorcall: vectorcallfunc,
}

/// A callable that C made into a method (`PyInstanceMethod_New`).
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyInstanceMethodObject {
    pub ob_base: PyObject,
    pub func: *mut PyObject,
}

zeroable!(PyMethodObject, PyInstanceMethodObject);
