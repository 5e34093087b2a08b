//! `object.h`: the header of every object, and the constants of the object protocol.
//!
//! Types and their slots are in `typeobject.rs`, reference counts in `refcount.rs`.

use crate::{_Py_STATIC_FLAG_BITS, PyTypeObject};
use core::ffi::{c_char, c_int, c_uint, c_ulong};

/// A size or an index (`pyport.h`).
pub type Py_ssize_t = isize;
/// The result of `hash()`; -1 means failure (`pyport.h`).
pub type Py_hash_t = isize;
/// A hash while it is being computed (`pyport.h`).
pub type Py_uhash_t = usize;

/// The header of every object.
///
/// In C the first three fields are in a union with the signed 64-bit `ob_refcnt_full`;
/// see [`PyObject::ob_refcnt_full`].
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyObject {
    pub ob_refcnt: u32,
    pub ob_overflow: u16,
    pub ob_flags: u16,
    pub ob_type: *mut PyTypeObject,
}

/// The header of objects with a number of items.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyVarObject {
    pub ob_base: PyObject,
    pub ob_size: Py_ssize_t,
}

zeroable!(PyObject, PyVarObject);

impl PyObject {
    /// `PyObject_HEAD_INIT`: an immortal object in static memory.
    pub const fn head_init(ob_type: *mut PyTypeObject) -> Self {
        Self {
            ob_refcnt: crate::_Py_IMMORTAL_INITIAL_REFCNT,
            ob_overflow: 0,
            ob_flags: _Py_STATIC_FLAG_BITS,
            ob_type,
        }
    }

    /// The header of a fresh heap object with one reference.
    pub const fn new_heap(ob_type: *mut PyTypeObject) -> Self {
        Self {
            ob_refcnt: 1,
            ob_overflow: 0,
            ob_flags: 0,
            ob_type,
        }
    }

    /// The union's other view: count, overflow and flags as one number.
    pub const fn ob_refcnt_full(&self) -> i64 {
        (self.ob_refcnt as i64) | ((self.ob_overflow as i64) << 32) | ((self.ob_flags as i64) << 48)
    }
}

impl PyVarObject {
    /// `PyVarObject_HEAD_INIT`: an immortal object in static memory.
    pub const fn head_init(ob_type: *mut PyTypeObject, ob_size: Py_ssize_t) -> Self {
        Self {
            ob_base: PyObject::head_init(ob_type),
            ob_size,
        }
    }

    /// The header of a fresh heap object with one reference.
    pub const fn new_heap(ob_type: *mut PyTypeObject, ob_size: Py_ssize_t) -> Self {
        Self {
            ob_base: PyObject::new_heap(ob_type),
            ob_size,
        }
    }
}

/// `Py_TYPE`.
///
/// # Safety
/// `ob` points to an object.
#[inline(always)]
pub unsafe fn Py_TYPE(ob: *const PyObject) -> *mut PyTypeObject {
    // SAFETY: `ob` is valid for reads, as the caller says.
    unsafe { (*ob).ob_type }
}

/// `Py_SIZE`.
///
/// # Safety
/// `ob` points to an object whose struct begins with `PyVarObject`.
#[inline(always)]
pub unsafe fn Py_SIZE(ob: *const PyObject) -> Py_ssize_t {
    // SAFETY: as the caller says, a `PyVarObject` lies there.
    unsafe { (*ob.cast::<PyVarObject>()).ob_size }
}

/// `PyType_HasFeature`: whether any bit of `feature` is set in the type's flags.
///
/// # Safety
/// `ty` points to a type.
#[inline(always)]
pub unsafe fn PyType_HasFeature(ty: *const PyTypeObject, feature: c_ulong) -> bool {
    // SAFETY: `ty` is valid for reads, as the caller says.
    unsafe { (*ty).tp_flags & feature != 0 }
}

pub const Py_INVALID_SIZE: Py_ssize_t = -1;
pub const Py_PRINT_RAW: c_int = 1;

pub const _Py_TPFLAGS_STATIC_BUILTIN: c_ulong = 1 << 1;
pub const Py_TPFLAGS_INLINE_VALUES: c_ulong = 1 << 2;
pub const Py_TPFLAGS_MANAGED_WEAKREF: c_ulong = 1 << 3;
pub const Py_TPFLAGS_MANAGED_DICT: c_ulong = 1 << 4;
pub const Py_TPFLAGS_PREHEADER: c_ulong = Py_TPFLAGS_MANAGED_WEAKREF | Py_TPFLAGS_MANAGED_DICT;
pub const Py_TPFLAGS_SEQUENCE: c_ulong = 1 << 5;
pub const Py_TPFLAGS_MAPPING: c_ulong = 1 << 6;
pub const Py_TPFLAGS_DISALLOW_INSTANTIATION: c_ulong = 1 << 7;
pub const Py_TPFLAGS_IMMUTABLETYPE: c_ulong = 1 << 8;
pub const Py_TPFLAGS_HEAPTYPE: c_ulong = 1 << 9;
pub const Py_TPFLAGS_BASETYPE: c_ulong = 1 << 10;
pub const Py_TPFLAGS_HAVE_VECTORCALL: c_ulong = 1 << 11;
pub const Py_TPFLAGS_READY: c_ulong = 1 << 12;
pub const Py_TPFLAGS_READYING: c_ulong = 1 << 13;
pub const Py_TPFLAGS_HAVE_GC: c_ulong = 1 << 14;
pub const Py_TPFLAGS_METHOD_DESCRIPTOR: c_ulong = 1 << 17;
pub const Py_TPFLAGS_HAVE_VERSION_TAG: c_ulong = 1 << 18;
pub const Py_TPFLAGS_VALID_VERSION_TAG: c_ulong = 1 << 19;
pub const Py_TPFLAGS_IS_ABSTRACT: c_ulong = 1 << 20;
pub const _Py_TPFLAGS_MATCH_SELF: c_ulong = 1 << 22;
pub const Py_TPFLAGS_ITEMS_AT_END: c_ulong = 1 << 23;
pub const Py_TPFLAGS_LONG_SUBCLASS: c_ulong = 1 << 24;
pub const Py_TPFLAGS_LIST_SUBCLASS: c_ulong = 1 << 25;
pub const Py_TPFLAGS_TUPLE_SUBCLASS: c_ulong = 1 << 26;
pub const Py_TPFLAGS_BYTES_SUBCLASS: c_ulong = 1 << 27;
pub const Py_TPFLAGS_UNICODE_SUBCLASS: c_ulong = 1 << 28;
pub const Py_TPFLAGS_DICT_SUBCLASS: c_ulong = 1 << 29;
pub const Py_TPFLAGS_BASE_EXC_SUBCLASS: c_ulong = 1 << 30;
pub const Py_TPFLAGS_TYPE_SUBCLASS: c_ulong = 1 << 31;
pub const Py_TPFLAGS_HAVE_FINALIZE: c_ulong = 1;
pub const Py_TPFLAGS_DEFAULT: c_ulong = 0;

pub const Py_CONSTANT_NONE: c_uint = 0;
pub const Py_CONSTANT_FALSE: c_uint = 1;
pub const Py_CONSTANT_TRUE: c_uint = 2;
pub const Py_CONSTANT_ELLIPSIS: c_uint = 3;
pub const Py_CONSTANT_NOT_IMPLEMENTED: c_uint = 4;
pub const Py_CONSTANT_ZERO: c_uint = 5;
pub const Py_CONSTANT_ONE: c_uint = 6;
pub const Py_CONSTANT_EMPTY_STR: c_uint = 7;
pub const Py_CONSTANT_EMPTY_BYTES: c_uint = 8;
pub const Py_CONSTANT_EMPTY_TUPLE: c_uint = 9;

pub const Py_LT: c_int = 0;
pub const Py_LE: c_int = 1;
pub const Py_EQ: c_int = 2;
pub const Py_NE: c_int = 3;
pub const Py_GT: c_int = 4;
pub const Py_GE: c_int = 5;

/// A name of C's, of which the string object is made at its first use.
#[repr(C)]
pub struct _Py_Identifier {
    pub string: *const c_char,
    /// -1 at first.
    pub index: Py_ssize_t,
    pub mutex: u8,
}

/// What `am_send` returns: one of the `PYGEN_*` constants. An integer and not a Rust
/// enum, because C may return any number.
pub type PySendResult = c_int;
pub const PYGEN_RETURN: PySendResult = 0;
pub const PYGEN_ERROR: PySendResult = -1;
pub const PYGEN_NEXT: PySendResult = 1;
