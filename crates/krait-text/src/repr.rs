//! `repr` and `ascii` of strings and bytes.

use crate::unicode::is_printable;
use crate::{Chars, TextWriter, Unit, with_units};

/// Single quotes, unless the text has those and no double ones.
fn quote<U: Unit>(text: &[U]) -> u8 {
    let has = |c: u8| U::find_one(text, U::from_code(u32::from(c))).is_some();
    if has(b'\'') && !has(b'"') {
        b'"'
    } else {
        b'\''
    }
}

/// Writes the text in single quotes, if it is ASCII and nothing in it needs an escape;
/// whether it did.
#[inline]
fn simply_quoted(text: Chars<'_>, out: &mut impl TextWriter) -> bool {
    let Chars::Latin1(units) = text else {
        return false;
    };
    let plain = |c: &u8| (0x20..0x7F).contains(c) && *c != b'\'' && *c != b'\\';
    if !units.iter().fold(true, |all, c| all & plain(c)) {
        return false;
    }
    out.push(u32::from('\''));
    out.push_units(units);
    out.push(u32::from('\''));
    true
}

/// Writes `repr(text)`.
pub fn repr(text: Chars<'_>, out: &mut impl TextWriter) {
    if !simply_quoted(text, out) {
        with_units!(text, units => quoted(units, is_printable, out));
    }
}

/// Writes `ascii(text)`.
pub fn ascii(text: Chars<'_>, out: &mut impl TextWriter) {
    if !simply_quoted(text, out) {
        with_units!(text, units => quoted(units, |_| false, out));
    }
}

/// Writes the text in quotes; `plain` says which characters beyond ASCII stay.
fn quoted<U: Unit>(text: &[U], plain: impl Fn(u32) -> bool, out: &mut impl TextWriter) {
    let quote = u32::from(quote(text));
    out.push(quote);
    let mut copied = 0;
    for (at, unit) in text.iter().enumerate() {
        let code = unit.code();
        let stays = match code {
            0x20..=0x7E => code != quote && code != u32::from('\\'),
            0..=0x7F => false,
            _ => plain(code),
        };
        if stays {
            continue;
        }
        out.push_units(&text[copied..at]);
        copied = at + 1;
        if code == quote || code == u32::from('\\') {
            out.push(u32::from('\\'));
            out.push(code);
        } else {
            push_escape(code, out);
        }
    }
    out.push_units(&text[copied..]);
    out.push(quote);
}

/// Adds the escape of a character that is not shown.
fn push_escape(code: u32, out: &mut impl TextWriter) {
    match code {
        9 => out.push_ascii("\\t"),
        10 => out.push_ascii("\\n"),
        13 => out.push_ascii("\\r"),
        _ => push_hex_escape(code, out),
    }
}

/// Adds `\xXX`, `\uXXXX` or `\UXXXXXXXX`.
pub(crate) fn push_hex_escape(code: u32, out: &mut impl TextWriter) {
    let (letter, digits) = match code {
        0..=0xFF => (b'x', 2),
        0x100..=0xFFFF => (b'u', 4),
        _ => (b'U', 8),
    };
    let mut escape = [b'\\', letter, 0, 0, 0, 0, 0, 0, 0, 0];
    for (place, digit) in (0..digits).rev().zip(&mut escape[2..]) {
        *digit = b"0123456789abcdef"[(code >> (place * 4) & 15) as usize];
    }
    out.push_units(&escape[..2 + digits]);
}

/// Writes the text with escapes for what is not ASCII.
pub fn in_ascii(text: Chars<'_>, out: &mut impl TextWriter) {
    with_units!(text, units => {
        let mut rest = units;
        while !rest.is_empty() {
            let run = rest.iter().take_while(|unit| unit.code() < 0x80).count();
            out.push_units(&rest[..run]);
            rest = &rest[run..];
            if let [unit, more @ ..] = rest {
                push_hex_escape(unit.code(), out);
                rest = more;
            }
        }
    })
}

/// Writes `repr(bytes)`.
pub fn bytes_repr(bytes: &[u8], out: &mut impl TextWriter) {
    out.push(u32::from('b'));
    quoted(bytes, |_| false, out);
}
