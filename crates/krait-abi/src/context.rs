//! `cpython/context.h`: contexts are only names to C.

use crate::PyObject;
use core::ffi::c_int;

opaque!(
    /// A `contextvars.Context`.
    PyContext,
    /// A `contextvars.ContextVar`.
    PyContextVar,
    /// A `contextvars.Token`.
    PyContextToken,
);

/// What happened in a context watcher's view.
pub type PyContextEvent = c_int;
pub const Py_CONTEXT_SWITCHED: PyContextEvent = 1;

/// Called with the event and what it is about.
pub type PyContext_WatchCallback =
    Option<unsafe extern "C-unwind" fn(PyContextEvent, *mut PyObject) -> c_int>;
