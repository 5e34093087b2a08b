//! `pycore_time.h`: times of 64 bits, in nanoseconds, from objects and to C's structs.

use std::ffi::{c_char, c_int, c_long};

use krait_object::{Int, Owned, Py, PyResult, Value, raise};
use krait_stdlib_os::time::convert::{self, Round};

use crate::border::export;
use crate::pystate::export_free;

/// `_PyTime_round_t`
fn round(number: c_int) -> Round {
    match number {
        0 => Round::Floor,
        1 => Round::Ceiling,
        2 => Round::HalfEven,
        _ => Round::Timeout,
    }
}

/// A time in another unit, of so many nanoseconds.
fn divided(time: i64, unit: i64, round: Round) -> i64 {
    let (quotient, rest) = (time.div_euclid(unit), time.rem_euclid(unit));
    let up = rest > 0
        && match round {
            Round::Floor => false,
            Round::Ceiling => true,
            Round::HalfEven => rest * 2 > unit || (rest * 2 == unit && quotient % 2 != 0),
            // Away from zero.
            Round::Timeout => time > 0,
        };
    quotient + i64::from(up)
}

/// Seconds and microseconds of a time.
fn timeval(time: i64, round: Round) -> (i64, i64) {
    let microseconds = divided(time, 1000, round);
    (
        microseconds.div_euclid(1_000_000),
        microseconds.rem_euclid(1_000_000),
    )
}

fn timespec(time: i64) -> libc::timespec {
    convert::to_timespec(time)
}

fn monotonic() -> i64 {
    let mut now = 0;
    // SAFETY: the place is a local.
    unsafe { crate::stable_rest::PyTime_Monotonic(&raw mut now) };
    now
}

/// `_Py_clock_info_t`
#[repr(C)]
pub struct ClockInfo {
    implementation: *const c_char,
    monotonic: c_int,
    adjustable: c_int,
    resolution: f64,
}

fn from_int(py: Py, object: &Value) -> PyResult<i64> {
    if object.as_small_int().is_none() && object.downcast::<Int>().is_none() {
        return raise!(py, TypeError, "expect int, got {}", object.ty().name());
    }
    match krait_object::protocol::number::int_of(object) {
        Some(time) => Ok(time),
        None => raise!(py, OverflowError, "timestamp out of range for C PyTime_t"),
    }
}

fn time_t(py: Py, object: &Value) -> PyResult<i64> {
    match krait_object::protocol::number::index_to_i128(py, object)?.map(i64::try_from) {
        Some(Ok(seconds)) => Ok(seconds),
        _ => raise!(
            py,
            OverflowError,
            "timestamp out of range for platform time_t"
        ),
    }
}

/// Broken down time, or an exception.
///
/// # Safety
/// The place is C's.
unsafe fn broken_down(
    py: Py,
    time: i64,
    place: *mut libc::tm,
    work: unsafe extern "C" fn(*const i64, *mut libc::tm) -> *mut libc::tm,
) -> PyResult<()> {
    // SAFETY: the contract.
    if unsafe { work(&raw const time, place) }.is_null() {
        return krait_object::errors::io_error(py, &std::io::Error::last_os_error(), None);
    }
    Ok(())
}

export! {
    fn _PyTime_FromLong(py, place: *mut i64, object: &Value) -> PyResult<()> { *place = from_int(py, object)?; Ok(()) }
    fn _PyTime_AsLong(_py, time: i64) -> Owned<Int> { Int::from_i64(time) }
    fn _PyTime_FromSecondsObject(py, place: *mut i64, object: &Value, rounding: c_int) -> PyResult<()> {
        *place = convert::nanoseconds(py, object, round(rounding))?;
        Ok(())
    }
    fn _PyTime_ObjectToTime_t(py, object: &Value, place: *mut i64, rounding: c_int) -> PyResult<()> {
        *place = convert::whole_seconds(py, object, round(rounding))?;
        Ok(())
    }
    fn _PyTime_ObjectToTimespec(py, object: &Value, seconds: *mut i64, nanoseconds: *mut c_long, rounding: c_int) -> PyResult<()> {
        (*seconds, *nanoseconds) = convert::seconds_and_parts(py, object, round(rounding), 1_000_000_000)?;
        Ok(())
    }
    fn _PyTime_ObjectToTimeval(py, object: &Value, seconds: *mut i64, microseconds: *mut c_long, rounding: c_int) -> PyResult<()> {
        (*seconds, *microseconds) = convert::seconds_and_parts(py, object, round(rounding), 1_000_000)?;
        Ok(())
    }
    fn _PyLong_FromTime_t(_py, time: i64) -> Owned<Int> { Int::from_i64(time) }
    fn _PyLong_AsTime_t(py, object: &Value) -> PyResult<i64> { time_t(py, object) }
    fn _PyTime_gmtime(py, time: i64, place: *mut libc::tm) -> PyResult<()> { broken_down(py, time, place, libc::gmtime_r) }
    fn _PyTime_localtime(py, time: i64, place: *mut libc::tm) -> PyResult<()> { broken_down(py, time, place, libc::localtime_r) }
}

export_free! {
    fn _PyTime_FromSeconds(seconds: c_int) -> i64 { i64::from(seconds) * 1_000_000_000 }
    fn _PyTime_AsMicroseconds(time: i64, rounding: c_int) -> i64 { divided(time, 1000, round(rounding)) }
    fn _PyTime_AsMilliseconds(time: i64, rounding: c_int) -> i64 { divided(time, 1_000_000, round(rounding)) }
    // (Times in nanoseconds fit into all of C's structs: nothing fails, nothing is clamped.)
    fn _PyTime_AsTimeval(time: i64, place: *mut libc::timeval, rounding: c_int) -> c_int {
        ((*place).tv_sec, (*place).tv_usec) = timeval(time, round(rounding));
        0
    }
    fn _PyTime_AsTimeval_clamp(time: i64, place: *mut libc::timeval, rounding: c_int) {
        ((*place).tv_sec, (*place).tv_usec) = timeval(time, round(rounding));
    }
    fn _PyTime_AsTimevalTime_t(time: i64, seconds: *mut i64, microseconds: *mut c_int, rounding: c_int) -> c_int {
        let (whole, rest) = timeval(time, round(rounding));
        (*seconds, *microseconds) = (whole, rest as c_int);
        0
    }
    fn _PyTime_AsTimespec(time: i64, place: *mut libc::timespec) -> c_int { *place = timespec(time); 0 }
    fn _PyTime_AsTimespec_clamp(time: i64, place: *mut libc::timespec) { *place = timespec(time) }
    fn _PyTime_MonotonicWithInfo(place: *mut i64, info: *mut ClockInfo) -> c_int {
        *place = monotonic();
        if !info.is_null() {
            let mut resolution: libc::timespec = std::mem::zeroed();
            libc::clock_getres(libc::CLOCK_MONOTONIC, &raw mut resolution);
            *info = ClockInfo {
                implementation: c"clock_gettime(CLOCK_MONOTONIC)".as_ptr(),
                monotonic: 1,
                adjustable: 0,
                resolution: resolution.tv_sec as f64 + resolution.tv_nsec as f64 * 1e-9,
            };
        }
        0
    }
    fn _PyDeadline_Init(timeout: i64) -> i64 { monotonic().saturating_add(timeout) }
    fn _PyDeadline_Get(deadline: i64) -> i64 { deadline.saturating_sub(monotonic()) }
}
