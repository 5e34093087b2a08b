//! `select.poll`.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use krait_object::native::{Class, TypeBuilder};
use krait_object::protocol::number;
use krait_object::{Instance, List, Owned, Py, PyResult, Tuple, Value, class_cell, errors, raise};
use krait_sys::libc::{self, POLLIN, POLLOUT, POLLPRI};
use krait_sys::poll as sys;

use crate::numbers::file_descriptor;

/// What a polling object waits for: descriptors in the order of their registration.
#[derive(Default)]
pub struct Poll {
    files: RefCell<Vec<(i32, u16)>>,
    running: Cell<bool>,
}

type This = Instance<Poll>;

pub fn new(py: Py) -> Owned<This> {
    Instance::new(py, Poll::default())
}

/// An event mask, as C's `unsigned short`.
fn mask(py: Py, value: Option<&Value>) -> PyResult<u16> {
    let Some(value) = value else {
        return Ok((POLLIN | POLLPRI | POLLOUT) as u16);
    };
    match number::index_to_i128(py, value)? {
        Some(n) if n < 0 => raise!(py, ValueError, "Cannot convert negative int"),
        Some(n) if u16::try_from(n).is_ok() => Ok(n as u16),
        _ => raise!(
            py,
            OverflowError,
            "Python int too large for C unsigned short"
        ),
    }
}

fn register(py: Py, this: &This, file: &Value, events: Option<&Value>) -> PyResult<()> {
    let fd = file_descriptor(py, file)?;
    let events = mask(py, events)?;
    let mut files = this.files.borrow_mut();
    match files.iter_mut().find(|f| f.0 == fd) {
        Some(known) => known.1 = events,
        None => files.push((fd, events)),
    }
    Ok(())
}

fn modify(py: Py, this: &This, file: &Value, events: &Value) -> PyResult<()> {
    let fd = file_descriptor(py, file)?;
    let events = mask(py, Some(events))?;
    match this.files.borrow_mut().iter_mut().find(|f| f.0 == fd) {
        Some(known) => known.1 = events,
        None => return errors::os_error(py, libc::ENOENT, None, None),
    }
    Ok(())
}

fn unregister(py: Py, this: &This, file: &Value) -> PyResult<()> {
    let fd = file_descriptor(py, file)?;
    let mut files = this.files.borrow_mut();
    let Some(at) = files.iter().position(|f| f.0 == fd) else {
        drop(files);
        return errors::key_error(py, &Value::int(i64::from(fd)));
    };
    files.remove(at);
    Ok(())
}

/// Milliseconds as Python gives them; `None` waits forever, as a negative number does.
fn milliseconds(py: Py, value: Option<&Value>) -> PyResult<Option<Duration>> {
    let Some(value) = value.filter(|v| !v.is_none()) else {
        return Ok(None);
    };
    let float = value.as_double().or_else(|| {
        value
            .downcast::<krait_object::Float>()
            .map(krait_object::Float::get)
    });
    let millis = match float {
        Some(f) if f.is_nan() => return raise!(py, ValueError, "Invalid value NaN (not a number)"),
        Some(f) => f * 1e6,
        None if number::is_index(value) => {
            number::index_to_i128(py, value)?.map_or(f64::INFINITY, |n| n as f64 * 1e6)
        }
        None => return raise!(py, TypeError, "timeout must be an integer or None"),
    };
    let nanos = if millis >= 0.0 {
        millis.ceil()
    } else {
        millis.floor()
    };
    if nanos.abs() / 1e6 > f64::from(i32::MAX) {
        return raise!(py, OverflowError, "timeout is too large");
    }
    Ok((nanos >= 0.0).then(|| Duration::from_nanos(nanos as u64)))
}

fn poll(py: Py, this: &This, timeout: Option<&Value>) -> PyResult<Owned<List>> {
    let timeout = milliseconds(py, timeout)?;
    if this.running.replace(true) {
        return raise!(py, RuntimeError, "concurrent poll() invocation");
    }
    let files = this.files.borrow().clone();
    let make = move || -> Vec<sys::PollFd> {
        files
            .iter()
            .map(|&(fd, events)| sys::PollFd {
                fd,
                events: events as i16,
                revents: 0,
            })
            .collect()
    };
    let result = super::until(
        py,
        timeout,
        |left| {
            let mut entries = make();
            sys::poll(&mut entries, left).map(|_| entries)
        },
        Vec::new,
    );
    this.running.set(false);
    let list = List::new();
    for entry in result?.iter().filter(|e| e.revents != 0) {
        let pair = [
            Value::int(i64::from(entry.fd)),
            Value::int(i64::from(entry.revents as u16)),
        ];
        list.push_value(Value::from(Tuple::from_values(pair)));
    }
    Ok(list)
}

impl Class for Poll {
    const NAME: &'static str = "select.poll";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.no_constructor()
            .method(
                "register($self, fd,\n         eventmask=select.POLLIN | select.POLLPRI | select.POLLOUT, /)",
                register,
            )
            .method("modify($self, fd, eventmask, /)", modify)
            .method("unregister($self, fd, /)", unregister)
            .method("poll($self, timeout=None, /)", poll);
    }
}
