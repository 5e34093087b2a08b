//! From steps to code words: what `re._compiler` does.

use crate::code::{at, flag, op};
use crate::parse::Greed;

use super::set::{self, Fold};
use super::tree::{Group, Member, Step, Steps, Width, width};
use super::{Other, combined};

/// Reserves the word for the length of what follows, up to [`end`].
pub(super) fn begin(code: &mut Vec<u32>) -> usize {
    code.push(0);
    code.len() - 1
}

pub(super) fn end(code: &mut [u32], begun: usize) {
    code[begun] = (code.len() - begun) as u32;
}

/// Emits steps with the flags that hold for them.
pub(super) fn emit(
    code: &mut Vec<u32>,
    steps: &[Step],
    flags: u32,
    widths: &[Option<Width>],
) -> Result<(), Other> {
    let mut emitter = Emitter { code, widths };
    emitter.steps(steps, flags)
}

struct Emitter<'a> {
    code: &'a mut Vec<u32>,
    /// Of the groups.
    widths: &'a [Option<Width>],
}

/// One of four operations: for equal characters, and for those that differ by the case in
/// ASCII, by the locale and in Unicode.
fn by_case(flags: u32, [exact, ascii, locale, unicode]: [u32; 4]) -> u32 {
    if flags & flag::IGNORECASE == 0 {
        exact
    } else if flags & flag::LOCALE != 0 {
        locale
    } else if flags & flag::UNICODE != 0 {
        unicode
    } else {
        ascii
    }
}

const LITERAL: [u32; 4] = [
    op::LITERAL,
    op::LITERAL_IGNORE,
    op::LITERAL_LOC_IGNORE,
    op::LITERAL_UNI_IGNORE,
];
const NOT_LITERAL: [u32; 4] = [
    op::NOT_LITERAL,
    op::NOT_LITERAL_IGNORE,
    op::NOT_LITERAL_LOC_IGNORE,
    op::NOT_LITERAL_UNI_IGNORE,
];
const GROUPREF: [u32; 4] = [
    op::GROUPREF,
    op::GROUPREF_IGNORE,
    op::GROUPREF_LOC_IGNORE,
    op::GROUPREF_UNI_IGNORE,
];
const IN: [u32; 4] = [op::IN, op::IN_IGNORE, op::IN_LOC_IGNORE, op::IN_UNI_IGNORE];

/// Whether a repeat of these steps needs no frame of its own.
fn is_simple(steps: &[Step]) -> bool {
    match steps {
        [Step::Group(group)] => group.number.is_none() && is_simple(&group.steps),
        [Step::Literal(_) | Step::NotLiteral(_) | Step::Any | Step::In(_)] => true,
        _ => false,
    }
}

/// The position by the rules of the pattern's kind.
fn position(position: u32, flags: u32) -> u32 {
    let (multiline, locale) = (flags & flag::MULTILINE != 0, flags & flag::LOCALE != 0);
    let unicode = !locale && flags & flag::UNICODE != 0;
    match position {
        at::BEGINNING if multiline => at::BEGINNING_LINE,
        at::END if multiline => at::END_LINE,
        at::BOUNDARY if locale => at::LOC_BOUNDARY,
        at::NON_BOUNDARY if locale => at::LOC_NON_BOUNDARY,
        at::BOUNDARY if unicode => at::UNI_BOUNDARY,
        at::NON_BOUNDARY if unicode => at::UNI_NON_BOUNDARY,
        position => position,
    }
}

impl Emitter<'_> {
    fn steps(&mut self, steps: &[Step], flags: u32) -> Result<(), Other> {
        steps.iter().try_for_each(|step| self.step(step, flags))
    }

    /// An operation with the length of what it holds, which is emitted by `body`.
    fn within(
        &mut self,
        operation: u32,
        body: impl FnOnce(&mut Self) -> Result<(), Other>,
    ) -> Result<(), Other> {
        self.code.push(operation);
        let begun = begin(self.code);
        body(self)?;
        end(self.code, begun);
        Ok(())
    }

    fn step(&mut self, step: &Step, flags: u32) -> Result<(), Other> {
        match step {
            Step::Literal(ch) => self.literal(*ch, false, flags),
            Step::NotLiteral(ch) => self.literal(*ch, true, flags),
            Step::Any => self.code.push(match flags & flag::DOTALL {
                0 => op::ANY,
                _ => op::ANY_ALL,
            }),
            Step::In(members) => self.set(members, flags),
            Step::At(place) => self.code.extend([op::AT, position(*place, flags)]),
            Step::Fail => self.code.push(op::FAILURE),
            Step::Branch(alternatives) => self.branch(alternatives, flags)?,
            Step::Repeat(greed, min, max, steps) => {
                self.repeat(*greed, [*min, *max], steps, flags)?;
            }
            Step::Group(group) => self.group(group, flags)?,
            Step::Atomic(steps) => self.within(op::ATOMIC_GROUP, |this| {
                this.steps(steps, flags)?;
                this.code.push(op::SUCCESS);
                Ok(())
            })?,
            Step::Assert {
                negated,
                behind,
                steps,
            } => self.assertion(*negated, *behind, steps, flags)?,
            Step::GroupRef(group) => {
                self.code.extend([by_case(flags, GROUPREF), group - 1]);
            }
            Step::GroupExists { group, yes, no } => {
                self.condition(*group, yes, no.as_deref().unwrap_or_default(), flags)?;
            }
        }
        Ok(())
    }

    fn literal(&mut self, ch: u32, negated: bool, flags: u32) {
        let operations = if negated { NOT_LITERAL } else { LITERAL };
        let Some(fold) = Fold::of(flags) else {
            self.code.extend([by_case(flags, operations), ch]);
            return;
        };
        if !fold.is_cased(ch) {
            self.code.extend([operations[0], ch]);
            return;
        }
        let lower = fold.lower(ch);
        let others = fold.others(lower);
        if others.is_empty() {
            self.code.extend([by_case(flags, operations), lower]);
            return;
        }
        self.code.push(op::IN_UNI_IGNORE);
        let begun = begin(self.code);
        if negated {
            self.code.push(op::NEGATE);
        }
        for ch in std::iter::once(lower).chain(others.iter().copied().map(u32::from)) {
            self.code.extend([op::LITERAL, ch]);
        }
        self.code.push(op::FAILURE);
        end(self.code, begun);
    }

    fn set(&mut self, members: &[Member], flags: u32) {
        let fold = Fold::of(flags);
        let small = set::optimized(members, fold);
        if small.members.is_empty() {
            self.code.push(op::FAILURE);
        } else if small.members == set::ALL {
            self.code.push(op::ANY_ALL);
        } else {
            let cased = fold.is_none() || small.cased;
            self.code
                .push(if cased { by_case(flags, IN) } else { op::IN });
            let begun = begin(self.code);
            set::emit(self.code, &small.members, flags);
            end(self.code, begun);
        }
    }

    fn branch(&mut self, alternatives: &[Steps], flags: u32) -> Result<(), Other> {
        self.code.push(op::BRANCH);
        let mut jumps = Vec::with_capacity(alternatives.len());
        for steps in alternatives {
            let begun = begin(self.code);
            self.steps(steps, flags)?;
            self.code.push(op::JUMP);
            jumps.push(begin(self.code));
            end(self.code, begun);
        }
        self.code.push(op::FAILURE);
        for jump in jumps {
            end(self.code, jump);
        }
        Ok(())
    }

    fn repeat(
        &mut self,
        greed: Greed,
        [min, max]: [u32; 2],
        steps: &[Step],
        flags: u32,
    ) -> Result<(), Other> {
        let (general, last, simple) = match greed {
            Greed::Lazy => (op::REPEAT, op::MIN_UNTIL, op::MIN_REPEAT_ONE),
            Greed::Greedy => (op::REPEAT, op::MAX_UNTIL, op::REPEAT_ONE),
            Greed::Possessive => (
                op::POSSESSIVE_REPEAT,
                op::SUCCESS,
                op::POSSESSIVE_REPEAT_ONE,
            ),
        };
        let is_simple = is_simple(steps);
        self.within(if is_simple { simple } else { general }, |this| {
            this.code.extend([min, max]);
            this.steps(steps, flags)?;
            if is_simple {
                this.code.push(op::SUCCESS);
            }
            Ok(())
        })?;
        if !is_simple {
            self.code.push(last);
        }
        Ok(())
    }

    fn group(&mut self, group: &Group, flags: u32) -> Result<(), Other> {
        if let Some(number) = group.number {
            self.code.extend([op::MARK, (number - 1) * 2]);
        }
        self.steps(&group.steps, combined(flags, group.on, group.off))?;
        if let Some(number) = group.number {
            self.code.extend([op::MARK, (number - 1) * 2 + 1]);
        }
        Ok(())
    }

    fn assertion(
        &mut self,
        negated: bool,
        behind: bool,
        steps: &[Step],
        flags: u32,
    ) -> Result<(), Other> {
        let operation = if negated { op::ASSERT_NOT } else { op::ASSERT };
        let back = if behind {
            let Width(min, max) = width(steps, self.widths);
            if min != max {
                return Err(Other);
            }
            u32::try_from(min).map_err(|_| Other)?
        } else {
            0
        };
        self.within(operation, |this| {
            this.code.push(back);
            this.steps(steps, flags)?;
            this.code.push(op::SUCCESS);
            Ok(())
        })
    }

    fn condition(
        &mut self,
        group: u32,
        yes: &[Step],
        no: &[Step],
        flags: u32,
    ) -> Result<(), Other> {
        self.code.extend([op::GROUPREF_EXISTS, group - 1]);
        let skip = begin(self.code);
        self.steps(yes, flags)?;
        if no.is_empty() {
            end(self.code, skip);
            self.code[skip] += 1;
            return Ok(());
        }
        self.code.push(op::JUMP);
        let jump = begin(self.code);
        end(self.code, skip);
        self.code[skip] += 1;
        self.steps(no, flags)?;
        end(self.code, jump);
        Ok(())
    }
}
