//! Iterators over deques, forwards and backwards.

use std::cell::Cell;

use krait_object::gc::Visitor;
use krait_object::native::{Class, Instance, TypeBuilder, TypeCell};
use krait_object::{Layout, Owned, Py, PyResult, Type, Value, raise};

use super::deque::This as DequeObject;

/// An iterator over a deque.
pub struct DequeIter<const BACK: bool> {
    deque: Owned<DequeObject>,
    at: Cell<usize>,
    left: Cell<usize>,
    state: u64,
}

impl<const BACK: bool> DequeIter<BACK> {
    fn body(deque: &DequeObject, skip: usize) -> Self {
        let len = deque.len();
        DequeIter {
            deque: deque.to_owned(),
            at: Cell::new(skip.min(len)),
            left: Cell::new(len - skip.min(len)),
            state: deque.state.get(),
        }
    }

    /// An iterator that begins with the item after `skip` others.
    pub fn over(py: Py, deque: &DequeObject, skip: usize) -> Owned<Instance<Self>> {
        Instance::new(py, Self::body(deque, skip))
    }

    fn step(&self, py: Py) -> PyResult<Option<Value>> {
        if self.state != self.deque.state.get() {
            self.left.set(0);
            return raise!(py, RuntimeError, "deque mutated during iteration");
        }
        if self.left.get() == 0 {
            return Ok(None);
        }
        let at = self.at.get();
        self.at.set(at + 1);
        self.left.set(self.left.get() - 1);
        let items = self.deque.items.borrow();
        let place = if BACK {
            items.len().checked_sub(at + 1)
        } else {
            Some(at)
        };
        Ok(place.and_then(|p| items.get(p)).cloned())
    }
}

fn new<const BACK: bool>(
    py: Py,
    class: &Type,
    deque: &DequeObject,
    index: Option<isize>,
) -> PyResult<Owned<Instance<DequeIter<BACK>>>> {
    let skip = index.unwrap_or(0).max(0) as usize;
    Instance::new_in(py, class, DequeIter::body(deque, skip))
}

static FORWARD: TypeCell = TypeCell::new();
static BACKWARD: TypeCell = TypeCell::new();

impl<const BACK: bool> Class for DequeIter<BACK> {
    const NAME: &'static str = if BACK {
        "collections._deque_reverse_iterator"
    } else {
        "collections._deque_iterator"
    };
    const GC: bool = true;

    fn cell() -> &'static TypeCell {
        if BACK { &BACKWARD } else { &FORWARD }
    }

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        b.new_with("__new__($type, iterable, index=0, /)", new::<BACK>)
            .iter(|_py: Py, this: &Instance<Self>| this.to_owned())
            .next(|py: Py, this: &Instance<Self>| this.step(py))
            .method_doc(
                "__length_hint__($self, /)",
                "Private method returning an estimate of len(list(it)).",
                |_py: Py, this: &Instance<Self>| this.left.get(),
            )
            .method_doc(
                "__reduce__($self, /)",
                "Return state information for pickling.",
                |_py: Py, this: &Instance<Self>| {
                    let index = this.deque.len() as i64 - this.left.get() as i64;
                    let class = Value::from(this.as_object().ty().to_owned());
                    let deque = Value::from(this.deque.clone());
                    (class, (deque, index))
                },
            );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.deque);
    }
}
