//! What instructions do beyond their fast path: where that says `Flow::Cold`, having done
//! nothing, the function that is named here does it all. It gets the saved state.

use krait_bytecode::{Op, Word};
use krait_object::protocol::CompareOp;
use krait_object::protocol::number::{BinaryOp, UnaryOp};
use krait_object::value::int_to_word;

use super::{arith, attr, build, call, call_native, compare, iter, jump, load, name, subscript};
use crate::state::{Flow, Saved, State, signed};

pub type Cold = fn(Saved, Word) -> Flow;

/// The word of a constant.
fn constant(s: Saved, index: u16) -> u64 {
    s.state().constant(u32::from(index))
}

/// The function of an instruction that has a fast path.
pub const fn of(op: Op) -> Option<Cold> {
    use Op::*;
    let function: Cold = match op {
        ADD => |s, w| arith::slow_registers(s, w, BinaryOp::Add),
        ADD_IMM => |s, w| arith::slow_word(s, w, BinaryOp::Add, int_to_word(signed(w.c()))),
        SUB => |s, w| arith::slow_registers(s, w, BinaryOp::Subtract),
        SUB_IMM => |s, w| arith::slow_word(s, w, BinaryOp::Subtract, int_to_word(signed(w.c()))),
        MUL => |s, w| arith::slow_registers(s, w, BinaryOp::Multiply),
        MUL_IMM => |s, w| arith::slow_word(s, w, BinaryOp::Multiply, int_to_word(signed(w.c()))),
        TRUEDIV => |s, w| arith::slow_registers(s, w, BinaryOp::TrueDivide),
        TRUEDIV_IMM => {
            |s, w| arith::slow_word(s, w, BinaryOp::TrueDivide, int_to_word(signed(w.c())))
        }
        FLOORDIV => |s, w| arith::slow_registers(s, w, BinaryOp::FloorDivide),
        FLOORDIV_IMM => {
            |s, w| arith::slow_word(s, w, BinaryOp::FloorDivide, int_to_word(signed(w.c())))
        }
        MOD => |s, w| arith::slow_registers(s, w, BinaryOp::Remainder),
        MOD_IMM => |s, w| arith::slow_word(s, w, BinaryOp::Remainder, int_to_word(signed(w.c()))),
        LSHIFT => |s, w| arith::slow_registers(s, w, BinaryOp::Lshift),
        LSHIFT_IMM => |s, w| arith::slow_word(s, w, BinaryOp::Lshift, int_to_word(signed(w.c()))),
        RSHIFT => |s, w| arith::slow_registers(s, w, BinaryOp::Rshift),
        RSHIFT_IMM => |s, w| arith::slow_word(s, w, BinaryOp::Rshift, int_to_word(signed(w.c()))),
        AND => |s, w| arith::slow_registers(s, w, BinaryOp::And),
        AND_IMM => |s, w| arith::slow_word(s, w, BinaryOp::And, int_to_word(signed(w.c()))),
        OR => |s, w| arith::slow_registers(s, w, BinaryOp::Or),
        OR_IMM => |s, w| arith::slow_word(s, w, BinaryOp::Or, int_to_word(signed(w.c()))),
        XOR => |s, w| arith::slow_registers(s, w, BinaryOp::Xor),
        XOR_IMM => |s, w| arith::slow_word(s, w, BinaryOp::Xor, int_to_word(signed(w.c()))),
        ADD_CONST => |s, w| arith::slow_word(s, w, BinaryOp::Add, constant(s, w.c())),
        SUB_CONST => |s, w| arith::slow_word(s, w, BinaryOp::Subtract, constant(s, w.c())),
        MUL_CONST => |s, w| arith::slow_word(s, w, BinaryOp::Multiply, constant(s, w.c())),
        TRUEDIV_CONST => |s, w| arith::slow_word(s, w, BinaryOp::TrueDivide, constant(s, w.c())),
        MOD_CONST => |s, w| arith::slow_word(s, w, BinaryOp::Remainder, constant(s, w.c())),
        MATMUL => |s, w| arith::slow_registers(s, w, BinaryOp::MatrixMultiply),
        RSUB_IMM => arith::slow_rsub,
        NEG => |s, w| arith::slow_unary(s, w, UnaryOp::Negative),
        INVERT => |s, w| arith::slow_unary(s, w, UnaryOp::Invert),
        NOT => |s, w| arith::slow_bool(s, w, true),
        TO_BOOL => |s, w| arith::slow_bool(s, w, false),
        EQ => |s, w| compare::slow_comparison(s, w, CompareOp::Eq),
        EQ_IMM => |s, w| compare::slow_comparison_imm(s, w, CompareOp::Eq),
        JUMP_IF_EQ => |s, w| jump::slow_on_comparison(s, w, CompareOp::Eq),
        JUMP_IF_EQ_IMM => {
            |s, w| jump::slow_on_comparison_with(s, w, CompareOp::Eq, int_to_word(signed(w.b())))
        }
        NE => |s, w| compare::slow_comparison(s, w, CompareOp::Ne),
        NE_IMM => |s, w| compare::slow_comparison_imm(s, w, CompareOp::Ne),
        JUMP_IF_NE => |s, w| jump::slow_on_comparison(s, w, CompareOp::Ne),
        JUMP_IF_NE_IMM => {
            |s, w| jump::slow_on_comparison_with(s, w, CompareOp::Ne, int_to_word(signed(w.b())))
        }
        LT => |s, w| compare::slow_comparison(s, w, CompareOp::Lt),
        LT_IMM => |s, w| compare::slow_comparison_imm(s, w, CompareOp::Lt),
        JUMP_IF_LT => |s, w| jump::slow_on_comparison(s, w, CompareOp::Lt),
        JUMP_IF_LT_IMM => {
            |s, w| jump::slow_on_comparison_with(s, w, CompareOp::Lt, int_to_word(signed(w.b())))
        }
        LE => |s, w| compare::slow_comparison(s, w, CompareOp::Le),
        LE_IMM => |s, w| compare::slow_comparison_imm(s, w, CompareOp::Le),
        JUMP_IF_LE => |s, w| jump::slow_on_comparison(s, w, CompareOp::Le),
        JUMP_IF_LE_IMM => {
            |s, w| jump::slow_on_comparison_with(s, w, CompareOp::Le, int_to_word(signed(w.b())))
        }
        GT => |s, w| compare::slow_comparison(s, w, CompareOp::Gt),
        GT_IMM => |s, w| compare::slow_comparison_imm(s, w, CompareOp::Gt),
        JUMP_IF_GT => |s, w| jump::slow_on_comparison(s, w, CompareOp::Gt),
        JUMP_IF_GT_IMM => {
            |s, w| jump::slow_on_comparison_with(s, w, CompareOp::Gt, int_to_word(signed(w.b())))
        }
        GE => |s, w| compare::slow_comparison(s, w, CompareOp::Ge),
        GE_IMM => |s, w| compare::slow_comparison_imm(s, w, CompareOp::Ge),
        JUMP_IF_GE => |s, w| jump::slow_on_comparison(s, w, CompareOp::Ge),
        JUMP_IF_GE_IMM => {
            |s, w| jump::slow_on_comparison_with(s, w, CompareOp::Ge, int_to_word(signed(w.b())))
        }
        JUMP_IF_EQ_CONST => {
            |s, w| jump::slow_on_comparison_with(s, w, CompareOp::Eq, constant(s, w.b()))
        }
        JUMP_IF_NE_CONST => {
            |s, w| jump::slow_on_comparison_with(s, w, CompareOp::Ne, constant(s, w.b()))
        }
        IS => compare::slow_is,
        IS_NONE => compare::slow_is_none,
        JUMP_BACK => jump::jump_back,
        JUMP_IF_TRUE => |s, w| jump::slow_truth(s, w, true),
        JUMP_IF_FALSE => |s, w| jump::slow_truth(s, w, false),
        JUMP_IF_NONE => |s, w| jump::slow_none(s, w, true),
        JUMP_IF_NOT_NONE => |s, w| jump::slow_none(s, w, false),
        JUMP_IF_TRUE_SET => |s, w| jump::slow_and_or(s, w, true),
        JUMP_IF_FALSE_SET => |s, w| jump::slow_and_or(s, w, false),
        JUMP_IF_IS => jump::slow_jump_if_is,
        CONTAINS => compare::slow_contains,
        JUMP_IF_CONTAINS => jump::slow_jump_if_contains,
        COPY2 => load::copy2,
        CHECK_BOUND => load::check_bound,
        LOAD_DEREF => load::load_deref,
        STORE_DEREF => load::store_deref,
        LOAD_GLOBAL => name::load_global,
        LOAD_ATTR => attr::load_attr,
        LOAD_METHOD => attr::load_method,
        STORE_ATTR => attr::store_attr,
        LOAD_SUBSCR => subscript::load_subscr,
        LOAD_SUBSCR_IMM => subscript::load_subscr_imm,
        LOAD_SUBSCR_CONST => subscript::load_subscr_const,
        STORE_SUBSCR => subscript::store_subscr,
        STORE_SUBSCR_IMM => subscript::store_subscr_imm,
        STORE_SUBSCR_CONST => subscript::store_subscr_const,
        YIELD => super::r#gen::slow_yield,
        RETURN_GENERATOR => super::r#gen::return_generator,
        SEND => super::r#gen::slow_send,
        GET_AWAITABLE => super::r#gen::get_awaitable,
        FOR_ITER => iter::for_iter,
        CALL => call::call,
        CALL_METHOD => call::call_method_of_any,
        RETURN => call::slow_return,
        RETURN_CONST => call::slow_return_const,
        _ => return None,
    };
    Some(function)
}

/// What an instruction does after `Flow::Second`: a second fast path, which may call
/// functions. It says `Cold` where it has done nothing.
#[inline(always)]
pub fn second(op: Op, s: &mut State, w: Word) -> Flow {
    match op {
        Op::CALL => call_native::second_call(s, w),
        Op::LOAD_ATTR => attr::load_computed(s, w),
        Op::LOAD_METHOD => attr::second_method(s.saved(), w),
        Op::STORE_ATTR => attr::store_in_slot(s.saved(), w),
        Op::CALL_METHOD => call_native::second_method_call(s, w),
        Op::EQ => compare::compare_objects(s, w, true),
        Op::NE => compare::compare_objects(s, w, false),
        Op::JUMP_IF_EQ => jump::on_objects(s, w, true),
        Op::JUMP_IF_NE => jump::on_objects(s, w, false),
        Op::JUMP_IF_EQ_CONST => jump::on_object_and_constant(s, w, true),
        Op::JUMP_IF_NE_CONST => jump::on_object_and_constant(s, w, false),
        Op::CONTAINS => compare::second_contains(s, w),
        Op::JUMP_IF_CONTAINS => jump::second_jump_if_contains(s, w),
        Op::LOAD_SUBSCR => subscript::second_load(s, w),
        Op::LOAD_SUBSCR_IMM => subscript::second_load_imm(s, w),
        Op::LOAD_SUBSCR_CONST => subscript::second_load_const(s, w),
        Op::STORE_SUBSCR => subscript::second_store(s, w),
        Op::STORE_SUBSCR_CONST => subscript::second_store_const(s, w),
        Op::LIST_APPEND => {
            build::list_append(s.saved(), w);
            Flow::Next
        }
        Op::JUMP_IF_TRUE => jump::on_object(s, w, true),
        Op::JUMP_IF_FALSE => jump::on_object(s, w, false),
        Op::JUMP_IF_TRUE_SET => jump::object_and_or(s, w, true),
        Op::JUMP_IF_FALSE_SET => jump::object_and_or(s, w, false),
        Op::FOR_ITER => iter::for_others(s, w),
        Op::YIELD => super::r#gen::yield_through(s, w),
        Op::RETURN_GENERATOR => super::r#gen::make_generator(s),
        Op::SEND => super::r#gen::send_quickly(s, w),
        Op::GET_AWAITABLE => super::r#gen::await_fresh(s, w),
        Op::RETURN => call::return_dying(s, w),
        Op::RETURN_CONST => call::return_const_dying(s, w),
        _ => Flow::Cold,
    }
}
