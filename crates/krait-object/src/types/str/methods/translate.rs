//! `str.translate` and `str.maketrans`.

use krait_text::TextWriter;

use super::super::{Str, StrBuilder};
use crate::object::Owned;
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::types::dict::Dict;
use crate::value::Value;

pub fn translate(py: Py, this: &Str, table: &Value) -> PyResult<Owned<Str>> {
    let mut out = StrBuilder::like(this, 0);
    let done = match this.as_ascii() {
        Some(text) => translate_ascii(py, text.as_bytes(), table, &mut out)?,
        None => 0,
    };
    let mut codes = this.code_points().skip(done).peekable();
    while let Some(code) = codes.next() {
        match look_up(py, table, code)? {
            None => out.push(code),
            Some(found) if found.is_none() => {
                // As many as become nothing; CPython then asks for the next one again.
                while let Some(&next) = codes.peek()
                    && look_up(py, table, next)?.is_some_and(|found| found.is_none())
                {
                    codes.next();
                }
            }
            Some(found) => push_replacement(py, &mut out, &found)?,
        }
    }
    Ok(out.finish())
}

/// What a table has for a character, if anything.
fn look_up(py: Py, table: &Value, code: u32) -> PyResult<Option<Value>> {
    let code = Value::int(code.into());
    // A dict says without an exception that it has nothing.
    let found = match table.downcast_exact::<Dict>() {
        Some(dict) => dict.get(py, &code),
        None => protocol::get_item(py, table, &code).map(Some),
    };
    let found = crate::errors::suppress(py, found, &crate::exceptions::LookupError)?;
    Ok(found.flatten())
}

/// Characters that are added together.
const CHUNK: usize = 64;
/// What is not known of a character, and what stands for its being left out.
const UNKNOWN: u8 = 0xFF;
const NOTHING: u8 = 0xFE;

/// Translates ASCII characters, asking the table once for each, up to the first that becomes
/// something else than nothing or one ASCII character; how many these are.
fn translate_ascii(py: Py, text: &[u8], table: &Value, out: &mut StrBuilder) -> PyResult<usize> {
    let (mut known, mut done) = ([UNKNOWN; 128], 0);
    for chunk in text.chunks(CHUNK) {
        let (mut to, mut count) = ([0; CHUNK], 0);
        for &byte in chunk {
            let known = &mut known[usize::from(byte)];
            if *known == UNKNOWN {
                let Some(new) = ascii_for(py, table, byte)? else {
                    out.push_units(&to[..count]);
                    return Ok(done);
                };
                *known = new;
            }
            if *known != NOTHING {
                to[count] = *known;
                count += 1;
            }
            done += 1;
        }
        out.push_units(&to[..count]);
    }
    Ok(done)
}

/// What an ASCII character becomes, if it is one such character or `NOTHING`.
fn ascii_for(py: Py, table: &Value, byte: u8) -> PyResult<Option<u8>> {
    match look_up(py, table, byte.into())? {
        None => Ok(Some(byte)),
        Some(found) if found.is_none() => Ok(Some(NOTHING)),
        Some(found) => match single_ascii(&found) {
            Some(new) => Ok(Some(new)),
            None => check(py, &found).map(|()| None),
        },
    }
}

/// Refuses what cannot stand for a character.
fn check(py: Py, found: &Value) -> PyResult<()> {
    push_replacement(py, &mut StrBuilder::new(), found)
}

fn single_ascii(found: &Value) -> Option<u8> {
    if let Some(text) = found.downcast::<Str>() {
        return match text.as_ascii()?.as_bytes() {
            &[byte] => Some(byte),
            _ => None,
        };
    }
    let code = protocol::number::int_of(found)?;
    u8::try_from(code).ok().filter(u8::is_ascii)
}

fn push_replacement(py: Py, out: &mut StrBuilder, found: &Value) -> PyResult<()> {
    if let Some(text) = found.downcast::<Str>() {
        out.push_text(text);
        return Ok(());
    }
    let Some(code) = protocol::number::int_of(found) else {
        return crate::raise!(
            py,
            TypeError,
            "character mapping must return integer, None or str"
        );
    };
    match u32::try_from(code) {
        Ok(code) if code <= 0x10_FFFF => {
            out.push(code);
            Ok(())
        }
        _ => crate::raise!(
            py,
            ValueError,
            "character mapping must be in range(0x110000)"
        ),
    }
}

pub fn maketrans(py: Py, x: &Value, y: Option<&Value>, z: Option<&Value>) -> PyResult<Owned<Dict>> {
    let table = Dict::new();
    let Some(y) = y else {
        return from_dict(py, table, x);
    };
    let Some(to) = y.downcast::<Str>() else {
        return crate::raise!(
            py,
            TypeError,
            "maketrans() argument 2 must be str, not {}",
            y.ty().name()
        );
    };
    let gone = match z {
        None => None,
        Some(z) => match z.downcast::<Str>() {
            Some(gone) => Some(gone),
            None => {
                return crate::raise!(
                    py,
                    TypeError,
                    "maketrans() argument 3 must be str, not {}",
                    z.ty().name()
                );
            }
        },
    };
    let Some(from) = x.downcast::<Str>() else {
        return crate::raise!(
            py,
            TypeError,
            "first maketrans argument must be a string if there is a second argument"
        );
    };
    if from.len() != to.len() {
        return crate::raise!(
            py,
            ValueError,
            "the first two maketrans arguments must have equal length"
        );
    }
    for (a, b) in from.code_points().zip(to.code_points()) {
        table.set_value(py, &Value::int(a.into()), Value::int(b.into()))?;
    }
    if let Some(gone) = gone {
        for code in gone.code_points() {
            table.set_value(py, &Value::int(code.into()), Value::none())?;
        }
    }
    Ok(table)
}

fn from_dict(py: Py, table: Owned<Dict>, x: &Value) -> PyResult<Owned<Dict>> {
    let Some(source) = x.downcast::<Dict>() else {
        return crate::raise!(
            py,
            TypeError,
            "if you give only one argument to maketrans it must be a dict"
        );
    };
    let mut at = 0;
    while let Some((key, value)) = source.iter_step(&mut at) {
        let key = match key.downcast::<Str>() {
            Some(text) if text.len() == 1 => Value::int(text.chars().at(0).into()),
            Some(_) => {
                return crate::raise!(
                    py,
                    ValueError,
                    "string keys in translatetable must be of length 1"
                );
            }
            None if protocol::number::int_of(&key).is_some() => key,
            None => {
                return crate::raise!(
                    py,
                    TypeError,
                    "keys in translate table must be strings or integers"
                );
            }
        };
        table.set_value(py, &key, value)?;
    }
    Ok(table)
}
