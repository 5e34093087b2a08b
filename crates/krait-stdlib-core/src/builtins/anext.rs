//! What `anext(iterator, default)` gives: an awaitable that turns the end of the
//! iteration into the default.

use std::cell::RefCell;

use krait_object::gc::{Trace, Visitor};
use krait_object::{
    Args, Class, Instance, Layout, Py, PyResult, TypeBuilder, Value, errors, exceptions, intern,
    protocol,
};

pub struct AnextAwaitable {
    awaitable: Value,
    default: Value,
    iterator: RefCell<Option<Value>>,
}

type This = Instance<AnextAwaitable>;

pub fn new(py: Py, awaitable: Value, default: Value) -> Value {
    Value::from(Instance::new(
        py,
        AnextAwaitable {
            awaitable,
            default,
            iterator: RefCell::new(None),
        },
    ))
}

fn iterator(py: Py, this: &This) -> PyResult {
    if let Some(known) = this.iterator.borrow().clone() {
        return Ok(known);
    }
    let made = match krait_vm::generator::await_::awaitable(py, &this.awaitable)? {
        Some(iterator) => iterator,
        None => {
            return krait_object::raise!(
                py,
                TypeError,
                "object {} can't be used in 'await' expression",
                this.awaitable.ty().name()
            );
        }
    };
    // A coroutine is no iterator itself.
    let made = match made.ty().raw().tp_iternext.is_some() {
        true => made,
        false => protocol::call_method(py, &made, intern!("__await__"), &[])?,
    };
    *this.iterator.borrow_mut() = Some(made.clone());
    Ok(made)
}

/// The end of the iteration gives the default as the awaited value.
fn or_default(py: Py, this: &This, result: PyResult) -> PyResult {
    match result {
        Err(raised) => match errors::take_if(py, &exceptions::StopAsyncIteration) {
            Some(_) => Err(errors::stop_iteration(py, &this.default)),
            None => Err(raised),
        },
        ok => ok,
    }
}

fn forward(py: Py, this: &This, name: &'static krait_object::Str, arguments: &[Value]) -> PyResult {
    let iterator = iterator(py, this)?;
    let result = protocol::call_method(py, &iterator, name, arguments);
    or_default(py, this, result)
}

impl Class for AnextAwaitable {
    const NAME: &'static str = "anext_awaitable";
    const GC: bool = true;
    krait_object::class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.no_constructor()
            .await_(|_py, this: &This| this.to_owned())
            .iter(|_py, this: &This| this.to_owned())
            .next(|py, this: &This| {
                let iterator = iterator(py, this)?.to_object();
                let result = krait_object::types::iterators::next_or_raise(py, &iterator);
                or_default(py, this, result).map(Some)
            })
            .method("send($self, value, /)", |py, this: &This, value: &Value| {
                forward(py, this, intern!("send"), std::slice::from_ref(value))
            })
            .method(
                "throw($self, /, *args)",
                |py, this: &This, args: Args<'_>| forward(py, this, intern!("throw"), args.0),
            )
            .method("close($self, /)", |py, this: &This| {
                forward(py, this, intern!("close"), &[])
            });
    }

    fn traverse(&self, visitor: &mut Visitor) {
        self.awaitable.trace(visitor);
        self.default.trace(visitor);
        self.iterator.trace(visitor);
    }
}
