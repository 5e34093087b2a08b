//! Which of the descriptors 0 to 2 the program was started with: looked up before it opens any.

use std::sync::atomic::{AtomicU8, Ordering};

/// A bit for each descriptor that was not open.
static CLOSED: AtomicU8 = AtomicU8::new(0);

/// Looks which are open.
pub(crate) fn record() {
    for fd in 0..3 {
        // SAFETY: asking for the flags of a descriptor changes nothing.
        if unsafe { libc::fcntl(fd, libc::F_GETFD) } < 0 {
            CLOSED.fetch_or(1 << fd, Ordering::Relaxed);
        }
    }
}

/// Whether a standard descriptor was open when the process began.
pub fn was_open(fd: i32) -> bool {
    !(0..3).contains(&fd) || CLOSED.load(Ordering::Relaxed) & (1 << fd) == 0
}
