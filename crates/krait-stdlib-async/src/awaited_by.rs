//! Which tasks wait for a future: what `asyncio.capture_call_graph` shows.
//!
//! A future mostly has one waiter, which is kept by itself; a set is made for more.

use krait_object::types::set::{FrozenSet, Set};
use krait_object::{Layout, Py, PyResult, Value};

use crate::future::{self, Future};

/// Notes that `waiter` waits for `future`, where both are native.
pub fn add(py: Py, future: &Value, waiter: &Value) -> PyResult<()> {
    match (future::of(future), future::of(waiter)) {
        (Some((_, future)), Some(_)) => add_native(py, future, waiter),
        _ => Ok(()),
    }
}

pub fn add_native(py: Py, future: &Future, waiter: &Value) -> PyResult<()> {
    let Some(present) = future.awaited_by.get() else {
        future.awaited_by.set(waiter.clone());
        return Ok(());
    };
    if future.awaited_by_many.get() {
        if let Some(set) = present.downcast::<Set>() {
            set.add(py, waiter)?;
        }
        return Ok(());
    }
    if present.is(waiter) {
        return Ok(());
    }
    let set = Set::new();
    set.add(py, &present)?;
    set.add(py, waiter)?;
    future.awaited_by_many.set(true);
    future.awaited_by.set(Value::from(set));
    Ok(())
}

/// Takes the note back.
pub fn discard(py: Py, future: &Value, waiter: &Value) -> PyResult<()> {
    match (future::of(future), future::of(waiter)) {
        (Some((_, future)), Some(_)) => discard_native(py, future, waiter),
        _ => Ok(()),
    }
}

pub fn discard_native(py: Py, future: &Future, waiter: &Value) -> PyResult<()> {
    if !future.awaited_by_many.get() {
        if future.awaited_by.holds(waiter) {
            future.awaited_by.clear();
        }
        return Ok(());
    }
    if let Some(set) = future.awaited_by.get()
        && let Some(set) = set.downcast::<Set>()
    {
        set.discard(py, waiter)?;
    }
    Ok(())
}

/// `_asyncio_awaited_by`: a frozenset of the waiters, or None.
pub fn snapshot(py: Py, future: &Future) -> PyResult {
    let Some(present) = future.awaited_by.get() else {
        return Ok(Value::none());
    };
    if !future.awaited_by_many.get() {
        let set = Set::new();
        set.add(py, &present)?;
        return FrozenSet::from_iterable(py, &Value::from(set)).map(Value::from);
    }
    match present.downcast::<Set>() {
        Some(set) if set.is_empty() => Ok(Value::none()),
        Some(set) => FrozenSet::from_iterable(py, &Value::from(set.to_owned())).map(Value::from),
        None => Ok(Value::none()),
    }
}
