//! The module's functions.

use krait_object::native::module::NativeModule;
use krait_object::{ModuleBuilder, Py, PyResult, Value};

use crate::future::Future;
use crate::task::{Task, registry};
use crate::{awaited_by, current};

pub const MODULE: NativeModule = NativeModule {
    name: "_asyncio",
    init,
};

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.text("__doc__", "Accelerator module for asyncio")?;
    m.class::<Future>()?;
    m.class::<Task>()?;
    loops(m)?;
    tasks(m)?;
    m.function(
        "future_add_to_awaited_by($module, fut, waiter, /)",
        awaited_by::add,
    )?;
    m.function(
        "future_discard_from_awaited_by($module, fut, waiter, /)",
        awaited_by::discard,
    )?;
    Ok(())
}

fn loops(m: &ModuleBuilder) -> PyResult<()> {
    m.function_doc(
        "get_event_loop($module, /)",
        "Return an asyncio event loop.\n\nWhen called from a coroutine or a callback (e.g. scheduled with\ncall_soon or similar API), this function will always return the\nrunning event loop.\n\nIf there is no running event loop set, the function will return\nthe result of `get_event_loop_policy().get_event_loop()` call.",
        current::get_event_loop,
    )?;
    m.function_doc(
        "get_running_loop($module, /)",
        "Return the running event loop.  Raise a RuntimeError if there is none.\n\nThis function is thread-specific.",
        current::expect_running_loop,
    )?;
    m.function_doc(
        "_get_running_loop($module, /)",
        "Return the running event loop or None.\n\nThis is a low-level function intended to be used by event loops.\nThis function is thread-specific.",
        current::running_loop,
    )?;
    m.function_doc(
        "_set_running_loop($module, loop, /)",
        "Set the running event loop.\n\nThis is a low-level function intended to be used by event loops.\nThis function is thread-specific.",
        current::set_running_loop,
    )?;
    Ok(())
}

fn tasks(m: &ModuleBuilder) -> PyResult<()> {
    m.function("_register_task($module, /, task)", registry::register)?;
    m.function("_unregister_task($module, /, task)", registry::unregister)?;
    m.function(
        "_register_eager_task($module, /, task)",
        registry::register_eager,
    )?;
    m.function(
        "_unregister_eager_task($module, /, task)",
        registry::unregister_eager,
    )?;
    m.function("_enter_task($module, /, loop, task)", current::enter)?;
    m.function("_leave_task($module, /, loop, task)", current::leave)?;
    m.function("_swap_current_task($module, /, loop, task)", current::swap)?;
    m.function_doc(
        "current_task($module, /, loop=None)",
        "Return a currently executed task.",
        |py: Py, event_loop: Option<&Value>| current::current_task(py, event_loop),
    )?;
    m.function_doc(
        "all_tasks($module, /, loop=None)",
        "Return a set of all tasks for the loop.",
        |py: Py, event_loop: Option<&Value>| registry::all(py, event_loop),
    )?;
    Ok(())
}
