//! Products of huge limb slices by a number-theoretic transform.
//!
//! The field is that of p = 2^64 - 2^32 + 1, where reduction is shifts and additions
//! and roots of unity exist up to order 2^32. Operands are cut into 16-bit pieces, so
//! that a sum of 2^31 products of pieces is below p: the convolution is exact.

const P: u64 = 0xFFFF_FFFF_0000_0001;
/// 2^64 mod p.
const EPSILON: u64 = 0xFFFF_FFFF;
/// A generator of the multiplicative group.
const GENERATOR: u64 = 7;

#[inline(always)]
fn mul_mod(a: u64, b: u64) -> u64 {
    let wide = a as u128 * b as u128;
    let (low, high) = (wide as u64, (wide >> 64) as u64);
    let (mut t, borrow) = low.overflowing_sub(high >> 32);
    t = t.wrapping_sub(EPSILON * borrow as u64);
    let (sum, carry) = t.overflowing_add((high & EPSILON) * EPSILON);
    let sum = sum.wrapping_add(EPSILON * carry as u64);
    if sum >= P { sum - P } else { sum }
}

#[inline(always)]
fn add_mod(a: u64, b: u64) -> u64 {
    let (sum, carry) = a.overflowing_add(b);
    let (reduced, below) = sum.overflowing_sub(P);
    if carry || !below { reduced } else { sum }
}

#[inline(always)]
fn sub_mod(a: u64, b: u64) -> u64 {
    let (difference, borrow) = a.overflowing_sub(b);
    if borrow {
        difference.wrapping_add(P)
    } else {
        difference
    }
}

fn pow_mod(mut base: u64, mut exponent: u64) -> u64 {
    let mut result = 1;
    while exponent != 0 {
        if exponent & 1 != 0 {
            result = mul_mod(result, base);
        }
        base = mul_mod(base, base);
        exponent >>= 1;
    }
    result
}

/// For each size 2^k up to `len` its first half of powers of the root, one after the
/// other: those of size 2^k start at 2^(k-1).
fn roots(len: usize, inverse: bool) -> Vec<u64> {
    let mut out = vec![1; len.max(2)];
    let mut size = 2;
    while size <= len {
        let mut root = pow_mod(GENERATOR, (P - 1) / size as u64);
        if inverse {
            root = pow_mod(root, P - 2);
        }
        let half = size / 2;
        for i in 1..half {
            out[half + i] = mul_mod(out[half + i - 1], root);
        }
        size *= 2;
    }
    out
}

/// Forward transform; leaves the result in bit-reversed order. Halves are done one
/// after the other, so that they stay in the cache once they fit.
fn forward(data: &mut [u64], roots: &[u64]) {
    let half = data.len() / 2;
    if half == 0 {
        return;
    }
    let (left, right) = data.split_at_mut(half);
    for ((x, y), &w) in left
        .iter_mut()
        .zip(right.iter_mut())
        .zip(&roots[half..2 * half])
    {
        let (a, b) = (*x, *y);
        *x = add_mod(a, b);
        *y = mul_mod(sub_mod(a, b), w);
    }
    forward(left, roots);
    forward(right, roots);
}

/// Inverse transform of bit-reversed data, without the division by the length.
fn backward(data: &mut [u64], roots: &[u64]) {
    let half = data.len() / 2;
    if half == 0 {
        return;
    }
    let (left, right) = data.split_at_mut(half);
    backward(left, roots);
    backward(right, roots);
    for ((x, y), &w) in left
        .iter_mut()
        .zip(right.iter_mut())
        .zip(&roots[half..2 * half])
    {
        let a = *x;
        let b = mul_mod(*y, w);
        *x = add_mod(a, b);
        *y = sub_mod(a, b);
    }
}

fn pieces(a: &[u64], len: usize) -> Vec<u64> {
    let mut out = Vec::with_capacity(len);
    for &x in a {
        out.extend([x & 0xFFFF, x >> 16 & 0xFFFF, x >> 32 & 0xFFFF, x >> 48]);
    }
    out.resize(len, 0);
    out
}

fn finish(out: &mut [u64], mut data: Vec<u64>) {
    let len = data.len();
    backward(&mut data, &roots(len, true));
    let scale = pow_mod(len as u64, P - 2);
    let mut carry = 0u128;
    for (slot, four) in out.iter_mut().zip(data.chunks_exact(4)) {
        let mut limb = 0;
        for (i, &x) in four.iter().enumerate() {
            carry += mul_mod(x, scale) as u128;
            limb |= (carry as u64 & 0xFFFF) << (16 * i);
            carry >>= 16;
        }
        *slot = limb;
    }
    debug_assert_eq!(carry, 0);
}

/// Writes `a * b` to `out`, which has `a.len() + b.len()` limbs.
pub(super) fn mul_into(out: &mut [u64], a: &[u64], b: &[u64]) {
    let len = (4 * out.len()).next_power_of_two();
    let table = roots(len, false);
    let mut x = pieces(a, len);
    forward(&mut x, &table);
    let mut y = pieces(b, len);
    forward(&mut y, &table);
    drop(table);
    for (x, &y) in x.iter_mut().zip(&y) {
        *x = mul_mod(*x, y);
    }
    drop(y);
    finish(out, x);
}

/// Writes `a * a` to `out`, which has `2 * a.len()` limbs.
pub(super) fn square_into(out: &mut [u64], a: &[u64]) {
    let len = (4 * out.len()).next_power_of_two();
    let mut x = pieces(a, len);
    forward(&mut x, &roots(len, false));
    for x in &mut x {
        *x = mul_mod(*x, *x);
    }
    finish(out, x);
}
