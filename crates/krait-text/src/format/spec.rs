//! Parsing of a format specification:
//! `[[fill]align][sign][z][#][0][width][grouping][.precision[grouping]][type]`.

use crate::{Chars, TextError};

/// Where the value stands in a field that is too wide for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
    Center,
    /// Padding goes between the sign and the digits.
    AfterSign,
}

/// What is written before numbers that are not negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Nothing was specified.
    Default,
    Minus,
    Plus,
    Space,
}

/// The character that groups digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    Comma,
    Underscore,
}

impl Grouping {
    /// The character itself.
    pub fn text(self) -> &'static str {
        match self {
            Grouping::Comma => ",",
            Grouping::Underscore => "_",
        }
    }
}

/// A parsed format specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    pub fill: u32,
    pub align: Align,
    pub sign: Sign,
    pub no_neg_zero: bool,
    pub alt: bool,
    pub width: Option<usize>,
    pub grouping: Option<Grouping>,
    pub precision: Option<usize>,
    pub fraction_grouping: Option<Grouping>,
    /// The type character, 0 when there is none and the value's type has no default.
    pub ty: u32,
}

impl Spec {
    /// Parses the specification for a string (`type_name` is the name of the value's
    /// type, for messages).
    pub fn for_str(spec: Chars<'_>, type_name: &str) -> Result<Spec, TextError> {
        Parser { spec, at: 0 }.parse(type_name, u32::from('s'), Align::Left)
    }

    /// Parses the specification for an integer.
    pub fn for_int(spec: Chars<'_>, type_name: &str) -> Result<Spec, TextError> {
        Parser { spec, at: 0 }.parse(type_name, u32::from('d'), Align::Right)
    }

    /// Parses the specification for a float or a complex number.
    pub fn for_float(spec: Chars<'_>, type_name: &str) -> Result<Spec, TextError> {
        Parser { spec, at: 0 }.parse(type_name, 0, Align::Right)
    }

    /// The type as an ASCII character, 0 for none.
    pub(super) fn ty_ascii(&self) -> u8 {
        u8::try_from(self.ty).unwrap_or(0xFF)
    }

    /// The error for a type character the value's type does not know.
    #[cold]
    pub fn unknown_type(&self, type_name: &str) -> TextError {
        let code = shown(self.ty);
        TextError::value(format!(
            "Unknown format code '{code}' for object of type '{}'",
            clipped(type_name)
        ))
    }
}

/// Type names are cut in messages, as C's `%.200s` does.
fn clipped(name: &str) -> &str {
    match name.char_indices().nth(200) {
        Some((at, _)) => &name[..at],
        None => name,
    }
}

/// A type character as messages show it.
fn shown(code: u32) -> String {
    match u8::try_from(code) {
        Ok(c) if c > 32 && c < 128 => char::from(c).to_string(),
        _ => format!("\\x{code:x}"),
    }
}

struct Parser<'a> {
    spec: Chars<'a>,
    at: usize,
}

impl Parser<'_> {
    fn parse(
        mut self,
        type_name: &str,
        default_type: u32,
        default_align: Align,
    ) -> Result<Spec, TextError> {
        let mut spec = Spec {
            fill: u32::from(' '),
            align: default_align,
            sign: Sign::Default,
            no_neg_zero: false,
            alt: false,
            width: None,
            grouping: None,
            precision: None,
            fraction_grouping: None,
            ty: default_type,
        };
        let (fill_given, align_given) = self.fill_and_align(&mut spec);
        self.sign(&mut spec);
        spec.no_neg_zero = self.take('z');
        spec.alt = self.take('#');
        if !fill_given && self.take('0') {
            spec.fill = u32::from('0');
            if !align_given && default_align == Align::Right {
                spec.align = Align::AfterSign;
            }
        }
        spec.width = self.number()?;
        spec.grouping = self.grouping()?;
        if self.take('.') {
            spec.precision = self.number()?;
            spec.fraction_grouping = self.grouping()?;
            if spec.precision.is_none() && spec.fraction_grouping.is_none() {
                return Err(TextError::value("Format specifier missing precision"));
            }
        }
        match self.spec.len() - self.at {
            0 => {}
            1 => spec.ty = self.spec.at(self.at),
            _ => return Err(self.invalid(type_name)),
        }
        check_grouping(&spec)?;
        Ok(spec)
    }

    fn peek(&self, ahead: usize) -> Option<u32> {
        self.spec.get(self.at + ahead)
    }

    fn take(&mut self, c: char) -> bool {
        let found = self.peek(0) == Some(u32::from(c));
        self.at += usize::from(found);
        found
    }

    fn fill_and_align(&mut self, spec: &mut Spec) -> (bool, bool) {
        if let Some(align) = self.peek(1).and_then(align_of) {
            spec.fill = self.spec.at(self.at);
            spec.align = align;
            self.at += 2;
            (true, true)
        } else if let Some(align) = self.peek(0).and_then(align_of) {
            spec.align = align;
            self.at += 1;
            (false, true)
        } else {
            (false, false)
        }
    }

    fn sign(&mut self, spec: &mut Spec) {
        spec.sign = match self.peek(0).and_then(char::from_u32) {
            Some(' ') => Sign::Space,
            Some('+') => Sign::Plus,
            Some('-') => Sign::Minus,
            _ => return,
        };
        self.at += 1;
    }

    /// A decimal number, if one stands here.
    fn number(&mut self) -> Result<Option<usize>, TextError> {
        let start = self.at;
        let mut value = 0usize;
        while let Some(digit) = self.peek(0).and_then(decimal) {
            value = value
                .checked_mul(10)
                .and_then(|value| value.checked_add(digit))
                .filter(|value| *value <= isize::MAX as usize)
                .ok_or_else(|| TextError::value("Too many decimal digits in format string"))?;
            self.at += 1;
        }
        Ok((self.at > start).then_some(value))
    }

    fn grouping(&mut self) -> Result<Option<Grouping>, TextError> {
        let mut found = self.take(',').then_some(Grouping::Comma);
        let both = || TextError::value("Cannot specify both ',' and '_'.");
        if self.peek(0) == Some(u32::from('_')) {
            if found.is_some() {
                return Err(both());
            }
            self.at += 1;
            found = Some(Grouping::Underscore);
        }
        if found == Some(Grouping::Underscore) && self.peek(0) == Some(u32::from(',')) {
            return Err(both());
        }
        Ok(found)
    }

    #[cold]
    fn invalid(&self, type_name: &str) -> TextError {
        TextError::value(format!(
            "Invalid format specifier '{}' for object of type '{}'",
            self.spec.to_string_lossy(),
            clipped(type_name)
        ))
    }
}

fn align_of(code: u32) -> Option<Align> {
    match char::from_u32(code)? {
        '<' => Some(Align::Left),
        '>' => Some(Align::Right),
        '^' => Some(Align::Center),
        '=' => Some(Align::AfterSign),
        _ => None,
    }
}

fn decimal(code: u32) -> Option<usize> {
    char::from_u32(code)?
        .to_digit(10)
        .map(|digit| digit as usize)
}

/// Not every type of presentation can group its digits.
fn check_grouping(spec: &Spec) -> Result<(), TextError> {
    let ty = char::from_u32(spec.ty).unwrap_or('\u{FFFD}');
    let refuse = |grouping: Grouping| {
        Err(TextError::value(format!(
            "Cannot specify '{}' with '{}'.",
            grouping.text(),
            shown(spec.ty)
        )))
    };
    match spec.grouping {
        Some(_) if matches!(ty, 'd' | 'e' | 'f' | 'g' | 'E' | 'G' | '%' | 'F' | '\0') => {}
        Some(Grouping::Underscore) if matches!(ty, 'b' | 'o' | 'x' | 'X') => {}
        Some(grouping) => return refuse(grouping),
        None => {}
    }
    match spec.fraction_grouping {
        Some(grouping) if ty == 'n' => refuse(grouping),
        _ => Ok(()),
    }
}
