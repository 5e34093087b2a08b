//! Threaded code: each instruction is a function of its own that ends in a call of the
//! next one's. The compiler makes a jump of that call, so that the state stays in machine
//! registers; `tests/run/threaded` checks in the binary that it did.
//!
//! For a jump, no address of a function's locals may have gone anywhere. So instructions
//! that are not `in_line` run in a function of their own, which gets the saved state
//! and leaves what is next in the innermost frame.

use krait_abi::PyObject;
use krait_bytecode::{Op, Word};
use krait_object::object::Object;
use krait_object::py::{Py, Raised};

use super::RAISED;
use crate::frame::Frame;
use crate::ops;
use crate::state::{Flow, Saved, State};

type Handler = unsafe fn(*mut u64, *mut u64, *mut Frame) -> u64;

/// Runs one instruction after another until the end or an exception (`RAISED`): whatever
/// raises has saved the innermost frame.
///
/// # Safety
/// The state is that of the innermost frame.
pub unsafe fn execute(s: State) -> u64 {
    // SAFETY: the contract.
    unsafe { go_on(s.pc, s.base, s.frame) }
}

/// Goes on at an instruction.
#[inline(always)]
unsafe fn go_on(pc: *mut u64, base: *mut u64, frame: *mut Frame) -> u64 {
    // SAFETY: the pc is at an instruction of the innermost frame.
    unsafe { HANDLERS[*pc.cast::<u8>() as usize](pc, base, frame) }
}

/// The word of an instruction, each operand read for itself: what a handler does not use it
/// does not read, and what it uses needs no shifting and no register for the whole.
#[inline(always)]
unsafe fn operands(op: Op, pc: *mut u64) -> Word {
    // SAFETY: the pc is at an instruction.
    unsafe {
        let operand = |i| *pc.cast::<u16>().add(i);
        Word::new(
            op,
            *pc.cast::<u8>().add(1),
            operand(1),
            operand(2),
            operand(3),
        )
    }
}

/// The word of an instruction, to be passed on. (In the code somebody may watch it: then the
/// number there is another.)
#[inline(always)]
unsafe fn whole(op: Op, pc: *mut u64) -> Word {
    // SAFETY: the pc is at an instruction.
    Word(unsafe { *pc } & !0xFF | op as u64)
}

/// Goes on where the innermost frame says.
#[inline(always)]
unsafe fn go_on_innermost() -> u64 {
    // SAFETY: the GIL is held, and there is a frame.
    unsafe {
        let s = State::innermost(Py::assume());
        go_on(s.pc, s.base, s.frame)
    }
}

/// Runs an instruction with a state that may have an address. `Next` and `Jump` are from
/// where the instruction stands; after `Reload` and `Raise` the innermost frame says where.
#[inline(never)]
fn outlined(s: Saved, word: Word, width: usize, run: impl Fn(&mut State, Word) -> Flow) -> Flow {
    let mut s = s.state();
    let (pc, frame) = (s.pc, s.frame);
    let flow = match run(&mut s, word) {
        flow @ (Flow::Next | Flow::Jump(_) | Flow::Reload | Flow::Raise | Flow::Exit(_)) => flow,
        unsettled => ops::settle(&mut s, word, unsettled),
    };
    if s.pc == pc && s.frame == frame {
        return flow;
    }
    // SAFETY: the place is in the innermost frame's code.
    unsafe {
        match flow {
            Flow::Next => s.pc = s.pc.add(width),
            Flow::Jump(offset) => s.pc = s.pc.offset(1 + offset as isize),
            Flow::Raise | Flow::Exit(_) => return flow,
            _ => {}
        }
    }
    s.save();
    Flow::Reload
}

/// Goes on after what an instruction out of line has done.
#[inline(always)]
unsafe fn follow(flow: Flow, pc: *mut u64, base: *mut u64, frame: *mut Frame, width: usize) -> u64 {
    // SAFETY: the state is that of the innermost frame, unless the flow is `Reload`.
    unsafe {
        match flow {
            Flow::Next => go_on(pc.add(width), base, frame),
            Flow::Jump(offset) => go_on(pc.offset(1 + offset as isize), base, frame),
            Flow::Exit(word) => word,
            Flow::Raise => RAISED,
            _ => go_on_innermost(),
        }
    }
}

/// What an instruction does beyond its fast path.
#[inline(never)]
unsafe fn cold<const OP: u8, const WIDTH: usize>(
    pc: *mut u64,
    base: *mut u64,
    frame: *mut Frame,
) -> u64 {
    // SAFETY: the state is that of the innermost frame.
    unsafe {
        let word = whole(const { Op::ALL[OP as usize] }, pc);
        let flow = settled::<OP>(State::of(pc, base, frame).saved(), word);
        follow(flow, pc, base, frame, WIDTH)
    }
}

/// What an instruction does as its second fast path.
#[inline(never)]
unsafe fn second<const OP: u8, const WIDTH: usize>(
    pc: *mut u64,
    base: *mut u64,
    frame: *mut Frame,
) -> u64 {
    // SAFETY: the state is that of the innermost frame.
    unsafe {
        let word = operands(const { Op::ALL[OP as usize] }, pc);
        let mut s = State::of(pc, base, frame);
        s.save();
        match ops::cold::second(const { Op::ALL[OP as usize] }, &mut s, word) {
            Flow::Next => go_on(s.pc.add(WIDTH), s.base, s.frame),
            Flow::Jump(offset) => go_on(s.pc.offset(1 + offset as isize), s.base, s.frame),
            Flow::Reload => go_on(s.pc, s.base, s.frame),
            Flow::Free(dead) => free(s.pc.add(WIDTH), s.base, s.frame, dead),
            Flow::ReloadFree(dead) => {
                s.save();
                free(s.pc, s.base, s.frame, dead)
            }
            Flow::Raise => RAISED,
            Flow::Exit(word) => word,
            Flow::Cold => cold::<OP, WIDTH>(s.pc, s.base, s.frame),
            Flow::Second | Flow::FreeTwo(_) | Flow::JumpFree(_) => {
                unreachable!("no second path says so")
            }
        }
    }
}

/// Runs an instruction's cold function, and frees what it leaves to be freed. (Out of line,
/// since addresses of its locals go about.)
#[inline(never)]
fn settled<const OP: u8>(s: Saved, word: Word) -> Flow {
    let function = const { ops::cold::of(Op::ALL[OP as usize]) };
    let Some(function) = function else {
        unreachable!("only instructions with a cold function say so")
    };
    let flow = function(s, word);
    match flow {
        Flow::Free(_) | Flow::FreeTwo(_) | Flow::JumpFree(_) | Flow::ReloadFree(_) => {
            settle_slowly(s, word, flow)
        }
        // (Not to be known to be always the same: what follows must stay a jump.)
        settled => std::hint::black_box(settled),
    }
}

#[cold]
#[inline(never)]
fn settle_slowly(s: Saved, word: Word, flow: Flow) -> Flow {
    ops::settle(&mut s.state(), word, flow)
}

/// Frees an object that has died, then goes on.
#[inline(never)]
unsafe fn free(pc: *mut u64, base: *mut u64, frame: *mut Frame, dead: u64) -> u64 {
    // SAFETY: the object has no references; the state is that of the innermost frame.
    unsafe {
        Object::free(dead as *mut PyObject);
        go_on(pc, base, frame)
    }
}

/// The same for two objects.
#[inline(never)]
unsafe fn free_two(pc: *mut u64, base: *mut u64, frame: *mut Frame, dead: u64) -> u64 {
    // SAFETY: as for `free`.
    unsafe {
        let other = (*frame).dead;
        Object::free(dead as *mut PyObject);
        Object::free(other as *mut PyObject);
        go_on(pc, base, frame)
    }
}

/// An instruction that somebody watches.
unsafe fn watched(pc: *mut u64, base: *mut u64, frame: *mut Frame) -> u64 {
    // SAFETY: the state is that of the innermost frame.
    unsafe {
        let from = (*frame).pc;
        match tell(State::of(pc, base, frame).saved(), from) {
            Ok(MOVED) => go_on_innermost(),
            Ok(word) => HANDLERS[word as u8 as usize](pc, base, frame),
            Err(Raised) => RAISED,
        }
    }
}

/// What `tell` gives where the innermost frame says what is next: no instruction's word.
const MOVED: u64 = u64::MAX;

/// Tells the watchers. The result is the word of the instruction to run, or `MOVED`.
#[cold]
#[inline(never)]
fn tell(s: Saved, from: *mut u64) -> Result<u64, Raised> {
    let mut s = s.state();
    let told = crate::watch::at_instruction(&mut s, from);
    match told {
        Ok(Some(word)) => Ok(word.0),
        Ok(None) => {
            s.save();
            Ok(MOVED)
        }
        Err(Raised) => Err(Raised),
    }
}

/// Makes a function of each instruction, and their table.
macro_rules! handlers {
    ($($text:literal $name:ident ($a:ident, $b:ident, $c:ident) words $words:literal cache $cache:literal [$($effect:ident)*];)*) => {
        mod handler {
            use super::*;
            $(
                pub unsafe fn $name(pc: *mut u64, base: *mut u64, frame: *mut Frame) -> u64 {
                    const WIDTH: usize = 1 + $words + $cache;
                    // SAFETY: the state is that of the innermost frame, and operands are
                    // verified.
                    unsafe {
                        let mut s = State::of(pc, base, frame);
                        if !const { in_line(Op::$name) } {
                            let word = whole(Op::$name, pc);
                            return follow(outlined(s.saved(), word, WIDTH, ops::$name), pc, base, frame, WIDTH);
                        }
                        match ops::$name(&mut s, operands(Op::$name, pc)) {
                            Flow::Next => go_on(s.pc.add(WIDTH), s.base, s.frame),
                            Flow::Jump(offset) => go_on(s.pc.offset(1 + offset as isize), s.base, s.frame),
                            Flow::Reload => go_on(s.pc, s.base, s.frame),
                            Flow::Raise => RAISED,
                            Flow::Exit(word) => word,
                            Flow::Cold => cold::<{ Op::$name as u8 }, WIDTH>(pc, base, frame),
                            Flow::Second => second::<{ Op::$name as u8 }, WIDTH>(pc, base, frame),
                            Flow::Free(dead) => {
                                s.save();
                                free(s.pc.add(WIDTH), s.base, s.frame, dead)
                            }
                            Flow::FreeTwo(dead) => {
                                s.save();
                                free_two(s.pc.add(WIDTH), s.base, s.frame, dead)
                            }
                            Flow::JumpFree(offset) => {
                                s.save();
                                let dead = (*s.frame).dead;
                                free(s.pc.offset(1 + offset as isize), s.base, s.frame, dead)
                            }
                            Flow::ReloadFree(dead) => {
                                s.save();
                                free(s.pc, s.base, s.frame, dead)
                            }
                        }
                    }
                }
            )*
        }

        /// The functions by the instructions' numbers; all other numbers are watched ones.
        static HANDLERS: [Handler; 256] = {
            let mut table: [Handler; 256] = [watched; 256];
            $(table[Op::$name as usize] = handler::$name;)*
            table
        };
    };
}

krait_bytecode::for_each_instruction!(handlers);

/// Whether an instruction is inlined into its handler: those with a short fast path that
/// gives no address of the state away.
const fn in_line(op: Op) -> bool {
    use Op::*;
    matches!(
        op,
        NOP | COPY
            | COPY2
            | MOVE
            | CLEAR
            | LOAD_CONST
            | LOAD_INT
            | LOAD_NONE
            | LOAD_TRUE
            | LOAD_FALSE
            | CHECK_BOUND
            | LOAD_DEREF
            | STORE_DEREF
            | LOAD_GLOBAL
            | LOAD_ATTR
            | STORE_ATTR
            | LOAD_METHOD
            | LOAD_SUBSCR
            | LOAD_SUBSCR_IMM
            | LOAD_SUBSCR_CONST
            | STORE_SUBSCR
            | STORE_SUBSCR_IMM
            | STORE_SUBSCR_CONST
            | ADD
            | SUB
            | MUL
            | TRUEDIV
            | FLOORDIV
            | MOD
            | LSHIFT
            | RSHIFT
            | AND
            | OR
            | XOR
            | ADD_IMM
            | SUB_IMM
            | RSUB_IMM
            | MUL_IMM
            | TRUEDIV_IMM
            | FLOORDIV_IMM
            | MOD_IMM
            | LSHIFT_IMM
            | RSHIFT_IMM
            | AND_IMM
            | OR_IMM
            | XOR_IMM
            | ADD_CONST
            | SUB_CONST
            | MUL_CONST
            | TRUEDIV_CONST
            | MOD_CONST
            | NEG
            | NOT
            | TO_BOOL
            | INVERT
            | EQ
            | NE
            | LT
            | LE
            | GT
            | GE
            | EQ_IMM
            | NE_IMM
            | LT_IMM
            | LE_IMM
            | GT_IMM
            | GE_IMM
            | IS
            | IS_NONE
            | JUMP
            | JUMP_BACK
            | JUMP_IF_TRUE
            | JUMP_IF_FALSE
            | JUMP_IF_NONE
            | JUMP_IF_NOT_NONE
            | JUMP_IF_TRUE_SET
            | JUMP_IF_FALSE_SET
            | JUMP_IF_EQ
            | JUMP_IF_NE
            | JUMP_IF_LT
            | JUMP_IF_LE
            | JUMP_IF_GT
            | JUMP_IF_GE
            | JUMP_IF_EQ_IMM
            | JUMP_IF_NE_IMM
            | JUMP_IF_LT_IMM
            | JUMP_IF_LE_IMM
            | JUMP_IF_GT_IMM
            | JUMP_IF_GE_IMM
            | JUMP_IF_EQ_CONST
            | JUMP_IF_NE_CONST
            | JUMP_IF_IS
            | CONTAINS
            | JUMP_IF_CONTAINS
            | FOR_ITER
            | LIST_APPEND
            | YIELD
            | SEND
            | RETURN_GENERATOR
            | GET_AWAITABLE
            | CALL
            | CALL_METHOD
            | RETURN
            | RETURN_CONST
    )
}
