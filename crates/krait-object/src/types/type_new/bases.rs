//! Which metaclass and which base a new class gets.

use krait_abi::*;

use crate::object::{Layout, Owned};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::types::tuple::Tuple;
use crate::types::typeobject::{TYPE, Type};
use crate::value::Value;

/// The most derived of a metaclass and the metaclasses of the bases ("Determining the
/// appropriate metaclass" in the data model).
pub fn metaclass_of(py: Py, metatype: &Type, bases: &Tuple) -> PyResult<Owned<Type>> {
    let mut winner = metatype;
    for base in bases.iter() {
        let candidate = base.ty();
        if winner.is_subtype_of(candidate) {
            continue;
        }
        if candidate.is_subtype_of(winner) {
            winner = candidate;
            continue;
        }
        return crate::raise!(
            py,
            TypeError,
            "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the \
             metaclasses of all its bases"
        );
    }
    Ok(winner.to_owned())
}

/// As `metaclass_of`, for bases given to `type()` itself, where PEP 560 has no place.
pub(super) fn winner(py: Py, metatype: &Type, bases: &Tuple) -> PyResult<Owned<Type>> {
    for base in bases.iter().filter(|b| b.downcast::<Type>().is_none()) {
        let base = Value::from(base.to_owned());
        if protocol::lookup_attr(py, &base, crate::intern!("__mro_entries__"))?.is_some() {
            return crate::raise!(
                py,
                TypeError,
                "type() doesn't support MRO entry resolution; use types.new_class()"
            );
        }
    }
    let winner = metaclass_of(py, metatype, bases)?;
    debug_assert!(winner.is_subtype_of(&TYPE) || !metatype.is_subtype_of(&TYPE));
    Ok(winner)
}

/// The type that last added something to the fixed part of instances.
pub fn solid_base(ty: &Type) -> &Type {
    let mut at = ty;
    while let Some(base) = at.base() {
        if at.fixed_size() != base.fixed_size() || at.raw().tp_itemsize != base.raw().tp_itemsize {
            return at;
        }
        at = base;
    }
    at
}

/// The base whose instances' layout the class extends.
pub fn best_base(py: Py, bases: &Tuple) -> PyResult<&Type> {
    let mut best: Option<(&Type, &Type)> = None;
    for base in bases.iter() {
        let Some(base) = base.downcast::<Type>() else {
            return crate::raise!(py, TypeError, "bases must be types");
        };
        if !base.has_flag(Py_TPFLAGS_BASETYPE) {
            return crate::raise!(
                py,
                TypeError,
                "type '{}' is not an acceptable base type",
                base.name()
            );
        }
        let solid = solid_base(base);
        match best {
            Some((_, winner)) if winner.is_subtype_of(solid) => {}
            Some((_, winner)) if !solid.is_subtype_of(winner) => {
                return crate::raise!(
                    py,
                    TypeError,
                    "multiple bases have instance lay-out conflict"
                );
            }
            _ => best = Some((base, solid)),
        }
    }
    match best {
        Some((base, _)) => Ok(base),
        None => crate::raise!(py, TypeError, "bases must be types"),
    }
}
