//! `cpython/funcobject.h`: functions written in Python.

use crate::{PyObject, vectorcallfunc};
use core::ffi::c_int;

type Obj = *mut PyObject;

/// What a frame takes from its function.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyFrameConstructor {
    pub fc_globals: Obj,
    pub fc_builtins: Obj,
    pub fc_name: Obj,
    pub fc_qualname: Obj,
    pub fc_code: Obj,
    pub fc_defaults: Obj,
    pub fc_kwdefaults: Obj,
    pub fc_closure: Obj,
}

/// A `function`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyFunctionObject {
    pub ob_base: PyObject,
    pub func_globals: Obj,
    pub func_builtins: Obj,
    pub func_name: Obj,
    pub func_qualname: Obj,
    pub func_code: Obj,
    pub func_defaults: Obj,
    pub func_kwdefaults: Obj,
    pub func_closure: Obj,
    pub func_doc: Obj,
    pub func_dict: Obj,
    pub func_weakreflist: Obj,
    pub func_module: Obj,
    pub func_annotations: Obj,
    pub func_annotate: Obj,
    pub func_typeparams: Obj,
    pub vectorcall: vectorcallfunc,
    pub func_version: u32,
}

zeroable!(PyFrameConstructor, PyFunctionObject);

/// What happened to a watched function: one of the `PyFunction_EVENT_*` constants.
pub type PyFunction_WatchEvent = c_int;
pub const PyFunction_EVENT_CREATE: PyFunction_WatchEvent = 0;
pub const PyFunction_EVENT_DESTROY: PyFunction_WatchEvent = 1;
pub const PyFunction_EVENT_MODIFY_CODE: PyFunction_WatchEvent = 2;
pub const PyFunction_EVENT_MODIFY_DEFAULTS: PyFunction_WatchEvent = 3;
pub const PyFunction_EVENT_MODIFY_KWDEFAULTS: PyFunction_WatchEvent = 4;
