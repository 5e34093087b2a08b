//! Assignment to `__bases__`.

use krait_abi::*;

use super::check_set;
use crate::object::{Layout, Object, Owned};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::types::mro;
use crate::types::object_type::check_compatible;
use crate::types::slotdefs;
use crate::types::tuple::Tuple;
use crate::types::type_new::{best_base, enlist};
use crate::types::typeobject::Type;
use crate::value::Value;

pub(super) fn set_bases(py: Py, ty: &Type, value: Option<&Object>) -> PyResult<()> {
    let value = check_set(py, ty, value, "__bases__")?;
    let bases = check_bases(py, ty, value)?.to_owned();
    let base = best_base(py, &bases)?.to_owned();
    if let Some(old) = ty.base() {
        check_compatible(py, old, &base, "__bases__")?;
    }
    let ty = ty.to_owned();
    ty.modified();
    let (old_bases, old_base) = exchange(&ty, bases.clone(), base);
    let mut changed = Vec::new();
    let result = renew_mro(py, &ty, &mut changed);
    // A metaclass's `mro()` may have set other bases in the meantime, which then hold.
    let holds = ty
        .bases()
        .is_some_and(|now| std::ptr::eq(now, &raw const *bases));
    if result.is_err() {
        for Changed { class, old, new } in changed.into_iter().rev() {
            if class
                .mro()
                .is_some_and(|now| std::ptr::eq(now, &raw const *new))
            {
                drop(put_mro(&class, old));
                class.modified();
            }
        }
        if holds {
            drop(exchange(&ty, old_bases, old_base));
        }
        return result;
    }
    if holds {
        withdraw(&ty, &old_bases);
        enlist(&ty);
        ty.modified();
        slotdefs::update_all(py, &ty);
    }
    Ok(())
}

fn check_bases<'a>(py: Py, ty: &Type, value: &'a Object) -> PyResult<&'a Tuple> {
    let name = ty.name();
    let Some(bases) = value.downcast::<Tuple>() else {
        return crate::raise!(
            py,
            TypeError,
            "can only assign tuple to {name}.__bases__, not {}",
            value.ty().name()
        );
    };
    if bases.is_empty() {
        return crate::raise!(
            py,
            TypeError,
            "can only assign non-empty tuple to {name}.__bases__, not ()"
        );
    }
    for base in bases.iter() {
        let Some(class) = base.downcast::<Type>() else {
            return crate::raise!(
                py,
                TypeError,
                "{name}.__bases__ must be tuple of classes, not '{}'",
                base.ty().name()
            );
        };
        // The MRO alone is not enough: a custom `mro()` that sets bases itself runs while
        // the base is already new and the MRO still the old one.
        if class.is_subtype_of(ty) || (class.mro().is_some() && has_base(class, ty)) {
            return crate::raise!(
                py,
                TypeError,
                "a __bases__ item causes an inheritance cycle"
            );
        }
    }
    Ok(bases)
}

/// Whether the chain of bases from a class leads to another.
fn has_base(class: &Type, sought: &Type) -> bool {
    std::iter::successors(Some(class), |c| c.base()).any(|c| c.is(sought))
}

/// Takes a class off the lists of what were its bases.
fn withdraw(ty: &Type, bases: &Tuple) {
    for base in bases.iter().filter_map(|b| b.downcast::<Type>()) {
        base.ext()
            .subclasses
            .borrow_mut()
            .retain(|&t| t != ty.as_type_ptr());
    }
}

/// Puts bases in and gives the old ones back.
fn exchange(ty: &Type, bases: Owned<Tuple>, base: Owned<Type>) -> (Owned<Tuple>, Owned<Type>) {
    let raw = ty.as_type_ptr();
    // SAFETY: the GIL is held; a ready heap type owns its bases and its base.
    unsafe {
        let old_bases = std::mem::replace(&mut (*raw).tp_bases, bases.into_ptr());
        let old_base = std::mem::replace(&mut (*raw).tp_base, base.into_raw().cast());
        (
            Owned::from_raw(old_bases.cast()),
            Owned::from_raw(old_base.cast()),
        )
    }
}

fn put_mro(ty: &Type, mro: Owned<Tuple>) -> Option<Owned<Tuple>> {
    let raw = ty.as_type_ptr();
    // SAFETY: the GIL is held; the field is null or an owned tuple.
    unsafe {
        let old = std::mem::replace(&mut (*raw).tp_mro, mro.into_ptr());
        (!old.is_null()).then(|| Owned::from_raw(old.cast()))
    }
}

/// A class whose MRO was renewed.
struct Changed {
    class: Owned<Type>,
    old: Owned<Tuple>,
    new: Owned<Tuple>,
}

/// Computes the MRO of a class and of all below it; `changed` keeps the old ones.
fn renew_mro(py: Py, ty: &Type, changed: &mut Vec<Changed>) -> PyResult<()> {
    let mut waiting = std::collections::VecDeque::from([ty.to_owned()]);
    while let Some(class) = waiting.pop_front() {
        let before = class.mro().map(|mro| mro.to_owned());
        let new = mro::compute(py, &class)?;
        // It was renewed while it was computed: that is the newer one.
        let same = match (class.mro(), &before) {
            (Some(now), Some(before)) => std::ptr::eq(now, &raw const **before),
            (now, before) => now.is_none() && before.is_none(),
        };
        if !same {
            continue;
        }
        if let Some(old) = put_mro(&class, new.clone()) {
            let class = class.clone();
            changed.push(Changed { class, old, new });
        }
        class.modified();
        waiting.extend(class.subclasses());
    }
    Ok(())
}

pub(super) fn get_bases(_py: Py, ty: &Type) -> Owned<Tuple> {
    ty.bases().map_or_else(Tuple::empty, |b| b.to_owned())
}

/// `__mro__`, as it is kept.
pub(super) fn get_mro(_py: Py, ty: &Type) -> Option<Owned<Tuple>> {
    ty.mro().map(|m| m.to_owned())
}

/// `type.__abstractmethods__`.
pub(super) fn get_abstract(py: Py, ty: &Type) -> PyResult {
    let name = crate::intern!("__abstractmethods__");
    let own = if ty.is(&crate::types::typeobject::TYPE) {
        None
    } else {
        ty.dict().get_str_key(py, name)
    };
    match own {
        Some(names) => Ok(names),
        None => crate::raise!(py, AttributeError, "__abstractmethods__"),
    }
}

/// Sets the names of abstract methods; a class with any cannot be instantiated.
pub(super) fn set_abstract(py: Py, ty: &Type, value: Option<&Object>) -> PyResult<()> {
    let name = crate::intern!("__abstractmethods__");
    let is_abstract = match value {
        Some(value) => {
            let value = Value::unboxed(value);
            let is_abstract = protocol::truth(py, &value)?;
            super::set_entry(py, ty, name, value)?;
            is_abstract
        }
        None => {
            ty.modified();
            if ty.dict().pop_str(py, name).is_none() {
                return crate::raise!(py, AttributeError, "__abstractmethods__");
            }
            false
        }
    };
    // SAFETY: the GIL is held.
    unsafe {
        let flags = &raw mut (*ty.as_type_ptr()).tp_flags;
        *flags = if is_abstract {
            *flags | Py_TPFLAGS_IS_ABSTRACT
        } else {
            *flags & !Py_TPFLAGS_IS_ABSTRACT
        };
    }
    Ok(())
}
