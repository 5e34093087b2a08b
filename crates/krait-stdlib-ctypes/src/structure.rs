//! `Structure` and `Union`: their instances' `__init__`.

use krait_object::native::TypeBuilder;
use krait_object::{
    Args, Dict, KwArgs, Layout, Py, PyResult, Str, Type, Value, intern, protocol, raise,
};

use crate::data::{self, This};
use crate::storage;

pub fn define_structure(b: &mut TypeBuilder<This>) {
    b.doc("Structure base class");
    define(b);
}

pub fn define_union(b: &mut TypeBuilder<This>) {
    b.doc("Union base class");
    define(b);
}

fn define(b: &mut TypeBuilder<This>) {
    b.new_bare(data::create)
        .init("__init__($self, /, *args, **kwargs)", init);
}

fn init(py: Py, this: &This, args: Args<'_>, kwargs: KwArgs) -> PyResult<()> {
    if !args.0.is_empty() {
        let class = this.as_object().ty().to_owned();
        let used = positional(py, this, &class, args.0, kwargs.0.as_deref(), 0)?;
        if used < args.0.len() {
            return raise!(py, TypeError, "too many initializers");
        }
    }
    let target = Value::from(this.to_owned());
    for (name, value) in kwargs.0.iter().flat_map(|dict| dict.to_vec()) {
        if let Some(name) = name.downcast::<Str>() {
            protocol::set_attr(py, &target, name, &value)?;
        }
    }
    Ok(())
}

/// Sets the fields of a class, those of its bases first; the result is the number of fields
/// up to here.
fn positional(
    py: Py,
    this: &This,
    class: &Type,
    values: &[Value],
    named: Option<&Dict>,
    from: usize,
) -> PyResult<usize> {
    let mut index = from;
    if let Some(base) = class.base().filter(|base| storage::of(base).is_some()) {
        py.thread().check_native_stack(py, "")?;
        index = positional(py, this, base, values, named, index)?;
    }
    let Some(fields) = storage::own_attribute(py, class, intern!("_fields_")) else {
        return Ok(index);
    };
    let length = storage::required(py, class)?.length.get();
    let target = Value::from(this.to_owned());
    for (i, value) in values.iter().enumerate().take(length).skip(index) {
        let pair = protocol::item::get_item(py, &fields, &Value::int((i - index) as i64))?;
        let name = protocol::item::get_item(py, &pair, &Value::int(0))?;
        if let Some(named) = named
            && named.contains(py, &name)?
        {
            let shown = protocol::repr(py, &name)?;
            return raise!(
                py,
                TypeError,
                "duplicate values for field {}",
                shown.to_rust()
            );
        }
        let Some(name) = name.downcast::<Str>() else {
            return raise!(py, TypeError, "attribute name must be string");
        };
        protocol::set_attr(py, &target, name, value)?;
    }
    Ok(length)
}
