//! Safe functions over the C library: files, processes, signals, sockets, memory maps.
//!
//! Nothing here knows Python objects, and nothing is retried after a signal: that is the
//! caller's decision, since Python runs signal handlers first (PEP 475). File descriptors are plain numbers, because that
//! is what Python programs hold; using a number that has been closed is an error of the
//! system (`EBADF`), not undefined behaviour, except that a descriptor under a memory
//! map or an `OwnedFd` of Rust's belongs to its owner. Functions fail with
//! `Errno`; those of `fd`, made for streams, with `std::io::Error`.

use std::ffi::{CStr, c_char, c_int};
use std::mem::MaybeUninit;

#[macro_use]
mod calls;
pub mod dir;
pub mod elf;
pub mod environ;
pub mod fd;
pub mod file;
pub mod locale;
pub mod log;
pub mod lzma;
pub mod math;
pub mod names;
pub mod path;
pub mod poll;
pub mod process;
pub mod program;
pub mod semaphore;
pub mod signal;
pub mod socket;
pub mod spawn;
pub mod stand_in;
pub mod standard_fds;
pub mod system;
pub mod terminal;
pub mod thread;
pub mod time;
pub mod users;
pub mod zlib;
pub mod zstd;

pub use libc;

/// An error number of the C library.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Errno(pub i32);

pub type Result<T> = std::result::Result<T, Errno>;

/// The calling thread's `errno`.
pub fn errno() -> Errno {
    // SAFETY: the address is the thread's own.
    Errno(unsafe { *libc::__errno_location() })
}

/// Sets the calling thread's `errno`.
pub fn set_errno(value: i32) {
    // SAFETY: the address is the thread's own.
    unsafe { *libc::__errno_location() = value }
}

/// A C function's result, of which -1 means failure.
pub(crate) trait Status: Copy {
    fn failed(self) -> bool;
}
macro_rules! status {
    ($($t:ty),*) => { $(impl Status for $t {
        #[inline]
        fn failed(self) -> bool {
            self == -1 as $t
        }
    })* };
}
status!(i32, i64, isize);

#[inline]
pub(crate) fn check<T: Status>(result: T) -> Result<T> {
    if result.failed() {
        Err(errno())
    } else {
        Ok(result)
    }
}

/// A byte count, of which -1 means failure.
#[inline]
pub(crate) fn count(result: isize) -> Result<usize> {
    check(result).map(|n| n as usize)
}

/// Functions that return the error number itself (`pthread_*`, `posix_*`).
#[inline]
pub(crate) fn direct(result: c_int) -> Result<()> {
    if result == 0 {
        Ok(())
    } else {
        Err(Errno(result))
    }
}

/// A plain C struct that the function fills.
///
/// Private: `T` must be a C struct of numbers for which all zeros is a value.
#[inline]
pub(crate) fn filled<T: Copy, S: Status>(f: impl FnOnce(*mut T) -> S) -> Result<T> {
    let mut out = MaybeUninit::<T>::zeroed();
    check(f(out.as_mut_ptr()))?;
    // SAFETY: zeroed, and then filled by the call; plain C data.
    Ok(unsafe { out.assume_init() })
}

/// How an argument is passed to C.
pub(crate) trait CArg {
    type Raw;
    fn raw(self) -> Self::Raw;
}
macro_rules! plain_arguments {
    ($($t:ty),*) => { $(impl CArg for $t {
        type Raw = $t;
        #[inline(always)]
        fn raw(self) -> $t {
            self
        }
    })* };
}
plain_arguments!(i16, i32, u32, i64, u64, usize, isize);

impl CArg for &CStr {
    type Raw = *const c_char;
    #[inline(always)]
    fn raw(self) -> *const c_char {
        self.as_ptr()
    }
}

impl CArg for Option<&CStr> {
    type Raw = *const c_char;
    #[inline(always)]
    fn raw(self) -> *const c_char {
        self.map_or(std::ptr::null(), CStr::as_ptr)
    }
}

/// A copy of a C string; empty for null.
///
/// # Safety
/// Null, or a C string that stays in place during the call.
pub(crate) unsafe fn bytes_of(text: *const c_char) -> Vec<u8> {
    if text.is_null() {
        return Vec::new();
    }
    // SAFETY: the contract.
    unsafe { CStr::from_ptr(text) }.to_bytes().to_vec()
}
