//! Unpacking of iterables into registers.

use krait_bytecode::Word;
use krait_object::protocol;
use krait_object::py::{Py, PyResult, Raised};
use krait_object::raise;
use krait_object::types::dict::Dict;
use krait_object::types::list::List;
use krait_object::types::tuple::Tuple;
use krait_object::value::Value;

use crate::state::{Flow, State};

/// An iterator for unpacking, with the TypeError of unpacking.
fn iterator(py: Py, value: &Value) -> PyResult<protocol::Iter> {
    let iterable = value
        .as_object()
        .is_some_and(|o| o.ty().raw().tp_iter.is_some() || protocol::iter::is_sequence(o));
    if !iterable {
        return raise!(
            py,
            TypeError,
            "cannot unpack non-iterable {} object",
            value.ty().name()
        );
    }
    protocol::Iter::new(py, value)
}

fn too_few<T>(py: Py, least: &str, wanted: usize, got: usize) -> PyResult<T> {
    raise!(
        py,
        ValueError,
        "not enough values to unpack (expected {least}{wanted}, got {got})"
    )
}

/// "too many values", with the number of values where it is cheap to know.
fn too_many<T>(py: Py, wanted: usize, value: &Value) -> PyResult<T> {
    let exact = value.downcast_exact::<List>().map(|l| l.len());
    let exact = exact.or_else(|| value.downcast_exact::<Tuple>().map(|t| t.len()));
    let exact = exact.or_else(|| value.downcast_exact::<Dict>().map(|d| d.len()));
    match exact {
        Some(got) => raise!(
            py,
            ValueError,
            "too many values to unpack (expected {wanted}, got {got})"
        ),
        None => raise!(
            py,
            ValueError,
            "too many values to unpack (expected {wanted})"
        ),
    }
}

/// Exactly so many items.
fn exactly(py: Py, value: &Value, wanted: usize) -> PyResult<Vec<Value>> {
    if let Some(tuple) = value.downcast_exact::<Tuple>()
        && tuple.len() == wanted
    {
        return Ok(tuple.iter().map(Value::unboxed).collect());
    }
    let mut source = iterator(py, value)?;
    let mut items = Vec::with_capacity(wanted.min(1 << 16));
    while let Some(item) = source.next(py)? {
        if items.len() == wanted {
            return too_many(py, wanted, value);
        }
        items.push(item);
    }
    if items.len() < wanted {
        return too_few(py, "", wanted, items.len());
    }
    Ok(items)
}

/// The two items of an iterable.
#[inline]
pub fn two(py: Py, value: &Value) -> PyResult<(Value, Value)> {
    if let Some(tuple) = value.downcast_exact::<Tuple>()
        && let [a, b] = tuple.as_slice()
    {
        return Ok((Value::unboxed(a), Value::unboxed(b)));
    }
    let mut items = exactly(py, value, 2)?;
    match (items.pop(), items.pop()) {
        (Some(b), Some(a)) => Ok((a, b)),
        _ => too_few(py, "", 2, 0),
    }
}

pub fn UNPACK_PAIR(s: &mut State, w: Word) -> Flow {
    s.save();
    let value = s.take(w.c());
    match two(s.py, &value) {
        Ok((a, b)) => {
            drop(value);
            s.set_value(w.a(), a);
            s.set_value(w.b(), b);
            Flow::Next
        }
        Err(Raised) => Flow::Raise,
    }
}

pub fn UNPACK_SEQUENCE(s: &mut State, w: Word) -> Flow {
    s.save();
    let value = s.take(w.b());
    let count = w.c() as usize;
    if let Some(tuple) = value.downcast_exact::<Tuple>()
        && tuple.len() == count
    {
        for (i, item) in tuple.iter().enumerate() {
            s.set_value(w.a() + i as u16, Value::unboxed(item));
        }
        return Flow::Next;
    }
    match exactly(s.py, &value, count) {
        Ok(items) => {
            drop(value);
            for (i, item) in items.into_iter().enumerate() {
                s.set_value(w.a() + i as u16, item);
            }
            Flow::Next
        }
        Err(Raised) => Flow::Raise,
    }
}

pub fn UNPACK_EX(s: &mut State, w: Word) -> Flow {
    s.save();
    let value = s.take(w.b());
    let (before, after) = (w.flag() as usize, w.c() as usize);
    match with_middle(s.py, &value, before, after) {
        Ok(items) => {
            drop(value);
            for (i, item) in items.into_iter().enumerate() {
                s.set_value(w.a() + i as u16, item);
            }
            Flow::Next
        }
        Err(Raised) => Flow::Raise,
    }
}

/// The first items, the list of those between, the last ones.
fn with_middle(py: Py, value: &Value, before: usize, after: usize) -> PyResult<Vec<Value>> {
    let mut source = iterator(py, value)?;
    let mut items = Vec::with_capacity(before + after + 1);
    while items.len() < before {
        match source.next(py)? {
            Some(item) => items.push(item),
            None => return too_few(py, "at least ", before + after, items.len()),
        }
    }
    source.ask_length(py)?;
    let mut rest = Vec::new();
    while let Some(item) = source.next(py)? {
        krait_text::memory::make_room(&mut rest, 1);
        rest.push(item);
    }
    if rest.len() < after {
        return too_few(py, "at least ", before + after, before + rest.len());
    }
    let last = rest.split_off(rest.len() - after);
    items.push(Value::from(List::from_values(rest)));
    items.extend(last);
    Ok(items)
}
