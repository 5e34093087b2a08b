//! Binary form of code objects for `.pyc` files and the frozen library.
//!
//! Numbers are 7-bit varints, low bits first. All strings of a file stand once in a
//! table at its head; words leave out cache words and trailing zero operands. Corrupt
//! input gives an error, never a panic; it does not replace [`crate::verify`].

use crate::code::{Code, Const, Handler};
use crate::op::Op;
use crate::positions::{Positions, put, put_signed, take, take_signed};
use crate::word::Word;
use std::collections::HashMap;
use std::sync::Arc;

/// Changes whenever the format or the instruction table does.
pub const FORMAT_VERSION: u16 = 1;

const MAGIC: [u8; 4] = *b"KRBC";
const MAX_DEPTH: u32 = 500;

/// Why bytes could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// Not this format.
    Magic,
    /// Another version of it.
    Version,
    /// Cut off or inconsistent.
    Corrupt,
}

impl std::fmt::Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            ReadError::Magic => "not Krait bytecode",
            ReadError::Version => "bytecode of another version",
            ReadError::Corrupt => "corrupt bytecode",
        })
    }
}

impl std::error::Error for ReadError {}

/// Encodes a code object.
pub fn to_bytes(code: &Code) -> Vec<u8> {
    let mut writer = Writer::default();
    let mut body = Vec::new();
    writer.code(&mut body, code);
    let mut out = MAGIC.to_vec();
    out.extend(FORMAT_VERSION.to_le_bytes());
    put(&mut out, writer.strings.len() as u64);
    for text in &writer.strings {
        put(&mut out, text.len() as u64);
        out.extend_from_slice(text);
    }
    out.extend(body);
    out
}

/// Decodes a code object.
pub fn from_bytes(bytes: &[u8]) -> Result<Arc<Code>, ReadError> {
    let rest = bytes.strip_prefix(&MAGIC).ok_or(ReadError::Magic)?;
    let (version, rest) = rest.split_first_chunk::<2>().ok_or(ReadError::Corrupt)?;
    if u16::from_le_bytes(*version) != FORMAT_VERSION {
        return Err(ReadError::Version);
    }
    let mut reader = Reader {
        bytes: rest,
        strings: Vec::new(),
        names: Vec::new(),
    };
    let count = reader.count(1)?;
    for _ in 0..count {
        let length = reader.count(1)?;
        let text = reader.slice(length)?;
        reader.strings.push(text.into());
        reader
            .names
            .push(std::str::from_utf8(text).ok().map(Arc::from));
    }
    let code = reader.code(0)?;
    if reader.bytes.is_empty() {
        Ok(Arc::new(code))
    } else {
        Err(ReadError::Corrupt)
    }
}

#[derive(Default)]
struct Writer<'a> {
    strings: Vec<&'a [u8]>,
    index: HashMap<&'a [u8], u64>,
}

impl<'a> Writer<'a> {
    fn text(&mut self, out: &mut Vec<u8>, text: &'a [u8]) {
        let next = self.strings.len() as u64;
        let index = *self.index.entry(text).or_insert(next);
        if index == next {
            self.strings.push(text);
        }
        put(out, index);
    }

    fn texts(&mut self, out: &mut Vec<u8>, texts: &'a [Arc<str>]) {
        put(out, texts.len() as u64);
        for text in texts {
            self.text(out, text.as_bytes());
        }
    }

    fn code(&mut self, out: &mut Vec<u8>, code: &'a Code) {
        for text in [&code.name, &code.qualname, &code.filename] {
            self.text(out, text.as_bytes());
        }
        for number in [
            code.first_line,
            code.flags,
            code.argcount,
            code.posonlyargcount,
            code.kwonlyargcount,
            code.nregs as u32,
            code.first_temp as u32,
        ] {
            put(out, number as u64);
        }
        self.texts(out, &code.varnames);
        put(out, code.hidden.len() as u64);
        for &register in &code.hidden {
            put(out, register as u64);
        }
        put(out, code.cellvars.len() as u64);
        for (name, parameter) in &code.cellvars {
            self.text(out, name.as_bytes());
            put(out, parameter.map_or(0, |register| register as u64 + 1));
        }
        self.texts(out, &code.freevars);
        self.texts(out, &code.names);
        put(out, code.consts.len() as u64);
        for constant in &code.consts {
            self.constant(out, constant);
        }
        write_words(out, &code.words);
        put(out, code.handlers.len() as u64);
        for h in &code.handlers {
            put(out, h.start as u64);
            put(out, h.end.wrapping_sub(h.start) as u64);
            put(out, h.target as u64);
            put(out, (h.depth as u64) << 1 | h.lasti as u64);
        }
        put(out, code.positions.bytes.len() as u64);
        out.extend_from_slice(&code.positions.bytes);
    }

    fn constant(&mut self, out: &mut Vec<u8>, constant: &'a Const) {
        match constant {
            Const::None => out.push(b'N'),
            Const::Bool(value) => out.push(if *value { b'T' } else { b'F' }),
            Const::Ellipsis => out.push(b'.'),
            Const::Int(number) => {
                out.push(b'i');
                put_signed(out, *number);
            }
            Const::BigInt(negative, digits) => {
                out.push(if *negative { b'L' } else { b'l' });
                put(out, digits.len() as u64);
                digits.iter().for_each(|digit| put(out, *digit as u64));
            }
            Const::Float(number) => {
                out.push(b'f');
                out.extend(number.to_bits().to_le_bytes());
            }
            Const::Complex(re, im) => {
                out.push(b'c');
                out.extend(re.to_bits().to_le_bytes());
                out.extend(im.to_bits().to_le_bytes());
            }
            Const::Str(text) => {
                out.push(b's');
                self.text(out, text);
            }
            Const::Bytes(bytes) => {
                out.push(b'b');
                self.text(out, bytes);
            }
            Const::Tuple(items) => self.items(out, b'(', items),
            Const::FrozenSet(items) => self.items(out, b'{', items),
            Const::Slice(parts) => self.items(out, b':', &parts[..]),
            Const::Code(code) => {
                out.push(b'C');
                self.code(out, code);
            }
        }
    }

    fn items(&mut self, out: &mut Vec<u8>, tag: u8, items: &'a [Const]) {
        out.push(tag);
        put(out, items.len() as u64);
        for item in items {
            self.constant(out, item);
        }
    }
}

/// Each instruction: op, a mask of the bytes of the word that are not zero, those bytes.
fn write_words(out: &mut Vec<u8>, words: &[Word]) {
    put(out, words.len() as u64);
    let mut pc = 0;
    while pc < words.len() {
        let bytes = words[pc].0.to_le_bytes();
        out.push(bytes[0]);
        let used = bytes[1..]
            .iter()
            .enumerate()
            .filter(|(_, byte)| **byte != 0);
        out.push(used.clone().fold(0, |mask, (i, _)| mask | 1 << i));
        out.extend(used.map(|(_, byte)| *byte));
        let op = words[pc].op();
        for extra in 0..op.map_or(0, |op| op.info().words as usize) {
            put(out, words.get(pc + 1 + extra).map_or(0, |word| word.0));
        }
        pc += 1 + op.map_or(0, Op::extra_words);
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    strings: Vec<Arc<[u8]>>,
    names: Vec<Option<Arc<str>>>,
}

type Read<T> = Result<T, ReadError>;

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

    fn text(&mut self) -> Read<Arc<[u8]>> {
        let index: usize = self.small()?;
        self.strings.get(index).cloned().ok_or(ReadError::Corrupt)
    }

    fn name(&mut self) -> Read<Arc<str>> {
        let index: usize = self.small()?;
        self.names
            .get(index)
            .cloned()
            .flatten()
            .ok_or(ReadError::Corrupt)
    }

    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        let count = self.count(1)?;
        let mut items = Vec::with_capacity(count);
        for _ in 0..count {
            items.push(item(self)?);
        }
        Ok(items)
    }

    fn code(&mut self, depth: u32) -> Read<Code> {
        if depth > MAX_DEPTH {
            return Err(ReadError::Corrupt);
        }
        Ok(Code {
            name: self.name()?,
            qualname: self.name()?,
            filename: self.name()?,
            first_line: self.small()?,
            flags: self.small()?,
            argcount: self.small()?,
            posonlyargcount: self.small()?,
            kwonlyargcount: self.small()?,
            nregs: self.small()?,
            first_temp: self.small()?,
            varnames: self.list(Self::name)?,
            hidden: self.list(Self::small)?,
            cellvars: self.list(|this| {
                let name = this.name()?;
                let parameter: u32 = this.small()?;
                Ok((
                    name,
                    parameter.checked_sub(1).map(|register| register as u16),
                ))
            })?,
            freevars: self.list(Self::name)?,
            names: self.list(Self::name)?,
            consts: self.list(|this| this.constant(depth + 1))?,
            words: self.words()?,
            handlers: self.list(Self::handler)?,
            positions: {
                let length = self.count(1)?;
                Positions {
                    bytes: self.slice(length)?.to_vec(),
                }
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

    fn words(&mut self) -> Read<Vec<Word>> {
        let count: usize = self.small()?;
        // An instruction takes two bytes here and has at most a handful of cache words.
        if count > self.bytes.len().saturating_mul(8) {
            return Err(ReadError::Corrupt);
        }
        let mut words = Vec::with_capacity(count);
        while words.len() < count {
            let mut bytes = [self.byte()?, 0, 0, 0, 0, 0, 0, 0];
            let mask = self.byte()?;
            for (i, byte) in bytes[1..].iter_mut().enumerate() {
                if mask & 1 << i != 0 {
                    *byte = self.byte()?;
                }
            }
            let word = Word(u64::from_le_bytes(bytes));
            let info = word.op().ok_or(ReadError::Corrupt)?.info();
            words.push(word);
            for _ in 0..info.words {
                words.push(Word(self.number()?));
            }
            words.extend((0..info.cache).map(|_| Word(0)));
        }
        if words.len() == count {
            Ok(words)
        } else {
            Err(ReadError::Corrupt)
        }
    }

    fn float(&mut self) -> Read<f64> {
        let (head, rest) = self
            .bytes
            .split_first_chunk::<8>()
            .ok_or(ReadError::Corrupt)?;
        self.bytes = rest;
        Ok(f64::from_bits(u64::from_le_bytes(*head)))
    }

    fn constant(&mut self, depth: u32) -> Read<Const> {
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
            b'(' => Const::Tuple(self.items(depth)?.into()),
            b'{' => Const::FrozenSet(self.items(depth)?.into()),
            b':' => {
                let parts: [Const; 3] = self
                    .items(depth)?
                    .try_into()
                    .map_err(|_| ReadError::Corrupt)?;
                Const::Slice(Arc::new(parts))
            }
            b'C' => Const::Code(Arc::new(self.code(depth + 1)?)),
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

    fn items(&mut self, depth: u32) -> Read<Vec<Const>> {
        self.list(|this| this.constant(depth + 1))
    }
}
