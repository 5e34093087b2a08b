//! From and to machine integers.

use crate::number::{Signed, SignedRef};
use crate::{MASK, SHIFT};

/// The digits of a machine integer.
pub(crate) fn magnitude(mut value: u128) -> Vec<u32> {
    let count = (128 - value.leading_zeros()).div_ceil(SHIFT);
    let mut out = Vec::with_capacity(count as usize);
    while value != 0 {
        out.push(value as u32 & MASK);
        value >>= SHIFT;
    }
    out
}

/// From a machine integer.
pub fn from_u64(value: u64) -> Signed {
    from_u128(value as u128)
}

/// From a machine integer.
pub fn from_i64(value: i64) -> Signed {
    from_i128(value as i128)
}

/// From a machine integer.
pub fn from_u128(value: u128) -> Signed {
    Signed {
        negative: false,
        digits: magnitude(value),
    }
}

/// From a machine integer.
pub fn from_i128(value: i128) -> Signed {
    Signed {
        negative: value < 0,
        digits: magnitude(value.unsigned_abs()),
    }
}

/// The magnitude when it is below 2^128.
pub(crate) fn magnitude_u128(digits: &[u32]) -> Option<u128> {
    if crate::mag::bit_length(digits) > 128 {
        return None;
    }
    Some(digits.iter().rev().fold(0, |v, &d| v << SHIFT | d as u128))
}

/// To a machine integer, unless it does not fit.
pub fn to_i128(a: SignedRef) -> Option<i128> {
    let value = magnitude_u128(a.digits)?;
    if a.negative {
        (value <= 1 << 127).then(|| (value as i128).wrapping_neg())
    } else {
        i128::try_from(value).ok()
    }
}

/// To a machine integer, unless it does not fit.
pub fn to_i64(a: SignedRef) -> Option<i64> {
    if a.digits.len() > 3 {
        return None;
    }
    i64::try_from(to_i128(a)?).ok()
}

/// To a machine integer, unless it does not fit.
pub fn to_u64(a: SignedRef) -> Option<u64> {
    if a.digits.len() > 3 {
        return None;
    }
    u64::try_from(to_i128(a)?).ok()
}

/// The number modulo 2^64 (`PyLong_AsUnsignedLongLongMask`).
pub fn to_u64_wrapping(a: SignedRef) -> u64 {
    let low = a
        .digits
        .iter()
        .take(3)
        .rev()
        .fold(0u64, |v, &d| v << SHIFT | d as u64);
    if a.negative { low.wrapping_neg() } else { low }
}
