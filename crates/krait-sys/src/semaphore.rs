//! Named semaphores that processes share.

use std::ffi::CStr;

use crate::{Result, check, errno};

/// An open semaphore.
pub struct Semaphore(*mut libc::sem_t);

// SAFETY: a semaphore may be used from any thread at the same time.
unsafe impl Send for Semaphore {}
// SAFETY: as above.
unsafe impl Sync for Semaphore {}

impl Semaphore {
    /// Makes a new semaphore; fails where the name is taken.
    pub fn create(name: &CStr, value: u32) -> Result<Semaphore> {
        // SAFETY: a C string and numbers.
        Semaphore::wrap(unsafe {
            libc::sem_open(name.as_ptr(), libc::O_CREAT | libc::O_EXCL, 0o600, value)
        })
    }

    pub fn open(name: &CStr) -> Result<Semaphore> {
        // SAFETY: a C string.
        Semaphore::wrap(unsafe { libc::sem_open(name.as_ptr(), 0) })
    }

    fn wrap(raw: *mut libc::sem_t) -> Result<Semaphore> {
        if raw == libc::SEM_FAILED {
            Err(errno())
        } else {
            Ok(Semaphore(raw))
        }
    }

    /// A number that tells it from others of the process.
    pub fn address(&self) -> usize {
        self.0 as usize
    }

    pub fn try_wait(&self) -> Result<i32> {
        // SAFETY: open until dropped.
        check(unsafe { libc::sem_trywait(self.0) })
    }

    /// Waits; until the given real time where there is one.
    pub fn wait(&self, until: Option<libc::timespec>) -> Result<i32> {
        // SAFETY: open until dropped; the time is read.
        check(unsafe {
            match until {
                Some(time) => libc::sem_timedwait(self.0, &time),
                None => libc::sem_wait(self.0),
            }
        })
    }

    pub fn post(&self) -> Result<i32> {
        // SAFETY: open until dropped.
        check(unsafe { libc::sem_post(self.0) })
    }

    pub fn value(&self) -> Result<i32> {
        // SAFETY: open until dropped; the number is filled.
        crate::filled(|out| unsafe { libc::sem_getvalue(self.0, out) })
    }
}

impl Drop for Semaphore {
    fn drop(&mut self) {
        // SAFETY: open until here.
        unsafe { libc::sem_close(self.0) };
    }
}
