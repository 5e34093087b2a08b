//! `moduleobject.h`: declarations of modules written in C.

use crate::{Py_ssize_t, PyMethodDef, PyObject, freefunc, inquiry, traverseproc};
use core::ffi::{c_char, c_int, c_void};

/// The header of a [`PyModuleDef`].
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyModuleDef_Base {
    pub ob_base: PyObject,
    pub m_init: Option<unsafe extern "C-unwind" fn() -> *mut PyObject>,
    pub m_index: Py_ssize_t,
    pub m_copy: *mut PyObject,
}

/// A slot of a module; number 0 ends the array.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyModuleDef_Slot {
    pub slot: c_int,
    pub value: *mut c_void,
}

/// Declares a module.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyModuleDef {
    pub m_base: PyModuleDef_Base,
    pub m_name: *const c_char,
    pub m_doc: *const c_char,
    pub m_size: Py_ssize_t,
    pub m_methods: *mut PyMethodDef,
    pub m_slots: *mut PyModuleDef_Slot,
    pub m_traverse: traverseproc,
    pub m_clear: inquiry,
    pub m_free: freefunc,
}

zeroable!(PyModuleDef_Base, PyModuleDef_Slot, PyModuleDef);

impl PyModuleDef_Base {
    /// `PyModuleDef_HEAD_INIT`.
    pub const HEAD_INIT: Self = Self {
        ob_base: PyObject::head_init(core::ptr::null_mut()),
        ..Self::ZERO
    };
}

pub const Py_mod_create: c_int = 1;
pub const Py_mod_exec: c_int = 2;
pub const Py_mod_multiple_interpreters: c_int = 3;
pub const Py_mod_gil: c_int = 4;

pub const Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED: *mut c_void = core::ptr::null_mut();
pub const Py_MOD_MULTIPLE_INTERPRETERS_SUPPORTED: *mut c_void =
    core::ptr::without_provenance_mut(1);
pub const Py_MOD_PER_INTERPRETER_GIL_SUPPORTED: *mut c_void = core::ptr::without_provenance_mut(2);
pub const Py_MOD_GIL_USED: *mut c_void = core::ptr::null_mut();
pub const Py_MOD_GIL_NOT_USED: *mut c_void = core::ptr::without_provenance_mut(1);
