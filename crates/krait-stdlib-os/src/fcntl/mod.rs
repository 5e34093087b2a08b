//! `fcntl`: control of open files, and locks on them.

use krait_object::native::module::NativeModule;
use krait_object::protocol::number;
use krait_object::types::buffer::{self, Buffer};
use krait_object::{Bytes, ModuleBuilder, Py, PyResult, Str, Value, raise};
use krait_sys::{Errno, file, libc};

use crate::blocking::{audit, blocking, fail, os, retry, run_signals};
use crate::numbers::Fd;

mod constants;

pub const MODULE: NativeModule = NativeModule {
    name: "fcntl",
    init,
};

/// The longest struct that is copied for a call.
const ROOM: usize = 1024;

/// The third argument: a number, or bytes that the call may change.
enum Argument {
    Number(i64),
    Bytes(Vec<u8>),
}

fn argument(py: Py, name: &str, value: Option<&Value>) -> PyResult<Argument> {
    let Some(value) = value else {
        return Ok(Argument::Number(0));
    };
    if number::is_index(value) {
        return Ok(Argument::Number(low_bits(py, value)?));
    }
    let bytes = if let Some(text) = value.downcast::<Str>() {
        text.to_utf8(py)?.as_bytes().to_vec()
    } else if buffer::has_buffer(value) {
        Buffer::new(py, value)?.as_slice().to_vec()
    } else {
        let got = value.ty().short_name();
        return raise!(
            py,
            TypeError,
            "{name}() argument 3 must be an integer, a bytes-like object, or a string, not {got}"
        );
    };
    if bytes.len() > ROOM {
        return raise!(py, ValueError, "{name} argument 3 is too long");
    }
    Ok(Argument::Bytes(bytes))
}

/// The low 32 bits of a number, as C's `int` takes them.
fn low_bits(py: Py, value: &Value) -> PyResult<i64> {
    match number::index_to_i128(py, value)? {
        Some(n) => Ok(i64::from(n as u32 as i32)),
        None => Ok(0),
    }
}

/// A copy with room behind, in case the kernel's struct is longer.
fn with_room(bytes: &[u8]) -> Vec<u8> {
    let mut copy = bytes.to_vec();
    copy.resize(ROOM + 64, 0);
    copy
}

fn fcntl(py: Py, fd: Fd, command: &Value, arg: Option<&Value>) -> PyResult {
    let wide = number::index_to_i128(py, command)?;
    let Some(command) = wide.and_then(|w| i32::try_from(w).ok()) else {
        return raise!(
            py,
            OverflowError,
            "Python int too large to convert to C int"
        );
    };
    audit(
        py,
        "fcntl.fcntl",
        &[Value::int(i64::from(fd.0)), Value::int(i64::from(command))],
    )?;
    match argument(py, "fcntl", arg)? {
        Argument::Number(n) => {
            blocking(py, || file::fcntl(fd.0, command, n)).map(|r| Value::int(i64::from(r)))
        }
        Argument::Bytes(bytes) => {
            let changed = blocking(py, || {
                let mut copy = with_room(&bytes);
                file::fcntl_buffer(fd.0, command, &mut copy).map(|_| copy)
            })?;
            Ok(Value::from(Bytes::new(&changed[..bytes.len()])))
        }
    }
}

/// A request's number; C takes its low bits.
fn request_of(py: Py, value: &Value) -> PyResult<u64> {
    match number::index_to_i128(py, value)? {
        Some(n) => Ok(n as u64),
        None => raise!(
            py,
            OverflowError,
            "Python int too large to convert to C unsigned long"
        ),
    }
}

fn ioctl(py: Py, fd: Fd, request: &Value, arg: Option<&Value>, mutate: Option<bool>) -> PyResult {
    let request = request_of(py, request)?;
    audit(
        py,
        "fcntl.ioctl",
        &[
            Value::int(i64::from(fd.0)),
            crate::numbers::unsigned(request),
        ],
    )?;
    if let Some(value) = arg
        && mutate.unwrap_or(true)
        && value.downcast::<Bytes>().is_none()
        && value.downcast::<Str>().is_none()
        && buffer::has_buffer(value)
        && let Ok(target) = Buffer::writable(py, value)
    {
        return change_in_place(py, fd.0, request, &target);
    }
    drop(py.thread().take_exception());
    match argument(py, "ioctl", arg)? {
        Argument::Number(n) => {
            blocking(py, || file::ioctl(fd.0, request, n)).map(|r| Value::int(i64::from(r)))
        }
        Argument::Bytes(bytes) => {
            let changed = blocking(py, || {
                let mut copy = with_room(&bytes);
                file::ioctl_buffer(fd.0, request, &mut copy).map(|_| copy)
            })?;
            Ok(Value::from(Bytes::new(&changed[..bytes.len()])))
        }
    }
}

/// The call on the caller's own buffer, through a copy where that is short.
fn change_in_place(py: Py, fd: i32, request: u64, target: &Buffer) -> PyResult {
    let len = target.len();
    let mut copy = if len <= ROOM {
        with_room(target.as_slice())
    } else {
        target.as_slice().to_vec()
    };
    let result = loop {
        match py.allow_threads(|| file::ioctl_buffer(fd, request, &mut copy)) {
            Err(Errno(libc::EINTR)) => run_signals(py)?,
            result => break result,
        }
    };
    if let Some(room) = target.as_mut_slice() {
        room.copy_from_slice(&copy[..len]);
    }
    os(py, result).map(|r| Value::int(i64::from(r)))
}

fn flock(py: Py, fd: Fd, operation: i32) -> PyResult<()> {
    let values = [
        Value::int(i64::from(fd.0)),
        Value::int(i64::from(operation)),
    ];
    audit(py, "fcntl.flock", &values)?;
    blocking(py, || file::flock(fd.0, operation)).map(drop)
}

fn offset(py: Py, value: Option<&Value>) -> PyResult<i64> {
    let Some(value) = value else { return Ok(0) };
    let wide = number::index_to_i128(py, value)?;
    match wide.and_then(|w| i64::try_from(w).ok()) {
        Some(n) => Ok(n),
        None => raise!(
            py,
            OverflowError,
            "Python int too large to convert to C long"
        ),
    }
}

fn lockf(
    py: Py,
    fd: Fd,
    command: i32,
    len: Option<&Value>,
    start: Option<&Value>,
    whence: Option<i32>,
) -> PyResult<()> {
    audit(
        py,
        "fcntl.lockf",
        &[Value::int(i64::from(fd.0)), Value::int(i64::from(command))],
    )?;
    let kind = if command == libc::LOCK_UN {
        libc::F_UNLCK
    } else if command & libc::LOCK_SH != 0 {
        libc::F_RDLCK
    } else if command & libc::LOCK_EX != 0 {
        libc::F_WRLCK
    } else {
        return raise!(py, ValueError, "unrecognized lockf argument");
    };
    let (start, len) = (offset(py, start)?, offset(py, len)?);
    let wait = if command & libc::LOCK_NB != 0 {
        libc::F_SETLK
    } else {
        libc::F_SETLKW
    };
    // `struct flock`: kind, whence, start, length, pid.
    let mut lock = [0u8; 32];
    lock[0..2].copy_from_slice(&(kind as i16).to_ne_bytes());
    lock[2..4].copy_from_slice(&(whence.unwrap_or(0) as i16).to_ne_bytes());
    lock[8..16].copy_from_slice(&start.to_ne_bytes());
    lock[16..24].copy_from_slice(&len.to_ne_bytes());
    match retry(py, || file::fcntl_buffer(fd.0, wait, &mut lock.clone()))? {
        Ok(_) => Ok(()),
        Err(error) => fail(py, error),
    }
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    crate::numbers::add_numbers(m, constants::NUMBERS)?;
    m.function("fcntl($module, fd, cmd, arg=0, /)", fcntl)?
        .function(
            "ioctl($module, fd, request, arg=0, mutate_flag=True, /)",
            ioctl,
        )?
        .function("flock($module, fd, operation, /)", flock)?
        .function(
            "lockf($module, fd, cmd, len=0, start=0, whence=0, /)",
            lockf,
        )?;
    Ok(())
}
