//! Between datetimes and a zone's moments.

use krait_object::protocol::{self, number};
use krait_object::{Dict, Layout, Py, PyResult, Tuple, Value, intern, raise};

use super::This;
use super::zone::Moment;
use crate::datetime::datetime::{self, This as DateTimeObject};
use crate::datetime::span::Span;
use crate::datetime::{calendar, delta};

const EPOCH: i64 = 719_163;

fn of_native(moment: &DateTimeObject) -> Moment {
    let ((year, month, day), (hour, minute, second, _)) = (moment.ymd(), moment.clock());
    let days = i64::from(calendar::to_ordinal(year, month, day)) - EPOCH;
    Moment {
        seconds: days * 86_400 + i64::from(hour * 3600 + minute * 60 + second),
        year,
        fold: moment.fold() != 0,
    }
}

fn int_attribute(py: Py, value: &Value, name: &str) -> PyResult<i64> {
    let attribute = protocol::get_attr_str(py, value, name)?;
    let int = number::index_to_i128(py, &attribute)?;
    Ok(int.and_then(|i| i64::try_from(i).ok()).unwrap_or(0))
}

/// What a zone asks of a datetime; a subclass may have its own idea of its fields.
pub fn moment(py: Py, value: &Value) -> PyResult<Moment> {
    if let Some(native) = value.downcast_exact::<DateTimeObject>() {
        return Ok(of_native(native));
    }
    let ordinal = protocol::call_method_str(py, value, "toordinal", &[])?;
    let ordinal = number::int_of(&ordinal).unwrap_or(0);
    let hour = int_attribute(py, value, "hour")?;
    let minute = int_attribute(py, value, "minute")?;
    let second = int_attribute(py, value, "second")?;
    let fold = int_attribute(py, value, "fold")?;
    Ok(Moment {
        seconds: (ordinal - EPOCH) * 86_400 + hour * 3600 + minute * 60 + second,
        year: int_attribute(py, value, "year")? as i32,
        fold: fold != 0,
    })
}

/// `fromutc(dt)`.
pub fn fromutc(py: Py, this: &This, value: &Value) -> PyResult {
    let Some(object) = value.downcast::<DateTimeObject>() else {
        return raise!(py, TypeError, "fromutc: argument must be a datetime");
    };
    if !object.zone().is_some_and(|z| z.is(this.as_object())) {
        return raise!(py, ValueError, "fromutc: dt.tzinfo is not self");
    }
    let (info, fold) = this.zone.at_utc(&moment(py, value)?);
    let span = delta::in_range(py, Span::normal(0, info.offset, 0))?;
    let result = datetime::shifted(py, object, span, 1)?;
    if !fold {
        return Ok(result);
    }
    if let Some(native) = result.downcast_exact::<DateTimeObject>() {
        native.set_fold(1);
        return Ok(result);
    }
    let replace = protocol::get_attr_str(py, &result, "replace")?;
    let change = Dict::new();
    change.set_str(py, intern!("fold"), Value::int(1))?;
    protocol::call::call_tuple(py, &replace, &Tuple::empty(), Some(&change))
}
