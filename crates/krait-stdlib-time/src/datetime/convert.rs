//! Timestamps as Python gives them: ints and floats of seconds since the Unix epoch.

use krait_object::protocol::number;
use krait_object::{Py, PyResult, Value, raise};

use super::delta_new::float_of;

/// 2**63: numbers below it, and from its negative on, are those of an `i64`.
const LIMIT: f64 = -(i64::MIN as f64);

#[cold]
fn out_of_range<T>(py: Py) -> PyResult<T> {
    raise!(
        py,
        OverflowError,
        "timestamp out of range for platform time_t"
    )
}

fn check_nan(py: Py, f: f64) -> PyResult<()> {
    if f.is_nan() {
        return raise!(py, ValueError, "Invalid value NaN (not a number)");
    }
    Ok(())
}

fn integer(py: Py, value: &Value) -> PyResult<i64> {
    match number::index_to_i128(py, value)?.and_then(|w| i64::try_from(w).ok()) {
        Some(seconds) => Ok(seconds),
        None => out_of_range(py),
    }
}

/// Whole seconds, rounded down.
pub fn whole_seconds(py: Py, value: &Value) -> PyResult<i64> {
    let Some(f) = float_of(value) else {
        return integer(py, value);
    };
    check_nan(py, f)?;
    let seconds = f.floor();
    if !(-LIMIT..LIMIT).contains(&seconds) {
        return out_of_range(py);
    }
    Ok(seconds as i64)
}

/// Seconds and microseconds, of which there are none below zero; halves of a microsecond
/// go to the even one.
pub fn seconds_and_micros(py: Py, value: &Value) -> PyResult<(i64, i32)> {
    let Some(f) = float_of(value) else {
        return Ok((integer(py, value)?, 0));
    };
    check_nan(py, f)?;
    let mut seconds = f.trunc();
    let mut micros = ((f - seconds) * 1e6).round_ties_even();
    if micros >= 1e6 {
        micros -= 1e6;
        seconds += 1.0;
    } else if micros < 0.0 {
        micros += 1e6;
        seconds -= 1.0;
    }
    if !(-LIMIT..LIMIT).contains(&seconds) {
        return out_of_range(py);
    }
    Ok((seconds as i64, micros as i32))
}
