//! Magnitudes as 64-bit limbs: where everything that is more than linear is done.
//!
//! Limb slices are little-endian. Those that functions return are normalised.

mod basic;
mod div;
mod mul;
mod ntt;

pub(crate) use basic::{
    add_assign, add_mul, add_small, cmp, mul_small, shift_left, sub_assign, trim,
};
pub(crate) use div::{Reciprocal, divrem, divrem_owned, divrem_small_in_place};
pub(crate) use mul::{mul, square};

use crate::{MASK, SHIFT};

/// Packs digits into limbs; the result is normalised when the digits are.
pub(crate) fn pack(digits: &[u32]) -> Vec<u64> {
    let mut out = Vec::with_capacity(digits.len() * 15 / 32 + 2);
    let mut chunks = digits.chunks_exact(2);
    let (mut word, mut bits) = (0u64, 0u32);
    for pair in &mut chunks {
        let value = pair[0] as u64 | (pair[1] as u64) << SHIFT;
        word |= value << bits;
        bits += 2 * SHIFT;
        if bits >= 64 {
            out.push(word);
            bits -= 64;
            word = value >> (60 - bits);
        }
    }
    if let [digit] = chunks.remainder() {
        word |= (*digit as u64) << bits;
        bits += SHIFT;
        if bits >= 64 {
            out.push(word);
            bits -= 64;
            word = *digit as u64 >> (SHIFT - bits);
        }
    }
    if word != 0 {
        out.push(word);
    }
    out
}

/// Writes limbs as digits; `out` must be long enough for the value and is filled up
/// with zeros.
pub(crate) fn unpack_into(out: &mut [u32], limbs: &[u64]) {
    let (mut next, mut word, mut bits) = (0, 0u64, 0u32);
    for slot in out {
        if bits >= SHIFT {
            *slot = word as u32 & MASK;
            word >>= SHIFT;
            bits -= SHIFT;
        } else if next < limbs.len() {
            let limb = limbs[next];
            next += 1;
            *slot = (word | limb << bits) as u32 & MASK;
            word = limb >> (SHIFT - bits);
            bits += 64 - SHIFT;
        } else {
            *slot = word as u32 & MASK;
            word >>= SHIFT;
        }
    }
    debug_assert_eq!(word, 0);
}

/// Limbs as normalised digits.
pub(crate) fn unpack(limbs: &[u64]) -> Vec<u32> {
    let mut out = vec![0; (limbs.len() * 64).div_ceil(SHIFT as usize)];
    unpack_into(&mut out, limbs);
    crate::mag::trim(&mut out);
    out
}
