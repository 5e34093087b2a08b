//! `PyUnicode_FromFormat`, `PyBytes_FromFormat` and `PyUnicodeWriter`.

use std::ffi::{CStr, c_char, c_void};

use krait_object::types::type_methods::names;
use krait_object::{Bytes, Layout, Object, Owned, Py, PyResult, Str, Type, Value, protocol, raise};

use crate::border::{Ptr, bad_internal_call, export};
use crate::text;
use crate::varargs::{RawVa, Va};

/// A directive of a format: `%[flags][width][.precision][length]conversion`.
#[derive(Default)]
struct Directive {
    left: bool,
    zeros: bool,
    sharp: bool,
    width: Option<usize>,
    precision: Option<usize>,
    /// `l`, `ll`, `z`, `t`, `j`: a number of 64 bits; `l` before text: wide text.
    long: bool,
    conversion: u8,
}

/// Reads a directive behind its `%`; what follows it comes back too.
fn directive<'a>(mut rest: &'a [u8], va: &mut Va) -> Option<(Directive, &'a [u8])> {
    let mut d = Directive::default();
    loop {
        match rest.first()? {
            b'-' => d.left = true,
            b'0' => d.zeros = true,
            b'#' => d.sharp = true,
            _ => break,
        }
        rest = &rest[1..];
    }
    d.width = number(&mut rest, va, &mut d.left);
    if rest.first() == Some(&b'.') {
        rest = &rest[1..];
        let mut ignored = false;
        d.precision = Some(number(&mut rest, va, &mut ignored).unwrap_or(0));
    }
    while let Some(b'l' | b'z' | b't' | b'j') = rest.first() {
        d.long = true;
        rest = &rest[1..];
    }
    d.conversion = *rest.first()?;
    Some((d, &rest[1..]))
}

fn number(rest: &mut &[u8], va: &mut Va, left: &mut bool) -> Option<usize> {
    if rest.first() == Some(&b'*') {
        *rest = &rest[1..];
        let given = va.int();
        *left |= given < 0;
        return Some(given.unsigned_abs() as usize);
    }
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let value = std::str::from_utf8(&rest[..digits]).ok()?.parse().ok();
    *rest = &rest[digits..];
    value
}

/// The digits of an integer directive, with sign.
fn integer(d: &Directive, va: &mut Va) -> String {
    let signed = matches!(d.conversion, b'd' | b'i');
    let text = if signed {
        let value = if d.long { va.long() } else { va.int().into() };
        value.to_string()
    } else {
        let value = if d.long {
            va.long() as u64
        } else {
            u64::from(va.int() as u32)
        };
        match d.conversion {
            b'u' => value.to_string(),
            b'x' => format!("{value:x}"),
            b'X' => format!("{value:X}"),
            _ => format!("{value:o}"),
        }
    };
    let (sign, digits) = text
        .strip_prefix('-')
        .map_or(("", text.as_str()), |d| ("-", d));
    let mut digits = digits.to_string();
    if let Some(precision) = d.precision
        && digits.len() < precision
    {
        digits.insert_str(0, &"0".repeat(precision - digits.len()));
    }
    if d.zeros
        && !d.left
        && let Some(width) = d.width
        && sign.len() + digits.len() < width
    {
        digits.insert_str(0, &"0".repeat(width - sign.len() - digits.len()));
    }
    format!("{sign}{digits}")
}

/// The text of C's `%s`: bad UTF-8 is replaced.
///
/// # Safety
/// A string is there, ended by zero or as long as the precision.
unsafe fn c_string(py: Py, data: *const c_char, precision: Option<usize>) -> PyResult<Owned<Str>> {
    if data.is_null() {
        return Ok(Str::new("(null)"));
    }
    // SAFETY: the contract.
    let bytes = unsafe {
        let len = match precision {
            Some(limit) => libc::strnlen(data, limit),
            None => libc::strlen(data),
        };
        std::slice::from_raw_parts(data.cast::<u8>(), len)
    };
    match Str::from_utf8(bytes) {
        Some(text) => Ok(text),
        None => text::decode(py, bytes, "utf-8", "replace"),
    }
}

/// The text of a directive for objects; characters beyond the precision are cut.
fn object_text(py: Py, d: &Directive, va: &mut Va) -> PyResult<Owned<Str>> {
    let object: Ptr = va.pointer();
    if d.conversion == b'V' {
        let other: *const c_char = va.pointer();
        if object.is_null() {
            // SAFETY: the directive says that a string stands for the missing object.
            return unsafe { c_string(py, other, d.precision) };
        }
    }
    if object.is_null() {
        return bad_internal_call(py);
    }
    // SAFETY: the directive says that an object is there.
    let object = unsafe { Object::from_ptr(object) };
    let value = Value::from(object.to_owned());
    match d.conversion {
        b'A' => protocol::ascii(py, &value),
        b'R' => protocol::repr(py, &value),
        b'S' => protocol::str(py, &value),
        b'T' => Ok(type_name(py, object.ty(), d.sharp)),
        b'N' => match object.downcast::<Type>() {
            Some(ty) => Ok(type_name(py, ty, d.sharp)),
            None => raise!(py, TypeError, "%N argument must be a type"),
        },
        _ => match object.downcast::<Str>() {
            Some(text) => Ok(text.to_owned_str()),
            None => bad_internal_call(py),
        },
    }
}

/// `%T`: the full name; with `#` a colon before the qualified name.
fn type_name(py: Py, ty: &Type, colon: bool) -> Owned<Str> {
    let full = names::fully_qualified_name(py, ty);
    let qualname = names::qualname(ty).to_rust().into_owned();
    match full
        .strip_suffix(&qualname)
        .and_then(|m| m.strip_suffix('.'))
    {
        Some(module) if colon => Str::new(&format!("{module}:{qualname}")),
        _ => Str::new(&full),
    }
}

/// Code points under construction.
#[derive(Default)]
struct Out(Vec<u32>);

impl Out {
    fn push(&mut self, d: &Directive, text: impl Iterator<Item = u32>) {
        let start = self.0.len();
        self.0.extend(text);
        let len = self.0.len() - start;
        let missing = d.width.unwrap_or(0).saturating_sub(len);
        if d.left {
            self.0.extend(std::iter::repeat_n(u32::from(b' '), missing));
        } else {
            self.0
                .splice(start..start, std::iter::repeat_n(u32::from(b' '), missing));
        }
    }

    fn literal(&mut self, py: Py, bytes: &[u8]) -> PyResult<()> {
        if !bytes.is_ascii() {
            return raise!(
                py,
                ValueError,
                "PyUnicode_FromFormatV() expects an ASCII-encoded format string, got a non-ASCII byte: 0x{:02x}",
                bytes.iter().find(|b| !b.is_ascii()).copied().unwrap_or(0)
            );
        }
        self.0.extend(bytes.iter().map(|&b| u32::from(b)));
        Ok(())
    }
}

/// The text of a format.
pub fn format(py: Py, format: &[u8], va: &mut Va) -> PyResult<Owned<Str>> {
    let (mut out, mut rest) = (Out::default(), format);
    while let Some(at) = rest.iter().position(|&b| b == b'%') {
        out.literal(py, &rest[..at])?;
        let from = &rest[at..];
        let Some((d, after)) = directive(&rest[at + 1..], va) else {
            return invalid(py, from);
        };
        rest = after;
        match d.conversion {
            b'%' => out.0.push(u32::from(b'%')),
            b'c' => {
                let code = va.int();
                if !(0..=0x10_FFFF).contains(&code) {
                    return raise!(
                        py,
                        OverflowError,
                        "character argument not in range(0x110000)"
                    );
                }
                out.push(&d, std::iter::once(code as u32));
            }
            b'd' | b'i' | b'u' | b'x' | b'X' | b'o' => {
                let text = integer(&d, va);
                out.push(&d, text.bytes().map(u32::from));
            }
            b'p' => {
                let pointer: *const c_void = va.pointer();
                out.push(
                    &d,
                    format!("{:#x}", pointer as usize).bytes().map(u32::from),
                );
            }
            b's' if d.long => {
                let data: *const i32 = va.pointer();
                // SAFETY: the directive says that wide text is there.
                let len = unsafe {
                    (0..d.precision.unwrap_or(usize::MAX))
                        .take_while(|&i| *data.add(i) != 0)
                        .count()
                };
                // SAFETY: as above.
                out.push(&d, (0..len).map(|i| unsafe { *data.add(i) } as u32));
            }
            b's' => {
                // SAFETY: the directive says that a string is there.
                let text = unsafe { c_string(py, va.pointer(), d.precision)? };
                out.push(&d, text.code_points());
            }
            b'A' | b'R' | b'S' | b'U' | b'V' | b'T' | b'N' => {
                let text = object_text(py, &d, va)?;
                out.push(
                    &d,
                    text.code_points().take(d.precision.unwrap_or(usize::MAX)),
                );
            }
            _ => return invalid(py, from),
        }
    }
    out.literal(py, rest)?;
    Ok(Str::from_u32(&out.0))
}

fn invalid<T>(py: Py, from: &[u8]) -> PyResult<T> {
    raise!(
        py,
        SystemError,
        "invalid format string: {}",
        String::from_utf8_lossy(from)
    )
}

/// The bytes of a format; a directive that is not known is copied with all that follows.
fn format_bytes(py: Py, format: &[u8], va: &mut Va) -> PyResult<Owned<Bytes>> {
    let (mut out, mut rest) = (Vec::new(), format);
    while let Some(at) = rest.iter().position(|&b| b == b'%') {
        out.extend_from_slice(&rest[..at]);
        let from = &rest[at..];
        let Some((d, after)) = directive(&rest[at + 1..], va) else {
            out.extend_from_slice(from);
            return Ok(Bytes::new(&out));
        };
        match d.conversion {
            b'%' => out.push(b'%'),
            b'c' => {
                let code = va.int();
                match u8::try_from(code) {
                    Ok(byte) => out.push(byte),
                    Err(_) => {
                        return raise!(
                            py,
                            OverflowError,
                            "PyBytes_FromFormatV(): %c format expects an integer in range [0; 255]"
                        );
                    }
                }
            }
            b'd' | b'i' | b'u' | b'x' => out.extend_from_slice(integer(&d, va).as_bytes()),
            b's' => {
                let data: *const c_char = va.pointer();
                // SAFETY: the directive says that a string is there.
                let bytes = unsafe {
                    let len = d
                        .precision
                        .map_or_else(|| libc::strlen(data), |p| libc::strnlen(data, p));
                    std::slice::from_raw_parts(data.cast::<u8>(), len)
                };
                out.extend_from_slice(bytes);
            }
            b'p' => {
                let pointer: *const c_void = va.pointer();
                out.extend_from_slice(format!("{:#x}", pointer as usize).as_bytes());
            }
            _ => {
                out.extend_from_slice(from);
                return Ok(Bytes::new(&out));
            }
        }
        rest = after;
    }
    out.extend_from_slice(rest);
    Ok(Bytes::new(&out))
}

/// A `PyUnicodeWriter`.
pub struct Writer {
    out: Vec<u32>,
}

impl Writer {
    fn push(&mut self, text: &Str) {
        self.out.extend(text.code_points());
    }
}

export! {
    fn krait_format(py, text: &CStr, va: *mut RawVa) -> PyResult<Owned<Str>> { format(py, text.to_bytes(), &mut Va::new(va)) }
    fn krait_format_bytes(py, text: &CStr, va: *mut RawVa) -> PyResult<Owned<Bytes>> {
        format_bytes(py, text.to_bytes(), &mut Va::new(va))
    }
    fn krait_writer_format(py, writer: *mut Writer, text: &CStr, va: *mut RawVa) -> PyResult<()> {
        let made = format(py, text.to_bytes(), &mut Va::new(va))?;
        (*writer).push(&made);
        Ok(())
    }
    fn PyUnicodeWriter_Create(py, length: isize) -> PyResult<*mut Writer> {
        if length < 0 {
            return raise!(py, ValueError, "length must be positive");
        }
        Ok(Box::into_raw(Box::new(Writer { out: Vec::with_capacity(length as usize) })))
    }
    fn PyUnicodeWriter_Discard(_py, writer: *mut Writer) {
        if !writer.is_null() { drop(Box::from_raw(writer)) }
    }
    fn PyUnicodeWriter_Finish(_py, writer: *mut Writer) -> Owned<Str> { Str::from_u32(&Box::from_raw(writer).out) }
    fn PyUnicodeWriter_WriteChar(py, writer: *mut Writer, code: u32) -> PyResult<()> {
        if code > 0x10_FFFF {
            return raise!(py, ValueError, "character must be in range(0x110000)");
        }
        (*writer).out.push(code);
        Ok(())
    }
    fn PyUnicodeWriter_WriteUTF8(py, writer: *mut Writer, data: *const c_char, length: isize) -> PyResult<()> {
        let length = if length < 0 { libc::strlen(data) as isize } else { length };
        (*writer).push(&*text::utf8(py, crate::unicodeobject::bytes(data, length))?);
        Ok(())
    }
    fn PyUnicodeWriter_DecodeUTF8Stateful(
        py, writer: *mut Writer, data: *const c_char, length: isize, errors: Option<&CStr>, consumed: *mut isize,
    ) -> PyResult<()> {
        if !consumed.is_null() { *consumed = 0 }
        let length = if length < 0 { libc::strlen(data) as isize } else { length };
        let made = crate::codecs::partly(py, "utf_8_decode", crate::unicodeobject::bytes(data, length), errors, consumed)?;
        if let Some(made) = made.downcast::<Str>() { (*writer).push(made) }
        Ok(())
    }
    fn PyUnicodeWriter_WriteASCII(_py, writer: *mut Writer, data: *const c_char, length: isize) -> PyResult<()> {
        let length = if length < 0 { libc::strlen(data) as isize } else { length };
        (*writer).out.extend(crate::unicodeobject::bytes(data, length).iter().map(|&b| u32::from(b)));
        Ok(())
    }
    fn PyUnicodeWriter_WriteWideChar(_py, writer: *mut Writer, data: *const i32, length: isize) -> PyResult<()> {
        let length = if length < 0 { (0..).take_while(|&i| *data.add(i) != 0).count() } else { length as usize };
        (*writer).out.extend((0..length).map(|i| *data.add(i) as u32));
        Ok(())
    }
    fn PyUnicodeWriter_WriteUCS4(_py, writer: *mut Writer, data: *const u32, length: isize) -> PyResult<()> {
        (*writer).out.extend((0..length.max(0) as usize).map(|i| *data.add(i)));
        Ok(())
    }
    fn PyUnicodeWriter_WriteStr(py, writer: *mut Writer, object: &Value) -> PyResult<()> {
        (*writer).push(&*protocol::str(py, object)?);
        Ok(())
    }
    fn PyUnicodeWriter_WriteRepr(py, writer: *mut Writer, object: Option<&Value>) -> PyResult<()> {
        match object {
            Some(object) => (*writer).push(&*protocol::repr(py, object)?),
            None => (*writer).push(&Str::new("<NULL>")),
        }
        Ok(())
    }
    fn PyUnicodeWriter_WriteSubstring(py, writer: *mut Writer, string: &Str, start: isize, end: isize) -> PyResult<()> {
        if start < 0 || start > end || end as usize > string.len() {
            return raise!(py, ValueError, "start and end must be in range of the string");
        }
        (*writer).out.extend((start as usize..end as usize).map(|i| string.chars().at(i)));
        Ok(())
    }
}
