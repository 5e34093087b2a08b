//! Numbers.

use super::lexer::{Lex, Lexer};
use super::token::{Kind, Token};

type Char = Option<u32>;

fn is_digit(c: Char, radix: u32) -> bool {
    c.and_then(char::from_u32)
        .is_some_and(|c| c.is_ascii() && c.is_digit(radix))
}

fn is(c: Char, letter: u8) -> bool {
    c.is_some_and(|c| c == u32::from(letter) || c == u32::from(letter.to_ascii_uppercase()))
}

fn is_decimal(c: Char) -> bool {
    is_digit(c, 10)
}

impl Lexer {
    /// A number whose first digit has just been read.
    pub fn number(&mut self, first: u32) -> Lex<Token> {
        let mut c;
        if first == u32::from(b'0') {
            c = self.next()?;
            for (letter, radix, name) in [
                (b'x', 16, "hexadecimal"),
                (b'o', 8, "octal"),
                (b'b', 2, "binary"),
            ] {
                if is(c, letter) {
                    return self.with_radix(radix, name);
                }
            }
            c = self.zeros(c)?;
            if is_decimal(c) {
                c = self.digits()?;
            }
        } else {
            c = self.digits()?;
        }
        if c == Some(u32::from(b'.')) {
            return self.fraction();
        }
        self.exponent(c)
    }

    /// More zeros and underscores behind a first zero.
    fn zeros(&mut self, mut c: Char) -> Lex<Char> {
        loop {
            if c == Some(u32::from(b'_')) {
                c = self.next()?;
                if !is_decimal(c) {
                    self.back(c);
                    return self.error("invalid decimal literal");
                }
            }
            if c != Some(u32::from(b'0')) {
                return Ok(c);
            }
            c = self.next()?;
        }
    }

    /// The rest of a run of digits; the character behind it.
    fn digits(&mut self) -> Lex<Char> {
        loop {
            let mut c = self.next()?;
            while is_decimal(c) {
                c = self.next()?;
            }
            if c != Some(u32::from(b'_')) {
                return Ok(c);
            }
            c = self.next()?;
            if !is_decimal(c) {
                self.back(c);
                return self.error("invalid decimal literal");
            }
        }
    }

    fn with_radix(&mut self, radix: u32, name: &str) -> Lex<Token> {
        let mut c = self.next()?;
        loop {
            if c == Some(u32::from(b'_')) {
                c = self.next()?;
            }
            if !is_digit(c, radix) {
                if is_decimal(c) {
                    return self.wrong_digit(c, name);
                }
                self.back(c);
                return self.error(format!("invalid {name} literal"));
            }
            while is_digit(c, radix) {
                c = self.next()?;
            }
            if c != Some(u32::from(b'_')) {
                break;
            }
        }
        if is_decimal(c) {
            return self.wrong_digit(c, name);
        }
        self.back(c);
        Ok(self.token(Kind::Number))
    }

    fn wrong_digit(&self, c: Char, name: &str) -> Lex<Token> {
        let digit = c.and_then(char::from_u32).unwrap_or('?');
        self.error(format!("invalid digit '{digit}' in {name} literal"))
    }

    /// What follows a point.
    pub fn fraction(&mut self) -> Lex<Token> {
        let mut c = self.next()?;
        if is_decimal(c) {
            c = self.digits()?;
        }
        self.exponent(c)
    }

    fn exponent(&mut self, mut c: Char) -> Lex<Token> {
        if is(c, b'e') {
            let e = c;
            c = self.next()?;
            if c == Some(u32::from(b'+')) || c == Some(u32::from(b'-')) {
                c = self.next()?;
                if !is_decimal(c) {
                    self.back(c);
                    return self.error("invalid decimal literal");
                }
            } else if !is_decimal(c) {
                self.back(c);
                self.back(e);
                return Ok(self.token(Kind::Number));
            }
            c = self.digits()?;
        }
        if is(c, b'j') {
            c = self.next()?;
        }
        self.back(c);
        Ok(self.token(Kind::Number))
    }
}
