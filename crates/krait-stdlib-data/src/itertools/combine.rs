//! `combinations` and `combinations_with_replacement`.

use std::cell::{Cell, RefCell};

use krait_object::gc::Visitor;
use krait_object::native::{Class, Instance, TypeBuilder, TypeCell};
use krait_object::types::iterators::ReusedTuple;
use krait_object::{Owned, Py, PyResult, Tuple, Type, Value, protocol, raise};

/// Combinations of items of a pool, with or without the same place more than once.
pub struct Combinations<const REPLACE: bool> {
    pool: Box<[Owned]>,
    indices: RefCell<Vec<usize>>,
    started: Cell<bool>,
    ended: Cell<bool>,
    result: ReusedTuple,
}

fn new<const REPLACE: bool>(
    py: Py,
    class: &Type,
    iterable: &Value,
    r: isize,
) -> PyResult<Owned<Instance<Combinations<REPLACE>>>> {
    let pool = protocol::iter::collect_objects(py, iterable)?;
    let Ok(r) = usize::try_from(r) else {
        return raise!(py, ValueError, "r must be non-negative");
    };
    let none = if REPLACE {
        pool.is_empty() && r > 0
    } else {
        r > pool.len()
    };
    let mut indices = Vec::new();
    if !none {
        if indices.try_reserve_exact(r).is_err() {
            return krait_object::errors::no_memory();
        }
        indices.extend((0..r).map(|i| if REPLACE { 0 } else { i }));
    }
    let body = Combinations {
        pool: pool.into(),
        indices: RefCell::new(indices),
        started: Cell::new(false),
        ended: Cell::new(none),
        result: ReusedTuple::new(),
    };
    Instance::new_in(py, class, body)
}

impl<const REPLACE: bool> Combinations<REPLACE> {
    /// Moves on; false after the last combination.
    fn advance(&self, indices: &mut [usize]) -> bool {
        let (n, r) = (self.pool.len(), indices.len());
        let last = |i: usize| if REPLACE { n - 1 } else { i + n - r };
        let Some(at) = (0..r).rev().find(|&i| indices[i] != last(i)) else {
            return false;
        };
        let base = indices[at] + 1;
        for (i, index) in indices[at..].iter_mut().enumerate() {
            *index = if REPLACE { base } else { base + i };
        }
        true
    }

    fn step(&self) -> Option<Owned<Tuple>> {
        if self.ended.get() {
            return None;
        }
        let mut indices = self.indices.borrow_mut();
        if self.started.replace(true) && !self.advance(&mut indices) {
            self.ended.set(true);
            return None;
        }
        let items: smallvec::SmallVec<[Owned; 8]> =
            indices.iter().map(|&i| self.pool[i].clone()).collect();
        drop(indices);
        Some(self.result.fill(items))
    }
}

static PLAIN: TypeCell = TypeCell::new();
static REPLACING: TypeCell = TypeCell::new();

impl<const REPLACE: bool> Class for Combinations<REPLACE> {
    const NAME: &'static str = if REPLACE {
        "itertools.combinations_with_replacement"
    } else {
        "itertools.combinations"
    };
    const GC: bool = true;

    fn cell() -> &'static TypeCell {
        if REPLACE { &REPLACING } else { &PLAIN }
    }

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        let text = if REPLACE {
            "combinations_with_replacement(iterable, r)"
        } else {
            "combinations(iterable, r)"
        };
        super::iterator!(b, Self, |_py: Py, this: &Instance<Self>| Ok(this.step()))
            .subclassable()
            .doc(if REPLACE { DOC_REPLACE } else { DOC })
            .new_with(text, new::<REPLACE>)
            .method_doc(
                "__sizeof__($self, /)",
                "Returns size in memory, in bytes.",
                |_py: Py, this: &Instance<Self>| {
                    size_of::<Instance<Self>>() + this.indices.borrow().len() * size_of::<usize>()
                },
            );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        self.pool.iter().for_each(|v| visitor.field(v));
        visitor.field(&self.result);
    }
}

const DOC: &str = "Return successive r-length combinations of elements in the iterable.\n\n\
combinations(range(4), 3) --> (0,1,2), (0,1,3), (0,2,3), (1,2,3)";
const DOC_REPLACE: &str = "Return successive r-length combinations of elements in the iterable allowing individual elements to have successive repeats.\n\n\
combinations_with_replacement('ABC', 2) --> ('A','A'), ('A','B'), ('A','C'), ('B','B'), ('B','C'), ('C','C')";
