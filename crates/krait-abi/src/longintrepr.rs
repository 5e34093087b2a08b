//! `cpython/longintrepr.h`: integers as 30-bit digits, least significant first.

use crate::{Py_ssize_t, PyObject};
use core::ffi::{c_int, c_void};

pub type digit = u32;
pub type sdigit = i32;
pub type twodigits = u64;
pub type stwodigits = i64;

pub const PyLong_SHIFT: c_int = 30;
pub const _PyLong_DECIMAL_SHIFT: c_int = 9;
pub const _PyLong_DECIMAL_BASE: digit = 1_000_000_000;
pub const PyLong_BASE: digit = 1 << PyLong_SHIFT;
pub const PyLong_MASK: digit = PyLong_BASE - 1;

/// The low bits of `lv_tag` that hold the sign: 0 positive, 1 zero, 2 negative.
pub const _PyLong_SIGN_MASK: usize = 3;
/// The number of digits is `lv_tag` shifted right by this.
pub const _PyLong_NON_SIZE_BITS: c_int = 3;
/// The value of the sign bits for zero.
pub const SIGN_ZERO: usize = 1;
/// The value of the sign bits for negative numbers.
pub const SIGN_NEGATIVE: usize = 2;
/// The bit of `lv_tag` set in the small integers that exist once.
pub const IMMORTALITY_BIT_MASK: usize = 1 << 2;

/// Sign, size and digits of an integer.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct _PyLongValue {
    pub lv_tag: usize,
    /// The first of the digits; room for one is there even when the number is zero.
    pub ob_digit: [digit; 1],
}

/// An integer.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyLongObject {
    pub ob_base: PyObject,
    pub long_value: _PyLongValue,
}

/// How digits are stored (`PyLong_GetNativeLayout`).
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyLongLayout {
    pub bits_per_digit: u8,
    pub digit_size: u8,
    pub digits_order: i8,
    pub digit_endianness: i8,
}

/// What `PyLong_Export` fills in: `value`, unless `digits` is set.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyLongExport {
    pub value: i64,
    pub negative: u8,
    pub ndigits: Py_ssize_t,
    pub digits: *const c_void,
    pub _reserved: usize,
}

opaque!(
    /// An integer under construction (`PyLongWriter_Create`).
    PyLongWriter
);

zeroable!(_PyLongValue, PyLongObject, PyLongLayout, PyLongExport);

impl _PyLongValue {
    /// `_PyLong_IsCompact`: at most one digit.
    #[inline(always)]
    pub const fn is_compact(&self) -> bool {
        self.lv_tag < (2 << _PyLong_NON_SIZE_BITS)
    }

    /// `_PyLong_CompactValue`: the number, when it is compact.
    #[inline(always)]
    pub const fn compact_value(&self) -> Py_ssize_t {
        let sign = 1 - (self.lv_tag & _PyLong_SIGN_MASK) as Py_ssize_t;
        sign * self.ob_digit[0] as Py_ssize_t
    }

    /// The number of digits.
    #[inline(always)]
    pub const fn digit_count(&self) -> usize {
        self.lv_tag >> _PyLong_NON_SIZE_BITS
    }
}
