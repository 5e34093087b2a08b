//! Errors of source that does not parse, with CPython's texts.
//!
//! The parser crate only says that there is an error; [`super::grammar`] says which.

use super::grammar::{bad_string, diagnose};
use super::{CompileError, ErrorKind};
use crate::source::Source;
use crate::{Mode, Options};
use ruff_python_ast::Mod;
use ruff_python_parser::Parsed;
use ruff_text_size::{Ranged, TextRange};

/// The error CPython would report, if there is any, for a source without lexical errors.
pub fn first_error(
    source: &Source,
    mode: Mode,
    parsed: &Parsed<Mod>,
    options: &Options,
) -> Option<Box<CompileError>> {
    let first = parsed
        .errors()
        .iter()
        .min_by_key(|error| error.location.start());
    let unsupported = parsed.unsupported_syntax_errors().first();
    // A prompt takes one statement, which the crate does not know.
    let plain = mode != Mode::Single;
    if plain && first.is_none() && unsupported.is_none() {
        return None;
    }
    if let Some(error) = diagnose(source, mode, options).or_else(|| bad_string(source)) {
        return Some(error);
    }
    // The crate and the grammar here disagree: an error it is.
    let range: TextRange = match (first, unsupported) {
        (Some(error), _) => error.location,
        (None, Some(error)) => error.range(),
        (None, None) => return None,
    };
    let at = source.position(range.start().to_usize(), range.end().to_usize());
    Some(CompileError::at(at, "invalid syntax"))
}

/// The error CPython would report for a source with a lexical error.
pub fn with_lexical(
    source: &Source,
    mode: Mode,
    mut lexical: Box<CompileError>,
    options: &Options,
) -> Box<CompileError> {
    if let Some(error) = diagnose(source, mode, options).or_else(|| bad_string(source)) {
        return error;
    }
    if lexical.kind == ErrorKind::Incomplete {
        lexical.kind = ErrorKind::Syntax;
    }
    lexical
}
