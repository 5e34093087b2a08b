//! Subscription of `bytearray`: reading, assigning and deleting items and slices.

use super::ByteArray;
use crate::object::{Layout, Object};
use crate::py::{Py, PyResult};
use crate::types::buffer;
use crate::types::bytes::BytesLike;
use crate::types::bytes::argument::byte;
use crate::types::bytes::methods::sliced;
use crate::types::sequence::{self, position};
use crate::types::slice::Slice;
use crate::types::str::Str;
use crate::value::Value;

pub(super) fn item(py: Py, this: &ByteArray, at: Option<usize>) -> PyResult {
    match at.and_then(|at| this.as_slice().get(at)) {
        Some(byte) => Ok(Value::int(i64::from(*byte))),
        None => crate::raise!(py, IndexError, "bytearray index out of range"),
    }
}

pub(super) fn subscript(py: Py, this: &ByteArray, key: &Object) -> PyResult {
    if let Some(slice) = key.downcast::<Slice>() {
        return sliced(py, this, slice).map(Value::from);
    }
    let index = sequence::index_argument(py, &Value::unboxed(key), "bytearray")?;
    item(py, this, position(index, this.len()))
}

/// Replaces the bytes of a range; the new ones may be more or fewer.
pub(super) fn replace_range(
    py: Py,
    this: &ByteArray,
    start: usize,
    end: usize,
    new: &[u8],
) -> PyResult<()> {
    let (len, removed) = (this.len(), end - start);
    if new.len() != removed {
        this.check_resizable(py)?;
    }
    if new.len() < removed {
        let fewer = removed - new.len();
        if start == 0 {
            this.drop_front(fewer);
        } else {
            this.as_mut_slice().copy_within(end.., start + new.len());
            this.resize(py, len - fewer)?;
        }
    } else if new.len() > removed {
        this.resize(py, len + new.len() - removed)?;
        this.as_mut_slice().copy_within(end..len, start + new.len());
    }
    this.as_mut_slice()[start..start + new.len()].copy_from_slice(new);
    Ok(())
}

/// `this[key] = value`, or `del this[key]`.
pub(super) fn assign(
    py: Py,
    this: &ByteArray,
    key: &Object,
    value: Option<&Object>,
) -> PyResult<()> {
    if let Some(slice) = key.downcast::<Slice>() {
        return match value {
            Some(value) => assign_slice(py, this, slice, &Value::unboxed(value)),
            None => delete_slice(py, this, slice),
        };
    }
    let index = sequence::index_argument(py, &Value::unboxed(key), "bytearray")?;
    assign_at(py, this, |len| position(index, len), value)
}

/// As `assign`, for an index that `at` finds for the length.
pub(super) fn assign_at(
    py: Py,
    this: &ByteArray,
    at: impl Fn(usize) -> Option<usize>,
    value: Option<&Object>,
) -> PyResult<()> {
    let out_of_range = || crate::raise!(py, IndexError, "bytearray index out of range");
    let new = match value {
        // Converting may run code that changes the array.
        Some(value) if at(this.len()).is_some() => Some(byte(py, &Value::unboxed(value))?),
        _ => None,
    };
    match (at(this.len()), new) {
        (None, _) => out_of_range(),
        (Some(at), Some(new)) => {
            this.as_mut_slice()[at] = new;
            Ok(())
        }
        (Some(at), None) => replace_range(py, this, at, at + 1, &[]),
    }
}

/// The bytes that are assigned to a slice.
fn new_bytes<'a>(py: Py, value: &'a Value) -> PyResult<NewBytes<'a>> {
    if value.downcast::<ByteArray>().is_some() {
        // It may be the array itself, which an export would hold in place.
        return BytesLike::new(py, value).map(|b| NewBytes::Copied(b.to_vec()));
    }
    if buffer::has_buffer(value) {
        return BytesLike::new(py, value).map(NewBytes::Lent);
    }
    let is_number = crate::protocol::number::is_index(value)
        || value.as_double().is_some()
        || value.downcast::<crate::types::float::Float>().is_some();
    if is_number || value.downcast::<Str>().is_some() {
        return crate::raise!(
            py,
            TypeError,
            "can assign only bytes, buffers, or iterables of ints in range(0, 256)"
        );
    }
    let mut all = Vec::new();
    crate::types::bytes::build::each_item(py, value, "bytearray", byte, |byte| {
        krait_text::memory::make_room(&mut all, 1);
        all.push(byte);
        Ok(())
    })?;
    Ok(NewBytes::Copied(all))
}

enum NewBytes<'a> {
    Lent(BytesLike<'a>),
    Copied(Vec<u8>),
}

impl std::ops::Deref for NewBytes<'_> {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match self {
            NewBytes::Lent(bytes) => bytes,
            NewBytes::Copied(bytes) => bytes,
        }
    }
}

fn assign_slice(py: Py, this: &ByteArray, slice: &Slice, value: &Value) -> PyResult<()> {
    let new = new_bytes(py, value)?;
    let (start, stop, step, count) = slice.unpack(py)?.adjust(this.len());
    if step == 1 {
        return replace_range(py, this, start as usize, stop.max(start) as usize, &new);
    }
    if new.len() != count {
        // An empty value deletes, as CPython does.
        if new.is_empty() {
            return delete_picked(py, this, start, step, count);
        }
        return crate::raise!(
            py,
            ValueError,
            "attempt to assign bytes of size {} to extended slice of size {count}",
            new.len()
        );
    }
    let data = this.as_mut_slice();
    for (i, byte) in new.iter().enumerate() {
        data[(start + i as isize * step) as usize] = *byte;
    }
    Ok(())
}

fn delete_slice(py: Py, this: &ByteArray, slice: &Slice) -> PyResult<()> {
    let (start, stop, step, count) = slice.unpack(py)?.adjust(this.len());
    if step == 1 {
        return replace_range(py, this, start as usize, stop.max(start) as usize, &[]);
    }
    delete_picked(py, this, start, step, count)
}

fn delete_picked(
    py: Py,
    this: &ByteArray,
    start: isize,
    step: isize,
    count: usize,
) -> PyResult<()> {
    if count == 0 {
        return Ok(());
    }
    this.check_resizable(py)?;
    let (start, step) = match step < 0 {
        true => (start + step * (count as isize - 1), -step),
        false => (start, step),
    };
    let (start, step) = (start as usize, step as usize);
    let data = this.as_mut_slice();
    let (mut to, last) = (start, start + (count - 1) * step);
    for at in start..data.len() {
        let goes = at <= last && (at - start).is_multiple_of(step);
        if !goes {
            data[to] = data[at];
            to += 1;
        }
    }
    this.resize(py, to)
}

/// `iter` of the class that `this` is of.
pub(super) fn class_of(this: &ByteArray) -> Value {
    Value::from(Layout::to_owned(this.as_object().ty()))
}
