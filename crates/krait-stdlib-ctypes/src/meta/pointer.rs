//! The metaclass of pointer types.

use krait_object::native::TypeBuilder;
use krait_object::{
    Args, Dict, KwArgs, Layout, Owned, Py, PyResult, Type, Value, intern, protocol, raise,
};

use super::common::{self, FROM_PARAM};
use crate::argument::Passed;
use crate::data::This;
use crate::storage::{self, Role, Storage};
use crate::types;

pub fn define(b: &mut TypeBuilder<Type>) {
    common::define_makers(b);
    b.doc("metatype for the Pointer Objects")
        .method_doc("from_param($self, value, /)", FROM_PARAM, from_param)
        .method("set_type($self, type, /)", set_type)
        .init("__init__($self, /, *args, **kwargs)", init);
}

fn init(py: Py, this: &Type, args: Args<'_>, _kwargs: KwArgs) -> PyResult<()> {
    let Some(namespace) = args.0.get(2).and_then(|n| n.downcast::<Dict>()) else {
        return raise!(py, SystemError, "bad argument to internal function");
    };
    let storage = storage::attach(py, this, Storage::pointer(Role::Pointer))?;
    let Some(item) = namespace.get_str_key(py, intern!("_type_")) else {
        return Ok(());
    };
    let item = set_item(py, this, storage, &item)?;
    let info = storage::required(py, &item)?;
    let shape = shape_prefix(&info.shape);
    storage.set_format(format!("&{shape}{}", info.format().to_string_lossy()));
    Ok(())
}

/// The numbers of items before a format, in parentheses.
fn shape_prefix(shape: &[isize]) -> String {
    if shape.is_empty() {
        return String::new();
    }
    let numbers: Vec<String> = shape.iter().map(isize::to_string).collect();
    format!("({})", numbers.join(","))
}

/// Says what the pointers point to. The first pointer type of a type is the one that
/// `POINTER` gives.
fn set_item(py: Py, this: &Type, storage: &Storage, item: &Value) -> PyResult<Owned<Type>> {
    let Some(class) = item.downcast::<Type>() else {
        return raise!(py, TypeError, "_type_ must be a type");
    };
    let Some(info) = storage::of(class) else {
        return raise!(py, TypeError, "_type_ must have storage info");
    };
    drop(storage.item.replace(Some(class.to_owned())));
    let is_first = info.pointer_type.borrow().is_none();
    if is_first {
        info.pointer_type.replace(Some(storage::class_value(this)));
    }
    Ok(class.to_owned())
}

fn set_type(py: Py, this: &Type, item: &Value) -> PyResult<()> {
    let storage = storage::required(py, this)?;
    set_item(py, this, storage, item)?;
    krait_object::types::type_methods::type_setattr(py, this, intern!("_type_"), Some(item.clone()))
}

/// A pointer parameter takes `None`, instances of what it points to, and arrays of that.
fn from_param(py: Py, this: &Type, value: &Value) -> PyResult {
    if value.is_none() {
        return Ok(Value::none());
    }
    let item = storage::required(py, this)?.item.borrow().clone();
    let Some(item) = item else {
        return raise!(py, TypeError, "abstract class");
    };
    if protocol::is_instance(py, value, item.as_object())? {
        let Some(target) = value.downcast::<This>() else {
            return raise!(py, TypeError, "expected CData instance");
        };
        let passed = Passed::pointer(py, b'P', target.address.get(), value.clone());
        return Ok(Value::from(passed));
    }
    let class = value.ty();
    if class.is_subtype_of(&types::POINTER) || class.is_subtype_of(&types::ARRAY) {
        let theirs = storage::of(class).and_then(|s| s.item.borrow().clone());
        if let Some(theirs) = theirs
            && protocol::is_subclass(py, theirs.as_object(), item.as_object())?
        {
            return Ok(value.clone());
        }
    }
    common::from_param(py, this, value)
}
