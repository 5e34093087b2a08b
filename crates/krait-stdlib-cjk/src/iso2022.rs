//! ISO 2022: character sets that escape sequences designate (RFC 1468, 1554, 1557, 2237).
//!
//! A set is named by the last byte of its sequence, plus 0x80 where it has two bytes a
//! character. The state holds what is designated as G0, G1 and G2, and two flags.

use super::engine::{Decoded, Encoded, Next, State, one_or_two, pair};
use super::table::{self, Table};

const ESC: u8 = 0x1b;
const SHIFT_OUT: u8 = 0x0e;
const SHIFT_IN: u8 = 0x0f;
/// An escape sequence has fewer bytes than this.
const MOST_ESCAPE: usize = 16;
/// Where the flags are in the state.
const FLAGS: usize = 4;
/// Between shift out and shift in.
const SHIFTED: u8 = 1;
/// In an escape sequence that means nothing here, which is passed on.
const ESCAPE: u8 = 2;

const DOUBLE: u8 = 0x80;
const ASCII: u8 = b'B';
const ROMAN: u8 = b'J';
const KATAKANA: u8 = b'I';
const LATIN_1: u8 = b'A';
const GREEK: u8 = b'F';
const JISX0208: u8 = b'B' | DOUBLE;
const JISX0208_1978: u8 = b'@' | DOUBLE;
const JISX0212: u8 = b'D' | DOUBLE;
const GB2312: u8 = b'A' | DOUBLE;
const KSX1001: u8 = b'C' | DOUBLE;
const JISX0213_2000: u8 = b'O' | DOUBLE;
const JISX0213_2004: u8 = b'Q' | DOUBLE;
const JISX0213_PLANE_2: u8 = b'P' | DOUBLE;

/// One of the encodings.
pub struct Iso2022 {
    /// The sets that may be designated; those to encode with, by preference.
    sets: &'static [u8],
    /// Sets are designated as G1 and reached by shift out and shift in.
    shifts: bool,
    /// A set may be designated as G2 for single characters.
    single_shifts: bool,
}

const fn jp(sets: &'static [u8]) -> Iso2022 {
    Iso2022 {
        sets,
        shifts: false,
        single_shifts: false,
    }
}

pub static KR: Iso2022 = Iso2022 {
    shifts: true,
    ..jp(&[KSX1001])
};
pub static JP: Iso2022 = jp(&[JISX0208, ROMAN, JISX0208_1978]);
pub static JP_1: Iso2022 = jp(&[JISX0208, JISX0212, ROMAN, JISX0208_1978]);
pub static JP_2: Iso2022 = Iso2022 {
    single_shifts: true,
    ..jp(&[
        JISX0208,
        JISX0212,
        KSX1001,
        GB2312,
        ROMAN,
        JISX0208_1978,
        LATIN_1,
        GREEK,
    ])
};
pub static JP_2004: Iso2022 = jp(&[JISX0208, JISX0213_2004, JISX0213_PLANE_2]);
pub static JP_3: Iso2022 = jp(&[JISX0208, JISX0213_2000, JISX0213_PLANE_2]);
pub static JP_EXT: Iso2022 = jp(&[JISX0208, JISX0212, ROMAN, KATAKANA, JISX0208_1978]);

/// The rows that JIS X 0212 has; JIS X 0213's second plane has the others.
fn is_row_of_0212(row: u8) -> bool {
    matches!(row - 0x20, 2 | 6 | 7 | 9..=11 | 16..=77)
}

/// What the second plane's rows and those of JIS X 0212 have in common tables.
fn decode_third(table: &Table, set: u8, lead: u8, trail: u8) -> Option<(u32, u32)> {
    if is_row_of_0212(lead) != (set == JISX0212) {
        return None;
    }
    let (lead, trail) = (lead | 0x80, trail | 0x80);
    let number = 0x8f_0000 | u32::from(lead) << 8 | u32::from(trail);
    match table.triple(lead, trail) {
        Some(code) => Some((code, 0)),
        None => table.extra(number),
    }
}

/// In JIS X 0213 itself the tilde, which is a wide one in EUC.
const TILDE: (u8, u8) = (0x22, 0x32);
/// The filler of KS X 1001, with which EUC begins syllables that are made up.
const FILLER: (u8, u8) = (0x24, 0x54);

/// The characters of two bytes in a set.
fn decode_double(set: u8, lead: u8, trail: u8) -> Option<(u32, u32)> {
    let grid = |table: &Table| {
        let number = u32::from(lead | 0x80) << 8 | u32::from(trail | 0x80);
        match table.double(lead | 0x80, trail | 0x80) {
            Some(code) => Some((code, 0)),
            None => table.extra(number),
        }
    };
    if !(0x21..=0x7e).contains(&lead) || !(0x21..=0x7e).contains(&trail) {
        return None;
    }
    match set {
        JISX0208 | JISX0208_1978 => grid(table::euc_jp()),
        JISX0212 => decode_third(table::euc_jp(), set, lead, trail),
        JISX0213_PLANE_2 => decode_third(table::euc_jis_2004(), set, lead, trail),
        JISX0213_2000 | JISX0213_2004 if (lead, trail) == TILDE => Some((b'~'.into(), 0)),
        JISX0213_2000 => grid(table::euc_jisx0213()),
        JISX0213_2004 => grid(table::euc_jis_2004()),
        GB2312 => grid(table::gb2312()),
        KSX1001 if (lead, trail) == FILLER => Some((0x3164, 0)),
        KSX1001 => grid(table::euc_kr()),
        _ => None,
    }
}

/// The character of one byte in a set.
fn decode_single(set: u8, byte: u8) -> Option<u32> {
    match (set, byte) {
        (ROMAN, b'\\') => Some(0xa5),
        (ROMAN, b'~') => Some(0x203e),
        (ROMAN, _) => Some(byte.into()),
        (KATAKANA, 0x21..=0x5f) => Some(0xff40 + u32::from(byte)),
        _ => None,
    }
}

/// The character of a byte in the set designated as G2.
fn decode_second(set: u8, byte: u8) -> Option<u32> {
    match (set, byte) {
        (ASCII, 0..=0x7f) => Some(byte.into()),
        (LATIN_1, 0..=0x7f) => Some(u32::from(byte) + 0x80),
        (GREEK, 0x20..=0x7f) => greek(byte | 0x80),
        _ => None,
    }
}

/// ISO 8859-7 of 1987 above 0x9F.
fn greek(byte: u8) -> Option<u32> {
    match byte {
        0xa1 => Some(0x2018),
        0xa2 => Some(0x2019),
        0xaf => Some(0x2015),
        0xa0 | 0xa3 | 0xa6..=0xa9 | 0xab..=0xad | 0xb0..=0xb3 | 0xb7 | 0xbb | 0xbd => {
            Some(byte.into())
        }
        0xb4..=0xb6 | 0xb8..=0xba | 0xbc | 0xbe..=0xd1 | 0xd3..=0xfe => {
            Some(u32::from(byte) + 0x2d0)
        }
        _ => None,
    }
}

/// The bytes of a character in a set, as a number.
fn encode_in(set: u8, code: u32) -> Option<u32> {
    let double = |table: &Table| match table.bytes_of(code) {
        number @ 0xa1a1..=0xfefe if number & 0xff >= 0xa1 => Some(number & 0x7f7f),
        _ => None,
    };
    let third = |table: &Table| match table.bytes_of(code) {
        number @ 0x8f_a1a1..=0x8f_fefe => {
            let row = (number >> 8 & 0x7f) as u8;
            (is_row_of_0212(row) == (set == JISX0212)).then_some(number & 0x7f7f)
        }
        _ => None,
    };
    match (set, code) {
        (JISX0208, _) => double(table::euc_jp()),
        (JISX0212, _) => third(table::euc_jp()),
        (JISX0213_2000 | JISX0213_2004, 0xff5e) => None,
        (JISX0213_2000, _) => double(table::euc_jisx0213()),
        (JISX0213_2004, _) => double(table::euc_jis_2004()),
        (JISX0213_PLANE_2, _) => third(table::euc_jis_2004()),
        (GB2312, _) => double(table::gb2312()),
        (KSX1001, _) => double(table::euc_kr()),
        (ROMAN, 0xa5) => Some(0x5c),
        (ROMAN, 0x203e) => Some(0x7e),
        (KATAKANA, 0xff61..=0xff9f) => Some(code - 0xff40),
        _ => None,
    }
}

impl Iso2022 {
    pub const ENCODER: State = State([ASCII, ASCII, 0, 0, 0, 0, 0, 0]);
    pub const DECODER: State = State([ASCII, ASCII, ASCII, 0, 0, 0, 0, 0]);

    pub fn decode(&self, state: &mut State, input: &[u8]) -> Decoded {
        let byte = input[0];
        let plain = Decoded::Character(byte.into(), 1);
        if state.0[FLAGS] & ESCAPE != 0 {
            if matches!(byte, b'A'..=b'Z' | b'@') {
                state.0[FLAGS] &= !ESCAPE;
            }
            return plain;
        }
        match byte {
            ESC => self.decode_escape(state, input),
            SHIFT_IN if self.shifts => {
                state.0[FLAGS] &= !SHIFTED;
                Decoded::Shift(1)
            }
            SHIFT_OUT if self.shifts => {
                state.0[FLAGS] |= SHIFTED;
                Decoded::Shift(1)
            }
            b'\n' => {
                state.0[FLAGS] &= !SHIFTED;
                plain
            }
            0..0x20 => plain,
            0x80.. => Decoded::Illegal(1),
            _ => match state.0[usize::from(state.0[FLAGS] & SHIFTED)] {
                ASCII => plain,
                // A state from a number may hold anything.
                set if !self.sets.contains(&set) => Decoded::Illegal(1),
                set if set & DOUBLE == 0 => match decode_single(set, byte) {
                    Some(code) => Decoded::Character(code, 1),
                    None => Decoded::Illegal(1),
                },
                set => match input.get(1) {
                    None => Decoded::Incomplete,
                    Some(&trail) => match decode_double(set, byte, trail) {
                        Some(codes) => one_or_two(codes, 2),
                        None => Decoded::Illegal(2),
                    },
                },
            },
        }
    }

    fn decode_escape(&self, state: &mut State, input: &[u8]) -> Decoded {
        let Some(&second) = input.get(1) else {
            return Decoded::Incomplete;
        };
        match second {
            b'(' | b')' | b'$' | b'.' | b'&' => self.designate(state, input),
            b'N' if self.single_shifts => match input.get(2) {
                None => Decoded::Incomplete,
                Some(&byte) => match decode_second(state.0[2], byte) {
                    Some(code) => Decoded::Character(code, 3),
                    None => Decoded::Illegal(3),
                },
            },
            _ => {
                state.0[FLAGS] |= ESCAPE;
                Decoded::Character(ESC.into(), 1)
            }
        }
    }

    /// An escape sequence that says what a set is from now on.
    fn designate(&self, state: &mut State, input: &[u8]) -> Decoded {
        let start = if input.starts_with(b"\x1b&@") { 3 } else { 1 };
        let end = (start..MOST_ESCAPE)
            .map_while(|at| input.get(at))
            .position(|byte| matches!(byte, b'A'..=b'Z' | b'@'));
        let Some(end) = end else {
            return match input.len() < MOST_ESCAPE {
                true => Decoded::Incomplete,
                false => Decoded::Illegal(1),
            };
        };
        let len = start + end + 1;
        let (place, set) = match input[1..len] {
            [b'(', set] => (0, set),
            [b')', set] => (1, set),
            [b'.', set] if self.single_shifts => (2, set),
            [b'$', set] | [b'$', b'(', set] => (0, set | DOUBLE),
            [b'$', b')', set] => (1, set | DOUBLE),
            // A revision of JIS X 0208.
            [b'&', b'@', ESC, b'$', b'B'] => (0, JISX0208),
            _ => return Decoded::Illegal(len),
        };
        if set != ASCII && !self.sets.contains(&set) {
            return Decoded::Illegal(len);
        }
        state.0[place] = set;
        Decoded::Shift(len)
    }

    pub fn encode(&self, state: &mut State, code: u32, next: Next, out: &mut Vec<u8>) -> Encoded {
        if code < 0x80 {
            Self::reset(state, out);
            out.push(code as u8);
            return Encoded::Characters(1);
        }
        if let Some((set, table)) = self.pairs() {
            match pair(table, code, next) {
                Ok(Some(number)) => {
                    self.write(state, set, number & 0x7f7f, out);
                    return Encoded::Characters(2);
                }
                Ok(None) => {}
                Err(waits) => return waits,
            }
        }
        for &set in self.sets {
            if let Some(number) = encode_in(set, code) {
                self.write(state, set, number, out);
                return Encoded::Characters(1);
            }
        }
        Encoded::Illegal
    }

    /// The set in which pairs of characters have bytes.
    fn pairs(&self) -> Option<(u8, &'static Table)> {
        self.sets.iter().find_map(|&set| match set {
            JISX0213_2000 => Some((set, table::euc_jisx0213())),
            JISX0213_2004 => Some((set, table::euc_jis_2004())),
            _ => None,
        })
    }

    /// Appends bytes of a set, which is designated first if it is not.
    fn write(&self, state: &mut State, set: u8, number: u32, out: &mut Vec<u8>) {
        let place = usize::from(self.shifts);
        if state.0[place] != set {
            out.push(ESC);
            match (place, set) {
                (0, JISX0208) => out.push(b'$'),
                (0, _) if set & DOUBLE != 0 => out.extend_from_slice(b"$("),
                (0, _) => out.push(b'('),
                _ => out.extend_from_slice(b"$)"),
            }
            out.push(set & 0x7f);
            state.0[place] = set;
        }
        if self.shifts && state.0[FLAGS] & SHIFTED == 0 {
            out.push(SHIFT_OUT);
            state.0[FLAGS] |= SHIFTED;
        }
        super::engine::push_number(out, number);
    }

    /// Appends what leads back to ASCII.
    pub fn reset(state: &mut State, out: &mut Vec<u8>) {
        if state.0[0] != ASCII {
            out.extend_from_slice(b"\x1b(B");
            state.0[0] = ASCII;
        }
        if state.0[FLAGS] & SHIFTED != 0 {
            out.push(SHIFT_IN);
            state.0[FLAGS] &= !SHIFTED;
        }
    }
}
