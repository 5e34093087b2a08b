//! All tasks: native ones are on a list by themselves, others in sets.

use std::cell::OnceCell;

use krait_object::protocol::{self, Iter};
use krait_object::types::set::Set;
use krait_object::{GilCell, Owned, Py, PyResult, Value, intern};

use super::{ROLL, This};
use crate::{current, event_loop, future, imports};

/// Tasks in their first, eager step.
static EAGER: GilCell<OnceCell<Owned<Set>>> = GilCell::new(OnceCell::new());
/// Tasks that are not native: a `WeakSet`.
static FOREIGN: GilCell<OnceCell<Value>> = GilCell::new(OnceCell::new());

fn eager(py: Py) -> Owned<Set> {
    EAGER.get(py).get_or_init(Set::new).clone()
}

fn foreign(py: Py) -> PyResult {
    if let Some(set) = FOREIGN.get(py).get() {
        return Ok(set.clone());
    }
    let set = imports::WEAK_SET.call(py, &[])?;
    Ok(FOREIGN.get(py).get_or_init(|| set).clone())
}

/// `_register_task(task)`.
pub fn register(py: Py, task: &Value) -> PyResult<()> {
    match task.downcast::<This>() {
        Some(task) => {
            task.enlist(py);
            Ok(())
        }
        None => {
            let set = foreign(py)?;
            protocol::call_method(py, &set, intern!("add"), std::slice::from_ref(task)).map(drop)
        }
    }
}

/// `_unregister_task(task)`.
pub fn unregister(py: Py, task: &Value) -> PyResult<()> {
    match task.downcast::<This>() {
        Some(task) => {
            task.delist(py);
            Ok(())
        }
        None => {
            let set = foreign(py)?;
            let task = std::slice::from_ref(task);
            protocol::call_method(py, &set, intern!("discard"), task).map(drop)
        }
    }
}

/// `_register_eager_task(task)`.
pub fn register_eager(py: Py, task: &Value) -> PyResult<()> {
    eager(py).add(py, task).map(drop)
}

/// `_unregister_eager_task(task)`.
pub fn unregister_eager(py: Py, task: &Value) -> PyResult<()> {
    eager(py).discard(py, task).map(drop)
}

/// Adds a task to the set if it is one of the loop's that is not done.
fn add_if_active(py: Py, set: &Set, task: &Value, of_loop: &Value) -> PyResult<()> {
    let own = event_loop::of_future(py, task)?;
    if !own.is(of_loop) {
        return Ok(());
    }
    let done = match future::exact(task) {
        Some((_, native)) => !future::is_pending(native),
        None => {
            let answer = protocol::call_method(py, task, intern!("done"), &[])?;
            protocol::truth(py, &answer)?
        }
    };
    if !done {
        set.add(py, task)?;
    }
    Ok(())
}

/// `all_tasks(loop=None)`.
pub fn all(py: Py, of_loop: Option<&Value>) -> PyResult<Owned<Set>> {
    let of_loop = current::loop_or_running(py, of_loop)?;
    let set = Set::new();
    // Eager ones first: one that graduates meanwhile is not missed.
    for task in eager(py).to_vec() {
        add_if_active(py, &set, &task, &of_loop)?;
    }
    for task in ROLL.members::<This>(py) {
        add_if_active(py, &set, &Value::from(task), &of_loop)?;
    }
    let mut others = Iter::new(py, &foreign(py)?)?;
    while let Some(task) = others.next(py)? {
        add_if_active(py, &set, &task, &of_loop)?;
    }
    Ok(set)
}
