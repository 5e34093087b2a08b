//! The GIL for code that C calls and that does not know whether its thread has it
//! (`PyGILState_Ensure`): threads that Python has not started get a state for the time.
//!
//! How often `ensure` is open is in the state's `gilstate_counter`, which code that does the
//! same by itself (pybind11) counts too. A thread's own state begins with one: it is never
//! ended by those that have only attached to it.

use std::sync::atomic::{AtomicU64, Ordering};

use krait_object::errors;
use krait_object::gil;
use krait_object::py::Py;
use krait_object::thread::{self, ThreadState};

use crate::threads;

/// What `release` has to know.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Before {
    /// The thread held the GIL before.
    Held,
    Free,
}

/// Whether this thread holds the GIL.
pub fn holds_gil() -> bool {
    let own = gil::own_state();
    // SAFETY: only the pointers are compared.
    !own.is_null() && std::ptr::eq(unsafe { thread::current_or_null() }, own)
}

/// A state for the calling thread, which may hold no GIL.
pub fn new_state() -> *const ThreadState {
    static NEXT: AtomicU64 = AtomicU64::new(1 << 32);
    Box::into_raw(ThreadState::new(NEXT.fetch_add(1, Ordering::Relaxed)))
}

/// Takes the GIL with a state of the calling thread, which is then its own.
///
/// # Safety
/// The thread does not hold the GIL, and no other thread uses the state.
pub unsafe fn acquire(state: *const ThreadState) -> Py {
    gil::set_own_state(state);
    // SAFETY: the contract.
    let py = unsafe { gil::acquire(state) };
    // One that another thread has made gets this thread's ends of the stack.
    if py.thread().bind() {
        threads::register(py);
    }
    py
}

/// Takes the GIL, where the thread does not hold it.
pub fn ensure() -> Before {
    let own = gil::own_state();
    // SAFETY: the state is the calling thread's; it counts with the GIL held.
    unsafe {
        if own.is_null() {
            let state = new_state();
            (*(*state).raw()).gilstate_counter = 1;
            acquire(state);
            return Before::Free;
        }
        let before = if holds_gil() {
            Before::Held
        } else {
            gil::acquire(own);
            Before::Free
        };
        (*(*own).raw()).gilstate_counter += 1;
        before
    }
}

/// Undoes `ensure`.
///
/// # Safety
/// The thread holds the GIL by the `ensure` that gave `before`, and uses no token or object
/// afterwards that it did not have before.
pub unsafe fn release(before: Before) {
    let own = gil::own_state();
    if own.is_null() {
        errors::fatal(
            "PyGILState_Release",
            "auto-releasing thread-state, but no thread-state for this thread",
        );
    }
    // SAFETY: the contract; a state that nobody needs any more ends.
    unsafe {
        (*(*own).raw()).gilstate_counter -= 1;
        if (*(*own).raw()).gilstate_counter == 0 {
            threads::end(Py::assume());
            delete_current();
        } else if before == Before::Free {
            gil::release();
        }
    }
}

/// Frees the state with which the calling thread holds the GIL, and gives the GIL up.
///
/// # Safety
/// `threads::end` has emptied the state, and no token is used afterwards.
pub unsafe fn delete_current() {
    gil::set_own_state(std::ptr::null());
    // SAFETY: the contract; `new_state` has made the state.
    unsafe {
        let state = gil::release();
        drop(Box::from_raw(state.cast_mut()));
    }
}

/// Runs the work with the GIL, on any thread.
pub fn with_gil<R>(work: impl FnOnce(Py) -> R) -> R {
    struct Undo(Before);
    impl Drop for Undo {
        fn drop(&mut self) {
            // SAFETY: made by `with_gil` below, whose work is over.
            unsafe { release(self.0) }
        }
    }
    let undo = Undo(ensure());
    // SAFETY: the GIL is held until `undo` ends.
    let result = work(unsafe { Py::assume() });
    drop(undo);
    result
}
