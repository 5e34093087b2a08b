//! Keys and items views as sets: comparisons, `& | - ^`, `isdisjoint`.

use super::super::set::{AnySet, FrozenSet, Set};
use super::iterators::{ITEMS, KEYS};
use super::operators::not_implemented;
use super::views::{DictItems, DictKeys, DictView, view_contains};
use super::{Dict, DictIter};
use crate::native::{Instance, TypeBuilder};
use crate::object::{Layout, Object, Owned};
use crate::protocol::{self, CompareOp};
use crate::py::{Py, PyResult};
use crate::value::Value;

/// The dict behind a set-like view, and whether it is a view of items.
fn set_view(object: &Object) -> Option<(&Dict, bool)> {
    if let Some(view) = object.downcast::<DictKeys>() {
        return Some((&view.dict, false));
    }
    object
        .downcast::<DictItems>()
        .map(|view| (&*view.dict, true))
}

fn in_view(py: Py, (dict, items): (&Dict, bool), element: &Value) -> PyResult<bool> {
    if items {
        view_contains::<ITEMS>(py, dict, element)
    } else {
        view_contains::<KEYS>(py, dict, element)
    }
}

/// The length of what compares with views: another view, a set, a frozenset.
fn set_len(object: &Object) -> Option<usize> {
    match set_view(object) {
        Some((dict, _)) => Some(dict.len()),
        None => object.downcast::<AnySet>().map(|set| set.len()),
    }
}

/// Whether all elements of `a` are in `b`.
fn all_in(py: Py, a: &Object, b: &Object) -> PyResult<bool> {
    let b = Value::from(b.to_owned());
    let mut elements = protocol::Iter::new(py, &Value::from(a.to_owned()))?;
    while let Some(element) = elements.next(py)? {
        if !protocol::contains(py, &b, &element)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn compare<const WHAT: u8>(
    py: Py,
    this: &Instance<DictView<WHAT>>,
    other: &Object,
    op: CompareOp,
) -> PyResult {
    let this = this.as_object();
    let (Some(ours), Some(theirs)) = (set_len(this), set_len(other)) else {
        return Ok(not_implemented());
    };
    let result = match op {
        CompareOp::Eq => ours == theirs && all_in(py, this, other)?,
        CompareOp::Ne => !(ours == theirs && all_in(py, this, other)?),
        CompareOp::Lt => ours < theirs && all_in(py, this, other)?,
        CompareOp::Le => ours <= theirs && all_in(py, this, other)?,
        CompareOp::Gt => ours > theirs && all_in(py, other, this)?,
        CompareOp::Ge => ours >= theirs && all_in(py, other, this)?,
    };
    Ok(Value::bool(result))
}

fn set_of(py: Py, object: &Object) -> PyResult<Owned<Set>> {
    let set = Set::new();
    if let Some(view) = object.downcast::<DictKeys>() {
        set.update_from_dict(py, &view.dict)?;
    } else {
        set.update(py, &Value::from(object.to_owned()))?;
    }
    Ok(set)
}

fn or(py: Py, a: &Object, b: &Object) -> PyResult<Owned<Set>> {
    let set = set_of(py, a)?;
    set.update(py, &Value::from(b.to_owned()))?;
    Ok(set)
}

fn subtract(py: Py, a: &Object, b: &Object) -> PyResult<Owned<Set>> {
    let set = set_of(py, a)?;
    set.difference_update(py, &Value::from(b.to_owned()))?;
    Ok(set)
}

/// The elements of the shorter operand that are in the longer, as far as lengths are known.
fn and(py: Py, a: &Object, b: &Object) -> PyResult<Owned<Set>> {
    let (mut view, mut other) = match set_view(a) {
        Some(_) => (a, b),
        None => (b, a),
    };
    let exact = other.is_exact::<Set>() || other.is_exact::<FrozenSet>();
    if exact && set_len(view) <= set_len(other) {
        // A set that is not smaller looks for the view's elements.
        let theirs = Value::from(other.to_owned());
        let ours = [Value::from(view.to_owned())];
        let made = protocol::call_method(py, &theirs, crate::intern!("intersection"), &ours)?;
        return match made.into_object().downcast_owned::<AnySet>() {
            Ok(set) => set_of(py, set.as_object()),
            Err(_) => Ok(Set::new()),
        };
    }
    if let (Some(_), Some(ours), Some(theirs)) = (set_view(other), set_len(view), set_len(other))
        && theirs > ours
    {
        std::mem::swap(&mut view, &mut other);
    }
    let set = Set::new();
    let mut elements = protocol::Iter::new(py, &Value::from(other.to_owned()))?;
    while let Some(element) = elements.next(py)? {
        let Some(place) = set_view(view) else { break };
        if in_view(py, place, &element)? {
            set.add(py, &element)?;
        }
    }
    Ok(set)
}

fn xor(py: Py, a: &Object, b: &Object) -> PyResult<Owned<Set>> {
    let set = set_of(py, a)?;
    set.symmetric_difference_update(py, &Value::from(b.to_owned()))?;
    Ok(set)
}

fn is_disjoint<const WHAT: u8>(
    py: Py,
    this: &Instance<DictView<WHAT>>,
    other: &Value,
) -> PyResult<bool> {
    if let Some(object) = other.as_object() {
        if object.is(this.as_object()) {
            return Ok(this.dict.is_empty());
        }
        if set_len(object).is_some_and(|theirs| theirs > this.dict.len()) {
            let elements = DictIter::<WHAT, false>::over(py, &this.dict);
            let mut elements = protocol::Iter::new(py, &Value::from(elements))?;
            while let Some(element) = elements.next(py)? {
                if protocol::contains(py, other, &element)? {
                    return Ok(false);
                }
            }
            return Ok(true);
        }
    }
    let mut elements = protocol::Iter::new(py, other)?;
    while let Some(element) = elements.next(py)? {
        if view_contains::<WHAT>(py, &this.dict, &element)? {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(super) fn define<const WHAT: u8>(b: &mut TypeBuilder<Instance<DictView<WHAT>>>) {
    b.compare(compare::<WHAT>)
        .unhashable()
        .or(or)
        .subtract(subtract)
        .and(and)
        .xor(xor)
        .method_doc(
            "isdisjoint($self, other, /)",
            "Return True if the view and the given iterable have a null intersection.",
            is_disjoint::<WHAT>,
        );
}
