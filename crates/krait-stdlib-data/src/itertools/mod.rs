//! `itertools`.
//!
//! Each iterator is a plain struct whose changing parts are cells. No borrow of a cell is
//! held while an inner iterator or a function runs, so that re-entering an iterator is
//! harmless.

use krait_object::native::module::NativeModule;
use krait_object::{ModuleBuilder, PyResult, Str, Value};

mod chain;
mod combine;
mod fold;
mod groupby;
mod infinite;
mod islice;
mod permutations;
mod product;
mod select;
mod tee;
mod zip_longest;

pub const MODULE: NativeModule = NativeModule {
    name: "itertools",
    init,
};

/// Declares what all iterators have: `__iter__` gives the iterator itself.
macro_rules! iterator {
    ($b:expr, $T:ty, $next:expr) => {
        $b.iter(|_py: krait_object::Py, this: &krait_object::Instance<$T>| {
            krait_object::Layout::to_owned(this)
        })
        .next($next)
    };
}
use iterator;

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.value("__doc__", Value::from(Str::new(DOC)))?;
    m.class::<infinite::Count>()?;
    m.class::<infinite::Cycle>()?;
    m.class::<infinite::Repeat>()?;
    m.class::<chain::Chain>()?;
    m.class::<select::Compress>()?;
    m.class::<select::DropWhile>()?;
    m.class::<select::TakeWhile>()?;
    m.class::<select::FilterFalse>()?;
    m.class::<select::StarMap>()?;
    m.class::<islice::ISlice>()?;
    m.class::<fold::Accumulate>()?;
    m.class::<fold::Batched>()?;
    m.class::<fold::Pairwise>()?;
    m.class::<groupby::GroupBy>()?;
    m.class::<groupby::Grouper>()?;
    m.class::<product::Product>()?;
    m.class::<combine::Combinations<false>>()?;
    m.class::<combine::Combinations<true>>()?;
    m.class::<permutations::Permutations>()?;
    m.class::<zip_longest::ZipLongest>()?;
    m.class::<tee::Tee>()?;
    m.class::<tee::TeeData>()?;
    m.function("tee($module, iterable, n=2, /)", tee::tee)?;
    Ok(())
}

const DOC: &str = "Functional tools for creating and using iterators.\n\n\
Infinite iterators:\n\
count(start=0, step=1) --> start, start+step, start+2*step, ...\n\
cycle(p) --> p0, p1, ... plast, p0, p1, ...\n\
repeat(elem [,n]) --> elem, elem, elem, ... endlessly or up to n times\n";
