//! `Slot`: a field that holds a value and can be replaced.

use std::cell::Cell;

use krait_object::Value;
use krait_object::gc::{Trace, Visitor};

/// One value, or none. It is never borrowed, so whatever Python code runs may change it.
#[derive(Default)]
pub struct Slot(Cell<Option<Value>>);

impl Slot {
    pub fn new(value: Value) -> Slot {
        Slot(Cell::new(Some(value)))
    }

    /// A reference of its own to the value, if there is one.
    pub fn get(&self) -> Option<Value> {
        let value = self.0.take();
        let copy = value.clone();
        self.0.set(value);
        copy
    }

    /// The value; `None` of Python where there is none.
    pub fn value(&self) -> Value {
        self.get().unwrap_or_else(Value::none)
    }

    pub fn is_set(&self) -> bool {
        self.look(|value| value.is_some())
    }

    /// Looks at the value; `look` runs no Python code.
    pub fn look<R>(&self, look: impl FnOnce(Option<&Value>) -> R) -> R {
        let value = self.0.take();
        let result = look(value.as_ref());
        self.0.set(value);
        result
    }

    pub fn put(&self, value: Option<Value>) {
        drop(self.0.replace(value));
    }

    pub fn set(&self, value: Value) {
        self.put(Some(value));
    }
}

impl Trace for Slot {
    fn trace(&self, visitor: &mut Visitor) {
        visitor.field(&self.0);
    }
}
