//! The characters of a pattern, a backslash and what follows it taken as one.

use super::Other;

/// One step of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Char(u32),
    /// What follows a backslash.
    Escape(u32),
}

impl Token {
    /// The character, unless a backslash is before it.
    pub fn plain(self) -> Option<char> {
        match self {
            Token::Char(ch) => char::from_u32(ch),
            Token::Escape(_) => None,
        }
    }

    fn length(self) -> usize {
        match self {
            Token::Char(_) => 1,
            Token::Escape(_) => 2,
        }
    }
}

/// Reads a pattern, one token ahead.
pub(super) struct Tokens<'a> {
    pattern: &'a [u32],
    /// Behind the next token.
    index: usize,
    pub next: Option<Token>,
}

impl<'a> Tokens<'a> {
    pub fn new(pattern: &'a [u32]) -> Result<Self, Other> {
        let mut tokens = Self {
            pattern,
            index: 0,
            next: None,
        };
        tokens.seek(0)?;
        Ok(tokens)
    }

    fn advance(&mut self) -> Result<(), Other> {
        let rest = self.pattern.get(self.index..).unwrap_or_default();
        self.next = match rest {
            [] => None,
            [ch, rest @ ..] if *ch == u32::from('\\') => {
                Some(Token::Escape(*rest.first().ok_or(Other)?))
            }
            [ch, ..] => Some(Token::Char(*ch)),
        };
        self.index += self.next.map_or(0, Token::length);
        Ok(())
    }

    pub fn take(&mut self) -> Result<Option<Token>, Other> {
        let token = self.next;
        self.advance()?;
        Ok(token)
    }

    /// The next token, of which there must be one.
    pub fn some(&mut self) -> Result<Token, Other> {
        self.take()?.ok_or(Other)
    }

    pub fn next_is(&self, ch: char) -> bool {
        self.next == Some(Token::Char(ch.into()))
    }

    /// Whether the character comes next, which is then taken.
    pub fn matches(&mut self, ch: char) -> Result<bool, Other> {
        let found = self.next_is(ch);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    /// As [`Tokens::matches`], where nothing else may come.
    pub fn expect(&mut self, ch: char) -> Result<(), Other> {
        if self.matches(ch)? {
            Ok(())
        } else {
            Err(Other)
        }
    }

    /// The value of the next digit of this base, which is then taken.
    pub fn digit(&mut self, base: u32) -> Result<Option<u32>, Other> {
        let digit = self.next.and_then(Token::plain);
        let digit = digit.and_then(|ch| ch.to_digit(base));
        if digit.is_some() {
            self.advance()?;
        }
        Ok(digit)
    }

    /// What is before `end`, which is taken too: characters of ASCII names and numbers only.
    pub fn until(&mut self, end: char) -> Result<String, Other> {
        let mut text = String::new();
        loop {
            match self.some()?.plain().ok_or(Other)? {
                ch if ch == end && !text.is_empty() => return Ok(text),
                ch if ch == '_' || ch.is_ascii_alphanumeric() => text.push(ch),
                _ => return Err(Other),
            }
        }
    }

    /// Where the next token begins.
    pub fn tell(&self) -> usize {
        self.index - self.next.map_or(0, Token::length)
    }

    pub fn seek(&mut self, index: usize) -> Result<(), Other> {
        self.index = index;
        self.advance()
    }
}
