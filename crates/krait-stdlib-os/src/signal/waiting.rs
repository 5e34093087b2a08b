//! Signal masks, and waiting for signals.

use std::time::{Duration, Instant};

use krait_object::types::structseq;
use krait_object::{Layout, ModuleBuilder, Owned, Py, PyResult, Value, raise};
use krait_sys::signal as sys;
use krait_sys::{Errno, libc};

use super::{signal_set, to_set};
use crate::blocking::{fail, os, run_signals};
use crate::time::convert::{Round, nanoseconds};

structseqs! {
    struct_siginfo "signal.struct_siginfo" "struct_siginfo: Result from sigwaitinfo or sigtimedwait.\n\nThis object may be accessed either as a tuple of\n(si_signo, si_code, si_errno, si_pid, si_uid, si_status, si_band),\nor via the attributes si_signo, si_code, and so on." 7 [
        "si_signo" "signal number",
        "si_code" "signal code",
        "si_errno" "errno associated with this signal",
        "si_pid" "sending process ID",
        "si_uid" "real user ID of sending process",
        "si_status" "exit value or signal",
        "si_band" "band event for SIGPOLL",
    ];
}

fn info(py: Py, i: &sys::Info) -> PyResult<Owned> {
    let numbers = [
        i64::from(i.signal),
        i64::from(i.code),
        i64::from(i.errno),
        i64::from(i.pid),
        i64::from(i.uid),
        i64::from(i.status),
        i.band,
    ];
    structseq::make(py, struct_siginfo(py), numbers.map(Value::int))
}

fn wait(py: Py, signals: &[i32], timeout: Option<Duration>) -> PyResult<Option<Owned>> {
    let end = timeout.map(|t| Instant::now() + t);
    loop {
        let left = end.map(|end| end.saturating_duration_since(Instant::now()));
        match py.allow_threads(|| sys::sigtimedwait(signals, left)) {
            Ok(found) => return info(py, &found).map(Some),
            Err(Errno(libc::EINTR)) => {
                run_signals(py)?;
                if end.is_some_and(|end| Instant::now() >= end) {
                    return Ok(None);
                }
            }
            Err(Errno(libc::EAGAIN)) if timeout.is_some() => return Ok(None),
            Err(error) => return fail(py, error),
        }
    }
}

fn sigtimedwait(py: Py, signals: &Value, timeout: &Value) -> PyResult<Option<Owned>> {
    let signals = signal_set(py, signals)?;
    let timeout = nanoseconds(py, timeout, Round::Ceiling)?;
    let Ok(timeout) = u64::try_from(timeout) else {
        return raise!(py, ValueError, "timeout must be non-negative");
    };
    wait(py, &signals, Some(Duration::from_nanos(timeout)))
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.value(
        "struct_siginfo",
        Value::from(struct_siginfo(m.py).to_owned()),
    )?
    .function(
        "pthread_sigmask($module, how, mask, /)",
        |py: Py, how: i32, mask: &Value| {
            let mask = signal_set(py, mask)?;
            let old = os(py, sys::pthread_sigmask(how, &mask))?;
            run_signals(py)?;
            to_set(py, &old)
        },
    )?
    .function("sigpending()", |py: Py| {
        let pending = os(py, sys::sigpending())?;
        to_set(py, &pending)
    })?
    .function("sigwait($module, sigset, /)", |py: Py, signals: &Value| {
        let signals = signal_set(py, signals)?;
        os(py, py.allow_threads(|| sys::sigwait(&signals)))
    })?
    .function(
        "sigwaitinfo($module, sigset, /)",
        |py: Py, signals: &Value| {
            let signals = signal_set(py, signals)?;
            wait(py, &signals, None)
        },
    )?
    .function("sigtimedwait($module, sigset, timeout, /)", sigtimedwait)?;
    Ok(())
}
