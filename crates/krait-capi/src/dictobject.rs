//! `dictobject.h`: dict values are boxed where they stand when C borrows them.

use std::ffi::{CStr, c_int};

use krait_object::types::dict::{Dict, Duplicates};
use krait_object::types::list::List;
use krait_object::types::mappingproxy;
use krait_object::{Object, Owned, Py, PyResult, Value, errors, protocol};

use crate::border::{Ptr, export};
use crate::text;

/// A value that the dict lends.
fn borrowed(py: Py, dict: &Dict, key: &Value) -> PyResult<Ptr> {
    Ok(dict.boxed_value(py, key)?.unwrap_or(std::ptr::null_mut()))
}

/// As `borrowed`, without errors: they are reported and dropped.
fn borrowed_quietly(py: Py, dict: &Object, key: &Value, doing: &str) -> Ptr {
    let Some(dict) = dict.downcast::<Dict>() else {
        return std::ptr::null_mut();
    };
    let pending = py.thread().take_exception();
    let found = borrowed(py, dict, key).unwrap_or_else(|_| {
        errors::write_unraisable(py, Some(doing), None);
        std::ptr::null_mut()
    });
    if let Some(pending) = pending {
        py.thread().set_exception(pending);
    }
    found
}

/// A new reference to a value through a place of C's.
fn reference(py: Py, dict: &Dict, key: &Value, result: *mut Ptr) -> PyResult<bool> {
    // SAFETY: C passes a place for the result.
    unsafe {
        *result = std::ptr::null_mut();
        match dict.get(py, key)? {
            Some(value) => {
                *result = value.into_object().into_ptr();
                Ok(true)
            }
            None => Ok(false),
        }
    }
}

fn delete(py: Py, dict: &Dict, key: &Value) -> PyResult<()> {
    match dict.remove(py, key)? {
        Some(_) => Ok(()),
        None => errors::key_error(py, key),
    }
}

fn pop(py: Py, dict: &Dict, key: &Value, result: *mut Ptr) -> PyResult<bool> {
    // SAFETY: C passes a place for the result, or NULL.
    unsafe {
        if !result.is_null() {
            *result = std::ptr::null_mut();
        }
        match dict.remove(py, key)? {
            Some(value) => {
                if !result.is_null() {
                    *result = value.into_object().into_ptr();
                }
                Ok(true)
            }
            None => Ok(false),
        }
    }
}

fn duplicates(over: c_int) -> Duplicates {
    match over {
        0 => Duplicates::Keep,
        1 => Duplicates::Replace,
        _ => Duplicates::Refuse,
    }
}

/// One list of what a dict holds.
fn collected(dict: &Dict, pick: impl Fn(Value, Value) -> Value) -> Owned<List> {
    List::from_values(dict.to_vec().into_iter().map(|(k, v)| pick(k, v)))
}

fn pair(key: Value, value: Value) -> Value {
    Value::from(krait_object::Tuple::from_values([key, value]))
}

export! {
    fn PyDict_New(_py) -> Owned<Dict> { Dict::new() }
    fn _PyDict_NewPresized(_py, items: isize) -> Owned<Dict> { Dict::with_capacity(items.max(0) as usize) }
    fn PyDict_Size(_py, dict: &Dict) -> usize { dict.len() }
    fn PyDict_Clear(_py, dict: &Object) {
        if let Some(dict) = dict.downcast::<Dict>() { dict.clear() }
    }
    fn PyDict_Copy(_py, dict: &Dict) -> Owned<Dict> { dict.copy() }
    fn PyDict_Contains(py, dict: &Dict, key: &Value) -> PyResult<bool> { dict.contains(py, key) }
    fn PyDict_ContainsString(py, dict: &Dict, key: &CStr) -> PyResult<bool> { dict.contains(py, &text::key(py, key)?) }
    fn PyDict_GetItem(py, dict: &Object, key: &Value) -> Ptr {
        borrowed_quietly(py, dict, key, "in PyDict_GetItem(); consider using PyDict_GetItemRef() or PyDict_GetItemWithError()")
    }
    fn PyDict_GetItemString(py, dict: &Object, key: &CStr) -> Ptr {
        let doing = "in PyDict_GetItemString(); consider using PyDict_GetItemStringRef()";
        let pending = py.thread().take_exception();
        let key = text::key(py, key);
        if key.is_err() {
            errors::write_unraisable(py, Some(doing), None);
        }
        if let Some(pending) = pending {
            py.thread().set_exception(pending);
        }
        match key {
            Ok(key) => borrowed_quietly(py, dict, &key, doing),
            Err(_) => std::ptr::null_mut(),
        }
    }
    fn PyDict_GetItemWithError(py, dict: &Dict, key: &Value) -> PyResult<Ptr> { borrowed(py, dict, key) }
    fn _PyDict_GetItemStringWithError(py, dict: &Dict, key: &CStr) -> PyResult<Ptr> { borrowed(py, dict, &text::key(py, key)?) }
    fn _PyDict_GetItem_KnownHash(py, dict: &Dict, key: &Value, _hash: isize) -> PyResult<Ptr> { borrowed(py, dict, key) }
    fn PyDict_GetItemRef(py, dict: &Dict, key: &Value, result: *mut Ptr) -> PyResult<bool> { reference(py, dict, key, result) }
    fn PyDict_GetItemStringRef(py, dict: &Dict, key: &CStr, result: *mut Ptr) -> PyResult<bool> {
        *result = std::ptr::null_mut();
        reference(py, dict, &text::key(py, key)?, result)
    }
    fn PyDict_SetItem(py, dict: &Dict, key: &Value, value: &Value) -> PyResult<()> { dict.set_value(py, key, value.clone()) }
    fn PyDict_SetItemString(py, dict: &Dict, key: &CStr, value: &Value) -> PyResult<()> {
        dict.set_value(py, &text::key(py, key)?, value.clone())
    }
    fn _PyDict_SetItem_KnownHash(py, dict: &Dict, key: &Value, value: &Value, hash: isize) -> PyResult<()> {
        dict.set_hashed(py, key, hash as i64, value.clone())
    }
    fn _PyDict_SetItem_KnownHash_LockHeld(py, dict: &Dict, key: &Value, value: &Value, hash: isize) -> PyResult<()> {
        dict.set_hashed(py, key, hash as i64, value.clone())
    }
    fn PyDict_DelItem(py, dict: &Dict, key: &Value) -> PyResult<()> { delete(py, dict, key) }
    fn PyDict_DelItemString(py, dict: &Dict, key: &CStr) -> PyResult<()> { delete(py, dict, &text::key(py, key)?) }
    fn PyDict_Pop(py, dict: &Dict, key: &Value, result: *mut Ptr) -> PyResult<bool> { pop(py, dict, key, result) }
    fn PyDict_PopString(py, dict: &Dict, key: &CStr, result: *mut Ptr) -> PyResult<bool> {
        pop(py, dict, &text::key(py, key)?, result)
    }
    fn _PyDict_Pop(py, dict: &Dict, key: &Value, default: Option<&Value>) -> PyResult {
        match (dict.remove(py, key)?, default) {
            (Some(value), _) => Ok(value),
            (None, Some(default)) => Ok(default.clone()),
            (None, None) => errors::key_error(py, key),
        }
    }
    fn PyDict_SetDefault(py, dict: &Dict, key: &Value, default: Option<&Value>) -> PyResult<Ptr> {
        dict.set_default(py, key, || default.cloned().unwrap_or_else(Value::none))?;
        borrowed(py, dict, key)
    }
    fn PyDict_SetDefaultRef(py, dict: &Dict, key: &Value, default: Option<&Value>, result: *mut Ptr) -> PyResult<bool> {
        if !result.is_null() { *result = std::ptr::null_mut(); }
        let mut present = true;
        let value = dict.set_default(py, key, || {
            present = false;
            default.cloned().unwrap_or_else(Value::none)
        })?;
        if !result.is_null() { *result = value.into_object().into_ptr(); }
        Ok(present)
    }
    fn PyDict_Next(_py, dict: Option<&Object>, position: *mut isize, key: *mut Ptr, value: *mut Ptr) -> bool {
        next(dict, position, key, value, std::ptr::null_mut())
    }
    fn _PyDict_Next(_py, dict: Option<&Object>, position: *mut isize, key: *mut Ptr, value: *mut Ptr, hash: *mut isize) -> bool {
        next(dict, position, key, value, hash)
    }
    fn PyDict_Keys(_py, dict: &Dict) -> Owned<List> { collected(dict, |k, _| k) }
    fn PyDict_Values(_py, dict: &Dict) -> Owned<List> { collected(dict, |_, v| v) }
    fn PyDict_Items(_py, dict: &Dict) -> Owned<List> { collected(dict, pair) }
    fn PyDict_Update(py, dict: &Dict, other: &Value) -> PyResult<()> { dict.merge(py, other, Duplicates::Replace) }
    fn PyDict_Merge(py, dict: &Dict, other: &Value, over: c_int) -> PyResult<()> { dict.merge(py, other, duplicates(over)) }
    fn _PyDict_MergeEx(py, dict: &Dict, other: &Value, over: c_int) -> PyResult<()> { dict.merge(py, other, duplicates(over)) }
    fn PyDict_MergeFromSeq2(py, dict: &Dict, pairs: &Value, over: c_int) -> PyResult<()> {
        dict.merge_pairs(py, pairs, duplicates(over))
    }
    fn PyDictProxy_New(py, mapping: &Value) -> PyResult<Owned> {
        if mapping.as_object().is_none_or(|o| !crate::abstract_::has_mapping(o)) || mapping.downcast::<List>().is_some() {
            return krait_object::raise!(py, TypeError, "mappingproxy() argument must be a mapping, not {}", mapping.ty().name());
        }
        Ok(mappingproxy::proxy_of(py, mapping.clone()).upcast())
    }
    fn PyODict_New(py) -> PyResult {
        let collections = krait_object::hooks::import_module(py, "collections")?;
        protocol::call_method_str(py, &collections, "OrderedDict", &[])
    }
    fn PyODict_SetItem(py, dict: &Value, key: &Value, value: &Value) -> PyResult<()> { protocol::set_item(py, dict, key, value) }
    fn PyODict_DelItem(py, dict: &Value, key: &Value) -> PyResult<()> { protocol::del_item(py, dict, key) }
}

/// # Safety
/// The places are as `PyDict_Next` asks for.
unsafe fn next(
    dict: Option<&Object>,
    position: *mut isize,
    key: *mut Ptr,
    value: *mut Ptr,
    hash: *mut isize,
) -> bool {
    let Some(dict) = dict.and_then(|d| d.downcast::<Dict>()) else {
        return false;
    };
    // SAFETY: the contract.
    unsafe {
        let mut at = (*position).max(0) as usize;
        let Some((k, v, h)) = dict.boxed_entry(&mut at) else {
            return false;
        };
        *position = at as isize;
        if !key.is_null() {
            *key = k;
        }
        if !value.is_null() {
            *value = v;
        }
        if !hash.is_null() {
            *hash = h as isize;
        }
        true
    }
}
