//! Lines of uuencoded data.

use krait_object::types::bytes::BytesLike;
use krait_object::{Py, PyResult};

use super::{AsciiText, ERROR};

/// One line: a character for the length, then four characters for three bytes each.
pub fn decode(py: Py, data: AsciiText<'_>) -> PyResult<Vec<u8>> {
    let Some((&first, mut text)) = data.split_first() else {
        return ERROR.raise(py, "Missing length byte");
    };
    let mut missing = first.wrapping_sub(b' ') & 63;
    let mut out = Vec::with_capacity(usize::from(missing));
    let (mut left, mut bits) = (0u32, 0);
    while missing > 0 {
        // Spaces at the end of a line may have been lost.
        let value = match text.split_first() {
            None => 0,
            Some((&c, rest)) => {
                text = rest;
                match c {
                    b'\n' | b'\r' => 0,
                    b' '..=b'`' => (c - b' ') & 63,
                    _ => return ERROR.raise(py, "Illegal char"),
                }
            }
        };
        left = left << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((left >> bits) as u8);
            left &= (1 << bits) - 1;
            missing -= 1;
        }
    }
    // A final "`" may be padding.
    if text.iter().any(|c| !b" `\n\r".contains(c)) {
        return ERROR.raise(py, "Trailing garbage");
    }
    Ok(out)
}

pub fn encode(py: Py, data: BytesLike<'_>, backtick: Option<bool>) -> PyResult<Vec<u8>> {
    if data.len() > 45 {
        return ERROR.raise(py, "At most 45 bytes at once");
    }
    let zero = if backtick.unwrap_or(false) {
        b'`'
    } else {
        b' '
    };
    let character = |value: u8| if value == 0 { zero } else { b' ' + value };
    let mut out = Vec::with_capacity(2 + data.len().div_ceil(3) * 4);
    out.push(character(data.len() as u8));
    for chunk in data.chunks(3) {
        let byte = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for shift in [18, 12, 6, 0] {
            out.push(character((group >> shift & 63) as u8));
        }
    }
    out.push(b'\n');
    Ok(out)
}
