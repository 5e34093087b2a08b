//! The last steps of a class: MRO, slots, `__set_name__`, `__init_subclass__`.

use krait_abi::*;

use crate::object::{Layout, Object};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::types::slotdefs::{self, special};
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::typeobject::Type;
use crate::types::{inherit, mro};
use crate::value::Value;

/// Makes a class ready.
pub(super) fn ready(py: Py, class: &Type) -> PyResult<()> {
    let mro = mro::compute(py, class)?;
    let raw = class.as_type_ptr();
    // SAFETY: the class is being made; the MRO's reference passes to it.
    unsafe {
        let old = std::mem::replace(&mut (*raw).tp_mro, mro.into_ptr());
        if !old.is_null() {
            Object::decref(old);
        }
    }
    inherit::inherit_all(py, class, inherit::defines_equality(py, class))?;
    // SAFETY: as above.
    unsafe { (*raw).tp_flags |= Py_TPFLAGS_READY };
    slotdefs::fixup_different(py, class);
    crate::gc::silent::note_class(py, class);
    enlist(class);
    Ok(())
}

/// Puts a class on its bases' lists of subclasses.
pub(in crate::types) fn enlist(class: &Type) {
    for base in class
        .bases()
        .into_iter()
        .flat_map(|b| b.iter())
        .filter_map(|b| b.downcast::<Type>())
    {
        base.ext().subclasses.borrow_mut().push(class.as_type_ptr());
    }
}

/// Calls `__set_name__` of all attributes that have it.
pub(super) fn call_set_name(py: Py, class: &Type) -> PyResult<()> {
    let name = crate::intern!("__set_name__");
    let mut at = 0;
    let mut found = Vec::new();
    // Most often many of one type, that has none, stand together.
    let mut without: *const Type = std::ptr::null();
    while let Some((key, value)) = class.dict().iter_step(&mut at) {
        let ty = value.ty();
        if std::ptr::eq(ty, without) {
            continue;
        }
        if ty.lookup(py, name).is_some() {
            found.push((key, value));
        } else if !ty.is_heap_type() {
            without = ty;
        }
    }
    for (key, value) in found {
        let object = value.to_object();
        let Some(method) = special::find(py, &object, name)? else {
            continue;
        };
        if let Err(raised) = method.call(py, &[value, Value::from(class.to_owned()), key.clone()]) {
            add_note(py, class, &object, &key)?;
            return Err(raised);
        }
    }
    Ok(())
}

/// Notes on the exception that is set which descriptor failed.
fn add_note(py: Py, class: &Type, descriptor: &Object, key: &Value) -> PyResult<()> {
    let Some(exception) = py.thread().take_exception() else {
        return Ok(());
    };
    let note = format!(
        "Error calling __set_name__ on '{}' instance {} in '{}'",
        descriptor.ty().name(),
        protocol::repr(py, key)?.to_rust(),
        class.name()
    );
    let target = Value::from(exception.clone());
    protocol::call_method(
        py,
        &target,
        crate::intern!("add_note"),
        &[Value::from(Str::new(&note))],
    )?;
    py.thread().set_exception(exception);
    Ok(())
}

/// `super(class, class).__init_subclass__(**kwargs)`.
pub(super) fn call_init_subclass(
    py: Py,
    class: &Type,
    named: &[Value],
    names: Option<&Tuple>,
) -> PyResult<()> {
    let name = crate::intern!("__init_subclass__");
    let found = crate::types::super_type::super_lookup(py, class, class.as_object(), name)?;
    match found {
        Some(method) => protocol::call_with(py, &method, named, names).map(drop),
        None => Ok(()),
    }
}
