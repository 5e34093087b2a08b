//! Conversions by methods: `from_float`, `as_tuple`, `as_integer_ratio`.

use std::cell::OnceCell;

use krait_object::native::TypeBuilder;
use krait_object::protocol::number::{self, BinaryOp};
use krait_object::{
    Dict, GilCell, Int, Py, PyResult, Str, Tuple, Type, Value, intern, protocol, raise,
};

use super::decimal::{self, This};
use super::{convert, imported};
use crate::number::{Coeff, Decimal, Kind};

static TUPLE: GilCell<OnceCell<Value>> = GilCell::new(OnceCell::new());

/// `DecimalTuple`.
pub fn tuple_class(py: Py) -> PyResult {
    if let Some(class) = TUPLE.get(py).get() {
        return Ok(class.clone());
    }
    let namedtuple = imported(py, "collections", "namedtuple")?;
    let arguments = ["DecimalTuple", "sign digits exponent"].map(|t| Value::from(Str::new(t)));
    let named = Dict::new();
    named.set_str(py, intern!("module"), Value::from(Str::new("decimal")))?;
    let arguments = Tuple::from_values(arguments);
    let class = protocol::call::call_tuple(py, &namedtuple, &arguments, Some(&named))?;
    let sequence = imported(py, "collections.abc", "Sequence")?;
    protocol::call_method_str(py, &sequence, "register", std::slice::from_ref(&class))?;
    Ok(TUPLE.get(py).get_or_init(|| class).clone())
}

fn as_tuple(py: Py, this: &This) -> PyResult {
    let value = &this.value;
    let digits = match value.kind {
        Kind::Infinite => vec![Value::int(0)],
        Kind::Finite => digit_values(&value.coeff),
        _ if value.coeff.is_zero() => Vec::new(),
        _ => digit_values(&value.coeff),
    };
    let exponent = match value.kind {
        Kind::Finite => Value::int(value.exp),
        Kind::Infinite => Value::from(Str::new("F")),
        Kind::Quiet => Value::from(Str::new("n")),
        Kind::Signaling => Value::from(Str::new("N")),
    };
    let parts = [
        Value::int(i64::from(value.negative)),
        Value::from(Tuple::from_values(digits)),
        exponent,
    ];
    protocol::call(py, &tuple_class(py)?, &parts)
}

fn digit_values(coeff: &Coeff) -> Vec<Value> {
    let digits = coeff.to_digits();
    digits
        .bytes()
        .map(|c| Value::int(i64::from(c - b'0')))
        .collect()
}

/// Numerator and denominator in lowest terms.
pub fn ratio(py: Py, value: &Decimal) -> PyResult<(Value, Value)> {
    match value.kind {
        Kind::Finite => {}
        Kind::Infinite => {
            return raise!(
                py,
                OverflowError,
                "cannot convert Infinity to integer ratio"
            );
        }
        _ => return raise!(py, ValueError, "cannot convert NaN to integer ratio"),
    }
    if value.is_zero() {
        return Ok((Value::int(0), Value::int(1)));
    }
    if value.exp >= 0 {
        let whole = value.coeff.shifted_up(value.exp.unsigned_abs());
        return Ok((convert::int_of(value.negative, &whole), Value::int(1)));
    }
    let numerator = convert::int_of(value.negative, &value.coeff);
    let power = Coeff::one().shifted_up(value.exp.unsigned_abs());
    let denominator = convert::int_of(false, &power);
    let gcd = imported(py, "math", "gcd")?;
    let divisor = protocol::call(py, &gcd, &[numerator.clone(), denominator.clone()])?;
    Ok((
        number::binary(py, BinaryOp::FloorDivide, &numerator, &divisor)?,
        number::binary(py, BinaryOp::FloorDivide, &denominator, &divisor)?,
    ))
}

/// An int or a float, exactly.
pub fn of_int_or_float(py: Py, value: &Value) -> PyResult<Decimal> {
    if value.as_small_int().is_some() || value.downcast::<Int>().is_some() {
        return Ok(convert::of_number(value).unwrap_or_else(Decimal::nan));
    }
    match convert::float_of(value) {
        Some(f) => Ok(convert::of_float(f)),
        None => raise!(py, TypeError, "argument must be int or float"),
    }
}

fn from_number(py: Py, class: &Type, value: &Value) -> PyResult {
    let number = match convert::of_number(value) {
        Some(number) => number,
        None => match convert::float_of(value) {
            Some(f) => convert::of_float(f),
            None => {
                let text = protocol::repr(py, value)?;
                return raise!(
                    py,
                    TypeError,
                    "Cannot convert {} to Decimal",
                    text.to_rust()
                );
            }
        },
    };
    decimal::of_class(py, class, number)
}

pub(super) fn define(b: &mut TypeBuilder<This>) {
    b.class_method(
        "from_float($type, f, /)",
        |py: Py, class: &Type, value: &Value| {
            let number = of_int_or_float(py, value)?;
            decimal::of_class(py, class, number)
        },
    )
    .class_method("from_number($type, number, /)", from_number)
    .method("as_tuple($self, /)", as_tuple)
    .method("as_integer_ratio($self, /)", |py: Py, this: &This| {
        ratio(py, &this.value)
    });
}
