//! From a document's bytes to UTF-8.

/// How the bytes of a document become text.
#[derive(Clone)]
pub enum Encoding {
    Utf8,
    Utf16 {
        big: bool,
    },
    Latin1,
    Ascii,
    /// A code point for each byte; none for a byte that stands for nothing.
    Table(Box<[Option<char>; 256]>),
}

/// What a chunk of bytes came to.
pub enum Decoded {
    /// All of it, but for so many bytes at the end that are a part of a character.
    Partial(usize),
    /// It is no text in this encoding from here on.
    Invalid,
}

impl Encoding {
    /// The encoding of a name that needs no table.
    pub fn by_name(name: &str) -> Option<Encoding> {
        const NAMES: &[(&str, Encoding)] = &[
            ("UTF-8", Encoding::Utf8),
            ("ISO-8859-1", Encoding::Latin1),
            ("US-ASCII", Encoding::Ascii),
            ("UTF-16", Encoding::Utf16 { big: true }),
            ("UTF-16BE", Encoding::Utf16 { big: true }),
            ("UTF-16LE", Encoding::Utf16 { big: false }),
        ];
        NAMES
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, encoding)| encoding.clone())
    }

    pub fn is_wide(&self) -> bool {
        matches!(self, Encoding::Utf16 { .. })
    }

    /// How many bytes of the document a character takes.
    pub fn width(&self, c: char) -> usize {
        match self {
            Encoding::Utf8 => c.len_utf8(),
            Encoding::Utf16 { .. } => c.len_utf16() * 2,
            _ => 1,
        }
    }

    /// Appends what the bytes stand for.
    pub fn decode(&self, bytes: &[u8], out: &mut Vec<u8>) -> Decoded {
        match self {
            Encoding::Utf8 => decode_utf8(bytes, out),
            Encoding::Utf16 { big } => decode_utf16(bytes, *big, out),
            Encoding::Latin1 => decode_single(bytes, out, |b| Some(char::from(b))),
            Encoding::Ascii => decode_single(bytes, out, |b| b.is_ascii().then(|| char::from(b))),
            Encoding::Table(table) => decode_single(bytes, out, |b| table[usize::from(b)]),
        }
    }
}

fn decode_utf8(bytes: &[u8], out: &mut Vec<u8>) -> Decoded {
    match std::str::from_utf8(bytes) {
        Ok(_) => {
            out.extend_from_slice(bytes);
            Decoded::Partial(0)
        }
        Err(error) => {
            let good = error.valid_up_to();
            out.extend_from_slice(&bytes[..good]);
            match error.error_len() {
                None => Decoded::Partial(bytes.len() - good),
                Some(_) => Decoded::Invalid,
            }
        }
    }
}

fn push(out: &mut Vec<u8>, c: char) {
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

fn decode_single(
    bytes: &[u8],
    out: &mut Vec<u8>,
    character: impl Fn(u8) -> Option<char>,
) -> Decoded {
    for &byte in bytes {
        match character(byte) {
            Some(c) => push(out, c),
            None => return Decoded::Invalid,
        }
    }
    Decoded::Partial(0)
}

fn decode_utf16(bytes: &[u8], big: bool, out: &mut Vec<u8>) -> Decoded {
    let unit = |i: usize| {
        let pair = [*bytes.get(i)?, *bytes.get(i + 1)?];
        Some(if big {
            u16::from_be_bytes(pair)
        } else {
            u16::from_le_bytes(pair)
        })
    };
    let mut at = 0;
    while let Some(first) = unit(at) {
        let mut units = [first, 0];
        let count = if first & 0xfc00 == 0xd800 {
            match unit(at + 2) {
                Some(second) => units[1] = second,
                None => break,
            }
            2
        } else {
            1
        };
        match char::decode_utf16(units[..count].iter().copied()).next() {
            Some(Ok(c)) => push(out, c),
            _ => return Decoded::Invalid,
        }
        at += count * 2;
    }
    Decoded::Partial(bytes.len() - at)
}

/// The encoding that the first bytes tell, and how many of them are a mark; `None` where
/// more bytes are needed.
pub fn sniff(bytes: &[u8], is_final: bool) -> Option<(Encoding, usize)> {
    match bytes {
        [0xef, 0xbb, 0xbf, ..] => Some((Encoding::Utf8, 3)),
        [0xfe, 0xff, ..] => Some((Encoding::Utf16 { big: true }, 2)),
        [0xff, 0xfe, ..] => Some((Encoding::Utf16 { big: false }, 2)),
        [0, ..] => Some((Encoding::Utf16 { big: true }, 0)),
        [_, 0, ..] => Some((Encoding::Utf16 { big: false }, 0)),
        [] | [_] | [0xef, 0xbb] if !is_final => None,
        _ => Some((Encoding::Utf8, 0)),
    }
}
