//! Products of magnitudes.

use crate::{MASK, SHIFT, limbs, mag};

/// From this length of the shorter operand on, columns are faster than rows.
const COLUMNS: usize = 6;
/// From this length of the shorter operand on, packing into limbs pays. Column sums
/// of the digit method also need it to be at most 15.
const PACK: usize = 10;

/// Writes `a * b` to `out`, which has exactly `a.len() + b.len()` digits. The result is
/// not normalised: its top digit may be zero.
pub fn mul_into(out: &mut [u32], a: &[u32], b: &[u32]) {
    let (a, b) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    assert_eq!(out.len(), a.len() + b.len());
    match b {
        [] => out.fill(0),
        [digit] => mul_digit(out, a, *digit),
        _ if b.len() < COLUMNS => rows(out, a, b),
        _ if b.len() < PACK => columns(out, a, b),
        _ => packed(out, a, b),
    }
}

/// `a * b`.
pub fn mul_mag(a: &[u32], b: &[u32]) -> Vec<u32> {
    if a.is_empty() || b.is_empty() {
        return Vec::new();
    }
    let mut out = vec![0; a.len() + b.len()];
    mul_into(&mut out, a, b);
    mag::trim(&mut out);
    out
}

/// `a * a`.
pub fn square_mag(a: &[u32]) -> Vec<u32> {
    mul_mag(a, a)
}

/// Two digits at a time: what is carried from one to the next is what takes the time.
fn mul_digit(out: &mut [u32], a: &[u32], digit: u32) {
    let (outs, _) = out.as_chunks_mut::<2>();
    let (pairs, last) = a.as_chunks::<2>();
    let mut carry = 0u64;
    for (slot, &pair) in outs.iter_mut().zip(pairs) {
        let product = mag::joined(pair) as u128 * digit as u128 + carry as u128;
        *slot = mag::parted(product as u64);
        carry = (product >> (2 * SHIFT)) as u64;
    }
    if let [d] = last {
        carry += *d as u64 * digit as u64;
        out[a.len() - 1] = carry as u32 & MASK;
        carry >>= SHIFT;
    }
    out[a.len()] = carry as u32;
}

/// One row after the other, as on paper.
fn rows(out: &mut [u32], a: &[u32], b: &[u32]) {
    mul_digit(out, a, b[0]);
    for (i, &digit) in b.iter().enumerate().skip(1) {
        let mut carry = 0u64;
        for (slot, &d) in out[i..].iter_mut().zip(a) {
            carry += d as u64 * digit as u64 + *slot as u64;
            *slot = carry as u32 & MASK;
            carry >>= SHIFT;
        }
        out[i + a.len()] = carry as u32;
    }
}

/// Product scanning: one column of the result at a time. With fewer than 15 products
/// of 60 bits a column fits into 64 bits together with the carry.
fn columns(out: &mut [u32], a: &[u32], b: &[u32]) {
    let mut carry = 0u64;
    for (k, slot) in out.iter_mut().enumerate() {
        let first = (k + 1).saturating_sub(a.len());
        let last = (k + 1).min(b.len());
        let mut sum = carry;
        if first < last {
            let left = &b[first..last];
            let right = &a[k + 1 - last..k + 1 - first];
            for (&x, &y) in left.iter().zip(right.iter().rev()) {
                sum += x as u64 * y as u64;
            }
        }
        *slot = sum as u32 & MASK;
        carry = sum >> SHIFT;
    }
    debug_assert_eq!(carry, 0);
}

fn packed(out: &mut [u32], a: &[u32], b: &[u32]) {
    let x = limbs::pack(a);
    if std::ptr::eq(a, b) || a == b {
        let product = limbs::square(&x);
        limbs::unpack_into(out, &product);
    } else {
        let y = limbs::pack(b);
        let product = limbs::mul(&x, &y);
        limbs::unpack_into(out, &product);
    }
}
