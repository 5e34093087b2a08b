//! `Py`, the proof that this thread holds the GIL, and `Raised`, the unit error.

use std::cell::UnsafeCell;
use std::marker::PhantomData;

use crate::thread::ThreadState;

/// Proof that the thread holds the GIL. Costs nothing to pass.
#[derive(Clone, Copy)]
pub struct Py {
    not_send: PhantomData<*mut ()>,
}

/// An exception has been set in the thread state.
#[derive(Clone, Copy, PartialEq, Eq)]
#[must_use = "the exception in the thread state must be handled or passed on"]
pub struct Raised;

impl std::fmt::Debug for Raised {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Raised")
    }
}

pub type PyResult<T = crate::value::Value> = Result<T, Raised>;

impl Py {
    /// # Safety
    /// The calling thread holds the GIL for as long as the token is used.
    #[inline(always)]
    pub const unsafe fn assume() -> Py {
        Py {
            not_send: PhantomData,
        }
    }

    /// The state of the running thread.
    #[inline(always)]
    pub fn thread(self) -> &'static ThreadState {
        crate::thread::current(self)
    }
}

/// Process-wide state that only the holder of the GIL touches.
///
/// A `static GilCell<T>` is for what CPython keeps per interpreter. The reference
/// got by `get` must not be kept across anything that may run Python code and
/// modify the cell; interior types (`Cell`, `RefCell`) make that safe.
pub struct GilCell<T>(UnsafeCell<T>);

// SAFETY: access needs a `Py`, and only one thread at a time has one.
unsafe impl<T> Sync for GilCell<T> {}

impl<T> GilCell<T> {
    pub const fn new(value: T) -> GilCell<T> {
        GilCell(UnsafeCell::new(value))
    }

    #[inline(always)]
    pub fn get(&self, _py: Py) -> &T {
        // SAFETY: the token proves the GIL; only shared references are given out.
        unsafe { &*self.0.get() }
    }
}
