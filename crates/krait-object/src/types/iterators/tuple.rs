//! `tuple_iterator`.

use std::cell::Cell;

use super::{Held, reduced};
use crate::gc::Visitor;
use crate::native::{Class, Instance, TypeBuilder, TypeCell};
use crate::object::{Layout, Owned};
use crate::py::{Py, PyResult};
use crate::types::tuple::Tuple;
use crate::value::Value;

#[unsafe(export_name = "PyTupleIter_Type")]
pub static TUPLE_ITER: TypeCell = TypeCell::new();

/// Goes over a tuple.
pub struct TupleIter {
    /// The next index.
    pub index: Cell<usize>,
    pub tuple: Held<Tuple>,
}

/// `iter(tuple)`.
#[inline]
pub fn tuple_iter(py: Py, tuple: &Tuple) -> Owned<Instance<TupleIter>> {
    Instance::new(
        py,
        TupleIter {
            index: Cell::new(0),
            tuple: Held::new(Layout::to_owned(tuple)),
        },
    )
}

impl TupleIter {
    /// The next item, if there is one.
    #[inline(always)]
    pub fn advance(&self) -> Option<Value> {
        let index = self.index.get();
        // SAFETY: reading an item runs no Python code.
        let item = unsafe { self.tuple.peek() }?.get(index)?;
        self.index.set(index + 1);
        Some(item)
    }

    /// The next item; the tuple is let go at its end.
    #[inline(always)]
    pub fn step(&self) -> Option<Value> {
        self.step_by(|tuple, index| tuple.get(index))
    }

    /// As `step`, as an object.
    #[inline(always)]
    pub fn step_object(&self) -> Option<Owned> {
        self.step_by(|tuple, index| tuple.get_object(index))
    }

    #[inline(always)]
    fn step_by<T>(&self, get: impl FnOnce(&Tuple, usize) -> Option<T>) -> Option<T> {
        let index = self.index.get();
        // SAFETY: reading an item runs no Python code.
        let item = get(unsafe { self.tuple.peek() }?, index);
        match item {
            Some(_) => self.index.set(index + 1),
            None => self.tuple.clear(),
        }
        item
    }

    fn length_hint(&self) -> usize {
        self.tuple
            .get()
            .map_or(0, |tuple| tuple.len().saturating_sub(self.index.get()))
    }

    fn reduce(&self, py: Py) -> PyResult {
        match self.tuple.get() {
            Some(tuple) => reduced(
                py,
                "iter",
                Value::from(tuple),
                Some(self.index.get() as isize),
            ),
            None => reduced(py, "iter", Value::from(Tuple::empty()), None),
        }
    }

    fn set_state(&self, index: isize) {
        if let Some(tuple) = self.tuple.get() {
            self.index
                .set(index.clamp(0, tuple.len() as isize) as usize);
        }
    }
}

impl Class for TupleIter {
    const NAME: &'static str = "tuple_iterator";
    const GC: bool = true;

    fn cell() -> &'static TypeCell {
        &TUPLE_ITER
    }

    fn define(b: &mut TypeBuilder<Instance<TupleIter>>) {
        b.silent();
        type This = Instance<TupleIter>;
        b.no_constructor()
            .iter(|_py, this: &This| Layout::to_owned(this))
            .next(|_py, this: &This| Ok(this.step_object()))
            .method("__length_hint__($self, /)", |_py: Py, this: &This| {
                this.length_hint()
            })
            .method("__reduce__($self, /)", |py: Py, this: &This| {
                this.reduce(py)
            })
            .method(
                "__setstate__($self, state, /)",
                |_py: Py, this: &This, index: isize| this.set_state(index),
            );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.tuple);
    }

    fn clear(&self) {
        self.tuple.clear();
    }
}
