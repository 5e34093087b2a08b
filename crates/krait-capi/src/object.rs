//! `object.h`: references, constants, attributes, comparison, text of objects.

use std::ffi::{CStr, c_int, c_uint, c_void};

use krait_abi::*;
use krait_object::protocol::{self, CompareOp, attr};
use krait_object::types::attributes::{self, AttributeStore};
use krait_object::types::{dict::Dict, instance_dict, str::Str, tuple::Tuple};
use krait_object::{
    Bytes, Layout, Object, Owned, Py, PyResult, Type, Value, errors, intern, object, raise,
    singletons,
};

use crate::border::{Ptr, export};
use crate::text;

unsafe extern "C-unwind" {
    /// krait-object's own, which it exports itself.
    pub(crate) fn _PyObject_NextNotImplemented(object: Ptr) -> Ptr;
}

/// # Safety
/// The object is alive.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn _Py_Dealloc(object: Ptr) {
    // SAFETY: C calls this when the count has come to zero.
    unsafe { object::dealloc(object) }
}

/// An attribute's name, which must be a str.
pub fn name_of(py: Py, name: &Object) -> PyResult<&Str> {
    match name.downcast::<Str>() {
        Some(name) => Ok(name),
        None => raise!(
            py,
            TypeError,
            "attribute name must be string, not '{}'",
            name.ty().name()
        ),
    }
}

/// A new reference to an attribute, with its absence told apart from other failures.
fn optional(py: Py, object: &Value, name: &Str, result: *mut Ptr) -> PyResult<bool> {
    // SAFETY: C passes a place for the result.
    unsafe { *result = std::ptr::null_mut() };
    match protocol::lookup_attr(py, object, name)? {
        Some(found) => {
            // SAFETY: as above.
            unsafe { *result = found.into_object().into_ptr() };
            Ok(true)
        }
        None => Ok(false),
    }
}

fn set(py: Py, object: &Value, name: &Str, value: Option<&Value>) -> PyResult<()> {
    match value {
        Some(value) => protocol::set_attr(py, object, name, value),
        None => protocol::del_attr(py, object, name),
    }
}

fn quietly_reported(py: Py, result: PyResult<bool>, doing: &str) -> bool {
    match result {
        Ok(answer) => answer,
        Err(_) => {
            errors::write_unraisable(py, Some(doing), None);
            false
        }
    }
}

fn constant(number: c_uint) -> Option<Owned> {
    let known = |object: &'static Object| Some(object.to_owned());
    match number {
        Py_CONSTANT_NONE => known(singletons::none()),
        Py_CONSTANT_FALSE => known(singletons::false_object()),
        Py_CONSTANT_TRUE => known(singletons::true_object()),
        Py_CONSTANT_ELLIPSIS => known(singletons::ellipsis()),
        Py_CONSTANT_NOT_IMPLEMENTED => known(singletons::not_implemented()),
        Py_CONSTANT_ZERO => Some(Value::int(0).into_object()),
        Py_CONSTANT_ONE => Some(Value::int(1).into_object()),
        Py_CONSTANT_EMPTY_STR => Some(Str::new("").upcast()),
        Py_CONSTANT_EMPTY_BYTES => Some(Bytes::new(b"").upcast()),
        Py_CONSTANT_EMPTY_TUPLE => Some(Tuple::empty().upcast()),
        _ => None,
    }
}

/// The place of an object's dict: of its struct, or of Krait's attribute storage, which
/// then holds a real dict. None where the type has neither.
fn dict_place(py: Py, object: &Object) -> Option<*mut Ptr> {
    let offset = object.ty().raw().tp_dictoffset;
    if offset > 0 {
        if let Some(ty) = object.downcast::<Type>() {
            // (Native types get theirs when it is asked for.)
            ty.dict();
        }
        // SAFETY: the type says that a dict's pointer is there.
        return Some(unsafe { object.as_ptr().byte_add(offset as usize).cast() });
    }
    let store: *mut AttributeStore = attributes::store_of(object)?;
    drop(attributes::dict(py, object));
    // SAFETY: the store is in dictionary mode now, and its `spill` the dict.
    Some(unsafe { (&raw mut (*store).spill).cast() })
}

fn generic_dict(py: Py, object: &Object) -> PyResult<Owned> {
    let Some(place) = dict_place(py, object) else {
        return raise!(py, AttributeError, "This object has no __dict__");
    };
    // SAFETY: the place holds null or an owned dict.
    unsafe {
        if (*place).is_null() {
            *place = Dict::new().into_ptr();
        }
        Ok(Object::from_ptr(*place).to_owned())
    }
}

fn bytes_of(py: Py, object: &Value) -> PyResult {
    if object.downcast_exact::<Bytes>().is_some() {
        return Ok(object.clone());
    }
    if let Some(special) = protocol::lookup_special(py, &object.to_object(), intern!("__bytes__"))?
    {
        let result = protocol::call(py, &special, &[])?;
        return match result.downcast::<Bytes>() {
            Some(_) => Ok(result),
            None => raise!(
                py,
                TypeError,
                "__bytes__ returned non-bytes (type {})",
                result.ty().name()
            ),
        };
    }
    krait_object::types::bytes::build::from_object(py, object).map(Value::from)
}

export! {
    fn Py_IncRef(_py, object: Option<&Object>) {
        if let Some(object) = object { object.incref() }
    }
    fn Py_DecRef(_py, object: Option<Owned>) { drop(object) }
    fn _Py_IncRef(_py, object: &Object) { object.incref() }
    fn _Py_DecRef(_py, object: Owned) { drop(object) }
    fn Py_NewRef(_py, object: &Object) -> Owned { object.to_owned() }
    fn Py_XNewRef(_py, object: Option<&Object>) -> Option<Owned> { object.map(|o| o.to_owned()) }
    fn Py_REFCNT(_py, object: &Object) -> isize { object.refcount() as isize }
    fn _Py_SetRefcnt(_py, object: Ptr, count: isize) { Py_SET_REFCNT(object, count) }
    fn Py_TYPE(_py, object: &Object) -> *mut PyTypeObject { object.ty().as_type_ptr() }
    fn Py_Is(_py, a: Ptr, b: Ptr) -> bool { a == b }
    fn Py_IsNone(_py, object: &Object) -> bool { object.is_none() }
    fn Py_IsTrue(_py, object: &Object) -> bool { object.is(singletons::true_object()) }
    fn Py_IsFalse(_py, object: &Object) -> bool { object.is(singletons::false_object()) }
    fn _Py_NewReference(_py, object: Ptr) { (*object.cast::<u64>()) = 1 }
    fn _Py_NewReferenceNoTotal(_py, object: Ptr) { (*object.cast::<u64>()) = 1 }
    fn _Py_ForgetReference(_py, _object: Ptr) {}
    fn _Py_SetImmortal(_py, object: &Object) { object.immortalize() }
    fn _Py_CheckRecursiveCall(py, doing: &CStr) -> PyResult<()> {
        py.thread().check_native_stack(py, &doing.to_string_lossy())
    }

    fn Py_GetConstant(py, number: c_uint) -> PyResult<Owned> {
        match constant(number) {
            Some(object) => Ok(object),
            None => crate::border::bad_internal_call(py),
        }
    }
    fn Py_GetConstantBorrowed(py, number: c_uint) -> PyResult<Ptr> {
        // All of them are immortal.
        match constant(number) {
            Some(object) => Ok(object.into_ptr()),
            None => crate::border::bad_internal_call(py),
        }
    }

    fn PyObject_Repr(py, object: Option<&Value>) -> PyResult<Owned<Str>> {
        py.thread().check_native_stack(py, " while getting the repr of an object")?;
        object.map_or_else(|| Ok(Str::new("<NULL>")), |o| protocol::repr(py, o))
    }
    fn PyObject_Str(py, object: Option<&Value>) -> PyResult<Owned<Str>> {
        object.map_or_else(|| Ok(Str::new("<NULL>")), |o| protocol::str(py, o))
    }
    fn PyObject_ASCII(py, object: Option<&Value>) -> PyResult<Owned<Str>> {
        object.map_or_else(|| Ok(Str::new("<NULL>")), |o| protocol::ascii(py, o))
    }
    fn PyObject_Bytes(py, object: Option<&Value>) -> PyResult {
        object.map_or_else(|| Ok(Value::from(Bytes::new(b"<NULL>"))), |o| bytes_of(py, o))
    }

    fn PyObject_RichCompare(py, a: &Object, b: &Object, op: c_int) -> PyResult {
        if !(Py_LT..=Py_GE).contains(&op) {
            return crate::border::bad_internal_call(py);
        }
        protocol::compare::compare_objects(py, a, b, CompareOp::from_c(op))
    }
    fn PyObject_RichCompareBool(py, a: &Object, b: &Object, op: c_int) -> PyResult<bool> {
        if a.is(b) && (op == Py_EQ || op == Py_NE) {
            return Ok(op == Py_EQ);
        }
        let result = protocol::compare::compare_objects(py, a, b, CompareOp::from_c(op))?;
        protocol::truth(py, &result)
    }
    fn PyObject_Hash(py, object: &Object) -> PyResult<i64> { protocol::compare::hash_object(py, object) }
    fn PyObject_IsTrue(py, object: &Object) -> PyResult<bool> { protocol::object_truth(py, object) }
    fn PyObject_Not(py, object: &Object) -> PyResult<bool> { protocol::object_truth(py, object).map(|yes| !yes) }
    fn PyCallable_Check(_py, object: Option<&Value>) -> bool { object.is_some_and(protocol::call::is_callable) }
    fn PyObject_SelfIter(_py, object: &Object) -> Owned { object.to_owned() }

    fn PyObject_GetAttr(py, object: &Object, name: &Object) -> PyResult {
        attr::get_attr_object(py, object, name_of(py, name)?)
    }
    fn PyObject_GetAttrString(py, object: &Object, name: &CStr) -> PyResult {
        attr::get_attr_object(py, object, &*text::name(py, name)?)
    }
    fn _PyObject_GetAttrId(py, object: &Object, name: *mut _Py_Identifier) -> PyResult {
        let name = Object::from_ptr(crate::unicodeobject::of_identifier(py, name)?);
        attr::get_attr_object(py, object, name_of(py, name)?)
    }
    fn PyObject_GetOptionalAttr(py, object: &Value, name: &Object, result: *mut Ptr) -> PyResult<bool> {
        *result = std::ptr::null_mut();
        optional(py, object, name_of(py, name)?, result)
    }
    fn PyObject_GetOptionalAttrString(py, object: &Value, name: &CStr, result: *mut Ptr) -> PyResult<bool> {
        *result = std::ptr::null_mut();
        optional(py, object, &*text::name(py, name)?, result)
    }
    fn PyObject_SetAttr(py, object: &Value, name: &Object, value: Option<&Value>) -> PyResult<()> {
        set(py, object, name_of(py, name)?, value)
    }
    fn PyObject_SetAttrString(py, object: &Value, name: &CStr, value: Option<&Value>) -> PyResult<()> {
        set(py, object, &*text::name(py, name)?, value)
    }
    fn PyObject_DelAttr(py, object: &Value, name: &Object) -> PyResult<()> {
        protocol::del_attr(py, object, name_of(py, name)?)
    }
    fn PyObject_DelAttrString(py, object: &Value, name: &CStr) -> PyResult<()> {
        protocol::del_attr(py, object, &*text::name(py, name)?)
    }
    fn PyObject_HasAttrWithError(py, object: &Value, name: &Object) -> PyResult<bool> {
        Ok(protocol::lookup_attr(py, object, name_of(py, name)?)?.is_some())
    }
    fn PyObject_HasAttrStringWithError(py, object: &Value, name: &CStr) -> PyResult<bool> {
        Ok(protocol::lookup_attr(py, object, &*text::name(py, name)?)?.is_some())
    }
    fn PyObject_HasAttr(py, object: &Value, name: &Object) -> bool {
        let found = name_of(py, name).and_then(|n| protocol::lookup_attr(py, object, n));
        quietly_reported(py, found.map(|f| f.is_some()), "in PyObject_HasAttr(); consider using PyObject_HasAttrWithError(), PyObject_GetOptionalAttr() or PyObject_GetAttr()")
    }
    fn PyObject_HasAttrString(py, object: &Value, name: &CStr) -> bool {
        let found = text::name(py, name).and_then(|n| protocol::lookup_attr(py, object, &n));
        quietly_reported(py, found.map(|f| f.is_some()), "in PyObject_HasAttrString(); consider using PyObject_HasAttrStringWithError(), PyObject_GetOptionalAttrString() or PyObject_GetAttrString()")
    }
    fn PyObject_GenericGetDict(py, object: &Object, _context: *mut c_void) -> PyResult<Owned> {
        generic_dict(py, object)
    }
    fn PyObject_GenericSetDict(py, object: &Object, value: Option<&Object>, _context: *mut c_void) -> PyResult<()> {
        instance_dict::replace(py, object, value)
    }
    fn _PyObject_GetDictPtr(py, object: &Object) -> *mut Ptr {
        dict_place(py, object).unwrap_or(std::ptr::null_mut())
    }
    fn PyObject_VisitManagedDict(_py, object: Ptr, visit: visitproc, arg: *mut c_void) -> c_int {
        attributes::traverse_raw(object, visit, arg)
    }
    fn PyObject_ClearManagedDict(_py, object: &Object) { attributes::clear(object) }
    fn PyObject_Dir(py, object: Option<&Value>) -> PyResult {
        let dir = krait_stdlib_core::sys::builtin(py, "dir")?;
        match object {
            Some(object) => protocol::call(py, &dir, std::slice::from_ref(object)),
            None => protocol::call(py, &dir, &[]),
        }
    }
    fn PyObject_ClearWeakRefs(_py, object: Ptr) {
        if (*(*object).ob_type).tp_weaklistoffset > 0 {
            krait_object::types::weakref::object_dies(object)
        }
    }

    fn Py_ReprEnter(py, object: Ptr) -> c_int {
        let mut running = py.thread().repr_stack.borrow_mut();
        if running.contains(&object) {
            return 1;
        }
        running.push(object);
        0
    }
    fn Py_ReprLeave(py, object: Ptr) {
        let mut running = py.thread().repr_stack.borrow_mut();
        if let Some(at) = running.iter().rposition(|&o| o == object) {
            running.remove(at);
        }
    }

    fn PyObject_Print(py, object: Option<&Value>, file: *mut libc::FILE, flags: c_int) -> PyResult<()> {
        let shown = match object {
            None => Str::new("<nil>"),
            Some(o) if flags & Py_PRINT_RAW != 0 => protocol::str(py, o)?,
            Some(o) => protocol::repr(py, o)?,
        };
        let data = shown.to_rust();
        libc::fwrite(data.as_ptr().cast(), 1, data.len(), file);
        Ok(())
    }
    fn _PyObject_Dump(py, object: Option<&Value>) {
        let shown = object.map(|o| protocol::repr(py, o));
        match shown {
            None => eprintln!("<object at NULL is freed>"),
            Some(Ok(text)) => eprintln!("object repr     : {}", text.to_rust()),
            Some(Err(_)) => drop(py.thread().take_exception()),
        }
    }
    fn Py_EnterRecursiveCall(py, doing: &CStr) -> PyResult<()> {
        py.thread().check_native_stack(py, &doing.to_string_lossy())
    }
    fn Py_LeaveRecursiveCall(_py) {}

    fn PyUnstable_Object_IsUniqueReferencedTemporary(py, object: &Object) -> bool {
        // A count of one alone does not say it: variables lend their references.
        object.refcount() == 1 && krait_vm::frame::is_temporary(py, object)
    }
    fn PyUnstable_Object_IsUniquelyReferenced(py, object: &Object) -> bool {
        // A variable that is passed is lent, as in CPython: the argument's count is its.
        let lent = || krait_vm::frame::is_variable(py, object) && krait_vm::frame::is_temporary(py, object);
        object.refcount() == 1 || (object.refcount() == 2 && lent())
    }
    fn PyUnstable_Object_EnableDeferredRefcount(_py, _object: &Object) -> bool { false }
    fn PyUnstable_IsImmortal(_py, object: &Object) -> bool { object.is_immortal() }
    fn PyUnstable_EnableTryIncRef(_py, _object: &Object) {}
    fn PyUnstable_TryIncRef(_py, object: &Object) -> bool {
        if object.refcount() == 0 { return false; }
        object.incref();
        true
    }
}

export! {
    fn PyObject_IsInstance(py, object: &Value, class: &Object) -> PyResult<bool> {
        protocol::is_instance(py, object, class)
    }
    fn PyObject_IsSubclass(py, derived: &Object, class: &Object) -> PyResult<bool> {
        protocol::is_subclass(py, derived, class)
    }
    fn PyObject_Type(_py, object: &Object) -> Owned<Type> { object.ty().to_owned() }
    fn PyObject_Format(py, object: &Value, spec: Option<&Object>) -> PyResult<Owned<Str>> {
        match spec {
            None => protocol::format(py, object, &Str::new("")),
            Some(spec) => match spec.downcast::<Str>() {
                Some(spec) => protocol::format(py, object, spec),
                None => raise!(py, SystemError, "Format specifier must be a string, not {}", spec.ty().name()),
            },
        }
    }
}
