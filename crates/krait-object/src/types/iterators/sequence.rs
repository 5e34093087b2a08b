//! `iterator`: over an object with `__getitem__` and no `__iter__`. IndexError ends it.

use std::cell::Cell;

use super::{Held, reduced};
use crate::gc::Visitor;
use crate::native::{Class, Instance, TypeBuilder, TypeCell};
use crate::object::{Layout, Object, Owned};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::singletons;
use crate::types::tuple::Tuple;
use crate::value::Value;

#[unsafe(export_name = "PySeqIter_Type")]
pub static SEQUENCE_ITER: TypeCell = TypeCell::new();

pub struct SequenceIter {
    index: Cell<isize>,
    sequence: Held,
}

/// An iterator over a sequence, by its items from 0 on.
pub fn sequence_iter(sequence: &Object) -> Owned {
    // SAFETY: only code that holds the GIL makes iterators.
    let py = unsafe { Py::assume() };
    Instance::new(
        py,
        SequenceIter {
            index: Cell::new(0),
            sequence: Held::new(sequence.to_owned()),
        },
    )
    .upcast()
}

/// `sequence[index]` through `sq_item`, without adjusting the index.
pub fn sequence_item(py: Py, sequence: &Object, index: isize) -> PyResult<Owned> {
    // SAFETY: slot tables live as long as the type; slots take its instance.
    unsafe {
        match sequence
            .ty()
            .raw()
            .tp_as_sequence
            .as_ref()
            .and_then(|s| s.sq_item)
        {
            Some(slot) => protocol::owned_from_c(py, slot(sequence.as_ptr(), index)),
            None => crate::raise!(
                py,
                TypeError,
                "'{}' object does not support indexing",
                sequence.ty().name()
            ),
        }
    }
}

/// The item, `None` where there is none (IndexError) or StopIteration was raised.
pub(crate) fn item_or_end(py: Py, sequence: &Object, index: isize) -> PyResult<Option<Owned>> {
    match sequence_item(py, sequence, index) {
        Ok(item) => Ok(Some(item)),
        Err(raised) => {
            let ended = crate::errors::take_if(py, &crate::exceptions::IndexError)
                .or_else(|| crate::errors::take_if(py, &crate::exceptions::StopIteration));
            if ended.is_some() {
                Ok(None)
            } else {
                Err(raised)
            }
        }
    }
}

/// Whether the object has a length.
fn has_length(object: &Object) -> bool {
    let raw = object.ty().raw();
    // SAFETY: slot tables live as long as the type.
    unsafe {
        raw.tp_as_sequence
            .as_ref()
            .is_some_and(|s| s.sq_length.is_some())
            || raw
                .tp_as_mapping
                .as_ref()
                .is_some_and(|m| m.mp_length.is_some())
    }
}

impl SequenceIter {
    fn step(&self, py: Py) -> PyResult<Option<Owned>> {
        let Some(sequence) = self.sequence.get() else {
            return Ok(None);
        };
        let index = self.index.get();
        if index == isize::MAX {
            return crate::raise!(py, OverflowError, "iter index too large");
        }
        match item_or_end(py, &sequence, index)? {
            Some(item) => {
                self.index.set(index + 1);
                Ok(Some(item))
            }
            None => {
                self.sequence.clear();
                Ok(None)
            }
        }
    }

    fn length_hint(&self, py: Py) -> PyResult {
        let Some(sequence) = self.sequence.get() else {
            return Ok(Value::int(0));
        };
        if !has_length(&sequence) {
            return Ok(Value::from_static(singletons::not_implemented()));
        }
        let length = protocol::length(py, &Value::from(sequence))? as i64;
        Ok(Value::int((length - self.index.get() as i64).max(0)))
    }

    fn reduce(&self, py: Py) -> PyResult {
        match self.sequence.get() {
            Some(sequence) => reduced(py, "iter", Value::from(sequence), Some(self.index.get())),
            None => reduced(py, "iter", Value::from(Tuple::empty()), None),
        }
    }

    fn set_state(&self, index: isize) {
        if self.sequence.get().is_some() {
            self.index.set(index.max(0));
        }
    }
}

impl Class for SequenceIter {
    const NAME: &'static str = "iterator";
    const GC: bool = true;

    fn cell() -> &'static TypeCell {
        &SEQUENCE_ITER
    }

    fn define(b: &mut TypeBuilder<Instance<SequenceIter>>) {
        b.silent();
        type This = Instance<SequenceIter>;
        b.no_constructor()
            .iter(|_py, this: &This| Layout::to_owned(this))
            .next(|py, this: &This| this.step(py))
            .method("__length_hint__($self, /)", |py: Py, this: &This| {
                this.length_hint(py)
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
        visitor.field(&self.sequence);
    }

    fn clear(&self) {
        self.sequence.clear();
    }
}
