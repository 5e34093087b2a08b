//! What a task does with what its coroutine has yielded.

use krait_object::exceptions;
use krait_object::protocol;
use krait_object::{Layout, Py, PyResult, Str, Value, intern};
use krait_vm::generator;

use super::init::step_soon;
use super::{This, value_of, wrappers};
use crate::future::{self, Future};
use crate::{awaited_by, event_loop};

/// Waits for the future yielded; anything else but None is an error in the coroutine.
pub fn wait_for(py: Py, this: &This, yielded: Value) -> PyResult<()> {
    if yielded.is_object(this.as_object()) {
        let task = text(py, &yielded)?;
        return fail_soon(py, this, format!("Task cannot await on itself: {task}"));
    }
    if let Some((_, native)) = future::exact(&yielded) {
        return wait_for_native(py, this, &yielded, native);
    }
    if yielded.is_none() {
        return step_soon(py, this, None);
    }
    let blocking = protocol::lookup_attr(py, &yielded, intern!("_asyncio_future_blocking"))?;
    match blocking.filter(|b| !b.is_none()) {
        Some(blocking) => wait_for_foreign(py, this, &yielded, &blocking),
        None => refuse(py, this, &yielded),
    }
}

fn wait_for_native(py: Py, this: &This, yielded: &Value, native: &Future) -> PyResult<()> {
    if !native.blocking.get() {
        return bare_yield(py, this, yielded);
    }
    native.blocking.set(false);
    let own = this.future.event_loop.value();
    if !native.event_loop.holds(&own) {
        return other_loop(py, this, yielded);
    }
    awaited_by::add_native(py, native, &value_of(this))?;
    let wakeup = wrappers::wakeup(py, this);
    let object = yielded.to_object();
    future::add_callback(py, &object, native, wakeup, this.context.value())?;
    this.waiter.set(yielded.clone());
    pass_cancellation_on(py, this, yielded)
}

fn wait_for_foreign(py: Py, this: &This, yielded: &Value, blocking: &Value) -> PyResult<()> {
    let other = event_loop::of_future(py, yielded)?;
    if !this.future.event_loop.holds(&other) {
        return other_loop(py, this, yielded);
    }
    if !protocol::truth(py, blocking)? {
        return bare_yield(py, this, yielded);
    }
    awaited_by::add(py, yielded, &value_of(this))?;
    protocol::set_attr(
        py,
        yielded,
        intern!("_asyncio_future_blocking"),
        &Value::bool(false),
    )?;
    let wakeup = wrappers::wakeup(py, this);
    event_loop::add_done_callback(py, yielded, wakeup, this.context.value())?;
    this.waiter.set(yielded.clone());
    pass_cancellation_on(py, this, yielded)
}

/// A cancellation that was asked for meanwhile goes to what the task waits for.
fn pass_cancellation_on(py: Py, this: &This, waited: &Value) -> PyResult<()> {
    if this.must_cancel.get() && event_loop::cancel(py, waited, this.future.cancel_message.get())? {
        this.must_cancel.set(false);
    }
    Ok(())
}

fn text(py: Py, value: &Value) -> PyResult<String> {
    Ok(protocol::repr(py, value)?.to_rust().into_owned())
}

/// Has the next step throw a RuntimeError into the coroutine.
fn fail_soon(py: Py, this: &This, message: String) -> PyResult<()> {
    let message = Value::from(Str::new(&message));
    let error = exceptions::instantiate(py, &exceptions::RuntimeError, &[message])?;
    step_soon(py, this, Some(Value::from(error)))
}

#[cold]
fn other_loop(py: Py, this: &This, yielded: &Value) -> PyResult<()> {
    let (task, future) = (text(py, &value_of(this))?, text(py, yielded)?);
    let message = format!("Task {task} got Future {future} attached to a different loop");
    fail_soon(py, this, message)
}

#[cold]
fn bare_yield(py: Py, this: &This, yielded: &Value) -> PyResult<()> {
    let (task, future) = (text(py, &value_of(this))?, text(py, yielded)?);
    let message = format!("yield was used instead of yield from in task {task} with {future}");
    fail_soon(py, this, message)
}

#[cold]
fn refuse(py: Py, this: &This, yielded: &Value) -> PyResult<()> {
    let (task, value) = (text(py, &value_of(this))?, text(py, yielded)?);
    let message = match yielded.as_object().and_then(generator::plain) {
        Some(_) => format!(
            "yield was used instead of yield from for generator in task {task} with {value}"
        ),
        None => format!("Task got bad yield: {value}"),
    };
    fail_soon(py, this, message)
}
