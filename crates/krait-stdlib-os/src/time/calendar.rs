//! Calendar times: `struct_time`, `localtime`, `gmtime`, `mktime`, `strftime`, ...

use std::ffi::CString;

use krait_object::protocol::{self, number};
use krait_object::types::structseq;
use krait_object::{
    Layout, ModuleBuilder, Owned, Py, PyResult, Str, Tuple, Value, errors, hooks, raise,
};
use krait_sys::time::{self as sys, Tm};

use super::convert::time_t;

structseqs! {
    struct_time "time.struct_time" "The time value as returned by gmtime(), localtime(), and strptime(), and\n accepted by asctime(), mktime() and strftime().  May be considered as a\n sequence of 9 integers.\n\n Note that several fields' values are not the same as those defined by\n the C language standard for struct tm.  For example, the value of the\n field tm_year is the actual year, not year - 1900.  See individual\n fields' descriptions for details." 9 [
        "tm_year" "year, for example, 1993",
        "tm_mon" "month of year, range [1, 12]",
        "tm_mday" "day of month, range [1, 31]",
        "tm_hour" "hours, range [0, 23]",
        "tm_min" "minutes, range [0, 59]",
        "tm_sec" "seconds, range [0, 61])",
        "tm_wday" "day of week, range [0, 6], Monday is 0",
        "tm_yday" "day of year, range [1, 366]",
        "tm_isdst" "1 if summer time is in effect, 0 if not, and -1 if unknown",
        "tm_zone" "abbreviation of timezone name",
        "tm_gmtoff" "offset from UTC in seconds",
    ];
}

fn to_struct(py: Py, tm: &Tm) -> PyResult<Owned> {
    let numbers = [
        i64::from(tm.year) + 1900,
        i64::from(tm.month) + 1,
        i64::from(tm.day),
        i64::from(tm.hour),
        i64::from(tm.minute),
        i64::from(tm.second),
        i64::from((tm.weekday + 6) % 7),
        i64::from(tm.yearday) + 1,
        i64::from(tm.dst),
    ];
    let zone = tm.zone.as_ref().map_or_else(Value::none, |z| {
        Value::from(crate::paths::decode(z.to_bytes()))
    });
    let values = numbers
        .map(Value::int)
        .into_iter()
        .chain([zone, Value::int(tm.offset)]);
    structseq::make(py, struct_time(py), values)
}

fn int(py: Py, value: &Value) -> PyResult<i32> {
    let wide = number::index_to_i128(py, value)?;
    match wide.and_then(|w| i32::try_from(w).ok()) {
        Some(n) => Ok(n),
        None => number::integer_overflow(py, wide, "C int", false),
    }
}

/// A time tuple, as `asctime`, `mktime` and `strftime` take it.
fn from_tuple(py: Py, value: &Value, function: &str) -> PyResult<Tm> {
    let Some(tuple) = value.downcast::<Tuple>() else {
        return raise!(py, TypeError, "Tuple or struct_time argument required");
    };
    let items = tuple.as_values().to_vec();
    if items.len() != 9 {
        return raise!(py, TypeError, "{function}(): illegal time tuple argument");
    }
    let year = int(py, &items[0])?;
    if year < i32::MIN + 1900 {
        return raise!(py, OverflowError, "year out of range");
    }
    let mut n = [0; 9];
    for (place, item) in n.iter_mut().zip(&items).skip(1) {
        *place = int(py, item)?;
    }
    let mut tm = Tm {
        year: year - 1900,
        month: n[1].wrapping_sub(1),
        day: n[2],
        hour: n[3],
        minute: n[4],
        second: n[5],
        weekday: (n[6].wrapping_add(1)) % 7,
        yearday: n[7].wrapping_sub(1),
        dst: n[8],
        offset: 0,
        zone: None,
    };
    if value
        .as_object()
        .is_some_and(|o| o.ty().is(struct_time(py)))
    {
        let zone = protocol::get_attr_str(py, value, "tm_zone")?;
        if let Some(zone) = zone.downcast::<Str>() {
            tm.zone = CString::new(crate::paths::encode(py, zone)?).ok();
        }
        let offset = protocol::get_attr_str(py, value, "tm_gmtoff")?;
        if !offset.is_none() {
            tm.offset = number::int_of(&offset).unwrap_or(0);
        }
    }
    Ok(tm)
}

/// Brings fields that may be zero to their least values, and refuses what no calendar has.
fn check(py: Py, tm: &mut Tm) -> PyResult<()> {
    let ranges = [
        (&mut tm.month, -1, 0, 11, "month"),
        (&mut tm.day, 0, 1, 31, "day of month"),
        (&mut tm.hour, 0, 0, 23, "hour"),
        (&mut tm.minute, 0, 0, 59, "minute"),
        (&mut tm.second, 0, 0, 61, "seconds"),
    ];
    for (field, absent, least, most, name) in ranges {
        if *field == absent {
            *field = least;
        }
        if !(least..=most).contains(field) {
            return raise!(py, ValueError, "{name} out of range");
        }
    }
    // The weekday is already taken modulo 7.
    if tm.weekday < 0 {
        return raise!(py, ValueError, "day of week out of range");
    }
    if tm.yearday == -1 {
        tm.yearday = 0;
    }
    if !(0..=365).contains(&tm.yearday) {
        return raise!(py, ValueError, "day of year out of range");
    }
    Ok(())
}

/// The time asked for, or now.
fn seconds_or_now(py: Py, value: Option<&Value>) -> PyResult<i64> {
    match value.filter(|v| !v.is_none()) {
        Some(value) => time_t(py, value),
        None => crate::blocking::os(py, sys::clock_gettime(krait_sys::libc::CLOCK_REALTIME))
            .map(|t| t.tv_sec),
    }
}

fn broken_down(py: Py, result: krait_sys::Result<Tm>) -> PyResult<Tm> {
    match result {
        Ok(tm) => Ok(tm),
        Err(error) => {
            let errno = if error.0 == 0 {
                krait_sys::libc::EINVAL
            } else {
                error.0
            };
            errors::os_error(py, errno, None, None)
        }
    }
}

fn local(py: Py, value: Option<&Value>) -> PyResult<Tm> {
    let seconds = seconds_or_now(py, value)?;
    broken_down(py, sys::localtime(seconds))
}

fn asctime_text(tm: &Tm) -> String {
    const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let day = DAYS[tm.weekday.rem_euclid(7) as usize];
    let month = MONTHS[tm.month.rem_euclid(12) as usize];
    let year = i64::from(tm.year) + 1900;
    format!(
        "{day} {month}{:3} {:02}:{:02}:{:02} {year}",
        tm.day, tm.hour, tm.minute, tm.second
    )
}

/// The time tuple given, or the local time.
fn tuple_or_now(py: Py, value: Option<&Value>, function: &str) -> PyResult<Tm> {
    match value {
        None => local(py, None),
        Some(value) => {
            let mut tm = from_tuple(py, value, function)?;
            check(py, &mut tm)?;
            Ok(tm)
        }
    }
}

fn mktime(py: Py, value: &Value) -> PyResult<f64> {
    let tm = from_tuple(py, value, "mktime")?;
    match sys::mktime(&tm) {
        Some(seconds) => Ok(seconds as f64),
        None => raise!(py, OverflowError, "mktime argument out of range"),
    }
}

/// Text by a format. The C library does the pieces between characters that it cannot
/// take: zero and lone surrogates, which stay as they are.
fn strftime(py: Py, format: &Str, value: Option<&Value>) -> PyResult<Owned<Str>> {
    let mut tm = tuple_or_now(py, value, "strftime")?;
    tm.dst = tm.dst.clamp(-1, 1);
    let mut codes: Vec<u32> = Vec::new();
    let mut piece = String::new();
    let flush = |piece: &mut String, codes: &mut Vec<u32>| {
        if let Ok(c) = CString::new(std::mem::take(piece))
            && !c.is_empty()
        {
            codes.extend(crate::paths::decode(&sys::strftime(&c, &tm)).code_points());
        }
    };
    for code in format.code_points() {
        match char::from_u32(code) {
            Some(c) if c != '\0' => piece.push(c),
            _ => {
                flush(&mut piece, &mut codes);
                codes.push(code);
            }
        }
    }
    flush(&mut piece, &mut codes);
    Ok(Str::from_u32(&codes))
}

fn strptime(py: Py, args: krait_object::Args<'_>) -> PyResult {
    let module = hooks::import_module(py, "_strptime")?;
    protocol::call_method_str(py, &module, "_strptime_time", args.0)
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.value("struct_time", Value::from(struct_time(m.py).to_owned()))?
        .function(
            "localtime(seconds=None, /)",
            |py: Py, seconds: Option<&Value>| {
                let tm = local(py, seconds)?;
                to_struct(py, &tm)
            },
        )?
        .function(
            "gmtime(seconds=None, /)",
            |py: Py, seconds: Option<&Value>| {
                let seconds = seconds_or_now(py, seconds)?;
                let mut tm = broken_down(py, sys::gmtime(seconds))?;
                tm.zone = Some(c"UTC".to_owned());
                tm.offset = 0;
                to_struct(py, &tm)
            },
        )?
        .function(
            "ctime(seconds=None, /)",
            |py: Py, seconds: Option<&Value>| local(py, seconds).map(|tm| asctime_text(&tm)),
        )?
        .function(
            "asctime(tuple=<unrepresentable>, /)",
            |py: Py, tuple: Option<&Value>| {
                tuple_or_now(py, tuple, "asctime").map(|tm| asctime_text(&tm))
            },
        )?
        .function("mktime($self, object, /)", mktime)?
        .function("strftime(format, tuple=<unrepresentable>, /)", strftime)?
        .function("strptime(*args)", strptime)?;
    Ok(())
}
