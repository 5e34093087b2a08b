//! `sys.settrace` and `sys.setprofile`.
//!
//! Costs nothing while nobody traces: events of lines come from instructions that are
//! replaced in the code's words (`instrument`), events of calls from the eval breaker's
//! tracing bit, which makes every entry poll. The functions in the thread state are C's
//! (`c_tracefunc`, `c_profilefunc`), so that tracers from wheels work; Python functions go
//! through a trampoline. What frames tell goes to `monitoring` too.

use krait_abi::{
    Py_tracefunc, PyFrameObject, PyObject, PyThreadState, PyTrace_CALL, PyTrace_EXCEPTION,
    PyTrace_RETURN,
};
use krait_bytecode::Op;
use krait_object::exceptions::{self, BaseException};
use krait_object::object::{Layout, Object, Owned};
use krait_object::protocol;
use krait_object::py::{Py, PyResult, Raised};
use krait_object::types::str::Str;
use krait_object::types::tuple::Tuple;
use krait_object::value::Value;

use crate::frame::object::{FrameObject, of_frame};
use crate::frame::{Frame, flag};
use crate::instrument;
use crate::monitoring::{self, event};
use crate::threads;

/// Whether the thread has a trace or profile function and is not inside one.
fn is_active(py: Py) -> bool {
    // SAFETY: the GIL is held; plain fields.
    unsafe {
        let thread = py.thread().raw();
        (*thread).tracing == 0
            && ((*thread).c_tracefunc.is_some() || (*thread).c_profilefunc.is_some())
    }
}

/// Whether the thread has a trace function and is not inside one.
pub(crate) fn has_trace(py: Py) -> bool {
    // SAFETY: the GIL is held; plain fields.
    unsafe { (*py.thread().raw()).tracing == 0 && (*py.thread().raw()).c_tracefunc.is_some() }
}

/// Whether the thread has a profile function and is not inside one.
pub(crate) fn has_profile(py: Py) -> bool {
    // SAFETY: the GIL is held; plain fields.
    unsafe { (*py.thread().raw()).tracing == 0 && (*py.thread().raw()).c_profilefunc.is_some() }
}

/// Runs a function of a tracer or tool, whose own code is not traced. `event` is the
/// number of what it is told, for setting `f_lineno`.
pub(crate) fn inside<R>(py: Py, event: i32, function: impl FnOnce() -> R) -> R {
    let thread = py.thread().raw();
    // SAFETY: the GIL is held; plain fields of the thread's own state.
    unsafe {
        let before = std::mem::replace(&mut (*thread).what_event, event);
        (*thread).tracing += 1;
        let result = function();
        (*thread).tracing -= 1;
        (*thread).what_event = before;
        result
    }
}

/// Runs a function of which no trace function hears.
pub fn untraced<R>(py: Py, function: impl FnOnce() -> R) -> R {
    let thread = py.thread().raw();
    // SAFETY: the GIL is held; a plain field of the thread's own state.
    unsafe {
        (*thread).tracing += 1;
        let result = function();
        (*thread).tracing -= 1;
        result
    }
}

/// Runs a function inside `untraced` of which trace functions hear after all.
pub fn traced_again<R>(py: Py, function: impl FnOnce() -> R) -> R {
    let thread = py.thread().raw();
    // SAFETY: the GIL is held; a plain field of the thread's own state.
    unsafe {
        (*thread).tracing -= 1;
        let result = function();
        (*thread).tracing += 1;
        result
    }
}

/// `sys.call_tracing(func, args)`: traced even when called from a trace function.
pub fn call_tracing(py: Py, function: &Value, arguments: &Tuple) -> PyResult {
    let thread = py.thread().raw();
    // SAFETY: the GIL is held; plain fields of the thread's own state.
    unsafe {
        let tracing = std::mem::replace(&mut (*thread).tracing, 0);
        let event = std::mem::replace(&mut (*thread).what_event, NO_EVENT);
        let result = protocol::call::call_tuple(py, function, arguments, None);
        (*thread).tracing = tracing;
        (*thread).what_event = event;
        result
    }
}

/// `what_event` outside of trace functions.
pub(crate) const NO_EVENT: i32 = -1;

/// Which of the two functions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Which {
    Trace,
    Profile,
}

/// Sets a C-level function with its object, for this thread (`PyEval_SetTrace`).
pub fn set_c_function(py: Py, which: Which, function: Py_tracefunc, object: Option<Owned>) {
    set_of_thread(py.thread().raw(), which, function, object);
    instrument::settings_changed(py);
}

fn set_of_thread(
    thread: *mut PyThreadState,
    which: Which,
    function: Py_tracefunc,
    object: Option<Owned>,
) {
    let new = object.map_or(std::ptr::null_mut(), Owned::into_ptr);
    // SAFETY: the GIL is held and the state alive; the field is null or an owned object.
    let old = unsafe {
        match which {
            Which::Trace => {
                (*thread).c_tracefunc = function;
                std::mem::replace(&mut (*thread).c_traceobj, new)
            }
            Which::Profile => {
                (*thread).c_profilefunc = function;
                std::mem::replace(&mut (*thread).c_profileobj, new)
            }
        }
    };
    if !old.is_null() {
        // SAFETY: the field owned it.
        unsafe { Object::decref(old) };
    }
}

/// The functions that call a Python function, if there is one.
fn trampoline(which: Which, function: &Value) -> (Py_tracefunc, Option<Owned>) {
    if function.is_none() {
        return (None, None);
    }
    let trampoline: Py_tracefunc = match which {
        Which::Trace => Some(trace_trampoline),
        Which::Profile => Some(profile_trampoline),
    };
    (trampoline, Some(function.to_object()))
}

/// `sys.settrace(function)`, `sys.setprofile(function)`.
pub fn set_function(py: Py, which: Which, function: &Value) {
    let (function, object) = trampoline(which, function);
    set_c_function(py, which, function, object);
}

/// The same for all threads (`sys._settraceallthreads`).
pub fn set_function_everywhere(py: Py, which: Which, function: &Value) {
    for state in threads::states(py) {
        let (function, object) = trampoline(which, function);
        // SAFETY: listed states are alive.
        set_of_thread(unsafe { (*state).raw() }, which, function, object);
    }
    instrument::settings_changed(py);
}

/// `set_c_function` for all threads (`PyEval_SetTraceAllThreads`).
pub fn set_c_function_everywhere(
    py: Py,
    which: Which,
    function: Py_tracefunc,
    object: Option<&Object>,
) {
    for state in threads::states(py) {
        let object = object.map(Layout::to_owned);
        // SAFETY: listed states are alive.
        set_of_thread(unsafe { (*state).raw() }, which, function, object);
    }
    instrument::settings_changed(py);
}

/// The calling thread ends: its functions go with it.
pub(crate) fn thread_ends(py: Py) {
    for which in [Which::Trace, Which::Profile] {
        if !get_function(py, which).is_none() {
            set_c_function(py, which, None, None);
        }
    }
}

/// `sys.gettrace()`, `sys.getprofile()`.
pub fn get_function(py: Py, which: Which) -> Value {
    // SAFETY: the GIL is held; the field is null or an owned object.
    unsafe {
        let thread = py.thread().raw();
        let object = match which {
            Which::Trace => (*thread).c_traceobj,
            Which::Profile => (*thread).c_profileobj,
        };
        if object.is_null() {
            Value::none()
        } else {
            Value::unboxed(Object::from_ptr(object))
        }
    }
}

fn event_name(what: i32) -> &'static str {
    [
        "call",
        "exception",
        "line",
        "return",
        "c_call",
        "c_exception",
        "c_return",
        "opcode",
    ]
    .get(what as usize)
    .unwrap_or(&"")
}

unsafe extern "C-unwind" fn trace_trampoline(
    function: *mut PyObject,
    frame: *mut PyFrameObject,
    what: i32,
    arg: *mut PyObject,
) -> i32 {
    // SAFETY: called by `fire` or C, with the GIL and living objects.
    unsafe {
        let py = Py::assume();
        let frame = Object::from_ptr(frame.cast()).cast_unchecked::<FrameObject>();
        let callable = if what == PyTrace_CALL {
            Some(Object::from_ptr(function).to_owned())
        } else {
            frame.trace.borrow().clone()
        };
        let Some(callable) = callable else { return 0 };
        match call_python(py, callable, frame, what, arg) {
            Ok(result) => {
                // A generator's frame that has a function keeps it where the call of the
                // resumed frame brings None.
                if !result.is_none() {
                    let old = frame.trace.replace(Some(result.into_object()));
                    drop(old);
                }
                0
            }
            Err(Raised) => {
                set_c_function(py, Which::Trace, None, None);
                drop(frame.trace.take());
                -1
            }
        }
    }
}

unsafe extern "C-unwind" fn profile_trampoline(
    function: *mut PyObject,
    frame: *mut PyFrameObject,
    what: i32,
    arg: *mut PyObject,
) -> i32 {
    // SAFETY: called by `fire` or C, with the GIL and living objects.
    unsafe {
        let py = Py::assume();
        let frame = Object::from_ptr(frame.cast()).cast_unchecked::<FrameObject>();
        match call_python(py, Object::from_ptr(function).to_owned(), frame, what, arg) {
            Ok(_) => 0,
            Err(Raised) => {
                set_c_function(py, Which::Profile, None, None);
                -1
            }
        }
    }
}

/// # Safety
/// The argument is null or a living object.
unsafe fn call_python(
    py: Py,
    callable: Owned,
    frame: &FrameObject,
    what: i32,
    arg: *mut PyObject,
) -> PyResult {
    let arg = if arg.is_null() {
        Value::none()
    } else {
        // SAFETY: the contract.
        unsafe { Value::unboxed(Object::from_ptr(arg)) }
    };
    let event = Value::from(Str::intern(event_name(what)));
    protocol::call(
        py,
        &Value::from(callable),
        &[Value::from(frame.to_owned()), event, arg],
    )
}

/// Calls the thread's functions for an event of a frame: `C` events go to the profile
/// function, those of lines, instructions and exceptions to the trace function, calls and
/// returns to both. `number` is the monitoring event that it comes from.
///
/// # Safety
/// The frame is alive and saved.
pub(crate) unsafe fn fire(
    py: Py,
    frame: *mut Frame,
    what: i32,
    number: u32,
    arg: Option<&Value>,
) -> PyResult<()> {
    // SAFETY: the contract; the functions are called with living objects.
    unsafe {
        let thread = py.thread().raw();
        if (*thread).tracing != 0 {
            return Ok(());
        }
        let object = of_frame(py, frame);
        let arg = arg.map(Value::to_object);
        let arg = arg
            .as_ref()
            .map_or(std::ptr::null_mut(), |a| a.as_object().as_ptr());
        let raw_frame = object.as_object().as_ptr().cast::<PyFrameObject>();
        let both = what == PyTrace_CALL || what == PyTrace_RETURN;
        for which in [Which::Trace, Which::Profile] {
            let (function, data) = match which {
                Which::Trace => ((*thread).c_tracefunc, (*thread).c_traceobj),
                Which::Profile => ((*thread).c_profilefunc, (*thread).c_profileobj),
            };
            let of_calls = number & (event::CALL | event::AFTER_CALL) != 0;
            if !both && of_calls != (which == Which::Profile) {
                continue;
            }
            let Some(function) = function else { continue };
            let keep = (!data.is_null()).then(|| Object::from_ptr(data).to_owned());
            let number = event::number(number) as i32;
            let status = inside(py, number, || function(data, raw_frame, what, arg));
            drop(keep);
            if status != 0 {
                return Err(Raised);
            }
        }
        Ok(())
    }
}

/// A frame was entered or resumed. Called from the breaker's poll.
///
/// # Safety
/// The frame is the innermost one and saved.
pub unsafe fn entered(py: Py, frame: *mut Frame) -> PyResult<()> {
    // SAFETY: the contract.
    unsafe {
        if (*frame).flags & flag::TRACED != 0 {
            return Ok(());
        }
        // A call of a generator function only makes the generator.
        let generator = (*frame).flags & flag::GENERATOR != 0;
        if Frame::code_ref(frame).is_generator() && !generator {
            return Ok(());
        }
        let first = !generator || is_at_start(frame);
        let event = if first {
            event::PY_START
        } else {
            event::PY_RESUME
        };
        tell_entry(py, frame, event)
    }
}

/// Whether a generator's frame has not run yet.
///
/// # Safety
/// The frame is alive and saved.
unsafe fn is_at_start(frame: *mut Frame) -> bool {
    // SAFETY: the contract.
    unsafe {
        let (code, index) = (Frame::code_ref(frame), Frame::index(frame));
        let before = index
            .checked_sub(1)
            .and_then(|i| code.data().words.get(i as usize));
        before.is_some_and(|w| w.op() == Some(Op::RETURN_GENERATOR))
    }
}

/// # Safety
/// The frame is the innermost one and saved.
unsafe fn tell_entry(py: Py, frame: *mut Frame, event: u32) -> PyResult<()> {
    // SAFETY: the contract.
    unsafe {
        let code = Frame::code_ref(frame);
        let watched = monitoring::wanted(py, code) != 0;
        if !(is_active(py) || watched) {
            return Ok(());
        }
        (*frame).flags |= flag::TRACED;
        instrument::update(py, code);
        if (*frame).flags & flag::OBJECT != 0 {
            (&*(*frame).object).last_line_place.set(None);
        }
        if event != event::PY_START {
            return tell_resumption(py, frame, event);
        }
        (*frame).flags |= flag::AT_ENTRY;
        let result = tell_resumption(py, frame, event);
        (*frame).flags &= !flag::AT_ENTRY;
        result
    }
}

/// # Safety
/// The frame is the innermost one and saved.
unsafe fn tell_resumption(py: Py, frame: *mut Frame, event: u32) -> PyResult<()> {
    // SAFETY: the contract.
    unsafe {
        if is_active(py) {
            fire(py, frame, PyTrace_CALL, event, None)?;
        }
        if event == event::PY_THROW {
            return Ok(());
        }
        monitoring::fire(py, Frame::code_ref(frame), Frame::index(frame), event, &[])
    }
}

/// An exception is thrown into a generator's frame, and set.
///
/// # Safety
/// The frame is the innermost one and saved.
pub unsafe fn thrown(py: Py, frame: *mut Frame) {
    // SAFETY: the contract.
    unsafe {
        if (*frame).flags & (flag::TRACED | flag::GENERATOR) != flag::GENERATOR {
            return;
        }
        let Some(exception) = py.thread().take_exception() else {
            return;
        };
        if tell_entry(py, frame, event::PY_THROW).is_ok() {
            py.thread().set_exception(exception);
            tell_exception(py, frame, event::PY_THROW);
        }
    }
}

/// A frame returns.
///
/// # Safety
/// The frame is the innermost one and saved.
pub unsafe fn returns(py: Py, frame: *mut Frame, value: &Value) -> PyResult<()> {
    // SAFETY: the contract.
    unsafe { leaves(py, frame, value, event::PY_RETURN) }
}

/// A generator's frame yields.
///
/// # Safety
/// The frame is the innermost one and saved.
pub unsafe fn yields(py: Py, frame: *mut Frame, value: &Value) -> PyResult<()> {
    // SAFETY: the contract.
    unsafe { leaves(py, frame, value, event::PY_YIELD) }
}

/// # Safety
/// The frame is the innermost one and saved.
unsafe fn leaves(py: Py, frame: *mut Frame, value: &Value, event: u32) -> PyResult<()> {
    // SAFETY: the contract.
    unsafe {
        (*frame).flags &= !flag::TRACED;
        if is_active(py) {
            fire(py, frame, PyTrace_RETURN, event, Some(value))?;
        }
        let (code, index) = (Frame::code_ref(frame), Frame::index(frame));
        monitoring::fire(py, code, index, event, std::slice::from_ref(value))
    }
}

/// A frame is left by an exception: its return event has no value.
///
/// # Safety
/// The frame is the innermost one and saved.
pub unsafe fn left_by_exception(py: Py, frame: *mut Frame) {
    // SAFETY: the contract.
    unsafe {
        if is_active(py) {
            let pending = py.thread().take_exception();
            let result = fire(py, frame, PyTrace_RETURN, event::PY_UNWIND, None);
            if let (Ok(()), Some(exception)) = (result, pending) {
                py.thread().set_exception(exception);
            }
        }
        tell_exception(py, frame, event::PY_UNWIND);
    }
}

/// Tells the tools of an exception that is set; it stays so unless a callback raises.
///
/// # Safety
/// The frame is the innermost one and saved.
pub unsafe fn tell_exception(py: Py, frame: *mut Frame, event: u32) {
    if !monitoring::is_active(py) {
        return;
    }
    // SAFETY: the contract.
    let (code, index) = unsafe { (Frame::code_ref(frame), Frame::index(frame)) };
    let _: PyResult<()> = monitoring::fire_exception(py, code, index, event);
}

/// An exception passes a frame.
///
/// # Safety
/// The frame is the innermost one and saved.
pub unsafe fn exception(py: Py, frame: *mut Frame) {
    // SAFETY: the contract.
    unsafe {
        if has_trace(py)
            && let Some(exception) = py.thread().take_exception()
            && trace_exception(py, frame, event::RAISE, &exception).is_ok()
        {
            py.thread().set_exception(exception);
        }
        tell_exception(py, frame, event::RAISE);
    }
}

/// # Safety
/// The frame is the innermost one and saved.
unsafe fn trace_exception(
    py: Py,
    frame: *mut Frame,
    number: u32,
    exception: &Owned,
) -> PyResult<()> {
    let traceback = BaseException::from_object(exception).and_then(|e| e.traceback());
    let triple = Value::from(Tuple::from_values([
        Value::from(exception.ty().to_owned()),
        Value::from(exception.clone()),
        traceback.map_or_else(Value::none, Value::from),
    ]));
    // SAFETY: the contract.
    unsafe { fire(py, frame, PyTrace_EXCEPTION, number, Some(&triple)) }
}

/// A generator that the frame's instruction had resumed has returned: those who watch hear
/// of a StopIteration that was never raised. A trace function hears of the end of a `for`
/// loop only where a StopIteration has a value to carry.
///
/// # Safety
/// The frame is the innermost one and saved.
#[cold]
pub unsafe fn generator_stopped(
    py: Py,
    frame: *mut Frame,
    value: &Value,
    in_loop: bool,
) -> PyResult<()> {
    // SAFETY: the contract.
    unsafe {
        let (code, index) = (Frame::code_ref(frame), Frame::index(frame));
        let watched = monitoring::wanted(py, code) & event::STOP_ITERATION != 0;
        let traced = has_trace(py) && !(in_loop && value.is_none());
        if !(traced || watched) {
            return Ok(());
        }
        let class = Value::from(exceptions::StopIteration.to_owned());
        let arguments: &[Value] = if value.is_none() {
            &[]
        } else {
            std::slice::from_ref(value)
        };
        let stop = protocol::call(py, &class, arguments)?;
        if traced {
            trace_exception(py, frame, event::STOP_ITERATION, &stop.to_object())?;
        }
        monitoring::fire(py, code, index, event::STOP_ITERATION, &[stop])
    }
}

/// Whether the trace function is one written in Python, which hears of frames that have
/// `f_trace` only.
pub(crate) fn is_python_tracer(py: Py) -> bool {
    // SAFETY: the GIL is held; a plain field.
    let function = unsafe { (*py.thread().raw()).c_tracefunc };
    function.is_some_and(|f| {
        std::ptr::fn_addr_eq(
            f,
            trace_trampoline as unsafe extern "C-unwind" fn(_, _, _, _) -> _,
        )
    })
}

/// Why `f_lineno` may not be set now; nothing where it may.
pub fn refusal_to_jump(py: Py) -> Option<&'static str> {
    // SAFETY: the GIL is held; plain fields.
    let (tracing, what) = unsafe {
        let thread = py.thread().raw();
        ((*thread).tracing, (*thread).what_event)
    };
    if tracing == 0 || what == NO_EVENT {
        return Some("f_lineno can only be set in a trace function");
    }
    match 1u32 << what {
        event::PY_RESUME
        | event::PY_YIELD
        | event::JUMP
        | event::BRANCH_LEFT
        | event::BRANCH_RIGHT
        | event::LINE => None,
        event::PY_START => Some("can't jump from the 'call' trace event of a new frame"),
        event::CALL | event::C_RETURN => Some("can't jump during a call"),
        _ => Some("can only jump from a 'line' trace event"),
    }
}
