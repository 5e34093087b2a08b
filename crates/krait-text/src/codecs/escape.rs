//! Backslash escapes: `unicode_escape`, `raw_unicode_escape`, and those of bytes.

use super::{CodecError, Handler, replaced};
use crate::repr::push_hex_escape;
use crate::unicode::{Named, lookup};
use crate::{Chars, TextWriter};

/// What was decoded, and what the caller may have to warn of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Escaped {
    /// How many bytes were used.
    pub used: usize,
    /// The position after the backslash of the first escape that does not exist, or
    /// of an octal one above 255.
    pub first_invalid: Option<usize>,
}

/// What an escape was found to be.
enum Found {
    Code(u32),
    Nothing,
    /// Not an escape; the backslash stays.
    Unknown,
    Incomplete(&'static str),
    Wrong(&'static str),
}

/// Reads hexadecimal digits: (value, how many were there, whether the input ended).
fn hex(bytes: &[u8], count: usize) -> (u32, usize, bool) {
    let (mut value, mut read) = (0u32, 0);
    while read < count {
        match bytes.get(read).map(|byte| char::from(*byte).to_digit(16)) {
            Some(Some(digit)) => value = value << 4 | digit,
            Some(None) => return (value, read, false),
            None => return (value, read, true),
        }
        read += 1;
    }
    (value, read, false)
}

fn hex_escape(bytes: &[u8], at: &mut usize, count: usize, truncated: &'static str) -> Found {
    let (value, read, ended) = hex(&bytes[*at..], count);
    *at += read;
    match read == count {
        true => Found::Code(value),
        false if ended => Found::Incomplete(truncated),
        false => Found::Wrong(truncated),
    }
}

/// `\N{...}`, behind the `N`.
fn named_escape(bytes: &[u8], at: &mut usize) -> Found {
    let malformed = "malformed \\N character escape";
    match bytes.get(*at) {
        None => return Found::Incomplete(malformed),
        Some(b'{') => *at += 1,
        Some(_) => return Found::Wrong(malformed),
    }
    let Some(length) = bytes[*at..].iter().position(|byte| *byte == b'}') else {
        *at = bytes.len();
        return Found::Incomplete(malformed);
    };
    if length == 0 {
        return Found::Wrong(malformed);
    }
    let name = std::str::from_utf8(&bytes[*at..*at + length]).ok();
    *at += length + 1;
    match name.and_then(lookup) {
        Some(Named::Char(code)) => Found::Code(code),
        _ => Found::Wrong("unknown Unicode character name"),
    }
}

/// Reads the escape behind a backslash.
fn escape(bytes: &[u8], at: &mut usize, invalid: &mut Option<usize>) -> Found {
    let Some(&c) = bytes.get(*at) else {
        return Found::Incomplete("\\ at end of string");
    };
    let after_backslash = *at;
    *at += 1;
    Found::Code(u32::from(match c {
        b'\n' => return Found::Nothing,
        b'\\' | b'\'' | b'"' => c,
        b'b' => 8,
        b'f' => 12,
        b't' => 9,
        b'n' => 10,
        b'r' => 13,
        b'v' => 11,
        b'a' => 7,
        b'0'..=b'7' => {
            let value = octal(bytes, at, c);
            if value > 0o377 {
                invalid.get_or_insert(after_backslash);
            }
            return Found::Code(value);
        }
        b'x' => return hex_escape(bytes, at, 2, "truncated \\xXX escape"),
        b'u' => return hex_escape(bytes, at, 4, "truncated \\uXXXX escape"),
        b'U' => {
            return match hex_escape(bytes, at, 8, "truncated \\UXXXXXXXX escape") {
                Found::Code(0x11_0000..) => Found::Wrong("illegal Unicode character"),
                found => found,
            };
        }
        b'N' => return named_escape(bytes, at),
        _ => {
            invalid.get_or_insert(after_backslash);
            *at = after_backslash;
            return Found::Unknown;
        }
    }))
}

/// Up to two more octal digits after the first.
fn octal(bytes: &[u8], at: &mut usize, first: u8) -> u32 {
    let mut value = u32::from(first - b'0');
    for _ in 0..2 {
        match bytes.get(*at) {
            Some(digit @ b'0'..=b'7') => value = value << 3 | u32::from(digit - b'0'),
            _ => break,
        }
        *at += 1;
    }
    value
}

/// Decodes `unicode_escape`: Latin-1 with the escapes of string literals.
pub fn decode_unicode_escape(
    bytes: &[u8],
    final_chunk: bool,
    handler: &mut Handler<'_>,
    out: &mut impl TextWriter,
) -> Result<Escaped, CodecError> {
    let (mut at, mut first_invalid) = (0, None);
    while at < bytes.len() {
        let run = memchr::memchr(b'\\', &bytes[at..]).unwrap_or(bytes.len() - at);
        out.push_units(&bytes[at..at + run]);
        at += run;
        if at == bytes.len() {
            break;
        }
        let start = at;
        at += 1;
        let reason = match escape(bytes, &mut at, &mut first_invalid) {
            Found::Code(code) => {
                out.push(code);
                continue;
            }
            Found::Nothing => continue,
            Found::Unknown => {
                out.push(u32::from('\\'));
                continue;
            }
            Found::Incomplete(_) if !final_chunk => {
                return Ok(Escaped {
                    used: start,
                    first_invalid,
                });
            }
            Found::Incomplete(reason) | Found::Wrong(reason) => reason,
        };
        at = replaced(handler, (start, at, reason), bytes.len(), out)?;
    }
    Ok(Escaped {
        used: bytes.len(),
        first_invalid,
    })
}

/// Decodes `raw_unicode_escape`: Latin-1 with `\uXXXX` and `\UXXXXXXXX`.
pub fn decode_raw_unicode_escape(
    bytes: &[u8],
    final_chunk: bool,
    handler: &mut Handler<'_>,
    out: &mut impl TextWriter,
) -> super::Decoded {
    let mut at = 0;
    while at < bytes.len() {
        let run = memchr::memchr(b'\\', &bytes[at..]).unwrap_or(bytes.len() - at);
        out.push_units(&bytes[at..at + run]);
        at += run;
        let start = at;
        at += 2;
        let found = match bytes.get(start..) {
            None | Some([]) => break,
            Some([_]) if !final_chunk => return Ok(start),
            Some([_, b'u', ..]) => hex_escape(bytes, &mut at, 4, "truncated \\uXXXX escape"),
            Some([_, b'U', ..]) => hex_escape(bytes, &mut at, 8, "truncated \\UXXXXXXXX escape"),
            Some(other) => {
                out.push_units(&other[..other.len().min(2)]);
                continue;
            }
        };
        let reason = match found {
            Found::Code(0x11_0000..) => "\\Uxxxxxxxx out of range",
            Found::Code(code) => {
                out.push(code);
                continue;
            }
            Found::Incomplete(_) if !final_chunk => return Ok(start),
            Found::Incomplete(reason) | Found::Wrong(reason) => reason,
            Found::Nothing | Found::Unknown => continue,
        };
        at = replaced(handler, (start, at, reason), bytes.len(), out)?;
    }
    Ok(bytes.len())
}

/// Adds an escape to bytes.
fn push_escape(code: u32, out: &mut Vec<u8>) {
    let mut text = Vec::new();
    push_hex_escape(code, &mut text);
    out.extend(text.iter().map(|code| *code as u8));
}

/// Encodes as `unicode_escape`.
pub fn encode_unicode_escape(text: Chars<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for code in text.iter() {
        match code {
            9 => out.extend_from_slice(b"\\t"),
            10 => out.extend_from_slice(b"\\n"),
            13 => out.extend_from_slice(b"\\r"),
            0x5C => out.extend_from_slice(b"\\\\"),
            0x20..0x7F => out.push(code as u8),
            _ => push_escape(code, &mut out),
        }
    }
    out
}

/// Encodes as `raw_unicode_escape`.
pub fn encode_raw_unicode_escape(text: Chars<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for code in text.iter() {
        match u8::try_from(code) {
            Ok(byte) => out.push(byte),
            Err(_) => push_escape(code, &mut out),
        }
    }
    out
}

/// `codecs.escape_decode`: the bytes, and the position after the backslash of the
/// first escape that does not exist. An incomplete `\x` is reported by `faulty`,
/// which gets its position and gives a replacement; `None` makes it the result's
/// error. A backslash at the end is the error with no position.
pub fn bytes_escape_decode(
    bytes: &[u8],
    mut faulty: impl FnMut(usize) -> Option<&'static [u8]>,
) -> Result<(Vec<u8>, Option<usize>), Option<usize>> {
    let mut out = Vec::with_capacity(bytes.len());
    let (mut at, mut first_invalid) = (0, None);
    while let Some(&c) = bytes.get(at) {
        at += 1;
        if c != b'\\' {
            out.push(c);
            continue;
        }
        let start = at;
        let Some(&c) = bytes.get(at) else {
            return Err(None);
        };
        match c {
            b'x' => {
                at += 1;
                let (value, read, _) = hex(&bytes[at..], 2);
                at += read;
                match read {
                    2 => out.push(value as u8),
                    _ => out.extend_from_slice(faulty(start - 1).ok_or(Some(start - 1))?),
                }
            }
            b'u' | b'U' | b'N' => {
                first_invalid.get_or_insert(start);
                out.push(b'\\');
            }
            _ => match escape(bytes, &mut at, &mut first_invalid) {
                Found::Code(code) => out.push(code as u8),
                Found::Unknown => out.push(b'\\'),
                _ => {}
            },
        }
    }
    Ok((out, first_invalid))
}

/// `codecs.escape_encode`: `repr` of bytes without the quotes.
pub fn bytes_escape_encode(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for &byte in bytes {
        match byte {
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\'' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            0x20..0x7F => out.push(byte),
            _ => push_escape(u32::from(byte), &mut out),
        }
    }
    out
}
