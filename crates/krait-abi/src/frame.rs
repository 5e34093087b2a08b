//! `internal/pycore_frame.h` and `internal/pycore_interpframe_structs.h`: frames as the few
//! extensions see them that look inside (Cython sets `f_lineno`, greenlet walks records).

use crate::PyObject;
use core::ffi::{c_char, c_int};

/// A frame as an object.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyFrameObject {
    pub ob_base: PyObject,
    pub f_back: *mut PyFrameObject,
    pub f_frame: *mut _PyInterpreterFrame,
    pub f_trace: *mut PyObject,
    /// 0 where the line follows from the instruction.
    pub f_lineno: c_int,
    pub f_trace_lines: c_char,
    pub f_trace_opcodes: c_char,
    pub f_extra_locals: *mut PyObject,
    pub f_locals_cache: *mut PyObject,
    pub f_overwritten_fast_locals: *mut PyObject,
    pub _f_frame_data: [*mut PyObject; 1],
}

/// The record has no code: it stands for native code of the interpreter.
pub const FRAME_OWNED_BY_INTERPRETER: c_char = 3;

/// A frame of the interpreter.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct _PyInterpreterFrame {
    pub f_executable: usize,
    pub previous: *mut _PyInterpreterFrame,
    pub f_funcobj: usize,
    pub f_globals: *mut PyObject,
    pub f_builtins: *mut PyObject,
    pub f_locals: *mut PyObject,
    pub frame_obj: *mut PyFrameObject,
    pub instr_ptr: *mut u16,
    pub stackpointer: *mut usize,
    pub return_offset: u16,
    pub owner: c_char,
    pub visited: u8,
    pub localsplus: [usize; 1],
}

zeroable!(PyFrameObject, _PyInterpreterFrame);
