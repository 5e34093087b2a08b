//! `Slot`: a field that owns a Python value or nothing.

use std::cell::RefCell;

use krait_object::Value;
use krait_object::gc::{Trace, Visitor};

/// A value that can be replaced. The old one is released after the new one is in place.
#[derive(Default)]
pub struct Slot(RefCell<Option<Value>>);

impl Slot {
    pub fn new(value: Value) -> Slot {
        Slot(RefCell::new(Some(value)))
    }

    #[inline]
    pub fn get(&self) -> Option<Value> {
        self.0.borrow().clone()
    }

    /// The value, `None` (Python's) where there is nothing.
    pub fn value(&self) -> Value {
        self.get().unwrap_or_else(Value::none)
    }

    pub fn set(&self, value: Value) {
        let old = self.0.replace(Some(value));
        drop(old);
    }

    pub fn take(&self) -> Option<Value> {
        self.0.take()
    }

    /// Forgets the value.
    pub fn clear(&self) {
        let old = self.0.take();
        drop(old);
    }
}

impl Trace for Slot {
    fn trace(&self, visitor: &mut Visitor) {
        self.0.trace(visitor);
    }
}
