//! Quoted-printable text (RFC 1521).

use krait_object::Py;
use krait_object::types::bytes::BytesLike;

use super::AsciiText;

pub const ENCODE_DOC: &str = "Encode a string using quoted-printable encoding.\n\n\
    On encoding, when istext is set, newlines are not encoded, and white\n\
    space at end of lines is.  When istext is not set, \\r and \\n (CR/LF)\n\
    are both encoded.  When quotetabs is set, space and tabs are encoded.";

/// The longest line, with the final `=` of a soft break.
const LINE: usize = 76;

fn digit(c: Option<&u8>) -> Option<u8> {
    c.and_then(|c| char::from(*c).to_digit(16)).map(|d| d as u8)
}

pub fn decode(_py: Py, data: AsciiText<'_>, header: Option<bool>) -> Vec<u8> {
    let (header, data): (bool, &[u8]) = (header.unwrap_or(false), &data);
    let (mut out, mut at) = (Vec::with_capacity(data.len()), 0);
    while let Some(&c) = data.get(at) {
        at += 1;
        if c != b'=' {
            out.push(if header && c == b'_' { b' ' } else { c });
            continue;
        }
        match data.get(at) {
            None => {}
            // A soft break ends at the next line feed.
            Some(b'\n' | b'\r') => {
                let end = data[at..].iter().position(|&c| c == b'\n');
                at = end.map_or(data.len(), |i| at + i + 1);
            }
            // Broken encoders wrote this.
            Some(b'=') => {
                out.push(b'=');
                at += 1;
            }
            Some(_) => match (digit(data.get(at)), digit(data.get(at + 1))) {
                (Some(high), Some(low)) => {
                    out.push(high << 4 | low);
                    at += 2;
                }
                _ => out.push(b'='),
            },
        }
    }
    out
}

struct Encoder<'a> {
    data: &'a [u8],
    quote_tabs: bool,
    is_text: bool,
    header: bool,
    newline: &'static [u8],
    out: Vec<u8>,
    line: usize,
}

impl Encoder<'_> {
    fn must_quote(&self, at: usize) -> bool {
        let (c, next) = (self.data[at], self.data.get(at + 1));
        match c {
            127.. | b'=' => true,
            b'_' => self.header,
            // A line of a single dot would end a mail.
            b'.' => self.line == 0 && matches!(next, None | Some(b'\n' | b'\r' | 0)),
            b'\r' | b'\n' => !self.is_text,
            b'\t' | b' ' => next.is_none() || self.quote_tabs,
            0..33 => true,
            _ => false,
        }
    }

    fn soft_break(&mut self) {
        self.out.push(b'=');
        self.out.extend(self.newline);
        self.line = 0;
    }

    fn quoted(&mut self, c: u8) {
        let digits = b"0123456789ABCDEF";
        self.out.extend([
            b'=',
            digits[usize::from(c >> 4)],
            digits[usize::from(c & 15)],
        ]);
    }

    /// A line's end; white space before it is quoted.
    fn end_line(&mut self) {
        self.line = 0;
        if let Some(&space @ (b' ' | b'\t')) = self.out.last() {
            self.out.pop();
            self.quoted(space);
        }
        self.out.extend(self.newline);
    }

    fn run(mut self) -> Vec<u8> {
        let mut at = 0;
        while let Some(&c) = self.data.get(at) {
            let next = self.data.get(at + 1);
            at += 1;
            if self.must_quote(at - 1) {
                if self.line + 3 >= LINE {
                    self.soft_break();
                }
                self.quoted(c);
                self.line += 3;
            } else if self.is_text && (c == b'\n' || c == b'\r' && next == Some(&b'\n')) {
                at += usize::from(c == b'\r');
                self.end_line();
            } else {
                if next.is_some_and(|&n| n != b'\n') && self.line + 1 >= LINE {
                    self.soft_break();
                }
                self.line += 1;
                self.out
                    .push(if self.header && c == b' ' { b'_' } else { c });
            }
        }
        self.out
    }
}

pub fn encode(
    _py: Py,
    data: BytesLike<'_>,
    quotetabs: Option<bool>,
    istext: Option<bool>,
    header: Option<bool>,
) -> Vec<u8> {
    let data: &[u8] = &data;
    // The first line tells which kind of line ends the text has.
    let first_end = data.iter().position(|&c| c == b'\n');
    let crlf = first_end.is_some_and(|i| i > 0 && data[i - 1] == b'\r');
    Encoder {
        data,
        quote_tabs: quotetabs.unwrap_or(false),
        is_text: istext.unwrap_or(true),
        header: header.unwrap_or(false),
        newline: if crlf { b"\r\n" } else { b"\n" },
        out: Vec::with_capacity(data.len() + data.len() / 8),
        line: 0,
    }
    .run()
}
