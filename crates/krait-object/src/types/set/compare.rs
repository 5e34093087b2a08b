//! Comparison, subsets, representation.

use super::super::str::{Str, StrBuilder};
use super::{AnySet, FROZENSET, SET, Set};
use crate::object::{Layout, Object, Owned};
use crate::protocol::{self, CompareOp, repr::ReprGuard};
use crate::py::{Py, PyResult};
use crate::types::dict::operators::not_implemented;
use crate::value::Value;
use krait_text::TextWriter;

impl AnySet {
    /// Whether all elements are in the other set.
    pub fn is_subset(&self, py: Py, other: &AnySet) -> PyResult<bool> {
        if self.len() > other.len() {
            return Ok(false);
        }
        let mut all = true;
        self.each_in(py, other, |_, there| {
            all = there;
            Ok(there)
        })?;
        Ok(all)
    }

    /// Whether both have the same elements.
    pub fn equals(&self, py: Py, other: &AnySet) -> PyResult<bool> {
        if self.len() != other.len() {
            return Ok(false);
        }
        // SAFETY: the fields are the sets' own.
        let (a, b) = unsafe { ((*self.raw()).hash, (*other.raw()).hash) };
        if a != -1 && b != -1 && a != b {
            return Ok(false);
        }
        self.is_subset(py, other)
    }

    /// `repr(self)`.
    pub fn repr(&self, py: Py) -> PyResult<Owned<Str>> {
        let name = self.as_object().ty().name();
        let Some(_guard) = ReprGuard::enter(py, self.as_object()) else {
            return Ok(Str::new(&format!("{name}(...)")));
        };
        if self.is_empty() {
            return Ok(Str::new(&format!("{name}()")));
        }
        let plain = self.as_object().ty().is(&SET);
        let mut text = StrBuilder::new();
        if !plain {
            text.push_str(name);
            text.push_str("(");
        }
        text.push_str("{");
        for (i, element) in self.to_vec().iter().enumerate() {
            if i > 0 {
                text.push_str(", ");
            }
            protocol::repr::push_repr(py, element, &mut text)?;
        }
        text.push_str(if plain { "}" } else { "})" });
        Ok(text.finish())
    }
}

pub(super) fn compare(py: Py, this: &AnySet, other: &Object, op: CompareOp) -> PyResult {
    let Some(other) = other.downcast::<AnySet>() else {
        return Ok(not_implemented());
    };
    let result = match op {
        CompareOp::Eq => this.equals(py, other)?,
        CompareOp::Ne => !this.equals(py, other)?,
        CompareOp::Le => this.is_subset(py, other)?,
        CompareOp::Ge => other.is_subset(py, this)?,
        CompareOp::Lt => this.len() < other.len() && this.is_subset(py, other)?,
        CompareOp::Gt => this.len() > other.len() && other.is_subset(py, this)?,
    };
    Ok(Value::bool(result))
}

/// The value as a set: itself, or a set of its elements.
pub(super) fn as_set(py: Py, value: &Value) -> PyResult<Owned<AnySet>> {
    match value.downcast::<AnySet>() {
        Some(set) => Ok(Layout::to_owned(set)),
        None => {
            let set = Set::from_iterable(py, value)?;
            Ok(Layout::to_owned(&**set))
        }
    }
}

pub(super) fn is_subset(py: Py, this: &AnySet, other: &Value) -> PyResult<bool> {
    this.is_subset(py, &*as_set(py, other)?)
}

pub(super) fn is_superset(py: Py, this: &AnySet, other: &Value) -> PyResult<bool> {
    if let Some(other) = other.downcast::<AnySet>() {
        return other.is_subset(py, this);
    }
    let mut elements = protocol::Iter::new(py, other)?;
    while let Some(element) = elements.next(py)? {
        if !this.contains(py, &element)? {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(super) fn is_disjoint(py: Py, this: &AnySet, other: &Value) -> PyResult<bool> {
    if let Some(other) = other.downcast::<AnySet>() {
        if std::ptr::eq(this, other) {
            return Ok(this.is_empty());
        }
        let (small, large) = if this.len() <= other.len() {
            (this, other)
        } else {
            (other, this)
        };
        let mut none = true;
        small.each_in(py, large, |_, there| {
            none = !there;
            Ok(none)
        })?;
        return Ok(none);
    }
    let mut elements = protocol::Iter::new(py, other)?;
    while let Some(element) = elements.next(py)? {
        let hash = super::hash_element(py, &element)?;
        if this.contains_hashed(py, &element, hash)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The plain type of the same kind: what operations give.
pub(super) fn is_exact_frozen(this: &AnySet) -> bool {
    this.as_object().ty().is(&FROZENSET)
}
