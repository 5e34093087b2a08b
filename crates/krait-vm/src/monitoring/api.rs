//! The functions of the module `sys.monitoring`.

use krait_object::native::ModuleBuilder;
use krait_object::object::{Layout, Owned};
use krait_object::py::{Py, PyResult};
use krait_object::types::dict::Dict;
use krait_object::types::str::Str;
use krait_object::value::Value;
use krait_object::{hooks, protocol, raise};

use super::{Local, MONITOR, TOOLS, event, special};
use crate::code::CodeObject;

/// The union of global events anew, and what follows from it.
fn changed(py: Py) {
    let monitor = MONITOR.get(py);
    let (global, local) = {
        let tools = monitor.tools.borrow();
        let global = tools.iter().fold(0, |all, tool| all | tool.events);
        (global, tools.iter().map(|tool| tool.codes).sum())
    };
    monitor.global.set(global);
    monitor.local.set(local);
    crate::instrument::settings_changed(py);
}

fn tool_number(py: Py, tool: i64) -> PyResult<usize> {
    match usize::try_from(tool) {
        Ok(tool) if tool < TOOLS => Ok(tool),
        _ => raise!(
            py,
            ValueError,
            "invalid tool {tool} (must be between 0 and 5)"
        ),
    }
}

fn tool_in_use(py: Py, tool: i64) -> PyResult<usize> {
    let number = tool_number(py, tool)?;
    if MONITOR.get(py).tools.borrow()[number].name.is_none() {
        return raise!(py, ValueError, "tool {tool} is not in use");
    }
    Ok(number)
}

/// An event set as it is kept: C_RETURN and C_RAISE come with CALL, BRANCH means both ways.
fn event_set(py: Py, events: i32) -> PyResult<u32> {
    let Some(set) = u32::try_from(events).ok().filter(|e| e & !event::ALL == 0) else {
        return raise!(py, ValueError, "invalid event set 0x{events:x}");
    };
    const WITH_CALL: u32 = event::CALL | event::AFTER_CALL;
    if set & event::AFTER_CALL != 0 && set & WITH_CALL != WITH_CALL {
        return raise!(
            py,
            ValueError,
            "cannot set C_RETURN or C_RAISE events independently"
        );
    }
    let ways = if set & event::BRANCH != 0 {
        event::BRANCHES
    } else {
        0
    };
    Ok(set & !(event::AFTER_CALL | event::BRANCH) | ways)
}

fn use_tool_id(py: Py, tool: i32, name: &Value) -> PyResult<()> {
    let number = tool_number(py, i64::from(tool))?;
    if name.downcast::<Str>().is_none() {
        return raise!(py, ValueError, "tool name must be a str");
    }
    let mut tools = MONITOR.get(py).tools.borrow_mut();
    if tools[number].name.is_some() {
        return raise!(py, ValueError, "tool {tool} is already in use");
    }
    tools[number].name = Some(name.clone());
    Ok(())
}

fn clear_tool_id(py: Py, tool: i32) -> PyResult<()> {
    let number = tool_number(py, i64::from(tool))?;
    let old = {
        let mut tools = MONITOR.get(py).tools.borrow_mut();
        let tool = &mut tools[number];
        tool.events = 0;
        tool.codes = 0;
        tool.generation = tool.generation.wrapping_add(1);
        std::mem::take(&mut tool.callbacks)
    };
    changed(py);
    drop(old);
    Ok(())
}

fn free_tool_id(py: Py, tool: i32) -> PyResult<()> {
    clear_tool_id(py, tool)?;
    let number = tool_number(py, i64::from(tool))?;
    let old = MONITOR.get(py).tools.borrow_mut()[number].name.take();
    drop(old);
    Ok(())
}

fn get_tool(py: Py, tool: i32) -> PyResult<Option<Value>> {
    let number = tool_number(py, i64::from(tool))?;
    Ok(MONITOR.get(py).tools.borrow()[number].name.clone())
}

/// Gives back the old callback.
fn register_callback(py: Py, tool: i32, event: i32, func: &Value) -> PyResult<Option<Value>> {
    let number = tool_number(py, i64::from(tool))?;
    if event <= 0 || event.count_ones() != 1 {
        return raise!(
            py,
            ValueError,
            "The callback can only be set for one event at a time"
        );
    }
    if event as u32 & !event::ALL != 0 {
        return raise!(py, ValueError, "invalid event {event}");
    }
    (hooks::get(py).audit)(
        py,
        "sys.monitoring.register_callback",
        std::slice::from_ref(func),
    )?;
    let new = (!func.is_none()).then(|| func.clone());
    let mut tools = MONITOR.get(py).tools.borrow_mut();
    let place = &mut tools[number].callbacks[event::number(event as u32)];
    Ok(std::mem::replace(place, new))
}

fn get_events(py: Py, tool: i32) -> PyResult<u32> {
    let number = tool_number(py, i64::from(tool))?;
    Ok(MONITOR.get(py).tools.borrow()[number].events)
}

fn set_events(py: Py, tool: i32, events: i32) -> PyResult<()> {
    let tool = i64::from(tool);
    tool_number(py, tool)?;
    let events = event_set(py, events)?;
    let number = tool_in_use(py, tool)?;
    let old = std::mem::replace(
        &mut MONITOR.get(py).tools.borrow_mut()[number].events,
        events,
    );
    if old != events {
        changed(py);
    }
    Ok(())
}

fn code_of(py: Py, code: &Value) -> PyResult<Owned<CodeObject>> {
    match code.downcast_exact::<CodeObject>() {
        Some(code) => Ok(code.to_owned()),
        None => raise!(py, TypeError, "code must be a code object"),
    }
}

fn get_local_events(py: Py, tool: i32, code: &Value) -> PyResult<u32> {
    let code = code_of(py, code)?;
    let number = tool_number(py, i64::from(tool))?;
    let tools = MONITOR.get(py).tools.borrow();
    let local = code.body.monitoring.borrow();
    Ok(local.as_ref().map_or(0, |l| l.events(&tools, number)))
}

fn set_local_events(py: Py, tool: i32, code: &Value, events: i32) -> PyResult<()> {
    let code = code_of(py, code)?;
    tool_number(py, i64::from(tool))?;
    let set = event_set(py, events)?;
    if set & !event::LOCAL != 0 {
        return raise!(py, ValueError, "invalid local event set 0x{events:x}");
    }
    let number = tool_in_use(py, i64::from(tool))?;
    let monitor = MONITOR.get(py);
    {
        let mut tools = monitor.tools.borrow_mut();
        let mut local = code.body.monitoring.borrow_mut();
        let local = local.get_or_insert_with(|| {
            Box::new(Local {
                epoch: monitor.epoch.get(),
                ..Local::default()
            })
        });
        let before = local.events(&tools, number);
        if before == set {
            return Ok(());
        }
        local.events[number] = set;
        local.generations[number] = tools[number].generation;
        let codes = &mut tools[number].codes;
        *codes = *codes + u32::from(set != 0) - u32::from(before != 0);
    }
    changed(py);
    Ok(())
}

fn restart_events(py: Py) {
    let epoch = &MONITOR.get(py).epoch;
    epoch.set(epoch.get().wrapping_add(1));
    crate::instrument::settings_changed(py);
}

/// Events with the tools that have them.
fn all_events(py: Py) -> PyResult<Owned<Dict>> {
    let dict = Dict::new();
    let tools: Vec<u32> = {
        let tools = MONITOR.get(py).tools.borrow();
        tools.iter().map(|t| t.events).collect()
    };
    for (bit, name) in event::NAMES.iter().enumerate() {
        let users = tools.iter().enumerate();
        let users: i64 = users
            .filter(|(_, events)| *events & (1 << bit) != 0)
            .map(|(i, _)| 1i64 << i)
            .sum();
        if users != 0 {
            dict.set_value(py, &Value::from(Str::intern(name)), Value::int(users))?;
        }
    }
    Ok(dict)
}

/// The module.
pub fn module(py: Py) -> PyResult {
    let events = krait_object::types::namespace::new(py)?;
    for (bit, name) in event::NAMES.iter().enumerate() {
        protocol::set_attr(py, &events, &Str::intern(name), &Value::int(1 << bit))?;
    }
    protocol::set_attr(py, &events, &Str::intern("NO_EVENTS"), &Value::int(0))?;
    let (disable, missing) = special(py);
    let m = ModuleBuilder::new(py, "sys.monitoring");
    m.function("use_tool_id(tool_id, name, /)", use_tool_id)?
        .function("clear_tool_id(tool_id, /)", clear_tool_id)?
        .function("free_tool_id(tool_id, /)", free_tool_id)?
        .function("get_tool(tool_id, /)", get_tool)?
        .function(
            "register_callback(tool_id, event, func, /)",
            register_callback,
        )?
        .function("get_events(tool_id, /)", get_events)?
        .function("set_events(tool_id, event_set, /)", set_events)?
        .function("get_local_events(tool_id, code, /)", get_local_events)?
        .function(
            "set_local_events(tool_id, code, event_set, /)",
            set_local_events,
        )?
        .function("restart_events()", restart_events)?
        .function("_all_events()", all_events)?
        .value("events", events)?
        .value("DISABLE", disable)?
        .value("MISSING", missing)?
        .int("DEBUGGER_ID", 0)?
        .int("COVERAGE_ID", 1)?
        .int("PROFILER_ID", 2)?
        .int("OPTIMIZER_ID", 5)?;
    Ok(Value::from(m.finish()))
}
