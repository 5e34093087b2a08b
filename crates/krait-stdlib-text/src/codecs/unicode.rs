//! The functions of the Unicode encodings, ASCII and Latin-1.

use krait_object::types::bytes::BytesLike;
use krait_object::{ModuleBuilder, Py, PyResult, Str, Tuple, Value};
use krait_text::codecs::Endian;

use super::errors::decoded_pair;
use super::native::Native;

/// An `errors` argument as text.
pub fn policy_name(errors: Option<&Str>) -> Option<String> {
    errors.map(|e| e.to_rust().into_owned())
}

/// `(bytes, characters)`.
fn encode(py: Py, native: Native, text: &Str, errors: Option<&Str>) -> PyResult {
    let bytes = native.encode(py, text, policy_name(errors).as_deref())?;
    Ok(Value::from(Tuple::from_values([
        Value::from(bytes),
        Value::int(text.len() as i64),
    ])))
}

/// `(text, bytes used)`.
fn decode(py: Py, native: Native, data: &[u8], errors: Option<&Str>, last: bool) -> PyResult {
    if let Some(text) = native.decode_plain(data) {
        return Ok(Value::from(Tuple::from_values([
            Value::from(text),
            Value::int(data.len() as i64),
        ])));
    }
    let decoded = native.decode(py, data, policy_name(errors).as_deref(), last)?;
    Ok(decoded_pair(decoded.text, decoded.used))
}

fn endian_of(byteorder: Option<i32>) -> Option<Endian> {
    match byteorder.unwrap_or(0) {
        0 => None,
        order if order < 0 => Some(Endian::Little),
        _ => Some(Endian::Big),
    }
}

/// `(text, bytes used, byte order)`.
fn decode_ex(py: Py, native: Native, data: &[u8], errors: Option<&Str>, last: bool) -> PyResult {
    let decoded = native.decode(py, data, policy_name(errors).as_deref(), last)?;
    let order = match decoded.endian {
        None => 0,
        Some(Endian::Little) => -1,
        Some(Endian::Big) => 1,
    };
    Ok(Value::from(Tuple::from_values([
        Value::from(decoded.text),
        Value::int(decoded.used as i64),
        Value::int(order),
    ])))
}

macro_rules! encoders {
    ($m:expr; $($text:literal $native:expr),* $(,)?) => { $(
        $m.function($text, |py, text: &Str, errors: Option<&Str>| encode(py, $native, text, errors))?;
    )* };
}

macro_rules! decoders {
    ($m:expr; $($text:literal $native:expr),* $(,)?) => { $(
        $m.function($text, |py, data: BytesLike<'_>, errors: Option<&Str>, last: Option<bool>| {
            decode(py, $native, &data, errors, last.unwrap_or(false))
        })?;
    )* };
}

pub(super) fn define(m: &ModuleBuilder) -> PyResult<()> {
    encoders! { m;
        "utf_8_encode(str, errors=None, /)" Native::Utf8,
        "utf_7_encode(str, errors=None, /)" Native::Utf7,
        "utf_16_le_encode(str, errors=None, /)" Native::Utf16(Some(Endian::Little)),
        "utf_16_be_encode(str, errors=None, /)" Native::Utf16(Some(Endian::Big)),
        "utf_32_le_encode(str, errors=None, /)" Native::Utf32(Some(Endian::Little)),
        "utf_32_be_encode(str, errors=None, /)" Native::Utf32(Some(Endian::Big)),
        "ascii_encode(str, errors=None, /)" Native::Ascii,
        "latin_1_encode(str, errors=None, /)" Native::Latin1,
    }
    decoders! { m;
        "utf_8_decode(data, errors=None, final=False, /)" Native::Utf8,
        "utf_7_decode(data, errors=None, final=False, /)" Native::Utf7,
        "utf_16_decode(data, errors=None, final=False, /)" Native::Utf16(None),
        "utf_16_le_decode(data, errors=None, final=False, /)" Native::Utf16(Some(Endian::Little)),
        "utf_16_be_decode(data, errors=None, final=False, /)" Native::Utf16(Some(Endian::Big)),
        "utf_32_decode(data, errors=None, final=False, /)" Native::Utf32(None),
        "utf_32_le_decode(data, errors=None, final=False, /)" Native::Utf32(Some(Endian::Little)),
        "utf_32_be_decode(data, errors=None, final=False, /)" Native::Utf32(Some(Endian::Big)),
    }
    m.function(
        "ascii_decode(data, errors=None, /)",
        |py, data: BytesLike<'_>, errors: Option<&Str>| {
            decode(py, Native::Ascii, &data, errors, true)
        },
    )?
    .function(
        "latin_1_decode(data, errors=None, /)",
        |py, data: BytesLike<'_>, errors: Option<&Str>| {
            decode(py, Native::Latin1, &data, errors, true)
        },
    )?;
    define_with_order(m)
}

/// Those that take a byte order.
fn define_with_order(m: &ModuleBuilder) -> PyResult<()> {
    m.function(
        "utf_16_encode(str, errors=None, byteorder=0, /)",
        |py, text: &Str, errors: Option<&Str>, order: Option<i32>| {
            encode(py, Native::Utf16(endian_of(order)), text, errors)
        },
    )?
    .function(
        "utf_32_encode(str, errors=None, byteorder=0, /)",
        |py, text: &Str, errors: Option<&Str>, order: Option<i32>| {
            encode(py, Native::Utf32(endian_of(order)), text, errors)
        },
    )?
    .function(
        "utf_16_ex_decode(data, errors=None, byteorder=0, final=False, /)",
        |py, data: BytesLike<'_>, errors: Option<&Str>, order: Option<i32>, last: Option<bool>| {
            decode_ex(
                py,
                Native::Utf16(endian_of(order)),
                &data,
                errors,
                last.unwrap_or(false),
            )
        },
    )?
    .function(
        "utf_32_ex_decode(data, errors=None, byteorder=0, final=False, /)",
        |py, data: BytesLike<'_>, errors: Option<&Str>, order: Option<i32>, last: Option<bool>| {
            decode_ex(
                py,
                Native::Utf32(endian_of(order)),
                &data,
                errors,
                last.unwrap_or(false),
            )
        },
    )?;
    Ok(())
}
