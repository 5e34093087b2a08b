//! Comparison and hash of datetimes.

use krait_object::protocol::CompareOp;
use krait_object::types::sequence::not_implemented;
use krait_object::{Object, Owned, Py, PyResult, Value, raise};

use super::datetime::{self, This, offset};
use super::span::Span;
use super::{calendar, delta, time};

/// The same reading with the other fold, or with none.
fn with_fold(py: Py, this: &This, fold: u8) -> Owned<This> {
    datetime::new(py, this.ymd(), this.clock(), fold, this.owned_zone())
}

/// Whether the offset depends on the fold: such a datetime equals none of another zone
/// (PEP 495).
fn is_problematic(py: Py, this: &This, own: Option<Span>) -> PyResult<bool> {
    let flipped = with_fold(py, this, u8::from(this.fold.get() == 0));
    Ok(offset(py, &flipped)? != own)
}

pub fn hash(py: Py, this: &This) -> PyResult<i64> {
    if this.hash.get() != -1 {
        return Ok(this.hash.get());
    }
    let own = if this.fold.get() != 0 {
        offset(py, &with_fold(py, this, 0))?
    } else {
        offset(py, this)?
    };
    let hash = match own {
        None => krait_object::hash::bytes(&this.data),
        Some(own) => {
            let (year, month, day) = this.ymd();
            let span = Span {
                days: calendar::to_ordinal(year, month, day),
                ..time::span_of(this.clock())
            };
            delta::hash_span(delta::in_range(py, span.minus(own))?)
        }
    };
    this.hash.set(hash);
    Ok(hash)
}

pub fn compare(py: Py, this: &This, other: &Object, op: CompareOp) -> PyResult {
    let Some(other) = other.downcast::<This>() else {
        return Ok(not_implemented());
    };
    let same_zone = match (this.zone(), other.zone()) {
        (Some(a), Some(b)) => a.is(b),
        (None, None) => true,
        _ => false,
    };
    if same_zone {
        return Ok(Value::bool(op.holds(this.data.cmp(&other.data))));
    }
    let (a, b) = (offset(py, this)?, offset(py, other)?);
    let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
    let mut order = match (a, b) {
        _ if a == b => this.data.cmp(&other.data),
        (Some(a), Some(b)) => {
            let in_utc = |m: &This, o: Span| i128::from(m.micros()) - o.to_micros();
            in_utc(this, a).cmp(&in_utc(other, b))
        }
        _ if equality => std::cmp::Ordering::Less,
        _ => {
            return raise!(
                py,
                TypeError,
                "can't compare offset-naive and offset-aware datetimes"
            );
        }
    };
    if equality && order.is_eq() && (is_problematic(py, this, a)? || is_problematic(py, other, b)?)
    {
        order = std::cmp::Ordering::Less;
    }
    Ok(Value::bool(op.holds(order)))
}
