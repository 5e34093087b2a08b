//! `sys.settrace` and `sys.setprofile`.
//!
//! Costs nothing while nobody traces: events of lines come from instructions whose
//! operation was replaced by `TRACE` in the code's words (the original is kept beside),
//! events of calls from the eval breaker's tracing bit, which makes every entry poll.
//! The functions in the thread state are C's (`c_tracefunc`, `c_profilefunc`), so that
//! tracers from wheels work; Python functions go through a trampoline.

use std::sync::atomic::Ordering;

use krait_abi::{
    Py_tracefunc, PyFrameObject, PyObject, PyTrace_CALL, PyTrace_EXCEPTION, PyTrace_LINE,
    PyTrace_RETURN,
};
use krait_bytecode::Word;
use krait_object::exceptions::BaseException;
use krait_object::object::{Layout, Object, Owned};
use krait_object::protocol;
use krait_object::py::{Py, PyResult, Raised};
use krait_object::thread::{EVAL_BREAKER, breaker};
use krait_object::types::str::Str;
use krait_object::types::tuple::Tuple;
use krait_object::value::Value;

use crate::code::CodeObject;
use crate::frame::object::{FrameObject, of_frame};
use crate::frame::{self, Frame, flag};
use crate::state::State;

/// The number of an instruction that was replaced for tracing.
const TRACE: u64 = 0xFF;

/// Whether the thread has a trace or profile function and is not inside one.
fn is_active(py: Py) -> bool {
    // SAFETY: the GIL is held; plain fields.
    unsafe {
        let thread = py.thread().raw();
        (*thread).tracing == 0
            && ((*thread).c_tracefunc.is_some() || (*thread).c_profilefunc.is_some())
    }
}

fn has_trace(py: Py) -> bool {
    // SAFETY: the GIL is held; plain fields.
    unsafe { (*py.thread().raw()).tracing == 0 && (*py.thread().raw()).c_tracefunc.is_some() }
}

/// Which of the two functions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Which {
    Trace,
    Profile,
}

/// Sets a C-level function with its object, for this thread (`PyEval_SetTrace`).
pub fn set_c_function(py: Py, which: Which, function: Py_tracefunc, object: Option<Owned>) {
    let new = object.map_or(std::ptr::null_mut(), Owned::into_ptr);
    // SAFETY: the GIL is held; the field is null or an owned object.
    unsafe {
        let thread = py.thread().raw();
        let old = match which {
            Which::Trace => {
                (*thread).c_tracefunc = function;
                std::mem::replace(&mut (*thread).c_traceobj, new)
            }
            Which::Profile => {
                (*thread).c_profilefunc = function;
                std::mem::replace(&mut (*thread).c_profileobj, new)
            }
        };
        if !old.is_null() {
            Object::decref(old);
        }
    }
    if is_active(py) {
        EVAL_BREAKER.fetch_or(breaker::TRACING, Ordering::AcqRel);
        if has_trace(py) {
            let mut at = frame::current(py);
            while !at.is_null() {
                // SAFETY: frames of the chain are alive.
                unsafe {
                    instrument(Frame::code_ref(at));
                    (*at).flags |= flag::TRACED;
                    at = (*at).previous;
                }
            }
        }
    } else {
        EVAL_BREAKER.fetch_and(!breaker::TRACING, Ordering::AcqRel);
    }
}

/// `sys.settrace(function)`, `sys.setprofile(function)`.
pub fn set_function(py: Py, which: Which, function: &Value) {
    if function.is_none() {
        return set_c_function(py, which, None, None);
    }
    let trampoline: Py_tracefunc = match which {
        Which::Trace => Some(trace_trampoline),
        Which::Profile => Some(profile_trampoline),
    };
    set_c_function(py, which, trampoline, Some(function.to_object()));
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
                let new = if result.is_none() {
                    if what == PyTrace_CALL { None } else { return 0 }
                } else {
                    Some(result.into_object())
                };
                let old = frame.trace.replace(new);
                drop(old);
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
    // SAFETY: the contract.
    let arg = if arg.is_null() {
        Value::none()
    } else {
        unsafe { Value::unboxed(Object::from_ptr(arg)) }
    };
    let event = Value::from(Str::intern(event_name(what)));
    protocol::call(
        py,
        &Value::from(callable),
        &[Value::from(frame.to_owned()), event, arg],
    )
}

/// Calls the thread's functions for an event of a frame.
///
/// # Safety
/// The frame is alive and saved.
unsafe fn fire(py: Py, frame: *mut Frame, what: i32, arg: Option<&Value>) -> PyResult<()> {
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
        for which in [Which::Trace, Which::Profile] {
            let (function, data) = match which {
                Which::Trace => ((*thread).c_tracefunc, (*thread).c_traceobj),
                // Profile functions hear of calls and returns only.
                Which::Profile if what == PyTrace_LINE || what == PyTrace_EXCEPTION => continue,
                Which::Profile => ((*thread).c_profilefunc, (*thread).c_profileobj),
            };
            let Some(function) = function else { continue };
            let keep = (!data.is_null()).then(|| Object::from_ptr(data).to_owned());
            (*thread).tracing += 1;
            let status = function(data, raw_frame, what, arg);
            (*thread).tracing -= 1;
            drop(keep);
            if status != 0 {
                return Err(Raised);
            }
        }
        Ok(())
    }
}

/// A frame was entered or resumed: the call event. Called from the breaker's poll.
///
/// # Safety
/// The frame is the innermost one and saved.
pub unsafe fn entered(py: Py, frame: *mut Frame) -> PyResult<()> {
    // SAFETY: the contract.
    unsafe {
        if !is_active(py) || (*frame).flags & flag::TRACED != 0 {
            return Ok(());
        }
        (*frame).flags |= flag::TRACED;
        let result = fire(py, frame, PyTrace_CALL, None);
        if has_trace(py) {
            instrument(Frame::code_ref(frame));
            if (*frame).flags & flag::OBJECT != 0 {
                (&*(*frame).object).last_line.set(0);
            }
        }
        result
    }
}

/// A frame returns.
///
/// # Safety
/// The frame is the innermost one and saved.
pub unsafe fn returns(py: Py, frame: *mut Frame, value: &Value) -> PyResult<()> {
    // SAFETY: the contract.
    unsafe {
        (*frame).flags &= !flag::TRACED;
        if !is_active(py) {
            return Ok(());
        }
        fire(py, frame, PyTrace_RETURN, Some(value))
    }
}

/// A generator's frame yields.
///
/// # Safety
/// The frame is the innermost one and saved.
pub unsafe fn yields(py: Py, frame: *mut Frame, value: &Value) -> PyResult<()> {
    // SAFETY: the contract.
    unsafe { returns(py, frame, value) }
}

/// A frame is left by an exception: its return event has no value.
///
/// # Safety
/// The frame is the innermost one and saved.
pub unsafe fn left_by_exception(py: Py, frame: *mut Frame) {
    if !is_active(py) {
        return;
    }
    let pending = py.thread().take_exception();
    // SAFETY: the contract.
    let result = unsafe { fire(py, frame, PyTrace_RETURN, None) };
    if let (Ok(()), Some(exception)) = (result, pending) {
        py.thread().set_exception(exception);
    }
}

/// An exception passes a frame.
///
/// # Safety
/// The frame is the innermost one and saved.
pub unsafe fn exception(py: Py, frame: *mut Frame) {
    if !has_trace(py) {
        return;
    }
    let Some(exception) = py.thread().take_exception() else {
        return;
    };
    let traceback = BaseException::from_object(&exception).and_then(|e| e.traceback());
    let triple = Value::from(Tuple::from_values([
        Value::from(exception.ty().to_owned()),
        Value::from(exception.clone()),
        traceback.map_or_else(Value::none, Value::from),
    ]));
    // SAFETY: the contract.
    if unsafe { fire(py, frame, PyTrace_EXCEPTION, Some(&triple)) }.is_ok() {
        py.thread().set_exception(exception);
    }
}

/// Replaces the first instruction of each line, and the targets of jumps, by `TRACE`.
fn instrument(code: &CodeObject) {
    if code.body.instrumented.replace(1) != 0 {
        return;
    }
    let mut traced = code.body.traced.borrow_mut();
    let mut places: Vec<u32> = code
        .line_runs()
        .iter()
        .filter(|r| r.line != 0)
        .map(|r| r.start)
        .collect();
    let words = &code.data().words;
    let mut index = 0;
    while let Some(word) = words.get(index as usize) {
        let Some(op) = word.op() else { break };
        if let Some(offset) = word.jump_offset() {
            let target = i64::from(index) + 1 + i64::from(offset);
            if code.line_at(target as u32) != 0 {
                places.push(target as u32);
            }
        }
        index += 1 + op.extra_words() as u32;
    }
    let starts = instruction_starts(code);
    for place in places {
        if starts.binary_search(&place).is_ok() && !traced.contains_key(&place) {
            // SAFETY: the place is an instruction of the code.
            unsafe {
                let word = code.word_at(place);
                traced.insert(place, *word);
                *word = (*word & !0xFF) | TRACE;
            }
        }
    }
}

/// Where instructions begin, ascending.
fn instruction_starts(code: &CodeObject) -> Vec<u32> {
    let (words, mut starts, mut index) = (&code.data().words, Vec::new(), 0);
    while let Some(op) = words.get(index as usize).and_then(|w| w.op()) {
        starts.push(index);
        index += 1 + op.extra_words() as u32;
    }
    starts
}

/// At an instruction that was replaced: the line event, then the original.
#[cold]
#[inline(never)]
pub fn at_instruction(s: &mut State) -> PyResult<Word> {
    s.save();
    let code = s.code();
    let index = s.index();
    let original = |index: u32| code.body.traced.borrow().get(&index).copied().map(Word);
    let Some(word) = original(index) else {
        return krait_object::raise!(s.py, SystemError, "unknown instruction");
    };
    if !has_trace(s.py) {
        return Ok(word);
    }
    let line = code.line_at(index);
    // SAFETY: the innermost frame is alive and saved. A trace function may move its pc,
    // which `f_lineno` does with a place of the same registers.
    unsafe {
        let object = of_frame(s.py, s.frame);
        let last = object.last_line.get();
        let (last_line, last_index) = (last as u32, (last >> 32) as u32);
        object
            .last_line
            .set(u64::from(line) | u64::from(index) << 32);
        let wanted = object.trace.borrow().is_some() || !is_python_tracer(s.py);
        if wanted
            && object.trace_lines.get()
            && line != 0
            && (line != last_line || index <= last_index)
        {
            fire(s.py, s.frame, PyTrace_LINE, None)?;
        }
        if (*s.frame).pc != s.pc {
            s.reload();
            let index = s.index();
            return Ok(original(index).unwrap_or(Word(*s.pc)));
        }
    }
    Ok(word)
}

fn is_python_tracer(py: Py) -> bool {
    // SAFETY: the GIL is held; a plain field.
    let function = unsafe { (*py.thread().raw()).c_tracefunc };
    function.is_some_and(|f| {
        std::ptr::fn_addr_eq(
            f,
            trace_trampoline as unsafe extern "C-unwind" fn(_, _, _, _) -> _,
        )
    })
}

/// Whether the frame's trace function runs, so that `f_lineno` may be set.
pub fn is_in_line_event(py: Py, frame: *mut Frame) -> bool {
    // SAFETY: the GIL is held; the frame is alive.
    unsafe { (*py.thread().raw()).tracing > 0 && (*frame).flags & flag::TRACED != 0 }
}

/// `sys.settrace(function)`
pub fn set_trace(py: Py, function: &Value) {
    set_function(py, Which::Trace, function);
}

/// `sys.gettrace()`
pub fn get_trace(py: Py) -> Value {
    get_function(py, Which::Trace)
}

/// `sys.setprofile(function)`
pub fn set_profile(py: Py, function: &Value) {
    set_function(py, Which::Profile, function);
}

/// `sys.getprofile()`
pub fn get_profile(py: Py) -> Value {
    get_function(py, Which::Profile)
}
