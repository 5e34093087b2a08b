//! `cpython/unicodeobject.h`, its private part: a writer of text in a struct of its caller's,
//! which also writes characters into the buffer by itself.

use std::ffi::{CStr, c_char, c_int, c_void};

use krait_object::{Builtin, Layout, Object, Owned, PyResult, Str, errors};

use crate::border::{Ptr, export};
use crate::unicodeobject::{PyUnicode_Resize, bytes, data, max_of, put};

/// `_PyUnicodeWriter`
#[repr(C)]
pub struct UnicodeWriter {
    /// A string that only the writer has, or, where `readonly`, a shared one.
    buffer: Ptr,
    data: *mut c_void,
    /// Bytes of a character; 0 where nothing can be written as it is.
    kind: c_int,
    maxchar: u32,
    size: isize,
    pos: isize,
    min_length: isize,
    min_char: u32,
    overallocate: u8,
    readonly: u8,
}

impl UnicodeWriter {
    const NEW: UnicodeWriter = UnicodeWriter {
        buffer: std::ptr::null_mut(),
        data: std::ptr::null_mut(),
        kind: 0,
        maxchar: 0,
        size: 0,
        pos: 0,
        min_length: 0,
        min_char: 127,
        overallocate: 0,
        readonly: 0,
    };

    /// Takes a new buffer.
    fn put_buffer(&mut self, buffer: Owned<Str>, readonly: bool) {
        self.maxchar = max_of(&buffer);
        self.data = data(&buffer);
        self.readonly = readonly.into();
        (self.kind, self.size) = if readonly {
            (0, 0)
        } else {
            (buffer.kind() as c_int, buffer.len() as isize)
        };
        let old = std::mem::replace(&mut self.buffer, buffer.into_ptr());
        if !old.is_null() {
            // SAFETY: the writer's reference.
            unsafe { Object::decref(old) }
        }
    }

    /// Room for so many more characters up to the greatest.
    fn prepare(&mut self, length: isize, maxchar: u32) -> PyResult<()> {
        if maxchar <= self.maxchar && length <= self.size - self.pos || length == 0 {
            return Ok(());
        }
        self.enlarge(length, maxchar)
    }

    /// A buffer with room and width for what comes; what was written is copied.
    fn enlarge(&mut self, length: isize, maxchar: u32) -> PyResult<()> {
        let maxchar = maxchar.max(self.min_char).max(self.maxchar);
        let Some(mut len) = self.pos.checked_add(length) else {
            return errors::no_memory();
        };
        if self.buffer.is_null() || len > self.size {
            if self.overallocate != 0 {
                len = len.saturating_add(len / 4);
            }
            len = len.max(self.min_length);
        } else {
            len = self.size;
        }
        let new = match Str::try_allocate(len.max(0) as usize, maxchar) {
            Some(new) => new,
            None => return errors::no_memory(),
        };
        // SAFETY: the buffer is a string with at least `pos` characters, and the new one is
        // longer and as wide.
        unsafe {
            if !self.buffer.is_null() {
                let old = Object::from_ptr(self.buffer).cast_unchecked::<Str>();
                copy(&new, 0, old, 0, self.pos as usize);
            }
        }
        self.put_buffer(new, false);
        Ok(())
    }

    /// Writes characters of a string.
    fn write(&mut self, text: &Str, from: usize, len: usize, maxchar: u32) -> PyResult<()> {
        self.prepare(len as isize, maxchar)?;
        // SAFETY: the buffer has room for the characters, as was just asked.
        unsafe {
            let buffer = Object::from_ptr(self.buffer).cast_unchecked::<Str>();
            copy(buffer, self.pos as usize, text, from, len);
        }
        self.pos += len as isize;
        Ok(())
    }

    fn write_string(&mut self, text: &Str) -> PyResult<()> {
        if text.is_empty() {
            return Ok(());
        }
        if self.buffer.is_null() && self.overallocate == 0 {
            // Perhaps nothing else comes: the string itself is the result then.
            self.put_buffer(exact(text), true);
            self.pos += text.len() as isize;
            return Ok(());
        }
        self.write(text, 0, text.len(), max_of(text))
    }

    fn finish(&mut self) -> PyResult<Owned> {
        if self.pos == 0 || self.buffer.is_null() {
            self.clear();
            return Ok(Str::new("").upcast());
        }
        let mut buffer = std::mem::replace(&mut self.buffer, std::ptr::null_mut());
        // SAFETY: the writer's reference passes on.
        unsafe {
            if self.readonly == 0 && self.pos != self.size {
                let status = PyUnicode_Resize(&raw mut buffer, self.pos);
                if status < 0 {
                    Object::decref(buffer);
                    return Err(krait_object::Raised);
                }
            }
            Ok(Owned::from_raw(buffer.cast()))
        }
    }

    fn clear(&mut self) {
        let old = std::mem::replace(&mut self.buffer, std::ptr::null_mut());
        if !old.is_null() {
            // SAFETY: the writer's reference.
            unsafe { Object::decref(old) }
        }
    }
}

/// The string, or for an instance of a subclass an exact one.
fn exact(text: &Str) -> Owned<Str> {
    if std::ptr::eq(text.as_object().ty(), Str::type_object()) {
        text.to_owned_str()
    } else {
        Str::from_chars(text.chars())
    }
}

/// Copies characters.
///
/// # Safety
/// Both strings have them, and the first holds their width and is not shared.
unsafe fn copy(to: &Str, to_start: usize, from: &Str, from_start: usize, len: usize) {
    let (place, kind) = (data(to), to.kind());
    // SAFETY: the contract.
    unsafe {
        if kind == from.kind() {
            std::ptr::copy_nonoverlapping(
                data(from).cast::<u8>().add(from_start * kind),
                place.cast::<u8>().add(to_start * kind),
                len * kind,
            );
            return;
        }
        let chars = from.chars();
        for i in 0..len {
            put(place, kind, to_start + i, chars.at(from_start + i));
        }
    }
}

/// The text of C's bytes: ASCII or Latin-1.
///
/// # Safety
/// So many bytes are there, or with a negative length up to a zero.
unsafe fn lent<'a>(text: *const c_char, len: isize) -> &'a [u8] {
    // SAFETY: the contract.
    unsafe {
        if len < 0 {
            CStr::from_ptr(text).to_bytes()
        } else {
            bytes(text, len)
        }
    }
}

export! {
    fn _PyUnicodeWriter_Init(_py, writer: *mut UnicodeWriter) { std::ptr::write(writer, UnicodeWriter::NEW) }
    fn _PyUnicodeWriter_PrepareInternal(_py, writer: *mut UnicodeWriter, length: isize, maxchar: u32) -> PyResult<()> {
        (*writer).enlarge(length, maxchar)
    }
    fn _PyUnicodeWriter_PrepareKindInternal(_py, writer: *mut UnicodeWriter, kind: c_int) -> PyResult<()> {
        let maxchar = match kind { 1 => 0xFF, 2 => 0xFFFF, _ => 0x10_FFFF };
        (*writer).enlarge(0, maxchar)
    }
    fn _PyUnicodeWriter_WriteChar(_py, writer: *mut UnicodeWriter, code: u32) -> PyResult<()> {
        let writer = &mut *writer;
        writer.prepare(1, code)?;
        put(writer.data, writer.kind as usize, writer.pos as usize, code);
        writer.pos += 1;
        Ok(())
    }
    fn _PyUnicodeWriter_WriteStr(_py, writer: *mut UnicodeWriter, text: &Str) -> PyResult<()> { (*writer).write_string(text) }
    fn _PyUnicodeWriter_WriteSubstring(_py, writer: *mut UnicodeWriter, text: &Str, start: isize, end: isize) -> PyResult<()> {
        let (start, end) = (start.max(0) as usize, (end.max(0) as usize).min(text.len()));
        if end <= start { return Ok(()) }
        if end - start == text.len() { return (*writer).write_string(text) }
        let chars = text.chars();
        let maxchar = (start..end).map(|i| chars.at(i)).max().unwrap_or(0);
        (*writer).write(text, start, end - start, maxchar)
    }
    fn _PyUnicodeWriter_WriteASCIIString(_py, writer: *mut UnicodeWriter, text: *const c_char, len: isize) -> PyResult<()> {
        (*writer).write_string(&Str::from_latin1(lent(text, len)))
    }
    fn _PyUnicodeWriter_WriteLatin1String(_py, writer: *mut UnicodeWriter, text: *const c_char, len: isize) -> PyResult<()> {
        let text = Str::from_latin1(lent(text, len));
        if text.is_empty() { return Ok(()) }
        (*writer).write(&text, 0, text.len(), max_of(&text))
    }
    fn _PyUnicodeWriter_Finish(_py, writer: *mut UnicodeWriter) -> PyResult<Owned> { (*writer).finish() }
    fn _PyUnicodeWriter_Dealloc(_py, writer: *mut UnicodeWriter) { (*writer).clear() }
}

const _: () = assert!(size_of::<UnicodeWriter>() == 56);
