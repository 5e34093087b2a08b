//! `datetime.date`.

use std::cell::Cell;

use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::protocol::CompareOp;
use krait_object::types::sequence::not_implemented;
use krait_object::{
    Bytes, Layout, Object, Owned, Py, PyResult, Str, Tuple, Type, Value, class_cell, raise,
};

use super::construct::{call_with_ints, check_date, int_argument, int_or, missing, pickled};
use super::span::Span;
use super::{
    calendar, constants, date_parse, datetime, define_replace, delta, format, is_own, iso_calendar,
    strftime,
};

/// The struct `PyDateTime_Date`.
#[repr(C)]
pub struct Date {
    /// -1 until it is computed.
    pub(super) hash: Cell<i64>,
    pub(super) has_zone: u8,
    /// Two bytes of the year, high to low, month, day.
    pub(super) data: [u8; 4],
}

pub type This = Instance<Date>;
pub type Ymd = (i32, i32, i32);

pub fn ymd_of(data: &[u8]) -> Ymd {
    let year = i32::from(data[0]) << 8 | i32::from(data[1]);
    (year, i32::from(data[2]), i32::from(data[3]))
}

pub fn data_of((year, month, day): Ymd) -> [u8; 4] {
    [(year >> 8) as u8, year as u8, month as u8, day as u8]
}

impl Date {
    fn of(data: [u8; 4]) -> Date {
        Date {
            hash: Cell::new(-1),
            has_zone: 0,
            data,
        }
    }

    pub fn ymd(&self) -> Ymd {
        ymd_of(&self.data)
    }

    pub fn ordinal(&self) -> i32 {
        let (year, month, day) = self.ymd();
        calendar::to_ordinal(year, month, day)
    }
}

/// An exact date of fields that are in range.
pub fn new(py: Py, ymd: Ymd) -> Owned<This> {
    Instance::new(py, Date::of(data_of(ymd)))
}

/// An instance of a class that may be a subclass, whose constructor is called then.
pub fn of_class(py: Py, class: &Type, ymd: Ymd) -> PyResult {
    let (year, month, day) = ymd;
    if is_own::<Date>(class) {
        check_date(py, year, month, day)?;
        return Ok(Value::from(new(py, ymd)));
    }
    call_with_ints(py, class, &[year, month, day], None)
}

pub fn of_ordinal(py: Py, class: &Type, ordinal: i32) -> PyResult {
    if ordinal < 1 {
        return raise!(py, ValueError, "ordinal must be >= 1");
    }
    of_class(py, class, calendar::from_ordinal(ordinal))
}

fn construct(
    py: Py,
    class: &Type,
    year: Option<&Value>,
    month: Option<&Value>,
    day: Option<&Value>,
) -> PyResult<Owned<This>> {
    if let (Some(state), None, None) = (year, month, day)
        && let Some(state) = pickled::<4>(py, state, "date")?
        && (1..=12).contains(&state[2])
    {
        return Instance::new_in(py, class, Date::of(state));
    }
    let Some(year) = year else {
        return missing(py, "year", 1);
    };
    let year = int_argument(py, year)?;
    let Some(month) = month else {
        return missing(py, "month", 2);
    };
    let month = int_argument(py, month)?;
    let Some(day) = day else {
        return missing(py, "day", 3);
    };
    let day = int_argument(py, day)?;
    check_date(py, year, month, day)?;
    Instance::new_in(py, class, Date::of(data_of((year, month, day))))
}

fn repr(_py: Py, this: &This) -> String {
    let (year, month, day) = this.ymd();
    let name = this.as_object().ty().full_name();
    format!("{name}({year}, {month}, {day})")
}

pub fn isoformat(_py: Py, this: &This) -> String {
    let mut text = String::with_capacity(10);
    let (year, month, day) = this.ymd();
    format::push_date(&mut text, year, month, day);
    text
}

fn compare(_py: Py, this: &This, other: &Object, op: CompareOp) -> Value {
    if other.downcast::<datetime::This>().is_some() {
        return not_implemented();
    }
    match other.downcast::<This>() {
        Some(other) => Value::bool(op.holds(this.data.cmp(&other.data))),
        None => not_implemented(),
    }
}

fn hash(_py: Py, this: &This) -> PyResult<i64> {
    if this.hash.get() == -1 {
        this.hash.set(krait_object::hash::bytes(&this.data));
    }
    Ok(this.hash.get())
}

/// A date some days later, of the same class.
fn moved(py: Py, this: &This, days: i32) -> PyResult {
    let ordinal = i64::from(this.ordinal()) + i64::from(days);
    if !(1..=i64::from(calendar::MAX_ORDINAL)).contains(&ordinal) {
        return raise!(py, OverflowError, "date value out of range");
    }
    let ymd = calendar::from_ordinal(ordinal as i32);
    of_class(py, this.as_object().ty(), ymd)
}

fn plain(object: &Object) -> Option<&This> {
    object.downcast::<This>()
}

fn add(py: Py, a: &Object, b: &Object) -> PyResult {
    if a.downcast::<datetime::This>().is_some() || b.downcast::<datetime::This>().is_some() {
        return Ok(not_implemented());
    }
    match (plain(a), delta::span_of(b), plain(b), delta::span_of(a)) {
        (Some(date), Some(span), ..) | (_, _, Some(date), Some(span)) => moved(py, date, span.days),
        _ => Ok(not_implemented()),
    }
}

fn subtract(py: Py, a: &Object, b: &Object) -> PyResult {
    if a.downcast::<datetime::This>().is_some() || b.downcast::<datetime::This>().is_some() {
        return Ok(not_implemented());
    }
    let Some(a) = plain(a) else {
        return Ok(not_implemented());
    };
    if let Some(b) = plain(b) {
        let days = a.ordinal() - b.ordinal();
        let span = Span {
            days,
            ..Span::default()
        };
        return Ok(Value::from(delta::new(py, span)));
    }
    match delta::span_of(b) {
        Some(span) => moved(py, a, -span.days),
        None => Ok(not_implemented()),
    }
}

fn replace(
    py: Py,
    this: &This,
    year: Option<&Value>,
    month: Option<&Value>,
    day: Option<&Value>,
) -> PyResult {
    let own = this.ymd();
    let year = int_or(py, year, own.0)?;
    let month = int_or(py, month, own.1)?;
    let day = int_or(py, day, own.2)?;
    check_date(py, year, month, day)?;
    of_class(py, this.as_object().ty(), (year, month, day))
}

/// `__format__` of all three classes: `strftime`, or `str` without a format.
pub(super) fn format_by_strftime(py: Py, this: &Object, spec: &Value) -> PyResult {
    let Some(text) = spec.downcast::<Str>() else {
        return raise!(
            py,
            TypeError,
            "__format__() argument 1 must be str, not {}",
            spec.ty().name()
        );
    };
    if text.is_empty() {
        return krait_object::protocol::str(py, &Value::from(this.to_owned())).map(Value::from);
    }
    super::call_own(py, this, "strftime", spec)
}

fn define_methods(b: &mut TypeBuilder<This>) {
    b.method_doc(
        "ctime($self, /)",
        "Return ctime() style string.",
        |_py: Py, this: &This| {
            let (year, month, day) = this.ymd();
            format::ctime(year, month, day, (0, 0, 0, 0))
        },
    )
    .method_doc(
        "strftime($self, /, format)",
        "format -> strftime() style string.",
        |py: Py, this: &This, format: &Value| {
            let times = super::call_own_plain(py, this.as_object(), "timetuple")?;
            strftime::wrap(py, this.as_object(), format, &times, 0)
        },
    )
    .method_doc(
        "__format__($self, format, /)",
        "Formats self with strftime.",
        |py: Py, this: &This, spec: &Value| format_by_strftime(py, this.as_object(), spec),
    )
    .method_doc(
        "timetuple($self, /)",
        "Return time tuple, compatible with time.localtime().",
        |py: Py, this: &This| strftime::struct_time(py, this.ymd(), (0, 0, 0, 0), -1),
    )
    .method_doc(
        "isocalendar($self, /)",
        "Return a named tuple containing ISO year, week number, and weekday.",
        |py: Py, this: &This| {
            let (year, month, day) = this.ymd();
            iso_calendar::make(py, calendar::to_iso(year, month, day))
        },
    )
    .method_doc(
        "isoformat($self, /)",
        "Return string in ISO 8601 format, YYYY-MM-DD.",
        isoformat,
    )
    .method_doc(
        "isoweekday($self, /)",
        "Return the day of the week represented by the date.\nMonday == 1 ... Sunday == 7",
        |_py: Py, this: &This| (this.ordinal() + 6) % 7 + 1,
    )
    .method_doc(
        "toordinal($self, /)",
        "Return proleptic Gregorian ordinal.  January 1 of year 1 is day 1.",
        |_py: Py, this: &This| this.ordinal(),
    )
    .method_doc(
        "weekday($self, /)",
        "Return the day of the week represented by the date.\nMonday == 0 ... Sunday == 6",
        |_py: Py, this: &This| (this.ordinal() + 6) % 7,
    )
    .method_doc(
        "replace($self, /, year=unchanged, month=unchanged, day=unchanged)",
        "Return date with new specified fields.",
        replace,
    )
    .method_doc(
        "__reduce__($self, /)",
        "__reduce__() -> (cls, state)",
        |_py: Py, this: &This| {
            let class = Value::from(this.as_object().ty().to_owned());
            let state = Value::from(Bytes::new(&this.data));
            (class, Tuple::from_values([state]))
        },
    );
    define_replace::<Date>(b);
}

pub fn define_constants(py: Py) -> PyResult<()> {
    let day = Span {
        days: 1,
        ..Span::default()
    };
    constants::<Date>(
        py,
        &[
            ("min", Value::from(new(py, (1, 1, 1)))),
            ("max", Value::from(new(py, (9999, 12, 31)))),
            ("resolution", Value::from(delta::new(py, day))),
        ],
    )
}

impl Class for Date {
    const NAME: &'static str = "datetime.date";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.subclassable()
            .doc("date(year, month, day) --> date object")
            .new_with("function(year=<x>, month=<x>, day=<x>)", construct)
            .repr(repr)
            .str(|py: Py, this: &This| super::call_own_plain(py, this.as_object(), "isoformat"))
            .hash(hash)
            .compare(compare)
            .add(add)
            .subtract(subtract)
            .getter("year", |_py: Py, this: &This| this.ymd().0)
            .getter("month", |_py: Py, this: &This| this.ymd().1)
            .getter("day", |_py: Py, this: &This| this.ymd().2);
        date_parse::define(b);
        define_methods(b);
    }
}
