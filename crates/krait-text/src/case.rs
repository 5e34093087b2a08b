//! Case of whole strings: `lower`, `upper`, `title`, `capitalize`, `swapcase`,
//! `casefold`, and the `is...` methods. With fast ways for ASCII.

use crate::unicode::{self, Kind, Mapped, simple};
use crate::{Chars, TextWriter, Unit, with_units};

const CAPITAL_SIGMA: u32 = 0x3A3;
const SMALL_SIGMA: u32 = 0x3C3;
const FINAL_SIGMA: u32 = 0x3C2;

fn ascii(text: Chars<'_>) -> Option<&[u8]> {
    match text {
        Chars::Latin1(units) if units.is_ascii() => Some(units),
        _ => None,
    }
}

fn push(mapped: Mapped, out: &mut impl TextWriter) {
    mapped.codes().iter().for_each(|code| out.push(*code));
}

/// Adds the lower case of the character at `at`, which for the capital sigma depends
/// on whether a word ends there.
fn push_lower<U: Unit>(text: &[U], at: usize, out: &mut impl TextWriter) {
    let code = text[at].code();
    if code != CAPITAL_SIGMA {
        return push(unicode::lower(code), out);
    }
    let cased = |unit: &U| unicode::is_cased(unit.code());
    let matters = |unit: &&U| !unicode::is_case_ignorable(unit.code());
    let before = text[..at].iter().rev().find(matters).is_some_and(cased);
    let after = text[at + 1..].iter().find(matters).is_some_and(cased);
    out.push(if before && !after {
        FINAL_SIGMA
    } else {
        SMALL_SIGMA
    });
}

/// Writes `text.lower()`.
pub fn lower(text: Chars<'_>, out: &mut impl TextWriter) {
    match text {
        Chars::Latin1(units) => out.push_mapped(units, |unit| match unit {
            b'A'..=b'Z' | 0xC0..=0xD6 | 0xD8..=0xDE => unit + 32,
            other => other,
        }),
        _ => with_units!(text, units => if has_capital_sigma(units) {
            (0..units.len()).for_each(|at| push_lower(units, at, out));
        } else {
            each(units, Kind::Lower, unicode::lower, out);
        }),
    }
}

fn has_capital_sigma<U: Unit>(text: &[U]) -> bool {
    U::MAX >= CAPITAL_SIGMA && U::find_one(text, U::from_code(CAPITAL_SIGMA)).is_some()
}

/// Maps each character, most of which become a single one.
fn each<U: Unit>(text: &[U], kind: Kind, map: fn(u32) -> Mapped, out: &mut impl TextWriter) {
    for unit in text {
        match simple(unit.code(), kind) {
            Some(code) => out.push(code),
            None => push(map(unit.code()), out),
        }
    }
}

/// Writes `text.upper()`.
pub fn upper(text: Chars<'_>, out: &mut impl TextWriter) {
    with_units!(text, units => each(units, Kind::Upper, unicode::upper, out));
}

/// Writes `text.casefold()`.
pub fn casefold(text: Chars<'_>, out: &mut impl TextWriter) {
    with_units!(text, units => each(units, Kind::Fold, unicode::fold, out));
}

/// Writes `text.title()`.
pub fn title(text: Chars<'_>, out: &mut impl TextWriter) {
    if let Some(units) = ascii(text) {
        return each_titled(units, |byte| out.push(u32::from(byte)));
    }
    with_units!(text, units => {
        let mut in_word = false;
        for (at, unit) in units.iter().enumerate() {
            match in_word {
                true => push_lower(units, at, out),
                false => push(unicode::title(unit.code()), out),
            }
            in_word = unicode::is_cased(unit.code());
        }
    });
}

/// Writes `text.capitalize()`.
pub fn capitalize(text: Chars<'_>, out: &mut impl TextWriter) {
    if let Some([first, rest @ ..]) = ascii(text) {
        out.push(u32::from(first.to_ascii_uppercase()));
        return out.push_mapped(rest, |byte| byte.to_ascii_lowercase());
    }
    with_units!(text, units => {
        if let Some(first) = units.first() {
            push(unicode::title(first.code()), out);
        }
        (1..units.len()).for_each(|at| push_lower(units, at, out));
    });
}

/// Writes `text.swapcase()`.
pub fn swapcase(text: Chars<'_>, out: &mut impl TextWriter) {
    if let Some(units) = ascii(text) {
        return out.push_mapped(units, swapped);
    }
    with_units!(text, units => {
        for (at, unit) in units.iter().enumerate() {
            let code = unit.code();
            if unicode::is_upper(code) {
                push_lower(units, at, out);
            } else if unicode::is_lower(code) {
                push(unicode::upper(code), out);
            } else {
                out.push(code);
            }
        }
    });
}

/// `title` byte by byte: only ASCII letters have a case.
#[inline]
fn each_titled(text: &[u8], mut put: impl FnMut(u8)) {
    let mut in_word = false;
    for byte in text {
        put(if in_word {
            byte.to_ascii_lowercase()
        } else {
            byte.to_ascii_uppercase()
        });
        in_word = byte.is_ascii_alphabetic();
    }
}

/// `title` of bytes.
pub fn title_bytes(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    each_titled(text, |byte| out.push(byte));
    out
}

/// `capitalize` of bytes.
pub fn capitalize_bytes(text: &[u8]) -> Vec<u8> {
    let mut out = text.to_ascii_lowercase();
    if let Some(first) = out.first_mut() {
        first.make_ascii_uppercase();
    }
    out
}

fn swapped(byte: u8) -> u8 {
    if byte.is_ascii_alphabetic() {
        byte ^ 0x20
    } else {
        byte
    }
}

/// `swapcase` of bytes.
pub fn swapcase_bytes(text: &[u8]) -> Vec<u8> {
    text.iter().copied().map(swapped).collect()
}

/// `text.islower()`.
pub fn is_lower(text: Chars<'_>) -> bool {
    has_only(text, unicode::is_lower, |c| {
        unicode::is_upper(c) || unicode::is_title(c)
    })
}

/// `text.isupper()`.
pub fn is_upper(text: Chars<'_>) -> bool {
    has_only(text, unicode::is_upper, |c| {
        unicode::is_lower(c) || unicode::is_title(c)
    })
}

/// Whether there is one of the wanted and none of the unwanted characters.
fn has_only(text: Chars<'_>, wanted: fn(u32) -> bool, unwanted: fn(u32) -> bool) -> bool {
    let mut found = false;
    for code in text.iter() {
        if unwanted(code) {
            return false;
        }
        found |= wanted(code);
    }
    found
}

/// `text.istitle()`.
pub fn is_title(text: Chars<'_>) -> bool {
    let (mut found, mut in_word) = (false, false);
    for code in text.iter() {
        if unicode::is_upper(code) || unicode::is_title(code) {
            if in_word {
                return false;
            }
            (found, in_word) = (true, true);
        } else if unicode::is_lower(code) {
            if !in_word {
                return false;
            }
            found = true;
        } else {
            in_word = false;
        }
    }
    found
}

/// `islower` of bytes.
pub fn is_lower_bytes(text: &[u8]) -> bool {
    text.iter().any(u8::is_ascii_lowercase) && !text.iter().any(u8::is_ascii_uppercase)
}

/// `isupper` of bytes.
pub fn is_upper_bytes(text: &[u8]) -> bool {
    text.iter().any(u8::is_ascii_uppercase) && !text.iter().any(u8::is_ascii_lowercase)
}

/// `istitle` of bytes.
pub fn is_title_bytes(text: &[u8]) -> bool {
    let (mut found, mut in_word) = (false, false);
    for c in text {
        if c.is_ascii_uppercase() == in_word && c.is_ascii_alphabetic() {
            return false;
        }
        in_word = c.is_ascii_alphabetic();
        found |= in_word;
    }
    found
}

/// Whether the text is not empty and all its characters are of a class of
/// [`unicode`]: `isalpha` and its relatives.
pub fn all_are(text: Chars<'_>, class: impl Fn(u32) -> bool) -> bool {
    !text.is_empty() && with_units!(text, units => units.iter().all(|unit| class(unit.code())))
}

/// `bytes.translate`: maps by a table after dropping what is to be deleted.
pub fn translate_bytes(text: &[u8], table: Option<&[u8; 256]>, delete: &[u8]) -> Vec<u8> {
    let mut drop = [false; 256];
    delete.iter().for_each(|c| drop[usize::from(*c)] = true);
    let kept = text.iter().filter(|c| !drop[usize::from(**c)]);
    match table {
        Some(table) => kept.map(|c| table[usize::from(*c)]).collect(),
        None => kept.copied().collect(),
    }
}
