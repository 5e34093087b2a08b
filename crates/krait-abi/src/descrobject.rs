//! `descrobject.h`: descriptors and what declares them.

use crate::{Py_ssize_t, PyMethodDef, PyObject, PyTypeObject, vectorcallfunc};
use core::ffi::{c_char, c_int, c_void};

type Obj = *mut PyObject;

pub type getter = Option<unsafe extern "C-unwind" fn(Obj, *mut c_void) -> Obj>;
pub type setter = Option<unsafe extern "C-unwind" fn(Obj, Obj, *mut c_void) -> c_int>;
pub type wrapperfunc = Option<unsafe extern "C-unwind" fn(Obj, Obj, *mut c_void) -> Obj>;
pub type wrapperfunc_kwds = Option<unsafe extern "C-unwind" fn(Obj, Obj, *mut c_void, Obj) -> Obj>;

/// Declares an attribute computed by functions; a null name ends the array.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyGetSetDef {
    pub name: *const c_char,
    pub get: getter,
    pub set: setter,
    pub doc: *const c_char,
    pub closure: *mut c_void,
}

/// Declares an attribute that is a field of the object's struct; a null name ends the array.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyMemberDef {
    pub name: *const c_char,
    /// `Py_T_*`, see `structmember.rs`.
    pub r#type: c_int,
    pub offset: Py_ssize_t,
    pub flags: c_int,
    pub doc: *const c_char,
}

/// Declares a special method made from a slot.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct wrapperbase {
    pub name: *const c_char,
    pub offset: c_int,
    pub function: *mut c_void,
    pub wrapper: wrapperfunc,
    pub doc: *const c_char,
    pub flags: c_int,
    pub name_strobj: *mut PyObject,
}

/// What all descriptors begin with.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyDescrObject {
    pub ob_base: PyObject,
    pub d_type: *mut PyTypeObject,
    pub d_name: *mut PyObject,
    pub d_qualname: *mut PyObject,
}

/// `method_descriptor`, `classmethod_descriptor`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyMethodDescrObject {
    pub d_common: PyDescrObject,
    pub d_method: *mut PyMethodDef,
    pub vectorcall: vectorcallfunc,
}

/// `member_descriptor`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyMemberDescrObject {
    pub d_common: PyDescrObject,
    pub d_member: *mut PyMemberDef,
}

/// `getset_descriptor`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyGetSetDescrObject {
    pub d_common: PyDescrObject,
    pub d_getset: *mut PyGetSetDef,
}

/// `wrapper_descriptor`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyWrapperDescrObject {
    pub d_common: PyDescrObject,
    pub d_base: *mut wrapperbase,
    pub d_wrapped: *mut c_void,
}

zeroable!(
    PyGetSetDef,
    PyMemberDef,
    wrapperbase,
    PyDescrObject,
    PyMethodDescrObject,
    PyMemberDescrObject,
    PyGetSetDescrObject,
    PyWrapperDescrObject,
);

pub const PyWrapperFlag_KEYWORDS: c_int = 1;
