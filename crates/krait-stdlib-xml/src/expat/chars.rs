//! Classes of characters (XML 1.0, productions 2 to 5).

/// White space.
pub fn is_space(c: u8) -> bool {
    matches!(c, b' ' | b'\t' | b'\n' | b'\r')
}

/// What a name can begin with, other than a colon.
pub fn starts_name(c: char) -> bool {
    match c {
        'a'..='z' | 'A'..='Z' | '_' => true,
        '\0'..='\u{bf}' => false,
        _ => matches!(c,
            '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}'
            | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}'
            | '\u{2070}'..='\u{218f}' | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}'
            | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}'),
    }
}

/// What a name can go on with, other than a colon.
pub fn is_name(c: char) -> bool {
    starts_name(c)
        || matches!(c, '0'..='9' | '-' | '.' | '\u{b7}' | '\u{300}'..='\u{36f}'
            | '\u{203f}'..='\u{2040}')
}

/// What a document can have at all.
pub fn is_char(code: u32) -> bool {
    matches!(code, 9 | 10 | 13 | 0x20..=0xd7ff | 0xe000..=0xfffd | 0x1_0000..=0x10_ffff)
}

/// What a public identifier can have.
pub fn is_public(c: u8) -> bool {
    c.is_ascii_alphanumeric() || b" \r\n-'()+,./:=?;!*#@$_%".contains(&c)
}

/// The character at a place of valid UTF-8.
pub fn char_at(text: &[u8], at: usize) -> Option<char> {
    let first = *text.get(at)?;
    if first < 0x80 {
        return Some(char::from(first));
    }
    let len = width(first);
    std::str::from_utf8(text.get(at..at + len)?)
        .ok()?
        .chars()
        .next()
}

/// How many bytes a character has whose first byte this is.
pub fn width(first: u8) -> usize {
    match first {
        0..0x80 => 1,
        0x80..0xe0 => 2,
        0xe0..0xf0 => 3,
        _ => 4,
    }
}

/// The first place at or after `from` where a byte stands that no document has: a control
/// character, U+FFFE or U+FFFF.
pub fn find_illegal(text: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(&c) = text.get(at) {
        if c < 0x20 {
            if !is_space(c) {
                return Some(at);
            }
        } else if c == 0xef && matches!(text.get(at..at + 3), Some([_, 0xbf, 0xbe | 0xbf])) {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// Valid UTF-8 as text.
pub fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or("")
}

/// Text with line ends as line feeds.
pub fn normalize_newlines(bytes: &[u8]) -> String {
    let text = text(bytes);
    if !bytes.contains(&b'\r') {
        return text.to_string();
    }
    text.replace("\r\n", "\n").replace('\r', "\n")
}
