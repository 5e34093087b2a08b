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
pub mod blocking;
pub mod errno;
pub mod exceptions;
pub mod numbers;
pub mod paths;
pub mod posix;
pub mod resource;
pub mod signal;
pub mod thread;
pub mod time;

/// The modules of this crate.
pub const MODULES: &[NativeModule] = &[
    posix::MODULE,
    errno::MODULE,
    time::MODULE,
    signal::MODULE,
    thread::MODULE,
    resource::MODULE,
];

/// Prepares the process: signals that end a program's write calls are ignored, Ctrl-C
/// raises KeyboardInterrupt where `handle_signals`, blocking calls run Python's handlers.
/// Once, after the interpreter's own start, in the main thread.
pub fn init(py: Py, handle_signals: bool) -> PyResult<()> {
    signal::start(py, handle_signals)?;
    thread::start(py);
    Ok(())
}
