//! `_Pointer`: instances of `POINTER(c_int)`.

use krait_object::native::TypeBuilder;
use krait_object::types::slice::Slice;
use krait_object::types::typeobject::Type;
use krait_object::{
    Args, KwArgs, List, Object, Owned, Py, PyResult, Value, exceptions, protocol, raise,
};

use crate::data::{self, Place, This};
use crate::{array, keep, storage};

pub fn define(b: &mut TypeBuilder<This>) {
    b.doc("XXX to be provided")
        .new_bare(new)
        .init("__init__($self, /, *args, **kwargs)", init)
        .truth(|_py, this: &This| Ok(this.pointer() != 0))
        .getset("contents", contents, set_contents)
        .item(item)
        .assign_item(assign_item)
        .subscript(subscript);
}

fn new(py: Py, class: &Type) -> PyResult<Owned<This>> {
    let known = storage::of(class).is_some_and(|s| s.item.borrow().is_some());
    if !known {
        return raise!(py, TypeError, "Cannot create instance: has no _type_");
    }
    data::create(py, class)
}

fn init(py: Py, this: &This, args: Args<'_>, _kwargs: KwArgs) -> PyResult<()> {
    match args.0 {
        [] => Ok(()),
        [value] => point_to(py, this, value),
        many => raise!(
            py,
            TypeError,
            "POINTER expected at most 1 argument, got {}",
            many.len()
        ),
    }
}

/// Where it points, which must be somewhere.
fn target(py: Py, this: &This) -> PyResult<usize> {
    match this.pointer() {
        0 => raise!(py, ValueError, "NULL pointer access"),
        target => Ok(target),
    }
}

/// The place of an item, and its class.
fn place<'a>(py: Py, this: &'a This, index: isize) -> PyResult<(Owned<Type>, Place<'a>)> {
    let target = target(py, this)?;
    let class = data::storage_of(py, this)?.item_class(py)?;
    let size = storage::required(py, &class)?.size.get();
    let place = Place {
        owner: this,
        index: index as usize,
        address: target.wrapping_add_signed(index.wrapping_mul(size as isize)),
        size,
        bits: None,
    };
    Ok((class, place))
}

fn item(py: Py, this: &This, index: isize) -> PyResult {
    let (class, place) = place(py, this, index)?;
    data::get(py, &class, None, place)
}

fn assign_item(py: Py, this: &This, index: isize, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value else {
        return raise!(py, TypeError, "Pointer does not support item deletion");
    };
    let (class, place) = place(py, this, index)?;
    data::set(py, &class, None, &Value::unboxed(value), place)
}

fn contents(py: Py, this: &This) -> PyResult<Owned<This>> {
    let target = target(py, this)?;
    let class = data::storage_of(py, this)?.item_class(py)?;
    data::part(py, &class, this, 0, target)
}

fn set_contents(py: Py, this: &This, value: Option<&Object>) -> PyResult<()> {
    match value {
        Some(value) => point_to(py, this, &Value::unboxed(value)),
        None => raise!(py, TypeError, "Pointer does not support item deletion"),
    }
}

fn point_to(py: Py, this: &This, value: &Value) -> PyResult<()> {
    let class = data::storage_of(py, this)?.item_class(py)?;
    let Some(to) = value.downcast::<This>() else {
        return raise!(
            py,
            TypeError,
            "expected {} instead of {}",
            class.name(),
            value.ty().name()
        );
    };
    this.set_pointer(to.address.get());
    // It keeps what it points to, and what that keeps.
    keep::keep(py, this, 1, value.clone())?;
    let kept = keep::kept_objects(py, to);
    keep::keep(py, this, 0, kept)
}

fn subscript(py: Py, this: &This, key: &Object) -> PyResult {
    let key = Value::unboxed(key);
    if protocol::number::is_index(&key) {
        let index = protocol::number::to_index(py, &key, &exceptions::IndexError)?;
        return item(py, this, index);
    }
    let Some(slice) = key.downcast::<Slice>() else {
        return raise!(py, TypeError, "Pointer indices must be integer");
    };
    let (start, step, count) = bounds(py, slice)?;
    let indices = (0..count).map(|i| start + i * step);
    let class = data::storage_of(py, this)?.item_class(py)?;
    let characters = |letter| storage::of(&class).is_some_and(|s| s.is_plain(letter));
    if characters(b'c') || characters(b'u') {
        let address = if count > 0 { target(py, this)? } else { 0 };
        return array::text(py, address, characters(b'u'), indices);
    }
    let list = List::new();
    for index in indices {
        list.push_value(item(py, this, index)?);
    }
    Ok(Value::from(list))
}

/// First index, step and number of items of a slice. A pointer has no length, so that
/// negative indices mean what they say, and the end must be given.
fn bounds(py: Py, slice: &Slice) -> PyResult<(isize, isize, isize)> {
    let number = |object: &Object| -> PyResult<Option<isize>> {
        if object.is_none() {
            return Ok(None);
        }
        let value = Value::unboxed(object);
        protocol::number::to_index(py, &value, &exceptions::ValueError).map(Some)
    };
    let step = number(slice.step())?.unwrap_or(1);
    if step == 0 {
        return raise!(py, ValueError, "slice step cannot be zero");
    }
    let start = match number(slice.start())? {
        Some(start) => start,
        None if step < 0 => {
            return raise!(py, ValueError, "slice start is required for step < 0");
        }
        None => 0,
    };
    let Some(stop) = number(slice.stop())? else {
        return raise!(py, ValueError, "slice stop is required");
    };
    let count = if (step > 0 && start > stop) || (step < 0 && start < stop) {
        0
    } else if step > 0 {
        (stop - start - 1).div_euclid(step) + 1
    } else {
        (start - stop - 1).div_euclid(-step) + 1
    };
    Ok((start, step, count))
}
