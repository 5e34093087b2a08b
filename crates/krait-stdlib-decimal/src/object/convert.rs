//! Python's values as decimals, and decimals as ints.

use std::cell::OnceCell;

use krait_object::types::int::methods::{signed, to_value};
use krait_object::{Float, GilCell, Int, Object, Py, PyResult, Unpacked, Value, protocol, raise};

use super::decimal::This;
use crate::number::{Coeff, Decimal, Kind};

static RATIONAL: GilCell<OnceCell<Value>> = GilCell::new(OnceCell::new());

pub fn keep_rational(py: Py, class: Value) {
    RATIONAL.get(py).get_or_init(|| class);
}

/// Whether the value is an instance of `numbers.Rational`.
pub fn is_rational(py: Py, value: &Value) -> PyResult<bool> {
    match RATIONAL.get(py).get() {
        Some(class) => protocol::is_instance(py, value, &class.to_object()),
        None => Ok(false),
    }
}

pub fn of_int(int: &Int) -> Decimal {
    if let Some(n) = int.to_i64() {
        return Decimal::small(n);
    }
    let text = krait_int::to_decimal(signed(int));
    let digits = text.strip_prefix('-').unwrap_or(&text);
    Decimal::new(int.is_negative(), Coeff::from_digits(digits.as_bytes()), 0)
}

/// The int or Decimal in a value.
#[inline]
pub fn of_number(value: &Value) -> Option<Decimal> {
    match value.unpack() {
        Unpacked::Int(n) => Some(Decimal::small(n)),
        Unpacked::Float(_) => None,
        Unpacked::Object(object) => of_object(object),
    }
}

pub fn of_object(object: &Object) -> Option<Decimal> {
    if let Some(decimal) = object.downcast::<This>() {
        return Some(decimal.value.clone());
    }
    object.downcast::<Int>().map(of_int)
}

/// An operand of a method.
pub fn operand(py: Py, value: &Value) -> PyResult<Decimal> {
    match of_number(value) {
        Some(decimal) => Ok(decimal),
        None => raise!(
            py,
            TypeError,
            "conversion from {} to Decimal is not supported",
            value.ty().name()
        ),
    }
}

pub fn float_of(value: &Value) -> Option<f64> {
    value
        .as_double()
        .or_else(|| value.downcast::<Float>().map(Float::get))
}

/// The exact value of a float.
pub fn of_float(f: f64) -> Decimal {
    let negative = f.is_sign_negative();
    if f.is_nan() {
        return Decimal {
            negative,
            ..Decimal::nan()
        };
    }
    if f.is_infinite() {
        return Decimal::infinity(negative);
    }
    let bits = f.to_bits();
    let exponent = (bits >> 52 & 0x7FF) as i64;
    let fraction = bits & ((1 << 52) - 1);
    let (mut m, mut e) = if exponent == 0 {
        (fraction, -1074)
    } else {
        (fraction | 1 << 52, exponent - 1075)
    };
    if m == 0 {
        return Decimal::new(negative, Coeff::zero(), 0);
    }
    let zeros = i64::from(m.trailing_zeros()).min((-e).max(0));
    m >>= zeros;
    e += zeros;
    let mut coeff = Coeff::from(m);
    // A negative power of two is a power of five, shifted.
    let factor = if e >= 0 { 2 } else { 5 };
    for _ in 0..e.unsigned_abs() / 8 {
        coeff = coeff.mul_small(u32::pow(factor, 8));
    }
    coeff = coeff.mul_small(u32::pow(factor, (e.unsigned_abs() % 8) as u32));
    Decimal::new(negative, coeff, e.min(0))
}

/// An integer of digits.
pub fn int_of(negative: bool, coeff: &Coeff) -> Value {
    if let Some(n) = coeff.to_u64().and_then(|n| i64::try_from(n).ok()) {
        return Value::int(if negative { -n } else { n });
    }
    let digits: Vec<u8> = coeff.to_digits().bytes().map(|c| c - b'0').collect();
    let limbs = krait_int::parse_digits(&digits, 10);
    to_value(krait_int::Signed::new(negative, limbs))
}

/// The value of a number that is an integer, or has become one by rounding.
pub fn to_int(py: Py, value: &Decimal, mode: crate::number::Rounding) -> PyResult {
    match value.kind {
        Kind::Finite => {}
        Kind::Infinite => {
            return raise!(py, OverflowError, "cannot convert Infinity to integer");
        }
        Kind::Quiet | Kind::Signaling => {
            return raise!(py, ValueError, "cannot convert NaN to integer");
        }
    }
    let (whole, _) = value.rescaled(0, mode);
    Ok(int_of(value.negative, &whole.coeff))
}
