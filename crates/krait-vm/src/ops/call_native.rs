//! Calls of native functions and methods: the second path of `CALL` and `CALL_METHOD`.
//!
//! What lives across the native function itself is the frame alone: everything else is
//! read again from there, so that little of the machine's state is saved around it.

use krait_abi::PyObject;
use krait_bytecode::Word;
use krait_bytecode::op::CALL_DISCARD;
use krait_object::native::{Inline, NativeDef};
use krait_object::object::Object;
use krait_object::types::descriptor::{MethodDescriptor, NativeFunctionObject};
use krait_object::types::list::List;
use krait_object::value::Value;

use super::call::quick_call;
use super::inline;
use crate::breaker;
use crate::state::{Flow, Saved, State};
use crate::word::{is_object, object};

/// Registers before the first argument: the callable, and in a method's call its receiver.
const OF_FUNCTION: u16 = 1;
pub(super) const OF_METHOD: u16 = 2;

/// `list.append` of an object to a list that has room, and neither method nor list dies of the
/// call: without a call, so that no register of the machine is saved. Nothing otherwise.
#[inline(always)]
pub(super) fn append_at_once(s: &State, w: Word) -> Option<Flow> {
    let (callee, receiver) = (s.get(w.b()), s.get(w.b() + 1));
    if w.c() != 1 || !is_object(callee) || !is_object(receiver) {
        return None;
    }
    // SAFETY: the registers keep callable and receiver alive, and own what they hold; exact
    // types are compared before layouts are relied on.
    unsafe {
        let method = object(callee).downcast_exact::<MethodDescriptor>()?;
        let list = object(receiver).downcast_exact::<List>()?.raw();
        let length = (*list).ob_base.ob_size;
        let at_once = method.native_def()?.inline() == Inline::Append
            && length != (*list).allocated
            && is_object(s.get(w.b() + 2))
            && !Object::is_last(callee as *mut PyObject)
            && !Object::is_last(receiver as *mut PyObject)
            && !breaker::is_set();
        if !at_once {
            return None;
        }
        *(*list).ob_item.add(length as usize) = s.steal(w.b() + 2) as *mut PyObject;
        (*list).ob_base.ob_size = length + 1;
    }
    s.let_temp_go(w.b());
    s.let_temp_go(w.b() + 1);
    Some(give(s, w, Value::none()))
}

/// A call that is not of a Python function with as many arguments as it has parameters.
#[inline(always)]
pub fn second_call(s: &mut State, w: Word) -> Flow {
    match native_function(s.get(w.b())) {
        Some((def, receiver)) => run::<OF_FUNCTION>(s, w, def, receiver),
        None => other(s, OF_FUNCTION),
    }
}

/// The same for a method, which may have its receiver as first argument.
#[inline(always)]
pub fn second_method_call(s: &mut State, w: Word) -> Flow {
    let (word, receiver) = (s.get(w.b()), s.get(w.b() + 1));
    if receiver == 0 {
        return match native_function(word) {
            Some((def, receiver)) => run::<OF_METHOD>(s, w, def, receiver),
            None => other(s, OF_METHOD),
        };
    }
    if !is_object(word) || !is_object(receiver) {
        return Flow::Cold;
    }
    // SAFETY: the registers keep callable and receiver alive during the call.
    let (callable, receiver) = unsafe { (object(word), object(receiver)) };
    let Some(method) = callable.downcast_exact::<MethodDescriptor>() else {
        return other(s, OF_METHOD);
    };
    let owner = method.owner();
    if !std::ptr::eq(receiver.ty(), owner) && !receiver.ty().is_subtype_of(owner) {
        return Flow::Cold;
    }
    let Some(def) = method.native_def() else {
        return Flow::Cold;
    };
    if def.inline() == Inline::Append && w.c() == 1 {
        // SAFETY: the method's receiver is a list.
        unsafe { receiver.cast_unchecked::<List>() }.push_value(s.take(w.b() + 2));
        s.clear(w.b(), 2);
        return give(s, w, Value::none());
    }
    run::<OF_METHOD>(s, w, def, Some(receiver))
}

/// Any other call, where it is a simple one.
#[inline(always)]
fn other(s: &mut State, head: u16) -> Flow {
    let saved = s.saved();
    let flow = quick_call(saved, head);
    *s = saved.state();
    if matches!(flow, Flow::Reload) {
        // SAFETY: a frame was pushed.
        unsafe { s.reload() };
    }
    flow
}

/// What a word's native function does, and what it is bound to.
#[inline(always)]
fn native_function<'a>(word: u64) -> Option<(&'static NativeDef, Option<&'a Object>)> {
    if !is_object(word) {
        return None;
    }
    // SAFETY: the register keeps the callable alive during the call.
    let function = unsafe { object(word) }.downcast_exact::<NativeFunctionObject>()?;
    Some((function.native_def()?, function.receiver()))
}

/// Calls a native function with the instruction's arguments, which follow `HEAD` registers.
#[inline(always)]
fn run<const HEAD: u16>(
    s: &mut State,
    w: Word,
    def: &'static NativeDef,
    receiver: Option<&Object>,
) -> Flow {
    let saved = s.saved();
    let arguments = s.slice(w.b() + HEAD, w.c() as usize);
    let inline = match HEAD {
        OF_FUNCTION => inline::result(s.py, def, arguments),
        _ => None,
    };
    let result = match inline {
        Some(value) => Ok(value),
        None => def.call(s.py, receiver, arguments, None),
    };
    let Ok(value) = result else {
        failed(saved, HEAD);
        return Flow::Raise;
    };
    *s = saved.state();
    ran::<HEAD>(s, value)
}

/// A native call is over: callable and arguments are consumed, and somebody gets the result.
#[inline(always)]
fn ran<const HEAD: u16>(s: &mut State, value: Value) -> Flow {
    let w = s.word();
    let mut at = s.at(w.b());
    // SAFETY: these registers are the call's own, of which the first is an object; they own
    // their words.
    unsafe {
        let end = at.add((HEAD + w.c()) as usize);
        let callable = std::mem::replace(&mut *at, 0);
        at = at.add(1);
        if Object::give_back(callable as *mut PyObject) {
            return finish(s, callable, at, end, value);
        }
        while at != end {
            let word = *at;
            at = at.add(1);
            if is_object(word) {
                *at.sub(1) = 0;
                if Object::give_back(word as *mut PyObject) {
                    return finish(s, word, at, end, value);
                }
            }
        }
    }
    settle(s, w, value)
}

/// The same after an object has died with the call.
#[inline(always)]
fn finish(s: &mut State, dead: u64, rest: *mut u64, end: *mut u64, value: Value) -> Flow {
    let saved = s.saved();
    let word = free_and_clear(dead, rest, end, value.into_word());
    *s = saved.state();
    // SAFETY: the word is the value's.
    settle(s, s.word(), unsafe { Value::from_word(word) })
}

/// Frees an object, and empties registers after that. A word passes through.
#[inline(never)]
fn free_and_clear(dead: u64, mut at: *mut u64, end: *mut u64, word: u64) -> u64 {
    // SAFETY: the object has no references, and the registers own their words.
    unsafe {
        Object::free(dead as *mut PyObject);
        while at != end {
            crate::word::drop_word(std::mem::replace(&mut *at, 0));
            at = at.add(1);
        }
    }
    word
}

/// A native call has raised.
#[cold]
#[inline(never)]
fn failed(saved: Saved, head: u16) {
    let s = saved.state();
    let w = s.word();
    s.clear(w.b(), (head + w.c()) as usize);
}

/// A call is over and consumed. What came up meanwhile (a signal that the call has raised)
/// comes now.
#[inline(always)]
pub(super) fn settle(s: &State, w: Word, value: Value) -> Flow {
    if breaker::is_set() && breaker::poll(s.saved()).is_err() {
        return Flow::Raise;
    }
    give(s, w, value)
}

/// The result of a call, where somebody wants it.
#[inline(always)]
fn give(s: &State, w: Word, value: Value) -> Flow {
    if w.flag() & CALL_DISCARD == 0 {
        return s.fill(w.a(), value.into_word());
    }
    let word = value.into_word();
    // SAFETY: the result was the caller's own.
    if is_object(word) && unsafe { Object::give_back(word as *mut PyObject) } {
        return Flow::Free(word);
    }
    Flow::Next
}
