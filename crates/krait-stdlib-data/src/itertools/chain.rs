//! `chain`.

use std::cell::RefCell;

use krait_object::gc::Visitor;
use krait_object::native::{Args, Class, Instance, TypeBuilder};
use krait_object::types::sequence;
use krait_object::{Owned, Py, PyResult, Tuple, Type, Value, class_cell, protocol};

/// The items of one iterable after the other.
pub struct Chain {
    sources: RefCell<Option<Owned>>,
    active: RefCell<Option<Owned>>,
}

type This = Instance<Chain>;

fn make(py: Py, class: &Type, iterables: &Value) -> PyResult<Owned<This>> {
    let sources = protocol::iter(py, iterables)?;
    let body = Chain {
        sources: RefCell::new(Some(sources)),
        active: RefCell::new(None),
    };
    Instance::new_in(py, class, body)
}

impl Chain {
    fn step(&self, py: Py) -> PyResult<Option<Owned>> {
        loop {
            let active = self.active.borrow().clone();
            if let Some(active) = active {
                if let Some(item) = protocol::next_object(py, &active)? {
                    return Ok(Some(item));
                }
                let old = self.active.take();
                drop(old);
            }
            let Some(sources) = self.sources.borrow().clone() else {
                return Ok(None);
            };
            let next = match protocol::next(py, &sources) {
                Ok(Some(iterable)) => protocol::iter(py, &iterable).map(Some),
                Ok(None) => Ok(None),
                Err(raised) => Err(raised),
            };
            match next {
                Ok(Some(iterator)) => {
                    let old = self.active.replace(Some(iterator));
                    drop(old);
                }
                other => {
                    let old = self.sources.take();
                    drop(old);
                    return other.map(|_| None);
                }
            }
        }
    }
}

impl Class for Chain {
    const NAME: &'static str = "itertools.chain";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.silent();
        super::iterator!(b, Chain, |py: Py, this: &This| this.step(py))
            .subclassable()
            .doc("Return a chain object whose .__next__() method returns elements from the\nfirst iterable until it is exhausted, then elements from the next iterable,\nuntil all of the iterables are exhausted.")
            .new_with("chain(*iterables)", |py: Py, class: &Type, args: Args<'_>| {
                make(py, class, &Value::from(Tuple::from_slice(args.0)))
            })
            .class_method("from_iterable($type, iterable, /)", make)
            .class_method("__class_getitem__($type, object, /)", sequence::class_getitem);
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.sources);
        visitor.field(&self.active);
    }

    fn clear(&self) {
        let parts = (self.sources.take(), self.active.take());
        drop(parts);
    }
}
