//! `datetime.time`.

use std::cell::Cell;

use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::protocol::CompareOp;
use krait_object::types::sequence::not_implemented;
use krait_object::{Layout, Object, Owned, Py, PyResult, Type, Value, class_cell, protocol, raise};

use super::construct::{check_time, int_or, pickled};
use super::format::{self, Clock, Precision};
use super::span::Span;
use super::{constants, delta, is_own, time_methods, tzinfo};

/// The struct `PyDateTime_Time`.
#[repr(C)]
pub struct Time {
    /// -1 until it is computed.
    hash: Cell<i64>,
    has_zone: u8,
    /// Hour, minute, second, and three bytes of microseconds, high to low.
    pub(super) data: [u8; 6],
    fold: Cell<u8>,
    zone: Option<Owned>,
}

pub type This = Instance<Time>;

pub fn clock_of(data: &[u8]) -> Clock {
    let micros = i32::from(data[3]) << 16 | i32::from(data[4]) << 8 | i32::from(data[5]);
    let part = |i: usize| i32::from(data[i]);
    (part(0), part(1), part(2), micros)
}

pub fn data_of((hour, minute, second, micros): Clock) -> [u8; 6] {
    [
        hour as u8,
        minute as u8,
        second as u8,
        (micros >> 16) as u8,
        (micros >> 8) as u8,
        micros as u8,
    ]
}

/// The span since midnight.
pub fn span_of((hour, minute, second, micros): Clock) -> Span {
    Span {
        days: 0,
        seconds: hour * 3600 + minute * 60 + second,
        micros,
    }
}

impl Time {
    fn of(data: [u8; 6], fold: u8, zone: Option<Owned>) -> Time {
        Time {
            hash: Cell::new(-1),
            has_zone: u8::from(zone.is_some()),
            data,
            fold: Cell::new(fold),
            zone,
        }
    }

    pub fn fold(&self) -> u8 {
        self.fold.get()
    }

    pub fn clock(&self) -> Clock {
        clock_of(&self.data)
    }

    pub fn zone(&self) -> Option<&Object> {
        self.zone.as_deref()
    }
}

/// An exact time of fields that are in range.
pub fn new(py: Py, clock: Clock, fold: u8, zone: Option<Owned>) -> Owned<This> {
    Instance::new(py, Time::of(data_of(clock), fold, zone))
}

/// An instance of a class that may be a subclass, whose constructor is called then.
pub fn of_class(py: Py, class: &Type, clock: Clock, fold: u8, zone: Option<Owned>) -> PyResult {
    check_time(py, clock, i32::from(fold))?;
    if is_own::<Time>(class) {
        return Ok(Value::from(new(py, clock, fold, zone)));
    }
    let (hour, minute, second, micros) = clock;
    let zone = zone.map_or_else(Value::none, Value::from);
    let made =
        super::construct::call_with_ints(py, class, &[hour, minute, second, micros], Some(zone))?;
    if fold != 0
        && let Some(made) = made.downcast::<This>()
    {
        made.fold.set(fold);
    }
    Ok(made)
}

#[expect(clippy::too_many_arguments, reason = "Python's signature")]
fn construct(
    py: Py,
    class: &Type,
    hour: Option<&Value>,
    minute: Option<&Value>,
    second: Option<&Value>,
    micro: Option<&Value>,
    zone: Option<&Value>,
    fold: Option<&Value>,
) -> PyResult<Owned<This>> {
    if let (Some(state), None, None) = (hour, second, micro)
        && fold.is_none()
        && let Some(mut state) = pickled::<6>(py, state, "time")?
        && state[0] & 0x7F < 24
    {
        let zone = state_zone(py, zone.or(minute))?;
        let fold = state[0] >> 7;
        state[0] &= 0x7F;
        return Instance::new_in(py, class, Time::of(state, fold, zone));
    }
    let clock = (
        int_or(py, hour, 0)?,
        int_or(py, minute, 0)?,
        int_or(py, second, 0)?,
        int_or(py, micro, 0)?,
    );
    let fold = int_or(py, fold, 0)?;
    check_time(py, clock, fold)?;
    let zone = tzinfo::argument(py, zone)?;
    Instance::new_in(py, class, Time::of(data_of(clock), fold as u8, zone))
}

/// The zone of a pickled state.
pub fn state_zone(py: Py, zone: Option<&Value>) -> PyResult<Option<Owned>> {
    match zone {
        None => Ok(None),
        Some(zone) if zone.downcast::<tzinfo::This>().is_none() => {
            raise!(py, TypeError, "bad tzinfo state arg")
        }
        zone => tzinfo::argument(py, zone),
    }
}

/// The zone's offset, asked with None.
pub fn offset(py: Py, this: &Time) -> PyResult<Option<Span>> {
    tzinfo::utcoffset(py, this.zone(), &Value::none())
}

fn repr(py: Py, this: &This) -> PyResult<String> {
    let (hour, minute, second, micros) = this.clock();
    let name = this.as_object().ty().full_name();
    let mut text = format!("{name}({hour}, {minute}");
    if micros != 0 {
        text.push_str(&format!(", {second}, {micros}"));
    } else if second != 0 {
        text.push_str(&format!(", {second}"));
    }
    if let Some(zone) = this.zone() {
        let zone = protocol::repr::repr_object(py, zone)?;
        let zone = zone.to_rust();
        text.push_str(&format!(", tzinfo={zone}"));
    }
    if this.fold() != 0 {
        text.push_str(", fold=1");
    }
    text.push(')');
    Ok(text)
}

pub fn isoformat(py: Py, this: &This, precision: Precision) -> PyResult<String> {
    let mut text = String::new();
    format::push_time(&mut text, this.clock(), precision);
    if let Some(offset) = offset(py, this)? {
        format::push_offset(&mut text, offset, ":");
    }
    Ok(text)
}

fn hash(py: Py, this: &This) -> PyResult<i64> {
    if this.hash.get() != -1 {
        return Ok(this.hash.get());
    }
    let hash = match offset(py, this)? {
        None => krait_object::hash::bytes(&this.data),
        Some(offset) => {
            let span = delta::in_range(py, span_of(this.clock()).minus(offset))?;
            delta::hash_span(span)
        }
    };
    this.hash.set(hash);
    Ok(hash)
}

fn compare(py: Py, this: &This, other: &Object, op: CompareOp) -> PyResult {
    let Some(other) = other.downcast::<This>() else {
        return Ok(not_implemented());
    };
    let by_data = || Ok(Value::bool(op.holds(this.data.cmp(&other.data))));
    let same_zone = match (this.zone(), other.zone()) {
        (Some(a), Some(b)) => a.is(b),
        (None, None) => true,
        _ => false,
    };
    if same_zone {
        return by_data();
    }
    match (offset(py, this)?, offset(py, other)?) {
        (a, b) if a == b => by_data(),
        (Some(a), Some(b)) => {
            let in_utc =
                |time: &This, offset: Span| span_of(time.clock()).to_micros() - offset.to_micros();
            Ok(Value::bool(
                op.holds(in_utc(this, a).cmp(&in_utc(other, b))),
            ))
        }
        _ => match op {
            CompareOp::Eq => Ok(Value::bool(false)),
            CompareOp::Ne => Ok(Value::bool(true)),
            _ => raise!(
                py,
                TypeError,
                "can't compare offset-naive and offset-aware times"
            ),
        },
    }
}

pub fn define_constants(py: Py) -> PyResult<()> {
    let micro = Span {
        micros: 1,
        ..Span::default()
    };
    constants::<Time>(
        py,
        &[
            ("min", Value::from(new(py, (0, 0, 0, 0), 0, None))),
            ("max", Value::from(new(py, (23, 59, 59, 999_999), 0, None))),
            ("resolution", Value::from(delta::new(py, micro))),
        ],
    )
}

impl Class for Time {
    const NAME: &'static str = "datetime.time";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.subclassable()
            .doc(DOC)
            .new_with(
                "function(hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)",
                construct,
            )
            .repr(repr)
            .str(|py: Py, this: &This| super::call_own_plain(py, this.as_object(), "isoformat"))
            .hash(hash)
            .compare(compare)
            .getter("hour", |_py: Py, this: &This| this.clock().0)
            .getter("minute", |_py: Py, this: &This| this.clock().1)
            .getter("second", |_py: Py, this: &This| this.clock().2)
            .getter("microsecond", |_py: Py, this: &This| this.clock().3)
            .getter("tzinfo", |_py: Py, this: &This| {
                this.zone().map(|z| z.to_owned())
            })
            .getter("fold", |_py: Py, this: &This| this.fold());
        time_methods::define(b);
    }
}

const DOC: &str = "time([hour[, minute[, second[, microsecond[, tzinfo]]]]]) --> a time object\n\nAll arguments are optional. tzinfo may be None, or an instance of\na tzinfo subclass. The remaining arguments may be ints.\n";
