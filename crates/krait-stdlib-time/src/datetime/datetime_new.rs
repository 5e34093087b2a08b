//! How datetimes are made.

use krait_object::native::{Instance, TypeBuilder};
use krait_object::protocol;
use krait_object::{Layout, Owned, Py, PyResult, Str, Type, Value, errors, exceptions, raise};

use super::construct::{check_date, check_time, int_argument, int_or, missing, pickled};
use super::date_parse::{invalid, iso_text, strptime};
use super::datetime::{self, DateTime, This, data_of};
use super::time_methods::{wrap_midnight, zone_of};
use super::{calendar, convert, date, local, parse, time, tzinfo};

#[expect(clippy::too_many_arguments, reason = "Python's signature")]
pub fn construct(
    py: Py,
    class: &Type,
    year: Option<&Value>,
    month: Option<&Value>,
    day: Option<&Value>,
    hour: Option<&Value>,
    minute: Option<&Value>,
    second: Option<&Value>,
    micro: Option<&Value>,
    zone: Option<&Value>,
    fold: Option<&Value>,
) -> PyResult<Owned<This>> {
    if let (Some(state), None, None) = (year, day, hour)
        && let Some(mut state) = pickled::<10>(py, state, "datetime")?
        && (1..=12).contains(&(state[2] & 0x7F))
    {
        let zone = time::state_zone(py, zone.or(month))?;
        let fold = state[2] >> 7;
        state[2] &= 0x7F;
        return Instance::new_in(py, class, DateTime::of(state, fold, zone));
    }
    let required = |value: Option<&Value>, name: &str, place| match value {
        Some(value) => int_argument(py, value),
        None => missing(py, name, place),
    };
    let year = required(year, "year", 1)?;
    let month = required(month, "month", 2)?;
    let day = required(day, "day", 3)?;
    let clock = (
        int_or(py, hour, 0)?,
        int_or(py, minute, 0)?,
        int_or(py, second, 0)?,
        int_or(py, micro, 0)?,
    );
    let fold = int_or(py, fold, 0)?;
    check_date(py, year, month, day)?;
    check_time(py, clock, fold)?;
    let zone = tzinfo::argument(py, zone)?;
    let data = data_of((year, month, day), clock);
    Instance::new_in(py, class, DateTime::of(data, fold as u8, zone))
}

/// A datetime of a Unix time: local, or UTC where `utc` holds.
fn of_unix(
    py: Py,
    class: &Type,
    (seconds, micros): (i64, i32),
    utc: bool,
    zone: Option<Owned>,
) -> PyResult {
    let tm = if utc {
        local::utc_tm(py, seconds)?
    } else {
        local::local_tm(py, seconds)?
    };
    let mut fold = 0;
    if !utc && zone.is_none() {
        let reading = local::seconds_of_tm(py, &tm)?;
        fold = u8::from(local::is_second_reading(py, seconds, reading)?);
    }
    let ymd = (tm.year + 1900, tm.month + 1, tm.day);
    let clock = (tm.hour, tm.minute, tm.second.min(59), micros);
    datetime::of_class(py, class, ymd, clock, fold, zone)
}

/// Hands a datetime of UTC to its zone.
fn from_utc(py: Py, moment: Value) -> PyResult {
    let zone = moment.downcast::<This>().and_then(|m| m.owned_zone());
    match zone {
        Some(zone) => protocol::call_method_str(py, &Value::from(zone), "fromutc", &[moment]),
        None => Ok(moment),
    }
}

fn in_zone(py: Py, class: &Type, unix: (i64, i32), zone: Option<&Value>) -> PyResult {
    let zone = tzinfo::argument(py, zone)?;
    if zone.is_none() {
        return of_unix(py, class, unix, false, None);
    }
    let moment = of_unix(py, class, unix, true, zone)?;
    from_utc(py, moment)
}

fn now(py: Py, class: &Type, zone: Option<&Value>) -> PyResult {
    in_zone(py, class, local::now(py)?, zone)
}

fn fromtimestamp(py: Py, class: &Type, timestamp: &Value, zone: Option<&Value>) -> PyResult {
    tzinfo::argument(py, zone)?;
    let unix = convert::seconds_and_micros(py, timestamp)?;
    in_zone(py, class, unix, zone)
}

fn deprecated(py: Py, name: &str, instead: &str) -> PyResult<()> {
    let text = format!(
        "datetime.datetime.{name}() is deprecated and scheduled for removal in a future version. Use timezone-aware objects to represent datetimes in UTC: datetime.datetime.{instead}."
    );
    errors::warn(py, &exceptions::DeprecationWarning, &text, 1)
}

fn utcnow(py: Py, class: &Type) -> PyResult {
    deprecated(py, "utcnow", "now(datetime.UTC)")?;
    of_unix(py, class, local::now(py)?, true, None)
}

fn utcfromtimestamp(py: Py, class: &Type, timestamp: &Value) -> PyResult {
    deprecated(
        py,
        "utcfromtimestamp",
        "fromtimestamp(timestamp, datetime.UTC)",
    )?;
    let unix = convert::seconds_and_micros(py, timestamp)?;
    of_unix(py, class, unix, true, None)
}

fn combine(py: Py, class: &Type, day: &Value, at: &Value, zone: Option<&Value>) -> PyResult {
    let Some(ymd) = day.downcast::<date::This>().map(|d| d.ymd()) else {
        return raise!(
            py,
            TypeError,
            "combine() argument 1 must be datetime.date, not {}",
            day.ty().name()
        );
    };
    let Some(at) = at.downcast::<time::This>() else {
        return raise!(
            py,
            TypeError,
            "combine() argument 2 must be datetime.time, not {}",
            at.ty().name()
        );
    };
    let zone = match zone {
        Some(zone) => tzinfo::argument(py, Some(zone))?,
        None => at.zone().map(|z| z.to_owned()),
    };
    datetime::of_class(py, class, ymd, at.clock(), at.fold(), zone)
}

/// The parts of the text: date, and time where there is one. Only the character between
/// them may be other than ASCII.
fn split(text: &Str) -> Option<(Vec<u8>, Option<Vec<u8>>)> {
    let codes: Vec<u32> = text.code_points().collect();
    if codes.len() < 7 {
        return None;
    }
    let at = parse::separator(&codes)?;
    let ascii = |part: &[u32]| -> Option<Vec<u8>> {
        part.iter()
            .map(|&c| u8::try_from(c).ok().filter(u8::is_ascii))
            .collect()
    };
    let day = ascii(codes.get(..at.min(codes.len()))?)?;
    let rest = match codes.get(at + 1..) {
        Some(rest) if at < codes.len() => Some(ascii(rest)?),
        _ => None,
    };
    Some((day, rest))
}

/// The day after, where a time of 24:00 asks for it.
fn next_day((year, month, day): date::Ymd) -> Option<date::Ymd> {
    let fits = (1..=12).contains(&month)
        && (super::MIN_YEAR..=super::MAX_YEAR).contains(&year)
        && (1..=calendar::days_in_month(year, month)).contains(&day);
    fits.then(|| {
        if day < calendar::days_in_month(year, month) {
            (year, month, day + 1)
        } else if month < 12 {
            (year, month + 1, 1)
        } else {
            (year + 1, 1, 1)
        }
    })
}

fn fromisoformat(py: Py, class: &Type, value: &Value) -> PyResult {
    let text = iso_text(py, value)?;
    let Some((day, rest)) = split(text) else {
        return invalid(py, value);
    };
    let Some(mut ymd) = parse::date(&day) else {
        return invalid(py, value);
    };
    let (mut clock, mut zone) = ((0, 0, 0, 0), parse::Zone::None);
    if let Some(rest) = rest {
        match parse::time(&rest) {
            Some(parsed) => (clock, zone) = parsed,
            None => return invalid(py, value),
        }
    }
    if wrap_midnight(py, &mut clock)? {
        ymd = next_day(ymd).unwrap_or(ymd);
    }
    let zone = zone_of(py, zone)?;
    datetime::of_class(py, class, ymd, clock, 0, zone)
}

pub(super) fn define(b: &mut TypeBuilder<This>) {
    b.class_method("now($type, /, tz=None)", now)
        .class_method("utcnow($type, /)", utcnow)
        .class_method("fromtimestamp($type, /, timestamp, tz=None)", fromtimestamp)
        .class_method("utcfromtimestamp($type, timestamp, /)", utcfromtimestamp)
        .class_method(
            "strptime($type, string, format, /)",
            |py: Py, class: &Type, text: &Value, format: &Value| {
                strptime(py, class, text, format, "_strptime_datetime_datetime")
            },
        )
        .class_method("combine($type, /, date, time, tzinfo=<x>)", combine)
        .class_method("fromisoformat($type, object, /)", fromisoformat);
}
