//! What a parenthesis begins.

use crate::code::{MAX_GROUPS, flag};

use super::parse::{Opened, Parser};
use super::tokens::Token;
use super::tree::{Group, Step, Steps, width};
use super::{Other, TYPES};

/// The flag of a letter.
fn flag_of(letter: char) -> Option<u32> {
    Some(match letter {
        'i' => flag::IGNORECASE,
        'L' => flag::LOCALE,
        'm' => flag::MULTILINE,
        's' => flag::DOTALL,
        'x' => flag::VERBOSE,
        'a' => flag::ASCII,
        'u' => flag::UNICODE,
        _ => return None,
    })
}

/// Whether it can name a group.
fn is_name(text: &str) -> bool {
    !text.starts_with(|ch: char| ch.is_ascii_digit())
}

impl Parser<'_> {
    /// What a parenthesis begins, up to the one that ends it.
    pub fn group(
        &mut self,
        verbose: bool,
        depth: u32,
        may_set_flags: bool,
    ) -> Result<Opened, Other> {
        if !self.tokens.matches('?')? {
            return self.capture(None, verbose, depth).map(Opened::Step);
        }
        let kind = self.tokens.some()?.plain().ok_or(Other)?;
        let step = match kind {
            'P' => self.named(verbose, depth)?,
            ':' => self.plain([0, 0], verbose, depth)?,
            '#' => {
                while self.tokens.some()? != Token::Char(')'.into()) {}
                return Ok(Opened::Comment);
            }
            '=' | '!' => self.assertion(kind, false, verbose, depth)?,
            '<' => match self.tokens.some()?.plain() {
                Some(kind @ ('=' | '!')) => self.behind(kind, verbose, depth)?,
                _ => return Err(Other),
            },
            '(' => self.condition(verbose, depth)?,
            '>' => {
                let steps = self.alternatives(verbose, depth + 1)?;
                self.tokens.expect(')')?;
                Step::Atomic(steps)
            }
            _ => match self.flags(kind)? {
                Some(flags) => self.plain(flags, verbose, depth)?,
                None if may_set_flags => return Ok(Opened::Flags),
                None => return Err(Other),
            },
        };
        Ok(Opened::Step(step))
    }

    fn capture(&mut self, name: Option<String>, verbose: bool, depth: u32) -> Result<Step, Other> {
        let number = self.widths.len() as u32;
        self.widths.push(None);
        if let Some(name) = name {
            if number >= MAX_GROUPS || self.names.iter().any(|known| known.0 == name) {
                return Err(Other);
            }
            self.names.push((name, number));
        }
        let steps = self.alternatives(verbose, depth + 1)?;
        self.tokens.expect(')')?;
        self.widths[number as usize] = Some(width(&steps, &self.widths));
        Ok(Step::Group(Group {
            number: Some(number),
            on: 0,
            off: 0,
            steps,
        }))
    }

    /// A group that does not capture, with flags that it turns on and off.
    fn plain(&mut self, [on, off]: [u32; 2], verbose: bool, depth: u32) -> Result<Step, Other> {
        let verbose = (verbose || on & flag::VERBOSE != 0) && off & flag::VERBOSE == 0;
        let steps = self.alternatives(verbose, depth + 1)?;
        self.tokens.expect(')')?;
        Ok(Step::Group(Group {
            number: None,
            on,
            off,
            steps,
        }))
    }

    /// `(?P<name>` and `(?P=name)`.
    fn named(&mut self, verbose: bool, depth: u32) -> Result<Step, Other> {
        if self.tokens.matches('<')? {
            let name = self.tokens.until('>')?;
            if !is_name(&name) {
                return Err(Other);
            }
            return self.capture(Some(name), verbose, depth);
        }
        self.tokens.expect('=')?;
        let name = self.tokens.until(')')?;
        let group = self.number_of(&name)?;
        self.group_reference(group)
    }

    fn number_of(&self, name: &str) -> Result<u32, Other> {
        let known = self.names.iter().find(|known| known.0 == name);
        known.map(|known| known.1).ok_or(Other)
    }

    fn assertion(
        &mut self,
        kind: char,
        behind: bool,
        verbose: bool,
        depth: u32,
    ) -> Result<Step, Other> {
        let steps = self.alternatives(verbose, depth + 1)?;
        self.tokens.expect(')')?;
        let negated = kind == '!';
        Ok(if negated && steps.is_empty() {
            Step::Fail
        } else {
            Step::Assert {
                negated,
                behind,
                steps,
            }
        })
    }

    fn behind(&mut self, kind: char, verbose: bool, depth: u32) -> Result<Step, Other> {
        let outer = self.behind;
        self.behind = outer.or(Some(self.widths.len() as u32));
        let step = self.assertion(kind, true, verbose, depth)?;
        self.behind = outer;
        Ok(step)
    }

    /// `(?(group)yes|no)`
    fn condition(&mut self, verbose: bool, depth: u32) -> Result<Step, Other> {
        let name = self.tokens.until(')')?;
        let group = if name.bytes().all(|byte| byte.is_ascii_digit()) {
            let group = name.parse().map_err(|_| Other)?;
            if group == 0 || group >= MAX_GROUPS {
                return Err(Other);
            }
            self.condition = self.condition.max(group);
            group
        } else {
            self.number_of(&name)?
        };
        if let Some(first) = self.behind {
            self.check_closed(group)?;
            if group >= first {
                return Err(Other);
            }
        }
        if depth >= super::parse::MAX_DEPTH {
            return Err(Other);
        }
        let yes = self.steps(verbose, depth + 1, false)?;
        let no: Option<Steps> = if self.tokens.matches('|')? {
            Some(self.steps(verbose, depth + 1, false)?)
        } else {
            None
        };
        self.tokens.expect(')')?;
        Ok(Step::GroupExists { group, yes, no })
    }

    /// Flags that a group turns on and off; none for flags of the whole, which are set.
    fn flags(&mut self, first: char) -> Result<Option<[u32; 2]>, Other> {
        let (mut on, mut off, mut letter) = (0, 0, first);
        if first == ')' {
            return Err(Other);
        }
        while !matches!(letter, ')' | '-' | ':') {
            let flag = flag_of(letter).ok_or(Other)?;
            let foreign = if self.is_text {
                flag::LOCALE
            } else {
                flag::UNICODE
            };
            on |= flag;
            if flag == foreign || flag & TYPES != 0 && on & TYPES != flag {
                return Err(Other);
            }
            letter = self.letter()?;
        }
        if letter == ')' {
            self.flags |= on;
            return Ok(None);
        }
        if letter == '-' {
            letter = self.letter()?;
            loop {
                let flag = flag_of(letter).ok_or(Other)?;
                if flag & TYPES != 0 {
                    return Err(Other);
                }
                off |= flag;
                letter = self.letter()?;
                if letter == ':' {
                    break;
                }
            }
        }
        if on & off != 0 {
            return Err(Other);
        }
        Ok(Some([on, off]))
    }

    fn letter(&mut self) -> Result<char, Other> {
        self.tokens.some()?.plain().ok_or(Other)
    }
}
