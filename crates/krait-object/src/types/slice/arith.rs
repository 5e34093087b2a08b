//! Arithmetic on int values of any size, for ranges, slices and counters.

use std::cmp::Ordering;

use krait_int::{Signed, SignedRef};

use crate::protocol::number;
use crate::py::{Py, PyResult};
use crate::types::int::{Int, methods};
use crate::value::Value;

/// Calls with the digits of an int value.
fn digits<R>(value: &Value, then: impl FnOnce(SignedRef<'_>) -> R) -> R {
    match value.downcast::<Int>() {
        Some(int) => then(methods::signed(int)),
        None => then(krait_int::from_i64(value.as_small_int().unwrap_or(0)).as_ref()),
    }
}

fn both(a: &Value, b: &Value, f: impl FnOnce(SignedRef<'_>, SignedRef<'_>) -> Signed) -> Value {
    methods::to_value(digits(a, |x| digits(b, |y| f(x, y))))
}

pub(crate) fn add(a: &Value, b: &Value) -> Value {
    match (a.as_small_int(), b.as_small_int()) {
        (Some(x), Some(y)) => Value::int(x + y),
        _ => both(a, b, krait_int::add),
    }
}

pub(crate) fn sub(a: &Value, b: &Value) -> Value {
    match (a.as_small_int(), b.as_small_int()) {
        (Some(x), Some(y)) => Value::int(x - y),
        _ => both(a, b, krait_int::sub),
    }
}

pub(crate) fn mul(a: &Value, b: &Value) -> Value {
    match (a.as_small_int(), b.as_small_int()) {
        (Some(x), Some(y)) if x.checked_mul(y).is_some() => Value::int(x * y),
        _ => both(a, b, krait_int::mul),
    }
}

/// Floor quotient and remainder; the divisor is not zero.
pub(crate) fn divmod(a: &Value, b: &Value) -> (Value, Value) {
    let result = digits(a, |x| digits(b, |y| krait_int::divmod(x, y)));
    match result {
        Ok((quotient, remainder)) => (methods::to_value(quotient), methods::to_value(remainder)),
        Err(_) => (Value::int(0), Value::int(0)),
    }
}

pub(crate) fn negated(a: &Value) -> Value {
    sub(&Value::int(0), a)
}

pub(crate) fn compare(a: &Value, b: &Value) -> Ordering {
    match (a.as_small_int(), b.as_small_int()) {
        (Some(x), Some(y)) => x.cmp(&y),
        _ => digits(a, |x| digits(b, |y| krait_int::cmp(x, y))),
    }
}

pub(crate) fn is_zero(a: &Value) -> bool {
    compare(a, &Value::int(0)).is_eq()
}

pub(crate) fn is_negative(a: &Value) -> bool {
    compare(a, &Value::int(0)).is_lt()
}

/// `operator.index(value)` as an exact int.
pub(crate) fn exact_index(py: Py, value: &Value) -> PyResult {
    let index = number::index(py, value)?;
    Ok(match index.downcast::<Int>() {
        Some(int) => methods::exact(int),
        None => index,
    })
}
