//! Text as PEP 393 stores it: borrowed ([`Chars`]), owned ([`Text`]), growing
//! ([`TextBuilder`]).
//!
//! What always holds: a `Text` is in the narrowest unit that holds its largest code
//! point, and is `Ascii` exactly when all code points are below 128. Functions that
//! take `Chars` rely on the same for their speed, not for their safety.

use crate::lanes;
use crate::memory::make_room;
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
    /// The vector as text; the caller knows it to be canonical but for ASCII.
    fn into_text(units: Vec<Self>) -> Text;
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
    fn find_all(hay: &[Self], needle: &[Self], mut found: impl FnMut(usize) -> bool) {
        let mut at = 0;
        while let Some(ahead) = find::find_units(&hay[at..], needle) {
            if !found(at + ahead) {
                break;
            }
            at += ahead + needle.len();
        }
    }
    /// The last place of a needle of two units or more, not longer than the hay.
    fn rfind_many(hay: &[Self], needle: &[Self]) -> Option<usize> {
        find::rfind_wide(hay, needle)
    }
}

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
    fn into_text(units: Vec<u8>) -> Text {
        Text::from_latin1(units)
    }
    fn borrow(chars: Chars<'_>) -> Option<&[u8]> {
        match chars {
            Chars::Latin1(units) => Some(units),
            _ => None,
        }
    }
    fn find_one(hay: &[u8], unit: u8) -> Option<usize> {
        memchr::memchr(unit, hay)
    }
    fn rfind_one(hay: &[u8], unit: u8) -> Option<usize> {
        memchr::memrchr(unit, hay)
    }
    fn count_one(hay: &[u8], unit: u8) -> usize {
        memchr::memchr_iter(unit, hay).count()
    }
    fn find_many(hay: &[u8], needle: &[u8]) -> Option<usize> {
        // Where there are few places, to look at them is less than to prepare a search.
        const FEW: usize = 16;
        let places = hay.len() - needle.len();
        if places < FEW {
            return (0..=places).find(|&at| hay[at..].starts_with(needle));
        }
        memchr::memmem::find(hay, needle)
    }
    fn find_all(hay: &[u8], needle: &[u8], mut found: impl FnMut(usize) -> bool) {
        match needle {
            [byte] => {
                memchr::memchr_iter(*byte, hay).all(&mut found);
            }
            _ => {
                memchr::memmem::find_iter(hay, needle).all(&mut found);
            }
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
    fn into_text(units: Vec<u16>) -> Text {
        Text::U16(units)
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
    fn into_text(units: Vec<u32>) -> Text {
        Text::U32(units)
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

    /// An owned copy in canonical form.
    pub fn to_text(&self) -> Text {
        let mut out = TextBuilder::with_capacity(self.len());
        out.push_chars(*self);
        out.finish()
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

/// An owned string in canonical form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text {
    Ascii(Vec<u8>),
    Latin1(Vec<u8>),
    U16(Vec<u16>),
    U32(Vec<u32>),
}

impl Text {
    /// Text of one-byte units; finds out whether it is ASCII.
    pub fn from_latin1(units: Vec<u8>) -> Text {
        if units.is_ascii() {
            Text::Ascii(units)
        } else {
            Text::Latin1(units)
        }
    }

    /// The code points, borrowed.
    #[inline]
    pub fn chars(&self) -> Chars<'_> {
        match self {
            Text::Ascii(units) | Text::Latin1(units) => Chars::Latin1(units),
            Text::U16(units) => Chars::U16(units),
            Text::U32(units) => Chars::U32(units),
        }
    }

    /// The number of code points.
    pub fn len(&self) -> usize {
        self.chars().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The largest code point this representation can hold: 0x7F, 0xFF, 0xFFFF or
    /// 0x10FFFF.
    pub fn max_char(&self) -> u32 {
        match self {
            Text::Ascii(_) => 0x7F,
            Text::Latin1(_) => 0xFF,
            Text::U16(_) => 0xFFFF,
            Text::U32(_) => 0x10_FFFF,
        }
    }

    /// See [`Chars::to_string_lossy`].
    pub fn to_string_lossy(&self) -> String {
        self.chars().to_string_lossy()
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        if text.is_ascii() {
            return Text::Ascii(text.as_bytes().to_vec());
        }
        let mut out = TextBuilder::with_capacity(text.len());
        out.push_str(text);
        out.finish()
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        if text.is_ascii() {
            Text::Ascii(text.into_bytes())
        } else {
            Text::from(text.as_str())
        }
    }
}

#[derive(Clone, Debug)]
enum Buffer {
    One(Vec<u8>),
    Two(Vec<u16>),
    Four(Vec<u32>),
}

/// Collects code points in the narrowest unit that holds what came so far.
#[derive(Clone, Debug)]
pub struct TextBuilder {
    buffer: Buffer,
    /// All bits of the one-byte units pushed; tells ASCII from Latin-1.
    low_bits: u8,
}

impl Default for TextBuilder {
    fn default() -> Self {
        TextBuilder::new()
    }
}

impl TextBuilder {
    /// An empty builder; allocates nothing.
    pub fn new() -> Self {
        TextBuilder::with_capacity(0)
    }

    /// An empty builder with room for `capacity` one-byte units.
    pub fn with_capacity(capacity: usize) -> Self {
        let mut units = Vec::new();
        make_room(&mut units, capacity);
        TextBuilder {
            buffer: Buffer::One(units),
            low_bits: 0,
        }
    }

    /// The number of code points pushed so far.
    #[inline]
    pub fn len(&self) -> usize {
        match &self.buffer {
            Buffer::One(units) => units.len(),
            Buffer::Two(units) => units.len(),
            Buffer::Four(units) => units.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Makes room for `additional` more code points or reports that there is none.
    pub fn try_reserve(&mut self, additional: usize) -> Result<(), crate::TextError> {
        let done = match &mut self.buffer {
            Buffer::One(units) => units.try_reserve(additional),
            Buffer::Two(units) => units.try_reserve(additional),
            Buffer::Four(units) => units.try_reserve(additional),
        };
        done.map_err(|_| crate::TextError::memory())
    }

    fn make_room(&mut self, additional: usize) {
        match &mut self.buffer {
            Buffer::One(units) => make_room(units, additional),
            Buffer::Two(units) => make_room(units, additional),
            Buffer::Four(units) => make_room(units, additional),
        }
    }

    /// Adds one code point; as all that follows it unwinds where memory is exhausted.
    #[inline]
    pub fn push(&mut self, code: u32) {
        match &mut self.buffer {
            Buffer::One(units) if code <= 0xFF => {
                self.low_bits |= code as u8;
                make_room(units, 1);
                units.push(code as u8);
            }
            Buffer::Two(units) if code <= 0xFFFF => {
                make_room(units, 1);
                units.push(code as u16);
            }
            Buffer::Four(units) => {
                make_room(units, 1);
                units.push(code);
            }
            _ => {
                self.widen(code);
                self.push(code);
            }
        }
    }

    /// Makes the units wide enough for code points with these bits.
    #[cold]
    fn widen(&mut self, bits: u32) {
        let wide = bits > 0xFFFF;
        let buffer = std::mem::replace(&mut self.buffer, Buffer::Four(Vec::new()));
        self.buffer = match buffer {
            Buffer::One(units) if wide => Buffer::Four(widened(&units)),
            Buffer::One(units) if bits > 0xFF => Buffer::Two(widened(&units)),
            Buffer::Two(units) if wide => Buffer::Four(widened(&units)),
            other => other,
        };
    }

    /// Adds ASCII text.
    #[inline]
    pub fn push_ascii(&mut self, ascii: &str) {
        debug_assert!(ascii.is_ascii());
        self.make_room(ascii.len());
        match &mut self.buffer {
            Buffer::One(units) => units.extend_from_slice(ascii.as_bytes()),
            Buffer::Two(units) => units.extend(ascii.bytes().map(u16::from)),
            Buffer::Four(units) => units.extend(ascii.bytes().map(u32::from)),
        }
    }

    /// Adds text in UTF-8.
    pub fn push_str(&mut self, text: &str) {
        if text.is_ascii() {
            self.push_ascii(text);
        } else {
            text.chars().for_each(|c| self.push(u32::from(c)));
        }
    }

    /// Adds code points of any width; they need not be in canonical form.
    pub fn push_chars(&mut self, chars: Chars<'_>) {
        with_units!(chars, units => self.push_units(units));
    }

    /// Adds a slice of units.
    pub fn push_units<U: Unit>(&mut self, units: &[U]) {
        let bits = bits_of(units);
        if bits > 0xFF {
            self.widen(bits);
        }
        self.low_bits |= bits as u8;
        self.make_room(units.len());
        match (&mut self.buffer, U::chars(units)) {
            (Buffer::One(own), Chars::Latin1(units)) => own.extend_from_slice(units),
            (Buffer::Two(own), Chars::U16(units)) => own.extend_from_slice(units),
            (Buffer::Four(own), Chars::U32(units)) => own.extend_from_slice(units),
            (Buffer::One(own), _) => lanes::extend(own, units, |unit| unit.code() as u8),
            (Buffer::Two(own), _) => lanes::extend(own, units, |unit| unit.code() as u16),
            (Buffer::Four(own), _) => lanes::extend(own, units, |unit| unit.code()),
        }
    }

    /// Adds `count` times the same code point.
    pub fn push_repeat(&mut self, code: u32, count: usize) {
        if count == 0 {
            return;
        }
        self.push(code);
        self.make_room(count - 1);
        let length = self.len() - 1 + count;
        match &mut self.buffer {
            Buffer::One(units) => units.resize(length, code as u8),
            Buffer::Two(units) => units.resize(length, code as u16),
            Buffer::Four(units) => units.resize(length, code),
        }
    }

    /// Writes over the code points from `at` on, and adds what goes beyond the end; `at`
    /// must not be beyond the end itself.
    pub fn overwrite(&mut self, at: usize, chars: Chars<'_>) {
        let bits = chars.bits();
        if bits > 0xFF {
            self.widen(bits);
        }
        self.low_bits |= bits as u8;
        let over = chars.len().min(self.len() - at);
        let front = chars.slice(0, over);
        with_units!(front, units => match &mut self.buffer {
            Buffer::One(own) => put_units(&mut own[at..], units, |code| code as u8),
            Buffer::Two(own) => put_units(&mut own[at..], units, |code| code as u16),
            Buffer::Four(own) => put_units(&mut own[at..], units, |code| code),
        });
        self.push_chars(chars.slice(over, chars.len()));
    }

    /// Forgets the code points from an index on.
    pub fn truncate(&mut self, length: usize) {
        match &mut self.buffer {
            Buffer::One(units) => units.truncate(length),
            Buffer::Two(units) => units.truncate(length),
            Buffer::Four(units) => units.truncate(length),
        }
    }

    /// What has been pushed so far.
    pub fn as_chars(&self) -> Chars<'_> {
        match &self.buffer {
            Buffer::One(units) => Chars::Latin1(units),
            Buffer::Two(units) => Chars::U16(units),
            Buffer::Four(units) => Chars::U32(units),
        }
    }

    /// An upper bound of the code points pushed: 0x7F, 0xFF, 0xFFFF or 0x10FFFF.
    pub fn max_char(&self) -> u32 {
        match &self.buffer {
            Buffer::One(_) if self.low_bits < 0x80 => 0x7F,
            Buffer::One(_) => 0xFF,
            Buffer::Two(_) => 0xFFFF,
            Buffer::Four(_) => 0x10_FFFF,
        }
    }

    /// The text, in canonical form.
    pub fn finish(self) -> Text {
        match self.buffer {
            Buffer::One(units) if self.low_bits < 0x80 => Text::Ascii(units),
            Buffer::One(units) => Text::Latin1(units),
            Buffer::Two(units) => Text::U16(units),
            Buffer::Four(units) => Text::U32(units),
        }
    }
}

/// Copies units to the start of others.
fn put_units<A: Unit, B>(to: &mut [B], from: &[A], convert: impl Fn(u32) -> B) {
    for (place, unit) in to.iter_mut().zip(from) {
        *place = convert(unit.code());
    }
}

/// The units in a wider type, with the same spare room.
pub(crate) fn widened<A: Unit, B: Unit>(units: &[A]) -> Vec<B> {
    let mut wide = Vec::new();
    make_room(&mut wide, units.len() + units.len() / 2 + 8);
    lanes::extend(&mut wide, units, |unit| B::from_code(unit.code()));
    wide
}
