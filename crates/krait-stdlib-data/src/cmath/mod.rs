//! `cmath`.

use krait_object::native::module::NativeModule;
use krait_object::types::complex::{self, Complex as ComplexObject};
use krait_object::{ModuleBuilder, Owned, Py, PyResult, Str, Value, raise};

mod hyperbolic;
mod inverse;
mod logarithm;
mod special;

pub const MODULE: NativeModule = NativeModule {
    name: "cmath",
    init,
};

/// A complex number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Complex {
    pub(super) real: f64,
    pub(super) imag: f64,
}

/// What else than a result may come of a function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Trouble {
    Domain,
    Range,
}

pub(super) type Outcome = Result<Complex, Trouble>;

impl Complex {
    pub(super) fn new(real: f64, imag: f64) -> Complex {
        Complex { real, imag }
    }

    pub(super) fn is_finite(self) -> bool {
        self.real.is_finite() && self.imag.is_finite()
    }

    /// `i * z`
    pub(super) fn times_i(self) -> Complex {
        Complex::new(-self.imag, self.real)
    }

    /// `-i * z`
    pub(super) fn over_i(self) -> Complex {
        Complex::new(self.imag, -self.real)
    }
}

fn argument(py: Py, value: &Value) -> PyResult<Complex> {
    complex::of_value(py, value).map(|(real, imag)| Complex { real, imag })
}

fn result(py: Py, outcome: Outcome) -> PyResult<Owned<ComplexObject>> {
    match outcome {
        Ok(z) => Ok(ComplexObject::new(z.real, z.imag)),
        Err(Trouble::Domain) => raise!(py, ValueError, "math domain error"),
        Err(Trouble::Range) => raise!(py, OverflowError, "math range error"),
    }
}

macro_rules! functions {
    ($m:expr, $($name:literal $f:path),* $(,)?) => { $(
        $m.function(concat!($name, "($module, z, /)"), |py: Py, z: &Value| {
            result(py, $f(argument(py, z)?))
        })?;
    )* };
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.value(
        "__doc__",
        Value::from(Str::new(
            "This module provides access to mathematical functions for complex\nnumbers.",
        )),
    )?;
    functions! { m,
        "acos" inverse::acos, "acosh" inverse::acosh, "asin" inverse::asin, "asinh" inverse::asinh,
        "atan" inverse::atan, "atanh" inverse::atanh, "cos" hyperbolic::cos,
        "cosh" hyperbolic::cosh, "exp" hyperbolic::exp, "log10" logarithm::log10,
        "sin" hyperbolic::sin, "sinh" hyperbolic::sinh, "sqrt" logarithm::sqrt,
        "tan" hyperbolic::tan, "tanh" hyperbolic::tanh,
    }
    m.function("log($module, z, base=<unrepresentable>, /)", log)?;
    m.function("phase($module, z, /)", |py: Py, z: &Value| {
        argument(py, z).map(|z| z.imag.atan2(z.real))
    })?;
    m.function("polar($module, z, /)", polar)?;
    m.function("rect($module, r, phi, /)", |py: Py, r: f64, phi: f64| {
        result(py, hyperbolic::rect(r, phi))
    })?;
    m.function("isfinite($module, z, /)", |py: Py, z: &Value| {
        argument(py, z).map(Complex::is_finite)
    })?;
    m.function("isinf($module, z, /)", |py: Py, z: &Value| {
        argument(py, z).map(|z| z.real.is_infinite() || z.imag.is_infinite())
    })?;
    m.function("isnan($module, z, /)", |py: Py, z: &Value| {
        argument(py, z).map(|z| z.real.is_nan() || z.imag.is_nan())
    })?;
    m.function(
        "isclose($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)",
        isclose,
    )?;
    m.value("pi", Value::float(std::f64::consts::PI))?;
    m.value("e", Value::float(std::f64::consts::E))?;
    m.value("tau", Value::float(std::f64::consts::TAU))?;
    m.value("inf", Value::float(f64::INFINITY))?;
    m.value("nan", Value::float(f64::NAN))?;
    m.value("infj", Value::from(ComplexObject::new(0.0, f64::INFINITY)))?;
    m.value("nanj", Value::from(ComplexObject::new(0.0, f64::NAN)))?;
    Ok(())
}

fn log(py: Py, z: &Value, base: Option<&Value>) -> PyResult<Owned<ComplexObject>> {
    let z = argument(py, z)?;
    let Some(base) = base else {
        return result(py, logarithm::log(z));
    };
    let base = argument(py, base)?;
    let quotient = logarithm::log(z).and_then(|above| {
        let below = logarithm::log(base)?;
        logarithm::quotient(above, below).ok_or(Trouble::Domain)
    });
    result(py, quotient)
}

fn polar(py: Py, z: &Value) -> PyResult<(f64, f64)> {
    let z = argument(py, z)?;
    let size = z.real.hypot(z.imag);
    if size.is_infinite() && z.is_finite() {
        return raise!(py, OverflowError, "math range error");
    }
    Ok((size, z.imag.atan2(z.real)))
}

fn isclose(
    py: Py,
    a: &Value,
    b: &Value,
    rel_tol: Option<f64>,
    abs_tol: Option<f64>,
) -> PyResult<bool> {
    let (a, b) = (argument(py, a)?, argument(py, b)?);
    let (relative, absolute) = (rel_tol.unwrap_or(1e-9), abs_tol.unwrap_or(0.0));
    if relative < 0.0 || absolute < 0.0 {
        return raise!(py, ValueError, "tolerances must be non-negative");
    }
    if a.real == b.real && a.imag == b.imag {
        return Ok(true);
    }
    let infinite = |z: Complex| z.real.is_infinite() || z.imag.is_infinite();
    if infinite(a) || infinite(b) {
        return Ok(false);
    }
    let size = |z: Complex| z.real.hypot(z.imag);
    let distance = size(Complex::new(a.real - b.real, a.imag - b.imag));
    Ok(distance <= relative * size(b) || distance <= relative * size(a) || distance <= absolute)
}
