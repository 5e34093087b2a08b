//! `zip_longest`.

use std::cell::{Cell, RefCell};

use krait_object::gc::Visitor;
use krait_object::native::{Args, Class, Instance, KwArgs, TypeBuilder};
use krait_object::types::iterators::ReusedTuple;
use krait_object::{Owned, Py, PyResult, Tuple, Type, Value, class_cell, protocol, raise};
use smallvec::SmallVec;

/// Tuples of items of several iterators, until the longest ends.
pub struct ZipLongest {
    /// Exhausted iterators are let go.
    iterators: RefCell<Vec<Option<Owned>>>,
    active: Cell<usize>,
    fill: Owned,
    result: ReusedTuple,
}

type This = Instance<ZipLongest>;

fn new(py: Py, class: &Type, args: Args<'_>, kwargs: KwArgs) -> PyResult<Owned<This>> {
    let fill = match kwargs.0 {
        None => None,
        Some(named) => match named.get_str(py, "fillvalue").filter(|_| named.len() == 1) {
            Some(fill) => Some(fill),
            None => {
                return raise!(
                    py,
                    TypeError,
                    "zip_longest() got an unexpected keyword argument"
                );
            }
        },
    };
    let iterators: PyResult<Vec<Option<Owned>>> = args
        .0
        .iter()
        .map(|v| protocol::iter(py, v).map(Some))
        .collect();
    let body = ZipLongest {
        iterators: RefCell::new(iterators?),
        active: Cell::new(args.0.len()),
        fill: fill.unwrap_or_else(Value::none).into_object(),
        result: ReusedTuple::new(),
    };
    Instance::new_in(py, class, body)
}

impl ZipLongest {
    fn step(&self, py: Py) -> PyResult<Option<Owned<Tuple>>> {
        let count = self.iterators.borrow().len();
        if count == 0 || self.active.get() == 0 {
            return Ok(None);
        }
        let mut items: SmallVec<[Owned; 8]> = SmallVec::with_capacity(count);
        for i in 0..count {
            let iterator = self.iterators.borrow().get(i).cloned().flatten();
            let item = match iterator {
                None => None,
                Some(iterator) => match protocol::next_object(py, &iterator) {
                    Ok(Some(item)) => Some(item),
                    Ok(None) => {
                        if self.finish(i) {
                            return Ok(None);
                        }
                        None
                    }
                    Err(raised) => {
                        self.active.set(0);
                        return Err(raised);
                    }
                },
            };
            items.push(item.unwrap_or_else(|| self.fill.clone()));
        }
        Ok(Some(self.result.fill(items)))
    }

    /// Lets an exhausted iterator go; whether it was the last.
    fn finish(&self, index: usize) -> bool {
        let old = self
            .iterators
            .borrow_mut()
            .get_mut(index)
            .and_then(Option::take);
        if old.is_some() {
            self.active.set(self.active.get().saturating_sub(1));
        }
        drop(old);
        self.active.get() == 0
    }
}

impl Class for ZipLongest {
    const NAME: &'static str = "itertools.zip_longest";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.silent();
        super::iterator!(b, ZipLongest, |py: Py, this: &This| this.step(py))
            .subclassable()
            .doc(DOC)
            .new_with("zip_longest(*iterables, **kwargs)", new);
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.iterators);
        visitor.field(&self.fill);
        visitor.field(&self.result);
    }

    fn clear(&self) {
        let old = self.iterators.take();
        drop(old);
    }
}

const DOC: &str = "Return a zip_longest object whose .__next__() method returns a tuple where\n\
the i-th element comes from the i-th iterable argument.  The .__next__()\n\
method continues until the longest iterable in the argument sequence\n\
is exhausted and then it raises StopIteration.  When the shorter iterables\n\
are exhausted, the fillvalue is substituted in their place.  The fillvalue\n\
defaults to None or can be specified by a keyword argument.\n";
