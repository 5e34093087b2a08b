//! `callable_iterator`: `iter(callable, sentinel)`.

use std::cell::RefCell;

use super::{builtin, reduced};
use crate::gc::Visitor;
use crate::native::{Class, Instance, TypeBuilder, TypeCell};
use crate::object::{Layout, Owned};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::types::tuple::Tuple;
use crate::value::Value;

#[unsafe(export_name = "PyCallIter_Type")]
pub static CALLABLE_ITER: TypeCell = TypeCell::new();

/// Calls until the sentinel comes back. Holds nothing once exhausted.
pub struct CallableIter {
    pair: RefCell<Option<(Value, Value)>>,
}

/// `iter(callable, sentinel)`.
pub fn callable_iter(py: Py, callable: Value, sentinel: Value) -> Owned {
    Instance::new(
        py,
        CallableIter {
            pair: RefCell::new(Some((callable, sentinel))),
        },
    )
    .upcast()
}

impl CallableIter {
    fn pair(&self) -> Option<(Value, Value)> {
        self.pair.borrow().clone()
    }

    fn end(&self) {
        let pair = self.pair.borrow_mut().take();
        drop(pair);
    }

    fn step(&self, py: Py) -> PyResult<Option<Value>> {
        let Some((callable, sentinel)) = self.pair() else {
            return Ok(None);
        };
        let result = protocol::call(py, &callable, &[]);
        let Some(result) = crate::errors::suppress(py, result, &crate::exceptions::StopIteration)?
        else {
            self.end();
            return Ok(None);
        };
        if self.pair.borrow().is_none() {
            return Ok(None);
        }
        if protocol::equal(py, &sentinel, &result)? {
            self.end();
            return Ok(None);
        }
        Ok(Some(result))
    }

    fn reduce(&self, py: Py) -> PyResult {
        match self.pair() {
            Some((callable, sentinel)) => {
                let arguments = Value::from(Tuple::from_values([callable, sentinel]));
                Ok(Value::from(Tuple::from_values([
                    builtin(py, "iter")?,
                    arguments,
                ])))
            }
            None => reduced(py, "iter", Value::from(Tuple::empty()), None),
        }
    }
}

impl Class for CallableIter {
    const NAME: &'static str = "callable_iterator";
    const GC: bool = true;

    fn cell() -> &'static TypeCell {
        &CALLABLE_ITER
    }

    fn define(b: &mut TypeBuilder<Instance<CallableIter>>) {
        b.silent();
        type This = Instance<CallableIter>;
        b.no_constructor()
            .iter(|_py, this: &This| Layout::to_owned(this))
            .next(|py, this: &This| this.step(py))
            .method("__reduce__($self, /)", |py: Py, this: &This| {
                this.reduce(py)
            });
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.pair);
    }

    fn clear(&self) {
        self.end();
    }
}
