//! `pycore_unicodeobject.h` and `pycore_strhex.h`.

use std::ffi::{CStr, c_char, c_int, c_void};

use krait_object::{
    Bytes, Layout, Object, Owned, Py, PyResult, Str, Tuple, Value, protocol, raise,
};
use krait_text::unicode;

use crate::border::{Ptr, export};
use crate::unicodeobject::{as_utf8, bytes, encode};

fn string(py: Py, object: &Object) -> PyResult<&Str> {
    match object.downcast::<Str>() {
        Some(string) => Ok(string),
        None => raise!(py, TypeError, "bad argument type for built-in operation"),
    }
}

/// `str.join` of a C array.
fn join(py: Py, separator: Option<&Object>, items: &[&Object]) -> PyResult {
    if let [only] = items
        && only.is_exact::<Str>()
    {
        return Ok(Value::from((*only).to_owned()));
    }
    let space = Str::new(" ");
    let separator = match separator {
        _ if items.len() < 2 => &*space,
        None => &*space,
        Some(object) => match object.downcast::<Str>() {
            Some(separator) => separator,
            None => {
                let got = object.ty().name();
                return raise!(
                    py,
                    TypeError,
                    "separator: expected str instance, {got} found"
                );
            }
        },
    };
    let items = Value::from(Tuple::from_objects(items.iter().copied()));
    krait_object::types::str::methods::build::join(py, separator, &items).map(Value::from)
}

/// White space as spaces, decimal digits of any script as ASCII's; the first other character
/// beyond ASCII becomes a question mark, with which the text ends.
fn to_ascii(text: &Str) -> Owned<Str> {
    if text.is_ascii() {
        return text.to_owned_str();
    }
    let mut out = Vec::with_capacity(text.len());
    for code in text.code_points() {
        out.push(match code {
            0..127 => code as u8,
            _ if unicode::is_space(code) => b' ',
            _ => match unicode::decimal(code) {
                Some(digit) => b'0' + digit,
                None => {
                    out.push(b'?');
                    break;
                }
            },
        });
    }
    Str::from_latin1(&out)
}

fn encode_ordered(
    py: Py,
    object: &Object,
    errors: Option<&CStr>,
    order: c_int,
    [native, little, big]: [&str; 3],
) -> PyResult<Owned<Bytes>> {
    let encoding = match order {
        0 => native,
        ..0 => little,
        _ => big,
    };
    let errors = errors.map_or("strict".into(), CStr::to_string_lossy);
    encode(py, string(py, object)?, encoding, &errors)
}

fn hex(py: Py, data: &[u8], separator: Option<&Value>, group: c_int) -> PyResult {
    let data = Value::from(Bytes::new(data));
    match separator.filter(|separator| !separator.is_none()) {
        None => protocol::call_method_str(py, &data, "hex", &[]),
        Some(separator) => {
            let group = Value::int(group.into());
            protocol::call_method_str(py, &data, "hex", &[separator.clone(), group])
        }
    }
}

export! {
    fn _PyUnicode_JoinArray(py, separator: Option<&Object>, items: *const Ptr, count: isize) -> PyResult {
        let items: &[&Object] = if count > 0 { std::slice::from_raw_parts(items.cast(), count as usize) } else { &[] };
        join(py, separator, items)
    }
    fn _PyUnicode_Copy(_py, text: &Str) -> Owned<Str> { Str::from_chars(text.chars()) }
    fn _PyUnicode_AsUTF8NoNUL(py, object: &Object) -> PyResult<*const c_char> {
        let (text, len) = as_utf8(py, string(py, object)?)?;
        if bytes(text, len as isize).contains(&0) {
            return raise!(py, ValueError, "embedded null character");
        }
        Ok(text)
    }
    fn _PyUnicode_EncodeUTF16(py, object: &Object, errors: Option<&CStr>, order: c_int) -> PyResult<Owned<Bytes>> {
        encode_ordered(py, object, errors, order, ["utf-16", "utf-16-le", "utf-16-be"])
    }
    fn _PyUnicode_EncodeUTF32(py, object: &Object, errors: Option<&CStr>, order: c_int) -> PyResult<Owned<Bytes>> {
        encode_ordered(py, object, errors, order, ["utf-32", "utf-32-le", "utf-32-be"])
    }
    fn _PyUnicode_InternInPlace(_py, _interpreter: *mut c_void, place: *mut Ptr) { crate::unicodeobject::PyUnicode_InternInPlace(place) }
    fn _PyUnicode_InternMortal(_py, _interpreter: *mut c_void, place: *mut Ptr) { crate::unicodeobject::PyUnicode_InternInPlace(place) }
    fn _PyUnicode_InternImmortal(_py, _interpreter: *mut c_void, place: *mut Ptr) { crate::unicodeobject::PyUnicode_InternImmortal(place) }
    fn _PyUnicode_TransformDecimalAndSpaceToASCII(py, object: &Object) -> PyResult<Owned<Str>> { string(py, object).map(to_ascii) }
    fn _Py_strhex(py, data: *const c_char, len: isize) -> PyResult { hex(py, bytes(data, len), None, 0) }
    fn _Py_strhex_bytes_with_sep(py, data: *const c_char, len: isize, separator: Option<&Value>, group: c_int) -> PyResult<Owned<Bytes>> {
        let text = hex(py, bytes(data, len), separator, group)?;
        let text = text.downcast::<Str>().and_then(Str::as_ascii).unwrap_or("");
        Ok(Bytes::new(text.as_bytes()))
    }
}
