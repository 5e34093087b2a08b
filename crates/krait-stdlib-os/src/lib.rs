//! Native modules over the operating system: files, processes, time, signals, threads,
//! sockets.
//!
//! System calls are made by krait-sys; here are Python's arguments, results and errors.
//! Whatever may block is called without the GIL (`blocking`), and goes on after a signal
//! once Python's handlers have run (PEP 475).
#![forbid(unsafe_code)]

use krait_object::native::module::NativeModule;
use krait_object::{Py, PyResult};

#[macro_use]
mod structseqs;
pub mod atexit;
pub mod blocking;
pub mod errno;
pub mod exceptions;
pub mod faulthandler;
pub mod fcntl;
pub mod locale;
pub mod lsprof;
pub mod mmap;
pub mod multiprocessing;
pub mod numbers;
pub mod paths;
pub mod posix;
pub mod posixshmem;
pub mod posixsubprocess;
pub mod resource;
pub mod select;
pub mod signal;
pub mod socket;
pub mod stat;
pub mod sysconfig;
pub mod syslog;
pub mod termios;
pub mod thread;
pub mod time;
pub mod tracemalloc;
pub mod users;
pub mod uuid;

/// The modules of this crate.
pub const MODULES: &[NativeModule] = &[
    posix::MODULE,
    errno::MODULE,
    time::MODULE,
    signal::MODULE,
    thread::MODULE,
    atexit::MODULE,
    users::PWD,
    users::GRP,
    faulthandler::MODULE,
    lsprof::MODULE,
    tracemalloc::MODULE,
    fcntl::MODULE,
    resource::MODULE,
    locale::MODULE,
    posixsubprocess::MODULE,
    select::MODULE,
    mmap::MODULE,
    termios::MODULE,
    posixshmem::MODULE,
    multiprocessing::MODULE,
    socket::MODULE,
    stat::MODULE,
    sysconfig::MODULE,
    syslog::MODULE,
    uuid::MODULE,
];

/// Prepares the process: signals that end a program's write calls are ignored, Ctrl-C
/// raises KeyboardInterrupt where `handle_signals`, blocking calls run Python's handlers.
/// Once, after the interpreter's own start, in the main thread.
pub fn init(py: Py, handle_signals: bool) -> PyResult<()> {
    signal::start(py, handle_signals)?;
    thread::start(py);
    Ok(())
}
