//! Objects that memory refers to are kept by the instance at the root, the one whose memory
//! the others share: in a dict, by the places from the part up to the root (`_objects`).

use krait_object::{Dict, Layout, Owned, Py, PyResult, Str, Value, raise};

use crate::data::This;

/// The root of an instance, with the place for what it keeps.
fn container(this: &This) -> Owned<This> {
    let mut root = this.to_owned();
    loop {
        let next = root.base.borrow().clone();
        match next {
            Some(base) => root = base,
            None => break,
        }
    }
    let mut objects = root.objects.borrow_mut();
    if objects.is_none() {
        *objects = Some(if root.length.get() != 0 {
            Value::from(Dict::new())
        } else {
            Value::none()
        });
    }
    drop(objects);
    root
}

/// What is kept for an instance.
pub fn kept_objects(_py: Py, this: &This) -> Value {
    let root = container(this);
    let objects = root.objects.borrow();
    objects.clone().unwrap_or_else(Value::none)
}

/// The key of a place in an instance: its index, and those of the parts up to the root.
fn key(py: Py, this: &This, index: usize) -> PyResult<Value> {
    /// A longer key is one of a structure that CPython refuses.
    const MOST: usize = 255 - 16;
    let mut text = format!("{:x}", index as i32);
    let mut at = this.to_owned();
    loop {
        let next = at.base.borrow().clone();
        let Some(base) = next else { break };
        if text.len() > MOST {
            return raise!(py, ValueError, "ctypes object structure too deep");
        }
        text.push_str(&format!(":{:x}", at.index as i32));
        at = base;
    }
    Ok(Value::from(Str::new(&text)))
}

/// Keeps a value for a place in an instance; `None` needs no keeping.
pub fn keep(py: Py, this: &This, index: usize, value: Value) -> PyResult<()> {
    if value.is_none() {
        return Ok(());
    }
    let root = container(this);
    let objects = root.objects.borrow().clone();
    match objects.as_ref().and_then(|o| o.downcast_exact::<Dict>()) {
        Some(dict) => dict.set_value(py, &key(py, this, index)?, value),
        None => {
            let old = root.objects.replace(Some(value));
            drop(old);
            Ok(())
        }
    }
}

/// Has the target of a cast keep what the source keeps, and the source itself; both share
/// the dict.
pub fn share(py: Py, source: &This, target: &This) -> PyResult<()> {
    drop(container(source));
    let own = source.objects.borrow().clone();
    // A dict is needed.
    if own.as_ref().is_some_and(Value::is_none) {
        source.objects.replace(Some(Value::from(Dict::new())));
    }
    let objects = source.objects.borrow().clone();
    if let Some(dict) = objects.as_ref().and_then(|o| o.downcast_exact::<Dict>()) {
        let key = crate::codes::address_value(krait_ffi::object::address_of(source.as_object()));
        dict.set_value(py, &key, Value::from(source.to_owned()))?;
    }
    drop(target.objects.replace(objects));
    Ok(())
}
