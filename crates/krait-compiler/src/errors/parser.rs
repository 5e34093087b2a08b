//! Errors of the parser crate with CPython's texts.

use super::{CompileError, ErrorKind};
use crate::source::Source;
use crate::{Mode, Options};
use ruff_python_ast::Mod;
use ruff_python_parser::Parsed;
use ruff_text_size::Ranged;

/// The error CPython would report, if there is any.
pub fn first_error(
    source: &Source,
    mode: Mode,
    parsed: &Parsed<Mod>,
    lexical: Option<Box<CompileError>>,
    options: &Options,
) -> Option<Box<CompileError>> {
    let _ = (mode, options);
    let first = parsed
        .errors()
        .iter()
        .min_by_key(|error| error.location.start());
    let unsupported = parsed.unsupported_syntax_errors().first();
    match (first, lexical) {
        (_, Some(mut error)) => {
            if error.kind == ErrorKind::Incomplete {
                error.kind = ErrorKind::Syntax;
            }
            Some(error)
        }
        (Some(error), None) => {
            let range = error.location;
            let at = source.position(range.start().to_usize(), range.end().to_usize());
            Some(CompileError::at(
                at,
                format!("invalid syntax: {}", error.error),
            ))
        }
        (None, None) => unsupported.map(|error| {
            let range = error.range();
            let at = source.position(range.start().to_usize(), range.end().to_usize());
            CompileError::at(at, "invalid syntax")
        }),
    }
}
