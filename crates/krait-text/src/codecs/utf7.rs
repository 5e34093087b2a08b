//! UTF-7 (RFC 2152).

use super::{Decoded, Handler, replaced};
use crate::{Chars, TextWriter};

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64_value(byte: u8) -> Option<u32> {
    DIGITS
        .iter()
        .position(|digit| *digit == byte)
        .map(|value| value as u32)
}

/// A run of base 64 while it is decoded.
struct Shift {
    /// Where its `+` stands.
    start: usize,
    /// How long the text was before it.
    text_before: usize,
    bits: u32,
    buffer: u32,
    /// A high surrogate that waits for its low one; 0 for none.
    surrogate: u32,
}

impl Shift {
    fn push(&mut self, value: u32, out: &mut impl TextWriter) {
        self.buffer = self.buffer << 6 | value;
        self.bits += 6;
        if self.bits < 16 {
            return;
        }
        self.bits -= 16;
        let unit = self.buffer >> self.bits;
        self.buffer &= (1 << self.bits) - 1;
        if self.surrogate != 0 {
            let high = std::mem::take(&mut self.surrogate);
            if (0xDC00..0xE000).contains(&unit) {
                return out.push(0x10000 + ((high & 0x3FF) << 10 | unit & 0x3FF));
            }
            out.push(high);
        }
        match unit {
            0xD800..=0xDBFF => self.surrogate = unit,
            _ => out.push(unit),
        }
    }

    /// Why the run must not end here.
    fn fault(&self) -> Option<&'static str> {
        match self {
            Shift { bits: 6.., .. } => Some("partial character in shift sequence"),
            Shift {
                bits: 1..,
                buffer: 1..,
                ..
            } => Some("non-zero padding bits in shift sequence"),
            _ => None,
        }
    }
}

/// Decodes UTF-7. Unless it is the final chunk, an open shift sequence at the end is
/// left unused.
pub fn decode_utf7(
    bytes: &[u8],
    final_chunk: bool,
    handler: &mut Handler<'_>,
    out: &mut impl TextWriter,
) -> Decoded {
    let mut shift: Option<Shift> = None;
    let mut at = 0;
    loop {
        let Some(&byte) = bytes.get(at) else {
            let Some(open) = shift.take() else { break };
            if !final_chunk {
                out.truncate(open.text_before);
                return Ok(open.start);
            }
            let loose = open.surrogate != 0 || open.fault().is_some();
            if loose {
                let fault = (open.start, bytes.len(), "unterminated shift sequence");
                at = replaced(handler, fault, bytes.len(), out)?;
            }
            if at >= bytes.len() {
                break;
            }
            continue;
        };
        let start = shift.as_ref().map_or(at, |open| open.start);
        let reason = match (&mut shift, byte) {
            (Some(open), byte) if base64_value(byte).is_some() => {
                open.push(base64_value(byte).unwrap_or(0), out);
                at += 1;
                continue;
            }
            (Some(open), byte) => match open.fault() {
                Some(reason) => reason,
                None => {
                    if open.surrogate != 0 && byte < 0x80 && byte != b'+' {
                        out.push(open.surrogate);
                    }
                    at += usize::from(byte == b'-');
                    shift = None;
                    continue;
                }
            },
            (None, b'+') => match bytes.get(at + 1) {
                Some(b'-') => {
                    out.push(u32::from('+'));
                    at += 2;
                    continue;
                }
                Some(next) if base64_value(*next).is_none() => {
                    at += 1;
                    "ill-formed sequence"
                }
                _ => {
                    let text_before = out.len();
                    let open = Shift {
                        start: at,
                        text_before,
                        bits: 0,
                        buffer: 0,
                        surrogate: 0,
                    };
                    shift = Some(open);
                    at += 1;
                    continue;
                }
            },
            (None, 0..0x80) => {
                out.push(u32::from(byte));
                at += 1;
                continue;
            }
            (None, _) => "unexpected special character",
        };
        shift = None;
        at = replaced(handler, (start, at + 1, reason), bytes.len(), out)?;
    }
    Ok(bytes.len())
}

/// Characters that stand for themselves: all of ASCII but `+`, backslash, tilde and
/// control characters other than white space.
fn is_direct(code: u32) -> bool {
    match u8::try_from(code) {
        Ok(b'\t' | b'\n' | b'\r') => true,
        Ok(b'+' | b'\\' | b'~') => false,
        Ok(c) => (0x20..0x7F).contains(&c),
        Err(_) => false,
    }
}

/// Encodes as UTF-7, which cannot fail.
pub fn encode_utf7(text: Chars<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let (mut shifted, mut bits, mut buffer) = (false, 0, 0u32);
    let digit = |value: u32| DIGITS[(value & 63) as usize];
    for code in text.iter() {
        if is_direct(code) {
            if shifted {
                if bits > 0 {
                    out.push(digit(buffer << (6 - bits)));
                }
                (shifted, bits, buffer) = (false, 0, 0);
                let c = code as u8;
                if c == b'-' || base64_value(c).is_some() {
                    out.push(b'-');
                }
            }
            out.push(code as u8);
            continue;
        }
        if !shifted {
            out.push(b'+');
            if code == u32::from('+') {
                out.push(b'-');
                continue;
            }
            shifted = true;
        }
        let mut push_unit = |unit: u32| {
            buffer = buffer << 16 | unit;
            bits += 16;
            while bits >= 6 {
                bits -= 6;
                out.push(digit(buffer >> bits));
            }
            buffer &= (1 << bits) - 1;
        };
        match code.checked_sub(0x10000) {
            None => push_unit(code),
            Some(rest) => {
                push_unit(0xD800 | rest >> 10);
                push_unit(0xDC00 | rest & 0x3FF);
            }
        }
    }
    if bits > 0 {
        out.push(digit(buffer << (6 - bits)));
    }
    if shifted {
        out.push(b'-');
    }
    out
}
