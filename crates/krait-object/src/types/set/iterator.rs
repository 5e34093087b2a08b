//! The iterator of sets and frozensets.

use std::cell::Cell;

use super::super::list::List;
use super::super::tuple::Tuple;
use super::super::typeobject::StaticType;
use super::AnySet;
use crate::gc::Visitor;
use crate::native::{Class, Instance, TypeBuilder, TypeCell};
use crate::object::{Builtin, Layout, Owned};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::value::Value;

#[unsafe(export_name = "PySetIter_Type")]
pub static SET_ITERATOR: StaticType = StaticType::new();

/// An iterator over a set. It lets go of the set at its end.
pub struct SetIter {
    set: Cell<Option<Owned<AnySet>>>,
    pos: Cell<usize>,
    /// The set's length at the start; `usize::MAX` once it was found to have changed.
    used: Cell<usize>,
    left: Cell<usize>,
}

impl SetIter {
    pub fn over(py: Py, set: &AnySet) -> Owned<Instance<SetIter>> {
        let iterator = SetIter {
            set: Cell::new(Some(Layout::to_owned(set))),
            pos: Cell::new(0),
            used: Cell::new(set.len()),
            left: Cell::new(set.len()),
        };
        Instance::new(py, iterator)
    }

    /// The next element.
    #[inline]
    pub fn next(&self, py: Py) -> PyResult<Option<Value>> {
        let Some(set) = self.set.take() else {
            return Ok(None);
        };
        if self.used.get() != set.len() {
            self.used.set(usize::MAX);
            self.set.set(Some(set));
            return crate::raise!(py, RuntimeError, "Set changed size during iteration");
        }
        let mut pos = self.pos.get();
        let element = set.iter_step(&mut pos);
        self.pos.set(pos);
        if element.is_some() {
            self.left.set(self.left.get().saturating_sub(1));
            self.set.set(Some(set));
        }
        Ok(element)
    }

    fn length_hint(&self) -> usize {
        let Some(set) = self.set.take() else {
            return 0;
        };
        let hint = if self.used.get() == set.len() {
            self.left.get()
        } else {
            0
        };
        self.set.set(Some(set));
        hint
    }

    /// `(iter, ([remaining elements],))`; the iterator itself does not move.
    fn reduce(&self, py: Py) -> PyResult<(Value, Value)> {
        let rest = List::new();
        if let Some(set) = self.set.take() {
            let (mut pos, same) = (self.pos.get(), self.used.get() == set.len());
            self.set.set(Some(set.clone()));
            if !same {
                return crate::raise!(py, RuntimeError, "Set changed size during iteration");
            }
            while let Some(element) = set.iter_step(&mut pos) {
                rest.push_value(element);
            }
        }
        let builtins = crate::hooks::import_module(py, "builtins")?;
        let iter = protocol::get_attr(py, &builtins, crate::intern!("iter"))?;
        Ok((iter, Value::from(Tuple::from_values([Value::from(rest)]))))
    }
}

impl Class for SetIter {
    const NAME: &'static str = "set_iterator";
    const GC: bool = true;

    fn cell() -> &'static TypeCell {
        &SET_ITERATOR
    }

    fn define(b: &mut TypeBuilder<Instance<SetIter>>) {
        b.silent();
        b.no_constructor()
            .iter(|_py: Py, this: &Instance<SetIter>| Layout::to_owned(this))
            .next(|py: Py, this: &Instance<SetIter>| SetIter::next(this, py))
            .method_doc(
                "__length_hint__($self, /)",
                "Private method returning an estimate of len(list(it)).",
                |_py: Py, this: &Instance<SetIter>| this.length_hint(),
            )
            .method_doc(
                "__reduce__($self, /)",
                "Return state information for pickling.",
                |py: Py, this: &Instance<SetIter>| this.reduce(py),
            );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.set);
    }

    fn clear(&self) {
        self.set.take();
    }
}

pub(super) fn define() {
    Instance::<SetIter>::type_object();
}
