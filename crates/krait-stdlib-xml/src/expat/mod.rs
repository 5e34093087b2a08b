//! A streaming, non-validating XML 1.0 parser that reports what Expat reports: the same
//! events in the same order, the same errors at the same places.
//!
//! It is pulled: `Parser::next` gives one event at a time, so that whoever handles an event
//! may look at the parser. Nothing here knows Python objects.

mod attributes;
mod chars;
mod content;
mod decl;
mod dtd;
mod encoding;
mod entity;
mod error;
mod event;
mod names;
mod namespaces;
mod parser;
mod prolog;
mod token;

pub use encoding::Encoding;
pub use error::{Code, text as error_text};
pub use event::{Chunk, Declaration, Event, Model, Wants};
pub use names::Name;
pub use parser::{Amplification, Limit, Parser, Step};

/// The version of Expat whose behaviour the parser has.
pub const VERSION: (i64, i64, i64) = (2, 7, 2);
