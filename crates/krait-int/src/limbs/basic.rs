//! Linear operations on limbs.

use std::cmp::Ordering;

/// Removes leading zero limbs.
pub(crate) fn trim(a: &mut Vec<u64>) {
    while a.last() == Some(&0) {
        a.pop();
    }
}

/// Whether all limbs are zero.
pub(crate) fn is_zero(a: &[u64]) -> bool {
    a.iter().all(|&x| x == 0)
}

/// The order of two limb slices, which need not be normalised.
pub(crate) fn cmp(a: &[u64], b: &[u64]) -> Ordering {
    let common = a.len().min(b.len());
    if !is_zero(&a[common..]) {
        return Ordering::Greater;
    }
    if !is_zero(&b[common..]) {
        return Ordering::Less;
    }
    a[..common].iter().rev().cmp(b[..common].iter().rev())
}

/// `a += b`, with `b` no longer than `a`; the carry out of `a`.
#[inline]
pub(crate) fn add_assign(a: &mut [u64], b: &[u64]) -> bool {
    let (low, high) = a.split_at_mut(b.len());
    let mut carry = false;
    for (x, &y) in low.iter_mut().zip(b) {
        let (sum, c1) = x.overflowing_add(y);
        let (sum, c2) = sum.overflowing_add(carry as u64);
        *x = sum;
        carry = c1 | c2;
    }
    if carry { increment(high) } else { false }
}

/// `a += 1`; the carry.
fn increment(a: &mut [u64]) -> bool {
    for x in a {
        *x = x.wrapping_add(1);
        if *x != 0 {
            return false;
        }
    }
    true
}

/// `a -= b`, with `b` no longer than `a`; the borrow out of `a`.
#[inline]
pub(crate) fn sub_assign(a: &mut [u64], b: &[u64]) -> bool {
    let (low, high) = a.split_at_mut(b.len());
    let mut borrow = false;
    for (x, &y) in low.iter_mut().zip(b) {
        let (difference, b1) = x.overflowing_sub(y);
        let (difference, b2) = difference.overflowing_sub(borrow as u64);
        *x = difference;
        borrow = b1 | b2;
    }
    if borrow { decrement(high) } else { false }
}

/// `a -= 1`; the borrow.
pub(super) fn decrement(a: &mut [u64]) -> bool {
    for x in a {
        *x = x.wrapping_sub(1);
        if *x != u64::MAX {
            return false;
        }
    }
    true
}

/// `a = b - a` for operands of one length; the borrow.
pub(super) fn reverse_sub(a: &mut [u64], b: &[u64]) -> bool {
    let mut borrow = false;
    for (x, &y) in a.iter_mut().zip(b) {
        let (difference, b1) = y.overflowing_sub(*x);
        let (difference, b2) = difference.overflowing_sub(borrow as u64);
        *x = difference;
        borrow = b1 | b2;
    }
    borrow
}

/// `a += small`; the carry.
pub(crate) fn add_small(a: &mut [u64], small: u64) -> bool {
    let Some((first, rest)) = a.split_first_mut() else {
        return small != 0;
    };
    let (sum, carry) = first.overflowing_add(small);
    *first = sum;
    carry && increment(rest)
}

/// `a = a * factor + carry`; the limb that runs over.
pub(crate) fn mul_small(a: &mut [u64], factor: u64, carry: u64) -> u64 {
    let mut carry = carry;
    for x in a {
        let wide = *x as u128 * factor as u128 + carry as u128;
        *x = wide as u64;
        carry = (wide >> 64) as u64;
    }
    carry
}

/// `out += a * factor` over `a.len()` limbs; the limb that runs over.
#[inline]
pub(crate) fn add_mul(out: &mut [u64], a: &[u64], factor: u64) -> u64 {
    let mut carry = 0u64;
    let len = a.len();
    let out = &mut out[..len];
    for (slot, &x) in out.iter_mut().zip(a) {
        let wide = x as u128 * factor as u128 + *slot as u128 + carry as u128;
        *slot = wide as u64;
        carry = (wide >> 64) as u64;
    }
    carry
}

/// `out -= a * factor` over `a.len()` limbs; what is still to be taken from the next.
#[inline]
pub(crate) fn sub_mul(out: &mut [u64], a: &[u64], factor: u64) -> u64 {
    let mut carry = 0u64;
    let out = &mut out[..a.len()];
    for (slot, &x) in out.iter_mut().zip(a) {
        let wide = x as u128 * factor as u128 + carry as u128;
        let (difference, borrow) = slot.overflowing_sub(wide as u64);
        *slot = difference;
        carry = (wide >> 64) as u64 + borrow as u64;
    }
    carry
}

/// `a << count` in a fresh vector, with `extra` further limbs on top (not normalised).
pub(crate) fn shift_left(a: &[u64], count: u64, extra: usize) -> Vec<u64> {
    let words = (count / 64) as usize;
    let bits = (count % 64) as u32;
    let mut out = Vec::with_capacity(words + a.len() + 1 + extra);
    out.resize(words, 0);
    if bits == 0 {
        out.extend_from_slice(a);
        out.push(0);
    } else {
        let mut carry = 0;
        for &x in a {
            out.push(x << bits | carry);
            carry = x >> (64 - bits);
        }
        out.push(carry);
    }
    out.resize(out.len() + extra, 0);
    out
}
