//! The lock that the running thread holds.
//!
//! A thread that waits longer than the switch interval asks for the lock through the
//! eval breaker; the holder then gives it up at its next poll and does not take it
//! back before another thread had it.

use std::cell::Cell;
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

use crate::py::{GilCell, Py};
use crate::thread::{self, EVAL_BREAKER, ThreadState, breaker};

struct Lock {
    held: bool,
    /// Counts the times that the lock was taken.
    taken: u64,
    waiting: usize,
    /// Threads that have given the lock up and wait until another had it.
    yielding: usize,
}

static LOCK: Mutex<Lock> = Mutex::new(Lock {
    held: false,
    taken: 0,
    waiting: 0,
    yielding: 0,
});
static FREED: Condvar = Condvar::new();
static TAKEN: Condvar = Condvar::new();
/// Microseconds (`sys.setswitchinterval`).
static INTERVAL: AtomicU64 = AtomicU64::new(5000);

/// The state of the thread that ends the program: no other gets the lock any more.
static LAST: AtomicPtr<ThreadState> = AtomicPtr::new(std::ptr::null_mut());

/// The program ends: other threads wait for the lock until the process is gone.
pub fn keep_for_ever(_py: Py) {
    // SAFETY: the GIL is held.
    let state = unsafe { thread::current_or_null() };
    LAST.store(state.cast_mut(), Ordering::Release);
}

fn lock() -> MutexGuard<'static, Lock> {
    LOCK.lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

pub fn switch_interval() -> Duration {
    Duration::from_micros(INTERVAL.load(Ordering::Relaxed))
}

pub fn set_switch_interval(interval: Duration) {
    INTERVAL.store((interval.as_micros() as u64).max(1), Ordering::Relaxed);
}

/// Takes the GIL for a thread state.
///
/// # Safety
/// The state belongs to the calling thread, which does not hold the GIL.
pub unsafe fn acquire(state: *const ThreadState) -> Py {
    let mut guard = lock();
    guard.waiting += 1;
    while guard.held {
        let before = guard.taken;
        let (next, timeout) = FREED
            .wait_timeout(guard, switch_interval())
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        guard = next;
        if timeout.timed_out() && guard.held && guard.taken == before {
            EVAL_BREAKER.fetch_or(breaker::GIL_REQUEST, Ordering::Relaxed);
        }
    }
    guard.waiting -= 1;
    let last = LAST.load(Ordering::Acquire).cast_const();
    if !last.is_null() && !std::ptr::eq(last, state) {
        drop(guard);
        // One that waits may have been woken in vain.
        FREED.notify_one();
        TAKEN.notify_all();
        loop {
            std::thread::park();
        }
    }
    guard.held = true;
    guard.taken += 1;
    EVAL_BREAKER.fetch_and(!breaker::GIL_REQUEST, Ordering::Relaxed);
    // Waking nobody is a system call too.
    if guard.yielding > 0 {
        TAKEN.notify_all();
    }
    drop(guard);
    // SAFETY: the GIL is held now, and the state is the calling thread's.
    unsafe {
        // Another thread may have looked at the breaker in the meantime.
        if !(*(*state).raw()).async_exc.is_null() {
            EVAL_BREAKER.fetch_or(breaker::ASYNC_EXCEPTION, Ordering::Relaxed);
        }
        thread::set_current(state);
        Py::assume()
    }
}

/// Gives the GIL up; the result is the state to take it with again.
///
/// # Safety
/// The calling thread holds the GIL and does not use its token until it has it again.
pub unsafe fn release() -> *const ThreadState {
    // SAFETY: the GIL is still held.
    let state = unsafe {
        let state = thread::current_or_null();
        thread::set_current(std::ptr::null());
        state
    };
    let mut guard = lock();
    guard.held = false;
    if guard.waiting > 0 {
        FREED.notify_one();
    }
    state
}

/// Lets another thread run that has asked for it. Called at the interpreter's polls.
pub fn yield_to_others(_py: Py) {
    let before = lock().taken;
    // SAFETY: the token is given to us, and the GIL is taken again before we return.
    unsafe {
        let state = release();
        let mut guard = lock();
        // Wait until one of those who wait had it, so that it is not starved.
        guard.yielding += 1;
        while guard.taken == before && guard.waiting > 0 {
            guard = TAKEN
                .wait(guard)
                .unwrap_or_else(std::sync::PoisonError::into_inner);
        }
        guard.yielding -= 1;
        drop(guard);
        acquire(state);
    }
}

impl Py {
    /// Runs something that may block without the GIL. It cannot touch Python objects:
    /// they are not `Send`.
    pub fn allow_threads<R: Send>(self, work: impl FnOnce() -> R + Send) -> R {
        // SAFETY: `work` cannot hold a token or an object, and the GIL is taken again
        // before this returns, also when `work` panics.
        struct Retake(*const ThreadState);
        impl Drop for Retake {
            fn drop(&mut self) {
                // SAFETY: the state is this thread's, and was current before.
                unsafe {
                    acquire(self.0);
                }
            }
        }
        // SAFETY: as above.
        let retake = Retake(unsafe { release() });
        let result = work();
        drop(retake);
        result
    }
}

/// Runs a fork while no other thread is at the lock itself: in the child, nobody would ever
/// let go of it.
pub fn around_fork<R>(_py: Py, fork: impl FnOnce() -> R) -> R {
    let _guard = lock();
    fork()
}

/// After a fork, in the child: only the calling thread exists, and it holds the GIL.
///
/// # Safety
/// Called in the child, by the thread that forked with the GIL held.
pub unsafe fn after_fork_child() {
    let mut guard = lock();
    guard.held = true;
    guard.waiting = 0;
    guard.yielding = 0;
    LAST.store(std::ptr::null_mut(), Ordering::Release);
}

thread_local! {
    static OWN: Cell<*const ThreadState> = const { Cell::new(std::ptr::null()) };
}

/// The calling thread's state, whether or not it holds the GIL.
pub fn own_state() -> *const ThreadState {
    OWN.with(Cell::get)
}

/// Remembers the calling thread's state.
pub fn set_own_state(state: *const ThreadState) {
    OWN.with(|own| own.set(state));
}

/// Runs `work` with the GIL, taking it where this thread does not hold it yet; `None`
/// where the thread has no state.
pub fn with_gil<R>(work: impl FnOnce(Py) -> R) -> Option<R> {
    let own = own_state();
    if own.is_null() {
        return None;
    }
    // SAFETY: comparing the pointer; a thread's state is current only while it holds
    // the GIL.
    unsafe {
        if std::ptr::eq(thread::current_or_null(), own) {
            return Some(work(Py::assume()));
        }
        let py = acquire(own);
        let result = work(py);
        release();
        Some(result)
    }
}

/// Something of Python's that code without the GIL keeps and gives up, but only looks at
/// with the GIL: a callback that a library in C calls.
pub struct Held<T>(std::mem::ManuallyDrop<T>);

// SAFETY: `get` needs a `Py`, and `drop` takes the GIL.
unsafe impl<T> Send for Held<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for Held<T> {}

impl<T> Held<T> {
    pub fn new(_py: Py, value: T) -> Held<T> {
        Held(std::mem::ManuallyDrop::new(value))
    }

    pub fn get(&self, _py: Py) -> &T {
        &self.0
    }
}

impl<T> Drop for Held<T> {
    fn drop(&mut self) {
        let value = &mut self.0;
        // A thread that Python does not know cannot give references up: they stay.
        with_gil(|_py| {
            // SAFETY: dropped once, here, and not looked at afterwards.
            unsafe { std::mem::ManuallyDrop::drop(value) }
        });
    }
}

static NEXT_ID: GilCell<Cell<u64>> = GilCell::new(Cell::new(1));

/// A number for a new thread state.
pub fn next_thread_id(py: Py) -> u64 {
    let id = NEXT_ID.get(py).get();
    NEXT_ID.get(py).set(id + 1);
    id
}

static STARTED: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

/// Starts the runtime on the calling thread, which becomes the main thread and holds the
/// GIL from then on; `None` where it was started before.
pub fn start_runtime(hash_key: (u64, u64)) -> Option<Py> {
    if STARTED.swap(true, Ordering::SeqCst) {
        return None;
    }
    let state = Box::leak(ThreadState::new(1));
    // SAFETY: the first thread, with a state of its own that lives for ever.
    let py = unsafe { acquire(state) };
    set_own_state(state);
    NEXT_ID.get(py).set(2);
    crate::init(py, hash_key);
    Some(py)
}
