//! Encodings as steps of one character.

use super::iso2022::Iso2022;
use super::table::{Single, Table};

/// What is remembered between characters: the shift state.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct State(pub [u8; 8]);

/// A step of decoding.
#[derive(Debug, PartialEq, Eq)]
pub enum Decoded {
    /// A character, and how many bytes it has.
    Character(u32, usize),
    /// Two characters, and how many bytes they have.
    Pair(u32, u32, usize),
    /// Bytes that only change the state.
    Shift(usize),
    Incomplete,
    /// So many bytes are no character.
    Illegal(usize),
}

/// What follows a character that is to be encoded.
#[derive(Clone, Copy)]
pub enum Next {
    Character(u32),
    /// The text goes on, but what follows is not known yet.
    Unknown,
    End,
}

/// A step of encoding.
#[derive(Debug, PartialEq, Eq)]
pub enum Encoded {
    /// So many characters have their bytes.
    Characters(usize),
    /// The bytes depend on the next character.
    Waits,
    /// The character has no bytes.
    Illegal,
}

impl Encoded {
    /// One character, if it has bytes.
    pub fn one(has_bytes: bool) -> Encoded {
        match has_bytes {
            true => Encoded::Characters(1),
            false => Encoded::Illegal,
        }
    }
}

/// An encoding.
pub enum Engine {
    Table(fn() -> &'static Table),
    /// A table in which some pairs of characters have bytes of their own.
    Pairs(fn() -> &'static Table),
    Iso2022(&'static Iso2022),
    Gb18030,
    Hz,
    EucKr,
}

/// Appends the bytes of a number without its leading zeros.
pub fn push_number(out: &mut Vec<u8>, number: u32) {
    let bytes = number.to_be_bytes();
    let start = bytes.iter().position(|&b| b != 0).unwrap_or(3);
    out.extend_from_slice(&bytes[start..]);
}

impl Engine {
    /// The next character of the input, which is not empty.
    pub fn decode(&self, state: &mut State, input: &[u8]) -> Decoded {
        match self {
            Engine::Table(table) | Engine::Pairs(table) => decode_table(table(), input),
            Engine::Iso2022(config) => config.decode(state, input),
            Engine::Gb18030 => decode_gb18030(input),
            Engine::EucKr => decode_euc_kr(input),
            Engine::Hz => decode_hz(state, input),
        }
    }

    /// Appends a character's bytes, or those of the pair that it begins.
    pub fn encode(&self, state: &mut State, code: u32, next: Next, out: &mut Vec<u8>) -> Encoded {
        Encoded::one(match self {
            Engine::Pairs(table) => return encode_pairs(table(), code, next, out),
            Engine::Iso2022(config) => return config.encode(state, code, next, out),
            Engine::Table(table) => encode_table(table(), code, out),
            Engine::Gb18030 => encode_gb18030(code, out),
            Engine::EucKr => encode_euc_kr(code, out),
            Engine::Hz => encode_hz(state, code, out),
        })
    }

    /// Where encoding begins.
    pub fn encoder_state(&self) -> State {
        match self {
            Engine::Iso2022(_) => Iso2022::ENCODER,
            _ => State::default(),
        }
    }

    /// Where decoding begins.
    pub fn decoder_state(&self) -> State {
        match self {
            Engine::Iso2022(_) => Iso2022::DECODER,
            _ => State::default(),
        }
    }

    /// Appends what leads back to the first state.
    pub fn reset(&self, state: &mut State, out: &mut Vec<u8>) {
        match self {
            Engine::Hz if state.0[0] != 0 => out.extend_from_slice(b"~}"),
            Engine::Iso2022(_) => return Iso2022::reset(state, out),
            _ => {}
        }
        *state = State::default();
    }
}

fn decode_table(table: &Table, input: &[u8]) -> Decoded {
    match table.single(input[0]) {
        Single::Character(code) => return Decoded::Character(code, 1),
        Single::Illegal => return Decoded::Illegal(1),
        Single::Lead => {}
    }
    let Some(&second) = input.get(1) else {
        return Decoded::Incomplete;
    };
    if let Some(code) = table.double(input[0], second) {
        return Decoded::Character(code, 2);
    }
    let number = u32::from(input[0]) << 8 | u32::from(second);
    if let Some(codes) = table.extra(number) {
        return one_or_two(codes, 2);
    }
    if input[0] == 0x8f && table.has_triples() {
        let Some(&third) = input.get(2) else {
            return Decoded::Incomplete;
        };
        if let Some(code) = table.triple(second, third) {
            return Decoded::Character(code, 3);
        }
        if let Some(codes) = table.extra(number << 8 | u32::from(third)) {
            return one_or_two(codes, 3);
        }
    }
    Decoded::Illegal(1)
}

/// A character, or two if the second is not 0.
pub fn one_or_two(codes: (u32, u32), len: usize) -> Decoded {
    match codes {
        (code, 0) => Decoded::Character(code, len),
        (first, second) => Decoded::Pair(first, second, len),
    }
}

/// The bytes of the pair that a character begins, if it does; an error where the next
/// character must be known.
pub fn pair(table: &Table, code: u32, next: Next) -> Result<Option<u32>, Encoded> {
    match next {
        _ if !table.begins_pair(code) => Ok(None),
        Next::Unknown => Err(Encoded::Waits),
        Next::Character(second) => Ok(table.bytes_of_pair((code, second))),
        Next::End => Ok(None),
    }
}

fn encode_pairs(table: &Table, code: u32, next: Next, out: &mut Vec<u8>) -> Encoded {
    match pair(table, code, next) {
        Ok(Some(number)) => {
            push_number(out, number);
            Encoded::Characters(2)
        }
        Ok(None) => Encoded::one(encode_table(table, code, out)),
        Err(waits) => waits,
    }
}

fn encode_table(table: &Table, code: u32, out: &mut Vec<u8>) -> bool {
    let number = table.bytes_of(code);
    if number == 0 && code != 0 {
        return false;
    }
    push_number(out, number);
    true
}

/// The first linear number of the characters beyond the basic plane.
const ASTRAL: u32 = 189_000;

fn decode_gb18030(input: &[u8]) -> Decoded {
    let table = super::table::gb18030();
    match table.single(input[0]) {
        Single::Character(code) => return Decoded::Character(code, 1),
        Single::Illegal => return Decoded::Illegal(1),
        Single::Lead => {}
    }
    let Some(&second) = input.get(1) else {
        return Decoded::Incomplete;
    };
    if !second.is_ascii_digit() {
        return match table.double(input[0], second) {
            Some(code) => Decoded::Character(code, 2),
            None => Decoded::Illegal(1),
        };
    }
    let (Some(&third), Some(&fourth)) = (input.get(2), input.get(3)) else {
        return Decoded::Incomplete;
    };
    if !(0x81..=0xfe).contains(&third) || !fourth.is_ascii_digit() {
        return Decoded::Illegal(1);
    }
    let part = |byte: u8, low: u8| u32::from(byte - low);
    let linear = (part(input[0], 0x81) * 10 + part(second, 0x30)) * 1260
        + part(third, 0x81) * 10
        + part(fourth, 0x30);
    let code = match linear.checked_sub(ASTRAL) {
        Some(offset) => Some(0x1_0000 + offset).filter(|&c| c <= 0x10_ffff),
        None => table.of_linear(linear),
    };
    match code {
        Some(code) => Decoded::Character(code, 4),
        None => Decoded::Illegal(1),
    }
}

fn encode_gb18030(code: u32, out: &mut Vec<u8>) -> bool {
    let table = super::table::gb18030();
    if encode_table(table, code, out) {
        return true;
    }
    let linear = match code.checked_sub(0x1_0000) {
        Some(offset) => Some(ASTRAL + offset),
        None => table.linear_of(code),
    };
    let Some(linear) = linear else { return false };
    let byte = |n: u32, low: u8| low + n as u8;
    out.extend_from_slice(&[
        byte(linear / 12600, 0x81),
        byte(linear / 1260 % 10, 0x30),
        byte(linear / 10 % 126, 0x81),
        byte(linear % 10, 0x30),
    ]);
    true
}

/// The second bytes of the letters that syllables outside KS X 1001 are made up of: initial
/// and final consonants; the vowels follow one another from 0xBF.
const INITIALS: &[u8; 19] =
    b"\xa1\xa2\xa4\xa7\xa8\xa9\xb1\xb2\xb3\xb5\xb6\xb7\xb8\xb9\xba\xbb\xbc\xbd\xbe";
const FINALS: &[u8; 28] = b"\xd4\xa1\xa2\xa3\xa4\xa5\xa6\xa7\xa9\xaa\xab\xac\xad\xae\xaf\xb0\xb1\xb2\xb4\xb5\xb6\xb7\xb8\xba\xbb\xbc\xbd\xbe";
const FIRST_VOWEL: u8 = 0xbf;
/// The first byte of letters, and the second of what begins a made-up syllable.
const LETTER: u8 = 0xa4;
const FILLER: u8 = 0xd4;

fn decode_euc_kr(input: &[u8]) -> Decoded {
    if !input.starts_with(&[LETTER, FILLER]) {
        return decode_table(super::table::euc_kr(), input);
    }
    let Some(letters) = input.get(2..8) else {
        return Decoded::Incomplete;
    };
    let [LETTER, initial, LETTER, vowel, LETTER, last] = letters else {
        return Decoded::Illegal(1);
    };
    let place = |list: &[u8], byte: &u8| list.iter().position(|b| b == byte);
    let vowel = vowel.checked_sub(FIRST_VOWEL).filter(|&v| v < 21);
    match (place(INITIALS, initial), vowel, place(FINALS, last)) {
        (Some(initial), Some(vowel), Some(last)) => {
            let syllable = initial as u32 * 588 + u32::from(vowel) * 28 + last as u32;
            Decoded::Character(0xac00 + syllable, 8)
        }
        _ => Decoded::Illegal(1),
    }
}

fn encode_euc_kr(code: u32, out: &mut Vec<u8>) -> bool {
    if encode_table(super::table::euc_kr(), code, out) {
        return true;
    }
    if !(0xac00..=0xd7a3).contains(&code) {
        return false;
    }
    let syllable = (code - 0xac00) as usize;
    let vowel = FIRST_VOWEL + (syllable / 28 % 21) as u8;
    let (initial, last) = (INITIALS[syllable / 588], FINALS[syllable % 28]);
    out.extend_from_slice(&[LETTER, FILLER, LETTER, initial, LETTER, vowel, LETTER, last]);
    true
}

/// HZ (RFC 1843): GB 2312 between `~{` and `~}`.
fn decode_hz(state: &mut State, input: &[u8]) -> Decoded {
    if input[0] == b'~' {
        let Some(&second) = input.get(1) else {
            return Decoded::Incomplete;
        };
        return match (second, state.0[0]) {
            (b'~', 0) => Decoded::Character(u32::from(b'~'), 2),
            (b'{', 0) => {
                state.0[0] = 1;
                Decoded::Shift(2)
            }
            (b'\n', 0) => Decoded::Shift(2),
            (b'}', 1) => {
                state.0[0] = 0;
                Decoded::Shift(2)
            }
            _ => Decoded::Illegal(1),
        };
    }
    if input[0] & 0x80 != 0 {
        return Decoded::Illegal(1);
    }
    if state.0[0] == 0 {
        return Decoded::Character(u32::from(input[0]), 1);
    }
    let Some(&second) = input.get(1) else {
        return Decoded::Incomplete;
    };
    match super::table::gb2312().double(input[0] | 0x80, second | 0x80) {
        Some(code) if second & 0x80 == 0 => Decoded::Character(code, 2),
        _ => Decoded::Illegal(1),
    }
}

fn encode_hz(state: &mut State, code: u32, out: &mut Vec<u8>) -> bool {
    if code < 0x80 {
        if state.0[0] != 0 {
            out.extend_from_slice(b"~}");
            state.0[0] = 0;
        }
        out.push(code as u8);
        if code == u32::from(b'~') {
            out.push(b'~');
        }
        return true;
    }
    let number = super::table::gb2312().bytes_of(code);
    if number == 0 {
        return false;
    }
    if state.0[0] == 0 {
        out.extend_from_slice(b"~{");
        state.0[0] = 1;
    }
    push_number(out, number & 0x7f7f);
    true
}
