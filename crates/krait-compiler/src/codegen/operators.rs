//! Arithmetic, comparisons and boolean operators as values.

use super::Codegen;
use super::unit::{Label, Reg};
use crate::ast::{BinOp, CmpOp, Expr, ExprKind, UnaryOp};
use crate::errors::Compile;
use krait_bytecode::op::{ARITH_INPLACE, ARITH_SWAPPED, COMPARE_SWAPPED, NEGATED};
use krait_bytecode::{Const, Op, Position};

/// An integer constant that fits an instruction.
pub(super) fn small_int(expr: &Expr) -> Option<u32> {
    match expr.as_const() {
        Some(Const::Int(number)) => i16::try_from(*number).ok().map(|n| n as u16 as u32),
        _ => None,
    }
}

fn plain(op: BinOp) -> Op {
    match op {
        BinOp::Add => Op::ADD,
        BinOp::Sub => Op::SUB,
        BinOp::Mult => Op::MUL,
        BinOp::MatMult => Op::MATMUL,
        BinOp::Div => Op::TRUEDIV,
        BinOp::Mod => Op::MOD,
        BinOp::Pow => Op::POW,
        BinOp::LShift => Op::LSHIFT,
        BinOp::RShift => Op::RSHIFT,
        BinOp::BitOr => Op::OR,
        BinOp::BitXor => Op::XOR,
        BinOp::BitAnd => Op::AND,
        BinOp::FloorDiv => Op::FLOORDIV,
    }
}

fn with_immediate(op: BinOp) -> Option<Op> {
    Some(match op {
        BinOp::Add => Op::ADD_IMM,
        BinOp::Sub => Op::SUB_IMM,
        BinOp::Mult => Op::MUL_IMM,
        BinOp::Div => Op::TRUEDIV_IMM,
        BinOp::Mod => Op::MOD_IMM,
        BinOp::Pow => Op::POW_IMM,
        BinOp::LShift => Op::LSHIFT_IMM,
        BinOp::RShift => Op::RSHIFT_IMM,
        BinOp::BitOr => Op::OR_IMM,
        BinOp::BitXor => Op::XOR_IMM,
        BinOp::BitAnd => Op::AND_IMM,
        BinOp::FloorDiv => Op::FLOORDIV_IMM,
        BinOp::MatMult => return None,
    })
}

/// With an immediate on the left.
fn with_left_immediate(op: BinOp) -> Option<(Op, u8)> {
    Some(match op {
        BinOp::Sub => (Op::RSUB_IMM, 0),
        BinOp::Add => (Op::ADD_IMM, ARITH_SWAPPED),
        BinOp::Mult => (Op::MUL_IMM, ARITH_SWAPPED),
        BinOp::BitAnd => (Op::AND_IMM, ARITH_SWAPPED),
        BinOp::BitOr => (Op::OR_IMM, ARITH_SWAPPED),
        BinOp::BitXor => (Op::XOR_IMM, ARITH_SWAPPED),
        _ => return None,
    })
}

fn with_constant(op: BinOp) -> Option<Op> {
    Some(match op {
        BinOp::Add => Op::ADD_CONST,
        BinOp::Sub => Op::SUB_CONST,
        BinOp::Mult => Op::MUL_CONST,
        BinOp::Div => Op::TRUEDIV_CONST,
        BinOp::Mod => Op::MOD_CONST,
        _ => return None,
    })
}

pub(super) fn comparison(op: CmpOp) -> Option<Op> {
    Some(match op {
        CmpOp::Eq => Op::EQ,
        CmpOp::NotEq => Op::NE,
        CmpOp::Lt => Op::LT,
        CmpOp::LtE => Op::LE,
        CmpOp::Gt => Op::GT,
        CmpOp::GtE => Op::GE,
        _ => return None,
    })
}

impl<'a> Codegen<'a> {
    /// A constant usable by the `*_CONST` instructions.
    pub(super) fn operand_const(&mut self, expr: &Expr) -> Option<u32> {
        let value = expr
            .as_const()
            .filter(|value| matches!(value, Const::Float(_) | Const::Str(_)))?;
        let index = self.u().constant(value);
        (index <= u16::MAX as u32).then_some(index)
    }

    pub(super) fn binary(
        &mut self,
        left: &'a Expr,
        op: BinOp,
        right: &'a Expr,
        dst: Option<Reg>,
        at: Position,
    ) -> Compile<Reg> {
        let mark = self.mark();
        if let (Some(number), Some((op, flag))) = (small_int(left), with_left_immediate(op)) {
            let right = self.operand(right)?;
            return Ok(self.operate(mark, dst, op, flag, right, number, at));
        }
        if let Some(op) = with_constant(op)
            && let Some(index) = self.operand_const(left)
        {
            let right = self.operand(right)?;
            return Ok(self.operate(mark, dst, op, ARITH_SWAPPED, right, index, at));
        }
        let left = self.operand(left)?;
        self.binary_right(mark, left, op, right, 0, dst, at)
    }

    /// The part after the left operand; shared with augmented assignment.
    #[expect(clippy::too_many_arguments, reason = "the parts of an operation")]
    pub(super) fn binary_right(
        &mut self,
        mark: u32,
        left: Reg,
        op: BinOp,
        right: &'a Expr,
        flag: u8,
        dst: Option<Reg>,
        at: Position,
    ) -> Compile<Reg> {
        if let (Some(number), Some(op)) = (small_int(right), with_immediate(op)) {
            return Ok(self.operate(mark, dst, op, flag, left, number, at));
        }
        if let Some(op) = with_constant(op)
            && let Some(index) = self.operand_const(right)
        {
            return Ok(self.operate(mark, dst, op, flag, left, index, at));
        }
        let right = self.operand(right)?;
        Ok(self.operate(mark, dst, plain(op), flag, left, right.0, at))
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of an operation")]
    fn operate(
        &mut self,
        mark: u32,
        dst: Option<Reg>,
        op: Op,
        flag: u8,
        b: Reg,
        c: u32,
        at: Position,
    ) -> Reg {
        self.release(mark);
        let dst = dst.unwrap_or_else(|| self.temp());
        self.at(at);
        self.u().emit(op, flag, dst.0, b.0, c);
        dst
    }

    /// `target op= value` on registers: `left` is read, the result goes to `dst`.
    pub(super) fn inplace(
        &mut self,
        left: Reg,
        op: BinOp,
        right: &'a Expr,
        dst: Reg,
        at: Position,
    ) -> Compile<()> {
        let mark = self.mark();
        self.binary_right(mark, left, op, right, ARITH_INPLACE, Some(dst), at)?;
        Ok(())
    }

    pub(super) fn unary(
        &mut self,
        op: UnaryOp,
        operand: &'a Expr,
        dst: Option<Reg>,
        at: Position,
    ) -> Compile<Reg> {
        if op == UnaryOp::Not
            && let ExprKind::Compare {
                left,
                ops,
                comparators,
            } = &operand.kind
            && let ([op], [right]) = (&ops[..], &comparators[..])
        {
            let inverted = match op {
                CmpOp::Is => Some(CmpOp::IsNot),
                CmpOp::IsNot => Some(CmpOp::Is),
                CmpOp::In => Some(CmpOp::NotIn),
                CmpOp::NotIn => Some(CmpOp::In),
                _ => None,
            };
            if let Some(op) = inverted {
                self.check_compare(left, &[op], std::slice::from_ref(right), at);
                return self.compare_one(left, op, right, dst, at);
            }
        }
        let mark = self.mark();
        let operand = self.operand(operand)?;
        self.release(mark);
        let dst = dst.unwrap_or_else(|| self.temp());
        self.at(at);
        let op = match op {
            UnaryOp::Invert => Op::INVERT,
            UnaryOp::Not => Op::NOT,
            UnaryOp::UAdd => Op::POS,
            UnaryOp::USub => Op::NEG,
        };
        self.emit(op, dst, operand, Reg(0));
        Ok(dst)
    }

    pub(super) fn compare(
        &mut self,
        left: &'a Expr,
        ops: &[CmpOp],
        comparators: &'a [Expr],
        dst: Option<Reg>,
        at: Position,
    ) -> Compile<Reg> {
        self.check_compare(left, ops, comparators, at);
        if let ([op], [right]) = (ops, comparators) {
            return self.compare_one(left, *op, right, dst, at);
        }
        let mark = self.mark();
        let result = dst.unwrap_or_else(|| self.temp());
        let end = self.u().label();
        let mut failures = Vec::new();
        let base = self.mark();
        let mut left = self.operand(left)?;
        for (i, (op, right)) in ops.iter().zip(comparators).enumerate() {
            let mut right = self.operand(right)?;
            self.at(at);
            if i + 1 == ops.len() {
                self.compare_registers(*op, result, left, right);
                break;
            }
            let mut compared = right;
            if right.is_temp() {
                compared = self.temp();
                self.emit(Op::COPY, compared, right, Reg(0));
            }
            let value = self.temp();
            self.compare_registers(*op, value, left, compared);
            let fail = self.u().label();
            self.u().push(
                Op::JUMP_IF_FALSE_SET,
                0,
                result.0,
                value.0,
                0,
                Some(fail),
                0,
            );
            failures.push((fail, right));
            if right.is_temp() && left.is_temp() {
                // Keep the stack of temporaries compact in long chains.
                self.emit(Op::MOVE, left, right, Reg(0));
                right = left;
            }
            left = right;
            let keep = if left.is_temp() {
                left.index() + 1
            } else {
                base
            };
            self.release(keep);
        }
        self.jump(end);
        for (fail, kept) in failures {
            self.u().place(fail);
            if kept.is_temp() {
                self.clear(kept);
            }
            self.jump(end);
        }
        self.u().place(end);
        self.release(mark);
        if dst.is_none() {
            self.temp();
        }
        Ok(result)
    }

    fn compare_one(
        &mut self,
        left: &'a Expr,
        op: CmpOp,
        right: &'a Expr,
        dst: Option<Reg>,
        at: Position,
    ) -> Compile<Reg> {
        let mark = self.mark();
        let is_none =
            matches!(op, CmpOp::Is | CmpOp::IsNot) && matches!(right.as_const(), Some(Const::None));
        if let (Some(number), Some(op)) = (small_int(left), comparison(op)) {
            let right = self.operand(right)?;
            let op = immediate_comparison(mirrored(op));
            return Ok(self.operate(mark, dst, op, COMPARE_SWAPPED, right, number, at));
        }
        let left = self.operand(left)?;
        if is_none {
            let flag = if op == CmpOp::IsNot { NEGATED } else { 0 };
            return Ok(self.operate(mark, dst, Op::IS_NONE, flag, left, 0, at));
        }
        if let (Some(number), Some(op)) = (small_int(right), comparison(op)) {
            let op = immediate_comparison(op);
            return Ok(self.operate(mark, dst, op, 0, left, number, at));
        }
        let right = self.operand(right)?;
        self.release(mark);
        let dst = dst.unwrap_or_else(|| self.temp());
        self.at(at);
        self.compare_registers(op, dst, left, right);
        Ok(dst)
    }

    fn compare_registers(&mut self, op: CmpOp, dst: Reg, left: Reg, right: Reg) {
        let (op, flag) = match op {
            CmpOp::Is => (Op::IS, 0),
            CmpOp::IsNot => (Op::IS, NEGATED),
            CmpOp::In => (Op::CONTAINS, 0),
            CmpOp::NotIn => (Op::CONTAINS, NEGATED),
            _ => (comparison(op).unwrap_or(Op::EQ), 0),
        };
        self.u().emit(op, flag, dst.0, left.0, right.0);
    }

    /// `a and b`, `a or b` as a value.
    pub(super) fn boolean(
        &mut self,
        is_and: bool,
        values: &'a [Expr],
        dst: Option<Reg>,
        at: Position,
    ) -> Compile<Reg> {
        let mark = self.mark();
        let result = dst.unwrap_or_else(|| self.temp());
        let end = self.u().label();
        let Some((last, first)) = values.split_last() else {
            return self.error(at, "BoolOp with less than 2 values");
        };
        for value in first {
            self.boolean_operand(is_and, value, result, dst.is_some(), end, at)?;
        }
        self.into(last, result)?;
        self.u().place(end);
        self.release(mark);
        if dst.is_none() {
            self.temp();
        }
        Ok(result)
    }

    /// An operand that ends the expression if its truth is as it should be. The truth of an
    /// object is asked for once, also where the operand is an `and` in an `or`.
    fn boolean_operand(
        &mut self,
        is_and: bool,
        value: &'a Expr,
        result: Reg,
        keep: bool,
        end: Label,
        at: Position,
    ) -> Compile<()> {
        if let ExprKind::BoolOp {
            is_and: inner,
            values,
        } = &value.kind
            && *inner != is_and
            && let Some((last, first)) = values.split_last()
        {
            let next = self.u().label();
            for operand in first {
                self.jump_if(operand, next, !inner)?;
            }
            self.boolean_operand(is_and, last, result, keep, end, value.at)?;
            self.u().place(next);
            return Ok(());
        }
        let mark = self.mark();
        let value = if keep {
            self.operand(value)?
        } else {
            // The result's own temporary is dead until the end.
            self.eval_or_local(value, result)?
        };
        self.release(mark);
        self.at(at);
        let op = if is_and {
            Op::JUMP_IF_FALSE_SET
        } else {
            Op::JUMP_IF_TRUE_SET
        };
        self.u().push(op, 0, result.0, value.0, 0, Some(end), 0);
        Ok(())
    }

    /// A local in place, anything else into the register.
    fn eval_or_local(&mut self, expr: &'a Expr, register: Reg) -> Compile<Reg> {
        if let ExprKind::Name { id, .. } = &expr.kind
            && self.local_of(id).is_some()
        {
            return self.operand(expr);
        }
        self.into(expr, register)?;
        Ok(register)
    }

    /// Warnings about comparisons that cannot be meant.
    pub(super) fn check_compare(
        &mut self,
        left: &Expr,
        ops: &[CmpOp],
        comparators: &[Expr],
        at: Position,
    ) {
        let mut left_fails = literal_type(left);
        for (op, right) in ops.iter().zip(comparators) {
            let right_fails = literal_type(right);
            if matches!(op, CmpOp::Is | CmpOp::IsNot)
                && let Some(kind) = left_fails.or(right_fails)
            {
                let message = match op {
                    CmpOp::Is => {
                        format!("\"is\" with '{kind}' literal. Did you mean \"==\"?")
                    }
                    _ => format!("\"is not\" with '{kind}' literal. Did you mean \"!=\"?"),
                };
                self.warn(at, message);
                return;
            }
            left_fails = right_fails;
        }
    }
}

/// The type name of a literal that `is` should not compare.
fn literal_type(expr: &Expr) -> Option<&'static str> {
    match expr.as_const()? {
        Const::None | Const::Bool(_) | Const::Ellipsis => None,
        value => Some(type_name(value)),
    }
}

pub(super) fn type_name(value: &Const) -> &'static str {
    match value {
        Const::None => "NoneType",
        Const::Bool(_) => "bool",
        Const::Ellipsis => "ellipsis",
        Const::Int(_) | Const::BigInt(..) => "int",
        Const::Float(_) => "float",
        Const::Complex(..) => "complex",
        Const::Str(_) => "str",
        Const::Bytes(_) => "bytes",
        Const::Tuple(_) => "tuple",
        Const::FrozenSet(_) => "frozenset",
        Const::Slice(_) => "slice",
        Const::Code(_) => "code",
    }
}

pub(super) fn immediate_comparison(op: Op) -> Op {
    match op {
        Op::EQ => Op::EQ_IMM,
        Op::NE => Op::NE_IMM,
        Op::LT => Op::LT_IMM,
        Op::LE => Op::LE_IMM,
        Op::GT => Op::GT_IMM,
        _ => Op::GE_IMM,
    }
}

/// The comparison that gives the same with its operands exchanged.
pub(super) fn mirrored(op: Op) -> Op {
    match op {
        Op::LT => Op::GT,
        Op::LE => Op::GE,
        Op::GT => Op::LT,
        Op::GE => Op::LE,
        same => same,
    }
}
