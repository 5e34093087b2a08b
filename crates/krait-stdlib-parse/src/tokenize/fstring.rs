//! The text of f-strings and t-strings between expressions.

use super::lexer::{Lex, Lexer};
use super::token::{Kind, Token};

const OPEN: u32 = b'{' as u32;
const CLOSE: u32 = b'}' as u32;
/// How deep expressions in format specifiers may nest.
const MOST_NESTED: isize = 150;

/// What the text is part of; a copy, since the state changes while it is read.
#[derive(Clone, Copy)]
struct Text {
    quote: u32,
    quote_size: usize,
    raw: bool,
    template: bool,
    depth: isize,
    in_format_spec: bool,
}

impl Lexer {
    fn text_mode(&self) -> Option<Text> {
        self.modes.last().map(|m| Text {
            quote: m.quote,
            quote_size: m.quote_size,
            raw: m.raw,
            template: m.template,
            depth: m.depth,
            in_format_spec: m.in_format_spec && m.expression_depth >= 0,
        })
    }

    /// The next token of a string's text: a part of it, its end, or the first of an
    /// expression.
    pub fn string_text(&mut self) -> Lex<Token> {
        let Some(mode) = self.text_mode() else {
            return self.normal();
        };
        // A new line is part of the text that begins with it.
        self.begin_here()?;
        let first = self.next()?;
        if first == Some(OPEN) {
            let second = self.peek()?;
            self.back(first);
            if second != Some(OPEN) {
                self.start_expression()?;
                return self.normal();
            }
        } else {
            self.back(first);
        }
        if self.ends_here(mode)? {
            self.modes.pop();
            return Ok(self.token(if mode.template {
                Kind::TStringEnd
            } else {
                Kind::FStringEnd
            }));
        }
        let middle = if mode.template {
            Kind::TStringMiddle
        } else {
            Kind::FStringMiddle
        };
        self.text_part(mode, middle)
    }

    /// Begins a token at the next character, which may be on a new line.
    fn begin_here(&mut self) -> Lex<()> {
        let c = self.next()?;
        self.back(c);
        self.begin();
        Ok(())
    }

    fn start_expression(&mut self) -> Lex<()> {
        let (letter, nested) = match self.modes.last_mut() {
            Some(mode) => {
                mode.expression_depth += 1;
                mode.in_text = false;
                (mode.letter(), mode.expression_depth)
            }
            None => ('f', 0),
        };
        if nested >= MOST_NESTED {
            return self.error(format!("{letter}-string: expressions nested too deeply"));
        }
        Ok(())
    }

    /// Whether the closing quotes stand here; they are then read.
    fn ends_here(&mut self, mode: Text) -> Lex<bool> {
        let start = self.at;
        for _ in 0..mode.quote_size {
            let c = self.next()?;
            if c != Some(mode.quote) {
                self.at = start;
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn text_part(&mut self, mode: Text, middle: Kind) -> Lex<Token> {
        let mut closing = 0;
        let mut named_escape = false;
        while closing != mode.quote_size {
            let c = self.next()?;
            if c.is_none() || (mode.quote_size == 1 && c == Some(0x0A)) {
                return self.unterminated_text(mode, c);
            }
            if c == Some(mode.quote) {
                closing += 1;
                continue;
            }
            closing = 0;
            match c {
                Some(OPEN) => {
                    let second = self.next()?;
                    if second == Some(OPEN) && !mode.in_format_spec {
                        return Ok(self.token_to(middle, self.at - 1));
                    }
                    self.back(second);
                    self.back(c);
                    self.start_expression()?;
                    return Ok(self.token(middle));
                }
                Some(CLOSE) => {
                    if named_escape {
                        named_escape = false;
                        continue;
                    }
                    let second = self.next()?;
                    if second == Some(CLOSE) && !mode.in_format_spec && mode.depth == 0 {
                        return Ok(self.token_to(middle, self.at - 1));
                    }
                    self.back(second);
                    self.back(c);
                    if let Some(mode) = self.modes.last_mut() {
                        mode.in_text = false;
                    }
                    return Ok(self.token(middle));
                }
                Some(0x5C) => named_escape |= self.escape(mode)?,
                _ => {}
            }
        }
        self.at -= mode.quote_size;
        Ok(self.token(middle))
    }

    /// What follows a backslash; whether it opens a character's name (`\N{`).
    fn escape(&mut self, mode: Text) -> Lex<bool> {
        let mut c = self.next()?;
        if c == Some(0x0D) {
            c = self.next()?;
        }
        if c == Some(OPEN) || c == Some(CLOSE) {
            self.back(c);
            return Ok(false);
        }
        if mode.raw {
            // The escaped character is part of the text, whatever it is.
            return Ok(false);
        }
        if c == Some(u32::from(b'N')) {
            let brace = self.next()?;
            if brace == Some(OPEN) {
                return Ok(true);
            }
            self.back(brace);
        }
        Ok(false)
    }

    fn unterminated_text(&mut self, mode: Text, c: Option<u32>) -> Lex<Token> {
        let letter = if mode.template { 't' } else { 'f' };
        if mode.in_format_spec && c == Some(0x0A) {
            return self.error(format!(
                "{letter}-string: newlines are not allowed in format specifiers for single quoted {letter}-strings"
            ));
        }
        let found = self.line;
        let Some(mode) = self.modes.last() else {
            return self.end_of_file();
        };
        let offset = mode.start + 1 - mode.line_start;
        let kind = if mode.quote_size == 3 {
            "triple-quoted "
        } else {
            ""
        };
        let text = format!("unterminated {kind}{letter}-string literal (detected at line {found})");
        self.error_at(text, mode.line, mode.line_start, offset)
    }
}
