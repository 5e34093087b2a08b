//! `float(text)` and `complex(text)` on ASCII text.
//!
//! Strings with other digits or white space are brought to ASCII by the caller
//! (`unicode::decimals_to_ascii`).

use crate::Chars;
use crate::unicode::decimals_to_ascii;
use std::borrow::Cow;

/// `float(text)`; `None` when it is not the text of a float.
pub fn parse_float(text: &str) -> Option<f64> {
    parse_float_bytes(text.as_bytes())
}

/// `float(text)` of a string, which may have digits and spaces beyond ASCII.
pub fn parse_float_chars(text: Chars<'_>) -> Option<f64> {
    match text {
        Chars::Latin1(units) if units.is_ascii() => parse_float_bytes(units),
        _ => parse_float_bytes(&decimals_to_ascii(text)),
    }
}

/// `float(text)` of bytes.
pub fn parse_float_bytes(text: &[u8]) -> Option<f64> {
    let text = without_underscores(trim(text))?;
    // Rust's grammar is Python's here: digits, point, exponent, inf, infinity, nan.
    std::str::from_utf8(&text).ok()?.parse().ok()
}

fn is_space(c: u8) -> bool {
    matches!(c, b' ' | 9..=13)
}

fn trim(text: &[u8]) -> &[u8] {
    let start = text
        .iter()
        .position(|&c| !is_space(c))
        .unwrap_or(text.len());
    let end = text
        .iter()
        .rposition(|&c| !is_space(c))
        .map_or(start, |at| at + 1);
    &text[start..end]
}

/// Takes out underscores; each must stand between two digits.
fn without_underscores(text: &[u8]) -> Option<Cow<'_, [u8]>> {
    if !text.contains(&b'_') {
        return Some(Cow::Borrowed(text));
    }
    let digit = |at: usize| text.get(at).is_some_and(u8::is_ascii_digit);
    let mut plain = Vec::with_capacity(text.len());
    for (at, &c) in text.iter().enumerate() {
        if c != b'_' {
            plain.push(c);
        } else if at == 0 || !digit(at - 1) || !digit(at + 1) {
            return None;
        }
    }
    Some(Cow::Owned(plain))
}

/// The longest start of `text` that is a float, and its length.
fn float_prefix(text: &[u8]) -> Option<(f64, usize)> {
    let sign = usize::from(matches!(text.first(), Some(b'+' | b'-')));
    let word = |name: &[u8]| {
        text.get(sign..sign + name.len())
            .is_some_and(|part| part.eq_ignore_ascii_case(name))
    };
    let end = if word(b"infinity") {
        sign + 8
    } else if word(b"inf") || word(b"nan") {
        sign + 3
    } else {
        number_end(text, sign)?
    };
    let value = std::str::from_utf8(&text[..end]).ok()?.parse().ok()?;
    Some((value, end))
}

/// Where the unsigned decimal number that starts at `start` ends.
fn number_end(text: &[u8], start: usize) -> Option<usize> {
    let digits = |from: usize| {
        from + text[from.min(text.len())..]
            .iter()
            .take_while(|c| c.is_ascii_digit())
            .count()
    };
    let mut end = digits(start);
    let mut count = end - start;
    if text.get(end) == Some(&b'.') {
        let after = digits(end + 1);
        count += after - end - 1;
        end = after;
    }
    if count == 0 {
        return None;
    }
    if matches!(text.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.get(end + 1), Some(b'+' | b'-')));
        let after = digits(end + 1 + sign);
        if after > end + 1 + sign {
            end = after;
        }
    }
    Some(end)
}

/// `complex(text)`: real and imaginary part; `None` when it is malformed.
pub fn parse_complex(text: &[u8]) -> Option<(f64, f64)> {
    let text = without_underscores(trim(text))?;
    let text: &[u8] = match &*text {
        [b'(', inner @ .., b')'] => trim(inner),
        other => other,
    };
    let is_j = |rest: &[u8]| matches!(rest, [b'j' | b'J']);
    let Some((first, used)) = float_prefix(text) else {
        return lone_unit(text).map(|imag| (0.0, imag));
    };
    let rest = &text[used..];
    if rest.is_empty() {
        return Some((first, 0.0));
    }
    if is_j(rest) {
        return Some((0.0, first));
    }
    if !matches!(rest[0], b'+' | b'-') {
        return None;
    }
    match float_prefix(rest) {
        Some((imag, used)) if is_j(&rest[used..]) => Some((first, imag)),
        Some(_) => None,
        None => lone_unit(rest).map(|imag| (first, imag)),
    }
}

/// `j`, `+j` or `-j`.
fn lone_unit(text: &[u8]) -> Option<f64> {
    match text {
        [b'j' | b'J'] | [b'+', b'j' | b'J'] => Some(1.0),
        [b'-', b'j' | b'J'] => Some(-1.0),
        _ => None,
    }
}
