//! `dict`'s methods.

use super::super::set::{AnySet, FrozenSet, Set};
use super::super::typeobject::Type;
use super::iterators::{ITEMS, KEYS, VALUES};
use super::{Dict, DictIter, DictView, hash_key};
use crate::errors;
use crate::native::{Args, KwArgs, TypeBuilder};
use crate::object::{Builtin, Layout, Owned};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::value::Value;

fn get(py: Py, this: &Dict, key: &Value, default: Option<&Value>) -> PyResult {
    Ok(match this.get(py, key)? {
        Some(value) => value,
        None => default.cloned().unwrap_or_else(Value::none),
    })
}

fn set_default(py: Py, this: &Dict, key: &Value, default: Option<&Value>) -> PyResult {
    this.set_default(py, key, || default.cloned().unwrap_or_else(Value::none))
}

fn pop(py: Py, this: &Dict, key: &Value, default: Option<&Value>) -> PyResult {
    match (this.remove(py, key)?, default) {
        (Some(value), _) => Ok(value),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => errors::key_error(py, key),
    }
}

fn pop_item(py: Py, this: &Dict) -> PyResult<(Value, Value)> {
    match this.pop_last() {
        Some(item) => Ok(item),
        None => crate::raise!(py, KeyError, "popitem(): dictionary is empty"),
    }
}

fn update(py: Py, this: &Dict, args: Args<'_>, kwargs: KwArgs) -> PyResult<()> {
    this.update_arguments(py, "update", args, kwargs)
}

/// A set or frozenset that iterates as such.
fn exact_set(value: &Value) -> Option<&AnySet> {
    let ty = value.ty();
    value
        .downcast::<AnySet>()
        .filter(|_| ty.is(Set::type_object()) || ty.is(FrozenSet::type_object()))
}

/// `dict.fromkeys`. A subclass's own `__setitem__` is called.
fn from_keys(py: Py, class: &Type, iterable: &Value, value: Option<&Value>) -> PyResult {
    let value = value.cloned().unwrap_or_else(Value::none);
    let new = if class.is(&super::DICT) {
        Value::from(Dict::new())
    } else {
        protocol::call(py, &Value::from(class.to_owned()), &[])?
    };
    if let Some(dict) = new.downcast_exact::<Dict>() {
        if let Some(source) = iterable.downcast_exact::<Dict>()
            && !std::ptr::eq(source, dict)
        {
            dict.reserve(source.len());
            let mut pos = 0;
            while let Some((hash, key, _)) = source.hashed_step(&mut pos) {
                dict.set_hashed(py, &key, hash, value.clone())?;
            }
            return Ok(new);
        }
        if let Some(source) = exact_set(iterable) {
            dict.reserve(source.len());
            let mut pos = 0;
            while let Some((hash, key)) = source.hashed_step(&mut pos) {
                dict.set_hashed(py, &key, hash, value.clone())?;
            }
            return Ok(new);
        }
        let mut keys = protocol::Iter::new(py, iterable)?;
        while let Some(key) = keys.next(py)? {
            let hash = hash_key(py, &key)?;
            dict.set_hashed(py, &key, hash, value.clone())?;
        }
        return Ok(new);
    }
    let mut keys = protocol::Iter::new(py, iterable)?;
    while let Some(key) = keys.next(py)? {
        protocol::set_item(py, &new, &key, &value)?;
    }
    Ok(new)
}

pub(super) fn define(b: &mut TypeBuilder<Dict>) {
    b.iter(|py: Py, this: &Dict| DictIter::<KEYS, false>::over(py, this))
        .method_doc("get($self, key, default=None, /)", "Return the value for key if key is in the dictionary, else default.", get)
        .method_doc(
            "setdefault($self, key, default=None, /)",
            "Insert key with a value of default if key is not in the dictionary.\n\n\
             Return the value for key if key is in the dictionary, else default.",
            set_default,
        )
        .method_doc(
            "pop($self, key, default=<unrepresentable>, /)",
            "D.pop(k[,d]) -> v, remove specified key and return the corresponding value.\n\n\
             If the key is not found, return the default if given; otherwise,\nraise a KeyError.",
            pop,
        )
        .method_doc(
            "popitem($self, /)",
            "Remove and return a (key, value) pair as a 2-tuple.\n\n\
             Pairs are returned in LIFO (last-in, first-out) order.\nRaises KeyError if the dict is empty.",
            pop_item,
        )
        .method_doc("clear($self, /)", "Remove all items from the dict.", |_py: Py, this: &Dict| this.clear())
        .method_doc("copy($self, /)", "Return a shallow copy of the dict.", |_py: Py, this: &Dict| this.copy())
        .method("update($self, *args, **kwargs)", update)
        .method_doc(
            "keys($self, /)",
            "Return a set-like object providing a view on the dict's keys.",
            |py: Py, this: &Dict| DictView::<KEYS>::of(py, this),
        )
        .method_doc(
            "values($self, /)",
            "Return an object providing a view on the dict's values.",
            |py: Py, this: &Dict| DictView::<VALUES>::of(py, this),
        )
        .method_doc(
            "items($self, /)",
            "Return a set-like object providing a view on the dict's items.",
            |py: Py, this: &Dict| DictView::<ITEMS>::of(py, this),
        )
        .method_doc(
            "__reversed__($self, /)",
            "Return a reverse iterator over the dict keys.",
            |py: Py, this: &Dict| DictIter::<KEYS, true>::over(py, this),
        )
        .method_doc("__sizeof__($self, /)", "Return the size of the dict in memory.", |_py: Py, this: &Dict| {
            this.as_object().ty().raw().tp_basicsize as usize + this.table_memory()
        })
        .class_method("fromkeys($type, iterable, value=None, /)", from_keys)
        .class_method("__class_getitem__($type, object, /)", |py: Py, class: &Type, item: Owned| {
            (crate::hooks::get(py).make_generic_alias)(py, class.as_object(), &item)
        });
}
