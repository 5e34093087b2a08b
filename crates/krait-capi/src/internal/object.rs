//! `pycore_object.h`, `pycore_call.h`, and what other headers of objects have: tuples, dicts,
//! sets, slices, weak references, types.

use std::ffi::{c_int, c_ulong};

use krait_abi::*;
use krait_object::protocol::{self, attr};
use krait_object::types::set::AnySet;
use krait_object::types::slice::Slice;
use krait_object::types::weakref::{self, WeakRef};
use krait_object::{
    Dict, Layout, List, Object, Owned, Py, PyResult, Str, Tuple, Type, Value, errors, exceptions,
    hooks, intern, raise,
};

use crate::border::{Ptr, bad_internal_call, export};
use crate::object::name_of;

/// Borrowed objects of a C array.
///
/// # Safety
/// So many objects live at the address during the call.
unsafe fn lent<'a>(items: *const Ptr, count: isize) -> &'a [&'a Object] {
    if count <= 0 {
        return &[];
    }
    // SAFETY: the contract; a reference to an object is its pointer.
    unsafe { std::slice::from_raw_parts(items.cast(), count as usize) }
}

fn generic(py: Py, object: &Object, name: &Str, dict: Option<&Object>) -> PyResult<Option<Value>> {
    match dict {
        None => attr::generic_lookup(py, object, name),
        Some(dict) => match dict.downcast::<Dict>() {
            Some(dict) => attr::generic_lookup_in(py, object, name, dict),
            None => bad_internal_call(py),
        },
    }
}

fn generic_get(
    py: Py,
    object: &Object,
    name: &Object,
    dict: Option<&Object>,
    suppress: bool,
) -> PyResult<Option<Value>> {
    let name = name_of(py, name)?;
    let found = generic(py, object, name, dict);
    if suppress {
        return Ok(errors::suppress(py, found, &exceptions::AttributeError)?.flatten());
    }
    match found? {
        Some(value) => Ok(Some(value)),
        None => attr::no_attribute(py, object, name),
    }
}

/// The method of an object: with 1 a function that wants the object as its first argument,
/// with 0 what the attribute gives, or NULL with an exception.
fn method_of(py: Py, object: &Object, name: &Object, method: &mut Ptr) -> PyResult<bool> {
    let name = name_of(py, name)?;
    let plain = object.ty().raw().tp_getattro.map_or(0, |f| f as usize)
        == attr::generic_getattr_slot as *const std::ffi::c_void as usize;
    if plain
        && let Some(found) = object.ty().lookup(py, name)
        && let Some(function) = found.as_object()
        && function.ty().has_flag(Py_TPFLAGS_METHOD_DESCRIPTOR)
        && attr::instance_attribute(py, object, name).is_none()
    {
        *method = found.into_object().into_ptr();
        return Ok(true);
    }
    let found = attr::get_attr_object(py, object, name)?;
    *method = found.into_object().into_ptr();
    Ok(false)
}

/// How a function is named in errors: `module.qualname()`, and anything else by its text.
fn function_text(py: Py, function: &Value) -> PyResult<Owned<Str>> {
    let Some(qualname) = protocol::lookup_attr(py, function, intern!("__qualname__"))? else {
        return protocol::str(py, function);
    };
    let shown = protocol::str(py, &qualname)?;
    let module = protocol::lookup_attr(py, function, intern!("__module__"))?;
    let text = match module.filter(|module| !module.is_none()) {
        Some(module) if !is_builtins(&module) => {
            let module = protocol::str(py, &module)?;
            format!("{}.{}()", module.to_rust(), shown.to_rust())
        }
        _ => format!("{}()", shown.to_rust()),
    };
    Ok(Str::new(&text))
}

fn is_builtins(module: &Value) -> bool {
    module
        .downcast::<Str>()
        .is_some_and(|module| module.eq_str("builtins"))
}

/// A struct sequence type with more flags.
unsafe fn structseq(desc: *mut PyStructSequence_Desc, flags: c_ulong) -> Ptr {
    // SAFETY: C passes a description.
    unsafe {
        let made = crate::objects_misc::PyStructSequence_NewType(desc);
        if !made.is_null() {
            (*made.cast::<PyTypeObject>()).tp_flags |= flags;
        }
        made
    }
}

export! {
    fn _PyObject_LookupSpecial(py, object: &Object, name: &Str) -> PyResult<Option<Value>> {
        protocol::lookup_special(py, object, name)
    }
    fn _PyObject_MaybeCallSpecialNoArgs(py, object: &Object, name: &Str) -> PyResult<Option<Value>> {
        match protocol::lookup_special(py, object, name)? {
            Some(special) => protocol::call(py, &special, &[]).map(Some),
            None => Ok(None),
        }
    }
    fn _PyObject_MaybeCallSpecialOneArg(py, object: &Object, name: &Str, argument: &Value) -> PyResult<Option<Value>> {
        match protocol::lookup_special(py, object, name)? {
            Some(special) => protocol::call(py, &special, std::slice::from_ref(argument)).map(Some),
            None => Ok(None),
        }
    }
    fn _PyObject_GenericGetAttrWithDict(py, object: &Object, name: &Object, dict: Option<&Object>, suppress: c_int) -> PyResult<Option<Value>> {
        generic_get(py, object, name, dict, suppress != 0)
    }
    fn _PyObject_GenericSetAttrWithDict(py, object: &Object, name: &Object, value: Option<&Value>, dict: Option<&Object>) -> PyResult<()> {
        let name = name_of(py, name)?;
        match dict {
            None => attr::generic_set(py, object, name, value.cloned()),
            Some(dict) => match dict.downcast::<Dict>() {
                Some(dict) => attr::generic_set_in(py, object, name, value.cloned(), dict),
                None => bad_internal_call(py),
            },
        }
    }
    fn _PyObject_GetMethod(py, object: &Object, name: &Object, method: *mut Ptr) -> bool {
        *method = std::ptr::null_mut();
        method_of(py, object, name, &mut *method).unwrap_or(false)
    }
    fn _PyObject_FunctionStr(py, function: &Value) -> PyResult<Owned<Str>> { function_text(py, function) }
    fn _PyObject_GetState(py, object: &Value) -> PyResult { protocol::call_method_str(py, object, "__getstate__", &[]) }
    fn _PyStack_AsDict(py, values: *const Ptr, names: &Tuple) -> PyResult<Owned<Dict>> {
        let dict = Dict::new();
        for (name, value) in names.iter().zip(lent(values, names.len() as isize)) {
            dict.set_value(py, &Value::from(name.to_owned()), Value::from((*value).to_owned()))?;
        }
        Ok(dict)
    }

    fn _PyTuple_FromArray(_py, items: *const Ptr, count: isize) -> Owned<Tuple> {
        Tuple::from_objects(lent(items, count).iter().copied())
    }
    fn _PyTuple_FromArraySteal(_py, items: *const Ptr, count: isize) -> Owned<Tuple> {
        let items = lent(items, count);
        // SAFETY: the references of the array pass to the tuple.
        Tuple::from_owned(items.iter().map(|item| Owned::from_raw(item.as_ptr().cast())).collect::<Vec<_>>())
    }
    fn _PyList_AsTupleAndClear(_py, list: &List) -> Owned<Tuple> {
        let items = list.take_range(0, list.len());
        Tuple::from_owned(items)
    }

    fn _PyDict_FromItems(py, keys: *const Ptr, key_step: isize, values: *const Ptr, value_step: isize, count: isize) -> PyResult<Owned<Dict>> {
        let dict = Dict::with_capacity(count.max(0) as usize);
        for i in 0..count {
            let key = Object::from_ptr(*keys.offset(i * key_step)).to_owned();
            let value = Object::from_ptr(*values.offset(i * value_step)).to_owned();
            dict.set_value(py, &Value::from(key), Value::from(value))?;
        }
        Ok(dict)
    }
    fn _PyDict_DelItem_KnownHash(py, dict: &Dict, key: &Value, _hash: isize) -> PyResult<()> { dict.del_item(py, key) }
    fn _PyDict_SizeOf(py, dict: &Value) -> PyResult<isize> {
        let size = protocol::call_method_str(py, dict, "__sizeof__", &[])?;
        Ok(protocol::number::int_of(&size).unwrap_or(0) as isize)
    }
    fn _PySet_Contains(py, set: &AnySet, item: &Value) -> PyResult<bool> { set.contains(py, item) }

    fn _PySlice_FromIndices(_py, start: isize, stop: isize) -> Owned<Slice> {
        Slice::new(&Value::int(start as i64), &Value::int(stop as i64), &Value::none())
    }
    fn _PySlice_GetLongIndices(py, slice: &Object, length: &Value, start: *mut Ptr, stop: *mut Ptr, step: *mut Ptr) -> PyResult<()> {
        let Some(slice) = slice.downcast::<Slice>() else { return bad_internal_call(py) };
        let found = slice.long_indices(py, length)?;
        for (place, value) in [start, stop, step].into_iter().zip(found) {
            *place = value.into_object().into_ptr();
        }
        Ok(())
    }

    fn _PyWeakref_ClearRef(py, reference: &Object) {
        match reference.downcast::<WeakRef>() {
            Some(reference) => reference.unlink(),
            None => drop(bad_internal_call::<()>(py)),
        }
    }
    fn _PyWeakref_IsDead(_py, reference: &Object) -> bool {
        reference.downcast::<WeakRef>().is_none_or(WeakRef::is_dead)
    }
    fn PyUnstable_Object_ClearWeakRefsNoCallbacks(_py, object: &Object) { weakref::kill_without_callbacks(object) }

    fn _PyType_GetDict(_py, ty: &Type) -> Ptr { ty.dict().as_object().as_ptr() }
    fn _PyStructSequence_NewType(_py, desc: *mut PyStructSequence_Desc, flags: c_ulong) -> Ptr { structseq(desc, flags) }
    fn _PyNamespace_New(py, attributes: Option<&Object>) -> PyResult {
        let class = protocol::get_attr_str(py, &hooks::import_module(py, "types")?, "SimpleNamespace")?;
        protocol::call::call_tuple(py, &class, &Tuple::empty(), attributes.and_then(|a| a.downcast::<Dict>()))
    }
    fn PyDescr_NewWrapper(py, ty: &Type, record: *mut wrapperbase, wrapped: *mut std::ffi::c_void) -> PyResult<Owned> {
        if record.is_null() || (*record).name.is_null() {
            return raise!(py, SystemError, "bad argument to internal function");
        }
        let name = crate::text::name(py, std::ffi::CStr::from_ptr((*record).name))?;
        Ok(krait_object::types::slotdefs::wrapper::WrapperDescr::new(ty, &name, record, wrapped).upcast())
    }
}
