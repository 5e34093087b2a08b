//! Methods of time.

use krait_object::native::{Instance, TypeBuilder};
use krait_object::{Bytes, Layout, Owned, Py, PyResult, Tuple, Type, Value, raise};

use super::construct::{check_time, int_or};
use super::date_parse::{invalid, iso_text, strptime};
use super::parse::{self, Zone};
use super::time::{self, This, Time};
use super::{date, define_replace, format, strftime, timezone, tzinfo};

#[expect(clippy::too_many_arguments, reason = "Python's signature")]
fn replace(
    py: Py,
    this: &This,
    hour: Option<&Value>,
    minute: Option<&Value>,
    second: Option<&Value>,
    micro: Option<&Value>,
    zone: Option<&Value>,
    fold: Option<&Value>,
) -> PyResult {
    let own = this.clock();
    let clock = (
        int_or(py, hour, own.0)?,
        int_or(py, minute, own.1)?,
        int_or(py, second, own.2)?,
        int_or(py, micro, own.3)?,
    );
    let zone = match zone {
        Some(zone) => tzinfo::argument(py, Some(zone))?,
        None => this.zone().map(|z| z.to_owned()),
    };
    let fold = int_or(py, fold, i32::from(this.fold()))?;
    check_time(py, clock, fold)?;
    time::of_class(py, this.as_object().ty(), clock, fold as u8, zone)
}

/// The zone that text has named.
pub fn zone_of(py: Py, zone: Zone) -> PyResult<Option<Owned>> {
    match zone {
        Zone::None => Ok(None),
        Zone::Utc => Ok(Some(timezone::utc_object(py).upcast())),
        Zone::Offset(seconds, micros) => {
            let span = super::span::Span::normal(0, seconds, micros);
            let span = super::delta::in_range(py, span)?;
            let value = Value::from(super::delta::new(py, span));
            tzinfo::check_offset(py, &value, "utcoffset")?;
            Ok(Some(timezone::of_span(py, span, None).upcast()))
        }
    }
}

/// 24:00 is the next day's midnight; true where the reading is that.
pub fn wrap_midnight(py: Py, clock: &mut format::Clock) -> PyResult<bool> {
    if clock.0 != 24 {
        return Ok(false);
    }
    if (clock.1, clock.2, clock.3) != (0, 0, 0) {
        return raise!(
            py,
            ValueError,
            "minute, second, and microsecond must be 0 when hour is 24"
        );
    }
    clock.0 = 0;
    Ok(true)
}

fn fromisoformat(py: Py, class: &Type, value: &Value) -> PyResult {
    let text = iso_text(py, value)?;
    let parsed = text
        .as_ascii()
        .map(|t| t.strip_prefix('T').unwrap_or(t))
        .and_then(|t| parse::time(t.as_bytes()));
    let Some((mut clock, zone)) = parsed else {
        return invalid(py, value);
    };
    wrap_midnight(py, &mut clock)?;
    let zone = zone_of(py, zone)?;
    time::of_class(py, class, clock, 0, zone)
}

fn reduce(this: &This, protocol: i64) -> (Value, Owned<Tuple>) {
    let mut state = this.data;
    if protocol > 3 && this.fold() != 0 {
        state[0] |= 0x80;
    }
    let state = Value::from(Bytes::new(&state));
    let args = match this.zone() {
        Some(zone) => Tuple::from_values([state, Value::from(zone.to_owned())]),
        None => Tuple::from_values([state]),
    };
    (Value::from(this.as_object().ty().to_owned()), args)
}

fn strftime(py: Py, this: &This, spec: &Value) -> PyResult {
    // Python's strftime insists on a date: 1900 is a year that every C library knows.
    let (hour, minute, second, micros) = this.clock();
    let times = [1900, 1, 1, hour, minute, second, 0, 1, -1];
    let times = Tuple::from_values(times.map(|n| Value::int(i64::from(n))));
    strftime::wrap(py, this.as_object(), spec, &Value::from(times), micros)
}

fn define_zone(b: &mut TypeBuilder<Instance<Time>>) {
    b.method_doc(
        "utcoffset($self, /)",
        "Return self.tzinfo.utcoffset(self).",
        |py: Py, this: &This| {
            let span = time::offset(py, this)?;
            Ok(tzinfo::offset_value(py, span))
        },
    )
    .method_doc(
        "tzname($self, /)",
        "Return self.tzinfo.tzname(self).",
        |py: Py, this: &This| tzinfo::tzname(py, this.zone(), &Value::none()),
    )
    .method_doc(
        "dst($self, /)",
        "Return self.tzinfo.dst(self).",
        |py: Py, this: &This| {
            let span = tzinfo::dst(py, this.zone(), &Value::none())?;
            Ok(tzinfo::offset_value(py, span))
        },
    );
}

pub(super) fn define(b: &mut TypeBuilder<This>) {
    b.class_method("fromisoformat($type, object, /)", fromisoformat)
        .class_method(
            "strptime($type, string, format, /)",
            |py: Py, class: &Type, text: &Value, format: &Value| {
                strptime(py, class, text, format, "_strptime_datetime_time")
            },
        )
        .method_doc(
            "isoformat($self, /, timespec='auto')",
            ISOFORMAT,
            |py: Py, this: &This, timespec: Option<&Value>| {
                let precision = format::precision(py, timespec)?;
                time::isoformat(py, this, precision)
            },
        )
        .method_doc(
            "strftime($self, /, format)",
            "format -> strftime() style string.",
            strftime,
        )
        .method_doc(
            "__format__($self, format, /)",
            "Formats self with strftime.",
            |py: Py, this: &This, spec: &Value| {
                date::format_by_strftime(py, this.as_object(), spec)
            },
        )
        .method_doc(
            "replace($self, /, hour=unchanged, minute=unchanged, second=unchanged, microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)",
            "Return time with new specified fields.",
            replace,
        )
        .method_doc(
            "__reduce_ex__($self, proto, /)",
            "__reduce_ex__(proto) -> (cls, state)",
            |_py: Py, this: &This, protocol: i64| reduce(this, protocol),
        )
        .method_doc(
            "__reduce__($self, /)",
            "__reduce__() -> (cls, state)",
            |_py: Py, this: &This| reduce(this, 2),
        );
    define_zone(b);
    define_replace::<Time>(b);
}

const ISOFORMAT: &str = "Return string in ISO 8601 format, [HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].\n\nThe optional argument timespec specifies the number of additional terms\nof the time to include. Valid options are 'auto', 'hours', 'minutes',\n'seconds', 'milliseconds' and 'microseconds'.\n";
