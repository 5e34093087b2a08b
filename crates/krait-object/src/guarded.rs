//! State of a native object that is worked on without the GIL.

use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use crate::py::Py;

/// A lock around such state. Who waits for it does not hold the GIL, and who has it may
/// give the GIL up.
pub struct Guarded<T: Send>(Mutex<T>);

impl<T: Send> Guarded<T> {
    pub const fn new(state: T) -> Guarded<T> {
        Guarded(Mutex::new(state))
    }

    pub fn lock(&self, py: Py) -> MutexGuard<'_, T> {
        loop {
            match self.0.try_lock() {
                Ok(guard) => return guard,
                Err(TryLockError::Poisoned(guard)) => return guard.into_inner(),
                Err(TryLockError::WouldBlock) => {}
            }
            py.allow_threads(|| drop(self.0.lock().unwrap_or_else(PoisonError::into_inner)));
        }
    }
}
