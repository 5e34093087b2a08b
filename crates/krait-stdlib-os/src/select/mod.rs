//! `select`: waiting for files to become ready.

use std::time::{Duration, Instant};

use krait_object::native::module::NativeModule;
use krait_object::protocol::{self, number};
use krait_object::{
    Layout, List, ModuleBuilder, Owned, Py, PyResult, Tuple, Value, errors, exceptions, raise,
};
use krait_sys::{Errno, libc, poll as sys};

use crate::blocking::{fail, run_signals};
use crate::numbers::file_descriptor;
use crate::time::convert::{Round, nanoseconds};

mod constants;
mod epoll;
mod poll;

pub const MODULE: NativeModule = NativeModule {
    name: "select",
    init,
};

/// A call with what is left of a timeout, again after signals. `on_time_over` is the
/// result where a signal came and no time is left.
fn until<T: Send>(
    py: Py,
    timeout: Option<Duration>,
    mut call: impl FnMut(Option<Duration>) -> krait_sys::Result<T> + Send,
    on_time_over: impl FnOnce() -> T,
) -> PyResult<T> {
    let end = timeout.map(|t| Instant::now() + t);
    let mut left = timeout;
    loop {
        let one = &mut call;
        match py.allow_threads(|| one(left)) {
            Ok(value) => return Ok(value),
            Err(Errno(libc::EINTR)) => run_signals(py)?,
            Err(error) => return fail(py, error),
        }
        if let Some(end) = end {
            let rest = end.saturating_duration_since(Instant::now());
            if rest.is_zero() {
                return Ok(on_time_over());
            }
            left = Some(rest);
        }
    }
}

/// The files of one argument: objects with their descriptors.
fn files(py: Py, value: &Value) -> PyResult<Vec<(Value, i32)>> {
    let list = match value.downcast::<List>() {
        Some(list) => list.to_owned(),
        None => {
            let items = protocol::iter::to_list(py, value);
            match errors::suppress(py, items, &exceptions::TypeError)? {
                Some(list) => list,
                None => return raise!(py, TypeError, "arguments 1-3 must be sequences"),
            }
        }
    };
    let mut files = Vec::with_capacity(list.len());
    // Asking for a descriptor may change the list.
    while let Some(item) = list.get(files.len()) {
        let fd = file_descriptor(py, &item)?;
        if fd >= sys::FD_SETSIZE {
            return raise!(py, ValueError, "filedescriptor out of range in select()");
        }
        files.push((item, fd));
    }
    Ok(files)
}

fn timeout_of(py: Py, value: Option<&Value>) -> PyResult<Option<Duration>> {
    let Some(value) = value.filter(|v| !v.is_none()) else {
        return Ok(None);
    };
    if !number::is_index(value)
        && value.as_double().is_none()
        && value.downcast::<krait_object::Float>().is_none()
    {
        return raise!(py, TypeError, "timeout must be a float or None");
    }
    let nanos = nanoseconds(py, value, Round::Timeout)?;
    match u64::try_from(nanos) {
        Ok(nanos) => Ok(Some(Duration::from_nanos(nanos))),
        Err(_) => raise!(py, ValueError, "timeout must be non-negative"),
    }
}

fn select(
    py: Py,
    read: &Value,
    write: &Value,
    except: &Value,
    timeout: Option<&Value>,
) -> PyResult<Owned<Tuple>> {
    let timeout = timeout_of(py, timeout)?;
    let lists = [files(py, read)?, files(py, write)?, files(py, except)?];
    let wanted = [0, 1, 2].map(|i: usize| lists[i].iter().map(|f| f.1).collect::<Vec<i32>>());
    let ready = until(
        py,
        timeout,
        |left| {
            let mut sets = wanted.clone();
            sys::select(&mut sets, left).map(|()| sets)
        },
        || [Vec::new(), Vec::new(), Vec::new()],
    )?;
    let results = [0, 1, 2].map(|i: usize| {
        let objects = lists[i]
            .iter()
            .filter(|f| ready[i].contains(&f.1))
            .map(|f| f.0.clone());
        Value::from(List::from_values(objects))
    });
    Ok(Tuple::from_values(results))
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.text(
        "__doc__",
        "This module supports asynchronous I/O on multiple file descriptors.\n\n*** IMPORTANT NOTICE ***\nOn Windows, only sockets are supported; on Unix, all file descriptors.",
    )?;
    crate::numbers::add_numbers(m, constants::NUMBERS)?;
    m.value("error", Value::from(exceptions::OSError.to_owned()))?
        .function(
            "select($module, rlist, wlist, xlist, timeout=None, /)",
            select,
        )?
        .function("poll()", poll::new)?
        .class::<epoll::Epoll>()?;
    Ok(())
}
