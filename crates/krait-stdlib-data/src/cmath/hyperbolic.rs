//! The exponential function, the hyperbolic functions, and the circular ones by them.

use std::f64::consts::E;

use super::{Complex, Outcome, Trouble, special};

/// Above this the exponential of a real part could overflow.
fn log_large() -> f64 {
    (f64::MAX / 4.0).ln()
}

/// An overflow where a part became infinite.
fn finite(z: Complex) -> Outcome {
    if z.real.is_infinite() || z.imag.is_infinite() {
        Err(Trouble::Range)
    } else {
        Ok(z)
    }
}

/// An infinite real part with a finite imaginary part other than zero.
fn infinite_strip(z: Complex) -> bool {
    z.real.is_infinite() && z.imag.is_finite() && z.imag != 0.0
}

fn signed(size: f64, cos: f64, sin: f64) -> Complex {
    Complex::new(size.copysign(cos), size.copysign(sin))
}

pub(super) fn exp(z: Complex) -> Outcome {
    let (sin, cos) = z.imag.sin_cos();
    if !z.is_finite() {
        if z.imag.is_infinite() && (z.real.is_finite() || z.real == f64::INFINITY) {
            return Err(Trouble::Domain);
        }
        if infinite_strip(z) {
            return Ok(signed(
                if z.real > 0.0 { f64::INFINITY } else { 0.0 },
                cos,
                sin,
            ));
        }
        return Ok(special::look_up(&special::EXP, z));
    }
    if z.real > log_large() {
        let size = (z.real - 1.0).exp();
        return finite(Complex::new(size * cos * E, size * sin * E));
    }
    let size = z.real.exp();
    finite(Complex::new(size * cos, size * sin))
}

pub(super) fn cosh(z: Complex) -> Outcome {
    let (sin, cos) = z.imag.sin_cos();
    if !z.is_finite() {
        if z.imag.is_infinite() && !z.real.is_nan() {
            return Err(Trouble::Domain);
        }
        if infinite_strip(z) {
            return Ok(signed(
                f64::INFINITY,
                cos,
                if z.real > 0.0 { sin } else { -sin },
            ));
        }
        return Ok(special::look_up(&special::COSH, z));
    }
    if z.real.abs() > log_large() {
        let x = z.real - 1f64.copysign(z.real);
        return finite(Complex::new(cos * x.cosh() * E, sin * x.sinh() * E));
    }
    finite(Complex::new(cos * z.real.cosh(), sin * z.real.sinh()))
}

pub(super) fn sinh(z: Complex) -> Outcome {
    let (sin, cos) = z.imag.sin_cos();
    if !z.is_finite() {
        if z.imag.is_infinite() && !z.real.is_nan() {
            return Err(Trouble::Domain);
        }
        if infinite_strip(z) {
            return Ok(signed(
                f64::INFINITY,
                if z.real > 0.0 { cos } else { -cos },
                sin,
            ));
        }
        return Ok(special::look_up(&special::SINH, z));
    }
    if z.real.abs() > log_large() {
        let x = z.real - 1f64.copysign(z.real);
        return finite(Complex::new(cos * x.sinh() * E, sin * x.cosh() * E));
    }
    finite(Complex::new(cos * z.real.sinh(), sin * z.real.cosh()))
}

pub(super) fn tanh(z: Complex) -> Outcome {
    if !z.is_finite() {
        if z.imag.is_infinite() && z.real.is_finite() {
            return Err(Trouble::Domain);
        }
        if infinite_strip(z) {
            let imag = 0f64.copysign(2.0 * z.imag.sin() * z.imag.cos());
            return Ok(Complex::new(1f64.copysign(z.real), imag));
        }
        return Ok(special::look_up(&special::TANH, z));
    }
    if z.real.abs() > log_large() {
        let imag = 4.0 * z.imag.sin() * z.imag.cos() * (-2.0 * z.real.abs()).exp();
        return Ok(Complex::new(1f64.copysign(z.real), imag));
    }
    let (tx, ty, cx) = (z.real.tanh(), z.imag.tan(), 1.0 / z.real.cosh());
    let product = tx * ty;
    let below = 1.0 + product * product;
    Ok(Complex::new(
        tx * (1.0 + ty * ty) / below,
        ty / below * cx * cx,
    ))
}

pub(super) fn cos(z: Complex) -> Outcome {
    cosh(z.times_i())
}

pub(super) fn sin(z: Complex) -> Outcome {
    sinh(z.times_i()).map(Complex::over_i)
}

pub(super) fn tan(z: Complex) -> Outcome {
    tanh(z.times_i()).map(Complex::over_i)
}

pub(super) fn rect(r: f64, phi: f64) -> Outcome {
    let (sin, cos) = phi.sin_cos();
    if !r.is_finite() || !phi.is_finite() {
        if r != 0.0 && !r.is_nan() && phi.is_infinite() {
            return Err(Trouble::Domain);
        }
        if r.is_infinite() && phi.is_finite() && phi != 0.0 {
            let z = signed(f64::INFINITY, cos, sin);
            return Ok(if r > 0.0 {
                z
            } else {
                Complex::new(-z.real, -z.imag)
            });
        }
        return Ok(special::look_up(&special::RECT, Complex::new(r, phi)));
    }
    if phi == 0.0 {
        return Ok(Complex::new(r, r * phi));
    }
    Ok(Complex::new(r * cos, r * sin))
}
