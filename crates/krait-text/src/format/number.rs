//! Laying out a number in its field: sign, prefix, grouped digits, padding.

use super::spec::{Align, Grouping, Sign, Spec};
use crate::{TextError, TextWriter};

/// What the `n` type takes from the current locale (C's `localeconv`).
#[derive(Clone, Debug)]
pub struct Locale {
    pub decimal_point: String,
    pub thousands_sep: String,
    /// Sizes of the groups from the right; the last one repeats, 127 ends grouping.
    pub grouping: Vec<u8>,
}

impl Default for Locale {
    /// The C locale.
    fn default() -> Self {
        Locale {
            decimal_point: ".".into(),
            thousands_sep: String::new(),
            grouping: Vec::new(),
        }
    }
}

/// How digits are grouped.
pub(super) struct Groups<'a> {
    separator: &'a str,
    sizes: &'a [u8],
}

impl<'a> Groups<'a> {
    /// The grouping that `spec` asks for.
    pub fn of(spec: &Spec, locale: &'a Locale) -> Groups<'a> {
        let ty = spec.ty_ascii();
        if ty == b'n' {
            return Groups {
                separator: &locale.thousands_sep,
                sizes: &locale.grouping,
            };
        }
        let Some(grouping) = spec.grouping else {
            return Groups {
                separator: "",
                sizes: &[],
            };
        };
        let sizes: &[u8] = if matches!(ty, b'b' | b'o' | b'x' | b'X') {
            &[4]
        } else {
            &[3]
        };
        Groups {
            separator: grouping.text(),
            sizes,
        }
    }

    fn size(&self, index: usize) -> usize {
        match self.sizes.get(index).or(self.sizes.last()) {
            None | Some(127..) => usize::MAX,
            Some(0) => match self.sizes[..index.min(self.sizes.len())]
                .iter()
                .rev()
                .find(|s| **s > 0)
            {
                Some(size) => usize::from(*size),
                None => usize::MAX,
            },
            Some(size) => usize::from(*size),
        }
    }

    /// The parts of the result from left to right: (leading zeros, digits); between
    /// two parts stands a separator. Together they are at least `min_width` wide.
    fn parts(&self, digits: usize, min_width: usize) -> Vec<(usize, usize)> {
        let separator = self.separator.chars().count();
        let (mut left, mut wanted) = (digits, min_width);
        let mut parts = Vec::new();
        while left > 0 || wanted > 0 {
            let size = self.size(parts.len()).min(left.max(wanted).max(1));
            let taken = size.min(left);
            parts.push((size - taken, taken));
            left -= taken;
            wanted = wanted.saturating_sub(size);
            if left > 0 || wanted > 0 {
                wanted = wanted.saturating_sub(separator);
                // A separator is never the first character of the result.
                if left == 0 && wanted == 0 {
                    wanted = 1;
                }
            }
        }
        parts.reverse();
        parts
    }
}

/// The text of a number in its parts; all of them are ASCII.
#[derive(Default)]
pub(super) struct Number<'a> {
    pub negative: bool,
    /// `0x` and the like.
    pub prefix: &'a str,
    /// The digits before the point; empty for `nan` and `inf`.
    pub digits: &'a str,
    pub has_point: bool,
    /// The digits after the point.
    pub fraction: &'a str,
    /// What follows the digits: an exponent, a percent sign, `nan`.
    pub rest: &'a str,
}

impl Number<'_> {
    /// Writes the number as `spec` asks.
    pub fn write(
        &self,
        spec: &Spec,
        locale: &Locale,
        out: &mut impl TextWriter,
    ) -> Result<(), TextError> {
        let groups = Groups::of(spec, locale);
        let point = match spec.ty_ascii() {
            _ if !self.has_point => "",
            b'n' => locale.decimal_point.as_str(),
            _ => ".",
        };
        let sign = sign_text(self.negative, spec.sign);
        let fraction_groups = match spec.fraction_grouping {
            Some(_) => self.fraction.len().saturating_sub(1) / 3,
            None => 0,
        };
        let around = sign.len()
            + self.prefix.len()
            + point.chars().count()
            + self.fraction.len()
            + fraction_groups
            + self.rest.len();
        let width = spec.width.unwrap_or(0);
        out.try_reserve(width.max(around).saturating_add(self.digits.len()))?;
        let zero_fill = spec.fill == u32::from('0') && spec.align == Align::AfterSign;
        let plain = self.digits.is_empty() || groups.separator.is_empty() && !zero_fill;
        let parts = match plain {
            true => Vec::new(),
            false => {
                let min_width = if zero_fill {
                    width.saturating_sub(around)
                } else {
                    0
                };
                groups.parts(self.digits.len(), min_width)
            }
        };
        let separators = parts.len().saturating_sub(1) * groups.separator.chars().count();
        let grouped = match plain {
            true => self.digits.len(),
            false => {
                parts
                    .iter()
                    .map(|(zeros, digits)| zeros + digits)
                    .sum::<usize>()
                    + separators
            }
        };
        let padding = width.saturating_sub(around + grouped);
        let (left, inner, right) = match spec.align {
            Align::Left => (0, 0, padding),
            Align::Right => (padding, 0, 0),
            Align::Center => (padding / 2, 0, padding - padding / 2),
            Align::AfterSign => (0, padding, 0),
        };
        out.push_repeat(spec.fill, left);
        out.push_ascii(sign);
        out.push_ascii(self.prefix);
        out.push_repeat(spec.fill, inner);
        match plain {
            true => out.push_ascii(self.digits),
            false => push_parts(self.digits, &parts, groups.separator, out),
        }
        out.push_str(point);
        push_fraction(self.fraction, spec.fraction_grouping, out);
        out.push_ascii(self.rest);
        out.push_repeat(spec.fill, right);
        Ok(())
    }
}

fn sign_text(negative: bool, sign: Sign) -> &'static str {
    match sign {
        _ if negative => "-",
        Sign::Plus => "+",
        Sign::Space => " ",
        Sign::Minus | Sign::Default => "",
    }
}

fn push_parts(digits: &str, parts: &[(usize, usize)], separator: &str, out: &mut impl TextWriter) {
    let mut at = 0;
    for (index, &(zeros, count)) in parts.iter().enumerate() {
        if index > 0 {
            out.push_str(separator);
        }
        out.push_repeat(u32::from('0'), zeros);
        out.push_ascii(&digits[at..at + count]);
        at += count;
    }
}

fn push_fraction(fraction: &str, grouping: Option<Grouping>, out: &mut impl TextWriter) {
    let Some(grouping) = grouping else {
        return out.push_ascii(fraction);
    };
    let mut at = 0;
    while at < fraction.len() {
        if at > 0 {
            out.push_ascii(grouping.text());
        }
        let end = (at + 3).min(fraction.len());
        out.push_ascii(&fraction[at..end]);
        at = end;
    }
}
