//! Products of limb slices: schoolbook, Karatsuba, number-theoretic transform.

use super::basic::{add_assign, add_mul, cmp, reverse_sub, sub_assign, trim};
use super::ntt;
use std::cmp::Ordering;

/// Shorter operands are multiplied by the schoolbook method.
const KARATSUBA: usize = 32;
/// Shorter operands are squared by the schoolbook method.
const KARATSUBA_SQUARE: usize = 48;
/// From here on the transform is faster than Karatsuba.
const TRANSFORM: usize = 6000;

/// `a * b`, normalised.
pub(crate) fn mul(a: &[u64], b: &[u64]) -> Vec<u64> {
    if a.is_empty() || b.is_empty() {
        return Vec::new();
    }
    let mut out = vec![0; a.len() + b.len()];
    mul_into(&mut out, a, b);
    trim(&mut out);
    out
}

/// `a * a`, normalised.
pub(crate) fn square(a: &[u64]) -> Vec<u64> {
    let mut out = vec![0; 2 * a.len()];
    if a.len() >= TRANSFORM {
        ntt::square_into(&mut out, a);
    } else {
        let mut scratch = vec![0; scratch_len(a.len())];
        square_with(&mut out, a, &mut scratch);
    }
    trim(&mut out);
    out
}

/// Writes `a * b` to `out`, which has `a.len() + b.len()` limbs.
pub(super) fn mul_into(out: &mut [u64], a: &[u64], b: &[u64]) {
    let (a, b) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    if b.len() < KARATSUBA {
        schoolbook(out, a, b);
    } else if 2 * b.len() <= a.len() + 1 {
        by_pieces(out, a, b);
    } else if b.len() >= TRANSFORM {
        ntt::mul_into(out, a, b);
    } else {
        let mut scratch = vec![0; scratch_len(a.len())];
        karatsuba(out, a, b, &mut scratch);
    }
}

/// What all levels of recursion take together: two halves each.
fn scratch_len(len: usize) -> usize {
    2 * len + 256
}

/// Cuts a much longer operand into pieces of the shorter one's length.
fn by_pieces(out: &mut [u64], a: &[u64], b: &[u64]) {
    out.fill(0);
    let mut product = vec![0; 2 * b.len()];
    for (i, piece) in a.chunks(b.len()).enumerate() {
        let product = &mut product[..piece.len() + b.len()];
        mul_into(product, piece, b);
        add_assign(&mut out[i * b.len()..], product);
    }
}

fn schoolbook(out: &mut [u64], a: &[u64], b: &[u64]) {
    out[..a.len()].fill(0);
    for (i, &factor) in b.iter().enumerate() {
        let carry = add_mul(&mut out[i..], a, factor);
        out[i + a.len()] = carry;
    }
}

fn schoolbook_square(out: &mut [u64], a: &[u64]) {
    out.fill(0);
    for i in 0..a.len() {
        let carry = add_mul(&mut out[2 * i + 1..], &a[i + 1..], a[i]);
        out[i + a.len()] = carry;
    }
    let mut top = 0;
    let mut carry = 0u64;
    for (pair, &x) in out.chunks_exact_mut(2).zip(a) {
        let wide = x as u128 * x as u128;
        let low = pair[0] << 1 | top;
        let high = pair[1] << 1 | pair[0] >> 63;
        top = pair[1] >> 63;
        let sum = low as u128 + (wide as u64) as u128 + carry as u128;
        pair[0] = sum as u64;
        let sum = high as u128 + (wide >> 64) + (sum >> 64);
        pair[1] = sum as u64;
        carry = (sum >> 64) as u64;
    }
}

/// `|x - y|` into `out` (as long as `x`, the longer one); whether it was negative.
fn abs_diff(out: &mut [u64], x: &[u64], y: &[u64]) -> bool {
    out.copy_from_slice(x);
    if cmp(x, y) != Ordering::Less {
        sub_assign(out, y);
        return false;
    }
    // `x` is less than the shorter `y`: its limbs above `y` are zero.
    reverse_sub(&mut out[..y.len()], y);
    true
}

/// Karatsuba's method for `a.len() >= b.len() > a.len() / 2`.
fn karatsuba(out: &mut [u64], a: &[u64], b: &[u64], scratch: &mut [u64]) {
    let half = a.len().div_ceil(2);
    if b.len() < KARATSUBA || b.len() <= half {
        return mul_into(out, a, b);
    }
    let (a0, a1) = a.split_at(half);
    let (b0, b1) = b.split_at(half);
    let (middle, scratch) = scratch.split_at_mut(2 * half);
    let (da, db) = out[..2 * half].split_at_mut(half);
    let negative = abs_diff(da, a0, a1) != abs_diff(db, b0, b1);
    karatsuba(middle, da, db, scratch);
    let (low, high) = out.split_at_mut(2 * half);
    karatsuba(low, a0, b0, scratch);
    if b1.len() * 2 > a1.len() {
        karatsuba(high, a1, b1, scratch);
    } else {
        mul_into(high, a1, b1);
    }
    add_middle(out, middle, half, negative);
}

fn square_with(out: &mut [u64], a: &[u64], scratch: &mut [u64]) {
    if a.len() < KARATSUBA_SQUARE {
        return schoolbook_square(out, a);
    }
    let half = a.len().div_ceil(2);
    let (a0, a1) = a.split_at(half);
    let (middle, scratch) = scratch.split_at_mut(2 * half);
    let difference = &mut out[..half];
    abs_diff(difference, a0, a1);
    square_with(middle, difference, scratch);
    let (low, high) = out.split_at_mut(2 * half);
    square_with(low, a0, scratch);
    square_with(high, a1, scratch);
    add_middle(out, middle, half, false);
}

/// Adds `low + high - product` (or `+ product`) of Karatsuba's method at `half`, where
/// `low` and `high` are the halves of `out` and `product` is `middle`.
fn add_middle(out: &mut [u64], middle: &mut [u64], half: usize, add: bool) {
    let (low, high) = out.split_at_mut(2 * half);
    let mut carry = 0i64;
    if add {
        carry += add_assign(middle, low) as i64;
    } else {
        carry -= reverse_sub(middle, low) as i64;
    }
    carry += add_assign(middle, high) as i64;
    debug_assert!(carry >= 0);
    add_assign(&mut out[half..], middle);
    let top = &mut out[3 * half..];
    super::basic::add_small(top, carry as u64);
}
