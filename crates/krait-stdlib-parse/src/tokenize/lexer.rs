//! The tokenizer's state, and the reading of characters.

use krait_object::{Py, Raised};

use super::source::Source;
use super::token::{Kind, Token};

/// Why there is no token.
pub enum Fault {
    /// A Python exception is set.
    Raised,
    Error(Box<LexError>),
}

impl From<Raised> for Fault {
    fn from(_: Raised) -> Fault {
        Fault::Raised
    }
}

/// Which exception an error becomes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    Syntax,
    Indentation,
    Tab,
    /// SyntaxError without a text.
    EndOfFile,
}

#[derive(Debug)]
pub struct LexError {
    pub class: Class,
    pub message: String,
    pub line: usize,
    pub offset: usize,
    pub text: Vec<u32>,
    /// Line and offset of the end.
    pub end: Option<(usize, usize)>,
}

pub type Lex<T> = Result<T, Fault>;

/// What surrounds the place: an f-string or t-string, and where in it.
#[derive(Debug)]
pub struct Mode {
    /// Whether its text is being read, and not an expression in it.
    pub in_text: bool,
    pub quote: u32,
    pub quote_size: usize,
    pub raw: bool,
    pub template: bool,
    /// Brackets that are open, and how many of them opened an expression, minus one.
    pub depth: isize,
    pub expression_depth: isize,
    pub in_format_spec: bool,
    /// Where it begins: index in the buffer, that of its line, and the line's number.
    pub start: usize,
    pub line_start: usize,
    pub line: usize,
}

impl Mode {
    pub fn letter(&self) -> char {
        if self.template { 't' } else { 'f' }
    }
}

pub struct Lexer {
    pub py: Py,
    pub source: Source,
    /// The lines that are still needed.
    pub buffer: Vec<u32>,
    pub at: usize,
    pub line_start: usize,
    /// Number of the current line, from 1.
    pub line: usize,
    pub implicit_newline: bool,
    pub ended: bool,
    /// The token that is being read.
    pub start: usize,
    pub first_line: usize,
    pub first_line_start: usize,
    pub at_line_begin: bool,
    pub blank_line: bool,
    pub comment_newline: bool,
    /// Columns of open blocks, with tabs to 8 and to 1.
    pub indents: Vec<(usize, usize)>,
    /// Indents (positive) or dedents to give.
    pub pending: isize,
    pub level: usize,
    pub modes: Vec<Mode>,
    pub finished: bool,
}

impl Lexer {
    pub fn new(py: Py, source: Source) -> Lexer {
        Lexer {
            py,
            source,
            buffer: Vec::new(),
            at: 0,
            line_start: 0,
            line: 0,
            implicit_newline: false,
            ended: false,
            start: 0,
            first_line: 0,
            first_line_start: 0,
            at_line_begin: true,
            blank_line: false,
            comment_newline: false,
            indents: vec![(0, 0)],
            pending: 0,
            level: 0,
            modes: Vec::new(),
            finished: false,
        }
    }

    /// The next character; `None` at the end.
    #[inline]
    pub fn next(&mut self) -> Lex<Option<u32>> {
        if let Some(&c) = self.buffer.get(self.at) {
            self.at += 1;
            return Ok(Some(c));
        }
        if !self.read_line()? {
            return Ok(None);
        }
        self.at += 1;
        Ok(self.buffer.get(self.at - 1).copied())
    }

    fn read_line(&mut self) -> Lex<bool> {
        if self.ended {
            return Ok(false);
        }
        let Some(line) = self.source.line(self.py)? else {
            self.ended = true;
            return Ok(false);
        };
        self.line_start = self.buffer.len();
        self.line += 1;
        self.implicit_newline = line.implicit_newline;
        self.buffer.extend_from_slice(&line.chars);
        if line.chars.contains(&0) {
            let error = LexError {
                class: Class::Syntax,
                message: "source code cannot contain null bytes".into(),
                line: self.line,
                offset: 0,
                text: Vec::new(),
                end: Some((self.line, 0)),
            };
            return Err(Fault::Error(Box::new(error)));
        }
        Ok(true)
    }

    /// Puts a character back; nothing where it was the end.
    #[inline]
    pub fn back(&mut self, c: Option<u32>) {
        if c.is_some() {
            self.at -= 1;
        }
    }

    /// The next character, left where it is.
    pub fn peek(&mut self) -> Lex<Option<u32>> {
        let c = self.next()?;
        self.back(c);
        Ok(c)
    }

    /// Begins a token at the next character.
    pub fn begin(&mut self) {
        self.start = self.at;
        self.first_line = self.line;
        self.first_line_start = self.line_start;
    }

    /// Forgets lines that no token and no open string needs.
    pub fn forget(&mut self) {
        let keep = self
            .modes
            .first()
            .map_or(self.line_start, |mode| mode.line_start);
        if keep == 0 {
            return;
        }
        self.buffer.drain(..keep);
        for place in [
            &mut self.at,
            &mut self.line_start,
            &mut self.start,
            &mut self.first_line_start,
        ] {
            *place = place.saturating_sub(keep);
        }
        for mode in &mut self.modes {
            mode.start -= keep;
            mode.line_start -= keep;
        }
    }

    /// The token from where it began to here.
    pub fn token(&self, kind: Kind) -> Token {
        self.token_to(kind, self.at)
    }

    pub fn token_to(&self, kind: Kind, end: usize) -> Token {
        let several = matches!(
            kind,
            Kind::String | Kind::FStringMiddle | Kind::TStringMiddle
        );
        // Only such tokens go over several lines; a line that was looked at is not theirs.
        Token {
            kind,
            start: self.start,
            end,
            line: self.first_line,
            col: self.start as isize - self.first_line_start as isize,
            end_line: self.line,
            end_col: end as isize - self.line_start as isize,
            text_line: Some(if several {
                self.first_line_start
            } else {
                self.line_start
            }),
        }
    }

    /// The characters of a line up to its newline.
    pub fn line_text(&self, line_start: usize) -> Vec<u32> {
        self.buffer[line_start..]
            .iter()
            .copied()
            .take_while(|&c| c != 0x0A)
            .collect()
    }

    /// A SyntaxError here.
    #[cold]
    pub fn error<T>(&self, message: impl Into<String>) -> Lex<T> {
        self.error_at(
            message,
            self.line,
            self.line_start,
            self.at - self.line_start,
        )
    }

    #[cold]
    pub fn error_at<T>(
        &self,
        message: impl Into<String>,
        line: usize,
        line_start: usize,
        offset: usize,
    ) -> Lex<T> {
        Err(Fault::Error(Box::new(LexError {
            class: Class::Syntax,
            message: message.into(),
            line,
            offset,
            text: self.line_text(line_start),
            end: Some((line, offset)),
        })))
    }

    /// A SyntaxError at a range of a line.
    #[cold]
    pub fn error_between<T>(
        &self,
        message: impl Into<String>,
        line: usize,
        line_start: usize,
        offset: usize,
        end: usize,
    ) -> Lex<T> {
        match self.error_at(message, line, line_start, offset) {
            Err(Fault::Error(mut error)) => {
                error.end = Some((line, end + 1));
                Err(Fault::Error(error))
            }
            other => other,
        }
    }

    /// An error of a whole line.
    #[cold]
    pub fn line_error<T>(&self, class: Class, message: &str) -> Lex<T> {
        let text = self.line_text(self.line_start);
        Err(Fault::Error(Box::new(LexError {
            class,
            message: message.into(),
            line: self.line,
            offset: text.len() + 1,
            text,
            end: None,
        })))
    }

    #[cold]
    pub fn end_of_file<T>(&self) -> Lex<T> {
        let offset = self
            .modes
            .first()
            .map_or(0, |mode| self.buffer.len() - mode.line_start);
        Err(Fault::Error(Box::new(LexError {
            class: Class::EndOfFile,
            message: "unexpected EOF in multi-line statement".into(),
            line: self.line,
            offset,
            text: Vec::new(),
            end: None,
        })))
    }

    /// The next token.
    pub fn get(&mut self) -> Lex<Token> {
        self.forget();
        match self.modes.last() {
            Some(mode) if mode.in_text => self.string_text(),
            _ => self.normal(),
        }
    }
}
