//! A class's names: `__name__`, `__qualname__`, `__module__`.

use krait_abi::*;

use super::{check_set, set_entry};
use crate::object::{Object, Owned};
use crate::py::{Py, PyResult};
use crate::types::str::Str;
use crate::types::type_new;
use crate::types::typeobject::Type;
use crate::value::Value;

/// The heap type's struct, where the type is one.
fn heap(ty: &Type) -> Option<*mut PyHeapTypeObject> {
    ty.is_heap_type().then(|| ty.as_type_ptr().cast())
}

/// `__qualname__`.
pub fn qualname(ty: &Type) -> Owned<Str> {
    // SAFETY: a heap type's field is null or an owned str.
    let own = heap(ty)
        .map(|h| unsafe { (*h).ht_qualname })
        .filter(|p| !p.is_null());
    match own {
        // SAFETY: as above.
        Some(own) => unsafe { Object::from_ptr(own).cast_unchecked::<Str>() }.to_owned_str(),
        None => Str::new(ty.short_name()),
    }
}

pub(super) fn name(_py: Py, ty: &Type) -> Owned<Str> {
    // SAFETY: a heap type's field is null or an owned str.
    let own = heap(ty)
        .map(|h| unsafe { (*h).ht_name })
        .filter(|p| !p.is_null());
    match own {
        // SAFETY: as above.
        Some(own) => unsafe { Object::from_ptr(own).cast_unchecked::<Str>() }.to_owned_str(),
        None => Str::new(ty.short_name()),
    }
}

/// `__module__`: any object; `None` where the class does not say.
pub fn module_of(py: Py, ty: &Type) -> Option<Value> {
    if ty.is_heap_type() {
        return ty.dict().get_str_key(py, crate::intern!("__module__"));
    }
    let module = match ty.full_name().rsplit_once('.') {
        Some((module, _)) => module,
        None => "builtins",
    };
    Some(Value::from(Str::intern(module)))
}

/// The name that newer error texts show: with the module, unless that is `builtins`,
/// `__main__` or no str.
pub fn fully_qualified_name(py: Py, ty: &Type) -> String {
    let (module, qualname) = (module_of(py, ty), qualname(ty));
    match module.as_ref().and_then(|m| m.downcast::<Str>()) {
        Some(module) if !module.eq_str("builtins") && !module.eq_str("__main__") => {
            format!("{}.{}", module.to_rust(), qualname.to_rust())
        }
        _ => qualname.to_rust().into_owned(),
    }
}

/// The name that reprs show: module and qualified name, or, where the module is `builtins`
/// or no str, the plain name.
pub fn displayed_name(py: Py, ty: &Type) -> PyResult<String> {
    let module = module_of(py, ty);
    match module.as_ref().and_then(|m| m.downcast::<Str>()) {
        Some(module) if !module.eq_str("builtins") => {
            Ok(format!("{}.{}", module.to_rust(), qualname(ty).to_rust()))
        }
        _ => Ok(ty.name().to_string()),
    }
}

pub(super) fn set_name(py: Py, ty: &Type, value: Option<&Object>) -> PyResult<()> {
    let value = check_set(py, ty, value, "__name__")?;
    let Some(name) = value.downcast::<Str>() else {
        return crate::raise!(
            py,
            TypeError,
            "can only assign string to {}.__name__, not '{}'",
            ty.name(),
            value.ty().name()
        );
    };
    type_new::set_name(py, ty, name)
}

pub(super) fn set_qualname(py: Py, ty: &Type, value: Option<&Object>) -> PyResult<()> {
    let value = check_set(py, ty, value, "__qualname__")?;
    let Some(name) = value.downcast::<Str>() else {
        return crate::raise!(
            py,
            TypeError,
            "can only assign string to {}.__qualname__, not '{}'",
            ty.name(),
            value.ty().name()
        );
    };
    type_new::set_heap_qualname(ty, name.to_owned_str());
    Ok(())
}

pub(super) fn get_module(py: Py, ty: &Type) -> PyResult {
    match module_of(py, ty) {
        Some(module) => Ok(module),
        None => crate::raise!(py, AttributeError, "__module__"),
    }
}

pub(super) fn set_module(py: Py, ty: &Type, value: Option<&Object>) -> PyResult<()> {
    let value = check_set(py, ty, value, "__module__")?;
    ty.dict().pop_str(py, crate::intern!("__firstlineno__"));
    set_entry(py, ty, crate::intern!("__module__"), Value::unboxed(value))
}
