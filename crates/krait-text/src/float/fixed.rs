//! Floats with a given conversion and precision: what `%` formatting, `format()` and
//! C's `PyOS_double_to_string` share.

use super::repr::{Shortest, push_exponential};
use crate::TextError;

/// Details of [`format_float`].
#[derive(Clone, Copy, Debug, Default)]
pub struct FloatFlags {
    /// Keep the decimal point and the trailing zeros of `g`.
    pub alt: bool,
    /// Write `+` before numbers without a minus.
    pub sign: bool,
    /// Finite results always look like floats (`1.0`, not `1`).
    pub add_dot_0: bool,
    /// A negative number that rounds to zero loses its minus.
    pub no_neg_zero: bool,
}

/// No double has more decimals than this, nor more significant digits: what is
/// beyond are zeros.
const ALL_DECIMALS: usize = 1074;

/// The value as text.
///
/// `code` is one of `e f g r` or `E F G`; `r` takes the shortest digits and ignores
/// the precision. The result is ASCII.
pub fn format_float(
    value: f64,
    code: u8,
    precision: usize,
    flags: FloatFlags,
) -> Result<String, TextError> {
    let mut out = String::new();
    let room = precision.saturating_add(32);
    if room > 512 {
        out.try_reserve(room).map_err(|_| TextError::memory())?;
    }
    let magnitude = value.abs();
    if !value.is_finite() {
        out.push_str(if value.is_nan() { "nan" } else { "inf" });
    } else {
        match code.to_ascii_lowercase() {
            b'f' => push_fixed(magnitude, precision, flags.alt, &mut out),
            b'e' => push_scientific(magnitude, precision, flags.alt, &mut out),
            b'g' => push_general(magnitude, precision.max(1), flags, &mut out),
            _ => push_shortest(magnitude, flags, &mut out),
        }
    }
    let mut negative = !value.is_nan() && value.is_sign_negative();
    if negative && flags.no_neg_zero && is_zero_text(&out) {
        negative = false;
    }
    if negative {
        out.insert(0, '-');
    } else if flags.sign {
        out.insert(0, '+');
    }
    if code.is_ascii_uppercase() {
        out.make_ascii_uppercase();
    }
    Ok(out)
}

/// Whether the digits before the exponent are all zero.
fn is_zero_text(text: &str) -> bool {
    let mantissa = text.split(['e', 'E']).next().unwrap_or(text);
    mantissa.bytes().all(|c| c == b'0' || c == b'.')
}

fn push_zeros(count: usize, out: &mut String) {
    out.extend(std::iter::repeat_n('0', count));
}

/// `magnitude * 10**precision` as an integer, exactly rounded, where 128 bits are
/// enough to compute it and 64 to hold it.
fn scaled(magnitude: f64, precision: usize) -> Option<u64> {
    let power = u128::from(10u64.checked_pow(u32::try_from(precision).ok()?)?);
    let bits = magnitude.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    let (mantissa, exponent) = match bits >> 52 {
        0 => (fraction, -1074),
        biased => (fraction | 1 << 52, biased as i32 - 1075),
    };
    let product = u128::from(mantissa) * power;
    let value = match exponent {
        0..=10 => product.checked_mul(1 << exponent)?,
        11.. => return None,
        ..=-128 => 0,
        _ => {
            let shift = exponent.unsigned_abs();
            let (whole, rest) = (product >> shift, product & ((1 << shift) - 1));
            let half = 1u128 << (shift - 1);
            whole + u128::from(rest > half || rest == half && whole & 1 == 1)
        }
    };
    u64::try_from(value).ok()
}

/// Writes `value / 10**precision`; at most 20 digits and the point.
fn push_scaled(mut value: u64, precision: usize, out: &mut String) {
    let mut buffer = [0u8; 24];
    let (mut at, mut count) = (buffer.len(), 0);
    while value > 0 || count <= precision {
        if count == precision && count > 0 {
            at -= 1;
            buffer[at] = b'.';
        }
        at -= 1;
        buffer[at] = b'0' + (value % 10) as u8;
        value /= 10;
        count += 1;
    }
    out.extend(buffer[at..].iter().map(|digit| char::from(*digit)));
}

fn push_fixed(magnitude: f64, precision: usize, alt: bool, out: &mut String) {
    use std::fmt::Write;
    if let Some(value) = scaled(magnitude, precision) {
        push_scaled(value, precision, out);
        if precision == 0 && alt {
            out.push('.');
        }
        return;
    }
    let exact = precision.min(ALL_DECIMALS);
    let _ = write!(out, "{magnitude:.exact$}");
    if precision == 0 && alt {
        out.push('.');
    }
    push_zeros(precision - exact, out);
}

/// `count` significant digits and the place of the decimal point; digits that are
/// certain to be zero are left out.
fn significant(magnitude: f64, count: usize) -> (Vec<u8>, i32) {
    let exact = count.clamp(1, ALL_DECIMALS) - 1;
    let text = format!("{magnitude:.exact$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let digits = mantissa.bytes().filter(|c| *c != b'.').collect();
    (digits, exponent.parse::<i32>().unwrap_or(0) + 1)
}

fn push_scientific(magnitude: f64, precision: usize, alt: bool, out: &mut String) {
    let (mut digits, point) = significant(magnitude, precision.saturating_add(1));
    digits.resize(precision + 1, b'0');
    push_exponential(&digits, point - 1, alt, b'e', out);
}

fn push_general(magnitude: f64, precision: usize, flags: FloatFlags, out: &mut String) {
    let (mut digits, point) = significant(magnitude, precision);
    let limit = precision.min(1 << 20) as i32 - i32::from(flags.add_dot_0);
    if flags.alt {
        digits.resize(precision, b'0');
    } else {
        while digits.len() > 1 && digits.last() == Some(&b'0') {
            digits.pop();
        }
    }
    // Zero counts as having its point after the first digit; it never takes an
    // exponent unless the reference's rule for a precision of one asks for it.
    if point <= -4 || point > limit {
        push_exponential(&digits, point - 1, flags.alt, b'e', out);
    } else {
        push_positional(&digits, point, flags, out);
    }
}

fn push_shortest(magnitude: f64, flags: FloatFlags, out: &mut String) {
    let shortest = Shortest::of(magnitude);
    if shortest.point <= -4 || shortest.point > 16 {
        push_exponential(shortest.digits(), shortest.point - 1, flags.alt, b'e', out);
    } else {
        push_positional(shortest.digits(), shortest.point, flags, out);
    }
}

/// Digits with the decimal point in its place, zeros where they are needed.
fn push_positional(digits: &[u8], point: i32, flags: FloatFlags, out: &mut String) {
    let ascii = |out: &mut String, part: &[u8]| out.extend(part.iter().map(|&c| char::from(c)));
    if point <= 0 {
        out.push_str("0.");
        push_zeros(point.unsigned_abs() as usize, out);
        ascii(out, digits);
        return;
    }
    let whole = point as usize;
    if digits.len() > whole {
        ascii(out, &digits[..whole]);
        out.push('.');
        ascii(out, &digits[whole..]);
        return;
    }
    ascii(out, digits);
    push_zeros(whole - digits.len(), out);
    if flags.add_dot_0 {
        out.push_str(".0");
    } else if flags.alt {
        out.push('.');
    }
}
