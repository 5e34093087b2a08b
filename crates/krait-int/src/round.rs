//! Rounding to nearest with ties to even: `round(int, -n)`.

use std::cmp::Ordering;

use crate::div::{self, DivisionByZero};
use crate::number::{self, Signed, SignedRef};
use crate::{TooLarge, convert, mag, power};

/// `(q, r)` with `a = q * b + r`, `q` nearest to `a / b` and even when two are as near.
pub fn divmod_near(a: SignedRef, b: SignedRef) -> Result<(Signed, Signed), DivisionByZero> {
    let (mut quotient, mut remainder) = div::divmod(a, b)?;
    let twice = mag::shl_mag(&remainder.digits, 1);
    let odd = quotient.digits.first().is_some_and(|d| d & 1 != 0);
    let up = match mag::cmp_mag(&twice, b.digits) {
        Ordering::Greater => true,
        Ordering::Equal => odd,
        Ordering::Less => false,
    };
    if up {
        quotient = number::add(quotient.as_ref(), convert::from_i64(1).as_ref());
        remainder = number::sub(remainder.as_ref(), b);
    }
    Ok((quotient, remainder))
}

/// `round(a, -places)`.
pub fn round_to_power_of_ten(a: SignedRef, places: u64) -> Result<Signed, TooLarge> {
    // 10^places is more than twice the number: the result is zero.
    if places > mag::bit_length(a.digits) / 3 + 1 {
        return Ok(Signed::ZERO);
    }
    let power = power::pow(convert::from_i64(10).as_ref(), places)?;
    match divmod_near(a, power.as_ref()) {
        Ok((_, remainder)) => Ok(number::sub(a, remainder.as_ref())),
        Err(DivisionByZero) => Ok(a.to_owned()),
    }
}
