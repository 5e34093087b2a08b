//! Taking an image's records apart. What is corrupt gives none.

use crate::code::{Const, Handler, Shape};
use crate::op::Op;
use crate::positions::{take, take_signed};
use crate::word::Word;

use super::{ConstText, Group, Make, Outline, Parts, Place, Text};

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

    #[inline(always)]
    fn number(&mut self) -> Option<u64> {
        take(&mut self.bytes)
    }

    #[inline(always)]
    fn small<T: TryFrom<u64>>(&mut self) -> Option<T> {
        T::try_from(self.number()?).ok()
    }

    /// How many things follow, of which each takes at least a byte.
    #[inline(always)]
    fn count(&mut self) -> Option<usize> {
        let count = self.number()?;
        (count <= self.bytes.len() as u64).then_some(count as usize)
    }

    /// So many numbers, most often of one byte each.
    #[inline(always)]
    fn numbers<const N: usize>(&mut self) -> Option<[u32; N]> {
        if let Some((head, rest)) = self.bytes.split_first_chunk::<N>()
            && head.iter().fold(0, |all, byte| all | byte) < 0x80
        {
            self.bytes = rest;
            return Some(head.map(u32::from));
        }
        let (numbers, rest) = long_numbers(self.bytes)?;
        self.bytes = rest;
        Some(numbers)
    }

    #[inline(always)]
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*byte)
    }

    #[inline(always)]
    fn slice(&mut self, length: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        Some(head)
    }

    /// Where in the image the rest begins.
    fn at(&self) -> usize {
        self.all - self.bytes.len()
    }

    #[inline(always)]
    fn text(&mut self) -> Option<Text> {
        let index = self.number()?;
        (index < u64::from(self.strings)).then_some(Text(index as u32))
    }

    fn list<T>(&mut self, item: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.count()?;
        self.items(count, item)
    }

    fn items<T>(
        &mut self,
        count: usize,
        mut item: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        if count > self.bytes.len() {
            return None;
        }
        let mut items = Vec::with_capacity(count);
        // (A copy can stay in registers.)
        let mut this = Reader { ..*self };
        for _ in 0..count {
            items.push(item(&mut this)?);
        }
        self.bytes = this.bytes;
        Some(items)
    }

    pub fn outline(&mut self, place: Place) -> Option<Outline> {
        let flags = u32::from_le_bytes(self.chunk()?);
        let [counts @ .., varnames, cellvars, freevars] = self.numbers::<8>()?;
        let [argcount, posonlyargcount, kwonlyargcount, nregs, first_temp] = counts;
        if nregs | first_temp | varnames | cellvars | freevars > u32::from(u16::MAX) {
            return None;
        }
        let (name, qualname, filename) = (self.text()?, self.text()?, self.text()?);
        let (first_line, words) = (self.small()?, self.small()?);
        let length = self.at() - place.at as usize;
        Some(Outline {
            name,
            qualname,
            filename,
            shape: Shape {
                first_line,
                flags,
                argcount,
                posonlyargcount,
                kwonlyargcount,
                nregs: nregs as u16,
                first_temp: first_temp as u16,
                varnames: varnames as u16,
                cellvars: cellvars as u16,
                freevars: freevars as u16,
                words,
            },
            place: Place {
                outline: u16::try_from(length).ok()?,
                ..place
            },
        })
    }

    pub fn parts<M: Make>(&mut self, shape: &Shape, make: &M) -> Option<Parts<M>> {
        if self.depth > MAX_DEPTH {
            return None;
        }
        self.texts(shape.varnames, |_| Some(()))?;
        let hidden = self.list(Self::small)?;
        let cell_parameters = self.items(shape.cellvars.into(), |this| Some(this.cell()?.1))?;
        self.texts(shape.freevars, |_| Some(()))?;
        Some(Parts {
            hidden,
            cell_parameters,
            names: self.list(|this| make.name(this.text()?))?,
            consts: self.list(|this| this.constant(this.depth, make))?,
            words: self.words(shape.words as usize)?,
            handlers: self.list(Self::handler)?,
            positions: {
                let length = self.count()?;
                let start = self.at();
                self.slice(length)?;
                start..start + length
            },
        })
    }

    pub fn locals<M: Make>(&mut self, shape: &Shape, make: &M) -> Option<Vec<M::Name>> {
        let counts = [shape.varnames, shape.cellvars, shape.freevars];
        let mut names = Vec::with_capacity(counts.into_iter().map(usize::from).sum());
        let mut add = |text| {
            names.push(make.name(text)?);
            Some(())
        };
        self.texts(shape.varnames, &mut add)?;
        self.list(Self::small::<u16>)?;
        for _ in 0..shape.cellvars {
            add(self.cell()?.0)?;
        }
        self.texts(shape.freevars, &mut add)?;
        Some(names)
    }

    fn texts(&mut self, count: u16, mut use_text: impl FnMut(Text) -> Option<()>) -> Option<()> {
        (0..count).try_for_each(|_| use_text(self.text()?))
    }

    /// A cell variable and the parameter of its name.
    fn cell(&mut self) -> Option<(Text, Option<u16>)> {
        let (name, parameter) = (self.text()?, self.small::<u32>()?);
        let register = parameter.checked_sub(1);
        Some((name, register.map(|register| register as u16)))
    }

    fn handler(&mut self) -> Option<Handler> {
        let start: u32 = self.small()?;
        let length: u32 = self.small()?;
        let target = self.small()?;
        let depth: u32 = self.small()?;
        Some(Handler {
            start,
            end: start.checked_add(length)?,
            target,
            depth: u16::try_from(depth >> 1).ok()?,
            lasti: depth & 1 != 0,
        })
    }

    fn words(&mut self, count: usize) -> Option<Vec<u64>> {
        // An instruction takes eight bytes here and has at most a handful of cache words.
        if count > self.bytes.len() {
            return None;
        }
        let (stored, _) = self.bytes.as_chunks::<8>();
        let mut words = vec![0; count];
        // Where the next word goes, and which it is.
        let (mut at, mut next) = (0, 0);
        while let Some(place) = words.get_mut(at) {
            *place = u64::from_le_bytes(*stored.get(next)?);
            (at, next) = match Op::following_cache(Word(*place).op_byte()) {
                Some(cache) => (at + 1 + cache, next + 1),
                None => with_operands(&mut words, at, stored, next)?,
            };
        }
        self.slice(next * 8)?;
        (at == count).then_some(words)
    }

    #[inline(always)]
    fn chunk<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.bytes.split_first_chunk()?;
        self.bytes = rest;
        Some(*head)
    }

    fn float(&mut self) -> Option<f64> {
        Some(f64::from_bits(u64::from_le_bytes(self.chunk()?)))
    }

    /// Gives `make` each kind on its own, which is then made without asking again which it is.
    #[inline]
    fn constant<M: Make>(&mut self, depth: u16, make: &M) -> Option<M::Value> {
        let text = |text, is_name| ConstText { text, is_name };
        match self.byte()? {
            b'N' => make.value(Const::None),
            b'T' => make.value(Const::Bool(true)),
            b'F' => make.value(Const::Bool(false)),
            b'.' => make.value(Const::Ellipsis),
            b'i' => make.value(Const::Int(take_signed(&mut self.bytes)?)),
            b'L' => make.value(Const::BigInt(true, self.list(Self::digit)?.into())),
            b'l' => make.value(Const::BigInt(false, self.list(Self::digit)?.into())),
            b'f' => make.value(Const::Float(self.float()?)),
            b'c' => make.value(Const::Complex(self.float()?, self.float()?)),
            b'n' => make.value(Const::Str(text(self.text()?, true))),
            b's' => make.value(Const::Str(text(self.text()?, false))),
            b'b' => make.value(Const::Bytes(text(self.text()?, false))),
            b'(' => self.group(Group::Tuple, depth, make),
            b'{' => self.group(Group::FrozenSet, depth, make),
            b':' => self.group(Group::Slice, depth, make),
            b'C' => {
                let length = self.count()?;
                let at = u32::try_from(self.at()).ok()?;
                self.slice(length)?;
                make.value(Const::Code(Place::new(at, depth + 1)))
            }
            _ => None,
        }
    }

    #[inline(never)]
    fn group<M: Make>(&mut self, group: Group, depth: u16, make: &M) -> Option<M::Value> {
        let depth = depth + 1;
        if depth > MAX_DEPTH {
            return None;
        }
        let items = self.list(|this| this.constant(depth, make))?;
        make.group(group, items)
    }

    fn digit(&mut self) -> Option<u32> {
        let digit: u32 = self.small()?;
        (digit < 1 << 30).then_some(digit)
    }
}

/// Reads the operand words of the instruction that is at `at`; gives where the next word goes,
/// and which it is.
#[cold]
#[inline(never)]
fn with_operands(
    words: &mut [u64],
    at: usize,
    stored: &[[u8; 8]],
    next: usize,
) -> Option<(usize, usize)> {
    let (operands, all) = Op::following(Word(*words.get(at)?).op_byte())?;
    let (at, next) = (at + 1, next + 1);
    let from = stored.get(next..next + operands)?;
    let to = words.get_mut(at..at + operands)?;
    for (to, from) in to.iter_mut().zip(from) {
        *to = u64::from_le_bytes(*from);
    }
    Some((at + all, next + operands))
}

/// Numbers of which some take more than a byte.
#[inline(never)]
fn long_numbers<const N: usize>(mut bytes: &[u8]) -> Option<([u32; N], &[u8])> {
    let mut all = [0; N];
    for number in &mut all {
        *number = u32::try_from(take(&mut bytes)?).ok()?;
    }
    Some((all, bytes))
}
