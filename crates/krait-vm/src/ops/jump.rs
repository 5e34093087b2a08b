//! Jumps.

use krait_abi::PyObject;
use krait_bytecode::Word;
use krait_bytecode::op::{COMPARE_SWAPPED, JUMP_LOOP, JUMP_SENSE};
use krait_object::protocol::{self, CompareOp};
use krait_object::py::{PyResult, Raised};
use krait_object::singletons;
use krait_object::value::{INT_TAG, Value, int_to_word, is_double, word_to_double, word_to_int};

use crate::state::{Flow, Saved, State, short, signed, wide};
use crate::word::is_object;

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
    if crate::breaker::is_set() && crate::breaker::poll(s.saved()).is_err() {
        return Flow::Raise;
    }
    to
}

/// Whether the jump is one that polls, and there is something to poll for.
#[inline(always)]
fn must_poll(w: Word) -> bool {
    w.flag() & JUMP_LOOP != 0 && crate::breaker::is_set()
}

/// Jumps if the flag says so. Nothing was done yet: where it must poll it is `Cold`.
#[inline(always)]
fn quick_branch(w: Word, truth: bool, to: Flow) -> Flow {
    match jump_if(w, truth, to) {
        Flow::Jump(_) if must_poll(w) => Flow::Cold,
        flow => flow,
    }
}

/// Jumps if the flag says so, without polling: for what has consumed its operands, and has
/// looked before whether it must poll. (Another thread may ask for that at any time.)
#[inline(always)]
fn jump_if(w: Word, truth: bool, to: Flow) -> Flow {
    if truth == (w.flag() & JUMP_SENSE != 0) {
        to
    } else {
        Flow::Next
    }
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
pub fn JUMP_BACK(_s: &mut State, w: Word) -> Flow {
    if crate::breaker::is_set() {
        Flow::Cold
    } else {
        wide(w)
    }
}

/// A back edge where there is something to poll for.
pub fn jump_back(s: Saved, w: Word) -> Flow {
    back(&s.state(), wide(w))
}

#[inline(always)]
fn on_truth(s: &mut State, w: Word, wanted: bool) -> Flow {
    // None and booleans are immortal: nothing to give back, but the register.
    match quick_truth(s.get(w.a())) {
        Some(truth) => by_truth(s, w, truth == wanted),
        None => Flow::Second,
    }
}

/// Consumes an operand that does not die of it, and jumps or goes on.
#[inline(always)]
fn by_truth(s: &State, w: Word, jumps: bool) -> Flow {
    if !jumps {
        s.let_go(w.a());
        return Flow::Next;
    }
    if must_poll(w) {
        return Flow::Cold;
    }
    s.let_go(w.a());
    wide(w)
}

/// The truth of an object without asking it: of a container that has a length, or of what
/// has neither truth nor length of its own.
#[inline(always)]
fn truth_by_type(word: u64) -> Option<bool> {
    // SAFETY: whoever asks has an object that its register keeps alive. Tables of slots live
    // as long as the type.
    unsafe {
        if let Some(length) = super::inline::length(word) {
            return Some(length != 0);
        }
        let ty = (*(word as *mut PyObject)).ob_type;
        let of_number = (*ty).tp_as_number;
        let of_mapping = (*ty).tp_as_mapping;
        let of_sequence = (*ty).tp_as_sequence;
        let own = !of_number.is_null() && (*of_number).nb_bool.is_some()
            || !of_mapping.is_null() && (*of_mapping).mp_length.is_some()
            || !of_sequence.is_null() && (*of_sequence).sq_length.is_some();
        (!own).then_some(true)
    }
}

/// As `on_truth`, for an object.
#[inline(always)]
pub fn on_object(s: &mut State, w: Word, wanted: bool) -> Flow {
    if !is_object(s.get(w.a())) || s.consumes_last(w.a()) {
        return Flow::Cold;
    }
    match truth_by_type(s.get(w.a())) {
        Some(truth) => by_truth(s, w, truth == wanted),
        None => Flow::Cold,
    }
}

/// Goes on with the operand as the result, or without it; it does not die of it.
#[inline(always)]
fn set_by_truth(s: &State, w: Word, jumps: bool) -> Flow {
    if !jumps {
        s.let_go(w.b());
        return Flow::Next;
    }
    if s.dies(w.a()) {
        return Flow::Cold;
    }
    let word = s.take(w.b()).into_word();
    let flow = s.fill(w.a(), word);
    debug_assert!(matches!(flow, Flow::Next));
    short(w)
}

/// As `and_or`, for an object.
#[inline(always)]
pub fn object_and_or(s: &mut State, w: Word, wanted: bool) -> Flow {
    if !is_object(s.get(w.b())) || s.consumes_last(w.b()) {
        return Flow::Cold;
    }
    match truth_by_type(s.get(w.b())) {
        Some(truth) => set_by_truth(s, w, truth == wanted),
        None => Flow::Cold,
    }
}

/// The same for a value of any kind.
#[inline(never)]
pub fn slow_truth(s: Saved, w: Word, wanted: bool) -> Flow {
    let s = s.state();
    let value = s.take(w.a());
    match protocol::truth(s.py, &value) {
        Ok(truth) if truth == wanted => {
            drop(value);
            if w.flag() & JUMP_LOOP != 0 {
                back(&s, wide(w))
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
    if s.consumes_last(w.a()) {
        return Flow::Cold;
    }
    let none = s.lend(w.a()).is_none();
    if none != wanted {
        s.let_go(w.a());
        return Flow::Next;
    }
    if must_poll(w) {
        return Flow::Cold;
    }
    s.let_go(w.a());
    wide(w)
}

/// The same where the operand dies or something is to be polled for.
pub fn slow_none(s: Saved, w: Word, wanted: bool) -> Flow {
    let s = s.state();
    let none = s.lend(w.a()).is_none();
    s.release(w.a());
    if none != wanted {
        return Flow::Next;
    }
    if w.flag() & JUMP_LOOP != 0 {
        back(&s, wide(w))
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

#[inline(always)]
fn and_or(s: &mut State, w: Word, wanted: bool) -> Flow {
    match quick_truth(s.get(w.b())) {
        Some(truth) => set_by_truth(s, w, truth == wanted),
        None => Flow::Second,
    }
}

/// The same for a value of any kind.
#[inline(never)]
pub fn slow_and_or(s: Saved, w: Word, wanted: bool) -> Flow {
    let s = s.state();
    let value = s.copy(w.b());
    match protocol::truth(s.py, &value) {
        Ok(truth) if truth == wanted => {
            drop(value);
            let value = s.take(w.b());
            s.set_value(w.a(), value);
            short(w)
        }
        Ok(_) => {
            drop(value);
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
fn slow_compare(s: Saved, a: Value, b: Value, op: CompareOp) -> PyResult<bool> {
    let s = s.state();
    if let Some(truth) = super::compare::quickly(op, &a, &b) {
        return Ok(truth);
    }
    let result = protocol::rich_compare(s.py, &a, &b, op)?;
    drop((b, a));
    protocol::truth(s.py, &result)
}

#[inline(always)]
fn on_comparison(s: &mut State, w: Word, op: CompareOp) -> Flow {
    match super::compare::quick(op, s.get(w.a()), s.get(w.b())) {
        Some(truth) => quick_branch(w, truth, short(w)),
        None => super::compare::beyond_numbers(op),
    }
}

/// The same for two objects.
#[inline(always)]
pub fn on_objects(s: &mut State, w: Word, equal: bool) -> Flow {
    if must_poll(w) {
        return Flow::Cold;
    }
    let Some(living) = super::compare::both_live_on(s, w.a(), w.b()) else {
        return Flow::Cold;
    };
    match super::compare::equal_objects(s.get(w.a()), s.get(w.b())) {
        Some(are) => {
            super::compare::let_both_go(s, w.a(), w.b(), living);
            jump_if(w, are == equal, short(w))
        }
        None => Flow::Cold,
    }
}

/// The same for an object and a constant.
#[inline(always)]
pub fn on_object_and_constant(s: &mut State, w: Word, equal: bool) -> Flow {
    if must_poll(w) || s.consumes_last(w.a()) {
        return Flow::Cold;
    }
    match super::compare::equal_objects(s.get(w.a()), s.constant(u32::from(w.b()))) {
        Some(are) => {
            s.let_go(w.a());
            jump_if(w, are == equal, short(w))
        }
        None => Flow::Cold,
    }
}

/// The same for operands of any kind.
pub fn slow_on_comparison(saved: Saved, w: Word, op: CompareOp) -> Flow {
    let s = saved.state();
    let (a, b) = super::arith::take_two(&s, w.a(), w.b());
    match slow_compare(saved, a, b, op) {
        Ok(truth) => branch(&s, w, truth, short(w)),
        Err(Raised) => Flow::Raise,
    }
}

/// With the other operand given as a word.
#[inline(always)]
fn on_comparison_with(s: &mut State, w: Word, op: CompareOp, other: u64) -> Flow {
    match super::compare::quick(op, s.get(w.a()), other) {
        Some(truth) => quick_branch(w, truth, short(w)),
        None => Flow::Cold,
    }
}

/// The same for an operand of any kind.
pub fn slow_on_comparison_with(saved: Saved, w: Word, op: CompareOp, other: u64) -> Flow {
    let s = saved.state();
    // SAFETY: the word is an immediate or a constant's.
    let other = unsafe { crate::word::value(other) };
    let a = s.take(w.a());
    let swapped = w.flag() & COMPARE_SWAPPED != 0;
    let (a, other, op) = if swapped {
        (other, a, op.swapped())
    } else {
        (a, other, op)
    };
    match slow_compare(saved, a, other, op) {
        Ok(truth) => branch(&s, w, truth, short(w)),
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
            match on_comparison_with(s, w, CompareOp::$op, s.constant(u32::from(w.b()))) {
                // Most constants that are no small numbers are strings.
                Flow::Cold => Flow::Second,
                flow => flow,
            }
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
    if must_poll(w) {
        return Flow::Cold;
    }
    match super::compare::is_one_object(s, w.a(), w.b()) {
        Some(same) => jump_if(w, same, short(w)),
        None => Flow::Cold,
    }
}

/// The same where an operand dies or something is to be polled for.
pub fn slow_jump_if_is(s: Saved, w: Word) -> Flow {
    let s = s.state();
    let same = super::compare::is_same(&s, w.a(), w.b());
    branch(&s, w, same, short(w))
}

#[inline(always)]
pub fn JUMP_IF_CONTAINS(_: &mut State, _: Word) -> Flow {
    Flow::Second
}

#[inline(always)]
pub fn second_jump_if_contains(s: &mut State, w: Word) -> Flow {
    if must_poll(w) {
        return Flow::Cold;
    }
    match super::compare::contained_quietly(s, w.a(), w.b()) {
        Some(found) => jump_if(w, found, short(w)),
        None => Flow::Cold,
    }
}

/// The same for containers and items of any kind.
pub fn slow_jump_if_contains(s: Saved, w: Word) -> Flow {
    let s = s.state();
    match super::compare::contained(&s, w.a(), w.b()) {
        Ok(found) => branch(&s, w, found, short(w)),
        Err(Raised) => Flow::Raise,
    }
}
