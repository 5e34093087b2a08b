//! The import lock (`imp.acquire_lock`): recursive, and held while the process forks, so
//! that a child does not see what another thread was importing half-way.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use krait_object::py::Py;

use crate::threads;

struct State {
    /// The number of the thread state that has the lock.
    owner: Option<u64>,
    depth: u32,
    /// How many threads wait for it.
    waiting: usize,
}

static LOCK: Mutex<State> = Mutex::new(State {
    owner: None,
    depth: 0,
    waiting: 0,
});
static FREE: Condvar = Condvar::new();

fn state() -> MutexGuard<'static, State> {
    LOCK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes the lock, waiting without the GIL.
pub fn acquire(py: Py) {
    let me = threads::state_id(py);
    {
        let mut state = state();
        if state.owner == Some(me) || state.owner.is_none() {
            state.owner = Some(me);
            state.depth += 1;
            return;
        }
    }
    py.allow_threads(move || {
        let mut state = state();
        state.waiting += 1;
        while state.owner.is_some() {
            state = FREE.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.waiting -= 1;
        state.owner = Some(me);
        state.depth = 1;
    });
}

/// Gives the lock up once; false where this thread does not have it.
pub fn release(py: Py) -> bool {
    let mut state = state();
    if state.owner != Some(threads::state_id(py)) {
        return false;
    }
    state.depth -= 1;
    if state.depth == 0 {
        state.owner = None;
        // Waking nobody is a system call too.
        if state.waiting > 0 {
            FREE.notify_one();
        }
    }
    true
}

/// Whether any thread has it.
pub fn is_held() -> bool {
    state().owner.is_some()
}

/// Runs a fork with the lock held; in the child it is free of other threads.
pub(crate) fn around_fork<R>(py: Py, fork: impl FnOnce() -> R) -> R {
    acquire(py);
    let guard = state();
    let result = fork();
    drop(guard);
    release(py);
    result
}
