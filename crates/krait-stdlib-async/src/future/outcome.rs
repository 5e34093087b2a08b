//! How a future ends: result, exception or cancellation, and reading them.

use krait_object::errors;
use krait_object::exceptions::{self, BaseException};
use krait_object::native::TypeBuilder;
use krait_object::protocol;
use krait_object::{Layout, Object, Owned, Py, PyResult, Raised, Value, raise};

use super::callbacks::schedule;
use super::{Future, State, This};
use crate::imports::{self, invalid_state};

pub fn is_pending(future: &Future) -> bool {
    future.state.get() == State::Pending
}

pub fn set_result(py: Py, object: &Object, future: &Future, result: Value) -> PyResult<()> {
    future.expect_loop(py)?;
    if !is_pending(future) {
        return invalid_state(py, "invalid state");
    }
    future.result.set(result);
    future.state.set(State::Finished);
    schedule(py, object, future)
}

/// The exception object for what `set_exception` was given.
fn exception_of(py: Py, given: &Value) -> PyResult<Owned> {
    let object = given.to_object();
    let exception = if exceptions::is_exception_class(&object) {
        protocol::call(py, given, &[])?.into_object()
    } else {
        object
    };
    if !exceptions::is_exception(&exception) {
        return raise!(py, TypeError, "invalid exception object");
    }
    if !exception.ty().is_subtype_of(&exceptions::StopIteration) {
        return Ok(exception);
    }
    let text = "StopIteration interacts badly with generators and cannot be raised into a Future";
    let text = Value::from(krait_object::Str::new(text));
    let wrapper = exceptions::instantiate(py, &exceptions::RuntimeError, &[text])?;
    if let Some(body) = BaseException::from_object(&wrapper) {
        body.set_cause(Some(exception.clone()));
        body.set_context(Some(exception));
    }
    Ok(wrapper)
}

pub fn set_exception(py: Py, object: &Object, future: &Future, given: &Value) -> PyResult<()> {
    future.expect_loop(py)?;
    if !is_pending(future) {
        return invalid_state(py, "invalid state");
    }
    let exception = exception_of(py, given)?;
    if !is_pending(future) {
        return invalid_state(py, "invalid state");
    }
    let traceback = BaseException::from_object(&exception).and_then(|e| e.traceback());
    future
        .exception_traceback
        .replace(traceback.map(Value::from));
    future.exception.set(Value::from(exception));
    future.state.set(State::Finished);
    schedule(py, object, future)?;
    future.log_traceback.set(true);
    Ok(())
}

pub fn cancel(py: Py, object: &Object, future: &Future, message: Option<Value>) -> PyResult<bool> {
    future.expect_loop(py)?;
    future.log_traceback.set(false);
    if !is_pending(future) {
        return Ok(false);
    }
    future.state.set(State::Cancelled);
    future.cancel_message.replace(message);
    schedule(py, object, future)?;
    Ok(true)
}

/// `_make_cancelled_error()`: the saved exception, once, or a new one.
pub fn cancelled_error(py: Py, future: &Future) -> PyResult<Owned> {
    match future.cancelled_exc.take() {
        Some(exception) => Ok(exception.into_object()),
        None => imports::new_cancelled_error(py, future.cancel_message.get()),
    }
}

/// The result, or (inner error) the exception that it ended with, whose traceback is as it
/// was when the future got it. Fails where the future is not done or was cancelled.
pub fn result_or_exception(py: Py, future: &Future) -> PyResult<Result<Value, Owned>> {
    match future.state.get() {
        State::Cancelled => {
            let exception = cancelled_error(py, future)?;
            Err(errors::raise_object(py, exception))
        }
        State::Pending => invalid_state(py, "Result is not set."),
        State::Finished => {
            future.log_traceback.set(false);
            let Some(exception) = future.exception.get() else {
                return Ok(Ok(future.result.value()));
            };
            let exception = exception.into_object();
            if let Some(body) = BaseException::from_object(&exception) {
                let traceback = future.exception_traceback.get();
                body.set_traceback(traceback.map(Value::into_object));
            }
            Ok(Err(exception))
        }
    }
}

/// `result()`, without the check of a future that is not initialised.
pub fn result(py: Py, future: &Future) -> PyResult {
    match result_or_exception(py, future)? {
        Ok(value) => Ok(value),
        Err(exception) => Err(errors::raise_object(py, exception)),
    }
}

fn exception(py: Py, this: &This) -> PyResult {
    if !this.event_loop.is_set() {
        return invalid_state(py, "Future object is not initialized.");
    }
    match this.state.get() {
        State::Cancelled => {
            let exception = cancelled_error(py, this)?;
            let raised: Raised = errors::raise_object(py, exception);
            Err(raised)
        }
        State::Pending => invalid_state(py, "Exception is not set."),
        State::Finished => {
            this.log_traceback.set(false);
            Ok(this.exception.value())
        }
    }
}

pub(super) fn define(b: &mut TypeBuilder<This>) {
    b.method_doc(
        "result($self, /)",
        "Return the result this future represents.\n\nIf the future has been cancelled, raises CancelledError.  If the\nfuture's result isn't yet available, raises InvalidStateError.  If\nthe future is done and has an exception set, this exception is raised.",
        |py: Py, this: &This| {
            if !this.event_loop.is_set() {
                return invalid_state(py, "Future object is not initialized.");
            }
            result(py, this)
        },
    )
    .method_doc(
        "exception($self, /)",
        "Return the exception that was set on this future.\n\nThe exception (or None if no exception was set) is returned only if\nthe future is done.  If the future has been cancelled, raises\nCancelledError.  If the future isn't done yet, raises\nInvalidStateError.",
        exception,
    )
    .method_doc(
        "set_result($self, result, /)",
        "Mark the future done and set its result.\n\nIf the future is already done when this method is called, raises\nInvalidStateError.",
        |py: Py, this: &This, result: &Value| set_result(py, this.as_object(), this, result.clone()),
    )
    .method_doc(
        "set_exception($self, exception, /)",
        "Mark the future done and set an exception.\n\nIf the future is already done when this method is called, raises\nInvalidStateError.",
        |py: Py, this: &This, exception: &Value| set_exception(py, this.as_object(), this, exception),
    )
    .method_doc(
        "cancel($self, /, msg=None)",
        "Cancel the future and schedule callbacks.\n\nIf the future is already done or cancelled, return False.  Otherwise,\nchange the future's state to cancelled, schedule the callbacks and\nreturn True.",
        |py: Py, this: &This, msg: Option<&Value>| cancel(py, this.as_object(), this, msg.cloned()),
    )
    .method_doc(
        "cancelled($self, /)",
        "Return True if the future was cancelled.",
        |_py: Py, this: &This| this.state.get() == State::Cancelled,
    )
    .method_doc(
        "done($self, /)",
        "Return True if the future is done.\n\nDone means either that a result / exception are available, or that the\nfuture was cancelled.",
        |_py: Py, this: &This| this.event_loop.is_set() && !is_pending(this),
    )
    .method_doc(
        "_make_cancelled_error($self, /)",
        "Create the CancelledError to raise if the Future is cancelled.\n\nThis should only be called once when handling a cancellation since\nit erases the context exception value.",
        |py: Py, this: &This| cancelled_error(py, this),
    );
}
