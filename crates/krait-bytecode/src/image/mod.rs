//! Serialised code that is read as it is asked for: a code's record when a function or
//! frame wants its shape, the rest at the first call.
//!
//! Corrupt input gives an error, never a panic; it does not replace [`crate::verify`].

use crate::code::{Code, Const, Handler, Shape};
use crate::positions::Positions;
use crate::serial::{FORMAT_VERSION, MAGIC, ReadError};
use crate::word::Word;
use std::ops::Range;
use std::sync::Arc;

mod reader;

use reader::Reader;

/// Mark, version and checksum.
const HEAD: usize = 14;

/// Where the bytes are.
#[derive(Clone, Debug)]
enum Store {
    Static(&'static [u8]),
    Shared(Arc<[u8]>),
}

impl Store {
    fn bytes(&self) -> &[u8] {
        match self {
            Store::Static(bytes) => bytes,
            Store::Shared(bytes) => bytes,
        }
    }
}

/// The serialised form of a code object and those inside it.
#[derive(Clone, Debug)]
pub struct Image {
    store: Store,
    strings: u32,
    /// Where the strings begin.
    text: usize,
}

/// A string of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text(pub u32);

/// Where in an image a code's record begins, and how deep inside others it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    at: u32,
    depth: u16,
    /// How long the outline is, where that is known.
    outline: u16,
}

/// The text of a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConstText {
    /// Its characters or bytes.
    pub text: Text,
    /// Whether it looks like a name ([`crate::identifier_like`]).
    pub is_name: bool,
}

/// A constant whose text or code is still in the image.
pub type StoredConst = Const<ConstText, Place>;

/// Makes a code's names and constants as they are read; none of what is corrupt.
pub trait Make {
    /// What names become.
    type Name;
    /// What constants become.
    type Value;
    /// A name.
    fn name(&self, text: Text) -> Option<Self::Name>;
    /// A constant that consists of no others.
    fn value(&self, constant: StoredConst) -> Option<Self::Value>;
    /// One that does.
    fn group(&self, group: Group, items: Vec<Self::Value>) -> Option<Self::Value>;
}

/// What constants other constants are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "as in Const")]
pub enum Group {
    Tuple,
    FrozenSet,
    Slice,
}

/// What making a function asks for.
#[derive(Clone, Debug)]
pub struct Outline {
    /// `co_name`
    pub name: Text,
    /// `co_qualname`
    pub qualname: Text,
    /// `co_filename`
    pub filename: Text,
    /// The numbers.
    pub shape: Shape,
    /// The code's place, from which the other parts are found.
    pub place: Place,
}

/// The other parts of a code but for the names of its registers, as in [`Code`].
#[expect(missing_docs, reason = "as in Code")]
pub struct Parts<M: Make> {
    pub hidden: Vec<u16>,
    /// For each cell variable the parameter of its name.
    pub cell_parameters: Vec<Option<u16>>,
    pub names: Vec<M::Name>,
    pub consts: Vec<M::Value>,
    /// As [`Word`]s hold them.
    pub words: Vec<u64>,
    pub handlers: Vec<Handler>,
    /// Where in the image the table of positions is.
    pub positions: Range<usize>,
}

pub(crate) type Read<T> = Result<T, ReadError>;

/// A number that changes with the bytes.
pub(crate) fn checksum(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let mix = |sum: u64, word: u64| {
        (sum ^ word)
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .rotate_left(29)
    };
    let sum = words.iter().fold(bytes.len() as u64, |sum, word| {
        mix(sum, u64::from_le_bytes(*word))
    });
    rest.iter()
        .fold(sum, |sum, &byte| mix(sum, u64::from(byte)))
}

impl Image {
    /// Checks the head and the whole of the bytes.
    pub fn open(bytes: Arc<[u8]>) -> Read<Image> {
        let head = Image::rest(&bytes)?;
        let sum = bytes[HEAD - 8..].first_chunk::<8>();
        if sum.is_none_or(|sum| u64::from_le_bytes(*sum) != checksum(head)) {
            return Err(ReadError::Corrupt);
        }
        Image::make(Store::Shared(bytes))
    }

    /// The same for bytes of the program itself, which are not checked.
    pub fn of_static(bytes: &'static [u8]) -> Read<Image> {
        Image::make(Store::Static(bytes))
    }

    /// Whether the bytes are the program's own.
    pub fn is_static(&self) -> bool {
        matches!(self.store, Store::Static(_))
    }

    /// What follows the head.
    fn rest(bytes: &[u8]) -> Read<&[u8]> {
        let after = bytes.strip_prefix(&MAGIC).ok_or(ReadError::Magic)?;
        let (version, _) = after.split_first_chunk::<2>().ok_or(ReadError::Corrupt)?;
        if u16::from_le_bytes(*version) != FORMAT_VERSION {
            return Err(ReadError::Version);
        }
        bytes.get(HEAD..).ok_or(ReadError::Corrupt)
    }

    fn make(store: Store) -> Read<Image> {
        let bytes = Image::rest(store.bytes())?;
        let count = bytes.first_chunk::<4>().ok_or(ReadError::Corrupt)?;
        let strings = u32::from_le_bytes(*count);
        let text = (strings as usize)
            .checked_mul(4)
            .map(|ends| HEAD + 4 + ends)
            .filter(|text| *text <= store.bytes().len())
            .ok_or(ReadError::Corrupt)?;
        Ok(Image {
            store,
            strings,
            text,
        })
    }

    fn bytes(&self) -> &[u8] {
        self.store.bytes()
    }

    /// How many strings there are.
    pub fn string_count(&self) -> usize {
        self.strings as usize
    }

    /// Where a string begins and ends, counted from the first one's start.
    #[inline]
    fn bounds(&self, index: u32) -> Option<(usize, usize)> {
        if index >= self.strings {
            return None;
        }
        // The end of the string before and its own; before the first is the count.
        let at = HEAD + index as usize * 4;
        let both = u64::from_le_bytes(*self.bytes().get(at..)?.first_chunk()?);
        let start = if index == 0 { 0 } else { both as u32 };
        Some((start as usize, (both >> 32) as usize))
    }

    /// A string of the table: WTF-8, or any bytes where a constant says so.
    #[inline]
    pub fn text(&self, text: Text) -> Read<&[u8]> {
        self.bounds(text.0)
            .and_then(|(start, end)| self.bytes().get(self.text + start..self.text + end))
            .ok_or(ReadError::Corrupt)
    }

    /// The same where it is a name.
    pub fn name(&self, text: Text) -> Read<&str> {
        std::str::from_utf8(self.text(text)?).map_err(|_| ReadError::Corrupt)
    }

    /// The encoded positions of a code's instructions.
    pub fn positions(&self, range: &Range<usize>) -> &[u8] {
        self.bytes().get(range.clone()).unwrap_or_default()
    }

    /// The code around all others.
    pub fn outermost(&self) -> Read<Place> {
        let length = match self.strings.checked_sub(1) {
            Some(last) => self.bounds(last).ok_or(ReadError::Corrupt)?.1,
            None => 0,
        };
        let at = u32::try_from(self.text + length).map_err(|_| ReadError::Corrupt)?;
        Ok(Place::new(at, 0))
    }

    fn reader(&self, place: Place) -> Option<Reader<'_>> {
        Reader::new(self.bytes(), self.strings, place)
    }

    /// Names and numbers of a code.
    pub fn outline(&self, place: Place) -> Read<Outline> {
        let place = Place {
            outline: 0,
            ..place
        };
        let outline = self.reader(place).and_then(|mut r| r.outline(place));
        outline.ok_or(ReadError::Corrupt)
    }

    /// The other parts of a code, whose outline says its place and shape.
    pub fn parts<M: Make>(&self, place: Place, shape: &Shape, make: &M) -> Read<Parts<M>> {
        let parts = self.reader(place).and_then(|mut r| r.parts(shape, make));
        parts.ok_or(ReadError::Corrupt)
    }

    /// Its `co_varnames`, `co_cellvars` and `co_freevars`, one after the other.
    pub fn locals<M: Make>(&self, place: Place, shape: &Shape, make: &M) -> Read<Vec<M::Name>> {
        let locals = self.reader(place).and_then(|mut r| r.locals(shape, make));
        locals.ok_or(ReadError::Corrupt)
    }

    /// A code with all those inside.
    pub fn whole(&self, place: Place) -> Read<Code> {
        let outline = self.outline(place)?;
        let (place, shape) = (outline.place, outline.shape);
        let mut locals = self.locals(place, &shape, self)?.into_iter();
        let varnames = locals.by_ref().take(shape.varnames.into()).collect();
        let parts = self.parts(place, &shape, self)?;
        let name = |text| self.name(text).map(Arc::from);
        Ok(Code {
            name: name(outline.name)?,
            qualname: name(outline.qualname)?,
            filename: name(outline.filename)?,
            first_line: shape.first_line,
            flags: shape.flags,
            argcount: shape.argcount,
            posonlyargcount: shape.posonlyargcount,
            kwonlyargcount: shape.kwonlyargcount,
            nregs: shape.nregs,
            first_temp: shape.first_temp,
            varnames,
            hidden: parts.hidden,
            cellvars: (locals.by_ref().take(shape.cellvars.into()))
                .zip(parts.cell_parameters)
                .collect(),
            freevars: locals.collect(),
            names: parts.names,
            consts: parts.consts,
            words: parts.words.into_iter().map(Word).collect(),
            handlers: parts.handlers,
            positions: Positions {
                bytes: self.positions(&parts.positions).to_vec(),
            },
        })
    }
}

/// As data of their own.
impl Make for Image {
    type Name = Arc<str>;
    type Value = Const;

    fn name(&self, text: Text) -> Option<Arc<str>> {
        Image::name(self, text).ok().map(Arc::from)
    }

    fn value(&self, constant: StoredConst) -> Option<Const> {
        Some(match constant {
            Const::None => Const::None,
            Const::Bool(value) => Const::Bool(value),
            Const::Ellipsis => Const::Ellipsis,
            Const::Int(number) => Const::Int(number),
            Const::BigInt(negative, digits) => Const::BigInt(negative, digits),
            Const::Float(number) => Const::Float(number),
            Const::Complex(re, im) => Const::Complex(re, im),
            Const::Str(of) => Const::Str(self.text(of.text).ok()?.into()),
            Const::Bytes(of) => Const::Bytes(self.text(of.text).ok()?.into()),
            Const::Code(place) => Const::Code(Arc::new(self.whole(place).ok()?)),
            Const::Tuple(_) | Const::FrozenSet(_) | Const::Slice(_) => return None,
        })
    }

    fn group(&self, group: Group, items: Vec<Const>) -> Option<Const> {
        Some(match group {
            Group::Tuple => Const::Tuple(items.into()),
            Group::FrozenSet => Const::FrozenSet(items.into()),
            Group::Slice => {
                let parts = <[Const; 3]>::try_from(items);
                Const::Slice(Arc::new(parts.ok()?))
            }
        })
    }
}
