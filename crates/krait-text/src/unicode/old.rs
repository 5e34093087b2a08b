//! What Unicode 3.2.0 says differently: `unicodedata.ucd_3_2_0`, which IDNA needs.

use super::layout::{CATEGORIES, OLD, OLD_DECOMPOSITIONS, OLD_NUMERIC_VALUES};

static RECORDS: &[u8] = include_bytes!("tables/old_records.bin");

/// Which version of the database to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// 16.0.0.
    Current,
    /// 3.2.0.
    Old,
}

const SAME: u8 = 255;
const NONE: u8 = 254;

#[inline]
fn field(code: u32, field: usize) -> Option<u8> {
    let value = RECORDS[OLD.get(code) * 7 + field];
    (value != SAME).then_some(value)
}

pub(super) fn old_category(code: u32) -> Option<u8> {
    field(code, 0)
}

pub(super) fn old_bidi(code: u32) -> Option<u8> {
    field(code, 1)
}

pub(super) fn old_mirrored(code: u32) -> Option<bool> {
    field(code, 3).map(|value| value != 0)
}

pub(super) fn old_width(code: u32) -> Option<u8> {
    field(code, 4)
}

/// Whether the character came after 3.2.0.
pub(super) fn is_unassigned(code: u32) -> bool {
    old_category(code).is_some_and(|number| CATEGORIES[usize::from(number)] == "Cn")
}

/// The one code point that 3.2.0 decomposes this one to, where it was corrected later.
pub(super) fn old_decomposition(code: u32) -> Option<u32> {
    OLD_DECOMPOSITIONS
        .iter()
        .find(|(from, _)| *from == code)
        .map(|(_, to)| *to)
}

impl Version {
    /// The value of a decimal digit.
    pub fn decimal(self, code: u32) -> Option<u8> {
        match self {
            Version::Current => super::decimal(code),
            Version::Old => match field(code, 2) {
                None => super::decimal(code),
                Some(value) => (value != NONE).then_some(value),
            },
        }
    }

    /// The value of a digit.
    pub fn digit(self, code: u32) -> Option<u8> {
        match self {
            Version::Current => super::digit(code),
            Version::Old => match field(code, 6) {
                None => super::digit(code),
                Some(value) => (value != NONE).then_some(value),
            },
        }
    }

    /// The numeric value.
    pub fn numeric(self, code: u32) -> Option<f64> {
        match self {
            Version::Current => super::numeric(code),
            Version::Old => match field(code, 5) {
                None => super::numeric(code),
                Some(NONE) => None,
                Some(number) => Some(OLD_NUMERIC_VALUES[usize::from(number)]),
            },
        }
    }

    /// The canonical combining class.
    pub fn combining(self, code: u32) -> u8 {
        match self {
            Version::Old if is_unassigned(code) => 0,
            _ => super::combining(code),
        }
    }

    /// The name, as [`super::name`].
    pub fn name(self, code: u32) -> Option<String> {
        if self == Version::Old && is_unassigned(code) {
            return None;
        }
        super::name(code)
    }
}
