//! Items of a range: subscription, membership, `index` and `count`.

use super::{Range, RangeBody, is_plain_int};
use crate::native::{Instance, TypeBuilder};
use crate::object::{Layout, Object, Owned};
use crate::protocol::{self, number};
use crate::py::{Py, PyResult};
use crate::types::slice::{Slice, arith};
use crate::value::Value;

fn out_of_range<T>(py: Py) -> PyResult<T> {
    crate::raise!(py, IndexError, "range object index out of range")
}

/// `this[index]` for an exact int; negative ones count from the end.
fn indexed(py: Py, this: &Range, index: &Value) -> PyResult {
    if let (Some(small), Some(i)) = (this.small, number::int_of(index)) {
        let i = if i < 0 { i + small.count } else { i };
        return match (0..small.count).contains(&i) {
            true => Ok(Value::int(small.start + i * small.step)),
            false => out_of_range(py),
        };
    }
    let index = if arith::is_negative(index) {
        arith::add(index, &this.length)
    } else {
        index.clone()
    };
    if arith::is_negative(&index) || arith::compare(&index, &this.length).is_ge() {
        return out_of_range(py);
    }
    Ok(this.item_at(&index))
}

fn sliced(py: Py, this: &Range, slice: &Slice) -> PyResult<Owned<Range>> {
    let [start, stop, step] = slice.long_indices(py, &this.length)?;
    let body = RangeBody::new(
        this.item_at(&start),
        this.item_at(&stop),
        arith::mul(&step, &this.step),
    );
    Ok(Instance::new(py, body))
}

fn subscript(py: Py, this: &Range, key: &Object) -> PyResult {
    let value = Value::unboxed(key);
    if number::is_index(&value) {
        return indexed(py, this, &arith::exact_index(py, &value)?);
    }
    match key.downcast::<Slice>() {
        Some(slice) => sliced(py, this, slice).map(Value::from),
        None => {
            crate::raise!(
                py,
                TypeError,
                "range indices must be integers or slices, not {}",
                key.ty().name()
            )
        }
    }
}

/// `sq_item`: the caller has already dealt with negative indices.
fn item(py: Py, this: &Range, index: isize) -> PyResult {
    if index < 0 {
        return out_of_range(py);
    }
    indexed(py, this, &Value::int(index as i64))
}

/// The place of an int among the items.
fn position(this: &RangeBody, value: &Value) -> Option<Value> {
    if let Some(small) = this.small {
        let value = number::int_of(value)?;
        let distance = i128::from(value) - i128::from(small.start);
        let step = i128::from(small.step);
        let index = distance / step;
        let inside = distance % step == 0 && (0..i128::from(small.count)).contains(&index);
        return inside.then(|| Value::int(index as i64));
    }
    let (index, rest) = arith::divmod(&arith::sub(value, &this.start), &this.step);
    let inside = arith::is_zero(&rest)
        && !arith::is_negative(&index)
        && arith::compare(&index, &this.length).is_lt();
    inside.then_some(index)
}

fn as_value(this: &Range) -> Value {
    Value::from(Layout::to_owned(this))
}

fn contains(py: Py, this: &Range, item: &Object) -> PyResult<bool> {
    let item = Value::unboxed(item);
    if is_plain_int(&item) {
        return Ok(position(this, &item).is_some());
    }
    let mut items = protocol::Iter::new(py, &as_value(this))?;
    while let Some(one) = items.next(py)? {
        if protocol::equal(py, &one, &item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn index(py: Py, this: &Range, item: &Value) -> PyResult {
    if is_plain_int(item) {
        return match position(this, item) {
            Some(index) => Ok(index),
            None => crate::raise!(py, ValueError, "range.index(x): x not in range"),
        };
    }
    let (mut items, mut at) = (protocol::Iter::new(py, &as_value(this))?, 0);
    while let Some(one) = items.next(py)? {
        if protocol::equal(py, &one, item)? {
            return Ok(Value::int(at));
        }
        at += 1;
    }
    crate::raise!(py, ValueError, "sequence.index(x): x not in sequence")
}

fn count(py: Py, this: &Range, item: &Value) -> PyResult<i64> {
    if is_plain_int(item) {
        return Ok(i64::from(position(this, item).is_some()));
    }
    let (mut items, mut found) = (protocol::Iter::new(py, &as_value(this))?, 0);
    while let Some(one) = items.next(py)? {
        found += i64::from(protocol::equal(py, &one, item)?);
    }
    Ok(found)
}

pub(super) fn define(b: &mut TypeBuilder<Range>) {
    b.subscript(subscript)
        .item(item)
        .contains(contains)
        .method_doc(
            "count($self, object, /)",
            "Returns how often the value occurs.",
            count,
        )
        .method_doc(
            "index($self, object, /)",
            "Returns the index of the value; a ValueError where it does not occur.",
            index,
        );
}
