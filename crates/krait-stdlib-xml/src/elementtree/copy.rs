//! Copies of an element, and its state for pickling.

use krait_object::native::{Instance, TypeBuilder};
use krait_object::{Dict, Layout, List, Owned, Py, PyResult, Str, Value, intern, protocol, raise};

use super::children::{child, expect};
use super::element::{Element, This};
use super::state;

fn copy(py: Py, this: &This) -> Owned<This> {
    let made = Instance::new(py, Element::new(this.tag.value(), this.attributes()));
    made.text.replace(this.text.get());
    made.tail.replace(this.tail.get());
    let children = this.children.borrow().clone();
    *made.children.borrow_mut() = children;
    made
}

fn deep_copy(py: Py, this: &This, memo: &Dict) -> PyResult<Owned<This>> {
    py.thread().check_native_stack(py, "")?;
    let tag = deep(py, this.tag.value(), memo)?;
    let attrib = match this.attributes() {
        None => None,
        Some(dict) if is_plain(&dict) => Some(dict.copy()),
        Some(dict) => {
            let value = deep(py, Value::from(dict), memo)?;
            value.into_object().downcast_owned::<Dict>().ok()
        }
    };
    let made = Instance::new(py, Element::new(tag, attrib));
    made.text.set(deep(py, this.text.value(), memo)?);
    made.tail.set(deep(py, this.tail.value(), memo)?);
    let mut index = 0;
    while let Some(child) = child(this, index) {
        let copied = deep(py, Value::from(child), memo)?;
        let copied = expect(py, copied)?;
        made.children.borrow_mut().push(copied);
        index += 1;
    }
    let id = Value::int(this.as_object().as_ptr() as i64);
    memo.set_value(py, &id, Value::from(made.clone()))?;
    Ok(made)
}

/// Whether a dict has nothing but strings that are immutable anyway.
fn is_plain(dict: &Dict) -> bool {
    let text = |value: &Value| value.downcast_exact::<Str>().is_some();
    let mut place = 0;
    while let Some((key, value)) = dict.iter_step(&mut place) {
        if !text(&key) || !text(&value) {
            return false;
        }
    }
    true
}

fn deep(py: Py, value: Value, memo: &Dict) -> PyResult<Value> {
    if value.is_none() || value.downcast_exact::<Str>().is_some() {
        return Ok(value);
    }
    // An element that only its parent and this function know cannot be met twice.
    if let Some(element) = value.downcast_exact::<This>()
        && element.as_object().refcount() == 2
    {
        return Ok(Value::from(deep_copy(py, element, memo)?));
    }
    let function = state::deepcopy(py)?;
    let memo = Value::from(memo.to_owned());
    protocol::call(py, &function, &[value, memo])
}

fn size_of_element(_py: Py, this: &This) -> usize {
    size_of::<This>() + this.children.borrow().capacity() * size_of::<Owned<This>>()
}

/// The state has the form of the dict that instances of the pure-Python class have.
fn get_state(py: Py, this: &This) -> PyResult<Owned<Dict>> {
    let children = this.children.borrow().clone();
    let children = List::from_owned(children.into_iter().map(Owned::upcast));
    let state = Dict::new();
    state.set_str(py, intern!("tag"), this.tag.value())?;
    state.set_str(py, intern!("_children"), Value::from(children))?;
    let attrib = this.attributes().unwrap_or_else(Dict::new);
    state.set_str(py, intern!("attrib"), Value::from(attrib))?;
    state.set_str(py, intern!("text"), this.text.value())?;
    state.set_str(py, intern!("tail"), this.tail.value())?;
    Ok(state)
}

fn set_state(py: Py, this: &This, state: &Value) -> PyResult<()> {
    let Some(state) = state.downcast_exact::<Dict>() else {
        let got = protocol::repr(py, state)?;
        return raise!(
            py,
            TypeError,
            "Don't know how to unpickle \"{}\" as an Element",
            got.to_rust()
        );
    };
    let known = ["tag", "attrib", "text", "tail", "_children"];
    for key in state.keys_vec() {
        let name = protocol::expect_str(py, &key, "keywords must be strings")?;
        if !known.iter().any(|k| name.eq_str(k)) {
            return raise!(
                py,
                TypeError,
                "this function got an unexpected keyword argument '{}'",
                name.to_rust()
            );
        }
    }
    let Some(tag) = state.get_str(py, "tag") else {
        return raise!(py, TypeError, "tag may not be NULL");
    };
    this.tag.set(tag);
    this.text.replace(state.get_str(py, "text"));
    this.tail.replace(state.get_str(py, "tail"));
    if let Some(children) = state.get_str(py, "_children") {
        let Some(children) = children.downcast::<List>() else {
            return raise!(py, TypeError, "'_children' is not a list");
        };
        let mut new = Vec::with_capacity(children.len());
        for child in children.to_vec() {
            new.push(expect(py, Value::from(child))?);
        }
        let old = this.children.replace(new);
        drop(old);
    }
    if let Some(attrib) = state.get_str(py, "attrib") {
        let got = attrib.ty().name().to_string();
        match attrib.into_object().downcast_owned::<Dict>() {
            Ok(dict) => this.set_attributes(Some(dict)),
            Err(_) => return raise!(py, TypeError, "attrib must be dict, not {got}"),
        }
    }
    Ok(())
}

/// The methods.
pub fn define(b: &mut TypeBuilder<This>) {
    b.method("__copy__($self, /)", copy)
        .method("__deepcopy__($self, memo, /)", deep_copy)
        .method("__getstate__($self, /)", get_state)
        .method("__setstate__($self, state, /)", set_state)
        .method("__sizeof__($self, /)", size_of_element);
}
