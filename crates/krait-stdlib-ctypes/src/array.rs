//! `Array`: instances of `c_int * 3`.

use krait_ffi::memory;
use krait_object::native::TypeBuilder;
use krait_object::types::slice::Slice;
use krait_object::{
    Args, Bytes, KwArgs, Layout, List, Object, Py, PyResult, Type, Value, exceptions, hooks,
    protocol, raise,
};

use crate::data::{self, Place, This};

pub fn define(b: &mut TypeBuilder<This>) {
    b.doc(
        "Abstract base class for arrays.\n\nThe recommended way to create concrete array types is \
         by multiplying any\nctypes data type with a non-negative integer. Alternatively, you can \
         subclass\nthis type and define _length_ and _type_ class variables. Array elements can\n\
         be read and written using standard subscript and slice accesses for slice\nreads, the \
         resulting object is not itself an Array.",
    )
    .new_bare(data::create)
    .init("__init__($self, /, *args, **kwargs)", init)
    .len(|_py, this: &This| Ok(this.length.get()))
    .item(item)
    .assign_item(assign_item)
    .subscript(subscript)
    .assign_subscript(assign_subscript)
    .class_method(
        "__class_getitem__($type, object, /)",
        |py, class: &Type, item: &Value| {
            (hooks::get(py).make_generic_alias)(py, class.as_object(), &item.to_object())
        },
    );
}

fn init(py: Py, this: &This, args: Args<'_>, _kwargs: KwArgs) -> PyResult<()> {
    for (i, value) in args.0.iter().enumerate() {
        set(py, this, i as isize, value)?;
    }
    Ok(())
}

/// The place of an item.
fn place<'a>(py: Py, this: &'a This, index: isize, length: usize) -> PyResult<Place<'a>> {
    let Some(index) = usize::try_from(index).ok().filter(|&i| i < length) else {
        return raise!(py, IndexError, "invalid index");
    };
    let storage = data::storage_of(py, this)?;
    let size = storage.size.get() / storage.length.get().max(1);
    Ok(Place {
        owner: this,
        index,
        address: this.address.get() + index * size,
        size,
        bits: None,
    })
}

fn item(py: Py, this: &This, index: isize) -> PyResult {
    let place = place(py, this, index, this.length.get())?;
    let class = data::storage_of(py, this)?.item_class(py)?;
    data::get(py, &class, None, place)
}

fn set(py: Py, this: &This, index: isize, value: &Value) -> PyResult<()> {
    let storage = data::storage_of(py, this)?;
    let place = place(py, this, index, storage.length.get())?;
    let class = storage.item_class(py)?;
    data::set(py, &class, None, value, place)
}

fn assign_item(py: Py, this: &This, index: isize, value: Option<&Object>) -> PyResult<()> {
    match value {
        Some(value) => set(py, this, index, &Value::unboxed(value)),
        None => raise!(py, TypeError, "Array does not support item deletion"),
    }
}

fn index_of(py: Py, this: &This, key: &Value) -> PyResult<isize> {
    let index = protocol::number::to_index(py, key, &exceptions::IndexError)?;
    Ok(if index < 0 {
        index + this.length.get() as isize
    } else {
        index
    })
}

fn subscript(py: Py, this: &This, key: &Object) -> PyResult {
    let key = Value::unboxed(key);
    if protocol::number::is_index(&key) {
        let index = index_of(py, this, &key)?;
        return item(py, this, index);
    }
    let Some(slice) = key.downcast::<Slice>() else {
        return raise!(py, TypeError, "indices must be integers");
    };
    let (start, _, step, count) = slice.resolve(py, this.length.get())?;
    let indices = (0..count as isize).map(|i| start + i * step);
    let storage = data::storage_of(py, this)?;
    if storage.items_are(b'c') || storage.items_are(b'u') {
        let wide = storage.items_are(b'u');
        return text(py, this.address.get(), wide, indices);
    }
    let list = List::with_capacity(count);
    for index in indices {
        list.push_value(item(py, this, index)?);
    }
    Ok(Value::from(list))
}

/// The characters at some indices, as the string that a slice of them is.
pub fn text(py: Py, address: usize, wide: bool, indices: impl Iterator<Item = isize>) -> PyResult {
    if wide {
        let at = |i: isize| u32::from_ne_bytes(memory::read(address.wrapping_add_signed(4 * i)));
        let units: Vec<u32> = indices.map(at).collect();
        return memory::wide_text(py, &units);
    }
    let at = |i: isize| memory::read::<1>(address.wrapping_add_signed(i))[0];
    let bytes: Vec<u8> = indices.map(at).collect();
    Ok(Value::from(Bytes::new(&bytes)))
}

fn assign_subscript(py: Py, this: &This, key: &Object, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value else {
        return raise!(py, TypeError, "Array does not support item deletion");
    };
    let (key, value) = (Value::unboxed(key), Value::unboxed(value));
    if protocol::number::is_index(&key) {
        let index = index_of(py, this, &key)?;
        return set(py, this, index, &value);
    }
    let Some(slice) = key.downcast::<Slice>() else {
        return raise!(py, TypeError, "indices must be integer");
    };
    let (start, _, step, count) = slice.resolve(py, this.length.get())?;
    if protocol::item::length(py, &value)? != count {
        return raise!(py, ValueError, "Can only assign sequence of same size");
    }
    for i in 0..count as isize {
        let new = protocol::item::get_item(py, &value, &Value::int(i as i64))?;
        set(py, this, start + i * step, &new)?;
    }
    Ok(())
}
