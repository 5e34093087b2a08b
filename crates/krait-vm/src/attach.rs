//! The GIL for code that C calls and that does not know whether its thread has it
//! (`PyGILState_Ensure`): threads that Python has not started get a state for the time.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

use krait_object::gil;
use krait_object::py::Py;
use krait_object::thread::{self, ThreadState};

use crate::threads;

thread_local! {
    /// How often `ensure` is open.
    static OPEN: Cell<usize> = const { Cell::new(0) };
    /// Whether this thread's state was made by `ensure`.
    static FOREIGN: Cell<bool> = const { Cell::new(false) };
}

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

/// Takes the GIL, where the thread does not hold it.
pub fn ensure() -> Before {
    OPEN.with(|open| open.set(open.get() + 1));
    if holds_gil() {
        return Before::Held;
    }
    let own = gil::own_state();
    // SAFETY: the state is the calling thread's, which does not hold the GIL.
    unsafe {
        if own.is_null() {
            let state = new_state();
            gil::set_own_state(state);
            let py = gil::acquire(state);
            threads::register(py);
            FOREIGN.with(|foreign| foreign.set(true));
        } else {
            gil::acquire(own);
        }
    }
    Before::Free
}

/// Undoes `ensure`.
///
/// # Safety
/// The thread holds the GIL by the `ensure` that gave `before`, and uses no token or object
/// afterwards that it did not have before.
pub unsafe fn release(before: Before) {
    let open = OPEN.with(|open| {
        open.set(open.get().saturating_sub(1));
        open.get()
    });
    if before == Before::Held {
        return;
    }
    // SAFETY: the contract; a state of its own that nobody needs any more ends.
    unsafe {
        if open == 0 && FOREIGN.with(|foreign| foreign.replace(false)) {
            threads::end(Py::assume());
            let state = gil::release();
            gil::set_own_state(std::ptr::null());
            drop(Box::from_raw(state.cast_mut()));
        } else {
            gil::release();
        }
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
