//! `pycore_pythread.h`: threads that can be joined, and locks whose waiting runs Python's
//! signal handlers.

use std::ffi::{c_int, c_ulong, c_void};
use std::os::unix::thread::JoinHandleExt;
use std::time::{Duration, Instant};

use krait_abi::freefunc;
use krait_object::{Py, PyResult, Value, raise};
use krait_stdlib_os::time::convert::{self, Round};

use crate::border::export;
use crate::pystate::{Lock, export_free};

/// A thread that runs a C function, without a thread state: its handle, to be joined or
/// detached.
pub fn start(function: freefunc, argument: *mut c_void) -> Option<libc::pthread_t> {
    let function = function?;
    let argument = argument as usize;
    krait_heap::limit_arenas();
    let handle = std::thread::Builder::new()
        .stack_size(8 << 20)
        // SAFETY: C gave the function for this.
        .spawn(move || unsafe { function(argument as *mut c_void) })
        .ok()?;
    Some(handle.into_pthread_t())
}

/// How long a thread waits before it looks for signals.
const SLICE: Duration = Duration::from_millis(20);

/// `PyLockStatus`
const FAILURE: c_int = 0;
const ACQUIRED: c_int = 1;
const INTERRUPTED: c_int = 2;

/// Takes a lock within so many nanoseconds, of which whole microseconds count; less than
/// none is for ever.
fn acquire(py: Py, lock: &Lock, nanoseconds: i64) -> c_int {
    let microseconds = -nanoseconds.saturating_neg().div_euclid(1000);
    if lock.acquire(Some(Duration::ZERO)) {
        return ACQUIRED;
    }
    let time = u64::try_from(microseconds).ok().map(Duration::from_micros);
    let end = time.and_then(|time| Instant::now().checked_add(time));
    loop {
        let left = end.map(|end| end.saturating_duration_since(Instant::now()));
        let slice = left.map_or(SLICE, |left| left.min(SLICE));
        if py.allow_threads(|| lock.acquire(Some(slice))) {
            return ACQUIRED;
        }
        if krait_vm::breaker::check_signals(py).is_err() {
            return INTERRUPTED;
        }
        if left.is_some_and(|left| left.is_zero()) {
            return FAILURE;
        }
    }
}

/// `PyThread_UNSET_TIMEOUT`: wait for ever.
const UNSET: i64 = -1_000_000_000;

/// What a timeout argument means, in nanoseconds.
fn timeout(py: Py, argument: Option<&Value>, blocking: bool) -> PyResult<i64> {
    let Some(argument) = argument.filter(|argument| !argument.is_none()) else {
        return Ok(if blocking { UNSET } else { 0 });
    };
    if !blocking {
        let text = "can't specify a timeout for a non-blocking call";
        return raise!(py, ValueError, "{text}");
    }
    match convert::nanoseconds(py, argument, Round::Timeout)? {
        ..0 => raise!(
            py,
            ValueError,
            "timeout value must be a non-negative number"
        ),
        time => Ok(time),
    }
}

export! {
    fn PyThread_ParseTimeoutArg(py, argument: Option<&Value>, blocking: c_int, place: *mut i64) -> PyResult<()> {
        *place = timeout(py, argument, blocking != 0)?;
        Ok(())
    }
    fn PyThread_acquire_lock_timed_with_retries(py, lock: *mut Lock, nanoseconds: i64) -> c_int {
        acquire(py, &*lock, nanoseconds)
    }
}

export_free! {
    fn PyThread_start_joinable_thread(function: freefunc, argument: *mut c_void, ident: *mut u64, handle: *mut c_ulong) -> c_int {
        match start(function, argument) {
            Some(thread) => {
                (*ident, *handle) = (thread, thread);
                0
            }
            None => -1,
        }
    }
    fn PyThread_join_thread(handle: c_ulong) -> c_int { libc::pthread_join(handle, std::ptr::null_mut()) }
    fn PyThread_detach_thread(handle: c_ulong) -> c_int { libc::pthread_detach(handle) }
    fn PyThread_get_thread_ident_ex() -> u64 { libc::pthread_self() }
}
