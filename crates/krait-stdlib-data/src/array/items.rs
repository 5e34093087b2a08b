//! Items by index and slice, comparison, concatenation.

use krait_object::native::TypeBuilder;
use krait_object::protocol::{self, CompareOp, number};
use krait_object::types::sequence::{not_implemented, position};
use krait_object::types::slice::Slice;
use krait_object::{Layout, Object, Owned, Py, PyResult, Type, Value, exceptions, raise};

use super::kind::Kind;
use super::object::{Array, This, make};

/// The class of arrays that operations make.
fn class_of() -> &'static Type {
    <This as krait_object::Builtin>::type_object()
}

fn index(py: Py, key: &Value) -> PyResult<isize> {
    if let Some(i) = key.as_small_int() {
        return Ok(i as isize);
    }
    if !number::is_index(key) {
        return raise!(py, TypeError, "array indices must be integers");
    }
    number::to_index(py, key, &exceptions::IndexError)
}

fn subscript(py: Py, this: &This, key: &Object) -> PyResult {
    if let Some(slice) = key.downcast::<Slice>() {
        let (start, _, step, count) = slice.resolve(py, this.len())?;
        let bytes = gather(this, start, step, count);
        return Ok(Value::from(make(py, class_of(), this.code, &bytes)?));
    }
    let at = index(py, &Value::unboxed(key))?;
    match position(at, this.len()) {
        Some(at) => item(py, this, at as isize),
        None => raise!(py, IndexError, "array index out of range"),
    }
}

fn item_at(py: Py, this: &This, index: i64) -> Option<Value> {
    if this.code.kind == Kind::Char {
        return None;
    }
    this.get(py, position(index as isize, this.len())?)
        .ok()
        .flatten()
}

fn assign_at(_py: Py, this: &This, index: i64, value: &Value) -> bool {
    match (
        position(index as isize, this.len()),
        this.code.write_number(value),
    ) {
        (Some(at), Some(item)) => {
            this.put(at, item);
            true
        }
        _ => false,
    }
}

/// The item at an index that counts from the front.
pub(super) fn item(py: Py, this: &This, index: isize) -> PyResult {
    let item = match usize::try_from(index) {
        Ok(index) => this.get(py, index)?,
        Err(_) => None,
    };
    match item {
        Some(item) => Ok(item),
        None => raise!(py, IndexError, "array index out of range"),
    }
}

/// The bytes of `count` items from `start` on, `step` apart.
fn gather(this: &Array, start: isize, step: isize, count: usize) -> Vec<u8> {
    let (bytes, size) = (this.bytes.read(), this.code.size);
    if step == 1 {
        return bytes[start as usize * size..(start as usize + count) * size].to_vec();
    }
    let mut out = Vec::with_capacity(count * size);
    for i in 0..count as isize {
        let at = (start + i * step) as usize * size;
        out.extend_from_slice(&bytes[at..at + size]);
    }
    out
}

fn assign(py: Py, this: &This, key: &Object, value: Option<&Object>) -> PyResult<()> {
    if let Some(slice) = key.downcast::<Slice>() {
        return assign_slice(py, this, slice, value);
    }
    let at = index(py, &Value::unboxed(key))?;
    let Some(at) = position(at, this.len()) else {
        return raise!(py, IndexError, "array assignment index out of range");
    };
    let size = this.code.size;
    match value {
        Some(value) => {
            let item = this.code.write(py, &Value::unboxed(value))?;
            if at >= this.len() {
                // The conversion has shortened the array.
                return raise!(py, IndexError, "array assignment index out of range");
            }
            this.put(at, item);
            Ok(())
        }
        None => this.splice(py, at * size, (at + 1) * size, &[]),
    }
}

fn assign_slice(py: Py, this: &This, slice: &Slice, value: Option<&Object>) -> PyResult<()> {
    let new = match value {
        None => Vec::new(),
        Some(value) => match value.downcast::<This>() {
            Some(other) if other.code == this.code => other.to_vec(),
            Some(_) => return raise!(py, TypeError, "bad argument type for built-in operation"),
            None => {
                let name = value.ty().name();
                return raise!(
                    py,
                    TypeError,
                    "can only assign array (not \"{name}\") to array slice"
                );
            }
        },
    };
    let size = this.code.size;
    let (start, _, step, count) = slice.resolve(py, this.len())?;
    if step == 1 {
        let start = start as usize;
        return this.splice(py, start * size, (start + count) * size, &new);
    }
    if value.is_none() {
        return delete_spread(py, this, start, step, count);
    }
    if new.len() != count * size {
        let given = new.len() / size;
        return raise!(
            py,
            ValueError,
            "attempt to assign array of size {given} to extended slice of size {count}"
        );
    }
    let mut bytes = this.bytes.write();
    for i in 0..count {
        let at = (start + i as isize * step) as usize * size;
        bytes[at..at + size].copy_from_slice(&new[i * size..(i + 1) * size]);
    }
    Ok(())
}

fn delete_spread(py: Py, this: &This, start: isize, step: isize, count: usize) -> PyResult<()> {
    if count == 0 {
        return Ok(());
    }
    let gone: std::collections::HashSet<usize> = (0..count as isize)
        .map(|i| (start + i * step) as usize)
        .collect();
    let old = this.to_vec();
    let kept: Vec<u8> = old
        .chunks(this.code.size)
        .enumerate()
        .filter(|(i, _)| !gone.contains(i))
        .flat_map(|(_, item)| item.iter().copied())
        .collect();
    this.splice(py, 0, old.len(), &kept)
}

/// The other array of an operation that joins two.
fn same_kind<'a>(py: Py, this: &This, other: &'a Object, text: &str) -> PyResult<&'a This> {
    match other.downcast::<This>() {
        Some(other) if other.code == this.code => Ok(other),
        Some(_) => raise!(py, TypeError, "bad argument type for built-in operation"),
        None => raise!(
            py,
            TypeError,
            "{text} (not \"{}\") to array",
            other.ty().name()
        ),
    }
}

fn concat(py: Py, this: &This, other: &Object) -> PyResult<Owned<This>> {
    let other = same_kind(py, this, other, "can only append array")?;
    let mut bytes = this.to_vec();
    bytes.extend(other.to_vec());
    make(py, class_of(), this.code, &bytes)
}

fn inplace_concat(py: Py, this: &This, other: &Object) -> PyResult<Owned<This>> {
    let Some(other) = other.downcast::<This>() else {
        let name = other.ty().name();
        return raise!(py, TypeError, "can only extend with array (not \"{name}\")");
    };
    super::edit::extend_array(py, this, other)?;
    Ok(this.to_owned())
}

fn repeated(this: &Array, count: isize) -> PyResult<Vec<u8>> {
    let bytes = this.bytes.read();
    let count = count.max(0) as usize;
    let mut out = Vec::new();
    let total = bytes
        .len()
        .checked_mul(count)
        .filter(|&n| n <= isize::MAX as usize);
    if total.is_none_or(|n| out.try_reserve_exact(n).is_err()) {
        return krait_object::errors::no_memory();
    }
    if !bytes.is_empty() {
        (0..count).for_each(|_| out.extend_from_slice(&bytes));
    }
    Ok(out)
}

fn repeat(py: Py, this: &This, count: isize) -> PyResult<Owned<This>> {
    make(py, class_of(), this.code, &repeated(this, count)?)
}

fn inplace_repeat(py: Py, this: &This, count: isize) -> PyResult<Owned<This>> {
    let new = repeated(this, count)?;
    let len = this.bytes.read().len();
    this.splice(py, 0, len, &new)?;
    Ok(this.to_owned())
}

fn compare(py: Py, this: &This, other: &Object, op: CompareOp) -> PyResult {
    let Some(other) = other.downcast::<This>() else {
        return Ok(not_implemented());
    };
    if this.len() != other.len() && matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Value::bool(op == CompareOp::Ne));
    }
    let mut at = 0;
    // Items other than floats are equal where their bytes are.
    if this.code == other.code && this.code.kind != Kind::Float {
        let (own, others, size) = (this.bytes.read(), other.bytes.read(), this.code.size);
        let pairs = own.chunks(size).zip(others.chunks(size));
        at = pairs.take_while(|(x, y)| x == y).count();
        if at < this.len().min(other.len()) && matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(Value::bool(op == CompareOp::Ne));
        }
    }
    // Items have no identity: a NaN differs from itself.
    while let (Some(x), Some(y)) = (this.get(py, at)?, other.get(py, at)?) {
        if !protocol::truth(py, &protocol::rich_compare(py, &x, &y, CompareOp::Eq)?)? {
            return match op {
                CompareOp::Eq => Ok(Value::bool(false)),
                CompareOp::Ne => Ok(Value::bool(true)),
                _ => protocol::rich_compare(py, &x, &y, op),
            };
        }
        at += 1;
    }
    Ok(Value::bool(op.holds(this.len().cmp(&other.len()))))
}

fn contains(py: Py, this: &This, item: &Object) -> PyResult<bool> {
    let item = Value::unboxed(item);
    let mut at = 0;
    while let Some(own) = this.get(py, at)? {
        if protocol::equal(py, &own, &item)? {
            return Ok(true);
        }
        at += 1;
    }
    Ok(false)
}

pub(super) fn define(b: &mut TypeBuilder<This>) {
    b.len(|_py: Py, this: &This| Ok(this.len()))
        .subscript(subscript)
        .item_at(item_at)
        .assign_subscript(assign)
        .assign_at(assign_at)
        .item(item)
        .contains(contains)
        .concat(concat)
        .repeat(repeat)
        .inplace_concat(inplace_concat)
        .inplace_repeat(inplace_repeat)
        .compare(compare)
        .iter(super::iter::ArrayIter::over);
}
