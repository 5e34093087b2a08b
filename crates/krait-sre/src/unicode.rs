//! The properties from the tables of `krait-text`, with the "C" locale.

use krait_text::unicode;

use crate::charset::UnicodeProps;

/// Python's Unicode database, and the "C" locale.
#[derive(Clone, Copy, Debug)]
pub struct Unicode;

impl UnicodeProps for Unicode {
    // Where the full mapping has several characters the first one counts, as for `_sre`.
    fn lower(&self, ch: u32) -> u32 {
        unicode::lower(ch).codes().first().copied().unwrap_or(ch)
    }
    fn upper(&self, ch: u32) -> u32 {
        unicode::upper(ch).codes().first().copied().unwrap_or(ch)
    }
    fn is_alnum(&self, ch: u32) -> bool {
        unicode::is_alnum(ch)
    }
    fn is_space(&self, ch: u32) -> bool {
        unicode::is_space(ch)
    }
    fn is_decimal(&self, ch: u32) -> bool {
        unicode::is_decimal(ch)
    }
    fn is_linebreak(&self, ch: u32) -> bool {
        unicode::is_line_break(ch)
    }
}
