//! UTF-8: the hot codec. One quick pass finds the width of the result, a second one
//! checks the bytes and decodes them into it.

use super::{CodecError, Decoded, Fault, Handler, encoded, is_surrogate, replaced};
use crate::chars::bits_of;
use crate::{Chars, TextWriter, Unit, lanes, with_units};

/// What valid UTF-8 becomes: how many code points, and the largest possible one
/// (0x7F, 0xFF, 0xFFFF or 0x10FFFF).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Utf8Shape {
    pub length: usize,
    pub max_char: u32,
}

/// The shape that the bytes have if they are valid; `None` where they cannot be.
pub fn shape_of(bytes: &[u8]) -> Option<Utf8Shape> {
    if bytes.is_ascii() {
        return Some(Utf8Shape {
            length: bytes.len(),
            max_char: 0x7F,
        });
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
        0xF5.. => return None,
        0xF0.. => 0x10_FFFF,
        0xC4.. => 0xFFFF,
        _ => 0xFF,
    };
    Some(Utf8Shape { length, max_char })
}

/// Checks and decodes at once; false when the bytes are not valid or do not fill
/// `out` exactly.
pub fn decode_into<U: Unit>(bytes: &[u8], out: &mut [U]) -> bool {
    let goes_on = |byte: u8| byte & 0xC0 == 0x80;
    let six = |byte: u8| u32::from(byte & 0x3F);
    let (mut rest, mut to) = (bytes, 0);
    while let Some(&lead) = rest.first() {
        if lead < 0x80 {
            // Up to eight ASCII characters go across at once. What is written beyond them is
            // written over by what follows.
            if let (Some(from), Some(units)) = (rest.first_chunk::<8>(), out.get_mut(to..to + 8)) {
                let high = u64::from_le_bytes(*from) & 0x8080_8080_8080_8080;
                for (unit, byte) in units.iter_mut().zip(from) {
                    *unit = U::from_code(u32::from(*byte));
                }
                let run = (high.trailing_zeros() / 8) as usize;
                rest = &rest[run..];
                to += run;
                continue;
            }
        }
        let (code, length) = match *rest {
            [a @ 0..0x80, ..] => (u32::from(a), 1),
            [a @ 0xC2..0xE0, b, ..] if goes_on(b) => (u32::from(a & 0x1F) << 6 | six(b), 2),
            [a @ 0xE0..0xF0, b, c, ..] if goes_on(b) && goes_on(c) => {
                let code = u32::from(a & 0x0F) << 12 | six(b) << 6 | six(c);
                if code < 0x800 || is_surrogate(code) {
                    return false;
                }
                (code, 3)
            }
            [a @ 0xF0..0xF5, b, c, d, ..] if goes_on(b) && goes_on(c) && goes_on(d) => {
                let code = u32::from(a & 7) << 18 | six(b) << 12 | six(c) << 6 | six(d);
                if !(0x10000..0x11_0000).contains(&code) {
                    return false;
                }
                (code, 4)
            }
            _ => return false,
        };
        let Some(unit) = out.get_mut(to) else {
            return false;
        };
        *unit = U::from_code(code);
        to += 1;
        rest = &rest[length..];
    }
    to == out.len()
}

/// Decodes UTF-8. Unless it is the final chunk, an incomplete character at the end
/// is left unused.
pub fn decode_utf8(
    bytes: &[u8],
    final_chunk: bool,
    handler: &mut Handler<'_>,
    out: &mut impl TextWriter,
) -> Decoded {
    let mut at = 0;
    loop {
        let error = match std::str::from_utf8(&bytes[at..]) {
            Ok(text) => {
                out.push_str(text);
                return Ok(bytes.len());
            }
            Err(error) => error,
        };
        let start = at + error.valid_up_to();
        out.push_str(std::str::from_utf8(&bytes[at..start]).unwrap_or(""));
        let fault = match error.error_len() {
            None if !final_chunk => return Ok(start),
            None => (start, bytes.len(), "unexpected end of data"),
            // The start of an encoded surrogate, for `surrogatepass` to complete.
            Some(_) if !final_chunk && matches!(bytes[start..], [0xED, 0xA0..=0xBF]) => {
                return Ok(start);
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
        at = replaced(handler, fault, bytes.len(), out)?;
    }
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

/// Units that are encoded together.
const CHUNK: usize = 64;

/// Encodes up to the first surrogate; returns how many units that were.
fn push_run<U: Unit>(units: &[U], out: &mut Vec<u8>) -> usize {
    let mut done = 0;
    for chunk in units.chunks(CHUNK) {
        if bits_of(chunk) < 0x80 {
            lanes::extend(out, chunk, |unit| unit.code() as u8);
            done += chunk.len();
            continue;
        }
        let whole = match U::chars(chunk) {
            Chars::Latin1(units) => push_latin1(units, out),
            _ => push_chunk(chunk, out),
        };
        done += whole;
        if whole < chunk.len() {
            break;
        }
    }
    done
}

/// A buffer for a chunk's bytes. There are never more than it has: an index within it is
/// found without a comparison.
struct Bytes {
    bytes: [u8; 4 * CHUNK],
    used: usize,
}

impl Bytes {
    #[inline(always)]
    fn put(&mut self, ahead: usize, byte: u32) {
        self.bytes[(self.used + ahead) & (4 * CHUNK - 1)] = byte as u8;
    }

    #[inline(always)]
    fn add_to(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.bytes[..self.used.min(4 * CHUNK)]);
    }
}

/// Encodes units that take one byte or two: both are always written, so that nothing depends
/// on which they are but where the next ones go.
fn push_latin1(units: &[u8], out: &mut Vec<u8>) -> usize {
    let mut to = Bytes {
        bytes: [0; 4 * CHUNK],
        used: 0,
    };
    let mut i = 0;
    while i < units.len() {
        let code = u32::from(units[i]);
        let two = code >> 7;
        to.put(0, if two == 0 { code } else { 0xC0 | code >> 6 });
        to.put(1, 0x80 | code & 0x3F);
        to.used += 1 + two as usize;
        i += 1;
    }
    to.add_to(out);
    i
}

/// Encodes the units before the first surrogate; returns how many they were.
fn push_chunk<U: Unit>(units: &[U], out: &mut Vec<u8>) -> usize {
    let mut to = Bytes {
        bytes: [0; 4 * CHUNK],
        used: 0,
    };
    let mut i = 0;
    while i < units.len() {
        let code = units[i].code();
        let six = |shift: u32| 0x80 | code >> shift & 0x3F;
        if code < 0x80 {
            to.put(0, code);
            to.used += 1;
        } else if code < 0x800 {
            to.put(0, 0xC0 | code >> 6);
            to.put(1, six(0));
            to.used += 2;
        } else if is_surrogate(code) {
            break;
        } else if code < 0x10000 {
            to.put(0, 0xE0 | code >> 12);
            to.put(1, six(6));
            to.put(2, six(0));
            to.used += 3;
        } else {
            to.put(0, 0xF0 | code >> 18);
            to.put(1, six(12));
            to.put(2, six(6));
            to.put(3, six(0));
            to.used += 4;
        }
        i += 1;
    }
    to.add_to(out);
    i
}

/// Adds ASCII text; a replacement must be ASCII.
fn push_ascii_units(text: Chars<'_>, out: &mut Vec<u8>) -> bool {
    let ascii = text.is_ascii();
    if ascii {
        out.extend(text.iter().map(|code| code as u8));
    }
    ascii
}
