//! A parsed specification applied to a string, an integer, a float, a complex number.

use super::number::{Locale, Number};
use super::spec::{Align, Sign, Spec};
use crate::float::{FloatFlags, format_float};
use crate::{Chars, TextError, TextWriter};

/// `format(str, spec)`.
pub fn format_str(
    text: Chars<'_>,
    spec: &Spec,
    type_name: &str,
    out: &mut impl TextWriter,
) -> Result<(), TextError> {
    if spec.ty != u32::from('s') {
        return Err(spec.unknown_type(type_name));
    }
    let refuse = |what: &str| {
        Err(TextError::value(format!(
            "{what} not allowed in string format specifier"
        )))
    };
    match spec.sign {
        Sign::Default => {}
        Sign::Space => return refuse("Space"),
        Sign::Minus | Sign::Plus => return refuse("Sign"),
    }
    if spec.no_neg_zero {
        return refuse("Negative zero coercion (z)");
    }
    if spec.alt {
        return refuse("Alternate form (#)");
    }
    if spec.align == Align::AfterSign {
        return Err(TextError::value(
            "'=' alignment not allowed in string format specifier",
        ));
    }
    let shown = spec
        .precision
        .map_or(text.len(), |most| most.min(text.len()));
    pad(text.slice(0, shown), spec, out)
}

/// The text in its field.
fn pad(text: Chars<'_>, spec: &Spec, out: &mut impl TextWriter) -> Result<(), TextError> {
    let padding = spec.width.unwrap_or(0).saturating_sub(text.len());
    out.try_reserve(padding.saturating_add(text.len()))?;
    let left = match spec.align {
        Align::Left => 0,
        Align::Right | Align::AfterSign => padding,
        Align::Center => padding / 2,
    };
    out.push_repeat(spec.fill, left);
    out.push_chars(text);
    out.push_repeat(spec.fill, padding - left);
    Ok(())
}

/// What an integer must be turned into for its specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntPlan {
    /// The character with this code: [`format_char`].
    Char,
    /// Digits in base 2, 8, 10 or 16, upper case for `X`: [`format_int`].
    Digits { base: u32, upper: bool },
    /// A float: [`format_float_spec`].
    Float,
}

/// Checks the specification of an integer and tells what is needed for it.
pub fn plan_int(spec: &Spec, type_name: &str) -> Result<IntPlan, TextError> {
    let digits = |base, upper| IntPlan::Digits { base, upper };
    let plan = match spec.ty_ascii() {
        b'd' | b'n' => digits(10, false),
        b'b' => digits(2, false),
        b'o' => digits(8, false),
        b'x' => digits(16, false),
        b'X' => digits(16, true),
        b'c' => IntPlan::Char,
        b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'%' => return Ok(IntPlan::Float),
        _ => return Err(spec.unknown_type(type_name)),
    };
    if spec.precision.is_some() {
        return Err(TextError::value(
            "Precision not allowed in integer format specifier",
        ));
    }
    if spec.no_neg_zero {
        return Err(TextError::value(
            "Negative zero coercion (z) not allowed in integer format specifier",
        ));
    }
    if plan == IntPlan::Char {
        if spec.sign != Sign::Default {
            return Err(TextError::value(
                "Sign not allowed with integer format specifier 'c'",
            ));
        }
        if spec.alt {
            return Err(TextError::value(
                "Alternate form (#) not allowed with integer format specifier 'c'",
            ));
        }
    }
    Ok(plan)
}

/// An integer by its digits in the base that [`plan_int`] named, without a sign.
pub fn format_int(
    digits: &str,
    negative: bool,
    spec: &Spec,
    locale: &Locale,
    out: &mut impl TextWriter,
) -> Result<(), TextError> {
    let prefix = match spec.ty_ascii() {
        _ if !spec.alt => "",
        b'b' => "0b",
        b'o' => "0o",
        b'x' => "0x",
        b'X' => "0X",
        _ => "",
    };
    Number {
        negative,
        prefix,
        digits,
        ..Number::default()
    }
    .write(spec, locale, out)
}

/// An integer shown as a character (`c`).
pub fn format_char(code: i64, spec: &Spec, out: &mut impl TextWriter) -> Result<(), TextError> {
    match u32::try_from(code) {
        Ok(code) if code <= 0x10_FFFF => pad(Chars::U32(&[code]), spec, out),
        _ => Err(TextError::overflow("%c arg not in range(0x110000)")),
    }
}

/// The text of a float for a specification, and where its parts are.
struct FloatText {
    text: String,
    negative: bool,
}

impl FloatText {
    /// `code` and `precision` as [`format_float`] takes them.
    fn new(value: f64, code: u8, precision: usize, flags: FloatFlags) -> Result<Self, TextError> {
        let mut text = format_float(value, code, precision, flags)?;
        let negative = text.starts_with('-');
        if negative {
            text.remove(0);
        }
        Ok(FloatText { text, negative })
    }

    fn number(&self) -> Number<'_> {
        let digit_run = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.text.split_at(digit_run(&self.text));
        let (has_point, rest) = match rest.strip_prefix('.') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let (fraction, rest) = rest.split_at(if has_point { digit_run(rest) } else { 0 });
        Number {
            negative: self.negative,
            prefix: "",
            digits,
            has_point,
            fraction,
            rest,
        }
    }
}

/// The code and the precision for [`format_float`] of a float's specification.
fn code_and_precision(spec: &Spec) -> Result<(u8, usize), TextError> {
    if spec
        .precision
        .is_some_and(|precision| precision > i32::MAX as usize)
    {
        return Err(TextError::value("precision too big"));
    }
    Ok(match (spec.ty_ascii(), spec.precision) {
        (0, None) => (b'r', 0),
        (0, Some(precision)) => (b'g', precision),
        (b'n', precision) => (b'g', precision.unwrap_or(6)),
        (b'%', precision) => (b'f', precision.unwrap_or(6)),
        (code, precision) => (code, precision.unwrap_or(6)),
    })
}

/// `format(float, spec)`; an integer with a float's type goes here as well.
pub fn format_float_spec(
    value: f64,
    spec: &Spec,
    type_name: &str,
    locale: &Locale,
    out: &mut impl TextWriter,
) -> Result<(), TextError> {
    let ty = spec.ty_ascii();
    if !matches!(
        ty,
        0 | b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'n' | b'%'
    ) {
        return Err(spec.unknown_type(type_name));
    }
    let (code, precision) = code_and_precision(spec)?;
    let flags = FloatFlags {
        alt: spec.alt,
        sign: false,
        add_dot_0: ty == 0,
        no_neg_zero: spec.no_neg_zero,
    };
    let value = if ty == b'%' { value * 100.0 } else { value };
    let mut text = FloatText::new(value, code, precision, flags)?;
    if ty == b'%' {
        text.text.push('%');
    }
    text.number().write(spec, locale, out)
}

/// `format(complex, spec)`.
pub fn format_complex(
    real: f64,
    imag: f64,
    spec: &Spec,
    type_name: &str,
    locale: &Locale,
    out: &mut impl TextWriter,
) -> Result<(), TextError> {
    let ty = spec.ty_ascii();
    if !matches!(ty, 0 | b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'n') {
        return Err(spec.unknown_type(type_name));
    }
    if spec.fill == u32::from('0') {
        return Err(TextError::value(
            "Zero padding is not allowed in complex format specifier",
        ));
    }
    if spec.align == Align::AfterSign {
        return Err(TextError::value(
            "'=' alignment flag is not allowed in complex format specifier",
        ));
    }
    let (code, precision) = code_and_precision(spec)?;
    let flags = FloatFlags {
        alt: spec.alt,
        no_neg_zero: spec.no_neg_zero,
        ..FloatFlags::default()
    };
    let mut part = Spec {
        width: None,
        align: Align::Right,
        ..spec.clone()
    };
    let mut body = Vec::<u32>::new();
    let only_imag = ty == 0 && real == 0.0 && real.is_sign_positive();
    let parens = ty == 0 && !only_imag;
    if parens {
        body.push_ascii("(");
    }
    if !only_imag {
        FloatText::new(real, code, precision, flags)?
            .number()
            .write(&part, locale, &mut body)?;
        part.sign = Sign::Plus;
    }
    FloatText::new(imag, code, precision, flags)?
        .number()
        .write(&part, locale, &mut body)?;
    body.push_ascii(if parens { "j)" } else { "j" });
    pad(body.as_chars(), spec, out)
}
