//! `str_iterator`, for ASCII and other strings alike.

use std::cell::{Cell, RefCell};

use super::super::Str;
use crate::gc::{Trace, Visitor};
use crate::native::{Class, Instance, TypeBuilder};
use crate::object::{Layout, Owned};
use crate::py::{Py, PyResult};
use crate::types::tuple::Tuple;
use crate::value::Value;

/// An iterator over a string's characters.
pub struct StrIterator {
    /// Gone when the iterator is used up.
    pub text: RefCell<Option<Owned<Str>>>,
    pub index: Cell<usize>,
}

type This = Instance<StrIterator>;

pub fn iter(py: Py, text: &Str) -> Owned<This> {
    let text = RefCell::new(Some(text.to_owned_str()));
    Instance::new(
        py,
        StrIterator {
            text,
            index: Cell::new(0),
        },
    )
}

fn next(_py: Py, this: &This) -> PyResult<Option<Owned<Str>>> {
    let at = this.index.get();
    // Making a string of a character runs no Python code.
    let code = match &*this.text.borrow() {
        None => return Ok(None),
        Some(text) => text.chars().get(at),
    };
    match code {
        Some(code) => {
            this.index.set(at + 1);
            Ok(Some(Str::from_code_point(code)))
        }
        None => {
            drop(this.text.take());
            Ok(None)
        }
    }
}

fn length_hint(_py: Py, this: &This) -> usize {
    this.text
        .borrow()
        .as_ref()
        .map_or(0, |t| t.len().saturating_sub(this.index.get()))
}

fn reduce(py: Py, this: &This) -> PyResult {
    let builtins = crate::hooks::import_module(py, "builtins")?;
    let iter = crate::protocol::get_attr(py, &builtins, crate::intern!("iter"))?;
    let text = this.text.borrow().clone();
    Ok(Value::from(match text {
        Some(text) => {
            let arguments = Tuple::from_values([Value::from(text)]);
            Tuple::from_values([
                iter,
                Value::from(arguments),
                Value::int(this.index.get() as i64),
            ])
        }
        None => {
            let arguments = Tuple::from_values([Value::from(super::super::intern::empty())]);
            Tuple::from_values([iter, Value::from(arguments)])
        }
    }))
}

fn setstate(_py: Py, this: &This, state: isize) {
    let len = this.text.borrow().as_ref().map_or(0, |t| t.len());
    this.index.set(usize::try_from(state).unwrap_or(0).min(len));
}

impl Class for StrIterator {
    const NAME: &'static str = "str_iterator";
    const GC: bool = true;
    fn cell() -> &'static crate::native::TypeCell {
        &crate::types::exported::STR_ITER
    }

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        b.no_constructor()
            .iter(|_py, this: &This| this.to_owned())
            .next(next)
            .method("__length_hint__($self, /)", length_hint)
            .method("__reduce__($self, /)", reduce)
            .method("__setstate__($self, object, /)", setstate);
    }

    fn traverse(&self, visitor: &mut Visitor) {
        self.text.trace(visitor);
    }
}
