//! `reversed`: over a sequence from its end, or what `__reversed__` gives.

use std::cell::Cell;

use super::iterators::Held;
use super::iterators::item_or_end;
use super::slotdefs::special;
use super::tuple::Tuple;
use super::typeobject::Type;
use crate::gc::Visitor;
use crate::native::{Args, Class, Instance, TypeBuilder, TypeCell};
use crate::object::{Builtin, Layout, Owned};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::value::Value;

#[unsafe(export_name = "PyReversed_Type")]
pub static REVERSED: TypeCell = TypeCell::new();

pub struct Reversed {
    /// The next index, -1 at the end.
    index: Cell<isize>,
    sequence: Held,
}

fn new(py: Py, class: &Type, args: Args<'_>) -> PyResult {
    let [given] = args.0 else {
        return crate::raise!(
            py,
            TypeError,
            "reversed expected 1 argument, got {}",
            args.0.len()
        );
    };
    let object = given.to_object();
    match special::find(py, &object, crate::intern!("__reversed__"))? {
        Some(method) if !method.is_none() => {
            return method.call(py, std::slice::from_ref(given));
        }
        None if protocol::iter::is_sequence(&object) => {}
        _ => {
            return crate::raise!(
                py,
                TypeError,
                "'{}' object is not reversible",
                object.ty().name()
            );
        }
    }
    let length = protocol::length(py, given)? as isize;
    let body = Reversed {
        index: Cell::new(length - 1),
        sequence: Held::new(object),
    };
    Instance::new_in(py, class, body).map(Value::from)
}

impl Reversed {
    fn step(&self, py: Py) -> PyResult<Option<Owned>> {
        let index = self.index.get();
        let Some(sequence) = self.sequence.get() else {
            return Ok(None);
        };
        if index >= 0
            && let Some(item) = item_or_end(py, &sequence, index)?
        {
            self.index.set(index - 1);
            return Ok(Some(item));
        }
        self.index.set(-1);
        self.sequence.clear();
        Ok(None)
    }

    fn length_hint(&self, py: Py) -> PyResult<usize> {
        let Some(sequence) = self.sequence.get() else {
            return Ok(0);
        };
        let left = (self.index.get() + 1) as usize;
        let length = protocol::length(py, &Value::from(sequence))?;
        Ok(if length < left { 0 } else { left })
    }

    fn set_state(&self, py: Py, index: isize) -> PyResult<()> {
        if let Some(sequence) = self.sequence.get() {
            let length = protocol::length(py, &Value::from(sequence))? as isize;
            self.index.set(index.clamp(-1, length - 1));
        }
        Ok(())
    }
}

fn reduce(_py: Py, this: &Instance<Reversed>) -> Value {
    let class = Value::from(Layout::to_owned(this.as_object().ty()));
    let pack = |content: Value| Value::from(Tuple::from_values([content]));
    Value::from(match this.sequence.get() {
        Some(sequence) => Tuple::from_values([
            class,
            pack(Value::from(sequence)),
            Value::int(this.index.get() as i64),
        ]),
        None => Tuple::from_values([class, pack(Value::from(Tuple::empty()))]),
    })
}

impl Class for Reversed {
    const NAME: &'static str = "reversed";
    const GC: bool = true;

    fn cell() -> &'static TypeCell {
        &REVERSED
    }

    fn define(b: &mut TypeBuilder<Instance<Reversed>>) {
        b.silent();
        type This = Instance<Reversed>;
        b.subclassable()
            .doc("Gives the values of a sequence from its end.")
            .new_with("reversed(*args)", new)
            .iter(|_py, this: &This| Layout::to_owned(this))
            .next(|py, this: &This| this.step(py))
            .method("__length_hint__($self, /)", |py: Py, this: &This| {
                this.length_hint(py)
            })
            .method("__reduce__($self, /)", reduce)
            .method(
                "__setstate__($self, object, /)",
                |py: Py, this: &This, index: isize| this.set_state(py, index),
            );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.sequence);
    }
}

pub(crate) fn define() {
    Instance::<Reversed>::type_object();
}
