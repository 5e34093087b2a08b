//! Which of the descriptors 0 to 2 the program was started with. Rust's runtime puts
//! `/dev/null` in the place of those that are closed, so this is looked up before it runs.

use std::sync::atomic::{AtomicU8, Ordering};

/// A bit for each descriptor that was not open.
static CLOSED: AtomicU8 = AtomicU8::new(0);

extern "C" fn record() {
    for fd in 0..3 {
        // SAFETY: asking for the flags of a descriptor changes nothing.
        if unsafe { libc::fcntl(fd, libc::F_GETFD) } < 0 {
            CLOSED.fetch_or(1 << fd, Ordering::Relaxed);
        }
    }
}

// SAFETY: the section holds pointers to functions that run before `main`; this one uses
// nothing that has to be there already.
#[used]
#[unsafe(link_section = ".init_array")]
static AT_START: extern "C" fn() = record;

/// Whether a standard descriptor was open when the process began.
pub fn was_open(fd: i32) -> bool {
    !(0..3).contains(&fd) || CLOSED.load(Ordering::Relaxed) & (1 << fd) == 0
}

/// Closes again what Rust's runtime has opened in the place of closed descriptors, so that a
/// program finds them closed and the next file gets the first free number.
pub fn close_again() {
    for fd in 0..3 {
        if !was_open(fd) {
            // SAFETY: the process has just begun: nobody else has the descriptor.
            unsafe { libc::close(fd) };
        }
    }
}
