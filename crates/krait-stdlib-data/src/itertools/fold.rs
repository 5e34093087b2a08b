//! Iterators that put items together: `accumulate`, `batched`, `pairwise`.

use std::cell::{Cell, RefCell};

use krait_object::gc::Visitor;
use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::protocol::number::{self, BinaryOp};
use krait_object::types::iterators::ReusedTuple;
use krait_object::{Owned, Py, PyResult, Tuple, Type, Value, class_cell, protocol, raise};

/// Running totals.
pub struct Accumulate {
    source: Owned,
    function: Option<Value>,
    total: RefCell<Option<Value>>,
    initial: RefCell<Option<Value>>,
}

impl Accumulate {
    fn step(&self, py: Py) -> PyResult<Option<Value>> {
        let initial = self.initial.take();
        if let Some(initial) = initial {
            let old = self.total.replace(Some(initial.clone()));
            drop(old);
            return Ok(Some(initial));
        }
        let Some(item) = protocol::next(py, &self.source)? else {
            return Ok(None);
        };
        let total = self.total.borrow().clone();
        let new = match (total, &self.function) {
            (None, _) => item,
            (Some(total), None) => number::binary(py, BinaryOp::Add, &total, &item)?,
            (Some(total), Some(function)) => protocol::call(py, function, &[total, item])?,
        };
        let old = self.total.replace(Some(new.clone()));
        drop(old);
        Ok(Some(new))
    }
}

impl Class for Accumulate {
    const NAME: &'static str = "itertools.accumulate";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        super::iterator!(b, Accumulate, |py: Py, this: &Instance<Accumulate>| this
            .step(py))
        .subclassable()
        .doc("Return series of accumulated sums (or other binary function results).")
        .new_with(
            "accumulate(iterable, func=None, *, initial=None)",
            |py: Py,
             class: &Type,
             iterable: &Value,
             func: Option<&Value>,
             initial: Option<&Value>| {
                let body = Accumulate {
                    source: protocol::iter(py, iterable)?,
                    function: func.cloned(),
                    total: RefCell::new(None),
                    initial: RefCell::new(initial.cloned()),
                };
                Instance::new_in(py, class, body)
            },
        );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.source);
        visitor.field(&self.function);
        visitor.field(&self.total);
        visitor.field(&self.initial);
    }

    fn clear(&self) {
        let parts = (self.total.take(), self.initial.take());
        drop(parts);
    }
}

/// Tuples of so many items.
pub struct Batched {
    source: RefCell<Option<Owned>>,
    size: usize,
    strict: bool,
}

impl Batched {
    fn step(&self, py: Py) -> PyResult<Option<Owned<Tuple>>> {
        let Some(source) = self.source.borrow().clone() else {
            return Ok(None);
        };
        let mut items = Vec::with_capacity(self.size.min(1024));
        while items.len() < self.size {
            match protocol::next_object(py, &source)? {
                Some(item) => items.push(item),
                None => break,
            }
        }
        if items.len() == self.size {
            return Ok(Some(Tuple::from_owned(items)));
        }
        let source = self.source.take();
        drop(source);
        if items.is_empty() {
            return Ok(None);
        }
        if self.strict {
            return raise!(py, ValueError, "batched(): incomplete batch");
        }
        Ok(Some(Tuple::from_owned(items)))
    }
}

impl Class for Batched {
    const NAME: &'static str = "itertools.batched";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        super::iterator!(b, Batched, |py: Py, this: &Instance<Batched>| this.step(py))
            .subclassable()
            .doc("Batch data into tuples of length n. The last batch may be shorter than n.\n\nLoops over the input iterable and accumulates data into tuples up to size n.\nThe input is consumed lazily, just enough to fill a batch.  The result is\nyielded as soon as a batch is full or when the input iterable is exhausted.\n\n    >>> for batch in batched('ABCDEFG', 3):\n    ...     print(batch)\n    ...\n    ('A', 'B', 'C')\n    ('D', 'E', 'F')\n    ('G',)")
            .new_with(
                "batched(iterable, n, *, strict=False)",
                |py: Py, class: &Type, iterable: &Value, n: isize, strict: Option<bool>| {
                    let Some(size) = usize::try_from(n).ok().filter(|&n| n > 0) else {
                        return raise!(py, ValueError, "n must be at least one");
                    };
                    let source = RefCell::new(Some(protocol::iter(py, iterable)?));
                    Instance::new_in(py, class, Batched { source, size, strict: strict.unwrap_or(false) })
                },
            );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.source);
    }

    fn clear(&self) {
        let source = self.source.take();
        drop(source);
    }
}

/// Overlapping pairs.
pub struct Pairwise {
    source: RefCell<Option<Owned>>,
    old: Cell<Option<Owned>>,
    result: ReusedTuple,
}

impl Pairwise {
    fn end(&self) -> PyResult<Option<Owned<Tuple>>> {
        let parts = (self.source.take(), self.old.take());
        drop(parts);
        Ok(None)
    }

    fn step(&self, py: Py) -> PyResult<Option<Owned<Tuple>>> {
        let Some(source) = self.source.borrow().clone() else {
            return Ok(None);
        };
        let old = match self.old.take() {
            Some(old) => old,
            None => {
                let Some(first) = protocol::next_object(py, &source)? else {
                    return self.end();
                };
                // The source may have re-entered this iterator and ended it.
                if self.source.borrow().is_none() {
                    return self.end();
                }
                first
            }
        };
        self.old.set(Some(old.clone()));
        let Some(new) = protocol::next_object(py, &source)? else {
            return self.end();
        };
        let before = self.old.replace(Some(new.clone()));
        drop(before);
        Ok(Some(self.result.fill([old, new])))
    }
}

impl Class for Pairwise {
    const NAME: &'static str = "itertools.pairwise";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        super::iterator!(b, Pairwise, |py: Py, this: &Instance<Pairwise>| this.step(py))
            .subclassable()
            .doc("Return an iterator of overlapping pairs taken from the input iterator.\n\n    s -> (s0,s1), (s1,s2), (s2, s3), ...")
            .new_with("pairwise(iterable, /)", |py: Py, class: &Type, iterable: &Value| {
                let source = RefCell::new(Some(protocol::iter(py, iterable)?));
                Instance::new_in(py, class, Pairwise { source, old: Cell::new(None), result: ReusedTuple::new() })
            });
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.source);
        visitor.field(&self.old);
        visitor.field(&self.result);
    }

    fn clear(&self) {
        let _ = self.end();
    }
}
