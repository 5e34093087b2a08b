//! The error handlers that Python registers itself.

use super::{Fault, Handled, is_surrogate};
use crate::repr::push_hex_escape;
use crate::unicode::name;
use crate::{Chars, TextWriter};

/// A built-in error handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    Strict,
    Ignore,
    Replace,
    BackslashReplace,
    XmlCharRefReplace,
    NameReplace,
    SurrogateEscape,
    SurrogatePass,
}

/// How an encoding would write a surrogate, for `surrogatepass`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SurrogateForm {
    Utf8,
    Utf16Le,
    Utf16Be,
    Utf32Le,
    Utf32Be,
    /// The encoding is not one of those.
    None,
}

impl SurrogateForm {
    fn width(self) -> usize {
        match self {
            SurrogateForm::Utf8 => 3,
            SurrogateForm::Utf16Le | SurrogateForm::Utf16Be => 2,
            SurrogateForm::Utf32Le | SurrogateForm::Utf32Be => 4,
            SurrogateForm::None => 0,
        }
    }

    fn write(self, code: u32, out: &mut Vec<u8>) {
        let [low, high, _, _] = code.to_le_bytes();
        match self {
            SurrogateForm::Utf8 => {
                let six = |shift: u32| 0x80 | (code >> shift & 0x3F) as u8;
                out.extend_from_slice(&[0xE0 | (code >> 12) as u8, six(6), six(0)]);
            }
            SurrogateForm::Utf16Le => out.extend_from_slice(&[low, high]),
            SurrogateForm::Utf16Be => out.extend_from_slice(&[high, low]),
            SurrogateForm::Utf32Le => out.extend_from_slice(&[low, high, 0, 0]),
            SurrogateForm::Utf32Be => out.extend_from_slice(&[0, 0, high, low]),
            SurrogateForm::None => {}
        }
    }

    /// The surrogate at the start of `bytes`.
    fn read(self, bytes: &[u8]) -> Option<u32> {
        let code = match (self, bytes) {
            (SurrogateForm::Utf8, [0xED, b @ 0xA0..=0xBF, c @ 0x80..=0xBF, ..]) => {
                0xD000 | u32::from(b & 0x3F) << 6 | u32::from(c & 0x3F)
            }
            (SurrogateForm::Utf16Le, [low, high, ..]) => u32::from(*high) << 8 | u32::from(*low),
            (SurrogateForm::Utf16Be, [high, low, ..]) => u32::from(*high) << 8 | u32::from(*low),
            (SurrogateForm::Utf32Le, [a, b, c, d, ..]) => u32::from_le_bytes([*a, *b, *c, *d]),
            (SurrogateForm::Utf32Be, [a, b, c, d, ..]) => u32::from_be_bytes([*a, *b, *c, *d]),
            _ => return None,
        };
        is_surrogate(code).then_some(code)
    }
}

impl Policy {
    /// The handler with this name.
    pub fn named(name: &str) -> Option<Policy> {
        Some(match name {
            "strict" => Policy::Strict,
            "ignore" => Policy::Ignore,
            "replace" => Policy::Replace,
            "backslashreplace" => Policy::BackslashReplace,
            "xmlcharrefreplace" => Policy::XmlCharRefReplace,
            "namereplace" => Policy::NameReplace,
            "surrogateescape" => Policy::SurrogateEscape,
            "surrogatepass" => Policy::SurrogatePass,
            _ => return None,
        })
    }

    /// What becomes of bytes that cannot be decoded.
    pub fn decode(self, bytes: &[u8], fault: &Fault, form: SurrogateForm) -> Handled {
        let mut out = Vec::new();
        match self {
            Policy::Ignore => {}
            Policy::Replace => out.push(0xFFFD),
            Policy::BackslashReplace => {
                let faulty = &bytes[fault.start..fault.end];
                faulty
                    .iter()
                    .for_each(|byte| push_hex_escape(u32::from(*byte), &mut out));
            }
            Policy::SurrogateEscape => {
                let most = fault.end.min(fault.start + 4);
                let faulty = bytes[fault.start..most].iter();
                faulty
                    .take_while(|b| **b >= 0x80)
                    .for_each(|b| out.push(0xDC00 + u32::from(*b)));
                if out.is_empty() {
                    return Handled::Fail;
                }
                let end = fault.start + out.len();
                return Handled::Replace(out, end);
            }
            Policy::SurrogatePass => {
                let Some(code) = form.read(&bytes[fault.start..]) else {
                    return Handled::Fail;
                };
                out.push(code);
                return Handled::Replace(out, fault.start + form.width());
            }
            Policy::Strict | Policy::XmlCharRefReplace | Policy::NameReplace => {
                return Handled::Fail;
            }
        }
        Handled::Replace(out, fault.end)
    }

    /// What becomes of characters that cannot be encoded.
    pub fn encode(self, text: Chars<'_>, fault: &Fault, form: SurrogateForm) -> Handled {
        let faulty = text.slice(fault.start, fault.end);
        let mut out = Vec::new();
        match self {
            Policy::Ignore => {}
            Policy::Replace => out.push_repeat(u32::from('?'), faulty.len()),
            Policy::BackslashReplace => {
                faulty
                    .iter()
                    .for_each(|code| push_hex_escape(code, &mut out));
            }
            Policy::XmlCharRefReplace => {
                faulty
                    .iter()
                    .for_each(|code| out.push_ascii(&format!("&#{code};")));
            }
            Policy::NameReplace => {
                faulty.iter().for_each(|code| match name(code) {
                    Some(name) => out.push_ascii(&format!("\\N{{{name}}}")),
                    None => push_hex_escape(code, &mut out),
                });
            }
            Policy::SurrogateEscape => {
                let byte = |code: u32| (0xDC80..0xDD00).contains(&code).then_some(code as u8);
                return match faulty.iter().map(byte).collect() {
                    Some(bytes) => Handled::ReplaceBytes(bytes, fault.end),
                    None => Handled::Fail,
                };
            }
            Policy::SurrogatePass => {
                if form == SurrogateForm::None || !faulty.iter().all(is_surrogate) {
                    return Handled::Fail;
                }
                let mut bytes = Vec::new();
                faulty.iter().for_each(|code| form.write(code, &mut bytes));
                return Handled::ReplaceBytes(bytes, fault.end);
            }
            Policy::Strict => return Handled::Fail,
        }
        Handled::Replace(out, fault.end)
    }

    /// What becomes of characters that cannot be translated (`str.translate` is
    /// strict, C's `PyUnicode_TranslateCharmap` is not).
    pub fn translate(self, fault: &Fault) -> Handled {
        let length = fault.end - fault.start;
        match self {
            Policy::Ignore => Handled::Replace(Vec::new(), fault.end),
            Policy::Replace => Handled::Replace(vec![0xFFFD; length], fault.end),
            _ => Handled::Fail,
        }
    }
}
