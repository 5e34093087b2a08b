//! `zip`, and the stepping of several iterators at once that `map` shares.

use std::cell::Cell;
use std::ops::Deref;

use super::iterators::ReusedTuple;
use super::tuple::Tuple;
use super::typeobject::Type;
use crate::gc::Visitor;
use crate::native::{Args, Class, Instance, TypeBuilder, TypeCell};
use crate::object::{Builtin, Layout, Object, Owned};
use crate::protocol;
use crate::py::{Py, PyResult, Raised};
use crate::value::Value;

#[unsafe(export_name = "PyZip_Type")]
pub static ZIP: TypeCell = TypeCell::new();

/// Tuples of one item of each iterator, as long as all have one.
pub struct Zip {
    iterators: Iterators,
    strict: Cell<bool>,
    result: ReusedTuple,
}

/// Iterators, given back from the last one down (CPython has them in a tuple).
pub(super) struct Iterators(Box<[Owned]>);

impl Deref for Iterators {
    type Target = [Owned];

    #[inline(always)]
    fn deref(&self) -> &[Owned] {
        &self.0
    }
}

impl Drop for Iterators {
    fn drop(&mut self) {
        let mut left = std::mem::take(&mut self.0).into_vec();
        while let Some(iterator) = left.pop() {
            drop(iterator);
        }
    }
}

/// Iterators over all values.
pub(super) fn iterators(py: Py, values: &[Value]) -> PyResult<Iterators> {
    let all: PyResult<Box<[Owned]>> = values.iter().map(|v| protocol::iter(py, v)).collect();
    all.map(Iterators)
}

/// One item of each of so many iterators; `None` where one is exhausted.
#[inline]
pub(super) fn step_some<const N: usize, T>(
    py: Py,
    who: &str,
    iterators: &[Owned],
    strict: &Cell<bool>,
    next: impl Fn(Py, &Object) -> PyResult<Option<T>>,
) -> PyResult<Option<[T; N]>> {
    let mut items = [const { None::<T> }; N];
    for (i, (place, iterator)) in items.iter_mut().zip(iterators).enumerate() {
        *place = next(py, iterator)?;
        if place.is_none() {
            return ended(py, who, iterators, strict, i).map(|()| None);
        }
    }
    // There are as many iterators as places.
    Ok(Some(items.map(|item| {
        item.unwrap_or_else(|| unreachable!("each iterator has given one"))
    })))
}

/// As `step_some`, for any number.
pub(super) fn step_all<T>(
    py: Py,
    who: &str,
    iterators: &[Owned],
    strict: &Cell<bool>,
    next: impl Fn(Py, &Object) -> PyResult<Option<T>>,
) -> PyResult<Option<Vec<T>>> {
    let mut items = Vec::with_capacity(iterators.len());
    for (i, iterator) in iterators.iter().enumerate() {
        match next(py, iterator)? {
            Some(item) => items.push(item),
            None => return ended(py, who, iterators, strict, i).map(|()| None),
        }
    }
    Ok(Some(items))
}

/// The iterator of an index is exhausted: an error in strict mode, unless all are.
fn ended(
    py: Py,
    who: &str,
    iterators: &[Owned],
    strict: &Cell<bool>,
    index: usize,
) -> PyResult<()> {
    if !strict.get() {
        return Ok(());
    }
    if index > 0 {
        return Err(mismatch(py, who, index, "shorter"));
    }
    for (i, iterator) in iterators.iter().enumerate().skip(1) {
        if protocol::next(py, iterator)?.is_some() {
            return Err(mismatch(py, who, i, "longer"));
        }
    }
    Ok(())
}

#[cold]
fn mismatch(py: Py, who: &str, index: usize, how: &str) -> Raised {
    let others = if index == 1 { " " } else { "s 1-" };
    let raised: PyResult<()> = crate::raise!(
        py,
        ValueError,
        "{who}() argument {} is {how} than argument{others}{index}",
        index + 1
    );
    raised.err().unwrap_or(Raised)
}

fn new(
    py: Py,
    class: &Type,
    args: Args<'_>,
    strict: Option<bool>,
) -> PyResult<Owned<Instance<Zip>>> {
    let body = Zip {
        iterators: iterators(py, args.0)?,
        strict: Cell::new(strict.unwrap_or(false)),
        result: ReusedTuple::new(),
    };
    Instance::new_in(py, class, body)
}

impl Zip {
    /// Whether the tuples are pairs.
    #[inline]
    pub fn is_of_pairs(&self) -> bool {
        self.iterators.len() == 2
    }

    /// The two parts of the next pair.
    pub fn step_pair(&self, py: Py) -> PyResult<Option<(Value, Value)>> {
        let pair = step_some::<2, _>(py, "zip", &self.iterators, &self.strict, protocol::next)?;
        Ok(pair.map(|[a, b]| (a, b)))
    }
}

fn next(py: Py, this: &Instance<Zip>) -> PyResult<Option<Owned<Tuple>>> {
    fn some<const N: usize>(py: Py, zip: &Zip) -> PyResult<Option<Owned<Tuple>>> {
        let items = step_some::<N, _>(
            py,
            "zip",
            &zip.iterators,
            &zip.strict,
            protocol::next_object,
        )?;
        Ok(items.map(|items| zip.result.fill(items)))
    }
    match this.iterators.len() {
        0 => Ok(None),
        1 => some::<1>(py, this),
        2 => some::<2>(py, this),
        3 => some::<3>(py, this),
        _ => {
            let next = protocol::next_object;
            let items = step_all(py, "zip", &this.iterators, &this.strict, next)?;
            Ok(items.map(|items| this.result.fill(items)))
        }
    }
}

/// `(class, arguments)`, with a true state where the mode is strict.
pub(super) fn reduced(class: &Type, arguments: Owned<Tuple>, strict: bool) -> Value {
    let (class, arguments) = (Value::from(Layout::to_owned(class)), Value::from(arguments));
    Value::from(match strict {
        true => Tuple::from_values([class, arguments, Value::bool(true)]),
        false => Tuple::from_values([class, arguments]),
    })
}

fn reduce(_py: Py, this: &Instance<Zip>) -> Value {
    let arguments = Tuple::from_owned(this.iterators.iter().cloned());
    reduced(this.as_object().ty(), arguments, this.strict.get())
}

impl Class for Zip {
    const NAME: &'static str = "zip";
    const GC: bool = true;

    fn cell() -> &'static TypeCell {
        &ZIP
    }

    fn define(b: &mut TypeBuilder<Instance<Zip>>) {
        b.silent();
        type This = Instance<Zip>;
        b.subclassable()
            .doc("Gives tuples of one item of each iterable, until the shortest is exhausted. With\nstrict, iterables of different lengths are a ValueError.\n\n   >>> list(zip('abc', range(3)))\n   [('a', 0), ('b', 1), ('c', 2)]")
            .new_with("zip(*iterables, strict=False)", new)
            .iter(|_py, this: &This| Layout::to_owned(this))
            .next(next)
            .method("__reduce__($self, /)", reduce)
            .method("__setstate__($self, object, /)", |_py: Py, this: &This, strict: bool| this.strict.set(strict));
    }

    fn traverse(&self, visitor: &mut Visitor) {
        self.iterators.iter().for_each(|i| visitor.field(i));
        visitor.field(&self.result);
    }
}

pub(crate) fn define() {
    Instance::<Zip>::type_object();
}
