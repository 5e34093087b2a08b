//! Searching, splitting, stripping and replacing.
//!
//! The functions on slices of units (`*_units`) serve bytes and strings alike; those
//! on [`Chars`] bring both strings to the unit of the searched one first. Positions
//! and ranges are in code points. All searches are linear in the worst case.

pub(crate) mod find;
mod replace;
mod split;
mod strip;
mod two_way;

pub use find::{
    compare, contains, count, count_units, ends_with, find, find_units, rfind, rfind_units,
    starts_with,
};
pub use replace::{center_padding, expandtabs, replace, replace_found, replace_units, replaces};
pub use split::{
    Lines, RSplit, RSplitSpace, Split, SplitSpace, each_line, each_rsplit, each_rsplit_space,
    each_split, each_split_space, rsplit_space_units, rsplit_units, split_space_units, split_units,
    splitlines_units,
};
pub use strip::{Ends, strip_set, strip_set_units, strip_space, strip_space_units};

use crate::{Chars, Unit};
use std::borrow::Cow;

/// What counts as white space and as a line's end: of strings or of bytes.
pub trait TextClass {
    fn is_space(code: u32) -> bool;
    fn is_line_break(code: u32) -> bool;
}

/// The classes of `str` methods.
pub struct OfStr;

/// The classes of `bytes` methods.
pub struct OfBytes;

impl TextClass for OfStr {
    #[inline]
    fn is_space(code: u32) -> bool {
        crate::unicode::is_space(code)
    }
    #[inline]
    fn is_line_break(code: u32) -> bool {
        crate::unicode::is_line_break(code)
    }
}

impl TextClass for OfBytes {
    #[inline]
    fn is_space(code: u32) -> bool {
        matches!(code, 0x20 | 9..=13)
    }
    #[inline]
    fn is_line_break(code: u32) -> bool {
        matches!(code, 10 | 13)
    }
}

/// The text in units of `U`, or `None` when it does not fit them.
pub(crate) fn units_in<U: Unit>(chars: Chars<'_>) -> Option<Cow<'_, [U]>> {
    if let Some(units) = U::borrow(chars) {
        return Some(Cow::Borrowed(units));
    }
    let narrower = match chars {
        Chars::Latin1(_) => true,
        Chars::U16(_) => U::SIZE > 2,
        Chars::U32(_) => false,
    };
    if !narrower && chars.bits() > U::MAX {
        return None;
    }
    Some(Cow::Owned(chars.iter().map(U::from_code).collect()))
}
