//! How dates are made by other ways than their constructor.

use krait_object::native::TypeBuilder;
use krait_object::protocol;
use krait_object::{Layout, Py, PyResult, Str, Type, Value, errors, exceptions, hooks, raise};

use super::construct::int_argument;
use super::date::{self, This};
use super::{MAX_YEAR, MIN_YEAR, calendar, convert, local, parse};

/// The text of a `fromisoformat` argument.
pub fn iso_text(py: Py, value: &Value) -> PyResult<&Str> {
    match value.downcast::<Str>() {
        Some(text) => Ok(text),
        None => raise!(py, TypeError, "fromisoformat: argument must be str"),
    }
}

#[cold]
pub fn invalid<T>(py: Py, value: &Value) -> PyResult<T> {
    let text = protocol::repr(py, value)?;
    raise!(
        py,
        ValueError,
        "Invalid isoformat string: {}",
        text.to_rust()
    )
}

fn fromisoformat(py: Py, class: &Type, value: &Value) -> PyResult {
    let text = iso_text(py, value)?;
    let parsed = text
        .as_ascii()
        .filter(|t| matches!(t.len(), 7 | 8 | 10))
        .and_then(|t| parse::date(t.as_bytes()));
    match parsed {
        Some(ymd) => date::of_class(py, class, ymd),
        None => invalid(py, value),
    }
}

/// A number of an ISO date; one beyond a C int is out of range in any case.
fn iso_component(py: Py, value: &Value) -> PyResult<i32> {
    match int_argument(py, value) {
        Ok(number) => Ok(number),
        Err(raised) => match errors::take_if(py, &exceptions::OverflowError) {
            Some(_) => raise!(py, ValueError, "ISO calendar component out of range"),
            None => Err(raised),
        },
    }
}

fn fromisocalendar(py: Py, class: &Type, year: &Value, week: &Value, day: &Value) -> PyResult {
    let year = iso_component(py, year)?;
    let week = iso_component(py, week)?;
    let day = iso_component(py, day)?;
    match calendar::from_iso(year, week, day) {
        Ok(ymd) => date::of_class(py, class, ymd),
        Err(calendar::IsoFault::Year) => raise!(
            py,
            ValueError,
            "year must be in {MIN_YEAR}..{MAX_YEAR}, not {year}"
        ),
        Err(calendar::IsoFault::Week) => raise!(py, ValueError, "Invalid week: {week}"),
        Err(calendar::IsoFault::Weekday) => {
            raise!(py, ValueError, "Invalid weekday: {day} (range is [1, 7])")
        }
    }
}

fn fromtimestamp(py: Py, class: &Type, timestamp: &Value) -> PyResult {
    let seconds = convert::whole_seconds(py, timestamp)?;
    let tm = local::local_tm(py, seconds)?;
    date::of_class(py, class, (tm.year + 1900, tm.month + 1, tm.day))
}

fn today(py: Py, class: &Type) -> PyResult {
    let own = Value::from(class.to_owned());
    if super::is_own::<date::Date>(class) {
        let (seconds, _) = local::now(py)?;
        let tm = local::local_tm(py, seconds)?;
        return date::of_class(py, class, (tm.year + 1900, tm.month + 1, tm.day));
    }
    let time = hooks::import_module(py, "time")?;
    let now = protocol::call_method_str(py, &time, "time", &[])?;
    protocol::call_method_str(py, &own, "fromtimestamp", &[now])
}

/// `strptime` of the three classes, by `_strptime`'s function of a name.
pub fn strptime(py: Py, class: &Type, text: &Value, format: &Value, function: &str) -> PyResult {
    for (i, value) in [text, format].into_iter().enumerate() {
        if value.downcast::<Str>().is_none() {
            return raise!(
                py,
                TypeError,
                "strptime() argument {} must be str, not {}",
                i + 1,
                value.ty().name()
            );
        }
    }
    let module = hooks::import_module(py, "_strptime")?;
    let class = Value::from(class.to_owned());
    protocol::call_method_str(
        py,
        &module,
        function,
        &[class, text.clone(), format.clone()],
    )
}

pub(super) fn define(b: &mut TypeBuilder<This>) {
    b.class_method("fromtimestamp($type, timestamp, /)", fromtimestamp)
        .class_method(
            "fromordinal($type, ordinal, /)",
            |py: Py, class: &Type, ordinal: &Value| {
                let ordinal = int_argument(py, ordinal)?;
                date::of_ordinal(py, class, ordinal)
            },
        )
        .class_method("fromisoformat($type, object, /)", fromisoformat)
        .class_method(
            "fromisocalendar($type, /, year, week, day)",
            fromisocalendar,
        )
        .class_method(
            "strptime($type, string, format, /)",
            |py: Py, class: &Type, text: &Value, format: &Value| {
                strptime(py, class, text, format, "_strptime_datetime_date")
            },
        )
        .class_method("today($type, /)", today);
}
