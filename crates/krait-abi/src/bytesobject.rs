//! `cpython/bytesobject.h`.

use crate::{Py_hash_t, PyVarObject};
use core::ffi::c_char;

/// A `bytes` object: `ob_size` bytes from `ob_sval` on, then a zero byte.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyBytesObject {
    pub ob_base: PyVarObject,
    /// -1 until it is computed.
    pub ob_shash: Py_hash_t,
    pub ob_sval: [c_char; 1],
}

zeroable!(PyBytesObject);
