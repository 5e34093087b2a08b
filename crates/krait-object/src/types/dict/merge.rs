//! Copying and merging: `copy`, `update`, `dict(...)`, `**`.

use super::super::list::List;
use super::super::str::Str;
use super::super::tuple::Tuple;
use super::super::typeobject::address;
use super::{DICT, Dict, copy_word, drop_word};
use crate::errors;
use crate::native::{Args, KwArgs};
use crate::object::{Layout, Owned};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::value::{Value, is_pointer};

/// What a merge does with a key that is there already.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Duplicates {
    /// The new value takes its place.
    Replace,
    /// The old value stays.
    Keep,
    /// KeyError with the key, for the caller to explain.
    Refuse,
}

impl Dict {
    /// A new plain dict with the same items.
    pub fn copy(&self) -> Owned<Dict> {
        let new = Dict::new();
        if !self.is_empty() {
            new.take_copy_of(self);
        }
        new
    }

    /// Copies all items of another dict into this empty one.
    fn take_copy_of(&self, other: &Dict) {
        let Some(table) = other.table() else {
            return;
        };
        // SAFETY: the copied words' references are counted before anything else can
        // happen; counting runs no Python code.
        unsafe {
            let copy = if table.filled() >= 2 * other.len()
                || (table.free() as usize) > 2 * other.len() + 8
            {
                super::Table::with_room(other.len()).inspect(|new| {
                    for i in 0..table.filled() {
                        let entry = *table.entry(i);
                        if entry.key != 0 {
                            new.append(entry);
                        }
                    }
                })
            } else {
                table.duplicate()
            };
            let Some(copy) = copy else {
                errors::out_of_memory();
            };
            for i in 0..copy.filled() {
                let entry = *copy.entry(i);
                for word in [entry.key, entry.value] {
                    if word != 0 && is_pointer(word) {
                        std::mem::forget(copy_word(word));
                    }
                }
            }
            let old = self.table();
            self.set_table(Some(copy));
            (*self.raw()).ma_used = other.len() as isize;
            self.keys_changed();
            if let Some(old) = old {
                for i in 0..old.filled() {
                    drop_word((*old.entry(i)).key);
                    drop_word((*old.entry(i)).value);
                }
                old.release();
            }
        }
    }

    /// `self.update(other)` for a mapping: an object with `keys`.
    pub fn update(&self, py: Py, other: &Value) -> PyResult<()> {
        self.merge(py, other, Duplicates::Replace)
    }

    /// Adds the items of a mapping.
    pub fn merge(&self, py: Py, other: &Value, duplicates: Duplicates) -> PyResult<()> {
        match other.downcast::<Dict>() {
            Some(dict) if has_plain_iteration(dict) => self.merge_dict(py, dict, duplicates),
            _ => self.merge_mapping(py, other, duplicates),
        }
    }

    /// Adds the items of another dict.
    pub fn merge_dict(&self, py: Py, other: &Dict, duplicates: Duplicates) -> PyResult<()> {
        if std::ptr::eq(self, other) || other.is_empty() {
            return Ok(());
        }
        if self.is_empty() {
            self.take_copy_of(other);
            return Ok(());
        }
        // Most keys are new ones as a rule.
        if duplicates == Duplicates::Replace && other.len() > self.len() {
            self.reserve(other.len());
        }
        let (mut pos, used) = (0, other.len());
        while let Some((hash, key, value)) = other.hashed_step(&mut pos) {
            match self.find(py, &key, hash)? {
                None => self.append(py, hash, key, value)?,
                Some(i) if duplicates == Duplicates::Replace => self.replace_at(i, value),
                Some(_) if duplicates == Duplicates::Keep => {}
                Some(_) => return errors::key_error(py, &key),
            }
            if other.len() != used {
                return crate::raise!(py, RuntimeError, "dict mutated during update");
            }
        }
        Ok(())
    }

    fn merge_mapping(&self, py: Py, other: &Value, duplicates: Duplicates) -> PyResult<()> {
        let keys = protocol::call_method(py, other, crate::intern!("keys"), &[])?;
        let mut keys = protocol::Iter::new(py, &keys)?;
        while let Some(key) = keys.next(py)? {
            if duplicates != Duplicates::Replace && self.contains(py, &key)? {
                match duplicates {
                    Duplicates::Keep => continue,
                    _ => return errors::key_error(py, &key),
                }
            }
            let value = protocol::get_item(py, other, &key)?;
            self.set_value(py, &key, value)?;
        }
        Ok(())
    }

    /// Adds pairs from an iterable of two-element iterables.
    pub fn merge_pairs(&self, py: Py, pairs: &Value, duplicates: Duplicates) -> PyResult<()> {
        let mut pairs = protocol::Iter::new(py, pairs)?;
        let mut number = 0;
        while let Some(item) = pairs.next(py)? {
            let (key, value) = pair(py, &item, number)?;
            if duplicates == Duplicates::Replace || !self.contains(py, &key)? {
                self.set_value(py, &key, value)?;
            }
            number += 1;
        }
        Ok(())
    }

    /// What `dict(x)` and `update(x)` accept: a mapping or an iterable of pairs.
    pub fn update_from(&self, py: Py, source: &Value) -> PyResult<()> {
        if let Some(dict) = source.downcast_exact::<Dict>() {
            return self.merge_dict(py, dict, Duplicates::Replace);
        }
        match protocol::lookup_attr(py, source, crate::intern!("keys"))? {
            Some(_) => self.update(py, source),
            None => self.merge_pairs(py, source, Duplicates::Replace),
        }
    }

    /// The arguments of `dict(...)` and `update(...)`.
    pub(super) fn update_arguments(
        &self,
        py: Py,
        name: &str,
        args: Args<'_>,
        kwargs: KwArgs,
    ) -> PyResult<()> {
        match args.0 {
            [] => {}
            [source] => self.update_from(py, source)?,
            more => {
                return crate::raise!(
                    py,
                    TypeError,
                    "{name} expected at most 1 argument, got {}",
                    more.len()
                );
            }
        }
        match kwargs.0 {
            Some(named) => self.merge_dict(py, &named, Duplicates::Replace),
            None => Ok(()),
        }
    }

    /// A dict of values with names for their keys: `dict(**kw)`, `**kwargs`.
    pub fn from_names(py: Py, names: &Tuple, values: &[Value]) -> PyResult<Owned<Dict>> {
        let dict = Dict::with_capacity(values.len());
        for (name, value) in names.as_values().iter().zip(values) {
            dict.set_value(py, name, value.clone())?;
        }
        Ok(dict)
    }

    /// A dict from keys and values in turn.
    pub fn from_pairs(
        py: Py,
        pairs: impl IntoIterator<Item = (Value, Value)>,
    ) -> PyResult<Owned<Dict>> {
        let pairs = pairs.into_iter();
        let dict = Dict::with_capacity(pairs.size_hint().0);
        for (key, value) in pairs {
            dict.set_value(py, &key, value)?;
        }
        Ok(dict)
    }
}

/// Whether a dict's items may be read from its table: its type does not iterate in a way
/// of its own.
pub(super) fn has_plain_iteration(dict: &Dict) -> bool {
    let ty = dict.as_object().ty();
    ty.is(&DICT) || address(ty.raw().tp_iter) == address(DICT.raw().tp_iter)
}

/// The two elements of an item of `dict(pairs)`.
fn pair(py: Py, item: &Value, number: usize) -> PyResult<(Value, Value)> {
    let of = |len: usize, first: Option<Value>, second: Option<Value>| match (len, first, second) {
        (2, Some(key), Some(value)) => Ok((key, value)),
        _ => wrong_length(py, number, len),
    };
    if let Some(tuple) = item.downcast::<Tuple>() {
        return of(tuple.len(), tuple.get(0), tuple.get(1));
    }
    if let Some(list) = item.downcast::<List>() {
        return of(list.len(), list.get(0), list.get(1));
    }
    let mut elements = Vec::new();
    let collected = protocol::Iter::new(py, item)
        .map_err(|raised| no_iterator(py, raised))
        .and_then(|mut source| {
            while let Some(element) = source.next(py)? {
                elements.push(element);
            }
            Ok(())
        });
    if let Err(raised) = collected {
        return Err(not_a_sequence(py, number, raised));
    }
    let mut elements = elements.into_iter();
    match (elements.next(), elements.next(), elements.len()) {
        (Some(key), Some(value), 0) => Ok((key, value)),
        (first, second, rest) => {
            let len = usize::from(first.is_some()) + usize::from(second.is_some()) + rest;
            wrong_length(py, number, len)
        }
    }
}

#[cold]
fn wrong_length<T>(py: Py, number: usize, len: usize) -> PyResult<T> {
    crate::raise!(
        py,
        ValueError,
        "dictionary update sequence element #{number} has length {len}; 2 is required"
    )
}

/// The TypeError of an item without iterator has a text of its own.
#[cold]
fn no_iterator(py: Py, raised: crate::py::Raised) -> crate::py::Raised {
    if !errors::matches(py, &crate::exceptions::TypeError) {
        return raised;
    }
    py.thread().take_exception();
    let failed: PyResult<()> = crate::raise!(py, TypeError, "object is not iterable");
    failed.err().unwrap_or(raised)
}

/// A TypeError of an item that cannot be iterated gets CPython's note.
#[cold]
fn not_a_sequence(py: Py, number: usize, raised: crate::py::Raised) -> crate::py::Raised {
    if !errors::matches(py, &crate::exceptions::TypeError) {
        return raised;
    }
    if let Some(exception) = py.thread().take_exception() {
        let note =
            format!("Cannot convert dictionary update sequence element #{number} to a sequence");
        let exception = Value::from(exception);
        let _ = protocol::call_method(
            py,
            &exception,
            crate::intern!("add_note"),
            &[Value::from(Str::new(&note))],
        );
        py.thread().set_exception(exception.into_object());
    }
    raised
}
