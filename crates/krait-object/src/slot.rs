//! `Slot`: a field that owns a Python value or nothing, in one word.

use std::cell::Cell;

use crate::gc::{Trace, Visitor};
use crate::value::Value;

/// A value that can be replaced. It is never borrowed, so whatever Python code runs may
/// change it; the old one is released after the new one is in place.
#[derive(Default)]
pub struct Slot(Cell<Option<Value>>);

impl Slot {
    pub fn new(value: Value) -> Slot {
        Slot(Cell::new(Some(value)))
    }

    /// Looks at the content; `look` runs no Python code.
    #[inline]
    pub fn look<R>(&self, look: impl FnOnce(Option<&Value>) -> R) -> R {
        let value = self.0.take();
        let result = look(value.as_ref());
        self.0.set(value);
        result
    }

    /// A reference of its own to the content, if there is any.
    #[inline]
    pub fn get(&self) -> Option<Value> {
        self.look(|value| value.cloned())
    }

    /// The value, `None` (Python's) where there is nothing.
    pub fn value(&self) -> Value {
        self.get().unwrap_or_else(Value::none)
    }

    pub fn is_set(&self) -> bool {
        self.look(|value| value.is_some())
    }

    /// Whether it holds this very object.
    pub fn holds(&self, other: &Value) -> bool {
        self.look(|value| value.is_some_and(|v| v.is(other)))
    }

    #[inline]
    pub fn set(&self, value: Value) {
        self.replace(Some(value));
    }

    #[inline]
    pub fn replace(&self, value: Option<Value>) {
        drop(self.0.replace(value));
    }

    #[inline]
    pub fn take(&self) -> Option<Value> {
        self.0.take()
    }

    #[inline]
    pub fn clear(&self) {
        drop(self.take());
    }
}

impl Trace for Slot {
    fn trace(&self, visitor: &mut Visitor) {
        visitor.field(&self.0);
    }
}
