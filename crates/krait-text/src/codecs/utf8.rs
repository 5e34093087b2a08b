//! UTF-8: the hot codec. Valid text is checked by the standard library's validator
//! and decoded straight into units of the right width.

use super::{CodecError, Decoded, Fault, Handler, encoded, is_surrogate, replaced};
use crate::chars::bits_of;
use crate::{Chars, Text, TextBuilder, Unit, with_units};

/// What valid UTF-8 becomes: how many code points, and the largest possible one
/// (0x7F, 0xFF, 0xFFFF or 0x10FFFF).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Utf8Shape {
    pub length: usize,
    pub max_char: u32,
}

/// The shape of a text, in one pass over its bytes.
pub fn utf8_shape(text: &str) -> Utf8Shape {
    let bytes = text.as_bytes();
    if bytes.is_ascii() {
        return Utf8Shape {
            length: bytes.len(),
            max_char: 0x7F,
        };
    }
    // Every byte that does not continue a character begins one; the largest first
    // byte tells the width.
    let (mut length, mut largest) = (0, 0u8);
    for chunk in bytes.chunks(192) {
        let mut starts = 0u8;
        for &byte in chunk {
            starts += u8::from((byte as i8) >= -0x40);
            largest = largest.max(byte);
        }
        length += usize::from(starts);
    }
    let max_char = match largest {
        0xF0.. => 0x10_FFFF,
        0xC4.. => 0xFFFF,
        _ => 0xFF,
    };
    Utf8Shape { length, max_char }
}

/// Decodes into units of the width that [`utf8_shape`] asked for; `out` must be as
/// long as it said.
pub fn fill_from_utf8<U: Unit>(text: &str, out: &mut [U]) {
    let bytes = text.as_bytes();
    let (mut at, mut to) = (0, 0);
    while at < bytes.len() {
        // Runs of eight ASCII characters go across at once.
        while let (Some(from), Some(units)) = (bytes.get(at..at + 8), out.get_mut(to..to + 8)) {
            if !from.is_ascii() {
                break;
            }
            for (unit, byte) in units.iter_mut().zip(from) {
                *unit = U::from_code(u32::from(*byte));
            }
            (at, to) = (at + 8, to + 8);
        }
        for c in text[at..].chars() {
            let Some(unit) = out.get_mut(to) else { return };
            *unit = U::from_code(u32::from(c));
            (at, to) = (at + c.len_utf8(), to + 1);
            if c.is_ascii() {
                break;
            }
        }
    }
}

/// Valid UTF-8 as text.
pub fn text_from_utf8(text: &str) -> Text {
    fn filled<U: Unit>(text: &str, length: usize) -> Vec<U> {
        let mut units = vec![U::default(); length];
        fill_from_utf8(text, &mut units);
        units
    }
    let shape = utf8_shape(text);
    match shape.max_char {
        0x7F => Text::Ascii(text.as_bytes().to_vec()),
        0xFF => Text::Latin1(filled(text, shape.length)),
        0xFFFF => Text::U16(filled(text, shape.length)),
        _ => Text::U32(filled(text, shape.length)),
    }
}

/// Decodes UTF-8. Unless it is the final chunk, an incomplete character at the end
/// is left unused.
pub fn decode_utf8(bytes: &[u8], final_chunk: bool, handler: &mut Handler<'_>) -> Decoded {
    let mut error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok((text_from_utf8(text), bytes.len())),
        Err(error) => error,
    };
    let mut out = TextBuilder::with_capacity(bytes.len());
    let mut at = 0;
    loop {
        let start = at + error.valid_up_to();
        push_valid(&bytes[at..start], &mut out);
        let fault = match error.error_len() {
            None if !final_chunk => return Ok((out.finish(), start)),
            None => (start, bytes.len(), "unexpected end of data"),
            // The start of an encoded surrogate, for `surrogatepass` to complete.
            Some(_) if !final_chunk && matches!(bytes[start..], [0xED, 0xA0..=0xBF]) => {
                return Ok((out.finish(), start));
            }
            Some(length) => {
                let lead = matches!(bytes[start], 0xC2..=0xF4);
                let reason = if lead {
                    "invalid continuation byte"
                } else {
                    "invalid start byte"
                };
                (start, start + length, reason)
            }
        };
        at = replaced(handler, fault, bytes.len(), &mut out)?;
        error = match std::str::from_utf8(&bytes[at..]) {
            Ok(text) => {
                out.push_str(text);
                return Ok((out.finish(), bytes.len()));
            }
            Err(error) => error,
        };
    }
}

fn push_valid(bytes: &[u8], out: &mut TextBuilder) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        out.push_str(text);
    }
}

/// How many bytes the text takes in UTF-8 (three for a lone surrogate).
pub fn utf8_length(text: Chars<'_>) -> usize {
    fn width(code: u32) -> usize {
        1 + usize::from(code >= 0x80) + usize::from(code >= 0x800) + usize::from(code >= 0x10000)
    }
    with_units!(text, units => units.iter().map(|unit| width(unit.code())).sum())
}

/// Encodes as UTF-8; surrogates are for the handler.
pub fn encode_utf8(text: Chars<'_>, handler: &mut Handler<'_>) -> Result<Vec<u8>, CodecError> {
    if let Chars::Latin1(units) = text
        && units.is_ascii()
    {
        return Ok(units.to_vec());
    }
    with_units!(text, units => encode_units(units, text, handler))
}

fn encode_units<U: Unit>(
    units: &[U],
    text: Chars<'_>,
    handler: &mut Handler<'_>,
) -> Result<Vec<u8>, CodecError> {
    let mut out = Vec::with_capacity(text.len() * U::SIZE.min(3) + 8);
    let mut at = 0;
    while at < units.len() {
        at += push_run(&units[at..], &mut out);
        let run = units[at..]
            .iter()
            .take_while(|unit| is_surrogate(unit.code()))
            .count();
        if run > 0 {
            let fault = Fault {
                start: at,
                end: at + run,
                reason: "surrogates not allowed",
            };
            at = encoded(handler, fault, units.len(), 1, &mut out, push_ascii_units)?;
        }
    }
    Ok(out)
}

/// Encodes up to the first surrogate; returns how many units that were.
fn push_run<U: Unit>(units: &[U], out: &mut Vec<u8>) -> usize {
    let mut done = 0;
    for chunk in units.chunks(8) {
        if bits_of(chunk) < 0x80 {
            out.extend(chunk.iter().map(|unit| unit.code() as u8));
            done += chunk.len();
            continue;
        }
        // Written here first, so that room in `out` is asked for once per chunk.
        let mut buffer = [0u8; 40];
        let mut used = 0;
        for unit in chunk {
            let code = unit.code();
            let six = |shift: u32| 0x80 | (code >> shift & 0x3F) as u8;
            let to = &mut buffer[used.min(36)..];
            used += match code {
                0..0x80 => {
                    to[0] = code as u8;
                    1
                }
                0x80..0x800 => {
                    to[..2].copy_from_slice(&[0xC0 | (code >> 6) as u8, six(0)]);
                    2
                }
                0xD800..0xE000 => {
                    out.extend_from_slice(&buffer[..used]);
                    return done;
                }
                0x800..0x10000 => {
                    to[..3].copy_from_slice(&[0xE0 | (code >> 12) as u8, six(6), six(0)]);
                    3
                }
                _ => {
                    let bytes = [0xF0 | (code >> 18) as u8, six(12), six(6), six(0)];
                    to[..4].copy_from_slice(&bytes);
                    4
                }
            };
            done += 1;
        }
        out.extend_from_slice(&buffer[..used]);
    }
    done
}

/// Adds ASCII text; a replacement must be ASCII.
fn push_ascii_units(text: Chars<'_>, out: &mut Vec<u8>) -> bool {
    let ascii = text.is_ascii();
    if ascii {
        out.extend(text.iter().map(|code| code as u8));
    }
    ascii
}
