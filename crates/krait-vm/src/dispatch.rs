//! The interpreter's loop. It only dispatches: each instruction is a function in `ops`.

use krait_bytecode::Word;
use krait_object::py::{Py, PyResult, Raised};
use krait_object::value::Value;

use crate::ops;
use crate::state::{Flow, State};
use crate::unwind;

/// Expands the instruction table into one `match`.
macro_rules! dispatch {
    ($($text:literal $name:ident ($a:ident, $b:ident, $c:ident) words $words:literal cache $cache:literal [$($effect:ident)*];)*) => {
        /// Runs one instruction after another until an exception or the end.
        ///
        /// # Safety
        /// The state is that of the innermost frame.
        #[inline(always)]
        unsafe fn execute(s: &mut State) -> Option<u64> {
            // SAFETY: the contract; handlers keep to their operands, which are verified.
            unsafe {
                let mut w = Word(*s.pc);
                loop {
                    match w.op_byte() {
                        $(number::$name => {
                            // A copy goes out of line, so that the state itself never has
                            // an address and stays in registers.
                            let mut copy = *s;
                            let flow = ops::$name(&mut copy, w);
                            *s = copy;
                            match flow {
                                Flow::Next => s.pc = s.pc.add(1 + $words + $cache),
                                Flow::Jump(offset) => s.pc = s.pc.offset(1 + offset as isize),
                                Flow::Raise => return None,
                                Flow::Reload => {}
                                Flow::Exit(word) => return Some(word),
                            }
                        })*
                        _ => {
                            // An instruction that somebody watches.
                            let mut copy = *s;
                            let next = crate::watch::at_instruction(&mut copy);
                            *s = copy;
                            match next {
                                Ok(Some(original)) => {
                                    w = original;
                                    continue;
                                }
                                Ok(None) => {}
                                Err(Raised) => return None,
                            }
                        }
                    }
                    w = Word(*s.pc);
                }
            }
        }

        /// The instructions' numbers as constants for patterns.
        mod number {
            $(pub const $name: u8 = krait_bytecode::Op::$name as u8;)*
        }
    };
}

krait_bytecode::for_each_instruction!(dispatch);

/// Runs the innermost frame until it returns to native code. With `raised`, an exception
/// is set and is raised at the frame's present instruction.
///
/// # Safety
/// The innermost frame has the flag `NATIVE`.
#[inline(never)]
pub unsafe fn run(py: Py, mut raised: bool) -> PyResult {
    // SAFETY: the contract; a state is always reloaded from a living frame.
    unsafe {
        let mut s = State::innermost(py);
        if crate::breaker::is_set() {
            if raised {
                crate::trace::thrown(py, s.frame);
            } else if crate::breaker::poll_entry(s).is_err() {
                raised = true;
            } else {
                // A tracer may have set `f_lineno`.
                s.reload();
            }
        }
        loop {
            if raised {
                match unwind::unwind(s) {
                    unwind::Unwound::Handler => s.reload(),
                    unwind::Unwound::Left => return Err(Raised),
                }
            }
            match execute(&mut s) {
                Some(0) => return Err(Raised),
                Some(word) => return Ok(Value::from_word(word)),
                None => raised = true,
            }
        }
    }
}
