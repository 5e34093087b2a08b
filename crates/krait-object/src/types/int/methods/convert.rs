//! Ints as text, and formatting.

use krait_int::{self as bigint, ByteOrder};
use krait_text::format::{self, IntPlan, Locale, Spec};

use super::super::Int;
use super::signed;
use crate::object::{Layout, Owned};
use crate::protocol::{self, number};
use crate::py::{Py, PyResult};
use crate::types::str::{Str, StrBuilder};
use crate::value::Value;

/// Decimal text, within the limit for conversions.
pub fn decimal(py: Py, this: &Int) -> PyResult<String> {
    if let Some(i) = this.compact_value() {
        return Ok(protocol::repr::itoa(i, &mut [0; 24]).to_string());
    }
    let limit = super::construct::MAX_STR_DIGITS.get(py).get();
    // A digit of 30 bits is a little more than nine decimal ones.
    if limit != 0 && this.digit_count() * 9 > limit {
        let bits = bigint::bit_length(this.digits());
        if (bits - 1) as f64 * std::f64::consts::LOG10_2 >= limit as f64 {
            return too_long(py, limit);
        }
    }
    let text = bigint::to_decimal(signed(this));
    if limit != 0 && text.trim_start_matches('-').len() > limit {
        return too_long(py, limit);
    }
    Ok(text)
}

#[cold]
fn too_long(py: Py, limit: usize) -> PyResult<String> {
    crate::raise!(
        py,
        ValueError,
        "Exceeds the limit ({limit} digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit"
    )
}

pub fn repr(py: Py, this: &Int) -> PyResult<String> {
    decimal(py, this)
}

/// A `byteorder` argument.
pub fn byte_order(py: Py, order: Option<&Str>) -> PyResult<ByteOrder> {
    match order {
        None => Ok(ByteOrder::Big),
        Some(order) if order.eq_str("big") => Ok(ByteOrder::Big),
        Some(order) if order.eq_str("little") => Ok(ByteOrder::Little),
        Some(_) => crate::raise!(py, ValueError, "byteorder must be either 'little' or 'big'"),
    }
}

/// Raises what a text function failed with.
#[cold]
pub fn text_error<T>(py: Py, error: krait_text::TextError) -> PyResult<T> {
    use krait_text::ErrorKind;
    match error.kind {
        ErrorKind::Value => crate::raise!(py, ValueError, "{}", error.message),
        ErrorKind::Type => crate::raise!(py, TypeError, "{}", error.message),
        ErrorKind::Overflow => crate::raise!(py, OverflowError, "{}", error.message),
        ErrorKind::Memory => crate::errors::no_memory(),
    }
}

/// `int.__format__`.
pub fn format(py: Py, this: &Int, spec: &Str) -> PyResult<Owned<Str>> {
    if spec.is_empty() {
        return protocol::str(py, &Value::from(this.to_owned()));
    }
    let type_name = this.as_object().ty().name().to_string();
    let result = format_inner(py, this, spec, &type_name)?;
    result.or_else(|error| text_error(py, error))
}

fn format_inner(
    py: Py,
    this: &Int,
    text: &Str,
    type_name: &str,
) -> PyResult<Result<Owned<Str>, krait_text::TextError>> {
    let spec = match Spec::for_int(text.chars(), type_name) {
        Ok(spec) => spec,
        Err(error) => return Ok(Err(error)),
    };
    let plan = match format::plan_int(&spec, type_name) {
        Ok(plan) => plan,
        Err(error) => return Ok(Err(error)),
    };
    let mut out = StrBuilder::new();
    let written = match plan {
        IntPlan::Char => format::format_char(this.to_i64().unwrap_or(-1), &spec, &mut out),
        IntPlan::Digits { base, upper } => {
            let mut digits = match base {
                10 => decimal(py, this)?,
                _ => bigint::to_radix(signed(this), base),
            };
            if upper {
                digits.make_ascii_uppercase();
            }
            format::format_int(
                digits.trim_start_matches('-'),
                this.is_negative(),
                &spec,
                &Locale::default(),
                &mut out,
            )
        }
        IntPlan::Float => {
            let value = number::int_to_f64(py, &Value::from(this.to_owned()))?;
            format::format_float_spec(value, &spec, type_name, &Locale::default(), &mut out)
        }
    };
    Ok(written.map(|()| out.finish()))
}
