//! The thread's running event loop and the task it is in.

use krait_object::protocol;
use krait_object::{Py, PyResult, Value, raise};

use crate::event_loop;

fn peek(cell: &std::cell::Cell<Option<Value>>) -> Option<Value> {
    let value = cell.take();
    cell.set(value.clone());
    value
}

/// `_get_running_loop()`.
pub fn running_loop(py: Py) -> Option<Value> {
    peek(&py.thread().running_loop)
}

/// `_set_running_loop(loop)`.
pub fn set_running_loop(py: Py, event_loop: &Value) {
    let new = (!event_loop.is_none()).then(|| event_loop.clone());
    drop(py.thread().running_loop.replace(new));
}

/// `get_running_loop()`.
pub fn expect_running_loop(py: Py) -> PyResult {
    match running_loop(py) {
        Some(event_loop) => Ok(event_loop),
        None => raise!(py, RuntimeError, "no running event loop"),
    }
}

/// The loop given, or the running one.
pub fn loop_or_running(py: Py, event_loop: Option<&Value>) -> PyResult {
    match event_loop {
        Some(event_loop) => Ok(event_loop.clone()),
        None => expect_running_loop(py),
    }
}

/// `get_event_loop()`.
pub fn get_event_loop(py: Py) -> PyResult {
    match running_loop(py) {
        Some(event_loop) => Ok(event_loop),
        None => event_loop::from_policy(py),
    }
}

fn check_loop(py: Py, event_loop: &Value) -> PyResult<()> {
    let cell = &py.thread().running_loop;
    let running = cell.take();
    let same = running.as_ref().is_some_and(|r| r.is(event_loop));
    cell.set(running);
    if same {
        return Ok(());
    }
    let text = protocol::repr(py, event_loop)?;
    raise!(
        py,
        RuntimeError,
        "loop {} is not the running loop",
        text.to_rust()
    )
}

/// `_enter_task(loop, task)`.
pub fn enter(py: Py, event_loop: &Value, task: &Value) -> PyResult<()> {
    check_loop(py, event_loop)?;
    let cell = &py.thread().running_task;
    if let Some(other) = peek(cell) {
        let (task, other) = (protocol::repr(py, task)?, protocol::repr(py, &other)?);
        return raise!(
            py,
            RuntimeError,
            "Cannot enter into task {} while another task {} is being executed.",
            task.to_rust(),
            other.to_rust()
        );
    }
    cell.set(Some(task.clone()));
    Ok(())
}

/// `_leave_task(loop, task)`.
pub fn leave(py: Py, event_loop: &Value, task: &Value) -> PyResult<()> {
    check_loop(py, event_loop)?;
    let cell = &py.thread().running_task;
    let entered = cell.take();
    if entered.as_ref().is_some_and(|e| e.is(task)) {
        return Ok(());
    }
    cell.set(entered.clone());
    let entered = entered.unwrap_or_else(Value::none);
    let (task, entered) = (protocol::repr(py, task)?, protocol::repr(py, &entered)?);
    raise!(
        py,
        RuntimeError,
        "Invalid attempt to leave task {} while task {} is entered.",
        task.to_rust(),
        entered.to_rust()
    )
}

/// `_swap_current_task(loop, task)`: the task that was current.
pub fn swap(py: Py, event_loop: &Value, task: &Value) -> PyResult {
    check_loop(py, event_loop)?;
    let new = (!task.is_none()).then(|| task.clone());
    let old = py.thread().running_task.replace(new);
    Ok(old.unwrap_or_else(Value::none))
}

/// `current_task(loop=None)`; the loop may run in another thread.
pub fn current_task(py: Py, event_loop: Option<&Value>) -> PyResult {
    let event_loop = loop_or_running(py, event_loop)?;
    if running_loop(py).is_some_and(|running| running.is(&event_loop)) {
        return Ok(peek(&py.thread().running_task).unwrap_or_else(Value::none));
    }
    let others = krait_vm::threads::running_tasks(py);
    let found = others.into_iter().find(|(other, _)| other.is(&event_loop));
    Ok(found.map_or_else(Value::none, |(_, task)| task))
}
