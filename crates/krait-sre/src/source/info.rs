//! The block before the code: widths, and what a match begins with.

use crate::code::{flag, op};

use super::emit::{begin, end};
use super::parse::Parsed;
use super::set::{self, Fold};
use super::tree::{Member, Step, Width, width};
use super::{Other, combined};

/// A match begins with a text.
const PREFIX: u32 = 1;
/// A match is that text.
const LITERAL: u32 = 2;
/// A match begins with a character of a set.
const CHARSET: u32 = 4;

/// Emits the block.
pub(super) fn emit(code: &mut Vec<u32>, parsed: &Parsed, flags: u32) -> Result<(), Other> {
    let Width(min, max) = width(&parsed.steps, &parsed.widths);
    let [min, max] = [min, max].map(|width| u32::try_from(width).unwrap_or(u32::MAX));
    if min == 0 {
        code.extend([op::INFO, 4, 0, min, max]);
        return Ok(());
    }
    // (Such texts are cut by CPython; none has ever been that long.)
    if min == u32::MAX {
        return Err(Other);
    }
    let (prefix, set) = first_of(&parsed.steps, flags);
    code.push(op::INFO);
    let begun = begin(code);
    code.push(match (&prefix.chars[..], &set) {
        ([], None) => 0,
        ([], Some(_)) => CHARSET,
        _ if prefix.skip.is_none() && prefix.whole => PREFIX | LITERAL,
        _ => PREFIX,
    });
    code.extend([min, max]);
    if !prefix.chars.is_empty() {
        let length = prefix.chars.len();
        code.extend([length as u32, prefix.skip.unwrap_or(length) as u32]);
        code.extend_from_slice(&prefix.chars);
        code.extend(overlaps(&prefix.chars));
    } else if let Some(set) = set {
        set::emit(code, &set, flags);
    }
    end(code, begun);
    Ok(())
}

/// What every match begins with: a text, or else a character of a set.
fn first_of(steps: &[Step], flags: u32) -> (Prefix, Option<Vec<Member>>) {
    if ignores_by_locale(flags) {
        return (Prefix::default(), None);
    }
    let prefix = literal_prefix(steps, flags);
    if !prefix.chars.is_empty() {
        return (prefix, None);
    }
    let set = charset_prefix(steps, flags).filter(|set| !set.is_empty());
    let set = set.map(|set| set::optimized(&set, None).members);
    (prefix, set.filter(|set| !set.is_empty() && set != set::ALL))
}

fn ignores_by_locale(flags: u32) -> bool {
    flags & flag::IGNORECASE != 0 && flags & flag::LOCALE != 0
}

/// Whether a character is met in another case too.
fn is_cased(ch: u32, flags: u32) -> bool {
    flags & flag::IGNORECASE != 0 && Fold::without_locale(flags).is_cased(ch)
}

/// The text that a match begins with.
#[derive(Default)]
struct Prefix {
    chars: Vec<u32>,
    /// How many of them are before the first group.
    skip: Option<usize>,
    /// Whether there is nothing else.
    whole: bool,
}

fn literal_prefix(steps: &[Step], flags: u32) -> Prefix {
    let mut prefix = Prefix::default();
    for step in steps {
        match step {
            Step::Literal(ch) if !is_cased(*ch, flags) => prefix.chars.push(*ch),
            Step::Group(group) => {
                let flags = combined(flags, group.on, group.off);
                if ignores_by_locale(flags) {
                    return prefix;
                }
                let inner = literal_prefix(&group.steps, flags);
                let before = prefix.chars.len();
                if prefix.skip.is_none() {
                    prefix.skip = match group.number {
                        Some(_) => Some(before),
                        None => inner.skip.map(|skip| before + skip),
                    };
                }
                prefix.chars.extend(inner.chars);
                if !inner.whole {
                    return prefix;
                }
            }
            _ => return prefix,
        }
    }
    prefix.whole = true;
    prefix
}

/// The set of characters that a match begins with.
fn charset_prefix(steps: &[Step], flags: u32) -> Option<Vec<Member>> {
    let cased = |ch: u32| is_cased(ch, flags);
    match steps.first()? {
        Step::Group(group) => {
            let flags = combined(flags, group.on, group.off);
            if ignores_by_locale(flags) {
                return None;
            }
            charset_prefix(&group.steps, flags)
        }
        Step::Literal(ch) if !cased(*ch) => Some(vec![Member::Literal(*ch)]),
        Step::Branch(alternatives) => alternatives
            .iter()
            .map(|steps| match steps.first() {
                Some(Step::Literal(ch)) if !cased(*ch) => Some(Member::Literal(*ch)),
                _ => None,
            })
            .collect(),
        Step::In(members) => {
            let ignores = flags & flag::IGNORECASE != 0;
            let in_one_case = |member: &Member| match *member {
                Member::Literal(ch) => !cased(ch),
                Member::Range(_, high) if ignores && high > 0xffff => false,
                Member::Range(low, high) => !ignores || !(low..=high).any(cased),
                _ => true,
            };
            members.iter().all(in_one_case).then(|| members.clone())
        }
        _ => None,
    }
}

/// For each place of a text how much of its start ends there, but for the whole.
fn overlaps(text: &[u32]) -> Vec<u32> {
    let mut table = vec![0; text.len()];
    for i in 1..text.len() {
        let mut length = table[i - 1];
        while length > 0 && text[i] != text[length as usize] {
            length = table[length as usize - 1];
        }
        table[i] = length + u32::from(text[i] == text[length as usize]);
    }
    table
}
