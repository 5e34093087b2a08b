//! What happens at an instruction that somebody watches: events of lines, instructions,
//! calls and jumps, in CPython's order.
//!
//! Calls of anything but functions written in Python, and jumps, are done here, since only
//! their outcome tells what to report; other instructions the loop runs as they were.

use krait_abi::{
    PyTrace_C_CALL, PyTrace_C_EXCEPTION, PyTrace_C_RETURN, PyTrace_LINE, PyTrace_OPCODE,
};
use krait_bytecode::op::{CALL_DISCARD, CALL_EX_KWARGS, SUPER_TWO_ARGS};
use krait_bytecode::{Op, Word};
use krait_object::object::{Layout, Owned};
use krait_object::protocol;
use krait_object::py::{Py, PyResult, Raised};
use krait_object::types::descriptor::{MethodDescriptor, NativeFunctionObject};
use krait_object::types::method::Method;
use krait_object::types::tuple::Tuple;
use krait_object::value::Value;

use crate::code::CodeObject;
use crate::frame::FrameObject;
use crate::frame::object::of_frame;
use crate::function::Function;
use crate::instrument::{self, mark};
use crate::monitoring::{self, event};
use crate::ops;
use crate::state::{Flow, State};
use crate::trace;

/// At a replaced instruction: tells of it. The result is the instruction to run, nothing
/// where the state has been set to what comes next. `from` is the place that the frame saved
/// last.
#[cold]
#[inline(never)]
pub fn at_instruction(s: &mut State, from: *mut u64) -> PyResult<Option<Word>> {
    s.save();
    let (code, index) = (s.code(), s.index());
    if CodeObject::is_unread(s.pc) {
        code.begin(s.py)?;
        s.pc = code.word_at(0);
        return Ok(None);
    }
    instrument::update(s.py, code);
    let word = instrument::original(code, index);
    let events = monitoring::wanted(s.py, code);
    let legacy = trace::has_trace(s.py) || trace::has_profile(s.py);
    // SAFETY: the GIL is held; a plain field.
    if unsafe { (*s.py.thread().raw()).tracing } != 0 || !(legacy || events != 0) {
        return Ok(Some(word));
    }
    let marks = code.marks()[index as usize];
    // SAFETY: the innermost frame is alive and saved.
    let object = unsafe { of_frame(s.py, s.frame) };
    if let Some(call) = object.within_call.take()
        && after_call(s, code, (call, index), &object, events)?
    {
        return Ok(None);
    }
    arrives(s, code, index, &object, events)?;
    if marks & mark::LINE != 0 {
        line(s, code, (code.index_of(from), index), &object, events)?;
    }
    instruction(s, code, index, &object, events)?;
    if has_moved(s) {
        return Ok(None);
    }
    let calls = events & event::CALL != 0 || trace::has_profile(s.py);
    if marks & mark::CALL != 0 && calls {
        return call(s, word, code, index);
    }
    if marks & mark::JUMP != 0 && events & event::JUMPS != 0 {
        return jump(s, word, code, index, &object);
    }
    Ok(Some(word))
}

/// A call during which somebody began to watch instructions has returned. CPython has an
/// instruction for its result on the line of the call, at which a debugger stops that the
/// line itself has started; Krait has none. Whether a callback has set `f_lineno`.
fn after_call(
    s: &mut State,
    code: &CodeObject,
    (call, index): (u32, u32),
    object: &FrameObject,
    events: u32,
) -> PyResult<bool> {
    let op = code.data().words[call as usize].op();
    let next = op.is_some_and(|op| call + 1 + op.extra_words() as u32 == index);
    if !next || code.line_at(call) == code.line_at(index) {
        return Ok(false);
    }
    let here = code.word_at(call);
    // SAFETY: the innermost frame is alive, and the place is an instruction's of its code.
    unsafe { (*s.frame).pc = here };
    instruction(s, code, call, object, events)?;
    // SAFETY: as above.
    unsafe {
        let moved = (*s.frame).pc != here;
        if moved {
            s.reload();
        } else {
            (*s.frame).pc = s.pc;
        }
        Ok(moved)
    }
}

/// Whether a callback has set `f_lineno`: then the state goes there.
fn has_moved(s: &mut State) -> bool {
    // SAFETY: the innermost frame is alive.
    unsafe {
        let moved = (*s.frame).pc != s.pc;
        if moved {
            s.reload();
        }
        moved
    }
}

/// Krait's loops have no jump back to their head: where the head is reached from the body,
/// there is one for those who watch.
fn arrives(
    s: &State,
    code: &CodeObject,
    index: u32,
    object: &FrameObject,
    events: u32,
) -> PyResult<()> {
    if events & event::JUMP == 0 {
        return Ok(());
    }
    let jumped = object.last_jump.take() == Some(index);
    let head = matches!(
        code.data().words[index as usize].op(),
        Some(Op::FOR_ITER | Op::FOR_ITER_PAIR)
    );
    if !head || jumped {
        return Ok(());
    }
    let before = code.marks()[..index as usize]
        .iter()
        .rposition(|m| m & mark::INSTRUCTION != 0);
    let Some(before) = before else { return Ok(()) };
    let to = Value::int(i64::from(index) * 2);
    monitoring::fire(s.py, code, before as u32, event::JUMP, &[to])
}

/// Where some instructions tell nothing, the last place that was saved, `saved`, is the best
/// that is known of where the frame comes from.
fn line(
    s: &State,
    code: &CodeObject,
    (saved, index): (u32, u32),
    object: &FrameObject,
    events: u32,
) -> PyResult<()> {
    let line = code.line_at(index);
    let last = object.last_line_place.replace(Some(index));
    let new = last.is_none_or(|last| code.line_at(last) != line);
    let back = last.is_some_and(|last| index <= last);
    if trace::has_trace(s.py)
        && (new || back)
        && object.trace_lines.get()
        && (object.trace.borrow().is_some() || !trace::is_python_tracer(s.py))
    {
        // SAFETY: the innermost frame is alive and saved.
        unsafe { trace::fire(s.py, s.frame, PyTrace_LINE, event::LINE, None)? };
    }
    let partly = code.body.partly_instrumented.get();
    let new = new || partly && (saved >= index || code.line_at(saved) != line);
    if events & event::LINE != 0 && new {
        let line = Value::int(i64::from(line));
        monitoring::fire(s.py, code, index, event::LINE, &[line])?;
    }
    Ok(())
}

fn instruction(
    s: &State,
    code: &CodeObject,
    index: u32,
    object: &FrameObject,
    events: u32,
) -> PyResult<()> {
    if object.trace_opcodes.get()
        && trace::has_trace(s.py)
        && (object.trace.borrow().is_some() || !trace::is_python_tracer(s.py))
    {
        // SAFETY: the innermost frame is alive and saved.
        unsafe { trace::fire(s.py, s.frame, PyTrace_OPCODE, event::INSTRUCTION, None)? };
    }
    if events & event::INSTRUCTION != 0 {
        monitoring::fire(s.py, code, index, event::INSTRUCTION, &[])?;
    }
    Ok(())
}

/// Does a jump and tells where it went.
fn jump(
    s: &mut State,
    word: Word,
    code: &CodeObject,
    index: u32,
    object: &FrameObject,
) -> PyResult<Option<Word>> {
    let Some((next, taken)) = instrument::ways(code, index) else {
        return Ok(Some(word));
    };
    let jumped = match ops::run_jump(s, word) {
        Some(Flow::Next) => false,
        Some(Flow::Jump(_)) => true,
        // A generator runs first; `branched` tells when it comes back.
        Some(Flow::Reload) => return Ok(None),
        Some(Flow::Raise) => return Err(Raised),
        Some(_) | None => return Ok(Some(word)),
    };
    let to = if jumped { taken } else { next };
    object.last_jump.set(Some(to));
    let told = if instrument::is_plain_jump(word) {
        if falls_through(code, index, to) {
            Ok(())
        } else {
            let to = Value::int(i64::from(to) * 2);
            monitoring::fire(s.py, code, index, event::JUMP, &[to])
        }
    } else {
        tell_branch(s.py, code, index, word, jumped, to)
    };
    told?;
    if !has_moved(s) {
        s.pc = code.word_at(to);
    }
    Ok(None)
}

/// Whether the source goes on at the target of a jump, so that there is nothing to tell:
/// into a loop's head, or over exception handlers, which CPython has elsewhere.
fn falls_through(code: &CodeObject, index: u32, to: u32) -> bool {
    let head = code.data().words[to as usize];
    let enters = matches!(head.op(), Some(Op::FOR_ITER | Op::FOR_ITER_PAIR))
        && instrument::ways(code, to).is_some_and(|(_, body)| body == index + 1);
    enters
        || to > index
            && code.marks()[index as usize + 1..to as usize]
                .iter()
                .all(|m| m & mark::COLD != 0)
}

fn tell_branch(
    py: Py,
    code: &CodeObject,
    index: u32,
    word: Word,
    jumped: bool,
    to: u32,
) -> PyResult<()> {
    let left = jumped == instrument::taken_is_left(word);
    let event = if left {
        event::BRANCH_LEFT
    } else {
        event::BRANCH_RIGHT
    };
    let to = instrument::told_target(word, index, left, to);
    monitoring::fire(py, code, index, event, &[Value::int(i64::from(to) * 2)])
}

/// A generator that `FOR_ITER` had resumed has given an item, or ended.
#[cold]
#[inline(never)]
pub fn branched(s: &State, item: bool) -> PyResult<()> {
    let (code, index) = (s.code(), s.index());
    let word = code.data().words[index as usize];
    let is_loop = matches!(word.op(), Some(Op::FOR_ITER | Op::FOR_ITER_PAIR));
    if !is_loop || monitoring::wanted(s.py, code) & event::BRANCHES == 0 {
        return Ok(());
    }
    match instrument::ways(code, index) {
        Some((next, body)) => {
            let to = if item { body } else { next };
            tell_branch(s.py, code, index, word, item, to)
        }
        None => Ok(()),
    }
}

/// A call about to be made.
struct Call {
    callable: Value,
    values: Vec<Value>,
    names: Option<Owned<Tuple>>,
    /// Registers to be emptied: those of callable and arguments.
    registers: u16,
    width: usize,
}

/// The call that an instruction makes; its arguments stay where they are.
fn call_at(s: &State, w: Word) -> PyResult<Call> {
    let (method, named) = match w.op() {
        Some(Op::CALL_METHOD) => (true, false),
        Some(Op::CALL_METHOD_KW) => (true, true),
        Some(Op::CALL_KW) => (false, true),
        Some(Op::CALL) => (false, false),
        Some(Op::CALL_EX) => return call_ex_at(s, w),
        _ => return Ok(super_call_at(s, w)),
    };
    let (first, count) = match (method, s.get(w.b() + 1) != 0) {
        (true, true) => (w.b() + 1, w.c() + 1),
        (true, false) => (w.b() + 2, w.c()),
        (false, _) => (w.b() + 1, w.c()),
    };
    let names = named.then(|| ops::call::kwnames(s)).flatten();
    Ok(Call {
        callable: s.copy(w.b()),
        values: s.slice(first, count as usize).to_vec(),
        names: names.map(Layout::to_owned),
        registers: first + count - w.b(),
        width: 1 + w.op().map_or(0, |op| op.extra_words()),
    })
}

fn call_ex_at(s: &State, w: Word) -> PyResult<Call> {
    let (callable, arguments) = (s.copy(w.b()), s.copy(w.b() + 1));
    let arguments = ops::call_ex::argument_tuple(s, &callable, arguments)?;
    let registers = if w.flag() & CALL_EX_KWARGS != 0 { 3 } else { 2 };
    Ok(Call {
        callable,
        values: arguments.iter().map(Value::unboxed).collect(),
        names: None,
        registers,
        width: 0,
    })
}

/// `super(...)` of an instruction that looks up an attribute of it.
fn super_call_at(s: &State, w: Word) -> Call {
    let count = if w.flag() & SUPER_TWO_ARGS != 0 { 2 } else { 0 };
    Call {
        callable: s.copy(w.b()),
        values: s.slice(w.b() + 1, count).to_vec(),
        names: None,
        registers: 0,
        width: 0,
    }
}

/// Tells of a call, and does it unless a function written in Python is called.
fn call(s: &mut State, word: Word, code: &CodeObject, index: u32) -> PyResult<Option<Word>> {
    let call = call_at(s, word)?;
    let (mut callable, mut first) = (call.callable.clone(), call.values.first().cloned());
    let of_super = matches!(word.op(), Some(Op::LOAD_SUPER_ATTR | Op::LOAD_SUPER_METHOD));
    if word.op() != Some(Op::CALL_EX)
        && let Some(method) = call.callable.downcast_exact::<Method>()
    {
        callable = Value::from(method.function().to_owned());
        first = Some(Value::unboxed(method.receiver()));
    }
    let told = [
        callable.clone(),
        first.clone().unwrap_or_else(|| monitoring::missing(s.py)),
    ];
    monitoring::fire(s.py, code, index, event::CALL, &told)?;
    let native = native_function(s.py, &callable, first.as_ref());
    profile(s, PyTrace_C_CALL, event::CALL, native.as_ref())?;
    if callable.downcast_exact::<Function>().is_some() {
        return Ok(Some(word));
    }
    let result = if word.op() == Some(Op::CALL_EX) {
        // Nothing written in Python is entered: the instruction itself does it.
        match ops::CALL_EX(s, word) {
            Flow::Next => Ok(Value::none()),
            Flow::Raise => Err(Raised),
            _ => return Ok(None),
        }
    } else if of_super {
        two_arguments(s, word, &call)
    } else {
        protocol::call_with(s.py, &call.callable, &call.values, call.names.as_deref())
    };
    if !of_super && word.op() != Some(Op::CALL_EX) {
        drop(call.values);
        s.clear(word.b(), call.registers as usize);
    }
    let result = finish(s, code, index, &told, native.as_ref(), result)?;
    if of_super {
        return Ok(Some(word));
    }
    if word.op() == Some(Op::CALL_EX) {
        // SAFETY: the words of the instruction.
        s.pc = unsafe { s.pc.add(1 + Op::CALL_EX.extra_words()) };
        return Ok(None);
    }
    if word.flag() & CALL_DISCARD == 0 {
        s.set_value(word.a(), result);
    }
    // SAFETY: the words of the instruction.
    s.pc = unsafe { s.pc.add(call.width) };
    Ok(None)
}

/// Makes the super object, so that an error comes as from the call.
fn two_arguments(s: &State, w: Word, call: &Call) -> PyResult {
    let arguments = s.slice(w.b() + 1, 2).to_vec();
    protocol::call(s.py, &call.callable, &arguments)
}

/// Tells how a call of something native ended.
fn finish(
    s: &State,
    code: &CodeObject,
    index: u32,
    told: &[Value],
    native: Option<&Value>,
    result: PyResult,
) -> PyResult {
    match result {
        Ok(value) => {
            monitoring::fire(s.py, code, index, event::C_RETURN, told)?;
            profile(s, PyTrace_C_RETURN, event::C_RETURN, native)?;
            Ok(value)
        }
        Err(Raised) => {
            let exception = s.py.thread().take_exception();
            monitoring::fire(s.py, code, index, event::C_RAISE, told)?;
            profile(s, PyTrace_C_EXCEPTION, event::C_RAISE, native)?;
            if let Some(exception) = exception {
                s.py.thread().set_exception(exception);
            }
            Err(Raised)
        }
    }
}

/// The builtin function that profile functions hear of: a method of a builtin type as bound
/// to its receiver.
fn native_function(py: Py, callable: &Value, first: Option<&Value>) -> Option<Value> {
    if !trace::has_profile(py) {
        return None;
    }
    if callable.downcast::<NativeFunctionObject>().is_some() {
        return Some(callable.clone());
    }
    callable.downcast_exact::<MethodDescriptor>()?;
    let first = first?;
    let class = Value::from(first.to_object().ty().to_owned());
    let get = krait_object::intern!("__get__");
    match protocol::call_method(py, callable, get, &[first.clone(), class]) {
        Ok(bound) => Some(bound),
        Err(Raised) => {
            drop(py.thread().take_exception());
            None
        }
    }
}

fn profile(s: &State, what: i32, number: u32, native: Option<&Value>) -> PyResult<()> {
    if native.is_none() || !trace::has_profile(s.py) {
        return Ok(());
    }
    // SAFETY: the innermost frame is alive and saved.
    unsafe { trace::fire(s.py, s.frame, what, number, native) }
}
