//! `_signal`: Python's handlers of signals.
//!
//! What always holds: handlers run in the main thread, between two instructions or when
//! a blocking call was interrupted, never inside the C handler.

use std::cell::RefCell;

use krait_object::native::module::NativeModule;
use krait_object::protocol::{self, number};
use krait_object::types::set::Set;
use krait_object::{
    GilCell, ModuleBuilder, Owned, Py, PyResult, Value, errors, exceptions, hooks, intern, raise,
};
use krait_sys::libc;
use krait_sys::signal::{self as sys, Action, NSIG};

use crate::blocking::os;

mod constants;
mod timers;
mod waiting;

pub const MODULE: NativeModule = NativeModule {
    name: "_signal",
    init,
};

/// The handlers by signal number: 0 default, 1 ignore, `None` not Python's, or a callable.
static HANDLERS: GilCell<RefCell<Vec<Value>>> = GilCell::new(RefCell::new(Vec::new()));

const DEFAULT: i64 = 0;
const IGNORE: i64 = 1;

/// Reads how each signal is met now, installs the hooks, and has Ctrl-C raise
/// KeyboardInterrupt.
pub fn start(py: Py, handle_signals: bool) -> PyResult<()> {
    sys::set_main_thread();
    sys::set_breaker(
        &krait_object::thread::EVAL_BREAKER,
        krait_object::thread::breaker::SIGNALS,
    );
    hooks::install(py, |h| h.signals = run_handlers);
    krait_vm::breaker::install(py, |h| h.signals = run_handlers);
    if handle_signals {
        for signal in [libc::SIGPIPE, libc::SIGXFSZ] {
            os(py, sys::set_action(signal, Action::Ignore))?;
        }
        // Rust's own handlers, which tell of an overflow of the stack, go away at the first
        // signal without ending the process: one that was sent would be lost.
        for signal in [libc::SIGSEGV, libc::SIGBUS] {
            if !matches!(sys::action(signal), Ok(Action::Default | Action::Ignore)) {
                os(py, sys::set_action(signal, Action::Default))?;
            }
        }
    }
    read_actions(py);
    let interrupt = HANDLERS
        .get(py)
        .borrow()
        .get(libc::SIGINT as usize)
        .and_then(Value::as_small_int);
    if handle_signals && interrupt == Some(DEFAULT) {
        os(py, sys::set_action(libc::SIGINT, Action::Note))?;
    }
    Ok(())
}

fn read_actions(py: Py) {
    let values = (0..NSIG).map(|signal| match sys::action(signal) {
        Ok(Action::Default) => Value::int(DEFAULT),
        Ok(Action::Ignore) => Value::int(IGNORE),
        _ => Value::none(),
    });
    *HANDLERS.get(py).borrow_mut() = values.collect();
}

/// In a forked child: signals that came to the parent are not the child's.
pub fn after_fork(_py: Py) {
    sys::clear_tripped();
    sys::set_main_thread();
}

fn handler(py: Py, signal: i32) -> Value {
    HANDLERS
        .get(py)
        .borrow()
        .get(signal as usize)
        .cloned()
        .unwrap_or_else(Value::none)
}

fn set_handler(py: Py, signal: i32, handler: Value) -> Value {
    let mut handlers = HANDLERS.get(py).borrow_mut();
    match handlers.get_mut(signal as usize) {
        Some(place) => std::mem::replace(place, handler),
        None => Value::none(),
    }
}

/// Runs the handlers of signals that have come; in other threads than the main one it
/// only keeps the note.
pub fn run_handlers(py: Py) -> PyResult<()> {
    if !sys::is_any_tripped() {
        return Ok(());
    }
    if !krait_vm::threads::is_main(py) {
        sys::remind();
        return Ok(());
    }
    report_wakeup_error(py);
    while let Some(signal) = sys::take_next() {
        if interrupts_by_itself(py, signal) {
            sys::remind();
            return Err(keyboard_interrupt(py));
        }
        let handler = handler(py, signal);
        if handler.is_none() || matches!(handler.as_small_int(), Some(DEFAULT | IGNORE)) {
            let _: PyResult<()> =
                raise!(py, OSError, "Signal {signal} ignored due to race condition");
            errors::write_unraisable(py, None, None);
            continue;
        }
        let frame = krait_vm::frame_object(py, 0).map_or_else(Value::none, Value::from);
        if let Err(raised) = protocol::call(py, &handler, &[Value::int(i64::from(signal)), frame]) {
            sys::remind();
            return Err(raised);
        }
    }
    Ok(())
}

/// Whether it is Ctrl-C in a program that has never imported the module, which has the
/// handler: it raises KeyboardInterrupt all the same. (An import would run Python code, for
/// which there may be no room.)
fn interrupts_by_itself(py: Py, signal: i32) -> bool {
    signal == libc::SIGINT
        && handler(py, signal).as_small_int() == Some(DEFAULT)
        && sys::action(signal) == Ok(Action::Note)
}

fn keyboard_interrupt(py: Py) -> krait_object::Raised {
    errors::raise_args(py, &exceptions::KeyboardInterrupt, &[])
}

fn report_wakeup_error(py: Py) {
    if let Some(errno) = sys::take_wakeup_error() {
        let _: PyResult<()> = errors::os_error(py, errno, None, None);
        errors::write_unraisable(
            py,
            Some("Exception ignored while trying to write to the signal wakeup fd"),
            None,
        );
    }
}

/// Simulates the arrival of a signal (`_thread.interrupt_main`), unless Python does not
/// handle it.
pub fn interrupt(py: Py, signal: i32) -> PyResult<()> {
    let signal = check(py, signal)?;
    let handler = handler(py, signal);
    let is_handled =
        !handler.is_none() && !matches!(handler.as_small_int(), Some(DEFAULT | IGNORE));
    if !is_handled && !interrupts_by_itself(py, signal) {
        return Ok(());
    }
    sys::trip(signal);
    crate::blocking::run_signals(py)
}

/// A signal's number, checked.
pub fn check(py: Py, signal: i32) -> PyResult<i32> {
    if !(1..NSIG).contains(&signal) {
        return raise!(py, ValueError, "signal number out of range");
    }
    Ok(signal)
}

/// The numbers of an iterable of signals.
pub fn signal_set(py: Py, signals: &Value) -> PyResult<Vec<i32>> {
    let mut list = Vec::new();
    let mut items = protocol::Iter::new(py, signals)?;
    let valid = sys::valid();
    while let Some(item) = items.next(py)? {
        // What does not fit is as wrong as -1.
        let wide = number::index_to_i128(py, &item)?;
        let signal = wide.and_then(|w| i64::try_from(w).ok()).unwrap_or(-1);
        if !(1..i64::from(NSIG)).contains(&signal) {
            return raise!(
                py,
                ValueError,
                "signal number {signal} out of range [1; {}]",
                NSIG - 1
            );
        }
        if !valid.contains(&(signal as i32)) {
            let text = format!("invalid signal number {signal}, please use valid_signals()");
            errors::warn(py, &exceptions::RuntimeWarning, &text, 1)?;
            continue;
        }
        list.push(signal as i32);
    }
    Ok(list)
}

/// A set of signal numbers.
fn to_set(py: Py, signals: &[i32]) -> PyResult<Owned<Set>> {
    let set = Set::new();
    for &signal in signals {
        set.add(py, &Value::int(i64::from(signal)))?;
    }
    Ok(set)
}

fn signal(py: Py, signum: i32, handler: &Value) -> PyResult {
    if !krait_vm::threads::is_main(py) {
        return raise!(
            py,
            ValueError,
            "signal only works in main thread of the main interpreter"
        );
    }
    let signum = check(py, signum)?;
    let number = number::int_of(handler);
    let (action, new) = match number {
        Some(DEFAULT) => (Action::Default, Value::int(DEFAULT)),
        Some(IGNORE) => (Action::Ignore, Value::int(IGNORE)),
        _ if protocol::call::is_callable(handler) => (Action::Note, handler.clone()),
        _ => {
            return raise!(
                py,
                TypeError,
                "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object"
            );
        }
    };
    crate::blocking::run_signals(py)?;
    os(py, sys::set_action(signum, action))?;
    Ok(set_handler(py, signum, new))
}

fn set_wakeup_fd(py: Py, fd: i32, warn: Option<bool>) -> PyResult<i32> {
    if !krait_vm::threads::is_main(py) {
        return raise!(
            py,
            ValueError,
            "set_wakeup_fd only works in main thread of the main interpreter"
        );
    }
    if fd != -1 {
        os(py, krait_sys::file::fstat(fd))?;
        if os(py, krait_sys::file::is_blocking(fd))? {
            return raise!(py, ValueError, "the fd {fd} must be in non-blocking mode");
        }
    }
    Ok(sys::set_wakeup_fd(fd, warn.unwrap_or(true)))
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    let py = m.py;
    m.text(
        "__doc__",
        "This module provides mechanisms to use signal handlers in Python.",
    )?;
    crate::numbers::add_numbers(m, constants::NUMBERS)?;
    if HANDLERS.get(py).borrow().is_empty() {
        read_actions(py);
    }
    m.function(
        "default_int_handler($module, signalnum, frame, /)",
        |py: Py, _signum: i32, _frame: &Value| -> PyResult { Err(keyboard_interrupt(py)) },
    )?
    .function("signal($module, signalnum, handler, /)", signal)?
    .function("getsignal($module, signalnum, /)", |py: Py, signum: i32| {
        let signum = check(py, signum)?;
        Ok::<Value, krait_object::Raised>(handler(py, signum))
    })?
    .function(
        "raise_signal($module, signalnum, /)",
        |py: Py, signum: i32| {
            os(py, py.allow_threads(|| sys::raise(signum)))?;
            crate::blocking::run_signals(py)
        },
    )?
    .function("strsignal($module, signalnum, /)", |py: Py, signum: i32| {
        let signum = check(py, signum)?;
        let text = sys::strsignal(signum).filter(|t| !t.starts_with(b"Unknown signal"));
        Ok::<_, krait_object::Raised>(text.map(|t| crate::paths::decode(&t)))
    })?
    .function(
        "siginterrupt($module, signalnum, flag, /)",
        |py: Py, signum: i32, flag: i32| {
            let signum = check(py, signum)?;
            os(py, sys::siginterrupt(signum, flag != 0)).map(drop)
        },
    )?
    .function(
        "set_wakeup_fd($module, fd, /, *, warn_on_full_buffer=True)",
        set_wakeup_fd,
    )?
    .function("valid_signals()", |py: Py| to_set(py, &sys::valid()))?
    .function(
        "pthread_kill($module, thread_id, signalnum, /)",
        |py: Py, thread: u64, signum: i32| {
            os(py, sys::pthread_kill(thread, signum))?;
            crate::blocking::run_signals(py)
        },
    )?
    .function(
        "pidfd_send_signal($module, pidfd, signalnum, siginfo=None, flags=0, /)",
        |py: Py, pidfd: i32, signum: i32, info: Option<&Value>, flags: Option<i32>| {
            if info.is_some_and(|i| !i.is_none()) {
                return raise!(py, TypeError, "siginfo must be None");
            }
            os(
                py,
                krait_sys::process::pidfd_send_signal(pidfd, signum, flags.unwrap_or(0) as u32),
            )?;
            crate::blocking::run_signals(py)
        },
    )?;
    timers::define(m)?;
    waiting::define(m)?;
    if HANDLERS
        .get(py)
        .borrow()
        .get(libc::SIGINT as usize)
        .and_then(Value::as_small_int)
        == Some(DEFAULT)
        && sys::action(libc::SIGINT) == Ok(Action::Note)
        && let Some(default) = m.dict().get_str_key(py, intern!("default_int_handler"))
    {
        set_handler(py, libc::SIGINT, default);
    }
    Ok(())
}
