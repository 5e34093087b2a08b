//! Quotients of limb slices: by one limb, Knuth's algorithm D, Burnikel and Ziegler.

use super::basic::{add_assign, cmp, decrement, sub_assign, sub_mul, trim};
use super::mul::mul_into;
use std::cmp::Ordering;

/// Shorter divisors are handled by algorithm D.
const RECURSIVE: usize = 64;

/// A normalised divisor (top bit set) with its reciprocal, for quotients of two limbs
/// by one without a division (Möller and Granlund, "Improved division by invariant
/// integers").
#[derive(Clone, Copy)]
pub(crate) struct Reciprocal {
    divisor: u64,
    inverse: u64,
}

impl Reciprocal {
    /// For a divisor with its top bit set.
    pub(crate) fn new(divisor: u64) -> Reciprocal {
        debug_assert!(divisor >> 63 == 1);
        Reciprocal {
            divisor,
            inverse: (u128::MAX / divisor as u128) as u64,
        }
    }

    /// Quotient and remainder of `high * 2^64 + low`; `high` is below the divisor.
    #[inline(always)]
    pub(crate) fn divrem(self, high: u64, low: u64) -> (u64, u64) {
        let estimate = self.inverse as u128 * high as u128 + ((high as u128) << 64 | low as u128);
        let mut q = ((estimate >> 64) as u64).wrapping_add(1);
        let mut r = low.wrapping_sub(q.wrapping_mul(self.divisor));
        if r > estimate as u64 {
            q = q.wrapping_sub(1);
            r = r.wrapping_add(self.divisor);
        }
        if r >= self.divisor {
            q = q.wrapping_add(1);
            r -= self.divisor;
        }
        (q, r)
    }
}

/// Divides `a` by a limb in place and returns the remainder. The reciprocal is that of
/// the divisor shifted left by `shift`, its number of leading zeros.
pub(crate) fn divrem_small_in_place(a: &mut [u64], by: Reciprocal, shift: u32) -> u64 {
    if shift == 0 {
        let mut remainder = 0;
        for x in a.iter_mut().rev() {
            let (q, r) = by.divrem(remainder, *x);
            *x = q;
            remainder = r;
        }
        return remainder;
    }
    let mut remainder = match a.last() {
        Some(&top) => top >> (64 - shift),
        None => return 0,
    };
    for i in (0..a.len()).rev() {
        let below = if i > 0 { a[i - 1] >> (64 - shift) } else { 0 };
        let (q, r) = by.divrem(remainder, a[i] << shift | below);
        a[i] = q;
        remainder = r;
    }
    remainder >> shift
}

/// Quotient and remainder, normalised; `b` is normalised and not zero.
pub(crate) fn divrem(a: &[u64], b: &[u64]) -> (Vec<u64>, Vec<u64>) {
    let mut dividend = Vec::with_capacity(a.len() + 1);
    dividend.extend_from_slice(a);
    divrem_owned(dividend, b.to_vec())
}

/// The same for operands that are no longer needed.
pub(crate) fn divrem_owned(mut a: Vec<u64>, mut b: Vec<u64>) -> (Vec<u64>, Vec<u64>) {
    if cmp(&a, &b) == Ordering::Less {
        return (Vec::new(), a);
    }
    let shift = b[b.len() - 1].leading_zeros();
    if b.len() == 1 {
        let by = Reciprocal::new(b[0] << shift);
        let remainder = divrem_small_in_place(&mut a, by, shift);
        trim(&mut a);
        b[0] = remainder;
        trim(&mut b);
        return (a, b);
    }
    let over = shift_left_in_place(&mut a, shift);
    a.push(over);
    shift_left_in_place(&mut b, shift);
    let mut quotient = vec![0; a.len() - b.len()];
    divide(&mut a, &b, &mut quotient);
    a.truncate(b.len());
    shift_right_in_place(&mut a, shift);
    trim(&mut a);
    trim(&mut quotient);
    (quotient, a)
}

/// `a << shift` for less than a limb; what runs over.
fn shift_left_in_place(a: &mut [u64], shift: u32) -> u64 {
    if shift == 0 {
        return 0;
    }
    let mut carry = 0;
    for x in a {
        let next = *x >> (64 - shift);
        *x = *x << shift | carry;
        carry = next;
    }
    carry
}

/// `a >> shift` for less than a limb.
fn shift_right_in_place(a: &mut [u64], shift: u32) {
    if shift == 0 {
        return;
    }
    let mut carry = 0;
    for x in a.iter_mut().rev() {
        let next = *x << (64 - shift);
        *x = *x >> shift | carry;
        carry = next;
    }
}

/// Divides in place: `q.len() == a.len() - b.len()`, `b` has its top bit set and the
/// top limbs of `a` are below `b`. The remainder is left in the low limbs of `a`.
fn divide(a: &mut [u64], b: &[u64], q: &mut [u64]) {
    let n = b.len();
    let m = q.len();
    if n < RECURSIVE || m < RECURSIVE / 2 {
        return knuth(a, b, q);
    }
    if m < n {
        return divide_short(a, b, q);
    }
    // Pad the divisor at the low end so that it can be halved down to the threshold.
    let levels = (n / RECURSIVE + 1).next_power_of_two().trailing_zeros();
    let unit = n.div_ceil(1 << levels);
    let padded = unit << levels;
    let pad = padded - n;
    let mut divisor = vec![0; pad];
    divisor.extend_from_slice(b);
    let blocks = m.div_ceil(padded);
    let mut dividend = vec![0; pad];
    dividend.extend_from_slice(a);
    dividend.resize((blocks + 1) * padded, 0);
    let mut quotient = vec![0; blocks * padded];
    let mut scratch = vec![0; padded];
    for i in (0..blocks).rev() {
        let low = i * padded;
        divide_even(
            &mut dividend[low..low + 2 * padded],
            &divisor,
            &mut quotient[low..low + padded],
            &mut scratch,
        );
    }
    a.fill(0);
    a[..n].copy_from_slice(&dividend[pad..padded]);
    q.copy_from_slice(&quotient[..m]);
}

/// A quotient shorter than the divisor: estimated from the top limbs, then corrected.
fn divide_short(a: &mut [u64], b: &[u64], q: &mut [u64]) {
    let m = q.len();
    let skip = b.len() - m;
    let top = &mut a[skip..];
    let top_divisor = &b[skip..];
    let saturated = cmp(&top[m..], top_divisor) != Ordering::Less;
    if saturated {
        saturate(top, top_divisor, q);
    } else {
        divide(top, top_divisor, q);
    }
    let mut product = vec![0; skip + m];
    mul_into(&mut product, q, &b[..skip]);
    correct(a, b, q, &product);
}

/// The quotient would not fit: all ones is the best estimate. `a` becomes what is left.
fn saturate(a: &mut [u64], b: &[u64], q: &mut [u64]) {
    q.fill(u64::MAX);
    sub_assign(&mut a[q.len()..], b);
    add_assign(a, b);
}

/// Takes `product` from `a`; the estimate `q` is lowered until that is not negative.
fn correct(a: &mut [u64], b: &[u64], q: &mut [u64], product: &[u64]) {
    let mut negative = sub_assign(a, product);
    while negative {
        decrement(q);
        negative = !add_assign(a, b);
    }
}

/// `a` (2n limbs, top half below `b`) by `b` (n limbs), by two quotients of 3n/2 by n.
fn divide_even(a: &mut [u64], b: &[u64], q: &mut [u64], scratch: &mut [u64]) {
    let n = b.len();
    if !n.is_multiple_of(2) || n < RECURSIVE {
        return knuth(a, b, q);
    }
    let half = n / 2;
    let (low, high) = q.split_at_mut(half);
    divide_three_halves(&mut a[half..], b, high, scratch);
    divide_three_halves(&mut a[..3 * half], b, low, scratch);
}

fn divide_three_halves(a: &mut [u64], b: &[u64], q: &mut [u64], scratch: &mut [u64]) {
    let half = q.len();
    let (low, high) = b.split_at(half);
    if cmp(&a[2 * half..], high) == Ordering::Less {
        divide_even(&mut a[half..], high, q, scratch);
    } else {
        saturate(&mut a[half..], high, q);
    }
    let product = &mut scratch[..2 * half];
    mul_into(product, q, low);
    let mut negative = sub_assign(a, product);
    while negative {
        decrement(q);
        negative = !add_assign(a, b);
    }
}

/// Knuth, "The Art of Computer Programming", volume 2, 4.3.1, algorithm D.
fn knuth(a: &mut [u64], b: &[u64], q: &mut [u64]) {
    let n = b.len();
    if n == 1 {
        let by = Reciprocal::new(b[0]);
        let mut remainder = a[a.len() - 1];
        for i in (0..q.len()).rev() {
            let (digit, rest) = by.divrem(remainder, a[i]);
            q[i] = digit;
            remainder = rest;
        }
        a.fill(0);
        a[0] = remainder;
        return;
    }
    let (top, second) = (b[n - 1], b[n - 2]);
    let by = Reciprocal::new(top);
    for j in (0..q.len()).rev() {
        let a = &mut a[j..j + n + 1];
        let mut digit = estimate(by, top, second, a[n], a[n - 1], a[n - 2]);
        let carry = sub_mul(&mut a[..n], b, digit);
        let (rest, borrow) = a[n].overflowing_sub(carry);
        a[n] = rest;
        if borrow {
            digit -= 1;
            let carry = add_assign(&mut a[..n], b);
            a[n] = a[n].wrapping_add(carry as u64);
        }
        q[j] = digit;
    }
}

/// A quotient digit from three limbs by two: right or one too large.
#[inline(always)]
fn estimate(by: Reciprocal, top: u64, second: u64, a2: u64, a1: u64, a0: u64) -> u64 {
    let (mut digit, rest) = if a2 >= top {
        let (rest, over) = a1.overflowing_add(top);
        if over {
            return u64::MAX;
        }
        (u64::MAX, rest)
    } else {
        by.divrem(a2, a1)
    };
    let mut rest = rest;
    while digit as u128 * second as u128 > ((rest as u128) << 64 | a0 as u128) {
        digit -= 1;
        let (next, over) = rest.overflowing_add(top);
        if over {
            break;
        }
        rest = next;
    }
    digit
}
