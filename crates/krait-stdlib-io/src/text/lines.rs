//! Newlines: the `newline` argument of text streams, and where lines end.

use std::borrow::Cow;

use krait_object::{Py, PyResult, Str, Value, raise};
use krait_text::search::find_units;
use krait_text::{Chars, Unit, with_units};

/// What `newline` asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Newline {
    /// `None`: every newline becomes `'\n'`.
    Translate,
    /// `''`: every newline ends a line and stays as it is.
    Universal,
    Lf,
    Cr,
    CrLf,
}

/// What goes where C text is wanted: neither surrogates nor NULs.
pub fn as_c_text<'a>(py: Py, text: &'a Str) -> PyResult<Cow<'a, str>> {
    let rust = text.to_utf8(py)?;
    if rust.contains('\0') {
        return raise!(py, ValueError, "embedded null character");
    }
    Ok(rust)
}

impl Newline {
    /// From an argument that is a str or None.
    pub fn of(py: Py, value: Option<&Value>) -> PyResult<Newline> {
        let Some(value) = value.filter(|v| !v.is_none()) else {
            return Ok(Newline::Translate);
        };
        let Some(text) = value.downcast::<Str>() else {
            return raise!(
                py,
                TypeError,
                "newline must be str or None, not {}",
                value.ty().name()
            );
        };
        Ok(match &*as_c_text(py, text)? {
            "" => Newline::Universal,
            "\n" => Newline::Lf,
            "\r" => Newline::Cr,
            "\r\n" => Newline::CrLf,
            other => return raise!(py, ValueError, "illegal newline value: {other}"),
        })
    }

    /// The argument again.
    pub fn value(self) -> Value {
        match self.text() {
            None => Value::none(),
            Some(text) => Value::from(Str::new(text)),
        }
    }

    fn text(self) -> Option<&'static str> {
        Some(match self {
            Newline::Translate => return None,
            Newline::Universal => "",
            Newline::Lf => "\n",
            Newline::Cr => "\r",
            Newline::CrLf => "\r\n",
        })
    }

    /// Whether all kinds of newlines are looked for when reading.
    pub fn is_universal(self) -> bool {
        matches!(self, Newline::Translate | Newline::Universal)
    }

    /// What a written `'\n'` becomes, where that is something else.
    pub fn written(self) -> Option<&'static str> {
        match self {
            Newline::Cr => Some("\r"),
            Newline::CrLf => Some("\r\n"),
            _ => None,
        }
    }

    /// Where the first line that begins at `from` ends, newline included.
    #[inline]
    pub fn line_end(self, text: Chars<'_>, from: usize) -> Option<usize> {
        if let Chars::Latin1(bytes) = text {
            let rest = &bytes[from..];
            let at = match self {
                Newline::Translate | Newline::Lf => memchr::memchr(b'\n', rest)? + 1,
                Newline::Cr => memchr::memchr(b'\r', rest)? + 1,
                Newline::CrLf => memchr::memmem::find(rest, b"\r\n")? + 2,
                Newline::Universal => {
                    let at = memchr::memchr2(b'\n', b'\r', rest)?;
                    if rest[at..].starts_with(b"\r\n") {
                        at + 2
                    } else {
                        at + 1
                    }
                }
            };
            return Some(from + at);
        }
        let text = text.slice(from, text.len());
        with_units!(text, units => self.line_end_wide(units)).map(|at| from + at)
    }

    fn line_end_wide<U: Unit>(self, rest: &[U]) -> Option<usize> {
        let (lf, cr) = (U::from_code(10), U::from_code(13));
        Some(match self {
            Newline::Translate | Newline::Lf => find_units(rest, &[lf])? + 1,
            Newline::Cr => find_units(rest, &[cr])? + 1,
            Newline::CrLf => find_units(rest, &[cr, lf])? + 2,
            Newline::Universal => {
                let at = rest.iter().position(|&u| u == lf || u == cr)?;
                if rest[at] == cr && rest.get(at + 1) == Some(&lf) {
                    at + 2
                } else {
                    at + 1
                }
            }
        })
    }
}

/// Whether the text holds a character below 128.
pub fn holds(text: Chars<'_>, byte: u8) -> bool {
    match text {
        Chars::Latin1(bytes) => memchr::memchr(byte, bytes).is_some(),
        _ => with_units!(text, units => find_unit(units, byte)),
    }
}

fn find_unit<U: Unit>(units: &[U], byte: u8) -> bool {
    find_units(units, &[U::from_code(u32::from(byte))]).is_some()
}
