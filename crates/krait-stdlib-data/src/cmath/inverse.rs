//! Inverse circular and hyperbolic functions (after W. Kahan, "Branch cuts for complex
//! elementary functions").

use std::f64::consts::{FRAC_PI_2, LN_2};

use krait_sys::math::asinh as real_asinh;

use super::logarithm::{LARGE, sqrt};
use super::{Complex, Outcome, Trouble, special};

fn is_large(z: Complex) -> bool {
    z.real.abs() > LARGE || z.imag.abs() > LARGE
}

/// The logarithm of twice the size of a large number.
fn log_twice(z: Complex) -> f64 {
    (z.real / 2.0).hypot(z.imag / 2.0).ln() + LN_2 * 2.0
}

pub(super) fn acos(z: Complex) -> Outcome {
    if !z.is_finite() {
        return Ok(special::look_up(&special::ACOS, z));
    }
    if is_large(z) {
        let sign = if z.real < 0.0 {
            -1f64.copysign(z.imag)
        } else {
            1f64.copysign(-z.imag)
        };
        return Ok(Complex::new(
            z.imag.abs().atan2(z.real),
            log_twice(z).copysign(sign),
        ));
    }
    let s1 = sqrt(Complex::new(1.0 - z.real, -z.imag))?;
    let s2 = sqrt(Complex::new(1.0 + z.real, z.imag))?;
    let imag = real_asinh(s2.real * s1.imag - s2.imag * s1.real);
    Ok(Complex::new(2.0 * s1.real.atan2(s2.real), imag))
}

pub(super) fn acosh(z: Complex) -> Outcome {
    if !z.is_finite() {
        return Ok(special::look_up(&special::ACOSH, z));
    }
    if is_large(z) {
        return Ok(Complex::new(log_twice(z), z.imag.atan2(z.real)));
    }
    let s1 = sqrt(Complex::new(z.real - 1.0, z.imag))?;
    let s2 = sqrt(Complex::new(z.real + 1.0, z.imag))?;
    let real = real_asinh(s1.real * s2.real + s1.imag * s2.imag);
    Ok(Complex::new(real, 2.0 * s1.imag.atan2(s2.real)))
}

pub(super) fn asin(z: Complex) -> Outcome {
    asinh(z.times_i()).map(Complex::over_i)
}

pub(super) fn asinh(z: Complex) -> Outcome {
    if !z.is_finite() {
        return Ok(special::look_up(&special::ASINH, z));
    }
    if is_large(z) {
        let real = if z.imag >= 0.0 {
            log_twice(z).copysign(z.real)
        } else {
            -log_twice(z).copysign(-z.real)
        };
        return Ok(Complex::new(real, z.imag.atan2(z.real.abs())));
    }
    let s1 = sqrt(Complex::new(1.0 + z.imag, -z.real))?;
    let s2 = sqrt(Complex::new(1.0 - z.imag, z.real))?;
    let real = real_asinh(s1.real * s2.imag - s2.real * s1.imag);
    Ok(Complex::new(
        real,
        z.imag.atan2(s1.real * s2.real - s1.imag * s2.imag),
    ))
}

pub(super) fn atan(z: Complex) -> Outcome {
    atanh(z.times_i()).map(Complex::over_i)
}

pub(super) fn atanh(z: Complex) -> Outcome {
    if !z.is_finite() {
        return Ok(special::look_up(&special::ATANH, z));
    }
    if z.real.is_sign_negative() {
        return atanh(Complex::new(-z.real, -z.imag)).map(|r| Complex::new(-r.real, -r.imag));
    }
    let y = z.imag.abs();
    let large = LARGE.sqrt();
    if z.real > large || y > large {
        let h = (z.real / 2.0).hypot(z.imag / 2.0);
        return Ok(Complex::new(
            z.real / 4.0 / h / h,
            -FRAC_PI_2.copysign(-z.imag),
        ));
    }
    if z.real == 1.0 && y < f64::MIN_POSITIVE.sqrt() {
        if y == 0.0 {
            return Err(Trouble::Domain);
        }
        let real = -(y.sqrt() / y.hypot(2.0).sqrt()).ln();
        return Ok(Complex::new(real, (2f64.atan2(-y) / 2.0).copysign(z.imag)));
    }
    let rest = 1.0 - z.real;
    let real = (4.0 * z.real / (rest * rest + y * y)).ln_1p() / 4.0;
    let imag = -(-2.0 * z.imag).atan2(rest * (1.0 + z.real) - y * y) / 2.0;
    Ok(Complex::new(real, imag))
}
