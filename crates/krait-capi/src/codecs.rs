//! The codecs of `unicodeobject.h`, and `codecs.h`.

use std::ffi::{CStr, c_char, c_int};

use krait_object::types::str::Str;
use krait_object::{Bytes, Object, Owned, Py, PyResult, Tuple, Value, hooks, protocol, raise};

use crate::border::{Ptr, bad_internal_call, export};
use crate::text;
use crate::unicodeobject::{bytes, encode};

fn named<'a>(name: Option<&'a CStr>, default: &'a str) -> std::borrow::Cow<'a, str> {
    name.map_or(default.into(), |n| n.to_string_lossy())
}

fn decode_all(py: Py, data: &[u8], encoding: &str, errors: Option<&CStr>) -> PyResult<Owned<Str>> {
    text::decode(py, data, encoding, &named(errors, "strict"))
}

fn utf8(py: Py, data: &[u8], errors: Option<&CStr>) -> PyResult<Owned<Str>> {
    match Str::from_utf8(data) {
        Some(string) => Ok(string),
        None => decode_all(py, data, "utf-8", errors),
    }
}

/// A function of `_codecs`, called with data and an error handler.
fn codec(py: Py, function: &str, values: &[Value]) -> PyResult {
    protocol::call_method_str(py, &hooks::import_module(py, "_codecs")?, function, values)
}

fn error_value(errors: Option<&CStr>) -> Value {
    errors.map_or_else(Value::none, |e| Value::from(Str::new(&e.to_string_lossy())))
}

/// Decodes what is complete of the data; how much that is goes to `consumed`.
pub(crate) fn partly(
    py: Py,
    function: &str,
    data: &[u8],
    errors: Option<&CStr>,
    consumed: *mut isize,
) -> PyResult {
    let values = [
        Value::from(Bytes::new(data)),
        error_value(errors),
        Value::bool(consumed.is_null()),
    ];
    let pair = codec(py, function, &values)?;
    let Some(pair) = pair.downcast::<Tuple>() else {
        return bad_internal_call(py);
    };
    let (Some(string), Some(count)) = (pair.get(0), pair.get(1)) else {
        return bad_internal_call(py);
    };
    if !consumed.is_null() {
        // SAFETY: C passes a place for the number.
        unsafe { *consumed = protocol::number::int_of(&count).unwrap_or(0) as isize };
    }
    Ok(string)
}

/// UTF-16 or -32 by the byte order that C tells.
fn ordered(
    py: Py,
    kind: &str,
    data: &[u8],
    errors: Option<&CStr>,
    order: *mut c_int,
    consumed: *mut isize,
) -> PyResult {
    // SAFETY: C passes a place for the order, or NULL.
    let given = unsafe { order.as_ref() }.copied().unwrap_or(0);
    let width = if kind == "utf_16" { 2 } else { 4 };
    let (which, skip) = match given {
        -1 => ("le", 0),
        1 => ("be", 0),
        _ => match data {
            [0xFF, 0xFE, 0, 0, ..] if width == 4 => ("le", 4),
            [0, 0, 0xFE, 0xFF, ..] if width == 4 => ("be", 4),
            [0xFF, 0xFE, ..] if width == 2 => ("le", 2),
            [0xFE, 0xFF, ..] if width == 2 => ("be", 2),
            _ => ("le", 0),
        },
    };
    let result = partly(
        py,
        &format!("{kind}_{which}_decode"),
        &data[skip..],
        errors,
        consumed,
    )?;
    // SAFETY: as above.
    unsafe {
        if !order.is_null() && skip > 0 {
            *order = if which == "le" { -1 } else { 1 };
        }
        if !consumed.is_null() {
            *consumed += skip as isize;
        }
    }
    Ok(result)
}

/// A str, or TypeError as `PyErr_BadArgument` has it.
fn string(py: Py, object: &Object) -> PyResult<&Str> {
    match object.downcast::<Str>() {
        Some(string) => Ok(string),
        None => raise!(py, TypeError, "bad argument type for built-in operation"),
    }
}

fn utf8_bytes(py: Py, string: &Str) -> PyResult<Owned<Bytes>> {
    string.to_utf8(py).map(|t| Bytes::new(t.as_bytes()))
}

fn from_encoded(
    py: Py,
    object: &Value,
    encoding: Option<&CStr>,
    errors: Option<&CStr>,
) -> PyResult<Owned<Str>> {
    if object.downcast::<Str>().is_some() {
        return raise!(py, TypeError, "decoding str is not supported");
    }
    if !krait_object::types::buffer::has_buffer(object) {
        return raise!(
            py,
            TypeError,
            "decoding to str: need a bytes-like object, {} found",
            object.ty().name()
        );
    }
    let data = krait_object::types::buffer::to_bytes(py, object)?;
    text::decode(
        py,
        &data,
        &named(encoding, "utf-8"),
        &named(errors, "strict"),
    )
}

export! {
    fn PyUnicode_Decode(py, data: *const c_char, len: isize, encoding: Option<&CStr>, errors: Option<&CStr>) -> PyResult<Owned<Str>> {
        decode_all(py, bytes(data, len), &named(encoding, "utf-8"), errors)
    }
    fn PyUnicode_DecodeUTF8(py, data: *const c_char, len: isize, errors: Option<&CStr>) -> PyResult<Owned<Str>> {
        utf8(py, bytes(data, len), errors)
    }
    fn PyUnicode_DecodeUTF8Stateful(py, data: *const c_char, len: isize, errors: Option<&CStr>, consumed: *mut isize) -> PyResult {
        partly(py, "utf_8_decode", bytes(data, len), errors, consumed)
    }
    fn PyUnicode_DecodeUTF7(py, data: *const c_char, len: isize, errors: Option<&CStr>) -> PyResult<Owned<Str>> {
        decode_all(py, bytes(data, len), "utf-7", errors)
    }
    fn PyUnicode_DecodeUTF7Stateful(py, data: *const c_char, len: isize, errors: Option<&CStr>, consumed: *mut isize) -> PyResult {
        partly(py, "utf_7_decode", bytes(data, len), errors, consumed)
    }
    fn PyUnicode_DecodeUTF16(py, data: *const c_char, len: isize, errors: Option<&CStr>, order: *mut c_int) -> PyResult {
        ordered(py, "utf_16", bytes(data, len), errors, order, std::ptr::null_mut())
    }
    fn PyUnicode_DecodeUTF16Stateful(py, data: *const c_char, len: isize, errors: Option<&CStr>, order: *mut c_int, consumed: *mut isize) -> PyResult {
        ordered(py, "utf_16", bytes(data, len), errors, order, consumed)
    }
    fn PyUnicode_DecodeUTF32(py, data: *const c_char, len: isize, errors: Option<&CStr>, order: *mut c_int) -> PyResult {
        ordered(py, "utf_32", bytes(data, len), errors, order, std::ptr::null_mut())
    }
    fn PyUnicode_DecodeUTF32Stateful(py, data: *const c_char, len: isize, errors: Option<&CStr>, order: *mut c_int, consumed: *mut isize) -> PyResult {
        ordered(py, "utf_32", bytes(data, len), errors, order, consumed)
    }
    fn PyUnicode_DecodeASCII(py, data: *const c_char, len: isize, errors: Option<&CStr>) -> PyResult<Owned<Str>> {
        let data = bytes(data, len);
        if data.is_ascii() { return Ok(Str::from_latin1(data)) }
        decode_all(py, data, "ascii", errors)
    }
    fn PyUnicode_DecodeLatin1(_py, data: *const c_char, len: isize, _errors: Option<&CStr>) -> Owned<Str> { Str::from_latin1(bytes(data, len)) }
    fn PyUnicode_DecodeUnicodeEscape(py, data: *const c_char, len: isize, errors: Option<&CStr>) -> PyResult<Owned<Str>> {
        decode_all(py, bytes(data, len), "unicode_escape", errors)
    }
    fn PyUnicode_DecodeRawUnicodeEscape(py, data: *const c_char, len: isize, errors: Option<&CStr>) -> PyResult<Owned<Str>> {
        decode_all(py, bytes(data, len), "raw_unicode_escape", errors)
    }
    fn PyUnicode_DecodeCharmap(py, data: *const c_char, len: isize, mapping: Option<&Value>, errors: Option<&CStr>) -> PyResult {
        let mapping = mapping.cloned().unwrap_or_else(Value::none);
        let pair = codec(py, "charmap_decode", &[Value::from(Bytes::new(bytes(data, len))), error_value(errors), mapping])?;
        protocol::get_item(py, &pair, &Value::int(0))
    }
    fn PyUnicode_AsCharmapString(py, object: &Value, mapping: &Value) -> PyResult {
        let pair = codec(py, "charmap_encode", &[object.clone(), Value::none(), mapping.clone()])?;
        protocol::get_item(py, &pair, &Value::int(0))
    }
    fn PyUnicode_BuildEncodingMap(py, table: &Value) -> PyResult { codec(py, "charmap_build", std::slice::from_ref(table)) }
    fn PyUnicode_DecodeFSDefault(py, data: &CStr) -> PyResult<Owned<Str>> { text::decode_fs(py, data.to_bytes()) }
    fn PyUnicode_DecodeFSDefaultAndSize(py, data: *const c_char, len: isize) -> PyResult<Owned<Str>> { text::decode_fs(py, bytes(data, len)) }
    fn PyUnicode_DecodeLocale(py, data: &CStr, errors: Option<&CStr>) -> PyResult<Owned<Str>> { utf8(py, data.to_bytes(), errors) }
    fn PyUnicode_DecodeLocaleAndSize(py, data: *const c_char, len: isize, errors: Option<&CStr>) -> PyResult<Owned<Str>> {
        utf8(py, bytes(data, len), errors)
    }
    fn PyUnicode_FromEncodedObject(py, object: &Value, encoding: Option<&CStr>, errors: Option<&CStr>) -> PyResult<Owned<Str>> {
        from_encoded(py, object, encoding, errors)
    }

    fn PyUnicode_AsEncodedString(py, object: &Object, encoding: Option<&CStr>, errors: Option<&CStr>) -> PyResult<Owned<Bytes>> {
        encode(py, string(py, object)?, &named(encoding, "utf-8"), &named(errors, "strict"))
    }
    fn _PyUnicode_AsUTF8String(py, object: &Object, errors: Option<&CStr>) -> PyResult<Owned<Bytes>> {
        encode(py, string(py, object)?, "utf-8", &named(errors, "strict"))
    }
    fn PyUnicode_AsUTF8String(py, object: &Object) -> PyResult<Owned<Bytes>> { utf8_bytes(py, string(py, object)?) }
    fn PyUnicode_AsASCIIString(py, object: &Object) -> PyResult<Owned<Bytes>> { encode(py, string(py, object)?, "ascii", "strict") }
    fn PyUnicode_AsLatin1String(py, object: &Object) -> PyResult<Owned<Bytes>> { encode(py, string(py, object)?, "latin-1", "strict") }
    fn PyUnicode_AsUTF16String(py, object: &Object) -> PyResult<Owned<Bytes>> { encode(py, string(py, object)?, "utf-16", "strict") }
    fn PyUnicode_AsUTF32String(py, object: &Object) -> PyResult<Owned<Bytes>> { encode(py, string(py, object)?, "utf-32", "strict") }
    fn PyUnicode_AsUnicodeEscapeString(py, object: &Object) -> PyResult<Owned<Bytes>> { encode(py, string(py, object)?, "unicode_escape", "strict") }
    fn PyUnicode_AsRawUnicodeEscapeString(py, object: &Object) -> PyResult<Owned<Bytes>> { encode(py, string(py, object)?, "raw_unicode_escape", "strict") }
    fn PyUnicode_EncodeFSDefault(py, object: &Object) -> PyResult<Owned<Bytes>> { encode(py, string(py, object)?, "utf-8", "surrogateescape") }
    fn PyUnicode_EncodeLocale(py, object: &Object, errors: Option<&CStr>) -> PyResult<Owned<Bytes>> {
        encode(py, string(py, object)?, "utf-8", &named(errors, "strict"))
    }
    fn PyUnicode_FSConverter(py, object: Option<&Value>, place: *mut Ptr) -> c_int {
        let Some(object) = object else {
            let old = std::mem::replace(&mut *place, std::ptr::null_mut());
            if !old.is_null() { Object::decref(old) }
            return 1;
        };
        match fs_converted(py, object) {
            Ok(made) => { *place = made.into_ptr(); crate::modsupport::CLEANUP }
            Err(_) => 0,
        }
    }
    fn PyUnicode_FSDecoder(py, object: Option<&Value>, place: *mut Ptr) -> c_int {
        let Some(object) = object else {
            let old = std::mem::replace(&mut *place, std::ptr::null_mut());
            if !old.is_null() { Object::decref(old) }
            return 1;
        };
        match fs_decoded(py, object) {
            Ok(made) => { *place = made.into_ptr(); crate::modsupport::CLEANUP }
            Err(_) => 0,
        }
    }

    fn PyCodec_Register(py, search: &Value) -> PyResult<()> { codec(py, "register", std::slice::from_ref(search)).map(drop) }
    fn PyCodec_Unregister(py, search: &Value) -> PyResult<()> { codec(py, "unregister", std::slice::from_ref(search)).map(drop) }
    fn PyCodec_KnownEncoding(py, name: &CStr) -> bool {
        let found = codec(py, "lookup", &[Value::from(Str::new(&name.to_string_lossy()))]).is_ok();
        drop(py.thread().take_exception());
        found
    }
    fn _PyCodec_Lookup(py, name: &CStr) -> PyResult { codec(py, "lookup", &[Value::from(Str::new(&name.to_string_lossy()))]) }
    fn PyCodec_Encode(py, object: &Value, encoding: &CStr, errors: Option<&CStr>) -> PyResult {
        codec(py, "encode", &[object.clone(), Value::from(Str::new(&encoding.to_string_lossy())), Value::from(Str::new(&named(errors, "strict")))])
    }
    fn PyCodec_Decode(py, object: &Value, encoding: &CStr, errors: Option<&CStr>) -> PyResult {
        codec(py, "decode", &[object.clone(), Value::from(Str::new(&encoding.to_string_lossy())), Value::from(Str::new(&named(errors, "strict")))])
    }
    fn PyCodec_Encoder(py, encoding: &CStr) -> PyResult { part(py, encoding, "encode") }
    fn PyCodec_Decoder(py, encoding: &CStr) -> PyResult { part(py, encoding, "decode") }
    fn PyCodec_IncrementalEncoder(py, encoding: &CStr, errors: Option<&CStr>) -> PyResult {
        let make = part(py, encoding, "incrementalencoder")?;
        protocol::call(py, &make, &errors.map_or_else(Vec::new, |e| vec![Value::from(Str::new(&e.to_string_lossy()))]))
    }
    fn PyCodec_IncrementalDecoder(py, encoding: &CStr, errors: Option<&CStr>) -> PyResult {
        let make = part(py, encoding, "incrementaldecoder")?;
        protocol::call(py, &make, &errors.map_or_else(Vec::new, |e| vec![Value::from(Str::new(&e.to_string_lossy()))]))
    }
    fn PyCodec_StreamReader(py, encoding: &CStr, stream: &Value, errors: Option<&CStr>) -> PyResult {
        let make = part(py, encoding, "streamreader")?;
        protocol::call(py, &make, &[stream.clone(), Value::from(Str::new(&named(errors, "strict")))])
    }
    fn PyCodec_StreamWriter(py, encoding: &CStr, stream: &Value, errors: Option<&CStr>) -> PyResult {
        let make = part(py, encoding, "streamwriter")?;
        protocol::call(py, &make, &[stream.clone(), Value::from(Str::new(&named(errors, "strict")))])
    }
    fn PyCodec_RegisterError(py, name: &CStr, handler: &Value) -> PyResult<()> {
        codec(py, "register_error", &[Value::from(Str::new(&name.to_string_lossy())), handler.clone()]).map(drop)
    }
    fn PyCodec_LookupError(py, name: Option<&CStr>) -> PyResult { codec(py, "lookup_error", &[Value::from(Str::new(&named(name, "strict")))]) }
    fn PyCodec_StrictErrors(py, exception: &Value) -> PyResult { handler(py, "strict", exception) }
    fn PyCodec_IgnoreErrors(py, exception: &Value) -> PyResult { handler(py, "ignore", exception) }
    fn PyCodec_ReplaceErrors(py, exception: &Value) -> PyResult { handler(py, "replace", exception) }
    fn PyCodec_XMLCharRefReplaceErrors(py, exception: &Value) -> PyResult { handler(py, "xmlcharrefreplace", exception) }
    fn PyCodec_BackslashReplaceErrors(py, exception: &Value) -> PyResult { handler(py, "backslashreplace", exception) }
    fn PyCodec_NameReplaceErrors(py, exception: &Value) -> PyResult { handler(py, "namereplace", exception) }
}

fn handler(py: Py, name: &str, exception: &Value) -> PyResult {
    let handler = codec(py, "lookup_error", &[Value::from(Str::new(name))])?;
    protocol::call(py, &handler, std::slice::from_ref(exception))
}

fn part(py: Py, encoding: &CStr, name: &str) -> PyResult {
    let info = codec(
        py,
        "lookup",
        &[Value::from(Str::new(&encoding.to_string_lossy()))],
    )?;
    protocol::get_attr_str(py, &info, name)
}

pub(crate) fn fs_converted(py: Py, object: &Value) -> PyResult<Owned> {
    let path = crate::import_::fs_path(py, object)?;
    let bytes = match path.downcast::<Str>() {
        Some(text) => encode(py, text, "utf-8", "surrogateescape")?.upcast(),
        None => path.to_object(),
    };
    if bytes
        .downcast::<Bytes>()
        .is_some_and(|b| b.as_slice().contains(&0))
    {
        return raise!(py, ValueError, "embedded null byte");
    }
    Ok(bytes)
}

fn fs_decoded(py: Py, object: &Value) -> PyResult<Owned> {
    let path = crate::import_::fs_path(py, object)?;
    let text = match path.downcast::<Bytes>() {
        Some(bytes) => text::decode_fs(py, bytes.as_slice())?,
        None => match path.into_object().downcast_owned::<Str>() {
            Ok(text) => text,
            Err(_) => return bad_internal_call(py),
        },
    };
    if text.code_points().any(|c| c == 0) {
        return raise!(py, ValueError, "embedded null character");
    }
    Ok(text.upcast())
}
