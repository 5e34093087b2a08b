//! `groupby`.

use std::cell::{Cell, RefCell};

use krait_object::gc::Visitor;
use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::{Layout, Owned, Py, PyResult, Type, Value, class_cell, protocol};

/// Runs of items with equal keys.
pub struct GroupBy {
    source: Owned,
    key: Option<Value>,
    target_key: RefCell<Option<Value>>,
    current_key: RefCell<Option<Value>>,
    current: RefCell<Option<Value>>,
    /// The number of the group that may still be read.
    group: Cell<u64>,
}

type This = Instance<GroupBy>;

fn put(place: &RefCell<Option<Value>>, value: Option<Value>) {
    let old = place.replace(value);
    drop(old);
}

impl GroupBy {
    /// Reads the next item; false at the end.
    fn read(&self, py: Py) -> PyResult<bool> {
        let Some(item) = protocol::next(py, &self.source)? else {
            return Ok(false);
        };
        let key = match &self.key {
            None => item.clone(),
            Some(function) => protocol::call(py, function, std::slice::from_ref(&item))?,
        };
        put(&self.current, Some(item));
        put(&self.current_key, Some(key));
        Ok(true)
    }

    /// Whether the current item belongs to the group of a key.
    fn belongs(&self, py: Py, key: &Value) -> PyResult<bool> {
        let current = self.current_key.borrow().clone();
        match current {
            Some(current) => protocol::equal(py, key, &current),
            None => Ok(false),
        }
    }
}

fn next(py: Py, this: &This) -> PyResult<Option<Value>> {
    this.group.set(this.group.get() + 1);
    loop {
        let (target, current) = (
            this.target_key.borrow().clone(),
            this.current_key.borrow().clone(),
        );
        match (target, current) {
            (_, None) => {}
            (None, Some(_)) => break,
            (Some(target), Some(current)) => {
                if !protocol::equal(py, &target, &current)? {
                    break;
                }
            }
        }
        if !this.read(py)? {
            return Ok(None);
        }
    }
    let key = this
        .current_key
        .borrow()
        .clone()
        .unwrap_or_else(Value::none);
    put(&this.target_key, Some(key.clone()));
    let grouper = Grouper {
        parent: this.to_owned(),
        key: key.clone(),
        group: this.group.get(),
    };
    let grouper = Value::from(Instance::new(py, grouper));
    Ok(Some(Value::from(krait_object::Tuple::from_values([
        key, grouper,
    ]))))
}

impl Class for GroupBy {
    const NAME: &'static str = "itertools.groupby";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.silent();
        super::iterator!(b, GroupBy, next)
            .subclassable()
            .doc(DOC)
            .new_with(
                "groupby(iterable, key=None)",
                |py: Py, class: &Type, iterable: &Value, key: Option<&Value>| {
                    let body = GroupBy {
                        source: protocol::iter(py, iterable)?,
                        key: key.cloned(),
                        target_key: RefCell::default(),
                        current_key: RefCell::default(),
                        current: RefCell::default(),
                        group: Cell::new(0),
                    };
                    Instance::new_in(py, class, body)
                },
            );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.source);
        visitor.field(&self.key);
        visitor.field(&self.target_key);
        visitor.field(&self.current_key);
        visitor.field(&self.current);
    }

    fn clear(&self) {
        put(&self.target_key, None);
        put(&self.current_key, None);
        put(&self.current, None);
    }
}

/// The items of one group.
pub struct Grouper {
    parent: Owned<This>,
    key: Value,
    group: u64,
}

fn next_of_group(py: Py, this: &Instance<Grouper>) -> PyResult<Option<Value>> {
    let parent = &this.parent;
    if parent.group.get() != this.group {
        return Ok(None);
    }
    let waiting = parent.current.borrow().is_some();
    if !waiting && !parent.read(py)? {
        return Ok(None);
    }
    if !parent.belongs(py, &this.key)? {
        return Ok(None);
    }
    let item = parent.current.take();
    Ok(item)
}

impl Class for Grouper {
    const NAME: &'static str = "itertools._grouper";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        super::iterator!(b, Grouper, next_of_group).new_with(
            "_grouper(parent, tgtkey, /)",
            |py: Py, class: &Type, parent: &This, tgtkey: &Value| {
                parent.group.set(parent.group.get() + 1);
                let body = Grouper {
                    parent: parent.to_owned(),
                    key: tgtkey.clone(),
                    group: parent.group.get(),
                };
                Instance::new_in(py, class, body)
            },
        );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.parent);
        visitor.field(&self.key);
    }
}

const DOC: &str = "make an iterator that returns consecutive keys and groups from the iterable\n\n  \
iterable\n    Elements to divide into groups according to the key function.\n  \
key\n    A function for computing the group category for each element.\n    \
If the key function is not specified or is None, the element itself\n    is used for grouping.";
