//! Source bytes to text: encoding cookie, byte order mark, line ends, and line numbers.

use crate::errors::{Compile, CompileError, ErrorKind};
use krait_bytecode::Position;
use krait_text::memory::is_available;
use std::borrow::Cow;

/// Decoded source with `\n` as the only line end.
#[derive(Clone, Debug)]
pub struct Source {
    /// The text.
    pub text: String,
    /// Byte offset of each line's start.
    pub line_starts: Vec<u32>,
    /// A module: its last line counts as ended even if it is not.
    pub ended: bool,
}

impl Source {
    /// Takes text that is already decoded.
    pub fn from_text(text: &str) -> Compile<Source> {
        const LARGE: usize = 1 << 20;
        /// What a tree needs for each byte of dense source.
        const PER_BYTE: usize = 64;
        if text.len() > LARGE && !is_available(text.len().saturating_mul(PER_BYTE)) {
            return Err(CompileError::new(ErrorKind::Memory, ""));
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.len() >= u32::MAX as usize {
            return Err(CompileError::new(ErrorKind::Memory, "source too large"));
        }
        let text = normalize_line_ends(text).into_owned();
        let mut line_starts = vec![0];
        line_starts.extend(text.match_indices('\n').map(|(at, _)| at as u32 + 1));
        let source = Source {
            text,
            line_starts,
            ended: false,
        };
        if source.text.contains('\0') {
            let message = "source code string cannot contain null bytes";
            return Err(CompileError::new(ErrorKind::Syntax, message));
        }
        Ok(source)
    }

    /// Decodes bytes as PEP 263 says. Encodings other than UTF-8, Latin-1 and ASCII are the
    /// caller's: the error's `needs_decoding` names them. `ignore_cookie` is PyCF_IGNORE_COOKIE.
    pub fn decode(bytes: &[u8], ignore_cookie: bool) -> Compile<Source> {
        let marked = bytes.starts_with(b"\xef\xbb\xbf");
        let bytes = if marked { &bytes[3..] } else { bytes };
        let found = if ignore_cookie {
            None
        } else {
            find_cookie_line(bytes)
        };
        let (cookie_line, cookie) = found.unzip();
        let name = cookie.as_deref().map(normalize_encoding);
        let other = cookie.as_deref().map(normal_form).filter(|n| n != "utf-8");
        if marked && let Some(other) = other {
            let message = format!("encoding problem: {other} with BOM");
            let index = cookie_line.unwrap_or(0);
            let line = bytes.split(|byte| *byte == b'\n').nth(index);
            let line = String::from_utf8_lossy(line.unwrap_or(bytes)).into_owned();
            let mut error = CompileError::new(ErrorKind::Syntax, message);
            error.line = index as u32 + 1;
            error.end_line = error.line;
            error.end_col = line.len() as i32;
            error.text = Some(line);
            error.undecoded = true;
            return Err(error);
        }
        match name.as_deref() {
            None | Some("utf-8") => match std::str::from_utf8(bytes) {
                Ok(text) => Source::from_text(text),
                Err(error) => Err(not_utf8(bytes, error.valid_up_to())),
            },
            Some("iso-8859-1") => {
                Source::from_text(&bytes.iter().map(|byte| *byte as char).collect::<String>())
            }
            Some("ascii") => match bytes.iter().position(|byte| *byte >= 0x80) {
                None => Source::from_text(&String::from_utf8_lossy(bytes)),
                Some(at) => {
                    let message = format!(
                        "'ascii' codec can't decode byte 0x{:02x} in position {at}: \
                         ordinal not in range(128)",
                        bytes[at]
                    );
                    Err(CompileError::new(ErrorKind::Syntax, message))
                }
            },
            Some(_) => {
                let cookie = cookie.unwrap_or_default();
                let message = format!("unknown encoding: {cookie}");
                let mut error = CompileError::new(ErrorKind::Syntax, message);
                error.needs_decoding = Some(cookie);
                Err(error)
            }
        }
    }

    /// 0-based line and byte column of an offset.
    pub fn line_col(&self, offset: usize) -> (usize, usize) {
        let line = self
            .line_starts
            .partition_point(|start| *start as usize <= offset)
            - 1;
        (line, offset - self.line_starts[line] as usize)
    }

    /// The same, asking first whether it is on this line.
    fn line_col_near(&self, line: usize, offset: usize) -> (usize, usize) {
        let start = |line: usize| self.line_starts.get(line).map(|start| *start as usize);
        let ends_behind = |line: usize| start(line + 1).is_none_or(|next| offset < next);
        match start(line) {
            Some(start) if start <= offset && ends_behind(line) => (line, offset - start),
            _ => self.line_col(offset),
        }
    }

    /// The position of a range of offsets.
    pub fn position(&self, start: usize, end: usize) -> Position {
        self.position_on(self.line_col(start).0, start, end)
    }

    /// The same for a range that most likely begins on this line, counted from 0.
    pub fn position_on(&self, line: usize, start: usize, end: usize) -> Position {
        let (line, col) = self.line_col_near(line, start);
        let (end_line, end_col) = self.line_col_near(line, end);
        Position {
            line: line as u32 + 1,
            col: col as u32,
            end_line: end_line as u32 + 1,
            end_col: end_col as u32,
        }
    }

    /// A line's text without its end; lines count from 1.
    pub fn line(&self, line: u32) -> Option<&str> {
        let start = *self.line_starts.get((line as usize).checked_sub(1)?)? as usize;
        let end = self
            .line_starts
            .get(line as usize)
            .map_or(self.text.len(), |e| *e as usize - 1);
        self.text.get(start..end)
    }

    /// 1-based column in characters of a 0-based column in bytes.
    pub fn char_col(&self, line: u32, byte_col: u32) -> u32 {
        let Some(text) = self.line(line) else {
            return byte_col + 1;
        };
        let end = (byte_col as usize).min(text.len());
        let chars = text.as_bytes()[..end]
            .iter()
            .filter(|byte| **byte & 0xc0 != 0x80)
            .count();
        chars as u32 + 1 + byte_col.saturating_sub(text.len() as u32)
    }

    /// Makes an error's byte columns character columns and adds the line's text.
    pub fn finish_error(&self, mut error: Box<CompileError>) -> Box<CompileError> {
        if error.line == 0 || error.late {
            return error;
        }
        if error.col > 0 {
            error.col = self.char_col(error.line, error.col - 1);
        }
        if error.end_col > 0 {
            error.end_col = self.char_col(error.end_line, error.end_col as u32 - 1) as i32;
        }
        self.add_text(error)
    }

    /// Adds the line's text to an error whose columns are as they should be.
    pub fn add_text(&self, mut error: Box<CompileError>) -> Box<CompileError> {
        if error.line > 0 && error.text.is_none() {
            error.text = self.line(error.line).map(|line| {
                let end = if error.lexical {
                    ""
                } else {
                    self.line_end(error.line)
                };
                format!("{line}{end}")
            });
        }
        error
    }

    /// What ends a line.
    pub fn line_end(&self, line: u32) -> &'static str {
        if self.ended || (line as usize) < self.line_starts.len() {
            "\n"
        } else {
            ""
        }
    }

    /// The whole text as the tokenizer of CPython has it.
    pub fn whole(&self) -> String {
        let mut text = self.text.clone();
        if self.ended && !text.ends_with('\n') {
            text.push('\n');
        }
        text
    }
}

fn normalize_line_ends(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The encoding named in a comment on one of the first two lines.
pub fn find_cookie(bytes: &[u8]) -> Option<String> {
    find_cookie_line(bytes).map(|(_, name)| name)
}

/// The same with the index of the line.
fn find_cookie_line(bytes: &[u8]) -> Option<(usize, String)> {
    let lines = bytes.split(|byte| *byte == b'\n' || *byte == b'\r');
    for (index, line) in lines.take(2).enumerate() {
        let blank = line
            .iter()
            .take_while(|byte| matches!(**byte, b' ' | b'\t' | 0x0c))
            .count();
        if line.get(blank) != Some(&b'#') {
            if blank == line.len() {
                continue;
            }
            return None;
        }
        if let Some(found) = cookie_in(&line[blank..]) {
            return Some((index, found));
        }
    }
    None
}

fn cookie_in(comment: &[u8]) -> Option<String> {
    for at in 0..comment.len().saturating_sub(6) {
        if !comment[at..].starts_with(b"coding")
            || !matches!(comment.get(at + 6), Some(b':' | b'='))
        {
            continue;
        }
        let rest = comment[at + 7..].trim_ascii_start();
        let length = rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(**byte, b'-' | b'_' | b'.'))
            .count();
        if length > 0 {
            return Some(String::from_utf8_lossy(&rest[..length]).into_owned());
        }
    }
    None
}

/// PEP 263's spellings of UTF-8 and Latin-1; other names as they are.
fn normal_form(name: &str) -> String {
    let lower = name.to_ascii_lowercase().replace('_', "-");
    let is = |prefix: &str| lower == prefix || lower.starts_with(&format!("{prefix}-"));
    if is("utf-8") {
        "utf-8".into()
    } else if is("latin-1") || is("iso-8859-1") || is("iso-latin-1") {
        "iso-8859-1".into()
    } else {
        name.into()
    }
}

/// The names of the encodings handled here, others in lower case.
fn normalize_encoding(name: &str) -> String {
    let lower = normal_form(name).to_ascii_lowercase().replace('_', "-");
    match &*lower {
        "utf8" => "utf-8".into(),
        "latin1" => "iso-8859-1".into(),
        "us-ascii" => "ascii".into(),
        _ => lower,
    }
}

/// Bytes that are not UTF-8, at `at`; the place is the caller's to show or not.
fn not_utf8(bytes: &[u8], at: usize) -> Box<CompileError> {
    let line = bytes[..at].iter().filter(|byte| **byte == b'\n').count() as u32 + 1;
    let start = bytes[..at]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |i| i + 1);
    let end = bytes[at..]
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(bytes.len(), |i| at + i);
    let message = format!(
        "Non-UTF-8 code starting with '\\x{:02x}' on line {line}, but no encoding declared; \
         see https://peps.python.org/pep-0263/ for details",
        bytes[at]
    );
    let mut error = CompileError::new(ErrorKind::Syntax, message);
    let column = String::from_utf8_lossy(&bytes[start..at]).chars().count() + 1;
    (error.line, error.end_line) = (line, line);
    (error.col, error.end_col) = (column as u32, column as i32);
    error.text = Some(String::from_utf8_lossy(&bytes[start..end]).into_owned());
    error.undecoded = true;
    error
}
