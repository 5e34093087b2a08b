//! Arithmetic of timedelta.

use krait_object::native::TypeBuilder;
use krait_object::protocol::number::{self, BinaryOp};
use krait_object::protocol::{self, CompareOp};
use krait_object::types::sequence::not_implemented;
use krait_object::{
    Builtin, Float, Int, Layout, Object, Py, PyResult, Tuple, Value, intern, raise,
};

use super::delta::{self, This, checked, span_of};
use super::delta_new::float_of;
use super::span::{Span, TooLong};

fn int_value(i: i128) -> Value {
    match i64::try_from(i) {
        Ok(i) => Value::int(i),
        Err(_) => Value::from(Int::from_i128(i)),
    }
}

/// A quotient as Python's ints give it, correctly rounded.
fn quotient(py: Py, a: i128, b: i128) -> PyResult {
    number::binary(py, BinaryOp::TrueDivide, &int_value(a), &int_value(b))
}

pub fn total_seconds(py: Py, this: &This) -> PyResult {
    let micros = this.span.to_micros();
    if micros.unsigned_abs() < 1 << 53 {
        return Ok(Value::float(micros as f64 / 1e6));
    }
    quotient(py, micros, 1_000_000)
}

fn from_micros(py: Py, micros: Option<i128>) -> PyResult {
    let span = micros.ok_or(TooLong::Int).and_then(Span::from_micros);
    checked(py, span).map(Value::from)
}

/// `a / b` to the nearest integer, ties to even; `b` is not zero.
fn divide_round(a: i128, b: i128) -> i128 {
    let (mut q, r) = (a.div_euclid(b), a.rem_euclid(b));
    // With the Euclidean remainder, q is the floor for positive b, the ceiling else.
    let twice = r.unsigned_abs() * 2;
    let size = b.unsigned_abs();
    if twice > size || (twice == size && q & 1 == 1) {
        q += if b > 0 { 1 } else { -1 };
    }
    q
}

/// Mantissa and exponent of a finite float: `f = m * 2**e`.
fn decompose(py: Py, f: f64) -> PyResult<(i128, i32)> {
    if f.is_nan() {
        return raise!(py, ValueError, "cannot convert NaN to integer ratio");
    }
    if f.is_infinite() {
        return raise!(
            py,
            OverflowError,
            "cannot convert Infinity to integer ratio"
        );
    }
    let bits = f.to_bits();
    let exponent = ((bits >> 52) & 0x7FF) as i32;
    let fraction = (bits & ((1 << 52) - 1)) as i128;
    let (mut m, mut e) = if exponent == 0 {
        (fraction, -1074)
    } else {
        (fraction | 1 << 52, exponent - 1075)
    };
    if m != 0 {
        let shift = m.trailing_zeros();
        m >>= shift;
        e += shift as i32;
    }
    Ok((if f < 0.0 { -m } else { m }, e))
}

fn shifted(value: i128, by: i32) -> Option<i128> {
    if value == 0 {
        return Some(0);
    }
    let room = value.unsigned_abs().leading_zeros() as i32 - 2;
    (by <= room).then(|| value << by)
}

/// `micros * a / b` to the nearest microsecond, in Python's ints.
fn scale(py: Py, micros: i128, a: &Value, b: &Value) -> PyResult {
    let product = number::binary(py, BinaryOp::Multiply, &int_value(micros), a)?;
    let whole = number::binary(py, BinaryOp::FloorDivide, &product, b)?;
    let rest = number::binary(py, BinaryOp::Remainder, &product, b)?;
    let twice = number::binary(py, BinaryOp::Multiply, &rest, &Value::int(2))?;
    let positive = protocol::rich_compare(py, b, &Value::int(0), CompareOp::Gt)?;
    let op = if protocol::truth(py, &positive)? {
        CompareOp::Gt
    } else {
        CompareOp::Lt
    };
    let above = protocol::rich_compare(py, &twice, b, op)?;
    let odd = number::binary(py, BinaryOp::And, &whole, &Value::int(1))?;
    let tie_up = protocol::equal(py, &twice, b)? && protocol::truth(py, &odd)?;
    let up = protocol::truth(py, &above)? || tie_up;
    let rounded = number::binary(py, BinaryOp::Add, &whole, &Value::int(i64::from(up)))?;
    from_micros(py, number::index_to_i128(py, &rounded)?)
}

/// The ratio that a subclass of float says it is.
fn own_ratio(py: Py, factor: &Object) -> PyResult<Option<(Value, Value)>> {
    if factor.is_exact::<Float>() {
        return Ok(None);
    }
    let factor = Value::from(factor.to_owned());
    let ratio = protocol::call_method(py, &factor, intern!("as_integer_ratio"), &[])?;
    let Some(pair) = ratio.downcast::<Tuple>() else {
        return raise!(
            py,
            TypeError,
            "unexpected return type from as_integer_ratio(): expected tuple, not '{}'",
            ratio.ty().name()
        );
    };
    match (pair.len(), pair.get(0), pair.get(1)) {
        (2, Some(a), Some(b)) => {
            if a.ty().is_subtype_of(Int::type_object()) && b.ty().is_subtype_of(Int::type_object())
            {
                return Ok(Some((a, b)));
            }
            raise!(
                py,
                TypeError,
                "unexpected type in as_integer_ratio(): expected integers"
            )
        }
        _ => raise!(
            py,
            ValueError,
            "unexpected size from as_integer_ratio(): expected a 2-tuple"
        ),
    }
}

fn multiply_float(py: Py, micros: i128, f: f64) -> PyResult {
    let (m, e) = decompose(py, f)?;
    let product = micros * m;
    let result = if e >= 0 {
        shifted(product, e)
    } else if -e < 126 {
        Some(divide_round(product, 1 << -e))
    } else {
        Some(0)
    };
    from_micros(py, result)
}

fn divide_float(py: Py, micros: i128, f: f64) -> PyResult {
    let (m, e) = decompose(py, f)?;
    if m == 0 {
        return raise!(py, ZeroDivisionError, "division by zero");
    }
    let result = if e <= 0 {
        shifted(micros, -e).map(|n| divide_round(n, m))
    } else {
        Some(shifted(m, e).map_or(0, |d| divide_round(micros, d)))
    };
    from_micros(py, result)
}

/// The int in an object, if it is one: its value where it fits.
fn int_of(py: Py, object: &Object) -> PyResult<Option<Option<i128>>> {
    if object.downcast::<Int>().is_none() {
        return Ok(None);
    }
    number::index_to_i128(py, &Value::unboxed(object)).map(Some)
}

fn multiply(py: Py, a: &Object, b: &Object) -> PyResult {
    let (span, factor) = match (span_of(a), span_of(b)) {
        (Some(span), _) => (span, b),
        (_, Some(span)) => (span, a),
        _ => return Ok(not_implemented()),
    };
    let micros = span.to_micros();
    if let Some(int) = int_of(py, factor)? {
        let product = match int {
            Some(int) => micros.checked_mul(int),
            None => (micros == 0).then_some(0),
        };
        return from_micros(py, product);
    }
    if factor.downcast::<Float>().is_some()
        && let Some((a, b)) = own_ratio(py, factor)?
    {
        return scale(py, micros, &a, &b);
    }
    match float_of(&Value::unboxed(factor)) {
        Some(f) => multiply_float(py, micros, f),
        None => Ok(not_implemented()),
    }
}

fn zero<T>(py: Py) -> PyResult<T> {
    raise!(py, ZeroDivisionError, "division by zero")
}

fn true_divide(py: Py, a: &Object, b: &Object) -> PyResult {
    let Some(span) = span_of(a) else {
        return Ok(not_implemented());
    };
    let micros = span.to_micros();
    if let Some(other) = span_of(b) {
        return quotient(py, micros, other.to_micros());
    }
    if let Some(int) = int_of(py, b)? {
        return match int {
            Some(0) => zero(py),
            Some(int) => from_micros(py, Some(divide_round(micros, int))),
            None => from_micros(py, Some(0)),
        };
    }
    if b.downcast::<Float>().is_some()
        && let Some((n, d)) = own_ratio(py, b)?
    {
        return scale(py, micros, &d, &n);
    }
    match float_of(&Value::unboxed(b)) {
        Some(f) => divide_float(py, micros, f),
        None => Ok(not_implemented()),
    }
}

fn floor_parts(py: Py, a: i128, b: i128) -> PyResult<(i128, i128)> {
    if b == 0 {
        return zero(py);
    }
    let (q, r) = (a / b, a % b);
    if r != 0 && (r < 0) != (b < 0) {
        return Ok((q - 1, r + b));
    }
    Ok((q, r))
}

fn floor_divide(py: Py, a: &Object, b: &Object) -> PyResult {
    let Some(span) = span_of(a) else {
        return Ok(not_implemented());
    };
    let micros = span.to_micros();
    if let Some(other) = span_of(b) {
        return Ok(int_value(floor_parts(py, micros, other.to_micros())?.0));
    }
    match int_of(py, b)? {
        Some(Some(int)) => from_micros(py, Some(floor_parts(py, micros, int)?.0)),
        Some(None) => {
            let divisor = Value::unboxed(b);
            number::binary(py, BinaryOp::FloorDivide, &int_value(micros), &divisor)
                .and_then(|q| from_micros(py, number::index_to_i128(py, &q)?))
        }
        None => Ok(not_implemented()),
    }
}

fn remainder(py: Py, a: &Object, b: &Object) -> PyResult {
    let (Some(a), Some(b)) = (span_of(a), span_of(b)) else {
        return Ok(not_implemented());
    };
    let (_, rest) = floor_parts(py, a.to_micros(), b.to_micros())?;
    from_micros(py, Some(rest))
}

fn divmod(py: Py, a: &Object, b: &Object) -> PyResult {
    let (Some(a), Some(b)) = (span_of(a), span_of(b)) else {
        return Ok(not_implemented());
    };
    let (whole, rest) = floor_parts(py, a.to_micros(), b.to_micros())?;
    let rest = from_micros(py, Some(rest))?;
    Ok(Value::from(Tuple::from_values([int_value(whole), rest])))
}

fn sum(py: Py, a: &Object, b: &Object, op: fn(Span, Span) -> Result<Span, TooLong>) -> PyResult {
    match (span_of(a), span_of(b)) {
        (Some(a), Some(b)) => checked(py, op(a, b)).map(Value::from),
        _ => Ok(not_implemented()),
    }
}

fn negative(py: Py, this: &This) -> PyResult {
    checked(py, Span::default().minus(this.span)).map(Value::from)
}

/// The same value as an exact timedelta.
fn positive(py: Py, this: &This) -> Value {
    Value::from(delta::new(py, this.span))
}

pub(super) fn define(b: &mut TypeBuilder<This>) {
    b.add(|py: Py, a: &Object, b: &Object| sum(py, a, b, Span::plus))
        .subtract(|py: Py, a: &Object, b: &Object| sum(py, a, b, Span::minus))
        .multiply(multiply)
        .true_divide(true_divide)
        .floor_divide(floor_divide)
        .remainder(remainder)
        .divmod(divmod)
        .negative(negative)
        .positive(positive)
        .absolute(|py: Py, this: &This| {
            if this.span.days < 0 {
                negative(py, this)
            } else {
                Ok(positive(py, this))
            }
        });
}
