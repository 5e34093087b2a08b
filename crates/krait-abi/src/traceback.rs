//! `cpython/traceback.h`.

use crate::{PyFrameObject, PyObject};
use core::ffi::c_int;

/// An entry of a traceback.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyTracebackObject {
    pub ob_base: PyObject,
    pub tb_next: *mut PyTracebackObject,
    pub tb_frame: *mut PyFrameObject,
    pub tb_lasti: c_int,
    /// -1 when it is to be computed from `tb_lasti`.
    pub tb_lineno: c_int,
}

zeroable!(PyTracebackObject);
