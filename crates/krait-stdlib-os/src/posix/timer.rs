//! Timers as files (`timerfd`).

use krait_object::{ModuleBuilder, Py, PyResult, Raised};
use krait_sys::{file, libc};

use crate::blocking::os;
use crate::numbers::Fd;
use crate::time::convert::{from_timespec, to_timespec};

fn settime(py: Py, fd: i32, flags: i32, initial: i64, interval: i64) -> PyResult<(i64, i64)> {
    let new = libc::itimerspec {
        it_interval: to_timespec(interval),
        it_value: to_timespec(initial),
    };
    os(py, file::timerfd_settime(fd, flags, new)).map(both)
}

fn both(times: libc::itimerspec) -> (i64, i64) {
    (
        from_timespec(times.it_value),
        from_timespec(times.it_interval),
    )
}

fn seconds((a, b): (i64, i64)) -> (f64, f64) {
    (a as f64 * 1e-9, b as f64 * 1e-9)
}

fn nanoseconds(py: Py, seconds: f64) -> PyResult<i64> {
    let value = krait_object::Value::float(seconds);
    crate::time::convert::nanoseconds(py, &value, crate::time::convert::Round::Floor)
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function(
        "timerfd_create($module, clockid, /, *, flags=0)",
        |py: Py, clock: i32, flags: Option<i32>| {
            os(
                py,
                // Never inherited, whatever the flags say.
                file::timerfd_create(clock, flags.unwrap_or(0) | libc::TFD_CLOEXEC),
            )
        },
    )?
    .function(
        "timerfd_settime($module, fd, /, *, flags=0, initial=0.0, interval=0.0)",
        |py: Py, fd: Fd, flags: Option<i32>, initial: Option<f64>, interval: Option<f64>| {
            let initial = nanoseconds(py, initial.unwrap_or(0.0))?;
            let interval = nanoseconds(py, interval.unwrap_or(0.0))?;
            settime(py, fd.0, flags.unwrap_or(0), initial, interval).map(seconds)
        },
    )?
    .function(
        "timerfd_settime_ns($module, fd, /, *, flags=0, initial=0, interval=0)",
        |py: Py, fd: Fd, flags: Option<i32>, initial: Option<i64>, interval: Option<i64>| {
            settime(
                py,
                fd.0,
                flags.unwrap_or(0),
                initial.unwrap_or(0),
                interval.unwrap_or(0),
            )
        },
    )?
    .function("timerfd_gettime($module, fd, /)", |py: Py, fd: Fd| {
        let times = os(py, file::timerfd_gettime(fd.0))?;
        Ok::<_, Raised>(seconds(both(times)))
    })?
    .function("timerfd_gettime_ns($module, fd, /)", |py: Py, fd: Fd| {
        os(py, file::timerfd_gettime(fd.0)).map(both)
    })?;
    Ok(())
}
