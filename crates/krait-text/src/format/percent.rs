//! The pieces of `%` formatting that `str` and `bytes` share: the parser of
//! `%(key)#0-+ *.*s` and the numeric conversions.

use crate::float::{FloatFlags, format_float};
use crate::{Chars, TextError};
use std::ops::Range;

/// A width or a precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    None,
    Fixed(usize),
}

impl Count {
    /// The number, 0 for none.
    pub fn or_zero(self) -> usize {
        match self {
            Count::None => 0,
            Count::Fixed(count) => count,
        }
    }
}

/// One conversion of a format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    pub left: bool,
    pub plus: bool,
    pub space: bool,
    pub alt: bool,
    pub zero: bool,
    pub width: Count,
    pub precision: Count,
    /// The conversion character. `%` only when it follows its `%` at once; elsewhere
    /// it is reported as unsupported.
    pub conversion: u32,
    /// The index of the conversion character.
    pub conversion_at: usize,
    /// The index after the directive.
    pub end: usize,
}

/// Where the parser gets values from while it parses; the order of the calls is that
/// of the text, so errors come in CPython's order.
pub trait PercentArgs {
    type Error: From<TextError>;
    /// A mapping key begins: an error unless the argument is a mapping.
    fn require_mapping(&mut self) -> Result<(), Self::Error>;
    /// The key between the parentheses.
    fn key(&mut self, key: Range<usize>) -> Result<(), Self::Error>;
    /// The next argument as a width (`*`).
    fn width(&mut self) -> Result<isize, Self::Error>;
    /// The next argument as a precision (`.*`).
    fn precision(&mut self) -> Result<isize, Self::Error>;
}

/// Parses the directive whose `%` stands at `start - 1`.
pub fn parse_directive<A: PercentArgs>(
    format: Chars<'_>,
    start: usize,
    is_bytes: bool,
    args: &mut A,
) -> Result<Directive, A::Error> {
    let mut directive = Directive {
        left: false,
        plus: false,
        space: false,
        alt: false,
        zero: false,
        width: Count::None,
        precision: Count::None,
        conversion: 0,
        conversion_at: 0,
        end: start,
    };
    let mut cursor = Cursor { format, at: start };
    let bare_percent = cursor.peek() == Some('%');
    if cursor.take('(') {
        args.require_mapping()?;
        args.key(cursor.key()?)?;
    }
    cursor.flags(&mut directive);
    if cursor.take('*') {
        let width = args.width()?;
        directive.left |= width < 0;
        directive.width = Count::Fixed(width.unsigned_abs());
    } else if let Some(width) = cursor.number(isize::MAX as usize, "width too big")? {
        directive.width = Count::Fixed(width);
    }
    if cursor.take('.') {
        let too_big = if is_bytes {
            "prec too big"
        } else {
            "precision too big"
        };
        let precision = if cursor.take('*') {
            args.precision()?.max(0) as usize
        } else {
            cursor.number(i32::MAX as usize, too_big)?.unwrap_or(0)
        };
        directive.precision = Count::Fixed(precision);
    }
    if matches!(cursor.peek(), Some('h' | 'l' | 'L')) {
        cursor.at += 1;
    }
    let Some(conversion) = format.get(cursor.at) else {
        return Err(TextError::value("incomplete format").into());
    };
    if conversion == u32::from('%') && !bare_percent {
        return Err(unsupported_conversion(conversion, cursor.at, is_bytes).into());
    }
    directive.conversion = conversion;
    directive.conversion_at = cursor.at;
    directive.end = cursor.at + 1;
    Ok(directive)
}

/// The error for a conversion character that does not exist.
#[cold]
pub fn unsupported_conversion(conversion: u32, at: usize, is_bytes: bool) -> TextError {
    let shown = match u8::try_from(conversion) {
        Ok(c) if c > 30 && c < 127 => char::from(c),
        _ if is_bytes && conversion > 127 => {
            return TextError::overflow("character argument not in range(0x110000)");
        }
        Ok(c) if is_bytes => char::from(c),
        _ => '?',
    };
    TextError::value(format!(
        "unsupported format character '{shown}' (0x{conversion:x}) at index {at}"
    ))
}

struct Cursor<'a> {
    format: Chars<'a>,
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<char> {
        self.format
            .get(self.at)
            .map(|code| char::from_u32(code).unwrap_or('\u{FFFD}'))
    }

    fn take(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        self.at += usize::from(found);
        found
    }

    /// The range of a key; the opening parenthesis is behind, and goes past the end.
    fn key(&mut self) -> Result<Range<usize>, TextError> {
        let start = self.at;
        let mut depth = 1;
        while let Some(c) = self.peek() {
            self.at += 1;
            depth += match c {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            if depth == 0 {
                return Ok(start..self.at - 1);
            }
        }
        Err(TextError::value("incomplete format key"))
    }

    fn flags(&mut self, directive: &mut Directive) {
        while let Some(c) = self.peek() {
            match c {
                '-' => directive.left = true,
                '+' => directive.plus = true,
                ' ' => directive.space = true,
                '#' => directive.alt = true,
                '0' => directive.zero = true,
                _ => return,
            }
            self.at += 1;
        }
    }

    fn number(&mut self, most: usize, too_big: &'static str) -> Result<Option<usize>, TextError> {
        let start = self.at;
        let mut value = 0usize;
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
            value = value
                .checked_mul(10)
                .and_then(|value| value.checked_add(digit as usize))
                .filter(|value| *value <= most)
                .ok_or_else(|| TextError::value(too_big))?;
            self.at += 1;
        }
        Ok((self.at > start).then_some(value))
    }
}

/// `%d`, `%x` and the like: `digits` is the absolute value in the conversion's base,
/// in lower case. The result is ASCII.
pub fn percent_int(
    digits: &str,
    negative: bool,
    directive: &Directive,
) -> Result<String, TextError> {
    let conversion = u8::try_from(directive.conversion).unwrap_or(b'd');
    let prefix = match conversion {
        _ if !directive.alt => "",
        b'x' => "0x",
        b'X' => "0X",
        b'o' => "0o",
        _ => "",
    };
    let zeros = directive.precision.or_zero().saturating_sub(digits.len());
    let mut body = String::new();
    body.try_reserve(zeros + digits.len())
        .map_err(|_| TextError::memory())?;
    body.extend(std::iter::repeat_n('0', zeros));
    body.push_str(digits);
    if conversion == b'X' {
        body.make_ascii_uppercase();
    }
    in_field(&body, negative, prefix, directive)
}

/// `%e`, `%f`, `%g` and their capitals. The result is ASCII.
pub fn percent_float(value: f64, directive: &Directive) -> Result<String, TextError> {
    let code = u8::try_from(directive.conversion).unwrap_or(b'f');
    let precision = match directive.precision {
        Count::None => 6,
        Count::Fixed(precision) => precision,
    };
    let flags = FloatFlags {
        alt: directive.alt,
        ..FloatFlags::default()
    };
    let text = format_float(value, code, precision, flags)?;
    match text.strip_prefix('-') {
        Some(magnitude) => in_field(magnitude, true, "", directive),
        None => in_field(&text, false, "", directive),
    }
}

/// Sign, prefix and digits, padded with zeros after the sign or with spaces.
fn in_field(
    digits: &str,
    negative: bool,
    prefix: &str,
    directive: &Directive,
) -> Result<String, TextError> {
    let sign = match directive {
        _ if negative => "-",
        Directive { plus: true, .. } => "+",
        Directive { space: true, .. } => " ",
        _ => "",
    };
    let length = sign.len() + prefix.len() + digits.len();
    let padding = directive.width.or_zero().saturating_sub(length);
    let mut out = String::new();
    out.try_reserve(padding.saturating_add(length))
        .map_err(|_| TextError::memory())?;
    let zero = directive.zero && !directive.left;
    let fill = |out: &mut String, c: char, when: bool| {
        out.extend(std::iter::repeat_n(c, if when { padding } else { 0 }));
    };
    fill(&mut out, ' ', !zero && !directive.left);
    out.push_str(sign);
    out.push_str(prefix);
    fill(&mut out, '0', zero);
    out.push_str(digits);
    fill(&mut out, ' ', directive.left);
    Ok(out)
}
