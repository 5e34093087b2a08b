//! Executes a program at one place of a subject.
//!
//! One stack holds both the choices that are left and what must be restored on the way
//! back to them. While it is empty nothing is worth saving: the attempt would fail as a
//! whole. An atomic group, a lookaround and an iteration of a possessive loop cut the
//! stack back when they have matched; of what is cut only marks stay to be restored,
//! since counters of loops inside are dead by then.

use crate::analysis::same;
use crate::charset::Fold;
use crate::code::at;
use crate::parse::{One, unlimited};
use crate::program::{BODY, Inst, Loop, Next, Program, RepeatOne, TAIL};
use crate::unit::Unit;

/// Why a match was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchError {
    /// The interrupt check said so.
    Interrupted,
    /// The choices that are left do not fit in memory.
    Memory,
}

/// A mark or a place that is not set.
pub(crate) const UNSET: usize = usize::MAX;
/// Entries of the stack at most: 1.5 GB.
const MAX_STACK: usize = 1 << 26;
/// Steps between two interrupt checks.
const INTERVAL: u32 = 1 << 14;

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// Go on at instruction `n`, place `x`.
    Resume,
    /// Mark `n` was `x`, the last group `y`.
    Mark,
    /// Loop `n` had count `x` and last place `y`.
    Loop,
    /// Repeat `n` has tried `x`; the least place is `y`.
    Greedy,
    /// Repeat `n` has tried `x`; it may take `y` more.
    Lazy,
    /// Branch `n` at `x` has the alternatives `y` left.
    Branch,
    /// Lazy loop `n` at `x` may do its body.
    Again,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    kind: Kind,
    n: u32,
    x: usize,
    y: usize,
}

/// The registers of a loop.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counter {
    /// Iterations done less one, wrapping.
    count: u32,
    /// Where the last iteration began.
    last: usize,
    /// Height of the stack when a possessive iteration began.
    height: usize,
}

/// What one match at a time needs, kept for the next.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) marks: Vec<usize>,
    /// The group that was closed last; 0 for none.
    pub(crate) last_group: usize,
    /// Whether marks must be cleared before the next attempt.
    dirty: bool,
    stack: Vec<Entry>,
    counters: Vec<Counter>,
    /// Height of the stack and place where a lookaround or atomic group began.
    looks: Vec<(usize, usize)>,
}

impl Memory {
    /// Makes room for a pattern.
    pub(crate) fn prepare(&mut self, program: &Program, groups: usize) {
        self.marks.clear();
        self.marks.resize(2 * groups, UNSET);
        self.last_group = 0;
        self.dirty = false;
        let empty = Counter {
            count: 0,
            last: 0,
            height: 0,
        };
        self.counters.resize(program.loops.len(), empty);
        self.looks.resize(program.looks.len(), (0, 0));
    }

    fn clear(&mut self) {
        if self.dirty {
            self.marks.fill(UNSET);
            self.last_group = 0;
            self.dirty = false;
        }
        self.stack.clear();
    }
}

/// What holds for all attempts of one call.
pub(crate) struct Control<'a> {
    /// Whether a match must reach the end.
    pub(crate) full: bool,
    /// Whether a match at the first place must not be empty.
    pub(crate) must_advance: bool,
    pub(crate) interrupt: &'a mut dyn FnMut() -> bool,
    pub(crate) steps: u32,
}

impl<'a> Control<'a> {
    pub(crate) fn new(
        full: bool,
        must_advance: bool,
        interrupt: &'a mut dyn FnMut() -> bool,
    ) -> Self {
        Control {
            full,
            must_advance,
            interrupt,
            steps: INTERVAL,
        }
    }

    /// Counts a step; now and then asks whether to go on.
    #[inline(always)]
    pub(crate) fn step(&mut self) -> Result<(), MatchError> {
        self.steps -= 1;
        if self.steps == 0 {
            self.check()
        } else {
            Ok(())
        }
    }

    #[cold]
    fn check(&mut self) -> Result<(), MatchError> {
        self.steps = INTERVAL;
        if (self.interrupt)() {
            Err(MatchError::Interrupted)
        } else {
            Ok(())
        }
    }
}

/// One attempt.
struct Attempt<'a, U> {
    program: &'a Program,
    memory: &'a mut Memory,
    text: &'a [U],
}

/// Where to go on.
type Jump = Option<(usize, usize)>;

/// Tries to match at `start`; the end of the match.
pub(crate) fn attempt<U: Unit>(
    program: &Program,
    memory: &mut Memory,
    text: &[U],
    start: usize,
    control: &mut Control,
) -> Result<Option<usize>, MatchError> {
    memory.clear();
    let mut this = Attempt {
        program,
        memory,
        text,
    };
    let mut pc = 0;
    let mut at = start;
    loop {
        if let Some(end) = this.forward(&mut pc, &mut at, control)? {
            let fails = control.full && end != text.len() || control.must_advance && end == start;
            if !fails {
                this.memory.dirty = true;
                return Ok(Some(end));
            }
        }
        control.step()?;
        match this.back() {
            Some(place) => (pc, at) = place,
            None => return Ok(None),
        }
    }
}

impl<U: Unit> Attempt<'_, U> {
    #[inline(always)]
    fn push(&mut self, kind: Kind, n: u32, x: usize, y: usize) -> Result<(), MatchError> {
        let stack = &mut self.memory.stack;
        if stack.len() == stack.capacity() {
            grow(stack)?;
        }
        stack.push(Entry { kind, n, x, y });
        Ok(())
    }

    /// Runs until the pattern has matched (its end) or something fails (`None`).
    #[inline(always)]
    fn forward(
        &mut self,
        pc: &mut usize,
        at: &mut usize,
        control: &mut Control,
    ) -> Result<Option<usize>, MatchError> {
        let program = self.program;
        let text = self.text;
        let mut i = *pc;
        let mut pos = *at;
        // A character that must satisfy a condition.
        macro_rules! one {
            ($ch:ident => $condition:expr) => {
                match text.get(pos) {
                    Some(unit)
                        if {
                            let $ch = unit.code();
                            $condition
                        } =>
                    {
                        pos += 1;
                        i += 1;
                    }
                    _ => return Ok(None),
                }
            };
        }
        macro_rules! test {
            ($condition:expr) => {
                if $condition { i += 1 } else { return Ok(None) }
            };
        }
        macro_rules! jump {
            ($target:expr) => {
                match $target {
                    Some(target) => (i, pos) = target,
                    None => return Ok(None),
                }
            };
        }
        loop {
            match program.insts[i] {
                Inst::Literal(literal) => one!(ch => ch == literal),
                Inst::NotLiteral(literal) => one!(ch => ch != literal),
                Inst::Any => one!(ch => ch != '\n' as u32),
                Inst::All => one!(_ch => true),
                Inst::Set(id) => one!(ch => program.sets[id as usize].contains(ch)),
                Inst::Text(id) => {
                    let literal = &program.texts[id as usize];
                    test!(U::starts_with(&text[pos..], literal));
                    pos += literal.wide.len();
                }
                Inst::Mark(mark) => {
                    self.set_mark(mark, pos)?;
                    i += 1;
                }
                Inst::Jump(target) => i = target as usize,
                Inst::Possessive(id) => {
                    let repeat = &program.repeats[id as usize];
                    let end = self.run_end(repeat.one, pos, repeat.max);
                    test!(end - pos >= repeat.min);
                    pos = end;
                }
                Inst::Greedy(id) => jump!(self.greedy(id, pos)?),
                Inst::Lazy(id) => jump!(self.lazy(id, pos)?),
                Inst::Branch(id) => {
                    let branch = &program.branches[id as usize];
                    let mask = match text.get(pos) {
                        Some(unit) => match branch.low.get(unit.code() as usize) {
                            Some(&mask) => mask,
                            None => branch.high,
                        },
                        None => branch.end,
                    };
                    if mask == 0 {
                        return Ok(None);
                    }
                    let rest = mask & (mask - 1);
                    if rest != 0 {
                        self.push(Kind::Branch, id, pos, rest as usize)?;
                    }
                    i = branch.targets[mask.trailing_zeros() as usize] as usize;
                }
                Inst::SimpleGreedy(id) => {
                    let info = &program.loops[id as usize];
                    control.step()?;
                    match self.admitted(info, pos) {
                        0 => return Ok(None),
                        BODY => i = info.body as usize,
                        TAIL => i = info.tail as usize,
                        _ => {
                            self.push(Kind::Resume, info.tail, pos, 0)?;
                            i = info.body as usize;
                        }
                    }
                }
                Inst::SimpleLazy(id) => {
                    let info = &program.loops[id as usize];
                    control.step()?;
                    match self.admitted(info, pos) {
                        0 => return Ok(None),
                        BODY => i = info.body as usize,
                        TAIL => i = info.tail as usize,
                        _ => {
                            self.push(Kind::Resume, info.body, pos, 0)?;
                            i = info.tail as usize;
                        }
                    }
                }
                Inst::Boundary(id) => test!(self.boundary(id, pos)),
                Inst::NotBoundary(id) => test!(!self.boundary(id, pos)),
                Inst::At(kind) => test!(self.place(kind, pos)),
                Inst::LoopInit(id) => {
                    self.enter_loop(id)?;
                    i += 1;
                }
                Inst::LoopGreedy(id) => {
                    control.step()?;
                    jump!(self.loop_greedy(id, pos)?);
                }
                Inst::LoopLazy(id) => {
                    control.step()?;
                    jump!(self.loop_lazy(id, pos)?);
                }
                Inst::GroupRef(group) => match self.group_ref(group, Fold::None, pos) {
                    Some(end) => (i, pos) = (i + 1, end),
                    None => return Ok(None),
                },
                Inst::GroupRefFold(group, fold) => match self.group_ref(group, fold, pos) {
                    Some(end) => (i, pos) = (i + 1, end),
                    None => return Ok(None),
                },
                Inst::Exists(id) => {
                    let exists = &program.exists[id as usize];
                    i = match self.group(exists.group) {
                        Some(_) => i + 1,
                        None => exists.otherwise as usize,
                    };
                }
                Inst::PossessiveTop(id) => {
                    control.step()?;
                    i = self.possessive_top(id, pos)?;
                }
                Inst::PossessiveEnd(id) => {
                    let info = &program.loops[id as usize];
                    let counter = &mut self.memory.counters[id as usize];
                    counter.count = counter.count.wrapping_add(1);
                    let height = counter.height;
                    self.cut(height, info.marks);
                    i = info.body as usize - 1;
                }
                Inst::AtomicBegin(id) => {
                    self.memory.looks[id as usize] = (self.memory.stack.len(), pos);
                    i += 1;
                }
                Inst::AtomicEnd(id) => {
                    let (height, _) = self.memory.looks[id as usize];
                    self.cut(height, program.looks[id as usize].marks);
                    i += 1;
                }
                Inst::LookBegin(id) => {
                    self.memory.looks[id as usize] = (self.memory.stack.len(), pos);
                    match pos.checked_sub(program.looks[id as usize].behind as usize) {
                        Some(start) => (i, pos) = (i + 1, start),
                        None => return Ok(None),
                    }
                }
                Inst::LookEnd(id) => {
                    let (height, start) = self.memory.looks[id as usize];
                    self.cut(height, program.looks[id as usize].marks);
                    (i, pos) = (i + 1, start);
                }
                Inst::NotLookBegin(id) => {
                    let look = &program.looks[id as usize];
                    self.memory.looks[id as usize] = (self.memory.stack.len(), pos);
                    match pos.checked_sub(look.behind as usize) {
                        Some(start) => {
                            self.push(Kind::Resume, look.pc, pos, 0)?;
                            (i, pos) = (i + 1, start);
                        }
                        None => i = look.pc as usize,
                    }
                }
                Inst::NotLookEnd(id) => {
                    let (height, _) = self.memory.looks[id as usize];
                    self.undo(height);
                    return Ok(None);
                }
                Inst::Fail => return Ok(None),
                Inst::Success => return Ok(Some(pos)),
            }
        }
    }

    /// Restores what the last choice asks for and says where it goes on.
    #[inline(always)]
    fn back(&mut self) -> Jump {
        loop {
            let entry = self.memory.stack.last_mut()?;
            match entry.kind {
                Kind::Resume => {
                    let place = (entry.n as usize, entry.x);
                    self.memory.stack.pop();
                    return Some(place);
                }
                Kind::Branch => {
                    let branch = &self.program.branches[entry.n as usize];
                    let mask = entry.y as u64;
                    let place = (
                        branch.targets[mask.trailing_zeros() as usize] as usize,
                        entry.x,
                    );
                    entry.y = (mask & (mask - 1)) as usize;
                    if entry.y == 0 {
                        self.memory.stack.pop();
                    }
                    return Some(place);
                }
                Kind::Greedy => {
                    let repeat = &self.program.repeats[entry.n as usize];
                    match last_candidate(&repeat.next, self.text, entry.y, entry.x) {
                        Some(pos) => {
                            entry.x = pos;
                            if pos == entry.y {
                                self.memory.stack.pop();
                            }
                            return Some((repeat.pc as usize, pos));
                        }
                        None => self.memory.stack.pop(),
                    };
                }
                Kind::Lazy => {
                    let repeat = &self.program.repeats[entry.n as usize];
                    let (pos, more) = (entry.x, entry.y);
                    let found = match self.text.get(pos) {
                        Some(unit) if more > 0 && one_matches(self.program, repeat.one, *unit) => {
                            next_candidate(self.program, repeat, self.text, pos + 1, more - 1)
                        }
                        _ => None,
                    };
                    match found {
                        Some((pos, more)) => {
                            (entry.x, entry.y) = (pos, more);
                            return Some((repeat.pc as usize, pos));
                        }
                        None => self.memory.stack.pop(),
                    };
                }
                Kind::Mark | Kind::Loop => {
                    let entry = *entry;
                    self.memory.stack.pop();
                    self.restore(entry);
                }
                Kind::Again => {
                    let (id, pos) = (entry.n, entry.x);
                    self.memory.stack.pop();
                    // The entry just taken away left room for what is pushed here.
                    if let Ok(Some(place)) = self.lazy_body(id, pos) {
                        return Some(place);
                    }
                }
            }
        }
    }

    fn restore(&mut self, entry: Entry) {
        match entry.kind {
            Kind::Mark => {
                self.memory.marks[entry.n as usize] = entry.x;
                self.memory.last_group = entry.y;
            }
            Kind::Loop => {
                let counter = &mut self.memory.counters[entry.n as usize];
                counter.count = entry.x as u32;
                counter.last = entry.y;
            }
            _ => {}
        }
    }

    /// Goes back to a height and restores everything.
    fn undo(&mut self, height: usize) {
        while self.memory.stack.len() > height {
            if let Some(entry) = self.memory.stack.pop() {
                self.restore(entry);
            }
        }
    }

    /// Gives up the choices above a height; marks stay to be restored.
    fn cut(&mut self, height: usize, marks: bool) {
        let stack = &mut self.memory.stack;
        if height == 0 || !marks {
            stack.truncate(height);
            self.memory.dirty |= marks;
            return;
        }
        let mut kept = height;
        for i in height..stack.len() {
            if matches!(stack[i].kind, Kind::Mark) {
                stack[kept] = stack[i];
                kept += 1;
            }
        }
        stack.truncate(kept);
    }

    #[inline(always)]
    fn set_mark(&mut self, mark: u32, pos: usize) -> Result<(), MatchError> {
        if self.memory.stack.is_empty() {
            self.memory.dirty = true;
        } else {
            let (old, last) = (self.memory.marks[mark as usize], self.memory.last_group);
            self.push(Kind::Mark, mark, old, last)?;
        }
        self.memory.marks[mark as usize] = pos;
        if mark & 1 == 1 {
            self.memory.last_group = mark as usize / 2 + 1;
        }
        Ok(())
    }

    /// Start and end of a group that has matched.
    fn group(&self, group: u32) -> Option<(usize, usize)> {
        let marks = &self.memory.marks;
        let (start, end) = (marks[2 * group as usize], marks[2 * group as usize + 1]);
        (start != UNSET && end != UNSET && start <= end).then_some((start, end))
    }

    fn group_ref(&self, group: u32, fold: Fold, pos: usize) -> Option<usize> {
        let (start, end) = self.group(group)?;
        let wanted = &self.text[start..end];
        let stop = pos + wanted.len();
        let found = self.text.get(pos..stop)?;
        let equal = match fold {
            Fold::None => found == wanted,
            _ => found
                .iter()
                .zip(wanted)
                .all(|(a, b)| same(a.code(), b.code(), fold, self.program.props)),
        };
        equal.then_some(stop)
    }

    fn boundary(&self, set: u32, pos: usize) -> bool {
        let set = &self.program.sets[set as usize];
        let before = pos > 0 && set.contains(self.text[pos - 1].code());
        let after = self.text.get(pos).is_some_and(|u| set.contains(u.code()));
        before != after
    }

    fn place(&self, kind: u32, pos: usize) -> bool {
        let len = self.text.len();
        let feed = |i: usize| self.text.get(i).is_some_and(|u| u.code() == '\n' as u32);
        match kind {
            at::BEGINNING | at::BEGINNING_STRING => pos == 0,
            at::BEGINNING_LINE => pos == 0 || feed(pos - 1),
            at::END => pos == len || pos + 1 == len && feed(pos),
            at::END_LINE => pos == len || feed(pos),
            _ => pos == len,
        }
    }

    /// How a loop may go on with the character at a place.
    #[inline(always)]
    fn admitted(&self, info: &Loop, pos: usize) -> u8 {
        match self.text.get(pos) {
            Some(unit) => info
                .low
                .get(unit.code() as usize)
                .copied()
                .unwrap_or(info.high),
            None => info.end,
        }
    }

    /// How far a repeat of single characters goes, `max` at most.
    #[inline(always)]
    fn run_end(&self, one: One, pos: usize, max: usize) -> usize {
        run_end(self.program, self.text, one, pos, max)
    }

    #[inline(always)]
    fn greedy(&mut self, id: u32, pos: usize) -> Result<Jump, MatchError> {
        let repeat = &self.program.repeats[id as usize];
        let end = self.run_end(repeat.one, pos, repeat.max);
        let least = pos.saturating_add(repeat.min);
        if end < least {
            return Ok(None);
        }
        let Some(best) = last_candidate(&repeat.next, self.text, least, end + 1) else {
            return Ok(None);
        };
        if best > least {
            self.push(Kind::Greedy, id, best, least)?;
        }
        Ok(Some((repeat.pc as usize, best)))
    }

    fn lazy(&mut self, id: u32, pos: usize) -> Result<Jump, MatchError> {
        let repeat = &self.program.repeats[id as usize];
        let end = self.run_end(repeat.one, pos, repeat.min);
        if end - pos < repeat.min {
            return Ok(None);
        }
        let more = repeat.max - repeat.min;
        let Some((pos, more)) = next_candidate(self.program, repeat, self.text, end, more) else {
            return Ok(None);
        };
        if more > 0 {
            self.push(Kind::Lazy, id, pos, more)?;
        }
        Ok(Some((repeat.pc as usize, pos)))
    }

    /// Saves a loop's registers where a choice may need them again.
    fn save_counter(&mut self, id: u32) -> Result<(), MatchError> {
        if self.memory.stack.is_empty() {
            return Ok(());
        }
        let counter = self.memory.counters[id as usize];
        self.push(Kind::Loop, id, counter.count as usize, counter.last)
    }

    fn enter_loop(&mut self, id: u32) -> Result<(), MatchError> {
        if self.program.loops[id as usize].nested {
            self.save_counter(id)?;
        }
        self.memory.counters[id as usize] = Counter {
            count: u32::MAX,
            last: UNSET,
            height: 0,
        };
        Ok(())
    }

    /// Begins an iteration, the one after `count` that are done.
    fn iterate(&mut self, id: u32, count: u32, last: usize) {
        let counter = &mut self.memory.counters[id as usize];
        // A loop without limit goes on when there are more than can be counted.
        counter.count = count.min(u32::MAX - 2);
        counter.last = last;
    }

    fn loop_greedy(&mut self, id: u32, pos: usize) -> Result<Jump, MatchError> {
        let info = &self.program.loops[id as usize];
        let counter = self.memory.counters[id as usize];
        let count = counter.count.wrapping_add(1);
        if count < info.min {
            self.save_counter(id)?;
            self.iterate(id, count, counter.last);
            return Ok(Some((info.body as usize, pos)));
        }
        let admitted = self.admitted(info, pos);
        let more = (count < info.max || unlimited(info.max)) && pos != counter.last;
        if more && admitted & BODY != 0 {
            self.save_counter(id)?;
            if admitted & TAIL != 0 {
                self.push(Kind::Resume, info.tail, pos, 0)?;
            }
            self.iterate(id, count, pos);
            return Ok(Some((info.body as usize, pos)));
        }
        Ok((admitted & TAIL != 0).then_some((info.tail as usize, pos)))
    }

    fn loop_lazy(&mut self, id: u32, pos: usize) -> Result<Jump, MatchError> {
        let info = &self.program.loops[id as usize];
        let counter = self.memory.counters[id as usize];
        let count = counter.count.wrapping_add(1);
        if count < info.min {
            self.save_counter(id)?;
            self.iterate(id, count, counter.last);
            return Ok(Some((info.body as usize, pos)));
        }
        if self.admitted(info, pos) & TAIL == 0 {
            return self.lazy_body(id, pos);
        }
        self.push(Kind::Again, id, pos, 0)?;
        Ok(Some((info.tail as usize, pos)))
    }

    /// One more iteration of a lazy loop, whose tail did not match.
    fn lazy_body(&mut self, id: u32, pos: usize) -> Result<Jump, MatchError> {
        let info = &self.program.loops[id as usize];
        let counter = self.memory.counters[id as usize];
        let count = counter.count.wrapping_add(1);
        let more = (count < info.max || unlimited(info.max)) && pos != counter.last;
        if !more || self.admitted(info, pos) & BODY == 0 {
            return Ok(None);
        }
        self.save_counter(id)?;
        self.iterate(id, count, pos);
        Ok(Some((info.body as usize, pos)))
    }

    fn possessive_top(&mut self, id: u32, pos: usize) -> Result<usize, MatchError> {
        let info = &self.program.loops[id as usize];
        let height = self.memory.stack.len();
        let admitted = self.admitted(info, pos);
        let counter = &mut self.memory.counters[id as usize];
        let count = counter.count.wrapping_add(1);
        counter.height = height;
        if count < info.min {
            return Ok(info.body as usize);
        }
        let more = (count < info.max || unlimited(info.max)) && pos != counter.last;
        if !more || admitted & BODY == 0 {
            return Ok(info.tail as usize);
        }
        counter.last = pos;
        self.push(Kind::Resume, info.tail, pos, 0)?;
        Ok(info.body as usize)
    }
}

#[cold]
fn grow(stack: &mut Vec<Entry>) -> Result<(), MatchError> {
    let more = stack.len().max(64);
    if stack.len() >= MAX_STACK || stack.try_reserve_exact(more).is_err() {
        return Err(MatchError::Memory);
    }
    Ok(())
}

/// How far a run of single characters goes from a place, `max` at most.
#[inline(always)]
pub(crate) fn run_end<U: Unit>(
    program: &Program,
    text: &[U],
    one: One,
    pos: usize,
    max: usize,
) -> usize {
    let rest = &text[pos..text.len().min(pos.saturating_add(max))];
    let count = match one {
        One::Set(id) => {
            let set = &program.sets[id as usize];
            rest.iter().position(|u| !set.contains(u.code()))
        }
        One::Any => U::from_code('\n' as u32).and_then(|feed| U::find(rest, feed)),
        One::All => None,
        One::Literal(ch) => rest.iter().position(|u| u.code() != ch),
        One::NotLiteral(ch) => U::from_code(ch).and_then(|unit| U::find(rest, unit)),
    };
    pos + count.unwrap_or(rest.len())
}

#[inline(always)]
fn one_matches<U: Unit>(program: &Program, one: One, unit: U) -> bool {
    let ch = unit.code();
    match one {
        One::Literal(literal) => ch == literal,
        One::NotLiteral(literal) => ch != literal,
        One::Any => ch != '\n' as u32,
        One::All => true,
        One::Set(id) => program.sets[id as usize].contains(ch),
    }
}

/// The last place from `low` to before `high` where what follows may begin.
#[inline(always)]
fn last_candidate<U: Unit>(next: &Next, text: &[U], low: usize, high: usize) -> Option<usize> {
    let range = text.get(low..high.min(text.len()));
    match next {
        Next::Unknown => (high > low).then(|| high - 1),
        Next::Char(ch) => {
            let (range, unit) = (range?, U::from_code(*ch)?);
            U::rfind(range, unit).map(|i| low + i)
        }
        Next::Table { low: table, high } => {
            let admits = |u: &U| table.get(u.code() as usize).copied().unwrap_or(*high);
            range?.iter().rposition(admits).map(|i| low + i)
        }
    }
}

/// The first place from `pos` on where what follows may begin, with at most `more`
/// characters of the repeat before it, and how many it may still take after that.
#[inline(always)]
fn next_candidate<U: Unit>(
    program: &Program,
    repeat: &RepeatOne,
    text: &[U],
    pos: usize,
    more: usize,
) -> Option<(usize, usize)> {
    let (mut pos, mut more) = (pos, more);
    if let (One::Any | One::All, Next::Char(ch)) = (repeat.one, &repeat.next)
        && let Ok(byte) = u8::try_from(*ch)
    {
        let stop = text.len().min(pos.saturating_add(more).saturating_add(1));
        let rest = text.get(pos..stop)?;
        let skip = match repeat.one {
            One::All => U::find(rest, U::from_code(*ch)?)?,
            _ => U::find_any(rest, &[byte, b'\n'])?,
        };
        return (rest[skip].code() == *ch).then(|| (pos + skip, more - skip));
    }
    loop {
        let admits = match &repeat.next {
            Next::Unknown => true,
            Next::Char(ch) => text.get(pos)?.code() == *ch,
            Next::Table { low, high } => low
                .get(text.get(pos)?.code() as usize)
                .copied()
                .unwrap_or(*high),
        };
        if admits {
            return Some((pos, more));
        }
        if more == 0 || !one_matches(program, repeat.one, *text.get(pos)?) {
            return None;
        }
        pos += 1;
        more -= 1;
    }
}
