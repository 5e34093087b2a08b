//! Iterators that are not made by a single type's own file: over lists, tuples and
//! anything with `__getitem__`, and `iter(callable, sentinel)`.
//!
//! The bodies are plain structs with public cells, so that the interpreter can step
//! them without a call: `ListIter::step`, `TupleIter::step`.

use std::cell::Cell;

use crate::gc::{Trace, Visitor};
use crate::object::{Layout, Object, Owned};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::types::tuple::Tuple;
use crate::value::Value;

mod callable;
mod list;
mod reused;
mod sequence;
mod tuple;

pub use callable::{CALLABLE_ITER, CallableIter, callable_iter};
pub use list::{
    LIST_ITER, LIST_REVERSE_ITER, ListIter, ListReverseIter, list_iter, list_reverse_iter,
};
pub use reused::ReusedTuple;
pub(crate) use sequence::item_or_end;
pub use sequence::{SEQUENCE_ITER, SequenceIter, sequence_item, sequence_iter};
pub use tuple::{TUPLE_ITER, TupleIter, tuple_iter};

/// What an iterator goes over; empty once the iterator is exhausted.
pub struct Held<T: Layout = Object>(Cell<Option<Owned<T>>>);

impl<T: Layout> Held<T> {
    pub fn new(content: Owned<T>) -> Held<T> {
        Held(Cell::new(Some(content)))
    }

    /// A new reference.
    #[inline]
    pub fn get(&self) -> Option<Owned<T>> {
        // SAFETY: cloning counts a reference and runs no code that could change the cell.
        unsafe { (*self.0.as_ptr()).clone() }
    }

    /// The content without a count.
    ///
    /// # Safety
    /// The reference is not used after anything that may run Python code.
    #[inline(always)]
    pub unsafe fn peek(&self) -> Option<&T> {
        // SAFETY: only Python code changes the cell, as the contract excludes.
        unsafe { (*self.0.as_ptr()).as_deref() }
    }

    /// Lets the content go.
    pub fn clear(&self) {
        drop(self.0.take());
    }
}

impl<T: Layout> Trace for Held<T> {
    fn trace(&self, visitor: &mut Visitor) {
        self.0.trace(visitor);
    }
}

/// `next(iterator)`: the end is a StopIteration, with the value that a generator returned.
pub fn next_or_raise(py: Py, iterator: &Object) -> PyResult {
    let Some(slot) = iterator.ty().raw().tp_iternext else {
        return crate::raise!(
            py,
            TypeError,
            "'{}' object is not an iterator",
            iterator.ty().name()
        );
    };
    // SAFETY: a type's slot is called with its instance; the result is a new reference.
    let item = unsafe { slot(iterator.as_ptr()) };
    if !item.is_null() {
        // SAFETY: as above.
        let item: Owned = unsafe { Owned::from_raw(item.cast()) };
        return Ok(match crate::value::unbox_word(&item) {
            // SAFETY: an immediate carries no reference.
            Some(word) => unsafe { Value::from_word(word) },
            None => Value::from(item),
        });
    }
    if !py.thread().has_exception() {
        return Err(crate::errors::stop_iteration(py, &Value::none()));
    }
    Err(crate::py::Raised)
}

/// A function of the builtins module, for `__reduce__`.
pub(crate) fn builtin(py: Py, name: &str) -> PyResult {
    protocol::get_attr_str(py, &crate::hooks::import_module(py, "builtins")?, name)
}

/// `(function, (content,), index)`: how iterators over containers are pickled.
pub(crate) fn reduced(py: Py, function: &str, content: Value, index: Option<isize>) -> PyResult {
    let arguments = Value::from(Tuple::from_values([content]));
    let function = builtin(py, function)?;
    Ok(Value::from(match index {
        Some(index) => Tuple::from_values([function, arguments, Value::int(index as i64)]),
        None => Tuple::from_values([function, arguments]),
    }))
}

pub(crate) fn define() {
    use crate::native::Instance;
    use crate::object::Builtin;
    Instance::<ListIter>::type_object();
    Instance::<ListReverseIter>::type_object();
    Instance::<TupleIter>::type_object();
    Instance::<SequenceIter>::type_object();
    Instance::<CallableIter>::type_object();
}
