//! Codecs as pure functions.
//!
//! A decoder takes bytes and writes text; an encoder takes [`Chars`] and yields bytes. Both call a handler for what they cannot convert; it replaces the range
//! and says where to go on, or fails. Positions are bytes when decoding and code
//! points when encoding. [`Policy`] has the handlers that Python registers itself.

mod ascii;
mod charmap;
mod escape;
mod policy;
mod utf16;
mod utf32;
mod utf7;
mod utf8;

pub use ascii::{decode_ascii, encode_ascii, encode_latin1};
pub use charmap::{EncodingMap, Mapping, decode_charmap, decode_charmap_with, encode_charmap};
pub use escape::{
    Escaped, bytes_escape_decode, bytes_escape_encode, decode_raw_unicode_escape,
    decode_unicode_escape, encode_raw_unicode_escape, encode_unicode_escape,
};
pub use policy::{Policy, SurrogateForm};
pub use utf7::{decode_utf7, encode_utf7};
pub use utf8::{
    Utf8Shape, decode_into as decode_utf8_into, decode_utf8, encode_utf8,
    shape_of as utf8_shape_of_bytes,
};
pub use utf16::{decode_utf16, encode_utf16};
pub use utf32::{decode_utf32, encode_utf32};

use crate::{Chars, TextWriter, Unit};

/// What could not be converted, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    pub start: usize,
    pub end: usize,
    /// The reason, as the exception gives it.
    pub reason: &'static str,
}

/// A handler's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handled {
    /// Take this text instead and go on at the position.
    Replace(Vec<u32>, usize),
    /// Only when encoding: take these bytes instead and go on at the position.
    ReplaceBytes(Vec<u8>, usize),
    /// Give up.
    Fail,
}

/// Decides what becomes of a fault.
pub type Handler<'a> = dyn FnMut(&Fault) -> Handled + 'a;

/// Why a conversion failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodecError {
    /// The handler gave up (and knows why).
    Handler,
    /// The handler's replacement cannot be encoded itself: the fault stands.
    Fault(Fault),
}

/// How many bytes were decoded; all of them when `final_chunk`.
pub type Decoded = Result<usize, CodecError>;

/// Which byte of a unit comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endian {
    Little,
    Big,
}

/// Calls the handler for a fault of a decoder; returns where to go on.
#[cold]
fn replaced(
    handler: &mut Handler<'_>,
    (start, end, reason): (usize, usize, &'static str),
    length: usize,
    out: &mut impl TextWriter,
) -> Result<usize, CodecError> {
    match handler(&Fault { start, end, reason }) {
        Handled::Replace(text, at) => {
            out.push_units(&text);
            Ok(at.min(length))
        }
        Handled::ReplaceBytes(..) | Handled::Fail => Err(CodecError::Handler),
    }
}

/// Calls the handler for a fault of an encoder. Replacement text is given to `encode`,
/// which adds it and says whether it could; bytes must be whole units of `unit` bytes.
#[cold]
fn encoded(
    handler: &mut Handler<'_>,
    fault: Fault,
    length: usize,
    unit: usize,
    out: &mut Vec<u8>,
    encode: impl FnOnce(Chars<'_>, &mut Vec<u8>) -> bool,
) -> Result<usize, CodecError> {
    match handler(&fault) {
        Handled::Replace(text, at) if encode(Chars::U32(&text), out) => Ok(at.min(length)),
        Handled::ReplaceBytes(bytes, at) if bytes.len() % unit == 0 => {
            out.extend_from_slice(&bytes);
            Ok(at.min(length))
        }
        Handled::Fail => Err(CodecError::Handler),
        _ => Err(CodecError::Fault(fault)),
    }
}

/// Encodes by runs of what has an encoding: `run` adds the one that starts at a place and says
/// how many characters it took. What ends a run is a surrogate, which is the handler's; `push`
/// adds an ASCII character of its replacement, as a unit of `unit` bytes.
#[inline(always)]
fn encode_by_runs(
    length: usize,
    unit: usize,
    handler: &mut Handler<'_>,
    out: &mut Vec<u8>,
    run: impl Fn(usize, &mut Vec<u8>) -> usize,
    push: impl Fn(u32, &mut Vec<u8>),
) -> Result<(), CodecError> {
    let mut at = 0;
    while at < length {
        at += run(at, out);
        if at == length {
            break;
        }
        let fault = Fault {
            start: at,
            end: at + 1,
            reason: "surrogates not allowed",
        };
        at = encoded(handler, fault, length, unit, out, |text, out| {
            let ascii = text.is_ascii();
            if ascii {
                text.iter().for_each(|code| push(code, out));
            }
            ascii
        })?;
    }
    Ok(())
}

/// Whether there is a surrogate among the units.
#[inline(always)]
fn has_surrogates<U: Unit>(units: &[U]) -> bool {
    if U::SIZE == 1 {
        return false;
    }
    let (mut found, mut i) = (false, 0);
    while i < units.len() {
        found |= is_surrogate(units[i].code());
        i += 1;
    }
    found
}

#[inline(always)]
fn is_surrogate(code: u32) -> bool {
    code & !0x7FF == 0xD800
}
