//! `permutations`.

use std::cell::RefCell;

use krait_object::gc::Visitor;
use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::types::iterators::ReusedTuple;
use krait_object::{Int, Owned, Py, PyResult, Tuple, Type, Value, class_cell, protocol, raise};

/// Permutations of so many items of a pool.
pub struct Permutations {
    pool: Box<[Owned]>,
    length: usize,
    state: RefCell<Option<State>>,
    result: ReusedTuple,
}

#[derive(Default)]
struct State {
    /// All places of the pool, the chosen ones first.
    indices: Vec<usize>,
    /// How many choices are left at each chosen place.
    cycles: Vec<usize>,
    started: bool,
}

type This = Instance<Permutations>;

fn new(py: Py, class: &Type, iterable: &Value, r: Option<&Value>) -> PyResult<Owned<This>> {
    let pool = protocol::iter::collect_objects(py, iterable)?;
    let n = pool.len();
    let length = match r {
        None => n,
        Some(r) => {
            if r.as_small_int().is_none() && r.downcast::<Int>().is_none() {
                return raise!(py, TypeError, "Expected int as r");
            }
            let r = protocol::number::to_index(py, r, &krait_object::exceptions::OverflowError)?;
            let Ok(r) = usize::try_from(r) else {
                return raise!(py, ValueError, "r must be non-negative");
            };
            r
        }
    };
    let state = (length <= n).then(|| State {
        indices: (0..n).collect(),
        cycles: (0..length).map(|i| n - i).collect(),
        started: false,
    });
    let body = Permutations {
        pool: pool.into(),
        length,
        state: RefCell::new(state),
        result: ReusedTuple::new(),
    };
    Instance::new_in(py, class, body)
}

impl State {
    /// Moves on; false after the last permutation.
    fn advance(&mut self) -> bool {
        if !std::mem::replace(&mut self.started, true) {
            return true;
        }
        let n = self.indices.len();
        for i in (0..self.cycles.len()).rev() {
            self.cycles[i] -= 1;
            if self.cycles[i] == 0 {
                self.indices[i..].rotate_left(1);
                self.cycles[i] = n - i;
            } else {
                self.indices.swap(i, n - self.cycles[i]);
                return true;
            }
        }
        false
    }
}

impl Permutations {
    fn step(&self) -> Option<Owned<Tuple>> {
        let mut state = self.state.borrow_mut();
        if !state.as_mut()?.advance() {
            *state = None;
            return None;
        }
        let chosen = &state.as_ref()?.indices[..self.length];
        let items: smallvec::SmallVec<[Owned; 8]> =
            chosen.iter().map(|&i| self.pool[i].clone()).collect();
        drop(state);
        Some(self.result.fill(items))
    }
}

impl Class for Permutations {
    const NAME: &'static str = "itertools.permutations";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.silent();
        super::iterator!(b, Permutations, |_py: Py, this: &This| Ok(this.step()))
            .subclassable()
            .doc("Return successive r-length permutations of elements in the iterable.\n\npermutations(range(3), 2) --> (0,1), (0,2), (1,0), (1,2), (2,0), (2,1)")
            .new_with("permutations(iterable, r=None)", new)
            .method_doc("__sizeof__($self, /)", "Returns size in memory, in bytes.", |_py: Py, this: &This| {
                size_of::<This>() + (this.pool.len() + this.length) * size_of::<usize>()
            });
    }

    fn traverse(&self, visitor: &mut Visitor) {
        self.pool.iter().for_each(|v| visitor.field(v));
        visitor.field(&self.result);
    }
}
