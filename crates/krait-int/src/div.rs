//! Quotients: of magnitudes (truncated) and of numbers (Python's floor semantics).

use std::cmp::Ordering;

use crate::number::{self, Signed, SignedRef};
use crate::{MASK, SHIFT, limbs, mag};

/// The divisor was zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DivisionByZero;

/// Writes `a / digit` to `out` (as long as `a`, not normalised) and returns the
/// remainder. `digit` is not zero.
pub fn divrem_digit_into(out: &mut [u32], a: &[u32], digit: u32) -> u32 {
    let mut remainder = 0u64;
    for (slot, &d) in out[..a.len()].iter_mut().zip(a).rev() {
        let value = remainder << SHIFT | d as u64;
        let quotient = value / digit as u64;
        *slot = quotient as u32;
        remainder = value - quotient * digit as u64;
    }
    remainder as u32
}

/// Quotient and remainder by one digit, which is not zero.
pub fn divrem_digit(a: &[u32], digit: u32) -> (Vec<u32>, u32) {
    let mut out = vec![0; a.len()];
    let remainder = divrem_digit_into(&mut out, a, digit);
    mag::trim(&mut out);
    (out, remainder)
}

/// Quotient and remainder of magnitudes; `b` is not zero.
pub fn divrem_mag(a: &[u32], b: &[u32]) -> (Vec<u32>, Vec<u32>) {
    if mag::cmp_mag(a, b) == Ordering::Less {
        return (Vec::new(), a.to_vec());
    }
    if let [digit] = *b {
        let (quotient, remainder) = divrem_digit(a, digit);
        let remainder = if remainder == 0 {
            vec![]
        } else {
            vec![remainder]
        };
        return (quotient, remainder);
    }
    if a.len() <= 4 {
        let (x, y) = (small(a), small(b));
        if x >> 64 == 0 {
            let (x, y) = (x as u64, y as u64);
            return (digits((x / y) as u128), digits((x % y) as u128));
        }
        return (digits(x / y), digits(x % y));
    }
    if b.len() <= SHORT {
        return knuth(a, b);
    }
    if a.len() - b.len() < FEW {
        return by_tops(a, b);
    }
    let (quotient, remainder) = limbs::divrem_owned(limbs::pack(a), limbs::pack(b));
    (limbs::unpack(&quotient), limbs::unpack(&remainder))
}

/// Longer divisors are packed into limbs, but for quotients of few digits.
const SHORT: usize = 12;
/// From this number of digits on a quotient is no short one.
const FEW: usize = 4;

/// Digit by digit, each guessed from the topmost digits as they are: for long divisors the
/// quotient of two wide numbers costs less than to shift all digits. The divisor has three
/// digits at least.
fn by_tops(a: &[u32], b: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let n = b.len();
    let top = small(&b[n - 3..]);
    let mut rest = Vec::with_capacity(a.len() + 1);
    rest.extend_from_slice(a);
    rest.push(0);
    let mut quotient = vec![0; a.len() + 1 - n];
    for j in (0..quotient.len()).rev() {
        let window = &mut rest[j..j + n + 1];
        // The divisor's top has more than 60 bits and the digit 30 at most: the guess is
        // right or one too many.
        let mut digit = (small(&window[n - 3..]) / top) as u32;
        if digit != 0 && take_times(window, b, digit) {
            digit -= 1;
            give_back(window, b);
        }
        quotient[j] = digit;
    }
    mag::trim(&mut rest);
    mag::trim(&mut quotient);
    (quotient, rest)
}

/// Subtracts `digit * b` from a window one digit longer than `b`, modulo its size; whether
/// it was less.
#[inline(always)]
fn take_times(window: &mut [u32], b: &[u32], digit: u32) -> bool {
    let (slots, _) = window.as_chunks_mut::<2>();
    let (pairs, last) = b.as_chunks::<2>();
    let mut carry = 0u64;
    for (slot, &pair) in slots.iter_mut().zip(pairs) {
        let product = mag::joined(pair) as u128 * digit as u128 + carry as u128;
        let low = product as u64 & ((1 << (2 * SHIFT)) - 1);
        let difference = mag::joined(*slot).wrapping_sub(low);
        *slot = mag::parted(difference);
        carry = (product >> (2 * SHIFT)) as u64 + (difference >> 63);
    }
    if let [d] = last {
        carry += *d as u64 * digit as u64;
        let slot = &mut window[b.len() - 1];
        let difference = (*slot as u64).wrapping_sub(carry & MASK as u64);
        *slot = difference as u32 & MASK;
        carry = (carry >> SHIFT) + (difference >> 63);
    }
    let top = &mut window[b.len()];
    let less = carry > *top as u64;
    *top = (*top as u64).wrapping_sub(carry) as u32 & MASK;
    less
}

/// Adds `b` to a window one digit longer, modulo its size.
#[cold]
fn give_back(window: &mut [u32], b: &[u32]) {
    let mut carry = 0;
    for (slot, &d) in window.iter_mut().zip(b) {
        carry += *slot + d;
        *slot = carry & MASK;
        carry >>= SHIFT;
    }
    let top = &mut window[b.len()];
    *top = (*top + carry) & MASK;
}

/// Knuth's algorithm D on the digits, for a divisor of 2 to [`SHORT`] digits that is not
/// longer than the dividend.
fn knuth(a: &[u32], b: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let n = b.len();
    let shift = b[n - 1].leading_zeros() - (32 - SHIFT);
    let mut divisor = [0u32; SHORT];
    let divisor = &mut divisor[..n];
    shift_left_into(divisor, b, shift);
    let mut rest = vec![0; a.len() + 1];
    rest[a.len()] = shift_left_into(&mut rest[..a.len()], a, shift);
    let mut quotient = vec![0; a.len() + 1 - n];
    for j in (0..quotient.len()).rev() {
        quotient[j] = quotient_digit(&mut rest[j..j + n + 1], divisor);
    }
    rest.truncate(n);
    if shift != 0 {
        for i in 0..n {
            let above = rest.get(i + 1).copied().unwrap_or(0);
            rest[i] = (rest[i] >> shift | above << (SHIFT - shift)) & MASK;
        }
    }
    mag::trim(&mut rest);
    mag::trim(&mut quotient);
    (quotient, rest)
}

/// One digit of the quotient of `rest` (one digit longer) by the divisor, whose top bit
/// is set; leaves what remains.
#[inline(always)]
fn quotient_digit(rest: &mut [u32], divisor: &[u32]) -> u32 {
    let n = divisor.len();
    let (top, second) = (divisor[n - 1] as u64, divisor[n - 2] as u64);
    let high = (rest[n] as u64) << SHIFT | rest[n - 1] as u64;
    let mut digit = (high / top).min(MASK as u64);
    let mut over = high - digit * top;
    while over <= MASK as u64 && digit * second > (over << SHIFT | rest[n - 2] as u64) {
        digit -= 1;
        over += top;
    }
    let mut carry = 0i64;
    for (slot, &d) in rest.iter_mut().zip(divisor) {
        carry += *slot as i64 - (digit * d as u64) as i64;
        *slot = carry as u32 & MASK;
        carry >>= SHIFT;
    }
    carry += rest[n] as i64;
    if carry < 0 {
        digit -= 1;
        let mut sum = 0;
        for (slot, &d) in rest.iter_mut().zip(divisor) {
            sum += *slot + d;
            *slot = sum & MASK;
            sum >>= SHIFT;
        }
    }
    rest[n] = 0;
    digit as u32
}

/// Writes `a << shift` (less than a digit) and returns what runs over.
fn shift_left_into(out: &mut [u32], a: &[u32], shift: u32) -> u32 {
    let mut carry = 0u64;
    for (slot, &d) in out.iter_mut().zip(a) {
        carry |= (d as u64) << shift;
        *slot = carry as u32 & MASK;
        carry >>= SHIFT;
    }
    carry as u32
}

/// At most four digits as a machine integer.
fn small(a: &[u32]) -> u128 {
    a.iter()
        .rev()
        .fold(0, |value, &d| value << SHIFT | d as u128)
}

fn digits(value: u128) -> Vec<u32> {
    crate::convert::magnitude(value)
}

/// `divmod(a, b)`: the quotient is rounded down, the remainder has the sign of `b`.
pub fn divmod(a: SignedRef, b: SignedRef) -> Result<(Signed, Signed), DivisionByZero> {
    if b.is_zero() {
        return Err(DivisionByZero);
    }
    let (quotient, remainder) = divrem_mag(a.digits, b.digits);
    let mut quotient = Signed::new(a.negative != b.negative, quotient);
    let mut remainder = Signed::new(a.negative, remainder);
    if a.negative != b.negative && !remainder.is_zero() {
        remainder = number::add(remainder.as_ref(), b);
        add_one(&mut quotient.digits);
        quotient.negative = true;
    }
    Ok((quotient, remainder))
}

/// `a // b`.
pub fn floor_div(a: SignedRef, b: SignedRef) -> Result<Signed, DivisionByZero> {
    Ok(divmod(a, b)?.0)
}

/// `a % b`.
pub fn modulo(a: SignedRef, b: SignedRef) -> Result<Signed, DivisionByZero> {
    if b.is_zero() {
        return Err(DivisionByZero);
    }
    let remainder = match *b.digits {
        [digit] => {
            let rest = a
                .digits
                .iter()
                .rev()
                .fold(0, |r, &d| (r << SHIFT | d as u64) % digit as u64);
            if rest == 0 { vec![] } else { vec![rest as u32] }
        }
        _ => divrem_mag(a.digits, b.digits).1,
    };
    let remainder = Signed::new(a.negative, remainder);
    if a.negative != b.negative && !remainder.is_zero() {
        return Ok(number::add(remainder.as_ref(), b));
    }
    Ok(remainder)
}

/// Adds one to a magnitude.
pub(crate) fn add_one(digits: &mut Vec<u32>) {
    for d in digits.iter_mut() {
        if *d != crate::MASK {
            *d += 1;
            return;
        }
        *d = 0;
    }
    digits.push(1);
}
