//! Where algorithms write text to: [`TextWriter`].

use crate::codecs::{decode_utf8_into, utf8_shape_of_bytes};
use crate::memory::make_room;
use crate::{Chars, TextError, Unit, lanes, with_units};

/// Code points that are being written, in the units of their writer.
#[derive(Debug)]
pub enum CharsMut<'a> {
    Latin1(&'a mut [u8]),
    U16(&'a mut [u16]),
    U32(&'a mut [u32]),
}

/// Units that [`TextWriter::push_mapped`] maps together.
const CHUNK: usize = 256;

/// Text under construction. Where memory is exhausted, adding to it unwinds.
pub trait TextWriter {
    /// What has been pushed so far.
    fn as_chars(&self) -> Chars<'_>;
    /// Makes room for `additional` more code points or reports that there is none.
    fn try_reserve(&mut self, additional: usize) -> Result<(), TextError>;
    /// Adds one code point.
    fn push(&mut self, code: u32);
    /// Adds a slice of units.
    fn push_units<U: Unit>(&mut self, units: &[U]);
    /// Adds `count` times the same code point.
    fn push_repeat(&mut self, code: u32, count: usize);
    /// Adds `count` zeros, to be written over with code points of up to `max`.
    fn push_zeros(&mut self, count: usize, max: u32) -> CharsMut<'_>;
    /// Forgets the code points from an index on.
    fn truncate(&mut self, length: usize);

    /// The number of code points pushed so far.
    fn len(&self) -> usize {
        self.as_chars().len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds ASCII text.
    #[inline]
    fn push_ascii(&mut self, ascii: &str) {
        debug_assert!(ascii.is_ascii());
        self.push_units(ascii.as_bytes());
    }

    /// Adds text in UTF-8.
    fn push_str(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let Some(shape) = utf8_shape_of_bytes(bytes).filter(|shape| shape.max_char >= 0x80) else {
            return self.push_units(bytes);
        };
        match self.push_zeros(shape.length, shape.max_char) {
            CharsMut::Latin1(to) => decode_utf8_into(bytes, to),
            CharsMut::U16(to) => decode_utf8_into(bytes, to),
            CharsMut::U32(to) => decode_utf8_into(bytes, to),
        };
    }

    /// Adds code points of any width; they need not be in canonical form.
    #[inline]
    fn push_chars(&mut self, chars: Chars<'_>) {
        with_units!(chars, units => self.push_units(units));
    }

    /// Adds units, each mapped to another.
    #[inline]
    fn push_mapped<U: Unit>(&mut self, units: &[U], map: impl Fn(U) -> U) {
        for chunk in units.chunks(CHUNK) {
            let mut mapped = [U::default(); CHUNK];
            let mapped = &mut mapped[..chunk.len()];
            lanes::map_into(chunk, mapped, &map);
            self.push_units(mapped);
        }
    }
}

/// Code points in the widest unit, for short texts and for sequences of codes.
impl TextWriter for Vec<u32> {
    fn as_chars(&self) -> Chars<'_> {
        Chars::U32(self)
    }

    fn try_reserve(&mut self, additional: usize) -> Result<(), TextError> {
        Vec::try_reserve(self, additional).map_err(|_| TextError::memory())
    }

    fn push(&mut self, code: u32) {
        make_room(self, 1);
        Vec::push(self, code);
    }

    fn push_units<U: Unit>(&mut self, units: &[U]) {
        make_room(self, units.len());
        lanes::extend(self, units, U::code);
    }

    fn push_repeat(&mut self, code: u32, count: usize) {
        make_room(self, count);
        self.resize(Vec::len(self) + count, code);
    }

    fn push_zeros(&mut self, count: usize, _max: u32) -> CharsMut<'_> {
        let start = Vec::len(self);
        self.push_repeat(0, count);
        CharsMut::U32(&mut self[start..])
    }

    fn truncate(&mut self, length: usize) {
        Vec::truncate(self, length);
    }
}
