//! Linear operations on magnitudes: comparison, sum, difference, shifts, bit counts.

use std::cmp::Ordering;

use crate::{MASK, SHIFT};

/// The slice without leading zero digits.
pub fn normalize(digits: &[u32]) -> &[u32] {
    let mut len = digits.len();
    while len > 0 && digits[len - 1] == 0 {
        len -= 1;
    }
    &digits[..len]
}

/// Removes leading zero digits.
pub fn trim(digits: &mut Vec<u32>) {
    digits.truncate(normalize(digits).len());
}

/// The order of two normalised magnitudes.
pub fn cmp_mag(a: &[u32], b: &[u32]) -> Ordering {
    a.len()
        .cmp(&b.len())
        .then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

/// Writes `a + b` to `out`, which has one digit more than the longer operand, and
/// returns the normalised length.
pub fn add_into(out: &mut [u32], a: &[u32], b: &[u32]) -> usize {
    let (a, b) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let (low, high) = a.split_at(b.len());
    let out = &mut out[..a.len() + 1];
    let mut carry = add_pairs(out, low, b);
    for (slot, &x) in out[b.len()..].iter_mut().zip(high) {
        let sum = x + carry;
        *slot = sum & MASK;
        carry = sum >> SHIFT;
    }
    out[a.len()] = carry;
    a.len() + carry as usize
}

/// Adds operands of one length, two digits at a time; the carry.
#[inline(always)]
fn add_pairs(out: &mut [u32], a: &[u32], b: &[u32]) -> u32 {
    let out = &mut out[..a.len()];
    let (outs, last) = out.as_chunks_mut::<2>();
    let (xs, x) = a.as_chunks::<2>();
    let (ys, y) = b.as_chunks::<2>();
    let mut carry = 0;
    for ((slot, x), y) in outs.iter_mut().zip(xs).zip(ys) {
        let low = x[0] as u64 + y[0] as u64;
        let high = x[1] as u64 + y[1] as u64;
        let sum = low + (high << SHIFT) + carry;
        *slot = [sum as u32 & MASK, (sum >> SHIFT) as u32 & MASK];
        carry = sum >> (2 * SHIFT);
    }
    if let ([slot], [x], [y]) = (last, x, y) {
        let sum = x + y + carry as u32;
        *slot = sum & MASK;
        carry = (sum >> SHIFT) as u64;
    }
    carry as u32
}

/// Two digits as one number.
#[inline(always)]
pub(crate) fn joined(pair: [u32; 2]) -> u64 {
    pair[0] as u64 | (pair[1] as u64) << SHIFT
}

/// The lowest two digits of a number.
#[inline(always)]
pub(crate) fn parted(value: u64) -> [u32; 2] {
    [value as u32 & MASK, (value >> SHIFT) as u32 & MASK]
}

/// Subtracts operands of one length, two digits at a time; the borrow.
#[inline(always)]
fn sub_pairs(out: &mut [u32], a: &[u32], b: &[u32]) -> u32 {
    let (outs, _) = out.as_chunks_mut::<2>();
    let (xs, x) = a.as_chunks::<2>();
    let (ys, y) = b.as_chunks::<2>();
    let mut borrow = 0;
    for ((slot, &x), &y) in outs.iter_mut().zip(xs).zip(ys) {
        let difference = joined(x).wrapping_sub(joined(y)).wrapping_sub(borrow);
        *slot = parted(difference);
        borrow = difference >> 63;
    }
    let mut borrow = borrow as u32;
    if let ([x], [y]) = (x, y) {
        let difference = x.wrapping_sub(*y).wrapping_sub(borrow);
        out[a.len() - 1] = difference & MASK;
        borrow = difference >> 31;
    }
    borrow
}

/// Writes `a - b` to `out`, which has as many digits as `a`, and returns the
/// normalised length. `a` must not be less than `b`.
pub fn sub_into(out: &mut [u32], a: &[u32], b: &[u32]) -> usize {
    let (low, high) = a.split_at(b.len());
    let mut borrow = sub_pairs(out, low, b);
    for (slot, &x) in out[b.len()..].iter_mut().zip(high) {
        let difference = x.wrapping_sub(borrow);
        *slot = difference & MASK;
        borrow = difference >> 31;
    }
    debug_assert_eq!(borrow, 0);
    normalize(&out[..a.len()]).len()
}

/// `a + b`.
pub fn add_mag(a: &[u32], b: &[u32]) -> Vec<u32> {
    let mut out = vec![0; a.len().max(b.len()) + 1];
    let len = add_into(&mut out, a, b);
    out.truncate(len);
    out
}

/// `a - b`; `a` must not be less than `b`.
pub fn sub_mag(a: &[u32], b: &[u32]) -> Vec<u32> {
    let mut out = vec![0; a.len()];
    let len = sub_into(&mut out, a, b);
    out.truncate(len);
    out
}

/// How many bits the magnitude needs; 0 for zero.
pub fn bit_length(digits: &[u32]) -> u64 {
    match digits.last() {
        None => 0,
        Some(top) => digits.len() as u64 * SHIFT as u64 - (top.leading_zeros() as u64 - 2),
    }
}

/// How many bits of the magnitude are one.
pub fn bit_count(digits: &[u32]) -> u64 {
    digits.iter().map(|d| d.count_ones() as u64).sum()
}

/// Bit `index` of the magnitude.
pub(crate) fn bit(digits: &[u32], index: u64) -> bool {
    let word = (index / SHIFT as u64) as usize;
    word < digits.len() && digits[word] >> (index % SHIFT as u64) & 1 != 0
}

/// `a << count`. The caller has made sure that the result fits in memory.
pub fn shl_mag(a: &[u32], count: u64) -> Vec<u32> {
    if a.is_empty() {
        return Vec::new();
    }
    let words = (count / SHIFT as u64) as usize;
    let bits = (count % SHIFT as u64) as u32;
    let mut out = Vec::with_capacity(words + a.len() + 1);
    out.resize(words, 0);
    let mut carry = 0u64;
    for &d in a {
        carry |= (d as u64) << bits;
        out.push(carry as u32 & MASK);
        carry >>= SHIFT;
    }
    if carry != 0 {
        out.push(carry as u32);
    }
    out
}

/// `a >> count`, rounded towards zero.
pub fn shr_mag(a: &[u32], count: u64) -> Vec<u32> {
    let words = (count / SHIFT as u64).min(a.len() as u64) as usize;
    let bits = (count % SHIFT as u64) as u32;
    let a = &a[words..];
    if bits == 0 {
        return a.to_vec();
    }
    let mut out = Vec::with_capacity(a.len());
    for (i, &d) in a.iter().enumerate() {
        let next = a.get(i + 1).copied().unwrap_or(0);
        out.push((d >> bits | next << (SHIFT - bits)) & MASK);
    }
    trim(&mut out);
    out
}

/// Whether any of the low `count` bits is one.
pub(crate) fn any_low_bits(a: &[u32], count: u64) -> bool {
    let words = count / SHIFT as u64;
    if words >= a.len() as u64 {
        return !a.is_empty();
    }
    let words = words as usize;
    let mask = (1u32 << (count % SHIFT as u64)) - 1;
    a[words] & mask != 0 || a[..words].iter().any(|&d| d != 0)
}
