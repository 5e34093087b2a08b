//! The properties that `unicodedata` reports.

use super::layout::{
    BIDI_CLASSES, CATEGORIES, DATABASE, DECOMPOSITION, DECOMPOSITION_TAGS, NORMAL, NUMERIC,
    NUMERIC_VALUES, WIDTHS,
};
use super::old::{Version, is_unassigned, old_bidi, old_category, old_mirrored, old_width};
use super::trie::u24_at;
use std::fmt::Write;

static RECORDS: &[u8] = include_bytes!("tables/database_records.bin");
static DECOMPOSITIONS: &[u8] = include_bytes!("tables/decompositions.bin");

const FIELDS: usize = 4;

#[inline]
fn field(code: u32, field: usize) -> u8 {
    RECORDS[DATABASE.get(code) * FIELDS + field]
}

/// The general category, such as `Lu`.
pub fn category(code: u32, version: Version) -> &'static str {
    let number = match version {
        Version::Old => old_category(code),
        Version::Current => None,
    };
    CATEGORIES[usize::from(number.unwrap_or_else(|| field(code, 0)))]
}

/// The bidirectional class, such as `AL`; empty for unassigned characters.
pub fn bidirectional(code: u32, version: Version) -> &'static str {
    let number = match version {
        Version::Old => old_bidi(code),
        Version::Current => None,
    };
    BIDI_CLASSES[usize::from(number.unwrap_or_else(|| field(code, 1)))]
}

/// The canonical combining class.
#[inline]
pub fn combining(code: u32) -> u8 {
    // The first combining character is U+0300.
    if code < 0x300 { 0 } else { field(code, 2) }
}

/// The East Asian width, such as `Na`.
pub fn east_asian_width(code: u32, version: Version) -> &'static str {
    let number = match version {
        Version::Old => old_width(code),
        Version::Current => None,
    };
    WIDTHS[usize::from(number.unwrap_or_else(|| field(code, 3) & 0x7F))]
}

/// Whether the character is mirrored in bidirectional text.
pub fn mirrored(code: u32, version: Version) -> bool {
    let old = match version {
        Version::Old => old_mirrored(code),
        Version::Current => None,
    };
    old.unwrap_or_else(|| field(code, 3) & 0x80 != 0)
}

/// Quick-check bits: not in NFC, NFD, NFKC, NFKD by itself; can combine with a
/// character before it.
#[inline]
pub(super) fn quick_check(code: u32) -> u8 {
    if code < 0xA0 {
        0
    } else {
        normal_properties(code).1
    }
}

/// The combining class and the quick-check bits.
#[inline]
pub(super) fn normal_properties(code: u32) -> (u8, u8) {
    let [class, bits] = NORMAL[DATABASE.get(code)].to_le_bytes();
    (class, bits)
}

/// The numeric value.
pub fn numeric(code: u32) -> Option<f64> {
    match NUMERIC.get(code) {
        0 => None,
        number => Some(NUMERIC_VALUES[number]),
    }
}

/// One step of decomposition: the number of its tag (0: canonical) and its code
/// points, of which there are none for most characters.
#[inline]
pub(super) fn decomposition_step(code: u32) -> (usize, impl Iterator<Item = u32>) {
    let at = if code < 0xA0 {
        0
    } else {
        DECOMPOSITION.get(code)
    };
    let head = u24_at(DECOMPOSITIONS, at);
    let codes = (at + 1..at + 1 + (head & 0xFF) as usize).map(|at| u24_at(DECOMPOSITIONS, at));
    ((head >> 8) as usize, codes)
}

/// The decomposition as `unicodedata.decomposition` writes it: a tag unless it is
/// canonical, then the code points in hexadecimal.
pub fn decomposition(code: u32, version: Version) -> String {
    let mut out = String::new();
    if version == Version::Old && is_unassigned(code) {
        return out;
    }
    let add = |out: &mut String, code: u32| {
        let space = if out.is_empty() { "" } else { " " };
        let _ = write!(out, "{space}{code:04X}");
    };
    if let Some(jamo) = super::normalize::hangul_parts(code) {
        jamo.into_iter()
            .filter(|code| *code != 0)
            .for_each(|code| add(&mut out, code));
        return out;
    }
    let (tag, codes) = decomposition_step(code);
    out.push_str(DECOMPOSITION_TAGS[tag]);
    codes.for_each(|code| add(&mut out, code));
    out
}
