//! What can go wrong while compiling, with CPython's texts.

mod grammar;
pub mod parser;

use std::sync::Arc;

use krait_bytecode::{NO_COLUMN, Position};

/// Which exception the caller raises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// SyntaxError
    Syntax,
    /// IndentationError
    Indentation,
    /// TabError
    Tab,
    /// RecursionError
    Recursion,
    /// MemoryError
    Memory,
    /// ValueError (from a tree that was built by hand)
    Value,
    /// UnicodeEncodeError of a docstring with surrogates.
    Encoding,
    /// SyntaxError whose source ended too early: `codeop` wants `_IncompleteInputError`.
    Incomplete,
}

/// A failed compilation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileError {
    /// Which exception.
    pub kind: ErrorKind,
    /// Its message.
    pub message: String,
    /// 1-based line; 0 if unknown.
    pub line: u32,
    /// 1-based column in characters; 0 if unknown.
    pub col: u32,
    /// Line where the range ends.
    pub end_line: u32,
    /// 1-based column in characters where the range ends; 0 or -1 if unknown (as in CPython).
    pub end_col: i32,
    /// The source line, if there is source.
    pub text: Option<String>,
    /// The encoding the caller must decode the source from first, if that is the problem.
    pub needs_decoding: Option<String>,
    /// Warnings about what was read before.
    pub warnings: Vec<Warning>,
    /// Found while decoding the source: the place is as it should be, the file unknown.
    pub undecoded: bool,
    /// Found behind the parser, as far as CPython is concerned: columns count bytes.
    pub late: bool,
    /// The exception has its place in its attributes only, not in its arguments.
    pub bare: bool,
    /// Found by the tokenizer, at a place in the line it was reading.
    pub lexical: bool,
    /// What suggestions of keywords need: line (0 if none) and byte column of the last
    /// statement that makes sense, and the source (`SyntaxError._metadata`).
    pub context: Option<Box<(u32, u32, String)>>,
    /// The docstring that cannot be encoded.
    pub docstring: Option<Arc<[u8]>>,
}

impl std::fmt::Display for CompileError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} (line {}, column {})",
            self.message, self.line, self.col
        )
    }
}

impl std::error::Error for CompileError {}

impl CompileError {
    /// An error without a place.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Box<CompileError> {
        Box::new(CompileError {
            kind,
            message: message.into(),
            line: 0,
            col: 0,
            end_line: 0,
            end_col: 0,
            text: None,
            needs_decoding: None,
            warnings: Vec::new(),
            undecoded: false,
            late: false,
            bare: false,
            lexical: false,
            context: None,
            docstring: None,
        })
    }

    /// A SyntaxError at a node; columns still count bytes until [`crate::source`] converts them.
    pub fn at(at: Position, message: impl Into<String>) -> Box<CompileError> {
        let mut error = CompileError::new(ErrorKind::Syntax, message);
        error.line = at.line;
        error.end_line = at.end_line;
        if at.col != NO_COLUMN {
            error.col = at.col + 1;
            error.end_col = at.end_col as i32 + 1;
        }
        error
    }

    /// An error of the tokenizer: a point, not a range.
    pub fn point(at: Position, message: impl Into<String>) -> Box<CompileError> {
        let mut error = CompileError::at(at, message);
        error.end_line = error.line;
        error.end_col = error.col as i32;
        error.lexical = true;
        error
    }
}

/// Result of every step.
pub type Compile<T> = Result<T, Box<CompileError>>;

/// A warning to be issued by the caller, who may turn it into an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// `SyntaxWarning` or `DeprecationWarning`.
    pub category: &'static str,
    /// The text.
    pub message: String,
    /// 1-based line.
    pub line: u32,
    /// The place, should the caller make it a SyntaxError: columns 1-based in characters.
    pub col: u32,
    /// End of the place.
    pub end_line: u32,
    /// End of the place.
    pub end_col: u32,
    /// What the parser adds for a SyntaxError: its message and the source line.
    pub parsed: Option<Box<(String, String)>>,
}
