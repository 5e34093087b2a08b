//! Integers as text, in decimal and in any base from 2 to 36.

use crate::limbs::{self, Reciprocal, divrem, divrem_small_in_place};
use crate::number::SignedRef;
use crate::{SHIFT, convert};

const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// Pairs of decimal digits.
const PAIRS: [u8; 200] = {
    let mut table = [0; 200];
    let mut i = 0;
    while i < 100 {
        table[2 * i] = b'0' + (i / 10) as u8;
        table[2 * i + 1] = b'0' + (i % 10) as u8;
        i += 1;
    }
    table
};

/// The number in decimal.
pub fn to_decimal(a: SignedRef) -> String {
    to_radix(a, 10)
}

/// The number in a base from 2 to 36 with lower-case letters, without a prefix.
pub fn to_radix(a: SignedRef, base: u32) -> String {
    assert!((2..=36).contains(&base));
    // At least three bits to a character in bases from 8 on.
    let mut out = Vec::with_capacity(a.digits.len() * 10 + 2);
    if a.negative {
        out.push(b'-');
    }
    if base.is_power_of_two() {
        by_bits(&mut out, a.digits, base.trailing_zeros());
    } else if a.digits.len() <= 4 {
        let value = convert::magnitude_u128(a.digits).unwrap_or(0);
        small(&mut out, value, base);
    } else {
        Radix::new(base).write(&mut out, a.digits);
    }
    String::from_utf8(out).unwrap_or_default()
}

fn by_bits(out: &mut Vec<u8>, digits: &[u32], bits: u32) {
    let length = crate::mag::bit_length(digits);
    let count = length.div_ceil(bits as u64).max(1) as usize;
    let start = out.len();
    out.resize(start + count, b'0');
    let (mut word, mut filled) = (0u64, 0);
    let mut next = digits.iter();
    for slot in out[start..].iter_mut().rev() {
        if filled < bits {
            word |= next.next().map_or(0, |&d| (d as u64) << filled);
            filled += SHIFT;
        }
        *slot = DIGITS[word as usize & ((1 << bits) - 1)];
        word >>= bits;
        filled -= bits;
    }
}

fn small(out: &mut Vec<u8>, value: u128, base: u32) {
    let mut buffer = [0; 128];
    let mut at = buffer.len();
    let mut value = value;
    while value >> 64 != 0 {
        at -= 1;
        buffer[at] = DIGITS[(value % base as u128) as usize];
        value /= base as u128;
    }
    let mut word = value as u64;
    if base == 10 {
        while word >= 100 {
            at -= 2;
            let pair = (word % 100) as usize * 2;
            buffer[at..at + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
            word /= 100;
        }
    }
    loop {
        at -= 1;
        buffer[at] = DIGITS[(word % base as u64) as usize];
        word /= base as u64;
        if word == 0 {
            break;
        }
    }
    out.extend_from_slice(&buffer[at..]);
}

/// What conversions to one base share.
struct Radix {
    base: u64,
    /// The largest power of the base in a limb is `base^unit`.
    unit: usize,
    power: u64,
    reciprocal: Reciprocal,
    shift: u32,
}

/// Numbers of fewer limbs are converted limb by limb.
const HALVE: usize = 30;

impl Radix {
    fn new(base: u32) -> Radix {
        let base = base as u64;
        let (mut unit, mut power) = (1, base);
        while let Some(next) = power.checked_mul(base) {
            power = next;
            unit += 1;
        }
        let shift = power.leading_zeros();
        Radix {
            base,
            unit,
            power,
            reciprocal: Reciprocal::new(power << shift),
            shift,
        }
    }

    fn write(&self, out: &mut Vec<u8>, digits: &[u32]) {
        let value = limbs::pack(digits);
        // Each level's power is the square of the one before; the last is the first to
        // exceed the root of the value.
        let mut powers: Vec<(Vec<u64>, usize)> = Vec::new();
        if value.len() > HALVE {
            let mut power = vec![1];
            for _ in 0..HALVE / 2 {
                let carry = limbs::mul_small(&mut power, self.power, 0);
                if carry != 0 {
                    power.push(carry);
                }
            }
            let mut count = self.unit * (HALVE / 2);
            while power.len() * 2 <= value.len() + 1 {
                let square = limbs::square(&power);
                powers.push((power, count));
                power = square;
                count *= 2;
            }
            powers.push((power, count));
        }
        self.halve(out, value, &powers, 0);
    }

    /// Writes a value padded with zeros to `width`; 0 is for the head of the number.
    fn halve(
        &self,
        out: &mut Vec<u8>,
        value: Vec<u64>,
        powers: &[(Vec<u64>, usize)],
        width: usize,
    ) {
        let Some(((power, count), rest)) = powers.split_last() else {
            return self.by_limbs(out, value, width);
        };
        if value.len() <= HALVE {
            return self.by_limbs(out, value, width);
        }
        let (high, low) = divrem(&value, power);
        drop(value);
        if width == 0 && high.is_empty() {
            return self.halve(out, low, rest, 0);
        }
        self.halve(out, high, rest, width.saturating_sub(*count));
        self.halve(out, low, rest, *count);
    }

    fn by_limbs(&self, out: &mut Vec<u8>, mut value: Vec<u64>, width: usize) {
        let start = out.len();
        while !value.is_empty() {
            let rest = divrem_small_in_place(&mut value, self.reciprocal, self.shift);
            limbs::trim(&mut value);
            self.limb(out, rest, value.is_empty());
        }
        out.resize(out.len().max(start + width), b'0');
        out[start..].reverse();
    }

    /// The digits of a limb, lowest first; all `unit` of them but in the last limb.
    fn limb(&self, out: &mut Vec<u8>, mut limb: u64, last: bool) {
        if self.base == 10 && !last {
            let (high, low) = (limb / 10_000_000_000_000_000, limb % 10_000_000_000_000_000);
            for eight in [low % 100_000_000, low / 100_000_000] {
                for four in [eight % 10_000, eight / 10_000] {
                    for two in [four % 100, four / 100] {
                        let pair = two as usize * 2;
                        out.extend([PAIRS[pair + 1], PAIRS[pair]]);
                    }
                }
            }
            let high = high as usize;
            out.extend([high % 10, high / 10 % 10, high / 100].map(|d| b'0' + d as u8));
            return;
        }
        let mut written = 0;
        while if last { limb != 0 } else { written < self.unit } {
            out.push(DIGITS[(limb % self.base) as usize]);
            limb /= self.base;
            written += 1;
        }
    }
}
