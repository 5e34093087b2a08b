//! `enumerate`.

use std::cell::{Cell, RefCell};

use super::iterators::ReusedTuple;
use super::slice::arith;
use super::tuple::Tuple;
use super::typeobject::Type;
use crate::gc::Visitor;
use crate::native::{Class, Instance, TypeBuilder, TypeCell};
use crate::object::{Builtin, Layout, Object, Owned};
use crate::protocol::{self, number};
use crate::py::{Py, PyResult};
use crate::value::Value;

#[unsafe(export_name = "PyEnum_Type")]
pub static ENUMERATE: TypeCell = TypeCell::new();

/// Pairs of counts and items.
pub struct Enumerate {
    iterator: Owned,
    /// The next count while it is a machine number.
    count: Cell<i64>,
    /// The next count once it is not.
    big: RefCell<Option<Value>>,
    result: ReusedTuple,
}

impl Enumerate {
    /// The next count and item.
    #[inline]
    pub fn step(&self, py: Py) -> PyResult<Option<(Value, Value)>> {
        let Some(item) = protocol::next(py, &self.iterator)? else {
            return Ok(None);
        };
        Ok(Some((self.step_count(), item)))
    }

    #[inline(always)]
    fn step_count(&self) -> Value {
        let count = self.count.get();
        if count == i64::MAX {
            return self.big_step();
        }
        self.count.set(count + 1);
        Value::int(count)
    }

    #[cold]
    fn big_step(&self) -> Value {
        let mut big = self.big.borrow_mut();
        let now = big.take().unwrap_or_else(|| Value::int(i64::MAX));
        *big = Some(arith::add(&now, &Value::int(1)));
        now
    }

    fn next_count(&self) -> Value {
        self.big
            .borrow()
            .clone()
            .unwrap_or_else(|| Value::int(self.count.get()))
    }
}

fn new(
    py: Py,
    class: &Type,
    iterable: &Value,
    start: Option<&Value>,
) -> PyResult<Owned<Instance<Enumerate>>> {
    let start = match start {
        Some(start) => arith::exact_index(py, start)?,
        None => Value::int(0),
    };
    let (count, big) = match number::int_of(&start) {
        Some(count) => (count, None),
        None => (i64::MAX, Some(start)),
    };
    let body = Enumerate {
        iterator: protocol::iter(py, iterable)?,
        count: Cell::new(count),
        big: RefCell::new(big),
        result: ReusedTuple::new(),
    };
    Instance::new_in(py, class, body)
}

fn next(py: Py, this: &Instance<Enumerate>) -> PyResult<Option<Owned<Tuple>>> {
    let Some(item) = protocol::next_object(py, &this.iterator)? else {
        return Ok(None);
    };
    let count = this.step_count().into_object();
    Ok(Some(this.result.fill([count, item])))
}

fn reduce(_py: Py, this: &Instance<Enumerate>) -> Value {
    let class = Value::from(Layout::to_owned(this.as_object().ty()));
    let arguments = Tuple::from_values([Value::from(this.iterator.clone()), this.next_count()]);
    Value::from(Tuple::from_values([class, Value::from(arguments)]))
}

/// `__class_getitem__` of generic builtin types.
pub(crate) fn class_item(py: Py, class: &Type, item: &Value) -> PyResult {
    let class: &Object = class.as_object();
    (crate::hooks::get(py).make_generic_alias)(py, class, &item.to_object())
}

impl Class for Enumerate {
    const NAME: &'static str = "enumerate";
    const GC: bool = true;

    fn cell() -> &'static TypeCell {
        &ENUMERATE
    }

    fn define(b: &mut TypeBuilder<Instance<Enumerate>>) {
        b.silent();
        b.subclassable()
            .doc("Gives pairs of a count (from start, which defaults to zero) and a value that the\niterable yields: enumerate(seq) is (0, seq[0]), (1, seq[1]), (2, seq[2]), ...")
            .new_with("?enumerate(iterable, start=0)", new)
            .iter(|_py, this: &Instance<Enumerate>| Layout::to_owned(this))
            .next(next)
            .method("__reduce__($self, /)", reduce)
            .class_method("__class_getitem__($type, object, /)", class_item);
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.iterator);
        visitor.field(&self.result);
    }
}

pub(crate) fn define() {
    Instance::<Enumerate>::type_object();
}
