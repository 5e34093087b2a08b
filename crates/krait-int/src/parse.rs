//! Integers from text: the rules of `int(text, base)`.

use crate::number::Signed;
use crate::{SHIFT, limbs, mag};

/// Why text is no integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseError {
    /// "int() base must be >= 2 and <= 36, or 0".
    Base,
    /// "invalid literal for int() with base ...".
    Invalid,
    /// More digits than the limit allows (`sys.set_int_max_str_digits`): how many.
    TooManyDigits(usize),
}

/// What a byte stands for as a digit; 255 for none.
const VALUES: [u8; 256] = {
    let mut table = [255; 256];
    let mut i = 0;
    while i < 10 {
        table[b'0' as usize + i] = i as u8;
        i += 1;
    }
    while i < 36 {
        table[b'a' as usize + i - 10] = i as u8;
        table[b'A' as usize + i - 10] = i as u8;
        i += 1;
    }
    table
};

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// `int(text, base)` for text whose Unicode digits and spaces were replaced by ASCII.
/// `limit` is the greatest number of digits for bases that are no power of two; 0 for
/// no limit.
pub fn parse_int(text: &[u8], base: u32, limit: usize) -> Result<Signed, ParseError> {
    if base == 1 || base > 36 {
        return Err(ParseError::Base);
    }
    let start = text
        .iter()
        .position(|&b| !is_space(b))
        .unwrap_or(text.len());
    let end = text
        .iter()
        .rposition(|&b| !is_space(b))
        .map_or(start, |i| i + 1);
    let mut text = &text[start..end.max(start)];
    let negative = text.first() == Some(&b'-');
    if negative || text.first() == Some(&b'+') {
        text = &text[1..];
    }
    let (base, text, bare_zero) = prefix(text, base);
    let digits = clean(text, base as u8)?;
    if bare_zero && digits.iter().any(|&d| d != 0) {
        return Err(ParseError::Invalid);
    }
    if !base.is_power_of_two() && limit != 0 && digits.len() > limit {
        return Err(ParseError::TooManyDigits(digits.len()));
    }
    Ok(Signed::new(negative, parse_digits(&digits, base)))
}

/// Base and digits after a prefix such as `0x`. The last is true where the rules of
/// literals hold and the text starts with a zero: it must then be all zeros.
fn prefix(text: &[u8], base: u32) -> (u32, &[u8], bool) {
    let named = match text {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 0,
    };
    if named != 0 && (base == 0 || base == named) {
        let rest = &text[2..];
        // One underscore may follow the prefix.
        return (named, rest.strip_prefix(b"_").unwrap_or(rest), false);
    }
    if base == 0 {
        return (10, text, text.first() == Some(&b'0'));
    }
    (base, text, false)
}

/// The values of the digits, without single underscores between them.
fn clean(text: &[u8], base: u8) -> Result<Vec<u8>, ParseError> {
    let mut out: Vec<u8> = text.iter().map(|&byte| VALUES[byte as usize]).collect();
    let worst = out.iter().fold(0, |worst, &value| worst.max(value));
    if worst < base && !out.is_empty() {
        return Ok(out);
    }
    out.clear();
    let mut after_digit = false;
    for &byte in text {
        if byte == b'_' && after_digit {
            after_digit = false;
            continue;
        }
        let value = VALUES[byte as usize];
        if value >= base {
            return Err(ParseError::Invalid);
        }
        out.push(value);
        after_digit = true;
    }
    if after_digit {
        Ok(out)
    } else {
        Err(ParseError::Invalid)
    }
}

/// The magnitude of digit values (most significant first, each below the base).
pub fn parse_digits(digits: &[u8], base: u32) -> Vec<u32> {
    if base.is_power_of_two() {
        return by_bits(digits, base.trailing_zeros());
    }
    // The largest power of the base in a limb, and how many digits it takes.
    let (mut unit, mut power) = (1, base as u64);
    while let Some(next) = power.checked_mul(base as u64) {
        power = next;
        unit += 1;
    }
    if digits.len() <= unit {
        let value = digits.iter().fold(0u64, |v, &d| v * base as u64 + d as u64);
        return crate::convert::magnitude(value as u128);
    }
    limbs::unpack(&by_halves(digits, base as u64, unit, power))
}

fn by_bits(digits: &[u8], bits: u32) -> Vec<u32> {
    let mut out = Vec::with_capacity(digits.len() * bits as usize / SHIFT as usize + 1);
    let (mut word, mut filled) = (0u64, 0);
    for &d in digits.iter().rev() {
        word |= (d as u64) << filled;
        filled += bits;
        if filled >= SHIFT {
            out.push(word as u32 & crate::MASK);
            word >>= SHIFT;
            filled -= SHIFT;
        }
    }
    out.push(word as u32);
    mag::trim(&mut out);
    out
}

/// The value of digits that fit in a word.
fn word(digits: &[u8], base: u64) -> u64 {
    let (eights, rest) = match base {
        10 => digits.as_chunks::<8>(),
        _ => (&[][..], digits),
    };
    let head = eights.iter().fold(0, |value, eight| {
        value * 100_000_000 + decimal_eight(*eight)
    });
    rest.iter().fold(head, |value, &d| value * base + d as u64)
}

/// Eight decimal digits at once: neighbours are put together in pairs, then fours.
fn decimal_eight(digits: [u8; 8]) -> u64 {
    let digits = u64::from_le_bytes(digits);
    let pairs = digits * 10 + (digits >> 8);
    let low = (pairs & 0x0000_00FF_0000_00FF).wrapping_mul(100 + (1_000_000 << 32));
    let high = (pairs >> 16 & 0x0000_00FF_0000_00FF).wrapping_mul(1 + (10_000 << 32));
    low.wrapping_add(high) >> 32
}

/// Limb by limb: quadratic.
fn by_limbs(digits: &[u8], base: u64, unit: usize, power: u64) -> Vec<u64> {
    let mut out: Vec<u64> = Vec::with_capacity(digits.len() / unit + 1);
    let (head, rest) = digits.split_at(digits.len() % unit);
    out.push(word(head, base));
    for part in rest.chunks_exact(unit) {
        let carry = limbs::mul_small(&mut out, power, word(part, base));
        if carry != 0 {
            out.push(carry);
        }
    }
    limbs::trim(&mut out);
    out
}

/// Blocks by limbs, then neighbours are put together with ever larger powers.
fn by_halves(digits: &[u8], base: u64, unit: usize, power: u64) -> Vec<u64> {
    const BLOCK: usize = 32;
    let block = BLOCK * unit;
    if digits.len() <= block {
        return by_limbs(digits, base, unit, power);
    }
    let mut parts: Vec<Vec<u64>> = digits
        .rchunks(block)
        .map(|part| by_limbs(part, base, unit, power))
        .collect();
    let mut scale = vec![1];
    for _ in 0..BLOCK {
        let carry = limbs::mul_small(&mut scale, power, 0);
        if carry != 0 {
            scale.push(carry);
        }
    }
    while parts.len() > 1 {
        parts = parts.chunks(2).map(|pair| join(pair, &scale)).collect();
        if parts.len() > 1 {
            scale = limbs::square(&scale);
        }
    }
    parts.swap_remove(0)
}

/// `pair[1] * scale + pair[0]`.
fn join(pair: &[Vec<u64>], scale: &[u64]) -> Vec<u64> {
    let [low, high] = pair else {
        return pair[0].clone();
    };
    let mut out = limbs::mul(high, scale);
    out.resize(out.len().max(low.len()) + 1, 0);
    limbs::add_assign(&mut out, low);
    limbs::trim(&mut out);
    out
}
