//! The instructions, a function each, named as the table names them.
//!
//! A handler is a short fast path that is inlined into the loop; what it cannot do it
//! leaves to a cold function that gets a copy of the state. What all of them rely on: the
//! state is the innermost frame's and `w` the word at its pc; operands are what the table
//! says, which the verifier has checked.
#![expect(
    non_snake_case,
    reason = "handlers are named as the table names the instructions"
)]

pub mod arith;
pub mod attr;
pub mod attr_cache;
pub mod build;
pub mod call;
mod call_bind;
pub mod call_ex;
mod call_native;
pub mod call_new;
pub mod cold;
pub mod compare;
pub mod concat;
pub mod exc;
pub mod format;
pub mod function;
pub mod r#gen;
pub mod import;
pub mod inline;
pub mod intrinsic;
pub mod iter;
pub mod jump;
pub mod load;
pub mod match_;
pub mod name;
pub mod subscript;
pub mod super_;
pub mod unpack;

pub use arith::*;
pub use attr::*;
pub use build::*;
pub use call::*;
pub use call_ex::CALL_EX;
pub use compare::*;
pub use exc::*;
pub use format::*;
pub use function::*;
pub use r#gen::*;
pub use import::*;
pub use intrinsic::*;
pub use iter::*;
pub use jump::*;
pub use load::*;
pub use match_::*;
pub use name::*;
pub use subscript::*;
pub use super_::*;
pub use unpack::*;

use krait_abi::PyObject;
use krait_bytecode::{Op, Word};
use krait_object::object::Object;

use crate::state::{Flow, State};

/// Runs a jump for `watch`, which must know whether it was taken.
pub fn run_jump(s: &mut State, w: Word) -> Option<Flow> {
    let flow = quick_jump(s, w)?;
    Some(settle(s, w, flow))
}

/// Does what a fast path has left: what is cold, and freeing what died.
pub fn settle(s: &mut State, w: Word, flow: Flow) -> Flow {
    // SAFETY: the objects have no references any more; the frame is the innermost one.
    unsafe {
        match flow {
            Flow::Cold | Flow::Second => {
                let Some(cold) = w.op().and_then(cold::of) else {
                    unreachable!("only instructions with a cold function say so")
                };
                let flow = cold(s.saved(), w);
                if matches!(flow, Flow::Reload) {
                    s.reload();
                }
                settle(s, w, flow)
            }
            Flow::Free(dead) => {
                s.save();
                Object::free(dead as *mut PyObject);
                Flow::Next
            }
            Flow::FreeTwo(dead) => {
                s.save();
                let other = (*s.frame).dead;
                Object::free(dead as *mut PyObject);
                Object::free(other as *mut PyObject);
                Flow::Next
            }
            Flow::JumpFree(offset) => {
                s.save();
                Object::free((*s.frame).dead as *mut PyObject);
                Flow::Jump(offset)
            }
            Flow::ReloadFree(dead) => {
                s.save();
                Object::free(dead as *mut PyObject);
                Flow::Reload
            }
            settled => settled,
        }
    }
}

fn quick_jump(s: &mut State, w: Word) -> Option<Flow> {
    macro_rules! jumps {
        ($($name:ident)*) => {
            match w.op()? {
                $(Op::$name => Some($name(s, w)),)*
                _ => None,
            }
        };
    }
    jumps! {
        JUMP JUMP_BACK JUMP_IF_TRUE JUMP_IF_FALSE JUMP_IF_NONE JUMP_IF_NOT_NONE
        JUMP_IF_TRUE_SET JUMP_IF_FALSE_SET JUMP_IF_EQ JUMP_IF_NE JUMP_IF_LT JUMP_IF_LE
        JUMP_IF_GT JUMP_IF_GE JUMP_IF_EQ_IMM JUMP_IF_NE_IMM JUMP_IF_LT_IMM JUMP_IF_LE_IMM
        JUMP_IF_GT_IMM JUMP_IF_GE_IMM JUMP_IF_EQ_CONST JUMP_IF_NE_CONST JUMP_IF_IS
        JUMP_IF_CONTAINS FOR_ITER FOR_ITER_PAIR JUMP_IF_NOT_EXC_MATCH JUMP_IF_NOT_MAPPING
        JUMP_IF_NOT_SEQUENCE
    }
}
