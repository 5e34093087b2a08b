//! The lock of a buffered stream.
//!
//! The GIL is given up during raw reads and writes; the lock keeps other threads out of
//! the buffer meanwhile. A thread that would wait for itself (from a signal handler or a
//! raw stream's own method) gets RuntimeError.

use std::cell::Cell;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use krait_object::{Object, Py, PyResult, Value, protocol, raise};

use crate::raw_call::me;

static MUTEX: Mutex<()> = Mutex::new(());
static RELEASED: Condvar = Condvar::new();
/// A waiting thread looks again after this time in any case.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// Who is in the buffer: the address of a thread's state, 0 for nobody.
#[derive(Default)]
pub struct Lock {
    owner: Cell<usize>,
    waiting: Cell<usize>,
}

/// Gives the lock back.
pub struct Entered<'a>(&'a Lock);

fn myself(py: Py) -> usize {
    std::ptr::from_ref(py.thread()).addr()
}

impl Lock {
    #[inline]
    pub fn is_free(&self) -> bool {
        self.owner.get() == 0
    }

    /// Takes the lock for a stream.
    #[inline]
    pub fn enter(&self, py: Py, stream: &Object) -> PyResult<Entered<'_>> {
        if !self.is_free() {
            self.wait(py, stream)?;
        }
        self.owner.set(myself(py));
        Ok(Entered(self))
    }

    #[cold]
    fn wait(&self, py: Py, stream: &Object) -> PyResult<()> {
        if self.owner.get() == myself(py) {
            let shown: Value = protocol::repr(py, &me(stream))?.into();
            let Some(shown) = shown.downcast::<krait_object::Str>() else {
                return Ok(());
            };
            return raise!(
                py,
                RuntimeError,
                "reentrant call inside {}",
                shown.to_rust()
            );
        }
        self.waiting.set(self.waiting.get() + 1);
        while !self.is_free() {
            py.allow_threads(|| {
                let guard = MUTEX.lock().unwrap_or_else(PoisonError::into_inner);
                drop(RELEASED.wait_timeout(guard, LOOK_AGAIN));
            });
        }
        self.waiting.set(self.waiting.get() - 1);
        Ok(())
    }
}

impl Drop for Entered<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.owner.set(0);
        if self.0.waiting.get() > 0 {
            RELEASED.notify_all();
        }
    }
}
