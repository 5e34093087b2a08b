//! The system's log (`syslog`).

use std::ffi::{CStr, CString, c_int};
use std::sync::{Mutex, PoisonError};

/// The name that lines begin with: the C library keeps its address.
static NAME: Mutex<Option<CString>> = Mutex::new(None);

/// Opens the log under a name; without one the C library takes the program's.
pub fn open(name: Option<CString>, options: c_int, facility: c_int) {
    let mut kept = NAME.lock().unwrap_or_else(PoisonError::into_inner);
    let pointer = name.as_ref().map_or(std::ptr::null(), |n| n.as_ptr());
    // SAFETY: the name stays in place until the next call has replaced it.
    unsafe { libc::openlog(pointer, options, facility) };
    *kept = name;
}

/// Writes a line.
pub fn write(priority: c_int, text: &CStr) {
    let _kept = NAME.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: the format takes one C string.
    unsafe { libc::syslog(priority, c"%s".as_ptr(), text.as_ptr()) };
}

/// Closes the log.
pub fn close() {
    let mut kept = NAME.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: no argument. The name is forgotten: a later line takes the program's.
    unsafe {
        libc::closelog();
        libc::openlog(std::ptr::null(), 0, 0);
        libc::closelog();
    }
    *kept = None;
}

/// Sets which priorities are written; the result is what was set before.
pub fn set_mask(mask: c_int) -> c_int {
    // SAFETY: a number.
    unsafe { libc::setlogmask(mask) }
}
