//! Methods and slots of `int`.

use krait_int::{self as bigint, Signed, SignedRef};
use krait_text::memory;

use super::Int;
use crate::native::TypeBuilder;
use crate::object::{Layout, Object};
use crate::protocol::{CompareOp, number};
use crate::py::{Py, PyResult};
use crate::singletons;
use crate::types::bytes::Bytes;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::value::Value;

pub mod construct;
pub mod convert;

/// The int's magnitude and sign as krait-int sees them.
pub fn signed(int: &Int) -> SignedRef<'_> {
    SignedRef::new(int.is_negative(), int.digits())
}

/// A result of krait-int as a value.
pub fn to_value(result: Signed) -> Value {
    Int::value_from_digits(result.negative, &result.digits)
}

fn not_implemented() -> Value {
    Value::from_static(singletons::not_implemented())
}

/// Both operands as ints, or NotImplemented.
fn operands<'a>(a: &'a Object, b: &'a Object) -> Option<(&'a Int, &'a Int)> {
    Some((a.downcast::<Int>()?, b.downcast::<Int>()?))
}

/// A slot on machine numbers where both fit, on digits otherwise.
macro_rules! arithmetic {
    ($name:ident, $checked:ident, $big:path) => {
        fn $name(_py: Py, a: &Object, b: &Object) -> Value {
            let Some((a, b)) = operands(a, b) else {
                return not_implemented();
            };
            if let (Some(x), Some(y)) = (a.compact_value(), b.compact_value())
                && let Some(z) = x.$checked(y)
            {
                return Value::int(z);
            }
            $big(signed(a), signed(b))
        }
    };
}
arithmetic!(add, checked_add, sum);
arithmetic!(subtract, checked_sub, difference);
arithmetic!(multiply, checked_mul, product);

fn sum(a: SignedRef<'_>, b: SignedRef<'_>) -> Value {
    let (x, y) = (a.digits, b.digits);
    if a.negative == b.negative {
        let room = x.len().max(y.len()) + 1;
        return Int::build(room, a.negative, |out| bigint::add_into(out, x, y));
    }
    if bigint::cmp_mag(x, y).is_ge() {
        Int::build(x.len(), a.negative, |out| bigint::sub_into(out, x, y))
    } else {
        Int::build(y.len(), b.negative, |out| bigint::sub_into(out, y, x))
    }
}

fn difference(a: SignedRef<'_>, b: SignedRef<'_>) -> Value {
    sum(a, SignedRef::new(!b.negative, b.digits))
}

fn product(a: SignedRef<'_>, b: SignedRef<'_>) -> Value {
    let room = a.digits.len() + b.digits.len();
    // (What a long product needs besides is some times its length.)
    if room > 1 << 16 && !memory::is_available(room * size_of::<u32>() * 10) {
        memory::out_of_memory();
    }
    Int::build(room, a.negative != b.negative, |out| {
        bigint::mul_into(out, a.digits, b.digits);
        bigint::normalize(out).len()
    })
}

fn division_by_zero<T>(py: Py, what: &str) -> PyResult<T> {
    crate::raise!(py, ZeroDivisionError, "{what}")
}

fn floor_divide(py: Py, a: &Object, b: &Object) -> PyResult {
    let Some((a, b)) = operands(a, b) else {
        return Ok(not_implemented());
    };
    if b.is_zero() {
        return division_by_zero(py, "division by zero");
    }
    if let (Some(x), Some(y)) = (a.compact_value(), b.compact_value()) {
        return Ok(Value::int(floor_div(x, y)));
    }
    Ok(to_value(big_divmod(a, b).0))
}

/// Floor quotient and remainder; the divisor is known not to be zero.
fn big_divmod(a: &Int, b: &Int) -> (Signed, Signed) {
    bigint::divmod(signed(a), signed(b)).unwrap_or_else(|_| unreachable!("the divisor was checked"))
}

/// Quotient rounded down; the operands are immediates, so nothing overflows.
#[inline(always)]
pub fn floor_div(x: i64, y: i64) -> i64 {
    let quotient = x / y;
    if x % y != 0 && (x < 0) != (y < 0) {
        quotient - 1
    } else {
        quotient
    }
}

/// Remainder with the divisor's sign.
#[inline(always)]
pub fn floor_mod(x: i64, y: i64) -> i64 {
    let remainder = x % y;
    if remainder != 0 && (remainder < 0) != (y < 0) {
        remainder + y
    } else {
        remainder
    }
}

fn remainder(py: Py, a: &Object, b: &Object) -> PyResult {
    let Some((a, b)) = operands(a, b) else {
        return Ok(not_implemented());
    };
    if b.is_zero() {
        return division_by_zero(py, "division by zero");
    }
    if let (Some(x), Some(y)) = (a.compact_value(), b.compact_value()) {
        return Ok(Value::int(floor_mod(x, y)));
    }
    Ok(to_value(big_divmod(a, b).1))
}

fn divmod(py: Py, a: &Object, b: &Object) -> PyResult {
    let Some((a, b)) = operands(a, b) else {
        return Ok(not_implemented());
    };
    if b.is_zero() {
        return division_by_zero(py, "division by zero");
    }
    let (quotient, remainder) = match (a.compact_value(), b.compact_value()) {
        (Some(x), Some(y)) => (Value::int(floor_div(x, y)), Value::int(floor_mod(x, y))),
        _ => {
            let (quotient, remainder) = big_divmod(a, b);
            (to_value(quotient), to_value(remainder))
        }
    };
    Ok(Value::from(Tuple::from_values([quotient, remainder])))
}

fn true_divide(py: Py, a: &Object, b: &Object) -> PyResult {
    let Some((a, b)) = operands(a, b) else {
        return Ok(not_implemented());
    };
    match bigint::true_div(signed(a), signed(b)) {
        Ok(result) => Ok(Value::float(result)),
        Err(bigint::TrueDivError::Zero) => division_by_zero(py, "division by zero"),
        Err(bigint::TrueDivError::Overflow) => {
            crate::raise!(
                py,
                OverflowError,
                "integer division result too large for a float"
            )
        }
    }
}

fn power(py: Py, a: &Object, b: &Object, modulus: &Object) -> PyResult {
    let Some((base, exponent)) = operands(a, b) else {
        return Ok(not_implemented());
    };
    if modulus.is_none() {
        return plain_power(py, base, exponent);
    }
    let Some(modulus) = modulus.downcast::<Int>() else {
        return Ok(not_implemented());
    };
    match bigint::mod_pow(signed(base), signed(exponent), signed(modulus)) {
        Ok(result) => Ok(to_value(result)),
        Err(bigint::ModPowError::ZeroModulus) => {
            crate::raise!(py, ValueError, "pow() 3rd argument cannot be 0")
        }
        Err(bigint::ModPowError::NotInvertible) => {
            crate::raise!(
                py,
                ValueError,
                "base is not invertible for the given modulus"
            )
        }
    }
}

fn plain_power(py: Py, base: &Int, exponent: &Int) -> PyResult {
    if exponent.is_negative() {
        let base = number::int_to_f64(py, &Value::from(base.to_owned()))?;
        let exponent = number::int_to_f64(py, &Value::from(exponent.to_owned()))?;
        return crate::types::float::methods::power_f64(py, base, exponent);
    }
    let small = base.compact_value().filter(|b| (-1..=1).contains(b));
    match (small, exponent.to_i64()) {
        (Some(0 | 1), _) if !exponent.is_zero() => Ok(exact(base)),
        (Some(-1), _) => Ok(Value::int(
            if exponent.digits().first().is_some_and(|d| d & 1 == 1) {
                -1
            } else {
                1
            },
        )),
        (_, Some(exponent)) => match bigint::pow(signed(base), exponent as u64) {
            Ok(result) => Ok(to_value(result)),
            Err(_) => crate::errors::no_memory(),
        },
        (_, None) => crate::errors::no_memory(),
    }
}

fn shift_count(py: Py, count: &Int) -> PyResult<Option<u64>> {
    if count.is_negative() {
        return crate::raise!(py, ValueError, "negative shift count");
    }
    Ok(count.to_i64().map(|c| c as u64))
}

fn lshift(py: Py, a: &Object, b: &Object) -> PyResult {
    let Some((a, b)) = operands(a, b) else {
        return Ok(not_implemented());
    };
    let count = shift_count(py, b)?;
    if a.is_zero() {
        return Ok(Value::int(0));
    }
    let Some(count) = count else {
        return crate::raise!(py, OverflowError, "too many digits in integer");
    };
    match bigint::shl(signed(a), count) {
        Ok(result) => Ok(to_value(result)),
        Err(_) => crate::errors::no_memory(),
    }
}

fn rshift(py: Py, a: &Object, b: &Object) -> PyResult {
    let Some((a, b)) = operands(a, b) else {
        return Ok(not_implemented());
    };
    let count = shift_count(py, b)?;
    if let Some(x) = a.compact_value() {
        return Ok(Value::int(x >> count.unwrap_or(63).min(63)));
    }
    Ok(match count {
        Some(count) => to_value(bigint::shr(signed(a), count)),
        None => Value::int(if a.is_negative() { -1 } else { 0 }),
    })
}

macro_rules! bitwise {
    ($name:ident, $op:tt, $big:path) => {
        fn $name(_py: Py, a: &Object, b: &Object) -> Value {
            let Some((a, b)) = operands(a, b) else { return not_implemented() };
            match (a.compact_value(), b.compact_value()) {
                (Some(x), Some(y)) => Value::int(x $op y),
                _ => to_value($big(signed(a), signed(b))),
            }
        }
    };
}
bitwise!(and, &, bigint::and);
bitwise!(or, |, bigint::or);
bitwise!(xor, ^, bigint::xor);

/// The int itself, as an exact int where it is of a subclass.
pub fn exact(int: &Int) -> Value {
    if int.as_object().is_exact::<Int>() {
        return Value::unboxed(int.as_object());
    }
    Int::value_from_digits(int.is_negative(), int.digits())
}

fn absolute(_py: Py, this: &Int) -> Value {
    if this.is_negative() {
        Int::value_from_digits(false, this.digits())
    } else {
        exact(this)
    }
}

fn compare(_py: Py, this: &Int, other: &Object, op: CompareOp) -> Value {
    match other.downcast::<Int>() {
        Some(other) => Value::bool(op.holds(bigint::cmp(signed(this), signed(other)))),
        None => not_implemented(),
    }
}

fn hash(_py: Py, this: &Int) -> PyResult<i64> {
    Ok(match this.compact_value() {
        Some(i) => crate::protocol::compare::hash_int(i),
        None => bigint::hash(signed(this)),
    })
}

/// `round(int, ndigits)`: to even, for negative digits.
fn round(py: Py, this: &Int, ndigits: Option<&Value>) -> PyResult {
    let Some(ndigits) = ndigits else {
        return Ok(exact(this));
    };
    let ndigits = number::index(py, ndigits)?;
    match number::int_of(&ndigits) {
        Some(n) if n >= 0 => Ok(exact(this)),
        None if !ndigits.downcast::<Int>().is_some_and(Int::is_negative) => Ok(exact(this)),
        Some(n) if n.unsigned_abs() <= this.digits().len() as u64 * 10 + 10 => {
            match bigint::round_to_power_of_ten(signed(this), n.unsigned_abs()) {
                Ok(result) => Ok(to_value(result)),
                Err(_) => crate::errors::no_memory(),
            }
        }
        _ => Ok(Value::int(0)),
    }
}

fn as_integer_ratio(_py: Py, this: &Int) -> Value {
    Value::from(Tuple::from_values([exact(this), Value::int(1)]))
}

fn to_bytes(
    py: Py,
    this: &Int,
    length: Option<isize>,
    byteorder: Option<&Str>,
    signed_flag: Option<bool>,
) -> PyResult {
    let length = length.unwrap_or(1);
    let order = convert::byte_order(py, byteorder)?;
    let is_signed = signed_flag.unwrap_or(false);
    if length < 0 {
        return crate::raise!(py, ValueError, "length argument must be non-negative");
    }
    if !is_signed && this.is_negative() {
        return crate::raise!(py, OverflowError, "can't convert negative int to unsigned");
    }
    let mut fits = true;
    let bytes = Bytes::build(length as usize, |buffer| {
        fits = bigint::to_bytes(signed(this), buffer, order, is_signed).is_ok();
    });
    match bytes {
        Some(bytes) if fits => Ok(Value::from(bytes)),
        Some(_) => crate::raise!(py, OverflowError, "int too big to convert"),
        None => crate::errors::no_memory(),
    }
}

pub(super) fn define(b: &mut TypeBuilder<Int>) {
    b.doc("int([x]) -> integer\nint(x, base=10) -> integer\n\nConvert a number or string to an integer, or return 0 if no arguments\nare given.  If x is a number, return x.__int__().  For floating-point\nnumbers, this truncates towards zero.\n\nIf x is not a number or if base is given, then x must be a string,\nbytes, or bytearray instance representing an integer literal in the\ngiven base.  The literal can be preceded by '+' or '-' and be surrounded\nby whitespace.  The base defaults to 10.  Valid bases are 0 and 2-36.\nBase 0 means to interpret the base from the string as an integer literal.\n>>> int('0b100', base=0)\n4")
        .new_with("!int(x=0, /, base=10)", construct::new)
        .repr(convert::repr)
        .compare(compare)
        .hash(hash)
        .add(add)
        .subtract(subtract)
        .multiply(multiply)
        .remainder(remainder)
        .divmod(divmod)
        .power(power)
        .floor_divide(floor_divide)
        .true_divide(true_divide)
        .lshift(lshift)
        .rshift(rshift)
        .and(and)
        .or(or)
        .xor(xor)
        .negative(|_py, this: &Int| to_value(bigint::neg(signed(this))))
        .positive(|_py, this: &Int| exact(this))
        .absolute(absolute)
        .invert(|_py, this: &Int| to_value(bigint::invert(signed(this))))
        .truth(|_py, this: &Int| Ok(!this.is_zero()))
        .int(|_py, this: &Int| exact(this))
        .float(|py, this: &Int| number::int_to_f64(py, &Value::from(this.to_owned())))
        .index(|_py, this: &Int| exact(this));
    b.method("conjugate($self, /)", |_py, this: &Int| exact(this))
        .method("bit_length($self, /)", |_py, this: &Int| {
            bigint::bit_length(this.digits())
        })
        .method("bit_count($self, /)", |_py, this: &Int| {
            bigint::bit_count(this.digits())
        })
        .method(
            "to_bytes($self, /, length=1, byteorder='big', *, signed=False)",
            to_bytes,
        )
        .class_method(
            "from_bytes($type, /, bytes, byteorder='big', *, signed=False)",
            construct::from_bytes,
        )
        .method("as_integer_ratio($self, /)", as_integer_ratio)
        .method("is_integer($self, /)", |_py, _this: &Int| true)
        .method("__trunc__($self, /)", |_py, this: &Int| exact(this))
        .method("__floor__($self, /)", |_py, this: &Int| exact(this))
        .method("__ceil__($self, /)", |_py, this: &Int| exact(this))
        .method("__round__($self, ndigits=None, /)", round)
        .method("__getnewargs__($self, /)", |_py, this: &Int| {
            Value::from(Tuple::from_values([exact(this)]))
        })
        .method("__format__($self, format_spec, /)", convert::format)
        .method("__sizeof__($self, /)", |_py, this: &Int| {
            24 + 4 * this.digit_count().max(1)
        })
        .getter("real", |_py, this: &Int| exact(this))
        .getter("imag", |_py, _this: &Int| 0i64)
        .getter("numerator", |_py, this: &Int| exact(this))
        .getter("denominator", |_py, _this: &Int| 1i64);
}
