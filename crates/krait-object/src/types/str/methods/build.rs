//! Putting strings together: concatenation, repetition, joining.

use super::super::{Chars, Str, intern};
use crate::object::{Layout, Owned};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::types::list::List;
use crate::types::tuple::Tuple;
use crate::value::Value;

/// An upper bound of a string's characters: the largest of its kind.
#[inline(always)]
pub fn max_of_kind(text: &Str) -> u32 {
    match text.kind() {
        1 if text.is_ascii() => 0x7F,
        1 => 0xFF,
        2 => 0xFFFF,
        _ => 0x10_FFFF,
    }
}

/// `a + b`.
pub fn concat(a: &Str, b: &Str) -> Owned<Str> {
    if b.is_empty() {
        return super::exact(a);
    }
    if a.is_empty() {
        return super::exact(b);
    }
    Str::build(
        a.len() + b.len(),
        max_of_kind(a).max(max_of_kind(b)),
        |out| {
            out.put_chars(0, a.chars());
            out.put_chars(a.len(), b.chars());
        },
    )
}

/// `text * count`; `None` where it does not fit memory.
pub fn repeat(text: &Str, count: usize) -> Option<Owned<Str>> {
    if count == 0 || text.is_empty() {
        return Some(intern::empty());
    }
    let total = text
        .len()
        .checked_mul(count)
        .filter(|&n| n < isize::MAX as usize / 8)?;
    let string = Str::try_build(total, max_of_kind(text), |out| {
        for i in 0..count {
            out.put_chars(i * text.len(), text.chars());
        }
    })?;
    Some(string)
}

/// `separator.join(items)`.
pub fn join(py: Py, separator: &Str, items: &Value) -> PyResult<Owned<Str>> {
    if let Some(list) = items.downcast_exact::<List>() {
        // SAFETY: joining strings runs no Python code, so nothing changes the list.
        return join_values(py, separator, unsafe { list.as_values() });
    }
    if let Some(tuple) = items.downcast_exact::<Tuple>() {
        return join_values(py, separator, tuple.as_values());
    }
    if items
        .as_object()
        .is_none_or(|o| o.ty().raw().tp_iter.is_none() && !protocol::iter::is_sequence(o))
    {
        return crate::raise!(py, TypeError, "can only join an iterable");
    }
    join_values(py, separator, &protocol::iter::collect(py, items)?)
}

fn join_values(py: Py, separator: &Str, items: &[Value]) -> PyResult<Owned<Str>> {
    let mut total = 0usize;
    let mut max = if items.len() > 1 {
        max_of_kind(separator)
    } else {
        0
    };
    for (i, item) in items.iter().enumerate() {
        let Some(text) = item.downcast::<Str>() else {
            return crate::raise!(
                py,
                TypeError,
                "sequence item {i}: expected str instance, {} found",
                item.ty().name()
            );
        };
        max = max.max(max_of_kind(text));
        total = match total.checked_add(text.len() + if i > 0 { separator.len() } else { 0 }) {
            Some(total) => total,
            None => {
                return crate::raise!(
                    py,
                    OverflowError,
                    "join() result is too long for a Python string"
                );
            }
        };
    }
    if let [only] = items
        && let Some(text) = only.downcast_exact::<Str>()
    {
        return Ok(text.to_owned_str());
    }
    let texts = items.iter().filter_map(|item| item.downcast::<Str>());
    let built = Str::try_build(total, max, |out| match out.latin1() {
        Some(bytes) => join_latin1(bytes, separator, texts),
        None => {
            let mut at = 0;
            for (i, text) in texts.enumerate() {
                if i > 0 && !separator.is_empty() {
                    out.put_chars(at, separator.chars());
                    at += separator.len();
                }
                out.put_chars(at, text.chars());
                at += text.len();
            }
        }
    });
    match built {
        Some(text) => Ok(text),
        None => crate::errors::no_memory(),
    }
}

/// Joins strings of one byte a character into a string of the right length.
fn join_latin1<'a>(mut out: &mut [u8], separator: &Str, texts: impl Iterator<Item = &'a Str>) {
    let mut put = |text: &Str| {
        if let Chars::Latin1(chars) = text.chars() {
            let (place, rest) = std::mem::take(&mut out).split_at_mut(chars.len());
            copy_bytes(chars, place);
            out = rest;
        }
    };
    let separated = !separator.is_empty();
    for (i, text) in texts.enumerate() {
        if i > 0 && separated {
            put(separator);
        }
        put(text);
    }
}

/// Copies as many bytes, which are few as a rule.
#[inline(always)]
fn copy_bytes(from: &[u8], to: &mut [u8]) {
    if let [one] = from {
        to[0] = *one;
    } else {
        to.copy_from_slice(from);
    }
}

/// Appends to a string that nobody else holds: in place where there is room.
pub fn append(left: Owned<Str>, right: &Str) -> Owned<Str> {
    let grows = left.as_object().refcount() == 1
        && left.as_object().is_exact::<Str>()
        && !left.is_interned()
        && left.kind() >= right.kind()
        && (!left.is_ascii() || right.is_ascii())
        && !left.is_empty();
    if grows {
        Str::grow(left, right)
    } else {
        concat(&left, right)
    }
}
