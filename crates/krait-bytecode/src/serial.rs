//! Binary form of code objects for `.pyc` files and the frozen library.
//!
//! A head (mark, version, checksum of the rest), the number of strings and where each ends
//! (four bytes each), the strings, the outermost code. Other numbers are 7-bit varints, low
//! bits first, but for flags. Words leave out cache words and trailing zero operands. [`Image`] reads it.

use crate::code::{Code, Const};
use crate::image::{Image, checksum};
use crate::op::Op;
use crate::positions::{put, put_signed};
use crate::word::Word;
use std::collections::HashMap;
use std::sync::Arc;

/// To be counted up when the format changes, or what an instruction does.
const FORMAT: u16 = 5;

/// Changes with the format and the instruction table.
pub const FORMAT_VERSION: u16 = {
    let mut hash = FORMAT as u32;
    let mut op = 0;
    while op < Op::COUNT {
        let info = Op::ALL[op].info();
        let name = info.name.as_bytes();
        let mut i = 0;
        while i < name.len() {
            hash = (hash ^ name[i] as u32).wrapping_mul(0x0100_0193);
            i += 1;
        }
        let widths = (info.words as u32) << 8 | info.cache as u32;
        hash = (hash ^ widths).wrapping_mul(0x0100_0193);
        op += 1;
    }
    // (CPython's own numbers of this kind are far below.)
    (hash >> 16 ^ hash) as u16 | 0x8000
};

pub(crate) const MAGIC: [u8; 4] = *b"KRBC";

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

/// Whether text looks like an identifier: such constants are interned.
pub fn identifier_like(text: &[u8]) -> bool {
    text.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
}

/// Encodes a code object.
pub fn to_bytes(code: &Code) -> Vec<u8> {
    let mut writer = Writer::default();
    let mut body = Vec::new();
    writer.code(&mut body, code);
    let mut rest = (writer.strings.len() as u32).to_le_bytes().to_vec();
    let mut end = 0;
    for text in &writer.strings {
        end += text.len() as u32;
        rest.extend(end.to_le_bytes());
    }
    for text in &writer.strings {
        rest.extend_from_slice(text);
    }
    rest.extend(body);
    let mut out = MAGIC.to_vec();
    out.extend(FORMAT_VERSION.to_le_bytes());
    out.extend(checksum(&rest).to_le_bytes());
    out.extend(rest);
    out
}

/// Decodes a code object whole, with those inside.
pub fn from_bytes(bytes: &[u8]) -> Result<Arc<Code>, ReadError> {
    let image = Image::open(Arc::<[u8]>::from(bytes))?;
    image.whole(image.outermost()?).map(Arc::new)
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
        for text in texts {
            self.text(out, text.as_bytes());
        }
    }

    fn code(&mut self, out: &mut Vec<u8>, code: &'a Code) {
        // (As varint most flags would take as much.)
        let shape = code.shape();
        out.extend(shape.flags.to_le_bytes());
        for number in [
            shape.argcount,
            shape.posonlyargcount,
            shape.kwonlyargcount,
            shape.nregs as u32,
            shape.first_temp as u32,
            shape.varnames as u32,
            shape.cellvars as u32,
            shape.freevars as u32,
        ] {
            put(out, number as u64);
        }
        for text in [&code.name, &code.qualname, &code.filename] {
            self.text(out, text.as_bytes());
        }
        put(out, shape.first_line as u64);
        put(out, shape.words as u64);
        self.texts(out, &code.varnames);
        put(out, code.hidden.len() as u64);
        for &register in &code.hidden {
            put(out, register as u64);
        }
        for (name, parameter) in &code.cellvars {
            self.text(out, name.as_bytes());
            put(out, parameter.map_or(0, |register| register as u64 + 1));
        }
        self.texts(out, &code.freevars);
        put(out, code.names.len() as u64);
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
                out.push(if identifier_like(text) { b'n' } else { b's' });
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
                // With its length, so that a reader can go past it.
                out.push(b'C');
                let mut inner = Vec::new();
                self.code(&mut inner, code);
                put(out, inner.len() as u64);
                out.extend(inner);
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

/// Each instruction with its operand words as they are, for reading them costs each start. What
/// caches hold is not stored.
fn write_words(out: &mut Vec<u8>, words: &[Word]) {
    let mut pc = 0;
    while let Some(word) = words.get(pc) {
        let (operands, all) = Op::following(word.op_byte()).unwrap_or((0, 0));
        for at in pc..=pc + operands {
            out.extend(words.get(at).map_or(0, |word| word.0).to_le_bytes());
        }
        pc += 1 + all;
    }
}
