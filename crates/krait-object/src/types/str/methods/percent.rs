//! `format % arguments` for strings.

use krait_text::format::{
    Count, Directive, PercentArgs, parse_directive, percent_float, percent_int,
};
use krait_text::{Chars, TextError, TextWriter, format as text_format};

use super::super::{Str, StrBuilder};
use crate::object::{Object, Owned};
use crate::protocol::{self, number};
use crate::py::{Py, PyResult, Raised};
use crate::types::int::methods::convert::text_error;
use crate::types::int::{Int, methods as int_methods};
use crate::types::sequence::not_implemented;
use crate::types::tuple::Tuple;
use crate::value::Value;

/// The arguments as they are used up.
pub struct Arguments<'a> {
    py: Py,
    /// The key of a mapping that stands at a range of the format.
    key_at: &'a dyn Fn(std::ops::Range<usize>) -> Value,
    all: &'a Value,
    /// Whether `all` is one argument although it can be subscripted.
    is_single: bool,
    /// The item that a mapping key selected.
    selected: Option<Value>,
    next: usize,
    used_mapping: bool,
}

/// A failure while a directive is parsed: the exception is set.
pub struct Failed;

thread_local! {
    static TEXT_ERROR: std::cell::RefCell<Option<TextError>> = const { std::cell::RefCell::new(None) };
}

impl From<TextError> for Failed {
    fn from(error: TextError) -> Failed {
        TEXT_ERROR.with(|e| e.replace(Some(error)));
        Failed
    }
}

impl From<Raised> for Failed {
    fn from(_: Raised) -> Failed {
        Failed
    }
}

impl<'a> Arguments<'a> {
    /// The arguments of a format whose mapping keys are made by `key_at`.
    pub(crate) fn new(
        py: Py,
        all: &'a Value,
        is_single: bool,
        key_at: &'a dyn Fn(std::ops::Range<usize>) -> Value,
    ) -> Arguments<'a> {
        Arguments {
            py,
            key_at,
            all,
            is_single,
            selected: None,
            next: 0,
            used_mapping: false,
        }
    }

    /// Parses the directive whose `%` stands before `start`.
    pub(crate) fn directive(
        &mut self,
        format: Chars<'_>,
        start: usize,
        is_bytes: bool,
    ) -> PyResult<Directive> {
        self.selected = None;
        match parse_directive(format, start, is_bytes, self) {
            Ok(directive) => Ok(directive),
            Err(Failed) => match TEXT_ERROR.with(|e| e.take()) {
                Some(error) => text_error(self.py, error),
                None => Err(Raised),
            },
        }
    }

    fn is_mapping(&self) -> bool {
        let ty = self.all.ty();
        // SAFETY: slot tables live as long as the type.
        let subscript =
            unsafe { ty.raw().tp_as_mapping.as_ref() }.is_some_and(|m| m.mp_subscript.is_some());
        subscript && self.all.downcast::<Tuple>().is_none() && !self.is_single
    }

    /// The next argument.
    pub(crate) fn take(&mut self) -> PyResult {
        if let Some(selected) = self.selected.clone() {
            return Ok(selected);
        }
        let found = match self.all.downcast::<Tuple>() {
            Some(tuple) => tuple.get(self.next),
            None if self.next == 0 => Some(self.all.clone()),
            None => None,
        };
        self.next += 1;
        match found {
            Some(value) => Ok(value),
            None => crate::raise!(self.py, TypeError, "not enough arguments for format string"),
        }
    }

    fn take_count(&mut self) -> PyResult<isize> {
        self.selected = None;
        let value = self.take()?;
        match number::int_of(&value) {
            Some(count) => Ok(count as isize),
            None if value.downcast::<Int>().is_some() => {
                crate::raise!(
                    self.py,
                    OverflowError,
                    "Python int too large to convert to C ssize_t"
                )
            }
            None => crate::raise!(self.py, TypeError, "* wants int"),
        }
    }

    /// Whether all arguments were used.
    pub(crate) fn finished(&self) -> bool {
        match self.all.downcast::<Tuple>() {
            Some(tuple) => self.next >= tuple.len(),
            None => self.next > 0 || self.used_mapping || self.is_mapping(),
        }
    }
}

impl PercentArgs for Arguments<'_> {
    type Error = Failed;

    fn require_mapping(&mut self) -> Result<(), Failed> {
        if !self.is_mapping() {
            let raised: PyResult<()> =
                crate::raise!(self.py, TypeError, "format requires a mapping");
            raised?;
        }
        Ok(())
    }

    fn key(&mut self, key: std::ops::Range<usize>) -> Result<(), Failed> {
        let key = (self.key_at)(key);
        self.used_mapping = true;
        self.selected = Some(protocol::get_item(self.py, self.all, &key)?);
        Ok(())
    }

    fn width(&mut self) -> Result<isize, Failed> {
        Ok(self.take_count()?)
    }

    fn precision(&mut self) -> Result<isize, Failed> {
        let precision = self.take_count()?;
        if i32::try_from(precision).is_err() {
            let raised: PyResult<()> = crate::raise!(
                self.py,
                OverflowError,
                "Python int too large to convert to C int"
            );
            raised?;
        }
        Ok(precision)
    }
}

/// `str.__mod__`.
pub fn remainder(py: Py, format: &Object, arguments: &Object) -> PyResult {
    let Some(format) = format.downcast::<Str>() else {
        return Ok(not_implemented());
    };
    percent(py, format, &Value::unboxed(arguments)).map(Value::from)
}

pub fn percent(py: Py, format: &Str, all: &Value) -> PyResult<Owned<Str>> {
    let key_at = |key: std::ops::Range<usize>| Value::from(super::part(format, key.start, key.end));
    let mut arguments = Arguments::new(py, all, all.downcast::<Str>().is_some(), &key_at);
    let mut out = StrBuilder::like(format, 0);
    let (chars, mut at) = (format.chars(), 0);
    while at < chars.len() {
        let start = at;
        while at < chars.len() && chars.at(at) != u32::from('%') {
            at += 1;
        }
        out.push_chars(chars.slice(start, at));
        if at == chars.len() {
            break;
        }
        if bare(py, &mut out, &mut arguments, chars.get(at + 1))? {
            at += 2;
            continue;
        }
        let directive = arguments.directive(chars, at + 1, false)?;
        at = directive.end;
        if directive.conversion == u32::from('%') {
            out.push(u32::from('%'));
        } else {
            convert(py, &mut out, &mut arguments, &directive)?;
        }
    }
    if !arguments.finished() {
        return crate::raise!(
            py,
            TypeError,
            "not all arguments converted during string formatting"
        );
    }
    Ok(out.finish())
}

/// Converts by a directive that is its letter alone, if it is one of the usual ones and fits
/// the argument; whether it did.
fn bare(
    py: Py,
    out: &mut StrBuilder,
    arguments: &mut Arguments<'_>,
    letter: Option<u32>,
) -> PyResult<bool> {
    let letter = letter.and_then(|l| u8::try_from(l).ok()).unwrap_or(0);
    match letter {
        b's' | b'r' => {
            arguments.selected = None;
            let value = arguments.take()?;
            if letter == b'r' {
                protocol::repr::push_repr(py, &value, out)?;
            } else {
                protocol::repr::push_str(py, &value, out)?;
            }
            Ok(true)
        }
        b'd' => {
            arguments.selected = None;
            let value = arguments.take()?;
            let Some(number) = value.as_small_int() else {
                arguments.next -= 1;
                return Ok(false);
            };
            out.push_ascii(protocol::repr::itoa(number, &mut [0; 24]));
            Ok(true)
        }
        _ => Ok(false),
    }
}

fn convert(
    py: Py,
    out: &mut StrBuilder,
    arguments: &mut Arguments<'_>,
    directive: &Directive,
) -> PyResult<()> {
    let value = arguments.take()?;
    let text = match u8::try_from(directive.conversion).unwrap_or(0) {
        b's' => protocol::str(py, &value)?,
        b'r' => protocol::repr(py, &value)?,
        b'a' => protocol::ascii(py, &value)?,
        b'c' => {
            let one = character(py, &value)?;
            pad(out, one.chars(), directive, false);
            return Ok(());
        }
        b'd' | b'i' | b'u' | b'o' | b'x' | b'X' => {
            let text = integer(py, &value, directive)?;
            pad(out, Chars::from(text.as_bytes()), directive, true);
            return Ok(());
        }
        b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => {
            let float = number::to_f64(py, &value)?;
            return match percent_float(float, directive) {
                Ok(text) => {
                    let text = Chars::from(text.as_bytes());
                    pad(out, text, directive, float.is_finite());
                    Ok(())
                }
                Err(error) => text_error(py, error),
            };
        }
        _ => {
            let error = text_format::unsupported_conversion(
                directive.conversion,
                directive.conversion_at,
                false,
            );
            return text_error(py, error);
        }
    };
    let most = match directive.precision {
        Count::Fixed(most) => most.min(text.len()),
        _ => text.len(),
    };
    pad(out, text.chars().slice(0, most), directive, false);
    Ok(())
}

/// A `%d`-like conversion's text with sign and prefix.
pub(crate) fn integer(py: Py, value: &Value, directive: &Directive) -> PyResult<String> {
    let conversion = char::from_u32(directive.conversion).unwrap_or('d');
    let decimal = matches!(conversion, 'd' | 'i' | 'u');
    let int = if let Some(i) = value.as_small_int() {
        Value::int(i)
    } else if decimal {
        let made = int_methods::construct::from_number_or_text(py, value);
        let text_like = value.downcast::<Str>().is_some();
        match if text_like {
            Ok(None)
        } else {
            crate::errors::suppress(py, made, &crate::exceptions::TypeError)
        }? {
            Some(int) => int,
            None => {
                return crate::raise!(
                    py,
                    TypeError,
                    "%{conversion} format: a real number is required, not {}",
                    value.ty().name()
                );
            }
        }
    } else {
        let made = number::index(py, value);
        match crate::errors::suppress(py, made, &crate::exceptions::TypeError)? {
            Some(int) => int,
            None => {
                return crate::raise!(
                    py,
                    TypeError,
                    "%{conversion} format: an integer is required, not {}",
                    value.ty().name()
                );
            }
        }
    };
    let object = int.to_object();
    let Some(int) = object.downcast::<Int>() else {
        return Ok(String::new());
    };
    let digits = match conversion {
        'o' => krait_int::to_radix(int_methods::signed(int), 8),
        'x' | 'X' => krait_int::to_radix(int_methods::signed(int), 16),
        _ => int_methods::convert::decimal(py, int)?,
    };
    let text = percent_int(digits.trim_start_matches('-'), int.is_negative(), directive);
    text.or_else(|error| text_error(py, error))
}

fn character(py: Py, value: &Value) -> PyResult<Owned<Str>> {
    if let Some(text) = value.downcast::<Str>() {
        if text.len() == 1 {
            return Ok(text.to_owned_str());
        }
        return crate::raise!(
            py,
            TypeError,
            "%c requires an int or a unicode character, not a string of length {}",
            text.len()
        );
    }
    let code = number::index_to_i128(py, value);
    let Some(code) = crate::errors::suppress(py, code, &crate::exceptions::TypeError)? else {
        return crate::raise!(
            py,
            TypeError,
            "%c requires an int or a unicode character, not {}",
            crate::types::type_methods::names::fully_qualified_name(py, value.ty())
        );
    };
    match code
        .and_then(|c| u32::try_from(c).ok())
        .filter(|&c| c <= 0x10_FFFF)
    {
        Some(code) => Ok(Str::from_code_point(code)),
        None => crate::raise!(py, OverflowError, "%c arg not in range(0x110000)"),
    }
}

/// Puts a conversion's text into its field; zeros go behind sign and prefix.
fn pad(out: &mut StrBuilder, text: Chars<'_>, directive: &Directive, numeric: bool) {
    let missing = directive.width.or_zero().saturating_sub(text.len());
    if directive.left {
        out.push_chars(text);
        out.push_repeat(u32::from(' '), missing);
    } else if directive.zero && numeric {
        let mut head = usize::from(matches!(
            text.get(0).and_then(char::from_u32),
            Some('+' | '-' | ' ')
        ));
        let prefixed = text.get(head) == Some(u32::from('0'))
            && matches!(
                text.get(head + 1).and_then(char::from_u32),
                Some('x' | 'X' | 'o')
            );
        head += if prefixed { 2 } else { 0 };
        out.push_chars(text.slice(0, head));
        out.push_repeat(u32::from('0'), missing);
        out.push_chars(text.slice(head, text.len()));
    } else {
        out.push_repeat(u32::from(' '), missing);
        out.push_chars(text);
    }
}
