//! `bytesobject.h`.

use std::ffi::{CStr, c_char};

use krait_object::types::bytearray::ByteArray;
use krait_object::types::bytes::build;
use krait_object::{
    Bytes, Layout, Object, Owned, Py, PyResult, Str, Value, errors, protocol, raise,
};

use crate::border::{Ptr, bad_internal_call, export};
use crate::unicodeobject::bytes;

/// The address of the bytes, which a zero follows.
pub fn start(object: &Bytes) -> *mut c_char {
    object.as_slice().as_ptr().cast_mut().cast()
}

/// A bytes object; without data one of C's own, to be filled in.
fn make(py: Py, data: *const c_char, len: isize) -> PyResult<Owned<Bytes>> {
    if len < 0 {
        return raise!(
            py,
            SystemError,
            "Negative size passed to PyBytes_FromStringAndSize"
        );
    }
    if data.is_null() && len > 0 {
        // SAFETY: C fills it before it shows it to anyone.
        return unsafe { Bytes::unfilled(len as usize) }.map_or_else(errors::no_memory, Ok);
    }
    // SAFETY: C passes so many bytes.
    Ok(Bytes::new(unsafe { bytes(data, len) }))
}

fn expect(py: Py, object: &Object) -> PyResult<&Bytes> {
    match object.downcast::<Bytes>() {
        Some(bytes) => Ok(bytes),
        None => raise!(
            py,
            TypeError,
            "expected bytes, {} found",
            object.ty().name()
        ),
    }
}

fn concat(py: Py, place: *mut Ptr, right: Option<&Value>) -> PyResult<()> {
    // SAFETY: C passes the place of an owned reference or NULL.
    unsafe {
        if (*place).is_null() {
            return Ok(());
        }
        let left =
            Owned::<Object>::from_raw(std::mem::replace(&mut *place, std::ptr::null_mut()).cast());
        let Some(right) = right else { return Ok(()) };
        let left = Value::from(left);
        let read = |value| krait_object::types::buffer::Buffer::new(py, value);
        let (Ok(first), Ok(second)) = (read(&left), read(right)) else {
            drop(py.thread().take_exception());
            return raise!(
                py,
                TypeError,
                "can't concat {} to {}",
                right.ty().name(),
                left.ty().name()
            );
        };
        let joined = [first.as_slice(), second.as_slice()].concat();
        *place = Bytes::new(&joined).into_ptr();
    }
    Ok(())
}

fn resize(py: Py, place: *mut Ptr, len: isize) -> PyResult<()> {
    // SAFETY: C passes the place of the only reference to a bytes object.
    unsafe {
        let old = std::mem::replace(&mut *place, std::ptr::null_mut());
        if old.is_null() || len < 0 {
            if !old.is_null() {
                Object::decref(old);
            }
            return bad_internal_call(py);
        }
        let Ok(old) = Owned::<Object>::from_raw(old.cast()).downcast_owned::<Bytes>() else {
            return bad_internal_call(py);
        };
        let len = len as usize;
        let made = if old.len() == len {
            Some(old)
        } else if old.as_object().refcount() == 1 && old.as_object().is_exact::<Bytes>() && len > 0
        {
            Bytes::resized(old, len)
        } else {
            let keep = old.len().min(len);
            let made = Bytes::unfilled(len);
            if let Some(made) = &made {
                std::ptr::copy_nonoverlapping(old.as_slice().as_ptr(), start(made).cast(), keep);
            }
            made
        };
        match made {
            Some(made) => *place = made.into_ptr(),
            None => return errors::no_memory(),
        }
    }
    Ok(())
}

export! {
    fn PyBytes_FromString(_py, data: &CStr) -> Owned<Bytes> { Bytes::new(data.to_bytes()) }
    fn PyBytes_FromStringAndSize(py, data: *const c_char, len: isize) -> PyResult<Owned<Bytes>> { make(py, data, len) }
    fn PyBytes_FromObject(py, object: &Value) -> PyResult<Owned<Bytes>> {
        if object.downcast::<Str>().is_some() || protocol::number::int_of(object).is_some() {
            return raise!(py, TypeError, "cannot convert '{}' object to bytes", object.ty().name());
        }
        build::from_object(py, object)
    }
    fn PyBytes_Size(py, object: &Object) -> PyResult<usize> { expect(py, object).map(|b| b.len()) }
    fn PyBytes_AsString(py, object: &Object) -> PyResult<*mut c_char> { expect(py, object).map(start) }
    fn PyBytes_AsStringAndSize(py, object: &Object, data: *mut *mut c_char, len: *mut isize) -> PyResult<()> {
        let bytes = expect(py, object)?;
        if len.is_null() && bytes.as_slice().contains(&0) {
            return raise!(py, ValueError, "embedded null byte");
        }
        *data = start(bytes);
        if !len.is_null() {
            *len = bytes.len() as isize;
        }
        Ok(())
    }
    fn PyBytes_Repr(py, object: &Value, _smart: std::ffi::c_int) -> PyResult<Owned<Str>> { protocol::repr(py, object) }
    fn PyBytes_Concat(py, place: *mut Ptr, right: Option<&Value>) { let _ = concat(py, place, right); }
    fn PyBytes_ConcatAndDel(py, place: *mut Ptr, right: Option<Owned>) {
        let right = right.map(Value::from);
        let _ = concat(py, place, right.as_ref());
    }
    fn _PyBytes_Resize(py, place: *mut Ptr, len: isize) -> PyResult<()> { resize(py, place, len) }
    fn PyBytes_Join(py, separator: &Bytes, items: &Value) -> PyResult<Owned<Bytes>> { build::join(py, separator, items) }
    fn _PyBytes_Join(py, separator: &Bytes, items: &Value) -> PyResult<Owned<Bytes>> { build::join(py, separator, items) }
    fn PyBytes_DecodeEscape(py, data: *const c_char, len: isize, errors: Option<&CStr>, _unicode: isize, _recode: Option<&CStr>) -> PyResult {
        let codecs = krait_object::hooks::import_module(py, "_codecs")?;
        let errors = errors.map_or_else(Value::none, |e| Value::from(Str::new(&e.to_string_lossy())));
        let pair = protocol::call_method_str(py, &codecs, "escape_decode", &[Value::from(Bytes::new(bytes(data, len))), errors])?;
        protocol::get_item(py, &pair, &Value::int(0))
    }
}

export! {
    fn PyByteArray_FromStringAndSize(py, data: *const c_char, len: isize) -> PyResult<Owned<ByteArray>> {
        if len < 0 {
            return raise!(py, SystemError, "Negative size passed to PyByteArray_FromStringAndSize");
        }
        if data.is_null() {
            return match ByteArray::build(len as usize, |_| {}) {
                Some(array) => Ok(array),
                None => errors::no_memory(),
            };
        }
        Ok(ByteArray::new(bytes(data, len)))
    }
    fn PyByteArray_FromObject(py, object: &Value) -> PyResult {
        protocol::call(py, &protocol::attr::type_value::<ByteArray>(), std::slice::from_ref(object))
    }
    fn PyByteArray_Concat(py, a: &Value, b: &Value) -> PyResult {
        let array = protocol::call(py, &protocol::attr::type_value::<ByteArray>(), std::slice::from_ref(a))?;
        protocol::number::binary(py, protocol::number::BinaryOp::Add, &array, b)
    }
    fn PyByteArray_Size(_py, array: &ByteArray) -> usize { array.len() }
    fn PyByteArray_AsString(_py, array: &ByteArray) -> *mut c_char {
        if array.is_empty() {
            return (&raw const _PyByteArray_empty_string).cast_mut().cast();
        }
        array.start().cast()
    }
    fn PyByteArray_Resize(py, array: &ByteArray, len: isize) -> PyResult<()> {
        if len < 0 {
            return raise!(py, ValueError, "Can only resize to positive sizes, got {len}");
        }
        array.resize(py, len as usize)
    }
}

/// What empty arrays show to C.
#[unsafe(no_mangle)]
pub static _PyByteArray_empty_string: [u8; 1] = [0];
