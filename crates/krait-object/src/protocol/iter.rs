//! Iteration.

use krait_abi::*;

use super::owned_from_c;
use crate::native::Instance;
use crate::object::{Layout, Object, Owned};
use crate::py::{Py, PyResult, Raised};
use crate::types::int::Int;
use crate::types::iterators::{LIST_ITER, ListIter, TUPLE_ITER, TupleIter};
use crate::types::list::List;
use crate::types::range::{RANGE_ITER, RangeIter};
use crate::types::tuple::Tuple;
use crate::value::Value;
use krait_text::memory::make_room;

/// `iter(value)`.
pub fn iter(py: Py, value: &Value) -> PyResult<Owned> {
    let Some(object) = value.as_object() else {
        return crate::raise!(
            py,
            TypeError,
            "'{}' object is not iterable",
            value.ty().name()
        );
    };
    let raw = object.ty().raw();
    if let Some(slot) = raw.tp_iter {
        // SAFETY: a type's slot is called with its instance.
        let iterator = unsafe { owned_from_c(py, slot(object.as_ptr())) }?;
        if iterator.ty().raw().tp_iternext.is_none() {
            return crate::raise!(
                py,
                TypeError,
                "iter() returned non-iterator of type '{}'",
                iterator.ty().name()
            );
        }
        return Ok(iterator);
    }
    if is_sequence(object) {
        return Ok(crate::types::iterators::sequence_iter(object));
    }
    crate::raise!(
        py,
        TypeError,
        "'{}' object is not iterable",
        object.ty().name()
    )
}

/// `PySequence_Check`.
pub fn is_sequence(object: &Object) -> bool {
    if object.ty().has_flag(Py_TPFLAGS_DICT_SUBCLASS) {
        return false;
    }
    // SAFETY: slot tables live as long as the type.
    unsafe { object.ty().raw().tp_as_sequence.as_ref() }.is_some_and(|s| s.sq_item.is_some())
}

/// The next item, `None` at the end.
pub fn next(py: Py, iterator: &Object) -> PyResult<Option<Value>> {
    next_in_line(py, iterator)
}

/// `next`, for the interpreter's loop.
#[inline(always)]
pub fn next_in_line(py: Py, iterator: &Object) -> PyResult<Option<Value>> {
    let ty = iterator.ty();
    // Numbers of a range, a list or a tuple need no objects.
    // SAFETY: each type is compared before its layout is relied on.
    unsafe {
        if std::ptr::eq(ty, &*LIST_ITER) {
            return Ok(iterator.cast_unchecked::<Instance<ListIter>>().step());
        }
        if std::ptr::eq(ty, &*RANGE_ITER) {
            let range = iterator.cast_unchecked::<Instance<RangeIter>>();
            return Ok(range.step().map(Value::int));
        }
        if std::ptr::eq(ty, &*TUPLE_ITER) {
            return Ok(iterator.cast_unchecked::<Instance<TupleIter>>().step());
        }
        if let Some(native) = ty.native_next() {
            return match native(py, iterator) {
                Ok(item) => Ok(item),
                Err(Raised) => end_of_iteration(py).map(|()| None),
            };
        }
    }
    let Some(slot) = ty.raw().tp_iternext else {
        return crate::raise!(py, TypeError, "'{}' object is not an iterator", ty.name());
    };
    // SAFETY: a type's slot is called with its instance; the result is a new reference.
    let item = unsafe { slot(iterator.as_ptr()) };
    if item.is_null() {
        return end_of_iteration(py).map(|()| None);
    }
    // SAFETY: as above.
    Ok(Some(unsafe { Value::from_new(item) }))
}

/// As `next`, for those who hand items on or keep them as objects: an int or a float that is
/// an object stays that object.
pub fn next_object(py: Py, iterator: &Object) -> PyResult<Option<Owned>> {
    let ty = iterator.ty();
    // SAFETY: as in `next`.
    unsafe {
        if std::ptr::eq(ty, &*LIST_ITER) {
            return Ok(iterator
                .cast_unchecked::<Instance<ListIter>>()
                .step_object());
        }
        if std::ptr::eq(ty, &*TUPLE_ITER) {
            return Ok(iterator
                .cast_unchecked::<Instance<TupleIter>>()
                .step_object());
        }
    }
    let Some(slot) = ty.raw().tp_iternext else {
        return crate::raise!(py, TypeError, "'{}' object is not an iterator", ty.name());
    };
    // SAFETY: a type's slot is called with its instance; the result is a new reference.
    let item = unsafe { slot(iterator.as_ptr()) };
    if item.is_null() {
        return end_of_iteration(py).map(|()| None);
    }
    // SAFETY: as above.
    Ok(Some(unsafe { Owned::from_raw(item.cast()) }))
}

/// NULL from `tp_iternext`: the end, with or without StopIteration, or an error.
fn end_of_iteration(py: Py) -> PyResult<()> {
    if !py.thread().has_exception()
        || crate::errors::take_if(py, &crate::exceptions::StopIteration).is_some()
    {
        return Ok(());
    }
    Err(Raised)
}

/// An iterator over any iterable, for loops in Rust:
/// `let items = Iter::new(py, v)?; while let Some(x) = items.next(py)? { ... }`.
pub struct Iter {
    source: Source,
}

enum Source {
    List(Owned<List>, usize),
    Tuple(Owned<Tuple>, usize),
    Other(Owned),
}

impl Iter {
    pub fn new(py: Py, value: &Value) -> PyResult<Iter> {
        if let Some(list) = value.downcast_exact::<List>() {
            return Ok(Iter {
                source: Source::List(list.to_owned(), 0),
            });
        }
        if let Some(tuple) = value.downcast_exact::<Tuple>() {
            return Ok(Iter {
                source: Source::Tuple(tuple.to_owned(), 0),
            });
        }
        iter(py, value).map(|iterator| Iter {
            source: Source::Other(iterator),
        })
    }

    #[inline]
    pub fn next(&mut self, py: Py) -> PyResult<Option<Value>> {
        match &mut self.source {
            Source::List(list, at) => {
                *at += 1;
                Ok(list.get(*at - 1))
            }
            Source::Tuple(tuple, at) => {
                *at += 1;
                Ok(tuple.get(*at - 1))
            }
            Source::Other(iterator) => next(py, iterator),
        }
    }

    /// Asks how many items are to come, as `list` does, for what that runs or raises.
    pub fn ask_length(&self, py: Py) -> PyResult<()> {
        if let Source::Other(iterator) = &self.source {
            super::length_hint(py, &Value::from(iterator.clone()), 8)?;
        }
        Ok(())
    }

    /// Takes small ints of a list or a tuple as long as they follow one another and the
    /// function takes them.
    #[inline(always)]
    pub fn take_ints(&mut self, mut take: impl FnMut(i64) -> bool) {
        let int = |item: &Object| item.downcast_exact::<Int>().and_then(Int::compact_value);
        match &mut self.source {
            Source::List(list, at) => {
                // SAFETY: the item is only looked at before anything else runs.
                while let Some(i) = unsafe { list.peek(*at) }.and_then(int)
                    && take(i)
                {
                    *at += 1;
                }
            }
            Source::Tuple(tuple, at) => {
                while let Some(i) = tuple.get_ref(*at).and_then(int)
                    && take(i)
                {
                    *at += 1;
                }
            }
            Source::Other(_) => {}
        }
    }

    /// As `next`; an int or a float that is an object stays that object.
    #[inline]
    pub fn next_object(&mut self, py: Py) -> PyResult<Option<Owned>> {
        match &mut self.source {
            Source::List(list, at) => {
                *at += 1;
                Ok(list.get_object(*at - 1))
            }
            Source::Tuple(tuple, at) => {
                *at += 1;
                Ok(tuple.get_object(*at - 1))
            }
            Source::Other(iterator) => next_object(py, iterator),
        }
    }
}

/// All items of an iterable.
pub fn collect(py: Py, value: &Value) -> PyResult<Vec<Value>> {
    let mut items = Iter::new(py, value)?;
    let mut all = Vec::new();
    while let Some(item) = items.next(py)? {
        make_room(&mut all, 1);
        all.push(item);
    }
    Ok(all)
}

/// As `collect`, as objects.
pub fn collect_objects(py: Py, value: &Value) -> PyResult<Vec<Owned>> {
    if let Some(tuple) = value.downcast_exact::<Tuple>() {
        return Ok(tuple.iter().map(Layout::to_owned).collect());
    }
    if let Some(list) = value.downcast_exact::<List>() {
        return Ok(list.to_vec());
    }
    let iterator = iter(py, value)?;
    let mut all = Vec::new();
    while let Some(item) = next_object(py, &iterator)? {
        make_room(&mut all, 1);
        all.push(item);
    }
    Ok(all)
}

/// All items as a new list (`list(value)`).
pub fn to_list(py: Py, value: &Value) -> PyResult<Owned<List>> {
    if let Some(tuple) = value.downcast_exact::<Tuple>() {
        return Ok(List::from_owned(tuple.iter().map(Layout::to_owned)));
    }
    if let Some(list) = value.downcast_exact::<List>() {
        return Ok(list.part(0, list.len()));
    }
    let list = List::new();
    let iterator = iter(py, value)?;
    super::length_hint(py, value, 8)?;
    while let Some(item) = next_object(py, &iterator)? {
        list.push(item);
    }
    Ok(list)
}

/// All items as a tuple; an exact tuple is itself.
pub fn to_tuple(py: Py, value: &Value) -> PyResult<Owned<Tuple>> {
    if let Some(tuple) = value.downcast_exact::<Tuple>() {
        return Ok(tuple.to_owned());
    }
    if let Some(list) = value.downcast_exact::<List>() {
        // Nothing else runs meanwhile, so that the list stays as it is.
        let item = |i| {
            list.get_object(i)
                .unwrap_or_else(|| Value::none().into_object())
        };
        return Ok(Tuple::from_owned((0..list.len()).map(item)));
    }
    Ok(Tuple::from_owned(collect_objects(py, value)?))
}
