//! Indentation at the beginning of a line.

use super::lexer::{Class, Lex, Lexer};
use super::token::{Kind, Token};

const TAB: usize = 8;
const MOST: usize = 100;

impl Lexer {
    /// Reads the white space that a line begins with and compares it with the blocks
    /// that are open.
    pub fn indentation(&mut self) -> Lex<()> {
        self.at_line_begin = false;
        self.blank_line = false;
        let (mut col, mut narrow, mut continued) = (0, 0, 0);
        let c = loop {
            let c = self.next()?;
            match c {
                Some(0x20) => {
                    col += 1;
                    narrow += 1;
                }
                Some(0x09) => {
                    col = (col / TAB + 1) * TAB;
                    narrow += 1;
                }
                Some(0x0C) => {
                    col = 0;
                    narrow = 0;
                }
                Some(0x5C) => {
                    continued = if continued == 0 { col } else { continued };
                    self.continuation()?;
                }
                _ => break c,
            }
        };
        self.back(c);
        if matches!(c, Some(0x23 | 0x0A | 0x0D)) {
            self.blank_line = true;
        }
        if self.blank_line || self.level > 0 {
            return Ok(());
        }
        let col = if continued > 0 { continued } else { col };
        let narrow = if continued > 0 { continued } else { narrow };
        self.compare(col, narrow)
    }

    fn compare(&mut self, col: usize, narrow: usize) -> Lex<()> {
        let &(top, top_narrow) = self.indents.last().unwrap_or(&(0, 0));
        if col == top {
            return self.check_tabs(narrow == top_narrow);
        }
        if col > top {
            if self.indents.len() >= MOST {
                return self.line_error(Class::Indentation, "too many levels of indentation");
            }
            self.check_tabs(narrow > top_narrow)?;
            self.indents.push((col, narrow));
            self.pending += 1;
            return Ok(());
        }
        while self.indents.len() > 1 && self.indents.last().is_some_and(|top| col < top.0) {
            self.indents.pop();
            self.pending -= 1;
        }
        let &(top, top_narrow) = self.indents.last().unwrap_or(&(0, 0));
        if col != top {
            let text = "unindent does not match any outer indentation level";
            return self.line_error(Class::Indentation, text);
        }
        self.check_tabs(narrow == top_narrow)
    }

    fn check_tabs(&self, consistent: bool) -> Lex<()> {
        if consistent {
            return Ok(());
        }
        self.line_error(
            Class::Tab,
            "inconsistent use of tabs and spaces in indentation",
        )
    }

    /// An INDENT or DEDENT that is to be given.
    pub fn pending_token(&mut self) -> Option<Token> {
        if self.pending == 0 {
            return None;
        }
        let at_end = self.ended && self.at >= self.buffer.len();
        let col = (self.at - self.line_start) as isize;
        let mut token = Token {
            kind: Kind::Dedent,
            start: self.at,
            end: self.at,
            line: self.line,
            col,
            end_line: self.line,
            end_col: col,
            text_line: Some(self.line_start),
        };
        if self.pending > 0 {
            self.pending -= 1;
            token.kind = Kind::Indent;
            token.start = self.line_start;
            token.col = 0;
            return Some(token);
        }
        self.pending += 1;
        if at_end {
            let (line, text_line) = (self.line + 1, None);
            token = Token {
                line,
                end_line: line,
                col: 0,
                end_col: 0,
                text_line,
                ..token
            };
        }
        Some(token)
    }

    /// Steps over a newline behind a backslash.
    pub fn continuation(&mut self) -> Lex<()> {
        let mut c = self.next()?;
        if c == Some(0x0D) {
            c = self.next()?;
        }
        if c != Some(0x0A) {
            return self.line_error(
                Class::Syntax,
                "unexpected character after line continuation character",
            );
        }
        match self.next()? {
            None => self.end_of_file(),
            c => {
                self.back(c);
                Ok(())
            }
        }
    }
}
