//! `Decimal(...)` and its relatives.

use krait_object::native::Instance;
use krait_object::protocol::number;
use krait_object::{
    Builtin, Int, Layout, List, Owned, Py, PyResult, Str, Tuple, Type, Value, raise,
};

use super::context::This as ContextObject;
use super::decimal::{self, DecimalObject, This};
use super::{convert, current};
use crate::number::{Context, Decimal, status};

/// Text in ASCII: digits of all scripts become ASCII's. `None` for what no number has.
fn ascii(text: &Str, lenient: bool) -> Option<String> {
    let codes: Vec<u32> = text.code_points().collect();
    let is_space =
        |c: &u32| char::from_u32(*c).is_some_and(char::is_whitespace) || (0x1C..=0x1F).contains(c);
    let mut part: &[u32] = &codes;
    if lenient {
        while let Some((first, rest)) = part.split_first().filter(|(c, _)| is_space(c)) {
            let _ = first;
            part = rest;
        }
        while let Some((last, rest)) = part.split_last().filter(|(c, _)| is_space(c)) {
            let _ = last;
            part = rest;
        }
    }
    let mut out = String::with_capacity(part.len());
    for &code in part {
        if code == u32::from('_') && lenient {
            continue;
        }
        if (1..0x80).contains(&code) {
            out.push(char::from_u32(code)?);
        } else {
            let digit = krait_text::unicode::decimal(code)?;
            out.push(char::from(b'0' + digit));
        }
    }
    Some(out)
}

/// The number in a text; a bad one is a NaN with the condition in the status.
fn of_text(text: &Str, lenient: bool, ctx: &mut Context) -> Decimal {
    match ascii(text, lenient).and_then(|t| Decimal::parse(&t)) {
        Some(decimal) => decimal,
        None => Decimal::invalid(ctx, status::CONVERSION_SYNTAX),
    }
}

/// The number in a tuple of sign, digits and exponent, as text.
fn tuple_text(py: Py, parts: &[Value]) -> PyResult<String> {
    let [sign, digits, exponent] = parts else {
        return raise!(py, ValueError, "argument must be a sequence of length 3");
    };
    let mut text = match number::int_of(sign) {
        Some(0) => String::new(),
        Some(1) => "-".to_string(),
        _ => {
            return raise!(
                py,
                ValueError,
                "sign must be an integer with the value 0 or 1"
            );
        }
    };
    let mut exponent_text = None;
    let mut infinite = false;
    if let Some(kind) = exponent.downcast::<Str>() {
        match &*kind.to_rust() {
            "F" => {
                infinite = true;
                text.push_str("Inf");
            }
            "n" => text.push_str("NaN"),
            "N" => text.push_str("sNaN"),
            _ => {
                return raise!(
                    py,
                    ValueError,
                    "string argument in the third position must be 'F', 'n' or 'N'"
                );
            }
        }
    } else if exponent.downcast::<Int>().is_some() || exponent.as_small_int().is_some() {
        let wide = number::index_to_i128(py, exponent)?;
        let Some(exponent) = wide.and_then(|w| i64::try_from(w).ok()) else {
            return number::integer_overflow(py, wide, "C ssize_t", false);
        };
        exponent_text = Some(exponent.to_string());
    } else {
        return raise!(py, ValueError, "exponent must be an integer");
    }
    let Ok(digits) = krait_object::protocol::iter::to_tuple(py, digits) else {
        drop(py.thread().take_exception());
        return raise!(py, ValueError, "coefficient must be a tuple of digits");
    };
    if digits.is_empty() && exponent_text.is_some() {
        text.push('0');
    }
    for digit in digits.iter() {
        match Value::unboxed(digit).as_small_int() {
            Some(d @ 0..=9) if !infinite => text.push(char::from(b'0' + d as u8)),
            Some(0..=9) => {}
            _ => {
                return raise!(py, ValueError, "coefficient must be a tuple of digits");
            }
        }
    }
    if let Some(exponent) = exponent_text {
        text.push('E');
        text.push_str(&exponent);
    }
    Ok(text)
}

fn of_sequence(py: Py, value: &Value, ctx: &mut Context) -> PyResult<Option<Decimal>> {
    let parts: Vec<Value> = if let Some(tuple) = value.downcast::<Tuple>() {
        tuple.iter().map(Value::unboxed).collect()
    } else if let Some(list) = value.downcast::<List>() {
        list.to_vec().iter().map(|v| Value::unboxed(v)).collect()
    } else {
        return Ok(None);
    };
    let text = tuple_text(py, &parts)?;
    Ok(Some(Decimal::parse(&text).unwrap_or_else(|| {
        Decimal::invalid(ctx, status::CONVERSION_SYNTAX)
    })))
}

/// A value as a decimal, not rounded; conditions go to the status.
fn unrounded(py: Py, value: &Value, lenient: bool, ctx: &mut Context) -> PyResult<Decimal> {
    if let Some(decimal) = convert::of_number(value) {
        return Ok(decimal);
    }
    if let Some(text) = value.downcast::<Str>() {
        return Ok(of_text(text, lenient, ctx));
    }
    if let Some(decimal) = of_sequence(py, value, ctx)? {
        return Ok(decimal);
    }
    if let Some(f) = convert::float_of(value) {
        ctx.add(status::FLOAT_OPERATION);
        return Ok(convert::of_float(f));
    }
    raise!(
        py,
        TypeError,
        "conversion from {} to Decimal is not supported",
        value.ty().name()
    )
}

/// What the constructor makes of a value: the exact number.
pub fn exact(py: Py, value: &Value, context: &ContextObject) -> PyResult<Decimal> {
    let mut found = Context::exact();
    let number = unrounded(py, value, true, &mut found)?;
    context.add_status(py, found.status)?;
    let mut wide = Context::exact();
    let fitted = number.finalize(&mut wide);
    let inexact = status::INEXACT | status::ROUNDED | status::CLAMPED;
    if wide.status & inexact != 0 {
        context.add_status(py, status::INVALID_OPERATION)?;
        return Ok(Decimal::nan());
    }
    Ok(fitted)
}

pub fn new(
    py: Py,
    class: &Type,
    value: Option<&Value>,
    context: Option<&Value>,
) -> PyResult<Owned<This>> {
    let context = current::argument(py, context)?;
    let number = match value {
        None => Decimal::small(0),
        Some(value) => {
            if class.is(This::type_object())
                && let Some(same) = value.downcast_exact::<This>()
            {
                return Ok(same.to_owned());
            }
            exact(py, value, &context)?
        }
    };
    Instance::new_in(
        py,
        class,
        DecimalObject {
            hash: std::cell::Cell::new(-1),
            value: number,
        },
    )
}

/// `Context.create_decimal`: the value rounded to the context.
pub fn create(py: Py, context: &ContextObject, value: Option<&Value>) -> PyResult {
    let Some(value) = value else {
        return Ok(Value::from(decimal::new(py, Decimal::small(0))));
    };
    let mut work = Context {
        status: 0,
        ..context.get()
    };
    let number = unrounded(py, value, false, &mut work)?;
    if work.status & status::FLOAT_OPERATION != 0 {
        context.add_status(py, status::FLOAT_OPERATION)?;
        work.status &= !status::FLOAT_OPERATION;
    }
    let number = rounded(number, &mut work);
    context.add_status(py, work.status)?;
    Ok(Value::from(decimal::new(py, number)))
}

/// The number in the context; a NaN whose payload has no room is no number.
pub fn rounded(number: Decimal, ctx: &mut Context) -> Decimal {
    if number.is_nan() && number.coeff.digits() > ctx.prec - i64::from(ctx.clamp) {
        return Decimal::invalid(ctx, status::CONVERSION_SYNTAX);
    }
    number.finalize(ctx)
}
