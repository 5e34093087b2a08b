//! Scanning of single tokens.

use std::ops::Range;

use super::chars::{char_at, find_illegal, is_name, is_space, starts_name, width};

/// Why a token could not be scanned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scan {
    /// The text ends within it.
    Partial,
    /// Something stands here that cannot.
    Invalid(usize),
}

pub type Scanned<T> = Result<T, Scan>;

/// The byte at a place.
pub fn byte(text: &[u8], at: usize) -> Scanned<u8> {
    text.get(at).copied().ok_or(Scan::Partial)
}

/// Whether a byte is a character that any name can go on with.
fn in_name(c: u8) -> bool {
    const TABLE: [bool; 256] = {
        let mut table = [false; 256];
        let mut c = 0;
        while c < 128 {
            let byte = c as u8;
            table[c] = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
            c += 1;
        }
        table
    };
    TABLE[usize::from(c)]
}

/// The end of a name that begins here. With namespaces, a colon may stand once, between
/// two names.
pub fn name(text: &[u8], start: usize, namespaces: bool) -> Scanned<usize> {
    let (mut at, mut first, mut colon) = (start, true, false);
    loop {
        // Most names have nothing but letters and digits of ASCII.
        if !first {
            let rest = text.get(at..).unwrap_or(&[]);
            at += rest.iter().position(|&c| !in_name(c)).unwrap_or(rest.len());
        }
        let c = char_at(text, at).ok_or(Scan::Partial)?;
        let fits = match c {
            ':' if !namespaces => true,
            ':' => !first && !std::mem::replace(&mut colon, true),
            c if first => starts_name(c),
            c => is_name(c),
        };
        if !fits {
            let misplaced = first || c == ':';
            return if misplaced {
                Err(Scan::Invalid(at))
            } else {
                Ok(at)
            };
        }
        first = namespaces && c == ':';
        at += c.len_utf8();
    }
}

/// The first place that is no white space.
pub fn spaces(text: &[u8], start: usize) -> usize {
    let rest = &text[start.min(text.len())..];
    start
        + rest
            .iter()
            .position(|&c| !is_space(c))
            .unwrap_or(rest.len())
}

/// A reference after its `&`.
#[derive(Debug, PartialEq, Eq)]
pub enum Reference {
    /// A character's number; `None` where no character has it.
    Character(Option<char>),
    Entity(Range<usize>),
}

/// A reference whose `&` stands before `start`, and its end.
pub fn reference(text: &[u8], start: usize, namespaces: bool) -> Scanned<(Reference, usize)> {
    if byte(text, start)? != b'#' {
        let end = name(text, start, namespaces)?;
        return match byte(text, end)? {
            b';' => Ok((Reference::Entity(start..end), end + 1)),
            _ => Err(Scan::Invalid(end)),
        };
    }
    let (radix, digits) = match byte(text, start + 1)? {
        b'x' => (16, start + 2),
        _ => (10, start + 1),
    };
    let (mut at, mut code) = (digits, 0u32);
    loop {
        let c = byte(text, at)?;
        match char::from(c).to_digit(radix) {
            Some(digit) => code = code.saturating_mul(radix).saturating_add(digit),
            None if c == b';' && at > digits => break,
            None => return Err(Scan::Invalid(at)),
        }
        at += 1;
    }
    let known = super::chars::is_char(code).then(|| char::from_u32(code));
    Ok((Reference::Character(known.flatten()), at + 1))
}

/// An attribute in a start tag.
#[derive(Debug, Clone)]
pub struct RawAttribute {
    pub name: Range<usize>,
    pub value: Range<usize>,
    /// The value has references or white space other than single blanks.
    pub plain: bool,
}

/// A start tag.
#[derive(Debug)]
pub struct StartTag {
    pub name: Range<usize>,
    pub empty: bool,
    pub end: usize,
}

/// A start tag whose `<` stands before `start`.
pub fn start_tag(
    text: &[u8],
    start: usize,
    namespaces: bool,
    attributes: &mut Vec<RawAttribute>,
) -> Scanned<StartTag> {
    attributes.clear();
    let name_end = name(text, start, namespaces)?;
    let mut at = name_end;
    loop {
        let blank = spaces(text, at);
        let spaced = blank > at;
        at = blank;
        match byte(text, at)? {
            b'>' => {
                return Ok(StartTag {
                    name: start..name_end,
                    empty: false,
                    end: at + 1,
                });
            }
            b'/' => {
                return match byte(text, at + 1)? {
                    b'>' => Ok(StartTag {
                        name: start..name_end,
                        empty: true,
                        end: at + 2,
                    }),
                    _ => Err(Scan::Invalid(at + 1)),
                };
            }
            _ if !spaced => return Err(Scan::Invalid(at)),
            _ => {}
        }
        let attribute_end = name(text, at, namespaces)?;
        let equals = spaces(text, attribute_end);
        if byte(text, equals)? != b'=' {
            return Err(Scan::Invalid(equals));
        }
        let quote_at = spaces(text, equals + 1);
        let quote = byte(text, quote_at)?;
        if quote != b'"' && quote != b'\'' {
            return Err(Scan::Invalid(quote_at));
        }
        let (value_end, plain) = attribute_value(text, quote_at + 1, quote, namespaces)?;
        attributes.push(RawAttribute {
            name: at..attribute_end,
            value: quote_at + 1..value_end,
            plain,
        });
        at = value_end + 1;
    }
}

/// The end of an attribute's value, and whether it is taken as it stands.
fn attribute_value(
    text: &[u8],
    start: usize,
    quote: u8,
    namespaces: bool,
) -> Scanned<(usize, bool)> {
    let (mut at, mut plain) = (start, true);
    loop {
        let rest = text.get(at..).unwrap_or(&[]);
        let stop = |&c: &u8| c <= b' ' || c >= 0xef || matches!(c, b'"' | b'\'' | b'<' | b'&');
        at += rest.iter().position(stop).unwrap_or(rest.len());
        match byte(text, at)? {
            c if c == quote => return Ok((at, plain)),
            b'<' => return Err(Scan::Invalid(at)),
            b'&' => {
                plain = false;
                at = reference(text, at + 1, namespaces)?.1;
            }
            b' ' | b'\t' | b'\n' | b'\r' => {
                plain = false;
                at += 1;
            }
            0..0x20 => return Err(Scan::Invalid(at)),
            c @ 0xef.. => {
                check_whole(text, at, c)?;
                at += width(c);
            }
            _ => at += 1,
        }
    }
}

/// Fails for U+FFFE and U+FFFF.
fn check_whole(text: &[u8], at: usize, first: u8) -> Scanned<()> {
    if find_illegal(text.get(at..at + width(first)).unwrap_or(&[]), 0).is_some() {
        return Err(Scan::Invalid(at));
    }
    Ok(())
}

/// An end tag whose `</` stands before `start`: the name and the end.
pub fn end_tag(text: &[u8], start: usize, namespaces: bool) -> Scanned<(Range<usize>, usize)> {
    let name_end = name(text, start, namespaces)?;
    let at = spaces(text, name_end);
    match byte(text, at)? {
        b'>' => Ok((start..name_end, at + 1)),
        _ => Err(Scan::Invalid(at)),
    }
}

/// The first illegal character before a place, as an error.
fn check_legal(text: &[u8], range: Range<usize>) -> Scanned<()> {
    match find_illegal(&text[..range.end], range.start) {
        Some(at) => Err(Scan::Invalid(at)),
        None => Ok(()),
    }
}

/// A comment whose `<!-` stands before `start`: what is in it, and the end.
pub fn comment(text: &[u8], start: usize) -> Scanned<(Range<usize>, usize)> {
    if byte(text, start)? != b'-' {
        return Err(Scan::Invalid(start));
    }
    let body = start + 1;
    let Some(dashes) = memchr::memmem::find(&text[body.min(text.len())..], b"--") else {
        check_legal(text, body.min(text.len())..text.len())?;
        return Err(Scan::Partial);
    };
    let dashes = body + dashes;
    check_legal(text, body..dashes)?;
    match byte(text, dashes + 2)? {
        b'>' => Ok((body..dashes, dashes + 3)),
        _ => Err(Scan::Invalid(dashes + 2)),
    }
}

/// A processing instruction.
#[derive(Debug)]
pub struct Instruction {
    pub target: Range<usize>,
    pub data: Range<usize>,
    pub end: usize,
}

impl Instruction {
    /// Whether it has the form of an XML declaration.
    pub fn is_declaration(&self, text: &[u8]) -> bool {
        &text[self.target.clone()] == b"xml"
    }
}

/// A processing instruction whose `<?` stands before `start`.
pub fn instruction(text: &[u8], start: usize, namespaces: bool) -> Scanned<Instruction> {
    let target = start..name(text, start, namespaces)?;
    if namespaces && text[target.clone()].contains(&b':') {
        let colon = text[target.clone()].iter().position(|&c| c == b':');
        return Err(Scan::Invalid(start + colon.unwrap_or(0)));
    }
    let word = &text[target.clone()];
    if word.eq_ignore_ascii_case(b"xml") && word != b"xml" {
        return Err(Scan::Invalid(target.end));
    }
    let body = spaces(text, target.end);
    if body == target.end {
        return match (byte(text, body)?, byte(text, body + 1)) {
            (b'?', Ok(b'>')) => Ok(Instruction {
                target,
                data: body..body,
                end: body + 2,
            }),
            (b'?', Err(partial)) => Err(partial),
            (b'?', Ok(_)) => Err(Scan::Invalid(body + 1)),
            _ => Err(Scan::Invalid(body)),
        };
    }
    let Some(close) = memchr::memmem::find(&text[body..], b"?>") else {
        check_legal(text, body..text.len())?;
        return Err(Scan::Partial);
    };
    let close = body + close;
    check_legal(text, body..close)?;
    Ok(Instruction {
        target,
        data: body..close,
        end: close + 2,
    })
}

/// Fails where the text does not go on with a word.
pub fn expect(text: &[u8], start: usize, word: &[u8]) -> Scanned<()> {
    for (i, &c) in word.iter().enumerate() {
        if byte(text, start + i)? != c {
            return Err(Scan::Invalid(start + i));
        }
    }
    Ok(())
}

/// The end of a markup declaration whose `<!` stands before `start`: the place after its
/// `>`, which is not within quotes.
pub fn declaration(text: &[u8], start: usize) -> Scanned<usize> {
    let mut at = start;
    loop {
        match byte(text, at)? {
            b'>' => return Ok(at + 1),
            b'<' => return Err(Scan::Invalid(at)),
            quote @ (b'"' | b'\'') => {
                let close = memchr::memchr(quote, &text[at + 1..]).ok_or(Scan::Partial)?;
                check_legal(text, at + 1..at + 1 + close)?;
                at += close + 2;
            }
            0..0x20 if !is_space(text[at]) => return Err(Scan::Invalid(at)),
            _ => at += 1,
        }
    }
}
