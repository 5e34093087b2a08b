//! `dict`'s operators: comparison and union.

use super::{Dict, hash_key};
use crate::native::TypeBuilder;
use crate::object::{Layout, Object};
use crate::protocol::{self, CompareOp};
use crate::py::{Py, PyResult};
use crate::value::Value;

/// NotImplemented as a result.
pub(crate) fn not_implemented() -> Value {
    Value::from_static(crate::singletons::not_implemented())
}

impl Dict {
    /// Whether both have the same keys with equal values.
    pub fn equals(&self, py: Py, other: &Dict) -> PyResult<bool> {
        if std::ptr::eq(self, other) {
            // Identical values count as equal, so nothing can differ.
            return Ok(true);
        }
        if self.len() != other.len() {
            return Ok(false);
        }
        py.thread().check_native_stack(py, " in comparison")?;
        let mut pos = 0;
        while let Some((hash, key, value)) = self.hashed_step(&mut pos) {
            match other.get_hashed(py, &key, hash)? {
                Some(theirs) if protocol::equal(py, &value, &theirs)? => {}
                _ => return Ok(false),
            }
        }
        Ok(true)
    }

    /// `self | other`: always a plain dict.
    fn union(&self, py: Py, other: &Dict) -> PyResult {
        let new = self.copy();
        new.merge_dict(py, other, super::Duplicates::Replace)?;
        Ok(Value::from(new))
    }

    /// Whether the key's item is this value, for the items view.
    pub(super) fn has_item(&self, py: Py, key: &Value, value: &Value) -> PyResult<bool> {
        let hash = hash_key(py, key)?;
        match self.get_hashed(py, key, hash)? {
            Some(found) => protocol::equal(py, &found, value),
            None => Ok(false),
        }
    }
}

fn compare(py: Py, this: &Dict, other: &Object, op: CompareOp) -> PyResult {
    match (op, other.downcast::<Dict>()) {
        (CompareOp::Eq, Some(other)) => Ok(Value::bool(this.equals(py, other)?)),
        (CompareOp::Ne, Some(other)) => Ok(Value::bool(!this.equals(py, other)?)),
        _ => Ok(not_implemented()),
    }
}

fn or(py: Py, a: &Object, b: &Object) -> PyResult {
    match (a.downcast::<Dict>(), b.downcast::<Dict>()) {
        (Some(a), Some(b)) => a.union(py, b),
        _ => Ok(not_implemented()),
    }
}

fn inplace_or(py: Py, this: &Dict, other: &Object) -> PyResult {
    this.update_from(py, &Value::from(other.to_owned()))?;
    Ok(Value::from(this.to_owned()))
}

pub(super) fn define(b: &mut TypeBuilder<Dict>) {
    b.compare(compare).or(or).inplace_or(inplace_or);
}
