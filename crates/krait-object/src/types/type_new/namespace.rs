//! What a class's namespace says about the class itself: `__qualname__`, `__module__`,
//! `__doc__`, the cells of `__class__` and `__classdict__`, implicit static and class
//! methods.

use krait_abi::*;

use crate::object::{Layout, Object, Owned};
use crate::py::{Py, PyResult};
use crate::types::class_static::{class_method_of, static_method_of};
use crate::types::dict::Dict;
use crate::types::str::Str;
use crate::types::typeobject::Type;
use crate::value::Value;

pub(super) fn prepare(py: Py, class: &Type, name: &Str) -> PyResult<()> {
    let dict = class.dict();
    set_module(py, dict)?;
    set_qualname(py, class, name)?;
    wrap(py, dict, crate::intern!("__new__"), static_method_of)?;
    wrap(py, dict, crate::intern!("__init_subclass__"), |f| {
        class_method_of(py, f)
    })?;
    wrap(py, dict, crate::intern!("__class_getitem__"), |f| {
        class_method_of(py, f)
    })?;
    fill_cell(py, dict, crate::intern!("__classcell__"), class.as_object())?;
    fill_cell(
        py,
        dict,
        crate::intern!("__classdictcell__"),
        dict.as_object(),
    )
}

fn set_module(py: Py, dict: &Dict) -> PyResult<()> {
    let key = crate::intern!("__module__");
    if dict.contains_str(py, key) {
        return Ok(());
    }
    let Some(globals) = (crate::hooks::get(py).current_globals)(py) else {
        return Ok(());
    };
    match globals.get_str_key(py, crate::intern!("__name__")) {
        Some(name) => dict.set_str(py, key, name),
        None => Ok(()),
    }
}

fn set_qualname(py: Py, class: &Type, name: &Str) -> PyResult<()> {
    let given = class.dict().pop_str(py, crate::intern!("__qualname__"));
    let qualname = match &given {
        None => name,
        Some(value) => match value.downcast::<Str>() {
            Some(text) => text,
            None => {
                return crate::raise!(
                    py,
                    TypeError,
                    "type __qualname__ must be a str, not {}",
                    value.ty().name()
                );
            }
        },
    };
    set_heap_qualname(class, qualname.to_owned_str());
    Ok(())
}

/// Gives a heap type another qualified name.
pub(in crate::types) fn set_heap_qualname(class: &Type, qualname: Owned<Str>) {
    let heap = class.as_type_ptr().cast::<PyHeapTypeObject>();
    // SAFETY: the type is a heap type; the old name is released after the exchange.
    unsafe {
        let old = std::mem::replace(&mut (*heap).ht_qualname, qualname.into_ptr());
        if !old.is_null() {
            Object::decref(old);
        }
    }
}

/// Gives the class its `__doc__`, which may be the name of a slot.
pub(super) fn set_doc(py: Py, class: &Type) -> PyResult<()> {
    let key = crate::intern!("__doc__");
    let Some(doc) = class.dict().get_str_key(py, key) else {
        return class.dict().set_str(py, key, Value::none());
    };
    let Some(doc) = doc.downcast::<Str>() else {
        return Ok(());
    };
    let text = doc.to_utf8(py)?;
    // SAFETY: the block is fresh and one byte longer than the text; the class frees it.
    unsafe {
        let block = krait_heap::alloc_raw(text.len() + 1);
        if block.is_null() {
            return crate::errors::no_memory();
        }
        std::ptr::copy_nonoverlapping(text.as_ptr(), block.cast(), text.len());
        *block.cast::<u8>().add(text.len()) = 0;
        (*class.as_type_ptr()).tp_doc = block.cast();
    }
    Ok(())
}

/// Wraps a plain function under a name that has a meaning of its own.
fn wrap(
    py: Py,
    dict: &Dict,
    name: &'static Str,
    wrapper: impl FnOnce(Value) -> Value,
) -> PyResult<()> {
    match dict.get_str_key(py, name) {
        Some(value) if value.ty().name() == "function" => dict.set_str(py, name, wrapper(value)),
        _ => Ok(()),
    }
}

/// Fills a cell that the compiler left for the class or its namespace.
fn fill_cell(py: Py, dict: &Dict, name: &'static Str, content: &Object) -> PyResult<()> {
    let Some(cell) = dict.pop_str(py, name) else {
        return Ok(());
    };
    let object = cell.to_object();
    if object.ty().name() != "cell" || object.ty().is_heap_type() {
        let ty = crate::protocol::repr(py, &Value::from(object.ty().to_owned()))?;
        return crate::raise!(
            py,
            TypeError,
            "{} must be a nonlocal cell, not {}",
            name.to_rust(),
            ty.to_rust()
        );
    }
    // SAFETY: the builtin type `cell` has CPython's struct; the old content is released
    // after the exchange.
    unsafe {
        let place = &raw mut (*object.as_object().as_ptr().cast::<PyCellObject>()).ob_ref;
        let old = std::mem::replace(&mut *place, content.to_owned().into_ptr());
        if !old.is_null() {
            Object::decref(old);
        }
    }
    Ok(())
}
