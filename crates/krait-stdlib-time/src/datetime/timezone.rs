//! `datetime.timezone`: zones of a fixed offset.

use std::cell::OnceCell;

use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::protocol::{self, CompareOp};
use krait_object::types::sequence::not_implemented;
use krait_object::{
    Builtin, GilCell, Layout, Object, Owned, Py, PyResult, Str, Tuple, Type, Value, class_cell,
    raise,
};

use super::datetime::{self, This as DateTimeObject};
use super::delta::{self, Delta};
use super::span::Span;
use super::{constants, format, tzinfo};

/// The struct `PyDateTime_TimeZone`.
#[repr(C)]
pub struct TimeZone {
    pub offset: Owned<Instance<Delta>>,
    name: Option<Owned<Str>>,
}

pub type This = Instance<TimeZone>;

static UTC: GilCell<OnceCell<Owned<This>>> = GilCell::new(OnceCell::new());

/// `timezone.utc`.
pub fn utc_object(py: Py) -> Owned<This> {
    UTC.get(py)
        .get_or_init(|| {
            let offset = delta::new(py, Span::default());
            Instance::new(py, TimeZone { offset, name: None })
        })
        .clone()
}

pub fn utc(py: Py) -> Value {
    Value::from(utc_object(py))
}

/// A zone of an offset in range; UTC itself for no offset and no name.
pub fn of_span(py: Py, span: Span, name: Option<Owned<Str>>) -> Owned<This> {
    if span.is_zero() && name.is_none() {
        return utc_object(py);
    }
    let offset = delta::new(py, span);
    Instance::new(py, TimeZone { offset, name })
}

/// A zone of a name.
pub fn named(py: Py, span: Span, name: Option<Owned<Str>>) -> Owned<This> {
    let offset = delta::new(py, span);
    Instance::new(py, TimeZone { offset, name })
}

fn new(py: Py, class: &Type, offset: &Value, name: Option<&Value>) -> PyResult<Owned<This>> {
    let Some(delta) = offset.downcast::<Instance<Delta>>() else {
        return raise!(
            py,
            TypeError,
            "timezone() argument 1 must be datetime.timedelta, not {}",
            offset.ty().name()
        );
    };
    let name = match name {
        None => None,
        Some(name) => match name.downcast::<Str>() {
            Some(name) => Some(name.to_owned_str()),
            None => {
                return raise!(
                    py,
                    TypeError,
                    "timezone() argument 2 must be str, not {}",
                    name.ty().name()
                );
            }
        },
    };
    if name.is_none() && delta.span.is_zero() && class.is(This::type_object()) {
        return Ok(utc_object(py));
    }
    tzinfo::check_offset(py, offset, "utcoffset")?;
    Instance::new_in(
        py,
        class,
        TimeZone {
            offset: delta.to_owned(),
            name,
        },
    )
}

/// `UTC` and the offset.
fn text(_py: Py, this: &This) -> PyResult<Value> {
    if let Some(name) = &this.name {
        return Ok(Value::from(name.clone()));
    }
    let mut text = "UTC".to_string();
    if !this.offset.span.is_zero() {
        format::push_offset(&mut text, this.offset.span, ":");
    }
    Ok(Value::from(Str::new(&text)))
}

fn repr(py: Py, this: &This) -> PyResult<String> {
    let name = this.as_object().ty().full_name().to_string();
    if this.as_object().is(utc_object(py).as_object()) {
        return Ok("datetime.timezone.utc".to_string());
    }
    let offset = protocol::repr(py, &Value::from(this.offset.clone()))?;
    Ok(match &this.name {
        Some(own) => {
            let own = protocol::repr(py, &Value::from(own.clone()))?;
            format!("{name}({}, {})", offset.to_rust(), own.to_rust())
        }
        None => format!("{name}({})", offset.to_rust()),
    })
}

/// The argument of the three methods: a datetime or None.
fn check(py: Py, value: &Value, method: &str) -> PyResult<()> {
    if value.is_none() || value.downcast::<DateTimeObject>().is_some() {
        return Ok(());
    }
    raise!(
        py,
        TypeError,
        "{method}(dt) argument must be a datetime instance or None, not {}",
        value.ty().name()
    )
}

fn fromutc(py: Py, this: &This, moment: &Value) -> PyResult {
    let object = tzinfo::own_datetime(py, this.as_object(), moment)?;
    datetime::shifted(py, object, this.offset.span, 1)
}

fn compare(_py: Py, this: &This, other: &Object, op: CompareOp) -> Value {
    match other.downcast::<This>() {
        Some(other) if matches!(op, CompareOp::Eq | CompareOp::Ne) => {
            let equal = this.offset.span == other.offset.span;
            Value::bool(equal == (op == CompareOp::Eq))
        }
        _ => not_implemented(),
    }
}

pub fn define_constants(py: Py) -> PyResult<()> {
    let limit = 23 * 3600 + 59 * 60;
    let zone = |seconds| Value::from(of_span(py, Span::seconds(seconds), None));
    constants::<TimeZone>(
        py,
        &[
            ("utc", utc(py)),
            ("min", zone(-limit)),
            ("max", zone(limit)),
        ],
    )
}

impl Class for TimeZone {
    const NAME: &'static str = "datetime.timezone";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.base(Instance::<tzinfo::TzInfo>::type_object())
            .doc("Fixed offset from UTC implementation of tzinfo.")
            .new_with("timezone(offset, name=<unrepresentable>)", new)
            .repr(repr)
            .str(text)
            .hash(|_py: Py, this: &This| Ok(delta::hash_span(this.offset.span)))
            .compare(compare)
            .method_doc(
                "tzname($self, object, /)",
                "If name is specified when timezone is created, returns the name.  Otherwise returns offset as 'UTC(+|-)HH:MM'.",
                |py: Py, this: &This, of: &Value| {
                    check(py, of, "tzname")?;
                    text(py, this)
                },
            )
            .method_doc(
                "utcoffset($self, object, /)",
                "Return fixed offset.",
                |py: Py, this: &This, of: &Value| {
                    check(py, of, "utcoffset")?;
                    Ok(this.offset.clone())
                },
            )
            .method_doc(
                "dst($self, object, /)",
                "Return None.",
                |py: Py, _this: &This, of: &Value| check(py, of, "dst"),
            )
            .method_doc(
                "fromutc($self, object, /)",
                "datetime in UTC -> datetime in local time.",
                fromutc,
            )
            .method("__getinitargs__($self, /)", |_py: Py, this: &This| {
                let offset = Value::from(this.offset.clone());
                match &this.name {
                    Some(name) => Tuple::from_values([offset, Value::from(name.clone())]),
                    None => Tuple::from_values([offset]),
                }
            });
    }
}
