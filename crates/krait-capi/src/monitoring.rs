//! `cpython/monitoring.h`: an extension tells of events in code of its own.

use std::ffi::c_int;

use krait_object::{Object, Py, PyResult, Type, Value, exceptions, protocol, raise};
use krait_vm::monitoring::{event, foreign, missing};

use crate::border::export;

/// `PyMonitoringState`: the tools that wait for an event.
#[repr(C)]
pub struct State {
    active: u8,
    opaque: u8,
}

/// Calls the callbacks of the tools that wait, and writes back which still do.
///
/// # Safety
/// The state is C's, which nobody else uses meanwhile.
unsafe fn tell(py: Py, state: *mut State, event: u32, arguments: &[Value]) -> PyResult<()> {
    // SAFETY: the contract.
    unsafe {
        let mut tools = (*state).active;
        let result = foreign::fire(py, &mut tools, event, arguments);
        (*state).active = tools;
        result
    }
}

/// Tells of an event at an offset.
///
/// # Safety
/// As for `tell`.
unsafe fn fire(
    py: Py,
    state: *mut State,
    code: &Value,
    offset: i32,
    event: u32,
    rest: &[Value],
) -> PyResult<()> {
    if offset < 0 {
        return raise!(py, ValueError, "offset must be non-negative");
    }
    let mut arguments = vec![code.clone(), Value::int(offset.into())];
    arguments.extend_from_slice(rest);
    // SAFETY: the contract.
    unsafe { tell(py, state, event, &arguments) }
}

/// The same for an exception that is set, and stays so unless a callback raises another.
///
/// # Safety
/// As for `tell`.
unsafe fn fire_exception(
    py: Py,
    state: *mut State,
    code: &Value,
    offset: i32,
    event: u32,
) -> PyResult<()> {
    let Some(exception) = py.thread().take_exception() else {
        let number = event::number(event);
        return raise!(
            py,
            ValueError,
            "Firing event {number} with no exception set"
        );
    };
    let shown = Value::from(exception.clone());
    // SAFETY: the contract.
    unsafe { fire(py, state, code, offset, event, &[shown])? };
    py.thread().set_exception(exception);
    Ok(())
}

/// A StopIteration with a value, unless it is one.
fn stop_iteration(py: Py, value: &Value) -> PyResult {
    let class: &Type = &exceptions::StopIteration;
    if value.ty().is_subtype_of(class) {
        return Ok(value.clone());
    }
    let class = Value::from(krait_object::Layout::to_owned(class));
    protocol::call(py, &class, std::slice::from_ref(value))
}

export! {
    fn PyMonitoring_EnterScope(py, states: *mut State, version: *mut u64, events: *const u8, length: isize) -> PyResult<()> {
        let now = foreign::version(py);
        if *version != now {
            for index in 0..length {
                let number = usize::from(*events.offset(index));
                (*states.offset(index)).active = foreign::tools(py, number);
            }
            *version = now;
        }
        Ok(())
    }
    fn PyMonitoring_ExitScope(_py) -> PyResult<()> { Ok(()) }
    fn _PyMonitoring_FireLineEvent(py, state: *mut State, code: &Value, _offset: c_int, line: c_int) -> PyResult<()> {
        tell(py, state, event::LINE, &[code.clone(), Value::int(line.into())])
    }
    fn _PyMonitoring_FireCallEvent(
        py, state: *mut State, code: &Value, offset: c_int, callable: &Value, first: Option<&Object>,
    ) -> PyResult<()> {
        let first = first.map_or_else(|| missing(py), |first| Value::from(krait_object::Layout::to_owned(first)));
        fire(py, state, code, offset, event::CALL, &[callable.clone(), first])
    }
    fn _PyMonitoring_FireStopIterationEvent(py, state: *mut State, code: &Value, offset: c_int, value: &Value) -> PyResult<()> {
        let exception = stop_iteration(py, value)?;
        fire(py, state, code, offset, event::STOP_ITERATION, &[exception])
    }
}

/// Functions whose event has nothing but its place.
macro_rules! places {
    ($($name:ident $event:ident)*) => { export! { $(
        fn $name(py, state: *mut State, code: &Value, offset: c_int) -> PyResult<()> {
            fire(py, state, code, offset, event::$event, &[])
        }
    )* } };
}
places! {
    _PyMonitoring_FirePyStartEvent PY_START
    _PyMonitoring_FirePyResumeEvent PY_RESUME
}

/// Functions whose event has an object: a result, or where a jump leads.
macro_rules! objects {
    ($($name:ident $event:ident)*) => { export! { $(
        fn $name(py, state: *mut State, code: &Value, offset: c_int, object: &Value) -> PyResult<()> {
            fire(py, state, code, offset, event::$event, std::slice::from_ref(object))
        }
    )* } };
}
objects! {
    _PyMonitoring_FirePyReturnEvent PY_RETURN
    _PyMonitoring_FirePyYieldEvent PY_YIELD
    _PyMonitoring_FireJumpEvent JUMP
    _PyMonitoring_FireBranchEvent BRANCH
    _PyMonitoring_FireBranchLeftEvent BRANCH_LEFT
    _PyMonitoring_FireBranchRightEvent BRANCH_RIGHT
    _PyMonitoring_FireCReturnEvent C_RETURN
}

/// Functions whose event is about the exception that is set.
macro_rules! raised {
    ($($name:ident $event:ident)*) => { export! { $(
        fn $name(py, state: *mut State, code: &Value, offset: c_int) -> PyResult<()> {
            fire_exception(py, state, code, offset, event::$event)
        }
    )* } };
}
raised! {
    _PyMonitoring_FirePyThrowEvent PY_THROW
    _PyMonitoring_FireRaiseEvent RAISE
    _PyMonitoring_FireReraiseEvent RERAISE
    _PyMonitoring_FireExceptionHandledEvent EXCEPTION_HANDLED
    _PyMonitoring_FireCRaiseEvent C_RAISE
    _PyMonitoring_FirePyUnwindEvent PY_UNWIND
}
