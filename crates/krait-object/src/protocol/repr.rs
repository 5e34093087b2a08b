//! `repr`, `str`, `ascii`, `format`.

use super::owned_from_c;
use crate::object::{Layout, Object, Owned};
use crate::py::{Py, PyResult};
use crate::types::str::{Str, StrBuilder};
use crate::value::{Unpacked, Value};
use krait_text::TextWriter;

/// `repr(value)`.
pub fn repr(py: Py, value: &Value) -> PyResult<Owned<Str>> {
    match value.unpack() {
        Unpacked::Int(i) => Ok(Str::new(itoa(i, &mut [0; 24]))),
        Unpacked::Float(f) => Ok(Str::new(&krait_text::float::float_repr(f))),
        Unpacked::Object(o) => repr_object(py, o),
    }
}

/// Writes `str(value)`; what is no object of its own needs none for it.
pub fn push_str(py: Py, value: &Value, out: &mut StrBuilder) -> PyResult<()> {
    if value.as_object().is_none() {
        return push_repr(py, value, out);
    }
    match value.downcast_exact::<Str>() {
        Some(text) => out.push_text(text),
        None => out.push_text(&*str(py, value)?),
    }
    Ok(())
}

/// Writes `repr(value)`; what is no object of its own needs none for it.
pub fn push_repr(py: Py, value: &Value, out: &mut StrBuilder) -> PyResult<()> {
    match value.unpack() {
        Unpacked::Int(i) => out.push_ascii(itoa(i, &mut [0; 24])),
        Unpacked::Float(f) => out.push_ascii(&krait_text::float::float_repr(f)),
        Unpacked::Object(o) => match o.downcast_exact::<Str>() {
            Some(text) => krait_text::repr::repr(text.chars(), out),
            None => out.push_text(&*repr_object(py, o)?),
        },
    }
    Ok(())
}

/// Decimal digits of an integer, written into the buffer.
pub fn itoa(value: i64, buffer: &mut [u8; 24]) -> &str {
    let mut at = buffer.len();
    let mut rest = value.unsigned_abs();
    loop {
        at -= 1;
        buffer[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        at -= 1;
        buffer[at] = b'-';
    }
    std::str::from_utf8(&buffer[at..]).unwrap_or("")
}

pub fn repr_object(py: Py, object: &Object) -> PyResult<Owned<Str>> {
    py.thread()
        .check_native_stack(py, " while getting the repr of an object")?;
    let Some(slot) = object.ty().raw().tp_repr else {
        return Ok(Str::new(&format!(
            "<{} object at {:p}>",
            object.ty().name(),
            object.as_ptr()
        )));
    };
    // SAFETY: a type's slot is called with its instance.
    let text = unsafe { owned_from_c(py, slot(object.as_ptr())) }?;
    match text.downcast_owned::<Str>() {
        Ok(text) => Ok(text),
        Err(other) => {
            crate::raise!(
                py,
                TypeError,
                "__repr__ returned non-string (type {})",
                other.ty().name()
            )
        }
    }
}

/// `str(value)`.
pub fn str(py: Py, value: &Value) -> PyResult<Owned<Str>> {
    let Unpacked::Object(object) = value.unpack() else {
        return repr(py, value);
    };
    if let Some(text) = object.downcast_exact::<Str>() {
        return Ok(text.to_owned_str());
    }
    py.thread()
        .check_native_stack(py, " while getting the str of an object")?;
    let Some(slot) = object.ty().raw().tp_str else {
        return repr_object(py, object);
    };
    // SAFETY: a type's slot is called with its instance.
    let text = unsafe { owned_from_c(py, slot(object.as_ptr())) }?;
    match text.downcast_owned::<Str>() {
        Ok(text) => Ok(text),
        Err(other) => {
            crate::raise!(
                py,
                TypeError,
                "__str__ returned non-string (type {})",
                other.ty().name()
            )
        }
    }
}

/// `ascii(value)`.
pub fn ascii(py: Py, value: &Value) -> PyResult<Owned<Str>> {
    let text = repr(py, value)?;
    if text.is_ascii() {
        return Ok(text);
    }
    let mut out = StrBuilder::with_capacity(text.len());
    krait_text::repr::in_ascii(text.chars(), &mut out);
    Ok(out.finish())
}

/// `format(value, spec)`.
pub fn format(py: Py, value: &Value, spec: &Str) -> PyResult<Owned<Str>> {
    if spec.is_empty() {
        if let Some(text) = value.downcast_exact::<Str>() {
            return Ok(text.to_owned_str());
        }
        if value.as_object().is_none() {
            return repr(py, value);
        }
    }
    let object = value.to_object();
    let argument = Value::from(spec.to_owned_str());
    let Some(result) = super::call_special(py, &object, crate::intern!("__format__"), &[argument])?
    else {
        return crate::raise!(
            py,
            TypeError,
            "Type {} doesn't define __format__",
            object.ty().name()
        );
    };
    match result.into_object().downcast_owned::<Str>() {
        Ok(text) => Ok(text),
        Err(other) => {
            crate::raise!(
                py,
                TypeError,
                "__format__ must return a str, not {}",
                other.ty().name()
            )
        }
    }
}

/// Writes `format(value, spec)`.
pub fn push_format(py: Py, value: &Value, spec: &Str, out: &mut StrBuilder) -> PyResult<()> {
    let plain = value.as_object().is_none_or(|o| o.is_exact::<Str>());
    if plain && spec.is_empty() {
        return push_str(py, value, out);
    }
    out.push_text(&*format(py, value, spec)?);
    Ok(())
}

/// Guards the repr of a container against containing itself: `None` where the object's
/// repr is already being made further up.
pub struct ReprGuard {
    py: Py,
    object: *mut krait_abi::PyObject,
}

impl ReprGuard {
    pub fn enter(py: Py, object: &Object) -> Option<ReprGuard> {
        let mut stack = py.thread().repr_stack.borrow_mut();
        if stack.contains(&object.as_ptr()) {
            return None;
        }
        stack.push(object.as_object().as_ptr());
        Some(ReprGuard {
            py,
            object: object.as_ptr(),
        })
    }
}

impl Drop for ReprGuard {
    fn drop(&mut self) {
        let mut stack = self.py.thread().repr_stack.borrow_mut();
        if let Some(at) = stack.iter().rposition(|&o| o == self.object) {
            stack.remove(at);
        }
    }
}
