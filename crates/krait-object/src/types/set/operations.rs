//! Union, intersection, difference and symmetric difference, new and in place.
//!
//! Which operand is iterated follows CPython, since it decides the order of the result and
//! which of two equal elements is kept.

use super::super::dict::Dict;
use super::compare::as_set;
use super::{AnySet, Set, allocate, hash_element};
use crate::object::{Layout, Owned};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::types::set::{FROZENSET, SET};
use crate::value::Value;

impl AnySet {
    /// An empty set of the same kind and plain type.
    fn fresh(&self) -> PyResult<Owned<AnySet>> {
        allocate(if self.is_frozen() { &FROZENSET } else { &SET })
    }

    /// A copy of the same kind and plain type.
    pub(super) fn copy_plain(&self, py: Py) -> PyResult<Owned<AnySet>> {
        self.copy_as(py, self.is_frozen())
    }

    /// What both have.
    pub fn intersection(&self, py: Py, other: &Value) -> PyResult<Owned<AnySet>> {
        let result = self.fresh()?;
        if let Some(other) = other.downcast::<AnySet>() {
            if std::ptr::eq(self, other) {
                return self.copy_plain(py);
            }
            let (small, large) = if other.len() > self.len() {
                (self, other)
            } else {
                (other, self)
            };
            small.each_in(py, large, |element, there| {
                if there {
                    result.add_borrowed(py, element)?;
                }
                Ok(true)
            })?;
            return Ok(result);
        }
        let mut elements = protocol::Iter::new(py, other)?;
        while let Some(element) = elements.next(py)? {
            let hash = protocol::hash(py, &element)?;
            if self.contains_hashed(py, &element, hash)? {
                result.add_hashed(py, &element, hash)?;
            }
        }
        Ok(result)
    }

    /// What the other does not have.
    pub fn difference(&self, py: Py, other: &Value) -> PyResult<Owned<AnySet>> {
        let (set, dict) = (other.downcast::<AnySet>(), other.downcast_exact::<Dict>());
        let theirs = match (set, dict) {
            (Some(set), _) => set.len(),
            (None, Some(dict)) => dict.len(),
            (None, None) => 0,
        };
        if (set.is_none() && dict.is_none()) || self.len() >> 2 > theirs {
            let result = self.copy_plain(py)?;
            result.difference_update(py, other)?;
            return Ok(result);
        }
        let result = self.fresh()?;
        if let Some(set) = set {
            self.each_in(py, set, |element, there| {
                if !there {
                    result.add_borrowed(py, element)?;
                }
                Ok(true)
            })?;
            return Ok(result);
        }
        let mut pos = 0;
        while let Some((hash, element)) = self.hashed_step(&mut pos) {
            let there = match dict {
                Some(dict) => dict.get_hashed(py, &element, hash)?.is_some(),
                None => false,
            };
            if !there {
                result.add_hashed(py, &element, hash)?;
            }
        }
        Ok(result)
    }

    /// Removes what the other has.
    pub fn difference_update(&self, py: Py, other: &Value) -> PyResult<()> {
        if let Some(other) = other.downcast::<AnySet>() {
            if std::ptr::eq(self, other) {
                self.clear();
                return Ok(());
            }
            // A much larger operand is searched rather than walked.
            let common;
            let mut walked = other;
            if other.len() >> 3 > self.len() {
                common = other.intersection(py, &Value::from(Layout::to_owned(self)))?;
                walked = &common;
            }
            let mut pos = 0;
            while let Some((hash, element)) = walked.hashed_step(&mut pos) {
                self.remove_hashed(py, &element, hash)?;
            }
            return Ok(());
        }
        let mut elements = protocol::Iter::new(py, other)?;
        while let Some(element) = elements.next(py)? {
            let hash = hash_element(py, &element)?;
            self.remove_hashed(py, &element, hash)?;
        }
        Ok(())
    }

    /// Keeps only what the other has too.
    pub fn intersection_update(&self, py: Py, other: &Value) -> PyResult<()> {
        let common = self.intersection(py, other)?;
        self.swap(&common);
        Ok(())
    }

    /// Turns into what exactly one of both has.
    pub fn symmetric_difference_update(&self, py: Py, other: &Value) -> PyResult<()> {
        let toggle = |element: &Value, hash: i64| -> PyResult<()> {
            if self.remove_hashed(py, element, hash)?.is_none() {
                self.add_hashed(py, element, hash)?;
            }
            Ok(())
        };
        if let Some(dict) = other.downcast_exact::<Dict>() {
            let mut pos = 0;
            while let Some((hash, key)) = dict.hashed_key_step(&mut pos) {
                toggle(&key, hash)?;
            }
            return Ok(());
        }
        let other = as_set(py, other)?;
        if std::ptr::eq(self, &*other) {
            self.clear();
            return Ok(());
        }
        let mut pos = 0;
        while let Some((hash, element)) = other.hashed_step(&mut pos) {
            toggle(&element, hash)?;
        }
        Ok(())
    }

    /// What exactly one of both has: a copy of the other, with this one's elements toggled.
    pub fn symmetric_difference(&self, py: Py, other: &Value) -> PyResult<Owned<AnySet>> {
        let result = self.fresh()?;
        result.update(py, other)?;
        result.symmetric_difference_update(py, &Value::from(Layout::to_owned(self)))?;
        Ok(result)
    }

    /// A copy with the elements of all the others.
    pub fn union(&self, py: Py, others: &[Value]) -> PyResult<Owned<AnySet>> {
        let result = self.copy_plain(py)?;
        for other in others {
            if !other.is_object(self.as_object()) {
                result.update(py, other)?;
            }
        }
        Ok(result)
    }
}

impl Set {
    /// What is in all of the others too.
    pub(super) fn keep_common(&self, py: Py, others: &[Value]) -> PyResult<()> {
        let common = intersect_all(py, self, others)?;
        self.swap(&common);
        Ok(())
    }
}

/// `this.intersection(*others)`.
pub(super) fn intersect_all(py: Py, this: &AnySet, others: &[Value]) -> PyResult<Owned<AnySet>> {
    let [first, rest @ ..] = others else {
        return this.copy_plain(py);
    };
    let mut result = this.intersection(py, first)?;
    for other in rest {
        result = result.intersection(py, other)?;
    }
    Ok(result)
}

/// `this.difference(*others)`.
pub(super) fn subtract_all(py: Py, this: &AnySet, others: &[Value]) -> PyResult<Owned<AnySet>> {
    let [first, rest @ ..] = others else {
        return this.copy_plain(py);
    };
    let result = this.difference(py, first)?;
    for other in rest {
        result.difference_update(py, other)?;
    }
    Ok(result)
}
