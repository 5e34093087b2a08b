//! Attributes and methods of `memoryview`.

use krait_abi::*;

use super::element::{Element, format_text};
use super::region::Region;
use super::{Hold, MemoryView, cast, compare, iterator, subscript};
use crate::native::{Args, TypeBuilder};
use crate::object::{Layout, Object, Owned};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::types::bytes::{Bytes, hex};
use crate::types::list::List;
use crate::types::sequence;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::typeobject::Type;
use crate::value::Value;

fn new(py: Py, _class: &Type, object: &Value) -> PyResult<Owned<MemoryView>> {
    MemoryView::of(py, &object.to_object())
}

fn from_flags(py: Py, _class: &Type, object: &Value, flags: i32) -> PyResult<Owned<MemoryView>> {
    MemoryView::from_object(py, &object.to_object(), flags)
}

fn repr(_py: Py, this: &MemoryView) -> String {
    let released = if this.is_released() { "released " } else { "" };
    format!("<{released}memory at {:p}>", this.as_object().as_ptr())
}

fn length(py: Py, this: &MemoryView) -> PyResult<usize> {
    this.check(py)?;
    match this.region().shape.first() {
        Some(length) => Ok(*length as usize),
        None => crate::raise!(py, TypeError, "0-dim memory has no length"),
    }
}

fn hash(py: Py, this: &MemoryView) -> PyResult<i64> {
    // SAFETY: the head is initialised.
    let known = unsafe { (*this.raw()).hash };
    if known != -1 {
        return Ok(known as i64);
    }
    this.check(py)?;
    if this.view().readonly == 0 {
        return crate::raise!(py, ValueError, "cannot hash writable memoryview object");
    }
    if !Element::of(this.view()).is_some_and(Element::is_byte) {
        return crate::raise!(
            py,
            ValueError,
            "memoryview: hashing is restricted to formats 'B', 'b' or 'c'"
        );
    }
    let _hold = Hold::new(this);
    let owner = this.view().obj;
    if !owner.is_null() {
        // SAFETY: the managed buffer keeps its owner alive.
        let owner = unsafe { Object::from_ptr(owner) };
        protocol::hash(py, &Value::from(owner.to_owned()))?;
    }
    let region = this.region();
    let hash = match region.as_contiguous() {
        Some(data) => crate::hash::bytes(data),
        None => match region.to_vec(false) {
            Some(data) => crate::hash::bytes(&data),
            None => return crate::errors::no_memory(),
        },
    };
    // SAFETY: the field is only read by value.
    unsafe { (*this.raw()).hash = hash as isize }
    Ok(hash)
}

/// A copy of the bytes; in Fortran order where asked for and there is a difference.
fn bytes_in_order(py: Py, this: &MemoryView, fortran: bool) -> PyResult<Owned<Bytes>> {
    let region = this.region();
    if let Some(data) = region
        .as_contiguous()
        .filter(|_| !fortran || region.shape.len() < 2)
    {
        return Ok(Bytes::new(data));
    }
    let _ = py;
    match region.to_vec(fortran) {
        Some(data) => Ok(Bytes::new(&data)),
        None => crate::errors::no_memory(),
    }
}

fn tobytes(py: Py, this: &MemoryView, order: Option<&Str>) -> PyResult<Owned<Bytes>> {
    this.check(py)?;
    let fortran = match order {
        None => false,
        Some(order) if order.eq_str("C") => false,
        Some(order) if order.eq_str("F") => true,
        Some(order) if order.eq_str("A") => {
            let region = this.region();
            region.is_f_contiguous() && !region.is_c_contiguous()
        }
        Some(_) => return crate::raise!(py, ValueError, "order must be 'C', 'F' or 'A'"),
    };
    bytes_in_order(py, this, fortran)
}

/// The items as nested lists.
fn to_lists(element: Element, region: Region<'_>) -> Value {
    let Some(&length) = region.shape.first() else {
        // SAFETY: the region is a single item of the element's format.
        return unsafe { element.read(region.data) };
    };
    let list = List::with_capacity(length as usize);
    for i in 0..length {
        list.push_value(to_lists(element, region.inner(i)));
    }
    Value::from(list)
}

fn tolist(py: Py, this: &MemoryView) -> PyResult {
    this.check(py)?;
    let element = Element::supported(py, this.view())?;
    Ok(to_lists(element, this.region()))
}

fn to_hex(
    py: Py,
    this: &MemoryView,
    sep: Option<&Value>,
    group: Option<i32>,
) -> PyResult<Owned<Str>> {
    this.check(py)?;
    let _hold = Hold::new(this);
    let sep = hex::separator(py, sep)?;
    let data = bytes_in_order(py, this, false)?;
    hex::hex(data.as_slice(), sep, group.unwrap_or(1))
}

fn toreadonly(py: Py, this: &MemoryView) -> PyResult<Owned<MemoryView>> {
    this.check_restricted(py)?;
    this.check(py)?;
    let view = this.again(py)?;
    // SAFETY: nobody else knows the new view.
    unsafe { (*view.raw()).view.readonly = 1 }
    Ok(view)
}

fn count(py: Py, this: &MemoryView, value: &Value) -> PyResult<usize> {
    drop(iterator::iter(py, this)?);
    let (mut found, mut at) = (0, 0);
    while (at as usize) < length(py, this)? {
        found += usize::from(protocol::equal(py, &subscript::item(py, this, at)?, value)?);
        at += 1;
    }
    Ok(found)
}

fn index(
    py: Py,
    this: &MemoryView,
    value: &Value,
    start: Option<&Value>,
    stop: Option<&Value>,
) -> PyResult<usize> {
    this.check(py)?;
    match this.ndim() {
        0 => return crate::raise!(py, TypeError, "invalid lookup on 0-dim memory"),
        1 => {}
        _ => {
            return crate::raise!(
                py,
                NotImplementedError,
                "multi-dimensional lookup is not implemented"
            );
        }
    }
    let range = sequence::clip(start, stop, length(py, this)?, py)?;
    for at in range {
        if protocol::equal(py, &subscript::item(py, this, at as isize)?, value)? {
            return Ok(at);
        }
    }
    crate::raise!(py, ValueError, "memoryview.index(x): x not found")
}

fn release(py: Py, this: &MemoryView) -> PyResult<()> {
    this.release(py)
}

/// An attribute of a view that is not released.
macro_rules! attributes {
    ($b:expr; $($name:literal => $f:expr),* $(,)?) => { $(
        $b.getter($name, |py, this: &MemoryView| {
            this.check(py)?;
            PyResult::Ok($f(this))
        });
    )* };
}

fn number_tuple(numbers: &[isize]) -> Owned<Tuple> {
    Tuple::from_values(numbers.iter().map(|n| Value::int(*n as i64)))
}

fn owner(this: &MemoryView) -> Value {
    let owner = this.view().obj;
    if owner.is_null() {
        return Value::none();
    }
    // SAFETY: the managed buffer keeps its owner alive.
    Value::from(unsafe { Object::from_ptr(owner) }.to_owned())
}

fn define_attributes(b: &mut TypeBuilder<MemoryView>) {
    attributes! { b;
        "obj" => owner,
        "nbytes" => |this: &MemoryView| this.view().len,
        "format" => |this: &MemoryView| format_text(this.view()),
        "itemsize" => |this: &MemoryView| this.view().itemsize,
        "ndim" => |this: &MemoryView| this.view().ndim,
        "readonly" => |this: &MemoryView| this.view().readonly != 0,
        "shape" => |this: &MemoryView| number_tuple(this.region().shape),
        "strides" => |this: &MemoryView| number_tuple(this.region().strides),
        "suboffsets" => |this: &MemoryView| number_tuple(this.region().suboffsets),
        "c_contiguous" => |this: &MemoryView| has_flag(this, _Py_MEMORYVIEW_C),
        "f_contiguous" => |this: &MemoryView| has_flag(this, _Py_MEMORYVIEW_FORTRAN),
        "contiguous" => |this: &MemoryView| has_flag(this, _Py_MEMORYVIEW_C | _Py_MEMORYVIEW_FORTRAN),
    }
}

fn has_flag(this: &MemoryView, flags: i32) -> bool {
    this.flags() & (flags | _Py_MEMORYVIEW_SCALAR) != 0
}

pub(super) fn define(b: &mut TypeBuilder<MemoryView>) {
    b.doc("Create a new memoryview object which references the given object.")
        .new_with("memoryview(object)", new)
        .repr(repr)
        .hash(hash)
        .compare(compare::compare)
        .len(length)
        .item(subscript::item)
        .subscript(subscript::subscript)
        .assign_subscript(subscript::assign)
        .iter(iterator::iter)
        .class_method("_from_flags($type, /, object, flags)", from_flags)
        .class_method(
            "__class_getitem__($type, object, /)",
            sequence::class_getitem,
        )
        .method("release($self, /)", release)
        .method("tobytes($self, /, order=None)", tobytes)
        .method(
            "hex($self, /, sep=<unrepresentable>, bytes_per_sep=1)",
            to_hex,
        )
        .method("tolist($self, /)", tolist)
        .method(
            "cast($self, /, format, shape=<unrepresentable>)",
            cast::cast,
        )
        .method("toreadonly($self, /)", toreadonly)
        .method("count($self, value, /)", count)
        .method("index($self, value, start=0, stop=sys.maxsize, /)", index)
        .method("__enter__($self, /)", |py, this: &MemoryView| {
            this.check(py)?;
            PyResult::Ok(Layout::to_owned(this))
        })
        .method(
            "__exit__($self, /, *exc_info)",
            |py, this: &MemoryView, _info: Args<'_>| this.release(py),
        );
    define_attributes(b);
}
