//! A result tuple that is filled anew where the caller has let the last one go.

use std::cell::Cell;

use krait_abi::PyTupleObject;

use crate::gc::{Trace, Visitor};
use crate::object::{Layout, Object, Owned};
use crate::types::tuple::Tuple;
use crate::value::IntoObject;

/// The tuple that `enumerate` and `zip` gave out first.
pub struct ReusedTuple(Cell<Option<Owned<Tuple>>>);

impl ReusedTuple {
    pub fn new() -> ReusedTuple {
        ReusedTuple(Cell::new(None))
    }

    /// A tuple of the items.
    #[inline]
    pub fn fill(
        &self,
        items: impl IntoIterator<Item: IntoObject, IntoIter: ExactSizeIterator>,
    ) -> Owned<Tuple> {
        let items = items.into_iter().map(IntoObject::into_object);
        let Some(tuple) = self.0.take() else {
            let tuple = Tuple::from_owned(items);
            self.0.set(Some(tuple.clone()));
            return tuple;
        };
        if tuple.as_object().refcount() != 1 || tuple.len() != items.len() {
            self.0.set(Some(tuple));
            return Tuple::from_owned(items);
        }
        for (i, item) in items.enumerate().take(tuple.len()) {
            // SAFETY: the one reference to the tuple is here, so nobody sees it change;
            // the place is within it, and what it held is released after the exchange.
            unsafe {
                let old = std::mem::replace(&mut *tuple.items_ptr().add(i), item.into_ptr());
                Object::decref(old);
            }
        }
        // SAFETY: as above; the hash was that of the old items.
        unsafe { (*tuple.as_object().as_ptr().cast::<PyTupleObject>()).ob_hash = -1 }
        self.0.set(Some(tuple.clone()));
        tuple
    }
}

impl Default for ReusedTuple {
    fn default() -> ReusedTuple {
        ReusedTuple::new()
    }
}

impl Trace for ReusedTuple {
    fn trace(&self, visitor: &mut Visitor) {
        self.0.trace(visitor);
    }
}
