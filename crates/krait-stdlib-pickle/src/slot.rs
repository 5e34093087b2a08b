//! `Slot`: a field that owns a Python value or nothing, in one word.

use std::cell::Cell;

use krait_object::Value;
use krait_object::gc::{Trace, Visitor};

/// A value that can be replaced. The old one is released after the new one is in place.
#[derive(Default)]
pub struct Slot(Cell<Option<Value>>);

impl Slot {
    #[inline]
    pub fn get(&self) -> Option<Value> {
        let value = self.0.take();
        let copy = value.clone();
        self.0.set(value);
        copy
    }

    pub fn is_set(&self) -> bool {
        let value = self.0.take();
        let is_set = value.is_some();
        self.0.set(value);
        is_set
    }

    #[inline]
    pub fn replace(&self, value: Option<Value>) {
        drop(self.0.replace(value));
    }
}

impl Trace for Slot {
    fn trace(&self, visitor: &mut Visitor) {
        self.0.trace(visitor);
    }
}
