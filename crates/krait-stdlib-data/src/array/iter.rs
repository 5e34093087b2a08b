//! Iterators over arrays.

use std::cell::{Cell, RefCell};

use krait_object::gc::Visitor;
use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::{Layout, List, Owned, Py, PyResult, Value, class_cell, hooks, protocol};

use super::object::This as ArrayObject;

/// An iterator; it lets go of the array at its end.
pub struct ArrayIter {
    array: RefCell<Option<Owned<ArrayObject>>>,
    at: Cell<usize>,
}

type This = Instance<ArrayIter>;

impl ArrayIter {
    pub(super) fn over(py: Py, array: &ArrayObject) -> Owned<This> {
        let array = RefCell::new(Some(array.to_owned()));
        Instance::new(
            py,
            ArrayIter {
                array,
                at: Cell::new(0),
            },
        )
    }

    fn step(&self, py: Py) -> PyResult<Option<Value>> {
        let item = match self.array.borrow().as_ref() {
            Some(array) => array.get(py, self.at.get())?,
            None => return Ok(None),
        };
        if item.is_some() {
            self.at.set(self.at.get() + 1);
        } else {
            let array = self.array.take();
            drop(array);
        }
        Ok(item)
    }
}

/// `(iter, (array,), index)`
fn reduce(py: Py, this: &This) -> PyResult {
    let builtins = hooks::import_module(py, "builtins")?;
    let iter = protocol::get_attr_str(py, &builtins, "iter")?;
    let array = this.array.borrow().clone();
    let tuple = match array {
        Some(array) => {
            let array = krait_object::Tuple::from_values([Value::from(array)]);
            let at = Value::int(this.at.get() as i64);
            krait_object::Tuple::from_values([iter, Value::from(array), at])
        }
        None => {
            let empty = krait_object::Tuple::from_values([Value::from(List::new())]);
            krait_object::Tuple::from_values([iter, Value::from(empty)])
        }
    };
    Ok(Value::from(tuple))
}

impl Class for ArrayIter {
    const NAME: &'static str = "array.arrayiterator";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.silent();
        b.no_constructor()
            .iter(|_py: Py, this: &This| this.to_owned())
            .next(|py: Py, this: &This| this.step(py))
            .method("__reduce__($self, /)", reduce)
            .method(
                "__setstate__($self, state, /)",
                |_py: Py, this: &This, state: isize| {
                    let len = this.array.borrow().as_ref().map_or(0, |a| a.len());
                    this.at.set((state.max(0) as usize).min(len));
                },
            );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.array);
    }
}
