//! What the system says of itself; the environment; randomness.

use krait_object::protocol::{self, number};
use krait_object::{
    Bytes, Dict, Int, ModuleBuilder, Owned, Py, PyResult, Str, Value, errors, intern, raise,
};
use krait_sys::system;
use krait_sys::{environ, file, libc, path};

use super::constants::{CONFSTR, PATHCONF, SYSCONF};
use super::structs::{make, uname_result};
use crate::blocking::{audit, os};
use crate::paths::{FsBytes, PathOrFd, decode};

/// A configuration's number, by name or number.
fn configuration(py: Py, value: &Value, table: &[(&str, i64)]) -> PyResult<i32> {
    if let Some(name) = value.downcast::<Str>() {
        let name = name.to_rust();
        return match table.iter().find(|(n, _)| *n == name) {
            Some((_, number)) => Ok(*number as i32),
            None => raise!(py, ValueError, "unrecognized configuration name"),
        };
    }
    if value.as_small_int().is_none() && value.downcast::<Int>().is_none() {
        return raise!(
            py,
            TypeError,
            "configuration names must be strings or integers"
        );
    }
    let number = number::index_to_i128(py, value)?;
    match number.and_then(|n| i32::try_from(n).ok()) {
        Some(number) => Ok(number),
        None => number::integer_overflow(py, number, "C int", false),
    }
}

fn names(py: Py, table: &[(&str, i64)]) -> PyResult<Owned<Dict>> {
    Dict::from_pairs(
        py,
        table
            .iter()
            .map(|(name, number)| (Value::from(Str::intern(name)), Value::int(*number))),
    )
}

/// A device's number; -1 is none.
pub fn device(py: Py, value: &Value) -> PyResult<u64> {
    let wide = number::index_to_i128(py, value)?;
    match wide {
        Some(-1) => Ok(u64::MAX),
        Some(n) if u64::try_from(n).is_ok() => Ok(n as u64),
        Some(n) if n < 0 => raise!(
            py,
            OverflowError,
            "can't convert negative value to unsigned int"
        ),
        _ => raise!(
            py,
            OverflowError,
            "Python int too large to convert to C unsigned long long"
        ),
    }
}

fn uname(py: Py) -> PyResult<Owned> {
    let parts = os(py, system::uname())?;
    make(py, uname_result(py), parts.map(|p| Value::from(decode(&p))))
}

fn urandom(py: Py, size: isize) -> PyResult<Owned<Bytes>> {
    let Ok(size) = usize::try_from(size) else {
        return raise!(py, ValueError, "negative argument not allowed");
    };
    let mut result = Ok(());
    match Bytes::build(size, |buffer| result = system::random_bytes(buffer)) {
        Some(bytes) => os(py, result).map(|()| bytes),
        None => errors::no_memory(),
    }
}

fn getrandom(py: Py, size: isize, flags: Option<i32>) -> PyResult<Owned<Bytes>> {
    let Ok(size) = usize::try_from(size) else {
        return errors::os_error(py, libc::EINVAL, None, None);
    };
    let mut buffer = Vec::new();
    if buffer.try_reserve_exact(size).is_err() {
        return errors::no_memory();
    }
    buffer.resize(size, 0u8);
    let n = loop {
        match py.allow_threads(|| system::getrandom(&mut buffer, flags.unwrap_or(0) as u32)) {
            Err(krait_sys::Errno(libc::EINTR)) => crate::blocking::run_signals(py)?,
            result => break os(py, result)?,
        }
    };
    Ok(Bytes::new(&buffer[..n]))
}

fn putenv(py: Py, name: FsBytes, value: FsBytes) -> PyResult<()> {
    let (name, value) = (name.0.to_bytes(), value.0.to_bytes());
    if name.contains(&b'=') {
        return raise!(py, ValueError, "illegal environment variable name");
    }
    audit(
        py,
        "os.putenv",
        &[
            Value::from(Bytes::new(name)),
            Value::from(Bytes::new(value)),
        ],
    )?;
    if !environ::set(name, value) {
        return errors::os_error(py, libc::EINVAL, None, None);
    }
    Ok(())
}

fn unsetenv(py: Py, name: FsBytes) -> PyResult<()> {
    audit(
        py,
        "os.unsetenv",
        &[Value::from(Bytes::new(name.0.to_bytes()))],
    )?;
    if !environ::unset(name.0.to_bytes()) {
        return errors::os_error(py, libc::EINVAL, None, None);
    }
    Ok(())
}

fn system_call(py: Py, command: FsBytes) -> PyResult<i32> {
    audit(
        py,
        "os.system",
        &[Value::from(Bytes::new(command.0.to_bytes()))],
    )?;
    let c = &*command.0;
    Ok(py.allow_threads(|| system::system(c)))
}

/// How many processors there are, or are said to be (`-X cpu_count`).
fn cpu_count(py: Py) -> PyResult<Option<i64>> {
    let sys = krait_object::hooks::import_module(py, "sys")?;
    let said = protocol::call_method(py, &sys, intern!("_get_cpu_count_config"), &[])?;
    if let Some(said) = protocol::number::int_of(&said).filter(|&said| said > 0) {
        return Ok(Some(said));
    }
    let found = system::sysconf(libc::_SC_NPROCESSORS_ONLN).ok().flatten();
    Ok(found.filter(|&n| n >= 1))
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    let py = m.py;
    m.value("sysconf_names", Value::from(names(py, SYSCONF)?))?
        .value("pathconf_names", Value::from(names(py, PATHCONF)?))?
        .value("confstr_names", Value::from(names(py, CONFSTR)?))?;
    m.function("sysconf($module, name, /)", |py: Py, name: &Value| {
        let number = configuration(py, name, SYSCONF)?;
        os(py, system::sysconf(number)).map(|v| v.unwrap_or(-1))
    })?
    .function("confstr($module, name, /)", |py: Py, name: &Value| {
        let number = configuration(py, name, CONFSTR)?;
        os(py, system::confstr(number)).map(|v| v.map(|v| decode(&v)))
    })?
    .function(
        "pathconf($module, /, path, name)",
        |py: Py, path: PathOrFd, name: &Value| {
            let number = configuration(py, name, PATHCONF)?;
            path.call_fd(
                py,
                |fd| file::fpathconf(fd, number),
                |c| path::pathconf(c, number),
            )
            .map(|v| v.unwrap_or(-1))
        },
    )?
    .function(
        "fpathconf($module, fd, name, /)",
        |py: Py, fd: crate::numbers::Fd, name: &Value| {
            let number = configuration(py, name, PATHCONF)?;
            os(py, file::fpathconf(fd.0, number)).map(|v| v.unwrap_or(-1))
        },
    )?
    .function("uname()", uname)?
    .function("urandom($module, size, /)", urandom)?
    .function("getrandom($module, /, size, flags=0)", getrandom)?
    .function("strerror($module, code, /)", |_py, code: i32| {
        errors::os_error_text(code)
    })?
    .function("putenv($module, name, value, /)", putenv)?
    .function("unsetenv($module, name, /)", unsetenv)?
    .function("umask($module, mask, /)", |_py, mask: i32| {
        system::umask(mask as u32)
    })?
    .function("sync()", |py: Py| py.allow_threads(system::sync))?
    .function("system($module, /, command)", system_call)?
    .function("cpu_count()", cpu_count)?
    .function("getloadavg()", |py: Py| match system::getloadavg() {
        Some([a, b, c]) => Ok((a, b, c)),
        None => raise!(py, OSError, "Load averages are unobtainable"),
    })?
    .function("major($module, device, /)", |py: Py, value: &Value| {
        device(py, value).map(|d| {
            if d == u64::MAX {
                -1
            } else {
                i64::from(libc::major(d))
            }
        })
    })?
    .function("minor($module, device, /)", |py: Py, value: &Value| {
        device(py, value).map(|d| {
            if d == u64::MAX {
                -1
            } else {
                i64::from(libc::minor(d))
            }
        })
    })?
    .function(
        "makedev($module, major, minor, /)",
        |py: Py, major: &Value, minor: &Value| -> PyResult<Value> {
            let (major, minor) = (device(py, major)?, device(py, minor)?);
            if major == u64::MAX && minor == u64::MAX {
                return Ok(Value::int(-1));
            }
            if major > u64::from(u32::MAX) || minor > u64::from(u32::MAX) {
                return krait_object::raise!(
                    py,
                    OverflowError,
                    "Python int too large to convert to C unsigned int"
                );
            }
            Ok(crate::numbers::unsigned(libc::makedev(
                major as u32,
                minor as u32,
            )))
        },
    )?;
    Ok(())
}
