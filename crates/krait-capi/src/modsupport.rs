//! `modsupport.h`: `Py_BuildValue` and what takes arguments apart without a format.

use std::ffi::{CStr, c_char, c_int, c_ulong};

use krait_object::types::complex::Complex;
use krait_object::{
    Bytes, Dict, Float, Int, Layout, List, Object, Owned, Py, PyResult, Raised, Str, Tuple, Value,
    protocol, raise,
};

use crate::border::{Ptr, bad_internal_call, export};
use crate::floatobject::CComplex;
use crate::text;
use crate::varargs::{RawVa, Va};

/// What a converter returns that wants to be called again for cleaning up.
pub const CLEANUP: c_int = krait_abi::Py_CLEANUP_SUPPORTED;

/// A format string on its way.
struct Format<'a> {
    text: &'a [u8],
    at: usize,
}

impl Format<'_> {
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn next(&mut self) -> u8 {
        let byte = self.peek();
        self.at += 1;
        byte
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == byte;
        self.at += usize::from(found);
        found
    }
}

fn count(py: Py, format: &Format<'_>, end: u8) -> PyResult<usize> {
    let (mut level, mut count) = (0, 0);
    for &byte in &format.text[format.at.min(format.text.len())..] {
        if level == 0 && byte == end {
            return Ok(count);
        }
        match byte {
            b'(' | b'[' | b'{' => {
                count += usize::from(level == 0);
                level += 1;
            }
            b')' | b']' | b'}' => level -= 1,
            b'#' | b'&' | b',' | b':' | b' ' | b'\t' => {}
            _ => count += usize::from(level == 0),
        }
    }
    if end == 0 {
        Ok(count)
    } else {
        raise!(py, SystemError, "unmatched paren in format")
    }
}

/// The values of a format up to its closing byte. All are made also when one fails, since
/// `N` passes references.
fn values(py: Py, format: &mut Format<'_>, va: &mut Va, end: u8) -> PyResult<Vec<Value>> {
    let count = count(py, format, end)?;
    let (mut made, mut failed) = (Vec::with_capacity(count), None);
    for _ in 0..count {
        match value(py, format, va) {
            Ok(value) => made.push(value),
            Err(raised) => {
                // The rest is taken without an exception in the way.
                let pending = failed.take().or_else(|| py.thread().take_exception());
                failed = pending;
                let Raised = raised;
            }
        }
    }
    skip_separators(format);
    if end != 0 {
        if format.peek() != end {
            if let Some(exception) = failed {
                py.thread().set_exception(exception);
            }
            return raise!(py, SystemError, "Unmatched paren in format");
        }
        format.next();
    }
    match failed {
        Some(exception) => {
            py.thread().set_exception(exception);
            Err(Raised)
        }
        None => Ok(made),
    }
}

fn skip_separators(format: &mut Format<'_>) {
    while matches!(format.peek(), b',' | b':' | b' ' | b'\t') {
        format.next();
    }
}

/// The text of a `s`-like unit: NULL is None.
fn text_unit(
    py: Py,
    format: &mut Format<'_>,
    va: &mut Va,
    make: impl Fn(&[u8]) -> PyResult,
) -> PyResult {
    let data: *const c_char = va.pointer();
    let length = format.take(b'#').then(|| va.long());
    let _ = py;
    if data.is_null() {
        return Ok(Value::none());
    }
    // SAFETY: the format says that a string of this length, or ended by zero, is there.
    make(unsafe {
        match length {
            Some(length) => crate::unicodeobject::bytes(data, length as isize),
            None => CStr::from_ptr(data).to_bytes(),
        }
    })
}

fn object_unit(py: Py, format: &mut Format<'_>, va: &mut Va, steals: bool) -> PyResult {
    if format.take(b'&') {
        type Converter = unsafe extern "C-unwind" fn(*mut std::ffi::c_void) -> Ptr;
        let converter: *mut std::ffi::c_void = va.pointer();
        let argument = va.pointer();
        // SAFETY: the format says that a converter and its argument are there.
        return unsafe {
            let converter = std::mem::transmute::<*mut std::ffi::c_void, Converter>(converter);
            protocol::from_c(py, converter(argument))
        };
    }
    let object: Ptr = va.pointer();
    if object.is_null() {
        if py.thread().has_exception() {
            return Err(Raised);
        }
        return raise!(py, SystemError, "NULL object passed to Py_BuildValue");
    }
    // SAFETY: the format says that an object is there, with `N` a reference.
    Ok(unsafe {
        if steals {
            Value::from(Owned::<Object>::from_raw(object.cast()))
        } else {
            Value::from(Object::from_ptr(object).to_owned())
        }
    })
}

fn dict(py: Py, items: Vec<Value>) -> PyResult {
    let dict = Dict::new();
    if !items.len().is_multiple_of(2) {
        return raise!(py, SystemError, "Bad dict format");
    }
    for pair in items.chunks(2) {
        dict.set_value(py, &pair[0], pair[1].clone())?;
    }
    Ok(Value::from(dict))
}

fn value(py: Py, format: &mut Format<'_>, va: &mut Va) -> PyResult {
    loop {
        return match format.next() {
            b'(' => values(py, format, va, b')').map(|v| Value::from(Tuple::from_values(v))),
            b'[' => values(py, format, va, b']').map(|v| Value::from(List::from_values(v))),
            b'{' => values(py, format, va, b'}').and_then(|v| dict(py, v)),
            b'b' | b'B' | b'h' | b'i' => Ok(Value::int(va.int().into())),
            b'H' => Ok(Value::int((va.int() as u16).into())),
            b'I' => Ok(Value::int((va.int() as u32).into())),
            b'n' | b'l' | b'L' => Ok(Value::int(va.long())),
            b'k' | b'K' => Ok(Value::from(Int::from_i128(
                i128::from(va.long() as c_ulong),
            ))),
            b'p' => Ok(Value::bool(va.int() != 0)),
            b'd' | b'f' => Ok(Value::from(Float::new(va.double()))),
            b'D' => {
                let complex: *const CComplex = va.pointer();
                // SAFETY: the format says that a complex is there.
                let (real, imag) = unsafe { (*complex).parts() };
                Ok(Value::from(Complex::new(real, imag)))
            }
            b'c' => Ok(Value::from(Bytes::new(&[va.int() as u8]))),
            b'C' => {
                let code = va.int();
                if !(0..=0x10_FFFF).contains(&code) {
                    return raise!(py, ValueError, "chr() arg not in range(0x110000)");
                }
                Ok(Value::from(Str::from_code_point(code as u32)))
            }
            b's' | b'z' | b'U' => {
                text_unit(py, format, va, |data| text::utf8(py, data).map(Value::from))
            }
            b'y' => text_unit(py, format, va, |data| Ok(Value::from(Bytes::new(data)))),
            b'u' => {
                let data: *const i32 = va.pointer();
                let length = if format.take(b'#') {
                    va.long() as isize
                } else {
                    -1
                };
                if data.is_null() {
                    return Ok(Value::none());
                }
                // SAFETY: the format says that wide text is there.
                unsafe {
                    protocol::from_c(
                        py,
                        crate::unicodeobject::PyUnicode_FromWideChar(data, length),
                    )
                }
            }
            b'N' => object_unit(py, format, va, true),
            b'S' | b'O' => object_unit(py, format, va, false),
            b':' | b',' | b' ' | b'\t' => continue,
            _ => raise!(py, SystemError, "bad format char passed to Py_BuildValue"),
        };
    }
}

fn build(py: Py, format: &CStr, va: &mut Va) -> PyResult {
    let mut format = Format {
        text: format.to_bytes(),
        at: 0,
    };
    match count(py, &format, 0)? {
        0 => Ok(Value::none()),
        1 => value(py, &mut format, va),
        _ => values(py, &mut format, va, 0).map(|v| Value::from(Tuple::from_values(v))),
    }
}

/// The arguments of a call by format: a single tuple is spread.
fn build_arguments(py: Py, format: Option<&CStr>, va: &mut Va) -> PyResult<Owned<Tuple>> {
    let Some(text) = format.filter(|f| !f.to_bytes().is_empty()) else {
        return Ok(Tuple::empty());
    };
    let mut format = Format {
        text: text.to_bytes(),
        at: 0,
    };
    let made = values(py, &mut format, va, 0)?;
    match &made[..] {
        [only] if only.downcast::<Tuple>().is_some() => {
            match only.to_object().downcast_owned::<Tuple>() {
                Ok(tuple) => Ok(tuple),
                Err(_) => bad_internal_call(py),
            }
        }
        _ => Ok(Tuple::from_values(made)),
    }
}

/// How many arguments there are, against how many there may be.
pub fn check_count(
    py: Py,
    name: Option<&CStr>,
    given: isize,
    min: isize,
    max: isize,
) -> PyResult<()> {
    if given < min || given > max {
        let shown = name.map(|n| n.to_string_lossy().into_owned());
        let (bound, limit) = if given < min {
            ("at least ", min)
        } else {
            ("at most ", max)
        };
        let bound = if min == max { "" } else { bound };
        let plural = if limit == 1 { "" } else { "s" };
        return match shown {
            Some(name) => raise!(
                py,
                TypeError,
                "{name} expected {bound}{limit} argument{plural}, got {given}"
            ),
            None => raise!(
                py,
                TypeError,
                "unpacked tuple should have {bound}{limit} element{plural}, but has {given}"
            ),
        };
    }
    Ok(())
}

fn unpack(
    py: Py,
    args: &Tuple,
    name: Option<&CStr>,
    min: isize,
    max: isize,
    va: &mut Va,
) -> PyResult<bool> {
    check_count(py, name, args.len() as isize, min, max)?;
    for item in args.iter() {
        let place: *mut Ptr = va.pointer();
        // SAFETY: a place for each argument is there.
        unsafe { *place = item.as_ptr() };
    }
    Ok(true)
}

export! {
    fn krait_build_value(py, format: &CStr, va: *mut RawVa) -> PyResult { build(py, format, &mut Va::new(va)) }
    fn krait_build_arguments(py, format: Option<&CStr>, va: *mut RawVa) -> PyResult<Owned<Tuple>> {
        build_arguments(py, format, &mut Va::new(va))
    }
    fn krait_unpack_tuple(py, args: &Tuple, name: Option<&CStr>, min: isize, max: isize, va: *mut RawVa) -> bool {
        unpack(py, args, name, min, max, &mut Va::new(va)).unwrap_or(false)
    }
    fn PyArg_ValidateKeywordArguments(py, kwargs: &Object) -> bool {
        let Some(dict) = kwargs.downcast::<Dict>() else {
            let _: PyResult<()> = bad_internal_call(py);
            return false;
        };
        let good = dict.keys_vec().iter().all(|k| k.downcast::<Str>().is_some());
        if !good {
            let _: PyResult<()> = raise!(py, TypeError, "keywords must be strings");
        }
        good
    }
    fn krait_err_from_cause(py, class: Option<&Value>, format: &CStr, va: *mut RawVa) -> Ptr {
        let cause = py.thread().take_exception();
        if let Ok(text) = crate::unicode_format::format(py, format.to_bytes(), &mut Va::new(va)) {
            crate::pyerrors::set_object(py, class, Some(&Value::from(text)))
        }
        if let (Some(cause), Some(new)) = (cause, py.thread().exception())
            && let Some(body) = krait_object::exceptions::BaseException::from_object(&new) {
            body.set_cause(Some(cause.clone()));
            body.set_context(Some(cause));
        }
        std::ptr::null_mut()
    }
}
