//! `_asyncio.FutureIter`: what `await future` drives.

use krait_object::errors;
use krait_object::exceptions::{self, BaseException};
use krait_object::gc::Visitor;
use krait_object::native::slots::Sent;
use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::protocol;
use krait_object::{Builtin, Layout, Owned, Py, PyResult, Type, Value, class_cell, raise};

use super::{This as FutureObject, is_pending, outcome};
use krait_object::slot::Slot;

/// An iterator that yields the future until it is done, then returns its result.
pub struct FutureIter {
    /// Empty once the result has been taken.
    future: Slot,
}

type This = Instance<FutureIter>;

pub fn new(py: Py, future: &FutureObject) -> PyResult<Owned<This>> {
    if !future.event_loop.is_set() {
        return raise!(py, RuntimeError, "Future object is not initialized.");
    }
    let slot = Slot::default();
    slot.set(Value::from(future.to_owned()));
    Ok(Instance::new(py, FutureIter { future: slot }))
}

fn send(py: Py, this: &This, _value: Value) -> PyResult<Sent> {
    let Some(held) = this.future.get() else {
        return Ok(Sent::Returned(Value::none()));
    };
    let Some((_, future)) = super::of(&held) else {
        return Ok(Sent::Returned(Value::none()));
    };
    if is_pending(future) {
        if future.blocking.replace(true) {
            return raise!(py, RuntimeError, "await wasn't used with future");
        }
        return Ok(Sent::Yielded(held));
    }
    this.future.clear();
    outcome::result(py, future).map(Sent::Returned)
}

fn next(py: Py, this: &This) -> PyResult<Option<Value>> {
    match send(py, this, Value::none())? {
        Sent::Yielded(value) => Ok(Some(value)),
        Sent::Returned(value) => Err(errors::stop_iteration(py, &value)),
    }
}

/// The exception that `throw` was given.
fn thrown(py: Py, ty: &Value, value: Option<&Value>, traceback: Option<&Value>) -> PyResult<Owned> {
    let value = value.filter(|v| !v.is_none());
    let traceback = traceback.filter(|t| !t.is_none());
    if let Some(traceback) = traceback
        && !traceback
            .ty()
            .is(krait_vm::frame::traceback::Traceback::type_object())
    {
        return raise!(py, TypeError, "throw() third argument must be a traceback");
    }
    let object = ty.to_object();
    let exception = if exceptions::is_exception_class(&object) {
        let class = object.downcast::<Type>();
        match value {
            Some(v) if class.is_some_and(|c| v.ty().is_subtype_of(c)) => v.to_object(),
            Some(v) => protocol::call(py, ty, std::slice::from_ref(v))?.into_object(),
            None => protocol::call(py, ty, &[])?.into_object(),
        }
    } else if exceptions::is_exception(&object) {
        if value.is_some() {
            return raise!(
                py,
                TypeError,
                "instance exception may not have a separate value"
            );
        }
        object
    } else {
        return raise!(
            py,
            TypeError,
            "exceptions must be classes deriving BaseException or instances of such a class"
        );
    };
    if let (Some(traceback), Some(body)) = (traceback, BaseException::from_object(&exception)) {
        body.set_traceback(Some(traceback.to_object()));
    }
    Ok(exception)
}

fn throw(
    py: Py,
    this: &This,
    ty: &Value,
    value: Option<&Value>,
    traceback: Option<&Value>,
) -> PyResult {
    if value.is_some() || traceback.is_some() {
        errors::warn(
            py,
            &exceptions::DeprecationWarning,
            "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead.",
            1,
        )?;
    }
    let exception = thrown(py, ty, value, traceback)?;
    this.future.clear();
    Err(errors::raise_object(py, exception))
}

impl Class for FutureIter {
    const NAME: &'static str = "_asyncio.FutureIter";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.no_constructor()
            .iter(|_py: Py, this: &This| this.to_owned())
            .next(next)
            .send(send)
            .method(
                "send($self, value, /)",
                |py: Py, this: &This, value: &Value| match send(py, this, value.clone())? {
                    Sent::Yielded(value) => Ok(value),
                    Sent::Returned(value) => Err(errors::stop_iteration(py, &value)),
                },
            )
            .method(
                "throw($self, type, val=<unrepresentable>, tb=<unrepresentable>, /)",
                throw,
            )
            .method("close($self, /)", |_py: Py, this: &This| {
                this.future.clear()
            });
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.future);
    }

    fn clear(&self) {
        self.future.clear();
    }
}
