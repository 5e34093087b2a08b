//! Base64 (RFC 4648, section 4).

use krait_object::types::bytes::BytesLike;
use krait_object::types::bytes_builder::BytesBuilder;
use krait_object::{Bytes, Owned, Py, PyResult, errors};

use super::{AsciiText, ERROR};

pub const DECODE_DOC: &str = "Decode a line of base64 data.\n\n  strict_mode\n    \
    When set to True, bytes that are not in the base64 standard are not\n    \
    allowed.  The same applies to excess data after padding (= / ==).";

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The two characters of twelve bits.
static PAIRS: [[u8; 2]; 4096] = {
    let mut table = [[0; 2]; 4096];
    let mut i = 0;
    while i < 4096 {
        table[i] = [ALPHABET[i >> 6], ALPHABET[i & 63]];
        i += 1;
    }
    table
};

/// What stands in `VALUES` for characters outside the alphabet.
const FOREIGN: u8 = 0xff;

static VALUES: [u8; 256] = {
    let mut table = [FOREIGN; 256];
    let mut i = 0;
    while i < 64 {
        table[ALPHABET[i] as usize] = i as u8;
        i += 1;
    }
    table
};

fn value(c: u8) -> u8 {
    VALUES[usize::from(c)]
}

pub fn encode(_py: Py, data: BytesLike<'_>, newline: Option<bool>) -> PyResult<Owned<Bytes>> {
    let data: &[u8] = &data;
    let newline = newline.unwrap_or(true);
    let total = data
        .len()
        .div_ceil(3)
        .checked_mul(4)
        .and_then(|len| len.checked_add(usize::from(newline)));
    let built = total.and_then(|len| Bytes::build(len, |out| fill(data, out, newline)));
    built.map_or_else(errors::no_memory, Ok)
}

fn fill(data: &[u8], out: &mut [u8], newline: bool) {
    let body = out.len() - usize::from(newline);
    let (out, end) = out.split_at_mut(body);
    end.fill(b'\n');
    let (groups, rest) = data.as_chunks::<3>();
    let (quads, last) = out.as_chunks_mut::<4>();
    debug_assert!(last.is_empty());
    for (quad, [a, b, c]) in quads.iter_mut().zip(groups) {
        let bits = usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c);
        let (high, low) = (PAIRS[bits >> 12], PAIRS[bits & 4095]);
        *quad = [high[0], high[1], low[0], low[1]];
    }
    let Some(quad) = quads.get_mut(groups.len()) else {
        return;
    };
    let byte = |i: usize| usize::from(rest.get(i).copied().unwrap_or(0));
    let bits = byte(0) << 16 | byte(1) << 8;
    let (high, low) = (PAIRS[bits >> 12], PAIRS[bits & 4095]);
    let third = if rest.len() == 2 { low[0] } else { b'=' };
    *quad = [high[0], high[1], third, b'='];
}

pub fn decode(py: Py, data: AsciiText<'_>, strict_mode: Option<bool>) -> PyResult<Owned<Bytes>> {
    let text: &[u8] = &data;
    let mut out = BytesBuilder::with_capacity(text.len().div_ceil(4) * 3)?;
    let plain = plain_quads(text, &mut out)?;
    let mut state = Decoder {
        text,
        at: plain,
        strict: strict_mode.unwrap_or(false),
        out,
        position: 0,
        left: 0,
        pads: 0,
    };
    match state.run()? {
        Ok(()) => Ok(state.out.finish()),
        Err(text) => ERROR.raise(py, &text),
    }
}

/// Decodes groups of four from the start until one has a character outside the alphabet:
/// how many characters.
fn plain_quads(text: &[u8], out: &mut BytesBuilder) -> PyResult<usize> {
    let quads = text.as_chunks::<4>().0;
    let start = out.len();
    out.resize(start + quads.len() * 3)?;
    let room = out.as_mut_slice()[start..].as_chunks_mut::<3>().0;
    let mut done = 0;
    for (group, quad) in room.iter_mut().zip(quads) {
        let [a, b, c, d] = quad.map(value);
        if (a | b | c | d) > 63 {
            break;
        }
        let bits = u32::from(a) << 18 | u32::from(b) << 12 | u32::from(c) << 6 | u32::from(d);
        let [_, x, y, z] = bits.to_be_bytes();
        *group = [x, y, z];
        done += 1;
    }
    out.truncate(start + done * 3);
    Ok(done * 4)
}

/// The careful part: padding, and characters that do not count.
struct Decoder<'a> {
    text: &'a [u8],
    at: usize,
    strict: bool,
    out: BytesBuilder,
    /// How many characters of the current group have come, and their bits not yet used.
    position: u8,
    left: u8,
    /// How many `=` have come since the last character that counts.
    pads: u8,
}

type Checked = Result<(), String>;

impl Decoder<'_> {
    fn run(&mut self) -> PyResult<Checked> {
        if self.strict && self.text.first() == Some(&b'=') {
            return fault("Leading padding not allowed");
        }
        while let Some(&c) = self.text.get(self.at) {
            self.at += 1;
            let value = value(c);
            if c == b'=' {
                self.pads = self.pads.saturating_add(u8::from(self.position >= 2));
                let excess = self.position < 2 || self.position + self.pads.min(4) > 4;
                if self.strict && excess {
                    if self.position == 1 {
                        break;
                    }
                    return fault("Excess padding not allowed");
                }
            } else if value == FOREIGN {
                if self.strict {
                    return fault("Only base64 data is allowed");
                }
            } else {
                if self.strict && self.pads > 0 {
                    return fault(if self.position + self.pads == 4 {
                        "Excess data after padding"
                    } else {
                        "Discontinuous padding not allowed"
                    });
                }
                self.pads = 0;
                self.put(value)?;
                // Whole groups in between, as in text of many lines, go the fast way.
                if self.position == 0 {
                    let rest = &self.text[self.at..];
                    self.at += plain_quads(&rest[..rest.len().min(4096)], &mut self.out)?;
                }
            }
        }
        Ok(self.check_end())
    }

    fn put(&mut self, value: u8) -> PyResult<()> {
        match self.position {
            0 => {}
            1 => self.out.push(self.left << 2 | value >> 4)?,
            2 => self.out.push(self.left << 4 | value >> 2)?,
            _ => self.out.push(self.left << 6 | value)?,
        }
        self.left = match self.position {
            0 => value,
            1 => value & 15,
            2 => value & 3,
            _ => 0,
        };
        self.position = (self.position + 1) & 3;
        Ok(())
    }

    fn check_end(&self) -> Checked {
        match self.position {
            0 => Ok(()),
            position if position > 1 && self.pads >= 4 - position => Ok(()),
            1 => Err(format!(
                "Invalid base64-encoded string: number of data characters ({}) \
                 cannot be 1 more than a multiple of 4",
                self.out.len() / 3 * 4 + 1
            )),
            _ => Err("Incorrect padding".into()),
        }
    }
}

fn fault(text: &str) -> PyResult<Checked> {
    Ok(Err(text.into()))
}
