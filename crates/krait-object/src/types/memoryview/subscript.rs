//! Subscription of memory views: items, slices, tuples of indices.

use krait_abi::*;

use super::MemoryView;
use super::element::{Element, format_of};
use super::region::{Region, with_region};
use crate::object::{Layout, Object, Owned};
use crate::protocol::number;
use crate::py::{Py, PyResult};
use crate::types::buffer::Buffer;
use crate::types::slice::Slice;
use crate::types::tuple::Tuple;
use crate::value::Value;

#[cold]
fn not_implemented<T>(py: Py, text: &str) -> PyResult<T> {
    crate::raise!(py, NotImplementedError, "{text}")
}

#[cold]
fn scalar_index<T>(py: Py) -> PyResult<T> {
    crate::raise!(py, TypeError, "invalid indexing of 0-dim memory")
}

#[cold]
fn invalid_key<T>(py: Py) -> PyResult<T> {
    crate::raise!(py, TypeError, "memoryview: invalid slice key")
}

/// What an index of a dimension selects.
fn step_into<'a>(
    py: Py,
    region: Region<'a>,
    index: isize,
    dimension: usize,
) -> PyResult<Region<'a>> {
    match crate::types::sequence::position(index, region.shape[0] as usize) {
        Some(at) => Ok(region.inner(at as isize)),
        None => crate::raise!(
            py,
            IndexError,
            "index out of bounds on dimension {dimension}"
        ),
    }
}

/// `this[index]` of one dimension.
pub(super) fn item(py: Py, this: &MemoryView, index: isize) -> PyResult {
    this.check(py)?;
    let element = Element::supported(py, this.view())?;
    match this.ndim() {
        0 => scalar_index(py),
        1 => {
            let at = step_into(py, this.region(), index, 1)?;
            // SAFETY: the region has an item there.
            Ok(unsafe { element.read(at.data) })
        }
        _ => not_implemented(py, "multi-dimensional sub-views are not implemented"),
    }
}

/// The address that a tuple of indices stands for.
fn at_indices(py: Py, this: &MemoryView, key: &Tuple) -> PyResult<*mut u8> {
    let mut indices = Vec::with_capacity(key.len());
    for index in key.as_values() {
        indices.push(number::to_index(py, index, &crate::exceptions::IndexError)?);
    }
    this.check(py)?;
    let ndim = this.ndim();
    if indices.len() > ndim {
        return crate::raise!(
            py,
            TypeError,
            "cannot index {ndim}-dimension view with {}-element tuple",
            indices.len()
        );
    }
    let mut region = this.region();
    for (i, index) in indices.into_iter().enumerate() {
        region = step_into(py, region, index, i + 1)?;
    }
    Ok(region.data)
}

fn all_indices(key: &Tuple) -> bool {
    key.as_values().iter().all(number::is_index)
}

fn all_slices(key: &Tuple) -> bool {
    !key.is_empty() && key.iter().all(|k| k.downcast::<Slice>().is_some())
}

pub(super) fn subscript(py: Py, this: &MemoryView, key: &Object) -> PyResult {
    this.check(py)?;
    if this.ndim() == 0 {
        if key.downcast::<Tuple>().is_some_and(Tuple::is_empty) {
            let element = Element::supported(py, this.view())?;
            // SAFETY: the memory is a single item.
            return Ok(unsafe { element.read(this.region().data) });
        }
        if key.is(crate::singletons::ellipsis()) {
            return Ok(Value::from(Layout::to_owned(this)));
        }
        return scalar_index(py);
    }
    let value = Value::unboxed(key);
    if number::is_index(&value) {
        let index = number::to_index(py, &value, &crate::exceptions::IndexError)?;
        return item(py, this, index);
    }
    if let Some(slice) = key.downcast::<Slice>() {
        this.check_restricted(py)?;
        return sliced(py, this, slice).map(Value::from);
    }
    if let Some(key) = key.downcast::<Tuple>() {
        if all_indices(key) {
            let element = Element::supported(py, this.view())?;
            if key.len() < this.ndim() {
                return not_implemented(py, "sub-views are not implemented");
            }
            let at = at_indices(py, this, key)?;
            // SAFETY: the region has an item there.
            return Ok(unsafe { element.read(at) });
        }
        if all_slices(key) {
            return not_implemented(py, "multi-dimensional slicing is not implemented");
        }
    }
    invalid_key(py)
}

/// A view of what a slice of the first dimension selects.
fn sliced(py: Py, this: &MemoryView, slice: &Slice) -> PyResult<Owned<MemoryView>> {
    // The new view keeps the memory in place while the slice is read.
    let view = this.again(py)?;
    let unpacked = slice.unpack(py)?;
    // SAFETY: the new view is not yet known to anyone, and has at least one dimension.
    unsafe {
        let raw = &mut (*view.raw()).view;
        let (start, _stop, step, count) = unpacked.adjust(*raw.shape as usize);
        let moved = (*raw.strides).wrapping_mul(start);
        raw.buf = raw.buf.cast::<u8>().wrapping_offset(moved).cast();
        *raw.shape = count as isize;
        *raw.strides = (*raw.strides).wrapping_mul(step);
        let shape = std::slice::from_raw_parts(raw.shape, raw.ndim as usize);
        raw.len = shape.iter().product::<isize>() * raw.itemsize;
    }
    view.set_flags();
    Ok(view)
}

/// Writes an item.
fn write(
    py: Py,
    this: &MemoryView,
    at: impl FnOnce() -> PyResult<*mut u8>,
    value: &Value,
) -> PyResult<()> {
    let element = Element::supported(py, this.view())?;
    let packed = element.pack(py, this.view(), value)?;
    // Converting ran Python code: the view may have been released.
    this.check(py)?;
    let at = at()?;
    // SAFETY: the region has a writable item there.
    unsafe { std::ptr::copy_nonoverlapping(packed.as_ptr(), at, element.size()) }
    Ok(())
}

pub(super) fn assign(
    py: Py,
    this: &MemoryView,
    key: &Object,
    value: Option<&Object>,
) -> PyResult<()> {
    this.check(py)?;
    Element::supported(py, this.view())?;
    if this.view().readonly != 0 {
        return crate::raise!(py, TypeError, "cannot modify read-only memory");
    }
    let Some(value) = value.map(Value::unboxed) else {
        return crate::raise!(py, TypeError, "cannot delete memory");
    };
    if this.ndim() == 0 {
        let whole = key.is(crate::singletons::ellipsis())
            || key.downcast::<Tuple>().is_some_and(Tuple::is_empty);
        return match whole {
            true => write(py, this, || Ok(this.region().data), &value),
            false => scalar_index(py),
        };
    }
    let index = Value::unboxed(key);
    if number::is_index(&index) {
        if this.ndim() > 1 {
            return not_implemented(py, "sub-views are not implemented");
        }
        let index = number::to_index(py, &index, &crate::exceptions::IndexError)?;
        this.check(py)?;
        let at = step_into(py, this.region(), index, 1)?.data;
        return write(py, this, || Ok(at), &value);
    }
    if let Some(slice) = key.downcast::<Slice>() {
        if this.ndim() == 1 {
            return assign_slice(py, this, slice, &value);
        }
        return not_implemented(
            py,
            "memoryview slice assignments are currently restricted to ndim = 1",
        );
    }
    if let Some(key) = key.downcast::<Tuple>() {
        if all_indices(key) {
            if key.len() < this.ndim() {
                return not_implemented(py, "sub-views are not implemented");
            }
            let at = at_indices(py, this, key)?;
            return write(py, this, || Ok(at), &value);
        }
        if all_slices(key) {
            return not_implemented(
                py,
                "memoryview slice assignments are currently restricted to ndim = 1",
            );
        }
    }
    invalid_key(py)
}

fn assign_slice(py: Py, this: &MemoryView, slice: &Slice, value: &Value) -> PyResult<()> {
    let source = Buffer::with_flags(py, value, PyBUF_FULL_RO)?;
    let target = sliced(py, this, slice)?;
    this.check(py)?;
    let strip = |view: &Py_buffer| match format_of(view) {
        [b'@', rest @ ..] => rest.to_vec(),
        format => format.to_vec(),
    };
    let same_format = strip(source.raw()) == strip(target.view());
    let copied = with_region(source.raw(), |from| {
        let to = target.region();
        let same = same_format && from.itemsize == to.itemsize && from.shape == to.shape;
        same.then(|| to.copy_from(&from))
    });
    match copied {
        None => crate::raise!(
            py,
            ValueError,
            "memoryview assignment: lvalue and rvalue have different structures"
        ),
        Some(None) => crate::errors::no_memory(),
        Some(Some(())) => Ok(()),
    }
}
