//! The eval breaker: what must be looked at between two instructions.

use std::cell::Cell;
use std::sync::atomic::Ordering;

use krait_object::object::Owned;
use krait_object::py::{GilCell, Py, PyResult};
use krait_object::thread::{EVAL_BREAKER, breaker};

use crate::state::Saved;

/// What to do for each bit; filled by whoever owns the matter.
#[derive(Clone, Copy)]
pub struct Handlers {
    /// Runs Python's signal handlers.
    pub signals: fn(Py) -> PyResult<()>,
    /// Gives the GIL to another thread and takes it back.
    pub switch: fn(Py),
    /// Runs calls put off by `Py_AddPendingCall`.
    pub pending: fn(Py) -> PyResult<()>,
    /// Collects garbage.
    pub collect: fn(Py),
}

static HANDLERS: GilCell<Cell<Handlers>> = GilCell::new(Cell::new(Handlers {
    signals: |_| Ok(()),
    switch: |_| {},
    pending: |_| Ok(()),
    collect: |_| {},
}));

/// Changes the handlers.
pub fn install(py: Py, change: impl FnOnce(&mut Handlers)) {
    let cell = HANDLERS.get(py);
    let mut handlers = cell.get();
    change(&mut handlers);
    cell.set(handlers);
}

/// Whether anything is to be done.
#[inline(always)]
pub fn is_set() -> bool {
    EVAL_BREAKER.load(Ordering::Relaxed) != 0
}

/// Does what is to be done; an exception may come of it.
#[cold]
#[inline(never)]
pub fn poll(s: Saved) -> PyResult<()> {
    let s = s.state();
    run_pending(s.py)
}

/// As `poll`, for a frame that was just entered or resumed: tracing hears of it.
#[cold]
#[inline(never)]
pub fn poll_entry(s: Saved) -> PyResult<()> {
    let s = s.state();
    run_pending(s.py)?;
    if EVAL_BREAKER.load(Ordering::Relaxed) & breaker::TRACING != 0 {
        // SAFETY: the frame is the innermost one, and saved.
        unsafe { crate::trace::entered(s.py, s.frame)? };
    }
    Ok(())
}

/// For native code that asks whether to go on: garbage is collected and signal handlers run,
/// but no other thread gets the GIL.
pub fn check_signals(py: Py) -> PyResult<()> {
    let handlers = HANDLERS.get(py).get();
    if take(breaker::COLLECT) {
        (handlers.collect)(py);
    }
    if take(breaker::SIGNALS) {
        (handlers.signals)(py)?;
    }
    Ok(())
}

/// Takes a bit back; whether it was set.
fn take(bit: u32) -> bool {
    EVAL_BREAKER.load(Ordering::Acquire) & bit != 0
        && EVAL_BREAKER.fetch_and(!bit, Ordering::AcqRel) & bit != 0
}

fn run_pending(py: Py) -> PyResult<()> {
    let handlers = HANDLERS.get(py).get();
    if take(breaker::COLLECT) {
        (handlers.collect)(py);
    }
    if take(breaker::PENDING_CALLS) {
        (handlers.pending)(py)?;
    }
    if take(breaker::SIGNALS) {
        (handlers.signals)(py)?;
    }
    if take(breaker::GIL_REQUEST) {
        (handlers.switch)(py);
    }
    if take(breaker::NO_MEMORY) {
        return krait_object::errors::no_memory();
    }
    if take(breaker::ASYNC_EXCEPTION) {
        return asynchronous(py);
    }
    Ok(())
}

/// Raises the exception that another thread has set for this one.
fn asynchronous(py: Py) -> PyResult<()> {
    // SAFETY: the GIL is held; the field's reference passes on.
    let exception = unsafe {
        let field = &raw mut (*py.thread().raw()).async_exc;
        let exception = std::mem::replace(&mut *field, std::ptr::null_mut());
        (!exception.is_null())
            .then(|| Owned::<krait_object::object::Object>::from_raw(exception.cast()))
    };
    let Some(exception) = exception else {
        return Ok(());
    };
    let value = krait_object::value::Value::from(exception.clone());
    if krait_object::exceptions::is_exception_class(&exception) {
        let instance = krait_object::protocol::call(py, &value, &[])?;
        return Err(krait_object::errors::raise_object(
            py,
            instance.into_object(),
        ));
    }
    Err(krait_object::errors::raise_object(py, exception))
}
