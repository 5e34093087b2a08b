//! Character classes.

/// `str.isspace` of one character.
#[inline]
pub fn is_space(code: u32) -> bool {
    if code < 0x80 {
        return matches!(code, 0x20 | 9..=13 | 0x1C..=0x1F);
    }
    matches!(
        code,
        0x85 | 0xA0 | 0x1680 | 0x2000..=0x200A | 0x2028 | 0x2029 | 0x202F | 0x205F | 0x3000
    )
}

/// Whether `str.splitlines` ends a line at this character.
#[inline]
pub fn is_line_break(code: u32) -> bool {
    matches!(code, 10..=13 | 0x1C..=0x1E | 0x85 | 0x2028 | 0x2029)
}
