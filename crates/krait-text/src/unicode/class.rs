//! Character classes: what the `is...` methods of strings ask of each character.

use super::layout::{CLASS, CLASS_FLAGS, LATIN1_FLAGS};
use crate::{Chars, with_units};

/// The values as decimal and as digit, 255 for none.
static DIGITS: &[u8] = include_bytes!("tables/class_digits.bin");

const ALPHA: u16 = 1 << 0;
const DECIMAL: u16 = 1 << 1;
const DIGIT: u16 = 1 << 2;
const NUMERIC: u16 = 1 << 3;
const LOWER: u16 = 1 << 4;
const UPPER: u16 = 1 << 5;
const TITLE: u16 = 1 << 6;
const PRINTABLE: u16 = 1 << 7;
const XID_START: u16 = 1 << 8;
const XID_CONTINUE: u16 = 1 << 9;
const CASED: u16 = 1 << 10;
const CASE_IGNORABLE: u16 = 1 << 11;

#[inline]
fn flags(code: u32) -> u16 {
    match LATIN1_FLAGS.get(code as usize) {
        Some(flags) => *flags,
        None => CLASS_FLAGS[CLASS.get(code)],
    }
}

macro_rules! class {
    ($($(#[$doc:meta])* $name:ident = $flags:expr;)*) => {$(
        $(#[$doc])*
        #[inline]
        pub fn $name(code: u32) -> bool {
            flags(code) & ($flags) != 0
        }
    )*};
}

class! {
    /// A letter: category L.
    is_alpha = ALPHA;
    /// A decimal digit: can be part of a number in base 10.
    is_decimal = DECIMAL;
    /// A digit, also superscripts and the like.
    is_digit = DIGIT;
    /// Has a numeric value.
    is_numeric = NUMERIC;
    /// `str.isalnum`.
    is_alnum = ALPHA | DECIMAL | DIGIT | NUMERIC;
    /// Has the property Lowercase.
    is_lower = LOWER;
    /// Has the property Uppercase.
    is_upper = UPPER;
    /// A title-case letter: category Lt.
    is_title = TITLE;
    /// `repr` shows it as it is.
    is_printable = PRINTABLE;
    /// Can begin an identifier (the underscore can).
    is_xid_start = XID_START;
    /// Can go on in an identifier.
    is_xid_continue = XID_CONTINUE;
    /// Has the property Cased.
    is_cased = CASED;
    /// Has the property Case_Ignorable.
    is_case_ignorable = CASE_IGNORABLE;
}

/// The value of a decimal digit.
#[inline]
pub fn decimal(code: u32) -> Option<u8> {
    if code < 0x80 {
        return char::from_u32(code)?.to_digit(10).map(|digit| digit as u8);
    }
    let value = DIGITS[CLASS.get(code) * 2];
    (value != 0xFF).then_some(value)
}

/// The value of a digit.
pub fn digit(code: u32) -> Option<u8> {
    let value = DIGITS[CLASS.get(code) * 2 + 1];
    (value != 0xFF).then_some(value)
}

/// White space: bidirectional type WS, B or S, or category Zs.
#[inline]
pub fn is_space(code: u32) -> bool {
    if code < 0x80 {
        return matches!(code, 0x20 | 9..=13 | 0x1C..=0x1F);
    }
    matches!(
        code,
        0x85 | 0xA0 | 0x1680 | 0x2000..=0x200A | 0x2028 | 0x2029 | 0x202F | 0x205F | 0x3000
    )
}

/// Whether `str.splitlines` ends a line at this character.
#[inline]
pub fn is_line_break(code: u32) -> bool {
    matches!(code, 10..=13 | 0x1C..=0x1E | 0x85 | 0x2028 | 0x2029)
}

/// `str.isidentifier`.
pub fn is_identifier(text: Chars<'_>) -> bool {
    with_units!(text, units => match units.split_first() {
        None => false,
        Some((first, rest)) => {
            let code = |unit| crate::Unit::code(unit);
            is_xid_start(code(*first)) && rest.iter().all(|unit| is_xid_continue(code(*unit)))
        }
    })
}

/// The text of a number with ASCII digits and spaces for all others; what is neither
/// becomes a question mark. For `int()`, `float()` and `complex()`.
pub fn decimals_to_ascii(text: Chars<'_>) -> Vec<u8> {
    let ascii = |code: u32| match u8::try_from(code) {
        Ok(c) if c < 0x7F => c,
        _ if is_space(code) => b' ',
        _ => decimal(code).map_or(b'?', |digit| b'0' + digit),
    };
    text.iter().map(ascii).collect()
}
