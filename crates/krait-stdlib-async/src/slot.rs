//! `Slot`: a field that owns a Python value or nothing, in one word.

use std::cell::Cell;

use krait_object::gc::{Trace, Visitor};
use krait_object::{Object, Py, PyResult, Value};

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

    /// The value, `None` (Python's) where there is nothing.
    pub fn value(&self) -> Value {
        self.get().unwrap_or_else(Value::none)
    }

    #[inline]
    pub fn set(&self, value: Value) {
        drop(self.0.replace(Some(value)));
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
        drop(self.0.take());
    }

    pub fn is_set(&self) -> bool {
        let value = self.0.take();
        let is_set = value.is_some();
        self.0.set(value);
        is_set
    }

    /// Whether it holds this very object.
    pub fn holds(&self, other: &Value) -> bool {
        let value = self.0.take();
        let same = value.as_ref().is_some_and(|v| v.is(other));
        self.0.set(value);
        same
    }
}

impl Trace for Slot {
    fn trace(&self, visitor: &mut Visitor) {
        self.0.trace(visitor);
    }
}

/// What a setter is given; attributes of futures cannot be deleted.
pub fn assigned(py: Py, value: Option<&Object>, class: &str, name: &str) -> PyResult<Value> {
    match value {
        Some(value) => Ok(Value::unboxed(value)),
        None => krait_object::raise!(
            py,
            AttributeError,
            "attribute '{name}' of '{class}' objects cannot be deleted"
        ),
    }
}
