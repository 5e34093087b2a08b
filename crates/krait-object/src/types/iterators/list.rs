//! `list_iterator` and `list_reverseiterator`.

use std::cell::Cell;

use super::{Held, reduced};
use crate::gc::Visitor;
use crate::native::{Class, Instance, TypeBuilder, TypeCell};
use crate::object::{Layout, Owned};
use crate::py::{Py, PyResult};
use crate::types::list::List;
use crate::value::Value;

#[unsafe(export_name = "PyListIter_Type")]
pub static LIST_ITER: TypeCell = TypeCell::new();
#[unsafe(export_name = "PyListRevIter_Type")]
pub static LIST_REVERSE_ITER: TypeCell = TypeCell::new();

/// Goes over a list as it is at each step.
pub struct ListIter {
    /// The next index.
    pub index: Cell<usize>,
    pub list: Held<List>,
}

/// Goes over a list from its end as it was at the start.
pub struct ListReverseIter {
    /// The next index, -1 at the end.
    pub index: Cell<isize>,
    pub list: Held<List>,
}

/// `iter(list)`.
#[inline]
pub fn list_iter(py: Py, list: &List) -> Owned<Instance<ListIter>> {
    Instance::new(
        py,
        ListIter {
            index: Cell::new(0),
            list: Held::new(Layout::to_owned(list)),
        },
    )
}

/// `reversed(list)`.
pub fn list_reverse_iter(py: Py, list: &List) -> Owned<Instance<ListReverseIter>> {
    let index = Cell::new(list.len() as isize - 1);
    Instance::new(
        py,
        ListReverseIter {
            index,
            list: Held::new(Layout::to_owned(list)),
        },
    )
}

impl ListIter {
    /// The next item, if there is one.
    #[inline(always)]
    pub fn advance(&self) -> Option<Value> {
        let index = self.index.get();
        // SAFETY: reading an item runs no Python code.
        let item = unsafe { self.list.peek() }?.get(index)?;
        self.index.set(index + 1);
        Some(item)
    }

    /// The parts of the next item, if that is a tuple of two. The items after it are fetched from
    /// memory ahead: where there are many, they lie anywhere.
    #[inline(always)]
    pub fn advance_pair(&self) -> Option<(Value, Value)> {
        let index = self.index.get();
        // SAFETY: nothing here runs Python code.
        unsafe {
            let list = self.list.peek()?;
            let [a, b] = list.peek_pair(index)?;
            for part in list.peek_pair(index + 1).iter().flatten() {
                krait_heap::prefetch(part.as_ptr());
            }
            if let Some(item) = list.peek(index + 2) {
                krait_heap::prefetch(item.as_ptr());
            }
            self.index.set(index + 1);
            Some((Value::unboxed(a), Value::unboxed(b)))
        }
    }

    /// The next item; the list is let go at its end.
    #[inline(always)]
    pub fn step(&self) -> Option<Value> {
        self.step_by(|list, index| list.get(index))
    }

    /// As `step`, as an object.
    #[inline(always)]
    pub fn step_object(&self) -> Option<Owned> {
        self.step_by(|list, index| list.get_object(index))
    }

    #[inline(always)]
    fn step_by<T>(&self, get: impl FnOnce(&List, usize) -> Option<T>) -> Option<T> {
        let index = self.index.get();
        // SAFETY: reading an item runs no Python code.
        let item = get(unsafe { self.list.peek() }?, index);
        match item {
            Some(_) => self.index.set(index + 1),
            None => self.list.clear(),
        }
        item
    }

    fn length_hint(&self) -> usize {
        self.list
            .get()
            .map_or(0, |list| list.len().saturating_sub(self.index.get()))
    }

    fn reduce(&self, py: Py) -> PyResult {
        match self.list.get() {
            Some(list) => reduced(
                py,
                "iter",
                Value::from(list),
                Some(self.index.get() as isize),
            ),
            None => reduced(py, "iter", Value::from(List::new()), None),
        }
    }

    fn set_state(&self, index: isize) {
        if let Some(list) = self.list.get() {
            self.index.set(index.clamp(0, list.len() as isize) as usize);
        }
    }
}

impl Class for ListIter {
    const NAME: &'static str = "list_iterator";
    const GC: bool = true;

    fn cell() -> &'static TypeCell {
        &LIST_ITER
    }

    fn define(b: &mut TypeBuilder<Instance<ListIter>>) {
        b.silent();
        type This = Instance<ListIter>;
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
        visitor.field(&self.list);
    }

    fn clear(&self) {
        self.list.clear();
    }
}

impl ListReverseIter {
    /// The next item; the list is let go at its start.
    #[inline]
    pub fn step_object(&self) -> Option<Owned> {
        let index = self.index.get();
        // SAFETY: reading an item runs no Python code.
        let list = unsafe { self.list.peek() }?;
        let item = if index >= 0 {
            list.get_object(index as usize)
        } else {
            None
        };
        match item {
            Some(_) => self.index.set(index - 1),
            None => {
                self.index.set(-1);
                self.list.clear();
            }
        }
        item
    }

    fn length_hint(&self) -> usize {
        let left = (self.index.get() + 1) as usize;
        self.list
            .get()
            .filter(|list| list.len() >= left)
            .map_or(0, |_| left)
    }

    fn reduce(&self, py: Py) -> PyResult {
        match self.list.get() {
            Some(list) => reduced(py, "reversed", Value::from(list), Some(self.index.get())),
            None => reduced(py, "reversed", Value::from(List::new()), None),
        }
    }

    fn set_state(&self, index: isize) {
        if let Some(list) = self.list.get() {
            self.index.set(index.clamp(-1, list.len() as isize - 1));
        }
    }
}

impl Class for ListReverseIter {
    const NAME: &'static str = "list_reverseiterator";
    const GC: bool = true;

    fn cell() -> &'static TypeCell {
        &LIST_REVERSE_ITER
    }

    fn define(b: &mut TypeBuilder<Instance<ListReverseIter>>) {
        b.silent();
        type This = Instance<ListReverseIter>;
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
        visitor.field(&self.list);
    }

    fn clear(&self) {
        self.list.clear();
    }
}
