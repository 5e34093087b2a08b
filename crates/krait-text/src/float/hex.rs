//! `float.hex` and `float.fromhex`.

use crate::TextError;
use std::fmt::Write;

/// `value.hex()`.
pub fn float_to_hex(value: f64) -> String {
    if !value.is_finite() {
        return super::float_repr(value);
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if value == 0.0 {
        return format!("{sign}0x0.0p+0");
    }
    let bits = value.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    let (lead, exponent) = match (bits >> 52 & 0x7FF) as i32 {
        0 => (0, -1022),
        biased => (1, biased - 1023),
    };
    let mut out = String::with_capacity(26);
    let _ = write!(out, "{sign}0x{lead}.{fraction:013x}p{exponent:+}");
    out
}

/// `float.fromhex(text)` of ASCII text.
pub fn float_from_hex(text: &[u8]) -> Result<f64, TextError> {
    let invalid = || TextError::value("invalid hexadecimal floating-point string");
    let start = text
        .iter()
        .position(|c| !is_space(*c))
        .ok_or_else(invalid)?;
    let end = text
        .iter()
        .rposition(|c| !is_space(*c))
        .map_or(start, |at| at + 1);
    let (negative, body) = match &text[start..end] {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let is = |name: &str| body.eq_ignore_ascii_case(name.as_bytes());
    let magnitude = if is("inf") || is("infinity") {
        f64::INFINITY
    } else if is("nan") {
        f64::NAN
    } else {
        let number = HexNumber::parse(body).ok_or_else(invalid)?;
        number.rounded().ok_or_else(|| {
            TextError::overflow("hexadecimal value too large to represent as a float")
        })?
    };
    Ok(if negative { -magnitude } else { magnitude })
}

fn is_space(c: u8) -> bool {
    matches!(c, b' ' | 9..=13)
}

/// `mantissa * 2**exponent`, where `inexact` stands for non-zero bits below.
struct HexNumber {
    mantissa: u64,
    inexact: bool,
    exponent: i64,
}

impl HexNumber {
    fn parse(text: &[u8]) -> Option<HexNumber> {
        let text = match text {
            [b'0', b'x' | b'X', rest @ ..] => rest,
            rest => rest,
        };
        let mut number = HexNumber {
            mantissa: 0,
            inexact: false,
            exponent: 0,
        };
        let (mut at, mut count, mut after_point) = (0, 0usize, false);
        while let Some(&c) = text.get(at) {
            if c == b'.' && !after_point {
                after_point = true;
            } else if let Some(digit) = char::from(c).to_digit(16) {
                count += 1;
                number.push(u64::from(digit), after_point);
            } else {
                break;
            }
            at += 1;
        }
        if count == 0 {
            return None;
        }
        match &text[at..] {
            [] => {}
            [b'p' | b'P', rest @ ..] => {
                number.exponent = number.exponent.saturating_add(exponent(rest)?);
            }
            _ => return None,
        }
        Some(number)
    }

    fn push(&mut self, digit: u64, after_point: bool) {
        if self.mantissa >> 60 == 0 {
            self.mantissa = self.mantissa << 4 | digit;
            self.exponent -= if after_point { 4 } else { 0 };
        } else {
            self.inexact |= digit != 0;
            self.exponent += if after_point { 0 } else { 4 };
        }
    }

    /// The nearest double, ties to even; `None` when it is too large.
    fn rounded(&self) -> Option<f64> {
        if self.mantissa == 0 {
            return Some(0.0);
        }
        let top = 64 - i64::from(self.mantissa.leading_zeros());
        // The exponent of the value's highest bit.
        let high = self.exponent.saturating_add(top - 1);
        if high > 1023 {
            return None;
        }
        if high < -1076 {
            return Some(0.0);
        }
        // The exponent of the lowest bit that the result can hold.
        let low = (high - 52).max(-1074);
        let shift = low - self.exponent;
        let kept = if shift <= 0 {
            self.mantissa << -shift
        } else {
            self.shifted(shift as u32)
        };
        let value = kept as f64 * power_of_two(low);
        value.is_finite().then_some(value)
    }

    /// The mantissa without its lowest `shift` bits, rounded.
    fn shifted(&self, shift: u32) -> u64 {
        if shift > 64 {
            return 0;
        }
        let wide = u128::from(self.mantissa) << 1 | u128::from(self.inexact);
        let kept = wide >> (shift + 1);
        let half = 1u128 << shift;
        let rest = wide & ((half << 1) - 1);
        let up = rest > half || (rest == half && kept & 1 == 1);
        kept as u64 + u64::from(up)
    }
}

/// `2.0**exponent` for an exponent from -1074 to 1023.
fn power_of_two(exponent: i64) -> f64 {
    if exponent < -1022 {
        f64::from_bits(1 << (exponent + 1074))
    } else {
        f64::from_bits(((exponent + 1023) as u64) << 52)
    }
}

/// A decimal exponent with an optional sign, kept within bounds.
fn exponent(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value = digits.iter().fold(0i64, |value, c| {
        (value * 10 + i64::from(c - b'0')).min(1 << 56)
    });
    Some(if negative { -value } else { value })
}
