//! Instructions replaced so that tracing and monitoring hear of them.
//!
//! A replaced instruction has the operation `TRACE` in the code's words; what it was stands
//! in the code's data, which never change. What always holds: a code whose `instrumented`
//! is the present version has just those instructions replaced that somebody waits for.
//! Settings that change make a new version; codes follow when they are next entered or
//! reach a replaced instruction.

use std::cell::Cell;
use std::sync::atomic::Ordering;

use krait_bytecode::{Op, Word};
use krait_object::py::{GilCell, Py};
use krait_object::thread::{EVAL_BREAKER, breaker};

use crate::code::CodeObject;
use crate::frame::{Frame, flag};
use crate::monitoring::{self, event};
use crate::threads;

/// The number of an instruction that was replaced.
const TRACE: u64 = 0xFF;

/// What is known of the words of a code: bits for each word index.
pub mod mark {
    /// An instruction, not one of its other words.
    pub const INSTRUCTION: u8 = 1;
    /// Where line events may come: the first of a line, the target of a jump or a handler.
    pub const LINE: u8 = 2;
    /// A call.
    pub const CALL: u8 = 4;
    /// A jump, with or without condition.
    pub const JUMP: u8 = 8;
    /// Reached by exceptions only.
    pub const COLD: u8 = 16;
}

struct Settings {
    version: Cell<u32>,
    traced: Cell<bool>,
    profiled: Cell<bool>,
    /// Some frame wants events of instructions (`f_trace_opcodes`).
    opcodes: Cell<bool>,
}

static SETTINGS: GilCell<Settings> = GilCell::new(Settings {
    version: Cell::new(1),
    traced: Cell::new(false),
    profiled: Cell::new(false),
    opcodes: Cell::new(false),
});

/// Trace or profile functions of some thread, or the settings of `sys.monitoring`, are not
/// what they were: running code is set up for them.
pub fn settings_changed(py: Py) {
    let settings = SETTINGS.get(py);
    let states = threads::states(py);
    let has = |which: fn(&krait_abi::PyThreadState) -> bool| {
        // SAFETY: listed states are alive, and do not change while the GIL is held.
        states.iter().any(|&s| which(unsafe { &*(*s).raw() }))
    };
    settings.traced.set(has(|s| s.c_tracefunc.is_some()));
    settings.profiled.set(has(|s| s.c_profilefunc.is_some()));
    if !settings.traced.get() {
        settings.opcodes.set(false);
    }
    settings.version.set(settings.version.get().wrapping_add(1));
    if !(settings.traced.get() || settings.profiled.get() || monitoring::is_active(py)) {
        EVAL_BREAKER.fetch_and(!breaker::TRACING, Ordering::AcqRel);
        return;
    }
    EVAL_BREAKER.fetch_or(breaker::TRACING, Ordering::AcqRel);
    for state in states {
        // SAFETY: listed states are alive, their frames too, and other threads do not run
        // while this one holds the GIL.
        unsafe {
            let stack = (*state).vm().cast::<crate::stack::Stack>();
            if stack.is_null() {
                continue;
            }
            let mut frame = (*stack).current;
            while !frame.is_null() {
                running_frame(py, frame);
                frame = (*frame).previous;
            }
        }
    }
}

/// Changes with the settings.
pub fn version(py: Py) -> u32 {
    SETTINGS.get(py).version.get()
}

/// Makes a frame known that runs already.
///
/// # Safety
/// The frame is alive.
unsafe fn running_frame(py: Py, frame: *mut Frame) {
    // SAFETY: the contract.
    unsafe {
        let code = Frame::code_ref(frame);
        update(py, code);
        (*frame).flags |= flag::TRACED;
        // Of a frame that is being entered, the first line is still to come.
        let wanted = wanted_marks(py, code);
        if (*frame).flags & flag::AT_ENTRY != 0 || wanted & (mark::LINE | mark::INSTRUCTION) == 0 {
            return;
        }
        let (object, index) = (
            crate::frame::object::of_frame(py, frame),
            Frame::index(frame),
        );
        if wanted & mark::LINE != 0 {
            object.last_line_place.set(Some(index));
        }
        let marks = code.marks().get(index as usize);
        if wanted & mark::INSTRUCTION != 0 && marks.is_some_and(|m| m & mark::CALL != 0) {
            object.within_call.set(Some(index));
        }
    }
}

/// A frame wants events of instructions.
pub fn opcodes_wanted(py: Py) {
    let settings = SETTINGS.get(py);
    if !settings.opcodes.replace(true) && settings.traced.get() {
        settings_changed(py);
    }
}

/// Brings a code's words up to the present settings.
#[inline]
pub fn update(py: Py, code: &CodeObject) {
    let version = SETTINGS.get(py).version.get();
    if code.body.instrumented.replace(version) != version {
        set_up(py, code);
    }
}

#[cold]
fn set_up(py: Py, code: &CodeObject) {
    code.read();
    let wanted = wanted_marks(py, code);
    let marks = code.marks();
    code.body.partly_instrumented.set(false);
    for (index, &marks) in marks.iter().enumerate() {
        if marks & mark::INSTRUCTION != 0 {
            replace(code, index as u32, marks & wanted != 0);
        }
    }
}

/// Which instructions somebody waits for, as the marks they have.
fn wanted_marks(py: Py, code: &CodeObject) -> u8 {
    let settings = SETTINGS.get(py);
    let events = monitoring::wanted(py, code);
    let mut wanted = 0;
    if settings.traced.get() || events & event::LINE != 0 {
        wanted |= mark::LINE;
    }
    if settings.profiled.get() || events & event::CALL != 0 {
        wanted |= mark::CALL;
    }
    if events & event::JUMPS != 0 {
        wanted |= mark::JUMP;
    }
    if settings.opcodes.get() || events & event::INSTRUCTION != 0 {
        wanted |= mark::INSTRUCTION;
    }
    wanted
}

/// Replaces an instruction or puts it back.
fn replace(code: &CodeObject, index: u32, traced: bool) {
    let op = if traced {
        TRACE
    } else {
        u64::from(code.data().words[index as usize].op_byte())
    };
    // SAFETY: the index is an instruction's of the code; the interpreter reads a word anew
    // at each instruction.
    unsafe {
        let word = code.word_at(index);
        *word = *word & !0xFF | op;
    }
}

/// A callback has disabled events at an instruction: if nobody else waits for it, it is
/// put back.
pub fn place_changed(py: Py, code: &CodeObject, index: u32) {
    let settings = SETTINGS.get(py);
    if settings.traced.get() || settings.profiled.get() {
        return;
    }
    let Some(&marks) = code.marks().get(index as usize) else {
        return;
    };
    let kinds = [
        (mark::LINE, event::LINE),
        (mark::CALL, event::CALL),
        (mark::JUMP, event::JUMP),
        (mark::JUMP, event::BRANCH_LEFT),
        (mark::JUMP, event::BRANCH_RIGHT),
        (mark::INSTRUCTION, event::INSTRUCTION),
    ];
    let used = kinds
        .iter()
        .any(|&(mark, event)| marks & mark != 0 && monitoring::wants_at(py, code, index, event));
    if marks & mark::INSTRUCTION != 0 && !used {
        replace(code, index, false);
        code.body.partly_instrumented.set(true);
    }
}

/// The operation at a place, if one is there.
pub fn op_at(code: &CodeObject, index: u32) -> Option<Op> {
    let there = (index as usize) < code.word_count();
    there.then(|| original(code, index)).and_then(|w| w.op())
}

/// The instruction at a place as it is in the code, with what caches have made of it.
pub fn original(code: &CodeObject, index: u32) -> Word {
    // SAFETY: the index is an instruction's of the code.
    let word = unsafe { *code.word_at(index) };
    if word & 0xFF != TRACE {
        return Word(word);
    }
    let op = u64::from(code.data().words[index as usize].op_byte());
    Word(word & !0xFF | op)
}

/// The marks of a code's words.
pub fn marks_of(code: &CodeObject) -> Box<[u8]> {
    let words = &code.data().words;
    let mut marks = vec![0u8; words.len()];
    let mut index = 0;
    while let Some(word) = words.get(index)
        && let Some(op) = word.op()
    {
        marks[index] |= mark::INSTRUCTION | kind(op);
        if let Some(offset) = word.jump_offset() {
            marks[index] |= mark::JUMP;
            let target = index as i64 + 1 + i64::from(offset);
            if let Some(target) = marks.get_mut(target as usize) {
                *target |= mark::LINE;
            }
        }
        index += 1 + op.extra_words();
    }
    let starts = code.line_runs().iter().map(|r| r.start);
    for start in starts.chain(code.handlers().iter().map(|h| h.target)) {
        if let Some(start) = marks.get_mut(start as usize) {
            *start |= mark::LINE;
        }
    }
    for (index, marks) in marks.iter_mut().enumerate() {
        if *marks & mark::INSTRUCTION == 0 || code.known_line_at(index as u32).is_none() {
            *marks &= !mark::LINE;
        }
    }
    mark_cold(code, &mut marks);
    marks.into_boxed_slice()
}

fn kind(op: Op) -> u8 {
    match op {
        Op::CALL
        | Op::CALL_METHOD
        | Op::CALL_KW
        | Op::CALL_METHOD_KW
        | Op::CALL_EX
        | Op::LOAD_SUPER_ATTR
        | Op::LOAD_SUPER_METHOD => mark::CALL,
        _ => 0,
    }
}

/// Where a jump leads that is not taken, and taken.
pub fn ways(code: &CodeObject, index: u32) -> Option<(u32, u32)> {
    let word = code.data().words.get(index as usize)?;
    let taken = i64::from(index) + 1 + i64::from(word.jump_offset()?);
    Some((index + 1 + word.op()?.extra_words() as u32, taken as u32))
}

/// Whether the jump taken is the left way of a branch: into a loop's body.
pub fn taken_is_left(word: Word) -> bool {
    match word.op() {
        Some(Op::FOR_ITER | Op::FOR_ITER_PAIR) => true,
        _ => word.flag() & krait_bytecode::op::JUMP_LOOP != 0,
    }
}

/// Where a branch leads as it is told: a loop's item is stored by the instruction itself,
/// which its second word stands for.
pub fn told_target(word: Word, index: u32, left: bool, to: u32) -> u32 {
    match word.op() {
        Some(Op::FOR_ITER | Op::FOR_ITER_PAIR) if left => index + 1,
        _ => to,
    }
}

/// Marks what only exceptions lead to.
fn mark_cold(code: &CodeObject, marks: &mut [u8]) {
    let words = &code.data().words;
    let mut warm = vec![false; words.len()];
    let mut queue = vec![0];
    while let Some(index) = queue.pop() {
        let Some(op) = words.get(index).and_then(|w| w.op()) else {
            continue;
        };
        if std::mem::replace(&mut warm[index], true) {
            continue;
        }
        if let Some(offset) = words[index].jump_offset() {
            queue.push((index as i64 + 1 + i64::from(offset)) as usize);
        }
        if !op.info().ends {
            queue.push(index + 1 + op.extra_words());
        }
    }
    let mut last = true;
    for (marks, warm) in marks.iter_mut().zip(warm) {
        if *marks & mark::INSTRUCTION != 0 {
            last = warm;
        }
        if !last {
            *marks |= mark::COLD;
        }
    }
}

/// Whether it is a jump without condition.
pub fn is_plain_jump(word: Word) -> bool {
    matches!(word.op(), Some(Op::JUMP | Op::JUMP_BACK))
}
