//! Replacing, tabs, and padding to a width.

use super::{find_units, units_in};
use crate::{Chars, Text, TextBuilder, TextError, Unit, lanes, with_units};

fn extend<U: Unit>(out: &mut Vec<U>, part: &[U]) -> Result<(), TextError> {
    out.try_reserve(part.len())
        .map_err(|_| TextError::memory())?;
    out.extend_from_slice(part);
    Ok(())
}

/// Replaces at most `most` occurrences of `old`; `None` when there is none.
pub fn replace_units<U: Unit>(
    text: &[U],
    old: &[U],
    new: &[U],
    most: usize,
) -> Result<Option<Vec<U>>, TextError> {
    if most == 0 || old == new {
        return Ok(None);
    }
    if old.is_empty() {
        return interleave(text, new, most).map(Some);
    }
    if find_units(text, old).is_none() {
        return Ok(None);
    }
    if let ([from], [to], usize::MAX) = (old, new, most) {
        let mut out = Vec::new();
        extend(&mut out, text)?;
        lanes::map(&mut out, |unit| if unit == *from { *to } else { unit });
        return Ok(Some(out));
    }
    let mut out = Vec::new();
    out.try_reserve(text.len())
        .map_err(|_| TextError::memory())?;
    let (mut copied, mut left, mut done) = (0, most, Ok(()));
    U::find_all(text, old, |at| {
        done = extend(&mut out, &text[copied..at]).and_then(|()| extend(&mut out, new));
        copied = at + old.len();
        left -= 1;
        left > 0 && done.is_ok()
    });
    done?;
    extend(&mut out, &text[copied..])?;
    Ok(Some(out))
}

/// `new` before each unit and at the end, at most `most` times.
fn interleave<U: Unit>(text: &[U], new: &[U], most: usize) -> Result<Vec<U>, TextError> {
    let count = most.min(text.len() + 1);
    let length = count
        .checked_mul(new.len())
        .and_then(|size| size.checked_add(text.len()));
    let mut out = Vec::new();
    out.try_reserve(length.unwrap_or(usize::MAX))
        .map_err(|_| TextError::memory())?;
    for index in 0..count {
        out.extend_from_slice(new);
        out.extend(text.get(index));
    }
    out.extend_from_slice(text.get(count..).unwrap_or(&[]));
    Ok(out)
}

/// `text.replace(old, new, most)`; `None` when nothing changes.
pub fn replace(
    text: Chars<'_>,
    old: Chars<'_>,
    new: Chars<'_>,
    most: usize,
) -> Result<Option<Text>, TextError> {
    with_units!(text, units => replace_in(units, old, new, most))
}

fn replace_in<U: Unit>(
    text: &[U],
    old: Chars<'_>,
    new: Chars<'_>,
    most: usize,
) -> Result<Option<Text>, TextError> {
    let Some(old) = units_in::<U>(old) else {
        return Ok(None);
    };
    if let Some(new) = units_in::<U>(new) {
        let replaced = replace_units(text, &old, &new, most)?;
        return Ok(replaced.map(canonical));
    }
    if !old.is_empty() && find_units(text, &old).is_none() {
        return Ok(None);
    }
    // The new text is wider than the old one: so is the result.
    match new {
        Chars::Latin1(_) => Ok(None),
        Chars::U16(new) => wide_replace(text, &old, new, most),
        Chars::U32(new) => wide_replace(text, &old, new, most),
    }
}

fn wide_replace<U: Unit, W: Unit>(
    text: &[U],
    old: &[U],
    new: &[W],
    most: usize,
) -> Result<Option<Text>, TextError> {
    let (text, old) = (crate::chars::widened(text), crate::chars::widened(old));
    Ok(replace_units::<W>(&text, &old, new, most)?.map(canonical))
}

/// The units as text in canonical form.
pub(crate) fn canonical<U: Unit>(units: Vec<U>) -> Text {
    if U::SIZE == 1 {
        return U::into_text(units);
    }
    let bits = crate::chars::bits_of(&units);
    if bits > 0xFF && (U::SIZE == 2 || bits > 0xFFFF) {
        return U::into_text(units);
    }
    let mut out = TextBuilder::with_capacity(units.len());
    out.push_units(&units);
    out.finish()
}

/// `text.expandtabs(tab_size)`; `None` when there is no tab.
pub fn expandtabs<U: Unit>(text: &[U], tab_size: usize) -> Result<Option<Vec<U>>, TextError> {
    if U::find_one(text, U::from_code(9)).is_none() {
        return Ok(None);
    }
    let mut out: Vec<U> = Vec::with_capacity(text.len());
    let mut column = 0;
    for &unit in text {
        match unit.code() {
            9 => {
                let spaces = if tab_size == 0 {
                    0
                } else {
                    tab_size - column % tab_size
                };
                let too_long = || TextError::overflow("new string is too long");
                if out.len().saturating_add(spaces) > isize::MAX as usize {
                    return Err(too_long());
                }
                out.try_reserve(spaces).map_err(|_| TextError::memory())?;
                out.resize(out.len() + spaces, U::from_code(32));
                column += spaces;
            }
            code => {
                column = if matches!(code, 10 | 13) {
                    0
                } else {
                    column + 1
                };
                out.push(unit);
            }
        }
    }
    Ok(Some(out))
}

/// How `center(width)` divides the padding of a text of `length`.
pub fn center_padding(length: usize, width: usize) -> (usize, usize) {
    let padding = width.saturating_sub(length);
    let left = padding / 2 + (padding & width & 1);
    (left, padding - left)
}
