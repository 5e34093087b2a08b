//! The method resolution order: C3 linearisation, and the metaclass's own `mro()`.

use super::slotdefs::special;
use super::tuple::Tuple;
use super::typeobject::{TYPE, Type};
use crate::object::{Layout, Object, Owned};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::value::Value;

/// The MRO that a type is to have: by `mro()` of its metaclass, if that overrides it.
pub fn compute(py: Py, ty: &Type) -> PyResult<Owned<Tuple>> {
    let metatype = ty.as_object().ty();
    if metatype.is(&TYPE) || !overrides_mro(py, metatype) {
        return c3(py, ty);
    }
    let result = special::call(py, crate::intern!("mro"), &[Value::from(ty.to_owned())])?;
    let result = protocol::iter::to_tuple(py, &result)?;
    check_custom(py, ty, &result)?;
    Ok(result)
}

fn overrides_mro(py: Py, metatype: &Type) -> bool {
    let name = crate::intern!("mro");
    match (metatype.lookup(py, name), TYPE.dict().get_str_key(py, name)) {
        (Some(found), Some(own)) => !found.is(&own),
        _ => false,
    }
}

fn check_custom(py: Py, ty: &Type, mro: &Tuple) -> PyResult<()> {
    let solid = super::type_new::solid_base(ty);
    for item in mro.iter() {
        let Some(class) = item.downcast::<Type>() else {
            return crate::raise!(
                py,
                TypeError,
                "mro() returned a non-class ('{}')",
                item.ty().name()
            );
        };
        if !solid.is_subtype_of(super::type_new::solid_base(class)) {
            return crate::raise!(
                py,
                TypeError,
                "mro() returned base with unsuitable layout ('{}')",
                class.name()
            );
        }
    }
    Ok(())
}

/// The C3 linearisation of a type and its bases.
pub fn c3(py: Py, ty: &Type) -> PyResult<Owned<Tuple>> {
    if let Some([base]) = ty.bases().map(Tuple::as_slice)
        && let Some(base) = base.downcast::<Type>()
        && let Some(mro) = base.mro()
    {
        let mut all = Vec::with_capacity(mro.len() + 1);
        all.push(ty.as_object());
        all.extend(mro.iter());
        return Ok(Tuple::from_objects(all));
    }
    let bases: Vec<&Type> = ty.bases().map_or_else(Vec::new, |b| {
        b.iter().filter_map(|o| o.downcast::<Type>()).collect()
    });
    let mut lists: Vec<Vec<&Object>> = Vec::with_capacity(bases.len() + 1);
    for base in &bases {
        match base.mro() {
            Some(mro) => lists.push(mro.iter().collect()),
            None => {
                return crate::raise!(
                    py,
                    TypeError,
                    "Cannot extend an incomplete type '{}'",
                    base.name()
                );
            }
        }
    }
    check_duplicates(py, &bases)?;
    lists.push(bases.iter().map(|b| b.as_object()).collect());
    let mut merged = vec![ty.as_object()];
    merge(py, &lists, &mut merged)?;
    Ok(Tuple::from_objects(merged))
}

fn check_duplicates(py: Py, bases: &[&Type]) -> PyResult<()> {
    for (i, base) in bases.iter().enumerate() {
        if bases[..i].iter().any(|b| b.is(base)) {
            return crate::raise!(py, TypeError, "duplicate base class {}", base.short_name());
        }
    }
    Ok(())
}

/// Takes the first head that stands in no other list's tail, until all lists are empty.
fn merge<'a>(py: Py, lists: &[Vec<&'a Object>], merged: &mut Vec<&'a Object>) -> PyResult<()> {
    let mut at = vec![0; lists.len()];
    loop {
        let heads = || {
            lists
                .iter()
                .zip(&at)
                .filter_map(|(list, &i)| list.get(i).copied())
        };
        if heads().next().is_none() {
            return Ok(());
        }
        let in_tail = |class: &Object| {
            lists
                .iter()
                .zip(&at)
                .any(|(list, &i)| list.iter().skip(i + 1).any(|o| o.is(class)))
        };
        let Some(next) = heads().find(|head| !in_tail(head)) else {
            return inconsistent(py, heads());
        };
        merged.push(next);
        for (list, i) in lists.iter().zip(&mut at) {
            if list.get(*i).is_some_and(|o| o.is(next)) {
                *i += 1;
            }
        }
    }
}

fn inconsistent<'a>(py: Py, heads: impl Iterator<Item = &'a Object>) -> PyResult<()> {
    let mut classes: Vec<&Object> = Vec::new();
    for head in heads {
        if !classes.iter().any(|c| c.is(head)) {
            classes.push(head);
        }
    }
    let names: Vec<&str> = classes
        .iter()
        .map(|c| c.downcast::<Type>().map_or("?", |ty| ty.short_name()))
        .collect();
    crate::raise!(
        py,
        TypeError,
        "Cannot create a consistent method resolution order (MRO) for bases {}",
        names.join(", ")
    )
}
