//! Taking an image's records apart.

use crate::code::{Const, Handler, Shape};
use crate::op::Op;
use crate::positions::{take, take_signed};
use crate::serial::ReadError;
use crate::word::Word;

use super::{ConstText, Group, Make, Outline, Parts, Place, Read, StoredConst, Text};

const MAX_DEPTH: u16 = 500;

/// What is left of a code's record.
pub(super) struct Reader<'a> {
    /// How many bytes the image has.
    all: usize,
    bytes: &'a [u8],
    strings: u32,
    /// Of the code that is read.
    depth: u16,
}

impl Place {
    pub(super) fn new(at: u32, depth: u16) -> Place {
        Place {
            at,
            depth,
            outline: 0,
        }
    }
}

impl<'a> Reader<'a> {
    /// Of the code at a place, behind its outline where that was read.
    pub fn new(all: &'a [u8], strings: u32, place: Place) -> Option<Reader<'a>> {
        Some(Reader {
            all: all.len(),
            bytes: all.get(place.at as usize + usize::from(place.outline)..)?,
            strings,
            depth: place.depth,
        })
    }

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

    pub fn outline(&mut self, place: Place) -> Read<Outline> {
        let (name, qualname, filename) = (self.text()?, self.text()?, self.text()?);
        let first_line = self.small()?;
        let [flags, argcount, posonlyargcount, kwonlyargcount] = self.numbers()?;
        let registers = self.numbers::<5>()?;
        if registers.iter().any(|n| *n > u32::from(u16::MAX)) {
            return Err(ReadError::Corrupt);
        }
        let [nregs, first_temp, varnames, cellvars, freevars] = registers.map(|n| n as u16);
        let words = self.small()?;
        let length = self.at() - place.at as usize;
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
                words,
            },
            place: Place {
                outline: u16::try_from(length).map_err(|_| ReadError::Corrupt)?,
                ..place
            },
        })
    }

    pub fn parts<M: Make>(&mut self, shape: &Shape, make: &M) -> Read<Parts<M>> {
        if self.depth > MAX_DEPTH {
            return Err(ReadError::Corrupt);
        }
        self.texts(shape.varnames, |_| Ok(()))?;
        let hidden = self.list(Self::small)?;
        let cell_parameters = self.items(shape.cellvars.into(), |this| Ok(this.cell()?.1))?;
        self.texts(shape.freevars, |_| Ok(()))?;
        Ok(Parts {
            hidden,
            cell_parameters,
            names: self.list(|this| make.name(this.text()?))?,
            consts: self.list(|this| this.constant(this.depth, make))?,
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

    pub fn locals<M: Make>(&mut self, shape: &Shape, make: &M) -> Read<Vec<M::Name>> {
        let counts = [shape.varnames, shape.cellvars, shape.freevars];
        let mut names = Vec::with_capacity(counts.into_iter().map(usize::from).sum());
        let mut add = |text| {
            names.push(make.name(text)?);
            Ok(())
        };
        self.texts(shape.varnames, &mut add)?;
        self.list(Self::small::<u16>)?;
        for _ in 0..shape.cellvars {
            add(self.cell()?.0)?;
        }
        self.texts(shape.freevars, &mut add)?;
        Ok(names)
    }

    fn texts(&mut self, count: u16, mut use_text: impl FnMut(Text) -> Read<()>) -> Read<()> {
        (0..count).try_for_each(|_| use_text(self.text()?))
    }

    /// A cell variable and the parameter of its name.
    fn cell(&mut self) -> Read<(Text, Option<u16>)> {
        let (name, parameter) = (self.text()?, self.small::<u32>()?);
        let register = parameter.checked_sub(1);
        Ok((name, register.map(|register| register as u16)))
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
        // An instruction takes eight bytes here and has at most a handful of cache words.
        if count > self.bytes.len() {
            return Err(ReadError::Corrupt);
        }
        let mut words = vec![Word(0); count];
        let (mut at, mut bytes) = (0, self.bytes);
        while let Some(place) = words.get_mut(at) {
            let word = next_word(&mut bytes)?;
            *place = word;
            let (operands, all) = Op::following(word.op_byte()).ok_or(ReadError::Corrupt)?;
            at += 1;
            for i in at..at + operands {
                *words.get_mut(i).ok_or(ReadError::Corrupt)? = next_word(&mut bytes)?;
            }
            at += all;
        }
        self.bytes = bytes;
        if at != count {
            return Err(ReadError::Corrupt);
        }
        Ok(words)
    }

    fn float(&mut self) -> Read<f64> {
        let (head, rest) = self
            .bytes
            .split_first_chunk::<8>()
            .ok_or(ReadError::Corrupt)?;
        self.bytes = rest;
        Ok(f64::from_bits(u64::from_le_bytes(*head)))
    }

    fn constant<M: Make>(&mut self, depth: u16, make: &M) -> Read<M::Value> {
        if depth > MAX_DEPTH {
            return Err(ReadError::Corrupt);
        }
        let tag = self.byte()?;
        let group = match tag {
            b'(' => Some(Group::Tuple),
            b'{' => Some(Group::FrozenSet),
            b':' => Some(Group::Slice),
            _ => None,
        };
        if let Some(group) = group {
            let items = self.list(|this| this.constant(depth + 1, make))?;
            return make.group(group, items);
        }
        make.value(self.simple_constant(tag, depth)?)
    }

    fn simple_constant(&mut self, tag: u8, depth: u16) -> Read<StoredConst> {
        let text = |text, is_name| ConstText { text, is_name };
        Ok(match tag {
            b'N' => Const::None,
            b'T' => Const::Bool(true),
            b'F' => Const::Bool(false),
            b'.' => Const::Ellipsis,
            b'i' => Const::Int(take_signed(&mut self.bytes).ok_or(ReadError::Corrupt)?),
            b'L' | b'l' => Const::BigInt(tag == b'L', self.list(Self::digit)?.into()),
            b'f' => Const::Float(self.float()?),
            b'c' => Const::Complex(self.float()?, self.float()?),
            b'n' => Const::Str(text(self.text()?, true)),
            b's' => Const::Str(text(self.text()?, false)),
            b'b' => Const::Bytes(text(self.text()?, false)),
            b'C' => {
                let length = self.count(1)?;
                let at = u32::try_from(self.at()).map_err(|_| ReadError::Corrupt)?;
                self.slice(length)?;
                Const::Code(Place::new(at, depth + 1))
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
}

#[inline]
fn next_word(bytes: &mut &[u8]) -> Read<Word> {
    let (word, rest) = bytes.split_first_chunk().ok_or(ReadError::Corrupt)?;
    *bytes = rest;
    Ok(Word(u64::from_le_bytes(*word)))
}
