//! Numbers of seconds as Python gives them: to nanoseconds and to `timespec`.

use krait_object::protocol::number;
use krait_object::{Float, Int, Py, PyResult, Value, raise};
use krait_sys::libc;

/// How fractions of a nanosecond are met.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Round {
    /// Towards minus infinity.
    Floor,
    /// Towards plus infinity.
    Ceiling,
    /// To the nearest, and in the middle to the even one.
    HalfEven,
    /// Away from zero: a timeout never ends early.
    Timeout,
}

impl Round {
    fn apply(self, x: f64) -> f64 {
        match self {
            Round::Floor => x.floor(),
            Round::Ceiling => x.ceil(),
            Round::HalfEven => x.round_ties_even(),
            Round::Timeout => {
                if x >= 0.0 {
                    x.ceil()
                } else {
                    x.floor()
                }
            }
        }
    }
}

const BILLION: i64 = 1_000_000_000;
/// 2**63: numbers below it, and from its negative on, are those of an `i64`.
const LIMIT: f64 = -(i64::MIN as f64);

fn float_of(value: &Value) -> Option<f64> {
    value
        .as_double()
        .or_else(|| value.downcast::<Float>().map(Float::get))
}

/// Nanoseconds of a number of seconds.
pub fn nanoseconds(py: Py, value: &Value, round: Round) -> PyResult<i64> {
    if let Some(f) = float_of(value) {
        if f.is_nan() {
            return raise!(py, ValueError, "Invalid value NaN (not a number)");
        }
        let scaled = round.apply(f * BILLION as f64);
        if !(-LIMIT..LIMIT).contains(&scaled) {
            return too_large(py);
        }
        return Ok(scaled as i64);
    }
    let Some(seconds) = integer(py, value, "an integer or float")? else {
        return too_large(py);
    };
    match seconds.checked_mul(BILLION) {
        Some(n) => Ok(n),
        None => too_large(py),
    }
}

fn too_large<T>(py: Py) -> PyResult<T> {
    raise!(py, OverflowError, "timestamp out of range for C PyTime_t")
}

/// An int; `None` where it is too wide.
fn integer(py: Py, value: &Value, kinds: &str) -> PyResult<Option<i64>> {
    check_integer(py, value, kinds)?;
    Ok(number::index_to_i128(py, value)?.and_then(|w| i64::try_from(w).ok()))
}

/// TypeError for what is no int, nor makes itself one.
pub fn check_integer(py: Py, value: &Value, kinds: &str) -> PyResult<()> {
    if value.as_small_int().is_none()
        && value.downcast::<Int>().is_none()
        && !number::is_index(value)
    {
        let got = value.ty().short_name();
        return raise!(
            py,
            TypeError,
            "'{got}' object cannot be interpreted as {kinds}"
        );
    }
    Ok(())
}

/// Seconds and nanoseconds of a number of seconds since the epoch.
pub fn timespec(py: Py, value: &Value, round: Round) -> PyResult<(i64, i64)> {
    seconds_and_parts(py, value, round, BILLION)
}

/// Seconds, and what is left in parts of which so many are a second.
pub fn seconds_and_parts(py: Py, value: &Value, round: Round, parts: i64) -> PyResult<(i64, i64)> {
    if let Some(f) = float_of(value) {
        if f.is_nan() {
            return raise!(py, ValueError, "Invalid value NaN (not a number)");
        }
        let whole = f.trunc();
        let mut rest = round.apply((f - whole) * parts as f64);
        let mut seconds = whole;
        if rest >= parts as f64 {
            rest -= parts as f64;
            seconds += 1.0;
        } else if rest < 0.0 {
            rest += parts as f64;
            seconds -= 1.0;
        }
        if !(-LIMIT..LIMIT).contains(&seconds) {
            return out_of_range(py);
        }
        return Ok((seconds as i64, rest as i64));
    }
    if !number::is_index(value) {
        let got = value.ty().short_name();
        return raise!(py, TypeError, "argument must be int or float, not {got}");
    }
    match integer(py, value, "an integer")? {
        Some(seconds) => Ok((seconds, 0)),
        None => out_of_range(py),
    }
}

fn out_of_range<T>(py: Py) -> PyResult<T> {
    raise!(
        py,
        OverflowError,
        "timestamp out of range for platform time_t"
    )
}

/// Whole seconds since the epoch, as the calendar functions take them.
pub fn time_t(py: Py, value: &Value) -> PyResult<i64> {
    whole_seconds(py, value, Round::Floor)
}

/// The same, rounded in another way.
pub fn whole_seconds(py: Py, value: &Value, round: Round) -> PyResult<i64> {
    if let Some(f) = float_of(value) {
        if f.is_nan() {
            return raise!(py, ValueError, "Invalid value NaN (not a number)");
        }
        let seconds = round.apply(f);
        if !(-LIMIT..LIMIT).contains(&seconds) {
            return out_of_range(py);
        }
        return Ok(seconds as i64);
    }
    match integer(py, value, "an integer")? {
        Some(seconds) => Ok(seconds),
        None => out_of_range(py),
    }
}

/// Nanoseconds as a C struct; the fraction is never negative.
pub fn to_timespec(nanoseconds: i64) -> libc::timespec {
    libc::timespec {
        tv_sec: nanoseconds.div_euclid(BILLION),
        tv_nsec: nanoseconds.rem_euclid(BILLION),
    }
}

/// A C struct as nanoseconds.
pub fn from_timespec(time: libc::timespec) -> i64 {
    time.tv_sec
        .saturating_mul(BILLION)
        .saturating_add(time.tv_nsec)
}
