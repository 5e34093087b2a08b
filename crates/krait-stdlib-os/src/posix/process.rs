//! `fork` and what is called around it; `_exit`, `abort`.

use std::cell::RefCell;

use krait_object::{
    InterpreterCell, ModuleBuilder, Py, PyResult, Value, errors, exceptions, interpreter, protocol,
    raise,
};
use krait_sys::process as sys;

use crate::blocking::audit;

/// What `register_at_fork` has been given.
#[derive(Default)]
struct AtFork {
    before: Vec<Value>,
    child: Vec<Value>,
    parent: Vec<Value>,
}

static AT_FORK: InterpreterCell<RefCell<AtFork>> = InterpreterCell::new(RefCell::default);

/// Calls the functions; what they raise is reported and forgotten.
fn call_all(py: Py, functions: Vec<Value>) {
    for function in functions {
        if protocol::call(py, &function, &[]).is_err() {
            errors::write_unraisable(
                py,
                Some("Exception ignored in fork handler"),
                Some(&function.to_object()),
            );
        }
    }
}

/// Calls the functions for before a fork, the last registered first.
pub fn before_fork(py: Py) {
    let mut functions = AT_FORK.get(py).borrow().before.clone();
    functions.reverse();
    call_all(py, functions);
}

pub fn after_fork_parent(py: Py) {
    let functions = AT_FORK.get(py).borrow().parent.clone();
    call_all(py, functions);
}

/// Puts the runtime in order in the child, and calls the functions for it.
pub fn after_fork_child(py: Py) {
    krait_sys::thread::after_fork();
    crate::signal::after_fork(py);
    crate::thread::after_fork(py);
    // The event loop and its task are the parent's.
    drop(py.thread().running_loop.take());
    drop(py.thread().running_task.take());
    let functions = AT_FORK.get(py).borrow().child.clone();
    call_all(py, functions);
}

/// Forks by the function given, with everything that belongs around it.
pub fn fork_with(py: Py, fork: impl FnOnce() -> krait_sys::Result<i32>) -> PyResult<i32> {
    crate::thread::handle::check_not_ending(py, "can't fork at interpreter shutdown")?;
    if !interpreter::current(py).config.allow_fork {
        return raise!(
            py,
            RuntimeError,
            "fork not supported for isolated subinterpreters"
        );
    }
    before_fork(py);
    match krait_vm::threads::fork(py, fork) {
        Ok(0) => {
            after_fork_child(py);
            Ok(0)
        }
        Ok(pid) => {
            after_fork_parent(py);
            warn_about_threads(py, "fork")?;
            Ok(pid)
        }
        Err(error) => {
            after_fork_parent(py);
            crate::blocking::fail(py, error)
        }
    }
}

/// Forking with other threads running can deadlock the child.
fn warn_about_threads(py: Py, name: &str) -> PyResult<()> {
    if krait_vm::threads::count(py) <= 1 {
        return Ok(());
    }
    let pid = sys::getpid();
    let text = format!(
        "This process (pid={pid}) is multi-threaded, use of {name}() may lead to deadlocks in the child."
    );
    errors::warn(py, &exceptions::DeprecationWarning, &text, 1)
}

fn forkpty(py: Py) -> PyResult<(i32, i32)> {
    audit(py, "os.forkpty", &[])?;
    let mut master = -1;
    let pid = fork_with(py, || {
        let (pid, fd) = krait_sys::process::forkpty()?;
        master = fd;
        Ok(pid)
    })?;
    Ok((pid, master))
}

fn register(
    py: Py,
    before: Option<Value>,
    child: Option<Value>,
    parent: Option<Value>,
) -> PyResult<()> {
    if before.is_none() && child.is_none() && parent.is_none() {
        return raise!(py, TypeError, "At least one argument is required.");
    }
    for (name, value) in [
        ("before", &before),
        ("after_in_child", &child),
        ("after_in_parent", &parent),
    ] {
        if let Some(value) = value
            && !protocol::call::is_callable(value)
        {
            return raise!(
                py,
                TypeError,
                "'{name}' must be callable, not {}",
                value.ty().short_name()
            );
        }
    }
    let registered = AT_FORK.get(py);
    let mut all = registered.borrow_mut();
    all.before.extend(before);
    all.child.extend(child);
    all.parent.extend(parent);
    Ok(())
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function("fork()", |py: Py| {
        audit(py, "os.fork", &[])?;
        fork_with(py, sys::fork)
    })?
    .function("forkpty()", forkpty)?
    .function(
        "register_at_fork($module, /, *, before=<unrepresentable>,\n                 after_in_child=<unrepresentable>,\n                 after_in_parent=<unrepresentable>)",
        register,
    )?
    .function("_exit($module, /, status)", |_py, status: i32| -> PyResult { sys::exit_now(status) })?
    .function("abort()", |_py| -> PyResult { sys::abort() })?;
    Ok(())
}
