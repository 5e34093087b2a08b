//! `tee`: iterators over a shared list of chunks, which are read once.

use std::cell::{Cell, RefCell};

use krait_object::gc::Visitor;
use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::{Owned, Py, PyResult, Tuple, Type, Value, class_cell, protocol, raise};

/// Items in a chunk.
const CHUNK: usize = 57;

/// A chunk of items that have been read.
pub struct TeeData {
    source: Owned,
    values: RefCell<Vec<Owned>>,
    next: RefCell<Option<Owned<Instance<TeeData>>>>,
    running: Cell<bool>,
}

impl TeeData {
    fn new(py: Py, source: Owned) -> Owned<Instance<TeeData>> {
        let body = TeeData {
            source,
            values: RefCell::default(),
            next: RefCell::default(),
            running: Cell::new(false),
        };
        Instance::new(py, body)
    }

    /// The item at a place of the chunk, read from the source where it is not there yet.
    fn get(&self, py: Py, index: usize) -> PyResult<Option<Owned>> {
        if let Some(value) = self.values.borrow().get(index) {
            return Ok(Some(value.clone()));
        }
        if self.running.get() {
            return raise!(py, RuntimeError, "cannot re-enter the tee iterator");
        }
        self.running.set(true);
        let item = protocol::next_object(py, &self.source);
        self.running.set(false);
        let item = item?;
        if let Some(item) = &item {
            self.values.borrow_mut().push(item.clone());
        }
        Ok(item)
    }

    /// The chunk after this one, which is full.
    fn following(&self, py: Py) -> Owned<Instance<TeeData>> {
        let next = self.next.borrow().clone();
        match next {
            Some(next) => next,
            None => {
                let next = TeeData::new(py, self.source.clone());
                let old = self.next.replace(Some(next.clone()));
                drop(old);
                next
            }
        }
    }
}

impl Class for TeeData {
    const NAME: &'static str = "itertools._tee_dataobject";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        b.no_constructor()
            .doc("Data container common to multiple tee objects.");
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.source);
        visitor.field(&self.values);
        visitor.field(&self.next);
    }

    fn clear(&self) {
        let parts = (self.values.take(), self.next.take());
        drop(parts);
    }
}

/// One of the iterators.
pub struct Tee {
    data: RefCell<Owned<Instance<TeeData>>>,
    index: Cell<usize>,
}

type This = Instance<Tee>;

impl Tee {
    fn copy(&self, py: Py) -> Owned<This> {
        let data = RefCell::new(self.data.borrow().clone());
        Instance::new(
            py,
            Tee {
                data,
                index: Cell::new(self.index.get()),
            },
        )
    }

    fn step(&self, py: Py) -> PyResult<Option<Owned>> {
        if self.index.get() >= CHUNK {
            let next = self.data.borrow().following(py);
            self.index.set(0);
            let old = self.data.replace(next);
            drop(old);
        }
        let data = self.data.borrow().clone();
        let item = data.get(py, self.index.get())?;
        if item.is_some() {
            self.index.set(self.index.get() + 1);
        }
        Ok(item)
    }
}

/// A tee of an iterable; a copy where it is one already.
fn from_iterable(py: Py, iterable: &Value) -> PyResult<Owned<This>> {
    let source = protocol::iter(py, iterable)?;
    if let Some(tee) = source.downcast::<This>() {
        return Ok(tee.copy(py));
    }
    let data = RefCell::new(TeeData::new(py, source));
    Ok(Instance::new(
        py,
        Tee {
            data,
            index: Cell::new(0),
        },
    ))
}

/// `itertools.tee(iterable, n)`.
pub fn tee(py: Py, iterable: &Value, n: Option<isize>) -> PyResult<Owned<Tuple>> {
    let Ok(n) = usize::try_from(n.unwrap_or(2)) else {
        return raise!(py, ValueError, "n must be >= 0");
    };
    if n == 0 {
        return Ok(Tuple::empty());
    }
    let mut all: Vec<Value> = Vec::new();
    if all.try_reserve_exact(n).is_err() {
        return krait_object::errors::no_memory();
    }
    let first = from_iterable(py, iterable)?;
    for _ in 1..n {
        all.push(Value::from(first.copy(py)));
    }
    all.insert(0, Value::from(first));
    Ok(Tuple::from_values(all))
}

impl Class for Tee {
    const NAME: &'static str = "itertools._tee";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.silent();
        super::iterator!(b, Tee, |py: Py, this: &This| this.step(py))
            .with_weakrefs()
            .doc("Iterator wrapped to make it copyable.")
            .new_with(
                "_tee(iterable, /)",
                |py: Py, _class: &Type, iterable: &Value| from_iterable(py, iterable),
            )
            .method_doc(
                "__copy__($self, /)",
                "Returns an independent iterator.",
                |py: Py, this: &This| this.copy(py),
            );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.data);
    }
}
