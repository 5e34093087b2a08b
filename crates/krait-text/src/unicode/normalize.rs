//! Normalisation: NFC, NFD, NFKC, NFKD (Unicode Standard Annex 15).

use super::data::{combining, decomposition_step, normal_properties, quick_check};
use super::layout::NFC_CLEAN;
use super::old::{Version, is_unassigned, old_decomposition};
use super::trie::u24_at;
use crate::{Chars, Unit, with_units};

static COMPOSITIONS: &[u8] = include_bytes!("tables/compositions.bin");

/// A normalisation form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Nfc,
    Nfd,
    Nfkc,
    Nfkd,
}

impl Form {
    /// The form with this name.
    pub fn named(name: &str) -> Option<Form> {
        match name {
            "NFC" => Some(Form::Nfc),
            "NFD" => Some(Form::Nfd),
            "NFKC" => Some(Form::Nfkc),
            "NFKD" => Some(Form::Nfkd),
            _ => None,
        }
    }

    fn composes(self) -> bool {
        matches!(self, Form::Nfc | Form::Nfkc)
    }

    fn is_compatible(self) -> bool {
        matches!(self, Form::Nfkc | Form::Nfkd)
    }

    /// The quick-check bits that speak against a character in this form, or leave
    /// the answer open.
    fn suspect_bits(self) -> (u8, u8) {
        match self {
            Form::Nfc => (1, 16),
            Form::Nfd => (2, 0),
            Form::Nfkc => (4, 16),
            Form::Nfkd => (8, 0),
        }
    }
}

#[derive(PartialEq)]
enum Answer {
    Yes,
    No,
    Maybe,
}

fn quick_answer<U: Unit>(text: &[U], form: Form) -> Answer {
    let (no, maybe) = form.suspect_bits();
    // Below this, nothing changes in the form, and nothing combines.
    let plain = if form == Form::Nfc { 0x300 } else { 0xA0 };
    let (mut answer, mut last) = (Answer::Yes, 0);
    for unit in text {
        let code = unit.code();
        if code < plain {
            last = 0;
            continue;
        }
        let (class, bits) = match form == Form::Nfc && is_clean_in_nfc(code) {
            true => (0, 0),
            false => normal_properties(code),
        };
        if class != 0 && last > class || bits & no != 0 {
            return Answer::No;
        }
        last = class;
        if bits & maybe != 0 {
            answer = Answer::Maybe;
        }
    }
    answer
}

#[inline]
fn is_clean_in_nfc(code: u32) -> bool {
    let word = NFC_CLEAN.get((code >> 12) as usize).copied().unwrap_or(0);
    word >> (code >> 6 & 63) & 1 != 0
}

/// Whether the text is in the form already.
pub fn is_normalized(text: Chars<'_>, form: Form, version: Version) -> bool {
    if version == Version::Current {
        match with_units!(text, units => quick_answer(units, form)) {
            Answer::Yes => return true,
            Answer::No => return false,
            Answer::Maybe => {}
        }
    }
    match normalize(text, form, version) {
        None => true,
        Some(normal) => Chars::U32(&normal).same_text(text),
    }
}

/// The text in the form; `None` when it was found to be so already.
pub fn normalize(text: Chars<'_>, form: Form, version: Version) -> Option<Vec<u32>> {
    if let Chars::Latin1(units) = text
        && (form == Form::Nfc || units.is_ascii())
    {
        return None;
    }
    if version == Version::Current
        && with_units!(text, units => quick_answer(units, form)) == Answer::Yes
    {
        return None;
    }
    let mut codes = decomposed(text, form, version);
    if form.composes() {
        compose(&mut codes);
    }
    Some(codes)
}

fn decomposed(text: Chars<'_>, form: Form, version: Version) -> Vec<u32> {
    let mut codes = Vec::with_capacity(text.len() + 16);
    let mut stack = Vec::new();
    for code in text.iter() {
        stack.push(code);
        while let Some(code) = stack.pop() {
            if let Some(jamo) = hangul_parts(code) {
                codes.extend(jamo.into_iter().filter(|code| *code != 0));
                continue;
            }
            if version == Version::Old {
                if let Some(other) = old_decomposition(code) {
                    stack.push(other);
                    continue;
                }
                if is_unassigned(code) {
                    codes.push(code);
                    continue;
                }
            }
            let (tag, parts) = decomposition_step(code);
            let before = stack.len();
            if tag == 0 || form.is_compatible() {
                stack.extend(parts);
            }
            match stack.len() == before {
                true => codes.push(code),
                false => stack[before..].reverse(),
            }
        }
    }
    reorder(&mut codes);
    codes
}

/// Brings runs of combining characters into the order of their classes.
fn reorder(codes: &mut [u32]) {
    let mut at = 0;
    while at < codes.len() {
        if combining(codes[at]) == 0 {
            at += 1;
            continue;
        }
        let start = at;
        while at < codes.len() && combining(codes[at]) != 0 {
            at += 1;
        }
        codes[start..at].sort_by_key(|code| combining(*code));
    }
}

/// Puts together what composes, in place.
fn compose(codes: &mut Vec<u32>) {
    let mut kept = 0;
    // Where the last starter stands among the kept ones, and the class of what
    // follows it.
    let (mut starter, mut last_class) = (None, 0);
    for at in 0..codes.len() {
        let code = codes[at];
        let class = combining(code);
        if let Some(place) = starter
            && (kept == place + 1 || last_class < class)
            && let Some(composed) = pair(codes[place], code)
        {
            codes[place] = composed;
            continue;
        }
        if class == 0 {
            starter = Some(kept);
        }
        last_class = class;
        codes[kept] = code;
        kept += 1;
    }
    codes.truncate(kept);
}

const L_BASE: u32 = 0x1100;
const V_BASE: u32 = 0x1161;
const T_BASE: u32 = 0x11A7;
const S_BASE: u32 = 0xAC00;
const L_COUNT: u32 = 19;
const V_COUNT: u32 = 21;
const T_COUNT: u32 = 28;
const S_COUNT: u32 = L_COUNT * V_COUNT * T_COUNT;

/// The jamo of a Hangul syllable; the third is 0 where there are two.
pub(super) fn hangul_parts(code: u32) -> Option<[u32; 3]> {
    let index = code.checked_sub(S_BASE).filter(|index| *index < S_COUNT)?;
    let trail = index % T_COUNT;
    Some([
        L_BASE + index / (V_COUNT * T_COUNT),
        V_BASE + index / T_COUNT % V_COUNT,
        if trail == 0 { 0 } else { T_BASE + trail },
    ])
}

fn pair(first: u32, second: u32) -> Option<u32> {
    if quick_check(second) & 16 == 0 {
        return None;
    }
    if let Some(vowel) = second.checked_sub(V_BASE).filter(|index| *index < V_COUNT) {
        let lead = first.checked_sub(L_BASE).filter(|index| *index < L_COUNT)?;
        return Some(S_BASE + (lead * V_COUNT + vowel) * T_COUNT);
    }
    if let Some(trail) = second
        .checked_sub(T_BASE)
        .filter(|index| (1..T_COUNT).contains(index))
    {
        let index = first.checked_sub(S_BASE).filter(|index| *index < S_COUNT)?;
        return (index % T_COUNT == 0).then_some(first + trail);
    }
    let (mut low, mut high) = (0, COMPOSITIONS.len() / 9);
    while low < high {
        let middle = (low + high) / 2;
        let key = (
            u24_at(COMPOSITIONS, middle * 3),
            u24_at(COMPOSITIONS, middle * 3 + 1),
        );
        match key.cmp(&(first, second)) {
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
            std::cmp::Ordering::Equal => return Some(u24_at(COMPOSITIONS, middle * 3 + 2)),
        }
    }
    None
}
