//! Methods and slots of `tuple`.

use super::Tuple;
use crate::native::TypeBuilder;
use crate::object::{Layout, Object, Owned};
use crate::protocol::{self, CompareOp};
use crate::py::{Py, PyResult};
use crate::types::sequence::{self, Sought, TupleHash, is_exactly, not_implemented, position};
use crate::types::slice::Slice;
use crate::types::typeobject::Type;
use crate::value::Value;

fn new(py: Py, class: &Type, iterable: Option<&Value>) -> PyResult<Owned> {
    let tuple = iterable.map_or_else(|| Ok(Tuple::empty()), |i| protocol::iter::to_tuple(py, i))?;
    if is_exactly::<Tuple>(class) {
        return Ok(tuple.upcast());
    }
    let raw = class.allocate(tuple.len())?;
    // SAFETY: the block has room for the items; their references pass to it.
    unsafe {
        let items = Object::from_ptr(raw).cast_unchecked::<Tuple>().items_ptr();
        for (i, item) in tuple.iter().enumerate() {
            *items.add(i) = item.to_owned().into_ptr();
        }
        (*raw.cast::<krait_abi::PyTupleObject>()).ob_hash = -1;
        class.track_new(raw);
        Ok(Owned::from_raw(raw.cast()))
    }
}

fn repr(py: Py, this: &Tuple) -> PyResult {
    let marks = if this.len() == 1 {
        ("(", ",)", "(...)")
    } else {
        ("(", ")", "(...)")
    };
    sequence::repr(py, this.as_object(), marks, |i| {
        (i < this.len()).then(|| this.get(i))
    })
    .map(Value::from)
}

fn hash(py: Py, this: &Tuple) -> PyResult<i64> {
    if let Some(hash) = this.kept_hash() {
        return Ok(hash);
    }
    let mut hash = TupleHash::start();
    for item in this.iter() {
        hash.item(protocol::compare::hash_object(py, item)?);
    }
    let hash = hash.finish(this.len());
    this.keep_hash(hash);
    Ok(hash)
}

fn compare(py: Py, this: &Tuple, other: &Object, op: CompareOp) -> PyResult {
    let Some(other) = other.downcast::<Tuple>() else {
        return Ok(not_implemented());
    };
    let unequal = matches!(op, CompareOp::Eq | CompareOp::Ne) && this.len() != other.len();
    if unequal {
        return Ok(Value::bool(op == CompareOp::Ne));
    }
    match (first_difference(py, this, other)?, op) {
        (None, _) => Ok(Value::bool(op.holds(this.len().cmp(&other.len())))),
        (Some(_), CompareOp::Eq) => Ok(Value::bool(false)),
        (Some(_), CompareOp::Ne) => Ok(Value::bool(true)),
        (Some((a, b)), _) => protocol::rich_compare(py, &Value::unboxed(a), &Value::unboxed(b), op),
    }
}

/// The first items that are not equal.
fn first_difference<'a>(
    py: Py,
    this: &'a Tuple,
    other: &'a Tuple,
) -> PyResult<Option<(&'a Object, &'a Object)>> {
    for (a, b) in this.iter().zip(other.iter()) {
        if !a.is(b) && !protocol::compare::equal_objects(py, a, b)? {
            return Ok(Some((a, b)));
        }
    }
    Ok(None)
}

/// `this == other`.
pub fn equal_tuples(py: Py, this: &Tuple, other: &Tuple) -> PyResult<bool> {
    Ok(this.len() == other.len() && first_difference(py, this, other)?.is_none())
}

fn item(py: Py, this: &Tuple, index: isize) -> PyResult<Owned> {
    match usize::try_from(index).ok().and_then(|i| this.get_object(i)) {
        Some(value) => Ok(value),
        None => crate::raise!(py, IndexError, "tuple index out of range"),
    }
}

fn subscript(py: Py, this: &Tuple, key: &Object) -> PyResult {
    if let Some(slice) = key.downcast::<Slice>() {
        let (start, _stop, step, count) = slice.resolve(py, this.len())?;
        if step == 1 && count == this.len() && this.as_object().is_exact::<Tuple>() {
            return Ok(Value::from(this.to_owned()));
        }
        let at = |i: usize| this.as_slice()[(start + i as isize * step) as usize];
        return Ok(Value::from(Tuple::from_objects((0..count).map(at))));
    }
    let index = sequence::index_argument(py, &Value::unboxed(key), "tuple")?;
    match position(index, this.len()) {
        Some(at) => Ok(this.get(at).unwrap_or_else(Value::none)),
        None => crate::raise!(py, IndexError, "tuple index out of range"),
    }
}

fn concat(py: Py, this: &Tuple, other: &Object) -> PyResult {
    let Some(other) = other.downcast::<Tuple>() else {
        return crate::raise!(
            py,
            TypeError,
            "can only concatenate tuple (not \"{}\") to tuple",
            other.ty().name()
        );
    };
    if this.is_empty() && other.as_object().is_exact::<Tuple>() {
        return Ok(Value::from(other.to_owned()));
    }
    if other.is_empty() && this.as_object().is_exact::<Tuple>() {
        return Ok(Value::from(this.to_owned()));
    }
    let all: Vec<&Object> = this.iter().chain(other.iter()).collect();
    Ok(Value::from(Tuple::from_objects(all)))
}

fn repeat(_py: Py, this: &Tuple, count: isize) -> PyResult {
    if (count == 1 || this.is_empty()) && this.as_object().is_exact::<Tuple>() {
        return Ok(Value::from(this.to_owned()));
    }
    let count = count.max(0) as usize;
    let Some(total) = this
        .len()
        .checked_mul(count)
        .filter(|&n| n < isize::MAX as usize / 16)
    else {
        return crate::errors::no_memory();
    };
    let len = this.len().max(1);
    Ok(Value::from(Tuple::from_objects(
        (0..total).map(|i| this.as_slice()[i % len]),
    )))
}

fn contains(py: Py, this: &Tuple, item: &Object) -> PyResult<bool> {
    let item = Value::unboxed(item);
    let found = Sought::new(&item).find(py, 0, |at| this.get_ref(at))?;
    Ok(found.is_some())
}

fn index(
    py: Py,
    this: &Tuple,
    value: &Value,
    start: Option<&Value>,
    stop: Option<&Value>,
) -> PyResult<usize> {
    let range = sequence::clip(start, stop, this.len(), py)?;
    let item = |at: usize| this.get_ref(at).filter(|_| at < range.end);
    if let Some(at) = Sought::new(value).find(py, range.start, item)? {
        return Ok(at);
    }
    crate::raise!(py, ValueError, "tuple.index(x): x not in tuple")
}

fn count(py: Py, this: &Tuple, value: &Value) -> PyResult<usize> {
    let (sought, mut count, mut at) = (Sought::new(value), 0, 0);
    while let Some(found) = sought.find(py, at, |at| this.get_ref(at))? {
        count += 1;
        at = found + 1;
    }
    Ok(count)
}

pub(super) fn define(b: &mut TypeBuilder<Tuple>) {
    b.doc("Built-in immutable sequence.\n\nIf no argument is given, the constructor returns an empty tuple.\nIf iterable is specified the tuple is initialized from iterable's items.\n\nIf the argument is a tuple, the return value is the same object.")
        .new_with("tuple(iterable=(), /)", new)
        .repr(repr)
        .hash(hash)
        .compare(compare)
        .len(|_py, this: &Tuple| Ok(this.len()))
        .item(item)
        .subscript(subscript)
        .concat(concat)
        .repeat(repeat)
        .contains(contains)
        .iter(|py, this: &Tuple| crate::types::iterators::tuple_iter(py, this))
        .method("index($self, value, start=0, stop=sys.maxsize, /)", index)
        .method("count($self, value, /)", count)
        .method("__getnewargs__($self, /)", |_py, this: &Tuple| {
            let copy = Tuple::from_objects(this.iter());
            Value::from(Tuple::from_values([Value::from(copy)]))
        })
        .class_method("__class_getitem__($type, object, /)", sequence::class_getitem);
}
