//! The interpreter's way from one instruction to the next; each is a function in `ops`.
//!
//! There are two: `threaded`, for code that is compiled well, and `looped` for the rest.
//! `build.rs` chooses.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use krait_object::errors;
use krait_object::py::{Py, PyResult, Raised};
use krait_object::value::Value;

use crate::state::State;
use crate::unwind;

#[cfg(not(threaded))]
mod looped;
#[cfg(threaded)]
mod threaded;

#[cfg(not(threaded))]
use looped::execute;
#[cfg(threaded)]
use threaded::execute;

/// What `execute` gives where an exception is to be handled: no value has this word.
const RAISED: u64 = 1;

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
            } else if crate::breaker::poll_entry(s.saved()).is_err() {
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
            // A panic is out of memory, or a mistake of ours: an exception as well.
            let ran = catch_unwind(AssertUnwindSafe(|| execute(s)));
            match ran.unwrap_or_else(|panic| stopped(py, panic)) {
                0 => return Err(Raised),
                RAISED => {
                    raised = true;
                    s.reload();
                }
                word => return Ok(Value::from_word(word)),
            }
        }
    }
}

#[cold]
fn stopped(py: Py, panic: Box<dyn Any + Send>) -> u64 {
    let Raised = errors::raise_panic(py, panic);
    RAISED
}
