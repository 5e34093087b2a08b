//! Stripping white space or a set of characters from the ends.

use super::{OfStr, TextClass, find_units, units_in};
use crate::{Chars, Unit, with_units};
use std::ops::Range;

/// Which ends to strip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    Left,
    Right,
    Both,
}

#[inline]
fn strip_by<U: Unit>(text: &[U], ends: Ends, goes: impl Fn(U) -> bool) -> Range<usize> {
    let start = match ends {
        Ends::Right => 0,
        _ => text
            .iter()
            .position(|unit| !goes(*unit))
            .unwrap_or(text.len()),
    };
    let end = match ends {
        Ends::Left => text.len(),
        _ => text[start..]
            .iter()
            .rposition(|unit| !goes(*unit))
            .map_or(start, |at| start + at + 1),
    };
    start..end
}

/// What remains without white space at the ends.
pub fn strip_space_units<C: TextClass, U: Unit>(text: &[U], ends: Ends) -> Range<usize> {
    strip_by(text, ends, |unit| C::is_space(unit.code()))
}

/// What remains without units of `set` at the ends.
pub fn strip_set_units<U: Unit>(text: &[U], set: &[U], ends: Ends) -> Range<usize> {
    match set {
        [only] => strip_by(text, ends, |unit| unit == *only),
        _ => strip_by(text, ends, |unit| find_units(set, &[unit]).is_some()),
    }
}

/// `text.strip()` of a string.
pub fn strip_space(text: Chars<'_>, ends: Ends) -> Range<usize> {
    with_units!(text, text => strip_space_units::<OfStr, _>(text, ends))
}

/// `text.strip(set)` of a string.
pub fn strip_set(text: Chars<'_>, set: Chars<'_>, ends: Ends) -> Range<usize> {
    with_units!(text, text => match units_in(set) {
        Some(set) => strip_set_units(text, &set, ends),
        // Some of the set does not fit the text's units; those cannot occur.
        None => strip_by(text, ends, |unit| set.iter().any(|code| code == unit.code())),
    })
}
