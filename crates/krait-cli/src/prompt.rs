//! The interactive prompt: the library's own with line editing where there is a terminal,
//! and the plain one, `sys._baserepl`, elsewhere.

use std::io::IsTerminal;

use krait_object::{Layout, Py, PyResult, Value, errors, intern, protocol};
use krait_stdlib_core::{import, sys};

use crate::options::{Options, VERSION};
use crate::start;

/// Reads, evaluates and prints until the input ends. Input that is no terminal is run
/// as a program.
pub fn run(py: Py, options: &Options) -> PyResult<()> {
    if !std::io::stdin().is_terminal() && !options.inspect {
        return start::stdin_program(py, options);
    }
    start::add_path(py, options, std::path::Path::new(""))?;
    if !options.quiet {
        eprintln!("{VERSION} (Krait {}) on linux", env!("CARGO_PKG_VERSION"));
        eprintln!("Type \"help\", \"copyright\", \"credits\" or \"license\" for more information.");
    }
    repl(py, options, true)
}

/// Whether the prompt comes after a program (`-i`, PYTHONINSPECT, which the program may
/// have set itself).
pub fn is_wanted(options: &Options) -> bool {
    options.inspect
        || start::variable(options, "PYTHONINSPECT").is_some() && std::io::stdin().is_terminal()
}

/// The prompt after a program, to look at what it has left.
pub fn after_program(py: Py, options: &Options) -> PyResult<()> {
    repl(py, options, false)
}

fn repl(py: Py, options: &Options, with_startup: bool) -> PyResult<()> {
    run_hook(py);
    let plain = start::variable(options, "PYTHON_BASIC_REPL").is_some();
    if plain || !std::io::stdin().is_terminal() {
        if with_startup {
            run_startup(py, options);
        }
        let baserepl = sys::get(py, "_baserepl").unwrap_or_else(Value::none);
        return protocol::call(py, &baserepl, &[]).map(drop);
    }
    let main = import::import_module(py, "__main__")?;
    let repl = import::import_module(py, "_pyrepl.main")?;
    let console = protocol::get_attr(py, &repl, intern!("interactive_console"))?;
    let names = krait_object::Tuple::from_values(
        ["mainmodule", "pythonstartup"].map(|name| Value::from(krait_object::Str::intern(name))),
    );
    let startup = Value::bool(with_startup && !options.ignore_environment);
    protocol::call::call_with(py, &console, &[main, startup], Some(&names)).map(drop)
}

/// Calls `sys.__interactivehook__`, which sets completion and history up. A failure of it
/// is shown and the prompt comes anyway.
fn run_hook(py: Py) {
    let Some(hook) = sys::get(py, "__interactivehook__") else {
        return;
    };
    if protocol::call(py, &hook, &[]).is_err() {
        sys::write_stderr(py, "Failed calling sys.__interactivehook__\n");
        start::show_exception(py);
    }
}

/// Runs the file that PYTHONSTARTUP names. What it raises is shown.
fn run_startup(py: Py, options: &Options) {
    let Some(path) = start::variable(options, "PYTHONSTARTUP") else {
        return;
    };
    let source = match std::fs::read(&path) {
        Ok(source) => source,
        Err(error) => {
            let number = error.raw_os_error().unwrap_or(0);
            sys::write_stderr(py, "Could not open PYTHONSTARTUP\n");
            let path = krait_object::Str::new(&path);
            let _: PyResult<()> = errors::os_error(py, number, Some(path.as_object()), None);
            return start::show_exception(py);
        }
    };
    if start::execute(py, &source, false, &krait_object::Str::new(&path)).is_err() {
        start::show_exception(py);
    }
}
