//! String literals, and the beginnings of f-strings and t-strings.

use super::lexer::{Lex, Lexer, Mode};
use super::token::{Kind, Token};

/// Letters that stand before a string.
#[derive(Clone, Copy, Default, Debug)]
pub struct Prefix {
    pub b: bool,
    pub u: bool,
    pub r: bool,
    pub f: bool,
    pub t: bool,
}

impl Prefix {
    /// Takes a letter into the prefix; false where it cannot be part of one.
    pub fn take(&mut self, c: u32) -> bool {
        let letter = char::from_u32(c).map(|c| c.to_ascii_lowercase());
        let place = match letter {
            Some('b') if !self.b => &mut self.b,
            Some('u') if !self.u => &mut self.u,
            Some('r') if !self.r => &mut self.r,
            Some('f') if !self.f => &mut self.f,
            Some('t') if !self.t => &mut self.t,
            _ => return false,
        };
        *place = true;
        true
    }

    /// Two letters that do not go together.
    fn conflict(self) -> Option<(char, char)> {
        let pairs = [
            (self.u && self.b, ('u', 'b')),
            (self.u && self.r, ('u', 'r')),
            (self.u && self.f, ('u', 'f')),
            (self.u && self.t, ('u', 't')),
            (self.b && self.f, ('b', 'f')),
            (self.b && self.t, ('b', 't')),
            (self.f && self.t, ('f', 't')),
        ];
        pairs
            .into_iter()
            .find(|(both, _)| *both)
            .map(|(_, pair)| pair)
    }
}

impl Lexer {
    /// A string whose first quote has just been read.
    pub fn string(&mut self, quote: u32, prefix: Prefix) -> Lex<Token> {
        if let Some((a, b)) = prefix.conflict() {
            let offset = self.start + 1 - self.first_line_start;
            let text = format!("'{a}' and '{b}' prefixes are incompatible");
            let end = self.at - self.line_start;
            return self.error_between(text, self.line, self.line_start, offset, end - 1);
        }
        if prefix.f || prefix.t {
            return self.start_interpolated(quote, prefix);
        }
        let mut size = 1;
        let mut closing = 0;
        let mut c = self.next()?;
        if c == Some(quote) {
            c = self.next()?;
            if c == Some(quote) {
                size = 3;
            } else {
                closing = 1;
            }
        }
        if c != Some(quote) {
            self.back(c);
        }
        let mut escaped_quote = false;
        while closing != size {
            let c = self.next()?;
            if c.is_none() || (size == 1 && c == Some(0x0A)) {
                return self.unterminated(quote, size, escaped_quote);
            }
            if c == Some(quote) {
                closing += 1;
                continue;
            }
            closing = 0;
            if c == Some(0x5C) {
                let skipped = self.next()?;
                escaped_quote |= skipped == Some(quote);
                if skipped == Some(0x0D) {
                    self.next()?;
                }
            }
        }
        Ok(self.token(Kind::String))
    }

    fn unterminated(&mut self, quote: u32, size: usize, escaped_quote: bool) -> Lex<Token> {
        let found = self.line;
        let offset = self.start + 1 - self.first_line_start;
        let (line, line_start) = (self.first_line, self.first_line_start);
        if let Some(mode) = self.modes.last()
            && mode.quote == quote
            && mode.quote_size == size
        {
            let text = format!("{}-string: expecting '}}'", mode.letter());
            return self.error_at(text, line, line_start, offset);
        }
        let text = match (size, escaped_quote) {
            (3, _) => {
                format!("unterminated triple-quoted string literal (detected at line {found})")
            }
            (_, false) => format!("unterminated string literal (detected at line {found})"),
            (_, true) => {
                format!(
                    "unterminated string literal (detected at line {found}); perhaps you escaped the end quote?"
                )
            }
        };
        self.error_at(text, line, line_start, offset)
    }

    fn start_interpolated(&mut self, quote: u32, prefix: Prefix) -> Lex<Token> {
        let mut quote_size = 1;
        let second = self.next()?;
        if second == Some(quote) {
            let third = self.next()?;
            if third == Some(quote) {
                quote_size = 3;
            } else {
                self.back(third);
                self.back(second);
            }
        } else {
            self.back(second);
        }
        if self.modes.len() >= 150 {
            return self.error("too many nested f-strings or t-strings");
        }
        self.modes.push(Mode {
            in_text: true,
            quote,
            quote_size,
            raw: prefix.r,
            template: prefix.t,
            depth: 0,
            expression_depth: -1,
            in_format_spec: false,
            start: self.start,
            line_start: self.first_line_start,
            line: self.first_line,
        });
        Ok(self.token(if prefix.t {
            Kind::TStringStart
        } else {
            Kind::FStringStart
        }))
    }
}
