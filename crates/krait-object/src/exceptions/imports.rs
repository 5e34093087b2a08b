//! ImportError and its fields.

use super::base;
use super::layout::{ImportError, slot_attribute};
use crate::native::{Args, TypeBuilder};
use crate::object::{Layout, Owned};
use crate::py::{Py, PyResult};
use crate::types::dict::Dict;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::value::Value;

fn init(
    _py: Py,
    this: &ImportError,
    args: Args<'_>,
    name: Option<&Value>,
    path: Option<&Value>,
    name_from: Option<&Value>,
) {
    base::keep_args(&this.base, args.0);
    this.name.set(name.map(Value::to_object));
    this.path.set(path.map(Value::to_object));
    this.name_from.set(name_from.map(Value::to_object));
    this.msg.set(match args.0 {
        [message] => Some(message.to_object()),
        _ => None,
    });
}

fn str(py: Py, this: &ImportError) -> PyResult<Owned<Str>> {
    match this.msg.text() {
        Some(text) if text.as_object().is_exact::<Str>() => Ok(text),
        _ => base::str(py, &this.base),
    }
}

/// The attributes with the fields that are set, or None where there is nothing.
fn state(py: Py, this: &ImportError) -> PyResult<Value> {
    let fields = [
        (crate::intern!("name"), &this.name),
        (crate::intern!("path"), &this.path),
        (crate::intern!("name_from"), &this.name_from),
    ];
    if fields.iter().all(|(_, slot)| !slot.is_set()) {
        return Ok(this.base.dict().map_or_else(Value::none, Value::from));
    }
    let dict = match this.base.dict() {
        Some(dict) => dict.copy(),
        None => Dict::new(),
    };
    for (name, slot) in fields {
        if slot.is_set() {
            dict.set_str(py, name, slot.value())?;
        }
    }
    Ok(Value::from(dict))
}

fn reduce(py: Py, this: &ImportError) -> PyResult<Value> {
    let state = state(py, this)?;
    let (class, args) = (
        this.base.class_value(),
        Value::from(this.base.args_or_empty()),
    );
    Ok(Value::from(match state.is_none() {
        true => Tuple::from_values([class, args]),
        false => Tuple::from_values([class, args, state]),
    }))
}

pub(super) fn define(b: &mut TypeBuilder<ImportError>) {
    b.init(
        ":ImportError(*args, name=None, path=None, name_from=None)",
        init,
    )
    .str(str)
    .method("__reduce__($self, /)", reduce);
    slot_attribute!(b, ImportError, msg);
    slot_attribute!(b, ImportError, name);
    slot_attribute!(b, ImportError, path);
    slot_attribute!(b, ImportError, name_from);
}
