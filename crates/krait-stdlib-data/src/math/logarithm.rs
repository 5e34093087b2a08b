//! `log`, `log2`, `log10`: of floats, and of integers too large to be one.

use krait_object::protocol::number::{self, BinaryOp};
use krait_object::types::int::methods::signed;
use krait_object::{Int, ModuleBuilder, Py, PyResult, Value, raise};

use super::domain_error;

pub(super) fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function("log(x, base=<unrepresentable>, /)", log)?;
    m.function("log2($module, x, /)", |py: Py, x: &Value| {
        of(py, x, f64::log2, 1.0)
    })?;
    m.function("log10($module, x, /)", |py: Py, x: &Value| {
        of(py, x, f64::log10, std::f64::consts::LOG10_2)
    })?;
    Ok(())
}

#[cold]
fn not_positive<T>(py: Py) -> PyResult<T> {
    raise!(py, ValueError, "expected a positive input")
}

/// A logarithm; `two` is that of 2.
fn of(py: Py, x: &Value, log: fn(f64) -> f64, two: f64) -> PyResult<f64> {
    if x.as_small_int().is_some_and(|i| i <= 0) {
        return not_positive(py);
    }
    if let Some(int) = x.downcast::<Int>() {
        if int.is_negative() || int.is_zero() {
            return not_positive(py);
        }
        if let Ok(f) = krait_int::to_f64(signed(int)) {
            return Ok(log(f));
        }
        let (fraction, exponent) = krait_int::frexp(signed(int));
        return Ok(log(fraction) + two * exponent as f64);
    }
    let x = number::to_f64(py, x)?;
    if x > 0.0 || x.is_nan() {
        Ok(log(x))
    } else {
        domain_error(py, "expected a positive input, got {x}", x)
    }
}

fn log(py: Py, x: &Value, base: Option<&Value>) -> PyResult {
    let result = of(py, x, f64::ln, std::f64::consts::LN_2)?;
    let Some(base) = base else {
        return Ok(Value::float(result));
    };
    let base = of(py, base, f64::ln, std::f64::consts::LN_2)?;
    number::binary(
        py,
        BinaryOp::TrueDivide,
        &Value::float(result),
        &Value::float(base),
    )
}
