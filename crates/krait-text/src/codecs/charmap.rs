//! Codecs of one byte per character, by a table or a mapping.

use super::{CodecError, Decoded, Fault, Handled, Handler, replaced};
use crate::{Chars, TextWriter};

const UNDEFINED: &str = "character maps to <undefined>";

/// What a mapping says about a byte or a character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mapping<T> {
    To(T),
    Undefined,
    /// The look-up itself failed.
    Fail,
}

/// Decodes by a table of 256 characters or fewer; U+FFFE stands for undefined.
pub fn decode_charmap(
    bytes: &[u8],
    table: Chars<'_>,
    handler: &mut Handler<'_>,
    out: &mut impl TextWriter,
) -> Decoded {
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match table.get(usize::from(byte)) {
            Some(code) if code != 0xFFFE => {
                out.push(code);
                at += 1;
            }
            _ => at = replaced(handler, (at, at + 1, UNDEFINED), bytes.len(), out)?,
        }
    }
    Ok(bytes.len())
}

/// Decodes by a mapping, which writes what a byte becomes itself.
pub fn decode_charmap_with<W: TextWriter>(
    bytes: &[u8],
    mut lookup: impl FnMut(u8, &mut W) -> Mapping<()>,
    handler: &mut Handler<'_>,
    out: &mut W,
) -> Decoded {
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match lookup(byte, out) {
            Mapping::To(()) => at += 1,
            Mapping::Undefined => {
                at = replaced(handler, (at, at + 1, UNDEFINED), bytes.len(), out)?;
            }
            Mapping::Fail => return Err(CodecError::Handler),
        }
    }
    Ok(bytes.len())
}

/// Encodes by a mapping. The replacement a handler gives is mapped as well.
pub fn encode_charmap(
    text: Chars<'_>,
    mut lookup: impl FnMut(u32) -> Mapping<Vec<u8>>,
    handler: &mut Handler<'_>,
) -> Result<Vec<u8>, CodecError> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(code) = text.get(at) {
        match lookup(code) {
            Mapping::To(bytes) => {
                out.extend_from_slice(&bytes);
                at += 1;
                continue;
            }
            Mapping::Undefined => {}
            Mapping::Fail => return Err(CodecError::Handler),
        }
        let mut end = at + 1;
        while let Some(code) = text.get(end) {
            match lookup(code) {
                Mapping::To(_) => break,
                Mapping::Undefined => end += 1,
                Mapping::Fail => return Err(CodecError::Handler),
            }
        }
        let fault = Fault {
            start: at,
            end,
            reason: UNDEFINED,
        };
        at = match handler(&fault) {
            Handled::Replace(other, at) => {
                for code in other {
                    match lookup(code) {
                        Mapping::To(bytes) => out.extend_from_slice(&bytes),
                        Mapping::Undefined => return Err(CodecError::Fault(fault)),
                        Mapping::Fail => return Err(CodecError::Handler),
                    }
                }
                at.min(text.len())
            }
            Handled::ReplaceBytes(bytes, at) => {
                out.extend_from_slice(&bytes);
                at.min(text.len())
            }
            Handled::Fail => return Err(CodecError::Handler),
        };
    }
    Ok(out)
}

/// The inverse of a decoding table: `codecs.charmap_build`.
#[derive(Clone, Debug)]
pub struct EncodingMap {
    /// The bytes of characters below 256 that have one.
    low: [Option<u8>; 256],
    /// The others, by character.
    high: Vec<(u32, u8)>,
}

impl EncodingMap {
    /// The inverse of `table`; the last of several equal characters wins.
    pub fn new(table: Chars<'_>) -> EncodingMap {
        let mut map = EncodingMap {
            low: [None; 256],
            high: Vec::new(),
        };
        for (byte, code) in (0..=255u8).zip(table.iter()) {
            match map.low.get_mut(code as usize) {
                Some(place) => *place = Some(byte),
                None if code == 0xFFFE => {}
                None => map.high.push((code, byte)),
            }
        }
        map.high
            .sort_by_key(|(code, byte)| (*code, std::cmp::Reverse(*byte)));
        map.high.dedup_by_key(|(code, _)| *code);
        map
    }

    /// The byte of a character.
    pub fn get(&self, code: u32) -> Option<u8> {
        if let Some(byte) = self.low.get(code as usize) {
            return *byte;
        }
        let at = self
            .high
            .binary_search_by_key(&code, |(code, _)| *code)
            .ok()?;
        Some(self.high[at].1)
    }

    /// Encodes by this map.
    pub fn encode(
        &self,
        text: Chars<'_>,
        handler: &mut Handler<'_>,
    ) -> Result<Vec<u8>, CodecError> {
        let lookup = |code| {
            self.get(code)
                .map_or(Mapping::Undefined, |byte| Mapping::To(vec![byte]))
        };
        if let Some(bytes) = text
            .iter()
            .map(|code| self.get(code))
            .collect::<Option<Vec<u8>>>()
        {
            return Ok(bytes);
        }
        encode_charmap(text, lookup, handler)
    }
}
