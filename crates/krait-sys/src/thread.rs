//! Threads as the system sees them, and waiting on a word of memory.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::{Errno, Result, check};

/// The calling thread's `pthread_t`, Python's thread identifier.
pub fn ident() -> u64 {
    // SAFETY: takes nothing and cannot fail.
    unsafe { libc::pthread_self() as u64 }
}

/// The calling thread's name as the system knows it.
pub fn name() -> Result<Vec<u8>> {
    let mut name = [0u8; 32];
    // SAFETY: the buffer has so many bytes.
    crate::direct(unsafe {
        libc::pthread_getname_np(libc::pthread_self(), name.as_mut_ptr().cast(), name.len())
    })?;
    Ok(crate::file::until_zero(&name))
}

/// Names the calling thread; at most 15 bytes.
pub fn set_name(name: &std::ffi::CStr) -> Result<()> {
    // SAFETY: a C string.
    crate::direct(unsafe { libc::pthread_setname_np(libc::pthread_self(), name.as_ptr()) })
}

static THREADS: std::sync::Mutex<Vec<u64>> = std::sync::Mutex::new(Vec::new());

/// The list of threads. Who forks holds it meanwhile, since nobody would let go of it in
/// the child.
pub(crate) fn threads() -> std::sync::MutexGuard<'static, Vec<u64>> {
    THREADS
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Notes the calling thread as one that signals and clocks may be asked for.
pub fn register() {
    let own = ident();
    let mut list = threads();
    if !list.contains(&own) {
        list.push(own);
    }
}

/// Forgets the calling thread, at its end.
pub fn unregister() {
    let own = ident();
    threads().retain(|&t| t != own);
}

/// In a forked child only the calling thread is left.
pub fn after_fork() {
    let mut list = threads();
    list.clear();
    list.push(ident());
}

/// Whether a `pthread_t` belongs to a registered thread that still runs.
pub fn is_thread(thread: u64) -> bool {
    thread == ident() || threads().contains(&thread)
}

/// The clock of a thread's processor time.
pub fn cpu_clock(thread: u64) -> Result<i32> {
    if !is_thread(thread) {
        return Err(Errno(libc::ESRCH));
    }
    let mut clock = 0;
    // SAFETY: the thread is known to run; a number is filled.
    crate::direct(unsafe { libc::pthread_getcpuclockid(thread as libc::pthread_t, &mut clock) })?;
    Ok(clock)
}

/// Sleeps while the word has the value; fails with `EINTR`, `ETIMEDOUT`, or `EAGAIN` where
/// it had another one. The timeout is measured by the monotonic clock.
pub fn futex_wait(word: &AtomicU32, value: u32, timeout: Option<Duration>) -> Result<()> {
    let timeout = timeout.map(crate::time::timespec_of);
    let limit = timeout.as_ref().map_or(std::ptr::null(), |t| &raw const *t);
    // SAFETY: the word lives during the call.
    let result = unsafe {
        libc::syscall(
            libc::SYS_futex,
            word.as_ptr(),
            libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG,
            value,
            limit,
        )
    };
    check(result).map(drop)
}

/// Wakes so many threads that wait on the word.
pub fn futex_wake(word: &AtomicU32, count: i32) {
    // SAFETY: the word lives during the call.
    unsafe {
        libc::syscall(
            libc::SYS_futex,
            word.as_ptr(),
            libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG,
            count,
        )
    };
}

/// A lock that any thread may release, and whose waiting ends at a signal.
///
/// 0: free; 1: held; 2: held, and somebody may wait.
#[derive(Default)]
pub struct RawLock {
    word: AtomicU32,
}

impl RawLock {
    pub const fn new() -> RawLock {
        RawLock {
            word: AtomicU32::new(0),
        }
    }

    pub fn try_acquire(&self) -> bool {
        self.word
            .compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed)
            .is_ok()
    }

    /// Waits for the lock: true when it was taken, false when the time is over; fails
    /// with `EINTR` at a signal.
    pub fn wait(&self, timeout: Option<Duration>) -> Result<bool> {
        let end = timeout.map(|t| std::time::Instant::now() + t);
        loop {
            if self.word.swap(2, Ordering::Acquire) == 0 {
                return Ok(true);
            }
            let left = match end {
                None => None,
                Some(end) => match end.checked_duration_since(std::time::Instant::now()) {
                    Some(left) if !left.is_zero() => Some(left),
                    _ => return Ok(false),
                },
            };
            match futex_wait(&self.word, 2, left) {
                Err(Errno(libc::EINTR)) => return Err(Errno(libc::EINTR)),
                Err(Errno(libc::ETIMEDOUT)) | Err(Errno(_)) | Ok(()) => {}
            }
        }
    }

    /// Gives the lock back; false where it was not held.
    pub fn release(&self) -> bool {
        match self.word.swap(0, Ordering::Release) {
            0 => false,
            1 => true,
            _ => {
                futex_wake(&self.word, 1);
                true
            }
        }
    }

    pub fn is_locked(&self) -> bool {
        self.word.load(Ordering::Relaxed) != 0
    }

    /// Makes it free, whoever held it; in a forked child.
    pub fn reset(&self) {
        self.word.store(0, Ordering::Relaxed);
    }
}
