//! Names of characters, and looking characters up by name, alias or the name of a
//! sequence.
//!
//! A name is a phrase of word numbers; phrases stand in blocks of 16 code points.
//! Aliases and sequences have numbers above all code points. Looking up is a binary
//! search in the order of names.

use super::layout::{FIRST_ALIAS, FIRST_SEQUENCE, NAME_RANGES, SHORT_WORDS};
use super::normalize::hangul_parts;
use super::trie::{u16_at, u24_at};

static WORDS: &[u8] = include_bytes!("tables/words.bin");
static WORDS_INDEX: &[u8] = include_bytes!("tables/words_index.bin");
static PHRASES: &[u8] = include_bytes!("tables/phrases.bin");
static PHRASES_INDEX: &[u8] = include_bytes!("tables/phrases_index.bin");
static SORTED: &[u8] = include_bytes!("tables/names_sorted.bin");
static ALIASES: &[u8] = include_bytes!("tables/aliases.bin");
static SEQUENCES: &[u8] = include_bytes!("tables/sequences.bin");
static SEQUENCES_INDEX: &[u8] = include_bytes!("tables/sequences_index.bin");

/// The jamo's short names, by which syllables are named.
const LEADS: [&str; 19] = [
    "G", "GG", "N", "D", "DD", "R", "M", "B", "BB", "S", "SS", "", "J", "JJ", "C", "K", "T", "P",
    "H",
];
const VOWELS: [&str; 21] = [
    "A", "AE", "YA", "YAE", "EO", "E", "YEO", "YE", "O", "WA", "WAE", "OE", "YO", "U", "WEO", "WE",
    "WI", "YU", "EU", "YI", "I",
];
const TRAILS: [&str; 28] = [
    "", "G", "GG", "GS", "N", "NJ", "NH", "D", "L", "LG", "LM", "LB", "LS", "LT", "LP", "LH", "M",
    "B", "BS", "S", "SS", "NG", "J", "C", "K", "T", "P", "H",
];

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    Char(u32),
    Sequence(Vec<u32>),
}

/// The name of a character.
pub fn name(code: u32) -> Option<String> {
    if let Some([lead, vowel, trail]) = hangul_parts(code) {
        let (lead, vowel) = (
            LEADS[(lead - 0x1100) as usize],
            VOWELS[(vowel - 0x1161) as usize],
        );
        let trail = TRAILS[trail.saturating_sub(0x11A7) as usize];
        return Some(format!("HANGUL SYLLABLE {lead}{vowel}{trail}"));
    }
    for &(prefix, first, last, visible) in &NAME_RANGES {
        if visible && (first..=last).contains(&code) {
            return Some(format!("{prefix}{code:04X}"));
        }
    }
    if code >= FIRST_ALIAS {
        return None;
    }
    let mut out = Vec::with_capacity(48);
    (write_phrase(code, &mut out)).then(|| String::from_utf8_lossy(&out).into_owned())
}

/// The phrase of a number; empty when it has none.
fn phrase(number: u32) -> &'static [u8] {
    let block = number >> 4;
    let (mut low, mut high) = (0, PHRASES_INDEX.len() / 6);
    while low < high {
        let middle = (low + high) / 2;
        if u24_at(PHRASES_INDEX, middle * 2) < block {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if low * 6 >= PHRASES_INDEX.len() || u24_at(PHRASES_INDEX, low * 2) != block {
        return &[];
    }
    let mut at = u24_at(PHRASES_INDEX, low * 2 + 1) as usize;
    for _ in 0..number & 15 {
        at += 1 + usize::from(PHRASES[at]);
    }
    &PHRASES[at + 1..at + 1 + usize::from(PHRASES[at])]
}

/// Writes the name of a number that has a phrase.
fn write_phrase(number: u32, out: &mut Vec<u8>) -> bool {
    let mut bytes = phrase(number).iter().map(|byte| usize::from(*byte));
    while let Some(byte) = bytes.next() {
        let word = match byte.checked_sub(SHORT_WORDS) {
            None => byte,
            Some(high) => SHORT_WORDS + high * 256 + bytes.next().unwrap_or(0),
        };
        if !out.is_empty() {
            out.push(b' ');
        }
        let (start, end) = (u24_at(WORDS_INDEX, word), u24_at(WORDS_INDEX, word + 1));
        out.extend_from_slice(&WORDS[start as usize..end as usize]);
    }
    !out.is_empty()
}

/// What `wanted` names; the case of ASCII letters does not matter.
pub fn lookup(wanted: &str) -> Option<Named> {
    let wanted = wanted.to_ascii_uppercase();
    if let Some(rest) = wanted.strip_prefix("HANGUL SYLLABLE ") {
        return syllable(rest).map(Named::Char);
    }
    for (prefix, first, last, _) in &NAME_RANGES {
        if let Some(digits) = wanted.strip_prefix(prefix)
            && (4..=5).contains(&digits.len())
            && !digits.starts_with('+')
            && let Ok(code) = u32::from_str_radix(digits, 16)
            && (*first..=*last).contains(&code)
            && (digits.len() == 4 || code > 0xFFFF)
        {
            return Some(Named::Char(code));
        }
    }
    let number = search(wanted.as_bytes())?;
    Some(if number < FIRST_ALIAS {
        Named::Char(number)
    } else if number < FIRST_SEQUENCE {
        Named::Char(u24_at(ALIASES, (number - FIRST_ALIAS) as usize))
    } else {
        let index = (number - FIRST_SEQUENCE) as usize;
        let range = u16_at(SEQUENCES_INDEX, index)..u16_at(SEQUENCES_INDEX, index + 1);
        Named::Sequence(range.map(|at| u24_at(SEQUENCES, usize::from(at))).collect())
    })
}

fn search(wanted: &[u8]) -> Option<u32> {
    let mut buffer = Vec::with_capacity(96);
    let (mut low, mut high) = (0, SORTED.len() / 3);
    while low < high {
        let middle = (low + high) / 2;
        let number = u24_at(SORTED, middle);
        buffer.clear();
        write_phrase(number, &mut buffer);
        match buffer.as_slice().cmp(wanted) {
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
            std::cmp::Ordering::Equal => return Some(number),
        }
    }
    None
}

/// The syllable with these romanised jamo.
fn syllable(text: &str) -> Option<u32> {
    let longest = |names: &[&str], text: &str| {
        let fitting = names
            .iter()
            .enumerate()
            .filter(|(_, name)| text.starts_with(**name));
        fitting
            .max_by_key(|(_, name)| name.len())
            .map(|(index, name)| (index as u32, name.len()))
    };
    let (lead, used) = longest(&LEADS, text)?;
    let text = &text[used..];
    let (vowel, used) = longest(&VOWELS, text)?;
    let text = &text[used..];
    let (trail, used) = longest(&TRAILS, text)?;
    (used == text.len()).then_some(0xAC00 + (lead * 21 + vowel) * 28 + trail)
}
