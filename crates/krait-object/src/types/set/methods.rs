//! Methods and operators of `set` and `frozenset`.

use super::super::list::List;
use super::super::tuple::Tuple;
use super::super::typeobject::Type;
use super::operations::{intersect_all, subtract_all};
use super::{AnySet, FrozenSet, Set, SetIter, compare, hash_element};
use crate::errors;
use crate::native::{Args, KwArgs, TypeBuilder};
use crate::object::{Layout, Object, Owned};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::types::dict::operators::not_implemented;
use crate::value::Value;

/// Both operands as sets, or none where an operator does not apply.
fn operands<'a>(a: &'a Object, b: &'a Object) -> Option<(&'a AnySet, &'a AnySet)> {
    Some((a.downcast::<AnySet>()?, b.downcast::<AnySet>()?))
}

fn or(py: Py, a: &Object, b: &Object) -> PyResult {
    let Some((a, b)) = operands(a, b) else {
        return Ok(not_implemented());
    };
    let result = a.copy_plain(py)?;
    if !std::ptr::eq(a, b) {
        result.merge_set(py, b)?;
    }
    Ok(Value::from(result))
}

fn and(py: Py, a: &Object, b: &Object) -> PyResult {
    let Some((a, b)) = operands(a, b) else {
        return Ok(not_implemented());
    };
    Ok(Value::from(
        a.intersection(py, &Value::from(Layout::to_owned(b)))?,
    ))
}

fn subtract(py: Py, a: &Object, b: &Object) -> PyResult {
    let Some((a, b)) = operands(a, b) else {
        return Ok(not_implemented());
    };
    Ok(Value::from(
        a.difference(py, &Value::from(Layout::to_owned(b)))?,
    ))
}

fn xor(py: Py, a: &Object, b: &Object) -> PyResult {
    let Some((a, b)) = operands(a, b) else {
        return Ok(not_implemented());
    };
    Ok(Value::from(a.symmetric_difference(
        py,
        &Value::from(Layout::to_owned(b)),
    )?))
}

/// An in-place operator with a set on the right.
fn inplace(this: &Set, other: &Object, change: impl FnOnce(&Value) -> PyResult<()>) -> PyResult {
    if other.downcast::<AnySet>().is_none() {
        return Ok(not_implemented());
    }
    change(&Value::from(other.to_owned()))?;
    Ok(Value::from(Layout::to_owned(this)))
}

/// What both kinds of set have.
fn define_common<T: Layout + std::ops::Deref<Target = AnySet>>(b: &mut TypeBuilder<T>) {
    b.repr(|py: Py, this: &T| this.repr(py))
        .compare(|py: Py, this: &T, other: &Object, op| compare::compare(py, this, other, op))
        .iter(|py: Py, this: &T| SetIter::over(py, this))
        .len(|_py: Py, this: &T| Ok(this.len()))
        .contains(|py: Py, this: &T, element: &Object| this.contains(py, &Value::unboxed(element)))
        .method_doc(
            "__contains__($self, object, /)",
            "x.__contains__(y) <==> y in x.",
            |py: Py, this: &T, object: &Value| this.contains(py, object),
        )
        .or(or)
        .and(and)
        .subtract(subtract)
        .xor(xor)
        .method(
            "union($self, /, *others)",
            |py: Py, this: &T, others: Args<'_>| this.union(py, others.0),
        )
        .method(
            "intersection($self, /, *others)",
            |py: Py, this: &T, others: Args<'_>| intersect_all(py, this, others.0),
        )
        .method(
            "difference($self, /, *others)",
            |py: Py, this: &T, others: Args<'_>| subtract_all(py, this, others.0),
        )
        .method(
            "symmetric_difference($self, other, /)",
            |py: Py, this: &T, other: &Value| this.symmetric_difference(py, other),
        )
        .method(
            "issubset($self, other, /)",
            |py: Py, this: &T, other: &Value| compare::is_subset(py, this, other),
        )
        .method(
            "issuperset($self, other, /)",
            |py: Py, this: &T, other: &Value| compare::is_superset(py, this, other),
        )
        .method(
            "isdisjoint($self, other, /)",
            |py: Py, this: &T, other: &Value| compare::is_disjoint(py, this, other),
        )
        .method("__reduce__($self, /)", |py: Py, this: &T| reduce(py, this))
        .method("__sizeof__($self, /)", |_py: Py, this: &T| {
            this.as_object().ty().raw().tp_basicsize as usize + this.table_memory()
        })
        .class_method(
            "__class_getitem__($type, object, /)",
            |py: Py, class: &Type, item: Owned| {
                (crate::hooks::get(py).make_generic_alias)(py, class.as_object(), &item)
            },
        );
}

/// `(type, ([elements],), state)`.
fn reduce(py: Py, this: &AnySet) -> PyResult<(Value, Value, Value)> {
    let elements = Value::from(List::from_values(this.to_vec()));
    let object = Value::from(this.to_owned());
    let state = protocol::call_method(py, &object, crate::intern!("__getstate__"), &[])?;
    let class = Value::from(this.as_object().ty().to_owned());
    Ok((class, Value::from(Tuple::from_values([elements])), state))
}

fn no_keywords(py: Py, name: &str, kwargs: &KwArgs) -> PyResult<()> {
    match kwargs.0 {
        Some(_) => crate::raise!(py, TypeError, "{name}() takes no keyword arguments"),
        None => Ok(()),
    }
}

fn at_most_one<'a>(py: Py, name: &str, args: &Args<'a>) -> PyResult<Option<&'a Value>> {
    match args.0 {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        more => crate::raise!(
            py,
            TypeError,
            "{name} expected at most 1 argument, got {}",
            more.len()
        ),
    }
}

fn set_new(_py: Py, class: &Type, _args: Args<'_>, _kwargs: KwArgs) -> PyResult<Owned<Set>> {
    Set::new_in(class)
}

fn set_init(py: Py, this: &Set, args: Args<'_>, kwargs: KwArgs) -> PyResult<()> {
    no_keywords(py, "set", &kwargs)?;
    let iterable = at_most_one(py, "set", &args)?;
    this.clear();
    match iterable {
        Some(iterable) => this.update(py, iterable),
        None => Ok(()),
    }
}

fn frozenset_new(
    py: Py,
    class: &Type,
    args: Args<'_>,
    kwargs: KwArgs,
) -> PyResult<Owned<FrozenSet>> {
    let own_init = super::super::typeobject::address(class.raw().tp_init)
        != super::super::typeobject::address(super::FROZENSET.raw().tp_init);
    if !own_init {
        no_keywords(py, "frozenset", &kwargs)?;
    }
    let iterable = at_most_one(py, "frozenset", &args)?;
    FrozenSet::new_in(py, class, iterable)
}

fn remove(py: Py, this: &Set, element: &Value) -> PyResult<()> {
    if this.discard(py, element)? {
        Ok(())
    } else {
        errors::key_error(py, element)
    }
}

fn pop(py: Py, this: &Set) -> PyResult {
    match this.pop() {
        Some(element) => Ok(element),
        None => crate::raise!(py, KeyError, "pop from an empty set"),
    }
}

pub(super) fn define_set(b: &mut TypeBuilder<Set>) {
    define_common(b);
    b.doc("Build an unordered collection of unique elements.")
        .new_with("__new__($type, *args, **kwargs)", set_new)
        .init("__init__($self, *args, **kwargs)", set_init)
        .unhashable()
        .inplace_or(|py: Py, this: &Set, other: &Object| {
            inplace(this, other, |o| this.update(py, o))
        })
        .inplace_and(|py: Py, this: &Set, other: &Object| {
            inplace(this, other, |o| this.intersection_update(py, o))
        })
        .inplace_subtract(|py: Py, this: &Set, other: &Object| {
            inplace(this, other, |o| this.difference_update(py, o))
        })
        .inplace_xor(|py: Py, this: &Set, other: &Object| {
            inplace(this, other, |o| this.symmetric_difference_update(py, o))
        })
        .method(
            "add($self, object, /)",
            |py: Py, this: &Set, element: &Value| {
                let hash = hash_element(py, element)?;
                this.add_hashed(py, element, hash).map(|_| ())
            },
        )
        .method("remove($self, object, /)", remove)
        .method(
            "discard($self, object, /)",
            |py: Py, this: &Set, element: &Value| this.discard(py, element).map(|_| ()),
        )
        .method("pop($self, /)", pop)
        .method("clear($self, /)", |_py: Py, this: &Set| this.clear())
        .method("copy($self, /)", |py: Py, this: &Set| this.copy_plain(py))
        .method(
            "update($self, /, *others)",
            |py: Py, this: &Set, others: Args<'_>| {
                others.0.iter().try_for_each(|other| this.update(py, other))
            },
        )
        .method(
            "intersection_update($self, /, *others)",
            |py: Py, this: &Set, others: Args<'_>| this.keep_common(py, others.0),
        )
        .method(
            "difference_update($self, /, *others)",
            |py: Py, this: &Set, others: Args<'_>| {
                others
                    .0
                    .iter()
                    .try_for_each(|other| this.difference_update(py, other))
            },
        )
        .method(
            "symmetric_difference_update($self, other, /)",
            |py: Py, this: &Set, other: &Value| this.symmetric_difference_update(py, other),
        );
}

pub(super) fn define_frozenset(b: &mut TypeBuilder<FrozenSet>) {
    define_common(b);
    b.doc("Build an immutable unordered collection of unique elements.")
        .new_with("__new__($type, *args, **kwargs)", frozenset_new)
        .hash(|_py: Py, this: &FrozenSet| Ok(this.hash()))
        .method(
            "copy($self, /)",
            |py: Py, this: &FrozenSet| -> PyResult<Value> {
                if compare::is_exact_frozen(this) {
                    return Ok(Value::from(Layout::to_owned(this)));
                }
                Ok(Value::from(this.copy_plain(py)?))
            },
        );
}
