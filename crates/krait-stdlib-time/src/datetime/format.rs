//! ISO text of times and offsets.

use std::fmt::Write;

use krait_object::{Py, PyResult, Str, Value, raise};

use super::span::Span;

/// Appends `+HH:MM[:SS[.ffffff]]` with a separator.
pub fn push_offset(text: &mut String, offset: Span, separator: &str) {
    let (sign, offset) = if offset.days < 0 {
        match Span::default().minus(offset) {
            Ok(positive) => ('-', positive),
            Err(_) => ('-', Span::default()),
        }
    } else {
        ('+', offset)
    };
    let (hours, minutes) = (offset.seconds / 3600, offset.seconds / 60 % 60);
    let seconds = offset.seconds % 60;
    let _ = write!(text, "{sign}{hours:02}{separator}{minutes:02}");
    if seconds != 0 || offset.micros != 0 {
        let _ = write!(text, "{separator}{seconds:02}");
    }
    if offset.micros != 0 {
        let _ = write!(text, ".{:06}", offset.micros);
    }
}

/// How much of a time `isoformat` shows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    Auto,
    Hours,
    Minutes,
    Seconds,
    Milliseconds,
    Microseconds,
}

pub fn precision(py: Py, timespec: Option<&Value>) -> PyResult<Precision> {
    let Some(timespec) = timespec else {
        return Ok(Precision::Auto);
    };
    let Some(text) = timespec.downcast::<Str>() else {
        return raise!(
            py,
            TypeError,
            "isoformat() argument 1 must be str, not {}",
            timespec.ty().name()
        );
    };
    Ok(match &*text.to_rust() {
        "auto" => Precision::Auto,
        "hours" => Precision::Hours,
        "minutes" => Precision::Minutes,
        "seconds" => Precision::Seconds,
        "milliseconds" => Precision::Milliseconds,
        "microseconds" => Precision::Microseconds,
        _ => return raise!(py, ValueError, "Unknown timespec value"),
    })
}

/// Hour, minute, second, microsecond.
pub type Clock = (i32, i32, i32, i32);

pub fn push_time(text: &mut String, (h, m, s, us): Clock, precision: Precision) {
    let _ = match precision {
        Precision::Auto if us == 0 => write!(text, "{h:02}:{m:02}:{s:02}"),
        Precision::Auto | Precision::Microseconds => {
            write!(text, "{h:02}:{m:02}:{s:02}.{us:06}")
        }
        Precision::Hours => write!(text, "{h:02}"),
        Precision::Minutes => write!(text, "{h:02}:{m:02}"),
        Precision::Seconds => write!(text, "{h:02}:{m:02}:{s:02}"),
        Precision::Milliseconds => {
            write!(text, "{h:02}:{m:02}:{s:02}.{:03}", us / 1000)
        }
    };
}

/// Writes a number of two digits.
#[inline]
fn two(out: &mut [u8], n: i32) {
    out[0] = b'0' + (n / 10) as u8;
    out[1] = b'0' + (n % 10) as u8;
}

/// Appends `YYYY-MM-DD`.
pub fn push_date(text: &mut String, year: i32, month: i32, day: i32) {
    let mut out = *b"0000-00-00";
    two(&mut out[0..], year / 100);
    two(&mut out[2..], year % 100);
    two(&mut out[5..], month);
    two(&mut out[8..], day);
    text.push_str(std::str::from_utf8(&out).unwrap_or_default());
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// `ctime()`.
pub fn ctime(year: i32, month: i32, day: i32, (h, m, s, _): Clock) -> String {
    let weekday = super::calendar::weekday(year, month, day) as usize;
    let month_name = MONTHS[month as usize - 1];
    format!(
        "{} {month_name} {day:2} {h:02}:{m:02}:{s:02} {year:04}",
        DAYS[weekday]
    )
}
