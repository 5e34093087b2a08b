//! The units of a subject: one, two or four bytes a character.

/// A unit, with the searches that have a fast form for its width.
pub(crate) trait Unit: Copy + PartialEq + 'static {
    /// The character.
    fn code(self) -> u32;
    /// The unit for a character, if there is one.
    fn from_code(ch: u32) -> Option<Self>;

    /// The first place of a unit.
    fn find(text: &[Self], unit: Self) -> Option<usize> {
        let mut base = 0;
        let mut chunks = text.chunks_exact(16);
        for chunk in &mut chunks {
            // Without an early exit: this is one vector comparison.
            if chunk.iter().fold(false, |hit, &u| hit | (u == unit)) {
                break;
            }
            base += 16;
        }
        text[base..]
            .iter()
            .position(|&u| u == unit)
            .map(|i| base + i)
    }

    /// The last place of a unit.
    fn rfind(text: &[Self], unit: Self) -> Option<usize> {
        text.iter().rposition(|&u| u == unit)
    }

    /// The first place of any of some (one to three) bytes.
    fn find_any(text: &[Self], bytes: &[u8]) -> Option<usize> {
        text.iter()
            .position(|&u| u8::try_from(u.code()).is_ok_and(|b| bytes.contains(&b)))
    }

    /// Whether the text starts with a literal.
    fn starts_with(text: &[Self], literal: &Literal) -> bool {
        text.len() >= literal.wide.len()
            && text
                .iter()
                .zip(&*literal.wide)
                .all(|(u, &ch)| u.code() == ch)
    }

    /// The first place of a literal.
    fn find_literal(text: &[Self], literal: &Literal) -> Option<usize> {
        let first = Self::from_code(*literal.wide.first()?)?;
        let mut at = 0;
        loop {
            at += Self::find(&text[at..], first)?;
            if Self::starts_with(&text[at..], literal) {
                return Some(at);
            }
            at += 1;
        }
    }
}

/// A run of characters to be compared or searched.
pub(crate) struct Literal {
    pub(crate) wide: Box<[u32]>,
    /// The same in bytes, or `None` if a character is above 255.
    narrow: Option<memchr::memmem::Finder<'static>>,
}

impl Literal {
    pub(crate) fn new(wide: Vec<u32>) -> Literal {
        let bytes: Option<Vec<u8>> = wide.iter().map(|&ch| u8::try_from(ch).ok()).collect();
        Literal {
            wide: wide.into_boxed_slice(),
            narrow: bytes.map(|b| memchr::memmem::Finder::new(&b).into_owned()),
        }
    }
}

impl Unit for u8 {
    #[inline(always)]
    fn code(self) -> u32 {
        self as u32
    }

    fn from_code(ch: u32) -> Option<u8> {
        u8::try_from(ch).ok()
    }

    #[inline]
    fn find(text: &[u8], unit: u8) -> Option<usize> {
        memchr::memchr(unit, text)
    }

    #[inline]
    fn rfind(text: &[u8], unit: u8) -> Option<usize> {
        memchr::memrchr(unit, text)
    }

    fn find_any(text: &[u8], bytes: &[u8]) -> Option<usize> {
        match *bytes {
            [a] => memchr::memchr(a, text),
            [a, b] => memchr::memchr2(a, b, text),
            [a, b, c] => memchr::memchr3(a, b, c, text),
            _ => text.iter().position(|b| bytes.contains(b)),
        }
    }

    #[inline]
    fn starts_with(text: &[u8], literal: &Literal) -> bool {
        literal
            .narrow
            .as_ref()
            .is_some_and(|f| text.starts_with(f.needle()))
    }

    fn find_literal(text: &[u8], literal: &Literal) -> Option<usize> {
        literal.narrow.as_ref()?.find(text)
    }
}

impl Unit for u16 {
    #[inline(always)]
    fn code(self) -> u32 {
        self as u32
    }

    fn from_code(ch: u32) -> Option<u16> {
        u16::try_from(ch).ok()
    }
}

impl Unit for u32 {
    #[inline(always)]
    fn code(self) -> u32 {
        self
    }

    fn from_code(ch: u32) -> Option<u32> {
        Some(ch)
    }
}
