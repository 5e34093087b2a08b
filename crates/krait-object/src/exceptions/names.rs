//! NameError and AttributeError: which name, and of what object.

use super::base;
use super::layout::{AttributeError, NameError, slot_attribute};
use crate::native::{Args, TypeBuilder};
use crate::py::{Py, PyResult};
use crate::types::dict::Dict;
use crate::types::tuple::Tuple;
use crate::value::Value;

fn init_name(_py: Py, this: &NameError, args: Args<'_>, name: Option<&Value>) {
    base::keep_args(&this.base, args.0);
    this.name.set(name.map(Value::to_object));
}

pub(super) fn define_name_error(b: &mut TypeBuilder<NameError>) {
    b.init("NameError(*args, name=None)", init_name);
    slot_attribute!(b, NameError, name);
}

fn init_attribute(
    _py: Py,
    this: &AttributeError,
    args: Args<'_>,
    name: Option<&Value>,
    obj: Option<&Value>,
) {
    base::keep_args(&this.base, args.0);
    this.name.set(name.map(Value::to_object));
    this.obj.set(obj.map(Value::to_object));
}

/// The state for pickling. `obj` is left out: it often cannot be pickled.
fn attribute_state(py: Py, this: &AttributeError) -> PyResult<Value> {
    let dict = match this.base.dict() {
        Some(dict) => dict.copy(),
        None => Dict::new(),
    };
    if let Some(name) = this.name.get() {
        dict.set_str(py, crate::intern!("name"), Value::from(name))?;
    }
    if let Some(args) = this.base.args() {
        dict.set_str(py, crate::intern!("args"), Value::from(args))?;
    }
    Ok(Value::from(dict))
}

fn reduce_attribute(py: Py, this: &AttributeError) -> PyResult<Value> {
    let state = attribute_state(py, this)?;
    let args = Value::from(this.base.args_or_empty());
    Ok(Value::from(Tuple::from_values([
        this.base.class_value(),
        args,
        state,
    ])))
}

pub(super) fn define_attribute_error(b: &mut TypeBuilder<AttributeError>) {
    b.init("AttributeError(*args, name=None, obj=None)", init_attribute)
        .method("__getstate__($self, /)", attribute_state)
        .method("__reduce__($self, /)", reduce_attribute);
    slot_attribute!(b, AttributeError, name);
    slot_attribute!(b, AttributeError, obj);
}
