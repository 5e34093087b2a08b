//! Modes of terminals.

use crate::{Result, check, filled};

pub use libc::termios as Termios;

calls! {
    fn tcsendbreak(fd: i32, duration: i32) -> i32;
    fn tcdrain(fd: i32) -> i32;
    fn tcflush(fd: i32, queue: i32) -> i32;
    fn tcflow(fd: i32, action: i32) -> i32;
}

pub fn tcgetattr(fd: i32) -> Result<Termios> {
    // SAFETY: the call fills the struct.
    filled(|out| unsafe { libc::tcgetattr(fd, out) })
}

pub fn tcsetattr(fd: i32, when: i32, mode: &Termios) -> Result<i32> {
    // SAFETY: the struct is read.
    check(unsafe { libc::tcsetattr(fd, when, mode) })
}

/// Input and output speed.
pub fn speeds(mode: &Termios) -> (u32, u32) {
    // SAFETY: the struct is read.
    unsafe { (libc::cfgetispeed(mode), libc::cfgetospeed(mode)) }
}

pub fn set_speeds(mode: &mut Termios, input: u32, output: u32) -> Result<()> {
    // SAFETY: the struct is changed.
    unsafe {
        check(libc::cfsetispeed(mode, input))?;
        check(libc::cfsetospeed(mode, output)).map(drop)
    }
}
