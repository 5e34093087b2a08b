//! Making `bytes` and `bytearray`: from constructor arguments, by concatenation,
//! repetition and joining.

use super::{ByteString, Bytes, BytesLike};
use crate::object::{Layout, Object, Owned};
use crate::protocol::{self, number};
use crate::py::{Py, PyResult};
use crate::types::buffer;
use crate::types::list::List;
use crate::types::memoryview;
use crate::types::str::Str;
use crate::types::str::methods::construct;
use crate::types::tuple::Tuple;
use crate::value::Value;
use krait_text::memory::make_room;

/// What a constructor's `encoding` and `errors` ask for: the encoded text, or `None`
/// where neither is given. The text of an encoding that has no string is an error.
pub fn encoded(
    py: Py,
    source: Option<&Value>,
    encoding: Option<&Value>,
    errors: Option<&Value>,
    function: &str,
) -> PyResult<Option<Owned<Bytes>>> {
    if encoding.is_none() && errors.is_none() {
        return match source.and_then(|s| s.downcast::<Str>()) {
            Some(_) => crate::raise!(py, TypeError, "string argument without an encoding"),
            None => Ok(None),
        };
    }
    let encoding = construct::name(py, encoding, "encoding", function)?;
    let errors = construct::name(py, errors, "errors", function)?;
    match (source.and_then(|s| s.downcast::<Str>()), encoding) {
        (Some(text), Some(encoding)) => {
            construct::encode_with(py, text, &encoding, errors.as_deref().unwrap_or("strict"))
                .map(Some)
        }
        (Some(_), None) => crate::raise!(py, TypeError, "string argument without an encoding"),
        (None, Some(_)) => crate::raise!(py, TypeError, "encoding without a string argument"),
        (None, None) => crate::raise!(py, TypeError, "errors without a string argument"),
    }
}

/// A count given to a constructor; `None` where the value is no index after all.
pub fn count(py: Py, source: &Value) -> PyResult<Option<usize>> {
    if !number::is_index(source) {
        return Ok(None);
    }
    let count = number::to_index(py, source, &crate::exceptions::OverflowError);
    match crate::errors::suppress(py, count, &crate::exceptions::TypeError)? {
        None => Ok(None),
        Some(count) => match usize::try_from(count) {
            Ok(count) => Ok(Some(count)),
            Err(_) => crate::raise!(py, ValueError, "negative count"),
        },
    }
}

/// The items of an iterable as bytes, each pushed by `push`.
pub fn each_item(
    py: Py,
    source: &Value,
    what: &str,
    convert: fn(Py, &Value) -> PyResult<u8>,
    mut push: impl FnMut(u8) -> PyResult<()>,
) -> PyResult<()> {
    let mut items = items_of(py, source, what)?;
    while let Some(item) = items.next(py)? {
        push(convert(py, &item)?)?;
    }
    Ok(())
}

/// An iterator over what bytes are made of.
fn items_of(py: Py, source: &Value, what: &str) -> PyResult<protocol::Iter> {
    let iterable = source.downcast::<Str>().is_none()
        && source
            .as_object()
            .is_some_and(|o| o.ty().raw().tp_iter.is_some() || protocol::iter::is_sequence(o));
    if iterable {
        let items = protocol::Iter::new(py, source);
        if let Some(items) = crate::errors::suppress(py, items, &crate::exceptions::TypeError)? {
            return Ok(items);
        }
    }
    crate::raise!(
        py,
        TypeError,
        "cannot convert '{}' object to {what}",
        source.ty().name()
    )
}

fn constructor_byte(py: Py, item: &Value) -> PyResult<u8> {
    let number = match item.as_small_int() {
        Some(number) => number as isize,
        None => number::to_clipped_index(py, item)?,
    };
    match u8::try_from(number) {
        Ok(byte) => Ok(byte),
        Err(_) => crate::raise!(py, ValueError, "bytes must be in range(0, 256)"),
    }
}

/// `bytes(source)` of something that is no string and no count (`PyBytes_FromObject`).
pub fn from_object(py: Py, source: &Value) -> PyResult<Owned<Bytes>> {
    if let Some(bytes) = source.downcast_exact::<Bytes>() {
        return Ok(Layout::to_owned(bytes));
    }
    if buffer::has_buffer(source) {
        return memoryview::copy_of(py, source);
    }
    let mut items = items_of(py, source, "bytes")?;
    let mut out = Vec::with_capacity(protocol::length_hint(py, source, 64)?.min(1 << 20));
    while let Some(item) = items.next(py)? {
        make_room(&mut out, 1);
        out.push(constructor_byte(py, &item)?);
    }
    Ok(Bytes::new(&out))
}

/// `bytes(source, encoding, errors)`.
pub fn construct_bytes(
    py: Py,
    source: Option<&Value>,
    encoding: Option<&Value>,
    errors: Option<&Value>,
) -> PyResult<Owned<Bytes>> {
    if let Some(source) = source
        && encoding.is_none()
        && errors.is_none()
    {
        if let Some(bytes) = source.downcast_exact::<Bytes>() {
            return Ok(Layout::to_owned(bytes));
        }
        if let Some(made) = by_special_method(py, source)? {
            return Ok(made);
        }
    }
    if let Some(made) = encoded(py, source, encoding, errors, "bytes")? {
        return Ok(made);
    }
    let Some(source) = source else {
        return Ok(Bytes::new(&[]));
    };
    match count(py, source)? {
        Some(count) => Bytes::try_build(count, |_| ()),
        None => from_object(py, source),
    }
}

/// The result of `__bytes__`, where there is one.
pub fn by_special_method(py: Py, source: &Value) -> PyResult<Option<Owned<Bytes>>> {
    let Some(object) = source.as_object() else {
        return Ok(None);
    };
    let Some(made) = protocol::call_special(py, object, crate::intern!("__bytes__"), &[])? else {
        return Ok(None);
    };
    match made.into_object().downcast_owned::<Bytes>() {
        Ok(bytes) => Ok(Some(bytes)),
        Err(other) => {
            crate::raise!(
                py,
                TypeError,
                "__bytes__ returned non-bytes (type {})",
                other.ty().name()
            )
        }
    }
}

/// `a + b`: of the type of `a`.
pub fn concat<T: ByteString>(py: Py, this: &T, other: &Object) -> PyResult<Owned<T>> {
    let value = Value::from(other.to_owned());
    if !buffer::has_buffer(&value) {
        let (of, to) = (other.ty().name(), this.as_object().ty().name());
        return crate::raise!(py, TypeError, "can't concat {of} to {to}");
    }
    let tail = BytesLike::new(py, &value)?;
    let head = this.data();
    if tail.is_empty() {
        return Ok(this.whole());
    }
    if head.is_empty()
        && let Some(other) = other.downcast_exact::<T>()
    {
        return Ok(other.whole());
    }
    T::try_build(head.len() + tail.len(), |out| {
        out[..head.len()].copy_from_slice(head);
        out[head.len()..].copy_from_slice(&tail);
    })
}

/// Fills a slice with copies of its first `unit` bytes.
pub fn fill_repeated(out: &mut [u8], unit: usize) {
    if unit == 1 {
        return out.fill(out[0]);
    }
    let mut done = unit;
    while done < out.len() {
        let next = done.min(out.len() - done);
        let (from, to) = out.split_at_mut(done);
        to[..next].copy_from_slice(&from[..next]);
        done += next;
    }
}

/// The length of something repeated, or `None` where it is too large.
pub fn repeated_length(len: usize, count: isize) -> Option<usize> {
    let count = usize::try_from(count).unwrap_or(0);
    len.checked_mul(count)
        .filter(|&total| total <= isize::MAX as usize)
}

/// `this * count`.
pub fn repeat<T: ByteString>(py: Py, this: &T, count: isize) -> PyResult<Owned<T>> {
    let data = this.data();
    let Some(total) = repeated_length(data.len(), count) else {
        if T::type_object().is(&super::BYTES) {
            return crate::raise!(py, OverflowError, "repeated bytes are too long");
        }
        return crate::errors::no_memory();
    };
    if total == data.len() {
        return Ok(this.whole());
    }
    if total == 0 {
        return Ok(T::of(&[]));
    }
    T::try_build(total, |out| {
        out[..data.len()].copy_from_slice(data);
        fill_repeated(out, data.len());
    })
}

/// `this.join(items)`.
pub fn join<T: ByteString>(py: Py, this: &T, items: &Value) -> PyResult<Owned<T>> {
    let _pin = this.pin();
    if let Some(tuple) = items.downcast_exact::<Tuple>() {
        return join_values(py, this, tuple.as_values(), &|| true);
    }
    if let Some(list) = items.downcast_exact::<List>() {
        let all: Vec<Value> = list.to_vec().into_iter().map(Value::from).collect();
        return join_values(py, this, &all, &|| list.len() == all.len());
    }
    let iterable = items
        .as_object()
        .is_some_and(|o| o.ty().raw().tp_iter.is_some() || protocol::iter::is_sequence(o));
    if !iterable {
        return crate::raise!(py, TypeError, "can only join an iterable");
    }
    join_values(py, this, &protocol::iter::collect(py, items)?, &|| true)
}

/// The items' bytes; getting them may run code, after which `unchanged` is asked.
fn parts_of<'a>(
    py: Py,
    items: &'a [Value],
    unchanged: &dyn Fn() -> bool,
) -> PyResult<Vec<BytesLike<'a>>> {
    let mut parts = Vec::with_capacity(items.len());
    for (i, item) in items.iter().enumerate() {
        if !buffer::has_buffer(item) {
            let got = item.ty().name();
            return crate::raise!(
                py,
                TypeError,
                "sequence item {i}: expected a bytes-like object, {got} found"
            );
        }
        parts.push(BytesLike::new(py, item)?);
        if !unchanged() {
            return crate::raise!(py, RuntimeError, "sequence changed size during iteration");
        }
    }
    Ok(parts)
}

fn join_values<T: ByteString>(
    py: Py,
    this: &T,
    items: &[Value],
    unchanged: &dyn Fn() -> bool,
) -> PyResult<Owned<T>> {
    if let [only] = items
        && let Some(only) = only.downcast_exact::<T>()
    {
        return Ok(only.whole());
    }
    let parts = parts_of(py, items, unchanged)?;
    let separator = this.data();
    let between = separator
        .len()
        .saturating_mul(parts.len().saturating_sub(1));
    let total = parts
        .iter()
        .fold(between, |total, part| total.saturating_add(part.len()));
    if total > isize::MAX as usize {
        return crate::raise!(py, OverflowError, "join() result is too long");
    }
    T::try_build(total, |out| {
        let mut rest = out;
        let mut put = |data: &[u8]| {
            let (to, after) = std::mem::take(&mut rest).split_at_mut(data.len());
            to.copy_from_slice(data);
            rest = after;
        };
        for (i, part) in parts.iter().enumerate() {
            if i > 0 {
                put(separator);
            }
            put(part);
        }
    })
}
