//! `_posixsubprocess`: starting the child of `subprocess`.

use std::ffi::CString;

use krait_object::native::module::NativeModule;
use krait_object::protocol::{self, number};
use krait_object::{
    Args, Bytes, List, ModuleBuilder, Py, PyResult, Tuple, Value, errors, exceptions, interpreter,
    raise,
};
use krait_sys::spawn::Child;

use crate::numbers::{Gid, Uid};
use crate::paths::fs_converter;

pub const MODULE: NativeModule = NativeModule {
    name: "_posixsubprocess",
    init,
};

/// How many arguments `fork_exec` takes.
const ARGUMENTS: usize = 22;

fn int(py: Py, value: &Value) -> PyResult<i32> {
    let wide = number::index_to_i128(py, value)?;
    match wide.and_then(|w| i32::try_from(w).ok()) {
        Some(n) => Ok(n),
        None => number::integer_overflow(py, wide, "C int", false),
    }
}

fn flag(py: Py, value: &Value) -> PyResult<bool> {
    protocol::truth(py, value)
}

/// Paths or arguments of any sequence.
fn strings(py: Py, value: &Value) -> PyResult<Vec<CString>> {
    let items = protocol::iter::collect(py, value)?;
    items.iter().map(|item| fs_converter(py, item)).collect()
}

/// Byte strings as they are.
fn raw_strings(py: Py, value: &Value, what: &str) -> PyResult<Vec<CString>> {
    let items = match (value.downcast::<Tuple>(), value.downcast::<List>()) {
        (None, None) => protocol::iter::collect(py, value)?,
        (Some(tuple), _) => tuple.as_values().to_vec(),
        (_, Some(list)) => list.to_vec().into_iter().map(Value::from).collect(),
    };
    let mut out = Vec::with_capacity(items.len());
    for item in items {
        let Some(bytes) = item.downcast::<Bytes>() else {
            return raise!(
                py,
                TypeError,
                "{what} must be bytes, not {}",
                item.ty().short_name()
            );
        };
        match CString::new(bytes.as_slice()) {
            Ok(c) => out.push(c),
            Err(_) => return raise!(py, ValueError, "embedded null byte"),
        }
    }
    Ok(out)
}

/// Descriptors that stay open: sorted, each once.
fn descriptors(py: Py, value: &Value) -> PyResult<Vec<i32>> {
    let Some(tuple) = value.downcast::<Tuple>() else {
        return raise!(
            py,
            TypeError,
            "fork_exec() argument 4 must be tuple, not {}",
            value.ty().short_name()
        );
    };
    let mut list: Vec<i32> = Vec::new();
    for item in tuple.as_values().to_vec() {
        let fd = number::int_of(&item)
            .and_then(|n| i32::try_from(n).ok())
            .filter(|&n| n >= 0);
        match fd {
            Some(fd) if list.last().is_none_or(|&last| last < fd) => list.push(fd),
            _ => return raise!(py, ValueError, "bad value(s) in fds_to_keep"),
        }
    }
    Ok(list)
}

fn optional<T>(value: &Value, convert: impl FnOnce(&Value) -> PyResult<T>) -> PyResult<Option<T>> {
    if value.is_none() {
        Ok(None)
    } else {
        convert(value).map(Some)
    }
}

fn groups(py: Py, value: &Value) -> PyResult<Vec<u32>> {
    if value.downcast::<List>().is_none() {
        return raise!(py, TypeError, "setgroups argument must be a list");
    }
    let items = protocol::iter::collect(py, value)?;
    if items.len() > 65536 {
        return raise!(py, ValueError, "too many extra_groups");
    }
    items
        .iter()
        .map(|item| {
            let gid = Gid::of(py, item);
            match errors::suppress(py, gid, &exceptions::OverflowError)? {
                Some(gid) => Ok(gid),
                None => raise!(py, ValueError, "invalid group id"),
            }
        })
        .collect()
}

fn child(py: Py, a: &[Value]) -> PyResult<Child> {
    let close_fds = flag(py, &a[2])?;
    let errpipe_write = int(py, &a[13])?;
    if close_fds && errpipe_write < 3 {
        return raise!(py, ValueError, "errpipe_write must be >= 3");
    }
    let arguments = if a[0].is_none() {
        Vec::new()
    } else {
        strings(py, &a[0])?
    };
    Ok(Child {
        executables: raw_strings(py, &a[1], "executable_list")?,
        arguments,
        environment: optional(&a[5], |env| raw_strings(py, env, "env"))?,
        close_fds,
        keep: descriptors(py, &a[3])?,
        cwd: optional(&a[4], |cwd| fs_converter(py, cwd))?,
        p2cread: int(py, &a[6])?,
        p2cwrite: int(py, &a[7])?,
        c2pread: int(py, &a[8])?,
        c2pwrite: int(py, &a[9])?,
        errread: int(py, &a[10])?,
        errwrite: int(py, &a[11])?,
        errpipe_read: int(py, &a[12])?,
        errpipe_write,
        restore_signals: flag(py, &a[14])?,
        setsid: flag(py, &a[15])?,
        pgid: int(py, &a[16])?,
        gid: optional(&a[17], |gid| Gid::of(py, gid))?,
        groups: optional(&a[18], |list| groups(py, list))?,
        uid: optional(&a[19], |uid| Uid::of(py, uid))?,
        umask: int(py, &a[20])?,
    })
}

/// Forks with `preexec_fn`, which runs in the child as ordinary Python code.
fn fork_with_python(py: Py, child: &Child, preexec: &Value) -> PyResult<i32> {
    let prepared = child.prepare();
    let pid = crate::posix::process::fork_with(py, krait_sys::process::fork)?;
    if pid == 0 {
        let mut call = || protocol::call(py, preexec, &[]).is_ok();
        prepared.run(Some(&mut call));
    }
    Ok(pid)
}

fn fork_exec(py: Py, args: Args<'_>) -> PyResult<i32> {
    let a = args.0;
    if a.len() != ARGUMENTS {
        return raise!(
            py,
            TypeError,
            "fork_exec expected {ARGUMENTS} arguments, got {}",
            a.len()
        );
    }
    let child = child(py, a)?;
    let told = [a[1].clone(), a[0].clone(), a[5].clone()];
    crate::blocking::audit(py, "_posixsubprocess.fork_exec", &told)?;
    if !a[21].is_none() {
        let text = "preexec_fn not supported at interpreter shutdown";
        crate::thread::handle::check_not_ending(py, text)?;
        if !interpreter::in_main(py) {
            return raise!(
                py,
                RuntimeError,
                "preexec_fn not supported within subinterpreters"
            );
        }
        return fork_with_python(py, &child, &a[21]);
    }
    match child.fork() {
        Ok(pid) => Ok(pid),
        Err(error) => crate::blocking::fail(py, error),
    }
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.text("__doc__", "A POSIX helper for the subprocess module.")?
        .function("fork_exec(*args)", fork_exec)?;
    Ok(())
}
