//! The operations that every object has: what C knows as `PyObject_*`, `PyNumber_*`,
//! `PySequence_*`, `PyMapping_*`, on unboxed values.

use krait_abi::*;

use crate::object::{Builtin, Layout, Object, Owned};
use crate::py::{Py, PyResult, Raised};
use crate::singletons;
use crate::types::str::Str;
use crate::types::typeobject::{OBJECT, TYPE, Type, address};
use crate::value::{Unpacked, Value};

pub mod attr;
mod binary;
pub mod call;
pub mod compare;
mod immediate;
pub mod item;
pub mod iter;
pub mod number;
pub mod repr;
pub mod sequence;

pub use attr::{del_attr, get_attr, get_attr_str, lookup_attr, lookup_special, set_attr};
pub use call::{call, call_method, call_method_str, call_method_with, call_special, call_with};
pub use compare::{CompareOp, equal, hash, rich_compare};
pub use item::{contains, del_item, get_item, length, length_hint, set_item};
pub use iter::{Iter, iter, next, next_object};
pub use repr::{ascii, format, repr, str};

/// A C result as Rust's: NULL means that the exception is set.
///
/// # Safety
/// The pointer is null or a new reference.
#[inline(always)]
pub unsafe fn from_c(py: Py, result: *mut PyObject) -> PyResult {
    if result.is_null() {
        return Err(ensure_raised(py));
    }
    // SAFETY: a new reference, as the contract says.
    Ok(unsafe { Value::from_word(result as u64) })
}

/// As `from_c` for an attribute that is read: NULL without an exception stays such a failure,
/// as in CPython, where it means to some callers that there is no such attribute.
///
/// # Safety
/// The pointer is null or a new reference.
#[inline(always)]
pub(crate) unsafe fn attribute_from_c(result: *mut PyObject) -> PyResult {
    if result.is_null() {
        return Err(Raised);
    }
    // SAFETY: a new reference, as the contract says.
    Ok(unsafe { Value::from_word(result as u64) })
}

/// As `from_c`, for results that are wanted as objects.
///
/// # Safety
/// The pointer is null or a new reference.
#[inline(always)]
pub unsafe fn owned_from_c(py: Py, result: *mut PyObject) -> PyResult<Owned> {
    if result.is_null() {
        return Err(ensure_raised(py));
    }
    // SAFETY: a new reference, as the contract says.
    Ok(unsafe { Owned::from_raw(result.cast()) })
}

#[inline(always)]
fn ensure_raised(py: Py) -> Raised {
    if py.thread().has_exception() {
        Raised
    } else {
        silent_failure(py)
    }
}

#[cold]
fn silent_failure(py: Py) -> Raised {
    let failed: Result<(), Raised> =
        crate::raise!(py, SystemError, "error return without exception set");
    failed.err().unwrap_or(Raised)
}

/// A C status as Rust's: -1 means that the exception is set.
#[inline(always)]
pub fn status(py: Py, status: i32) -> PyResult<bool> {
    if status < 0 {
        Err(ensure_raised(py))
    } else {
        Ok(status != 0)
    }
}

/// Python's truth of a value.
#[inline(always)]
pub fn truth(py: Py, value: &Value) -> PyResult<bool> {
    match value.unpack() {
        Unpacked::Int(i) => Ok(i != 0),
        Unpacked::Float(f) => Ok(f != 0.0),
        Unpacked::Object(o) => object_truth(py, o),
    }
}

#[inline]
pub fn object_truth(py: Py, object: &Object) -> PyResult<bool> {
    if object.is(singletons::true_object()) {
        return Ok(true);
    }
    if object.is(singletons::false_object()) || object.is_none() {
        return Ok(false);
    }
    slow_truth(py, object)
}

fn slow_truth(py: Py, object: &Object) -> PyResult<bool> {
    let raw = object.ty().raw();
    // SAFETY: slot tables of a type live as long as the type; slots take its instances.
    unsafe {
        if let Some(slot) = raw.tp_as_number.as_ref().and_then(|n| n.nb_bool) {
            return status(py, slot(object.as_ptr()));
        }
        let length = raw.tp_as_mapping.as_ref().and_then(|m| m.mp_length);
        if let Some(slot) = length.or_else(|| raw.tp_as_sequence.as_ref().and_then(|s| s.sq_length))
        {
            let length = slot(object.as_ptr());
            return if length < 0 {
                Err(ensure_raised(py))
            } else {
                Ok(length != 0)
            };
        }
    }
    Ok(true)
}

/// `isinstance(value, class)`, where `class` is a type, a union or a tuple of them.
#[inline]
pub fn is_instance(py: Py, value: &Value, class: &Object) -> PyResult<bool> {
    is_instance_within(py, value, class, 0)
}

/// How deep tuples of classes may be nested. The native stack would allow more, but each
/// question walks all of them.
const MOST_NESTED: u32 = 10_000;

fn check_nesting(py: Py, depth: u32, doing: &str) -> PyResult<()> {
    if depth > MOST_NESTED {
        return crate::raise!(
            py,
            RecursionError,
            "maximum recursion depth exceeded{doing}"
        );
    }
    py.thread().check_native_stack(py, doing)
}

fn is_instance_within(py: Py, value: &Value, class: &Object, depth: u32) -> PyResult<bool> {
    if let Some(ty) = class.downcast_exact::<Type>() {
        if value.ty().is_subtype_of(ty) {
            return Ok(true);
        }
        return says_to_be(py, value, ty);
    }
    if let Some(classes) = alternatives(class) {
        check_nesting(py, depth, " in __instancecheck__")?;
        for i in 0..classes.len() {
            if let Some(one) = classes.get_ref(i)
                && is_instance_within(py, value, one, depth + 1)?
            {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if value.ty().as_object().is(class) {
        return Ok(true);
    }
    match call::call_special(
        py,
        class,
        crate::intern!("__instancecheck__"),
        std::slice::from_ref(value),
    )? {
        Some(answer) => truth(py, &answer),
        None => real_is_instance(py, value, class),
    }
}

/// The classes of a tuple or a union.
fn alternatives(class: &Object) -> Option<&crate::types::tuple::Tuple> {
    crate::types::union::alternatives(class).or_else(|| class.downcast())
}

/// `type.__instancecheck__`: the type, or what `__class__` says.
pub fn real_is_instance(py: Py, value: &Value, class: &Object) -> PyResult<bool> {
    if let Some(ty) = class.downcast::<Type>() {
        if value.ty().is_subtype_of(ty) {
            return Ok(true);
        }
        return says_to_be(py, value, ty);
    }
    check_class(
        py,
        class,
        "isinstance() arg 2 must be a type, a tuple of types, or a union",
    )?;
    match lookup_attr(py, value, crate::intern!("__class__"))? {
        Some(said) => abstract_is_subclass(py, &said.to_object(), class),
        None => Ok(false),
    }
}

/// Whether the `__class__` of a value is another than its type, and derives from the class.
fn says_to_be(py: Py, value: &Value, class: &Type) -> PyResult<bool> {
    let Some(object) = value.as_object() else {
        return Ok(false);
    };
    if says_its_type(py, object.ty()) {
        return Ok(false);
    }
    let said = lookup_attr(py, value, crate::intern!("__class__"))?;
    let said = said.as_ref().and_then(|c| c.downcast::<Type>());
    Ok(said.is_some_and(|c| !c.is(object.ty()) && c.is_subtype_of(class)))
}

/// Whether a value is an instance of a class or of one of a tuple of classes; nothing where
/// Python code has a say in it, or the tuple holds others.
#[inline(never)]
pub fn is_instance_quietly(py: Py, value: &Value, class: &Object) -> Option<bool> {
    let Some(classes) = class.downcast_exact::<crate::types::tuple::Tuple>() else {
        return is_of_class_quietly(py, value, class);
    };
    for class in classes.iter() {
        if is_of_class_quietly(py, value, class)? {
            return Some(true);
        }
    }
    Some(false)
}

#[inline(always)]
fn is_of_class_quietly(py: Py, value: &Value, class: &Object) -> Option<bool> {
    if value.ty().as_object().is(class) {
        return Some(true);
    }
    let is = value.ty().is_subtype_of(class.downcast_exact::<Type>()?);
    (is || value.as_object().is_none() || says_its_type(py, value.ty())).then_some(is)
}

/// Whether the `__class__` of a type's instances is what `object` says it is.
fn says_its_type(py: Py, ty: &Type) -> bool {
    let name = crate::intern!("__class__");
    let attribute = address(ty.raw().tp_getattro);
    if !attr::is_generic(ty) && attribute != address(TYPE.raw().tp_getattro) {
        return false;
    }
    match (ty.lookup(py, name), OBJECT.lookup(py, name)) {
        (Some(own), Some(usual)) => own.word() == usual.word(),
        _ => false,
    }
}

fn check_class(py: Py, class: &Object, text: &str) -> PyResult<()> {
    let bases = lookup_attr(
        py,
        &Value::from(class.to_owned()),
        crate::intern!("__bases__"),
    )?;
    match bases.filter(|b| b.downcast::<crate::types::tuple::Tuple>().is_some()) {
        Some(_) => Ok(()),
        None => crate::raise!(py, TypeError, "{text}"),
    }
}

fn abstract_is_subclass(py: Py, derived: &Object, class: &Object) -> PyResult<bool> {
    py.thread().check_native_stack(py, " in __issubclass__")?;
    if derived.is(class) {
        return Ok(true);
    }
    let bases = lookup_attr(
        py,
        &Value::from(derived.to_owned()),
        crate::intern!("__bases__"),
    )?;
    let Some(bases) = bases else { return Ok(false) };
    let Some(bases) = bases.downcast::<crate::types::tuple::Tuple>() else {
        return Ok(false);
    };
    for base in bases.iter() {
        if abstract_is_subclass(py, base, class)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `issubclass(derived, class)`.
#[inline]
pub fn is_subclass(py: Py, derived: &Object, class: &Object) -> PyResult<bool> {
    is_subclass_within(py, derived, class, 0)
}

fn is_subclass_within(py: Py, derived: &Object, class: &Object, depth: u32) -> PyResult<bool> {
    if let Some(ty) = class.downcast_exact::<Type>() {
        if derived.is(ty.as_object()) {
            return Ok(true);
        }
        return real_is_subclass(py, derived, class);
    }
    if let Some(classes) = alternatives(class) {
        check_nesting(py, depth, " in __subclasscheck__")?;
        for i in 0..classes.len() {
            if let Some(one) = classes.get_ref(i)
                && is_subclass_within(py, derived, one, depth + 1)?
            {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    let argument = Value::from(derived.to_owned());
    match call::call_special(py, class, crate::intern!("__subclasscheck__"), &[argument])? {
        Some(answer) => truth(py, &answer),
        None => real_is_subclass(py, derived, class),
    }
}

/// `type.__subclasscheck__`.
pub fn real_is_subclass(py: Py, derived: &Object, class: &Object) -> PyResult<bool> {
    if let (Some(derived), Some(class)) = (derived.downcast::<Type>(), class.downcast::<Type>()) {
        return Ok(derived.is_subtype_of(class));
    }
    check_class(py, derived, "issubclass() arg 1 must be a class")?;
    check_class(
        py,
        class,
        "issubclass() arg 2 must be a class, a tuple of classes, or a union",
    )?;
    abstract_is_subclass(py, derived, class)
}

/// A `str` argument or a TypeError with the given text.
pub fn expect_str<'a>(py: Py, value: &'a Value, text: &str) -> PyResult<&'a Str> {
    match value.downcast::<Str>() {
        Some(string) => Ok(string),
        None => crate::raise!(py, TypeError, "{text}, not {}", value.ty().name()),
    }
}

/// Whether an object is of a builtin type or a subtype.
pub fn is_a<T: Builtin>(value: &Value) -> bool {
    value.downcast::<T>().is_some()
}
