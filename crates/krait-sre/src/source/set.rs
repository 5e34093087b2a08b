//! Sets of characters, made small: what `re._compiler` does with them.

use crate::charset::UnicodeProps;
use crate::code::{category, flag, op};
use crate::unicode::Unicode;

use super::cases;
use super::tree::Member;

/// How the case of characters is let be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fold {
    Ascii,
    Unicode,
}

impl Fold {
    /// What the code does by itself; with the locale's rules the matcher does it.
    pub fn of(flags: u32) -> Option<Fold> {
        if flags & flag::IGNORECASE == 0 || flags & flag::LOCALE != 0 {
            None
        } else {
            Some(Fold::without_locale(flags))
        }
    }

    /// As if the locale's rules were not asked for.
    pub fn without_locale(flags: u32) -> Fold {
        if flags & flag::UNICODE != 0 {
            Fold::Unicode
        } else {
            Fold::Ascii
        }
    }

    pub fn is_cased(self, ch: u32) -> bool {
        match self {
            Fold::Ascii => u8::try_from(ch).is_ok_and(|c| c.is_ascii_alphabetic()),
            Fold::Unicode => Unicode.lower(ch) != ch || Unicode.upper(ch) != ch,
        }
    }

    pub fn lower(self, ch: u32) -> u32 {
        match self {
            Fold::Ascii => u8::try_from(ch).map_or(ch, |c| c.to_ascii_lowercase().into()),
            Fold::Unicode => Unicode.lower(ch),
        }
    }

    /// Other small characters with the capital of a small one.
    pub fn others(self, ch: u32) -> &'static [u16] {
        match self {
            Fold::Ascii => &[],
            Fold::Unicode => cases::others(ch),
        }
    }
}

const SMALL: usize = 256;
const LARGE: usize = 65536;

/// The characters of a set below a limit.
struct Map(Vec<bool>);

/// A character beyond the limit.
struct Beyond;

impl Map {
    fn set(&mut self, ch: u32) -> Result<(), Beyond> {
        *self.0.get_mut(ch as usize).ok_or(Beyond)? = true;
        Ok(())
    }

    fn set_folded(&mut self, ch: u32, fold: Fold) -> Result<u32, Beyond> {
        let lower = fold.lower(ch);
        self.set(lower)?;
        fold.others(lower)
            .iter()
            .try_for_each(|other| self.set((*other).into()))?;
        Ok(lower)
    }

    fn set_member(&mut self, member: &Member, fold: Option<Fold>) -> Result<(), Beyond> {
        let (low, high) = match *member {
            Member::Literal(ch) => (ch, ch),
            Member::Range(low, high) => (low, high),
            _ => return Ok(()),
        };
        match fold {
            Some(fold) => (low..=high).try_for_each(|ch| self.set_folded(ch, fold).map(drop)),
            None => {
                let limit = self.0.len() as u32;
                let end = high.saturating_add(1).min(limit);
                if low < end {
                    self.0[low as usize..end as usize].fill(true);
                }
                if high < limit { Ok(()) } else { Err(Beyond) }
            }
        }
    }

    /// The runs of characters, if they are at most two.
    fn runs(&self) -> Option<Vec<(u32, u32)>> {
        let mut runs = Vec::new();
        let mut at = 0;
        while let Some(start) = self.find(at, true) {
            if runs.len() == 2 {
                return None;
            }
            at = self.find(start, false).unwrap_or(self.0.len());
            runs.push((start as u32, at as u32 - 1));
        }
        Some(runs)
    }

    fn find(&self, from: usize, wanted: bool) -> Option<usize> {
        let found = self.0[from..].iter().position(|is| *is == wanted);
        found.map(|at| from + at)
    }

    /// The operation that looks a character up, with its table.
    fn table(&self) -> Member {
        if self.0.len() == SMALL {
            return Member::Table(op::CHARSET, bits(&self.0));
        }
        let mut chunks: Vec<&[bool]> = Vec::new();
        let numbers: Vec<u8> = self
            .0
            .chunks(SMALL)
            .map(|chunk| {
                let known = chunks.iter().position(|known| *known == chunk);
                let number = known.unwrap_or_else(|| {
                    chunks.push(chunk);
                    chunks.len() - 1
                });
                number as u8
            })
            .collect();
        let mut table = vec![chunks.len() as u32];
        table.extend(
            numbers
                .as_chunks::<4>()
                .0
                .iter()
                .copied()
                .map(u32::from_ne_bytes),
        );
        table.extend(chunks.into_iter().flat_map(bits));
        Member::Table(op::BIGCHARSET, table)
    }
}

fn bits(flags: &[bool]) -> Vec<u32> {
    let word = |flags: &[bool]| {
        flags
            .iter()
            .rev()
            .fold(0, |word, is| word << 1 | u32::from(*is))
    };
    flags.chunks(32).map(word).collect()
}

/// A set, and whether it has characters of two cases.
pub(super) struct Small {
    pub members: Vec<Member>,
    pub cased: bool,
}

/// The set of all characters.
pub(super) const ALL: &[Member] = &[Member::Negate];

/// The shortest description of a set.
pub(super) fn optimized(set: &[Member], fold: Option<Fold>) -> Small {
    let (mut members, mut tail) = (Vec::new(), Vec::new());
    let mut map = Map(vec![false; SMALL]);
    let mut cased = false;
    for member in set {
        match *member {
            Member::Negate => members.push(Member::Negate),
            Member::Category(number) => {
                if tail.contains(&Member::Category(negated(number))) {
                    let members = match members.is_empty() {
                        true => ALL.to_vec(),
                        false => Vec::new(),
                    };
                    return Small {
                        members,
                        cased: false,
                    };
                }
                tail.push(member.clone());
            }
            _ => add(member, fold, &mut map, &mut tail, &mut cased),
        }
    }
    match map.runs() {
        Some(runs) => {
            members.extend(runs.into_iter().map(|(low, high)| match low == high {
                true => Member::Literal(low),
                false => Member::Range(low, high),
            }));
            members.append(&mut tail);
            if !cased && members.len() >= set.len() {
                members = set.to_vec();
            }
        }
        None => {
            members.push(map.table());
            members.append(&mut tail);
        }
    }
    Small { members, cased }
}

/// Adds a character or a range.
fn add(
    member: &Member,
    fold: Option<Fold>,
    map: &mut Map,
    tail: &mut Vec<Member>,
    cased: &mut bool,
) {
    let mut fits = map.set_member(member, fold).is_ok();
    if !fits && map.0.len() == SMALL {
        map.0.resize(LARGE, false);
        fits = map.set_member(member, fold).is_ok();
    }
    let is_cased = |ch: u32| fold.is_some_and(|fold| fold.is_cased(ch));
    match *member {
        Member::Literal(ch) => {
            let lower = fold.map_or(ch, |fold| fold.lower(ch));
            *cased = *cased || is_cased(lower);
            if !fits {
                tail.push(Member::Literal(lower));
            }
        }
        Member::Range(low, high) if fits => {
            *cased = *cased || fold.is_some() && (low..=high).any(is_cased);
        }
        Member::Range(low, high) => {
            *cased = *cased || fold.is_some();
            tail.push(match fold {
                Some(Fold::Unicode) => Member::RangeIgnore(low, high),
                _ => Member::Range(low, high),
            });
        }
        _ => {}
    }
}

/// The category of all other characters.
fn negated(number: u32) -> u32 {
    number ^ 1
}

/// Emits a set.
pub(super) fn emit(code: &mut Vec<u32>, set: &[Member], flags: u32) {
    for member in set {
        match member {
            Member::Negate => code.push(op::NEGATE),
            Member::Literal(ch) => code.extend([op::LITERAL, *ch]),
            Member::Range(low, high) => code.extend([op::RANGE, *low, *high]),
            Member::RangeIgnore(low, high) => code.extend([op::RANGE_UNI_IGNORE, *low, *high]),
            Member::Table(operation, table) => {
                code.push(*operation);
                code.extend_from_slice(table);
            }
            Member::Category(number) => code.extend([op::CATEGORY, category_for(*number, flags)]),
        }
    }
    code.push(op::FAILURE);
}

/// The category by the rules of the pattern's kind.
fn category_for(number: u32, flags: u32) -> u32 {
    if flags & flag::LOCALE != 0 {
        match number {
            category::WORD => category::LOC_WORD,
            category::NOT_WORD => category::LOC_NOT_WORD,
            number => number,
        }
    } else if flags & flag::UNICODE != 0 {
        number - category::DIGIT + category::UNI_DIGIT
    } else {
        number
    }
}
