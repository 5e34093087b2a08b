//! From tokens to steps: what `re._parser` does.

use std::collections::HashSet;

use crate::code::{MAX_REPEAT, at, flag};
use crate::parse::Greed;

use super::Other;
use super::tokens::{Token, Tokens};
use super::tree::{Member, Step, Steps, Width};

/// How deep groups are nested at most.
pub(super) const MAX_DEPTH: u32 = 100;

/// What a parenthesis began.
pub(super) enum Opened {
    Step(Step),
    /// Flags of the whole pattern.
    Flags,
    Comment,
}

/// A pattern that was read.
pub(super) struct Parsed {
    pub steps: Steps,
    pub flags: u32,
    /// Of each group; the first stands for the whole.
    pub widths: Vec<Option<Width>>,
    pub names: Vec<(String, u32)>,
}

pub(super) struct Parser<'a> {
    pub tokens: Tokens<'a>,
    pub is_text: bool,
    pub flags: u32,
    /// Of each group that is closed; the first stands for the whole.
    pub widths: Vec<Option<Width>>,
    pub names: Vec<(String, u32)>,
    /// Inside a lookbehind: the first group that is opened in it.
    pub behind: Option<u32>,
    /// The highest group that a condition names by its number.
    pub condition: u32,
}

pub(super) fn parse(pattern: &[u32], is_text: bool, flags: u32) -> Result<Parsed, Other> {
    let mut parser = Parser {
        tokens: Tokens::new(pattern)?,
        is_text,
        flags,
        widths: vec![None],
        names: Vec::new(),
        behind: None,
        condition: 0,
    };
    let steps = parser.alternatives(flags & flag::VERBOSE != 0, 0)?;
    let unknown = parser.condition as usize >= parser.widths.len();
    if parser.tokens.next.is_some() || unknown {
        return Err(Other);
    }
    Ok(Parsed {
        steps,
        flags: fixed_flags(parser.flags, is_text)?,
        widths: parser.widths,
        names: parser.names,
    })
}

/// The flags with the kind of pattern, of which there is one.
fn fixed_flags(flags: u32, is_text: bool) -> Result<u32, Other> {
    let has = |flag| flags & flag != 0;
    let contradict = if is_text {
        has(flag::LOCALE) || has(flag::ASCII) && has(flag::UNICODE)
    } else {
        has(flag::UNICODE) || has(flag::LOCALE) && has(flag::ASCII)
    };
    if contradict {
        return Err(Other);
    }
    Ok(if is_text && !has(flag::ASCII) {
        flags | flag::UNICODE
    } else {
        flags
    })
}

/// Takes what all alternatives begin with out of them.
fn common_prefix(alternatives: &mut [Steps]) -> Steps {
    let alike = |n: usize, all: &[Steps]| {
        let first = all[0].get(n);
        first.is_some_and(|first| {
            let same = |steps: &Steps| steps.get(n).is_some_and(|step| step.is_same(first));
            all[1..].iter().all(same)
        })
    };
    let count = (0..).take_while(|n| alike(*n, alternatives)).count();
    let mut prefix = Vec::new();
    for steps in alternatives {
        prefix = steps.drain(..count).collect();
    }
    prefix
}

/// The set of alternatives that are single characters or sets of them.
fn as_set(alternatives: &[Steps]) -> Option<Vec<Member>> {
    let mut set = Vec::new();
    for steps in alternatives {
        match &steps[..] {
            [Step::Literal(ch)] => set.push(Member::Literal(*ch)),
            [Step::In(members)] if members[0] != Member::Negate => set.extend_from_slice(members),
            _ => return None,
        }
    }
    Some(without_repeats(set))
}

fn without_repeats(mut members: Vec<Member>) -> Vec<Member> {
    let mut seen = HashSet::with_capacity(members.len());
    members.retain(|member| seen.insert(member.clone()));
    members
}

/// Groups that only hold steps together are replaced by these.
fn unpacked(steps: Steps) -> Steps {
    let is_plain = |step: &Step| matches!(step, Step::Group(group) if group.is_plain());
    if !steps.iter().any(is_plain) {
        return steps;
    }
    let mut all = Vec::with_capacity(steps.len());
    for step in steps {
        match step {
            Step::Group(group) if group.is_plain() => all.extend(group.steps),
            step => all.push(step),
        }
    }
    all
}

impl Parser<'_> {
    pub fn alternatives(&mut self, mut verbose: bool, depth: u32) -> Result<Steps, Other> {
        if depth > MAX_DEPTH {
            return Err(Other);
        }
        let mut all = Vec::new();
        loop {
            let first = depth == 0 && all.is_empty();
            all.push(self.steps(verbose, depth, first)?);
            if !self.tokens.matches('|')? {
                break;
            }
            if depth == 0 {
                verbose = self.flags & flag::VERBOSE != 0;
            }
        }
        if all.len() == 1 {
            return Ok(all.remove(0));
        }
        let mut steps = common_prefix(&mut all);
        steps.push(match as_set(&all) {
            Some(set) => Step::In(set),
            None => Step::Branch(all),
        });
        Ok(steps)
    }

    pub fn steps(&mut self, mut verbose: bool, depth: u32, first: bool) -> Result<Steps, Other> {
        let mut steps = Vec::new();
        while let Some(token) = self.tokens.next {
            if matches!(token.plain(), Some('|' | ')')) {
                break;
            }
            self.tokens.take()?;
            let ch = match token {
                Token::Escape(code) => {
                    steps.push(self.escape(code)?);
                    continue;
                }
                Token::Char(ch) => ch,
            };
            match token.plain() {
                Some(' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c') if verbose => {}
                Some('#') if verbose => self.skip_line()?,
                Some('[') => steps.push(self.set()?),
                Some(repeat @ ('*' | '+' | '?' | '{')) => self.repeat(repeat, &mut steps)?,
                Some('.') => steps.push(Step::Any),
                Some('^') => steps.push(Step::At(at::BEGINNING)),
                Some('$') => steps.push(Step::At(at::END)),
                Some('(') => match self.group(verbose, depth, first && steps.is_empty())? {
                    Opened::Step(step) => steps.push(step),
                    Opened::Flags => verbose = self.flags & flag::VERBOSE != 0,
                    Opened::Comment => {}
                },
                _ => steps.push(Step::Literal(ch)),
            }
        }
        Ok(unpacked(steps))
    }

    fn skip_line(&mut self) -> Result<(), Other> {
        while let Some(token) = self.tokens.take()? {
            if token.plain() == Some('\n') {
                break;
            }
        }
        Ok(())
    }

    /// A set, behind its bracket.
    fn set(&mut self) -> Result<Step, Other> {
        // (Sets that look like ones of set operations are warned about.)
        if self.tokens.next_is('[') {
            return Err(Other);
        }
        let negated = self.tokens.matches('^')?;
        let mut members = Vec::new();
        loop {
            let token = self.tokens.some()?;
            if token.plain() == Some(']') && !members.is_empty() {
                break;
            }
            let operator = matches!(token.plain(), Some('-' | '&' | '~' | '|'));
            if operator && !members.is_empty() && self.tokens.next == Some(token) {
                return Err(Other);
            }
            let low = self.member(token)?;
            if !self.tokens.matches('-')? {
                members.push(low);
                continue;
            }
            match self.tokens.some()? {
                Token::Char(ch) if ch == u32::from(']') => {
                    members.extend([low, Member::Literal('-'.into())]);
                    break;
                }
                Token::Char(ch) if ch == u32::from('-') => return Err(Other),
                token => match (low, self.member(token)?) {
                    (Member::Literal(low), Member::Literal(high)) if low <= high => {
                        members.push(Member::Range(low, high));
                    }
                    _ => return Err(Other),
                },
            }
        }
        let mut members = without_repeats(members);
        Ok(match (&members[..], negated) {
            ([Member::Literal(ch)], false) => Step::Literal(*ch),
            ([Member::Literal(ch)], true) => Step::NotLiteral(*ch),
            _ => {
                if negated {
                    members.insert(0, Member::Negate);
                }
                Step::In(members)
            }
        })
    }

    fn member(&mut self, token: Token) -> Result<Member, Other> {
        match token {
            Token::Char(ch) => Ok(Member::Literal(ch)),
            Token::Escape(code) => self.set_escape(code),
        }
    }

    /// A repeat of the last step, or a brace that is none.
    fn repeat(&mut self, sign: char, steps: &mut Steps) -> Result<(), Other> {
        let (min, max) = match sign {
            '?' => (0, 1),
            '*' => (0, MAX_REPEAT),
            '+' => (1, MAX_REPEAT),
            _ => match self.bounds()? {
                Some(bounds) => bounds,
                None => {
                    steps.push(Step::Literal(sign.into()));
                    return Ok(());
                }
            },
        };
        let body = match steps.pop().ok_or(Other)? {
            Step::At(_) | Step::Repeat(..) => return Err(Other),
            Step::Group(group) if group.is_plain() => group.steps,
            step => vec![step],
        };
        let greed = if self.tokens.matches('?')? {
            Greed::Lazy
        } else if self.tokens.matches('+')? {
            Greed::Possessive
        } else {
            Greed::Greedy
        };
        steps.push(Step::Repeat(greed, min, max, body));
        Ok(())
    }

    /// The bounds behind a brace, if they are some.
    fn bounds(&mut self) -> Result<Option<(u32, u32)>, Other> {
        if self.tokens.next_is('}') {
            return Ok(None);
        }
        let here = self.tokens.tell();
        let low = self.bound()?;
        let high = if self.tokens.matches(',')? {
            self.bound()?
        } else {
            low
        };
        if !self.tokens.matches('}')? {
            self.tokens.seek(here)?;
            return Ok(None);
        }
        let limited = |bound: Option<u64>| bound.is_none_or(|n| n < u64::from(MAX_REPEAT));
        let (min, max) = (low.unwrap_or(0), high.unwrap_or(MAX_REPEAT.into()));
        if !limited(low) || !limited(high) || max < min {
            return Err(Other);
        }
        Ok(Some((min as u32, max as u32)))
    }

    fn bound(&mut self) -> Result<Option<u64>, Other> {
        let mut number = None;
        while let Some(digit) = self.tokens.digit(10)? {
            let higher = number.unwrap_or(0u64).saturating_mul(10);
            number = Some(higher.saturating_add(digit.into()));
        }
        Ok(number)
    }

    /// A reference to a group that is closed.
    pub fn group_reference(&mut self, group: u32) -> Result<Step, Other> {
        self.check_closed(group)?;
        if self.behind.is_some_and(|first| group >= first) {
            return Err(Other);
        }
        Ok(Step::GroupRef(group))
    }

    pub fn check_closed(&self, group: u32) -> Result<(), Other> {
        match self.widths.get(group as usize) {
            Some(Some(_)) => Ok(()),
            _ => Err(Other),
        }
    }
}
