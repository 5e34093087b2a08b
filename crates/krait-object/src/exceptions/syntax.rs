//! SyntaxError: message and place.

use super::base;
use super::layout::{SyntaxError, slot_attribute};
use crate::intern;
use crate::native::{Args, KwArgs, TypeBuilder};
use crate::object::Owned;
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::types::int::Int;
use crate::types::str::{Str, StrBuilder};
use crate::types::tuple::Tuple;
use crate::value::Value;
use krait_text::TextWriter;

fn init(py: Py, this: &SyntaxError, args: Args<'_>, kwargs: KwArgs) -> PyResult<()> {
    base::init(py, &this.base, args.0, kwargs)?;
    if let Some(message) = args.0.first() {
        this.msg.set(Some(message.to_object()));
    }
    match args.0 {
        [_, details] => protocol::iter::to_tuple(py, details)
            .and_then(|details| set_details(py, this, &details)),
        _ => Ok(()),
    }
}

/// The second argument: file name, line, column, text, and perhaps end and metadata.
fn set_details(py: Py, this: &SyntaxError, details: &Tuple) -> PyResult<()> {
    let count = details.len();
    if !(4..=7).contains(&count) {
        let (bound, limit) = if count < 4 { ("least", 4) } else { ("most", 7) };
        return crate::raise!(
            py,
            TypeError,
            "function takes at {bound} {limit} arguments ({count} given)"
        );
    }
    let slots = [
        &this.filename,
        &this.lineno,
        &this.offset,
        &this.text,
        &this.end_lineno,
        &this.end_offset,
        &this.metadata,
    ];
    for (i, slot) in slots.into_iter().enumerate() {
        slot.store(details.get_ref(i));
    }
    if this.end_lineno.is_set() && !this.end_offset.is_set() {
        return crate::raise!(
            py,
            TypeError,
            "end_offset must be provided when end_lineno is provided"
        );
    }
    Ok(())
}

/// The last part of a file name.
fn base_name(name: &Str) -> Owned<Str> {
    let chars = name.chars();
    let start = (0..name.len())
        .rev()
        .find(|&i| chars.at(i) == u32::from('/'))
        .map_or(0, |i| i + 1);
    Str::from_chars(chars.slice(start, name.len()))
}

/// A line number as the text shows it: exact ints only; -1 where C's long overflows.
fn line_number(this: &SyntaxError) -> Option<i64> {
    let line = this.lineno.get()?;
    Some(line.downcast_exact::<Int>()?.to_i64().unwrap_or(-1))
}

fn str(py: Py, this: &SyntaxError) -> PyResult<Owned<Str>> {
    let message = protocol::str(py, &this.msg.value())?;
    let (file, line) = (this.filename.text(), line_number(this));
    if file.is_none() && line.is_none() {
        return Ok(message);
    }
    let mut text = StrBuilder::new();
    text.push_text(&message);
    text.push_str(" (");
    if let Some(file) = &file {
        text.push_text(&base_name(file));
    }
    if let Some(line) = line {
        let comma = if file.is_some() { ", " } else { "" };
        text.push_str(&format!("{comma}line {line}"));
    }
    text.push_str(")");
    Ok(text.finish())
}

pub(super) fn define(b: &mut TypeBuilder<SyntaxError>) {
    b.init("SyntaxError(*args, **kwargs)", init).str(str);
    slot_attribute!(b, SyntaxError, msg);
    slot_attribute!(b, SyntaxError, filename);
    slot_attribute!(b, SyntaxError, lineno);
    slot_attribute!(b, SyntaxError, offset);
    slot_attribute!(b, SyntaxError, text);
    slot_attribute!(b, SyntaxError, end_lineno);
    slot_attribute!(b, SyntaxError, end_offset);
    slot_attribute!(b, SyntaxError, print_file_and_line);
    slot_attribute!(b, SyntaxError, metadata, "_metadata");
}

/// What a compiler knows of an error.
pub struct Place<'a> {
    pub filename: &'a Value,
    pub line: i64,
    /// 1-based columns in characters.
    pub column: i64,
    pub end_line: i64,
    pub end_column: i64,
    /// The source line, where it is at hand.
    pub text: Option<Owned<Str>>,
    /// `_metadata`
    pub context: Option<Value>,
}

/// A SyntaxError (or subclass) with its place, ready to be raised.
pub fn new_at(
    py: Py,
    class: &crate::types::typeobject::Type,
    message: &str,
    place: Place<'_>,
) -> PyResult<Owned> {
    let details = Tuple::from_values([
        place.filename.clone(),
        Value::int(place.line),
        Value::int(place.column),
        place.text.map_or_else(Value::none, Value::from),
        Value::int(place.end_line),
        Value::int(place.end_column),
    ]);
    let arguments = [Value::from(Str::new(message)), Value::from(details)];
    let exception = super::instantiate(py, class, &arguments)?;
    if let Some(context) = place.context {
        protocol::set_attr(
            py,
            &Value::from(exception.clone()),
            intern!("_metadata"),
            &context,
        )?;
    }
    Ok(exception)
}

/// The same with the place in its attributes only (C's `PyErr_RangedSyntaxLocationObject`).
pub fn new_bare(
    py: Py,
    class: &crate::types::typeobject::Type,
    message: &str,
    place: Place<'_>,
) -> PyResult<Owned> {
    let exception = super::instantiate(py, class, &[Value::from(Str::new(message))])?;
    let target = Value::from(exception.clone());
    let text = place.text.map_or_else(Value::none, Value::from);
    for (name, value) in [
        (intern!("filename"), place.filename.clone()),
        (intern!("lineno"), Value::int(place.line)),
        (intern!("offset"), Value::int(place.column)),
        (intern!("text"), text),
        (intern!("end_lineno"), Value::int(place.end_line)),
        (intern!("end_offset"), Value::int(place.end_column)),
    ] {
        protocol::set_attr(py, &target, name, &value)?;
    }
    Ok(exception)
}
