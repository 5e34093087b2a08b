//! Everything outside the text of strings.

use super::lexer::{Lex, Lexer};
use super::string::Prefix;
use super::token::{Kind, Token, is_operator};

/// How many brackets may be open.
const MOST_LEVELS: usize = 200;

fn is_name_start(c: u32) -> bool {
    c >= 128 || c == u32::from(b'_') || char::from_u32(c).is_some_and(|c| c.is_ascii_alphabetic())
}

fn is_name_char(c: u32) -> bool {
    is_name_start(c) || char::from_u32(c).is_some_and(|c| c.is_ascii_digit())
}

impl Lexer {
    pub fn normal(&mut self) -> Lex<Token> {
        if self.at_line_begin {
            self.indentation()?;
        }
        if let Some(token) = self.pending_token() {
            return Ok(token);
        }
        let c = loop {
            let c = self.skip_space()?;
            if c != Some(0x5C) {
                break c;
            }
            self.continuation()?;
        };
        let Some(c) = c else { return self.end() };
        self.back(Some(c));
        self.begin();
        self.at += 1;
        match c {
            0x23 => self.comment(),
            0x0A => Ok(self.newline()),
            0x0D => match self.next()? {
                Some(0x0A) => Ok(self.newline()),
                Some(after) => self.operator(after),
                None => self.end(),
            },
            c if is_name_start(c) => self.name_or_string(c),
            c if char::from_u32(c).is_some_and(|c| c.is_ascii_digit()) => self.number(c),
            0x22 | 0x27 => self.string(c, Prefix::default()),
            0x2E => self.point(),
            c => self.operator(c),
        }
    }

    /// The first character that is no space.
    fn skip_space(&mut self) -> Lex<Option<u32>> {
        loop {
            match self.next()? {
                Some(0x20 | 0x09 | 0x0C) => {}
                c => return Ok(c),
            }
        }
    }

    fn end(&mut self) -> Lex<Token> {
        if self.level > 0 || !self.modes.is_empty() {
            return self.end_of_file();
        }
        self.finished = true;
        let line = self.line + 1;
        let (start, end) = (self.at, self.at);
        Ok(Token {
            kind: Kind::EndMarker,
            start,
            end,
            line,
            col: 0,
            end_line: line,
            end_col: 0,
            text_line: None,
        })
    }

    fn comment(&mut self) -> Lex<Token> {
        let mut c = self.next()?;
        while !matches!(c, None | Some(0x0A | 0x0D)) {
            c = self.next()?;
        }
        self.back(c);
        self.comment_newline = self.blank_line;
        Ok(self.token(Kind::Comment))
    }

    fn newline(&mut self) -> Token {
        self.at_line_begin = true;
        let silent = self.blank_line || self.level > 0 || self.comment_newline;
        self.blank_line = false;
        self.comment_newline = false;
        self.token(if silent { Kind::Nl } else { Kind::Newline })
    }

    fn name_or_string(&mut self, first: u32) -> Lex<Token> {
        let mut prefix = Prefix::default();
        let mut c = Some(first);
        while let Some(letter) = c
            && prefix.take(letter)
        {
            c = self.next()?;
            if let Some(quote @ (0x22 | 0x27)) = c {
                return self.string(quote, prefix);
            }
        }
        while c.is_some_and(is_name_char) {
            c = self.next()?;
        }
        self.back(c);
        Ok(self.token(Kind::Name))
    }

    fn point(&mut self) -> Lex<Token> {
        let c = self.next()?;
        if c.and_then(char::from_u32)
            .is_some_and(|c| c.is_ascii_digit())
        {
            self.back(c);
            return self.fraction();
        }
        if c == Some(0x2E) {
            let third = self.next()?;
            if third == Some(0x2E) {
                return Ok(self.token(Kind::Op));
            }
            self.back(third);
        }
        self.back(c);
        Ok(self.token(Kind::Op))
    }

    fn operator(&mut self, c: u32) -> Lex<Token> {
        if c == u32::from(b':') && self.starts_format_spec() {
            return Ok(self.token(Kind::Op));
        }
        let second = self.next()?;
        if let Some(second) = second
            && is_operator(&[c, second])
        {
            let third = self.next()?;
            if !third.is_some_and(|third| is_operator(&[c, second, third])) {
                self.back(third);
            }
            return Ok(self.token(Kind::Op));
        }
        self.back(second);
        match char::from_u32(c) {
            Some('(' | '[' | '{') => self.open_bracket()?,
            Some(bracket @ (')' | ']' | '}')) => self.close_bracket(bracket)?,
            _ => {}
        }
        if c < 0x20 || c == 0x7F {
            return self.error(format!("invalid non-printable character U+{c:04X}"));
        }
        Ok(self.token(Kind::Op))
    }

    /// Whether a colon ends the expression of an interpolation; its text follows then.
    fn starts_format_spec(&mut self) -> bool {
        match self.modes.last_mut() {
            Some(mode) if mode.expression_depth >= 0 && mode.depth - 1 == mode.expression_depth => {
                mode.in_text = true;
                mode.in_format_spec = true;
                true
            }
            _ => false,
        }
    }

    fn open_bracket(&mut self) -> Lex<()> {
        if self.level >= MOST_LEVELS {
            return self.error("too many nested parentheses");
        }
        self.level += 1;
        if let Some(mode) = self.modes.last_mut() {
            mode.depth += 1;
        }
        Ok(())
    }

    fn close_bracket(&mut self, bracket: char) -> Lex<()> {
        if let Some(mode) = self.modes.last()
            && mode.depth == 0
            && bracket == '}'
        {
            return self.error(format!(
                "{}-string: single '}}' is not allowed",
                mode.letter()
            ));
        }
        self.level = self.level.saturating_sub(1);
        let Some(mode) = self.modes.last_mut() else {
            return Ok(());
        };
        mode.depth -= 1;
        // Only the brace that opened the expression is left below.
        let unmatched =
            mode.depth < 0 || (bracket != '}' && mode.depth == 0 && mode.expression_depth == 0);
        if unmatched {
            let letter = mode.letter();
            return self.error(format!("{letter}-string: unmatched '{bracket}'"));
        }
        if bracket == '}' && mode.depth == mode.expression_depth {
            mode.expression_depth -= 1;
            mode.in_text = true;
            mode.in_format_spec = false;
        }
        Ok(())
    }
}
