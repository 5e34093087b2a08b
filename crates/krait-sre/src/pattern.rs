//! The public face: patterns, subjects, the state of a match, and the loop over all
//! matches.

use std::ops::Range;

use crate::charset::UnicodeProps;
use crate::emit::emit;
use crate::exec::{Control, MatchError, Memory, UNSET, attempt, run_end};
use crate::parse::{BadCode, parse};
use crate::program::Program;
use crate::unit::Unit;

/// What is matched: bytes, or the units of a string.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'a> {
    /// A bytes-like object.
    Bytes(&'a [u8]),
    /// A string of one byte a character.
    Latin1(&'a [u8]),
    /// A string of two bytes a character.
    U16(&'a [u16]),
    /// A string of four bytes a character.
    U32(&'a [u32]),
}

impl Subject<'_> {
    /// Its length in units.
    pub fn len(&self) -> usize {
        match self {
            Subject::Bytes(text) | Subject::Latin1(text) => text.len(),
            Subject::U16(text) => text.len(),
            Subject::U32(text) => text.len(),
        }
    }

    /// Whether there is nothing to match.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Where a match must lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// At the beginning.
    Match,
    /// From the beginning to the end.
    FullMatch,
    /// Anywhere; the first place counts.
    Search,
}

/// A compiled pattern.
pub struct Pattern {
    program: Program,
    code: Box<[u32]>,
    flags: u32,
    groups: u32,
}

impl std::fmt::Debug for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pattern")
            .field("insts", &self.program.insts)
            .field("flags", &self.flags)
            .field("groups", &self.groups)
            .finish()
    }
}

impl Pattern {
    /// A pattern from the words that `re._compiler` emits. Answers about the locale are
    /// taken now: a pattern with `re.LOCALE` must be made anew when the locale changes.
    pub fn new(
        code: Vec<u32>,
        flags: u32,
        groups: u32,
        props: &'static dyn UnicodeProps,
    ) -> Result<Pattern, BadCode> {
        if groups > crate::code::MAX_GROUPS {
            return Err(BadCode);
        }
        let program = emit(parse(&code, groups, props)?, props);
        Ok(Pattern {
            program,
            code: code.into_boxed_slice(),
            flags,
            groups,
        })
    }

    /// The code words, by which patterns are compared.
    pub fn code(&self) -> &[u32] {
        &self.code
    }

    /// The flags it was made with.
    pub fn flags(&self) -> u32 {
        self.flags
    }

    /// How many groups it has, not counting the whole match.
    pub fn groups(&self) -> usize {
        self.groups as usize
    }

    /// Matches within a range (`pos..endpos`, cut to the subject). What lies before it is
    /// still seen by `^`, `\b` and lookbehind; what lies behind it is not.
    ///
    /// The span of the match is returned; that of the groups is in `state`. With
    /// `must_advance` a match where the range begins must not be empty. `interrupt` is called every
    /// few thousand steps, and stops the match by `true`.
    pub fn run(
        &self,
        state: &mut State,
        subject: Subject,
        within: Range<usize>,
        mode: Mode,
        must_advance: bool,
        interrupt: &mut dyn FnMut() -> bool,
    ) -> Result<Option<(usize, usize)>, MatchError> {
        let end = within.end.min(subject.len());
        let pos = within.start.min(subject.len());
        state.memory.prepare(&self.program, self.groups as usize);
        state.span = (UNSET, UNSET);
        if pos > end {
            return Ok(None);
        }
        let mut control = Control::new(mode == Mode::FullMatch, must_advance, interrupt);
        let search = mode == Mode::Search;
        let memory = &mut state.memory;
        let found = match subject {
            Subject::Bytes(text) | Subject::Latin1(text) => {
                self.find(memory, &text[..end], pos, search, &mut control)
            }
            Subject::U16(text) => self.find(memory, &text[..end], pos, search, &mut control),
            Subject::U32(text) => self.find(memory, &text[..end], pos, search, &mut control),
        }?;
        if let Some(span) = found {
            state.span = span;
        }
        Ok(found)
    }

    fn find<U: Unit>(
        &self,
        memory: &mut Memory,
        text: &[U],
        pos: usize,
        search: bool,
        control: &mut Control,
    ) -> Result<Option<(usize, usize)>, MatchError> {
        let program = &self.program;
        let Some(last) = text.len().checked_sub(program.min_width) else {
            return Ok(None);
        };
        if !search {
            if pos > last {
                return Ok(None);
            }
            let end = attempt(program, memory, text, pos, control)?;
            return Ok(end.map(|end| (pos, end)));
        }
        let must_advance = control.must_advance;
        let mut at = pos;
        while let Some(start) = program.strategy.next(text, at, pos) {
            if start > last {
                break;
            }
            if program.literal_only {
                return Ok(Some((start, start + program.min_width)));
            }
            control.must_advance = must_advance && start == pos;
            control.step()?;
            if let Some(end) = attempt(program, memory, text, start, control)? {
                return Ok(Some((start, end)));
            }
            at = start + 1;
            if let Some(one) = program.leading_run {
                at = at.max(run_end(program, text, one, start, usize::MAX));
            }
        }
        Ok(None)
    }
}

/// What a match needs and leaves: spans of groups. Made to be used again.
#[derive(Debug)]
pub struct State {
    memory: Memory,
    span: (usize, usize),
}

impl Default for State {
    fn default() -> State {
        State {
            memory: Memory::default(),
            span: (UNSET, UNSET),
        }
    }
}

impl State {
    /// An empty state.
    pub fn new() -> State {
        State::default()
    }

    /// Start and end of a group in the last match; 0 is the whole. `None` where the
    /// group has not taken part or does not exist.
    #[inline]
    pub fn group(&self, group: usize) -> Option<(usize, usize)> {
        let (start, end) = match group {
            0 => self.span,
            _ => {
                let marks = self.memory.marks.get(2 * group - 2..2 * group)?;
                (marks[0], marks[1])
            }
        };
        (start != UNSET && end != UNSET && start <= end).then_some((start, end))
    }

    /// The number of the group that was closed last (`Match.lastindex`).
    pub fn last_index(&self) -> Option<usize> {
        (self.memory.last_group != 0).then_some(self.memory.last_group)
    }
}

/// The loop over matches: `finditer`, `findall`, `sub`, `split` and `Scanner`.
///
/// After an empty match the next one may begin at the same place, but must not be
/// empty there.
#[derive(Clone, Copy, Debug)]
pub struct Scan {
    /// Where the next match may begin; `None` when there is none.
    next: Option<usize>,
    endpos: usize,
    must_advance: bool,
}

impl Scan {
    /// Matches between `pos` and `endpos`.
    pub fn new(pos: usize, endpos: usize) -> Scan {
        Scan {
            next: Some(pos),
            endpos,
            must_advance: false,
        }
    }

    /// The span of the next match; its groups are in `state`. The mode is `Search`, but
    /// for `Scanner.match`.
    #[inline]
    pub fn next(
        &mut self,
        pattern: &Pattern,
        state: &mut State,
        subject: Subject,
        mode: Mode,
        interrupt: &mut dyn FnMut() -> bool,
    ) -> Result<Option<(usize, usize)>, MatchError> {
        let Some(pos) = self.next else {
            return Ok(None);
        };
        let must_advance = self.must_advance;
        let within = pos..self.endpos;
        let found = pattern.run(state, subject, within, mode, must_advance, interrupt)?;
        self.next = found.map(|(_, end)| end);
        self.must_advance = found.is_some_and(|(start, end)| start == end);
        Ok(found)
    }
}
