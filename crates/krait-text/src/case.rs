//! Case of whole strings: `lower`, `upper`, `title`, `capitalize`, `swapcase`,
//! `casefold`, and the `is...` methods. With fast ways for ASCII.

use crate::search::canonical;
use crate::unicode::{self, Kind, Mapped, simple};
use crate::{Chars, Text, TextBuilder, Unit, with_units};

const CAPITAL_SIGMA: u32 = 0x3A3;
const SMALL_SIGMA: u32 = 0x3C3;
const FINAL_SIGMA: u32 = 0x3C2;

fn ascii(text: Chars<'_>) -> Option<&[u8]> {
    match text {
        Chars::Latin1(units) if units.is_ascii() => Some(units),
        _ => None,
    }
}

fn push(mapped: Mapped, out: &mut TextBuilder) {
    mapped.codes().iter().for_each(|code| out.push(*code));
}

/// Adds the lower case of the character at `at`, which for the capital sigma depends
/// on whether a word ends there.
fn push_lower<U: Unit>(text: &[U], at: usize, out: &mut TextBuilder) {
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

/// `text.lower()`.
pub fn lower(text: Chars<'_>) -> Text {
    match text {
        Chars::Latin1(units) => {
            let small = |unit: &u8| match unit {
                b'A'..=b'Z' | 0xC0..=0xD6 | 0xD8..=0xDE => unit + 32,
                other => *other,
            };
            Text::from_latin1(units.iter().map(small).collect())
        }
        _ => with_units!(text, units => {
            if !has_capital_sigma(units)
                && let Some(mapped) = one_to_one(units, Kind::Lower)
            {
                return canonical(mapped);
            }
            let mut out = TextBuilder::with_capacity(units.len());
            (0..units.len()).for_each(|at| push_lower(units, at, &mut out));
            out.finish()
        }),
    }
}

fn has_capital_sigma<U: Unit>(text: &[U]) -> bool {
    U::MAX >= CAPITAL_SIGMA && U::find_one(text, U::from_code(CAPITAL_SIGMA)).is_some()
}

/// The text mapped, if each character has a single one that fits the units.
fn one_to_one<U: Unit>(text: &[U], kind: Kind) -> Option<Vec<U>> {
    let mut out = Vec::with_capacity(text.len());
    for unit in text {
        out.push(U::from_code(
            simple(unit.code(), kind).filter(|code| *code <= U::MAX)?,
        ));
    }
    Some(out)
}

fn each(text: Chars<'_>, kind: Kind, map: impl Fn(u32) -> Mapped) -> Text {
    if let Some(text) = with_units!(text, units => one_to_one(units, kind).map(canonical)) {
        return text;
    }
    let mut out = TextBuilder::with_capacity(text.len());
    with_units!(text, units => units.iter().for_each(|unit| push(map(unit.code()), &mut out)));
    out.finish()
}

/// `text.upper()`.
pub fn upper(text: Chars<'_>) -> Text {
    match ascii(text) {
        Some(units) => Text::Ascii(units.to_ascii_uppercase()),
        None => each(text, Kind::Upper, unicode::upper),
    }
}

/// `text.casefold()`.
pub fn casefold(text: Chars<'_>) -> Text {
    match ascii(text) {
        Some(units) => Text::Ascii(units.to_ascii_lowercase()),
        None => each(text, Kind::Fold, unicode::fold),
    }
}

/// `text.title()`.
pub fn title(text: Chars<'_>) -> Text {
    if let Some(units) = ascii(text) {
        return Text::Ascii(title_bytes(units));
    }
    with_units!(text, units => {
        let mut out = TextBuilder::with_capacity(units.len());
        let mut in_word = false;
        for (at, unit) in units.iter().enumerate() {
            match in_word {
                true => push_lower(units, at, &mut out),
                false => push(unicode::title(unit.code()), &mut out),
            }
            in_word = unicode::is_cased(unit.code());
        }
        out.finish()
    })
}

/// `text.capitalize()`.
pub fn capitalize(text: Chars<'_>) -> Text {
    if let Some(units) = ascii(text) {
        return Text::Ascii(capitalize_bytes(units));
    }
    with_units!(text, units => {
        let mut out = TextBuilder::with_capacity(units.len());
        if let Some(first) = units.first() {
            push(unicode::title(first.code()), &mut out);
        }
        (1..units.len()).for_each(|at| push_lower(units, at, &mut out));
        out.finish()
    })
}

/// `text.swapcase()`.
pub fn swapcase(text: Chars<'_>) -> Text {
    if let Some(units) = ascii(text) {
        return Text::Ascii(swapcase_bytes(units));
    }
    with_units!(text, units => {
        let mut out = TextBuilder::with_capacity(units.len());
        for (at, unit) in units.iter().enumerate() {
            let code = unit.code();
            if unicode::is_upper(code) {
                push_lower(units, at, &mut out);
            } else if unicode::is_lower(code) {
                push(unicode::upper(code), &mut out);
            } else {
                out.push(code);
            }
        }
        out.finish()
    })
}

/// `title` of bytes: only ASCII letters have a case.
pub fn title_bytes(text: &[u8]) -> Vec<u8> {
    let mut in_word = false;
    let map = |c: &u8| {
        let mapped = if in_word {
            c.to_ascii_lowercase()
        } else {
            c.to_ascii_uppercase()
        };
        in_word = c.is_ascii_alphabetic();
        mapped
    };
    text.iter().map(map).collect()
}

/// `capitalize` of bytes.
pub fn capitalize_bytes(text: &[u8]) -> Vec<u8> {
    let mut out = text.to_ascii_lowercase();
    if let Some(first) = out.first_mut() {
        first.make_ascii_uppercase();
    }
    out
}

/// `swapcase` of bytes.
pub fn swapcase_bytes(text: &[u8]) -> Vec<u8> {
    text.iter()
        .map(|c| {
            if c.is_ascii_alphabetic() {
                c ^ 0x20
            } else {
                *c
            }
        })
        .collect()
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
