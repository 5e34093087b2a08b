//! Methods of datetime.

use krait_object::native::TypeBuilder;
use krait_object::protocol;
use krait_object::{Bytes, Layout, Owned, Py, PyResult, Str, Tuple, Value, raise};

use super::construct::{check_date, check_time, int_or};
use super::datetime::{self, DateTime, This, offset};
use super::{date, define_replace, delta, format, local, strftime, time, timezone, tzinfo};

#[expect(clippy::too_many_arguments, reason = "Python's signature")]
fn replace(
    py: Py,
    this: &This,
    year: Option<&Value>,
    month: Option<&Value>,
    day: Option<&Value>,
    hour: Option<&Value>,
    minute: Option<&Value>,
    second: Option<&Value>,
    micro: Option<&Value>,
    zone: Option<&Value>,
    fold: Option<&Value>,
) -> PyResult {
    let ((y, m, d), own) = (this.ymd(), this.clock());
    let ymd = (
        int_or(py, year, y)?,
        int_or(py, month, m)?,
        int_or(py, day, d)?,
    );
    let clock = (
        int_or(py, hour, own.0)?,
        int_or(py, minute, own.1)?,
        int_or(py, second, own.2)?,
        int_or(py, micro, own.3)?,
    );
    let zone = match zone {
        Some(zone) => tzinfo::argument(py, Some(zone))?,
        None => this.owned_zone(),
    };
    let fold = int_or(py, fold, i32::from(this.fold.get()))?;
    check_date(py, ymd.0, ymd.1, ymd.2)?;
    check_time(py, clock, fold)?;
    datetime::of_class(py, this.as_object().ty(), ymd, clock, fold as u8, zone)
}

/// The Unix time in seconds of a datetime without zone, which is local time.
fn local_unix(py: Py, this: &This) -> PyResult<i64> {
    let reading = local::seconds_of(this.ymd(), this.clock());
    Ok(local::to_utc(py, reading, this.fold.get() != 0)? - local::EPOCH)
}

/// Microseconds since the Unix epoch of a datetime with an offset.
fn aware_micros(py: Py, this: &This) -> PyResult<i128> {
    let own = offset(py, this)?.unwrap_or_default();
    Ok(i128::from(this.micros()) - own.to_micros() - i128::from(local::EPOCH) * 1_000_000)
}

fn timestamp(py: Py, this: &This) -> PyResult {
    if this.zone().is_some() && offset(py, this)?.is_some() {
        let micros = aware_micros(py, this)?;
        if micros.unsigned_abs() < 1 << 53 {
            return Ok(Value::float(micros as f64 / 1e6));
        }
        let span = delta::in_range(py, super::span::Span::from_micros(micros))?;
        return super::delta_ops::total_seconds(py, &delta::new(py, span));
    }
    if this.zone().is_some() {
        // Aware objects without an offset are subtracted from an aware epoch, and fail.
        let epoch = datetime::new(
            py,
            (1970, 1, 1),
            (0, 0, 0, 0),
            0,
            Some(timezone::utc_object(py).upcast()),
        );
        datetime::difference(py, this, &epoch)?;
    }
    let seconds = local_unix(py, this)?;
    Ok(Value::float(
        seconds as f64 + f64::from(this.clock().3) / 1e6,
    ))
}

fn timetuple(py: Py, this: &This) -> PyResult {
    let summer = tzinfo::dst(py, this.zone(), &Value::from(this.to_owned()))?;
    let flag = match summer {
        None => -1,
        Some(span) => i32::from(!span.is_zero()),
    };
    strftime::struct_time(py, this.ymd(), this.clock(), flag)
}

fn utctimetuple(py: Py, this: &This) -> PyResult {
    let own = offset(py, this)?.unwrap_or_default();
    let micros = i128::from(this.micros()) - own.to_micros();
    let (ymd, clock) = datetime::split_micros(py, micros)?;
    strftime::struct_time(py, ymd, clock, 0)
}

fn separator(py: Py, value: Option<&Value>) -> PyResult<String> {
    let Some(value) = value else {
        return Ok("T".to_string());
    };
    match value.downcast::<Str>() {
        Some(text) if text.len() == 1 => Ok(text.to_rust().into_owned()),
        Some(text) => raise!(
            py,
            TypeError,
            "isoformat() argument 1 must be a unicode character, not a string of length {}",
            text.len()
        ),
        None => raise!(
            py,
            TypeError,
            "isoformat() argument 1 must be a unicode character, not {}",
            value.ty().name()
        ),
    }
}

fn isoformat(py: Py, this: &This, sep: Option<&Value>, timespec: Option<&Value>) -> PyResult {
    let mark = separator(py, sep)?;
    let precision = format::precision(py, timespec)?;
    let text = datetime::isoformat(py, this, "T", precision)?;
    // A lone surrogate is a character, though no Rust text has it.
    match sep.and_then(|s| s.downcast::<Str>()) {
        Some(given) if given.as_ascii().is_none() => {
            let mut codes: Vec<u32> = text.chars().map(u32::from).collect();
            codes[10] = given.code_points().next().unwrap_or(u32::from('T'));
            Ok(Value::from(Str::from_u32(&codes)))
        }
        _ => {
            let text = format!("{}{mark}{}", &text[..10], &text[11..]);
            Ok(Value::from(Str::new(&text)))
        }
    }
}

/// The zone of local time at a datetime without zone. In a gap the other fold's moment
/// has the offset that this fold stands for.
fn local_zone(py: Py, this: &This) -> PyResult<Owned> {
    let (reading, fold) = (
        local::seconds_of(this.ymd(), this.clock()),
        this.fold.get() != 0,
    );
    let mut seconds = local::to_utc(py, reading, fold)?;
    let other = local::to_utc(py, reading, !fold)?;
    if other != seconds && (other > seconds) == fold {
        seconds = other;
    }
    Ok(local::zone_at(py, seconds - local::EPOCH)?.upcast())
}

fn astimezone(py: Py, this: &This, zone: Option<&Value>) -> PyResult {
    let target = tzinfo::argument(py, zone)?;
    let mut source = this.owned_zone();
    if source.is_none() {
        source = Some(local_zone(py, this)?);
    }
    if let (Some(source), Some(target)) = (&source, &target)
        && source.is(target)
        && this.zone().is_some()
    {
        return Ok(Value::from(this.to_owned()));
    }
    let own = Value::from(this.to_owned());
    let offset = match tzinfo::utcoffset(py, source.as_deref(), &own)? {
        Some(offset) => offset,
        None => {
            let local = local_zone(py, this)?;
            tzinfo::utcoffset(py, Some(&local), &own)?.unwrap_or_default()
        }
    };
    let micros = i128::from(this.micros()) - offset.to_micros();
    let (ymd, clock) = datetime::split_micros(py, micros)?;
    let target = match target {
        Some(target) => target,
        None => {
            let unix = local::seconds_of(ymd, clock) - local::EPOCH;
            local::zone_at(py, unix)?.upcast()
        }
    };
    let class = this.as_object().ty();
    let moment = datetime::of_class(py, class, ymd, clock, 0, Some(target.clone()))?;
    if let Some(fixed) = target.downcast_exact::<timezone::This>()
        && let Some(moment) = moment.downcast::<This>()
    {
        return datetime::shifted(py, moment, fixed.offset.span, 1);
    }
    protocol::call_method_str(py, &Value::from(target), "fromutc", &[moment])
}

fn reduce(this: &This, protocol: i64) -> (Value, Owned<Tuple>) {
    let mut state = this.data;
    if protocol > 3 && this.fold.get() != 0 {
        state[2] |= 0x80;
    }
    let state = Value::from(Bytes::new(&state));
    let args = match this.owned_zone() {
        Some(zone) => Tuple::from_values([state, Value::from(zone)]),
        None => Tuple::from_values([state]),
    };
    (Value::from(this.as_object().ty().to_owned()), args)
}

fn define_zone(b: &mut TypeBuilder<This>) {
    b.method_doc(
        "utcoffset($self, /)",
        "Return self.tzinfo.utcoffset(self).",
        |py: Py, this: &This| {
            let span = offset(py, this)?;
            Ok(tzinfo::offset_value(py, span))
        },
    )
    .method_doc(
        "tzname($self, /)",
        "Return self.tzinfo.tzname(self).",
        |py: Py, this: &This| tzinfo::tzname(py, this.zone(), &Value::from(this.to_owned())),
    )
    .method_doc(
        "dst($self, /)",
        "Return self.tzinfo.dst(self).",
        |py: Py, this: &This| {
            let span = tzinfo::dst(py, this.zone(), &Value::from(this.to_owned()))?;
            Ok(tzinfo::offset_value(py, span))
        },
    )
    .method_doc(
        "astimezone($self, /, tz=None)",
        "tz -> convert to local time in new timezone tz\n",
        astimezone,
    );
}

fn define_parts(b: &mut TypeBuilder<This>) {
    b.method_doc(
        "date($self, /)",
        "Return date object with same year, month and day.",
        |py: Py, this: &This| date::new(py, this.ymd()),
    )
    .method_doc(
        "time($self, /)",
        "Return time object with same time but with tzinfo=None.",
        |py: Py, this: &This| time::new(py, this.clock(), this.fold.get(), None),
    )
    .method_doc(
        "timetz($self, /)",
        "Return time object with same time and tzinfo.",
        |py: Py, this: &This| time::new(py, this.clock(), this.fold.get(), this.owned_zone()),
    )
    .method_doc(
        "ctime($self, /)",
        "Return ctime() style string.",
        |_py: Py, this: &This| {
            let (year, month, day) = this.ymd();
            format::ctime(year, month, day, this.clock())
        },
    )
    .method_doc(
        "timetuple($self, /)",
        "Return time tuple, compatible with time.localtime().",
        timetuple,
    )
    .method_doc(
        "utctimetuple($self, /)",
        "Return UTC time tuple, compatible with time.localtime().",
        utctimetuple,
    )
    .method_doc(
        "timestamp($self, /)",
        "Return POSIX timestamp as float.",
        timestamp,
    );
}

pub(super) fn define(b: &mut TypeBuilder<This>) {
    define_parts(b);
    define_zone(b);
    b.method_doc("isoformat($self, /, sep='T', timespec='auto')", ISOFORMAT, isoformat)
        .method_doc(
            "strftime($self, /, format)",
            "format -> strftime() style string.",
            |py: Py, this: &This, spec: &Value| {
                let times = super::call_own_plain(py, this.as_object(), "timetuple")?;
                strftime::wrap(py, this.as_object(), spec, &times, this.clock().3)
            },
        )
        .method_doc(
            "replace($self, /, year=unchanged, month=unchanged, day=unchanged, hour=unchanged, minute=unchanged, second=unchanged, microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)",
            "Return datetime with new specified fields.",
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
    define_replace::<DateTime>(b);
}

const ISOFORMAT: &str = "[sep] -> string in ISO 8601 format, YYYY-MM-DDT[HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].\nsep is used to separate the year from the time, and defaults to 'T'.\nThe optional argument timespec specifies the number of additional terms\nof the time to include. Valid options are 'auto', 'hours', 'minutes',\n'seconds', 'milliseconds' and 'microseconds'.\n";
