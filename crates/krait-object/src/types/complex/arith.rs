//! Complex arithmetic on doubles, with the rules of C99's Annex G: an infinity that the
//! plain formula turns into NaN+NaNj is recovered.

/// Real and imaginary part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parts {
    pub real: f64,
    pub imag: f64,
}

/// Why a power has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PowerError {
    ZeroToNegative,
    Overflow,
}

const ONE: Parts = Parts {
    real: 1.0,
    imag: 0.0,
};

fn is_nan(z: Parts) -> bool {
    z.real.is_nan() && z.imag.is_nan()
}

/// An infinity becomes 1, anything else 0, with the sign kept.
fn boxed(x: f64) -> f64 {
    (if x.is_infinite() { 1.0f64 } else { 0.0 }).copysign(x)
}

/// A NaN becomes a zero with its sign.
fn nan_to_zero(x: f64) -> f64 {
    if x.is_nan() { 0.0f64.copysign(x) } else { x }
}

pub fn product(z: Parts, w: Parts) -> Parts {
    let (ac, bd, ad, bc) = (
        z.real * w.real,
        z.imag * w.imag,
        z.real * w.imag,
        z.imag * w.real,
    );
    let plain = Parts {
        real: ac - bd,
        imag: ad + bc,
    };
    if is_nan(plain) {
        recover_product(z, w, [ac, bd, ad, bc]).unwrap_or(plain)
    } else {
        plain
    }
}

#[cold]
fn recover_product(z: Parts, w: Parts, products: [f64; 4]) -> Option<Parts> {
    let (mut z, mut w, mut recalculate) = (z, w, false);
    let infinite = |z: Parts| z.real.is_infinite() || z.imag.is_infinite();
    if infinite(z) {
        z = Parts {
            real: boxed(z.real),
            imag: boxed(z.imag),
        };
        w = Parts {
            real: nan_to_zero(w.real),
            imag: nan_to_zero(w.imag),
        };
        recalculate = true;
    }
    if infinite(w) {
        w = Parts {
            real: boxed(w.real),
            imag: boxed(w.imag),
        };
        z = Parts {
            real: nan_to_zero(z.real),
            imag: nan_to_zero(z.imag),
        };
        recalculate = true;
    }
    if !recalculate && products.iter().any(|p| p.is_infinite()) {
        z = Parts {
            real: nan_to_zero(z.real),
            imag: nan_to_zero(z.imag),
        };
        w = Parts {
            real: nan_to_zero(w.real),
            imag: nan_to_zero(w.imag),
        };
        recalculate = true;
    }
    recalculate.then_some(Parts {
        real: f64::INFINITY * (z.real * w.real - z.imag * w.imag),
        imag: f64::INFINITY * (z.real * w.imag + z.imag * w.real),
    })
}

/// `a / b`; `None` for a zero divisor. The divisor's smaller part is scaled by the
/// larger one, so that nothing overflows on the way.
pub fn quotient(a: Parts, b: Parts) -> Option<Parts> {
    let (breal, bimag) = (b.real.abs(), b.imag.abs());
    let plain = if breal >= bimag {
        if breal == 0.0 {
            return None;
        }
        let ratio = b.imag / b.real;
        let denominator = b.real + b.imag * ratio;
        Parts {
            real: (a.real + a.imag * ratio) / denominator,
            imag: (a.imag - a.real * ratio) / denominator,
        }
    } else if bimag >= breal {
        let ratio = b.real / b.imag;
        let denominator = b.real * ratio + b.imag;
        Parts {
            real: (a.real * ratio + a.imag) / denominator,
            imag: (a.imag * ratio - a.real) / denominator,
        }
    } else {
        Parts {
            real: f64::NAN,
            imag: f64::NAN,
        }
    };
    Some(if is_nan(plain) {
        recover_quotient(a, b).unwrap_or(plain)
    } else {
        plain
    })
}

#[cold]
fn recover_quotient(a: Parts, b: Parts) -> Option<Parts> {
    let infinite = |z: Parts| z.real.is_infinite() || z.imag.is_infinite();
    let finite = |z: Parts| z.real.is_finite() && z.imag.is_finite();
    if infinite(a) && finite(b) {
        let (x, y) = (boxed(a.real), boxed(a.imag));
        return Some(Parts {
            real: f64::INFINITY * (x * b.real + y * b.imag),
            imag: f64::INFINITY * (y * b.real - x * b.imag),
        });
    }
    if infinite(b) && finite(a) {
        let (x, y) = (boxed(b.real), boxed(b.imag));
        return Some(Parts {
            real: 0.0 * (a.real * x + a.imag * y),
            imag: 0.0 * (a.imag * x - a.real * y),
        });
    }
    None
}

/// A real number by a complex one; `None` for a zero divisor.
pub fn real_quotient(a: f64, b: Parts) -> Option<Parts> {
    let (breal, bimag) = (b.real.abs(), b.imag.abs());
    let plain = if breal >= bimag {
        if breal == 0.0 {
            return None;
        }
        let ratio = b.imag / b.real;
        let denominator = b.real + b.imag * ratio;
        Parts {
            real: a / denominator,
            imag: (-a * ratio) / denominator,
        }
    } else if bimag >= breal {
        let ratio = b.real / b.imag;
        let denominator = b.real * ratio + b.imag;
        Parts {
            real: (a * ratio) / denominator,
            imag: -a / denominator,
        }
    } else {
        Parts {
            real: f64::NAN,
            imag: f64::NAN,
        }
    };
    if is_nan(plain) && a.is_finite() && (breal.is_infinite() || bimag.is_infinite()) {
        let (x, y) = (boxed(b.real), boxed(b.imag));
        return Some(Parts {
            real: 0.0 * (a * x),
            imag: 0.0 * (-a * y),
        });
    }
    Some(plain)
}

/// `a ** b`. Small whole exponents go by multiplication, which is exact more often.
pub fn power(a: Parts, b: Parts) -> Result<Parts, PowerError> {
    let whole = b.imag == 0.0 && b.real == b.real.floor() && b.real.abs() <= 100.0;
    let result = if whole {
        whole_power(a, b.real as i32)?
    } else {
        general_power(a, b)?
    };
    if result.real.is_infinite() || result.imag.is_infinite() {
        return Err(PowerError::Overflow);
    }
    Ok(result)
}

fn whole_power(a: Parts, exponent: i32) -> Result<Parts, PowerError> {
    match exponent {
        0 => Ok(ONE),
        1.. => Ok(squarings(a, exponent)),
        _ => quotient(ONE, squarings(a, -exponent)).ok_or(PowerError::ZeroToNegative),
    }
}

fn squarings(a: Parts, exponent: i32) -> Parts {
    let (mut result, mut square, mut mask) = (ONE, a, 1);
    while mask > 0 && exponent >= mask {
        if exponent & mask != 0 {
            result = product(result, square);
        }
        mask <<= 1;
        square = product(square, square);
    }
    result
}

/// By polar coordinates.
fn general_power(a: Parts, b: Parts) -> Result<Parts, PowerError> {
    if b.real == 0.0 && b.imag == 0.0 {
        return Ok(ONE);
    }
    if a.real == 0.0 && a.imag == 0.0 {
        if b.imag != 0.0 || b.real < 0.0 {
            return Err(PowerError::ZeroToNegative);
        }
        return Ok(Parts {
            real: 0.0,
            imag: 0.0,
        });
    }
    let absolute = a.real.hypot(a.imag);
    let mut length = absolute.powf(b.real);
    let angle = a.imag.atan2(a.real);
    let mut phase = angle * b.real;
    if b.imag != 0.0 {
        length *= (-angle * b.imag).exp();
        phase += b.imag * absolute.ln();
    }
    if phase.is_infinite() {
        // An infinite angle is a domain error of C's cosine, which CPython reports so.
        return Err(PowerError::ZeroToNegative);
    }
    Ok(Parts {
        real: length * phase.cos(),
        imag: length * phase.sin(),
    })
}
