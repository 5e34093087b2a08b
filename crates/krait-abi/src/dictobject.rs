//! `cpython/dictobject.h`: of a dict, C may read only the number of items.

use crate::{Py_ssize_t, PyObject};
use core::ffi::c_int;

opaque!(
    /// A dict's table of keys.
    PyDictKeysObject,
    /// The values of a dict that shares its keys.
    PyDictValues,
);

/// A `dict`. The two last fields are of the types named only in CPython.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyDictObject {
    pub ob_base: PyObject,
    pub ma_used: Py_ssize_t,
    pub _ma_watcher_tag: u64,
    pub ma_keys: *mut PyDictKeysObject,
    pub ma_values: *mut PyDictValues,
}

zeroable!(PyDictObject);

/// What happened to a watched dict: one of the `PyDict_EVENT_*` constants.
pub type PyDict_WatchEvent = c_int;
pub const PyDict_EVENT_ADDED: PyDict_WatchEvent = 0;
pub const PyDict_EVENT_MODIFIED: PyDict_WatchEvent = 1;
pub const PyDict_EVENT_DELETED: PyDict_WatchEvent = 2;
pub const PyDict_EVENT_CLONED: PyDict_WatchEvent = 3;
pub const PyDict_EVENT_CLEARED: PyDict_WatchEvent = 4;
pub const PyDict_EVENT_DEALLOCATED: PyDict_WatchEvent = 5;

/// Called with event, dict, key and new value.
pub type PyDict_WatchCallback = Option<
    unsafe extern "C-unwind" fn(
        PyDict_WatchEvent,
        *mut PyObject,
        *mut PyObject,
        *mut PyObject,
    ) -> c_int,
>;
