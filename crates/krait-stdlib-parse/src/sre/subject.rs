//! What is matched: a string or the bytes of any object that lends them.

use krait_object::types::buffer::{Buffer, has_buffer};
use krait_object::{Bytes, Layout, Owned, Py, PyResult, Str, Value, raise};
use krait_sre::Subject;
use krait_text::Chars;

/// A subject held for as long as it is matched. A string and bytes cannot change; other
/// objects lend their memory meanwhile.
pub enum Held {
    Str(Owned<Str>),
    Bytes(Owned<Bytes>),
    Buffer(Value, Buffer),
}

/// A string's characters as the matcher takes them.
pub fn of_chars(chars: Chars<'_>) -> Subject<'_> {
    match chars {
        Chars::Latin1(units) => Subject::Latin1(units),
        Chars::U16(units) => Subject::U16(units),
        Chars::U32(units) => Subject::U32(units),
    }
}

impl Held {
    pub fn new(py: Py, value: &Value) -> PyResult<Held> {
        if let Some(text) = value.downcast::<Str>() {
            return Ok(Held::Str(text.to_owned_str()));
        }
        if let Some(bytes) = value.downcast_exact::<Bytes>() {
            return Ok(Held::Bytes(bytes.to_owned()));
        }
        if !has_buffer(value) {
            return raise!(
                py,
                TypeError,
                "expected string or bytes-like object, got '{}'",
                value.ty().name()
            );
        }
        Ok(Held::Buffer(value.clone(), Buffer::new(py, value)?))
    }

    /// As `new`, for a pattern of one kind of text.
    pub fn for_pattern(py: Py, value: &Value, is_bytes: Option<bool>) -> PyResult<Held> {
        let held = Held::new(py, value)?;
        match (is_bytes, held.is_bytes()) {
            (Some(true), false) => raise!(
                py,
                TypeError,
                "cannot use a bytes pattern on a string-like object"
            ),
            (Some(false), true) => raise!(
                py,
                TypeError,
                "cannot use a string pattern on a bytes-like object"
            ),
            _ => Ok(held),
        }
    }

    pub fn is_bytes(&self) -> bool {
        !matches!(self, Held::Str(_))
    }

    #[inline]
    pub fn subject(&self) -> Subject<'_> {
        match self {
            Held::Str(text) => of_chars(text.chars()),
            Held::Bytes(bytes) => Subject::Bytes(bytes.as_slice()),
            Held::Buffer(_, buffer) => Subject::Bytes(buffer.as_slice()),
        }
    }

    #[inline]
    pub fn len(&self) -> usize {
        match self {
            Held::Str(text) => text.len(),
            Held::Bytes(bytes) => bytes.len(),
            Held::Buffer(_, buffer) => buffer.len(),
        }
    }

    /// The object itself.
    pub fn value(&self) -> Value {
        match self {
            Held::Str(text) => Value::from(text.clone()),
            Held::Bytes(bytes) => Value::from(bytes.clone()),
            Held::Buffer(value, _) => value.clone(),
        }
    }

    /// The part between two places, cut to the subject.
    #[inline]
    pub fn slice(&self, start: usize, end: usize) -> Value {
        let end = end.min(self.len());
        let start = start.min(end);
        match self {
            Held::Str(text) => {
                if start == 0 && end == text.len() && text.as_object().is_exact::<Str>() {
                    return Value::from(text.clone());
                }
                Value::from(text.slice(start, end))
            }
            Held::Bytes(bytes) => {
                if start == 0 && end == bytes.len() {
                    return Value::from(bytes.clone());
                }
                Value::from(Bytes::new(&bytes.as_slice()[start..end]))
            }
            Held::Buffer(_, buffer) => Value::from(Bytes::new(&buffer.as_slice()[start..end])),
        }
    }

    /// The part of a group; empty where it has not taken part.
    #[inline]
    pub fn group(&self, span: Option<(usize, usize)>) -> Value {
        let (start, end) = span.unwrap_or((0, 0));
        self.slice(start, end)
    }
}
