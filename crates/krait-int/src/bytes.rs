//! `int.to_bytes` and `int.from_bytes`.

use crate::number::{Signed, SignedRef};
use crate::{MASK, SHIFT};

/// The order of the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteOrder {
    /// The least significant byte comes first.
    Little,
    /// The most significant byte comes first.
    Big,
}

/// Why a number has no representation of the length asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BytesOverflow {
    /// "int too big to convert".
    TooBig,
    /// "can't convert negative int to unsigned".
    Negative,
}

/// The number whose bytes these are, in two's complement when `signed`.
pub fn from_bytes(bytes: &[u8], order: ByteOrder, signed: bool) -> Signed {
    let top = match order {
        ByteOrder::Little => bytes.last(),
        ByteOrder::Big => bytes.first(),
    };
    let negative = signed && top.is_some_and(|b| b & 0x80 != 0);
    let digits = match order {
        ByteOrder::Little => gather(bytes.iter().copied(), bytes.len(), negative),
        ByteOrder::Big => gather(bytes.iter().rev().copied(), bytes.len(), negative),
    };
    Signed::new(negative, digits)
}

fn gather(bytes: impl Iterator<Item = u8>, len: usize, negative: bool) -> Vec<u32> {
    let mut digits = Vec::with_capacity(len * 8 / SHIFT as usize + 2);
    let (mut word, mut bits, mut carry) = (0u64, 0, 1);
    for byte in bytes {
        let mut byte = byte as u64;
        if negative {
            byte = (byte ^ 0xFF) + carry;
            carry = byte >> 8;
            byte &= 0xFF;
        }
        word |= byte << bits;
        bits += 8;
        if bits >= SHIFT {
            digits.push(word as u32 & MASK);
            word >>= SHIFT;
            bits -= SHIFT;
        }
    }
    digits.push(word as u32);
    digits
}

/// Fills `out` with the number's bytes, in two's complement when `signed`.
pub fn to_bytes(
    a: SignedRef,
    out: &mut [u8],
    order: ByteOrder,
    signed: bool,
) -> Result<(), BytesOverflow> {
    if a.negative && !signed {
        return Err(BytesOverflow::Negative);
    }
    let len = out.len();
    let fits = match order {
        ByteOrder::Little => scatter(a, out.iter_mut()),
        ByteOrder::Big => scatter(a, out.iter_mut().rev()),
    };
    let top = match order {
        _ if len == 0 => 0,
        ByteOrder::Little => out[len - 1],
        ByteOrder::Big => out[0],
    };
    let sign_wrong = signed && len > 0 && !a.is_zero() && (top & 0x80 != 0) != a.negative;
    if !fits || sign_wrong {
        return Err(BytesOverflow::TooBig);
    }
    Ok(())
}

/// Writes bytes from the lowest; whether nothing of the magnitude was left over.
fn scatter<'a>(a: SignedRef, out: impl Iterator<Item = &'a mut u8>) -> bool {
    let mut digits = a.digits.iter();
    let (mut word, mut bits, mut carry) = (0u64, 0, 1u64);
    for slot in out {
        if bits < 8 {
            word |= digits.next().map_or(0, |&d| (d as u64) << bits);
            bits += SHIFT;
        }
        let mut byte = word & 0xFF;
        word >>= 8;
        bits -= 8;
        if a.negative {
            byte = (byte ^ 0xFF) + carry;
            carry = byte >> 8;
        }
        *slot = byte as u8;
    }
    word == 0 && digits.as_slice().is_empty()
}
