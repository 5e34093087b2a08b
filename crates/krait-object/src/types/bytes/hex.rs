//! `hex` with separators, and `fromhex`.

use super::{ByteString, Bytes};
use crate::object::{Layout, Owned};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::types::buffer;
use crate::types::str::Str;
use crate::types::typeobject::Type;
use crate::value::Value;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// A `sep` argument: one ASCII character as `str` or `bytes`.
pub fn separator(py: Py, sep: Option<&Value>) -> PyResult<Option<u8>> {
    let Some(sep) = sep else { return Ok(None) };
    if protocol::length(py, sep)? != 1 {
        return crate::raise!(py, ValueError, "sep must be length 1.");
    }
    let code = match (sep.downcast::<Str>(), sep.downcast::<Bytes>()) {
        (Some(text), _) => text.chars().get(0),
        (_, Some(bytes)) => bytes.as_slice().first().map(|b| u32::from(*b)),
        _ => return crate::raise!(py, TypeError, "sep must be str or bytes."),
    };
    match code.and_then(|c| u8::try_from(c).ok()).filter(u8::is_ascii) {
        Some(sep) => Ok(Some(sep)),
        None => crate::raise!(py, ValueError, "sep must be ASCII."),
    }
}

/// Two hexadecimal digits a byte. A separator stands between groups of so many bytes,
/// counted from the right, or from the left where the number is negative.
pub fn hex(data: &[u8], sep: Option<u8>, group: i32) -> PyResult<Owned<Str>> {
    let size = group.unsigned_abs() as usize;
    let sep = sep.filter(|sep| sep.is_ascii() && size != 0 && !data.is_empty());
    let breaks = if sep.is_some() {
        (data.len() - 1) / size
    } else {
        0
    };
    let Some(total) = data
        .len()
        .checked_mul(2)
        .and_then(|n| n.checked_add(breaks))
    else {
        return crate::errors::no_memory();
    };
    let first = match sep {
        None => data.len(),
        Some(_) if group < 0 => size.min(data.len()),
        Some(_) => data.len() - breaks * size,
    };
    let (head, tail) = data.split_at(first);
    let built = Str::try_build(total, 0x7F, |filler| {
        let Some(mut out) = filler.latin1() else {
            return;
        };
        out = put_pairs(head, out);
        for chunk in tail.chunks(size.max(1)) {
            if let (Some(sep), Some((place, rest))) = (sep, out.split_first_mut()) {
                *place = sep;
                out = put_pairs(chunk, rest);
            } else {
                return;
            }
        }
    });
    match built {
        Some(text) => Ok(text),
        None => crate::errors::no_memory(),
    }
}

/// Writes the digits of bytes; returns the room behind them.
fn put_pairs<'a>(data: &[u8], out: &'a mut [u8]) -> &'a mut [u8] {
    let (to, rest) = out.split_at_mut(2 * data.len());
    for (byte, pair) in data.iter().zip(to.as_chunks_mut::<2>().0) {
        *pair = [
            DIGITS[usize::from(byte >> 4)],
            DIGITS[usize::from(byte & 15)],
        ];
    }
    rest
}

fn hex_method<T: ByteString>(
    py: Py,
    this: &T,
    sep: Option<&Value>,
    group: Option<i32>,
) -> PyResult<Owned<Str>> {
    let _pin = this.pin();
    let sep = separator(py, sep)?;
    hex(this.data(), sep, group.unwrap_or(1))
}

/// The bytes that hexadecimal digits stand for; white space between bytes is skipped.
/// Fails with the position of what is no digit, or `None` for an odd number of them.
fn parse(text: &[u8]) -> Result<Vec<u8>, Option<usize>> {
    let digit = |at: usize| {
        text.get(at)
            .and_then(|c| char::from(*c).to_digit(16))
            .map(|d| d as u8)
    };
    let (mut out, mut at) = (Vec::with_capacity(text.len() / 2), 0);
    while at < text.len() {
        if matches!(text[at], b' ' | 9..=13) {
            at += 1;
            continue;
        }
        let Some(high) = digit(at) else {
            return Err(Some(at));
        };
        let Some(low) = digit(at + 1) else {
            return Err((at + 1 < text.len()).then_some(at + 1));
        };
        out.push(high << 4 | low);
        at += 2;
    }
    Ok(out)
}

fn fromhex<T: ByteString>(py: Py, class: &Type, string: &Value) -> PyResult {
    let parsed = match string.downcast::<Str>() {
        Some(text) => match text.as_ascii() {
            Some(ascii) => parse(ascii.as_bytes()),
            None => Err(text.code_points().position(|c| c >= 0x80)),
        },
        None if buffer::has_buffer(string) => parse(&super::BytesLike::new(py, string)?),
        None => {
            let got = string.ty().name();
            return crate::raise!(
                py,
                TypeError,
                "fromhex() argument must be str or bytes-like, not {got}"
            );
        }
    };
    let data = match parsed {
        Ok(data) => data,
        Err(None) => {
            return crate::raise!(
                py,
                ValueError,
                "fromhex() arg must contain an even number of hexadecimal digits"
            );
        }
        Err(Some(at)) => {
            return crate::raise!(
                py,
                ValueError,
                "non-hexadecimal number found in fromhex() arg at position {at}"
            );
        }
    };
    if class.is(T::type_object()) {
        return Ok(Value::from(T::of(&data)));
    }
    protocol::call(
        py,
        &Value::from(Layout::to_owned(class)),
        &[Value::from(Bytes::new(&data))],
    )
}

pub(in crate::types) fn define<T: ByteString>(b: &mut crate::native::TypeBuilder<T>) {
    b.method(
        "hex($self, /, sep=<unrepresentable>, bytes_per_sep=1)",
        hex_method::<T>,
    )
    .class_method("fromhex($type, string, /)", fromhex::<T>);
}
