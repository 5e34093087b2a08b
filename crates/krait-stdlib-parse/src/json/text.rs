//! Strings of JSON.

use krait_object::{Owned, Py, PyResult, Str, StrBuilder};
use krait_text::chars::Unit;
use krait_text::{TextWriter, with_units};

use super::decode_error;

/// The string that begins behind a quote at `start`, and the place behind its end.
pub fn scan(py: Py, doc: &Str, start: usize, strict: bool) -> PyResult<(Owned<Str>, usize)> {
    with_units!(doc.chars(), units => scan_units(py, doc, units, start, strict))
}

const QUOTE: u32 = b'"' as u32;
const BACKSLASH: u32 = b'\\' as u32;

/// As `scan`, on the document's units.
#[inline]
pub fn scan_units<U: Unit>(
    py: Py,
    doc: &Str,
    units: &[U],
    start: usize,
    strict: bool,
) -> PyResult<(Owned<Str>, usize)> {
    let stop = run_end(units, start, strict);
    if stop < units.len() && units[stop].code() == QUOTE {
        return Ok((doc.slice(start, stop), stop + 1));
    }
    scan_escaped(py, doc, units, start, stop, strict)
}

/// Where a run of ordinary characters ends: a quote, a backslash, a control character
/// (unless they are let through), or the end.
#[inline(always)]
pub fn run_end<U: Unit>(units: &[U], start: usize, strict: bool) -> usize {
    let mut at = start;
    if size_of::<U>() == 1 {
        // Eight at a time while none of them is special.
        while let Some(chunk) = units.get(at..at + 8) {
            let mut special = false;
            for unit in chunk {
                let c = unit.code();
                special |= (c == QUOTE) | (c == BACKSLASH) | (c < 0x20);
            }
            if special {
                break;
            }
            at += 8;
        }
    }
    while let Some(unit) = units.get(at) {
        let c = unit.code();
        if c == QUOTE || c == BACKSLASH || (c < 0x20 && strict) {
            break;
        }
        at += 1;
    }
    at
}

#[inline(never)]
fn scan_escaped<U: Unit>(
    py: Py,
    doc: &Str,
    units: &[U],
    start: usize,
    stop: usize,
    strict: bool,
) -> PyResult<(Owned<Str>, usize)> {
    let mut out = StrBuilder::with_capacity(stop - start + 16);
    let (mut from, mut at) = (start, stop);
    let begin = start.saturating_sub(1);
    loop {
        out.push_units(&units[from..at]);
        match units.get(at).map(|u| u.code()) {
            None => return decode_error(py, "Unterminated string starting at", doc, begin),
            Some(QUOTE) => return Ok((out.finish(), at + 1)),
            Some(BACKSLASH) => {
                let (code, next) = escape(py, doc, units, at + 1, begin)?;
                out.push(code);
                from = next;
            }
            Some(_) => return decode_error(py, "Invalid control character at", doc, at),
        }
        at = run_end(units, from, strict);
    }
}

/// The character of an escape, and the place behind it; `at` is behind the backslash.
fn escape<U: Unit>(
    py: Py,
    doc: &Str,
    units: &[U],
    at: usize,
    begin: usize,
) -> PyResult<(u32, usize)> {
    let Some(unit) = units.get(at) else {
        return decode_error(py, "Unterminated string starting at", doc, begin);
    };
    let code = match u8::try_from(unit.code()).unwrap_or(0) {
        c @ (b'"' | b'\\' | b'/') => c,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'u' => return unicode_escape(py, doc, units, at + 1),
        _ => return decode_error(py, "Invalid \\escape", doc, at - 1),
    };
    Ok((u32::from(code), at + 1))
}

/// Four hexadecimal digits.
fn four_digits<U: Unit>(units: &[U], at: usize) -> Option<u32> {
    units.get(at..at + 4)?.iter().try_fold(0, |code, unit| {
        let digit = char::from_u32(unit.code())
            .filter(char::is_ascii)?
            .to_digit(16)?;
        Some(code * 16 + digit)
    })
}

/// `\uXXXX`, or two that stand for one character; `at` is behind the `u`.
fn unicode_escape<U: Unit>(py: Py, doc: &Str, units: &[U], at: usize) -> PyResult<(u32, usize)> {
    let end = at + 4;
    let Some(code) = four_digits(units, at) else {
        return decode_error(py, "Invalid \\uXXXX escape", doc, at - 1);
    };
    let second = end + 6 <= units.len()
        && (0xD800..0xDC00).contains(&code)
        && units[end].code() == BACKSLASH
        && units[end + 1].code() == u32::from(b'u');
    if !second {
        return Ok((code, end));
    }
    match four_digits(units, end + 2) {
        Some(low) if (0xDC00..0xE000).contains(&low) => {
            Ok((0x1_0000 + ((code - 0xD800) << 10) + (low - 0xDC00), end + 6))
        }
        Some(_) => Ok((code, end)),
        None => decode_error(py, "Invalid \\uXXXX escape", doc, end + 1),
    }
}
