//! Open files: reading, writing, duplicating, their flags and state.

use krait_object::protocol;
use krait_object::types::buffer::Buffer;
use krait_object::{Bytes, ModuleBuilder, Owned, Py, PyResult, Value, errors, raise};
use krait_sys::file;
use krait_sys::libc;

use crate::blocking::{Data, DataMut, audit, blocking, os, retry};
use crate::numbers::Fd;

/// Bytes of at most so many, as a call fills them.
fn filled(
    py: Py,
    size: isize,
    call: impl Fn(usize) -> krait_sys::Result<Vec<u8>> + Sync,
) -> PyResult<Owned<Bytes>> {
    if size < 0 {
        return errors::os_error(py, libc::EINVAL, None, None);
    }
    let data = blocking(py, || call(size as usize))?;
    Ok(Bytes::new(&data))
}

fn pread(fd: i32, size: usize, offset: i64) -> krait_sys::Result<Vec<u8>> {
    let mut buffer = Vec::new();
    if buffer.try_reserve_exact(size).is_err() {
        return Err(krait_sys::Errno(libc::ENOMEM));
    }
    buffer.resize(size, 0);
    let n = file::pread(fd, &mut buffer, offset)?;
    buffer.truncate(n);
    Ok(buffer)
}

/// A read into a buffer: the slice is lent anew for each try.
fn read_into(
    py: Py,
    buffer: &Buffer,
    read: impl Fn(&mut [u8]) -> krait_sys::Result<usize> + Sync,
) -> PyResult<usize> {
    loop {
        let Some(room) = buffer.as_mut_slice() else {
            return raise!(py, TypeError, "a writable buffer is required");
        };
        match py.allow_threads(|| read(room)) {
            Err(krait_sys::Errno(libc::EINTR)) => crate::blocking::run_signals(py)?,
            result => return os(py, result),
        }
    }
}

/// The buffers of a sequence.
fn buffers(py: Py, function: &str, value: &Value, writable: bool) -> PyResult<Vec<Buffer>> {
    if !value.as_object().is_some_and(protocol::iter::is_sequence) {
        return raise!(py, TypeError, "{function}() arg 2 must be a sequence");
    }
    let items = protocol::iter::collect(py, value)?;
    let make = if writable {
        Buffer::writable
    } else {
        Buffer::new
    };
    items.iter().map(|item| make(py, item)).collect()
}

fn readv(py: Py, fd: i32, list: &Value, at: Option<(i64, i32)>) -> PyResult<usize> {
    let name = if at.is_some() { "preadv" } else { "readv" };
    let list = buffers(py, name, list, true)?;
    loop {
        let mut rooms: Vec<&mut [u8]> = list.iter().filter_map(Buffer::as_mut_slice).collect();
        let result = py.allow_threads(|| match at {
            None => file::readv(fd, &mut rooms),
            Some((offset, flags)) => file::preadv(fd, &mut rooms, offset, flags),
        });
        match result {
            Err(krait_sys::Errno(libc::EINTR)) => crate::blocking::run_signals(py)?,
            result => return os(py, result),
        }
    }
}

fn writev(py: Py, fd: i32, list: &Value, at: Option<(i64, i32)>) -> PyResult<usize> {
    let name = if at.is_some() { "pwritev" } else { "writev" };
    let list = buffers(py, name, list, false)?;
    let slices: Vec<&[u8]> = list.iter().map(Buffer::as_slice).collect();
    blocking(py, || match at {
        None => file::writev(fd, &slices),
        Some((offset, flags)) => file::pwritev(fd, &slices, offset, flags),
    })
}

fn close(py: Py, fd: i32) -> PyResult<()> {
    // After EINTR the state of the descriptor is unknown; it is not closed again.
    match py.allow_threads(|| file::close(fd)) {
        Err(krait_sys::Errno(libc::EINTR)) => crate::blocking::run_signals(py),
        result => os(py, result).map(drop),
    }
}

fn dup2(py: Py, fd: i32, to: i32, inheritable: Option<bool>) -> PyResult<i32> {
    if fd < 0 || to < 0 {
        return errors::os_error(py, libc::EBADF, None, None);
    }
    let result = if inheritable.unwrap_or(true) {
        retry(py, || file::dup2(fd, to))?
    } else {
        retry(py, || {
            if fd == to {
                file::set_inheritable(fd, false).map(|()| to)
            } else {
                file::dup3(fd, to, libc::O_CLOEXEC)
            }
        })?
    };
    os(py, result)
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function("close($module, /, fd)", close)?
        .function(
            "closerange($module, fd_low, fd_high, /)",
            |py: Py, low: i32, high: i32| py.allow_threads(|| file::close_range(low, high)),
        )?
        .function(
            "read($module, fd, length, /)",
            |py: Py, fd: i32, size: isize| {
                filled(py, size, |n| file::read_vec(fd, n.min(0x7fff_f000)))
            },
        )?
        .function(
            "readinto($module, fd, buffer, /)",
            |py: Py, fd: i32, buffer: DataMut| read_into(py, &buffer, |room| file::read(fd, room)),
        )?
        .function(
            "pread($module, fd, length, offset, /)",
            |py: Py, fd: i32, size: isize, offset: i64| filled(py, size, |n| pread(fd, n, offset)),
        )?
        .function(
            "write($module, fd, data, /)",
            |py: Py, fd: i32, data: Data| {
                let bytes = data.as_slice();
                blocking(py, || file::write(fd, bytes))
            },
        )?
        .function(
            "pwrite($module, fd, buffer, offset, /)",
            |py: Py, fd: i32, data: Data, offset: i64| {
                let bytes = data.as_slice();
                blocking(py, || file::pwrite(fd, bytes, offset))
            },
        )?
        .function(
            "readv($module, fd, buffers, /)",
            |py: Py, fd: i32, list: &Value| readv(py, fd, list, None),
        )?
        .function(
            "writev($module, fd, buffers, /)",
            |py: Py, fd: i32, list: &Value| writev(py, fd, list, None),
        )?
        .function(
            "preadv($module, fd, buffers, offset, flags=0, /)",
            |py: Py, fd: i32, list: &Value, offset: i64, flags: Option<i32>| {
                readv(py, fd, list, Some((offset, flags.unwrap_or(0))))
            },
        )?
        .function(
            "pwritev($module, fd, buffers, offset, flags=0, /)",
            |py: Py, fd: i32, list: &Value, offset: i64, flags: Option<i32>| {
                writev(py, fd, list, Some((offset, flags.unwrap_or(0))))
            },
        )?
        .function(
            "lseek($module, fd, position, whence, /)",
            |py: Py, fd: i32, position: i64, whence: i32| {
                os(py, py.allow_threads(|| file::lseek(fd, position, whence)))
            },
        )?
        .function("isatty($module, fd, /)", |py: Py, fd: i32| {
            py.allow_threads(|| file::isatty(fd))
        })?
        .function("dup($module, fd, /)", |py: Py, fd: i32| {
            os(py, file::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0))
        })?
        .function("dup2($module, /, fd, fd2, inheritable=True)", dup2)?
        .function("pipe()", |py: Py| os(py, file::pipe2(libc::O_CLOEXEC)))?
        .function("pipe2($module, flags, /)", |py: Py, flags: i32| {
            os(py, file::pipe2(flags))
        })?
        .function("fsync($module, /, fd)", |py: Py, fd: Fd| {
            blocking(py, || file::fsync(fd.0)).map(drop)
        })?
        .function("fdatasync($module, /, fd)", |py: Py, fd: Fd| {
            blocking(py, || file::fdatasync(fd.0)).map(drop)
        })?
        .function(
            "ftruncate($module, fd, length, /)",
            |py: Py, fd: i32, length: i64| {
                let told = [i64::from(fd), length].map(Value::int);
                audit(py, "os.truncate", &told)?;
                blocking(py, || file::ftruncate(fd, length)).map(drop)
            },
        )?
        .function(
            "lockf($module, fd, command, length, /)",
            |py: Py, fd: i32, command: i32, length: i64| {
                let told = [i64::from(fd), i64::from(command), length].map(Value::int);
                audit(py, "os.lockf", &told)?;
                os(py, py.allow_threads(|| file::lockf(fd, command, length))).map(drop)
            },
        )?
        .function("get_inheritable($module, fd, /)", |py: Py, fd: i32| {
            os(py, file::is_inheritable(fd))
        })?
        .function(
            "set_inheritable($module, fd, inheritable, /)",
            |py: Py, fd: i32, inheritable: i32| os(py, file::set_inheritable(fd, inheritable != 0)),
        )?
        .function("get_blocking($module, fd, /)", |py: Py, fd: i32| {
            os(py, file::is_blocking(fd))
        })?
        .function(
            "set_blocking($module, fd, blocking, /)",
            |py: Py, fd: i32, on: bool| os(py, file::set_blocking(fd, on)),
        )?
        .function("device_encoding($module, /, fd)", |py: Py, fd: i32| {
            py.allow_threads(|| file::isatty(fd)).then_some("utf-8")
        })?;
    Ok(())
}
