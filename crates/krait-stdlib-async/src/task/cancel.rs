//! Cancellation of tasks.

use krait_object::native::TypeBuilder;
use krait_object::{Py, PyResult, Value};

use super::This;
use crate::{event_loop, future};

/// `cancel(msg=None)`.
fn cancel(py: Py, this: &This, message: Option<&Value>) -> PyResult<bool> {
    this.future.log_traceback.set(false);
    if !future::is_pending(&this.future) {
        return Ok(false);
    }
    this.cancels.set(this.cancels.get() + 1);
    if let Some(waiter) = this.waiter.get()
        && event_loop::cancel(py, &waiter, message.cloned())?
    {
        // The waiter stays: it may be a task that ignores this, and is cancelled again.
        return Ok(true);
    }
    this.must_cancel.set(true);
    this.future.cancel_message.replace(message.cloned());
    Ok(true)
}

/// `uncancel()`: the number of requests that are left.
fn uncancel(_py: Py, this: &This) -> i32 {
    let left = (this.cancels.get() - 1).max(0);
    if this.cancels.replace(left) > 0 && left == 0 {
        this.must_cancel.set(false);
    }
    left
}

pub(super) fn define(b: &mut TypeBuilder<This>) {
    b.method_doc("cancel($self, /, msg=None)", CANCEL, cancel)
        .method_doc(
            "cancelling($self, /)",
            "Return the count of the task's cancellation requests.\n\nThis count is incremented when .cancel() is called\nand may be decremented using .uncancel().",
            |_py: Py, this: &This| this.cancels.get(),
        )
        .method_doc(
            "uncancel($self, /)",
            "Decrement the task's count of cancellation requests.\n\nThis should be used by tasks that catch CancelledError\nand wish to continue indefinitely until they are cancelled again.\n\nReturns the remaining number of cancellation requests.",
            uncancel,
        );
}

const CANCEL: &str = "Request that this task cancel itself.

This arranges for a CancelledError to be thrown into the
wrapped coroutine on the next cycle through the event loop.
The coroutine then has a chance to clean up or even deny
the request using try/except/finally.

Unlike Future.cancel, this does not guarantee that the
task will be cancelled: the exception might be caught and
acted upon, delaying cancellation of the task or preventing
cancellation completely.  The task may also return a value or
raise a different exception.

Immediately after this method is called, Task.cancelled() will
not return True (unless the task was already cancelled).  A
task will be marked as cancelled when the wrapped coroutine
terminates with a CancelledError exception (even if cancel()
was not called).

This also increases the task's count of cancellation requests.";
