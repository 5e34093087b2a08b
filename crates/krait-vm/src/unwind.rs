//! What happens when an instruction raises: handlers are looked for from frame to frame.

use krait_bytecode::{NO_REG, Op, Word};
use krait_object::exceptions::BaseException;
use krait_object::py::Py;
use krait_object::value::Value;

use crate::frame::{self, Frame, flag, traceback};
use crate::instrument;
use crate::monitoring::event;
use crate::state::State;
use crate::trace;

/// Where the exception went.
pub enum Unwound {
    /// A handler goes on in the innermost frame.
    Handler,
    /// The frame that native code waits for was left; the exception is set.
    Left,
}

/// Finds the handler of the exception that is set.
///
/// # Safety
/// The state is the innermost frame's.
#[cold]
#[inline(never)]
pub unsafe fn unwind(s: State) -> Unwound {
    s.save();
    let py = s.py;
    // SAFETY: frames of the chain are alive until they are left.
    unsafe {
        if !py.thread().has_exception() {
            let _: krait_object::py::PyResult<()> =
                krait_object::raise!(py, SystemError, "error return without exception set");
        }
        loop {
            let frame = (*s.stack()).current;
            let code = Frame::code_ref(frame);
            let index = Frame::index(frame);
            let word = if (index as usize) < code.word_count() {
                instrument::original(code, index)
            } else {
                Word(0)
            };
            let again = raised_again(py, word);
            if again {
                trace::tell_exception(py, frame, event::RERAISE);
            } else {
                traceback::add_entry(py, frame);
                trace::exception(py, frame);
            }
            if let Some(handler) = code.handler_at(index) {
                trace::tell_exception(py, frame, event::EXCEPTION_HANDLED);
                enter_handler(s, frame, index, *handler);
                return Unwound::Handler;
            }
            if again {
                restore_lasti(frame, word);
            }
            if leave(s, frame) {
                return Unwound::Left;
            }
        }
    }
}

/// Whether the instruction raises an exception that has passed here before.
fn raised_again(py: Py, word: Word) -> bool {
    match word.op() {
        Some(Op::RERAISE | Op::END_ASYNC_FOR) => true,
        // `raise` alone: unless there was nothing to raise.
        Some(Op::RAISE) if word.a() == NO_REG => {
            let exception = py.thread().exception();
            exception.is_some_and(|e| {
                BaseException::from_object(&e).is_some_and(|b| b.traceback().is_some())
            })
        }
        _ => false,
    }
}

/// # Safety
/// The frame is the innermost one and the handler its code's.
unsafe fn enter_handler(s: State, frame: *mut Frame, index: u32, handler: krait_bytecode::Handler) {
    // SAFETY: the contract; the verifier has checked the handler's registers.
    unsafe {
        let (nregs, depth) = ((*(*frame).code).body.nregs as usize, handler.depth as usize);
        // Destructors must not see the exception.
        let exception = s.py.thread().take_exception();
        frame::clear_registers((*frame).base.add(depth), nregs - depth);
        let place = (*frame).base.add(depth);
        let exception = exception.map_or(0, |e| Value::from(e).into_word());
        if handler.lasti {
            *place = Value::int(i64::from(index)).into_word();
            *place.add(1) = exception;
        } else {
            *place = exception;
        }
        (*frame).pc = (*(*frame).code).word_at(handler.target);
    }
}

/// Gives the frame the place of the first raise, for `f_lasti`.
///
/// # Safety
/// The frame is alive and stands at the RERAISE.
unsafe fn restore_lasti(frame: *mut Frame, word: Word) {
    if word.op() != Some(Op::RERAISE) || word.b() == NO_REG {
        return;
    }
    // SAFETY: the operand is one of the frame's registers.
    unsafe {
        let held = *(*frame).base.add(word.b() as usize);
        if held >= krait_object::value::INT_TAG {
            let index = krait_object::value::word_to_int(held) as u32;
            (*frame).pc = (*(*frame).code).word_at(index);
        }
    }
}

/// Leaves a frame without handler; whether native code waits for it.
///
/// # Safety
/// The frame is the innermost one.
unsafe fn leave(s: State, frame: *mut Frame) -> bool {
    // SAFETY: the contract.
    unsafe {
        let flags = (*frame).flags;
        if flags & flag::TRACED != 0 {
            trace::left_by_exception(s.py, frame);
        }
        let exception = s.py.thread().take_exception();
        if flags & flag::GENERATOR != 0 {
            let generator = (*frame).generator;
            (*generator).unlink(s.py, s.stack(), crate::generator::Status::Finished);
            (*generator).finish(s.py);
            if let Some(exception) = exception {
                s.py.thread().set_exception(exception);
            }
            crate::ops::r#gen::convert_stop(s.py, &*generator);
        } else {
            frame::pop(s.py, s.stack(), frame);
            if let Some(exception) = exception {
                s.py.thread().set_exception(exception);
            }
        }
        flags & flag::NATIVE != 0
    }
}
