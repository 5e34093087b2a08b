//! Slot functions of all objects: text, hash, call, attributes, comparison,
//! descriptors, initialisation, finalisation.

use std::ffi::{c_int, c_void};

use krait_abi::*;

use super::numbers::{gil, operand};
use super::special::{self, value};
use super::wrapper::WrapperDescr;
use crate::native::slots::to_c;
use crate::object::Object;
use crate::protocol::attr::{generic_getattr_slot, generic_lookup};
use crate::protocol::{self, CompareOp};
use crate::py::{Py, PyResult, Raised};
use crate::types::dict::Dict;
use crate::types::str::Str;
use crate::types::str::intern::Name;
use crate::types::tuple::Tuple;
use crate::types::type_methods::{type_getattr, type_getattr_slot};
use crate::types::typeobject::{Type, address};
use crate::value::{Unpacked, Value};

fn status(result: PyResult<()>) -> c_int {
    if result.is_ok() { 0 } else { -1 }
}

/// An operand that may be missing.
///
/// # Safety
/// The pointer is null or to an object that lives during the call.
unsafe fn optional<'a>(ptr: *mut PyObject) -> Option<&'a Object> {
    // SAFETY: as the contract says.
    (!ptr.is_null()).then(|| unsafe { operand(ptr) })
}

fn value_or_none(object: Option<&Object>) -> Value {
    object.map_or_else(Value::none, value)
}

pub(super) unsafe extern "C-unwind" fn repr(object: *mut PyObject) -> *mut PyObject {
    // SAFETY: the operand lives during the call.
    let (py, this) = (gil(), unsafe { operand(object) });
    to_c(
        match special::call_maybe(py, crate::intern!("__repr__"), &[value(this)]) {
            Ok(None) => Ok(Value::from(Str::new(&format!(
                "<{} object at {:p}>",
                this.ty().name(),
                this.as_ptr()
            )))),
            Ok(Some(text)) => Ok(text),
            Err(raised) => Err(raised),
        },
    )
}

pub(super) unsafe extern "C-unwind" fn str(object: *mut PyObject) -> *mut PyObject {
    // SAFETY: the operand lives during the call.
    to_c(special::call(
        gil(),
        crate::intern!("__str__"),
        &[value(unsafe { operand(object) })],
    ))
}

pub(super) unsafe extern "C-unwind" fn hash(object: *mut PyObject) -> isize {
    // SAFETY: the operand lives during the call.
    match hash_of(gil(), unsafe { operand(object) }) {
        Ok(-1) => -2,
        Ok(hash) => hash as isize,
        Err(_) => -1,
    }
}

fn hash_of(py: Py, this: &Object) -> PyResult<i64> {
    let method = special::find(py, this, crate::intern!("__hash__"))?;
    let Some(method) = method.filter(|m| !m.is_none()) else {
        return crate::raise!(py, TypeError, "unhashable type: '{}'", this.ty().name());
    };
    let result = method.call(py, &[value(this)])?;
    match result.unpack() {
        Unpacked::Int(i) => Ok(i),
        Unpacked::Object(o) if o.downcast::<crate::types::int::Int>().is_some() => {
            match protocol::number::index_to_i128(py, &result)?.and_then(|i| i64::try_from(i).ok())
            {
                Some(hash) => Ok(hash),
                None => protocol::hash(py, &protocol::number::index(py, &result)?),
            }
        }
        _ => crate::raise!(py, TypeError, "__hash__ method should return an integer"),
    }
}

/// Calls a special method with C's tuple and dict after the instance.
///
/// # Safety
/// The pointers are a tuple and a dict, each alive during the call or null.
unsafe fn call_packed(
    py: Py,
    this: &Object,
    name: &Str,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> PyResult {
    py.thread()
        .check_native_stack(py, " while calling a Python object")?;
    let Some(method) = special::find(py, this, name)? else {
        return crate::raise!(py, AttributeError, "{}", name.to_rust());
    };
    // SAFETY: as the contract says.
    let (args, kwargs) = unsafe {
        (
            optional(args).map(|a| a.cast_unchecked::<Tuple>()),
            optional(kwargs).map(|k| k.cast_unchecked::<Dict>()),
        )
    };
    protocol::call::with_flat_arguments(py, args, kwargs, |values, names| {
        let mut all = Vec::with_capacity(values.len() + 1);
        all.push(value(this));
        all.extend_from_slice(values);
        method.call_with(py, &all, names)
    })
}

pub(super) unsafe extern "C-unwind" fn call(
    object: *mut PyObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: C calls the slot with its instance, a tuple, and a dict or NULL.
    to_c(unsafe {
        call_packed(
            gil(),
            operand(object),
            crate::intern!("__call__"),
            args,
            kwargs,
        )
    })
}

pub(super) unsafe extern "C-unwind" fn init(
    object: *mut PyObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> c_int {
    let py = gil();
    // SAFETY: C calls the slot with its instance, a tuple, and a dict or NULL.
    let result = unsafe {
        call_packed(
            py,
            operand(object),
            crate::intern!("__init__"),
            args,
            kwargs,
        )
    };
    status(result.and_then(|r| check_init_result(py, &r)))
}

/// `__init__` must return `None`.
pub(crate) fn check_init_result(py: Py, result: &Value) -> PyResult<()> {
    if result.is_none() {
        return Ok(());
    }
    crate::raise!(
        py,
        TypeError,
        "__init__() should return None, not '{}'",
        result.ty().name()
    )
}

/// Whether the type's `tp_init` calls a Python `__init__`.
#[inline(always)]
pub fn is_python_init(ty: &Type) -> bool {
    address(ty.raw().tp_init) == init as *const c_void
}

/// `tp_getattro` of classes with `__getattribute__` but no `__getattr__`.
///
/// # Safety
/// Called as C calls the slot: with the GIL and living arguments of its kinds.
pub unsafe extern "C-unwind" fn getattribute(
    object: *mut PyObject,
    name: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: operands live during the call.
    let (this, name) = unsafe { (operand(object), operand(name)) };
    to_c(special::call(
        gil(),
        crate::intern!("__getattribute__"),
        &[value(this), value(name)],
    ))
}

/// `tp_getattro` of classes that may have `__getattr__`.
///
/// # Safety
/// Called as C calls the slot: with the GIL and living arguments of its kinds.
pub unsafe extern "C-unwind" fn getattr_hook(
    object: *mut PyObject,
    name: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: operands live during the call.
    let (this, name) = unsafe { (operand(object), operand(name)) };
    to_c(get_or_ask(gil(), this, name))
}

fn get_or_ask(py: Py, this: &Object, name: &Object) -> PyResult {
    let ty = this.ty();
    // Bound only when it is needed: a descriptor there may ask for attributes itself.
    let Some(fallback) = ty.lookup(py, crate::intern!("__getattr__")) else {
        // SAFETY: the GIL is held; the slot agrees with the class, which has no __getattr__.
        unsafe { (*ty.as_type_ptr()).tp_getattro = Some(getattribute) };
        return special::call(
            py,
            crate::intern!("__getattribute__"),
            &[value(this), value(name)],
        );
    };
    let found = match (getattribute_of(py, ty), name.downcast::<Str>()) {
        (Getattribute::Object, Some(name)) => generic_lookup(py, this, name),
        (Getattribute::Type, Some(name)) if let Some(class) = this.downcast::<Type>() => {
            type_getattr(py, class, name)
        }
        _ => special::call(
            py,
            crate::intern!("__getattribute__"),
            &[value(this), value(name)],
        )
        .map(Some),
    };
    let found = match found {
        Ok(Some(found)) => return Ok(found),
        Ok(None) => None,
        Err(raised) => Some(raised),
    };
    if let Some(raised) = found {
        swallow_attribute_error(py, raised)?;
    }
    special::bind(py, this, fallback)?.call(py, &[value(this), value(name)])
}

/// Whether attributes of the type's instances are found as usual, and `__getattr__` is asked
/// where there is none.
pub fn asks_only_in_the_end(py: Py, ty: &Type) -> bool {
    is_hooked(ty) && matches!(getattribute_of(py, ty), Getattribute::Object)
}

/// The same of the classes that a metaclass has made.
pub fn classes_ask_only_in_the_end(py: Py, metaclass: &Type) -> bool {
    is_hooked(metaclass) && matches!(getattribute_of(py, metaclass), Getattribute::Type)
}

fn is_hooked(ty: &Type) -> bool {
    address(ty.raw().tp_getattro) == getattr_hook as *const c_void
}

/// Whose `__getattribute__` a class has.
enum Getattribute {
    Object,
    Type,
    Other,
}

fn getattribute_of(py: Py, ty: &Type) -> Getattribute {
    let Some(found) = ty.lookup(py, crate::intern!("__getattribute__")) else {
        return Getattribute::Object;
    };
    let wrapped = found
        .downcast_exact::<WrapperDescr>()
        .map_or(std::ptr::null(), |d| d.wrapped().cast_const());
    if wrapped == generic_getattr_slot as *const c_void {
        Getattribute::Object
    } else if wrapped == type_getattr_slot as *const c_void {
        Getattribute::Type
    } else {
        Getattribute::Other
    }
}

fn swallow_attribute_error(py: Py, raised: Raised) -> PyResult<()> {
    match crate::errors::take_if(py, &crate::exceptions::AttributeError) {
        Some(_) => Ok(()),
        None => Err(raised),
    }
}

/// `tp_setattro` of classes with `__setattr__` or `__delattr__`.
///
/// # Safety
/// Called as C calls the slot: with the GIL and living arguments of its kinds.
pub unsafe extern "C-unwind" fn setattr(
    object: *mut PyObject,
    name: *mut PyObject,
    new: *mut PyObject,
) -> c_int {
    // SAFETY: operands live during the call; no value means deletion.
    let (py, this, name, new) = unsafe { (gil(), operand(object), operand(name), optional(new)) };
    let result = match new {
        None => special::call(
            py,
            crate::intern!("__delattr__"),
            &[value(this), value(name)],
        ),
        Some(new) => special::call(
            py,
            crate::intern!("__setattr__"),
            &[value(this), value(name), value(new)],
        ),
    };
    status(result.map(drop))
}

static COMPARISONS: [Name; 6] = [
    Name::new("__lt__"),
    Name::new("__le__"),
    Name::new("__eq__"),
    Name::new("__ne__"),
    Name::new("__gt__"),
    Name::new("__ge__"),
];

pub(super) unsafe extern "C-unwind" fn compare(
    a: *mut PyObject,
    b: *mut PyObject,
    op: c_int,
) -> *mut PyObject {
    // SAFETY: operands live during the call.
    let (a, b) = unsafe { (operand(a), operand(b)) };
    let (py, name) = (gil(), COMPARISONS[CompareOp::from_c(op) as usize].get());
    let found = match special::find(py, a, name) {
        // What raises AttributeError is as good as none.
        Err(raised) => match crate::errors::take_if(py, &crate::exceptions::AttributeError) {
            Some(_) => Ok(None),
            None => Err(raised),
        },
        found => found,
    };
    to_c(match found {
        Ok(Some(method)) => method.call(py, &[value(a), value(b)]),
        Ok(None) => Ok(Value::from_static(crate::singletons::not_implemented())),
        Err(raised) => Err(raised),
    })
}

pub(super) unsafe extern "C-unwind" fn descr_get(
    object: *mut PyObject,
    instance: *mut PyObject,
    owner: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: operands live during the call or are NULL.
    let (this, instance, owner) = unsafe { (operand(object), optional(instance), optional(owner)) };
    let values = [value(this), value_or_none(instance), value_or_none(owner)];
    // Without __get__ the descriptor itself is the attribute's value.
    to_c(
        special::call_maybe(gil(), crate::intern!("__get__"), &values)
            .map(|r| r.unwrap_or_else(|| value(this))),
    )
}

pub(super) unsafe extern "C-unwind" fn descr_set(
    object: *mut PyObject,
    target: *mut PyObject,
    new: *mut PyObject,
) -> c_int {
    // SAFETY: operands live during the call; no value means deletion.
    let (py, this, target, new) =
        unsafe { (gil(), operand(object), operand(target), optional(new)) };
    let result = match new {
        None => special::call(
            py,
            crate::intern!("__delete__"),
            &[value(this), value(target)],
        ),
        Some(new) => special::call(
            py,
            crate::intern!("__set__"),
            &[value(this), value(target), value(new)],
        ),
    };
    status(result.map(drop))
}

/// `tp_finalize`: calls `__del__` and leaves an exception that is set as it was.
pub(super) unsafe extern "C-unwind" fn finalize(object: *mut PyObject) {
    // SAFETY: the operand lives during the call.
    let (py, this) = (gil(), unsafe { operand(object) });
    let pending = py.thread().take_exception();
    if let Err(raised) = special::call_maybe(py, crate::intern!("__del__"), &[value(this)]) {
        let Raised = raised;
        let function = this
            .ty()
            .lookup(py, crate::intern!("__del__"))
            .map(|f| f.to_object());
        crate::errors::ignored_while(
            py,
            "calling deallocator",
            function.as_deref().unwrap_or(this),
        );
    }
    if let Some(pending) = pending {
        py.thread().set_exception(pending);
    }
}
