//! `pystate.h` and `cpython/pystate.h`: the thread state, which extensions read inline
//! (`current_exception`, `exc_info`, `c_tracefunc`, `tracing`, ...).

use crate::{_PyInterpreterFrame, PyFrameObject, PyObject};
use core::ffi::{c_char, c_int, c_uint, c_ulong};

opaque!(
    /// An interpreter.
    PyInterpreterState,
);

/// Called with the object given to `PyEval_SetTrace`, the frame, a `PyTrace_*` constant
/// and what belongs to the event.
pub type Py_tracefunc = Option<
    unsafe extern "C-unwind" fn(*mut PyObject, *mut PyFrameObject, c_int, *mut PyObject) -> c_int,
>;

/// Runs a frame in place of the interpreter.
pub type _PyFrameEvalFunction = Option<
    unsafe extern "C-unwind" fn(
        *mut PyThreadState,
        *mut _PyInterpreterFrame,
        c_int,
    ) -> *mut PyObject,
>;

pub const PyTrace_CALL: c_int = 0;
pub const PyTrace_EXCEPTION: c_int = 1;
pub const PyTrace_LINE: c_int = 2;
pub const PyTrace_RETURN: c_int = 3;
pub const PyTrace_C_CALL: c_int = 4;
pub const PyTrace_C_EXCEPTION: c_int = 5;
pub const PyTrace_C_RETURN: c_int = 6;
pub const PyTrace_OPCODE: c_int = 7;

/// What `PyGILState_Ensure` found.
pub type PyGILState_STATE = c_uint;
pub const PyGILState_LOCKED: PyGILState_STATE = 0;
pub const PyGILState_UNLOCKED: PyGILState_STATE = 1;

pub const MAX_CO_EXTRA_USERS: usize = 255;
pub const _Py_MAX_SCRIPT_PATH_SIZE: usize = 512;

/// A script that another process asks the thread to run (PEP 768).
#[repr(C)]
#[derive(Clone, Copy)]
pub struct _PyRemoteDebuggerSupport {
    pub debugger_pending_call: i32,
    pub debugger_script_path: [c_char; _Py_MAX_SCRIPT_PATH_SIZE],
}

/// An exception being handled, and the one that was being handled around it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct _PyErr_StackItem {
    /// The exception, null or `None`.
    pub exc_value: *mut PyObject,
    pub previous_item: *mut _PyErr_StackItem,
}

/// A piece of CPython's stack of frames.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct _PyStackChunk {
    pub previous: *mut _PyStackChunk,
    pub size: usize,
    pub top: usize,
    pub data: [*mut PyObject; 1],
}

/// A thread's state.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyThreadState {
    pub prev: *mut PyThreadState,
    pub next: *mut PyThreadState,
    pub interp: *mut PyInterpreterState,
    pub eval_breaker: usize,
    /// C's bit field: `initialized`, `bound`, `unbound`, `bound_gilstate`, `active`,
    /// `finalizing`, `cleared`, `finalized`, from bit 0 on.
    pub _status: u32,
    pub holds_gil: c_int,
    pub _whence: c_int,
    pub state: c_int,
    pub py_recursion_remaining: c_int,
    pub py_recursion_limit: c_int,
    pub recursion_headroom: c_int,
    /// Not zero while a trace or profile function runs.
    pub tracing: c_int,
    pub what_event: c_int,
    pub current_frame: *mut _PyInterpreterFrame,
    pub c_profilefunc: Py_tracefunc,
    pub c_tracefunc: Py_tracefunc,
    pub c_profileobj: *mut PyObject,
    pub c_traceobj: *mut PyObject,
    /// The exception raised and not yet handled, or null.
    pub current_exception: *mut PyObject,
    /// The innermost exception being handled.
    pub exc_info: *mut _PyErr_StackItem,
    pub dict: *mut PyObject,
    pub gilstate_counter: c_int,
    pub async_exc: *mut PyObject,
    pub thread_id: c_ulong,
    pub native_thread_id: c_ulong,
    pub delete_later: *mut PyObject,
    pub critical_section: usize,
    pub coroutine_origin_tracking_depth: c_int,
    pub async_gen_firstiter: *mut PyObject,
    pub async_gen_finalizer: *mut PyObject,
    pub context: *mut PyObject,
    pub context_ver: u64,
    pub id: u64,
    pub datastack_chunk: *mut _PyStackChunk,
    pub datastack_top: *mut *mut PyObject,
    pub datastack_limit: *mut *mut PyObject,
    /// The outermost item of `exc_info`.
    pub exc_state: _PyErr_StackItem,
    pub current_executor: *mut PyObject,
    pub dict_global_version: u64,
    pub threading_local_key: *mut PyObject,
    pub threading_local_sentinel: *mut PyObject,
    pub remote_debugger_support: _PyRemoteDebuggerSupport,
    pub datastack_cached_chunk: *mut _PyStackChunk,
}

zeroable!(
    _PyRemoteDebuggerSupport,
    _PyErr_StackItem,
    _PyStackChunk,
    PyThreadState
);
