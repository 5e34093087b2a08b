//! The metaclass of array types, and `c_int * 3`.

use std::cell::OnceCell;

use krait_ffi::{Kind, Scalar, memory};
use krait_object::native::{TypeBuilder, slots};
use krait_object::types::buffer::Buffer;
use krait_object::types::descriptor::{self, GetSet};
use krait_object::types::weakref;
use krait_object::{
    Args, Bytes, Dict, GilCell, Int, KwArgs, Layout, Object, Py, PyResult, Str, Tuple, Type, Value,
    intern, protocol, raise,
};

use crate::codes;
use crate::data::This;
use crate::storage::{self, Role, Storage};
use crate::types;

pub fn define(b: &mut TypeBuilder<Type>) {
    super::common::define_all(b);
    b.doc("metatype for the Array Objects")
        .init("__init__($self, /, *args, **kwargs)", init);
}

/// The `_length_` of a class.
fn length_of(py: Py, class: &Value) -> PyResult<usize> {
    let Some(length) = protocol::lookup_attr(py, class, intern!("_length_"))? else {
        return raise!(
            py,
            AttributeError,
            "class must define a '_length_' attribute"
        );
    };
    if !codes::is_int(&length) {
        return raise!(py, TypeError, "The '_length_' attribute must be an integer");
    }
    let negative = match length.as_small_int() {
        Some(small) => small < 0,
        None => length.downcast::<Int>().is_some_and(Int::is_negative),
    };
    if negative {
        return raise!(
            py,
            ValueError,
            "The '_length_' attribute must not be negative"
        );
    }
    match protocol::number::int_of(&length) {
        Some(length) => Ok(length as usize),
        None => raise!(py, OverflowError, "The '_length_' attribute is too large"),
    }
}

fn init(py: Py, this: &Type, _args: Args<'_>, _kwargs: KwArgs) -> PyResult<()> {
    let class = storage::class_value(this);
    let length = length_of(py, &class)?;
    let Some(item) = protocol::lookup_attr(py, &class, intern!("_type_"))? else {
        return raise!(py, AttributeError, "class must define a '_type_' attribute");
    };
    if storage::of(this).is_some() {
        return storage::attach(py, this, Storage::pointer(Role::Array)).map(drop);
    }
    let item = item.downcast::<Type>();
    let Some((item, info)) = item.and_then(|c| Some((c, storage::of(c)?))) else {
        return raise!(py, TypeError, "_type_ must have storage info");
    };
    let size = length.checked_mul(info.size.get());
    let Some(size) = size.filter(|&size| isize::try_from(size).is_ok()) else {
        return raise!(py, OverflowError, "array too large");
    };
    let shape = std::iter::once(length as isize).chain(info.shape.iter().copied());
    // Arrays are passed as pointers.
    let storage = Storage::with_shape(
        Role::Array,
        size,
        info.align.get(),
        Kind::basic(Scalar::Pointer),
        shape.collect(),
    );
    storage.length.set(length);
    storage.has_pointer.set(info.has_pointer.get());
    storage.set_format(info.format().to_string_lossy().into_owned());
    storage.item.replace(Some(item.to_owned()));
    let storage = storage::attach(py, this, storage)?;
    if storage.items_are(b'c') {
        add(py, this, &RAW, "raw")?;
        add(py, this, &VALUE, "value")?;
    } else if storage.items_are(b'u') {
        add(py, this, &WIDE_VALUE, "value")?;
    }
    Ok(())
}

/// The array type of so many items; one that exists is used again.
pub fn of_items(py: Py, item: &Type, length: isize) -> PyResult {
    let Ok(count) = usize::try_from(length) else {
        return raise!(py, ValueError, "Array length must be >= 0, not {length}");
    };
    if let Some(info) = storage::of(item) {
        let known = info
            .arrays
            .borrow()
            .get(&count)
            .and_then(|weak| weak.upgrade());
        if let Some(known) = known {
            return Ok(Value::from(known));
        }
    }
    let namespace = Dict::new();
    namespace.set_str(py, intern!("_length_"), Value::int(length as i64))?;
    namespace.set_str(py, intern!("_type_"), storage::class_value(item))?;
    let bases = Tuple::from_objects([types::ARRAY.as_object()]);
    let arguments = [
        Value::from(Str::new(&format!("{}_Array_{length}", item.name()))),
        Value::from(bases),
        Value::from(namespace),
    ];
    let made = protocol::call(py, &storage::class_value(&types::META_ARRAY), &arguments)?;
    if let Some(info) = storage::of(item) {
        let weak = weakref::new_ref(py, &made.to_object(), None)?;
        let mut arrays = info.arrays.borrow_mut();
        let dead = arrays
            .extract_if(|_, weak| weak.is_dead())
            .collect::<Vec<_>>();
        arrays.insert(count, weak);
        drop(arrays);
        drop(dead);
    }
    Ok(made)
}

/// A definition that the classes' descriptors share.
struct Shared {
    first: GilCell<OnceCell<Value>>,
    make: fn() -> Value,
}

static RAW: Shared = Shared {
    first: GilCell::new(OnceCell::new()),
    make: || attribute("raw", raw, set_raw),
};
static VALUE: Shared = Shared {
    first: GilCell::new(OnceCell::new()),
    make: || attribute("value", value, set_value),
};
static WIDE_VALUE: Shared = Shared {
    first: GilCell::new(OnceCell::new()),
    make: || attribute("value", wide_value, set_wide_value),
};

fn attribute<R, G, S>(name: &'static str, _get: G, _set: S) -> Value
where
    R: krait_object::native::IntoResult,
    G: Copy + 'static + Fn(Py, &This) -> R,
    S: Copy + 'static + Fn(Py, &This, Option<&Object>) -> PyResult<()>,
{
    descriptor::getset(
        &types::ARRAY,
        name,
        slots::getter::<This, R, G>,
        Some(slots::setter::<This, S>),
    )
}

/// Gives a class an attribute that only arrays of characters have.
fn add(py: Py, class: &Type, shared: &'static Shared, name: &str) -> PyResult<()> {
    let first = shared.first.get(py).get_or_init(|| (shared.make)());
    let Some(first) = first.downcast::<GetSet>() else {
        return Ok(());
    };
    let definition = (&raw const *first.definition()).cast_mut();
    let own = descriptor::getset::new(class, definition);
    class
        .dict()
        .set_str(py, &Str::intern(name), Value::from(own))
}

fn raw(_py: Py, this: &This) -> Vec<u8> {
    this.bytes()
}

fn set_raw(py: Py, this: &This, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value else {
        return raise!(
            py,
            AttributeError,
            "attribute 'raw' of '{}' objects cannot be deleted",
            this.as_object().ty().name()
        );
    };
    let buffer = Buffer::new(py, &Value::unboxed(value))?;
    if buffer.len() > this.size.get() {
        return raise!(py, ValueError, "byte string too long");
    }
    memory::write(this.address.get(), buffer.as_slice());
    Ok(())
}

fn value(_py: Py, this: &This) -> Vec<u8> {
    let mut bytes = this.bytes();
    if let Some(end) = bytes.iter().position(|&b| b == 0) {
        bytes.truncate(end);
    }
    bytes
}

fn set_value(py: Py, this: &This, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value else {
        return raise!(py, TypeError, "can't delete attribute");
    };
    let Some(bytes) = value.downcast::<Bytes>() else {
        return raise!(
            py,
            TypeError,
            "bytes expected instead of {} instance",
            value.ty().name()
        );
    };
    let bytes = bytes.as_slice();
    if bytes.len() > this.size.get() {
        return raise!(py, ValueError, "byte string too long");
    }
    memory::write(this.address.get(), bytes);
    if bytes.len() < this.size.get() {
        memory::write(this.address.get() + bytes.len(), &[0]);
    }
    Ok(())
}

fn wide_value(py: Py, this: &This) -> PyResult {
    let units = memory::wide_string(this.address.get(), this.size.get() / 4);
    memory::wide_text(py, &units)
}

fn set_wide_value(py: Py, this: &This, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value else {
        return raise!(py, TypeError, "can't delete attribute");
    };
    let value = Value::unboxed(value);
    let text = codes::expect_text(py, &value)?;
    let most = this.size.get() / 4;
    if text.len() > most {
        return raise!(py, ValueError, "string too long");
    }
    codes::write_wide(this.address.get(), text, most);
    Ok(())
}
