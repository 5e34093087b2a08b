//! Methods and slots of `float`.

use krait_int::{self as bigint, SignedRef};
use krait_text::float::{
    FloatFlags, float_from_hex, float_repr, float_to_hex, format_float, parse_float_bytes,
};
use krait_text::format::{Locale, Spec, format_float_spec};

use super::Float;
use crate::native::TypeBuilder;
use crate::object::{Builtin, Layout, Object, Owned};
use crate::protocol::{self, CompareOp, compare, number};
use crate::py::{Py, PyResult};
use crate::singletons;
use crate::types::int::methods::convert::text_error;
use crate::types::int::{Int, methods::construct};
use crate::types::str::{Str, StrBuilder};
use crate::types::tuple::Tuple;
use crate::types::typeobject::Type;
use crate::value::Value;

fn not_implemented() -> Value {
    Value::from_static(singletons::not_implemented())
}

/// An operand as a double: a float, or an int that fits.
fn operand(py: Py, object: &Object) -> PyResult<Option<f64>> {
    if let Some(float) = object.downcast::<Float>() {
        return Ok(Some(float.get()));
    }
    match object.downcast::<Int>() {
        Some(_) => number::int_to_f64(py, &Value::unboxed(object)).map(Some),
        None => Ok(None),
    }
}

fn operands(py: Py, a: &Object, b: &Object) -> PyResult<Option<(f64, f64)>> {
    Ok(match (operand(py, a)?, operand(py, b)?) {
        (Some(x), Some(y)) => Some((x, y)),
        _ => None,
    })
}

macro_rules! arithmetic {
    ($name:ident, $f:expr) => {
        fn $name(py: Py, a: &Object, b: &Object) -> PyResult {
            match operands(py, a, b)? {
                Some((x, y)) => $f(py, x, y),
                None => Ok(not_implemented()),
            }
        }
    };
}
arithmetic!(add, |_, x: f64, y: f64| Ok(Value::float(x + y)));
arithmetic!(subtract, |_, x: f64, y: f64| Ok(Value::float(x - y)));
arithmetic!(multiply, |_, x: f64, y: f64| Ok(Value::float(x * y)));
arithmetic!(true_divide, divide_f64);
arithmetic!(remainder, |py, x, y| divmod_f64(
    py,
    x,
    y,
    "division by zero"
)
.map(|(_, r)| Value::float(r)));
arithmetic!(floor_divide, |py, x, y| divmod_f64(
    py,
    x,
    y,
    "division by zero"
)
.map(|(q, _)| Value::float(q)));
arithmetic!(divmod, |py, x, y| {
    let (q, r) = divmod_f64(py, x, y, "division by zero")?;
    Ok(Value::from(Tuple::from_values([
        Value::float(q),
        Value::float(r),
    ])))
});

/// `x / y`.
pub fn divide_f64(py: Py, x: f64, y: f64) -> PyResult {
    if y == 0.0 {
        return crate::raise!(py, ZeroDivisionError, "division by zero");
    }
    Ok(Value::float(x / y))
}

/// Floor quotient and remainder with the divisor's sign.
pub fn divmod_f64(py: Py, x: f64, y: f64, text: &str) -> PyResult<(f64, f64)> {
    if y == 0.0 {
        return crate::raise!(py, ZeroDivisionError, "{text}");
    }
    let mut remainder = x % y;
    let mut quotient = (x - remainder) / y;
    if remainder != 0.0 {
        if (y < 0.0) != (remainder < 0.0) {
            remainder += y;
            quotient -= 1.0;
        }
    } else {
        remainder = 0.0f64.copysign(y);
    }
    let floor = if quotient != 0.0 {
        let floor = quotient.floor();
        if quotient - floor > 0.5 {
            floor + 1.0
        } else {
            floor
        }
    } else {
        0.0f64.copysign(x / y)
    };
    Ok((floor, remainder))
}

fn power(py: Py, a: &Object, b: &Object, modulus: &Object) -> PyResult {
    if !modulus.is_none() {
        return crate::raise!(
            py,
            TypeError,
            "pow() 3rd argument not allowed unless all arguments are integers"
        );
    }
    match operands(py, a, b)? {
        Some((x, y)) => power_f64(py, x, y),
        None => Ok(not_implemented()),
    }
}

/// `x ** y`: a complex number for a negative base and a broken exponent.
pub fn power_f64(py: Py, x: f64, y: f64) -> PyResult {
    if x == 0.0 && y < 0.0 && y.is_finite() {
        return crate::raise!(py, ZeroDivisionError, "zero to a negative power");
    }
    if x < 0.0 && x.is_finite() && y.is_finite() && y != y.floor() {
        let complex = |v| Value::from(crate::types::complex::Complex::new(v, 0.0));
        return number::binary(py, number::BinaryOp::Power, &complex(x), &complex(y));
    }
    let result = x.powf(y);
    if result.is_infinite() && x.is_finite() && y.is_finite() {
        return crate::raise!(py, OverflowError, "(34, 'Numerical result out of range')");
    }
    Ok(Value::float(result))
}

/// Comparison with an int is exact, also where the int is no double.
fn compare(_py: Py, this: &Float, other: &Object, op: CompareOp) -> Value {
    let x = this.get();
    if let Some(other) = other.downcast::<Float>() {
        return Value::bool(op.holds_f64(x, other.get()));
    }
    let Some(int) = other.downcast::<Int>() else {
        return not_implemented();
    };
    Value::bool(compare_with_int(x, int, op))
}

pub fn compare_with_int(x: f64, int: &Int, op: CompareOp) -> bool {
    if let Some(i) = int.compact_value() {
        return op.holds_f64(x, i as f64);
    }
    if !x.is_finite() {
        return op.holds_f64(x, 0.0);
    }
    let Some(whole) = bigint::from_f64(x) else {
        return op.holds_f64(x, 0.0);
    };
    let ordering = bigint::cmp(
        whole.as_ref(),
        SignedRef::new(int.is_negative(), int.digits()),
    );
    let fraction = x - x.trunc();
    let ordering = ordering.then(
        fraction
            .partial_cmp(&0.0)
            .unwrap_or(std::cmp::Ordering::Equal),
    );
    op.holds(ordering)
}

fn new(py: Py, class: &Type, value: Option<&Value>) -> PyResult {
    let made = value.map_or(Ok(0.0), |v| from_value(py, v))?;
    if class.is(Float::type_object()) {
        return Ok(Value::float(made));
    }
    Float::new_in(class, made).map(Value::from)
}

/// `float(value)`: a number, or text.
pub fn from_value(py: Py, value: &Value) -> PyResult<f64> {
    // A subclass of float or str may have a `__float__` of its own, which goes first.
    if let Some(object) = value.as_object()
        && !object.is_exact::<Str>()
        && let Some(made) = number::by_float_slot(py, object)?
    {
        return Ok(made);
    }
    let Some(text) = construct::text_bytes(value).filter(|_| !has_float(value)) else {
        let result = number::to_f64(py, value);
        if result.is_err()
            && crate::errors::matches(py, &crate::exceptions::TypeError)
            && !has_float(value)
        {
            drop(py.thread().take_exception());
            return crate::raise!(
                py,
                TypeError,
                "float() argument must be a string or a real number, not '{}'",
                value.ty().name()
            );
        }
        return result;
    };
    match parse_float_bytes(&text) {
        Some(result) => Ok(result),
        None => {
            let shown = protocol::repr(py, value)?;
            crate::raise!(
                py,
                ValueError,
                "could not convert string to float: {}",
                shown.to_rust()
            )
        }
    }
}

fn has_float(value: &Value) -> bool {
    // SAFETY: slot tables live as long as the type.
    let slots = unsafe { value.ty().raw().tp_as_number.as_ref() };
    slots.is_some_and(|n| n.nb_float.is_some() || n.nb_index.is_some())
}

/// The float itself, as an exact float.
fn exact(this: &Float) -> Value {
    Value::float(this.get())
}

fn is_integer(_py: Py, this: &Float) -> bool {
    this.get().is_finite() && this.get().floor() == this.get()
}

fn round(py: Py, this: &Float, ndigits: Option<&Value>) -> PyResult {
    let x = this.get();
    let Some(ndigits) = ndigits else {
        return construct::from_float(py, x.round_ties_even());
    };
    let ndigits = number::to_clipped_index(py, ndigits)?;
    if !x.is_finite() || x == 0.0 || ndigits > 323 {
        return Ok(Value::float(x));
    }
    if ndigits < -308 {
        return Ok(Value::float(0.0f64.copysign(x)));
    }
    let rounded = if ndigits >= 0 {
        format!("{x:.*}", ndigits as usize).parse().unwrap_or(x)
    } else {
        round_tens(x, ndigits.unsigned_abs() as u32)
    };
    if rounded.is_infinite() {
        return crate::raise!(py, OverflowError, "rounded value too large to represent");
    }
    Ok(Value::float(rounded))
}

/// To a multiple of a power of ten, ties to even, on the exact decimal value.
fn round_tens(x: f64, places: u32) -> f64 {
    let Some(whole) = bigint::from_f64(x) else {
        return x;
    };
    // The fraction only matters to tell a tie from more than a tie.
    let doubled = bigint::mul(whole.as_ref(), bigint::from_i64(4).as_ref());
    let sticky = if x.fract() == 0.0 {
        0
    } else {
        x.signum() as i64
    };
    let exact = bigint::add(doubled.as_ref(), bigint::from_i64(sticky).as_ref());
    let Ok(unit) = bigint::pow(bigint::from_i64(10).as_ref(), u64::from(places)) else {
        return x;
    };
    let unit4 = bigint::mul(unit.as_ref(), bigint::from_i64(4).as_ref());
    let Ok((quotient, _)) = bigint::divmod_near(exact.as_ref(), unit4.as_ref()) else {
        return x;
    };
    let result = bigint::mul(quotient.as_ref(), unit.as_ref());
    bigint::to_f64(result.as_ref())
        .unwrap_or(f64::INFINITY)
        .abs()
        .copysign(x)
}

fn as_integer_ratio(py: Py, this: &Float) -> PyResult {
    let x = this.get();
    if x.is_infinite() {
        return crate::raise!(
            py,
            OverflowError,
            "cannot convert Infinity to integer ratio"
        );
    }
    if x.is_nan() {
        return crate::raise!(py, ValueError, "cannot convert NaN to integer ratio");
    }
    let (mut numerator, mut exponent) = (x, 0u64);
    while numerator != numerator.trunc() {
        numerator *= 2.0;
        exponent += 1;
    }
    let numerator = construct::from_float(py, numerator)?;
    let denominator = match bigint::shl(bigint::from_i64(1).as_ref(), exponent) {
        Ok(denominator) => Int::value_from_digits(false, &denominator.digits),
        Err(_) => return crate::errors::no_memory(),
    };
    Ok(Value::from(Tuple::from_values([numerator, denominator])))
}

fn fromhex(py: Py, class: &Type, text: &Str) -> PyResult {
    match float_from_hex(text.to_rust().as_bytes()) {
        Ok(value) if class.is(Float::type_object()) => Ok(Value::float(value)),
        Ok(value) => protocol::call(py, &Value::from(class.to_owned()), &[Value::float(value)]),
        Err(error) => text_error(py, error),
    }
}

fn from_number(py: Py, class: &Type, number: &Value) -> PyResult {
    let value = Value::float(number::to_f64(py, number)?);
    if class.is(Float::type_object()) {
        Ok(value)
    } else {
        protocol::call(py, &Value::from(class.to_owned()), &[value])
    }
}

fn format(py: Py, this: &Float, spec: &Str) -> PyResult<Owned<Str>> {
    if spec.is_empty() {
        return protocol::str(py, &Value::from(this.to_owned()));
    }
    let type_name = this.as_object().ty().name().to_string();
    let mut out = StrBuilder::new();
    let written = Spec::for_float(spec.chars(), &type_name).and_then(|spec| {
        format_float_spec(this.get(), &spec, &type_name, &Locale::default(), &mut out)
    });
    match written {
        Ok(()) => Ok(out.finish()),
        Err(error) => text_error(py, error),
    }
}

/// `'%.17g'`-like text, for callers that want a given precision.
pub fn with_precision(value: f64, code: u8, precision: usize) -> String {
    format_float(value, code, precision, FloatFlags::default())
        .unwrap_or_else(|_| float_repr(value))
}

fn getformat(py: Py, _class: &Type, kind: &Str) -> PyResult<&'static str> {
    if kind.eq_str("double") || kind.eq_str("float") {
        return Ok(if cfg!(target_endian = "little") {
            "IEEE, little-endian"
        } else {
            "IEEE, big-endian"
        });
    }
    crate::raise!(
        py,
        ValueError,
        "__getformat__() argument 1 must be 'double' or 'float'"
    )
}

pub(super) fn define(b: &mut TypeBuilder<Float>) {
    b.doc("Convert a string or number to a floating-point number, if possible.")
        .new_with("float(x=0, /)", new)
        .repr(|_py, this: &Float| float_repr(this.get()))
        .hash(|_py, this: &Float| Ok(compare::hash_float(this.get())))
        .compare(compare)
        .add(add)
        .subtract(subtract)
        .multiply(multiply)
        .true_divide(true_divide)
        .floor_divide(floor_divide)
        .remainder(remainder)
        .divmod(divmod)
        .power(power)
        .negative(|_py, this: &Float| -this.get())
        .positive(|_py, this: &Float| exact(this))
        .absolute(|_py, this: &Float| this.get().abs())
        .truth(|_py, this: &Float| Ok(this.get() != 0.0))
        .int(|py, this: &Float| construct::from_float(py, this.get()))
        .float(|_py, this: &Float| exact(this));
    b.class_method("from_number($type, number, /)", from_number)
        .method("conjugate($self, /)", |_py, this: &Float| exact(this))
        .method("__trunc__($self, /)", |py, this: &Float| {
            construct::from_float(py, this.get())
        })
        .method("__floor__($self, /)", |py, this: &Float| {
            construct::from_float(py, this.get().floor())
        })
        .method("__ceil__($self, /)", |py, this: &Float| {
            construct::from_float(py, this.get().ceil())
        })
        .method("__round__($self, ndigits=None, /)", round)
        .method("as_integer_ratio($self, /)", as_integer_ratio)
        .class_method("fromhex($type, string, /)", fromhex)
        .method("hex($self, /)", |_py, this: &Float| {
            float_to_hex(this.get())
        })
        .method("is_integer($self, /)", is_integer)
        .method("__getnewargs__($self, /)", |_py, this: &Float| {
            Value::from(Tuple::from_values([exact(this)]))
        })
        .class_method("__getformat__($type, typestr, /)", getformat)
        .method("__format__($self, format_spec, /)", format)
        .getter("real", |_py, this: &Float| exact(this))
        .getter("imag", |_py, _this: &Float| 0.0);
}
