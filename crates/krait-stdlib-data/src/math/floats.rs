//! Functions of two floats, and of their representation.

use krait_object::protocol::number;
use krait_object::{ModuleBuilder, Py, PyResult, Value, raise};
use krait_sys::math as c;

use super::{DOMAIN, domain_error, is_int, range_error};

pub(super) fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function("atan2($module, y, x, /)", |_py: Py, y: f64, x: f64| {
        y.atan2(x)
    })?;
    m.function("copysign($module, x, y, /)", |_py: Py, x: f64, y: f64| {
        x.copysign(y)
    })?;
    m.function("pow($module, x, y, /)", pow)?;
    m.function("fmod($module, x, y, /)", fmod)?;
    m.function("remainder($module, x, y, /)", remainder)?;
    m.function("fma($module, x, y, z, /)", fma)?;
    m.function("frexp($module, x, /)", |_py: Py, x: f64| frexp(x))?;
    m.function("ldexp($module, x, i, /)", ldexp)?;
    m.function("modf($module, x, /)", |_py: Py, x: f64| modf(x))?;
    m.function("nextafter($module, x, y, /, *, steps=None)", nextafter)?;
    m.function("ulp($module, x, /)", |_py: Py, x: f64| ulp(x))?;
    m.function("degrees($module, x, /)", |_py: Py, x: f64| {
        x * (180.0 / std::f64::consts::PI)
    })?;
    m.function("radians($module, x, /)", |_py: Py, x: f64| {
        x * (std::f64::consts::PI / 180.0)
    })?;
    m.function("isfinite($module, x, /)", |_py: Py, x: f64| x.is_finite())?;
    m.function("isinf($module, x, /)", |_py: Py, x: f64| x.is_infinite())?;
    m.function("isnan($module, x, /)", |_py: Py, x: f64| x.is_nan())?;
    m.function(
        "isclose($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)",
        isclose,
    )?;
    Ok(())
}

fn pow(py: Py, x: f64, y: f64) -> PyResult<f64> {
    let result = x.powf(y);
    if result.is_finite() || !x.is_finite() || !y.is_finite() {
        return Ok(result);
    }
    if result.is_nan() || x == 0.0 {
        domain_error(py, DOMAIN, x)
    } else {
        range_error(py)
    }
}

fn fmod(py: Py, x: f64, y: f64) -> PyResult<f64> {
    if y.is_infinite() && x.is_finite() {
        return Ok(x);
    }
    let result = x % y;
    if result.is_nan() && !x.is_nan() && !y.is_nan() {
        return domain_error(py, DOMAIN, x);
    }
    Ok(result)
}

fn remainder(py: Py, x: f64, y: f64) -> PyResult<f64> {
    let result = c::remainder(x, y);
    if result.is_nan() && !x.is_nan() && !y.is_nan() {
        return domain_error(py, DOMAIN, x);
    }
    Ok(result)
}

fn fma(py: Py, x: f64, y: f64, z: f64) -> PyResult<f64> {
    let result = x.mul_add(y, z);
    if result.is_finite() {
        return Ok(result);
    }
    if result.is_nan() {
        if !x.is_nan() && !y.is_nan() && !z.is_nan() {
            return raise!(py, ValueError, "invalid operation in fma");
        }
    } else if x.is_finite() && y.is_finite() && z.is_finite() {
        return raise!(py, OverflowError, "overflow in fma");
    }
    Ok(result)
}

/// Fraction in [0.5, 1) and exponent of two.
pub(crate) fn frexp(x: f64) -> (f64, i32) {
    if x == 0.0 || !x.is_finite() {
        return (x, 0);
    }
    let bits = x.to_bits();
    let exponent = (bits >> 52 & 0x7FF) as i32;
    if exponent == 0 {
        let (fraction, exponent) = frexp(x * 18_014_398_509_481_984.0);
        return (fraction, exponent - 54);
    }
    (
        f64::from_bits(bits & !(0x7FF << 52) | 1022 << 52),
        exponent - 1022,
    )
}

fn ldexp(py: Py, x: f64, i: &Value) -> PyResult<f64> {
    if !is_int(i) {
        return raise!(
            py,
            TypeError,
            "Expected an int as second argument to ldexp."
        );
    }
    if x == 0.0 || !x.is_finite() {
        return Ok(x);
    }
    let exponent = number::to_clipped_index(py, i)?;
    let Ok(exponent) = i32::try_from(exponent) else {
        return if exponent > 0 {
            range_error(py)
        } else {
            Ok(0f64.copysign(x))
        };
    };
    let result = c::ldexp(x, exponent);
    if result.is_infinite() {
        range_error(py)
    } else {
        Ok(result)
    }
}

fn modf(x: f64) -> (f64, f64) {
    if x.is_infinite() {
        return (0f64.copysign(x), x);
    }
    if x.is_nan() {
        return (x, x);
    }
    let whole = x.trunc();
    ((x - whole).copysign(x), whole)
}

/// The order of floats as integers.
fn ordinal(x: f64) -> i64 {
    let bits = x.to_bits() as i64;
    if bits < 0 {
        i64::MIN.wrapping_sub(bits)
    } else {
        bits
    }
}

fn from_ordinal(ordinal: i64) -> f64 {
    let bits = if ordinal < 0 {
        i64::MIN.wrapping_sub(ordinal)
    } else {
        ordinal
    };
    f64::from_bits(bits as u64)
}

fn nextafter(py: Py, x: f64, y: f64, steps: Option<&Value>) -> PyResult<f64> {
    let single = steps.is_none();
    let steps = match steps {
        None => 1,
        Some(steps) => {
            let steps = number::index(py, steps)?;
            let negative = number::int_of(&steps).map_or_else(
                || {
                    steps
                        .downcast::<krait_object::Int>()
                        .is_some_and(|i| i.is_negative())
                },
                |i| i < 0,
            );
            if negative {
                return raise!(py, ValueError, "steps must be a non-negative integer");
            }
            number::index_to_i128(py, &steps)?
                .and_then(|s| u64::try_from(s).ok())
                .unwrap_or(u64::MAX)
        }
    };
    if steps == 0 {
        return Ok(x);
    }
    if x.is_nan() || y.is_nan() {
        return Ok(x + y);
    }
    if x == y {
        return Ok(y);
    }
    let (from, to) = (ordinal(x), ordinal(y));
    if from.abs_diff(to) <= steps {
        // C's function of one step goes to the zero on its own side.
        return Ok(if single && y == 0.0 { y.copysign(x) } else { y });
    }
    let target = if from < to {
        from.wrapping_add_unsigned(steps)
    } else {
        from.wrapping_sub_unsigned(steps)
    };
    // Going down to zero keeps the sign of where it came from.
    Ok(if target == 0 && from < 0 {
        -0.0
    } else {
        from_ordinal(target)
    })
}

fn ulp(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    let x = x.abs();
    if x.is_infinite() {
        return x;
    }
    let above = x.next_up();
    if above.is_infinite() {
        x - x.next_down()
    } else {
        above - x
    }
}

fn isclose(py: Py, a: f64, b: f64, rel_tol: Option<f64>, abs_tol: Option<f64>) -> PyResult<bool> {
    let (relative, absolute) = (rel_tol.unwrap_or(1e-9), abs_tol.unwrap_or(0.0));
    if relative < 0.0 || absolute < 0.0 {
        return raise!(py, ValueError, "tolerances must be non-negative");
    }
    if a == b {
        return Ok(true);
    }
    if a.is_infinite() || b.is_infinite() {
        return Ok(false);
    }
    let distance = (b - a).abs();
    Ok(
        distance <= (relative * b).abs()
            || distance <= (relative * a).abs()
            || distance <= absolute,
    )
}
