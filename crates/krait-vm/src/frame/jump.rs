//! Setting `f_lineno`: where a running frame may go on, and what becomes of its registers.
//!
//! CPython's rule: a jump may leave blocks but not enter them. What the target needs in its
//! temporaries must stand there already and be of the same kind; what it does not need is
//! dropped.

use krait_bytecode::verify::effects;
use krait_bytecode::{Op, Word};
use krait_object::py::{Py, PyResult};
use krait_object::value::Value;
use krait_object::{errors, exceptions, raise};

use super::object::FrameObject;
use crate::code::CodeObject;
use crate::word::drop_word;

/// What a temporary holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Empty,
    /// What the instruction at a place has made: part of one expression, and of no other.
    Object(u32),
    /// A method that a `with` statement calls, and its receiver or nothing.
    Special,
    Optional,
    Iterator,
    /// An exception being handled.
    Exception,
    /// What was handled before.
    Saved,
    /// Where an exception was raised first.
    Place,
}

/// The temporaries before an instruction; `None` where it is not reached.
type Kinds = Option<Box<[Kind]>>;

/// Sets the place where the frame goes on to the first instruction of a line.
pub fn to_line(py: Py, this: &FrameObject, line: i64) -> PyResult<()> {
    let code = this.code();
    if line < i64::from(code.first_line()) {
        return raise!(
            py,
            ValueError,
            "line {line} comes before the current code block"
        );
    }
    let places = line_starts(code);
    let wanted = places.iter().map(|p| p.1).filter(|&l| i64::from(l) >= line);
    let Some(wanted) = wanted.min() else {
        return raise!(
            py,
            ValueError,
            "line {line} comes after the current code block"
        );
    };
    let states = states(code);
    let from = states.get(this.index() as usize).cloned().flatten();
    let Some(from) = from else {
        return raise!(py, ValueError, "can't jump from unreachable code");
    };
    let targets = places.iter().filter(|p| p.1 == wanted).map(|p| p.0);
    let target = match choose(this, &states, &from, targets) {
        Ok(target) => target,
        Err(text) => return raise!(py, ValueError, "{text}"),
    };
    fill_unbound(py, this)?;
    let needed = states[target as usize].as_deref().unwrap_or_default();
    drop_rest(py, this, &from, needed);
    // SAFETY: the record of a running frame.
    unsafe { (*this.frame()).pc = code.word_at(target) };
    Ok(())
}

/// Where lines begin.
fn line_starts(code: &CodeObject) -> Vec<(u32, u32)> {
    let runs = code.position_runs();
    let mut starts: Vec<_> = runs
        .map(|run| (run.start, code.line_at(run.start)))
        .filter(|&(_, line)| line != 0)
        .collect();
    starts.dedup_by_key(|start| start.1);
    starts
}

/// The target that needs most of what there is.
fn choose(
    this: &FrameObject,
    states: &[Kinds],
    from: &[Kind],
    targets: impl Iterator<Item = u32>,
) -> Result<u32, &'static str> {
    let mut best: Option<(usize, u32)> = None;
    let mut refusal = "cannot find bytecode for specified line";
    for target in targets {
        let Some(Some(needed)) = states.get(target as usize) else {
            refusal = "can't jump into an exception handler, or code may be unreachable";
            continue;
        };
        if !is_compatible(this, from, needed) {
            refusal = explain(needed);
            continue;
        }
        let depth = needed.iter().filter(|&&k| k != Kind::Empty).count();
        if best.is_none_or(|(most, _)| depth > most) {
            best = Some((depth, target));
        }
    }
    best.map(|(_, target)| target).ok_or(refusal)
}

fn is_compatible(this: &FrameObject, from: &[Kind], needed: &[Kind]) -> bool {
    let first = this.code().body.first_temp as usize;
    needed.iter().enumerate().all(|(i, &kind)| {
        // SAFETY: the registers of a running frame.
        let filled = unsafe { *(*this.frame()).base.add(first + i) } != 0;
        match kind {
            Kind::Empty => true,
            Kind::Optional => from[i] == Kind::Optional,
            _ => filled && from[i] == kind,
        }
    })
}

/// Why a place cannot be jumped to, by what it needs uppermost.
fn explain(needed: &[Kind]) -> &'static str {
    match needed.iter().rev().find(|&&k| k != Kind::Empty) {
        Some(Kind::Exception | Kind::Saved) => {
            "can't jump into an 'except' block as there's no exception"
        }
        Some(Kind::Place) => "can't jump into a re-raising block as there's no location",
        Some(Kind::Iterator) => "can't jump into the body of a for loop",
        _ => "incompatible stacks",
    }
}

/// Locals that are not bound become None: what reads them may rely on their being bound.
fn fill_unbound(py: Py, this: &FrameObject) -> PyResult<()> {
    let count = this.code().body.first_temp as usize;
    // SAFETY: the registers of a running frame, looked at anew after the warning.
    let empty = |i: usize| unsafe { *(*this.frame()).base.add(i) } == 0;
    let unbound = (0..count).filter(|&i| empty(i)).count();
    if unbound == 0 {
        return Ok(());
    }
    let plural = if unbound == 1 { "" } else { "s" };
    let text = format!("assigning None to {unbound} unbound local{plural}");
    errors::warn(py, &exceptions::RuntimeWarning, &text, 0)?;
    for i in (0..count).filter(|&i| empty(i)) {
        // SAFETY: as above; the register is empty.
        unsafe { *(*this.frame()).base.add(i) = Value::none().into_word() };
    }
    Ok(())
}

/// Drops what the target does not need, uppermost first; exceptions that are no longer
/// handled make way for those handled before.
fn drop_rest(py: Py, this: &FrameObject, from: &[Kind], needed: &[Kind]) {
    let first = this.code().body.first_temp as usize;
    for i in (0..from.len()).rev() {
        if needed.get(i).is_some_and(|&k| k != Kind::Empty) {
            continue;
        }
        // SAFETY: the register of a running frame, which owned its word.
        let word = unsafe { std::mem::replace(&mut *(*this.frame()).base.add(first + i), 0) };
        if word == 0 {
            continue;
        }
        // SAFETY: the word passes on.
        unsafe {
            if from[i] == Kind::Saved {
                crate::ops::exc::pop_handled(py, Value::from_word(word));
            } else {
                drop_word(word);
            }
        }
    }
}

/// What the temporaries hold before each instruction.
fn states(code: &CodeObject) -> Vec<Kinds> {
    let data = code.data();
    let temporaries = (code.body.nregs - code.body.first_temp) as usize;
    let mut states: Vec<Kinds> = vec![None; data.words.len()];
    let mut queue = vec![(0usize, vec![Kind::Empty; temporaries].into_boxed_slice())];
    while let Some((index, state)) = queue.pop() {
        if states.get(index).is_none_or(Option::is_some) {
            continue;
        }
        states[index] = Some(state.clone());
        step(code, index, state, &mut queue);
    }
    states
}

fn step(
    code: &CodeObject,
    index: usize,
    before: Box<[Kind]>,
    queue: &mut Vec<(usize, Box<[Kind]>)>,
) {
    let data = code.data();
    let first = data.first_temp as usize;
    let word = data.words[index];
    let (Some(op), Some(effects)) = (word.op(), effects(data, index)) else {
        return;
    };
    if let Some(handler) = code.handler_at(index as u32) {
        let mut entry = before.clone();
        let depth = handler.depth as usize - first;
        entry[depth..].fill(Kind::Empty);
        if handler.lasti {
            entry[depth] = Kind::Place;
        }
        entry[depth + usize::from(handler.lasti)] = Kind::Exception;
        queue.push((handler.target as usize, entry));
    }
    let mut state = before;
    let set = |state: &mut [Kind], register: u16, kind: Kind| {
        if let Some(i) = (register as usize).checked_sub(first) {
            state[i] = kind;
        }
    };
    for &(from, count) in effects.consumed.iter().chain(&effects.killed) {
        (from..from + count).for_each(|r| set(&mut state, r, Kind::Empty));
    }
    if let Some(offset) = word.jump_offset() {
        let mut jumped = state.clone();
        if let Some(register) = effects.written_on_jump {
            set(&mut jumped, register, Kind::Object(index as u32));
        }
        let target = index as i64 + 1 + i64::from(offset);
        queue.push((target as usize, jumped));
    }
    if op.info().ends {
        return;
    }
    if let Some(register) = effects.consumed_unless_jump {
        set(&mut state, register, Kind::Empty);
    }
    for &(from, count) in &effects.written {
        for register in from..from + count {
            set(&mut state, register, written(word, index, register));
        }
    }
    queue.push((index + 1 + op.extra_words(), state));
}

/// The kind of what an instruction writes.
fn written(word: Word, index: usize, register: u16) -> Kind {
    match word.op() {
        Some(Op::GET_ITER | Op::GET_AITER) => Kind::Iterator,
        Some(Op::PUSH_EXC_INFO) => Kind::Saved,
        Some(Op::LOAD_SPECIAL) if register == word.a() => Kind::Special,
        Some(Op::LOAD_METHOD | Op::LOAD_SUPER_METHOD | Op::LOAD_SPECIAL)
            if register == word.a() + 1 =>
        {
            Kind::Optional
        }
        _ => Kind::Object(index as u32),
    }
}
