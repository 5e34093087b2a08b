//! `time`.

use krait_object::native::FromArg;
use krait_object::native::arg::At;
use krait_object::native::module::NativeModule;
use krait_object::protocol;
use krait_object::{ModuleBuilder, Py, PyResult, Value, intern, raise};
use krait_sys::libc::{
    self, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, CLOCK_REALTIME, CLOCK_THREAD_CPUTIME_ID,
};
use krait_sys::{Errno, time as sys};

use crate::blocking::{fail, os, run_signals};
use convert::{Round, from_timespec, nanoseconds, to_timespec};

mod calendar;
pub mod convert;
mod zone;

pub const MODULE: NativeModule = NativeModule { name: "time", init };

const NUMBERS: &[(&str, i64)] = &[
    ("CLOCK_BOOTTIME", libc::CLOCK_BOOTTIME as i64),
    ("CLOCK_MONOTONIC", CLOCK_MONOTONIC as i64),
    ("CLOCK_MONOTONIC_RAW", libc::CLOCK_MONOTONIC_RAW as i64),
    ("CLOCK_PROCESS_CPUTIME_ID", CLOCK_PROCESS_CPUTIME_ID as i64),
    ("CLOCK_REALTIME", CLOCK_REALTIME as i64),
    ("CLOCK_TAI", libc::CLOCK_TAI as i64),
    ("CLOCK_THREAD_CPUTIME_ID", CLOCK_THREAD_CPUTIME_ID as i64),
    ("_STRUCT_TM_ITEMS", 11),
];

#[inline]
pub(crate) fn clock_ns(py: Py, clock: i32) -> PyResult<i64> {
    os(py, sys::clock_gettime(clock)).map(from_timespec)
}

/// Seconds of nanoseconds, by one division so that whole seconds are exact.
#[inline]
fn seconds(nanoseconds: i64) -> f64 {
    if nanoseconds % 1_000_000_000 == 0 {
        (nanoseconds / 1_000_000_000) as f64
    } else {
        nanoseconds as f64 / 1e9
    }
}

fn sleep(py: Py, duration: &Value) -> PyResult<()> {
    crate::blocking::audit(py, "time.sleep", std::slice::from_ref(duration))?;
    let nanos = nanoseconds(py, duration, Round::Timeout)?;
    if nanos < 0 {
        return raise!(py, ValueError, "sleep length must be non-negative");
    }
    let end = clock_ns(py, CLOCK_MONOTONIC)?.saturating_add(nanos);
    loop {
        match py.allow_threads(|| sys::sleep_until(to_timespec(end))) {
            Ok(()) => return Ok(()),
            Err(Errno(libc::EINTR)) => run_signals(py)?,
            Err(error) => return fail(py, error),
        }
    }
}

fn clock_settime(py: Py, clock: Clock, nanos: i64) -> PyResult<()> {
    os(py, sys::clock_settime(clock.0, to_timespec(nanos))).map(drop)
}

/// A clock's number as an argument.
struct Clock(i32);

impl FromArg for Clock {
    type Item<'a> = Clock;
    fn from_arg(py: Py, value: &Value, at: At) -> PyResult<Clock> {
        if !protocol::number::is_index(value) {
            let got = value.ty().short_name();
            return raise!(py, TypeError, "clk_id should be integer, not {got}");
        }
        i32::from_arg(py, value, at).map(Clock)
    }
}

/// What `get_clock_info` knows: clock, C function, whether monotonic and adjustable.
const CLOCKS: [(&str, i32, &str, bool, bool); 5] = [
    (
        "time",
        CLOCK_REALTIME,
        "clock_gettime(CLOCK_REALTIME)",
        false,
        true,
    ),
    (
        "monotonic",
        CLOCK_MONOTONIC,
        "clock_gettime(CLOCK_MONOTONIC)",
        true,
        false,
    ),
    (
        "perf_counter",
        CLOCK_MONOTONIC,
        "clock_gettime(CLOCK_MONOTONIC)",
        true,
        false,
    ),
    (
        "process_time",
        CLOCK_PROCESS_CPUTIME_ID,
        "clock_gettime(CLOCK_PROCESS_CPUTIME_ID)",
        true,
        false,
    ),
    (
        "thread_time",
        CLOCK_THREAD_CPUTIME_ID,
        "clock_gettime(CLOCK_THREAD_CPUTIME_ID)",
        true,
        false,
    ),
];

fn get_clock_info(py: Py, name: String) -> PyResult {
    let Some(clock) = CLOCKS.iter().find(|c| c.0 == name) else {
        return raise!(py, ValueError, "unknown clock");
    };
    let resolution = seconds(os(py, sys::clock_getres(clock.1)).map(from_timespec)?);
    let namespace = krait_object::types::namespace::new(py)?;
    let text = Value::from(krait_object::Str::new(clock.2));
    protocol::set_attr(py, &namespace, intern!("implementation"), &text)?;
    protocol::set_attr(py, &namespace, intern!("monotonic"), &Value::bool(clock.3))?;
    protocol::set_attr(py, &namespace, intern!("adjustable"), &Value::bool(clock.4))?;
    protocol::set_attr(
        py,
        &namespace,
        intern!("resolution"),
        &Value::float(resolution),
    )?;
    Ok(namespace)
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.text(
        "__doc__",
        "This module provides various functions to manipulate time values.",
    )?;
    crate::numbers::add_numbers(m, NUMBERS)?;
    m.function("time($self, /)", |py: Py| {
        clock_ns(py, CLOCK_REALTIME).map(seconds)
    })?
    .function("time_ns($self, /)", |py: Py| clock_ns(py, CLOCK_REALTIME))?
    .function("monotonic($self, /)", |py: Py| {
        clock_ns(py, CLOCK_MONOTONIC).map(seconds)
    })?
    .function("monotonic_ns($self, /)", |py: Py| {
        clock_ns(py, CLOCK_MONOTONIC)
    })?
    .function("perf_counter($self, /)", |py: Py| {
        clock_ns(py, CLOCK_MONOTONIC).map(seconds)
    })?
    .function("perf_counter_ns($self, /)", |py: Py| {
        clock_ns(py, CLOCK_MONOTONIC)
    })?
    .function("process_time($self, /)", |py: Py| {
        clock_ns(py, CLOCK_PROCESS_CPUTIME_ID).map(seconds)
    })?
    .function("process_time_ns($self, /)", |py: Py| {
        clock_ns(py, CLOCK_PROCESS_CPUTIME_ID)
    })?
    .function("thread_time($self, /)", |py: Py| {
        clock_ns(py, CLOCK_THREAD_CPUTIME_ID).map(seconds)
    })?
    .function("thread_time_ns($self, /)", |py: Py| {
        clock_ns(py, CLOCK_THREAD_CPUTIME_ID)
    })?
    .function(
        "clock_gettime($module, clk_id, /)",
        |py: Py, clock: Clock| clock_ns(py, clock.0).map(seconds),
    )?
    .function(
        "clock_gettime_ns($module, clk_id, /)",
        |py: Py, clock: Clock| clock_ns(py, clock.0),
    )?
    .function("clock_getres(clk_id, /)", |py: Py, clock: Clock| {
        os(py, sys::clock_getres(clock.0)).map(|r| seconds(from_timespec(r)))
    })?
    .function(
        "clock_settime(clk_id, time, /)",
        |py: Py, clock: Clock, time: &Value| {
            let nanos = nanoseconds(py, time, Round::Floor)?;
            clock_settime(py, clock, nanos)
        },
    )?
    .function("clock_settime_ns(clk_id, time, /)", clock_settime)?
    .function(
        "pthread_getcpuclockid(thread_id, /)",
        |py: Py, thread: u64| os(py, krait_sys::thread::cpu_clock(thread)),
    )?
    .function("sleep($self, object, /)", sleep)?
    .function("get_clock_info(name, /)", get_clock_info)?;
    calendar::define(m)?;
    zone::define(m)?;
    Ok(())
}
