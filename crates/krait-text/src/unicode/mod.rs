//! The Unicode character database.

mod class;

pub use class::{is_line_break, is_space};
