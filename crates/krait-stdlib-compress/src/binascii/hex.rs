//! Hexadecimal digits.

use krait_object::types::bytes::BytesLike;
use krait_object::{Bytes, Owned, Py, PyResult, Str, Value, errors, protocol, raise};

use super::{AsciiText, ERROR};

pub const DECODE_DOC: &str = "Binary data of hexadecimal representation.\n\n\
    hexstr must contain an even number of hex digits (upper or lower case).\n\
    This function is also available as \"unhexlify()\".";
pub const ENCODE_DOC: &str = "Hexadecimal representation of binary data.\n\n  sep\n    \
    An optional single character or byte to separate hex bytes.\n  bytes_per_sep\n    \
    How many bytes between separators.  Positive values count from the\n    \
    right, negative values count from the left.\n\n\
    The return value is a bytes object.  This function is also\navailable as \"hexlify()\".";

const PAIRS: [[u8; 2]; 256] = {
    let digits = b"0123456789abcdef";
    let mut table = [[0; 2]; 256];
    let mut i = 0;
    while i < 256 {
        table[i] = [digits[i >> 4], digits[i & 15]];
        i += 1;
    }
    table
};

/// The value of a digit; above 15 for other characters.
const VALUES: [u8; 256] = {
    let mut table = [0xff; 256];
    let mut i = 0;
    while i < 10 {
        table[b'0' as usize + i] = i as u8;
        i += 1;
    }
    i = 0;
    while i < 6 {
        table[b'a' as usize + i] = 10 + i as u8;
        table[b'A' as usize + i] = 10 + i as u8;
        i += 1;
    }
    table
};

pub fn decode(py: Py, hexstr: AsciiText<'_>) -> PyResult<Owned<Bytes>> {
    let text: &[u8] = &hexstr;
    if !text.len().is_multiple_of(2) {
        return ERROR.raise(py, "Odd-length string");
    }
    let mut seen = 0;
    let bytes = Bytes::build(text.len() / 2, |out| {
        for (byte, pair) in out.iter_mut().zip(text.chunks_exact(2)) {
            let (high, low) = (VALUES[usize::from(pair[0])], VALUES[usize::from(pair[1])]);
            seen |= high | low;
            *byte = high << 4 | low & 15;
        }
    });
    if seen > 15 {
        return ERROR.raise(py, "Non-hexadecimal digit found");
    }
    bytes.map_or_else(errors::no_memory, Ok)
}

/// A separator: one character of Latin-1, or one byte.
fn separator(py: Py, sep: Option<&Value>) -> PyResult<Option<u8>> {
    let Some(sep) = sep else { return Ok(None) };
    if protocol::length(py, sep)? != 1 {
        return raise!(py, ValueError, "sep must be length 1.");
    }
    let code = match (sep.downcast::<Str>(), sep.downcast::<Bytes>()) {
        (Some(text), _) => text.chars().get(0),
        (_, Some(bytes)) => bytes.as_slice().first().map(|b| u32::from(*b)),
        _ => return raise!(py, TypeError, "sep must be str or bytes."),
    };
    match code.and_then(|c| u8::try_from(c).ok()) {
        Some(sep) => Ok(Some(sep)),
        None => raise!(py, ValueError, "sep must be ASCII."),
    }
}

pub fn encode(
    py: Py,
    data: BytesLike<'_>,
    sep: Option<&Value>,
    bytes_per_sep: Option<i32>,
) -> PyResult<Owned<Bytes>> {
    let sep = separator(py, sep)?;
    let group = bytes_per_sep.unwrap_or(1);
    let bytes: &[u8] = &data;
    let size = group.unsigned_abs() as usize;
    let Some(sep) = sep.filter(|_| size != 0 && !bytes.is_empty()) else {
        let built = bytes.len().checked_mul(2).and_then(|len| {
            Bytes::build(len, |out| {
                for (pair, byte) in out.chunks_exact_mut(2).zip(bytes) {
                    pair.copy_from_slice(&PAIRS[usize::from(*byte)]);
                }
            })
        });
        return built.map_or_else(errors::no_memory, Ok);
    };
    let breaks = (bytes.len() - 1) / size;
    let first = if group < 0 {
        size.min(bytes.len())
    } else {
        bytes.len() - breaks * size
    };
    let Some(total) = bytes
        .len()
        .checked_mul(2)
        .and_then(|n| n.checked_add(breaks))
    else {
        return errors::no_memory();
    };
    let built = Bytes::build(total, |out| {
        let (mut at, put) = (0, |out: &mut [u8], chunk: &[u8], at: &mut usize| {
            for byte in chunk {
                out[*at..*at + 2].copy_from_slice(&PAIRS[usize::from(*byte)]);
                *at += 2;
            }
        });
        put(out, &bytes[..first], &mut at);
        for chunk in bytes[first..].chunks(size) {
            out[at] = sep;
            at += 1;
            put(out, chunk, &mut at);
        }
    });
    built.map_or_else(errors::no_memory, Ok)
}
