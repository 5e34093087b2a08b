//! `StrBuilder`: a `str` under construction.
//!
//! A short text stands in the builder itself, so that its object is allocated once and at
//! its size; a longer one grows in the block that becomes the object without a copy. Whether
//! bytes are ASCII is found out at the end, for all at once.
//!
//! What always holds: nobody else knows the block; it has room for the head of a string of
//! the kind, which for bytes is that of ASCII, for `capacity` characters and a final zero, and
//! the first `len` characters are initialised.

use std::mem::MaybeUninit;

use krait_abi::*;
use krait_text::chars::bits_of;
use krait_text::{Chars, CharsMut, TextError, TextWriter, Unit, lanes, with_units};

use super::{Str, intern};
use crate::errors;
use crate::object::{Layout, Owned};

/// Bytes of text that the builder holds itself.
const SMALL: usize = 128;
/// Up to so many bytes a text is copied to a block of its size, if its own is much too large.
const SHORT: usize = 4096;

/// Text that will be, or may become, a `str`. Where memory is exhausted, adding to it unwinds.
pub struct StrBuilder {
    /// The object's block; null while the text stands in `small`.
    block: *mut u8,
    len: usize,
    capacity: usize,
    /// The largest character of the kind: 0xFF, 0xFFFF or 0x10FFFF.
    max: u32,
    /// There may be no character that needs the kind.
    loose: bool,
    small: MaybeUninit<[u8; SMALL]>,
}

/// The largest character of the narrowest kind of string for characters with these bits.
#[inline(always)]
pub(super) fn max_for(bits: u32) -> u32 {
    match bits {
        0..0x80 => 0x7F,
        0x80..0x100 => 0xFF,
        0x100..0x1_0000 => 0xFFFF,
        _ => 0x10_FFFF,
    }
}

/// The largest character of the narrowest kind for these bits: 0xFF, 0xFFFF or 0x10FFFF.
#[inline(always)]
fn kind_for(bits: u32) -> u32 {
    max_for(bits | 0x80)
}

/// Bytes a character, and the size of the head, of a string of characters up to `max`.
#[inline(always)]
pub(super) fn kind_and_head(max: u32) -> (usize, usize) {
    match max {
        0..0x80 => (1, size_of::<PyASCIIObject>()),
        0x80..0x100 => (1, size_of::<PyCompactUnicodeObject>()),
        0x100..0x1_0000 => (2, size_of::<PyCompactUnicodeObject>()),
        _ => (4, size_of::<PyCompactUnicodeObject>()),
    }
}

impl Default for StrBuilder {
    fn default() -> StrBuilder {
        StrBuilder::new()
    }
}

impl StrBuilder {
    /// Nothing; allocates nothing.
    #[inline]
    pub const fn new() -> StrBuilder {
        StrBuilder {
            block: std::ptr::null_mut(),
            len: 0,
            capacity: SMALL,
            max: 0xFF,
            loose: false,
            small: MaybeUninit::uninit(),
        }
    }

    /// Room for so many characters, each a byte at first.
    #[inline]
    pub fn with_capacity(capacity: usize) -> StrBuilder {
        let mut builder = StrBuilder::new();
        builder.make_room(capacity, 0);
        builder
    }

    /// Room for a string's text, in its kind, and so many characters more.
    #[inline]
    pub fn like(text: &Str, more: usize) -> StrBuilder {
        let mut builder = StrBuilder::new();
        let (capacity, max) = (text.len().saturating_add(more), text.kind_max());
        if (capacity > SMALL || max > 0xFF) && !builder.reshape(capacity, max) {
            errors::out_of_memory();
        }
        builder.loose = true;
        builder
    }

    /// Goes on with a string's text: in its own block where nobody else has it.
    pub fn resume(text: Owned<Str>) -> StrBuilder {
        let mut builder = StrBuilder::new();
        if text.as_object().refcount() == 1
            && text.as_object().is_exact::<Str>()
            && text.raw().is_compact()
            && !text.is_interned()
            && text.len() > SMALL
            && (text.is_ascii() || text.kind() > 1)
        {
            (builder.len, builder.capacity) = (text.len(), text.len());
            builder.max = text.kind_max();
            builder.block = text.into_raw().cast();
            if builder.max > 0xFF {
                // SAFETY: the block is a compact string's that is not ASCII.
                unsafe { krait_heap::free_raw((*builder.compact()).utf8.cast()) };
            }
            return builder;
        }
        builder.push_text(&text);
        builder
    }

    /// The block as a string that is not ASCII.
    fn compact(&self) -> *mut PyCompactUnicodeObject {
        self.block.cast()
    }

    /// Where the characters stand.
    #[inline(always)]
    fn data(&self) -> *const u8 {
        if self.block.is_null() {
            return self.small.as_ptr().cast();
        }
        // SAFETY: the block begins with the head.
        unsafe { self.block.add(self.kind_and_head().1) }
    }

    /// Bytes a character, and where the characters begin in the block.
    #[inline(always)]
    fn kind_and_head(&self) -> (usize, usize) {
        match self.max {
            0xFF => kind_and_head(0x7F),
            max => kind_and_head(max),
        }
    }

    #[inline(always)]
    fn data_mut(&mut self) -> *mut u8 {
        if self.block.is_null() {
            return self.small.as_mut_ptr().cast();
        }
        self.data().cast_mut()
    }

    /// Makes room for so many more characters with these bits.
    #[inline(always)]
    fn make_room(&mut self, more: usize, bits: u32) {
        if (bits > self.max || self.capacity - self.len < more) && !self.grow(more, bits) {
            errors::out_of_memory();
        }
    }

    /// Grows by a factor, so that appending is linear, unless it is still empty; false where
    /// there is no memory.
    #[cold]
    #[inline(never)]
    fn grow(&mut self, more: usize, bits: u32) -> bool {
        let Some(needed) = self.len.checked_add(more) else {
            return false;
        };
        let wanted = match needed {
            _ if self.block.is_null() && needed <= SMALL => (needed * 2).clamp(16, SMALL),
            _ if needed <= self.capacity => self.capacity,
            _ if self.len == 0 => needed,
            0..0x1_0000 => needed * 2,
            // An eighth more, as for a list.
            _ => needed + needed / 8,
        };
        self.reshape(wanted, kind_for(bits).max(self.max))
    }

    /// Changes room and kind.
    fn reshape(&mut self, capacity: usize, max: u32) -> bool {
        let old_kind = self.kind_and_head().0;
        let old_max = std::mem::replace(&mut self.max, max);
        let (kind, head) = self.kind_and_head();
        self.max = old_max;
        let Some(size) = capacity
            .checked_add(1)
            .and_then(|units| units.checked_mul(kind)?.checked_add(head))
        else {
            return false;
        };
        // SAFETY: the old block, if there is one, is this builder's; the new one has room for
        // head and characters, which are kept or converted.
        unsafe {
            let block = if !self.block.is_null() && kind == old_kind {
                krait_heap::resize_object(self.block, size)
            } else {
                let block = krait_heap::alloc_object(size, false);
                if !block.is_null() {
                    let to = block.add(head);
                    with_units!(self.as_chars(), units => put_units(units, to, kind));
                    self.free();
                }
                block
            };
            if block.is_null() {
                return false;
            }
            self.block = block;
            self.capacity = (krait_heap::usable_size(block).max(size) - head) / kind - 1;
        }
        self.max = max;
        true
    }

    fn free(&mut self) {
        if !self.block.is_null() {
            // SAFETY: the block is this builder's alone.
            unsafe { krait_heap::free_object(self.block) }
        }
    }

    /// Adds units that have no other bits.
    #[inline(always)]
    fn put<U: Unit>(&mut self, units: &[U], bits: u32) {
        if units.is_empty() {
            return;
        }
        self.make_room(units.len(), bits);
        let (kind, _) = self.kind_and_head();
        let len = self.len;
        // SAFETY: the room is there, and of the units' bits; they lie elsewhere.
        unsafe { put_units(units, self.data_mut().add(len * kind), kind) };
        self.len += units.len();
    }

    /// Adds a string's characters.
    #[inline]
    pub fn push_text(&mut self, text: &Str) {
        with_units!(text.chars(), units => self.put(units, text.kind_max()));
    }

    /// Adds so many zeros, to be written over with characters up to `max`.
    fn zeros(&mut self, count: usize, max: u32) -> CharsMut<'_> {
        self.make_room(count, max);
        let (kind, _) = self.kind_and_head();
        let start = self.len * kind;
        self.len += count;
        // SAFETY: the room is there, and initialised before it is lent.
        unsafe {
            let to = self.data_mut().add(start);
            std::ptr::write_bytes(to, 0, count * kind);
            match kind {
                1 => CharsMut::Latin1(std::slice::from_raw_parts_mut(to, count)),
                2 => CharsMut::U16(std::slice::from_raw_parts_mut(to.cast(), count)),
                _ => CharsMut::U32(std::slice::from_raw_parts_mut(to.cast(), count)),
            }
        }
    }

    /// Writes over the characters from `at` on, and adds what goes beyond the end; `at`
    /// must not be beyond the end itself.
    pub fn overwrite(&mut self, at: usize, chars: Chars<'_>) {
        let over = chars.len().min(self.len - at);
        self.make_room(chars.len() - over, chars.bits());
        self.loose = true;
        let (kind, _) = self.kind_and_head();
        // SAFETY: the room is there, and of the characters' bits; they lie elsewhere.
        with_units!(chars, units => unsafe {
            put_units(units, self.data_mut().add(at * kind), kind)
        });
        self.len += chars.len() - over;
    }

    /// The string. A block that is much too large is cut.
    #[inline]
    pub fn finish(mut self) -> Owned<Str> {
        self.take()
    }

    /// The string; the builder may then only be dropped.
    fn take(&mut self) -> Owned<Str> {
        let (kind, head) = self.kind_and_head();
        let (bytes, spare) = (self.len * kind, (self.capacity - self.len) * kind);
        // SAFETY: so many bytes are initialised.
        let text = unsafe { std::slice::from_raw_parts(self.data(), bytes) };
        let max = match self.as_chars() {
            Chars::Latin1([]) => return intern::empty(),
            Chars::Latin1([one]) => return intern::latin1_char(*one),
            Chars::Latin1(units) if units.is_ascii() => 0x7F,
            chars if self.loose && max_for(chars.bits()) < self.max => {
                return Str::from_chars(chars);
            }
            _ => self.max,
        };
        // What is short is copied sooner than moved.
        if self.block.is_null() || bytes <= SHORT && spare > 16 + bytes / 8 {
            return Str::allocate(self.len, max).fill(text);
        }
        self.take_block(head, max, spare > 64 + bytes / 8)
    }

    /// The string in the block, which has characters up to `max` behind a head of another size
    /// where these turned out not to be ASCII.
    fn take_block(&mut self, old_head: usize, max: u32, cut: bool) -> Owned<Str> {
        let (kind, head) = kind_and_head(max);
        // SAFETY: the block has room for the old head, the characters and a final zero, and
        // is enlarged before they are moved.
        unsafe {
            if cut || head != old_head {
                let size = head + (self.len + 1) * kind;
                let block = krait_heap::resize_object(self.block, size);
                if !block.is_null() {
                    self.block = block;
                } else if head != old_head {
                    errors::out_of_memory();
                }
            }
            let block = std::mem::replace(&mut self.block, std::ptr::null_mut());
            if head != old_head {
                std::ptr::copy(block.add(old_head), block.add(head), self.len);
            }
            Str::begin(block, self.len, max);
            Owned::from_raw(block.cast())
        }
    }
}

/// Writes units to where each takes `kind` bytes.
///
/// # Safety
/// There is such room for all of them, which fit, and none of it is theirs.
#[inline(always)]
pub(super) unsafe fn put_units<U: Unit>(units: &[U], to: *mut u8, kind: usize) {
    // SAFETY: the contract.
    unsafe {
        match kind {
            _ if U::SIZE == kind => {
                std::ptr::copy_nonoverlapping(units.as_ptr().cast(), to, units.len() * kind);
            }
            1 => convert::<U, u8>(units, to),
            2 => convert::<U, u16>(units, to.cast()),
            _ => convert::<U, u32>(units, to.cast()),
        }
    }
}

/// Converts units to others.
///
/// # Safety
/// As for [`put_units`].
#[inline(never)]
unsafe fn convert<A: Unit, B: Unit>(units: &[A], to: *mut B) {
    // SAFETY: the contract; the units there need not be initialised.
    let to = unsafe { std::slice::from_raw_parts_mut(to.cast::<MaybeUninit<B>>(), units.len()) };
    lanes::map_into(units, to, |unit| {
        MaybeUninit::new(B::from_code(unit.code()))
    });
}

impl TextWriter for StrBuilder {
    #[inline]
    fn as_chars(&self) -> Chars<'_> {
        let (data, len) = (self.data(), self.len);
        // SAFETY: so many units of the kind are initialised.
        unsafe {
            match self.kind_and_head().0 {
                1 => Chars::Latin1(std::slice::from_raw_parts(data, len)),
                2 => Chars::U16(std::slice::from_raw_parts(data.cast(), len)),
                _ => Chars::U32(std::slice::from_raw_parts(data.cast(), len)),
            }
        }
    }

    #[inline]
    fn len(&self) -> usize {
        self.len
    }

    fn try_reserve(&mut self, additional: usize) -> Result<(), TextError> {
        if self.capacity - self.len >= additional || self.grow(additional, 0) {
            Ok(())
        } else {
            Err(TextError::memory())
        }
    }

    #[inline]
    fn push(&mut self, code: u32) {
        self.make_room(1, code);
        let (max, len) = (self.max, self.len);
        let data = self.data_mut();
        // SAFETY: the room is there, of a kind that holds the character.
        unsafe {
            match max {
                0..0x100 => *data.add(len) = code as u8,
                0x100..0x1_0000 => *data.cast::<u16>().add(len) = code as u16,
                _ => *data.cast::<u32>().add(len) = code,
            }
        }
        self.len += 1;
    }

    #[inline]
    fn push_units<U: Unit>(&mut self, units: &[U]) {
        let bits = if U::MAX <= self.max {
            U::MAX
        } else {
            bits_of(units)
        };
        self.put(units, bits);
    }

    fn push_repeat(&mut self, code: u32, count: usize) {
        if count == 0 {
            return;
        }
        match self.zeros(count, code) {
            CharsMut::Latin1(all) => all.fill(code as u8),
            CharsMut::U16(all) => all.fill(code as u16),
            CharsMut::U32(all) => all.fill(code),
        }
    }

    fn push_zeros(&mut self, count: usize, max: u32) -> CharsMut<'_> {
        self.loose = true;
        self.zeros(count, max)
    }

    fn truncate(&mut self, length: usize) {
        self.loose |= length < self.len;
        self.len = self.len.min(length);
    }
}

impl Drop for StrBuilder {
    fn drop(&mut self) {
        self.free();
    }
}
