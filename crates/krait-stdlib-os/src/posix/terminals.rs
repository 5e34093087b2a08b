//! Terminals and pseudo-terminals.

use krait_object::{ModuleBuilder, Py, PyResult, Value};
use krait_sys::{file, libc};

use super::structs::{make, terminal_size};
use crate::blocking::{blocking, os};
use crate::paths::decode;

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function(
        "get_terminal_size($module, fd=<unrepresentable>, /)",
        |py: Py, fd: Option<i32>| {
            let size = os(py, file::window_size(fd.unwrap_or(1)))?;
            let values = [size.ws_col, size.ws_row].map(|n| Value::int(i64::from(n)));
            make(py, terminal_size(py), values)
        },
    )?
    .function("ttyname($module, fd, /)", |py: Py, fd: i32| {
        os(py, file::ttyname(fd)).map(|n| decode(&n))
    })?
    .function(
        "ptsname($module, fd, /)",
        |py: Py, fd: crate::numbers::Fd| os(py, file::ptsname(fd.0)).map(|n| decode(&n)),
    )?
    .function("ctermid()", |_py| "/dev/tty")?
    .function("tcgetpgrp($module, fd, /)", |py: Py, fd: i32| {
        os(py, file::tcgetpgrp(fd))
    })?
    .function(
        "tcsetpgrp($module, fd, pgid, /)",
        |py: Py, fd: i32, pgid: i32| os(py, file::tcsetpgrp(fd, pgid)).map(drop),
    )?
    .function("openpty()", |py: Py| {
        let (master, slave) = os(py, file::openpty())?;
        for fd in [master, slave] {
            os(py, file::set_inheritable(fd, false))?;
        }
        Ok::<_, krait_object::Raised>((master, slave))
    })?
    .function(
        "login_tty($module, fd, /)",
        |py: Py, fd: crate::numbers::Fd| os(py, file::login_tty(fd.0)).map(drop),
    )?
    .function("posix_openpt($module, oflag, /)", |py: Py, flags: i32| {
        os(py, file::posix_openpt(flags | libc::O_CLOEXEC))
    })?
    .function(
        "grantpt($module, fd, /)",
        |py: Py, fd: crate::numbers::Fd| blocking(py, || file::grantpt(fd.0)).map(drop),
    )?
    .function(
        "unlockpt($module, fd, /)",
        |py: Py, fd: crate::numbers::Fd| os(py, file::unlockpt(fd.0)).map(drop),
    )?;
    Ok(())
}
