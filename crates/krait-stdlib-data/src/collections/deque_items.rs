//! Items of a deque: access by index, search, comparison, concatenation.

use std::cmp::Ordering;

use krait_object::native::TypeBuilder;
use krait_object::protocol::{self, CompareOp};
use krait_object::types::sequence::{self, position};
use krait_object::{Layout, Object, Owned, Py, PyResult, Value, raise};

use super::deque::{Deque, This, copy};

/// The index of the first item equal to a value, among those from `start` to `stop`.
/// `None` in the error's place tells that the deque has changed.
fn find(
    py: Py,
    this: &Deque,
    value: &Value,
    start: usize,
    stop: usize,
) -> PyResult<Result<Option<usize>, ()>> {
    let state = this.state.get();
    let mut index = start;
    loop {
        // What can be told without Python code first.
        let plainly = {
            let items = this.items.borrow();
            let stop = stop.min(items.len());
            let equal = |item| protocol::compare::equal_values_plain(item, value);
            let Some((ahead, equal)) = items
                .range(index.min(stop)..stop)
                .map(equal)
                .enumerate()
                .find(|(_, equal)| *equal != Some(false))
            else {
                return Ok(Ok(None));
            };
            index += ahead;
            equal
        };
        let Some(item) = this.get(index) else {
            return Ok(Ok(None));
        };
        let equal = match plainly {
            Some(equal) => equal,
            None => protocol::equal(py, &item, value)?,
        };
        if this.state.get() != state {
            return Ok(Err(()));
        }
        if equal {
            return Ok(Ok(Some(index)));
        }
        index += 1;
    }
}

fn mutated<T>(py: Py) -> PyResult<T> {
    raise!(py, RuntimeError, "deque mutated during iteration")
}

fn contains(py: Py, this: &This, item: &Object) -> PyResult<bool> {
    match find(py, this, &Value::unboxed(item), 0, this.len())? {
        Ok(found) => Ok(found.is_some()),
        Err(()) => mutated(py),
    }
}

fn index(
    py: Py,
    this: &This,
    value: &Value,
    start: Option<&Value>,
    stop: Option<&Value>,
) -> PyResult<i64> {
    let range = sequence::clip(start, stop, this.len(), py)?;
    match find(py, this, value, range.start, range.end)? {
        Ok(Some(index)) => Ok(index as i64),
        Ok(None) => raise!(py, ValueError, "deque.index(x): x not in deque"),
        Err(()) => mutated(py),
    }
}

fn count(py: Py, this: &This, value: &Value) -> PyResult<i64> {
    let (mut count, mut at) = (0, 0);
    loop {
        match find(py, this, value, at, this.len())? {
            Ok(Some(index)) => (count, at) = (count + 1, index + 1),
            Ok(None) => return Ok(count),
            Err(()) => return mutated(py),
        }
    }
}

fn remove(py: Py, this: &This, value: &Value) -> PyResult<()> {
    match find(py, this, value, 0, this.len())? {
        Ok(Some(index)) => {
            let item = this.items.borrow_mut().remove(index);
            this.changed();
            drop(item);
            Ok(())
        }
        Ok(None) => raise!(py, ValueError, "deque.remove(x): x not in deque"),
        Err(()) => raise!(py, IndexError, "deque mutated during remove()."),
    }
}

fn insert(py: Py, this: &This, index: isize, value: &Value) -> PyResult<()> {
    let len = this.len();
    if this.maxlen.get().is_some_and(|most| len >= most) {
        return raise!(py, IndexError, "deque already at its maximum size");
    }
    let at = if index < 0 {
        index.saturating_add(len as isize).max(0)
    } else {
        index
    };
    this.items
        .borrow_mut()
        .insert((at as usize).min(len), value.clone());
    this.changed();
    Ok(())
}

fn item(py: Py, this: &This, index: isize) -> PyResult {
    match usize::try_from(index).ok().and_then(|i| this.get(i)) {
        Some(item) => Ok(item),
        None => raise!(py, IndexError, "deque index out of range"),
    }
}

fn assign(py: Py, this: &This, index: isize, value: Option<&Object>) -> PyResult<()> {
    let Some(at) = position(index.max(-1), this.len()).filter(|_| index >= 0) else {
        return raise!(py, IndexError, "deque index out of range");
    };
    let old = match value {
        Some(value) => {
            let new = Value::unboxed(value);
            this.items
                .borrow_mut()
                .get_mut(at)
                .map(|place| std::mem::replace(place, new))
        }
        None => {
            this.changed();
            this.items.borrow_mut().remove(at)
        }
    };
    drop(old);
    Ok(())
}

fn compare(py: Py, this: &This, other: &Object, op: CompareOp) -> PyResult {
    let Some(other) = other.downcast::<This>() else {
        return Ok(sequence::not_implemented());
    };
    if std::ptr::eq(this, other) {
        return Ok(Value::bool(op.holds(Ordering::Equal)));
    }
    let (own, its) = (this.state.get(), other.state.get());
    let result = sequence::compare(
        py,
        op,
        0,
        || (this.len(), other.len()),
        |i| this.get(i),
        |i| other.get(i),
    )?;
    if this.state.get() != own || other.state.get() != its {
        return mutated(py);
    }
    Ok(result)
}

fn concat(py: Py, this: &This, other: &Object) -> PyResult {
    if other.downcast::<This>().is_none() {
        return raise!(
            py,
            TypeError,
            "can only concatenate deque (not \"{}\") to deque",
            other.ty().name()
        );
    }
    let new = copy(py, this)?;
    if let Some(deque) = new.downcast::<This>() {
        deque.extend(py, deque.as_object(), &Value::from(other.to_owned()))?;
    }
    Ok(new)
}

/// The items `count` times over, in place; only what the maximum length keeps is made.
fn multiply(this: &This, count: isize) -> PyResult<()> {
    let len = this.len();
    if len == 0 || count == 1 {
        return Ok(());
    }
    if count <= 0 {
        this.empty();
        return Ok(());
    }
    let all: Vec<Value> = this.items.borrow().iter().cloned().collect();
    let most = this.maxlen.get().unwrap_or(usize::MAX);
    let times = (count as usize).min((most / len).saturating_add(2));
    if len
        .checked_mul(times)
        .is_none_or(|n| n > isize::MAX as usize / 16)
    {
        return krait_object::errors::no_memory();
    }
    if this
        .items
        .borrow_mut()
        .try_reserve(len * (times - 1))
        .is_err()
    {
        return krait_object::errors::no_memory();
    }
    for _ in 1..times {
        all.iter().for_each(|item| this.push_back(item.clone()));
    }
    Ok(())
}

fn repeat(py: Py, this: &This, count: isize) -> PyResult {
    let new = copy(py, this)?;
    if let Some(deque) = new.downcast::<This>() {
        multiply(deque, count)?;
    }
    Ok(new)
}

fn inplace_repeat(_py: Py, this: &This, count: isize) -> PyResult<Owned<This>> {
    multiply(this, count)?;
    Ok(this.to_owned())
}

fn inplace_concat(py: Py, this: &This, other: &Object) -> PyResult<Owned<This>> {
    this.extend(py, this.as_object(), &Value::from(other.to_owned()))?;
    Ok(this.to_owned())
}

pub(super) fn define(b: &mut TypeBuilder<This>) {
    b.len(|_py: Py, this: &This| Ok(this.len()))
        .with_raw(|raw| {
            // Only the sequence protocol: indices are no mapping keys here.
            raw.tp_as_mapping = std::ptr::null_mut();
        })
        .item(item)
        .assign_item(assign)
        .contains(contains)
        .concat(concat)
        .repeat(repeat)
        .inplace_concat(inplace_concat)
        .inplace_repeat(inplace_repeat)
        .compare(compare)
        .method_doc(
            "count($self, value, /)",
            "Return number of occurrences of value.",
            count,
        )
        .method_doc(
            "index($self, value, start=<unrepresentable>, stop=<unrepresentable>, /)",
            "Return first index of value.\n\nRaises ValueError if the value is not present.",
            index,
        )
        .method_doc(
            "insert($self, index, value, /)",
            "Insert value before index.",
            insert,
        )
        .method_doc(
            "remove($self, value, /)",
            "Remove first occurrence of value.",
            remove,
        );
}
