//! Callbacks of a future.

use krait_object::native::TypeBuilder;
use krait_object::protocol;
use krait_object::{Layout, List, Object, Py, PyResult, Tuple, Value};
use krait_stdlib_data::contextvars;
use smallvec::SmallVec;

use super::{Future, State, This};
use crate::event_loop;

/// Hands all callbacks to the loop; none is left, whatever happens.
pub fn schedule(py: Py, object: &Object, future: &Future) -> PyResult<()> {
    let callbacks = future.callbacks.take();
    if callbacks.is_empty() {
        return Ok(());
    }
    let event_loop = future.event_loop.value();
    for (callback, context) in callbacks {
        let argument = Some(Value::from(object.to_owned()));
        event_loop::call_soon(py, &event_loop, callback, argument, Some(context))?;
    }
    Ok(())
}

/// Adds a callback; where the future is done, the loop gets it at once.
pub fn add(
    py: Py,
    object: &Object,
    future: &Future,
    callback: Value,
    context: Value,
) -> PyResult<()> {
    let event_loop = future.expect_loop(py)?;
    if future.state.get() == State::Pending {
        future.callbacks.borrow_mut().push((callback, context));
        return Ok(());
    }
    let argument = Some(Value::from(object.to_owned()));
    event_loop::call_soon(py, &event_loop, callback, argument, Some(context))
}

/// `_callbacks`: a list of pairs, or None.
pub fn list(_py: Py, future: &Future) -> Value {
    let callbacks = future.callbacks.borrow();
    if callbacks.is_empty() {
        return Value::none();
    }
    let pairs = callbacks
        .iter()
        .map(|(callback, context)| Tuple::from_values([callback.clone(), context.clone()]));
    Value::from(List::from_values(pairs.map(Value::from)))
}

/// `remove_done_callback(fn)`. Comparing may run code that changes the list: only what was
/// compared and is still there goes.
fn remove(py: Py, this: &This, callback: &Value) -> PyResult<usize> {
    this.expect_loop(py)?;
    let mut gone: SmallVec<[Value; 2]> = SmallVec::new();
    let mut at = 0;
    loop {
        let Some(present) = this.callbacks.borrow().get(at).map(|(c, _)| c.clone()) else {
            break;
        };
        at += 1;
        if protocol::equal(py, &present, callback)? {
            gone.push(present);
        }
    }
    let mut removed = Vec::new();
    let mut kept: SmallVec<[super::Callback; 1]> = SmallVec::new();
    for entry in this.callbacks.take() {
        if gone.iter().any(|g| g.is(&entry.0)) {
            removed.push(entry);
        } else {
            kept.push(entry);
        }
    }
    this.callbacks.replace(kept);
    Ok(removed.len())
}

pub(super) fn define(b: &mut TypeBuilder<This>) {
    b.method_doc(
        "add_done_callback($self, fn, /, *, context=<unrepresentable>)",
        "Add a callback to be run when the future becomes done.\n\nThe callback is called with a single argument - the future object. If\nthe future is already done when this is called, the callback is\nscheduled with call_soon.",
        |py: Py, this: &This, callback: &Value, context: Option<&Value>| {
            this.expect_loop(py)?;
            let context = match context {
                Some(context) => context.clone(),
                None => contextvars::copy_current(py),
            };
            add(py, this.as_object(), this, callback.clone(), context)
        },
    )
    .method_doc(
        "remove_done_callback($self, fn, /)",
        "Remove all instances of a callback from the \"call when done\" list.\n\nReturns the number of callbacks removed.",
        remove,
    );
}
