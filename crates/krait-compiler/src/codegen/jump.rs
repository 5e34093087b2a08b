//! Conditions: jumps on the truth of an expression, comparisons fused into the jump.

use super::Codegen;
use super::operators::{comparison, mirrored, small_int};
use super::unit::{Label, Reg};
use crate::ast::{CmpOp, Expr, ExprKind, UnaryOp};
use crate::errors::Compile;
use krait_bytecode::op::{COMPARE_SWAPPED, JUMP_SENSE};
use krait_bytecode::{Const, Op, Position};

/// Truth of a constant.
pub(crate) fn truth(value: &Const) -> bool {
    match value {
        Const::None => false,
        Const::Bool(value) => *value,
        Const::Int(number) => *number != 0,
        Const::Float(number) => *number != 0.0,
        Const::Complex(re, im) => *re != 0.0 || *im != 0.0,
        Const::Str(bytes) | Const::Bytes(bytes) => !bytes.is_empty(),
        Const::Tuple(items) | Const::FrozenSet(items) => !items.is_empty(),
        Const::BigInt(..) | Const::Ellipsis | Const::Slice(_) | Const::Code(_) => true,
    }
}

impl<'a> Codegen<'a> {
    /// Jumps to `target` if the truth of `expr` is `sense`, else goes on behind.
    pub(super) fn jump_if(&mut self, expr: &'a Expr, target: Label, sense: bool) -> Compile<()> {
        match &expr.kind {
            ExprKind::Constant { value, .. } => {
                self.at(expr.at);
                if truth(value) == sense {
                    self.jump(target);
                } else {
                    self.u().emit(Op::NOP, 0, 0, 0, 0);
                }
                Ok(())
            }
            ExprKind::UnaryOp {
                op: UnaryOp::Not,
                operand,
            } => self.jump_if(operand, target, !sense),
            ExprKind::BoolOp { is_and, values } => {
                let Some((last, first)) = values.split_last() else {
                    return Ok(());
                };
                // `and` fails early, `or` succeeds early.
                let early = !is_and;
                let skip = self.u().label();
                for value in first {
                    let to = if early == sense { target } else { skip };
                    self.jump_if(value, to, early)?;
                }
                self.jump_if(last, target, sense)?;
                self.u().place(skip);
                Ok(())
            }
            ExprKind::IfExp { test, body, orelse } => {
                let (other, end) = (self.u().label(), self.u().label());
                self.jump_if(test, other, false)?;
                self.jump_if(body, target, sense)?;
                self.u().at = Position::NONE;
                self.jump(end);
                self.u().place(other);
                self.jump_if(orelse, target, sense)?;
                self.u().place(end);
                Ok(())
            }
            ExprKind::Compare {
                left,
                ops,
                comparators,
            } => {
                self.check_compare(left, ops, comparators, expr.at);
                match (&ops[..], &comparators[..]) {
                    ([op], [right]) => self.jump_compare(left, *op, right, target, sense, expr.at),
                    _ => self.jump_chain(left, ops, comparators, target, sense, expr.at),
                }
            }
            _ => {
                let mark = self.mark();
                let value = self.operand(expr)?;
                self.release(mark);
                self.at(expr.at);
                let op = if sense {
                    Op::JUMP_IF_TRUE
                } else {
                    Op::JUMP_IF_FALSE
                };
                self.u().push(op, 0, value.0, 0, 0, Some(target), 0);
                Ok(())
            }
        }
    }

    fn jump_compare(
        &mut self,
        left: &'a Expr,
        op: CmpOp,
        right: &'a Expr,
        target: Label,
        sense: bool,
        at: Position,
    ) -> Compile<()> {
        let mark = self.mark();
        let flag = if sense { JUMP_SENSE } else { 0 };
        if let (Some(number), Some(op)) = (small_int(left), comparison(op)) {
            let right = self.operand(right)?;
            self.release(mark);
            self.at(at);
            let op = immediate_jump(mirrored(op));
            self.u().push(
                op,
                flag | COMPARE_SWAPPED,
                right.0,
                number,
                0,
                Some(target),
                0,
            );
            return Ok(());
        }
        let left = self.operand(left)?;
        if matches!(op, CmpOp::Is | CmpOp::IsNot) && matches!(right.as_const(), Some(Const::None)) {
            let none = (op == CmpOp::Is) == sense;
            let op = if none {
                Op::JUMP_IF_NONE
            } else {
                Op::JUMP_IF_NOT_NONE
            };
            self.release(mark);
            self.at(at);
            self.u().push(op, 0, left.0, 0, 0, Some(target), 0);
            return Ok(());
        }
        if let (Some(number), Some(op)) = (small_int(right), comparison(op)) {
            self.release(mark);
            self.at(at);
            let op = immediate_jump(op);
            self.u().push(op, flag, left.0, number, 0, Some(target), 0);
            return Ok(());
        }
        if let (CmpOp::Eq | CmpOp::NotEq, Some(index)) = (op, self.operand_const(right)) {
            self.release(mark);
            self.at(at);
            let op = if op == CmpOp::Eq {
                Op::JUMP_IF_EQ_CONST
            } else {
                Op::JUMP_IF_NE_CONST
            };
            self.u().push(op, flag, left.0, index, 0, Some(target), 0);
            return Ok(());
        }
        let right = self.operand(right)?;
        self.release(mark);
        self.at(at);
        self.jump_registers(op, left, right, target, sense);
        Ok(())
    }

    fn jump_registers(&mut self, op: CmpOp, left: Reg, right: Reg, target: Label, sense: bool) {
        let (op, sense) = match op {
            CmpOp::Is => (Op::JUMP_IF_IS, sense),
            CmpOp::IsNot => (Op::JUMP_IF_IS, !sense),
            CmpOp::In => (Op::JUMP_IF_CONTAINS, sense),
            CmpOp::NotIn => (Op::JUMP_IF_CONTAINS, !sense),
            CmpOp::Eq => (Op::JUMP_IF_EQ, sense),
            CmpOp::NotEq => (Op::JUMP_IF_NE, sense),
            CmpOp::Lt => (Op::JUMP_IF_LT, sense),
            CmpOp::LtE => (Op::JUMP_IF_LE, sense),
            CmpOp::Gt => (Op::JUMP_IF_GT, sense),
            CmpOp::GtE => (Op::JUMP_IF_GE, sense),
        };
        let flag = if sense { JUMP_SENSE } else { 0 };
        self.u().push(op, flag, left.0, right.0, 0, Some(target), 0);
    }

    /// `a < b < c` as a condition.
    fn jump_chain(
        &mut self,
        left: &'a Expr,
        ops: &[CmpOp],
        comparators: &'a [Expr],
        target: Label,
        sense: bool,
        at: Position,
    ) -> Compile<()> {
        let mark = self.mark();
        let end = self.u().label();
        let mut failures = Vec::new();
        let number =
            small_int(left).filter(|_| ops.first().copied().and_then(comparison).is_some());
        let mut left = match number {
            // `0 <= x < n`: the first comparison has its immediate.
            Some(_) => Reg::NONE,
            None => self.operand(left)?,
        };
        for (i, (op, right)) in ops.iter().zip(comparators).enumerate() {
            let right = self.operand(right)?;
            self.at(at);
            if i + 1 == ops.len() {
                self.jump_registers(*op, left, right, target, sense);
                break;
            }
            let mut compared = right;
            if right.is_temp() {
                compared = self.temp();
                self.emit(Op::COPY, compared, right, Reg(0));
            }
            // A failed link: nothing to drop if the middle operand is a local.
            let fail = match right.is_temp() {
                true => self.u().label(),
                false if sense => end,
                false => target,
            };
            match (number.filter(|_| i == 0), comparison(*op)) {
                (Some(number), Some(op)) => {
                    let op = immediate_jump(mirrored(op));
                    self.u()
                        .push(op, COMPARE_SWAPPED, compared.0, number, 0, Some(fail), 0);
                }
                _ => self.jump_registers(*op, left, compared, fail, false),
            }
            if right.is_temp() {
                failures.push((fail, right));
                self.release(right.index() + 1);
            }
            left = right;
        }
        if !failures.is_empty() {
            self.jump(end);
            for (fail, kept) in failures {
                self.u().place(fail);
                self.clear(kept);
                self.jump(if sense { end } else { target });
            }
        }
        self.u().place(end);
        self.release(mark);
        Ok(())
    }
}

fn immediate_jump(op: Op) -> Op {
    match op {
        Op::EQ => Op::JUMP_IF_EQ_IMM,
        Op::NE => Op::JUMP_IF_NE_IMM,
        Op::LT => Op::JUMP_IF_LT_IMM,
        Op::LE => Op::JUMP_IF_LE_IMM,
        Op::GT => Op::JUMP_IF_GT_IMM,
        _ => Op::JUMP_IF_GE_IMM,
    }
}
