//! Translates the text of a pattern to the code words that `re._parser` and `re._compiler`
//! make of it, word for word.
//!
//! What those report as an error or warn about, and the few things that are better left to
//! them (names of characters, group names that are not ASCII, the debugging flag, patterns
//! nested very deep), is [`Other`]: then they are to be asked.

use crate::code::{flag, op};

mod cases;
mod emit;
mod escape;
mod group;
mod info;
mod parse;
mod set;
mod tokens;
mod tree;

/// The pattern is not one that is translated here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Other;

/// A translated pattern.
#[derive(Debug)]
pub struct Source {
    pub code: Vec<u32>,
    /// The given flags with those of the pattern.
    pub flags: u32,
    /// How many groups capture.
    pub groups: u32,
    /// Names of groups, in order, with their numbers.
    pub names: Vec<(String, u32)>,
}

/// The kinds of which a pattern has one.
const TYPES: u32 = flag::ASCII | flag::LOCALE | flag::UNICODE;

/// Translates a pattern of text, or of bytes as the characters of their numbers.
pub fn translate(pattern: &[u32], is_text: bool, flags: u32) -> Result<Source, Other> {
    if flags & flag::DEBUG != 0 {
        return Err(Other);
    }
    let parsed = parse::parse(pattern, is_text, flags)?;
    let mut code = Vec::new();
    info::emit(&mut code, &parsed, parsed.flags)?;
    emit::emit(&mut code, &parsed.steps, parsed.flags, &parsed.widths)?;
    code.push(op::SUCCESS);
    Ok(Source {
        code,
        flags: parsed.flags,
        groups: parsed.widths.len() as u32 - 1,
        names: parsed.names,
    })
}

/// The flags inside a group.
fn combined(flags: u32, on: u32, off: u32) -> u32 {
    let kept = if on & TYPES != 0 {
        flags & !TYPES
    } else {
        flags
    };
    (kept | on) & !off
}
