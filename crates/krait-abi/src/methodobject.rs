//! `methodobject.h`: functions written in C.

use crate::{Py_ssize_t, PyObject, PyTypeObject, vectorcallfunc};
use core::ffi::{c_char, c_int};

type Obj = *mut PyObject;

pub type PyCFunction = Option<unsafe extern "C-unwind" fn(Obj, Obj) -> Obj>;
pub type PyCFunctionFast = Option<unsafe extern "C-unwind" fn(Obj, *const Obj, Py_ssize_t) -> Obj>;
pub type PyCFunctionWithKeywords = Option<unsafe extern "C-unwind" fn(Obj, Obj, Obj) -> Obj>;
pub type PyCFunctionFastWithKeywords =
    Option<unsafe extern "C-unwind" fn(Obj, *const Obj, Py_ssize_t, Obj) -> Obj>;
pub type PyCMethod =
    Option<unsafe extern "C-unwind" fn(Obj, *mut PyTypeObject, *const Obj, Py_ssize_t, Obj) -> Obj>;

/// Declares a function or method; an entry with a null name ends the array.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyMethodDef {
    pub ml_name: *const c_char,
    /// One of the types above, as the calling convention in `ml_flags` says.
    pub ml_meth: PyCFunction,
    /// `METH_*`.
    pub ml_flags: c_int,
    pub ml_doc: *const c_char,
}

/// A builtin function or a bound builtin method.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyCFunctionObject {
    pub ob_base: PyObject,
    pub m_ml: *mut PyMethodDef,
    pub m_self: *mut PyObject,
    pub m_module: *mut PyObject,
    pub m_weakreflist: *mut PyObject,
    pub vectorcall: vectorcallfunc,
}

/// A bound builtin method that is told its defining class (`METH_METHOD`).
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyCMethodObject {
    pub func: PyCFunctionObject,
    pub mm_class: *mut PyTypeObject,
}

zeroable!(PyMethodDef, PyCFunctionObject, PyCMethodObject);

pub const METH_VARARGS: c_int = 0x0001;
pub const METH_KEYWORDS: c_int = 0x0002;
pub const METH_NOARGS: c_int = 0x0004;
pub const METH_O: c_int = 0x0008;
pub const METH_CLASS: c_int = 0x0010;
pub const METH_STATIC: c_int = 0x0020;
pub const METH_COEXIST: c_int = 0x0040;
pub const METH_FASTCALL: c_int = 0x0080;
pub const METH_STACKLESS: c_int = 0x0000;
pub const METH_METHOD: c_int = 0x0200;
