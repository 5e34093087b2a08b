//! Strings from UTF-8, decoded straight into their own memory, and parts of strings.

use krait_text::codecs::{decode_utf8_into, utf8_shape_of_bytes};

use super::{Str, StrFiller, intern};
use crate::object::Owned;

impl Str {
    /// The string of valid UTF-8; `None` where the bytes are not valid.
    pub fn from_utf8(bytes: &[u8]) -> Option<Owned<Str>> {
        let shape = utf8_shape_of_bytes(bytes)?;
        if shape.max_char < 0x80 {
            return Some(Str::from_ascii(bytes));
        }
        let alloc = krait_heap::alloc_raw_zeroed;
        let string = match Str::try_allocate_by(alloc, shape.length, shape.max_char) {
            Some(string) => string,
            None => crate::errors::out_of_memory(),
        };
        if !StrFiller(&string).decode_utf8(bytes) {
            return None;
        }
        match string.len() {
            1 if shape.max_char < 0x100 => Some(intern::latin1_char(string.raw_bytes()[0])),
            _ => Some(string),
        }
    }

    /// The characters from `start` to `end`, which must be in range.
    #[inline]
    pub fn slice(&self, start: usize, end: usize) -> Owned<Str> {
        if self.is_ascii() {
            return Str::from_ascii(&self.raw_bytes()[start..end]);
        }
        Str::from_chars(self.chars().slice(start, end))
    }
}

impl StrFiller<'_> {
    /// Decodes into the whole string; false where the bytes are not valid or do not fill
    /// it exactly.
    fn decode_utf8(&self, bytes: &[u8]) -> bool {
        let (data, len) = (self.0.data().cast_mut(), self.0.len());
        // SAFETY: the memory of a fresh string, which nobody else knows yet, of units of
        // its kind; it has been zeroed.
        unsafe {
            match self.0.kind() {
                1 => decode_utf8_into(
                    bytes,
                    std::slice::from_raw_parts_mut(data.cast::<u8>(), len),
                ),
                2 => decode_utf8_into(
                    bytes,
                    std::slice::from_raw_parts_mut(data.cast::<u16>(), len),
                ),
                _ => decode_utf8_into(
                    bytes,
                    std::slice::from_raw_parts_mut(data.cast::<u32>(), len),
                ),
            }
        }
    }
}
