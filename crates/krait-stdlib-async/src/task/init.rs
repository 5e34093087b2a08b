//! How a task starts.

use krait_object::protocol;
use krait_object::{Py, PyResult, Value, raise};
use krait_stdlib_data::contextvars;
use krait_vm::generator;

use super::{COUNTER, This, name_of, registry, step, value_of, wrappers};
use crate::{current, event_loop, future, imports};

fn is_coroutine(py: Py, value: &Value) -> PyResult<bool> {
    let native = value.as_object().and_then(generator::of_object);
    if native.is_some_and(|g| g.kind() == "coroutine") {
        return Ok(true);
    }
    let answer = imports::IS_COROUTINE.call(py, std::slice::from_ref(value))?;
    protocol::truth(py, &answer)
}

/// `Task.__init__`.
pub fn init(
    py: Py,
    this: &This,
    coro: &Value,
    event_loop: Option<&Value>,
    name: Option<&Value>,
    context: Option<&Value>,
    eager_start: Option<bool>,
) -> PyResult<()> {
    this.future.init(py, event_loop)?;
    if !is_coroutine(py, coro)? {
        this.log_destroy_pending.set(false);
        let text = protocol::repr(py, coro)?;
        return raise!(
            py,
            TypeError,
            "a coroutine was expected, got {}",
            text.to_rust()
        );
    }
    this.context.set(match context {
        Some(context) => context.clone(),
        None => contextvars::copy_current(py),
    });
    this.waiter.clear();
    this.must_cancel.set(false);
    this.log_destroy_pending.set(true);
    this.cancels.set(0);
    this.coro.set(coro.clone());
    this.name.set(match name {
        Some(name) => name_of(py, name)?,
        None => {
            let number = COUNTER.get(py).get() + 1;
            COUNTER.get(py).set(number);
            Value::int(number)
        }
    });
    if eager_start.unwrap_or(false) {
        let event_loop = this.future.event_loop.value();
        if event_loop::is_running(py, &event_loop)? {
            return start_now(py, this);
        }
    }
    step_soon(py, this, None)?;
    this.enlist(py);
    Ok(())
}

/// Has the loop make a step soon, with an exception or without.
pub fn step_soon(py: Py, this: &This, exception: Option<Value>) -> PyResult<()> {
    let event_loop = this.future.event_loop.value();
    let step = wrappers::step(py, this, exception);
    event_loop::call_soon(py, &event_loop, step, None, this.context.get())
}

/// The first step at once (`eager_start`).
fn start_now(py: Py, this: &This) -> PyResult<()> {
    let (task, event_loop) = (value_of(this), this.future.event_loop.value());
    let before = current::swap(py, &event_loop, &task)?;
    registry::register_eager(py, &task)?;
    let context = this.context.value();
    let result = contextvars::run_in(py, &context, || step::run(py, this, None));
    let result = both(result, registry::unregister_eager(py, &task));
    let back = current::swap(py, &event_loop, &before).map(drop);
    let result = both(result, back);
    if future::is_pending(&this.future) {
        this.enlist(py);
    } else {
        this.coro.clear();
    }
    result
}

/// The outcome of two: the later failure has taken the earlier one's place.
fn both(first: PyResult<()>, second: PyResult<()>) -> PyResult<()> {
    second.and(first)
}
