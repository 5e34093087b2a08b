//! `str`: CPython's structs (PEP 393).
//!
//! What always holds: a string is in the narrowest kind for its largest character,
//! and does not change once other code knows it. Subclass instances are not compact:
//! their characters stand in a raw block of their own.

use std::borrow::Cow;
use std::ffi::c_void;

use krait_abi::*;
use krait_text::chars::bits_of;
use krait_text::{Chars, Unit, with_units};

use super::typeobject::{StaticType, Type};
use crate::errors;
use crate::object::{Builtin, Layout, Object, Owned};
use crate::py::{Py, PyResult};

mod builder;
mod decode;
pub mod intern;
pub mod methods;

pub use builder::StrBuilder;
use builder::{kind_and_head, max_for, put_units};

/// A `str`.
#[repr(transparent)]
pub struct Str(std::cell::UnsafeCell<PyASCIIObject>);

#[unsafe(export_name = "PyUnicode_Type")]
pub static STR: StaticType = StaticType::new();

// SAFETY: the struct begins with the header.
unsafe impl Layout for Str {}
// SAFETY: instances of str and its subtypes have the layout.
unsafe impl Builtin for Str {
    #[inline(always)]
    fn type_object() -> &'static Type {
        &STR
    }
    #[inline(always)]
    fn is_instance(object: &Object) -> bool {
        object.ty().has_flag(Py_TPFLAGS_UNICODE_SUBCLASS)
    }
}

impl Str {
    #[inline(always)]
    fn raw(&self) -> &PyASCIIObject {
        // SAFETY: plain fields; those that change (hash, state) are only read by value.
        unsafe { &*self.0.get() }
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.raw().length as usize
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline(always)]
    pub fn is_ascii(&self) -> bool {
        self.raw().is_ascii()
    }

    /// Bytes a character: 1, 2 or 4.
    #[inline(always)]
    pub fn kind(&self) -> usize {
        self.raw().kind() as usize
    }

    /// The largest character that the kind holds: 0xFF, 0xFFFF or 0x10FFFF.
    #[inline(always)]
    fn kind_max(&self) -> u32 {
        match self.kind() {
            1 => 0xFF,
            2 => 0xFFFF,
            _ => 0x10_FFFF,
        }
    }

    #[inline(always)]
    fn data(&self) -> *const c_void {
        let raw = self.0.get();
        // SAFETY: the state says which of the three structs this is.
        unsafe {
            match (*raw).state & (STATE_COMPACT | STATE_ASCII) {
                state if state == STATE_COMPACT | STATE_ASCII => raw.add(1).cast(),
                STATE_COMPACT => raw.cast::<PyCompactUnicodeObject>().add(1).cast(),
                _ => (*raw.cast::<PyUnicodeObject>()).data,
            }
        }
    }

    /// The characters' bytes as they stand in memory.
    #[inline(always)]
    pub fn raw_bytes(&self) -> &[u8] {
        // SAFETY: so many bytes belong to the string.
        unsafe { std::slice::from_raw_parts(self.data().cast(), self.len() * self.kind()) }
    }

    /// The characters.
    #[inline(always)]
    pub fn chars(&self) -> Chars<'_> {
        let (data, len) = (self.data(), self.len());
        // SAFETY: the kind says which units the data holds; it never changes.
        unsafe {
            match self.kind() {
                1 => Chars::Latin1(std::slice::from_raw_parts(data.cast(), len)),
                2 => Chars::U16(std::slice::from_raw_parts(data.cast(), len)),
                _ => Chars::U32(std::slice::from_raw_parts(data.cast(), len)),
            }
        }
    }

    /// The text where it is ASCII.
    #[inline(always)]
    pub fn as_ascii(&self) -> Option<&str> {
        // SAFETY: ASCII is UTF-8.
        self.is_ascii()
            .then(|| unsafe { std::str::from_utf8_unchecked(self.raw_bytes()) })
    }

    pub fn eq_str(&self, other: &str) -> bool {
        match self.as_ascii() {
            Some(text) => text == other,
            None => {
                self.len() == other.chars().count()
                    && self.code_points().eq(other.chars().map(u32::from))
            }
        }
    }

    /// Equality of contents.
    #[inline]
    #[expect(
        clippy::should_implement_trait,
        reason = "`==` would look like Python's, which subclasses may define"
    )]
    pub fn eq(&self, other: &Str) -> bool {
        std::ptr::eq(self, other)
            || (self.len() == other.len()
                && self.kind() == other.kind()
                && self.raw_bytes() == other.raw_bytes())
    }

    pub fn code_points(&self) -> impl Iterator<Item = u32> {
        let chars = self.chars();
        (0..self.len()).map(move |i| chars.at(i))
    }

    /// The text in Rust, with lone surrogates replaced.
    pub fn to_rust(&self) -> Cow<'_, str> {
        match self.as_ascii() {
            Some(text) => Cow::Borrowed(text),
            None => {
                let decode = |c| char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER);
                Cow::Owned(self.code_points().map(decode).collect())
            }
        }
    }

    /// The text as UTF-8, or UnicodeEncodeError where it holds a lone surrogate.
    pub fn to_utf8(&self, py: Py) -> PyResult<Cow<'_, str>> {
        if let Some(text) = self.as_ascii() {
            return Ok(Cow::Borrowed(text));
        }
        match self
            .code_points()
            .position(|c| (0xD800..0xE000).contains(&c))
        {
            None => Ok(self.to_rust()),
            Some(at) => errors::surrogates_not_allowed(py, self, at),
        }
    }

    pub fn to_owned_str(&self) -> Owned<Str> {
        Layout::to_owned(self)
    }

    /// The hash, computed at first use.
    #[inline(always)]
    pub fn hash(&self) -> i64 {
        match self.raw().hash {
            -1 => self.compute_hash(),
            hash => hash as i64,
        }
    }

    #[cold]
    fn compute_hash(&self) -> i64 {
        let hash = crate::hash::bytes(self.raw_bytes());
        self.set_hash(hash);
        hash
    }

    /// Keeps the hash, which is known.
    fn set_hash(&self, hash: i64) {
        // SAFETY: the GIL is held, and the field is only read by value.
        unsafe { (*self.0.get()).hash = hash as isize }
    }

    #[inline(always)]
    pub fn is_interned(&self) -> bool {
        self.raw().interned() != SSTATE_NOT_INTERNED
    }

    pub(super) fn set_interned(&self, state: u32) {
        // SAFETY: the GIL is held, and the field is only read by value.
        unsafe { (*self.0.get()).state = ((*self.0.get()).state & !STATE_INTERNED_MASK) | state }
    }

    pub fn new(text: &str) -> Owned<Str> {
        if text.is_ascii() {
            return Str::from_ascii(text.as_bytes());
        }
        match Str::from_utf8(text.as_bytes()) {
            Some(string) => string,
            None => intern::empty(),
        }
    }

    fn from_ascii(bytes: &[u8]) -> Owned<Str> {
        match bytes {
            [] => intern::empty(),
            [one] => intern::latin1_char(*one),
            _ => Str::allocate(bytes.len(), 0x7F).fill(bytes),
        }
    }

    /// From Latin-1 bytes; `ascii` where they are known to be below 128.
    pub fn from_latin1(bytes: &[u8]) -> Owned<Str> {
        match bytes {
            [] => intern::empty(),
            [one] => intern::latin1_char(*one),
            _ if bytes.is_ascii() => Str::from_ascii(bytes),
            _ => Str::allocate(bytes.len(), 0xFF).fill(bytes),
        }
    }

    pub fn from_u32(units: &[u32]) -> Owned<Str> {
        Str::from_units(units)
    }

    /// From units of any width, narrowed where they allow it.
    fn from_units<U: Unit>(units: &[U]) -> Owned<Str> {
        let max = max_for(bits_of(units));
        match units {
            [] => intern::empty(),
            [one] if max <= 0xFF => intern::latin1_char(one.code() as u8),
            _ => {
                let string = Str::allocate(units.len(), max);
                // SAFETY: the string is fresh, and of a kind that holds the units.
                unsafe { put_units(units, string.data().cast_mut().cast(), string.kind()) };
                string
            }
        }
    }

    /// From any characters, narrowed where they allow it.
    pub fn from_chars(chars: Chars<'_>) -> Owned<Str> {
        match chars {
            Chars::Latin1(units) => Str::from_latin1(units),
            Chars::U16(units) => Str::from_units(units),
            Chars::U32(units) => Str::from_units(units),
        }
    }

    pub fn from_code_point(code: u32) -> Owned<Str> {
        match u8::try_from(code) {
            Ok(byte) => intern::latin1_char(byte),
            Err(_) => Str::from_u32(&[code]),
        }
    }

    /// From WTF-8 (UTF-8 in which lone surrogates may occur), as the compiler makes it.
    pub fn from_wtf8(bytes: &[u8]) -> Owned<Str> {
        if bytes.is_ascii() {
            return Str::from_ascii(bytes);
        }
        if let Ok(text) = std::str::from_utf8(bytes) {
            return Str::new(text);
        }
        Str::from_u32(&wtf8_code_points(bytes))
    }

    /// Text of the system's bytes: what is no UTF-8 becomes lone surrogates (PEP 383).
    pub fn from_system(bytes: &[u8]) -> Owned<Str> {
        if let Ok(text) = str::from_utf8(bytes) {
            return Str::new(text);
        }
        let mut codes = Vec::with_capacity(bytes.len());
        for chunk in bytes.utf8_chunks() {
            codes.extend(chunk.valid().chars().map(u32::from));
            codes.extend(chunk.invalid().iter().map(|&b| 0xDC00 + u32::from(b)));
        }
        Str::from_u32(&codes)
    }

    /// An interned string.
    pub fn intern(text: &str) -> Owned<Str> {
        intern::of_text(text)
    }

    /// A string of so many characters up to `max`, filled by `put` before anyone sees it.
    /// `max` must be in the range of the largest character there is.
    pub fn build(len: usize, max: u32, fill: impl FnOnce(&mut StrFiller<'_>)) -> Owned<Str> {
        match Str::try_build(len, max, fill) {
            Some(string) => string,
            None => errors::out_of_memory(),
        }
    }

    /// As `build`; `None` where memory is exhausted.
    pub fn try_build(
        len: usize,
        max: u32,
        fill: impl FnOnce(&mut StrFiller<'_>),
    ) -> Option<Owned<Str>> {
        if len == 0 {
            return Some(intern::empty());
        }
        let string = Str::try_allocate(len, max)?;
        fill(&mut StrFiller(&string));
        if len == 1 && max <= 0xFF {
            return Some(intern::latin1_char(string.chars().at(0) as u8));
        }
        Some(string)
    }

    /// The string with another's characters appended, in the same block where that can
    /// be enlarged. The string is compact, of a kind that holds the other, and its only
    /// reference is the one given.
    pub(crate) fn grow(this: Owned<Str>, tail: &Str) -> Owned<Str> {
        let (len, kind) = (this.len(), this.kind());
        let head = if this.is_ascii() {
            size_of::<PyASCIIObject>()
        } else {
            size_of::<PyCompactUnicodeObject>()
        };
        let total = len + tail.len();
        let needed = head + (total + 1) * kind;
        let raw = this.into_raw();
        // SAFETY: nobody else knows the string; the block is resized, keeping its
        // content, and the new characters and final zero are written within it.
        unsafe {
            let ascii = raw.cast::<PyASCIIObject>();
            if !(*ascii).is_ascii() {
                let compact = raw.cast::<PyCompactUnicodeObject>();
                krait_heap::free_raw((*compact).utf8.cast());
                (*compact).utf8 = std::ptr::null_mut();
                (*compact).utf8_length = 0;
            }
            let mut block = raw.cast::<u8>();
            if krait_heap::usable_size(block) < needed {
                // Room for more of the same, so that building by appending is linear.
                let wanted = needed + needed / 4;
                block = krait_heap::resize_object(block, wanted);
                if block.is_null() {
                    errors::out_of_memory();
                }
            }
            let string = block.cast::<PyASCIIObject>();
            (*string).length = total as isize;
            (*string).hash = -1;
            std::ptr::write_bytes(block.add(head + total * kind), 0, kind);
            let string = Owned::<Str>::from_raw(block.cast());
            StrFiller(&string).put_chars(len, tail.chars());
            string
        }
    }

    /// A compact string with unset characters and a final zero.
    fn allocate(len: usize, max: u32) -> Owned<Str> {
        match Str::try_allocate(len, max) {
            Some(string) => string,
            None => errors::out_of_memory(),
        }
    }

    /// A string of its own whose characters are still to be filled in (`PyUnicode_New`).
    pub fn try_allocate(len: usize, max: u32) -> Option<Owned<Str>> {
        Str::try_allocate_by(krait_heap::alloc_raw, len, max)
    }

    /// As `try_allocate`, with memory of one of the heap's functions.
    #[inline(always)]
    fn try_allocate_by(
        alloc: unsafe fn(usize) -> *mut u8,
        len: usize,
        max: u32,
    ) -> Option<Owned<Str>> {
        let (kind, head) = kind_and_head(max);
        let size = len.checked_add(1)?.checked_mul(kind)?.checked_add(head)?;
        // SAFETY: the block is fresh and of that size.
        unsafe {
            let block = alloc(size);
            if block.is_null() {
                return None;
            }
            Str::begin(block, len, max);
            Some(Owned::from_raw(block.cast()))
        }
    }

    /// Writes a compact string's head and its final zero.
    ///
    /// # Safety
    /// The block has room for such a string, and is the caller's alone.
    #[inline(always)]
    unsafe fn begin(block: *mut u8, len: usize, max: u32) {
        let (kind, head) = kind_and_head(max);
        let ptr = block.cast::<PyCompactUnicodeObject>();
        // SAFETY: the contract.
        unsafe {
            (*ptr)._base.ob_base = PyObject::new_heap(STR.as_type_ptr());
            (*ptr)._base.length = len as isize;
            (*ptr)._base.hash = -1;
            (*ptr)._base.state = unicode_state(kind as u32, max < 0x80);
            if max >= 0x80 {
                (*ptr).utf8_length = 0;
                (*ptr).utf8 = std::ptr::null_mut();
            }
            std::ptr::write_bytes(block.add(head + len * kind), 0, kind);
        }
    }

    /// An instance of a subclass with the same characters.
    pub fn new_in(class: &Type, text: &Str) -> PyResult<Owned> {
        let raw = class.allocate(0)?;
        let size = (text.len() + 1) * text.kind();
        // SAFETY: the block has the class's size; the data block is fresh and large
        // enough for the characters and a final zero.
        unsafe {
            let data = krait_heap::alloc_raw_zeroed(size);
            if data.is_null() {
                Object::decref(raw);
                return errors::no_memory();
            }
            let bytes = text.raw_bytes();
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), data, bytes.len());
            let string = raw.cast::<PyUnicodeObject>();
            (*string)._base._base.length = text.len() as isize;
            (*string)._base._base.hash = text.raw().hash;
            (*string)._base._base.state =
                unicode_state(text.kind() as u32, text.is_ascii()) & !STATE_COMPACT;
            (*string).data = data.cast();
            class.track_new(raw);
            Ok(Owned::from_raw(raw.cast()))
        }
    }
}

impl Owned<Str> {
    /// Copies the characters into a fresh string.
    fn fill(self, bytes: &[u8]) -> Owned<Str> {
        debug_assert_eq!(bytes.len(), self.len() * self.kind());
        // SAFETY: the string is fresh, and has room for so many bytes.
        unsafe {
            std::ptr::copy_nonoverlapping(
                bytes.as_ptr(),
                self.data().cast_mut().cast(),
                bytes.len(),
            )
        }
        self
    }
}

/// Writes the characters of a string under construction.
pub struct StrFiller<'a>(&'a Str);

impl StrFiller<'_> {
    /// Sets a character, which must fit the string's kind.
    #[inline(always)]
    pub fn put(&self, index: usize, code: u32) {
        assert!(index < self.0.len());
        let data = self.0.data().cast_mut();
        // SAFETY: within the string, which nobody else knows yet.
        unsafe {
            match self.0.kind() {
                1 => *data.cast::<u8>().add(index) = code as u8,
                2 => *data.cast::<u16>().add(index) = code as u16,
                _ => *data.cast::<u32>().add(index) = code,
            }
        }
    }

    /// All characters, where each takes a byte.
    pub fn latin1(&mut self) -> Option<&mut [u8]> {
        let (data, len) = (self.0.data().cast_mut().cast::<u8>(), self.0.len());
        // SAFETY: the string's own characters; nobody else knows it yet.
        (self.0.kind() == 1).then(|| unsafe { std::slice::from_raw_parts_mut(data, len) })
    }

    /// Sets so many characters from an index on; the character must fit the kind.
    pub fn put_repeat(&self, index: usize, count: usize, code: u32) {
        assert!(index + count <= self.0.len());
        let (data, kind) = (self.0.data().cast_mut().cast::<u8>(), self.0.kind());
        // SAFETY: within the string, which nobody else knows yet.
        unsafe {
            let to = data.add(index * kind);
            match kind {
                1 => std::slice::from_raw_parts_mut(to, count).fill(code as u8),
                2 => std::slice::from_raw_parts_mut(to.cast::<u16>(), count).fill(code as u16),
                _ => std::slice::from_raw_parts_mut(to.cast::<u32>(), count).fill(code),
            }
        }
    }

    /// Copies a whole string's characters to an index; they must fit the kind.
    pub fn put_chars(&self, index: usize, chars: Chars<'_>) {
        assert!(index + chars.len() <= self.0.len());
        let (data, kind) = (self.0.data().cast_mut().cast::<u8>(), self.0.kind());
        // SAFETY: within the string, which nobody else knows yet.
        with_units!(chars, units => unsafe {
            put_units(units, data.add(index * kind), kind);
        });
    }
}

/// The code points of WTF-8; malformed bytes become U+FFFD.
fn wtf8_code_points(bytes: &[u8]) -> Vec<u32> {
    let (mut out, mut i) = (Vec::with_capacity(bytes.len()), 0);
    while i < bytes.len() {
        let (first, len) = match bytes[i] {
            b @ 0..0x80 => (u32::from(b), 1),
            b @ 0xC0..0xE0 => (u32::from(b & 0x1F), 2),
            b @ 0xE0..0xF0 => (u32::from(b & 0x0F), 3),
            b => (u32::from(b & 0x07), 4),
        };
        let rest = bytes.get(i + 1..i + len).unwrap_or(&[]);
        out.push(
            rest.iter()
                .fold(first, |code, &b| (code << 6) | u32::from(b & 0x3F)),
        );
        i += len;
    }
    out
}

pub(super) unsafe extern "C-unwind" fn dealloc(object: *mut PyObject) {
    // SAFETY: called once with a dying string.
    unsafe {
        let string = Object::from_ptr(object).cast_unchecked::<Str>();
        if string.is_interned() {
            intern::forget(string);
        }
        let raw = string.0.get();
        if !(*raw).is_compact() {
            let data = (*raw.cast::<PyUnicodeObject>()).data.cast();
            let utf8 = (*raw.cast::<PyCompactUnicodeObject>()).utf8.cast();
            // C may let an ASCII text be its own UTF-8.
            if utf8 != data {
                krait_heap::free_raw(utf8);
            }
            krait_heap::free_raw(data);
        } else if !(*raw).is_ascii() {
            krait_heap::free_raw((*raw.cast::<PyCompactUnicodeObject>()).utf8.cast());
        }
        Type::from_ptr((*object).ob_type).free_instance(object);
    }
}

pub(crate) fn define() {
    let mut b = crate::native::TypeBuilder::<Str>::new(&STR, "str", size_of::<PyUnicodeObject>());
    b.subclassable()
        .flags(Py_TPFLAGS_UNICODE_SUBCLASS | _Py_TPFLAGS_MATCH_SELF)
        .dealloc_raw(dealloc);
    methods::define(&mut b);
    b.silent().finish();
}
