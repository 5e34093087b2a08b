//! The interactive prompt.

use krait_object::{Py, PyResult, intern, protocol};
use krait_stdlib_core::import;

use crate::options::{Options, VERSION};
use crate::start;

/// Reads, evaluates and prints until the input ends. Input that is no terminal is run
/// as a program.
pub fn run(py: Py, options: &Options) -> PyResult<()> {
    use std::io::IsTerminal;
    if !std::io::stdin().is_terminal() && !options.inspect {
        return start::stdin_program(py, options);
    }
    start::add_path(py, options, "")?;
    if !options.quiet {
        eprintln!("{VERSION} (Krait {}) on linux", env!("CARGO_PKG_VERSION"));
        eprintln!("Type \"help\", \"copyright\", \"credits\" or \"license\" for more information.");
    }
    let main = import::import_module(py, "__main__")?;
    let code = import::import_module(py, "code")?;
    let namespace = protocol::get_attr(py, &main, intern!("__dict__"))?;
    let console = protocol::get_attr(py, &code, intern!("InteractiveConsole"))?;
    let console = protocol::call(py, &console, &[namespace])?;
    drop(import::import_module(py, "readline").map_err(|_| py.thread().take_exception()));
    let banner = krait_object::Value::from(krait_object::Str::new(""));
    protocol::call_method(py, &console, intern!("interact"), &[banner]).map(drop)
}
