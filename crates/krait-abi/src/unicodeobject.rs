//! `cpython/unicodeobject.h`: strings as PEP 393 lays them out.
//!
//! A string has one of three structs. Compact ASCII: [`PyASCIIObject`], then the
//! characters. Compact: [`PyCompactUnicodeObject`], then the characters. Not compact
//! (instances of subclasses): [`PyUnicodeObject`], whose `data` points to them. All are
//! followed by a zero character.

use crate::{Py_hash_t, Py_ssize_t, PyObject};
use core::ffi::{c_char, c_int, c_uchar, c_uint, c_void};

pub type Py_UCS1 = u8;
pub type Py_UCS2 = u16;
pub type Py_UCS4 = u32;

/// What all strings begin with; all of a compact ASCII string.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyASCIIObject {
    pub ob_base: PyObject,
    /// Number of code points.
    pub length: Py_ssize_t,
    /// -1 until it is computed.
    pub hash: Py_hash_t,
    /// C's bit field: see the `STATE_*` constants and [`unicode_state`].
    pub state: u32,
}

/// A compact string with other than ASCII characters.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyCompactUnicodeObject {
    pub _base: PyASCIIObject,
    /// Number of bytes at `utf8` without the final zero; 0 while that is null.
    pub utf8_length: Py_ssize_t,
    pub utf8: *mut c_char,
}

/// An instance of a subclass of `str`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyUnicodeObject {
    pub _base: PyCompactUnicodeObject,
    /// C's union of pointers to the three character types.
    pub data: *mut c_void,
}

/// The private writer of CPython that extensions use (`_PyUnicodeWriter_*`).
#[repr(C)]
#[derive(Clone, Copy)]
pub struct _PyUnicodeWriter {
    pub buffer: *mut PyObject,
    pub data: *mut c_void,
    pub kind: c_int,
    pub maxchar: Py_UCS4,
    pub size: Py_ssize_t,
    pub pos: Py_ssize_t,
    pub min_length: Py_ssize_t,
    pub min_char: Py_UCS4,
    pub overallocate: c_uchar,
    pub readonly: c_uchar,
}

opaque!(
    /// A string under construction (`PyUnicodeWriter_Create`).
    PyUnicodeWriter
);

zeroable!(
    PyASCIIObject,
    PyCompactUnicodeObject,
    PyUnicodeObject,
    _PyUnicodeWriter
);

pub const STATE_INTERNED_SHIFT: u32 = 0;
pub const STATE_INTERNED_MASK: u32 = 0b11;
pub const STATE_KIND_SHIFT: u32 = 2;
pub const STATE_KIND_MASK: u32 = 0b111 << STATE_KIND_SHIFT;
pub const STATE_COMPACT: u32 = 1 << 5;
pub const STATE_ASCII: u32 = 1 << 6;
pub const STATE_STATICALLY_ALLOCATED: u32 = 1 << 7;

pub const SSTATE_NOT_INTERNED: c_uint = 0;
pub const SSTATE_INTERNED_MORTAL: c_uint = 1;
pub const SSTATE_INTERNED_IMMORTAL: c_uint = 2;
pub const SSTATE_INTERNED_IMMORTAL_STATIC: c_uint = 3;

pub const PyUnicode_1BYTE_KIND: c_uint = 1;
pub const PyUnicode_2BYTE_KIND: c_uint = 2;
pub const PyUnicode_4BYTE_KIND: c_uint = 4;

/// The `state` of a compact string that is not interned.
#[inline(always)]
pub const fn unicode_state(kind: c_uint, ascii: bool) -> u32 {
    (kind << STATE_KIND_SHIFT) | STATE_COMPACT | if ascii { STATE_ASCII } else { 0 }
}

impl PyASCIIObject {
    /// `PyUnicode_KIND`: bytes a character.
    #[inline(always)]
    pub const fn kind(&self) -> c_uint {
        (self.state & STATE_KIND_MASK) >> STATE_KIND_SHIFT
    }

    /// `PyUnicode_IS_ASCII`.
    #[inline(always)]
    pub const fn is_ascii(&self) -> bool {
        self.state & STATE_ASCII != 0
    }

    /// `PyUnicode_IS_COMPACT`.
    #[inline(always)]
    pub const fn is_compact(&self) -> bool {
        self.state & STATE_COMPACT != 0
    }

    /// `PyUnicode_CHECK_INTERNED`: one of `SSTATE_*`.
    #[inline(always)]
    pub const fn interned(&self) -> c_uint {
        self.state & STATE_INTERNED_MASK
    }
}

/// `PyUnicode_DATA`: the address of the first character.
///
/// # Safety
/// `op` points to a string of one of the three forms.
#[inline(always)]
pub unsafe fn PyUnicode_DATA(op: *const PyObject) -> *mut c_void {
    // SAFETY: `op` is a string, as the caller says, and `state` tells which struct it has;
    // the characters follow the compact ones in the same allocation.
    unsafe {
        let this = op.cast::<PyASCIIObject>();
        if !(*this).is_compact() {
            (*op.cast::<PyUnicodeObject>()).data
        } else if (*this).is_ascii() {
            this.add(1).cast_mut().cast()
        } else {
            op.cast::<PyCompactUnicodeObject>().add(1).cast_mut().cast()
        }
    }
}
