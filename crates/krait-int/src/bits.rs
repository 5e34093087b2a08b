//! Shifts and bitwise operations, with negative numbers in two's complement.

use crate::number::{Signed, SignedRef};
use crate::{MASK, SHIFT, TooLarge, div, mag, probe};

/// `a << count`.
pub fn shl(a: SignedRef, count: u64) -> Result<Signed, TooLarge> {
    if a.is_zero() {
        return Ok(Signed::ZERO);
    }
    let len = (count / SHIFT as u64)
        .checked_add(a.digits.len() as u64 + 1)
        .and_then(|len| usize::try_from(len).ok())
        .ok_or(TooLarge)?;
    probe(len)?;
    Ok(Signed {
        negative: a.negative,
        digits: mag::shl_mag(a.digits, count),
    })
}

/// `a >> count`, rounded down.
pub fn shr(a: SignedRef, count: u64) -> Signed {
    let mut digits = mag::shr_mag(a.digits, count);
    if a.negative && mag::any_low_bits(a.digits, count) {
        div::add_one(&mut digits);
    }
    Signed {
        negative: a.negative && !digits.is_empty(),
        digits,
    }
}

/// `~a`.
pub fn invert(a: SignedRef) -> Signed {
    if a.negative {
        return Signed {
            negative: false,
            digits: mag::sub_mag(a.digits, &[1]),
        };
    }
    let mut digits = a.digits.to_vec();
    div::add_one(&mut digits);
    Signed {
        negative: true,
        digits,
    }
}

/// `a & b`.
pub fn and(a: SignedRef, b: SignedRef) -> Signed {
    bitwise(a, b, |x, y| x & y)
}

/// `a | b`.
pub fn or(a: SignedRef, b: SignedRef) -> Signed {
    bitwise(a, b, |x, y| x | y)
}

/// `a ^ b`.
pub fn xor(a: SignedRef, b: SignedRef) -> Signed {
    bitwise(a, b, |x, y| x ^ y)
}

/// The digits of a number in two's complement, one after the other, without end.
struct Complement<'a> {
    digits: std::slice::Iter<'a, u32>,
    negative: bool,
    carry: u32,
}

impl<'a> Complement<'a> {
    fn new(number: SignedRef<'a>) -> Complement<'a> {
        Complement {
            digits: number.digits.iter(),
            negative: number.negative,
            carry: 1,
        }
    }

    #[inline(always)]
    fn next(&mut self) -> u32 {
        let digit = self.digits.next().copied().unwrap_or(0);
        if !self.negative {
            return digit;
        }
        let sum = (digit ^ MASK) + self.carry;
        self.carry = sum >> SHIFT;
        sum & MASK
    }
}

fn bitwise(a: SignedRef, b: SignedRef, f: impl Fn(u32, u32) -> u32) -> Signed {
    if !a.negative && !b.negative {
        return positive(a.digits, b.digits, f);
    }
    let len = a.digits.len().max(b.digits.len()) + 1;
    let (mut x, mut y) = (Complement::new(a), Complement::new(b));
    let mut digits: Vec<u32> = (0..len).map(|_| f(x.next(), y.next())).collect();
    let negative = digits[len - 1] >> (SHIFT - 1) != 0;
    if negative {
        let mut carry = 1;
        for d in &mut digits {
            let sum = (*d ^ MASK) + carry;
            carry = sum >> SHIFT;
            *d = sum & MASK;
        }
    }
    Signed::new(negative, digits)
}

fn positive(a: &[u32], b: &[u32], f: impl Fn(u32, u32) -> u32) -> Signed {
    let (a, b) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let mut digits = Vec::with_capacity(a.len());
    digits.extend(a.iter().zip(b).map(|(&x, &y)| f(x, y)));
    if f(1, 0) != 0 {
        digits.extend_from_slice(&a[b.len()..]);
    }
    Signed::new(false, digits)
}
