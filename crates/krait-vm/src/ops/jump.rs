//! Jumps.

use krait_bytecode::Word;
use krait_bytecode::op::{COMPARE_SWAPPED, JUMP_LOOP, JUMP_SENSE};
use krait_object::protocol::{self, CompareOp};
use krait_object::py::{PyResult, Raised};
use krait_object::singletons;
use krait_object::value::{INT_TAG, Value, int_to_word, is_double, word_to_double, word_to_int};

use crate::state::{Flow, State, short, signed, wide};

/// The truth of immediates, None and booleans.
#[inline(always)]
pub fn quick_truth(word: u64) -> Option<bool> {
    if word == singletons::true_object().as_ptr() as u64 {
        Some(true)
    } else if word == singletons::false_object().as_ptr() as u64
        || word == singletons::none().as_ptr() as u64
    {
        Some(false)
    } else if word >= INT_TAG {
        Some(word_to_int(word) != 0)
    } else if is_double(word) {
        Some(word_to_double(word) != 0.0)
    } else {
        None
    }
}

/// A back edge: polls, then jumps.
#[inline(always)]
pub fn back(s: &State, to: Flow) -> Flow {
    if crate::breaker::is_set() && crate::breaker::poll(*s).is_err() {
        return Flow::Raise;
    }
    to
}

/// Jumps if the flag says so; polls on a loop's back edge.
#[inline(always)]
fn branch(s: &State, w: Word, truth: bool, to: Flow) -> Flow {
    if truth != (w.flag() & JUMP_SENSE != 0) {
        return Flow::Next;
    }
    if w.flag() & JUMP_LOOP != 0 {
        back(s, to)
    } else {
        to
    }
}

#[inline(always)]
pub fn JUMP(_s: &mut State, w: Word) -> Flow {
    wide(w)
}

#[inline(always)]
pub fn JUMP_BACK(s: &mut State, w: Word) -> Flow {
    back(s, wide(w))
}

/// The truth of an operand, which is consumed.
#[inline(never)]
fn slow_truth(s: State, register: u16) -> PyResult<bool> {
    s.save();
    let value = s.take(register);
    protocol::truth(s.py, &value)
}

#[inline(always)]
fn truth(s: &State, register: u16) -> PyResult<bool> {
    match quick_truth(s.get(register)) {
        // None and booleans are immortal: nothing to give back, but the register.
        Some(truth) => {
            s.release(register);
            Ok(truth)
        }
        None => slow_truth(*s, register),
    }
}

#[inline(always)]
fn on_truth(s: &mut State, w: Word, wanted: bool) -> Flow {
    match truth(s, w.a()) {
        Ok(truth) if truth == wanted => {
            if w.flag() & JUMP_LOOP != 0 {
                back(s, wide(w))
            } else {
                wide(w)
            }
        }
        Ok(_) => Flow::Next,
        Err(Raised) => Flow::Raise,
    }
}

#[inline(always)]
pub fn JUMP_IF_TRUE(s: &mut State, w: Word) -> Flow {
    on_truth(s, w, true)
}

#[inline(always)]
pub fn JUMP_IF_FALSE(s: &mut State, w: Word) -> Flow {
    on_truth(s, w, false)
}

#[inline(always)]
fn on_none(s: &mut State, w: Word, wanted: bool) -> Flow {
    let none = s.lend(w.a()).is_none();
    s.release(w.a());
    if none != wanted {
        return Flow::Next;
    }
    if w.flag() & JUMP_LOOP != 0 {
        back(s, wide(w))
    } else {
        wide(w)
    }
}

#[inline(always)]
pub fn JUMP_IF_NONE(s: &mut State, w: Word) -> Flow {
    on_none(s, w, true)
}

#[inline(always)]
pub fn JUMP_IF_NOT_NONE(s: &mut State, w: Word) -> Flow {
    on_none(s, w, false)
}

/// The truth of an operand, which stays.
#[inline(never)]
fn slow_peek(s: State, register: u16) -> PyResult<bool> {
    s.save();
    let value = s.copy(register);
    protocol::truth(s.py, &value)
}

#[inline(always)]
fn and_or(s: &mut State, w: Word, wanted: bool) -> Flow {
    let truth = match quick_truth(s.get(w.b())) {
        Some(truth) => Ok(truth),
        None => slow_peek(*s, w.b()),
    };
    match truth {
        Ok(truth) if truth == wanted => {
            let value = s.take(w.b());
            s.set_value(w.a(), value);
            short(w)
        }
        Ok(_) => {
            s.release(w.b());
            Flow::Next
        }
        Err(Raised) => Flow::Raise,
    }
}

#[inline(always)]
pub fn JUMP_IF_TRUE_SET(s: &mut State, w: Word) -> Flow {
    and_or(s, w, true)
}

#[inline(always)]
pub fn JUMP_IF_FALSE_SET(s: &mut State, w: Word) -> Flow {
    and_or(s, w, false)
}

#[inline(never)]
fn slow_compare(s: State, a: Value, b: Value, op: CompareOp) -> PyResult<bool> {
    s.save();
    if let Some(truth) = super::compare::quick_strings(op, a.word(), b.word()) {
        return Ok(truth);
    }
    let result = protocol::rich_compare(s.py, &a, &b, op)?;
    drop((b, a));
    protocol::truth(s.py, &result)
}

#[inline(always)]
fn on_comparison(s: &mut State, w: Word, op: CompareOp) -> Flow {
    if let Some(truth) = super::compare::quick(op, s.get(w.a()), s.get(w.b())) {
        return branch(s, w, truth, short(w));
    }
    let (a, b) = super::arith::take_two(s, w.a(), w.b());
    match slow_compare(*s, a, b, op) {
        Ok(truth) => branch(s, w, truth, short(w)),
        Err(Raised) => Flow::Raise,
    }
}

/// With the other operand given as a word.
#[inline(always)]
fn on_comparison_with(s: &mut State, w: Word, op: CompareOp, other: u64) -> Flow {
    if let Some(truth) = super::compare::quick(op, s.get(w.a()), other) {
        return branch(s, w, truth, short(w));
    }
    // SAFETY: the word is an immediate or a constant's.
    let other = unsafe { crate::word::value(other) };
    let a = s.take(w.a());
    let swapped = w.flag() & COMPARE_SWAPPED != 0;
    let (a, other, op) = if swapped {
        (other, a, op.swapped())
    } else {
        (a, other, op)
    };
    match slow_compare(*s, a, other, op) {
        Ok(truth) => branch(s, w, truth, short(w)),
        Err(Raised) => Flow::Raise,
    }
}

macro_rules! compare_and_branch {
    ($($plain:ident $imm:ident $op:ident $($constant:ident)?;)*) => { $(
        #[inline(always)]
        pub fn $plain(s: &mut State, w: Word) -> Flow {
            on_comparison(s, w, CompareOp::$op)
        }
        #[inline(always)]
        pub fn $imm(s: &mut State, w: Word) -> Flow {
            on_comparison_with(s, w, CompareOp::$op, int_to_word(signed(w.b())))
        }
        $(#[inline(always)]
        pub fn $constant(s: &mut State, w: Word) -> Flow {
            on_comparison_with(s, w, CompareOp::$op, s.constant(u32::from(w.b())))
        })?
    )* };
}

compare_and_branch! {
    JUMP_IF_EQ JUMP_IF_EQ_IMM Eq JUMP_IF_EQ_CONST;
    JUMP_IF_NE JUMP_IF_NE_IMM Ne JUMP_IF_NE_CONST;
    JUMP_IF_LT JUMP_IF_LT_IMM Lt;
    JUMP_IF_LE JUMP_IF_LE_IMM Le;
    JUMP_IF_GT JUMP_IF_GT_IMM Gt;
    JUMP_IF_GE JUMP_IF_GE_IMM Ge;
}

#[inline(always)]
pub fn JUMP_IF_IS(s: &mut State, w: Word) -> Flow {
    let same = super::compare::is_same(s, w.a(), w.b());
    branch(s, w, same, short(w))
}

#[inline(always)]
pub fn JUMP_IF_CONTAINS(s: &mut State, w: Word) -> Flow {
    match super::compare::contained(s, w.a(), w.b()) {
        Ok(found) => branch(s, w, found, short(w)),
        Err(Raised) => Flow::Raise,
    }
}
