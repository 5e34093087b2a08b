//! Text as PEP 393 stores it, borrowed: [`Chars`].
//!
//! Text comes in the narrowest unit that holds its largest code point. Functions that take
//! `Chars` rely on that for their speed, not for their safety.

use crate::search::find;
use std::fmt::Debug;

/// The code points of a string, borrowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chars<'a> {
    Latin1(&'a [u8]),
    U16(&'a [u16]),
    U32(&'a [u32]),
}

/// A storage unit of a string: one code point in one, two or four bytes.
pub trait Unit: Copy + Eq + Ord + Debug + Default + 'static {
    /// The size of the unit in bytes.
    const SIZE: usize;
    /// The largest code point the unit holds.
    const MAX: u32;
    /// The code point in this unit.
    fn code(self) -> u32;
    /// The unit that holds `code`, which must not be above `MAX`.
    fn from_code(code: u32) -> Self;
    /// The slice as `Chars`.
    fn chars(units: &[Self]) -> Chars<'_>;
    /// The slice inside `chars`, if it has this unit.
    fn borrow(chars: Chars<'_>) -> Option<&[Self]>;
    /// The first place of a unit.
    fn find_one(hay: &[Self], unit: Self) -> Option<usize> {
        find::find_one_wide(hay, unit)
    }
    /// The last place of a unit.
    fn rfind_one(hay: &[Self], unit: Self) -> Option<usize> {
        find::rfind_one_wide(hay, unit)
    }
    /// How often a unit occurs.
    fn count_one(hay: &[Self], unit: Self) -> usize {
        hay.iter().filter(|other| **other == unit).count()
    }
    /// The first place of a needle of two units or more, not longer than the hay.
    fn find_many(hay: &[Self], needle: &[Self]) -> Option<usize> {
        find::find_wide(hay, needle)
    }
    /// Calls `found` for each place of a needle of one unit or more, without overlap,
    /// until it returns false.
    fn find_all(hay: &[Self], needle: &[Self], found: impl FnMut(usize) -> bool) {
        find::find_each(hay, needle, found);
    }
    /// The last place of a needle of two units or more, not longer than the hay.
    fn rfind_many(hay: &[Self], needle: &[Self]) -> Option<usize> {
        find::rfind_wide(hay, needle)
    }
}

/// So few places are looked at sooner than a search for many is prepared.
const FEW: usize = 16;
/// In bytes so few a search for all places is prepared for nothing.
const SHORT: usize = 64;
/// So many bytes are looked through sooner than a function for this processor is called, and than
/// the processor is asked, once, which that is.
const NEAR: usize = 128;

impl Unit for u8 {
    const SIZE: usize = 1;
    const MAX: u32 = 0xFF;
    #[inline(always)]
    fn code(self) -> u32 {
        u32::from(self)
    }
    #[inline(always)]
    fn from_code(code: u32) -> u8 {
        code as u8
    }
    fn chars(units: &[u8]) -> Chars<'_> {
        Chars::Latin1(units)
    }
    fn borrow(chars: Chars<'_>) -> Option<&[u8]> {
        match chars {
            Chars::Latin1(units) => Some(units),
            _ => None,
        }
    }
    #[inline]
    fn find_one(hay: &[u8], unit: u8) -> Option<usize> {
        if hay.len() < FEW {
            return hay.iter().position(|u| *u == unit);
        }
        if hay.len() < NEAR {
            return find::find_one_wide(hay, unit);
        }
        memchr::memchr(unit, hay)
    }
    fn rfind_one(hay: &[u8], unit: u8) -> Option<usize> {
        if hay.len() < NEAR {
            return find::rfind_one_wide(hay, unit);
        }
        memchr::memrchr(unit, hay)
    }
    fn count_one(hay: &[u8], unit: u8) -> usize {
        if hay.len() < NEAR {
            return hay.iter().filter(|u| **u == unit).count();
        }
        memchr::memchr_iter(unit, hay).count()
    }
    fn find_many(hay: &[u8], needle: &[u8]) -> Option<usize> {
        let places = hay.len() - needle.len();
        if places < FEW {
            let first = needle[0];
            return (0..=places).find(|&at| hay[at] == first && hay[at..].starts_with(needle));
        }
        memchr::memmem::find(hay, needle)
    }
    fn find_all(hay: &[u8], needle: &[u8], mut found: impl FnMut(usize) -> bool) {
        match needle {
            [byte] if hay.len() >= NEAR => {
                memchr::memchr_iter(*byte, hay).all(&mut found);
            }
            [_, _, ..] if hay.len() >= SHORT => {
                memchr::memmem::find_iter(hay, needle).all(&mut found);
            }
            _ => find::find_each(hay, needle, found),
        }
    }
    fn rfind_many(hay: &[u8], needle: &[u8]) -> Option<usize> {
        memchr::memmem::rfind(hay, needle)
    }
}

impl Unit for u16 {
    const SIZE: usize = 2;
    const MAX: u32 = 0xFFFF;
    #[inline(always)]
    fn code(self) -> u32 {
        u32::from(self)
    }
    #[inline(always)]
    fn from_code(code: u32) -> u16 {
        code as u16
    }
    fn chars(units: &[u16]) -> Chars<'_> {
        Chars::U16(units)
    }
    fn borrow(chars: Chars<'_>) -> Option<&[u16]> {
        match chars {
            Chars::U16(units) => Some(units),
            _ => None,
        }
    }
}

impl Unit for u32 {
    const SIZE: usize = 4;
    const MAX: u32 = 0x10_FFFF;
    #[inline(always)]
    fn code(self) -> u32 {
        self
    }
    #[inline(always)]
    fn from_code(code: u32) -> u32 {
        code
    }
    fn chars(units: &[u32]) -> Chars<'_> {
        Chars::U32(units)
    }
    fn borrow(chars: Chars<'_>) -> Option<&[u32]> {
        match chars {
            Chars::U32(units) => Some(units),
            _ => None,
        }
    }
}

/// Binds the slice inside a [`Chars`] to a name and evaluates an expression that
/// is generic over the unit: `with_units!(text, units => units.len())`.
#[macro_export]
macro_rules! with_units {
    ($chars:expr, $units:ident => $body:expr) => {
        match $chars {
            $crate::Chars::Latin1($units) => $body,
            $crate::Chars::U16($units) => $body,
            $crate::Chars::U32($units) => $body,
        }
    };
}

/// All bits that occur in the units; enough to tell which unit would hold them.
#[inline]
pub fn bits_of<U: Unit>(units: &[U]) -> u32 {
    if units.len() < 16 {
        return units.iter().fold(0, |bits, unit| bits | unit.code());
    }
    let mut chunks = units.chunks_exact(16);
    let mut lanes = [0u32; 16];
    for chunk in &mut chunks {
        let mut i = 0;
        while i < lanes.len() && i < chunk.len() {
            lanes[i] |= chunk[i].code();
            i += 1;
        }
    }
    let rest = chunks
        .remainder()
        .iter()
        .fold(0, |bits, unit| bits | unit.code());
    lanes.iter().fold(rest, |bits, lane| bits | lane)
}

impl<'a> Chars<'a> {
    /// The number of code points.
    #[inline]
    pub fn len(&self) -> usize {
        with_units!(*self, units => units.len())
    }

    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The code point at `index`; panics when it is out of range, as slices do.
    #[inline]
    pub fn at(&self, index: usize) -> u32 {
        with_units!(*self, units => units[index].code())
    }

    /// The code point at `index`, if there is one.
    #[inline]
    pub fn get(&self, index: usize) -> Option<u32> {
        with_units!(*self, units => units.get(index).map(|unit| unit.code()))
    }

    /// The code points from `start` to `end`; both must be in range.
    #[inline]
    pub fn slice(&self, start: usize, end: usize) -> Chars<'a> {
        match *self {
            Chars::Latin1(units) => Chars::Latin1(&units[start..end]),
            Chars::U16(units) => Chars::U16(&units[start..end]),
            Chars::U32(units) => Chars::U32(&units[start..end]),
        }
    }

    /// All bits that occur in the code points.
    pub fn bits(&self) -> u32 {
        with_units!(*self, units => bits_of(units))
    }

    /// Whether all code points are below 128.
    pub fn is_ascii(&self) -> bool {
        match self {
            Chars::Latin1(units) => units.is_ascii(),
            other => other.bits() < 0x80,
        }
    }

    /// The code points in order.
    pub fn iter(&self) -> CharsIter<'a> {
        CharsIter {
            chars: *self,
            next: 0,
            end: self.len(),
        }
    }

    /// The text in UTF-8, with `\u{FFFD}` for lone surrogates; for messages.
    pub fn to_string_lossy(&self) -> String {
        self.iter()
            .map(|code| char::from_u32(code).unwrap_or('\u{FFFD}'))
            .collect()
    }

    /// Whether both hold the same code points, whatever their units.
    pub fn same_text(&self, other: Chars<'_>) -> bool {
        match (*self, other) {
            (Chars::Latin1(a), Chars::Latin1(b)) => a == b,
            (Chars::U16(a), Chars::U16(b)) => a == b,
            (Chars::U32(a), Chars::U32(b)) => a == b,
            _ => self.len() == other.len() && self.iter().eq(other.iter()),
        }
    }
}

impl<'a> From<&'a [u8]> for Chars<'a> {
    fn from(units: &'a [u8]) -> Self {
        Chars::Latin1(units)
    }
}

/// The iterator of [`Chars::iter`].
#[derive(Clone, Debug)]
pub struct CharsIter<'a> {
    chars: Chars<'a>,
    next: usize,
    end: usize,
}

impl Iterator for CharsIter<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        if self.next == self.end {
            return None;
        }
        self.next += 1;
        Some(self.chars.at(self.next - 1))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.end - self.next, Some(self.end - self.next))
    }
}

impl DoubleEndedIterator for CharsIter<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<u32> {
        if self.next == self.end {
            return None;
        }
        self.end -= 1;
        Some(self.chars.at(self.end))
    }
}

impl ExactSizeIterator for CharsIter<'_> {}
