//! Checks of fields, and how instances of subclasses are made.

use krait_object::protocol::{self, number};
use krait_object::{Py, PyResult, Value, raise};

use super::{MAX_YEAR, MIN_YEAR, calendar};

/// A C int argument (`i` of the C API's argument formats).
pub fn int_argument(py: Py, value: &Value) -> PyResult<i32> {
    if let Some(i) = value.as_small_int()
        && let Ok(i) = i32::try_from(i)
    {
        return Ok(i);
    }
    let wide = number::index_to_i128(py, value)?;
    match wide.and_then(|w| i64::try_from(w).ok()) {
        Some(i) => match i32::try_from(i) {
            Ok(i) => Ok(i),
            Err(_) if i > 0 => {
                raise!(py, OverflowError, "signed integer is greater than maximum")
            }
            Err(_) => raise!(py, OverflowError, "signed integer is less than minimum"),
        },
        None => raise!(
            py,
            OverflowError,
            "Python int too large to convert to C long"
        ),
    }
}

/// An int argument with a default.
pub fn int_or(py: Py, value: Option<&Value>, default: i32) -> PyResult<i32> {
    value.map_or(Ok(default), |v| int_argument(py, v))
}

/// Raises as a constructor does for an argument that is missing.
#[cold]
pub fn missing<T>(py: Py, name: &str, place: usize) -> PyResult<T> {
    raise!(
        py,
        TypeError,
        "function missing required argument '{name}' (pos {place})"
    )
}

pub fn check_date(py: Py, year: i32, month: i32, day: i32) -> PyResult<()> {
    if !(MIN_YEAR..=MAX_YEAR).contains(&year) {
        return raise!(
            py,
            ValueError,
            "year must be in {MIN_YEAR}..{MAX_YEAR}, not {year}"
        );
    }
    if !(1..=12).contains(&month) {
        return raise!(py, ValueError, "month must be in 1..12, not {month}");
    }
    let days = calendar::days_in_month(year, month);
    if day < 1 || day > days {
        return raise!(
            py,
            ValueError,
            "day {day} must be in range 1..{days} for month {month} in year {year}"
        );
    }
    Ok(())
}

pub fn check_time(py: Py, clock: super::format::Clock, fold: i32) -> PyResult<()> {
    let (hour, minute, second, micro) = clock;
    if !(0..24).contains(&hour) {
        return raise!(py, ValueError, "hour must be in 0..23, not {hour}");
    }
    if !(0..60).contains(&minute) {
        return raise!(py, ValueError, "minute must be in 0..59, not {minute}");
    }
    if !(0..60).contains(&second) {
        return raise!(py, ValueError, "second must be in 0..59, not {second}");
    }
    if !(0..1_000_000).contains(&micro) {
        return raise!(
            py,
            ValueError,
            "microsecond must be in 0..999999, not {micro}"
        );
    }
    if fold != 0 && fold != 1 {
        return raise!(py, ValueError, "fold must be either 0 or 1, not {fold}");
    }
    Ok(())
}

/// `class(*numbers)`.
pub fn call_with_ints(
    py: Py,
    class: &krait_object::Type,
    numbers: &[i32],
    last: Option<Value>,
) -> PyResult {
    use krait_object::Layout;
    let mut values: Vec<Value> = numbers.iter().map(|n| Value::int(i64::from(*n))).collect();
    values.extend(last);
    protocol::call(py, &Value::from(class.to_owned()), &values)
}

/// The state in an argument of a pickled object: bytes, or the str that Python 2's pickles
/// become; `None` for anything else.
pub fn pickled<const N: usize>(py: Py, value: &Value, what: &str) -> PyResult<Option<[u8; N]>> {
    if let Some(bytes) = value.downcast::<krait_object::Bytes>() {
        return Ok(bytes.as_slice().try_into().ok());
    }
    let Some(text) = value.downcast::<krait_object::Str>() else {
        return Ok(None);
    };
    if text.len() != N {
        return Ok(None);
    }
    let latin: Option<Vec<u8>> = text.code_points().map(|c| u8::try_from(c).ok()).collect();
    match latin {
        Some(latin) => Ok(latin.as_slice().try_into().ok()),
        None => raise!(
            py,
            ValueError,
            "Failed to encode latin1 string when unpickling a {what} object. pickle.load(data, encoding='latin1') is assumed."
        ),
    }
}
