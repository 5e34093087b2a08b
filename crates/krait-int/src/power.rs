//! `a ** n` and `pow(a, n, modulus)`.

use crate::limbs::{self, divrem};
use crate::number::{Signed, SignedRef};
use crate::{TooLarge, convert, div, gcd, mag, number, probe};

/// `a ** exponent`.
pub fn pow(a: SignedRef, exponent: u64) -> Result<Signed, TooLarge> {
    if exponent == 0 {
        return Ok(convert::from_i64(1));
    }
    let negative = a.negative && exponent & 1 != 0;
    if a.digits.len() <= 1 && a.digits.first().is_none_or(|&d| d == 1) {
        return Ok(Signed {
            negative,
            digits: a.digits.to_vec(),
        });
    }
    // Take the power of two out: what is left is shorter, and a shift puts it back.
    let zeros = trailing_zeros(a.digits);
    let odd = mag::shr_mag(a.digits, zeros);
    let bits = u64::checked_mul(mag::bit_length(a.digits), exponent).ok_or(TooLarge)?;
    let len = usize::try_from(bits / 30 + 8).map_err(|_| TooLarge)?;
    probe(2 * len)?;
    let digits = mag::shl_mag(&odd_power(&odd, exponent), zeros * exponent);
    Ok(Signed { negative, digits })
}

fn trailing_zeros(digits: &[u32]) -> u64 {
    let words = digits.iter().take_while(|&&d| d == 0).count();
    words as u64 * 30 + digits[words].trailing_zeros() as u64
}

/// Squares and multiplies by the (short) base, from the top bit down.
fn odd_power(base: &[u32], exponent: u64) -> Vec<u32> {
    if base == [1] {
        return vec![1];
    }
    if let Some(value) = convert::magnitude_u128(base)
        && let Ok(exponent) = u32::try_from(exponent)
        && let Some(result) = value.checked_pow(exponent)
    {
        return convert::magnitude(result);
    }
    let base = limbs::pack(base);
    let mut result = base.clone();
    for i in (0..63 - exponent.leading_zeros()).rev() {
        result = limbs::square(&result);
        if exponent >> i & 1 != 0 {
            if let [word] = base[..] {
                let carry = limbs::mul_small(&mut result, word, 0);
                if carry != 0 {
                    result.push(carry);
                }
            } else {
                result = limbs::mul(&result, &base);
            }
        }
    }
    limbs::unpack(&result)
}

/// Why a modular power has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModPowError {
    /// "pow() 3rd argument cannot be 0".
    ZeroModulus,
    /// "base is not invertible for the given modulus".
    NotInvertible,
}

/// `pow(a, exponent, modulus)`: the result has the sign of the modulus.
pub fn mod_pow(
    a: SignedRef,
    exponent: SignedRef,
    modulus: SignedRef,
) -> Result<Signed, ModPowError> {
    if modulus.is_zero() {
        return Err(ModPowError::ZeroModulus);
    }
    if modulus.digits == [1] && !exponent.negative {
        return Ok(Signed::ZERO);
    }
    let m = modulus.abs();
    let base = if exponent.negative {
        gcd::mod_inverse(a, m).ok_or(ModPowError::NotInvertible)?
    } else {
        div::modulo(a, m).map_err(|_| ModPowError::ZeroModulus)?
    };
    let digits = mod_power(&base.digits, exponent.digits, m.digits);
    let result = Signed {
        negative: false,
        digits,
    };
    if modulus.negative && !result.is_zero() {
        return Ok(number::add(result.as_ref(), modulus));
    }
    Ok(result)
}

fn mod_power(base: &[u32], exponent: &[u32], modulus: &[u32]) -> Vec<u32> {
    if modulus == [1] {
        return vec![];
    }
    if mag::bit_length(modulus) <= 64 {
        return word_power(base, exponent, modulus);
    }
    let m = limbs::pack(modulus);
    let base = limbs::pack(base);
    // Montgomery's products are quadratic; beyond some size real division wins.
    if m[0] & 1 != 0 && m.len() < 200 {
        let field = Montgomery::new(&m);
        let result = window(exponent, field.enter(&base), field.enter(&[1]), |x, y| {
            field.mul(x, y)
        });
        return limbs::unpack(&field.leave(&result));
    }
    let result = window(exponent, base, vec![1], |x, y| {
        let product = if std::ptr::eq(x, y) {
            limbs::square(x)
        } else {
            limbs::mul(x, y)
        };
        divrem(&product, &m).1
    });
    limbs::unpack(&result)
}

fn word_power(base: &[u32], exponent: &[u32], modulus: &[u32]) -> Vec<u32> {
    let word = |d: &[u32]| convert::magnitude_u128(d).unwrap_or(0) as u64;
    let (base, m) = (word(base), word(modulus));
    let mul = |x: u64, y: u64| {
        let wide = x as u128 * y as u128;
        if wide >> 64 == 0 {
            wide as u64 % m
        } else {
            (wide % m as u128) as u64
        }
    };
    let mut result = 1;
    for i in (0..mag::bit_length(exponent)).rev() {
        result = mul(result, result);
        if mag::bit(exponent, i) {
            result = mul(result, base);
        }
    }
    convert::magnitude(result as u128)
}

/// Powers by windows of some bits of the exponent.
fn window(
    exponent: &[u32],
    base: Vec<u64>,
    one: Vec<u64>,
    mul: impl Fn(&Vec<u64>, &Vec<u64>) -> Vec<u64>,
) -> Vec<u64> {
    let bits = mag::bit_length(exponent);
    let width = match bits {
        0..=24 => 1,
        25..=160 => 3,
        161..=700 => 4,
        _ => 5,
    };
    let mut table = vec![one, base];
    for i in 2..1usize << width {
        let next = mul(&table[i - 1], &table[1]);
        table.push(next);
    }
    let mut result = table[0].clone();
    let mut started = false;
    for group in (0..bits.div_ceil(width)).rev() {
        let mut index = 0;
        for i in (0..width).rev() {
            if started {
                result = mul(&result, &result);
            }
            index = index << 1 | mag::bit(exponent, group * width + i) as usize;
        }
        if index != 0 {
            result = if started {
                mul(&result, &table[index])
            } else {
                table[index].clone()
            };
            started = true;
        }
    }
    result
}

/// Arithmetic modulo an odd number in Montgomery's form.
struct Montgomery<'a> {
    modulus: &'a [u64],
    /// `-1 / modulus` modulo 2^64.
    inverse: u64,
}

impl<'a> Montgomery<'a> {
    fn new(modulus: &'a [u64]) -> Montgomery<'a> {
        let m = modulus[0];
        // Each step of Newton's method doubles the number of right bits, from 3.
        let mut inverse = m;
        for _ in 0..5 {
            inverse = inverse.wrapping_mul(2u64.wrapping_sub(m.wrapping_mul(inverse)));
        }
        Montgomery {
            modulus,
            inverse: inverse.wrapping_neg(),
        }
    }

    /// `x * 2^(64 n)` modulo the modulus, `n` limbs.
    fn enter(&self, x: &[u64]) -> Vec<u64> {
        let shifted = limbs::shift_left(x, 64 * self.modulus.len() as u64, 0);
        let mut out = divrem(&shifted, self.modulus).1;
        out.resize(self.modulus.len(), 0);
        out
    }

    fn leave(&self, x: &[u64]) -> Vec<u64> {
        let mut one = vec![0; self.modulus.len()];
        one[0] = 1;
        let mut out = self.mul(x, &one);
        limbs::trim(&mut out);
        out
    }

    /// `x * y / 2^(64 n)`: product and reduction, limb by limb.
    fn mul(&self, x: &[u64], y: &[u64]) -> Vec<u64> {
        let n = self.modulus.len();
        let mut out = vec![0u64; 2 * n + 1];
        for (i, &factor) in x.iter().enumerate() {
            let window = &mut out[i..];
            let carry = limbs::add_mul(window, y, factor);
            let over = limbs::add_small(&mut window[n..], carry);
            debug_assert!(!over);
            let reducer = window[0].wrapping_mul(self.inverse);
            let carry = limbs::add_mul(window, self.modulus, reducer);
            let over = limbs::add_small(&mut window[n..], carry);
            debug_assert!(!over);
        }
        let mut out = out.split_off(n);
        if limbs::cmp(&out, self.modulus).is_ge() {
            limbs::sub_assign(&mut out, self.modulus);
        }
        out.truncate(n);
        out
    }
}
