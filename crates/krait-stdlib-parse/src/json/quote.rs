//! Quoting of strings.

use krait_object::{Owned, PyResult, Str, StrBuilder};
use krait_text::chars::Unit;
use krait_text::{TextWriter, with_units};

/// Bytes that stand for themselves in ASCII-only output.
static PLAIN_ASCII: [bool; 256] = plain(0x7F);
/// Bytes that stand for themselves in other output.
static PLAIN: [bool; 256] = plain(0x100);

const fn plain(below: usize) -> [bool; 256] {
    let mut table = [false; 256];
    let mut c = 0x20;
    while c < below {
        table[c] = c != b'"' as usize && c != b'\\' as usize;
        c += 1;
    }
    table
}

/// The JSON text of a string.
pub fn quoted(text: &Str, ascii_only: bool) -> PyResult<Owned<Str>> {
    let mut out = StrBuilder::with_capacity(text.len() + 2);
    push(&mut out, text, ascii_only);
    Ok(out.finish())
}

/// Adds the JSON text of a string.
#[inline]
pub fn push(out: &mut StrBuilder, text: &Str, ascii_only: bool) {
    out.push_ascii("\"");
    match text.as_ascii() {
        Some(ascii) => push_ascii(out, ascii, if ascii_only { &PLAIN_ASCII } else { &PLAIN }),
        None if ascii_only => with_units!(text.chars(), units => push_escaped(out, units)),
        None => with_units!(text.chars(), units => push_units(out, units)),
    }
    out.push_ascii("\"");
}

#[inline]
fn push_ascii(out: &mut StrBuilder, text: &str, plain: &[bool; 256]) {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(run) = bytes[from..].iter().position(|&b| !plain[usize::from(b)]) {
        let at = from + run;
        out.push_ascii(&text[from..at]);
        escape(out, u32::from(bytes[at]));
        from = at + 1;
    }
    out.push_ascii(&text[from..]);
}

/// Everything beyond ASCII escaped.
fn push_escaped<U: Unit>(out: &mut StrBuilder, units: &[U]) {
    for unit in units {
        match unit.code() {
            c @ 0..0x100 if PLAIN_ASCII[c as usize] => out.push(c),
            c @ 0..0x1_0000 => escape(out, c),
            c => {
                escape(out, 0xD800 + ((c - 0x1_0000) >> 10));
                escape(out, 0xDC00 + (c & 0x3FF));
            }
        }
    }
}

/// Only what must be escaped.
fn push_units<U: Unit>(out: &mut StrBuilder, units: &[U]) {
    let is_plain = |unit: &U| unit.code() > 0xFF || PLAIN[unit.code() as usize];
    let mut from = 0;
    while let Some(run) = units[from..].iter().position(|unit| !is_plain(unit)) {
        out.push_units(&units[from..from + run]);
        escape(out, units[from + run].code());
        from += run + 1;
    }
    out.push_units(&units[from..]);
}

fn escape(out: &mut StrBuilder, code: u32) {
    let short = match code {
        0x22 => "\\\"",
        0x5C => "\\\\",
        0x08 => "\\b",
        0x0C => "\\f",
        0x0A => "\\n",
        0x0D => "\\r",
        0x09 => "\\t",
        _ => {
            out.push_ascii("\\u");
            for shift in [12, 8, 4, 0] {
                out.push(u32::from(
                    b"0123456789abcdef"[(code >> shift) as usize & 15],
                ));
            }
            return;
        }
    };
    out.push_ascii(short);
}
