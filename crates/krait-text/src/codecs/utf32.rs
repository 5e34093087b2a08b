//! UTF-32.

use super::{CodecError, Endian, Handler, encode_by_runs, has_surrogates, is_surrogate, replaced};
use crate::chars::bits_of;
use crate::{Chars, TextWriter, Unit, lanes, with_units};

/// Units that are looked at together.
const CHUNK: usize = 64;

/// Decodes the units before the next that stands for no character; returns how many bytes
/// they took.
fn decode_run(bytes: &[u8], endian: Endian, out: &mut impl TextWriter) -> usize {
    let mut done = 0;
    for chunk in bytes.chunks(4 * CHUNK) {
        let mut units = [0u32; CHUNK];
        let (words, _) = chunk.as_chunks::<4>();
        let units = &mut units[..words.len()];
        match endian {
            Endian::Little => lanes::map_into(words, units, u32::from_le_bytes),
            Endian::Big => lanes::map_into(words, units, u32::from_be_bytes),
        }
        let is_good = |code: u32| !is_surrogate(code) && code <= 0x10_FFFF;
        let run = if bits_of(units) < 0x10_0000 && !has_surrogates(units) {
            units.len()
        } else {
            units.iter().take_while(|unit| is_good(**unit)).count()
        };
        out.push_units(&units[..run]);
        done += 4 * run;
        if run < CHUNK {
            break;
        }
    }
    done
}

/// Encodes the units before the next surrogate; returns how many they were.
fn encode_run<U: Unit>(units: &[U], big: bool, out: &mut Vec<u8>) -> usize {
    let mut done = 0;
    for chunk in units.chunks(CHUNK) {
        let run = if has_surrogates(chunk) {
            let plain = |unit: &&U| !is_surrogate(unit.code());
            chunk.iter().take_while(plain).count()
        } else {
            chunk.len()
        };
        let start = out.len();
        out.resize(start + 4 * run, 0);
        let (words, _) = out[start..].as_chunks_mut::<4>();
        if big {
            lanes::map_into(chunk, words, |unit| unit.code().to_be_bytes());
        } else {
            lanes::map_into(chunk, words, |unit| unit.code().to_le_bytes());
        }
        done += run;
        if run < chunk.len() {
            break;
        }
    }
    done
}

/// Decodes UTF-32; the endianness is as for [`super::decode_utf16`].
pub fn decode_utf32(
    bytes: &[u8],
    endian: Option<Endian>,
    final_chunk: bool,
    handler: &mut Handler<'_>,
    out: &mut impl TextWriter,
) -> Result<(usize, Option<Endian>), CodecError> {
    let (found, mut at) = match (endian, bytes) {
        (None, [0xFF, 0xFE, 0, 0, ..]) => (Some(Endian::Little), 4),
        (None, [0, 0, 0xFE, 0xFF, ..]) => (Some(Endian::Big), 4),
        (given, _) => (given, 0),
    };
    let endian = found.unwrap_or(Endian::Little);
    while at < bytes.len() {
        let fault = match bytes.get(at..at + 4) {
            None if !final_chunk => break,
            None => (at, bytes.len(), "truncated data"),
            Some(unit) => {
                let unit = [unit[0], unit[1], unit[2], unit[3]];
                let code = match endian {
                    Endian::Little => u32::from_le_bytes(unit),
                    Endian::Big => u32::from_be_bytes(unit),
                };
                if is_surrogate(code) {
                    let reason = "code point in surrogate code point range(0xd800, 0xe000)";
                    (at, at + 4, reason)
                } else if code > 0x10_FFFF {
                    (at, at + 4, "code point not in range(0x110000)")
                } else {
                    at += decode_run(&bytes[at..], endian, out);
                    continue;
                }
            }
        };
        at = replaced(handler, fault, bytes.len(), out)?;
    }
    Ok((at, found))
}

/// Encodes as UTF-32; without an endianness little-endian, with a byte order mark.
pub fn encode_utf32(
    text: Chars<'_>,
    endian: Option<Endian>,
    handler: &mut Handler<'_>,
) -> Result<Vec<u8>, CodecError> {
    let mut out = Vec::with_capacity(text.len() * 4 + 4);
    let big = endian == Some(Endian::Big);
    let push = |code: u32, out: &mut Vec<u8>| {
        out.extend_from_slice(&if big {
            code.to_be_bytes()
        } else {
            code.to_le_bytes()
        });
    };
    if endian.is_none() {
        push(0xFEFF, &mut out);
    }
    encode_by_runs(
        text.len(),
        4,
        handler,
        &mut out,
        |at, out| with_units!(text, units => encode_run(&units[at..], big, out)),
        push,
    )?;
    Ok(out)
}
