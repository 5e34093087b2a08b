//! `format % arguments` for bytes.

use krait_text::Chars;
use krait_text::format::{self as text_format, Count, Directive, percent_float};

use super::{ByteString, Bytes, BytesLike};
use crate::object::{Object, Owned};
use crate::protocol::{self, number};
use crate::py::{Py, PyResult};
use crate::types::buffer;
use crate::types::bytearray::ByteArray;
use crate::types::int::methods::convert::text_error;
use crate::types::sequence::not_implemented;
use crate::types::str::Str;
use crate::types::str::methods::percent::{Arguments, integer};
use crate::types::type_methods::names::fully_qualified_name;
use crate::value::Value;

/// `format % arguments`; NotImplemented where the left side is of another type.
pub fn remainder<T: ByteString>(py: Py, format: &Object, arguments: &Object) -> PyResult {
    let Some(this) = format.downcast::<T>() else {
        return Ok(not_implemented());
    };
    let _pin = this.pin();
    percent::<T>(py, this.data(), &Value::unboxed(arguments)).map(Value::from)
}

fn percent<T: ByteString>(py: Py, format: &[u8], all: &Value) -> PyResult<Owned<T>> {
    let key_at = |key: std::ops::Range<usize>| Value::from(Bytes::new(&format[key]));
    let is_single = all.downcast::<Bytes>().is_some()
        || all.downcast::<ByteArray>().is_some()
        || all.downcast::<Str>().is_some();
    let mut arguments = Arguments::new(py, all, is_single, &key_at);
    let mut out: Vec<u8> = Vec::with_capacity(format.len() + 32);
    let mut at = 0;
    while at < format.len() {
        let plain =
            krait_text::search::find_units(&format[at..], b"%").unwrap_or(format.len() - at);
        out.extend_from_slice(&format[at..at + plain]);
        at += plain;
        if at == format.len() {
            break;
        }
        let directive = arguments.directive(Chars::Latin1(format), at + 1, true)?;
        at = directive.end;
        if directive.conversion == u32::from('%') {
            out.push(b'%');
        } else {
            convert(py, &mut out, &mut arguments, &directive)?;
        }
    }
    if !arguments.finished() {
        return crate::raise!(
            py,
            TypeError,
            "not all arguments converted during bytes formatting"
        );
    }
    T::try_build(out.len(), |data| data.copy_from_slice(&out))
}

fn convert(
    py: Py,
    out: &mut Vec<u8>,
    arguments: &mut Arguments<'_>,
    directive: &Directive,
) -> PyResult<()> {
    let value = arguments.take()?;
    match u8::try_from(directive.conversion).unwrap_or(0) {
        b'r' | b'a' => {
            let text = protocol::ascii(py, &value)?;
            pad(py, out, cut(text.raw_bytes(), directive), directive)
        }
        b's' | b'b' => {
            let data = format_bytes(py, &value)?;
            let data = BytesLike::new(py, &data)?;
            pad(py, out, cut(&data, directive), directive)
        }
        b'c' => {
            let one = character(py, &value)?;
            pad(py, out, &[one], directive)
        }
        b'd' | b'i' | b'u' | b'o' | b'x' | b'X' => {
            out.extend_from_slice(integer(py, &value, directive)?.as_bytes());
            Ok(())
        }
        b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => {
            let float = number::to_f64(py, &value);
            let Some(float) = crate::errors::suppress(py, float, &crate::exceptions::TypeError)?
            else {
                return crate::raise!(
                    py,
                    TypeError,
                    "float argument required, not {}",
                    value.ty().name()
                );
            };
            match percent_float(float, directive) {
                Ok(text) => {
                    out.extend_from_slice(text.as_bytes());
                    Ok(())
                }
                Err(error) => text_error(py, error),
            }
        }
        _ => text_error(
            py,
            text_format::unsupported_conversion(
                directive.conversion,
                directive.conversion_at,
                true,
            ),
        ),
    }
}

/// What `%b` takes: the result of `__bytes__`, or something with a buffer.
fn format_bytes(py: Py, value: &Value) -> PyResult {
    if value.downcast_exact::<Bytes>().is_some() || value.downcast::<ByteArray>().is_some() {
        return Ok(value.clone());
    }
    if let Some(made) = super::build::by_special_method(py, value)? {
        return Ok(Value::from(made));
    }
    if buffer::has_buffer(value) {
        return Ok(value.clone());
    }
    crate::raise!(
        py,
        TypeError,
        "%b requires a bytes-like object, or an object that implements __bytes__, not '{}'",
        value.ty().name()
    )
}

/// No more than the precision.
fn cut<'a>(data: &'a [u8], directive: &Directive) -> &'a [u8] {
    match directive.precision {
        Count::Fixed(most) => &data[..most.min(data.len())],
        Count::None => data,
    }
}

fn character(py: Py, value: &Value) -> PyResult<u8> {
    let data = match (value.downcast::<Bytes>(), value.downcast::<ByteArray>()) {
        (Some(bytes), _) => Some((bytes.as_slice(), "bytes")),
        (_, Some(array)) => Some((array.as_slice(), "bytearray")),
        _ => None,
    };
    match data {
        Some(([byte], _)) => Ok(*byte),
        Some((data, kind)) => crate::raise!(
            py,
            TypeError,
            "%c requires an integer in range(256) or a single byte, not a {kind} object of length {}",
            data.len()
        ),
        None if number::is_index(value) => {
            match number::index_to_i128(py, value)?.and_then(|code| u8::try_from(code).ok()) {
                Some(byte) => Ok(byte),
                None => crate::raise!(py, OverflowError, "%c arg not in range(256)"),
            }
        }
        None => crate::raise!(
            py,
            TypeError,
            "%c requires an integer in range(256) or a single byte, not {}",
            fully_qualified_name(py, value.ty())
        ),
    }
}

/// Puts a conversion's bytes into its field.
fn pad(_py: Py, out: &mut Vec<u8>, data: &[u8], directive: &Directive) -> PyResult<()> {
    let missing = directive.width.or_zero().saturating_sub(data.len());
    if out.try_reserve(missing.saturating_add(data.len())).is_err() {
        return crate::errors::no_memory();
    }
    let spaces = std::iter::repeat_n(b' ', missing);
    if directive.left {
        out.extend_from_slice(data);
        out.extend(spaces);
    } else {
        out.extend(spaces);
        out.extend_from_slice(data);
    }
    Ok(())
}
