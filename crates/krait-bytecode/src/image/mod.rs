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

/// Makes a code's names and constants as they are read.
pub trait Make {
    /// What names become.
    type Name;
    /// What constants become.
    type Value;
    /// A name.
    fn name(&self, text: Text) -> Read<Self::Name>;
    /// A constant that consists of no others.
    fn value(&self, constant: StoredConst) -> Read<Self::Value>;
    /// One that does.
    fn group(&self, group: Group, items: Vec<Self::Value>) -> Read<Self::Value>;
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
    pub words: Vec<Word>,
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

    /// Where a string ends, counted from the first one's start.
    fn end(&self, index: u32) -> Option<usize> {
        let at = HEAD + 4 + index as usize * 4;
        let end = self.bytes().get(at..)?.first_chunk::<4>()?;
        (index < self.strings).then(|| u32::from_le_bytes(*end) as usize)
    }

    /// A string of the table: WTF-8, or any bytes where a constant says so.
    pub fn text(&self, text: Text) -> Read<&[u8]> {
        let range = || {
            let start = match text.0.checked_sub(1) {
                Some(before) => self.end(before)?,
                None => 0,
            };
            self.bytes()
                .get(self.text + start..self.text + self.end(text.0)?)
        };
        range().ok_or(ReadError::Corrupt)
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
            Some(last) => self.end(last).ok_or(ReadError::Corrupt)?,
            None => 0,
        };
        let at = u32::try_from(self.text + length).map_err(|_| ReadError::Corrupt)?;
        Ok(Place::new(at, 0))
    }

    fn reader(&self, place: Place) -> Read<Reader<'_>> {
        Reader::new(self.bytes(), self.strings, place).ok_or(ReadError::Corrupt)
    }

    /// Names and numbers of a code.
    pub fn outline(&self, place: Place) -> Read<Outline> {
        let place = Place {
            outline: 0,
            ..place
        };
        self.reader(place)?.outline(place)
    }

    /// The other parts of a code, whose outline says its place and shape.
    pub fn parts<M: Make>(&self, place: Place, shape: &Shape, make: &M) -> Read<Parts<M>> {
        self.reader(place)?.parts(shape, make)
    }

    /// Its `co_varnames`, `co_cellvars` and `co_freevars`, one after the other.
    pub fn locals<M: Make>(&self, place: Place, shape: &Shape, make: &M) -> Read<Vec<M::Name>> {
        self.reader(place)?.locals(shape, make)
    }

    /// A code with all those inside.
    pub fn whole(&self, place: Place) -> Read<Code> {
        let outline = self.outline(place)?;
        let (place, shape) = (outline.place, outline.shape);
        let mut locals = self.locals(place, &shape, self)?.into_iter();
        let varnames = locals.by_ref().take(shape.varnames.into()).collect();
        let parts = self.parts(place, &shape, self)?;
        let name = |text| Make::name(self, text);
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
            words: parts.words,
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

    fn name(&self, text: Text) -> Read<Arc<str>> {
        Image::name(self, text).map(Arc::from)
    }

    fn value(&self, constant: StoredConst) -> Read<Const> {
        Ok(match constant {
            Const::None => Const::None,
            Const::Bool(value) => Const::Bool(value),
            Const::Ellipsis => Const::Ellipsis,
            Const::Int(number) => Const::Int(number),
            Const::BigInt(negative, digits) => Const::BigInt(negative, digits),
            Const::Float(number) => Const::Float(number),
            Const::Complex(re, im) => Const::Complex(re, im),
            Const::Str(of) => Const::Str(self.text(of.text)?.into()),
            Const::Bytes(of) => Const::Bytes(self.text(of.text)?.into()),
            Const::Code(place) => Const::Code(Arc::new(self.whole(place)?)),
            Const::Tuple(_) | Const::FrozenSet(_) | Const::Slice(_) => {
                return Err(ReadError::Corrupt);
            }
        })
    }

    fn group(&self, group: Group, items: Vec<Const>) -> Read<Const> {
        Ok(match group {
            Group::Tuple => Const::Tuple(items.into()),
            Group::FrozenSet => Const::FrozenSet(items.into()),
            Group::Slice => {
                let parts = <[Const; 3]>::try_from(items);
                Const::Slice(Arc::new(parts.map_err(|_| ReadError::Corrupt)?))
            }
        })
    }
}
