//! What a backslash begins.

use crate::code::{at, category};

use super::Other;
use super::parse::Parser;
use super::tree::{Member, Step};

const OCTAL: u32 = 8;
const MAX_OCTAL: u32 = 0o377;

/// The character of an escape that stands for one.
fn character(escape: char) -> Option<char> {
    Some(match escape {
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        '\\' => '\\',
        _ => return None,
    })
}

fn category(escape: char) -> Option<Member> {
    Some(Member::Category(match escape {
        'd' => category::DIGIT,
        'D' => category::NOT_DIGIT,
        's' => category::SPACE,
        'S' => category::NOT_SPACE,
        'w' => category::WORD,
        'W' => category::NOT_WORD,
        _ => return None,
    }))
}

fn position(escape: char) -> Option<Step> {
    Some(Step::At(match escape {
        'A' => at::BEGINNING_STRING,
        'b' => at::BOUNDARY,
        'B' => at::NON_BOUNDARY,
        'z' | 'Z' => at::END_STRING,
        _ => return None,
    }))
}

impl Parser<'_> {
    /// An escape outside sets.
    pub fn escape(&mut self, code: u32) -> Result<Step, Other> {
        let Some(escape) = char::from_u32(code) else {
            return Ok(Step::Literal(code));
        };
        if let Some(step) = position(escape) {
            return Ok(step);
        }
        if let Some(member) = category(escape) {
            return Ok(Step::In(vec![member]));
        }
        match escape {
            '0' => Ok(Step::Literal(self.digits(0, OCTAL, 2)?)),
            '1'..='9' => self.reference(code - u32::from('0')),
            _ => self.literal(escape).map(Step::Literal),
        }
    }

    /// An escape inside a set.
    pub fn set_escape(&mut self, code: u32) -> Result<Member, Other> {
        let Some(escape) = char::from_u32(code) else {
            return Ok(Member::Literal(code));
        };
        if let Some(member) = category(escape) {
            return Ok(member);
        }
        match escape {
            '0'..='7' => {
                let value = self.digits(code - u32::from('0'), OCTAL, 2)?;
                if value > MAX_OCTAL {
                    return Err(Other);
                }
                Ok(Member::Literal(value))
            }
            '8' | '9' => Err(Other),
            _ => self.literal(escape).map(Member::Literal),
        }
    }

    /// An escape that stands for a character wherever it is.
    fn literal(&mut self, escape: char) -> Result<u32, Other> {
        if let Some(ch) = character(escape) {
            return Ok(ch.into());
        }
        let value = match escape {
            'x' => self.hexadecimal(2)?,
            'u' if self.is_text => self.hexadecimal(4)?,
            'U' if self.is_text => self.hexadecimal(8)?,
            _ if escape.is_ascii_alphabetic() => return Err(Other),
            _ => escape.into(),
        };
        if value > char::MAX.into() {
            return Err(Other);
        }
        Ok(value)
    }

    /// So many digits, all of which must be there.
    fn hexadecimal(&mut self, count: usize) -> Result<u32, Other> {
        let mut value = 0;
        for _ in 0..count {
            value = value << 4 | self.tokens.digit(16)?.ok_or(Other)?;
        }
        Ok(value)
    }

    /// A number that goes on with at most so many digits.
    fn digits(&mut self, first: u32, base: u32, at_most: usize) -> Result<u32, Other> {
        let mut value = first;
        for _ in 0..at_most {
            let Some(digit) = self.tokens.digit(base)? else {
                break;
            };
            value = value * base + digit;
        }
        Ok(value)
    }

    /// Digits that name a group, or three octal ones that name a character.
    fn reference(&mut self, first: u32) -> Result<Step, Other> {
        let mut group = first;
        if let Some(second) = self.tokens.digit(10)? {
            group = first * 10 + second;
            if first < OCTAL
                && second < OCTAL
                && let Some(third) = self.tokens.digit(OCTAL)?
            {
                let value = (first * OCTAL + second) * OCTAL + third;
                return match value {
                    0..=MAX_OCTAL => Ok(Step::Literal(value)),
                    _ => Err(Other),
                };
            }
        }
        self.group_reference(group)
    }
}
