//! What fills objects that are made: items, elements, state.

use krait_object::protocol;
use krait_object::types::attributes;
use krait_object::types::set::Set;
use krait_object::{Dict, List, Object, Py, PyResult, Str, Tuple, Value, intern};

use super::Loader;
use crate::errors::unpickling;
use crate::opcode::*;

fn append(py: Py, target: &Value, items: Vec<Value>) -> PyResult<()> {
    if let Some(list) = target.downcast_exact::<List>() {
        list.reserve(list.len() + items.len());
        items.into_iter().for_each(|item| list.push_value(item));
        return Ok(());
    }
    if let Some(extend) = protocol::lookup_attr(py, target, intern!("extend"))? {
        let items = Value::from(List::from_values(items));
        return protocol::call(py, &extend, &[items]).map(drop);
    }
    let append = protocol::get_attr(py, target, intern!("append"))?;
    for item in items {
        protocol::call(py, &append, &[item])?;
    }
    Ok(())
}

fn append_one(py: Py, target: &Value, item: Value) -> PyResult<()> {
    if let Some(list) = target.downcast_exact::<List>() {
        list.push_value(item);
        return Ok(());
    }
    let append = protocol::get_attr(py, target, intern!("append"))?;
    protocol::call(py, &append, &[item]).map(drop)
}

fn set_items(py: Py, target: &Value, items: &[Value]) -> PyResult<()> {
    if !items.len().is_multiple_of(2) {
        return unpickling(py, "odd number of items for SETITEMS");
    }
    if let Some(dict) = target.downcast_exact::<Dict>() {
        for pair in items.chunks_exact(2) {
            dict.set_value(py, &pair[0], pair[1].clone())?;
        }
        return Ok(());
    }
    for pair in items.chunks_exact(2) {
        protocol::set_item(py, target, &pair[0], &pair[1])?;
    }
    Ok(())
}

fn add_items(py: Py, target: &Value, items: Vec<Value>) -> PyResult<()> {
    if let Some(set) = target.downcast::<Set>() {
        for item in &items {
            set.add(py, item)?;
        }
        return Ok(());
    }
    let add = protocol::get_attr(py, target, intern!("add"))?;
    for item in items {
        protocol::call(py, &add, &[item])?;
    }
    Ok(())
}

/// Whether instances keep attributes as plain instances do, with `__dict__` not overridden.
fn has_plain_attributes(py: Py, object: &Object) -> bool {
    object.ty().raw().tp_dictoffset < 0
        && object
            .ty()
            .lookup(py, intern!("__dict__"))
            .is_some_and(|found| found.ty().short_name() == "getset_descriptor")
}

/// Puts a state's items into the instance's attributes, past descriptors.
fn set_attributes(py: Py, instance: &Value, state: &Dict) -> PyResult<()> {
    let plain = instance
        .as_object()
        .filter(|object| has_plain_attributes(py, object));
    let dict = match plain {
        Some(_) => None,
        None => Some(protocol::get_attr(py, instance, intern!("__dict__"))?),
    };
    for (key, value) in state.to_vec() {
        let name = key
            .downcast_exact::<Str>()
            .map(|name| krait_object::types::str::intern::intern(name.to_owned_str()));
        match (plain, &dict, name) {
            (Some(object), _, Some(name)) => attributes::set(py, object, &name, value)?,
            (_, Some(dict), Some(name)) => {
                protocol::set_item(py, dict, &Value::from(name), &value)?;
            }
            (_, Some(dict), None) => protocol::set_item(py, dict, &key, &value)?,
            (Some(_), None, None) => {
                let dict = protocol::get_attr(py, instance, intern!("__dict__"))?;
                protocol::set_item(py, &dict, &key, &value)?;
            }
            (None, None, _) => {}
        }
    }
    Ok(())
}

fn build(py: Py, instance: &Value, state: Value) -> PyResult<()> {
    if let Some(set_state) = protocol::lookup_attr(py, instance, intern!("__setstate__"))? {
        return protocol::call(py, &set_state, &[state]).map(drop);
    }
    let pair = state.downcast::<Tuple>().filter(|t| t.len() == 2);
    let (state, slots) = match pair {
        Some(pair) => (pair.get(0).unwrap_or_else(Value::none), pair.get(1)),
        None => (state.clone(), None),
    };
    if !state.is_none() {
        match state.downcast::<Dict>() {
            Some(state) => set_attributes(py, instance, state)?,
            None => return unpickling(py, "state is not a dictionary"),
        }
    }
    let Some(slots) = slots.filter(|s| !s.is_none()) else {
        return Ok(());
    };
    let Some(slots) = slots.downcast::<Dict>() else {
        return unpickling(py, "slot state is not a dictionary");
    };
    for (name, value) in slots.to_vec() {
        let Some(text) = name.downcast::<Str>() else {
            return krait_object::raise!(
                py,
                TypeError,
                "attribute name must be string, not '{}'",
                name.ty().name()
            );
        };
        protocol::set_attr(py, instance, text, &value)?;
    }
    Ok(())
}

impl Loader {
    pub(super) fn load_change(&mut self, py: Py, code: u8) -> PyResult<()> {
        match code {
            APPEND => {
                let item = self.stack.pop(py)?;
                append_one(py, &self.stack.top(py)?, item)
            }
            APPENDS => {
                let items = self.stack.pop_mark(py)?;
                let target = self.stack.top(py)?;
                if items.is_empty() {
                    return Ok(());
                }
                append(py, &target, items)
            }
            SETITEM => {
                let pair = self.stack.pop_many(py, 2)?;
                set_items(py, &self.stack.top(py)?, &pair)
            }
            SETITEMS => {
                let items = self.stack.pop_mark(py)?;
                let target = self.stack.top(py)?;
                if items.is_empty() {
                    return Ok(());
                }
                set_items(py, &target, &items)
            }
            ADDITEMS => {
                let items = self.stack.pop_mark(py)?;
                let target = self.stack.top(py)?;
                if items.is_empty() {
                    return Ok(());
                }
                add_items(py, &target, items)
            }
            _ => {
                let state = self.stack.pop(py)?;
                let instance = self.stack.top(py)?;
                build(py, &instance, state)
            }
        }
    }
}
