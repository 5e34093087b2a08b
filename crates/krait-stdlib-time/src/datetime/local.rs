//! Local time, as the C library knows it.

use krait_object::{Owned, Py, PyResult, Str, errors, raise};
use krait_sys::time::{self as sys, Tm};

use super::span::Span;
use super::timezone::{self, This as ZoneObject};
use super::{MAX_YEAR, MIN_YEAR, calendar};

/// Seconds from January 1 of year 1 (as ordinal 0 would begin) to the Unix epoch.
pub const EPOCH: i64 = 719_163 * 86_400;
/// The largest distance of two local times of one clock reading.
const MAX_FOLD: i64 = 86_400;

/// Seconds and microseconds since the Unix epoch.
pub fn now(py: Py) -> PyResult<(i64, i32)> {
    match sys::clock_gettime(krait_sys::libc::CLOCK_REALTIME) {
        Ok(time) => Ok((time.tv_sec, (time.tv_nsec / 1000) as i32)),
        Err(error) => errors::os_error(py, error.0, None, None),
    }
}

pub fn local_tm(py: Py, seconds: i64) -> PyResult<Tm> {
    match sys::localtime(seconds) {
        Ok(tm) => Ok(tm),
        Err(error) => errors::os_error(py, error.0, None, None),
    }
}

pub fn utc_tm(py: Py, seconds: i64) -> PyResult<Tm> {
    match sys::gmtime(seconds) {
        Ok(tm) => Ok(tm),
        Err(error) => errors::os_error(py, error.0, None, None),
    }
}

/// Seconds of a date and time, counted as [`EPOCH`] is.
pub fn seconds_of(
    (year, month, day): (i32, i32, i32),
    (hour, minute, second, _): super::format::Clock,
) -> i64 {
    let days = i64::from(calendar::to_ordinal(year, month, day));
    days * 86_400 + i64::from(hour * 3600 + minute * 60 + second)
}

/// Seconds of a calendar time; fails for a year that dates cannot have.
pub fn seconds_of_tm(py: Py, tm: &Tm) -> PyResult<i64> {
    let year = tm.year + 1900;
    if !(MIN_YEAR..=MAX_YEAR).contains(&year) {
        return raise!(
            py,
            ValueError,
            "year must be in {MIN_YEAR}..{MAX_YEAR}, not {year}"
        );
    }
    let clock = (tm.hour, tm.minute, tm.second, 0);
    Ok(seconds_of((year, tm.month + 1, tm.day), clock))
}

/// The local time of UTC, both in seconds counted as [`EPOCH`] is.
fn local(py: Py, seconds: i64) -> PyResult<i64> {
    let latest = i64::from(calendar::MAX_ORDINAL + 1) * 86_400;
    if seconds < 86_400 || seconds > latest {
        return raise!(py, ValueError, "year is out of range");
    }
    let tm = local_tm(py, seconds - EPOCH)?;
    seconds_of_tm(py, &tm)
}

/// Whether a local time of a Unix time is the second one of its clock reading.
pub fn is_second_reading(py: Py, unix: i64, local_seconds: i64) -> PyResult<bool> {
    let probe = local(py, EPOCH + unix - MAX_FOLD)?;
    let transition = local_seconds - probe - MAX_FOLD;
    if transition >= 0 {
        return Ok(false);
    }
    Ok(local(py, EPOCH + unix + transition)? == local_seconds)
}

/// UTC of a local time (PEP 495): `fold` chooses between two readings; for a reading that
/// does not exist, the offset of before or after the gap is taken.
pub fn to_utc(py: Py, t: i64, fold: bool) -> PyResult<i64> {
    let a = local(py, t)? - t;
    let u1 = t - a;
    let t1 = local(py, u1)?;
    let b = if t1 == t {
        let other = if fold { u1 + MAX_FOLD } else { u1 - MAX_FOLD };
        let b = local(py, other)? - other;
        if a == b {
            return Ok(u1);
        }
        b
    } else {
        t1 - u1
    };
    let u2 = t - b;
    if local(py, u2)? == t {
        return Ok(u2);
    }
    if t1 == t {
        return Ok(u1);
    }
    Ok(if fold { u1.min(u2) } else { u1.max(u2) })
}

/// The zone of local time at a Unix time.
pub fn zone_at(py: Py, unix: i64) -> PyResult<Owned<ZoneObject>> {
    let tm = local_tm(py, unix)?;
    let name = tm.zone.as_ref().map(|z| Str::new(&z.to_string_lossy()));
    let span = Span::seconds(tm.offset);
    if !span.is_offset() {
        return raise!(py, ValueError, "offset of local time is out of range");
    }
    Ok(timezone::named(py, span, name))
}
