//! `sys.monitoring` (PEP 669): tools, their events and callbacks.
//!
//! Events come from where `trace` gets its own: entries and exits of frames, and
//! instructions replaced in a code's words (`instrument`). What is local to a code (events
//! of each tool, places that a callback has disabled) stands with the code object.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;

use krait_object::object::{Layout, Object, Owned};
use krait_object::protocol;
use krait_object::py::{GilCell, Py, PyResult};
use krait_object::raise;
use krait_object::types::typeobject::OBJECT;
use krait_object::value::Value;

use crate::code::CodeObject;

pub mod api;
pub mod event;
pub mod foreign;

/// How many tools there may be.
pub const TOOLS: usize = 6;

/// What a code object remembers of monitoring.
#[derive(Default)]
pub struct Local {
    events: [u32; TOOLS],
    /// The tools' generations that the events belong to.
    generations: [u32; TOOLS],
    /// Tool, event and word index of callbacks that returned DISABLE.
    disabled: HashSet<(u8, u32, u32)>,
    epoch: u32,
}

impl Local {
    /// The events of one tool, unless it was freed since.
    fn events(&self, tools: &[Tool; TOOLS], tool: usize) -> u32 {
        if self.generations[tool] == tools[tool].generation {
            self.events[tool]
        } else {
            0
        }
    }
}

struct Tool {
    name: Option<Value>,
    events: u32,
    callbacks: [Option<Value>; event::COUNT],
    /// How many codes have events of this tool's.
    codes: u32,
    /// Changes when the tool is cleared: events of codes are void then.
    generation: u32,
}

struct Monitor {
    tools: RefCell<[Tool; TOOLS]>,
    /// Union of all tools' global events.
    global: Cell<u32>,
    /// How many pairs of a tool and a code with events there are.
    local: Cell<u32>,
    /// Changes with `restart_events`.
    epoch: Cell<u32>,
    special: RefCell<Option<(Value, Value)>>,
}

static MONITOR: GilCell<Monitor> = GilCell::new(Monitor {
    tools: RefCell::new(
        [const {
            Tool {
                name: None,
                events: 0,
                callbacks: [const { None }; event::COUNT],
                codes: 0,
                generation: 0,
            }
        }; TOOLS],
    ),
    global: Cell::new(0),
    local: Cell::new(0),
    epoch: Cell::new(0),
    special: RefCell::new(None),
});

/// DISABLE and MISSING.
fn special(py: Py) -> (Value, Value) {
    let mut special = MONITOR.get(py).special.borrow_mut();
    let make = || match OBJECT.allocate(0) {
        // SAFETY: an instance of `object` is a header only.
        Ok(raw) => Value::from(unsafe { Owned::<Object>::from_raw(raw.cast()) }),
        Err(_) => Value::none(),
    };
    special.get_or_insert_with(|| (make(), make())).clone()
}

/// MISSING: the first argument of a call without any.
pub fn missing(py: Py) -> Value {
    special(py).1
}

/// Whether any tool waits for events.
#[inline]
pub fn is_active(py: Py) -> bool {
    let monitor = MONITOR.get(py);
    monitor.global.get() != 0 || monitor.local.get() != 0
}

/// The events that tools want of a code.
pub fn wanted(py: Py, code: &CodeObject) -> u32 {
    if !is_active(py) {
        return 0;
    }
    let monitor = MONITOR.get(py);
    let tools = monitor.tools.borrow();
    let local = code.body.monitoring.borrow();
    let own = local.as_ref().map_or(0, |local| {
        (0..TOOLS).fold(0, |all, tool| all | local.events(&tools, tool))
    });
    monitor.global.get() | own
}

/// The event whose setting decides whether another one is told: C_RETURN and C_RAISE come
/// with CALL.
const fn governing(event: u32) -> u32 {
    if event & event::AFTER_CALL != 0 {
        event::CALL
    } else {
        event
    }
}

/// Whether some tool wants an event at a place and has not disabled it there.
pub fn wants_at(py: Py, code: &CodeObject, index: u32, event: u32) -> bool {
    (0..TOOLS).any(|tool| is_wanted(py, code, index, event, tool))
}

fn is_wanted(py: Py, code: &CodeObject, index: u32, event: u32, tool: usize) -> bool {
    let monitor = MONITOR.get(py);
    let tools = monitor.tools.borrow();
    let mut local = code.body.monitoring.borrow_mut();
    let mut events = tools[tool].events;
    if let Some(local) = local.as_mut() {
        events |= local.events(&tools, tool);
        if local.epoch != monitor.epoch.get() {
            local.epoch = monitor.epoch.get();
            local.disabled.clear();
        }
        if local.disabled.contains(&(tool as u8, event, index)) {
            return false;
        }
    }
    events & event != 0
}

/// The callback of a tool for an event, and whether it is the one for both ways of a branch.
fn callback_of(py: Py, event: u32, tool: usize) -> Option<(Value, bool)> {
    let tools = MONITOR.get(py).tools.borrow();
    let callbacks = &tools[tool].callbacks;
    if let Some(callback) = &callbacks[event::number(event)] {
        return Some((callback.clone(), false));
    }
    if event & event::BRANCHES == 0 {
        return None;
    }
    let callback = callbacks[event::number(event::BRANCH)].clone()?;
    Some((callback, true))
}

/// Calls the callbacks of an event. `arguments` follow code and offset; a line event has
/// the line instead of the offset.
pub fn fire(
    py: Py,
    code: &CodeObject,
    index: u32,
    event: u32,
    arguments: &[Value],
) -> PyResult<()> {
    let thread = py.thread().raw();
    // SAFETY: the GIL is held; a plain field.
    if unsafe { (*thread).tracing } != 0 || wanted(py, code) & governing(event) == 0 {
        return Ok(());
    }
    for tool in (0..TOOLS).rev() {
        if !is_wanted(py, code, index, governing(event), tool) {
            continue;
        }
        let Some((callback, both)) = callback_of(py, event, tool) else {
            continue;
        };
        let mut all = vec![Value::from(code.to_owned())];
        if event != event::LINE {
            all.push(Value::int(i64::from(index) * 2));
        }
        all.extend_from_slice(arguments);
        let result = crate::trace::inside(py, event::number(event) as i32, || {
            protocol::call(py, &callback, &all)
        });
        if result?.is(&special(py).0) {
            let events = if both { event::BRANCHES } else { event };
            disable(py, code, index, events, tool)?;
        }
    }
    Ok(())
}

/// A callback has returned DISABLE.
fn disable(py: Py, code: &CodeObject, index: u32, events: u32, tool: usize) -> PyResult<()> {
    let monitor = MONITOR.get(py);
    if events & event::LOCAL == 0 {
        return remove_callback(py, event::number(events), tool);
    }
    {
        let epoch = monitor.epoch.get();
        let mut local = code.body.monitoring.borrow_mut();
        let local = local.get_or_insert_with(|| {
            Box::new(Local {
                epoch,
                ..Local::default()
            })
        });
        for event in [events & event::BRANCH_RIGHT, events & !event::BRANCH_RIGHT] {
            if event != 0 {
                local.disabled.insert((tool as u8, event, index));
            }
        }
    }
    crate::instrument::place_changed(py, code, index);
    Ok(())
}

/// A callback has returned DISABLE for an event that cannot be: it is removed, so that the
/// error comes once.
fn remove_callback(py: Py, number: usize, tool: usize) -> PyResult<()> {
    let old = MONITOR.get(py).tools.borrow_mut()[tool].callbacks[number].take();
    drop(old);
    raise!(
        py,
        ValueError,
        "Cannot disable {} events. Callback removed.",
        event::NAMES[number]
    )
}

/// As `fire`, for an exception that is set and stays so, unless a callback raises another.
pub fn fire_exception(py: Py, code: &CodeObject, index: u32, event: u32) -> PyResult<()> {
    if wanted(py, code) & event == 0 {
        return Ok(());
    }
    let Some(exception) = py.thread().take_exception() else {
        return Ok(());
    };
    fire(py, code, index, event, &[Value::from(exception.clone())])?;
    py.thread().set_exception(exception);
    Ok(())
}
