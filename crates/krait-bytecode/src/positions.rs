//! Source positions of instructions, compactly encoded.
//!
//! One entry covers a run of words with the same position:
//! varint of run length, kind byte, then what the kind asks for as varints
//! (line is the signed difference from the entry before).

/// A source range; columns count UTF-8 bytes from 0 as `co_positions()` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Position {
    /// 1-based line; 0 in `NONE` (artificial code) and in `ENTRY`.
    pub line: u32,
    /// Line where the range ends.
    pub end_line: u32,
    /// Column; `NO_COLUMN` if unknown.
    pub col: u32,
    /// Column behind the range; `NO_COLUMN` if unknown.
    pub end_col: u32,
}

/// Stands for an unknown column.
pub const NO_COLUMN: u32 = u32::MAX;

impl Position {
    /// No position at all.
    pub const NONE: Position = Position {
        line: 0,
        end_line: 0,
        col: NO_COLUMN,
        end_col: NO_COLUMN,
    };

    /// Where a module is entered; a module of nothing has no other place.
    pub const ENTRY: Position = Position {
        line: 0,
        end_line: 1,
        col: 0,
        end_col: 0,
    };

    /// The line, if the position has one.
    pub fn known_line(&self) -> Option<u32> {
        (*self != Position::NONE).then_some(self.line)
    }

    /// A line without columns.
    pub fn line_only(line: u32) -> Position {
        Position {
            line,
            end_line: line,
            col: NO_COLUMN,
            end_col: NO_COLUMN,
        }
    }
}

const KIND_NONE: u8 = 0;
const KIND_LINE: u8 = 1;
const KIND_SHORT: u8 = 2; // one line: line delta, col, length
const KIND_LONG: u8 = 3; // line delta, lines, col, end col

/// The table of a code object.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Positions {
    /// The encoded entries.
    pub bytes: Vec<u8>,
}

/// A run of words with one position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// First word.
    pub start: u32,
    /// First word behind.
    pub end: u32,
    /// Their position.
    pub position: Position,
}

impl Positions {
    /// Encodes runs of `(words, position)`.
    pub fn encode(first_line: u32, runs: impl IntoIterator<Item = (u32, Position)>) -> Positions {
        let mut bytes = Vec::with_capacity(64);
        let mut previous = first_line as i64;
        for (count, at) in runs {
            put(&mut bytes, count as u64);
            if at == Position::NONE {
                bytes.push(KIND_NONE);
                continue;
            }
            let delta = at.line as i64 - previous;
            previous = at.line as i64;
            let known = at.col != NO_COLUMN && at.end_col != NO_COLUMN;
            if !known {
                bytes.push(KIND_LINE);
                put_signed(&mut bytes, delta);
            } else if at.line == at.end_line && at.end_col >= at.col {
                bytes.push(KIND_SHORT);
                put_signed(&mut bytes, delta);
                put(&mut bytes, at.col as u64);
                put(&mut bytes, (at.end_col - at.col) as u64);
            } else {
                bytes.push(KIND_LONG);
                put_signed(&mut bytes, delta);
                put_signed(&mut bytes, at.end_line as i64 - at.line as i64);
                put(&mut bytes, at.col as u64);
                put(&mut bytes, at.end_col as u64);
            }
        }
        Positions { bytes }
    }

    /// The runs in order.
    pub fn runs(&self, first_line: u32) -> Runs<'_> {
        Runs::new(&self.bytes, first_line)
    }

    /// The position of a word.
    pub fn at(&self, first_line: u32, pc: u32) -> Position {
        self.runs(first_line).at(pc)
    }
}

/// Iterator over runs; ends early on corrupt bytes.
#[derive(Clone, Debug)]
pub struct Runs<'a> {
    bytes: &'a [u8],
    word: u32,
    line: i64,
}

impl<'a> Runs<'a> {
    /// The runs that the bytes encode.
    pub fn new(bytes: &'a [u8], first_line: u32) -> Runs<'a> {
        Runs {
            bytes,
            word: 0,
            line: first_line as i64,
        }
    }

    /// The position of a word.
    pub fn at(mut self, pc: u32) -> Position {
        self.find(|run| pc < run.end)
            .map_or(Position::NONE, |run| run.position)
    }
}

impl Iterator for Runs<'_> {
    type Item = Run;

    fn next(&mut self) -> Option<Run> {
        let count = take(&mut self.bytes)?;
        let (kind, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        let mut position = Position::NONE;
        if *kind != KIND_NONE {
            self.line = self.line.wrapping_add(take_signed(&mut self.bytes)?);
            position = Position::line_only(self.line as u32);
            match *kind {
                KIND_SHORT => {
                    position.col = take(&mut self.bytes)? as u32;
                    position.end_col = position.col.wrapping_add(take(&mut self.bytes)? as u32);
                }
                KIND_LONG => {
                    let lines = take_signed(&mut self.bytes)?;
                    position.end_line = self.line.wrapping_add(lines) as u32;
                    position.col = take(&mut self.bytes)? as u32;
                    position.end_col = take(&mut self.bytes)? as u32;
                }
                _ => {}
            }
        }
        let start = self.word;
        self.word = start.saturating_add(count as u32);
        Some(Run {
            start,
            end: self.word,
            position,
        })
    }
}

/// Appends a number, 7 bits a byte, low ones first.
pub(crate) fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Appends a signed number, zigzag.
pub(crate) fn put_signed(out: &mut Vec<u8>, number: i64) {
    put(out, ((number << 1) ^ (number >> 63)) as u64);
}

/// Takes a number off the front.
#[inline(always)]
pub(crate) fn take(bytes: &mut &[u8]) -> Option<u64> {
    // Nearly all numbers take one byte or two.
    match **bytes {
        [one @ ..0x80, ref rest @ ..] => {
            *bytes = rest;
            Some(u64::from(one))
        }
        [low, high @ ..0x80, ref rest @ ..] => {
            *bytes = rest;
            Some(u64::from(low & 0x7f) | u64::from(high) << 7)
        }
        _ => {
            let (number, rest) = take_long(bytes)?;
            *bytes = rest;
            Some(number)
        }
    }
}

#[cold]
#[inline(never)]
fn take_long(mut bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0u64;
    let mut shift = 0;
    loop {
        let (byte, rest) = bytes.split_first()?;
        bytes = rest;
        number |= ((byte & 0x7f) as u64) << shift;
        if byte & 0x80 == 0 {
            return Some((number, bytes));
        }
        shift += 7;
        if shift > 63 {
            return None;
        }
    }
}

/// Takes a signed number off the front.
pub(crate) fn take_signed(bytes: &mut &[u8]) -> Option<i64> {
    let number = take(bytes)?;
    Some((number >> 1) as i64 ^ -((number & 1) as i64))
}
