//! `faulthandler`: tracebacks on errors of the process, on signals, after a time.

use std::cell::RefCell;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use krait_object::native::module::NativeModule;
use krait_object::protocol::{self, number};
use krait_object::{GilCell, Int, ModuleBuilder, Py, PyResult, Value, hooks, intern, raise};
use krait_sys::libc;
use krait_vm::fault;

use crate::time::convert::{Round, nanoseconds};

pub const MODULE: NativeModule = NativeModule {
    name: "faulthandler",
    init,
};

/// The files that are written to stay open while they are needed.
static FILES: GilCell<RefCell<Vec<(i32, Value)>>> = GilCell::new(RefCell::new(Vec::new()));
/// Keys of `FILES` that are no signals.
const FATAL: i32 = 0;
const LATER: i32 = -1;

fn keep(py: Py, key: i32, file: Option<Value>) {
    let mut files = FILES.get(py).borrow_mut();
    let old = files
        .iter()
        .position(|f| f.0 == key)
        .map(|i| files.swap_remove(i));
    files.extend(file.map(|f| (key, f)));
    drop(files);
    drop(old);
}

/// The descriptor of a file argument, and the file to be kept; `sys.stderr` by default.
fn descriptor(py: Py, file: Option<&Value>) -> PyResult<(i32, Option<Value>)> {
    let file = match file.filter(|f| !f.is_none()) {
        Some(file) => file.clone(),
        None => {
            let sys = hooks::import_module(py, "sys")?;
            match protocol::lookup_attr(py, &sys, intern!("stderr"))? {
                None => return raise!(py, RuntimeError, "unable to get sys.stderr"),
                Some(stderr) if stderr.is_none() => {
                    return raise!(py, RuntimeError, "sys.stderr is None");
                }
                Some(stderr) => stderr,
            }
        }
    };
    if file.as_small_int().is_some() || file.downcast::<Int>().is_some() {
        let number = number::index_to_i128(py, &file)?.and_then(|n| i32::try_from(n).ok());
        return match number.filter(|&n| n >= 0) {
            Some(fd) => Ok((fd, None)),
            None => raise!(py, ValueError, "file is not a valid file descripter"),
        };
    }
    let fd = protocol::call_method(py, &file, intern!("fileno"), &[])?;
    let fd = number::int_of(&fd)
        .and_then(|n| i32::try_from(n).ok())
        .filter(|&n| n >= 0);
    let Some(fd) = fd else {
        return raise!(
            py,
            RuntimeError,
            "file.fileno() is not a valid file descriptor"
        );
    };
    if protocol::call_method(py, &file, intern!("flush"), &[]).is_err() {
        drop(py.thread().take_exception());
    }
    Ok((fd, Some(file)))
}

fn dump_traceback(py: Py, file: Option<&Value>, all: Option<bool>) -> PyResult<()> {
    let (fd, _file) = descriptor(py, file)?;
    if all.unwrap_or(true) {
        fault::dump_all(fd);
    } else {
        fault::dump_current(fd);
    }
    Ok(())
}

fn enable(py: Py, file: Option<&Value>, all: Option<bool>) -> PyResult<()> {
    let (fd, file) = descriptor(py, file)?;
    keep(py, FATAL, file);
    fault::enable(fd, all.unwrap_or(true));
    Ok(())
}

/// The signal's number, if a user may register it.
fn check_signal(py: Py, signal: i32) -> PyResult<()> {
    let fatal = [
        libc::SIGBUS,
        libc::SIGILL,
        libc::SIGFPE,
        libc::SIGABRT,
        libc::SIGSEGV,
    ];
    if fatal.contains(&signal) {
        return raise!(
            py,
            RuntimeError,
            "signal {signal} cannot be registered, use enable() instead"
        );
    }
    crate::signal::check(py, signal).map(drop)
}

fn register(
    py: Py,
    signal: i32,
    file: Option<&Value>,
    all: Option<bool>,
    chain: Option<bool>,
) -> PyResult<()> {
    check_signal(py, signal)?;
    let (fd, file) = descriptor(py, file)?;
    if let Err(errno) = fault::register(signal, fd, all.unwrap_or(true), chain.unwrap_or(false)) {
        return crate::blocking::fail(py, krait_sys::Errno(errno));
    }
    keep(py, signal, file);
    Ok(())
}

fn unregister(py: Py, signal: i32) -> PyResult<bool> {
    check_signal(py, signal)?;
    let done = fault::unregister(signal);
    keep(py, signal, None);
    Ok(done)
}

/// Whether a watchdog is to stop.
type Stop = Arc<(Mutex<bool>, Condvar)>;

/// The watchdog that runs now.
static WATCHDOG: GilCell<RefCell<Option<Stop>>> = GilCell::new(RefCell::new(None));

fn cancel(py: Py) {
    if let Some(stop) = WATCHDOG.get(py).borrow_mut().take() {
        *stop.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        stop.1.notify_all();
    }
    keep(py, LATER, None);
}

fn watch(stop: &Stop, timeout: Duration, text: &str, fd: i32, repeat: bool, exit: bool) {
    loop {
        let guard = stop.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = stop.1.wait_timeout_while(guard, timeout, |stop| !*stop);
        let (guard, result) = waited.unwrap_or_else(PoisonError::into_inner);
        if *guard || !result.timed_out() {
            return;
        }
        drop(guard);
        let _ = krait_sys::file::write(fd, text.as_bytes());
        fault::dump_all(fd);
        if exit {
            krait_sys::process::exit_now(1);
        }
        if !repeat {
            return;
        }
    }
}

/// The first line of what a watchdog writes.
fn head(timeout: Duration) -> String {
    let (seconds, micros) = (timeout.as_secs(), timeout.subsec_micros());
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    let fraction = if micros > 0 {
        format!(".{micros:06}")
    } else {
        String::new()
    };
    format!(
        "Timeout ({hours}:{minutes:02}:{:02}{fraction})!\n",
        seconds % 60
    )
}

fn dump_later(
    py: Py,
    timeout: &Value,
    repeat: Option<bool>,
    file: Option<&Value>,
    exit: Option<bool>,
) -> PyResult<()> {
    let nanos = nanoseconds(py, timeout, Round::Timeout)?;
    let Ok(nanos @ 1..) = u64::try_from(nanos) else {
        return raise!(py, ValueError, "timeout must be greater than 0");
    };
    let timeout = Duration::from_nanos(nanos);
    let (fd, file) = descriptor(py, file)?;
    cancel(py);
    keep(py, LATER, file);
    let stop = Stop::default();
    let own = stop.clone();
    let (repeat, exit) = (repeat.unwrap_or(false), exit.unwrap_or(false));
    let text = head(timeout);
    let started =
        std::thread::Builder::new().spawn(move || watch(&own, timeout, &text, fd, repeat, exit));
    if started.is_err() {
        return raise!(py, RuntimeError, "unable to start watchdog thread");
    }
    *WATCHDOG.get(py).borrow_mut() = Some(stop);
    Ok(())
}

fn raise_fatal(py: Py, signal: i32) -> PyResult<()> {
    crate::blocking::os(py, krait_sys::signal::raise(signal)).map(drop)
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.text("__doc__", "faulthandler module.")?
        .function(
            "enable($module, /, file=sys.stderr, all_threads=True)",
            enable,
        )?
        .function("disable()", |py: Py| {
            keep(py, FATAL, None);
            fault::disable()
        })?
        .function("is_enabled()", |_py: Py| fault::is_enabled())?
        .function(
            "dump_traceback($module, /, file=sys.stderr, all_threads=True)",
            dump_traceback,
        )?
        .function(
            "dump_traceback_later($module, /, timeout, repeat=False, file=sys.stderr, exit=False)",
            dump_later,
        )?
        .function("cancel_dump_traceback_later()", cancel)?
        .function(
            "register($module, /, signum, file=sys.stderr, all_threads=True, chain=False)",
            register,
        )?
        .function("unregister($module, signum, /)", unregister)?
        .function(
            "_sigsegv($module, release_gil=False, /)",
            |py: Py, _release: Option<bool>| raise_fatal(py, libc::SIGSEGV),
        )?
        .function("_sigfpe()", |py: Py| raise_fatal(py, libc::SIGFPE))?
        .function("_sigabrt()", |py: Py| raise_fatal(py, libc::SIGABRT))?;
    Ok(())
}
