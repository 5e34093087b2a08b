//! A step of a task: its coroutine runs until it next waits, or ends.

use krait_object::exceptions;
use krait_object::protocol;
use krait_object::{Layout, Owned, Py, PyResult, Raised, Value, intern, raise};
use krait_vm::generator::{self, Resumed};

use super::{This, value_of, waiting};
use crate::{awaited_by, current, future, imports};

/// A step as the loop calls it: the task is current meanwhile.
pub fn step(py: Py, this: &This, exception: Option<Owned>) -> PyResult<()> {
    let event_loop = this.future.event_loop.value();
    let task = value_of(this);
    current::enter(py, &event_loop, &task)?;
    let result = run(py, this, exception);
    if result.is_ok() {
        return current::leave(py, &event_loop, &task);
    }
    let failure = py.thread().take_exception();
    let left = current::leave(py, &event_loop, &task);
    if left.is_ok()
        && let Some(failure) = failure
    {
        py.thread().set_exception(failure);
    }
    Err(Raised)
}

/// Sends or throws into the coroutine.
fn resume(py: Py, coro: &Value, exception: Option<Owned>) -> PyResult<Resumed> {
    let native = coro.as_object().and_then(generator::of_object);
    let Some(exception) = exception else {
        return match native {
            Some(native) => ended(native.send(py, Value::none())),
            None => generator::send_to(py, coro, Value::none()),
        };
    };
    if let Some(native) = native {
        return ended(native.throw(py, &Value::from(exception), None, None));
    }
    let values = [Value::from(exception)];
    match protocol::call_method(py, coro, intern!("throw"), &values) {
        Ok(value) => Ok(Resumed::Yielded(value)),
        Err(raised) => match generator::close::stop_value(py) {
            Some(value) => Ok(Resumed::Returned(value)),
            None => Err(raised),
        },
    }
}

fn ended(resumed: PyResult<Option<Resumed>>) -> PyResult<Resumed> {
    Ok(resumed?.unwrap_or_else(|| Resumed::Returned(Value::none())))
}

#[cold]
fn already_done(py: Py, this: &This, exception: Option<Owned>) -> PyResult<()> {
    let task = protocol::repr(py, &value_of(this))?;
    let exception = match exception {
        Some(exception) => protocol::repr(py, &Value::from(exception))?,
        None => krait_object::Str::new(""),
    };
    let text = format!(
        "__step(): already done: {} {}",
        task.to_rust(),
        exception.to_rust()
    );
    imports::invalid_state(py, &text)
}

/// The exception that the step throws in, in view of a requested cancellation.
fn with_cancellation(py: Py, this: &This, exception: Option<Owned>) -> PyResult<Option<Owned>> {
    if !this.must_cancel.get() {
        return Ok(exception);
    }
    let exception = match exception {
        Some(exception) if imports::is_cancelled(py, &exception)? => exception,
        _ => future::cancelled_error(py, &this.future)?,
    };
    this.must_cancel.set(false);
    Ok(Some(exception))
}

/// The step itself.
pub fn run(py: Py, this: &This, exception: Option<Owned>) -> PyResult<()> {
    if !future::is_pending(&this.future) {
        return already_done(py, this, exception);
    }
    let exception = with_cancellation(py, this, exception)?;
    this.waiter.clear();
    let Some(coro) = this.coro.get() else {
        return raise!(py, RuntimeError, "uninitialized Task object");
    };
    match resume(py, &coro, exception) {
        Ok(Resumed::Yielded(value)) => waiting::wait_for(py, this, value),
        Ok(Resumed::Returned(value)) => returned(py, this, value),
        Err(_) => failed(py, this),
    }
}

fn returned(py: Py, this: &This, value: Value) -> PyResult<()> {
    let object = this.as_object();
    if this.must_cancel.replace(false) {
        // Cancelled right before the coroutine stops.
        let message = this.future.cancel_message.get();
        return future::cancel(py, object, &this.future, message).map(drop);
    }
    future::set_result(py, object, &this.future, value)
}

/// The coroutine has raised.
fn failed(py: Py, this: &This) -> PyResult<()> {
    let Some(exception) = py.thread().take_exception() else {
        return Err(Raised);
    };
    let object = this.as_object();
    if imports::is_cancelled(py, &exception)? {
        this.future.cancelled_exc.set(Value::from(exception));
        return future::cancel(py, object, &this.future, None).map(drop);
    }
    let fatal = [&exceptions::KeyboardInterrupt, &exceptions::SystemExit]
        .iter()
        .any(|class| exception.ty().is_subtype_of(class));
    future::set_exception(py, object, &this.future, &Value::from(exception.clone()))?;
    if fatal {
        py.thread().set_exception(exception);
        return Err(Raised);
    }
    Ok(())
}

/// The callback on the future that the task waits for.
pub fn wake(py: Py, this: &This, waited: &Value) -> PyResult<()> {
    let failure = match future::exact(waited) {
        Some((_, native)) => {
            awaited_by::discard_native(py, native, &value_of(this))?;
            match future::result_or_exception(py, native) {
                Ok(Ok(_)) => None,
                Ok(Err(exception)) => Some(exception),
                Err(_) => py.thread().take_exception(),
            }
        }
        None => {
            awaited_by::discard(py, waited, &value_of(this))?;
            match protocol::call_method(py, waited, intern!("result"), &[]) {
                Ok(_) => None,
                Err(_) => py.thread().take_exception(),
            }
        }
    };
    step(py, this, failure)
}
