//! `str.format` and `str.format_map`: replacement fields.

use std::cell::Cell;

use krait_text::{Chars, TextWriter};

use super::super::{Str, StrBuilder};
use crate::object::Owned;
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::types::dict::Dict;
use crate::value::Value;

/// Where fields get their values from.
struct Source<'a> {
    py: Py,
    args: Option<&'a [Value]>,
    kwargs: Option<&'a Value>,
    next: Cell<usize>,
    numbering: Cell<Numbering>,
}

#[derive(Clone, Copy, PartialEq)]
enum Numbering {
    Unknown,
    Automatic,
    Manual,
}

pub fn format(py: Py, this: &Str, args: &[Value], kwargs: Option<&Value>) -> PyResult<Owned<Str>> {
    run(
        &Source {
            py,
            args: Some(args),
            kwargs,
            next: Cell::new(0),
            numbering: Cell::new(Numbering::Unknown),
        },
        this,
    )
}

pub fn format_map(py: Py, this: &Str, mapping: &Value) -> PyResult<Owned<Str>> {
    let source = Source {
        py,
        args: None,
        kwargs: Some(mapping),
        next: Cell::new(0),
        numbering: Cell::new(Numbering::Unknown),
    };
    run(&source, this)
}

fn run(source: &Source<'_>, this: &Str) -> PyResult<Owned<Str>> {
    let (chars, depth) = (this.chars(), 2);
    let mut out = StrBuilder::like(this, 0);
    let mut at = 0;
    if chars.len() > 1 && is(chars, 0, '{') && !is(chars, 1, '{') {
        let replacement = replacement(source, chars, 1, depth)?;
        // A field that is all of the format stands for its text itself.
        if replacement.end == chars.len() {
            let text = protocol::format(source.py, &replacement.value, &replacement.spec)?;
            return Ok(super::exact(&text));
        }
        at = replacement.end;
        replacement.push(source.py, &mut out)?;
    }
    expand(source, chars.slice(at, chars.len()), depth, &mut out)?;
    Ok(out.finish())
}

fn is(chars: Chars<'_>, at: usize, c: char) -> bool {
    chars.get(at) == Some(u32::from(c))
}

const OPEN: u32 = '{' as u32;
const CLOSE: u32 = '}' as u32;

/// Expands a format; nested fields in specifications one level down.
fn expand(
    source: &Source<'_>,
    chars: Chars<'_>,
    depth: usize,
    out: &mut StrBuilder,
) -> PyResult<()> {
    let py = source.py;
    if depth == 0 {
        return crate::raise!(py, ValueError, "Max string recursion exceeded");
    }
    let mut at = 0;
    while at < chars.len() {
        let start = at;
        while at < chars.len() && !matches!(chars.at(at), OPEN | CLOSE) {
            at += 1;
        }
        out.push_chars(chars.slice(start, at));
        let Some(code) = chars.get(at) else {
            break;
        };
        at += 1;
        match char::from_u32(code) {
            Some('{') if is(chars, at, '{') => {
                out.push(code);
                at += 1;
            }
            Some('}') if is(chars, at, '}') => {
                out.push(code);
                at += 1;
            }
            Some('}') => {
                return crate::raise!(py, ValueError, "Single '}}' encountered in format string");
            }
            Some('{') if at >= chars.len() => {
                return crate::raise!(py, ValueError, "Single '{{' encountered in format string");
            }
            _ => {
                let replacement = replacement(source, chars, at, depth)?;
                at = replacement.end;
                replacement.push(py, out)?;
            }
        }
    }
    Ok(())
}

/// The parts of a replacement field.
pub struct Field<'a> {
    pub name: Chars<'a>,
    pub conversion: Option<u32>,
    pub spec: Chars<'a>,
    /// The specification has fields of its own.
    pub nested: bool,
    /// The index behind the closing brace.
    pub end: usize,
}

/// What stands for a field: a value in a format.
struct Replacement {
    value: Value,
    spec: Owned<Str>,
    /// The index behind the closing brace.
    end: usize,
}

impl Replacement {
    fn push(&self, py: Py, out: &mut StrBuilder) -> PyResult<()> {
        protocol::repr::push_format(py, &self.value, &self.spec, out)
    }
}

/// What stands for the field that begins at `start`, behind its brace.
fn replacement(
    source: &Source<'_>,
    chars: Chars<'_>,
    start: usize,
    depth: usize,
) -> PyResult<Replacement> {
    let py = source.py;
    let field = parse_field(py, chars, start)?;
    let mut value = lookup(source, field.name)?;
    if let Some(conversion) = field.conversion {
        value = convert(py, &value, conversion)?;
    }
    let spec = if field.nested {
        let mut expanded = StrBuilder::new();
        expand(source, field.spec, depth - 1, &mut expanded)?;
        expanded.finish()
    } else {
        Str::from_chars(field.spec)
    };
    let end = field.end;
    Ok(Replacement { value, spec, end })
}

/// The field that begins at `start`, behind its brace.
pub fn parse_field(py: Py, chars: Chars<'_>, start: usize) -> PyResult<Field<'_>> {
    let (mut at, mut bracket) = (start, false);
    // The name goes up to a colon or exclamation mark outside square brackets.
    loop {
        match chars.get(at).and_then(char::from_u32) {
            None if at >= chars.len() => {
                return crate::raise!(py, ValueError, "expected '}}' before end of string");
            }
            Some('{') if !bracket => {
                return crate::raise!(py, ValueError, "unexpected '{{' in field name");
            }
            Some('[') => bracket = true,
            Some(']') => bracket = false,
            Some('}' | ':' | '!') if !bracket => break,
            _ => {}
        }
        at += 1;
    }
    let name = chars.slice(start, at);
    let mut conversion = None;
    if is(chars, at, '!') {
        let Some(code) = chars.get(at + 1) else {
            return crate::raise!(
                py,
                ValueError,
                "end of string while looking for conversion specifier"
            );
        };
        if code == u32::from('}') {
            return crate::raise!(py, ValueError, "unmatched '{{' in format spec");
        }
        conversion = Some(code);
        at += 2;
        match chars.get(at) {
            Some(c) if c == u32::from(':') || c == u32::from('}') => {}
            Some(_) => {
                return crate::raise!(py, ValueError, "expected ':' after conversion specifier");
            }
            None => return crate::raise!(py, ValueError, "unmatched '{{' in format spec"),
        }
    }
    if is(chars, at, '}') {
        return Ok(Field {
            name,
            conversion,
            spec: chars.slice(at, at),
            nested: false,
            end: at + 1,
        });
    }
    let spec_start = at + 1;
    let (mut depth, mut nested) = (1, false);
    at = spec_start;
    while let Some(code) = chars.get(at) {
        match char::from_u32(code) {
            Some('{') => {
                depth += 1;
                nested = true;
            }
            Some('}') => {
                depth -= 1;
                if depth == 0 {
                    let spec = chars.slice(spec_start, at);
                    return Ok(Field {
                        name,
                        conversion,
                        spec,
                        nested,
                        end: at + 1,
                    });
                }
            }
            _ => {}
        }
        at += 1;
    }
    crate::raise!(py, ValueError, "unmatched '{{' in format spec")
}

fn convert(py: Py, value: &Value, conversion: u32) -> PyResult {
    Ok(Value::from(match char::from_u32(conversion) {
        Some('r') => protocol::repr(py, value)?,
        Some('s') => protocol::str(py, value)?,
        Some('a') => protocol::ascii(py, value)?,
        Some(c) if (' '..='~').contains(&c) => {
            return crate::raise!(py, ValueError, "Unknown conversion specifier {c}");
        }
        _ => {
            return crate::raise!(
                py,
                ValueError,
                "Unknown conversion specifier \\x{conversion:x}"
            );
        }
    }))
}

/// A run of ASCII digits as a number.
pub fn as_index(py: Py, chars: Chars<'_>) -> PyResult<Option<usize>> {
    if chars.is_empty() || !chars.iter().all(|c| (0x30..0x3A).contains(&c)) {
        return Ok(None);
    }
    let mut index = 0usize;
    for code in chars.iter() {
        index = match index
            .checked_mul(10)
            .and_then(|i| i.checked_add((code - 0x30) as usize))
        {
            Some(index) if index <= isize::MAX as usize => index,
            _ => return crate::raise!(py, ValueError, "Too many decimal digits in format string"),
        };
    }
    Ok(Some(index))
}

/// The value that a field's name stands for, attributes and items followed.
fn lookup(source: &Source<'_>, name: Chars<'_>) -> PyResult {
    let first_end = (0..name.len())
        .find(|&i| is(name, i, '.') || is(name, i, '['))
        .unwrap_or(name.len());
    let mut value = first(source, name.slice(0, first_end))?;
    let mut at = first_end;
    while let Some((accessor, end)) = next_accessor(source.py, name, at)? {
        value = match accessor {
            Accessor::Attribute(text) => {
                protocol::get_attr(source.py, &value, &Str::from_chars(text))?
            }
            Accessor::Item(key) => protocol::get_item(source.py, &value, &key)?,
        };
        at = end;
    }
    Ok(value)
}

/// A step behind a field's first name.
pub enum Accessor<'a> {
    Attribute(Chars<'a>),
    Item(Value),
}

/// The accessor at an index, and where it ends.
pub fn next_accessor<'a>(
    py: Py,
    name: Chars<'a>,
    at: usize,
) -> PyResult<Option<(Accessor<'a>, usize)>> {
    if at >= name.len() {
        return Ok(None);
    }
    let empty = || crate::raise!(py, ValueError, "Empty attribute in format string");
    if is(name, at, '.') {
        let end = (at + 1..name.len())
            .find(|&i| is(name, i, '.') || is(name, i, '['))
            .unwrap_or(name.len());
        if end == at + 1 {
            return empty();
        }
        return Ok(Some((Accessor::Attribute(name.slice(at + 1, end)), end)));
    }
    if !is(name, at, '[') {
        return crate::raise!(
            py,
            ValueError,
            "Only '.' or '[' may follow ']' in format field specifier"
        );
    }
    let Some(close) = (at + 1..name.len()).find(|&i| is(name, i, ']')) else {
        return crate::raise!(py, ValueError, "Missing ']' in format string");
    };
    if close == at + 1 {
        return empty();
    }
    let key = name.slice(at + 1, close);
    let key = match as_index(py, key)? {
        Some(index) => Value::int(index as i64),
        None => Value::from(Str::from_chars(key)),
    };
    Ok(Some((Accessor::Item(key), close + 1)))
}

fn first(source: &Source<'_>, name: Chars<'_>) -> PyResult {
    let py = source.py;
    let index = match as_index(py, name)? {
        Some(index) => {
            switch(
                source,
                Numbering::Manual,
                "cannot switch from automatic field numbering to manual field specification",
            )?;
            index
        }
        None if name.is_empty() => {
            switch(
                source,
                Numbering::Automatic,
                "cannot switch from manual field specification to automatic field numbering",
            )?;
            let index = source.next.get();
            source.next.set(index + 1);
            index
        }
        None => return by_name(source, name),
    };
    let Some(args) = source.args else {
        return crate::raise!(py, ValueError, "Format string contains positional fields");
    };
    match args.get(index) {
        Some(value) => Ok(value.clone()),
        None => crate::raise!(
            py,
            IndexError,
            "Replacement index {index} out of range for positional args tuple"
        ),
    }
}

fn by_name(source: &Source<'_>, name: Chars<'_>) -> PyResult {
    let key = Value::from(Str::from_chars(name));
    let Some(kwargs) = source.kwargs else {
        return crate::errors::key_error(source.py, &key);
    };
    if let Some(dict) = kwargs.downcast_exact::<Dict>() {
        return match dict.get(source.py, &key)? {
            Some(value) => Ok(value),
            None => crate::errors::key_error(source.py, &key),
        };
    }
    protocol::get_item(source.py, kwargs, &key)
}

fn switch(source: &Source<'_>, to: Numbering, text: &str) -> PyResult<()> {
    let now = source.numbering.get();
    if now != Numbering::Unknown && now != to {
        return crate::raise!(source.py, ValueError, "{text}");
    }
    source.numbering.set(to);
    Ok(())
}
