//! `unicodeobject.h`: strings, their making by C, and what else the header has but codecs
//! (`codecs.rs`) and formats (`unicode_format.rs`).

use std::ffi::{CStr, c_char, c_int, c_void};

use krait_abi::*;
use krait_object::protocol;
use krait_object::types::str::{intern, methods::build};
use krait_object::{Bytes, Layout, Object, Owned, Py, PyResult, Str, Value, errors, hooks, raise};
use krait_text::unicode;

use crate::border::{Ptr, bad_internal_call, export};
use crate::text;

/// The string's UTF-8, kept with the string: address and length.
#[inline(always)]
pub fn as_utf8(py: Py, string: &Str) -> PyResult<(*const c_char, usize)> {
    let raw = string.as_object().as_ptr().cast::<PyASCIIObject>();
    // SAFETY: the state says which struct the string has.
    unsafe {
        if (*raw).is_ascii() && (*raw).is_compact() {
            return Ok((raw.add(1).cast(), (*raw).length as usize));
        }
    }
    encoded(py, string)
}

/// The UTF-8 of a string that is not its own.
#[inline(never)]
fn encoded(py: Py, string: &Str) -> PyResult<(*const c_char, usize)> {
    let raw = string.as_object().as_ptr().cast::<PyCompactUnicodeObject>();
    // SAFETY: a string that is not compact ASCII has this struct; the block made here is the
    // string's, which frees it.
    unsafe {
        if (*raw).utf8.is_null() {
            let text = string.to_utf8(py)?;
            let block = krait_heap::alloc_raw(text.len() + 1);
            if block.is_null() {
                return errors::no_memory();
            }
            std::ptr::copy_nonoverlapping(text.as_ptr(), block, text.len());
            *block.add(text.len()) = 0;
            (*raw).utf8 = block.cast();
            (*raw).utf8_length = text.len() as isize;
        }
        Ok(((*raw).utf8.cast_const().cast(), (*raw).utf8_length as usize))
    }
}

/// The interned string of a `_Py_Identifier`, made at its first use; it lives for ever, and
/// its address is what the identifier's `index` holds from then on.
///
/// # Safety
/// The identifier is one of C, whose `index` has been -1 at first.
pub unsafe fn of_identifier(py: Py, identifier: *mut _Py_Identifier) -> PyResult<Ptr> {
    // SAFETY: the identifier is C's and changes with the GIL held only; its index is -1 or
    // the address of a string that was made immortal here.
    unsafe {
        if (*identifier).index == -1 {
            let name = text::name(py, CStr::from_ptr((*identifier).string))?;
            name.as_object().immortalize();
            (*identifier).index = name.into_ptr() as isize;
        }
        Ok((*identifier).index as Ptr)
    }
}

/// A path or argument in the file system's encoding: UTF-8 with `surrogateescape`.
pub fn fs_bytes(py: Py, string: &Str) -> PyResult<Vec<u8>> {
    if let Some(text) = string.as_ascii() {
        return Ok(text.as_bytes().to_vec());
    }
    encode(py, string, "utf-8", "surrogateescape").map(|b| b.as_slice().to_vec())
}

/// Encodes with a named codec.
pub fn encode(py: Py, string: &Str, encoding: &str, errors: &str) -> PyResult<Owned<Bytes>> {
    let made = (hooks::get(py).encode)(py, string.as_object(), encoding, errors)?;
    match made.into_object().downcast_owned::<Bytes>() {
        Ok(bytes) => Ok(bytes),
        Err(other) => raise!(
            py,
            TypeError,
            "encoder did not return a bytes object (type={})",
            other.ty().name()
        ),
    }
}

/// Calls a method of the string.
fn method(py: Py, this: &Value, name: &str, values: &[Value]) -> PyResult {
    protocol::call_method_str(py, this, name, values)
}

/// A C array of bytes.
///
/// # Safety
/// So many bytes are there.
pub unsafe fn bytes<'a>(data: *const c_char, len: isize) -> &'a [u8] {
    if data.is_null() || len <= 0 {
        return &[];
    }
    // SAFETY: the contract.
    unsafe { std::slice::from_raw_parts(data.cast(), len as usize) }
}

/// The address of the characters.
pub fn data(string: &Str) -> *mut c_void {
    string.raw_bytes().as_ptr().cast_mut().cast()
}

fn fresh(_py: Py, len: isize, max: u32) -> PyResult<Owned<Str>> {
    if len == 0 {
        return Ok(Str::new(""));
    }
    match Str::try_allocate(len as usize, max) {
        Some(string) => Ok(string),
        None => errors::no_memory(),
    }
}

/// The greatest character that a string's storage holds, as C sees it.
pub fn max_of(string: &Str) -> u32 {
    if string.is_ascii() {
        0x7F
    } else {
        build::max_of_kind(string)
    }
}

/// Whether a string is C's alone, to be changed in place.
fn modifiable(string: &Str) -> bool {
    string.as_object().refcount() == 1
        && !string.is_interned()
        && string.as_object().is_exact::<Str>()
}

fn resize(py: Py, place: *mut Ptr, len: isize) -> PyResult<()> {
    // SAFETY: C passes the place of an owned reference.
    unsafe {
        if place.is_null() || (*place).is_null() || len < 0 {
            return bad_internal_call(py);
        }
        let Some(string) = Object::from_ptr(*place).downcast::<Str>() else {
            return bad_internal_call(py);
        };
        if string.len() == len as usize {
            return Ok(());
        }
        let new = fresh(py, len, max_of(string))?;
        let count = string.len().min(len as usize) * string.kind();
        if len > 0 {
            std::ptr::copy_nonoverlapping(
                data(string).cast::<u8>(),
                data(&new).cast::<u8>(),
                count,
            );
        }
        let old = std::mem::replace(&mut *place, new.into_ptr());
        Object::decref(old);
    }
    Ok(())
}

/// The index range that `start` and `end` mean for a length.
fn adjust(start: isize, end: isize, len: usize) -> (i64, i64) {
    let len = len as isize;
    let end = if end > len {
        len
    } else if end < 0 {
        (end + len).max(0)
    } else {
        end
    };
    let start = if start < 0 {
        (start + len).max(0)
    } else {
        start
    };
    (start as i64, end as i64)
}

/// An ordering of code points.
fn compare(a: &Str, b: &Str) -> c_int {
    match a.code_points().cmp(b.code_points()) {
        std::cmp::Ordering::Less => -1,
        std::cmp::Ordering::Equal => 0,
        std::cmp::Ordering::Greater => 1,
    }
}

fn compare_bytes(a: &Str, b: &[u8]) -> c_int {
    match a.code_points().cmp(b.iter().map(|&b| u32::from(b))) {
        std::cmp::Ordering::Less => -1,
        std::cmp::Ordering::Equal => 0,
        std::cmp::Ordering::Greater => 1,
    }
}

fn from_wide(units: &[i32]) -> Owned<Str> {
    Str::from_u32(&units.iter().map(|&u| u as u32).collect::<Vec<_>>())
}

fn int_of(value: Value) -> isize {
    protocol::number::int_of(&value).map_or(-1, |i| i as isize)
}

export! {
    fn PyUnicode_New(py, len: isize, max: u32) -> PyResult<Owned<Str>> {
        if len < 0 {
            return raise!(py, SystemError, "Negative size passed to PyUnicode_New");
        }
        if max > 0x10_FFFF {
            return raise!(py, SystemError, "invalid maximum character passed to PyUnicode_New");
        }
        fresh(py, len, max)
    }
    fn PyUnicode_FromString(py, data: &CStr) -> PyResult<Owned<Str>> { text::utf8(py, data.to_bytes()) }
    fn PyUnicode_FromStringAndSize(py, data: *const c_char, len: isize) -> PyResult<Owned<Str>> {
        if len < 0 {
            return raise!(py, SystemError, "Negative size passed to PyUnicode_FromStringAndSize");
        }
        if data.is_null() && len > 0 {
            return raise!(py, SystemError, "NULL string with positive size with NULL passed to PyUnicode_FromStringAndSize");
        }
        text::utf8(py, bytes(data, len))
    }
    fn PyUnicode_FromKindAndData(py, kind: c_int, data: *const c_void, len: isize) -> PyResult<Owned<Str>> {
        if len < 0 {
            return raise!(py, ValueError, "size must be positive");
        }
        if len == 0 {
            return Ok(Str::new(""));
        }
        let len = len as usize;
        match kind {
            1 => Ok(Str::from_latin1(std::slice::from_raw_parts(data.cast(), len))),
            2 => Ok(Str::from_chars(krait_text::Chars::U16(std::slice::from_raw_parts(data.cast(), len)))),
            4 => Ok(Str::from_u32(std::slice::from_raw_parts(data.cast(), len))),
            _ => raise!(py, SystemError, "invalid kind"),
        }
    }
    fn PyUnicode_FromOrdinal(py, code: c_int) -> PyResult<Owned<Str>> {
        if !(0..=0x10_FFFF).contains(&code) {
            return raise!(py, ValueError, "chr() arg not in range(0x110000)");
        }
        Ok(Str::from_code_point(code as u32))
    }
    fn PyUnicode_FromObject(py, object: &Object) -> PyResult<Owned<Str>> {
        match object.downcast::<Str>() {
            Some(string) if object.is_exact::<Str>() => Ok(string.to_owned_str()),
            Some(string) => Ok(Str::from_chars(string.chars())),
            None => raise!(py, TypeError, "Can't convert '{}' object to str implicitly", object.ty().name()),
        }
    }
    fn PyUnicode_FromWideChar(_py, data: *const i32, len: isize) -> Owned<Str> {
        if data.is_null() {
            return Str::new("");
        }
        let len = if len >= 0 { len as usize } else { (0..).take_while(|&i| *data.add(i) != 0).count() };
        from_wide(std::slice::from_raw_parts(data, len))
    }
    fn PyUnicode_AsWideChar(_py, string: &Str, buffer: *mut i32, size: isize) -> isize {
        let len = string.len();
        if buffer.is_null() {
            return len as isize + 1;
        }
        let count = len.min(size.max(0) as usize);
        for (i, code) in string.code_points().take(count).enumerate() {
            *buffer.add(i) = code as i32;
        }
        if (size.max(0) as usize) > len {
            *buffer.add(len) = 0;
        }
        count as isize
    }
    fn PyUnicode_AsWideCharString(py, string: &Str, size: *mut isize) -> PyResult<*mut i32> {
        let len = string.len();
        if size.is_null() && string.code_points().any(|c| c == 0) {
            return raise!(py, ValueError, "embedded null character");
        }
        let buffer = krait_heap::alloc_raw((len + 1) * 4).cast::<i32>();
        if buffer.is_null() {
            return errors::no_memory();
        }
        for (i, code) in string.code_points().enumerate() {
            *buffer.add(i) = code as i32;
        }
        *buffer.add(len) = 0;
        if !size.is_null() {
            *size = len as isize;
        }
        Ok(buffer)
    }
    fn PyUnicode_AsUCS4(py, string: &Str, buffer: *mut u32, size: isize, copy_null: c_int) -> PyResult<*mut u32> {
        let len = string.len();
        if buffer.is_null() || size < (len + usize::from(copy_null != 0)) as isize {
            return raise!(py, SystemError, "string is longer than the buffer");
        }
        for (i, code) in string.code_points().enumerate() {
            *buffer.add(i) = code;
        }
        if copy_null != 0 {
            *buffer.add(len) = 0;
        }
        Ok(buffer)
    }
    fn PyUnicode_AsUCS4Copy(_py, string: &Str) -> PyResult<*mut u32> {
        let buffer = krait_heap::alloc_raw((string.len() + 1) * 4).cast::<u32>();
        if buffer.is_null() {
            return errors::no_memory();
        }
        for (i, code) in string.code_points().enumerate() {
            *buffer.add(i) = code;
        }
        *buffer.add(string.len()) = 0;
        Ok(buffer)
    }

    fn PyUnicode_AsUTF8(py, string: &Str) -> PyResult<*const c_char> { as_utf8(py, string).map(|(p, _)| p) }
    fn PyUnicode_AsUTF8AndSize(py, string: &Object, size: *mut isize) -> PyResult<*const c_char> {
        let Some(string) = string.downcast::<Str>() else {
            if !size.is_null() { *size = -1; }
            return raise!(py, TypeError, "bad argument type for built-in operation");
        };
        match as_utf8(py, string) {
            Ok((data, len)) => {
                if !size.is_null() { *size = len as isize; }
                Ok(data)
            }
            Err(raised) => {
                if !size.is_null() { *size = -1; }
                Err(raised)
            }
        }
    }
    fn PyUnicode_GetLength(py, string: &Object) -> PyResult<usize> {
        match string.downcast::<Str>() {
            Some(string) => Ok(string.len()),
            None => raise!(py, TypeError, "bad argument type for built-in operation"),
        }
    }
    fn PyUnicode_ReadChar(py, string: &Str, index: isize) -> PyResult<u32> {
        if index < 0 || index as usize >= string.len() {
            return raise!(py, IndexError, "string index out of range");
        }
        Ok(string.chars().at(index as usize))
    }
    fn PyUnicode_WriteChar(py, string: &Str, index: isize, code: u32) -> PyResult<()> {
        if index < 0 || index as usize >= string.len() {
            return raise!(py, IndexError, "string index out of range");
        }
        if !modifiable(string) {
            return raise!(py, SystemError, "Cannot modify a string currently used");
        }
        if code > build::max_of_kind(string) || (string.is_ascii() && code > 0x7F) {
            return raise!(py, ValueError, "character out of range");
        }
        put(data(string), string.kind(), index as usize, code);
        Ok(())
    }
    fn PyUnicode_CopyCharacters(py, to: &Str, to_start: isize, from: &Str, from_start: isize, count: isize) -> PyResult<isize> {
        if from_start < 0 || from_start as usize > from.len() || to_start < 0 || to_start as usize > to.len() {
            return raise!(py, IndexError, "string index out of range");
        }
        if count < 0 {
            return raise!(py, SystemError, "how_many cannot be negative");
        }
        let count = (count as usize).min(from.len() - from_start as usize);
        if to_start as usize + count > to.len() {
            return raise!(py, SystemError, "Cannot write {count} characters at {to_start} in a string of {} characters", to.len());
        }
        if count == 0 {
            return Ok(0);
        }
        if to.as_object().refcount() != 1 {
            return raise!(py, SystemError, "Cannot modify a string currently used");
        }
        let (place, kind) = (data(to), to.kind());
        let limit = max_of(to);
        for i in 0..count {
            let code = from.chars().at(from_start as usize + i);
            if code > limit {
                return raise!(py, SystemError, "Cannot copy UCS{} characters into a string of UCS{} characters", from.kind(), kind);
            }
            put(place, kind, to_start as usize + i, code);
        }
        Ok(count as isize)
    }
    fn PyUnicode_Fill(py, string: &Str, start: isize, length: isize, code: u32) -> PyResult<isize> {
        if !modifiable(string) {
            return raise!(py, SystemError, "Cannot modify a string currently used");
        }
        if code > build::max_of_kind(string) {
            return raise!(py, ValueError, "fill character is bigger than the string maximum character");
        }
        if start < 0 {
            return raise!(py, IndexError, "string index out of range");
        }
        let count = (length.max(0) as usize).min(string.len().saturating_sub(start as usize));
        (0..count).for_each(|i| put(data(string), string.kind(), start as usize + i, code));
        Ok(count as isize)
    }
    fn PyUnicode_Resize(py, place: *mut Ptr, len: isize) -> PyResult<()> { resize(py, place, len) }
    fn _PyUnicode_Ready(_py, _string: &Str) -> c_int { 0 }
    fn PyUnicode_DATA(_py, string: &Str) -> *mut c_void { data(string) }
    fn PyUnicode_GetDefaultEncoding(_py) -> *const c_char { c"utf-8".as_ptr() }

    fn PyUnicode_InternInPlace(_py, place: *mut Ptr) {
        if (*place).is_null() { return }
        let Some(string) = Object::from_ptr(*place).downcast_exact::<Str>() else { return };
        let interned = intern::intern(string.to_owned_str());
        let old = std::mem::replace(&mut *place, interned.into_ptr());
        Object::decref(old);
    }
    fn PyUnicode_InternImmortal(_py, place: *mut Ptr) {
        let Some(string) = Object::from_ptr(*place).downcast_exact::<Str>() else { return };
        let interned = intern::intern(string.to_owned_str());
        interned.as_object().immortalize();
        let old = std::mem::replace(&mut *place, interned.into_ptr());
        Object::decref(old);
    }
    fn _PyUnicode_FromId(py, identifier: *mut _Py_Identifier) -> PyResult<Ptr> { of_identifier(py, identifier) }
    fn PyUnicode_InternFromString(py, data: &CStr) -> PyResult<Owned<Str>> { text::name(py, data) }

    fn PyUnicode_Concat(py, a: &Object, b: &Object) -> PyResult<Owned<Str>> {
        match (a.downcast::<Str>(), b.downcast::<Str>()) {
            (Some(a), Some(b)) => Ok(build::concat(a, b)),
            (None, _) => raise!(py, TypeError, "must be str, not {}", a.ty().name()),
            _ => raise!(py, TypeError, "can only concatenate str (not \"{}\") to str", b.ty().name()),
        }
    }
    fn PyUnicode_Append(_py, place: *mut Ptr, right: Option<&Object>) {
        append(place, right)
    }
    fn PyUnicode_AppendAndDel(_py, place: *mut Ptr, right: Option<Owned>) {
        append(place, right.as_deref())
    }
    fn PyUnicode_Join(py, separator: Option<&Object>, items: &Value) -> PyResult<Owned<Str>> {
        match separator {
            None => build::join(py, &Str::new(" "), items),
            Some(separator) => match separator.downcast::<Str>() {
                Some(separator) => build::join(py, separator, items),
                None => raise!(py, TypeError, "separator: expected str instance, {} found", separator.ty().name()),
            },
        }
    }
    fn PyUnicode_Substring(py, string: &Str, start: isize, end: isize) -> PyResult<Owned<Str>> {
        if start < 0 || end < 0 {
            return raise!(py, IndexError, "string index out of range");
        }
        let end = (end as usize).min(string.len());
        if start as usize >= end {
            return Ok(Str::new(""));
        }
        Ok(krait_object::types::str::methods::part(string, start as usize, end))
    }
    fn PyUnicode_Contains(py, string: &Value, part: &Object) -> PyResult<bool> {
        if part.downcast::<Str>().is_none() {
            return raise!(py, TypeError, "'in <string>' requires string as left operand, not {}", part.ty().name());
        }
        protocol::contains(py, string, &Value::from(part.to_owned()))
    }
    fn PyUnicode_Find(py, string: &Value, part: &Value, start: isize, end: isize, direction: c_int) -> isize {
        let Some(len) = string.downcast::<Str>().map(|s| s.len()) else { return -2 };
        let (start, end) = adjust(start, end, len);
        let name = if direction > 0 { "find" } else { "rfind" };
        method(py, string, name, &[part.clone(), Value::int(start), Value::int(end)]).map_or(-2, int_of)
    }
    fn PyUnicode_FindChar(_py, string: &Str, code: u32, start: isize, end: isize, direction: c_int) -> isize {
        let (start, end) = adjust(start, end, string.len());
        let chars = string.chars();
        let mut range = start as usize..(end as usize).max(start as usize);
        let found = if direction > 0 {
            range.find(|&i| chars.at(i) == code)
        } else {
            range.rfind(|&i| chars.at(i) == code)
        };
        found.map_or(-1, |i| i as isize)
    }
    fn PyUnicode_Count(py, string: &Value, part: &Value, start: isize, end: isize) -> PyResult<isize> {
        let len = string.downcast::<Str>().map_or(0, |s| s.len());
        let (start, end) = adjust(start, end, len);
        method(py, string, "count", &[part.clone(), Value::int(start), Value::int(end)]).map(int_of)
    }
    fn PyUnicode_Tailmatch(py, string: &Value, part: &Value, start: isize, end: isize, direction: c_int) -> PyResult<isize> {
        let len = string.downcast::<Str>().map_or(0, |s| s.len());
        let (start, end) = adjust(start, end, len);
        let name = if direction > 0 { "endswith" } else { "startswith" };
        let answer = method(py, string, name, &[part.clone(), Value::int(start), Value::int(end)])?;
        Ok(isize::from(protocol::truth(py, &answer)?))
    }
    fn PyUnicode_Replace(py, string: &Value, old: &Value, new: &Value, count: isize) -> PyResult {
        method(py, string, "replace", &[old.clone(), new.clone(), Value::int(count as i64)])
    }
    fn PyUnicode_Split(py, string: &Value, separator: Option<&Value>, count: isize) -> PyResult {
        let separator = separator.cloned().unwrap_or_else(Value::none);
        method(py, string, "split", &[separator, Value::int(count as i64)])
    }
    fn PyUnicode_RSplit(py, string: &Value, separator: Option<&Value>, count: isize) -> PyResult {
        let separator = separator.cloned().unwrap_or_else(Value::none);
        method(py, string, "rsplit", &[separator, Value::int(count as i64)])
    }
    fn PyUnicode_Splitlines(py, string: &Value, keep_ends: c_int) -> PyResult {
        method(py, string, "splitlines", &[Value::bool(keep_ends != 0)])
    }
    fn PyUnicode_Partition(py, string: &Value, separator: &Value) -> PyResult {
        method(py, string, "partition", std::slice::from_ref(separator))
    }
    fn PyUnicode_RPartition(py, string: &Value, separator: &Value) -> PyResult {
        method(py, string, "rpartition", std::slice::from_ref(separator))
    }
    fn PyUnicode_Translate(py, string: &Value, table: &Value, _errors: Option<&CStr>) -> PyResult {
        method(py, string, "translate", std::slice::from_ref(table))
    }
    fn PyUnicode_Format(py, format: &Value, arguments: &Value) -> PyResult {
        match format.downcast::<Str>() {
            Some(format) => krait_object::types::str::methods::percent::percent(py, format, arguments).map(Value::from),
            None => raise!(py, TypeError, "must be str, not {}", format.ty().name()),
        }
    }
    fn PyUnicode_IsIdentifier(_py, string: &Str) -> bool { unicode::is_identifier(string.chars()) }

    fn PyUnicode_Compare(py, a: &Object, b: &Object) -> PyResult<c_int> {
        match (a.downcast::<Str>(), b.downcast::<Str>()) {
            (Some(a), Some(b)) => Ok(compare(a, b)),
            _ => raise!(py, TypeError, "Can't compare {} and {}", a.ty().name(), b.ty().name()),
        }
    }
    fn PyUnicode_CompareWithASCIIString(_py, a: &Str, b: &CStr) -> c_int { compare_bytes(a, b.to_bytes()) }
    fn PyUnicode_Equal(py, a: &Object, b: &Object) -> PyResult<bool> {
        match (a.downcast::<Str>(), b.downcast::<Str>()) {
            (Some(a), Some(b)) => Ok(a.eq(b)),
            (None, _) => raise!(py, TypeError, "first argument must be str, not {}", a.ty().name()),
            _ => raise!(py, TypeError, "second argument must be str, not {}", b.ty().name()),
        }
    }
    fn PyUnicode_EqualToUTF8(_py, a: &Str, b: &CStr) -> bool { equals_utf8(a, b.to_bytes()) }
    fn PyUnicode_EqualToUTF8AndSize(_py, a: &Str, b: *const c_char, len: isize) -> bool { equals_utf8(a, bytes(b, len)) }
    fn _PyUnicode_Equal(_py, a: &Str, b: &Str) -> bool { a.eq(b) }
    fn _PyUnicode_EqualToASCIIString(_py, a: &Str, b: &CStr) -> bool { compare_bytes(a, b.to_bytes()) == 0 }
    fn PyUnicode_RichCompare(py, a: &Object, b: &Object, op: c_int) -> PyResult {
        protocol::compare::compare_objects(py, a, b, protocol::CompareOp::from_c(op))
    }
}

fn equals_utf8(a: &Str, b: &[u8]) -> bool {
    match (a.as_ascii(), std::str::from_utf8(b)) {
        (Some(a), _) => a.as_bytes() == b,
        (None, Ok(b)) => a.eq_str(b),
        _ => false,
    }
}

/// Writes a character.
///
/// # Safety
/// The index is inside the string, whose kind holds the character.
pub unsafe fn put(data: *mut c_void, kind: usize, index: usize, code: u32) {
    // SAFETY: the contract.
    unsafe {
        match kind {
            1 => *data.cast::<u8>().add(index) = code as u8,
            2 => *data.cast::<u16>().add(index) = code as u16,
            _ => *data.cast::<u32>().add(index) = code,
        }
    }
}

/// # Safety
/// The place holds an owned reference or null.
unsafe fn append(place: *mut Ptr, right: Option<&Object>) {
    // SAFETY: the contract.
    unsafe {
        if place.is_null() || (*place).is_null() {
            return;
        }
        let left =
            Owned::<Object>::from_raw(std::mem::replace(&mut *place, std::ptr::null_mut()).cast());
        if let (Ok(left), Some(right)) = (
            left.downcast_owned::<Str>(),
            right.and_then(|r| r.downcast::<Str>()),
        ) {
            *place = build::append(left, right).into_ptr();
        }
    }
}

macro_rules! properties {
    ($($name:ident $test:ident;)*) => { export! { $(
        fn $name(_py, code: u32) -> bool { unicode::$test(code) }
    )* } };
}

properties! {
    _PyUnicode_IsAlpha is_alpha; _PyUnicode_IsLowercase is_lower; _PyUnicode_IsUppercase is_upper;
    _PyUnicode_IsTitlecase is_title; _PyUnicode_IsWhitespace is_space;
    _PyUnicode_IsDecimalDigit is_decimal; _PyUnicode_IsDigit is_digit;
    _PyUnicode_IsNumeric is_numeric; _PyUnicode_IsPrintable is_printable;
    _PyUnicode_IsLinebreak is_line_break;
}

export! {
    fn _PyUnicode_ToDecimalDigit(_py, code: u32) -> c_int { unicode::decimal(code).map_or(-1, c_int::from) }
    fn _PyUnicode_ToDigit(_py, code: u32) -> c_int { unicode::digit(code).map_or(-1, c_int::from) }
    fn _PyUnicode_ToNumeric(_py, code: u32) -> f64 { unicode::numeric(code).unwrap_or(-1.0) }
    fn _PyUnicode_ToLowercase(_py, code: u32) -> u32 { unicode::lower(code).codes()[0] }
    fn _PyUnicode_ToUppercase(_py, code: u32) -> u32 { unicode::upper(code).codes()[0] }
    fn _PyUnicode_ToTitlecase(_py, code: u32) -> u32 { unicode::title(code).codes()[0] }
}
