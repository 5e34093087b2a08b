//! Methods that change a `bytearray`.

use super::{ByteArray, slices};
use crate::native::TypeBuilder;
use crate::object::{Layout, Object, Owned};
use crate::protocol::number;
use crate::py::{Py, PyResult};
use crate::types::buffer;
use crate::types::bytes::argument::byte;
use crate::types::bytes::{BytesLike, build};
use crate::types::str::Str;
use crate::value::Value;

/// Appends bytes; they are not the array's own.
pub(super) fn push_all(py: Py, this: &ByteArray, data: &[u8]) -> PyResult<()> {
    let len = this.len();
    if data.is_empty() {
        return Ok(());
    }
    this.resize(py, len + data.len())?;
    this.as_mut_slice()[len..].copy_from_slice(data);
    Ok(())
}

/// Appends one byte.
#[inline]
pub fn push(py: Py, this: &ByteArray, byte: u8) -> PyResult<()> {
    let len = this.len();
    this.resize(py, len + 1)?;
    this.as_mut_slice()[len] = byte;
    Ok(())
}

fn append(py: Py, this: &ByteArray, item: &Value) -> PyResult<()> {
    let item = byte(py, item)?;
    push(py, this, item)
}

pub(super) fn extend(py: Py, this: &ByteArray, items: &Value) -> PyResult<()> {
    if buffer::has_buffer(items) {
        // Getting the buffer may run code that changes the array.
        let end = this.len();
        let held = BytesLike::new(py, items)?;
        let at = end.min(this.len());
        if items.downcast::<ByteArray>().is_some() {
            let copy = held.to_vec();
            drop(held);
            return slices::replace_range(py, this, at, at, &copy);
        }
        return slices::replace_range(py, this, at, at, &held);
    }
    if items.downcast::<Str>().is_some() {
        return crate::raise!(py, TypeError, "expected iterable of integers; got: 'str'");
    }
    let iterator = crate::errors::suppress(
        py,
        crate::protocol::Iter::new(py, items),
        &crate::exceptions::TypeError,
    )?;
    let Some(mut iterator) = iterator else {
        return crate::raise!(
            py,
            TypeError,
            "can't extend bytearray with {}",
            items.ty().name()
        );
    };
    crate::protocol::length_hint(py, items, 32)?;
    // All are collected first: an error in the middle leaves the array as it was.
    let mut all = Vec::new();
    while let Some(item) = iterator.next(py)? {
        krait_text::memory::make_room(&mut all, 1);
        all.push(byte(py, &item)?);
    }
    push_all(py, this, &all)
}

fn insert(py: Py, this: &ByteArray, index: isize, item: &Value) -> PyResult<()> {
    let item = byte(py, item)?;
    let len = this.len();
    if len == isize::MAX as usize {
        return crate::raise!(py, OverflowError, "cannot add more objects to bytearray");
    }
    let at = if index < 0 {
        index.saturating_add(len as isize).max(0)
    } else {
        index
    };
    let at = (at as usize).min(len);
    this.check_resizable(py)?;
    slices::replace_range(py, this, at, at, &[item])
}

fn pop(py: Py, this: &ByteArray, index: Option<isize>) -> PyResult<u8> {
    let len = this.len();
    if len == 0 {
        return crate::raise!(py, IndexError, "pop from empty bytearray");
    }
    let Some(at) = crate::types::sequence::position(index.unwrap_or(-1), len) else {
        return crate::raise!(py, IndexError, "pop index out of range");
    };
    this.check_resizable(py)?;
    let byte = this.as_slice()[at];
    slices::replace_range(py, this, at, at + 1, &[])?;
    Ok(byte)
}

fn remove(py: Py, this: &ByteArray, value: &Value) -> PyResult<()> {
    let value = byte(py, value)?;
    match this.as_slice().iter().position(|b| *b == value) {
        Some(at) => slices::replace_range(py, this, at, at + 1, &[]),
        None => crate::raise!(py, ValueError, "value not found in bytearray"),
    }
}

fn resize(py: Py, this: &ByteArray, size: isize) -> PyResult<()> {
    let Ok(size) = usize::try_from(size) else {
        return crate::raise!(
            py,
            ValueError,
            "Can only resize to positive sizes, got {size}"
        );
    };
    let old = this.len();
    this.resize(py, size)?;
    if size > old {
        this.as_mut_slice()[old..].fill(0);
    }
    Ok(())
}

/// `this += other`.
pub(super) fn inplace_concat(
    py: Py,
    this: &ByteArray,
    other: &Object,
) -> PyResult<Owned<ByteArray>> {
    let value = Value::from(other.to_owned());
    if !buffer::has_buffer(&value) {
        let (of, to) = (other.ty().name(), this.as_object().ty().name());
        return crate::raise!(py, TypeError, "can't concat {of} to {to}");
    }
    // The array's own export refuses `a += a`, as in CPython.
    push_all(py, this, &BytesLike::new(py, &value)?)?;
    Ok(Layout::to_owned(this))
}

/// `this *= count`.
pub(super) fn inplace_repeat(py: Py, this: &ByteArray, count: isize) -> PyResult<Owned<ByteArray>> {
    let len = this.len();
    let Some(total) = build::repeated_length(len, count) else {
        return crate::errors::no_memory();
    };
    this.resize(py, total)?;
    if total > len {
        build::fill_repeated(this.as_mut_slice(), len);
    }
    Ok(Layout::to_owned(this))
}

/// `bytearray.__init__`.
pub(super) fn init(
    py: Py,
    this: &ByteArray,
    source: Option<&Value>,
    encoding: Option<&Value>,
    errors: Option<&Value>,
) -> PyResult<()> {
    this.resize(py, 0)?;
    if let Some(encoded) = build::encoded(py, source, encoding, errors, "bytearray")? {
        return push_all(py, this, encoded.as_slice());
    }
    let Some(source) = source else { return Ok(()) };
    if number::is_index(source)
        && let Some(count) = build::count(py, source)?
    {
        return resize(py, this, count as isize);
    }
    if buffer::has_buffer(source) {
        let copy = crate::types::memoryview::bytes_of(py, source)?;
        return push_all(py, this, &copy);
    }
    let filled = build::each_item(py, source, "bytearray", byte, |byte| push(py, this, byte));
    if filled.is_err() && this.exports() == 0 {
        this.set_len(0);
    }
    filled
}

pub(super) fn define(b: &mut TypeBuilder<ByteArray>) {
    b.method("append($self, item, /)", append)
        .method("extend($self, iterable_of_ints, /)", extend)
        .method("insert($self, index, item, /)", insert)
        .method("pop($self, index=-1, /)", pop)
        .method("remove($self, value, /)", remove)
        .method("resize($self, size, /)", resize)
        .method("clear($self, /)", |py, this: &ByteArray| this.resize(py, 0))
        .method("reverse($self, /)", |_py, this: &ByteArray| {
            this.as_mut_slice().reverse()
        })
        .inplace_concat(inplace_concat)
        .inplace_repeat(inplace_repeat);
}
