//! Priorities, scheduling and processors.

use krait_object::protocol::{self, number};
use krait_object::{Int, ModuleBuilder, Py, PyResult, Tuple, Value, raise};
use krait_sys::process as sys;

use super::structs::{make, sched_param_type};
use crate::blocking::os;

/// The priority in a `sched_param`.
pub fn priority(py: Py, param: &Value) -> PyResult<i32> {
    let ours = param
        .as_object()
        .filter(|o| o.ty().is(sched_param_type(py)));
    let Some(tuple) = ours.and_then(|o| o.downcast::<Tuple>()) else {
        return raise!(py, TypeError, "must have a sched_param object");
    };
    let value = tuple.get(0).unwrap_or_else(Value::none);
    let wide = number::index_to_i128(py, &value)?;
    match wide.and_then(|w| i32::try_from(w).ok()) {
        Some(priority) => Ok(priority),
        None if wide.is_some_and(|w| i64::try_from(w).is_ok()) => {
            raise!(py, OverflowError, "sched_priority out of range")
        }
        None => raise!(
            py,
            OverflowError,
            "Python int too large to convert to C long"
        ),
    }
}

fn setaffinity(py: Py, pid: i32, mask: &Value) -> PyResult<()> {
    let mut processors = Vec::new();
    let mut items = protocol::Iter::new(py, mask)?;
    while let Some(item) = items.next(py)? {
        if item.as_small_int().is_none() && item.downcast::<Int>().is_none() {
            let got = protocol::repr::repr_object(py, krait_object::Layout::as_object(item.ty()))?;
            return raise!(
                py,
                TypeError,
                "expected an iterator of ints, but iterator yielded {}",
                got.to_rust()
            );
        }
        match number::index_to_i128(py, &item)? {
            Some(n) if n < 0 => return raise!(py, ValueError, "negative CPU number"),
            Some(n) if n < i128::from(i32::MAX) => processors.push(n as usize),
            Some(n) if n <= i128::from(i64::MAX) => {
                return raise!(py, OverflowError, "CPU number too large");
            }
            _ => {
                return raise!(
                    py,
                    OverflowError,
                    "Python int too large to convert to C long"
                );
            }
        }
    }
    os(py, sys::sched_setaffinity(pid, &processors))
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function("nice($module, increment, /)", |py: Py, increment: i32| {
        os(py, sys::nice(increment))
    })?
    .function(
        "getpriority($module, /, which, who)",
        |py: Py, which: i32, who: i32| os(py, sys::getpriority(which as u32, who as u32)),
    )?
    .function(
        "setpriority($module, /, which, who, priority)",
        |py: Py, which: i32, who: i32, priority: i32| {
            os(py, sys::setpriority(which as u32, who as u32, priority)).map(drop)
        },
    )?
    .function("sched_yield()", |py: Py| {
        os(py, py.allow_threads(sys::sched_yield)).map(drop)
    })?
    .function(
        "sched_get_priority_max($module, /, policy)",
        |py: Py, policy: i32| os(py, sys::sched_get_priority_max(policy)),
    )?
    .function(
        "sched_get_priority_min($module, /, policy)",
        |py: Py, policy: i32| os(py, sys::sched_get_priority_min(policy)),
    )?
    .function("sched_getscheduler($module, pid, /)", |py: Py, pid: i32| {
        os(py, sys::sched_getscheduler(pid))
    })?
    .function(
        "sched_setscheduler($module, pid, policy, param, /)",
        |py: Py, pid: i32, policy: i32, param: &Value| {
            let priority = priority(py, param)?;
            os(py, sys::sched_setscheduler(pid, policy, priority)).map(drop)
        },
    )?
    .function("sched_getparam($module, pid, /)", |py: Py, pid: i32| {
        let priority = os(py, sys::sched_getparam(pid))?;
        make(py, sched_param_type(py), [Value::int(i64::from(priority))])
    })?
    .function(
        "sched_setparam($module, pid, param, /)",
        |py: Py, pid: i32, param: &Value| {
            let priority = priority(py, param)?;
            os(py, sys::sched_setparam(pid, priority)).map(drop)
        },
    )?
    .function(
        "sched_rr_get_interval($module, pid, /)",
        |py: Py, pid: i32| {
            let interval = os(py, sys::sched_rr_get_interval(pid))?;
            Ok::<f64, krait_object::Raised>(interval.tv_sec as f64 + 1e-9 * interval.tv_nsec as f64)
        },
    )?
    .function("sched_getaffinity($module, pid, /)", |py: Py, pid: i32| {
        let processors = os(py, sys::sched_getaffinity(pid))?;
        let set = krait_object::types::set::Set::new();
        for cpu in processors {
            set.add(py, &Value::int(cpu as i64))?;
        }
        Ok::<_, krait_object::Raised>(set)
    })?
    .function("sched_setaffinity($module, pid, mask, /)", setaffinity)?
    .function("unshare($module, /, flags)", |py: Py, flags: i32| {
        os(py, sys::unshare(flags)).map(drop)
    })?
    .function(
        "setns($module, /, fd, nstype=0)",
        |py: Py, fd: crate::numbers::Fd, kind: Option<i32>| {
            os(py, krait_sys::file::setns(fd.0, kind.unwrap_or(0))).map(drop)
        },
    )?
    .function(
        "pidfd_open($module, /, pid, flags=0)",
        |py: Py, pid: i32, flags: Option<u32>| os(py, sys::pidfd_open(pid, flags.unwrap_or(0))),
    )?;
    Ok(())
}
