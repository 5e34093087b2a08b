//! `cpython/import.h`: tables of builtin and frozen modules.

use crate::PyObject;
use core::ffi::{c_char, c_int, c_uchar};

/// A builtin module; a null name ends the table.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct _inittab {
    pub name: *const c_char,
    pub initfunc: Option<unsafe extern "C-unwind" fn() -> *mut PyObject>,
}

/// A frozen module; a null name ends the table.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct _frozen {
    pub name: *const c_char,
    pub code: *const c_uchar,
    pub size: c_int,
    pub is_package: c_int,
}

zeroable!(_inittab, _frozen);
