//! Text of floats: `repr`, exact formatting, parsing, and the hexadecimal form.
//!
//! Formatting is exactly rounded (half to even) for every precision, parsing is
//! exactly rounded as well; both as the reference's `Python/dtoa.c` makes them.

mod fixed;
mod hex;
mod parse;
mod repr;

pub use fixed::{FloatFlags, format_float};
pub use hex::{float_from_hex, float_to_hex};
pub use parse::{parse_complex, parse_float, parse_float_bytes, parse_float_chars};
pub use repr::{complex_repr, float_repr, push_float_repr};
