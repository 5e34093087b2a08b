//! `cpython/pyerrors.h`: exceptions.
//!
//! In C each struct repeats the fields of `BaseException`; here they are its `base`,
//! which gives the same offsets, since every field that follows is 8 bytes wide.

use crate::{Py_ssize_t, PyObject};
use core::ffi::c_char;

type Obj = *mut PyObject;

/// `BaseException`, and those exceptions that add no field.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyBaseExceptionObject {
    pub ob_base: PyObject,
    pub dict: Obj,
    pub args: Obj,
    pub notes: Obj,
    pub traceback: Obj,
    pub context: Obj,
    pub cause: Obj,
    pub suppress_context: c_char,
}

/// `BaseExceptionGroup`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyBaseExceptionGroupObject {
    pub base: PyBaseExceptionObject,
    pub msg: Obj,
    pub excs: Obj,
    pub excs_str: Obj,
}

/// `SyntaxError`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PySyntaxErrorObject {
    pub base: PyBaseExceptionObject,
    pub msg: Obj,
    pub filename: Obj,
    pub lineno: Obj,
    pub offset: Obj,
    pub end_lineno: Obj,
    pub end_offset: Obj,
    pub text: Obj,
    pub print_file_and_line: Obj,
    pub metadata: Obj,
}

/// `ImportError`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyImportErrorObject {
    pub base: PyBaseExceptionObject,
    pub msg: Obj,
    pub name: Obj,
    pub path: Obj,
    pub name_from: Obj,
}

/// `UnicodeEncodeError`, `UnicodeDecodeError`, `UnicodeTranslateError`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyUnicodeErrorObject {
    pub base: PyBaseExceptionObject,
    pub encoding: Obj,
    pub object: Obj,
    pub start: Py_ssize_t,
    pub end: Py_ssize_t,
    pub reason: Obj,
}

/// `SystemExit`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PySystemExitObject {
    pub base: PyBaseExceptionObject,
    pub code: Obj,
}

/// `OSError`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyOSErrorObject {
    pub base: PyBaseExceptionObject,
    pub myerrno: Obj,
    pub strerror: Obj,
    pub filename: Obj,
    pub filename2: Obj,
    /// `BlockingIOError.characters_written`; -1 when not set.
    pub written: Py_ssize_t,
}

/// `StopIteration`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyStopIterationObject {
    pub base: PyBaseExceptionObject,
    pub value: Obj,
}

/// `NameError`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyNameErrorObject {
    pub base: PyBaseExceptionObject,
    pub name: Obj,
}

/// `AttributeError`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyAttributeErrorObject {
    pub base: PyBaseExceptionObject,
    pub obj: Obj,
    pub name: Obj,
}

pub type PyEnvironmentErrorObject = PyOSErrorObject;

zeroable!(
    PyBaseExceptionObject,
    PyBaseExceptionGroupObject,
    PySyntaxErrorObject,
    PyImportErrorObject,
    PyUnicodeErrorObject,
    PySystemExitObject,
    PyOSErrorObject,
    PyStopIterationObject,
    PyNameErrorObject,
    PyAttributeErrorObject,
);
