//! What tests without an interpreter begin with.

use std::sync::{Mutex, MutexGuard};

use krait_object::*;

static LOCK: Mutex<()> = Mutex::new(());

/// A started runtime, for one test at a time.
pub fn runtime() -> (Py, MutexGuard<'static, ()>) {
    let guard = LOCK.lock().unwrap_or_else(|e| e.into_inner());
    let state = Box::leak(thread::ThreadState::new(1));
    // SAFETY: the lock stands for the GIL; the state lives for ever.
    let py = unsafe {
        thread::set_current(state);
        Py::assume()
    };
    if !types::typeobject::OBJECT.is_ready() {
        krait_object::init(py, (1, 2));
    }
    (py, guard)
}
