//! Kinds of tokens, numbered as in the module `token` of 3.14.

/// A kind of token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Kind {
    EndMarker = 0,
    Name = 1,
    Number = 2,
    String = 3,
    Newline = 4,
    Indent = 5,
    Dedent = 6,
    Op = 55,
    FStringStart = 59,
    FStringMiddle = 60,
    FStringEnd = 61,
    TStringStart = 62,
    TStringMiddle = 63,
    TStringEnd = 64,
    Comment = 65,
    Nl = 66,
}

/// Operators with the numbers of their exact types.
const EXACT: [(&str, u8); 48] = [
    ("(", 7),
    (")", 8),
    ("[", 9),
    ("]", 10),
    (":", 11),
    (",", 12),
    (";", 13),
    ("+", 14),
    ("-", 15),
    ("*", 16),
    ("/", 17),
    ("|", 18),
    ("&", 19),
    ("<", 20),
    (">", 21),
    ("=", 22),
    (".", 23),
    ("%", 24),
    ("{", 25),
    ("}", 26),
    ("==", 27),
    ("!=", 28),
    ("<=", 29),
    (">=", 30),
    ("~", 31),
    ("^", 32),
    ("<<", 33),
    (">>", 34),
    ("**", 35),
    ("+=", 36),
    ("-=", 37),
    ("*=", 38),
    ("/=", 39),
    ("%=", 40),
    ("&=", 41),
    ("|=", 42),
    ("^=", 43),
    ("<<=", 44),
    (">>=", 45),
    ("**=", 46),
    ("//", 47),
    ("//=", 48),
    ("@", 49),
    ("@=", 50),
    ("->", 51),
    ("...", 52),
    (":=", 53),
    ("!", 54),
];

/// The number of an operator's exact type.
pub fn exact(text: &str) -> u8 {
    EXACT
        .iter()
        .find(|(op, _)| *op == text)
        .map_or(Kind::Op as u8, |(_, number)| *number)
}

/// Whether the characters are an operator of two or three.
pub fn is_operator(chars: &[u32]) -> bool {
    let text: String = chars.iter().filter_map(|c| char::from_u32(*c)).collect();
    text.len() == chars.len() && text.len() > 1 && EXACT.iter().any(|(op, _)| *op == text)
}

/// A token: its kind, where it lies in the buffer, and its places in the source.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
    pub line: usize,
    pub col: isize,
    pub end_line: usize,
    pub end_col: isize,
    /// Where the line of the token begins in the buffer; `None` for an empty line.
    pub text_line: Option<usize>,
}
