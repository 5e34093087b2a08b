//! UTF-16.

use super::{CodecError, Endian, Handler, encode_by_runs, has_surrogates, is_surrogate, replaced};
use crate::chars::bits_of;
use crate::{Chars, TextWriter, Unit, lanes, with_units};

impl Endian {
    fn unit(self, bytes: &[u8]) -> u32 {
        u32::from(match self {
            Endian::Little => u16::from_le_bytes([bytes[0], bytes[1]]),
            Endian::Big => u16::from_be_bytes([bytes[0], bytes[1]]),
        })
    }

    fn push(self, unit: u16, out: &mut Vec<u8>) {
        out.extend_from_slice(&match self {
            Endian::Little => unit.to_le_bytes(),
            Endian::Big => unit.to_be_bytes(),
        });
    }
}

/// Units that are looked at together.
const CHUNK: usize = 64;

/// Decodes the units before the next surrogate; returns how many bytes they took.
fn decode_run(bytes: &[u8], endian: Endian, out: &mut impl TextWriter) -> usize {
    let mut done = 0;
    for chunk in bytes.chunks(2 * CHUNK) {
        let mut units = [0u16; CHUNK];
        let (pairs, _) = chunk.as_chunks::<2>();
        let units = &mut units[..pairs.len()];
        match endian {
            Endian::Little => lanes::map_into(pairs, units, u16::from_le_bytes),
            Endian::Big => lanes::map_into(pairs, units, u16::from_be_bytes),
        }
        let surrogates = has_surrogates(units);
        let run = if surrogates {
            let plain = |unit: &&u16| !is_surrogate(u32::from(**unit));
            units.iter().take_while(plain).count()
        } else {
            units.len()
        };
        out.push_units(&units[..run]);
        done += 2 * run;
        if run < CHUNK {
            break;
        }
    }
    done
}

/// Adds units that are no surrogates and stand for themselves.
fn push_units<U: Unit>(units: &[U], endian: Endian, out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start + 2 * units.len(), 0);
    let (pairs, _) = out[start..].as_chunks_mut::<2>();
    match endian {
        Endian::Little => lanes::map_into(units, pairs, |unit| (unit.code() as u16).to_le_bytes()),
        Endian::Big => lanes::map_into(units, pairs, |unit| (unit.code() as u16).to_be_bytes()),
    }
}

/// Encodes the units before the next surrogate; returns how many they were.
fn encode_run<U: Unit>(units: &[U], endian: Endian, out: &mut Vec<u8>) -> usize {
    if U::SIZE == 1 {
        push_units(units, endian, out);
        return units.len();
    }
    let mut done = 0;
    for chunk in units.chunks(CHUNK) {
        if bits_of(chunk) < 0x10000 && !has_surrogates(chunk) {
            push_units(chunk, endian, out);
            done += chunk.len();
            continue;
        }
        for unit in chunk {
            let code = unit.code();
            if is_surrogate(code) {
                return done;
            }
            match code.checked_sub(0x10000) {
                None => endian.push(code as u16, out),
                Some(rest) => {
                    endian.push((0xD800 | rest >> 10) as u16, out);
                    endian.push((0xDC00 | rest & 0x3FF) as u16, out);
                }
            }
            done += 1;
        }
    }
    done
}

/// Decodes UTF-16. Without an endianness, a byte order mark decides (and is left
/// out), or little-endian is assumed; the endianness found is returned, or `None`
/// when there was no mark.
pub fn decode_utf16(
    bytes: &[u8],
    endian: Option<Endian>,
    final_chunk: bool,
    handler: &mut Handler<'_>,
    out: &mut impl TextWriter,
) -> Result<(usize, Option<Endian>), CodecError> {
    let (found, mut at) = match (endian, bytes) {
        (None, [0xFF, 0xFE, ..]) => (Some(Endian::Little), 2),
        (None, [0xFE, 0xFF, ..]) => (Some(Endian::Big), 2),
        (given, _) => (given, 0),
    };
    let endian = found.unwrap_or(Endian::Little);
    while at < bytes.len() {
        let left = bytes.len() - at;
        let fault = if left == 1 {
            if !final_chunk {
                break;
            }
            (at, bytes.len(), "truncated data")
        } else {
            let unit = endian.unit(&bytes[at..]);
            match unit {
                0xD800..=0xDBFF if left < 4 => {
                    if !final_chunk {
                        break;
                    }
                    (at, bytes.len(), "unexpected end of data")
                }
                0xD800..=0xDBFF => {
                    let low = endian.unit(&bytes[at + 2..]);
                    if (0xDC00..0xE000).contains(&low) {
                        out.push(0x10000 + ((unit & 0x3FF) << 10 | low & 0x3FF));
                        at += 4;
                        continue;
                    }
                    (at, at + 2, "illegal UTF-16 surrogate")
                }
                0xDC00..=0xDFFF => (at, at + 2, "illegal encoding"),
                _ => {
                    at += decode_run(&bytes[at..], endian, out);
                    continue;
                }
            }
        };
        at = replaced(handler, fault, bytes.len(), out)?;
    }
    Ok((at, found))
}

/// Encodes as UTF-16; without an endianness little-endian, with a byte order mark.
pub fn encode_utf16(
    text: Chars<'_>,
    endian: Option<Endian>,
    handler: &mut Handler<'_>,
) -> Result<Vec<u8>, CodecError> {
    let mut out = Vec::with_capacity(text.len() * 2 + 2);
    if endian.is_none() {
        out.extend_from_slice(&[0xFF, 0xFE]);
    }
    let endian = endian.unwrap_or(Endian::Little);
    encode_by_runs(
        text.len(),
        2,
        handler,
        &mut out,
        |at, out| with_units!(text, units => encode_run(&units[at..], endian, out)),
        |code, out| endian.push(code as u16, out),
    )?;
    Ok(out)
}
