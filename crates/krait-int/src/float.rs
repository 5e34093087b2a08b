//! Correctly rounded conversions from and to `f64`, and true division.

use crate::div::DivisionByZero;
use crate::number::{Signed, SignedRef};
use crate::{SHIFT, div, mag};

/// The result is beyond the largest finite `f64`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FloatOverflow;

const MANTISSA: i64 = 53;
/// The exponent of the least normal number, as `0.5 <= m < 1` scales it.
const MIN_EXPONENT: i64 = -1021;
const MAX_EXPONENT: i64 = 1024;

/// The top 64 bits of a magnitude with the lowest replaced by "something is below",
/// and by how many bits they were shifted.
fn top_bits(digits: &[u32]) -> (u64, u64) {
    let bits = mag::bit_length(digits);
    if bits <= 64 {
        let value = digits
            .iter()
            .rev()
            .fold(0u64, |v, &d| v << SHIFT | d as u64);
        return (value, 0);
    }
    let shift = bits - 64;
    let first = (shift / SHIFT as u64) as usize;
    let value = digits[first..]
        .iter()
        .rev()
        .fold(0u128, |v, &d| v << SHIFT | d as u128);
    let value = (value >> (shift % SHIFT as u64)) as u64;
    (value | mag::any_low_bits(digits, shift) as u64, shift)
}

/// `value * 2^exponent` for an integer with at most 53 significant bits in the result.
fn scale(value: u64, exponent: i64) -> f64 {
    let power = |e: i64| f64::from_bits(((e + 1023) as u64) << 52);
    let mut result = value as f64;
    let mut exponent = exponent;
    while exponent > 1000 {
        result *= power(1000);
        exponent -= 1000;
    }
    while exponent < -1000 {
        result *= power(-1000);
        exponent += 1000;
    }
    result * power(exponent)
}

/// Rounds away the low `extra` bits, ties to even; the bits stay where they are.
fn round_low_bits(value: u64, extra: u32) -> u64 {
    if extra == 0 {
        return value;
    }
    let half = 1u64 << (extra - 1);
    let kept = value >> extra;
    let rest = value & ((half << 1) - 1);
    let up = rest > half || rest == half && kept & 1 != 0;
    kept + up as u64
}

/// The nearest `f64`, ties to even.
pub fn to_f64(a: SignedRef) -> Result<f64, FloatOverflow> {
    let (top, shift) = top_bits(a.digits);
    if shift as i64 + 64 > MAX_EXPONENT && shift > 0 {
        return Err(FloatOverflow);
    }
    // A conversion from u64 rounds to nearest, and the lowest bit is sticky.
    let result = scale(top, shift as i64);
    if result.is_infinite() {
        return Err(FloatOverflow);
    }
    Ok(if a.negative { -result } else { result })
}

/// Mantissa in `0.5 <= |m| < 1` and exponent with the number nearest to `m * 2^e`, for
/// numbers beyond `f64` too (`_PyLong_Frexp`). Zero gives `(0.0, 0)`.
pub fn frexp(a: SignedRef) -> (f64, i64) {
    if a.is_zero() {
        return (0.0, 0);
    }
    let (top, shift) = top_bits(a.digits);
    let bits = 64 - top.leading_zeros() as i64;
    let mut mantissa = scale(top, -bits);
    let mut exponent = bits + shift as i64;
    if mantissa == 1.0 {
        mantissa = 0.5;
        exponent += 1;
    }
    (if a.negative { -mantissa } else { mantissa }, exponent)
}

/// The integral part, or `None` for infinities and NaN.
pub fn from_f64(value: f64) -> Option<Signed> {
    if !value.is_finite() {
        return None;
    }
    let bits = value.to_bits();
    let exponent = (bits >> 52 & 0x7FF) as i64 - 1075;
    let mantissa = (bits & ((1 << 52) - 1)) | 1 << 52;
    if exponent < -52 {
        return Some(Signed::ZERO);
    }
    let digits = if exponent <= 0 {
        crate::convert::magnitude((mantissa >> -exponent) as u128)
    } else {
        mag::shl_mag(
            &crate::convert::magnitude(mantissa as u128),
            exponent as u64,
        )
    };
    Some(Signed::new(value < 0.0, digits))
}

/// Why a true division has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrueDivError {
    /// "division by zero".
    Zero,
    /// "integer division result too large for a float".
    Overflow,
}

impl From<DivisionByZero> for TrueDivError {
    fn from(_: DivisionByZero) -> TrueDivError {
        TrueDivError::Zero
    }
}

/// `a / b`, correctly rounded (ties to even), with gradual underflow.
pub fn true_div(a: SignedRef, b: SignedRef) -> Result<f64, TrueDivError> {
    if b.is_zero() {
        return Err(TrueDivError::Zero);
    }
    let negative = a.negative != b.negative;
    if a.is_zero() {
        return Ok(if negative { -0.0 } else { 0.0 });
    }
    let magnitude = divide(a.digits, b.digits)?;
    Ok(if negative { -magnitude } else { magnitude })
}

fn divide(a: &[u32], b: &[u32]) -> Result<f64, TrueDivError> {
    let (a_bits, b_bits) = (mag::bit_length(a) as i64, mag::bit_length(b) as i64);
    if a_bits <= MANTISSA && b_bits <= MANTISSA {
        return Ok(top_bits(a).0 as f64 / top_bits(b).0 as f64);
    }
    if b_bits > 64
        && let Some(result) = estimate(a, b)
    {
        return Ok(result);
    }
    // The quotient has `difference` or `difference + 1` bits before the point.
    let difference = a_bits - b_bits;
    if difference > MAX_EXPONENT {
        return Err(TrueDivError::Overflow);
    }
    if difference < MIN_EXPONENT - MANTISSA - 1 {
        return Ok(0.0);
    }
    // Two bits beyond the mantissa, less for a subnormal result.
    let shift = difference.max(MIN_EXPONENT) - MANTISSA - 2;
    let (scaled, mut inexact) = if shift <= 0 {
        (mag::shl_mag(a, -shift as u64), false)
    } else {
        let inexact = mag::any_low_bits(a, shift as u64);
        (mag::shr_mag(a, shift as u64), inexact)
    };
    let (quotient, remainder) = div::divrem_mag(&scaled, b);
    inexact |= !remainder.is_empty();
    let quotient = top_bits(&quotient).0 | inexact as u64;
    let bits = 64 - quotient.leading_zeros() as i64;
    let extra = bits.max(MIN_EXPONENT - shift) - MANTISSA;
    let rounded = round_low_bits(quotient, extra as u32);
    let result = scale(rounded, shift + extra);
    if result.is_infinite() {
        return Err(TrueDivError::Overflow);
    }
    Ok(result)
}

/// The top `want` bits of a magnitude (at most 128) as an integer, and the power of two
/// that it was divided by.
fn leading(digits: &[u32], want: u64) -> (u128, i64) {
    let bits = mag::bit_length(digits);
    if bits <= want {
        let value = digits
            .iter()
            .rev()
            .fold(0u128, |v, &d| v << SHIFT | d as u128);
        return (value << (want - bits), bits as i64 - want as i64);
    }
    let shift = bits - want;
    let (first, below) = ((shift / SHIFT as u64) as usize, shift % SHIFT as u64);
    let above = digits[first + 1..]
        .iter()
        .rev()
        .fold(0u128, |v, &d| v << SHIFT | d as u128);
    let value = above << (SHIFT as u64 - below) | (digits[first] >> below) as u128;
    (value, shift as i64)
}

/// The quotient of long operands from their top bits, where that decides the rounding
/// and the result is neither subnormal nor infinite.
fn estimate(a: &[u32], b: &[u32]) -> Option<f64> {
    let (top, a_shift) = leading(a, 128);
    let (divisor, b_shift) = leading(b, 64);
    // The exact quotient lies between less than 5 below this and less than 2 above.
    let quotient = top / divisor;
    let extra = 128 - quotient.leading_zeros() as i64 - MANTISSA;
    let exponent = extra + a_shift - b_shift;
    if !(MIN_EXPONENT..=MAX_EXPONENT - MANTISSA - 2).contains(&exponent) {
        return None;
    }
    let half = 1u128 << (extra - 1);
    let (low, high) = (quotient - 5, quotient + 2);
    let rounded = (low + half) >> extra;
    let same_power = low.leading_zeros() == high.leading_zeros();
    if !same_power || rounded != (high + half) >> extra {
        return None;
    }
    Some(scale(rounded as u64, exponent))
}
