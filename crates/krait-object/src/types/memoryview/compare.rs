//! Equality of memory views: by shape and by the items' values, whatever the formats.

use krait_abi::{Py_buffer, PyBUF_FULL_RO};

use super::element::{Element, format_of};
use super::region::{Region, with_region};
use super::{Hold, MemoryView};
use crate::object::{Layout, Object};
use crate::protocol::{self, CompareOp};
use crate::py::{Py, PyResult};
use crate::types::buffer::{self, Buffer};
use crate::types::bytes::Bytes;
use crate::types::sequence::not_implemented;
use crate::types::tuple::Tuple;
use crate::value::Value;

/// How items become values.
enum Unpacker {
    Native(Element),
    /// `unpack` of a `struct.Struct`.
    Struct(Value, usize),
}

impl Unpacker {
    /// `None` where the format is unknown even to `struct`.
    fn new(py: Py, view: &Py_buffer) -> PyResult<Option<Unpacker>> {
        if let Some(element) = Element::of(view) {
            return Ok(Some(Unpacker::Native(element)));
        }
        let module = crate::hooks::import_module(py, "struct")?;
        let class = protocol::get_attr_str(py, &module, "Struct")?;
        let format = super::element::format_text(view);
        let error = protocol::get_attr_str(py, &module, "error")?;
        let made = protocol::call(py, &class, &[Value::from(format)]);
        if let Some(error) = error.downcast::<crate::types::typeobject::Type>()
            && let Some(made) = crate::errors::suppress(py, made, error)?
        {
            let unpack = protocol::get_attr_str(py, &made, "unpack")?;
            return Ok(Some(Unpacker::Struct(unpack, view.itemsize as usize)));
        }
        Ok(None)
    }

    /// # Safety
    /// An item of the format stands at the address.
    unsafe fn read(&self, py: Py, at: *const u8) -> PyResult {
        match self {
            // SAFETY: as the contract says.
            Unpacker::Native(element) => Ok(unsafe { element.read(at) }),
            Unpacker::Struct(unpack, size) => {
                // SAFETY: as the contract says.
                let item = Bytes::new(unsafe { std::slice::from_raw_parts(at, *size) });
                let values = protocol::call(py, unpack, &[Value::from(item)])?;
                match values
                    .downcast::<Tuple>()
                    .filter(|t| t.len() == 1)
                    .and_then(|t| t.get(0))
                {
                    Some(only) => Ok(only),
                    None => Ok(values),
                }
            }
        }
    }
}

/// Equality of two regions' items.
fn equal_items(
    py: Py,
    a: Region<'_>,
    b: Region<'_>,
    unpack: &(Unpacker, Unpacker),
) -> PyResult<bool> {
    if a.shape.len() != b.shape.len() {
        return Ok(false);
    }
    let (Some(&length), Some(&other)) = (a.shape.first(), b.shape.first()) else {
        // SAFETY: the regions are single items.
        let (x, y) = unsafe { (unpack.0.read(py, a.data)?, unpack.1.read(py, b.data)?) };
        return protocol::equal(py, &x, &y);
    };
    if length != other {
        return Ok(false);
    }
    for i in 0..length {
        if !equal_items(py, a.inner(i), b.inner(i), unpack)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether shapes agree, up to a dimension without items.
fn same_shape(a: &Region<'_>, b: &Region<'_>) -> bool {
    if a.shape.len() != b.shape.len() {
        return false;
    }
    for (x, y) in a.shape.iter().zip(b.shape) {
        if x != y {
            return false;
        }
        if *x == 0 {
            break;
        }
    }
    true
}

fn equal_views(py: Py, a: &Py_buffer, b: &Py_buffer) -> PyResult<bool> {
    with_region(a, |x| {
        with_region(b, |y| {
            if !same_shape(&x, &y) {
                return Ok(false);
            }
            let plain = |e: Element| {
                !matches!(
                    e,
                    Element::Bool | Element::F16 | Element::F32 | Element::F64
                )
            };
            if format_of(a) == format_of(b)
                && Element::of(a).is_some_and(plain)
                && let (Some(x), Some(y)) = (x.as_contiguous(), y.as_contiguous())
            {
                return Ok(x == y);
            }
            match (Unpacker::new(py, a)?, Unpacker::new(py, b)?) {
                (Some(first), Some(second)) => equal_items(py, x, y, &(first, second)),
                _ => Ok(false),
            }
        })
    })
}

pub(super) fn compare(py: Py, this: &MemoryView, other: &Object, op: CompareOp) -> PyResult {
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(not_implemented());
    }
    let answer = |equal: bool| Ok(Value::bool(equal == (op == CompareOp::Eq)));
    let same = this.as_object().is(other);
    if this.is_released() {
        return answer(same);
    }
    let _hold = Hold::new(this);
    if let Some(view) = other.downcast::<MemoryView>() {
        if view.is_released() {
            return answer(same);
        }
        let _other = Hold::new(view);
        return answer(equal_views(py, this.view(), view.view())?);
    }
    let value = Value::from(other.to_owned());
    if !buffer::has_buffer(&value) {
        return Ok(not_implemented());
    }
    match Buffer::with_flags(py, &value, PyBUF_FULL_RO) {
        Ok(buffer) => answer(equal_views(py, this.view(), buffer.raw())?),
        Err(_) => {
            drop(py.thread().take_exception());
            Ok(not_implemented())
        }
    }
}
