//! One loop with one `match`: the stack does not grow, however the compiler treats it.

use krait_bytecode::Word;
use krait_object::py::Raised;

use super::RAISED;
use crate::ops;
use crate::state::{Flow, State};

#[inline(always)]
fn run(s: &mut State, w: Word, op: impl Fn(&mut State, Word) -> Flow) -> Flow {
    let flow = op(s, w);
    match flow {
        Flow::Next | Flow::Jump(_) | Flow::Raise | Flow::Reload | Flow::Exit(_) => flow,
        unsettled => ops::settle(s, w, unsettled),
    }
}

/// Expands the instruction table into one `match`.
macro_rules! dispatch {
    ($($text:literal $name:ident ($a:ident, $b:ident, $c:ident) words $words:literal cache $cache:literal [$($effect:ident)*];)*) => {
        /// Runs one instruction after another until the end or an exception (`RAISED`,
        /// with the frame saved).
        ///
        /// # Safety
        /// The state is that of the innermost frame.
        pub unsafe fn execute(mut s: State) -> u64 {
            // SAFETY: the contract; handlers keep to their operands, which are verified.
            unsafe {
                let mut w = Word(*s.pc);
                loop {
                    match w.op_byte() {
                        $(number::$name => match run(&mut s, w, ops::$name) {
                            Flow::Next => s.pc = s.pc.add(1 + $words + $cache),
                            Flow::Jump(offset) => s.pc = s.pc.offset(1 + offset as isize),
                            Flow::Raise => {
                                if s.is_innermost() {
                                    s.save();
                                }
                                return RAISED;
                            }
                            Flow::Reload => {}
                            Flow::Exit(word) => return word,
                            _ => unreachable!("the flow is settled"),
                        })*
                        // An instruction that somebody watches.
                        _ => {
                            let from = (*s.frame).pc;
                            match crate::watch::at_instruction(&mut s, from) {
                                Ok(Some(original)) => {
                                    w = original;
                                    continue;
                                }
                                Ok(None) => {}
                                Err(Raised) => return RAISED,
                            }
                        }
                    }
                    w = Word(*s.pc);
                }
            }
        }

        /// The instructions' numbers as constants for patterns.
        mod number {
            $(pub const $name: u8 = krait_bytecode::Op::$name as u8;)*
        }
    };
}

krait_bytecode::for_each_instruction!(dispatch);
