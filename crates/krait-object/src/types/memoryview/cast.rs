//! `memoryview.cast`: the same bytes with another format and shape.

use super::element::{Element, format_of, static_format};
use super::{MemoryView, too_many_dimensions};
use krait_abi::{_Py_MEMORYVIEW_C, _Py_MEMORYVIEW_SCALAR, PyBUF_MAX_NDIM};

use crate::object::Owned;
use crate::protocol::number;
use crate::py::{Py, PyResult};
use crate::types::int::Int;
use crate::types::list::List;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::value::Value;

/// The lengths in a `shape` argument.
fn dimensions(py: Py, shape: &Value) -> PyResult<Vec<Value>> {
    let values = match (shape.downcast::<Tuple>(), shape.downcast::<List>()) {
        (Some(tuple), _) => tuple.as_values().to_vec(),
        (_, Some(list)) => list.to_vec().into_iter().map(Value::from).collect(),
        _ => return crate::raise!(py, TypeError, "shape must be a list or a tuple"),
    };
    if values.len() > PyBUF_MAX_NDIM as usize {
        return too_many_dimensions(py);
    }
    Ok(values)
}

fn lengths(py: Py, values: &[Value], itemsize: isize) -> PyResult<(Vec<isize>, isize)> {
    let (mut all, mut product) = (Vec::with_capacity(values.len()), itemsize);
    for value in values {
        if value.as_small_int().is_none() && value.downcast::<Int>().is_none() {
            return crate::raise!(
                py,
                TypeError,
                "memoryview.cast(): elements of shape must be integers"
            );
        }
        let length = number::to_index(py, value, &crate::exceptions::OverflowError)?;
        if length <= 0 {
            return crate::raise!(
                py,
                ValueError,
                "memoryview.cast(): elements of shape must be integers > 0"
            );
        }
        product = match product.checked_mul(length) {
            Some(product) => product,
            None => {
                return crate::raise!(
                    py,
                    ValueError,
                    "memoryview.cast(): product(shape) > SSIZE_MAX"
                );
            }
        };
        all.push(length);
    }
    Ok((all, product))
}

/// The format, and the item's size, that a view may be cast to.
fn target(py: Py, this: &MemoryView, format: &Str) -> PyResult<(&'static std::ffi::CStr, isize)> {
    let text = format.to_rust();
    let element = Element::parse(text.as_bytes());
    let (Some(element), Some(format)) = (element, static_format(text.as_bytes())) else {
        return crate::raise!(
            py,
            ValueError,
            "memoryview: destination format must be a native single character format prefixed with an optional '@'"
        );
    };
    let from_bytes = Element::parse(format_of(this.view())).is_some_and(Element::is_byte);
    if !from_bytes && !element.is_byte() {
        return crate::raise!(
            py,
            TypeError,
            "memoryview: cannot cast between two non-byte formats"
        );
    }
    if !this
        .view()
        .len
        .unsigned_abs()
        .is_multiple_of(element.size())
    {
        return crate::raise!(
            py,
            TypeError,
            "memoryview: length is not a multiple of itemsize"
        );
    }
    Ok((format, element.size() as isize))
}

pub(super) fn cast(
    py: Py,
    this: &MemoryView,
    format: &Str,
    shape: Option<&Value>,
) -> PyResult<Owned<MemoryView>> {
    this.check_restricted(py)?;
    this.check(py)?;
    if this.flags() & (_Py_MEMORYVIEW_SCALAR | _Py_MEMORYVIEW_C) == 0 {
        return crate::raise!(
            py,
            TypeError,
            "memoryview: casts are restricted to C-contiguous views"
        );
    }
    let region = this.region();
    if (shape.is_some() || this.ndim() != 1)
        && (region.shape.contains(&0) || region.strides.contains(&0))
    {
        return crate::raise!(
            py,
            TypeError,
            "memoryview: cannot cast view with zeros in shape or strides"
        );
    }
    let shape = match shape {
        Some(shape) => Some(dimensions(py, shape)?),
        None => None,
    };
    let ndim = shape.as_ref().map_or(1, Vec::len);
    if ndim != 1 && this.ndim() != 1 && shape.is_some() {
        return crate::raise!(
            py,
            TypeError,
            "memoryview: cast must be 1D -> ND or ND -> 1D"
        );
    }
    let (format, itemsize) = target(py, this, format)?;
    let len = this.view().len;
    let shape = match shape {
        None => vec![len / itemsize],
        Some(values) => {
            let (lengths, total) = lengths(py, &values, itemsize)?;
            if total != len {
                return crate::raise!(
                    py,
                    TypeError,
                    "memoryview: product(shape) * itemsize != buffer size"
                );
            }
            lengths
        }
    };
    reshaped(py, this, format, itemsize, &shape)
}

/// A view of the same contiguous memory with another format and shape.
pub(super) fn reshaped(
    py: Py,
    this: &MemoryView,
    format: &'static std::ffi::CStr,
    itemsize: isize,
    shape: &[isize],
) -> PyResult<Owned<MemoryView>> {
    let mut from = *this.view();
    from.format = format.as_ptr().cast_mut();
    from.itemsize = itemsize;
    from.ndim = shape.len() as i32;
    from.shape = shape.as_ptr().cast_mut();
    from.strides = std::ptr::null_mut();
    from.suboffsets = std::ptr::null_mut();
    MemoryView::over(py, this.managed(), &from, shape.len())
}
