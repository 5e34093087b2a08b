//! Serialised code that is read as it is asked for: a code's record when a function or
//! frame wants its shape, the rest at the first call.
//!
//! Corrupt input gives an error, never a panic; it does not replace [`crate::verify`].

use crate::code::{Code, Const, Handler, Shape};
use crate::op::Op;
use crate::positions::{Positions, take, take_signed};
use crate::serial::{FORMAT_VERSION, MAGIC, ReadError};
use crate::word::Word;
use std::ops::Range;
use std::sync::Arc;

const MAX_DEPTH: u32 = 500;
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
    depth: u32,
}

/// A constant whose texts and codes are still in the image.
pub type StoredConst = Const<Text, Place>;

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
}

/// The other parts of a code, as in [`Code`].
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "as in Code")]
pub struct Parts {
    pub outline: Outline,
    pub varnames: Vec<Text>,
    pub hidden: Vec<u16>,
    pub cellvars: Vec<(Text, Option<u16>)>,
    pub freevars: Vec<Text>,
    pub names: Vec<Text>,
    pub consts: Vec<StoredConst>,
    pub words: Vec<Word>,
    pub handlers: Vec<Handler>,
    /// Where in the image the table of positions is.
    pub positions: Range<usize>,
}

type Read<T> = Result<T, ReadError>;

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
        Ok(Place { at, depth: 0 })
    }

    fn reader(&self, place: Place) -> Read<Reader<'_>> {
        let all = self.bytes();
        let bytes = all.get(place.at as usize..).ok_or(ReadError::Corrupt)?;
        Ok(Reader {
            all: all.len(),
            bytes,
            strings: self.strings,
            depth: place.depth,
        })
    }

    /// Names and numbers of a code.
    pub fn outline(&self, place: Place) -> Read<Outline> {
        self.reader(place)?.outline()
    }

    /// All parts of a code.
    pub fn parts(&self, place: Place) -> Read<Parts> {
        self.reader(place)?.parts()
    }

    /// A code with all those inside.
    pub fn whole(&self, place: Place) -> Read<Code> {
        let parts = self.parts(place)?;
        let name = |text: &Text| self.name(*text).map(Arc::<str>::from);
        let names = |texts: &[Text]| texts.iter().map(name).collect::<Read<Vec<_>>>();
        let (outline, shape) = (&parts.outline, parts.outline.shape);
        Ok(Code {
            name: name(&outline.name)?,
            qualname: name(&outline.qualname)?,
            filename: name(&outline.filename)?,
            first_line: shape.first_line,
            flags: shape.flags,
            argcount: shape.argcount,
            posonlyargcount: shape.posonlyargcount,
            kwonlyargcount: shape.kwonlyargcount,
            nregs: shape.nregs,
            first_temp: shape.first_temp,
            varnames: names(&parts.varnames)?,
            hidden: parts.hidden,
            cellvars: parts
                .cellvars
                .iter()
                .map(|(text, parameter)| Ok((name(text)?, *parameter)))
                .collect::<Read<_>>()?,
            freevars: names(&parts.freevars)?,
            names: names(&parts.names)?,
            consts: self.constants(&parts.consts)?,
            words: parts.words,
            handlers: parts.handlers,
            positions: Positions {
                bytes: self.positions(&parts.positions).to_vec(),
            },
        })
    }

    fn constants(&self, consts: &[StoredConst]) -> Read<Vec<Const>> {
        consts.iter().map(|c| self.constant(c)).collect()
    }

    fn constant(&self, constant: &StoredConst) -> Read<Const> {
        Ok(match constant {
            Const::None => Const::None,
            Const::Bool(value) => Const::Bool(*value),
            Const::Ellipsis => Const::Ellipsis,
            Const::Int(number) => Const::Int(*number),
            Const::BigInt(negative, digits) => Const::BigInt(*negative, digits.clone()),
            Const::Float(number) => Const::Float(*number),
            Const::Complex(re, im) => Const::Complex(*re, *im),
            Const::Str(text) => Const::Str(self.text(*text)?.into()),
            Const::Bytes(text) => Const::Bytes(self.text(*text)?.into()),
            Const::Tuple(items) => Const::Tuple(self.constants(items)?.into()),
            Const::FrozenSet(items) => Const::FrozenSet(self.constants(items)?.into()),
            Const::Slice(parts) => {
                let [a, b, c] = &**parts;
                let parts = [self.constant(a)?, self.constant(b)?, self.constant(c)?];
                Const::Slice(Arc::new(parts))
            }
            Const::Code(place) => Const::Code(Arc::new(self.whole(*place)?)),
        })
    }
}

/// How the bytes that stand for a mask's bits come to their places.
#[derive(Clone, Copy)]
struct Spread {
    /// How many there are.
    count: usize,
    /// The bits of those.
    used: u64,
    /// The bits of what goes four places on, then two, then one.
    moves: [u64; 3],
}

/// For each mask: bit i says that byte i of seven is not zero, and follows.
static SPREAD: [Spread; 128] = {
    let mut all = [Spread::of(0); 128];
    let mut mask = 1;
    while mask < 128 {
        all[mask] = Spread::of(mask);
        mask += 1;
    }
    all
};

impl Spread {
    const fn of(mask: usize) -> Spread {
        let count = mask.count_ones() as usize;
        let mut moves = [0; 3];
        let (mut place, mut from) = (0, 0);
        while place < 7 {
            if mask >> place & 1 != 0 {
                // Farther bytes go at least as far, so that none comes where another is.
                let (mut at, mut step) = (from, 0);
                while step < 3 {
                    let way = 4 >> step;
                    if (place - from) & way != 0 {
                        moves[step] |= 0xFF << (8 * at);
                        at += way;
                    }
                    step += 1;
                }
                from += 1;
            }
            place += 1;
        }
        Spread {
            count,
            used: (1 << (8 * count)) - 1,
            moves,
        }
    }

    #[inline]
    fn apply(&self, bytes: u64) -> u64 {
        let mut spread = bytes & self.used;
        for (step, moved) in self.moves.iter().enumerate() {
            let moved = spread & moved;
            spread = spread ^ moved | moved << (8 * (4 >> step));
        }
        spread
    }
}

struct Reader<'a> {
    /// How many bytes the image has.
    all: usize,
    bytes: &'a [u8],
    strings: u32,
    /// Of the code that is read.
    depth: u32,
}

impl<'a> Reader<'a> {
    fn number(&mut self) -> Read<u64> {
        take(&mut self.bytes).ok_or(ReadError::Corrupt)
    }

    fn small<T: TryFrom<u64>>(&mut self) -> Read<T> {
        T::try_from(self.number()?).map_err(|_| ReadError::Corrupt)
    }

    /// A length of things of which each takes at least `size` bytes.
    fn count(&mut self, size: usize) -> Read<usize> {
        let count: usize = self.small()?;
        let fits = count
            .checked_mul(size)
            .is_some_and(|bytes| bytes <= self.bytes.len());
        if fits {
            Ok(count)
        } else {
            Err(ReadError::Corrupt)
        }
    }

    /// So many numbers, most often of one byte each.
    fn numbers<const N: usize>(&mut self) -> Read<[u32; N]> {
        if let Some((head, rest)) = self.bytes.split_first_chunk::<N>()
            && head.iter().fold(0, |all, byte| all | byte) < 0x80
        {
            self.bytes = rest;
            return Ok(head.map(u32::from));
        }
        let mut all = [0; N];
        for number in &mut all {
            *number = self.small()?;
        }
        Ok(all)
    }

    fn byte(&mut self) -> Read<u8> {
        let (byte, rest) = self.bytes.split_first().ok_or(ReadError::Corrupt)?;
        self.bytes = rest;
        Ok(*byte)
    }

    fn slice(&mut self, length: usize) -> Read<&'a [u8]> {
        let (head, rest) = self
            .bytes
            .split_at_checked(length)
            .ok_or(ReadError::Corrupt)?;
        self.bytes = rest;
        Ok(head)
    }

    /// Where in the image the rest begins.
    fn at(&self) -> usize {
        self.all - self.bytes.len()
    }

    fn text(&mut self) -> Read<Text> {
        let index: u32 = self.small()?;
        if index < self.strings {
            Ok(Text(index))
        } else {
            Err(ReadError::Corrupt)
        }
    }

    fn list<T>(&mut self, item: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        let count = self.count(1)?;
        self.items(count, item)
    }

    fn items<T>(
        &mut self,
        count: usize,
        mut item: impl FnMut(&mut Self) -> Read<T>,
    ) -> Read<Vec<T>> {
        if count > self.bytes.len() {
            return Err(ReadError::Corrupt);
        }
        let mut items = Vec::with_capacity(count);
        for _ in 0..count {
            items.push(item(self)?);
        }
        Ok(items)
    }

    fn outline(&mut self) -> Read<Outline> {
        let (name, qualname, filename) = (self.text()?, self.text()?, self.text()?);
        let first_line = self.small()?;
        let [flags, argcount, posonlyargcount, kwonlyargcount] = self.numbers()?;
        let registers = self.numbers::<5>()?;
        if registers.iter().any(|n| *n > u32::from(u16::MAX)) {
            return Err(ReadError::Corrupt);
        }
        let [nregs, first_temp, varnames, cellvars, freevars] = registers.map(|n| n as u16);
        Ok(Outline {
            name,
            qualname,
            filename,
            shape: Shape {
                first_line,
                flags,
                argcount,
                posonlyargcount,
                kwonlyargcount,
                nregs,
                first_temp,
                varnames,
                cellvars,
                freevars,
                words: self.small()?,
            },
        })
    }

    fn parts(&mut self) -> Read<Parts> {
        if self.depth > MAX_DEPTH {
            return Err(ReadError::Corrupt);
        }
        let outline = self.outline()?;
        let shape = outline.shape;
        Ok(Parts {
            outline,
            varnames: self.items(shape.varnames as usize, Self::text)?,
            hidden: self.list(Self::small)?,
            cellvars: self.items(shape.cellvars as usize, |this| {
                let name = this.text()?;
                let parameter: u32 = this.small()?;
                Ok((
                    name,
                    parameter.checked_sub(1).map(|register| register as u16),
                ))
            })?,
            freevars: self.items(shape.freevars as usize, Self::text)?,
            names: self.list(Self::text)?,
            consts: self.list(|this| this.constant(this.depth))?,
            words: self.words(shape.words as usize)?,
            handlers: self.list(Self::handler)?,
            positions: {
                let length = self.count(1)?;
                let start = self.at();
                self.slice(length)?;
                start..start + length
            },
        })
    }

    fn handler(&mut self) -> Read<Handler> {
        let start: u32 = self.small()?;
        let length: u32 = self.small()?;
        let target = self.small()?;
        let depth: u32 = self.small()?;
        Ok(Handler {
            start,
            end: start.checked_add(length).ok_or(ReadError::Corrupt)?,
            target,
            depth: u16::try_from(depth >> 1).map_err(|_| ReadError::Corrupt)?,
            lasti: depth & 1 != 0,
        })
    }

    fn words(&mut self, count: usize) -> Read<Vec<Word>> {
        // An instruction takes two bytes here and has at most a handful of cache words.
        if count > self.bytes.len().saturating_mul(8) {
            return Err(ReadError::Corrupt);
        }
        let mut words = vec![Word(0); count];
        let mut rest = &mut words[..];
        while let Some((place, behind)) = rest.split_first_mut() {
            *place = self.instruction()?;
            let (operands, all) = Op::following(place.op_byte()).ok_or(ReadError::Corrupt)?;
            let following;
            (following, rest) = behind.split_at_mut_checked(all).ok_or(ReadError::Corrupt)?;
            for place in &mut following[..operands] {
                *place = Word(self.number()?);
            }
        }
        Ok(words)
    }

    /// An instruction: its operation, and the bytes of its word that are not zero.
    #[inline]
    fn instruction(&mut self) -> Read<Word> {
        if let Some([op, head @ ..]) = self.bytes.first_chunk::<9>() {
            let head = u64::from_le_bytes(*head);
            let (rest, spread) = (head >> 8, &SPREAD[head as usize & 0x7F]);
            self.slice(2 + spread.count)?;
            return Ok(Word(u64::from(*op) | spread.apply(rest) << 8));
        }
        // The last ones of an image.
        let (op, mask) = (self.byte()?, self.byte()?);
        let spread = &SPREAD[usize::from(mask) & 0x7F];
        let bytes = self.slice(spread.count)?;
        let rest = bytes.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b));
        Ok(Word(u64::from(op) | spread.apply(rest) << 8))
    }

    fn float(&mut self) -> Read<f64> {
        let (head, rest) = self
            .bytes
            .split_first_chunk::<8>()
            .ok_or(ReadError::Corrupt)?;
        self.bytes = rest;
        Ok(f64::from_bits(u64::from_le_bytes(*head)))
    }

    fn constant(&mut self, depth: u32) -> Read<StoredConst> {
        if depth > MAX_DEPTH {
            return Err(ReadError::Corrupt);
        }
        let tag = self.byte()?;
        Ok(match tag {
            b'N' => Const::None,
            b'T' => Const::Bool(true),
            b'F' => Const::Bool(false),
            b'.' => Const::Ellipsis,
            b'i' => Const::Int(take_signed(&mut self.bytes).ok_or(ReadError::Corrupt)?),
            b'L' | b'l' => Const::BigInt(tag == b'L', self.list(Self::digit)?.into()),
            b'f' => Const::Float(self.float()?),
            b'c' => Const::Complex(self.float()?, self.float()?),
            b's' => Const::Str(self.text()?),
            b'b' => Const::Bytes(self.text()?),
            b'(' => Const::Tuple(self.nested(depth)?.into()),
            b'{' => Const::FrozenSet(self.nested(depth)?.into()),
            b':' => {
                let parts: [StoredConst; 3] = self
                    .nested(depth)?
                    .try_into()
                    .map_err(|_| ReadError::Corrupt)?;
                Const::Slice(Arc::new(parts))
            }
            b'C' => {
                let length = self.count(1)?;
                let at = u32::try_from(self.at()).map_err(|_| ReadError::Corrupt)?;
                self.slice(length)?;
                Const::Code(Place {
                    at,
                    depth: depth + 1,
                })
            }
            _ => return Err(ReadError::Corrupt),
        })
    }

    fn digit(&mut self) -> Read<u32> {
        let digit: u32 = self.small()?;
        if digit < 1 << 30 {
            Ok(digit)
        } else {
            Err(ReadError::Corrupt)
        }
    }

    fn nested(&mut self, depth: u32) -> Read<Vec<StoredConst>> {
        self.list(|this| this.constant(depth + 1))
    }
}
