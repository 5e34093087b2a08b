//! A part of a type parameter that is given, or evaluated when first asked for.

use std::cell::RefCell;

use krait_object::gc::{Trace, Visitor};
use krait_object::{Py, PyResult, Value, protocol};

use super::evaluator::ConstEvaluator;
use super::no_default;

/// The annotation format that asks for the value itself.
const FORMAT_VALUE: i64 = 1;

/// A value, a function that gives it, or neither.
#[derive(Default)]
pub struct Lazy {
    value: RefCell<Option<Value>>,
    evaluate: RefCell<Option<Value>>,
}

impl Lazy {
    pub fn given(value: Option<Value>) -> Lazy {
        Lazy {
            value: RefCell::new(value),
            evaluate: RefCell::default(),
        }
    }

    pub fn by(evaluate: Value) -> Lazy {
        Lazy {
            value: RefCell::default(),
            evaluate: RefCell::new(Some(evaluate)),
        }
    }

    /// Replaces both by a function.
    pub fn set_evaluate(&self, evaluate: Value) {
        drop(self.value.replace(None));
        drop(self.evaluate.replace(Some(evaluate)));
    }

    /// The value; `None` where there is neither.
    pub fn get(&self, py: Py) -> PyResult<Option<Value>> {
        if let Some(value) = self.value.borrow().clone() {
            return Ok(Some(value));
        }
        let Some(evaluate) = self.evaluate.borrow().clone() else {
            return Ok(None);
        };
        let value = protocol::call(py, &evaluate, &[Value::int(FORMAT_VALUE)])?;
        drop(self.value.replace(Some(value.clone())));
        Ok(Some(value))
    }

    /// The function, made for a value that was given.
    pub fn evaluator(&self, py: Py) -> Option<Value> {
        if let Some(evaluate) = self.evaluate.borrow().clone() {
            return Some(evaluate);
        }
        let value = self.value.borrow().clone()?;
        Some(ConstEvaluator::over(py, value))
    }

    /// A default given to a constructor: `NoDefault` and nothing are the same.
    pub fn default_given(py: Py, value: Option<&Value>) -> Lazy {
        Lazy::given(value.filter(|v| !no_default::is_no_default(py, v)).cloned())
    }

    pub fn is_set(&self) -> bool {
        self.value.borrow().is_some() || self.evaluate.borrow().is_some()
    }

    pub fn clear(&self) {
        drop(self.value.take());
        drop(self.evaluate.take());
    }
}

impl Trace for Lazy {
    fn trace(&self, visitor: &mut Visitor) {
        self.value.trace(visitor);
        self.evaluate.trace(visitor);
    }
}

/// `__default__` of a type parameter.
pub fn default_of(py: Py, lazy: &Lazy) -> PyResult {
    Ok(lazy.get(py)?.unwrap_or_else(|| no_default::no_default(py)))
}
