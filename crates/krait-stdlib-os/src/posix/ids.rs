//! Identities of the process: users, groups, sessions.

use krait_object::protocol::number;
use krait_object::{List, ModuleBuilder, Owned, Py, PyResult, Value, protocol, raise};
use krait_sys::process as sys;

use crate::blocking::os;
use crate::numbers::{Gid, Uid, id_value};
use crate::paths::FsBytes;

fn ids(list: &[u32]) -> Owned<List> {
    List::from_values(list.iter().map(|&id| id_value(id)))
}

fn setgroups(py: Py, groups: &Value) -> PyResult<()> {
    if !groups.as_object().is_some_and(protocol::iter::is_sequence) {
        return raise!(py, TypeError, "setgroups argument must be a sequence");
    }
    let mut list = Vec::new();
    for item in protocol::iter::collect(py, groups)? {
        if !number::is_index(&item) {
            return raise!(py, TypeError, "groups must be integers");
        }
        list.push(Gid::of(py, &item)?);
    }
    os(py, sys::setgroups(&list)).map(drop)
}

fn getgrouplist(py: Py, user: FsBytes, group: Gid) -> PyResult<Owned<List>> {
    match sys::getgrouplist(&user.0, group.0) {
        Some(list) => Ok(ids(&list)),
        None => raise!(py, OSError, "the group list cannot be read"),
    }
}

fn three((a, b, c): (u32, u32, u32)) -> (Value, Value, Value) {
    (id_value(a), id_value(b), id_value(c))
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function("getpid()", |_py| sys::getpid())?
        .function("getppid()", |_py| sys::getppid())?
        .function("getpgrp()", |_py| sys::getpgrp())?
        .function("getuid()", |_py| id_value(sys::getuid()))?
        .function("geteuid()", |_py| id_value(sys::geteuid()))?
        .function("getgid()", |_py| id_value(sys::getgid()))?
        .function("getegid()", |_py| id_value(sys::getegid()))?
        .function("getresuid()", |py: Py| os(py, sys::getresuid()).map(three))?
        .function("getresgid()", |py: Py| os(py, sys::getresgid()).map(three))?
        .function("getgroups()", |py: Py| {
            os(py, sys::getgroups()).map(|g| ids(&g))
        })?
        .function("setgroups($module, groups, /)", setgroups)?
        .function("getgrouplist($module, user, group, /)", getgrouplist)?
        .function(
            "initgroups($module, username, gid, /)",
            |py: Py, user: FsBytes, gid: Gid| os(py, sys::initgroups(&user.0, gid.0)).map(drop),
        )?
        .function("getlogin()", |py: Py| {
            os(py, sys::getlogin()).map(|n| crate::paths::decode(&n))
        })?
        .function("getpgid($module, /, pid)", |py: Py, pid: i32| {
            os(py, sys::getpgid(pid))
        })?
        .function("getsid($module, pid, /)", |py: Py, pid: i32| {
            os(py, sys::getsid(pid))
        })?
        .function("setsid()", |py: Py| os(py, sys::setsid()).map(drop))?
        .function(
            "setpgid($module, pid, pgrp, /)",
            |py: Py, pid: i32, group: i32| os(py, sys::setpgid(pid, group)).map(drop),
        )?
        .function("setpgrp()", |py: Py| os(py, sys::setpgid(0, 0)).map(drop))?
        .function("setuid($module, uid, /)", |py: Py, id: Uid| {
            os(py, sys::setuid(id.0)).map(drop)
        })?
        .function("setgid($module, gid, /)", |py: Py, id: Gid| {
            os(py, sys::setgid(id.0)).map(drop)
        })?
        .function("seteuid($module, euid, /)", |py: Py, id: Uid| {
            os(py, sys::seteuid(id.0)).map(drop)
        })?
        .function("setegid($module, egid, /)", |py: Py, id: Gid| {
            os(py, sys::setegid(id.0)).map(drop)
        })?
        .function(
            "setreuid($module, ruid, euid, /)",
            |py: Py, r: Uid, e: Uid| os(py, sys::setreuid(r.0, e.0)).map(drop),
        )?
        .function(
            "setregid($module, rgid, egid, /)",
            |py: Py, r: Gid, e: Gid| os(py, sys::setregid(r.0, e.0)).map(drop),
        )?
        .function(
            "setresuid($module, ruid, euid, suid, /)",
            |py: Py, r: Uid, e: Uid, s: Uid| os(py, sys::setresuid(r.0, e.0, s.0)).map(drop),
        )?
        .function(
            "setresgid($module, rgid, egid, sgid, /)",
            |py: Py, r: Gid, e: Gid, s: Gid| os(py, sys::setresgid(r.0, e.0, s.0)).map(drop),
        )?;
    Ok(())
}
