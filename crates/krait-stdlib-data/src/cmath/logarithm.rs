//! Logarithm and square root.

use std::f64::consts::LN_2;

use krait_sys::math::ldexp;

use super::{Complex, Outcome, Trouble, special};

pub(super) const LARGE: f64 = f64::MAX / 4.0;
const DIGITS: i32 = f64::MANTISSA_DIGITS as i32;

pub(super) fn log(z: Complex) -> Outcome {
    if !z.is_finite() {
        return Ok(special::look_up(&special::LOG, z));
    }
    let (x, y) = (z.real.abs(), z.imag.abs());
    let size = if x > LARGE || y > LARGE {
        (x / 2.0).hypot(y / 2.0).ln() + LN_2
    } else if x < f64::MIN_POSITIVE && y < f64::MIN_POSITIVE {
        if x == 0.0 && y == 0.0 {
            return Err(Trouble::Domain);
        }
        ldexp(x, DIGITS).hypot(ldexp(y, DIGITS)).ln() - f64::from(DIGITS) * LN_2
    } else {
        let h = x.hypot(y);
        if (0.71..=1.73).contains(&h) {
            let (more, less) = (x.max(y), x.min(y));
            ((more - 1.0) * (more + 1.0) + less * less).ln_1p() / 2.0
        } else {
            h.ln()
        }
    };
    Ok(Complex::new(size, z.imag.atan2(z.real)))
}

pub(super) fn log10(z: Complex) -> Outcome {
    log(z).map(|z| {
        Complex::new(
            z.real / std::f64::consts::LN_10,
            z.imag / std::f64::consts::LN_10,
        )
    })
}

/// `a / b` with the larger part of `b` divided out first; nothing where `b` is zero.
pub(super) fn quotient(a: Complex, b: Complex) -> Option<Complex> {
    let parts = |z: Complex| krait_object::types::complex::arith::Parts {
        real: z.real,
        imag: z.imag,
    };
    let q = krait_object::types::complex::arith::quotient(parts(a), parts(b))?;
    Some(Complex::new(q.real, q.imag))
}

pub(super) fn sqrt(z: Complex) -> Outcome {
    if !z.is_finite() {
        return Ok(special::look_up(&special::SQRT, z));
    }
    if z.real == 0.0 && z.imag == 0.0 {
        return Ok(Complex::new(0.0, z.imag));
    }
    let (x, y) = (z.real.abs(), z.imag.abs());
    let s = if x < f64::MIN_POSITIVE && y < f64::MIN_POSITIVE {
        // Subnormal numbers are scaled up, so that no digits are lost.
        let x = ldexp(x, 53);
        ldexp((x + x.hypot(ldexp(y, 53))).sqrt(), -27)
    } else {
        let x = x / 8.0;
        2.0 * (x + x.hypot(y / 8.0)).sqrt()
    };
    let d = y / (2.0 * s);
    Ok(if z.real >= 0.0 {
        Complex::new(s, d.copysign(z.imag))
    } else {
        Complex::new(d, s.copysign(z.imag))
    })
}
