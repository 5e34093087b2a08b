//! `datetime.datetime`.

use std::cell::Cell;

use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::types::sequence::not_implemented;
use krait_object::{
    Builtin, Layout, Object, Owned, Py, PyResult, Type, Value, class_cell, protocol, raise,
};

use super::date::{self, Ymd};
use super::format::{self, Clock, Precision};
use super::span::{MICROS_PER_DAY, MICROS_PER_SECOND, Span};
use super::{
    calendar, constants, construct, datetime_compare, datetime_methods, datetime_new, delta,
    is_own, time, tzinfo,
};

/// The struct `PyDateTime_DateTime`; it begins with the fields of a date.
#[repr(C)]
pub struct DateTime {
    /// -1 until it is computed.
    pub(super) hash: Cell<i64>,
    has_zone: u8,
    /// The bytes of a date, then those of a time.
    pub(super) data: [u8; 10],
    pub(super) fold: Cell<u8>,
    zone: Option<Owned>,
}

pub type This = Instance<DateTime>;

/// The bytes of a date and a time.
pub fn data_of(ymd: Ymd, clock: Clock) -> [u8; 10] {
    let mut data = [0; 10];
    data[..4].copy_from_slice(&date::data_of(ymd));
    data[4..].copy_from_slice(&time::data_of(clock));
    data
}

impl DateTime {
    pub(super) fn of(data: [u8; 10], fold: u8, zone: Option<Owned>) -> DateTime {
        DateTime {
            hash: Cell::new(-1),
            has_zone: u8::from(zone.is_some()),
            data,
            fold: Cell::new(fold),
            zone,
        }
    }

    pub fn ymd(&self) -> Ymd {
        date::ymd_of(&self.data)
    }

    pub fn clock(&self) -> Clock {
        time::clock_of(&self.data[4..])
    }

    pub fn zone(&self) -> Option<&Object> {
        self.zone.as_deref()
    }

    pub fn owned_zone(&self) -> Option<Owned> {
        self.zone.clone()
    }

    pub fn fold(&self) -> u8 {
        self.fold.get()
    }

    /// Changes the fold of a datetime that nobody else has seen yet.
    pub fn set_fold(&self, fold: u8) {
        self.fold.set(fold);
    }

    /// Microseconds since the first day there is, as ordinal 0 would begin.
    pub fn micros(&self) -> i64 {
        let (year, month, day) = self.ymd();
        let days = i64::from(calendar::to_ordinal(year, month, day));
        let span = time::span_of(self.clock());
        days * MICROS_PER_DAY + i64::from(span.seconds) * MICROS_PER_SECOND + i64::from(span.micros)
    }
}

/// An exact datetime of fields that are in range.
pub fn new(py: Py, ymd: Ymd, clock: Clock, fold: u8, zone: Option<Owned>) -> Owned<This> {
    Instance::new(py, DateTime::of(data_of(ymd, clock), fold, zone))
}

/// An instance of a class that may be a subclass, whose constructor is called then.
pub fn of_class(
    py: Py,
    class: &Type,
    ymd: Ymd,
    clock: Clock,
    fold: u8,
    zone: Option<Owned>,
) -> PyResult {
    let (year, month, day) = ymd;
    if is_own::<DateTime>(class) {
        construct::check_date(py, year, month, day)?;
        construct::check_time(py, clock, i32::from(fold))?;
        return Ok(Value::from(new(py, ymd, clock, fold, zone)));
    }
    let zone = zone.map_or_else(Value::none, Value::from);
    let numbers = [year, month, day, clock.0, clock.1, clock.2, clock.3];
    let made = construct::call_with_ints(py, class, &numbers, Some(zone))?;
    if fold != 0
        && let Some(made) = made.downcast::<This>()
    {
        made.fold.set(fold);
    }
    Ok(made)
}

/// Date and time of microseconds since ordinal 0; OverflowError beyond the years there are.
pub fn split_micros(py: Py, micros: i128) -> PyResult<(Ymd, Clock)> {
    let days = micros.div_euclid(i128::from(MICROS_PER_DAY));
    if !(1..=i128::from(calendar::MAX_ORDINAL)).contains(&days) {
        return raise!(py, OverflowError, "date value out of range");
    }
    let rest = micros.rem_euclid(i128::from(MICROS_PER_DAY)) as i64;
    let seconds = (rest / MICROS_PER_SECOND) as i32;
    let clock = (
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60,
        (rest % MICROS_PER_SECOND) as i32,
    );
    Ok((calendar::from_ordinal(days as i32), clock))
}

/// A datetime later or earlier (`sign`) by a span, of the same class and zone.
pub fn shifted(py: Py, this: &This, span: Span, sign: i128) -> PyResult {
    let micros = i128::from(this.micros()) + sign * span.to_micros();
    let (ymd, clock) = split_micros(py, micros)?;
    of_class(py, this.as_object().ty(), ymd, clock, 0, this.owned_zone())
}

/// The zone's offset at the datetime.
pub fn offset(py: Py, this: &This) -> PyResult<Option<Span>> {
    match this.zone() {
        None => Ok(None),
        zone => tzinfo::utcoffset(py, zone, &Value::from(this.to_owned())),
    }
}

fn add(py: Py, a: &Object, b: &Object) -> PyResult {
    if let (Some(moment), Some(span)) = (a.downcast::<This>(), delta::span_of(b)) {
        return shifted(py, moment, span, 1);
    }
    match (b.downcast::<This>(), delta::span_of(a)) {
        (Some(moment), Some(span)) => shifted(py, moment, span, 1),
        _ => Ok(not_implemented()),
    }
}

/// The span from `b` to `a`; offsets count where the zones differ.
pub fn difference(py: Py, a: &This, b: &This) -> PyResult<Span> {
    let mut micros = i128::from(a.micros()) - i128::from(b.micros());
    let same_zone = match (a.zone(), b.zone()) {
        (Some(x), Some(y)) => x.is(y),
        (None, None) => true,
        _ => false,
    };
    if !same_zone {
        match (offset(py, a)?, offset(py, b)?) {
            (Some(x), Some(y)) => micros -= x.to_micros() - y.to_micros(),
            (None, None) => {}
            _ => {
                return raise!(
                    py,
                    TypeError,
                    "can't subtract offset-naive and offset-aware datetimes"
                );
            }
        }
    }
    delta::in_range(py, Span::from_micros(micros))
}

fn subtract(py: Py, a: &Object, b: &Object) -> PyResult {
    let Some(a) = a.downcast::<This>() else {
        return Ok(not_implemented());
    };
    if let Some(b) = b.downcast::<This>() {
        return Ok(Value::from(delta::new(py, difference(py, a, b)?)));
    }
    match delta::span_of(b) {
        Some(span) => shifted(py, a, span, -1),
        None => Ok(not_implemented()),
    }
}

fn repr(py: Py, this: &This) -> PyResult<String> {
    let ((year, month, day), (hour, minute, second, micros)) = (this.ymd(), this.clock());
    let name = this.as_object().ty().full_name();
    let mut text = format!("{name}({year}, {month}, {day}, {hour}, {minute}");
    if micros != 0 {
        text.push_str(&format!(", {second}, {micros}"));
    } else if second != 0 {
        text.push_str(&format!(", {second}"));
    }
    if this.fold.get() != 0 {
        text.push_str(", fold=1");
    }
    if let Some(zone) = this.zone() {
        let zone = protocol::repr::repr_object(py, zone)?;
        text.push_str(&format!(", tzinfo={}", zone.to_rust()));
    }
    text.push(')');
    Ok(text)
}

/// The text before the offset.
pub fn isoformat(py: Py, this: &This, separator: &str, precision: Precision) -> PyResult<String> {
    let mut text = String::with_capacity(40);
    let (year, month, day) = this.ymd();
    format::push_date(&mut text, year, month, day);
    text.push_str(separator);
    format::push_time(&mut text, this.clock(), precision);
    if let Some(offset) = offset(py, this)? {
        format::push_offset(&mut text, offset, ":");
    }
    Ok(text)
}

pub fn define_constants(py: Py) -> PyResult<()> {
    let micro = Span {
        micros: 1,
        ..Span::default()
    };
    let least = new(py, (1, 1, 1), (0, 0, 0, 0), 0, None);
    let most = new(py, (9999, 12, 31), (23, 59, 59, 999_999), 0, None);
    constants::<DateTime>(
        py,
        &[
            ("min", Value::from(least)),
            ("max", Value::from(most)),
            ("resolution", Value::from(delta::new(py, micro))),
        ],
    )
}

impl Class for DateTime {
    const NAME: &'static str = "datetime.datetime";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.base(date::This::type_object())
            .subclassable()
            .doc(DOC)
            .new_with(
                "function(year=<x>, month=<x>, day=<x>, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)",
                datetime_new::construct,
            )
            .repr(repr)
            .str(|py: Py, this: &This| {
                let separator = Value::from(krait_object::Str::new(" "));
                super::call_own(py, this.as_object(), "isoformat", &separator)
            })
            .hash(datetime_compare::hash)
            .compare(datetime_compare::compare)
            .add(add)
            .subtract(subtract)
            .getter("hour", |_py: Py, this: &This| this.clock().0)
            .getter("minute", |_py: Py, this: &This| this.clock().1)
            .getter("second", |_py: Py, this: &This| this.clock().2)
            .getter("microsecond", |_py: Py, this: &This| this.clock().3)
            .getter("tzinfo", |_py: Py, this: &This| this.owned_zone())
            .getter("fold", |_py: Py, this: &This| this.fold.get());
        datetime_new::define(b);
        datetime_methods::define(b);
    }
}

const DOC: &str = "datetime(year, month, day[, hour[, minute[, second[, microsecond[,tzinfo]]]]])\n\nThe year, month and day arguments are required. tzinfo may be None, or an\ninstance of a tzinfo subclass. The remaining arguments may be ints.\n";
