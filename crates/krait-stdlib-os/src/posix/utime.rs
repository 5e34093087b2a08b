//! `utime` and `times`.

use krait_object::protocol::number;
use krait_object::{ModuleBuilder, Py, PyResult, Tuple, Value, raise};
use krait_sys::libc::{self, AT_FDCWD, AT_SYMLINK_NOFOLLOW};
use krait_sys::{file, path, process};

use super::structs::{make, times_result};
use crate::blocking::{audit, os};
use crate::paths::{DirFd, PathOrFd, dir_fd};
use crate::time::convert::{Round, check_integer, timespec};

/// Seconds and nanoseconds of a number of nanoseconds.
fn split_nanoseconds(py: Py, value: &Value) -> PyResult<libc::timespec> {
    let billion = Value::int(1_000_000_000);
    check_integer(py, value, "an integer")?;
    let parts = number::binary(py, number::BinaryOp::Divmod, value, &billion)?;
    let Some(parts) = parts.downcast::<Tuple>().filter(|t| t.len() == 2) else {
        let got = value.ty().short_name();
        return raise!(
            py,
            TypeError,
            "{got}.__divmod__() must return a 2-tuple, not {}",
            parts.ty().short_name()
        );
    };
    let items = parts.as_values();
    let (seconds, nanos) = (
        number::index_to_i128(py, &items[0])?,
        number::index_to_i128(py, &items[1])?,
    );
    match (
        seconds.and_then(|s| i64::try_from(s).ok()),
        nanos.and_then(|n| i64::try_from(n).ok()),
    ) {
        (Some(tv_sec), Some(tv_nsec)) => Ok(libc::timespec { tv_sec, tv_nsec }),
        _ => raise!(
            py,
            OverflowError,
            "timestamp out of range for platform time_t"
        ),
    }
}

fn pair(value: &Value) -> Option<&Tuple> {
    value.downcast::<Tuple>().filter(|t| t.len() == 2)
}

fn seconds(py: Py, value: &Value) -> PyResult<libc::timespec> {
    let (tv_sec, tv_nsec) = timespec(py, value, Round::Floor)?;
    Ok(libc::timespec { tv_sec, tv_nsec })
}

fn utime(
    py: Py,
    path: PathOrFd,
    times: Option<&Value>,
    ns: Option<&Value>,
    dir: Option<DirFd>,
    follow: Option<bool>,
) -> PyResult<()> {
    if times.is_some() && ns.is_some() {
        return raise!(
            py,
            ValueError,
            "utime: you may specify either 'times' or 'ns' but not both"
        );
    }
    let now = libc::timespec {
        tv_sec: 0,
        tv_nsec: libc::UTIME_NOW,
    };
    let new = match (times, ns) {
        (Some(times), _) => {
            let Some(pair) = pair(times) else {
                return raise!(
                    py,
                    TypeError,
                    "utime: 'times' must be either a tuple of two ints or None"
                );
            };
            let items = pair.as_values();
            [seconds(py, &items[0])?, seconds(py, &items[1])?]
        }
        (None, Some(ns)) => {
            let Some(pair) = pair(ns) else {
                return raise!(py, TypeError, "utime: 'ns' must be a tuple of two ints");
            };
            let items = pair.as_values();
            [
                split_nanoseconds(py, &items[0])?,
                split_nanoseconds(py, &items[1])?,
            ]
        }
        (None, None) => [now, now],
    };
    let (dir, follow) = (dir_fd(dir), follow.unwrap_or(true));
    super::stat::check_options(py, "utime", &path, dir, follow)?;
    let values = [
        path.value(),
        Value::none(),
        Value::none(),
        Value::int(if dir == AT_FDCWD { -1 } else { i64::from(dir) }),
    ];
    audit(py, "os.utime", &values)?;
    let flags = if follow { 0 } else { AT_SYMLINK_NOFOLLOW };
    path.call_fd(
        py,
        |fd| file::futimens(fd, &new),
        |c| path::utimensat(dir, c, &new, flags),
    )
    .map(drop)
}

fn times(py: Py) -> PyResult<krait_object::Owned> {
    let (elapsed, used) = os(py, process::times())?;
    let ticks = krait_sys::system::sysconf(libc::_SC_CLK_TCK)
        .ok()
        .flatten()
        .unwrap_or(100) as f64;
    let all = [
        used.tms_utime,
        used.tms_stime,
        used.tms_cutime,
        used.tms_cstime,
        elapsed,
    ];
    make(
        py,
        times_result(py),
        all.map(|n| Value::float(n as f64 / ticks)),
    )
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function(
        "utime($module, /, path, times=None, *, ns=<unrepresentable>,\n      dir_fd=None, follow_symlinks=True)",
        utime,
    )?
    .function("times()", times)?;
    Ok(())
}
