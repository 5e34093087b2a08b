//! A tokenizer after CPython's (Parser/lexer), for what the parser crate cannot tell:
//! CPython's texts for lexical errors, and how deep the tree is going to be.
//!
//! It runs before the parser. Its first error is returned together with the place, so
//! that [`crate::errors::parser`] can decide whether an earlier grammar error wins.

use crate::errors::{Compile, CompileError, ErrorKind, Warning};
use crate::source::Source;
use krait_text::unicode::{is_printable, is_xid_continue, is_xid_start};

/// Kinds of tokens, as coarse as the users need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Identifier or keyword.
    Name,
    /// Number.
    Number,
    /// String without replacement fields.
    String,
    /// Opening quote of an f-string or t-string.
    FStringStart,
    /// Its text.
    FStringMiddle,
    /// Its closing quote.
    FStringEnd,
    /// Operator or delimiter.
    Op,
    /// End of a logical line.
    Newline,
    /// Deeper indentation.
    Indent,
    /// Back to an outer indentation.
    Dedent,
    /// End of the source.
    End,
}

/// A token: kind and byte range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Which kind.
    pub kind: Kind,
    /// First byte.
    pub start: usize,
    /// First byte behind.
    pub end: usize,
}

const MAX_BRACKETS: usize = 200;
const MAX_INDENT: usize = 100;
const MAX_FSTRINGS: usize = 149;
/// Replacement fields in each other, by format specs of one string.
const MAX_FIELDS: usize = 3;
const TAB_SIZE: usize = 8;

/// What a byte may be part of, for loops that go over many of them.
static BYTES: [u8; 256] = {
    let mut all = [0; 256];
    let mut i = 0;
    while i < all.len() {
        let byte = i as u8;
        if byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80 {
            all[i] |= IN_NAME;
        }
        if !matches!(byte, b'\n' | b'\\' | b'\'' | b'"' | b'{' | b'}') {
            all[i] |= IN_STRING;
        }
        i += 1;
    }
    all
};
/// A name.
const IN_NAME: u8 = 1;
/// A string or an f-string's text, where it means itself.
const IN_STRING: u8 = 2;

#[derive(Clone, Copy)]
struct FString {
    quote: u8,
    triple: bool,
    raw: bool,
    start: usize,
    /// Brackets open where the string starts.
    brackets: usize,
    /// Inside a format spec at which bracket depth, if it is.
    letter: char,
}

/// The state of tokenization.
pub struct Tokenizer<'a> {
    source: &'a Source,
    text: &'a [u8],
    at: usize,
    brackets: Vec<(u8, usize)>,
    indents: Vec<(usize, usize)>,
    pending_dedents: usize,
    line_start: bool,
    fstrings: Vec<FString>,
    /// For each open `{` of an f-string's field: whether we are in its format spec.
    specs: Vec<(usize, bool)>,
    blank_so_far: bool,
    /// Warnings about numbers so far.
    pub warnings: Vec<Warning>,
}

impl<'a> Tokenizer<'a> {
    /// Starts at the beginning.
    pub fn new(source: &'a Source) -> Self {
        Tokenizer {
            source,
            text: source.text.as_bytes(),
            at: 0,
            brackets: Vec::new(),
            indents: vec![(0, 0)],
            pending_dedents: 0,
            line_start: true,
            fstrings: Vec::new(),
            specs: Vec::new(),
            blank_so_far: true,
            warnings: Vec::new(),
        }
    }

    /// Open brackets: character and offset, outermost first.
    pub fn open_brackets(&self) -> &[(u8, usize)] {
        &self.brackets
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// Goes over the bytes of a class.
    fn skip(&mut self, class: u8) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let other = |byte: &u8| BYTES[*byte as usize] & class == 0;
        self.at += rest.iter().position(other).unwrap_or(rest.len());
    }

    /// An error at a character, as CPython's tokenizer reports them.
    fn error<T>(&self, start: usize, message: impl Into<String>) -> Compile<T> {
        Err(CompileError::point(
            self.source.position(start, start),
            message,
        ))
    }

    fn token(&mut self, kind: Kind, start: usize) -> Token {
        if !matches!(
            kind,
            Kind::Newline | Kind::Indent | Kind::Dedent | Kind::End
        ) {
            self.blank_so_far = false;
        }
        Token {
            kind,
            start,
            end: self.at,
        }
    }

    /// The next token.
    #[expect(clippy::should_implement_trait, reason = "fallible and endless")]
    pub fn next(&mut self) -> Compile<Token> {
        loop {
            if self.in_fstring_text() {
                return self.fstring_middle();
            }
            if self.line_start {
                self.line_start = false;
                if let Some(token) = self.indentation()? {
                    return Ok(token);
                }
            }
            if self.pending_dedents > 0 {
                self.pending_dedents -= 1;
                return Ok(self.token(Kind::Dedent, self.at));
            }
            self.skip_space()?;
            let start = self.at;
            let Some(&byte) = self.text.get(start) else {
                return self.finish();
            };
            return match byte {
                b'\n' => {
                    self.at += 1;
                    if !self.brackets.is_empty() {
                        continue;
                    }
                    self.line_start = true;
                    if std::mem::replace(&mut self.blank_so_far, true) {
                        continue;
                    }
                    Ok(self.token(Kind::Newline, start))
                }
                b'0'..=b'9' => self.number(),
                b'.' if self.peek(1).is_ascii_digit() => self.number(),
                b'\'' | b'"' => self.string(start),
                b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => self.name(),
                _ => self.operator(),
            };
        }
    }

    fn finish(&mut self) -> Compile<Token> {
        self.check_closed()?;
        if !self.blank_so_far {
            self.blank_so_far = true;
            self.pending_dedents = self.indents.len() - 1;
            self.indents.truncate(1);
            return Ok(self.token(Kind::Newline, self.at));
        }
        if self.indents.len() > 1 {
            self.pending_dedents = self.indents.len() - 1;
            self.indents.truncate(1);
            self.pending_dedents -= 1;
            return Ok(self.token(Kind::Dedent, self.at));
        }
        Ok(self.token(Kind::End, self.at))
    }

    /// An error where a bracket is open at the end of the source.
    fn check_closed(&self) -> Compile<()> {
        let Some(&(open, at)) = self.brackets.last() else {
            return Ok(());
        };
        let message = format!("'{}' was never closed", open as char);
        let mut error = CompileError::at(self.source.position(at, at + 1), message);
        error.kind = ErrorKind::Incomplete;
        error.end_col = 0;
        Err(error)
    }

    /// Blanks, comments and continued lines.
    fn skip_space(&mut self) -> Compile<()> {
        loop {
            match self.peek(0) {
                b' ' | b'\t' | 0x0c => self.at += 1,
                b'#' => {
                    while self.at < self.text.len() && self.text[self.at] != b'\n' {
                        self.at += 1;
                    }
                }
                b'\\' if self.peek(1) == b'\n' => {
                    self.at += 2;
                    if self.at >= self.text.len() {
                        return self.eof_after_backslash();
                    }
                }
                b'\\' if self.at + 1 >= self.text.len() => {
                    self.at += 1;
                    return self.eof_after_backslash();
                }
                b'\\' => {
                    let message = "unexpected character after line continuation character";
                    return self.error(self.at + 1, message).map_err(|mut error| {
                        error.end_col = 0;
                        error.lexical = false;
                        error
                    });
                }
                _ => return Ok(()),
            }
        }
    }

    fn eof_after_backslash<T>(&self) -> Compile<T> {
        self.check_closed()?;
        // On the line of the backslash, behind it.
        let end = self.source.text.trim_end_matches('\n').len();
        let at = self.source.position(end, end);
        let mut error = CompileError::at(at, "unexpected EOF while parsing");
        error.kind = ErrorKind::Incomplete;
        error.end_col = -1;
        Err(error)
    }

    fn indentation(&mut self) -> Compile<Option<Token>> {
        let (mut column, mut alternate);
        let mut start;
        loop {
            start = self.at;
            (column, alternate) = (0, 0);
            // The column of a backslash that continues the line: that one counts.
            let mut continued = 0;
            loop {
                match self.peek(0) {
                    b' ' => (column, alternate) = (column + 1, alternate + 1),
                    b'\t' => {
                        (column, alternate) = ((column / TAB_SIZE + 1) * TAB_SIZE, alternate + 1);
                    }
                    0x0c => (column, alternate) = (0, 0),
                    b'\\' if self.peek(1) == b'\n' => {
                        if continued == 0 {
                            continued = column;
                        }
                        self.at += 1;
                        if self.at + 1 >= self.text.len() {
                            return self.eof_after_backslash();
                        }
                    }
                    _ => break,
                }
                self.at += 1;
            }
            if continued > 0 {
                (column, alternate) = (continued, continued);
            }
            if self.peek(0) == b'#' {
                while self.at < self.text.len() && self.text[self.at] != b'\n' {
                    self.at += 1;
                }
            }
            if self.peek(0) == b'\n' {
                self.at += 1;
                continue;
            }
            break;
        }
        if self.at >= self.text.len() {
            return Ok(None);
        }
        let &(current, current_alternate) = self.indents.last().unwrap_or(&(0, 0));
        if column == current {
            if alternate != current_alternate {
                return self.tabs();
            }
        } else if column > current {
            if self.indents.len() >= MAX_INDENT {
                let message = "too many levels of indentation";
                return self.line_error(ErrorKind::Indentation, message);
            }
            if alternate <= current_alternate {
                return self.tabs();
            }
            self.indents.push((column, alternate));
            return Ok(Some(Token {
                kind: Kind::Indent,
                start,
                end: self.at,
            }));
        } else {
            while self.indents.last().is_some_and(|indent| column < indent.0) {
                self.indents.pop();
                self.pending_dedents += 1;
            }
            let found = self.indents.last().copied().unwrap_or((0, 0));
            if found.0 != column {
                return self.bad_dedent();
            }
            if found.1 != alternate {
                return self.tabs();
            }
        }
        Ok(None)
    }

    fn tabs<T>(&self) -> Compile<T> {
        self.line_error(
            ErrorKind::Tab,
            "inconsistent use of tabs and spaces in indentation",
        )
    }

    /// An error of the line, not of a place in it.
    fn line_error<T>(&self, kind: ErrorKind, message: &str) -> Compile<T> {
        let line = self.source.line_col(self.at).0 as u32 + 1;
        let mut error = CompileError::new(kind, message);
        (error.line, error.end_line, error.col) = (line, line, 1);
        Err(error)
    }

    fn bad_dedent<T>(&self) -> Compile<T> {
        let line = self.source.line_col(self.at).0 as u32 + 1;
        let message = "unindent does not match any outer indentation level";
        let mut error = CompileError::new(ErrorKind::Indentation, message);
        error.line = line;
        error.end_line = line;
        let length = self.source.line(line).map_or(0, str::len) as u32;
        error.col = length + 1;
        error.end_col = -1;
        Err(error)
    }

    fn name(&mut self) -> Compile<Token> {
        let start = self.at;
        self.skip(IN_NAME);
        if matches!(self.peek(0), b'\'' | b'"') && self.at < self.text.len() {
            let prefix = self.text[start..self.at].to_ascii_lowercase();
            self.check_prefix(start, &prefix)?;
            match &prefix[..] {
                b"r" | b"u" | b"b" | b"br" | b"rb" => return self.string(start),
                b"f" | b"fr" | b"rf" => return self.fstring_start(start, 'f', prefix.len() > 1),
                b"t" | b"tr" | b"rt" => return self.fstring_start(start, 't', prefix.len() > 1),
                _ => {}
            }
        }
        self.check_identifier(start)?;
        Ok(self.token(Kind::Name, start))
    }

    /// Prefixes of strings that exclude each other.
    fn check_prefix(&self, start: usize, prefix: &[u8]) -> Compile<()> {
        let distinct = (1..prefix.len()).all(|i| !prefix[..i].contains(&prefix[i]));
        if !distinct || prefix.iter().any(|letter| !b"burft".contains(letter)) {
            return Ok(());
        }
        for pair in [b"ub", b"ur", b"uf", b"ut", b"bf", b"bt", b"ft"] {
            if pair.iter().all(|letter| prefix.contains(letter)) {
                let message = format!(
                    "'{}' and '{}' prefixes are incompatible",
                    pair[0] as char, pair[1] as char
                );
                return self.error(start, message).map_err(|mut error| {
                    error.end_col = error.col as i32 + prefix.len() as i32;
                    error
                });
            }
        }
        Ok(())
    }

    fn check_identifier(&self, start: usize) -> Compile<()> {
        if self.text[start..self.at].is_ascii() {
            return Ok(());
        }
        for (i, c) in self.source.text[start..self.at].char_indices() {
            let good = if i == 0 {
                c == '_' || is_xid_start(c as u32)
            } else {
                is_xid_continue(c as u32)
            };
            if !good {
                return self.bad_character(start + i, c);
            }
        }
        Ok(())
    }

    fn bad_character<T>(&self, at: usize, c: char) -> Compile<T> {
        let code = c as u32;
        let message = if is_printable(code) {
            format!("invalid character '{c}' (U+{code:04X})")
        } else {
            format!("invalid non-printable character U+{code:04X}")
        };
        self.error(at, message)
    }

    fn digits(&mut self, valid: impl Fn(u8) -> bool) -> bool {
        let start = self.at;
        loop {
            if valid(self.peek(0)) {
                self.at += 1;
            } else if self.peek(0) == b'_' && valid(self.peek(1)) && self.at > start {
                self.at += 2;
            } else {
                return self.at > start;
            }
        }
    }

    fn number(&mut self) -> Compile<Token> {
        let start = self.at;
        if self.peek(0) == b'0' && matches!(self.peek(1) | 0x20, b'x' | b'o' | b'b') {
            return self.radix_number(start);
        }
        let whole = self.digits(|byte| byte.is_ascii_digit());
        if whole && self.peek(0) == b'_' {
            self.at += 1;
            return self.bad_number("decimal");
        }
        let integer_end = self.at;
        let mut float = false;
        if self.peek(0) == b'.' {
            self.at += 1;
            float = true;
            if self.digits(|byte| byte.is_ascii_digit()) && self.peek(0) == b'_' {
                self.at += 1;
                return self.bad_number("decimal");
            }
        }
        if matches!(self.peek(0), b'e' | b'E') {
            let sign = matches!(self.peek(1), b'+' | b'-') as usize;
            if self.peek(1 + sign).is_ascii_digit() {
                self.at += 1 + sign;
                float = true;
                self.digits(|byte| byte.is_ascii_digit());
                if self.peek(0) == b'_' {
                    self.at += 1;
                    return self.bad_number("decimal");
                }
            } else if sign == 1 {
                self.at += 2;
                return self.bad_number("decimal");
            }
        }
        if matches!(self.peek(0), b'j' | b'J') {
            self.at += 1;
            self.check_number_end("imaginary")?;
            return Ok(self.token(Kind::Number, start));
        }
        let digits = &self.text[start..integer_end];
        if !float && digits.first() == Some(&b'0') && digits.iter().any(|d| !b"0_".contains(d)) {
            let zeros = digits
                .iter()
                .take_while(|digit| b"0_".contains(digit))
                .count();
            let message = "leading zeros in decimal integer literals are not permitted; \
                           use an 0o prefix for octal integers";
            return self.error(start, message).map_err(|mut error| {
                error.end_col = error.col as i32 + zeros as i32;
                error
            });
        }
        self.check_number_end("decimal")?;
        Ok(self.token(Kind::Number, start))
    }

    fn radix_number(&mut self, start: usize) -> Compile<Token> {
        let (name, radix) = match self.peek(1) | 0x20 {
            b'x' => ("hexadecimal", 16),
            b'o' => ("octal", 8),
            _ => ("binary", 2),
        };
        self.at += 2;
        if self.peek(0) == b'_' {
            self.at += 1;
        }
        let found = self.digits(|byte| (byte as char).is_digit(radix));
        if self.peek(0) == b'_' {
            self.at += 1;
            if !self.peek(0).is_ascii_digit() {
                return self.bad_number(name);
            }
        }
        let next = self.peek(0);
        if next.is_ascii_digit() {
            let message = format!("invalid digit '{}' in {name} literal", next as char);
            return self.error(self.at, message);
        }
        if !found || next == b'_' {
            return self.bad_number(name);
        }
        self.check_number_end(name)?;
        Ok(self.token(Kind::Number, start))
    }

    fn bad_number<T>(&self, name: &str) -> Compile<T> {
        let at = self.at.saturating_sub(1);
        self.error(at, format!("invalid {name} literal"))
    }

    /// A name right behind a number is an error, unless it is a keyword that may follow.
    fn check_number_end(&mut self, name: &str) -> Compile<()> {
        let byte = self.peek(0);
        if !(byte.is_ascii_alphanumeric() || byte == b'_') {
            return Ok(());
        }
        let rest = &self.text[self.at..];
        let keywords: [&[u8]; 8] = [b"and", b"else", b"for", b"if", b"in", b"is", b"not", b"or"];
        if !byte.is_ascii_digit() && keywords.iter().any(|keyword| rest.starts_with(keyword)) {
            self.warn_number(name);
            return Ok(());
        }
        self.bad_number(name)
    }

    /// A keyword right behind a number.
    fn warn_number(&mut self, name: &str) {
        let last = self.at.saturating_sub(1);
        let at = self.source.position(last, last);
        let message = format!("invalid {name} literal");
        let line = self.source.line(at.line).unwrap_or("").to_string();
        let col = self.source.char_col(at.line, at.col);
        self.warnings.push(Warning {
            category: "SyntaxWarning",
            message: message.clone(),
            line: at.line,
            col,
            end_line: at.line,
            end_col: col,
            parsed: Some(Box::new((message, line))),
        });
    }

    fn string(&mut self, start: usize) -> Compile<Token> {
        let quote = self.peek(0);
        let opening = self.at;
        let triple = self.peek(1) == quote && self.peek(2) == quote;
        self.at += if triple { 3 } else { 1 };
        if !triple && self.peek(0) == quote {
            self.at += 1;
            return Ok(self.token(Kind::String, start));
        }
        let mut escaped_quote = false;
        loop {
            self.skip(IN_STRING);
            let Some(&byte) = self.text.get(self.at) else {
                return self.unterminated(start, opening, triple, escaped_quote, "");
            };
            if byte == b'\\' {
                escaped_quote |= self.peek(1) == quote;
                self.at = (self.at + 2).min(self.text.len());
                continue;
            }
            if byte == b'\n' && !triple {
                return self.unterminated(start, opening, triple, escaped_quote, "");
            }
            if byte == quote {
                if !triple {
                    self.at += 1;
                    break;
                }
                if self.peek(1) == quote && self.peek(2) == quote {
                    self.at += 3;
                    break;
                }
            }
            self.at += 1;
        }
        Ok(self.token(Kind::String, start))
    }

    fn unterminated<T>(
        &self,
        start: usize,
        opening: usize,
        triple: bool,
        escaped_quote: bool,
        prefix: &str,
    ) -> Compile<T> {
        // A quote in a field that would end the f-string: the field is not closed.
        if let Some(fstring) = self.fstrings.last()
            && prefix.is_empty()
            && fstring.quote == self.text[opening]
            && fstring.triple == triple
        {
            return self.error(start, format!("{}-string: expecting '}}'", fstring.letter));
        }
        let last = if triple { self.text.len() } else { self.at };
        let mut line = self.source.line_col(last.min(self.text.len())).0 + 1;
        if triple && line > 1 && self.text.ends_with(b"\n") && !self.text.ends_with(b"\n\n") {
            line -= 1;
        }
        let kind = if triple { "triple-quoted " } else { "" };
        let mut message =
            format!("unterminated {kind}{prefix}string literal (detected at line {line})");
        if escaped_quote && !triple {
            message.push_str("; perhaps you escaped the end quote?");
        }
        let mut error = CompileError::at(self.source.position(start, start + 1), message);
        error.end_col = error.col as i32;
        error.lexical = true;
        if triple {
            error.kind = ErrorKind::Incomplete;
        }
        Err(error)
    }

    fn fstring_start(&mut self, start: usize, letter: char, raw: bool) -> Compile<Token> {
        let quote = self.peek(0);
        let triple = self.peek(1) == quote && self.peek(2) == quote;
        self.at += if triple { 3 } else { 1 };
        if self.fstrings.len() >= MAX_FSTRINGS {
            return self.error(start, "too many nested f-strings or t-strings");
        }
        let brackets = self.brackets.len();
        self.fstrings.push(FString {
            quote,
            triple,
            raw,
            start,
            brackets,
            letter,
        });
        Ok(self.token(Kind::FStringStart, start))
    }

    /// Whether the next byte is text of the innermost f-string (or of a format spec in it).
    fn in_fstring_text(&self) -> bool {
        let Some(fstring) = self.fstrings.last() else {
            return false;
        };
        match self.specs.last() {
            Some(&(depth, in_spec)) if depth > fstring.brackets => {
                in_spec && self.brackets.len() == depth
            }
            _ => self.brackets.len() == fstring.brackets,
        }
    }

    fn fstring_middle(&mut self) -> Compile<Token> {
        let start = self.at;
        let Some(&fstring) = self.fstrings.last() else {
            return self.finish();
        };
        let in_spec = self
            .specs
            .last()
            .is_some_and(|spec| spec.0 > fstring.brackets);
        loop {
            self.skip(IN_STRING);
            let Some(&byte) = self.text.get(self.at) else {
                return self.unterminated_fstring(fstring);
            };
            match byte {
                b'\n' if !fstring.triple => {
                    if in_spec {
                        let message = format!(
                            "{}-string: newlines are not allowed in format specifiers for single quoted {}-strings",
                            fstring.letter, fstring.letter
                        );
                        return self.error(self.at, message);
                    }
                    return self.unterminated_fstring(fstring);
                }
                b'\\' if !fstring.raw && self.peek(1) == b'N' && self.peek(2) == b'{' => {
                    self.at += 3;
                    while !matches!(self.peek(0), b'}' | b'\n' | 0) && self.peek(0) != fstring.quote
                    {
                        self.at += 1;
                    }
                    if self.peek(0) == b'}' {
                        self.at += 1;
                    }
                }
                b'\\' if matches!(self.peek(1), b'{' | b'}') => self.at += 1,
                b'\\' => self.at = (self.at + 2).min(self.text.len()),
                b'{' if self.peek(1) == b'{' && !in_spec => self.at += 2,
                b'}' if self.peek(1) == b'}' && !in_spec => self.at += 2,
                b'{' => {
                    if self.at > start {
                        return Ok(self.token(Kind::FStringMiddle, start));
                    }
                    self.check_field_depth(fstring)?;
                    let token = self.operator()?;
                    self.specs.push((self.brackets.len(), false));
                    return Ok(token);
                }
                b'}' => {
                    if self.at > start {
                        return Ok(self.token(Kind::FStringMiddle, start));
                    }
                    if in_spec {
                        return self.operator();
                    }
                    let message = format!("{}-string: single '}}' is not allowed", fstring.letter);
                    return self.error(self.at, message);
                }
                _ if byte == fstring.quote
                    && (!fstring.triple || self.peek(1) == byte && self.peek(2) == byte) =>
                {
                    if self.at > start {
                        return Ok(self.token(Kind::FStringMiddle, start));
                    }
                    self.at += if fstring.triple { 3 } else { 1 };
                    self.fstrings.pop();
                    return Ok(self.token(Kind::FStringEnd, start));
                }
                _ => self.at += 1,
            }
        }
    }

    /// Fields in the format specs of fields have a limit.
    fn check_field_depth(&self, fstring: FString) -> Compile<()> {
        let open = self.specs.iter().filter(|spec| spec.0 > fstring.brackets);
        if open.count() < MAX_FIELDS {
            return Ok(());
        }
        let message = format!("{}-string: expressions nested too deeply", fstring.letter);
        self.error(self.at.saturating_sub(1), message)
    }

    fn unterminated_fstring<T>(&self, fstring: FString) -> Compile<T> {
        let prefix = format!("{}-", fstring.letter);
        self.unterminated(fstring.start, fstring.start, fstring.triple, false, &prefix)
    }

    fn operator(&mut self) -> Compile<Token> {
        let start = self.at;
        let byte = self.peek(0);
        match byte {
            b'(' | b'[' | b'{' => {
                if self.brackets.len() >= MAX_BRACKETS {
                    return self.error(start, "too many nested parentheses");
                }
                self.brackets.push((byte, start));
                self.at += 1;
            }
            b')' | b']' | b'}' => self.close(byte)?,
            0..=8 | 0x0e..=0x1f | 0x7f => return self.bad_character(start, byte as char),
            b':' if self.at_field_level() && self.peek(1) != b'=' => {
                self.at += 1;
                if let Some(spec) = self.specs.last_mut() {
                    spec.1 = true;
                }
            }
            b':' if self.at_field_level() => {
                self.at += 1;
                if let Some(spec) = self.specs.last_mut() {
                    spec.1 = true;
                }
            }
            _ => self.at += operator_length(&self.text[self.at..]),
        }
        Ok(self.token(Kind::Op, start))
    }

    /// Directly inside an f-string's `{`.
    fn at_field_level(&self) -> bool {
        !self.fstrings.is_empty()
            && self
                .specs
                .last()
                .is_some_and(|spec| spec.0 == self.brackets.len() && !spec.1)
    }

    fn close(&mut self, byte: u8) -> Compile<()> {
        let start = self.at;
        let in_field = self
            .fstrings
            .last()
            .is_some_and(|f| f.brackets >= self.brackets.len());
        let Some(&(open, at)) = self.brackets.last().filter(|_| !in_field) else {
            return self.error(start, format!("unmatched '{}'", byte as char));
        };
        let expected = match open {
            b'(' => b')',
            b'[' => b']',
            _ => b'}',
        };
        let field = self
            .specs
            .last()
            .is_some_and(|spec| spec.0 == self.brackets.len());
        if byte != expected {
            if field && let Some(fstring) = self.fstrings.last() {
                let message = format!("{}-string: unmatched '{}'", fstring.letter, byte as char);
                return self.error(start, message);
            }
            let (line, open_line) = (self.source.line_col(start).0, self.source.line_col(at).0);
            let place = match line == open_line {
                true => String::new(),
                false => format!(" on line {}", open_line + 1),
            };
            let message = format!(
                "closing parenthesis '{}' does not match opening parenthesis '{}'{place}",
                byte as char, open as char
            );
            return self.error(start, message);
        }
        if field {
            self.specs.pop();
        }
        self.brackets.pop();
        self.at += 1;
        Ok(())
    }
}

fn operator_length(text: &[u8]) -> usize {
    match text {
        [b'*', b'*', b'=', ..] | [b'/', b'/', b'=', ..] => 3,
        [b'>', b'>', b'=', ..] | [b'<', b'<', b'=', ..] => 3,
        [b'.', b'.', b'.', ..] => 3,
        [b'*', b'*', ..] | [b'/', b'/', ..] | [b'>', b'>', ..] | [b'<', b'<' | b'>', ..] => 2,
        [b'-', b'>', ..] => 2,
        [
            b'<' | b'>' | b'=' | b'!' | b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^'
            | b'@' | b':',
            b'=',
            ..,
        ] => 2,
        _ => 1,
    }
}
