//! `abstract.h`: numbers, sequences, mappings, iteration.

use std::ffi::{CStr, c_int};

use krait_abi::*;
use krait_object::protocol::number::{self, BinaryOp, UnaryOp};
use krait_object::protocol::{self, Iter, sequence};
use krait_object::types::{dict::Dict, list::List, str::Str, tuple::Tuple};
use krait_object::{
    Layout, Object, Owned, Py, PyResult, Type, Value, errors, exceptions, intern, raise,
};

use crate::border::{Ptr, export};
use crate::text;

/// `list` or `tuple` as it is, anything else as a list.
fn fast(py: Py, object: &Value, text: &CStr) -> PyResult<Owned> {
    if object.downcast::<List>().is_some() || object.downcast::<Tuple>().is_some() {
        return Ok(object.to_object());
    }
    let iterator = match protocol::iter(py, object) {
        Ok(iterator) => iterator,
        Err(raised) => {
            if errors::take_if(py, &exceptions::TypeError).is_some() {
                return raise!(py, TypeError, "{}", text.to_string_lossy());
            }
            return Err(raised);
        }
    };
    protocol::iter::to_list(py, &Value::from(iterator)).map(Owned::upcast)
}

fn as_list(py: Py, method: &'static Str, object: &Value, exact: bool) -> PyResult<Owned<List>> {
    if exact && object.downcast_exact::<Dict>().is_some() {
        let view = protocol::call_method(py, object, method, &[])?;
        return protocol::iter::to_list(py, &view);
    }
    let result = protocol::call_method(py, object, method, &[])?;
    match protocol::iter(py, &result) {
        Ok(iterator) => protocol::iter::to_list(py, &Value::from(iterator)),
        Err(raised) => {
            if errors::take_if(py, &exceptions::TypeError).is_some() {
                return raise!(
                    py,
                    TypeError,
                    "{}.{}() returned a non-iterable (type {})",
                    object.ty().name(),
                    method.to_rust(),
                    result.ty().name()
                );
            }
            Err(raised)
        }
    }
}

fn has_number(object: &Object) -> bool {
    // SAFETY: slot tables live as long as the type.
    let numbers = unsafe { object.ty().raw().tp_as_number.as_ref() };
    numbers.is_some_and(|n| n.nb_index.is_some() || n.nb_int.is_some() || n.nb_float.is_some())
        || object
            .downcast::<krait_object::types::complex::Complex>()
            .is_some()
}

pub fn has_mapping(object: &Object) -> bool {
    // SAFETY: slot tables live as long as the type.
    unsafe { object.ty().raw().tp_as_mapping.as_ref() }.is_some_and(|m| m.mp_subscript.is_some())
}

/// `int(object)`, without the second argument.
fn to_int(py: Py, object: &Value) -> PyResult {
    let int = protocol::attr::type_value::<krait_object::Int>();
    if object.downcast_exact::<krait_object::Int>().is_some() {
        return Ok(object.clone());
    }
    protocol::call(py, &int, std::slice::from_ref(object))
}

fn in_sequence_count(py: Py, object: &Value, item: &Value) -> PyResult<isize> {
    let (mut items, mut count) = (Iter::new(py, object)?, 0);
    while let Some(one) = items.next(py)? {
        count += isize::from(protocol::equal(py, &one, item)?);
    }
    Ok(count)
}

fn index_in_sequence(py: Py, object: &Value, item: &Value) -> PyResult<isize> {
    let (mut items, mut at) = (Iter::new(py, object)?, 0);
    while let Some(one) = items.next(py)? {
        if protocol::equal(py, &one, item)? {
            return Ok(at);
        }
        at += 1;
    }
    raise!(py, ValueError, "sequence.index(x): x not in sequence")
}

macro_rules! binary {
    ($($name:ident $op:ident $function:ident;)*) => { export! { $(
        fn $name(py, a: &Value, b: &Value) -> PyResult { number::$function(py, BinaryOp::$op, a, b) }
    )* } };
}

binary! {
    PyNumber_Add Add binary; PyNumber_Subtract Subtract binary;
    PyNumber_Multiply Multiply binary; PyNumber_MatrixMultiply MatrixMultiply binary;
    PyNumber_FloorDivide FloorDivide binary; PyNumber_TrueDivide TrueDivide binary;
    PyNumber_Remainder Remainder binary; PyNumber_Divmod Divmod binary;
    PyNumber_Lshift Lshift binary; PyNumber_Rshift Rshift binary;
    PyNumber_And And binary; PyNumber_Xor Xor binary; PyNumber_Or Or binary;
    PyNumber_InPlaceAdd Add inplace; PyNumber_InPlaceSubtract Subtract inplace;
    PyNumber_InPlaceMultiply Multiply inplace; PyNumber_InPlaceMatrixMultiply MatrixMultiply inplace;
    PyNumber_InPlaceFloorDivide FloorDivide inplace; PyNumber_InPlaceTrueDivide TrueDivide inplace;
    PyNumber_InPlaceRemainder Remainder inplace; PyNumber_InPlaceLshift Lshift inplace;
    PyNumber_InPlaceRshift Rshift inplace; PyNumber_InPlaceAnd And inplace;
    PyNumber_InPlaceXor Xor inplace; PyNumber_InPlaceOr Or inplace;
}

export! {
    fn PyNumber_Negative(py, a: &Value) -> PyResult { number::unary(py, UnaryOp::Negative, a) }
    fn PyNumber_Positive(py, a: &Value) -> PyResult { number::unary(py, UnaryOp::Positive, a) }
    fn PyNumber_Invert(py, a: &Value) -> PyResult { number::unary(py, UnaryOp::Invert, a) }
    fn PyNumber_Absolute(py, a: &Value) -> PyResult { number::unary(py, UnaryOp::Absolute, a) }
    fn PyNumber_Power(py, a: &Value, b: &Value, c: &Value) -> PyResult { number::power(py, a, b, c, false) }
    fn PyNumber_InPlacePower(py, a: &Value, b: &Value, c: &Value) -> PyResult { number::power(py, a, b, c, true) }
    fn PyNumber_Check(_py, object: Option<&Object>) -> bool { object.is_some_and(has_number) }
    fn PyIndex_Check(_py, object: &Value) -> bool { number::is_index(object) }
    fn PyNumber_Index(py, object: &Value) -> PyResult { number::index(py, object) }
    fn PyNumber_Long(py, object: &Value) -> PyResult { to_int(py, object) }
    fn PyNumber_Float(py, object: &Value) -> PyResult {
        if object.downcast_exact::<krait_object::Float>().is_some() {
            return Ok(object.clone());
        }
        protocol::call(py, &protocol::attr::type_value::<krait_object::Float>(), std::slice::from_ref(object))
    }
    fn PyNumber_AsSsize_t(py, object: &Value, error: Option<&Object>) -> PyResult<isize> {
        match error.and_then(|e| e.downcast::<Type>()) {
            Some(error) => number::to_index(py, object, error),
            None => number::to_clipped_index(py, object),
        }
    }
    fn PyNumber_ToBase(py, object: &Value, base: c_int) -> PyResult {
        let function = match base {
            2 => "bin",
            8 => "oct",
            16 => "hex",
            10 => {
                let index = number::index(py, object)?;
                return protocol::str(py, &index).map(Value::from);
            }
            _ => return raise!(py, SystemError, "PyNumber_ToBase: base must be 2, 8, 10 or 16"),
        };
        protocol::call(py, &krait_stdlib_core::sys::builtin(py, function)?, std::slice::from_ref(object))
    }
}

export! {
    fn PyObject_Size(py, object: &Value) -> PyResult<usize> { protocol::length(py, object) }
    fn PyObject_Length(py, object: &Value) -> PyResult<usize> { protocol::length(py, object) }
    fn PyObject_LengthHint(py, object: &Value, default: isize) -> PyResult<usize> {
        protocol::length_hint(py, object, default.max(0) as usize)
    }
    fn PyObject_GetItem(py, object: &Value, key: &Value) -> PyResult { protocol::get_item(py, object, key) }
    fn PyObject_SetItem(py, object: &Value, key: &Value, value: &Value) -> PyResult<()> {
        protocol::set_item(py, object, key, value)
    }
    fn PyObject_DelItem(py, object: &Value, key: &Value) -> PyResult<()> { protocol::del_item(py, object, key) }
    fn PyObject_DelItemString(py, object: &Value, key: &CStr) -> PyResult<()> {
        protocol::del_item(py, object, &text::key(py, key)?)
    }
    fn PyObject_GetIter(py, object: &Value) -> PyResult<Owned> { protocol::iter(py, object) }
    fn PyObject_GetAIter(py, object: &Value) -> PyResult { krait_vm::generator::await_::aiter(py, object) }
    fn PyIter_Check(_py, object: &Object) -> bool {
        object.ty().raw().tp_iternext.is_some_and(|f| {
            f as *const std::ffi::c_void
                != crate::object::_PyObject_NextNotImplemented as *const std::ffi::c_void
        })
    }
    fn PyAIter_Check(_py, object: &Object) -> bool {
        object.ty().raw().tp_as_async.as_ref().is_some_and(|a| a.am_anext.is_some())
    }
    fn PyIter_Next(py, iterator: &Object) -> PyResult<Option<Value>> { protocol::next(py, iterator) }
    fn PyIter_NextItem(py, iterator: &Object, item: *mut Ptr) -> PyResult<bool> {
        *item = std::ptr::null_mut();
        match protocol::next(py, iterator)? {
            Some(value) => {
                *item = value.into_object().into_ptr();
                Ok(true)
            }
            None => Ok(false),
        }
    }
    fn PyIter_Send(py, iterator: &Object, sent: &Value, result: *mut Ptr) -> PySendResult {
        *result = std::ptr::null_mut();
        if let Some(send) = iterator.ty().raw().tp_as_async.as_ref().and_then(|a| a.am_send) {
            return send(iterator.as_ptr(), sent.to_object().into_ptr(), result);
        }
        match krait_vm::generator::send(py, &Value::from(iterator.to_owned()), sent.clone()) {
            Ok(Ok(value)) => {
                *result = value.into_object().into_ptr();
                PYGEN_NEXT
            }
            Ok(Err(value)) => {
                *result = value.into_object().into_ptr();
                PYGEN_RETURN
            }
            Err(_) => PYGEN_ERROR,
        }
    }
}

export! {
    fn PySequence_Check(_py, object: &Object) -> bool { protocol::iter::is_sequence(object) }
    fn PySequence_Size(py, object: &Object) -> PyResult<usize> { sequence::size(py, object) }
    fn PySequence_Length(py, object: &Object) -> PyResult<usize> { sequence::size(py, object) }
    fn PySequence_GetItem(py, object: &Object, index: isize) -> PyResult { sequence::get(py, object, index) }
    fn PySequence_SetItem(py, object: &Object, index: isize, value: Option<&Object>) -> PyResult<()> {
        sequence::set(py, object, index, value)
    }
    fn PySequence_DelItem(py, object: &Object, index: isize) -> PyResult<()> { sequence::delete(py, object, index) }
    fn PySequence_GetSlice(py, object: &Object, start: isize, stop: isize) -> PyResult {
        sequence::get_slice(py, object, start, stop)
    }
    fn PySequence_SetSlice(py, object: &Object, start: isize, stop: isize, value: Option<&Object>) -> PyResult<()> {
        sequence::set_slice(py, object, start, stop, value)
    }
    fn PySequence_DelSlice(py, object: &Object, start: isize, stop: isize) -> PyResult<()> {
        sequence::delete_slice(py, object, start, stop)
    }
    fn PySequence_Concat(py, a: &Value, b: &Value) -> PyResult { sequence::concat(py, a, b, false) }
    fn PySequence_InPlaceConcat(py, a: &Value, b: &Value) -> PyResult { sequence::concat(py, a, b, true) }
    fn PySequence_Repeat(py, a: &Value, count: isize) -> PyResult { sequence::repeat(py, a, count, false) }
    fn PySequence_InPlaceRepeat(py, a: &Value, count: isize) -> PyResult { sequence::repeat(py, a, count, true) }
    fn PySequence_Contains(py, object: &Value, item: &Value) -> PyResult<bool> { protocol::contains(py, object, item) }
    fn PySequence_In(py, object: &Value, item: &Value) -> PyResult<bool> { protocol::contains(py, object, item) }
    fn PySequence_Count(py, object: &Value, item: &Value) -> PyResult<isize> { in_sequence_count(py, object, item) }
    fn PySequence_Index(py, object: &Value, item: &Value) -> PyResult<isize> { index_in_sequence(py, object, item) }
    fn PySequence_List(py, object: &Value) -> PyResult<Owned<List>> { protocol::iter::to_list(py, object) }
    fn PySequence_Tuple(py, object: &Value) -> PyResult<Owned<Tuple>> {
        if let Some(tuple) = object.downcast_exact::<Tuple>() {
            return Ok(tuple.to_owned());
        }
        protocol::iter::to_tuple(py, object)
    }
    fn PySequence_Fast(py, object: &Value, text: &CStr) -> PyResult<Owned> { fast(py, object, text) }
}

export! {
    fn PyMapping_Check(_py, object: Option<&Object>) -> bool { object.is_some_and(has_mapping) }
    fn PyMapping_Size(py, object: &Value) -> PyResult<usize> { protocol::length(py, object) }
    fn PyMapping_Length(py, object: &Value) -> PyResult<usize> { protocol::length(py, object) }
    fn PyMapping_Keys(py, object: &Value) -> PyResult<Owned<List>> { as_list(py, intern!("keys"), object, true) }
    fn PyMapping_Values(py, object: &Value) -> PyResult<Owned<List>> { as_list(py, intern!("values"), object, true) }
    fn PyMapping_Items(py, object: &Value) -> PyResult<Owned<List>> { as_list(py, intern!("items"), object, true) }
    fn PyMapping_GetItemString(py, object: &Value, key: &CStr) -> PyResult {
        protocol::get_item(py, object, &text::key(py, key)?)
    }
    fn PyMapping_SetItemString(py, object: &Value, key: &CStr, value: &Value) -> PyResult<()> {
        protocol::set_item(py, object, &text::key(py, key)?, value)
    }
    fn PyMapping_GetOptionalItem(py, object: &Value, key: &Value, result: *mut Ptr) -> PyResult<bool> {
        optional_item(py, object, key, result)
    }
    fn PyMapping_GetOptionalItemString(py, object: &Value, key: &CStr, result: *mut Ptr) -> PyResult<bool> {
        *result = std::ptr::null_mut();
        optional_item(py, object, &text::key(py, key)?, result)
    }
    fn PyMapping_HasKeyWithError(py, object: &Value, key: &Value) -> PyResult<bool> {
        let found = protocol::get_item(py, object, key);
        Ok(errors::suppress(py, found, &exceptions::KeyError)?.is_some())
    }
    fn PyMapping_HasKeyStringWithError(py, object: &Value, key: &CStr) -> PyResult<bool> {
        let found = protocol::get_item(py, object, &text::key(py, key)?);
        Ok(errors::suppress(py, found, &exceptions::KeyError)?.is_some())
    }
    fn PyMapping_HasKey(py, object: &Value, key: &Value) -> bool {
        let found = protocol::get_item(py, object, key).is_ok();
        drop(py.thread().take_exception());
        found
    }
    fn PyMapping_HasKeyString(py, object: &Value, key: &CStr) -> bool {
        let found = text::key(py, key).and_then(|key| protocol::get_item(py, object, &key)).is_ok();
        drop(py.thread().take_exception());
        found
    }
}

fn optional_item(py: Py, object: &Value, key: &Value, result: *mut Ptr) -> PyResult<bool> {
    // SAFETY: C passes a place for the result.
    unsafe { *result = std::ptr::null_mut() };
    let found = protocol::get_item(py, object, key);
    match errors::suppress(py, found, &exceptions::KeyError)? {
        Some(value) => {
            // SAFETY: as above.
            unsafe { *result = value.into_object().into_ptr() };
            Ok(true)
        }
        None => Ok(false),
    }
}
