//! Replacing, tabs, and padding to a width.

use super::{find_units, units_in};
use crate::{Chars, TextError, TextWriter, Unit, lanes, with_units};

fn extend<U: Unit>(out: &mut Vec<U>, part: &[U]) -> Result<(), TextError> {
    out.try_reserve(part.len())
        .map_err(|_| TextError::memory())?;
    out.extend_from_slice(part);
    Ok(())
}

/// Gives `put` the parts of a text between at most `most` occurrences of `old`, of which
/// there is one; each but the last is followed by an occurrence.
fn each_kept<U: Unit>(text: &[U], old: &[U], most: usize, mut put: impl FnMut(&[U], bool)) {
    if old.is_empty() {
        // An occurrence before each unit and at the end.
        let count = most.min(text.len() + 1);
        put(&[], true);
        for unit in text.chunks(1).take(count - 1) {
            put(unit, true);
        }
        return put(&text[count - 1..], false);
    }
    let (mut copied, mut left) = (0, most);
    U::find_all(text, old, |at| {
        put(&text[copied..at], true);
        copied = at + old.len();
        left -= 1;
        left > 0
    });
    put(&text[copied..], false);
}

/// How long the text becomes when `new` is put between its units.
fn interleaved(text: usize, new: usize, most: usize) -> usize {
    let count = most.min(text + 1);
    count.saturating_mul(new).saturating_add(text)
}

/// Whether there is nothing to replace.
fn nothing<U: Unit>(text: &[U], old: &[U], most: usize) -> bool {
    most == 0 || !old.is_empty() && find_units(text, old).is_none()
}

/// Replaces at most `most` occurrences of `old`; `None` when there is none.
pub fn replace_units<U: Unit>(
    text: &[U],
    old: &[U],
    new: &[U],
    most: usize,
) -> Result<Option<Vec<U>>, TextError> {
    if old == new || nothing(text, old, most) {
        return Ok(None);
    }
    let mut out = Vec::new();
    if let ([from], [to], usize::MAX) = (old, new, most) {
        extend(&mut out, text)?;
        lanes::map(&mut out, |unit| if unit == *from { *to } else { unit });
        return Ok(Some(out));
    }
    let length = if old.is_empty() {
        interleaved(text.len(), new.len(), most)
    } else {
        text.len()
    };
    out.try_reserve(length).map_err(|_| TextError::memory())?;
    let mut done = Ok(());
    each_kept(text, old, most, |kept, replaced| {
        if done.is_ok() {
            done = extend(&mut out, kept)
                .and_then(|()| extend(&mut out, if replaced { new } else { &[] }));
        }
    });
    done.map(|()| Some(out))
}

/// Whether `text.replace(old, new, most)` may differ from the text: whether there is
/// something to replace.
#[inline]
pub fn replaces(text: Chars<'_>, old: Chars<'_>, most: usize) -> bool {
    with_units!(text, units => match units_in(old) {
        Some(old) => !nothing(units, &old, most),
        None => false,
    })
}

/// Writes `text.replace(old, new, most)`; false, and nothing written, when nothing changes.
pub fn replace(
    text: Chars<'_>,
    old: Chars<'_>,
    new: Chars<'_>,
    most: usize,
    out: &mut impl TextWriter,
) -> Result<bool, TextError> {
    if !replaces(text, old, most) {
        return Ok(false);
    }
    replace_found(text, old, new, most, out)
}

/// The same where `replaces` has said that there is something to replace.
pub fn replace_found(
    text: Chars<'_>,
    old: Chars<'_>,
    new: Chars<'_>,
    most: usize,
    out: &mut impl TextWriter,
) -> Result<bool, TextError> {
    with_units!(text, units => replace_in(units, old, new, most, out))
}

fn replace_in<U: Unit>(
    text: &[U],
    old: Chars<'_>,
    new: Chars<'_>,
    most: usize,
    out: &mut impl TextWriter,
) -> Result<bool, TextError> {
    let Some(old) = units_in::<U>(old) else {
        return Ok(false);
    };
    if new.same_text(U::chars(&old)) {
        return Ok(false);
    }
    if let ([from], 1, usize::MAX) = (&*old, new.len(), most)
        && let Some([to]) = units_in::<U>(new).as_deref()
    {
        out.try_reserve(text.len())?;
        out.push_mapped(text, |unit| if unit == *from { *to } else { unit });
        return Ok(true);
    }
    let Some(new) = units_in::<U>(new) else {
        // What becomes wider grows in its own units.
        with_units!(new, new => put_replaced(text, &old, new, most, out));
        return Ok(true);
    };
    out.try_reserve(if old.is_empty() {
        interleaved(text.len(), new.len(), most)
    } else {
        text.len()
    })?;
    put_replaced(text, &old, &new, most, out);
    Ok(true)
}

/// Writes a text with another in the place of occurrences.
fn put_replaced<U: Unit, W: Unit>(
    text: &[U],
    old: &[U],
    new: &[W],
    most: usize,
    out: &mut impl TextWriter,
) {
    each_kept(text, old, most, |kept, replaced| {
        out.push_units(kept);
        if replaced {
            out.push_units(new);
        }
    });
}

/// Expands tabs: gives `put` each run of units without a tab and how many spaces follow it.
/// False, and nothing given, where there is no tab.
pub fn expandtabs<U: Unit>(
    text: &[U],
    tab_size: usize,
    mut put: impl FnMut(&[U], usize) -> Result<(), TextError>,
) -> Result<bool, TextError> {
    let tab = U::from_code(9);
    if U::find_one(text, tab).is_none() {
        return Ok(false);
    }
    let (mut column, mut length) = (0, 0usize);
    let mut runs = text.split(|unit| *unit == tab).peekable();
    while let Some(run) = runs.next() {
        let line_end = |unit: &U| matches!(unit.code(), 10 | 13);
        column = match run.iter().rposition(line_end) {
            Some(end) => run.len() - end - 1,
            None => column + run.len(),
        };
        let spaces = match (runs.peek(), tab_size) {
            (None, _) | (_, 0) => 0,
            (Some(_), size) => size - column % size,
        };
        length = length.saturating_add(run.len()).saturating_add(spaces);
        if length > isize::MAX as usize {
            return Err(TextError::overflow("new string is too long"));
        }
        column += spaces;
        put(run, spaces)?;
    }
    Ok(true)
}

/// How `center(width)` divides the padding of a text of `length`.
pub fn center_padding(length: usize, width: usize) -> (usize, usize) {
    let padding = width.saturating_sub(length);
    let left = padding / 2 + (padding & width & 1);
    (left, padding - left)
}
