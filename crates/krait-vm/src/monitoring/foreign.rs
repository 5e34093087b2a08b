//! Events of code that is not Krait's: what an extension that runs code of its own tells of
//! by the C API (`monitoring.h`). It keeps, for each event, which tools wait for it.

use krait_object::protocol;
use krait_object::py::{Py, PyResult};
use krait_object::value::Value;

use super::{MONITOR, TOOLS, callback_of, event, governing, remove_callback, special};

/// What changes with the settings of any tool; never 0.
pub fn version(py: Py) -> u64 {
    let settings = u64::from(crate::instrument::version(py));
    settings << 32 | u64::from(MONITOR.get(py).epoch.get()) << 1 | 1
}

/// The tools that want an event wherever it happens, as bits; none for a number that is no
/// event's.
pub fn tools(py: Py, number: usize) -> u8 {
    if number >= event::COUNT {
        return 0;
    }
    let event = governing(1 << number);
    let tools = MONITOR.get(py).tools.borrow();
    (0..TOOLS)
        .filter(|&tool| tools[tool].events & event != 0)
        .fold(0, |all, tool| all | 1 << tool)
}

/// Calls the callbacks of those tools; those that return DISABLE are taken out of them.
pub fn fire(py: Py, tools: &mut u8, event: u32, arguments: &[Value]) -> PyResult<()> {
    // SAFETY: the GIL is held; a plain field.
    if unsafe { (*py.thread().raw()).tracing } != 0 {
        return Ok(());
    }
    let number = event::number(event);
    let active = *tools;
    for tool in (0..TOOLS).rev().filter(|tool| active >> tool & 1 != 0) {
        let Some((callback, _)) = callback_of(py, event, tool) else {
            continue;
        };
        let result = crate::trace::inside(py, number as i32, || {
            protocol::call(py, &callback, arguments)
        });
        if result?.is(&special(py).0) {
            if event & event::LOCAL == 0 {
                return remove_callback(py, number, tool);
            }
            *tools &= !(1 << tool);
        }
    }
    Ok(())
}
