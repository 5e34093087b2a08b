//! `unicode_escape`, `raw_unicode_escape`, escapes of bytes, and `readbuffer_encode`.

use krait_object::native::FromArg;
use krait_object::native::arg::At;
use krait_object::types::bytes::BytesLike;
use krait_object::{
    Bytes, ModuleBuilder, Py, PyResult, Str, StrBuilder, Tuple, Value, errors as object_errors,
    exceptions, raise,
};
use krait_text::codecs;

use super::errors::{decoded_pair, decoding};
use super::unicode::policy_name;

/// Bytes, or a string as UTF-8.
pub enum TextOrBytes<'a> {
    Bytes(BytesLike<'a>),
    Text(Vec<u8>),
}

impl std::ops::Deref for TextOrBytes<'_> {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match self {
            TextOrBytes::Bytes(bytes) => bytes,
            TextOrBytes::Text(text) => text,
        }
    }
}

impl FromArg for TextOrBytes<'_> {
    type Item<'a> = TextOrBytes<'a>;
    fn from_arg(py: Py, value: &Value, _at: At) -> PyResult<TextOrBytes<'_>> {
        match value.downcast::<Str>() {
            Some(text) => Ok(TextOrBytes::Text(
                text.to_utf8(py)?.into_owned().into_bytes(),
            )),
            None => BytesLike::new(py, value).map(TextOrBytes::Bytes),
        }
    }
}

/// Warns of an escape that does not exist; `at` is behind its backslash.
fn warn_invalid(py: Py, data: &[u8], at: usize, prefix: &str) -> PyResult<()> {
    let octal = data.get(at).is_some_and(|c| (b'0'..b'8').contains(c));
    let text = if octal {
        let digits: String = data[at..].iter().take(3).map(|c| char::from(*c)).collect();
        format!(
            "{prefix}\"\\{digits}\" is an invalid octal escape sequence. Such sequences will not work in the future. "
        )
    } else {
        let shown = data.get(at).map_or(' ', |c| char::from(*c));
        format!(
            "{prefix}\"\\{shown}\" is an invalid escape sequence. Such sequences will not work in the future. "
        )
    };
    object_errors::warn(py, &exceptions::DeprecationWarning, &text, 1)
}

fn unicode_escape_decode(
    py: Py,
    data: TextOrBytes<'_>,
    errors: Option<&Str>,
    last: Option<bool>,
) -> PyResult {
    let policy = policy_name(errors);
    let mut out = StrBuilder::with_capacity(data.len());
    let mut first_invalid = None;
    let used = decoding(
        py,
        "unicodeescape",
        policy.as_deref(),
        &data,
        |part, handler| {
            let is_final = last.unwrap_or(true);
            let escaped = codecs::decode_unicode_escape(part, is_final, handler, &mut out)?;
            first_invalid.get_or_insert(escaped.first_invalid);
            Ok(escaped.used)
        },
    )?;
    if let Some(at) = first_invalid.flatten() {
        warn_invalid(py, &data, at, "")?;
    }
    Ok(decoded_pair(out.finish(), used))
}

fn raw_unicode_escape_decode(
    py: Py,
    data: TextOrBytes<'_>,
    errors: Option<&Str>,
    last: Option<bool>,
) -> PyResult {
    let policy = policy_name(errors);
    let mut out = StrBuilder::with_capacity(data.len());
    let used = decoding(
        py,
        "rawunicodeescape",
        policy.as_deref(),
        &data,
        |part, handler| {
            codecs::decode_raw_unicode_escape(part, last.unwrap_or(true), handler, &mut out)
        },
    )?;
    Ok(decoded_pair(out.finish(), used))
}

/// `(bytes, length of the input)`.
fn pair(bytes: &[u8], length: usize) -> Value {
    Value::from(Tuple::from_values([
        Value::from(Bytes::new(bytes)),
        Value::int(length as i64),
    ]))
}

fn unicode_escape_encode(_py: Py, text: &Str, _errors: Option<&Str>) -> Value {
    pair(&codecs::encode_unicode_escape(text.chars()), text.len())
}

fn raw_unicode_escape_encode(_py: Py, text: &Str, _errors: Option<&Str>) -> Value {
    pair(&codecs::encode_raw_unicode_escape(text.chars()), text.len())
}

fn escape_encode(_py: Py, data: &Bytes, _errors: Option<&Str>) -> Value {
    pair(&codecs::bytes_escape_encode(data.as_slice()), data.len())
}

fn escape_decode(py: Py, data: TextOrBytes<'_>, errors: Option<&Str>) -> PyResult {
    let policy = policy_name(errors).unwrap_or_else(|| "strict".to_string());
    let replacement: Option<&'static [u8]> = match policy.as_str() {
        "replace" => Some(b"?"),
        "ignore" => Some(b""),
        _ => None,
    };
    match codecs::bytes_escape_decode(&data, |_| replacement) {
        Ok((bytes, invalid)) => {
            if let Some(at) = invalid {
                warn_invalid(py, &data, at, "b")?;
            }
            Ok(pair(&bytes, data.len()))
        }
        Err(None) => raise!(py, ValueError, "Trailing \\ in string"),
        Err(Some(_)) if policy != "strict" => {
            raise!(
                py,
                ValueError,
                "decoding error; unknown error handling code: {policy}"
            )
        }
        Err(Some(at)) => raise!(py, ValueError, "invalid \\x escape at position {at}"),
    }
}

fn readbuffer_encode(_py: Py, data: TextOrBytes<'_>, _errors: Option<&Str>) -> Value {
    pair(&data, data.len())
}

pub(super) fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function(
        "unicode_escape_decode(data, errors=None, final=True, /)",
        unicode_escape_decode,
    )?
    .function(
        "unicode_escape_encode(str, errors=None, /)",
        unicode_escape_encode,
    )?
    .function(
        "raw_unicode_escape_decode(data, errors=None, final=True, /)",
        raw_unicode_escape_decode,
    )?
    .function(
        "raw_unicode_escape_encode(str, errors=None, /)",
        raw_unicode_escape_encode,
    )?
    .function("escape_encode(data, errors=None, /)", escape_encode)?
    .function("escape_decode(data, errors=None, /)", escape_decode)?
    .function("readbuffer_encode(data, errors=None, /)", readbuffer_encode)?;
    Ok(())
}
