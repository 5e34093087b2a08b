//! Algorithms on text and bytes, without Python objects.
//!
//! Strings come in as [`Chars`]: the code points of a PEP 393 string in units of
//! one, two or four bytes, always in the narrowest unit that holds its largest
//! code point. Results go to a [`TextWriter`], which is the object layer's string
//! under construction. Code points are `u32` throughout, since Python strings may
//! hold lone surrogates.
//!
//! Failures are returned as values ([`TextError`] or a codec's fault); raising an
//! exception is the object layer's work.

#![forbid(unsafe_code)]

pub mod case;
pub mod chars;
pub mod codecs;
pub mod error;
pub mod float;
pub mod format;
pub mod hash;
pub mod lanes;
pub mod memory;
pub mod repr;
pub mod search;
pub mod suggest;
pub mod unicode;
mod writer;

pub use chars::{Chars, Unit};
pub use error::{ErrorKind, TextError};
pub use writer::{CharsMut, TextWriter};
