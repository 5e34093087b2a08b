//! Generators and coroutines: suspension and resumption.

use krait_bytecode::Word;
use krait_bytecode::op::YIELD_ASYNC;
use krait_object::errors;
use krait_object::exceptions::{self, BaseException};
use krait_object::object::{Layout, Object};
use krait_object::protocol;
use krait_object::py::{Py, PyResult, Raised};
use krait_object::raise;
use krait_object::value::Value;

use crate::call::construct::check_init;
use crate::frame::{Frame, flag};
use crate::generator::{self, Generator, Status, async_gen, await_};
use crate::stack;
use crate::state::{Flow, Saved, State};
use crate::word::{is_object, object};

#[inline(always)]
pub fn RETURN_GENERATOR(_s: &mut State, _w: Word) -> Flow {
    Flow::Second
}

/// What RETURN_GENERATOR does, from a saved state.
pub fn return_generator(s: Saved, _w: Word) -> Flow {
    let mut s = s.state();
    let flow = make_generator(&mut s);
    if matches!(flow, Flow::Reload) {
        s.save();
    }
    flow
}

/// Makes the generator of the frame, and goes on in the one that called; the frame is saved.
#[inline(always)]
pub fn make_generator(s: &mut State) -> Flow {
    // SAFETY: the frame is the innermost one, on the stack, and stands here. Its marks are
    // read before it goes; the caller's state is reloaded.
    unsafe {
        let (flags, width) = ((*s.frame).flags, (*s.frame).width);
        let generator = Value::from(Generator::from_frame(s.py, s.stack()));
        if flags & flag::NATIVE != 0 {
            return Flow::Exit(generator.into_word());
        }
        s.reload();
        if flags & flag::INIT != 0 && check_init(s.py, &generator).is_err() {
            return Flow::Raise;
        }
        let call = Word(*s.pc);
        s.pc = s.pc.add(width as usize);
        if flags & flag::DISCARD == 0 {
            s.set_value(call.a(), generator);
        }
    }
    Flow::Reload
}

/// Resumes a generator as the next frame of this loop.
///
/// # Safety
/// The generator is suspended or created, and a register keeps it alive; the sent word's
/// reference passes on.
#[inline(always)]
pub unsafe fn resume(
    s: &mut State,
    generator: &Generator,
    sent: u64,
    mode: u32,
    width: u32,
) -> Flow {
    s.save();
    // SAFETY: the contract.
    unsafe {
        if !generator.link(s.py, s.stack(), mode, width) {
            crate::word::drop_word(sent);
            let _: PyResult<()> = stack::overflow(s.py);
            return Flow::Raise;
        }
        generator.tip().receive(sent);
        s.reload();
    }
    if crate::breaker::is_set() {
        if crate::breaker::poll_entry(s.saved()).is_err() {
            return Flow::Raise;
        }
        // SAFETY: there is an innermost frame; a tracer may have set its `f_lineno`.
        unsafe { s.reload() };
    }
    Flow::Reload
}

#[inline(always)]
pub fn YIELD(s: &mut State, w: Word) -> Flow {
    // SAFETY: the innermost frame is a generator's, and the frame before it, if native code
    // does not wait, is the one that resumed it.
    unsafe {
        let frame = s.frame;
        let flags = (*frame).flags;
        if w.flag() & YIELD_ASYNC != 0
            || flags & flag::TRACED != 0
            || flags & flag::FOR_ITER == 0
            || (*(*frame).previous).flags & flag::TRACED != 0
            || crate::breaker::is_set()
        {
            return Flow::Second;
        }
        s.save();
        let word = s.take(w.b()).into_word();
        (*(*frame).generator).unlink(s.py, s.stack(), Status::Suspended);
        s.reload();
        let call = Word(*s.pc);
        s.fill_and_jump(call.a(), word, i64::from(call.c() as i16))
    }
}

/// The same for a generator that another one waits for; its frame is saved.
#[inline(always)]
pub fn yield_through(s: &mut State, w: Word) -> Flow {
    // SAFETY: the innermost frame is a generator's.
    unsafe {
        let flags = (*s.frame).flags;
        if w.flag() & YIELD_ASYNC != 0
            || flags & flag::TRACED != 0
            || flags & flag::SEND == 0
            || crate::breaker::is_set()
        {
            return Flow::Cold;
        }
        let word = s.take(w.b()).into_word();
        give_out(s, word)
    }
}

/// Suspends the innermost frame, which is a generator's, with those that wait for it, and
/// gives a value out to whoever resumed the outermost.
///
/// # Safety
/// As said; the frame is saved, and the word's reference passes on.
#[inline(always)]
unsafe fn give_out(s: &mut State, word: u64) -> Flow {
    // SAFETY: the contract.
    unsafe {
        let root = (*(*s.frame).generator).suspend_chain(s.py, s.stack());
        if (*root.record()).flags & flag::NATIVE != 0 {
            return Flow::Exit(word);
        }
        s.reload();
        let call = Word(*s.pc);
        let offset = i64::from(call.c() as i16);
        s.pc = s.pc.offset(1 + offset as isize);
        match s.fill(call.a(), word) {
            Flow::Free(old) => Flow::ReloadFree(old),
            _ => Flow::Reload,
        }
    }
}

/// The same for any frame and value.
pub fn slow_yield(s: Saved, w: Word) -> Flow {
    let s = &mut s.state();
    let mut value = s.take(w.b());
    if w.flag() & YIELD_ASYNC != 0 {
        value = async_gen::wrap(s.py, value);
    }
    suspend(s, value)
}

/// Gives a value out of the innermost frame, which is a generator's, and of those that
/// wait for it by `SEND`; the innermost frame then says where to go on.
#[inline(always)]
fn suspend(s: &mut State, value: Value) -> Flow {
    s.save();
    if !crate::breaker::is_set() {
        // SAFETY: the innermost frame is a generator's; the value's reference passes on.
        let flow = unsafe { give_out(s, value.into_word()) };
        if !matches!(flow, Flow::Exit(_)) {
            s.save();
        }
        return flow;
    }
    // SAFETY: the innermost frame is a generator's; it is taken off the chain, and the
    // frame before it is the one that resumed it.
    unsafe {
        loop {
            let frame = s.frame;
            let flags = (*frame).flags;
            if flags & flag::TRACED != 0 {
                let place = (*frame).pc;
                if crate::trace::yields(s.py, frame, &value).is_err() {
                    return Flow::Raise;
                }
                if (*frame).pc != place {
                    // Its `f_lineno` was set: it goes on there.
                    (*frame).flags |= flag::TRACED;
                    s.reload();
                    return Flow::Reload;
                }
            }
            (*(*frame).generator).unlink(s.py, s.stack(), Status::Suspended);
            if flags & flag::FOR_ITER != 0 {
                s.reload();
                let w = Word(*s.pc);
                s.set_value(w.a(), value);
                if (*s.frame).flags & flag::TRACED != 0 && crate::watch::branched(s, true).is_err()
                {
                    return Flow::Raise;
                }
                let flow = super::jump::back(s, crate::state::short(w));
                let Flow::Jump(offset) = flow else {
                    return flow;
                };
                // The jump is in the loop's frame, not in that of the instruction.
                s.pc = s.pc.offset(1 + offset as isize);
                s.save();
                return Flow::Reload;
            }
            if flags & flag::NATIVE != 0 {
                return Flow::Exit(value.into_word());
            }
            // By SEND: the frame that waits is suspended where it is, with its value sent.
            s.reload();
        }
    }
}

/// A generator's frame has returned.
///
/// # Safety
/// The innermost frame is a generator's.
pub unsafe fn returned(s: Saved, value: Value) -> Flow {
    let s = s.state();
    // SAFETY: the contract; whoever resumed the generator keeps it alive.
    unsafe {
        let frame = s.frame;
        let (flags, width) = ((*frame).flags, (*frame).width);
        let generator = (*(*frame).generator).to_owned();
        generator.hand_over_tip();
        generator.unlink(s.py, s.stack(), Status::Finished);
        generator.finish(s.py);
        if flags & flag::NATIVE != 0 {
            return Flow::Exit(value.into_word());
        }
        let caller = (*s.stack()).current;
        let in_loop = flags & flag::FOR_ITER != 0;
        if (*caller).flags & flag::TRACED != 0
            && watched_end(s.py, caller, &value, in_loop).is_err()
        {
            return Flow::Raise;
        }
        let w = Word(*(*caller).pc);
        let iterator = (*caller).base.add(w.b() as usize);
        let held = std::mem::replace(&mut *iterator, 0);
        (*caller).pc = (*caller).pc.add(width as usize);
        if in_loop {
            drop(value);
        } else {
            super::call::store_register(caller, w.a(), value);
        }
        drop(generator);
        crate::word::drop_word(held);
        Flow::Reload
    }
}

/// Tells those who watch the frame that had resumed a generator of its end.
///
/// # Safety
/// The frame is the innermost one and saved at its `FOR_ITER` or `SEND`.
#[cold]
unsafe fn watched_end(py: Py, caller: *mut Frame, value: &Value, in_loop: bool) -> PyResult<()> {
    // SAFETY: the contract.
    unsafe {
        crate::trace::generator_stopped(py, caller, value, in_loop)?;
        crate::watch::branched(&State::innermost(py), false)
    }
}

/// StopIteration that leaves a generator's frame becomes a RuntimeError (PEP 479).
pub fn convert_stop(py: Py, generator: &Generator) {
    let asynchronous = generator.kind() == "async generator";
    let stop = if errors::matches(py, &exceptions::StopIteration) {
        "StopIteration"
    } else if asynchronous && errors::matches(py, &exceptions::StopAsyncIteration) {
        "StopAsyncIteration"
    } else {
        return;
    };
    let Some(cause) = py.thread().take_exception() else {
        return;
    };
    let _: PyResult<()> = raise!(py, RuntimeError, "{} raised {stop}", generator.kind());
    if let Some(error) = py.thread().exception()
        && let Some(body) = BaseException::from_object(&error)
    {
        body.set_cause(Some(cause.clone()));
        body.set_context(Some(cause));
        body.set_suppress_context(true);
    }
}

pub fn GET_YIELD_FROM_ITER(s: &mut State, w: Word) -> Flow {
    s.save();
    let value = s.take(w.b());
    let result = yield_from_iter(s, value);
    s.finish(w.a(), result)
}

fn yield_from_iter(s: &State, value: Value) -> PyResult {
    use krait_bytecode::flags::{COROUTINE, ITERABLE_COROUTINE};
    if let Some(generator) = value.as_object().and_then(generator::of_object) {
        let kind = generator.kind();
        if kind == "generator" {
            return Ok(value);
        }
        if kind == "coroutine" {
            if s.code().has_flag(COROUTINE | ITERABLE_COROUTINE) {
                return Ok(value);
            }
            return raise!(
                s.py,
                TypeError,
                "cannot 'yield from' a coroutine object in a non-coroutine generator"
            );
        }
    }
    protocol::iter(s.py, &value).map(Value::from)
}

#[inline(always)]
pub fn GET_AWAITABLE(_s: &mut State, _w: Word) -> Flow {
    Flow::Second
}

/// The same for a coroutine that has not started; the frame is saved.
#[inline(always)]
pub fn await_fresh(s: &State, w: Word) -> Flow {
    let word = s.get(w.b());
    if !is_object(word) {
        return Flow::Cold;
    }
    // SAFETY: the register keeps the object alive.
    let fresh = generator::fresh_coroutine(unsafe { object(word) });
    if !fresh {
        return Flow::Cold;
    }
    let value = s.take(w.b());
    s.fill(w.a(), value.into_word())
}

/// The same for anything.
pub fn get_awaitable(s: Saved, w: Word) -> Flow {
    let s = s.state();
    let value = s.take(w.b());
    let result = await_::awaitable_of(s.py, &value, w.flag());
    s.finish(w.a(), result)
}

#[inline(always)]
pub fn SEND(_s: &mut State, _w: Word) -> Flow {
    Flow::Second
}

/// The same for a generator; the frame is saved.
#[inline(always)]
pub fn send_quickly(s: &mut State, w: Word) -> Flow {
    if crate::breaker::is_set() {
        return Flow::Cold;
    }
    send_to_generator(s, w).unwrap_or(Flow::Cold)
}

/// Resumes the generator that is the target, if it is one that can be.
#[inline(always)]
fn send_to_generator(s: &mut State, w: Word) -> Option<Flow> {
    let target = s.get(w.b());
    if is_object(target) {
        // SAFETY: the register keeps the object alive.
        let inner = generator::of_object(unsafe { object(target) });
        if let Some(inner) = inner.filter(|g| resumable(g)) {
            let sent = s.steal(w.a());
            let started = inner.has_started();
            if started || sent == krait_object::singletons::none().as_ptr() as u64 {
                // SAFETY: the register keeps it alive.
                return Some(unsafe { resume(s, inner, sent, flag::SEND, 1) });
            }
            s.put(w.a(), sent);
        }
    }
    None
}

/// SEND to anything.
pub fn slow_send(s: Saved, w: Word) -> Flow {
    let s = &mut s.state();
    if let Some(flow) = send_to_generator(s, w) {
        return flow;
    }
    let flow = send_other(s.saved(), w);
    if let Flow::Exit(word) = flow {
        // SAFETY: the word is a value that the cold function owned.
        return suspend(s, unsafe { Value::from_word(word) });
    }
    flow
}

/// Whether the loop can go on in the generator itself.
#[inline(always)]
fn resumable(generator: &Generator) -> bool {
    generator.can_resume()
        && !std::ptr::eq(generator.as_object().ty(), &*generator::ASYNC_GENERATOR)
}

/// Sends to any iterator. `Exit` stands for a value to be yielded.
#[inline(never)]
fn send_other(s: Saved, w: Word) -> Flow {
    let s = s.state();
    let target = s.copy(w.b());
    let sent = {
        let word = s.steal(w.a());
        // SAFETY: the register owned the word.
        unsafe { Value::from_word(word) }
    };
    // Those who watch the frame are told of the StopIteration that brings a result.
    // SAFETY: the frame is the innermost one.
    let watched = unsafe { (*s.frame).flags } & flag::TRACED != 0;
    let result = send_raw(s.py, &target, sent, watched);
    // SAFETY: the frame is the innermost one and saved.
    unsafe {
        if result.is_err() && watched && errors::matches(s.py, &exceptions::StopIteration) {
            crate::trace::exception(s.py, s.frame);
        }
    }
    match result.or_else(|raised| returned_value(s.py, raised)) {
        Ok(Ok(yielded)) => Flow::Exit(yielded.into_word()),
        Ok(Err(result)) => {
            s.set(w.b(), 0);
            s.set_value(w.a(), result);
            Flow::Next
        }
        Err(Raised) => Flow::Raise,
    }
}

/// Sends a value to an iterator: what it yields, or (inner error) what it returns.
pub fn send(py: Py, target: &Value, sent: Value) -> PyResult<Result<Value, Value>> {
    send_raw(py, target, sent, false).or_else(|raised| returned_value(py, raised))
}

/// A StopIteration that is set is what an iterator returns.
fn returned_value(py: Py, raised: Raised) -> PyResult<Result<Value, Value>> {
    match generator::close::stop_value(py) {
        Some(value) => Ok(Err(value)),
        None => Err(raised),
    }
}

/// As `send`, but a StopIteration may have been left set; for `watched` it always is where
/// CPython has one.
fn send_raw(py: Py, target: &Value, sent: Value, watched: bool) -> PyResult<Result<Value, Value>> {
    use crate::generator::Resumed;
    if let Some(generator) = target.as_object().and_then(generator::of_object) {
        return Ok(match generator.send(py, sent)? {
            Some(Resumed::Yielded(value)) => Ok(value),
            Some(Resumed::Returned(value)) => Err(value),
            None => Err(Value::none()),
        });
    }
    let object = target.to_object();
    if !watched && let Some(result) = async_gen::send_directly(py, &object, &sent) {
        return result;
    }
    if let Some(result) = am_send(py, &object, &sent)? {
        return Ok(result);
    }
    let result = match object.ty().raw().tp_iternext {
        Some(next) if sent.is_none() => {
            // SAFETY: a type's slot is called with its instance; the result is a new
            // reference, or NULL at the end, with or without StopIteration.
            let item = unsafe { next(object.as_object().as_ptr()) };
            if item.is_null() {
                if py.thread().has_exception() {
                    Err(Raised)
                } else {
                    Ok(None)
                }
            } else {
                // SAFETY: as above.
                Ok(Some(unsafe { Value::from_word(item as u64) }))
            }
        }
        _ => protocol::call_method(py, target, krait_object::intern!("send"), &[sent]).map(Some),
    };
    Ok(result?.map_or_else(|| Err(Value::none()), Ok))
}

/// Through the type's `am_send`, if it has one.
fn am_send(py: Py, object: &Object, sent: &Value) -> PyResult<Option<Result<Value, Value>>> {
    // SAFETY: slot tables live as long as the type.
    let slot = unsafe { object.ty().raw().tp_as_async.as_ref() }.and_then(|a| a.am_send);
    let Some(slot) = slot else { return Ok(None) };
    let sent = sent.to_object();
    let mut result = std::ptr::null_mut();
    // SAFETY: the slot is called with its type's instance; the result is a new reference.
    unsafe {
        let status = slot(object.as_ptr(), sent.as_object().as_ptr(), &mut result);
        let value = protocol::from_c(py, result);
        match status {
            krait_abi::PYGEN_RETURN => value.map(|v| Some(Err(v))),
            krait_abi::PYGEN_NEXT => value.map(|v| Some(Ok(v))),
            _ => Err(value.err().unwrap_or(Raised)),
        }
    }
}

pub fn GET_AITER(s: &mut State, w: Word) -> Flow {
    s.save();
    let value = s.take(w.b());
    let result = await_::aiter(s.py, &value);
    s.finish(w.a(), result)
}

pub fn GET_ANEXT(s: &mut State, w: Word) -> Flow {
    s.save();
    let value = s.copy(w.b());
    let result = await_::anext(s.py, &value);
    s.finish(w.a(), result)
}

pub fn END_ASYNC_FOR(s: &mut State, w: Word) -> Flow {
    s.save();
    let exception = s.take(w.a()).into_object();
    if exception
        .ty()
        .is_subtype_of(&exceptions::StopAsyncIteration)
    {
        drop(exception);
        s.release(w.b());
        return Flow::Next;
    }
    s.release(w.b());
    s.py.thread().set_exception(exception);
    Flow::Raise
}
