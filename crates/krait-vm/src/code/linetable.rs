//! `co_linetable`: positions in CPython's format (its `InternalDocs/code_objects.md`),
//! which Python programs read and write; Krait itself keeps [`Positions`].
//!
//! A word counts as two code units, as everywhere where Python sees offsets.

use krait_bytecode::{NO_COLUMN, Position, Positions};

const UNITS_PER_WORD: usize = 2;
const MOST_UNITS: usize = 8;
/// Kinds of entries: the ones below 10 keep the line and pack columns, 10 to 12 go on by so
/// many lines less 10.
const ONE_LINE: u8 = 10;
const NO_COLUMNS: u8 = 13;
const LONG: u8 = 14;
const NOTHING: u8 = 15;

/// Positions in CPython's format.
pub fn encode(positions: &Positions, first_line: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut line = i64::from(first_line);
    for run in positions.runs(first_line) {
        let mut units = (run.end - run.start) as usize * UNITS_PER_WORD;
        while units > 0 {
            let count = units.min(MOST_UNITS);
            entry(&mut bytes, run.position, &mut line, count);
            units -= count;
        }
    }
    bytes
}

fn entry(bytes: &mut Vec<u8>, at: Position, line: &mut i64, units: usize) {
    let kind = match (at.line, at.col) {
        (0, _) => NOTHING,
        (_, NO_COLUMN) => NO_COLUMNS,
        _ => LONG,
    };
    bytes.push(0x80 | kind << 3 | (units as u8 - 1));
    if kind == NOTHING {
        return;
    }
    put_signed(bytes, i64::from(at.line) - *line);
    *line = i64::from(at.line);
    if kind == LONG {
        put(bytes, u64::from(at.end_line.saturating_sub(at.line)));
        put(bytes, u64::from(at.col) + 1);
        put(bytes, u64::from(at.end_col.wrapping_add(1)));
    }
}

fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 64 {
        bytes.push(0x40 | (number & 63) as u8);
        number >>= 6;
    }
    bytes.push(number as u8);
}

fn put_signed(bytes: &mut Vec<u8>, number: i64) {
    let sign = u64::from(number < 0);
    put(bytes, number.unsigned_abs() << 1 | sign);
}

/// Positions of so many words from CPython's format; words that it leaves out have none.
pub fn decode(bytes: &[u8], first_line: u32, words: usize) -> Positions {
    if bytes.is_empty() {
        return Positions::default();
    }
    let mut places = Vec::with_capacity(words);
    let mut reader = Reader { bytes, at: 0 };
    let (mut line, mut units) = (i64::from(first_line), 0);
    while let Some(head) = reader.byte() {
        let place = reader.place(head >> 3 & 15, &mut line);
        units += usize::from(head & 7) + 1;
        places.resize(units.div_ceil(UNITS_PER_WORD).min(words), place);
    }
    places.resize(words, Position::NONE);
    let runs = places.chunk_by(|a, b| a == b);
    Positions::encode(first_line, runs.map(|run| (run.len() as u32, run[0])))
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = self.bytes.get(self.at).copied();
        self.at += 1;
        byte
    }

    fn number(&mut self) -> u64 {
        let (mut number, mut shift) = (0u64, 0u32);
        while let Some(byte) = self.byte() {
            number |= u64::from(byte & 63).checked_shl(shift).unwrap_or(0);
            shift += 6;
            if byte & 0x40 == 0 {
                break;
            }
        }
        number
    }

    fn signed(&mut self) -> i64 {
        let number = self.number();
        let size = (number >> 1) as i64;
        if number & 1 == 1 { -size } else { size }
    }

    /// What follows an entry's head.
    fn place(&mut self, kind: u8, line: &mut i64) -> Position {
        let mut at = Position::NONE;
        match kind {
            NOTHING => return at,
            LONG => {
                *line += self.signed();
                let lines = self.number() as u32;
                at.line = *line as u32;
                at.end_line = at.line.wrapping_add(lines);
                at.col = (self.number() as u32).wrapping_sub(1);
                at.end_col = (self.number() as u32).wrapping_sub(1);
                return at;
            }
            NO_COLUMNS => *line += self.signed(),
            ONE_LINE..NO_COLUMNS => {
                *line += i64::from(kind - ONE_LINE);
                at.col = u32::from(self.byte().unwrap_or(0));
                at.end_col = u32::from(self.byte().unwrap_or(0));
            }
            _ => {
                let packed = u32::from(self.byte().unwrap_or(0));
                at.col = u32::from(kind) << 3 | packed >> 4 & 7;
                at.end_col = at.col + (packed & 15);
            }
        }
        (at.line, at.end_line) = (*line as u32, *line as u32);
        at
    }
}
