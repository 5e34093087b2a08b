//! `select.epoll`.
//!
//! What always holds: `fd` is -1 once the object is closed.

use std::cell::Cell;
use std::time::Duration;

use krait_object::native::{Class, TypeBuilder};
use krait_object::protocol::number;
use krait_object::{
    Instance, Layout, List, Owned, Py, PyResult, Tuple, Type, Value, class_cell, raise,
};
use krait_sys::libc::{
    EPOLL_CLOEXEC, EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLL_CTL_MOD, EPOLLIN, EPOLLOUT, EPOLLPRI,
};
use krait_sys::{file, poll as sys};

use crate::blocking::os;
use crate::numbers::Fd;

/// An epoll object's descriptor.
pub struct Epoll {
    fd: Cell<i32>,
}

type This = Instance<Epoll>;

impl Epoll {
    fn open(&self, py: Py) -> PyResult<i32> {
        match self.fd.get() {
            fd if fd >= 0 => Ok(fd),
            _ => raise!(py, ValueError, "I/O operation on closed epoll object"),
        }
    }

    fn close(&self) -> krait_sys::Result<i32> {
        match self.fd.replace(-1) {
            fd if fd >= 0 => file::close(fd),
            _ => Ok(0),
        }
    }
}

impl Drop for Epoll {
    fn drop(&mut self) {
        // Nobody is left to be told of an error.
        let _ = self.close();
    }
}

fn new(py: Py, class: &Type, sizehint: Option<i32>, flags: Option<i32>) -> PyResult<Owned<This>> {
    match sizehint.unwrap_or(-1) {
        -1 | 1.. => {}
        _ => return raise!(py, ValueError, "negative sizehint"),
    }
    if flags.is_some_and(|f| f != 0 && f != EPOLL_CLOEXEC) {
        return raise!(py, OSError, "invalid flags");
    }
    let fd = os(py, sys::epoll_create1(EPOLL_CLOEXEC))?;
    Instance::new_in(py, class, Epoll { fd: Cell::new(fd) })
}

fn control(py: Py, this: &This, operation: i32, fd: Fd, events: u32) -> PyResult<()> {
    let epoll = this.open(py)?;
    os(py, sys::epoll_ctl(epoll, operation, fd.0, events))
}

fn timeout_of(py: Py, value: Option<&Value>) -> PyResult<Option<Duration>> {
    let Some(value) = value.filter(|v| !v.is_none()) else {
        return Ok(None);
    };
    let float = value.as_double().or_else(|| {
        value
            .downcast::<krait_object::Float>()
            .map(krait_object::Float::get)
    });
    let seconds = match float {
        Some(f) if f.is_nan() => return raise!(py, ValueError, "Invalid value NaN (not a number)"),
        Some(f) => f,
        None if number::is_index(value) => {
            number::index_to_i128(py, value)?.map_or(f64::INFINITY, |n| n as f64)
        }
        None => return raise!(py, TypeError, "timeout must be an integer or None"),
    };
    if seconds.abs() > 9.2e9 {
        return raise!(py, OverflowError, "timestamp out of range for C PyTime_t");
    }
    if seconds * 1000.0 > f64::from(i32::MAX) {
        return raise!(py, OverflowError, "timeout is too large");
    }
    // A negative timeout waits forever.
    Ok((seconds >= 0.0).then(|| Duration::from_secs_f64(seconds)))
}

/// Milliseconds for the system, rounded up so that no wait ends early.
fn milliseconds(left: Option<Duration>) -> i32 {
    left.map_or(-1, |t| {
        i32::try_from(t.as_nanos().div_ceil(1_000_000)).unwrap_or(i32::MAX)
    })
}

fn poll(py: Py, this: &This, timeout: Option<&Value>, most: Option<i32>) -> PyResult<Owned<List>> {
    let epoll = this.open(py)?;
    let timeout = timeout_of(py, timeout)?;
    let most = match most.unwrap_or(-1) {
        -1 => 1023,
        n if n > 0 => n as usize,
        n => return raise!(py, ValueError, "maxevents must be greater than 0, got {n}"),
    };
    let found = super::until(
        py,
        timeout,
        |left| sys::epoll_wait(epoll, most, milliseconds(left)),
        Vec::new,
    )?;
    let pairs = found.iter().map(|&(fd, events)| {
        Value::from(Tuple::from_values([
            Value::int(i64::from(fd)),
            Value::int(i64::from(events)),
        ]))
    });
    Ok(List::from_values(pairs))
}

impl Class for Epoll {
    const NAME: &'static str = "select.epoll";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.mutable()
            .new_with("epoll(sizehint=-1, flags=0)", new)
            .class_method("fromfd($type, fd, /)", |py: Py, class: &Type, fd: i32| {
                Instance::new_in(py, class, Epoll { fd: Cell::new(fd) })
            })
            .getter("closed", |_py: Py, this: &This| this.fd.get() < 0)
            .method("close($self, /)", |py: Py, this: &This| os(py, this.close()).map(drop))
            .method("fileno($self, /)", |py: Py, this: &This| this.open(py))
            .method(
                "register($self, /, fd,\n         eventmask=select.EPOLLIN | select.EPOLLPRI | select.EPOLLOUT)",
                |py: Py, this: &This, fd: Fd, events: Option<u32>| {
                    let all = (EPOLLIN | EPOLLPRI | EPOLLOUT) as u32;
                    control(py, this, EPOLL_CTL_ADD, fd, events.unwrap_or(all))
                },
            )
            .method("modify($self, /, fd, eventmask)", |py: Py, this: &This, fd: Fd, events: u32| {
                control(py, this, EPOLL_CTL_MOD, fd, events)
            })
            .method("unregister($self, /, fd)", |py: Py, this: &This, fd: Fd| {
                control(py, this, EPOLL_CTL_DEL, fd, 0)
            })
            .method("poll($self, /, timeout=None, maxevents=-1)", poll)
            .method("__enter__($self, /)", |py: Py, this: &This| {
                this.open(py)?;
                Ok::<_, krait_object::Raised>(this.to_owned())
            })
            .method(
                "__exit__($self, exc_type=None, exc_value=None, exc_tb=None, /)",
                |py: Py, this: &This, _type: Option<&Value>, _value: Option<&Value>, _traceback: Option<&Value>| {
                    os(py, this.close()).map(drop)
                },
            );
    }
}
