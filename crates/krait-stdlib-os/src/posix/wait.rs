//! Waiting for children, and what their status says.

use krait_object::protocol::number;
use krait_object::{ModuleBuilder, Owned, Py, PyResult, Tuple, Value, raise};
use krait_sys::{libc, process as sys};

use super::structs::{make, waitid_result};
use crate::blocking::{blocking, os};

/// A `resource.struct_rusage`.
fn usage(py: Py, r: &libc::rusage) -> PyResult {
    crate::resource::usage(py, r).map(Value::from)
}

fn wait4(py: Py, pid: i32, options: i32) -> PyResult<Owned<Tuple>> {
    let (pid, status, used) = blocking(py, || sys::wait4(pid, options))?;
    let values = [
        Value::int(i64::from(pid)),
        Value::int(i64::from(status)),
        usage(py, &used)?,
    ];
    Ok(Tuple::from_values(values))
}

fn waitid(py: Py, kind: u32, id: i64, options: i32) -> PyResult<Option<Owned>> {
    let Some(info) = blocking(py, || sys::waitid(kind, id as u32, options))? else {
        return Ok(None);
    };
    let values = [
        i64::from(info.pid),
        i64::from(info.uid),
        i64::from(info.signal),
        i64::from(info.status),
        i64::from(info.code),
    ];
    make(py, waitid_result(py), values.map(Value::int)).map(Some)
}

fn exit_code(py: Py, status: &Value) -> PyResult<i32> {
    let wide = number::index_to_i128(py, status)?;
    let Some(status) = wide.and_then(|w| i32::try_from(w).ok()) else {
        return raise!(
            py,
            OverflowError,
            "Python int too large to convert to C int"
        );
    };
    if libc::WIFEXITED(status) {
        return Ok(libc::WEXITSTATUS(status));
    }
    if libc::WIFSIGNALED(status) {
        return Ok(-libc::WTERMSIG(status));
    }
    if libc::WIFSTOPPED(status) {
        let signal = libc::WSTOPSIG(status);
        return raise!(
            py,
            ValueError,
            "process stopped by delivery of signal {signal}"
        );
    }
    raise!(py, ValueError, "invalid wait status: {status}")
}

fn kill(py: Py, pid: i32, signal: i32) -> PyResult<()> {
    let values = [Value::int(i64::from(pid)), Value::int(i64::from(signal))];
    crate::blocking::audit(py, "os.kill", &values)?;
    os(py, sys::kill(pid, signal))?;
    // A signal to ourselves is handled before the call returns.
    crate::blocking::run_signals(py)
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function("wait()", |py: Py| blocking(py, || sys::waitpid(-1, 0)))?
        .function(
            "waitpid($module, pid, options, /)",
            |py: Py, pid: i32, options: i32| blocking(py, || sys::waitpid(pid, options)),
        )?
        .function("wait3($module, /, options)", |py: Py, options: i32| {
            wait4(py, -1, options)
        })?
        .function("wait4($module, /, pid, options)", wait4)?
        .function("waitid($module, idtype, id, options, /)", waitid)?
        .function("waitstatus_to_exitcode($module, /, status)", exit_code)?
        .function("kill($module, pid, signal, /)", kill)?
        .function(
            "killpg($module, pgid, signal, /)",
            |py: Py, pgid: i32, signal: i32| {
                os(py, sys::killpg(pgid, signal))?;
                crate::blocking::run_signals(py)
            },
        )?
        .function("WCOREDUMP($module, status, /)", |_py, s: i32| {
            libc::WCOREDUMP(s)
        })?
        .function("WIFCONTINUED($module, /, status)", |_py, s: i32| {
            libc::WIFCONTINUED(s)
        })?
        .function("WIFSTOPPED($module, /, status)", |_py, s: i32| {
            libc::WIFSTOPPED(s)
        })?
        .function("WIFSIGNALED($module, /, status)", |_py, s: i32| {
            libc::WIFSIGNALED(s)
        })?
        .function("WIFEXITED($module, /, status)", |_py, s: i32| {
            libc::WIFEXITED(s)
        })?
        .function("WEXITSTATUS($module, /, status)", |_py, s: i32| {
            libc::WEXITSTATUS(s)
        })?
        .function("WTERMSIG($module, /, status)", |_py, s: i32| {
            libc::WTERMSIG(s)
        })?
        .function("WSTOPSIG($module, /, status)", |_py, s: i32| {
            libc::WSTOPSIG(s)
        })?;
    Ok(())
}
