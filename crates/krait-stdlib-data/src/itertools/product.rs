//! `product`.

use std::cell::RefCell;

use krait_object::gc::Visitor;
use krait_object::native::{Args, Class, Instance, TypeBuilder};
use krait_object::types::iterators::ReusedTuple;
use krait_object::{Owned, Py, PyResult, Tuple, Type, class_cell, protocol, raise};
use smallvec::SmallVec;

/// Cartesian product of pools.
pub struct Product {
    pools: Box<[Box<[Owned]>]>,
    /// How often the pools are gone over.
    repeat: usize,
    /// The place in each pool; empty before the first result, nothing after the last.
    indices: RefCell<Option<Vec<usize>>>,
    result: ReusedTuple,
}

type This = Instance<Product>;

fn new(py: Py, class: &Type, args: Args<'_>, repeat: Option<isize>) -> PyResult<Owned<This>> {
    let Ok(repeat) = usize::try_from(repeat.unwrap_or(1)) else {
        return raise!(py, ValueError, "repeat argument cannot be negative");
    };
    let count = if repeat == 0 { 0 } else { args.0.len() };
    if count
        .checked_mul(repeat)
        .is_none_or(|n| n > isize::MAX as usize / 8)
    {
        return raise!(py, OverflowError, "repeat argument too large");
    }
    let pools: PyResult<Vec<Box<[Owned]>>> = args.0[..count]
        .iter()
        .map(|v| protocol::iter::collect_objects(py, v).map(Vec::into_boxed_slice))
        .collect();
    let body = Product {
        pools: pools?.into(),
        repeat,
        indices: RefCell::new(Some(Vec::new())),
        result: ReusedTuple::new(),
    };
    Instance::new_in(py, class, body)
}

impl Product {
    /// Moves on; false after the last result.
    fn advance(&self, indices: &mut Vec<usize>) -> PyResult<bool> {
        let total = self.pools.len() * self.repeat;
        if indices.is_empty() {
            if self.pools.iter().any(|p| p.is_empty()) {
                return Ok(false);
            }
            if indices.try_reserve_exact(total).is_err() {
                return krait_object::errors::no_memory();
            }
            indices.resize(total, 0);
            return Ok(true);
        }
        for (i, index) in indices.iter_mut().enumerate().rev() {
            *index += 1;
            if *index < self.pools[i % self.pools.len()].len() {
                return Ok(true);
            }
            *index = 0;
        }
        Ok(false)
    }

    fn step(&self) -> PyResult<Option<Owned<Tuple>>> {
        let Some(mut indices) = self.indices.take() else {
            return Ok(None);
        };
        if !self.advance(&mut indices)? {
            return Ok(None);
        }
        let items: SmallVec<[Owned; 8]> = indices
            .iter()
            .zip(self.pools.iter().cycle())
            .map(|(&i, pool)| pool[i].clone())
            .collect();
        // With no pools at all there is one empty result.
        let more = !indices.is_empty();
        self.indices.replace(more.then_some(indices));
        Ok(Some(self.result.fill(items)))
    }
}

impl Class for Product {
    const NAME: &'static str = "itertools.product";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.silent();
        super::iterator!(b, Product, |_py: Py, this: &This| this.step())
            .subclassable()
            .doc(DOC)
            .new_with(":product(*iterables, repeat=1)", new)
            .method_doc(
                "__sizeof__($self, /)",
                "Returns size in memory, in bytes.",
                |_py: Py, this: &This| {
                    size_of::<This>() + this.pools.len() * this.repeat * size_of::<usize>()
                },
            );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        self.pools.iter().flatten().for_each(|v| visitor.field(v));
        visitor.field(&self.result);
    }
}

const DOC: &str = "Cartesian product of input iterables.  Equivalent to nested for-loops.\n\n\
For example, product(A, B) returns the same as:  ((x,y) for x in A for y in B).\n\
The leftmost iterators are in the outermost for-loop, so the output tuples\n\
cycle in a manner similar to an odometer (with the rightmost element changing\n\
on every iteration).\n\n\
To compute the product of an iterable with itself, specify the number\n\
of repetitions with the optional repeat keyword argument. For example,\n\
product(A, repeat=4) means the same as product(A, A, A, A).";
