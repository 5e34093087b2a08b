//! `datetime.tzinfo`, and what dates and times ask of it.

use krait_object::native::{Args, Class, Instance, KwArgs, TypeBuilder};
use krait_object::protocol;
use krait_object::{
    Layout, Object, Owned, Py, PyResult, Str, Tuple, Type, Value, class_cell, intern, raise,
};

use super::datetime::{self, This as DateTimeObject};
use super::delta;
use super::span::Span;
use super::timezone::TimeZone;

/// The struct `PyDateTime_TZInfo`: nothing but the header.
#[repr(C)]
#[derive(Default)]
pub struct TzInfo {}

pub type This = Instance<TzInfo>;

/// A `tzinfo` argument: `None` for None.
pub fn argument(py: Py, value: Option<&Value>) -> PyResult<Option<Owned>> {
    let Some(value) = value.filter(|v| !v.is_none()) else {
        return Ok(None);
    };
    match value.downcast::<This>() {
        Some(zone) => Ok(Some(zone.as_object().to_owned())),
        None => raise!(
            py,
            TypeError,
            "tzinfo argument must be None or of a tzinfo subclass, not type '{}'",
            value.ty().name()
        ),
    }
}

/// An offset that a zone has given; `None` for None.
pub fn check_offset(py: Py, value: &Value, method: &str) -> PyResult<Option<Span>> {
    if value.is_none() {
        return Ok(None);
    }
    let Some(span) = value.as_object().and_then(delta::span_of) else {
        return raise!(
            py,
            TypeError,
            "tzinfo.{method}() must return None or timedelta, not '{}'",
            value.ty().name()
        );
    };
    if !span.is_offset() {
        let text = protocol::repr(py, value)?;
        return raise!(
            py,
            ValueError,
            "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not {}",
            text.to_rust()
        );
    }
    Ok(Some(span))
}

/// `zone.utcoffset(of)`; a fixed zone of the module's own is not called.
pub fn utcoffset(py: Py, zone: Option<&Object>, of: &Value) -> PyResult<Option<Span>> {
    let Some(zone) = zone else { return Ok(None) };
    if let Some(fixed) = zone.downcast_exact::<Instance<TimeZone>>() {
        return Ok(Some(fixed.offset.span));
    }
    let zone = Value::from(zone.to_owned());
    let offset = protocol::call_method_with(py, intern!("utcoffset"), &[zone, of.clone()], None)?;
    check_offset(py, &offset, "utcoffset")
}

/// `zone.dst(of)`.
pub fn dst(py: Py, zone: Option<&Object>, of: &Value) -> PyResult<Option<Span>> {
    let Some(zone) = zone else { return Ok(None) };
    let zone = Value::from(zone.to_owned());
    let offset = protocol::call_method_with(py, intern!("dst"), &[zone, of.clone()], None)?;
    check_offset(py, &offset, "dst")
}

/// `zone.tzname(of)`: a str or None.
pub fn tzname(py: Py, zone: Option<&Object>, of: &Value) -> PyResult {
    let Some(zone) = zone else {
        return Ok(Value::none());
    };
    let zone = Value::from(zone.to_owned());
    let name = protocol::call_method_with(py, intern!("tzname"), &[zone, of.clone()], None)?;
    if name.is_none() || name.downcast::<Str>().is_some() {
        return Ok(name);
    }
    raise!(
        py,
        TypeError,
        "tzinfo.tzname() must return None or a string, not '{}'",
        name.ty().name()
    )
}

/// An offset as Python sees it.
pub fn offset_value(py: Py, span: Option<Span>) -> Value {
    span.map_or_else(Value::none, |span| Value::from(delta::new(py, span)))
}

/// Makes sure that the datetime is one and has the zone.
pub fn own_datetime<'a>(py: Py, zone: &Object, value: &'a Value) -> PyResult<&'a DateTimeObject> {
    let Some(moment) = value.downcast::<DateTimeObject>() else {
        return raise!(py, TypeError, "fromutc: argument must be a datetime");
    };
    if !moment.zone().is_some_and(|z| z.is(zone)) {
        return raise!(py, ValueError, "fromutc: dt.tzinfo is not self");
    }
    Ok(moment)
}

/// `tzinfo.fromutc`: the documented algorithm for zones whose standard offset is fixed.
fn fromutc(py: Py, this: &This, moment: &Value) -> PyResult {
    let object = own_datetime(py, this.as_object(), moment)?;
    let Some(offset) = utcoffset(py, object.zone(), moment)? else {
        return raise!(
            py,
            ValueError,
            "fromutc: non-None utcoffset() result required"
        );
    };
    let Some(summer) = dst(py, object.zone(), moment)? else {
        return raise!(py, ValueError, "fromutc: non-None dst() result required");
    };
    let standard = delta::in_range(py, offset.minus(summer))?;
    let result = datetime::shifted(py, object, standard, 1)?;
    let zone = result.downcast::<DateTimeObject>().and_then(|r| r.zone());
    let Some(summer) = dst(py, zone, &result)? else {
        return raise!(
            py,
            ValueError,
            "fromutc: tz.dst() gave inconsistent results; cannot convert"
        );
    };
    match result.downcast::<DateTimeObject>() {
        Some(again) if !summer.is_zero() => datetime::shifted(py, again, summer, 1),
        _ => Ok(result),
    }
}

fn reduce(py: Py, this: &This) -> PyResult<(Value, Value, Value)> {
    let own = Value::from(this.to_owned());
    let args = match protocol::lookup_attr(py, &own, intern!("__getinitargs__"))? {
        Some(getter) => protocol::call(py, &getter, &[])?,
        None => Value::from(Tuple::empty()),
    };
    let state = protocol::call_method(py, &own, intern!("__getstate__"), &[])?;
    Ok((Value::from(this.as_object().ty().to_owned()), args, state))
}

fn abstract_method(py: Py, name: &str) -> PyResult {
    raise!(
        py,
        NotImplementedError,
        "a tzinfo subclass must implement {name}()"
    )
}

impl Class for TzInfo {
    const NAME: &'static str = "datetime.tzinfo";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.subclassable()
            .doc("Abstract base class for time zone info objects.")
            .new_with(
                "__new__($type, *args, **kwargs)",
                |py: Py, class: &Type, _args: Args<'_>, _kwargs: KwArgs| {
                    Instance::new_in(py, class, TzInfo::default())
                },
            )
            .method_doc(
                "tzname($self, object, /)",
                "datetime -> string name of time zone.",
                |py: Py, _this: &This, _of: &Value| abstract_method(py, "tzname"),
            )
            .method_doc(
                "utcoffset($self, object, /)",
                "datetime -> timedelta showing offset from UTC, negative values indicating West of UTC",
                |py: Py, _this: &This, _of: &Value| abstract_method(py, "utcoffset"),
            )
            .method_doc(
                "dst($self, object, /)",
                "datetime -> DST offset as timedelta positive east of UTC.",
                |py: Py, _this: &This, _of: &Value| abstract_method(py, "dst"),
            )
            .method_doc(
                "fromutc($self, object, /)",
                "datetime in UTC -> datetime in local time.",
                fromutc,
            )
            .method_doc("__reduce__($self, /)", "-> (cls, state)", reduce);
    }
}
