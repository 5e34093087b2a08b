//! Greatest common divisor, least common multiple, inverse modulo.

use crate::limbs::{self, divrem};
use crate::number::{self, Signed, SignedRef};
use crate::{convert, div, mag, mul};

/// `math.gcd(a, b)`: never negative.
pub fn gcd(a: SignedRef, b: SignedRef) -> Signed {
    Signed {
        negative: false,
        digits: gcd_mag(a.digits, b.digits),
    }
}

/// `math.lcm(a, b)`: never negative.
pub fn lcm(a: SignedRef, b: SignedRef) -> Signed {
    if a.is_zero() || b.is_zero() {
        return Signed::ZERO;
    }
    let common = gcd_mag(a.digits, b.digits);
    let (quotient, _) = div::divrem_mag(a.digits, &common);
    Signed {
        negative: false,
        digits: mul::mul_mag(&quotient, b.digits),
    }
}

fn gcd_mag(a: &[u32], b: &[u32]) -> Vec<u32> {
    if let (Some(x), Some(y)) = (convert::magnitude_u128(a), convert::magnitude_u128(b))
        && x >> 64 == 0
        && y >> 64 == 0
    {
        return convert::magnitude(gcd_word(x as u64, y as u64) as u128);
    }
    let (mut x, mut y) = (limbs::pack(a), limbs::pack(b));
    if limbs::cmp(&x, &y).is_lt() {
        std::mem::swap(&mut x, &mut y);
    }
    while y.len() > 1 {
        if x.len() > y.len() + 1 || !lehmer(&mut x, &mut y) {
            let (_, rest) = divrem(&x, &y);
            x = std::mem::replace(&mut y, rest);
        }
    }
    if let [word] = y[..] {
        let (_, rest) = divrem(&x, &[word]);
        let rest = rest.first().copied().unwrap_or(0);
        return convert::magnitude(gcd_word(word, rest) as u128);
    }
    limbs::unpack(&x)
}

/// The binary algorithm.
fn gcd_word(mut a: u64, mut b: u64) -> u64 {
    if a == 0 || b == 0 {
        return a | b;
    }
    let common = (a | b).trailing_zeros();
    a >>= a.trailing_zeros();
    loop {
        b >>= b.trailing_zeros();
        if a > b {
            std::mem::swap(&mut a, &mut b);
        }
        b -= a;
        if b == 0 {
            return a << common;
        }
    }
}

/// One round of Lehmer's method (Knuth 4.5.2, algorithm L): Euclid's steps on the top
/// 62 bits as long as they are sure, then applied to the whole. `x >= y`, normalised.
/// False when no step was sure.
fn lehmer(x: &mut Vec<u64>, y: &mut Vec<u64>) -> bool {
    let n = x.len();
    let shift = x[n - 1].leading_zeros() as u64;
    let top = |v: &[u64]| {
        let high = v.get(n - 1).copied().unwrap_or(0);
        let low = v.get(n - 2).copied().unwrap_or(0);
        ((high as u128) << 64 | low as u128) << shift >> 66
    };
    let (mut u, mut v) = (top(x) as i64, top(y) as i64);
    let (mut a, mut b, mut c, mut d) = (1i64, 0i64, 0i64, 1i64);
    loop {
        if v == 0 {
            break;
        }
        let q = u / v;
        let rest = u - q * v;
        let (Some(s), Some(t)) = (
            q.checked_mul(c).and_then(|p| a.checked_sub(p)),
            q.checked_mul(d).and_then(|p| b.checked_sub(p)),
        ) else {
            break;
        };
        if s.unsigned_abs() >> 31 != 0 || t.unsigned_abs() >> 31 != 0 {
            break;
        }
        // Jebelean's condition: the quotient of the whole numbers is the same.
        let (negative, positive, before) = if s < 0 { (s, t, d) } else { (t, s, c) };
        if rest + negative < 0 || v - rest < positive - before {
            break;
        }
        (a, b, c, d) = (c, d, s, t);
        (u, v) = (v, rest);
    }
    if b == 0 {
        return false;
    }
    // One of each pair is negative, or zero.
    if b < 0 {
        combine(x, y, [a, -b, -c, d].map(|v| v as u64));
    } else {
        combine(y, x, [b, -a, -d, c].map(|v| v as u64));
    }
    limbs::trim(x);
    limbs::trim(y);
    if limbs::cmp(x, y).is_lt() {
        std::mem::swap(x, y);
    }
    true
}

/// `x, y = x * p - y * q, y * s - x * r` with `[p, q, r, s]`; neither is negative.
fn combine(x: &mut Vec<u64>, y: &mut Vec<u64>, [p, q, r, s]: [u64; 4]) {
    let len = x.len().max(y.len());
    x.resize(len, 0);
    y.resize(len, 0);
    let product = |a: u64, b: u64| (a as u128 * b as u128) as i128;
    let (mut carry_x, mut carry_y) = (0i128, 0i128);
    for (x, y) in x.iter_mut().zip(y.iter_mut()) {
        carry_x += product(*x, p) - product(*y, q);
        carry_y += product(*y, s) - product(*x, r);
        (*x, *y) = (carry_x as u64, carry_y as u64);
        carry_x >>= 64;
        carry_y >>= 64;
    }
    debug_assert_eq!((carry_x, carry_y), (0, 0));
}

/// The inverse of `a` modulo `modulus` (at least 1), between 0 and `modulus`; `None`
/// when they have a common divisor.
pub fn mod_inverse(a: SignedRef, modulus: SignedRef) -> Option<Signed> {
    let modulus = modulus.abs();
    let mut r0 = modulus.to_owned();
    let mut r1 = div::modulo(a, modulus).ok()?;
    let mut t0 = Signed::ZERO;
    let mut t1 = convert::from_i64(1);
    while !r1.is_zero() {
        let (quotient, rest) = div::divmod(r0.as_ref(), r1.as_ref()).ok()?;
        let product = number::mul(quotient.as_ref(), t1.as_ref());
        let next = number::sub(t0.as_ref(), product.as_ref());
        (r0, r1) = (r1, rest);
        (t0, t1) = (t1, next);
    }
    if r0.digits != [1] {
        return None;
    }
    let inverse = div::modulo(t0.as_ref(), modulus).ok()?;
    debug_assert!(mag::cmp_mag(&inverse.digits, modulus.digits).is_lt());
    Some(inverse)
}
