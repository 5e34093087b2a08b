//! The matcher for the code that CPython 3.14's `re._compiler` emits: what `_sre` is
//! built on, without Python objects.
//!
//! [`source::translate`] makes these code words of a pattern's text. A [`Pattern`] is made
//! once from them: they are checked (`parse`), turned into a tree, analysed (`analysis`:
//! widths, possible first characters, what follows a repeat) and translated to a program of
//! our own (`emit`, `program`). A [`State`] holds what one match needs and is meant to be
//! reused; [`Scan`] is the loop below `finditer`, `findall`, `sub`, `split` and `Scanner`.
//!
//! What always holds: matching uses no native recursion, its memory is bounded (an
//! error beyond), and it calls the interrupt check every few thousand steps. Positions
//! are indices into the subject in its own units.
#![forbid(unsafe_code)]

mod analysis;
mod charset;
mod charset_low;
mod code;
mod emit;
mod exec;
mod parse;
mod pattern;
mod program;
mod search;
pub mod source;
mod unicode;
mod unit;

pub use charset::UnicodeProps;
pub use code::{MAGIC, MAX_GROUPS, MAX_REPEAT, flag};
pub use exec::MatchError;
pub use parse::BadCode;
pub use pattern::{Mode, Pattern, Scan, State, Subject};
pub use unicode::Unicode;
