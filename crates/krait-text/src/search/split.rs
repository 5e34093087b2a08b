//! Splitting, as iterators of the ranges of the parts.

use super::{OfStr, TextClass, find_units, rfind_units, units_in};
use crate::{Chars, Unit, with_units};
use std::borrow::Cow;
use std::marker::PhantomData;
use std::ops::Range;

/// The parts between separators, from the left.
pub struct Split<'a, U: Unit> {
    text: &'a [U],
    /// `None` when the separator cannot occur in the text.
    separator: Option<Cow<'a, [U]>>,
    next: usize,
    splits: usize,
    done: bool,
}

/// Splits at `separator`, which must not be empty, at most `splits` times.
pub fn split_units<'a, U: Unit>(text: &'a [U], separator: &'a [U], splits: usize) -> Split<'a, U> {
    Split {
        text,
        separator: Some(Cow::Borrowed(separator)),
        next: 0,
        splits,
        done: false,
    }
}

impl<U: Unit> Iterator for Split<'_, U> {
    type Item = Range<usize>;

    #[inline]
    fn next(&mut self) -> Option<Range<usize>> {
        if self.done {
            return None;
        }
        let start = self.next;
        if self.splits > 0
            && let Some(separator) = &self.separator
            && let Some(found) = find_units(&self.text[start..], separator)
        {
            self.splits -= 1;
            self.next = start + found + separator.len();
            return Some(start..start + found);
        }
        self.done = true;
        Some(start..self.text.len())
    }
}

/// The parts between separators, from the right: the last part comes first.
pub struct RSplit<'a, U: Unit> {
    text: &'a [U],
    separator: Option<Cow<'a, [U]>>,
    end: usize,
    splits: usize,
    done: bool,
}

/// Splits at `separator`, which must not be empty, from the right.
pub fn rsplit_units<'a, U: Unit>(
    text: &'a [U],
    separator: &'a [U],
    splits: usize,
) -> RSplit<'a, U> {
    RSplit {
        text,
        separator: Some(Cow::Borrowed(separator)),
        end: text.len(),
        splits,
        done: false,
    }
}

impl<U: Unit> Iterator for RSplit<'_, U> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        if self.done {
            return None;
        }
        let end = self.end;
        if self.splits > 0
            && let Some(separator) = &self.separator
            && let Some(found) = rfind_units(&self.text[..end], separator)
        {
            self.splits -= 1;
            self.end = found;
            return Some(found + separator.len()..end);
        }
        self.done = true;
        Some(0..end)
    }
}

/// The words between runs of white space, from the left. What follows the last
/// permitted split keeps its inner and trailing white space.
pub struct SplitSpace<'a, U, C> {
    text: &'a [U],
    next: usize,
    splits: usize,
    class: PhantomData<C>,
}

/// Splits at white space, at most `splits` times.
pub fn split_space_units<C: TextClass, U: Unit>(text: &[U], splits: usize) -> SplitSpace<'_, U, C> {
    SplitSpace {
        text,
        next: 0,
        splits,
        class: PhantomData,
    }
}

impl<U: Unit, C: TextClass> Iterator for SplitSpace<'_, U, C> {
    type Item = Range<usize>;

    #[inline]
    fn next(&mut self) -> Option<Range<usize>> {
        let space = |unit: &U| C::is_space(unit.code());
        let rest = &self.text[self.next..];
        let Some(skipped) = rest.iter().position(|unit| !space(unit)) else {
            self.next = self.text.len();
            return None;
        };
        let start = self.next + skipped;
        if self.splits == 0 {
            self.next = self.text.len();
            return Some(start..self.text.len());
        }
        self.splits -= 1;
        let length = self.text[start..].iter().position(space);
        self.next = length.map_or(self.text.len(), |length| start + length);
        Some(start..self.next)
    }
}

/// The words between runs of white space, the last one first.
pub struct RSplitSpace<'a, U, C> {
    text: &'a [U],
    splits: usize,
    class: PhantomData<C>,
}

/// Splits at white space from the right, at most `splits` times.
pub fn rsplit_space_units<C: TextClass, U: Unit>(
    text: &[U],
    splits: usize,
) -> RSplitSpace<'_, U, C> {
    RSplitSpace {
        text,
        splits,
        class: PhantomData,
    }
}

impl<U: Unit, C: TextClass> Iterator for RSplitSpace<'_, U, C> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let space = |unit: &U| C::is_space(unit.code());
        let end = self.text.iter().rposition(|unit| !space(unit))? + 1;
        let start = match self.splits {
            0 => 0,
            _ => self.text[..end]
                .iter()
                .rposition(space)
                .map_or(0, |at| at + 1),
        };
        self.splits = self.splits.saturating_sub(1);
        self.text = &self.text[..start];
        Some(start..end)
    }
}

/// The lines of a text.
pub struct Lines<'a, U, C> {
    text: &'a [U],
    next: usize,
    keep_ends: bool,
    class: PhantomData<C>,
}

/// `splitlines`, with or without the line ends.
pub fn splitlines_units<C: TextClass, U: Unit>(text: &[U], keep_ends: bool) -> Lines<'_, U, C> {
    Lines {
        text,
        next: 0,
        keep_ends,
        class: PhantomData,
    }
}

impl<U: Unit, C: TextClass> Iterator for Lines<'_, U, C> {
    type Item = Range<usize>;

    #[inline]
    fn next(&mut self) -> Option<Range<usize>> {
        let start = self.next;
        let rest = &self.text[start..];
        if rest.is_empty() {
            return None;
        }
        let Some(length) = rest.iter().position(|unit| C::is_line_break(unit.code())) else {
            self.next = self.text.len();
            return Some(start..self.next);
        };
        let pair =
            rest[length].code() == 13 && rest.get(length + 1).is_some_and(|u| u.code() == 10);
        self.next = start + length + 1 + usize::from(pair);
        Some(
            start..if self.keep_ends {
                self.next
            } else {
                start + length
            },
        )
    }
}

/// `text.split(separator)`: calls `part` with each range; the separator must not be
/// empty.
pub fn each_split(
    text: Chars<'_>,
    separator: Chars<'_>,
    splits: usize,
    part: impl FnMut(Range<usize>),
) {
    with_units!(text, text => {
        Split { text, separator: units_in(separator), next: 0, splits, done: false }.for_each(part)
    })
}

/// `text.rsplit(separator)`, the last part first.
pub fn each_rsplit(
    text: Chars<'_>,
    separator: Chars<'_>,
    splits: usize,
    part: impl FnMut(Range<usize>),
) {
    with_units!(text, text => {
        let separator = units_in(separator);
        RSplit { text, separator, end: text.len(), splits, done: false }.for_each(part)
    })
}

/// `text.split()` of a string.
pub fn each_split_space(text: Chars<'_>, splits: usize, part: impl FnMut(Range<usize>)) {
    with_units!(text, text => split_space_units::<OfStr, _>(text, splits).for_each(part))
}

/// `text.rsplit()` of a string, the last word first.
pub fn each_rsplit_space(text: Chars<'_>, splits: usize, part: impl FnMut(Range<usize>)) {
    with_units!(text, text => rsplit_space_units::<OfStr, _>(text, splits).for_each(part))
}

/// `text.splitlines(keep_ends)` of a string.
pub fn each_line(text: Chars<'_>, keep_ends: bool, part: impl FnMut(Range<usize>)) {
    with_units!(text, text => splitlines_units::<OfStr, _>(text, keep_ends).for_each(part))
}
