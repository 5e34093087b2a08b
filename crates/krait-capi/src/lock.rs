//! `lock.h` and what extensions take from `pycore_lock.h`: locks of one byte.
//!
//! A thread that waits does so for all waiting threads' one condition: such locks are held
//! briefly and seldom contended, since the GIL is one lock already.

use std::ffi::c_int;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use krait_abi::*;
use krait_object::thread::{self, ThreadState};
use krait_object::{Py, errors, gil};
use krait_vm::attach::holds_gil;
use krait_vm::{breaker, threads};

use crate::pystate::export_free;

export_free! {
    fn PyMutex_Lock(mutex: *mut PyMutex) {
        lock(mutex, None, DETACH);
    }
    fn PyMutex_Unlock(mutex: *mut PyMutex) { unlock(mutex) }
    fn PyMutex_IsLocked(mutex: *mut PyMutex) -> c_int {
        c_int::from(bits(mutex).load(Ordering::Relaxed) & _Py_LOCKED != 0)
    }
    // (The time is in nanoseconds; less than none is for ever.)
    fn _PyMutex_LockTimed(mutex: *mut PyMutex, nanoseconds: i64, flags: c_int) -> c_int {
        let time = u64::try_from(nanoseconds).ok().map(Duration::from_nanos);
        lock(mutex, time, flags) as c_int
    }
}

/// Set in a mutex's bits while a thread waits for it.
const WAITERS: u8 = 2;
/// The flag for waiting without the GIL.
const DETACH: c_int = 1;
/// The flag for running signal handlers while waiting.
const HANDLE_SIGNALS: c_int = 2;
/// How long the main thread waits before it looks for signals.
const SLICE: Duration = Duration::from_millis(20);

/// `PyLockStatus`
enum Status {
    Failure = 0,
    Acquired = 1,
    Interrupted = 2,
}

static PARKED: Mutex<()> = Mutex::new(());
static UNPARKED: Condvar = Condvar::new();

unsafe fn bits<'a>(mutex: *mut PyMutex) -> &'a AtomicU8 {
    // SAFETY: C changes the byte atomically too.
    unsafe { AtomicU8::from_ptr(&raw mut (*mutex)._bits) }
}

/// Takes a mutex, waiting for so long if need be.
unsafe fn lock(mutex: *mut PyMutex, time: Option<Duration>, flags: c_int) -> Status {
    // SAFETY: the mutex lives for the whole call.
    let bits = unsafe { bits(mutex) };
    if bits
        .compare_exchange(
            _Py_UNLOCKED,
            _Py_LOCKED,
            Ordering::Acquire,
            Ordering::Relaxed,
        )
        .is_ok()
    {
        return Status::Acquired;
    }
    if time == Some(Duration::ZERO) {
        return Status::Failure;
    }
    let end = time.and_then(|time| Instant::now().checked_add(time));
    let detach = flags & DETACH != 0 && holds_gil();
    // SAFETY: the GIL is held where it is asked; it is taken again before this returns.
    let (watches, state) = unsafe {
        let watches = detach && flags & HANDLE_SIGNALS != 0 && threads::is_main(Py::assume());
        (watches, detach.then(|| gil::release()))
    };
    let status = loop {
        let left = end.map(|end| end.saturating_duration_since(Instant::now()));
        let slice = if watches {
            Some(left.map_or(SLICE, |left| left.min(SLICE)))
        } else {
            left
        };
        if wait(bits, slice) {
            break Status::Acquired;
        }
        if watches && handle_signals(state).is_err() {
            break Status::Interrupted;
        }
        if left.is_some_and(|left| left.is_zero()) {
            break Status::Failure;
        }
    };
    if let Some(state) = state {
        // SAFETY: the state is this thread's.
        unsafe { gil::acquire(state) };
    }
    status
}

/// Waits until the mutex is taken or the time is over; whether it was taken.
fn wait(bits: &AtomicU8, time: Option<Duration>) -> bool {
    let end = time.and_then(|time| Instant::now().checked_add(time));
    let mut guard = PARKED.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let now = bits.load(Ordering::Relaxed);
        if now & _Py_LOCKED == 0 {
            if bits
                .compare_exchange(now, now | _Py_LOCKED, Ordering::Acquire, Ordering::Relaxed)
                .is_ok()
            {
                return true;
            }
            continue;
        }
        if now & WAITERS == 0
            && bits
                .compare_exchange(now, now | WAITERS, Ordering::Relaxed, Ordering::Relaxed)
                .is_err()
        {
            continue;
        }
        guard = match end {
            None => UNPARKED.wait(guard).unwrap_or_else(PoisonError::into_inner),
            Some(end) => {
                let left = end.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    return false;
                }
                UNPARKED
                    .wait_timeout(guard, left)
                    .unwrap_or_else(PoisonError::into_inner)
                    .0
            }
        };
    }
}

/// Runs the handlers of signals that have come, with the GIL; fails where one raises.
fn handle_signals(state: Option<*const ThreadState>) -> Result<(), krait_object::Raised> {
    let signalled = thread::EVAL_BREAKER.load(Ordering::Acquire) & thread::breaker::SIGNALS != 0;
    let Some(state) = state.filter(|_| signalled) else {
        return Ok(());
    };
    // SAFETY: the state is this thread's; the GIL is held in between.
    unsafe {
        gil::acquire(state);
        let result = breaker::check_signals(Py::assume());
        gil::release();
        result
    }
}

unsafe fn unlock(mutex: *mut PyMutex) {
    // SAFETY: the mutex lives.
    let bits = unsafe { bits(mutex) };
    let guard = PARKED.lock().unwrap_or_else(PoisonError::into_inner);
    let before = bits.swap(_Py_UNLOCKED, Ordering::Release);
    drop(guard);
    if before & _Py_LOCKED == 0 {
        errors::fatal("PyMutex_Unlock", "unlocking mutex that is not locked");
    }
    if before & WAITERS != 0 {
        UNPARKED.notify_all();
    }
}
