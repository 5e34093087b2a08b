//! Finding and counting a text in another, comparing two.

use super::two_way::{Backward, Forward, two_way};
use super::units_in;
use crate::{Chars, Unit, with_units};
use std::cmp::Ordering;

/// The first place of a unit.
pub(crate) fn find_one_wide<U: Unit>(hay: &[U], unit: U) -> Option<usize> {
    let mut at = 0;
    let mut chunks = hay.chunks_exact(16);
    for chunk in &mut chunks {
        // Without early exit, so that it becomes a few vector instructions.
        if chunk.iter().fold(false, |found, u| found | (*u == unit)) {
            break;
        }
        at += 16;
    }
    hay[at..]
        .iter()
        .position(|u| *u == unit)
        .map(|rest| at + rest)
}

/// The last place of a unit.
pub(crate) fn rfind_one_wide<U: Unit>(hay: &[U], unit: U) -> Option<usize> {
    let mut end = hay.len();
    for chunk in hay.rchunks_exact(16) {
        if chunk.iter().fold(false, |found, u| found | (*u == unit)) {
            break;
        }
        end -= 16;
    }
    hay[..end].iter().rposition(|u| *u == unit)
}

/// Looks for places of the first unit and compares there; gives over to the two-way
/// algorithm once that has cost too much.
pub(crate) fn find_wide<U: Unit>(hay: &[U], needle: &[U]) -> Option<usize> {
    let (first, last) = (needle[0], needle[needle.len() - 1]);
    let places = hay.len() - needle.len() + 1;
    let (mut at, mut credit) = (0usize, 64 + 4 * needle.len());
    while at < places {
        let ahead = find_one_wide(&hay[at..places], first)?;
        at += ahead;
        credit += ahead;
        if hay[at + needle.len() - 1] == last {
            let same = hay[at..]
                .iter()
                .zip(needle)
                .take_while(|(a, b)| a == b)
                .count();
            if same == needle.len() {
                return Some(at);
            }
            if same >= credit {
                return two_way(Forward(&hay[at..]), Forward(needle)).map(|found| at + found);
            }
            credit -= same;
        }
        at += 1;
        credit += 1;
    }
    None
}

/// As [`find_wide`], from the end.
pub(crate) fn rfind_wide<U: Unit>(hay: &[U], needle: &[U]) -> Option<usize> {
    let (first, last) = (needle[0], needle[needle.len() - 1]);
    let length = needle.len();
    let (mut end, mut credit) = (hay.len(), 64 + 4 * length);
    while end >= length {
        let at = rfind_one_wide(&hay[length - 1..end], last)?;
        credit += end - (at + length);
        end = at + length;
        if hay[at] == first {
            let pairs = hay[at..end].iter().rev().zip(needle.iter().rev());
            let same = pairs.take_while(|(a, b)| a == b).count();
            if same == length {
                return Some(at);
            }
            if same >= credit {
                let found = two_way(Backward(&hay[..end]), Backward(needle))?;
                return Some(end - found - length);
            }
            credit -= same;
        }
        end -= 1;
        credit += 1;
    }
    None
}

/// The first place of `needle`; an empty one is found at the start.
#[inline]
pub fn find_units<U: Unit>(hay: &[U], needle: &[U]) -> Option<usize> {
    match needle {
        [] => Some(0),
        [unit] => U::find_one(hay, *unit),
        _ if needle.len() > hay.len() => None,
        _ => U::find_many(hay, needle),
    }
}

/// Gives `found` the places of a needle that is not empty, without overlap, until it says false.
pub(crate) fn find_each<U: Unit>(hay: &[U], needle: &[U], mut found: impl FnMut(usize) -> bool) {
    let mut at = 0;
    while let Some(ahead) = find_units(&hay[at..], needle) {
        if !found(at + ahead) {
            break;
        }
        at += ahead + needle.len();
    }
}

/// The last place of `needle`; an empty one is found at the end.
#[inline]
pub fn rfind_units<U: Unit>(hay: &[U], needle: &[U]) -> Option<usize> {
    match needle {
        [] => Some(hay.len()),
        [unit] => U::rfind_one(hay, *unit),
        _ if needle.len() > hay.len() => None,
        _ => U::rfind_many(hay, needle),
    }
}

/// How often `needle` occurs without overlap, at most `most` times. An empty needle
/// occurs between all units and at both ends.
pub fn count_units<U: Unit>(hay: &[U], needle: &[U], most: usize) -> usize {
    match needle {
        [] => hay.len().saturating_add(1).min(most),
        [unit] => U::count_one(hay, *unit).min(most),
        _ => {
            let mut count = 0;
            if most > 0 {
                U::find_all(hay, needle, |_| {
                    count += 1;
                    count < most
                });
            }
            count
        }
    }
}

/// `hay.find(needle)`.
pub fn find(hay: Chars<'_>, needle: Chars<'_>) -> Option<usize> {
    if let (Chars::Latin1(hay), Chars::Latin1(needle)) = (hay, needle) {
        return find_units(hay, needle);
    }
    with_units!(hay, hay => find_units(hay, &units_in(needle)?))
}

/// `hay.rfind(needle)`.
pub fn rfind(hay: Chars<'_>, needle: Chars<'_>) -> Option<usize> {
    with_units!(hay, hay => rfind_units(hay, &units_in(needle)?))
}

/// `needle in hay`.
pub fn contains(hay: Chars<'_>, needle: Chars<'_>) -> bool {
    find(hay, needle).is_some()
}

/// `hay.count(needle)`, but at most `most`.
pub fn count(hay: Chars<'_>, needle: Chars<'_>, most: usize) -> usize {
    with_units!(hay, hay => match units_in(needle) {
        Some(needle) => count_units(hay, &needle, most),
        None => 0,
    })
}

/// Whether `text` begins with `prefix`.
pub fn starts_with(text: Chars<'_>, prefix: Chars<'_>) -> bool {
    text.len() >= prefix.len() && text.slice(0, prefix.len()).same_text(prefix)
}

/// Whether `text` ends with `suffix`.
pub fn ends_with(text: Chars<'_>, suffix: Chars<'_>) -> bool {
    text.len() >= suffix.len()
        && text
            .slice(text.len() - suffix.len(), text.len())
            .same_text(suffix)
}

/// The order of two strings by code points.
pub fn compare(a: Chars<'_>, b: Chars<'_>) -> Ordering {
    match (a, b) {
        (Chars::Latin1(a), Chars::Latin1(b)) => a.cmp(b),
        (Chars::U16(a), Chars::U16(b)) => a.cmp(b),
        (Chars::U32(a), Chars::U32(b)) => a.cmp(b),
        _ => with_units!(a, a => with_units!(b, b => {
            a.iter().map(|unit| unit.code()).cmp(b.iter().map(|unit| unit.code()))
        })),
    }
}
