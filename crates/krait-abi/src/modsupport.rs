//! `cpython/modsupport.h`: the argument parser that CPython's generated code uses.

use crate::PyObject;
use core::ffi::{c_char, c_int};

/// Whether something was done; all zero is not.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct _PyOnceFlag {
    pub v: u8,
}

/// Format and keywords of a function, and what was computed of them.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct _PyArg_Parser {
    pub format: *const c_char,
    pub keywords: *const *const c_char,
    pub fname: *const c_char,
    pub custom_msg: *const c_char,
    pub once: _PyOnceFlag,
    pub is_kwtuple_owned: c_int,
    pub pos: c_int,
    pub min: c_int,
    pub max: c_int,
    pub kwtuple: *mut PyObject,
    pub next: *mut _PyArg_Parser,
}

zeroable!(_PyOnceFlag, _PyArg_Parser);

pub const Py_CLEANUP_SUPPORTED: c_int = 0x20000;
pub const PYTHON_API_VERSION: c_int = 1013;
pub const PYTHON_ABI_VERSION: c_int = 3;
