//! Full case mappings of single characters, without context.

use super::layout::{CASE, CASE_RECORDS};
use super::trie::u24_at;

static SPECIALS: &[u8] = include_bytes!("tables/case_specials.bin");

/// Set in a record's field that points to several code points.
const SPECIAL: i32 = 0x0100_0000;

/// What a character maps to: one to three code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mapped {
    codes: [u32; 3],
    len: u8,
}

impl Mapped {
    #[inline]
    fn one(code: u32) -> Mapped {
        Mapped {
            codes: [code, 0, 0],
            len: 1,
        }
    }

    /// The code points.
    #[inline]
    pub fn codes(&self) -> &[u32] {
        &self.codes[..usize::from(self.len)]
    }
}

#[inline]
fn mapped(code: u32, field: usize) -> Mapped {
    let value = CASE_RECORDS[CASE.get(code) * 4 + field];
    if value & SPECIAL == 0 || value < 0 {
        return Mapped::one(code.wrapping_add_signed(value));
    }
    let at = (value & !SPECIAL) as usize;
    let mut found = Mapped {
        codes: [0; 3],
        len: u24_at(SPECIALS, at) as u8,
    };
    for index in 0..usize::from(found.len.min(3)) {
        found.codes[index] = u24_at(SPECIALS, at + 1 + index);
    }
    found
}

/// Which mapping, for [`simple`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Lower = 0,
    Upper = 1,
    Fold = 3,
}

/// What a character maps to if that is a single one.
#[inline]
pub(crate) fn simple(code: u32, kind: Kind) -> Option<u32> {
    if code < 0x80 {
        let c = code as u8;
        let mapped = match kind {
            Kind::Upper => c.to_ascii_uppercase(),
            Kind::Lower | Kind::Fold => c.to_ascii_lowercase(),
        };
        return Some(u32::from(mapped));
    }
    let value = CASE_RECORDS[CASE.get(code) * 4 + kind as usize];
    (value < SPECIAL).then(|| code.wrapping_add_signed(value))
}

/// Lower case.
#[inline]
pub fn lower(code: u32) -> Mapped {
    if code < 0x80 {
        return Mapped::one(u32::from((code as u8).to_ascii_lowercase()));
    }
    mapped(code, 0)
}

/// Upper case.
#[inline]
pub fn upper(code: u32) -> Mapped {
    if code < 0x80 {
        return Mapped::one(u32::from((code as u8).to_ascii_uppercase()));
    }
    mapped(code, 1)
}

/// Title case.
#[inline]
pub fn title(code: u32) -> Mapped {
    if code < 0x80 {
        return Mapped::one(u32::from((code as u8).to_ascii_uppercase()));
    }
    mapped(code, 2)
}

/// Case folding.
#[inline]
pub fn fold(code: u32) -> Mapped {
    if code < 0x80 {
        return Mapped::one(u32::from((code as u8).to_ascii_lowercase()));
    }
    mapped(code, 3)
}
