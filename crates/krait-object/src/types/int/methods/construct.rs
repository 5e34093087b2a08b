//! Making ints: `int(x)`, `int(text, base)`, `int.from_bytes`.

use std::cell::Cell;

use krait_int::{self as bigint, ParseError};
use krait_text::Chars;

use super::super::Int;
use super::{convert, exact, to_value};
use crate::object::{Builtin, Layout, Owned};
use crate::protocol::{self, number};
use crate::py::{GilCell, Py, PyResult};
use crate::types::bytes::Bytes;
use crate::types::str::Str;
use crate::types::typeobject::Type;
use crate::value::Value;

/// The most digits that text conversions take (`sys.set_int_max_str_digits`).
pub static MAX_STR_DIGITS: GilCell<Cell<usize>> = GilCell::new(Cell::new(4300));

pub fn new(py: Py, class: &Type, value: Option<&Value>, base: Option<&Value>) -> PyResult {
    let made = make(py, value, base)?;
    if class.is(Int::type_object()) {
        return Ok(made);
    }
    let object = made.to_object();
    let Some(int) = object.downcast::<Int>() else {
        return Ok(made);
    };
    Int::new_in(class, int.is_negative(), int.digits()).map(Value::from)
}

fn make(py: Py, value: Option<&Value>, base: Option<&Value>) -> PyResult {
    let Some(base) = base else {
        return value.map_or(Ok(Value::int(0)), |v| from_number_or_text(py, v));
    };
    let Some(value) = value else {
        return crate::raise!(py, TypeError, "int() missing string argument");
    };
    let base = number::to_index(py, base, &crate::exceptions::OverflowError);
    let base = crate::errors::suppress(py, base, &crate::exceptions::OverflowError)?.unwrap_or(-1);
    if base != 0 && !(2..=36).contains(&base) {
        return crate::raise!(py, ValueError, "int() base must be >= 2 and <= 36, or 0");
    }
    match text_bytes(value).filter(|_| is_text(value)) {
        Some(text) => parse(py, &text, base as u32, value),
        None => crate::raise!(
            py,
            TypeError,
            "int() can't convert non-string with explicit base"
        ),
    }
}

/// `int(value)`: through `__int__`, `__index__`, or the text.
pub fn from_number_or_text(py: Py, value: &Value) -> PyResult {
    if value.as_small_int().is_some() {
        return Ok(value.clone());
    }
    if let Some(f) = value.as_double() {
        return from_float(py, f);
    }
    if let Some(number) = value.downcast_exact::<Str>().and_then(few_digits) {
        return Ok(Value::int(number));
    }
    let object = value.to_object();
    if let Some(int) = object.downcast_exact::<Int>() {
        return Ok(exact(int));
    }
    // SAFETY: slot tables live as long as the type; slots take its instance.
    let slot = unsafe { object.ty().raw().tp_as_number.as_ref() }.and_then(|n| n.nb_int);
    if let Some(slot) = slot {
        // SAFETY: as above.
        let result = unsafe { protocol::owned_from_c(py, slot(object.as_object().as_ptr())) }?;
        return checked_result(py, &result);
    }
    if number::is_index(value) {
        let index = number::index(py, value)?;
        let object = index.to_object();
        return Ok(object.downcast::<Int>().map_or(index, exact));
    }
    match text_bytes(value) {
        Some(text) => parse(py, &text, 10, value),
        None => crate::raise!(
            py,
            TypeError,
            "int() argument must be a string, a bytes-like object or a real number, not '{}'",
            object.ty().name()
        ),
    }
}

/// The number that nothing but a few decimal digits, with a sign perhaps, write.
fn few_digits(text: &Str) -> Option<i64> {
    const MOST: usize = 18;
    let Chars::Latin1(text) = text.chars() else {
        return None;
    };
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    if digits.is_empty() || digits.len() > MOST {
        return None;
    }
    let mut number = 0;
    for digit in digits {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number * 10 + i64::from(digit);
    }
    Some(if negative { -number } else { number })
}

/// What `__int__` gave, as an exact int.
fn checked_result(py: Py, result: &Owned) -> PyResult {
    let Some(int) = result.downcast::<Int>() else {
        return crate::raise!(
            py,
            TypeError,
            "__int__ returned non-int (type {})",
            result.ty().name()
        );
    };
    if !int.as_object().is_exact::<Int>() {
        let text = format!(
            "__int__ returned non-int (type {}).  The ability to return an instance of a strict subclass of int is deprecated, and may be removed in a future version of Python.",
            result.ty().name()
        );
        crate::errors::warn(py, &crate::exceptions::DeprecationWarning, &text, 1)?;
    }
    Ok(exact(int))
}

/// A double cut off to an int.
pub fn from_float(py: Py, value: f64) -> PyResult {
    if value.abs() < 1e15 {
        return Ok(Value::int(value as i64));
    }
    match bigint::from_f64(value) {
        Some(result) => Ok(to_value(result)),
        None if value.is_nan() => {
            crate::raise!(py, ValueError, "cannot convert float NaN to integer")
        }
        None => crate::raise!(
            py,
            OverflowError,
            "cannot convert float infinity to integer"
        ),
    }
}

/// The text of a str, bytes or bytearray, with Unicode digits and spaces as ASCII.
pub fn text_bytes(value: &Value) -> Option<Vec<u8>> {
    if let Some(text) = value.downcast::<Str>() {
        return Some(match text.as_ascii() {
            Some(ascii) => ascii.as_bytes().to_vec(),
            None => krait_text::unicode::decimals_to_ascii(text.chars()),
        });
    }
    if let Some(bytes) = value.downcast::<Bytes>() {
        return Some(bytes.as_slice().to_vec());
    }
    crate::types::buffer::bytes_of(value)
}

/// Whether a base may be given for it.
fn is_text(value: &Value) -> bool {
    value.downcast::<Str>().is_some()
        || value.downcast::<Bytes>().is_some()
        || value
            .downcast::<crate::types::bytearray::ByteArray>()
            .is_some()
}

fn parse(py: Py, text: &[u8], base: u32, original: &Value) -> PyResult {
    let limit = MAX_STR_DIGITS.get(py).get();
    match bigint::parse_int(text, base, limit) {
        Ok(result) => Ok(to_value(result)),
        Err(ParseError::TooManyDigits(count)) => crate::raise!(
            py,
            ValueError,
            "Exceeds the limit ({limit} digits) for integer string conversion: value has {count} digits; use sys.set_int_max_str_digits() to increase the limit"
        ),
        Err(_) => {
            let shown = protocol::repr(py, original)?;
            crate::raise!(
                py,
                ValueError,
                "invalid literal for int() with base {base}: {}",
                shown.to_rust().chars().take(200).collect::<String>()
            )
        }
    }
}

/// The bytes of `bytes(data)`, but that a count is refused (`PyObject_Bytes`).
fn buffer_or_bytes(py: Py, data: &Value) -> PyResult<Owned<Bytes>> {
    if let Some(bytes) = data.downcast_exact::<Bytes>() {
        return Ok(bytes.to_owned());
    }
    match crate::types::bytes::build::by_special_method(py, data)? {
        Some(made) => Ok(made),
        None => crate::types::bytes::build::from_object(py, data),
    }
}

pub fn from_bytes(
    py: Py,
    class: &Type,
    data: &Value,
    byteorder: Option<&Str>,
    signed: Option<bool>,
) -> PyResult {
    let order = convert::byte_order(py, byteorder)?;
    let bytes = buffer_or_bytes(py, data)?;
    let value = to_value(bigint::from_bytes(
        bytes.as_slice(),
        order,
        signed.unwrap_or(false),
    ));
    if class.is(Int::type_object()) {
        return Ok(value);
    }
    protocol::call(py, &Value::from(class.to_owned()), &[value])
}
