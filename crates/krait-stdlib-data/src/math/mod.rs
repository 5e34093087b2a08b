//! `math`.
//!
//! Functions of floats are the C library's, so that results agree with CPython's to the
//! last bit; those of integers are exact.

use krait_object::native::Args;
use krait_object::native::module::NativeModule;
use krait_object::protocol::number::{self, BinaryOp};
use krait_object::types::int::methods::construct;
use krait_object::{Float, Int, ModuleBuilder, Py, PyResult, Str, Value, intern, protocol, raise};
use krait_text::float::float_repr;

mod floats;
mod gamma;
mod integers;
mod logarithm;
mod norm;
mod products;
mod sums;

pub const MODULE: NativeModule = NativeModule { name: "math", init };

/// Why a result is not a number, as text that `{x}` is put into.
const DOMAIN: &str = "math domain error";

#[cold]
pub(crate) fn domain_error<T>(py: Py, text: &str, x: f64) -> PyResult<T> {
    raise!(py, ValueError, "{}", text.replace("{x}", &float_repr(x)))
}

#[cold]
pub(crate) fn range_error<T>(py: Py) -> PyResult<T> {
    raise!(py, OverflowError, "math range error")
}

/// A result of one argument: NaN from a number is a domain error, an infinity from a
/// finite one an overflow or, where the function cannot overflow, a singularity.
#[inline(always)]
fn checked(py: Py, x: f64, result: f64, overflows: bool, text: &str) -> PyResult<f64> {
    if result.is_finite() || x.is_nan() {
        return Ok(result);
    }
    if result.is_nan() {
        return domain_error(py, text, x);
    }
    if x.is_finite() {
        return if overflows {
            range_error(py)
        } else {
            domain_error(py, text, x)
        };
    }
    Ok(result)
}

macro_rules! functions {
    ($m:expr, $($name:literal $overflows:literal $f:expr, $text:expr;)*) => { $(
        $m.function(concat!($name, "($module, x, /)"), |py: Py, x: f64| {
            checked(py, x, $f(x), $overflows, $text)
        })?;
    )* };
}

const UNIT: &str = "expected a number in range from -1 up to 1, got {x}";
const FINITE: &str = "expected a finite input, got {x}";

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.value(
        "__doc__",
        Value::from(Str::new(
            "This module provides access to the mathematical functions\ndefined by the C standard.",
        )),
    )?;
    use krait_sys::math as c;
    functions! { m,
        "acos" false f64::acos, UNIT;
        "acosh" false c::acosh, "expected argument value not less than 1, got {x}";
        "asin" false f64::asin, UNIT;
        "asinh" false c::asinh, DOMAIN;
        "atan" false f64::atan, DOMAIN;
        "atanh" false c::atanh, "expected a number between -1 and 1, got {x}";
        "cbrt" false f64::cbrt, DOMAIN;
        "cos" false f64::cos, FINITE;
        "cosh" true f64::cosh, DOMAIN;
        "erf" false c::erf, DOMAIN;
        "erfc" false c::erfc, DOMAIN;
        "exp" true f64::exp, DOMAIN;
        "exp2" true f64::exp2, DOMAIN;
        "expm1" true f64::exp_m1, DOMAIN;
        "fabs" false f64::abs, DOMAIN;
        "log1p" false f64::ln_1p, "expected argument value > -1, got {x}";
        "sin" false f64::sin, FINITE;
        "sinh" true f64::sinh, DOMAIN;
        "sqrt" false f64::sqrt, "expected a nonnegative input, got {x}";
        "tan" false f64::tan, FINITE;
        "tanh" false f64::tanh, DOMAIN;
    }
    rounding(m)?;
    floats::define(m)?;
    gamma::define(m)?;
    integers::define(m)?;
    logarithm::define(m)?;
    norm::define(m)?;
    sums::define(m)?;
    products::define(m)?;
    m.value("pi", Value::float(std::f64::consts::PI))?;
    m.value("e", Value::float(std::f64::consts::E))?;
    m.value("tau", Value::float(std::f64::consts::TAU))?;
    m.value("inf", Value::float(f64::INFINITY))?;
    m.value("nan", Value::float(f64::NAN))?;
    Ok(())
}

/// `floor` and `ceil`: of floats at once, of others by their special method.
fn rounded(py: Py, x: &Value, name: &'static Str, round: fn(f64) -> f64) -> PyResult {
    if x.as_small_int().is_some() {
        return Ok(x.clone());
    }
    if let Some(f) = x.as_double() {
        return construct::from_float(py, round(f));
    }
    if let Some(object) = x.as_object().filter(|o| !o.is_exact::<Float>())
        && let Some(found) = protocol::call_special(py, object, name, &[])?
    {
        return Ok(found);
    }
    construct::from_float(py, round(number::to_f64(py, x)?))
}

fn trunc(py: Py, x: &Value) -> PyResult {
    if x.as_small_int().is_some() {
        return Ok(x.clone());
    }
    if let Some(f) = x.as_double() {
        return construct::from_float(py, f.trunc());
    }
    match protocol::call_special(py, &x.to_object(), intern!("__trunc__"), &[])? {
        Some(found) => Ok(found),
        None => raise!(
            py,
            TypeError,
            "type {} doesn't define __trunc__ method",
            x.ty().name()
        ),
    }
}

fn rounding(m: &ModuleBuilder) -> PyResult<()> {
    m.function("floor($module, x, /)", |py: Py, x: &Value| {
        rounded(py, x, intern!("__floor__"), f64::floor)
    })?;
    m.function("ceil($module, x, /)", |py: Py, x: &Value| {
        rounded(py, x, intern!("__ceil__"), f64::ceil)
    })?;
    m.function("trunc($module, x, /)", trunc)?;
    Ok(())
}

/// `a OP b` on values.
pub(crate) fn operate(py: Py, op: BinaryOp, a: &Value, b: &Value) -> PyResult {
    number::binary(py, op, a, b)
}

/// Whether a value is an int, of any kind.
pub(crate) fn is_int(value: &Value) -> bool {
    value.as_small_int().is_some() || value.downcast::<Int>().is_some()
}

/// Coordinates as floats.
pub(crate) fn coordinates(py: Py, values: Args<'_>) -> PyResult<Vec<f64>> {
    values.0.iter().map(|v| number::to_f64(py, v)).collect()
}
