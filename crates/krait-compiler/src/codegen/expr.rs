//! Expressions.

use super::Codegen;
use super::operators::{small_int, type_name};
use super::unit::Reg;
use crate::ast::{Ctx, Expr, ExprKind};
use crate::errors::Compile;
use crate::scope::ScopeKind;
use krait_bytecode::op::{SEND_AWAIT, YIELD_ASYNC};
use krait_bytecode::{Const, Op, Position, flags};

/// More elements than this are appended one by one instead of standing in registers.
const MAX_ON_REGISTERS: usize = 64;

impl<'a> Codegen<'a> {
    /// Evaluates: a local in place, anything else into a new temporary on top.
    pub(super) fn operand(&mut self, expr: &'a Expr) -> Compile<Reg> {
        self.eval(expr, None)
    }

    /// Evaluates into a register; a temporary must be dead.
    pub(super) fn into(&mut self, expr: &'a Expr, dst: Reg) -> Compile<()> {
        let got = self.eval(expr, Some(dst))?;
        debug_assert_eq!(got, dst);
        Ok(())
    }

    /// Evaluates into a new temporary on top.
    pub(super) fn push(&mut self, expr: &'a Expr) -> Compile<Reg> {
        let dst = self.temp();
        self.into(expr, dst)?;
        Ok(dst)
    }

    /// Evaluates for the effect.
    pub(super) fn effect(&mut self, expr: &'a Expr) -> Compile<()> {
        let mark = self.mark();
        match &expr.kind {
            ExprKind::Constant { .. } => {
                self.at(expr.at);
                self.u().emit(Op::NOP, 0, 0, 0, 0);
            }
            ExprKind::Call {
                func,
                args,
                keywords,
            } => {
                self.call(expr, func, args, keywords, None, true)?;
            }
            _ => {
                let value = self.operand(expr)?;
                if value.is_temp() {
                    self.clear(value);
                } else {
                    self.at(expr.at);
                    self.u().emit(Op::NOP, 0, 0, 0, 0);
                }
            }
        }
        self.release(mark);
        Ok(())
    }

    fn eval(&mut self, expr: &'a Expr, dst: Option<Reg>) -> Compile<Reg> {
        let at = expr.at;
        match &expr.kind {
            ExprKind::Name { id, .. } => Ok(self.load_name(id, dst, at)),
            ExprKind::Constant { value, .. } => {
                let dst = dst.unwrap_or_else(|| self.temp());
                self.at(at);
                self.load_const(value, dst);
                Ok(dst)
            }
            ExprKind::BinOp { left, op, right } => self.binary(left, *op, right, dst, at),
            ExprKind::UnaryOp { op, operand } => self.unary(*op, operand, dst, at),
            ExprKind::BoolOp { is_and, values } => self.boolean(*is_and, values, dst, at),
            ExprKind::Compare {
                left,
                ops,
                comparators,
            } => self.compare(left, ops, comparators, dst, at),
            ExprKind::Call {
                func,
                args,
                keywords,
            } => self.call(expr, func, args, keywords, dst, false),
            ExprKind::Attribute { value, attr, .. } => self.attribute(value, attr, dst, at),
            ExprKind::Subscript { value, slice, .. } => self.subscript(value, slice, dst, at),
            ExprKind::NamedExpr { target, value } => self.named(target, value, dst),
            ExprKind::IfExp { test, body, orelse } => self.conditional(test, body, orelse, dst),
            ExprKind::Lambda(lambda) => self.lambda(expr, lambda, dst),
            ExprKind::List { elts, .. } => self.list(elts, dst, at),
            ExprKind::Tuple { elts, .. } => self.tuple(elts, dst, at),
            ExprKind::Set(elts) => self.set(elts, dst, at),
            ExprKind::Dict { keys, values } => self.dict(keys, values, dst, at),
            ExprKind::ListComp(comp)
            | ExprKind::SetComp(comp)
            | ExprKind::DictComp(comp)
            | ExprKind::GeneratorExp(comp) => self.comprehension(expr, comp, dst),
            ExprKind::Await(value) => self.await_expr(value, dst, at),
            ExprKind::Yield(value) => self.yield_expr(value.as_deref(), dst, at),
            ExprKind::YieldFrom(value) => self.yield_from(value, dst, at),
            ExprKind::JoinedStr(values) => self.joined(values, dst, at),
            ExprKind::FormattedValue(field) => self.formatted(field, dst, at),
            ExprKind::TemplateStr(values) => self.template(values, dst, at),
            ExprKind::Interpolation(_) => self.template(std::slice::from_ref(expr), dst, at),
            ExprKind::Slice { lower, upper, step } => {
                let mark = self.mark();
                let base = self.slice_parts([lower, upper, step])?;
                self.release(mark);
                let dst = dst.unwrap_or_else(|| self.temp());
                self.at(at);
                self.emit(Op::BUILD_SLICE, dst, base, Reg(0));
                Ok(dst)
            }
            ExprKind::Starred { ctx, .. } => match ctx {
                Ctx::Store => {
                    self.error(at, "starred assignment target must be in a list or tuple")
                }
                _ => self.error(at, "can't use starred expression here"),
            },
        }
    }

    fn named(&mut self, target: &'a Expr, value: &'a Expr, dst: Option<Reg>) -> Compile<Reg> {
        let Some(name) = target.as_name() else {
            return self.error(target.at, "invalid assignment expression target");
        };
        if let Some(local) = self.local_of(name) {
            self.into(value, local)?;
            self.at(target.at);
            let reassigned = self
                .unit()
                .walrus
                .iter()
                .filter(|other| *other == name)
                .count()
                > 1;
            if dst.is_none() && !reassigned {
                return Ok(local);
            }
            let dst = dst.unwrap_or_else(|| self.temp());
            self.move_to(dst, local);
            return Ok(dst);
        }
        let dst = match dst {
            // A local may not be written before the store that follows.
            Some(dst) if dst.is_temp() => dst,
            _ => self.temp(),
        };
        self.into(value, dst)?;
        self.at(target.at);
        let copy = self.temp();
        self.emit(Op::COPY, copy, dst, Reg(0));
        self.store_name(name, copy);
        self.release(copy.index());
        Ok(dst)
    }

    fn conditional(
        &mut self,
        test: &'a Expr,
        body: &'a Expr,
        orelse: &'a Expr,
        dst: Option<Reg>,
    ) -> Compile<Reg> {
        let mark = self.mark();
        let result = dst.unwrap_or_else(|| self.temp());
        let (other, end) = (self.u().label(), self.u().label());
        self.jump_if(test, other, false)?;
        self.into(body, result)?;
        self.u().at = Position::NONE;
        self.jump(end);
        self.u().place(other);
        self.into(orelse, result)?;
        self.u().place(end);
        self.release(mark);
        if dst.is_none() {
            self.temp();
        }
        Ok(result)
    }

    fn attribute(
        &mut self,
        value: &'a Expr,
        attr: &'a crate::ast::Name,
        dst: Option<Reg>,
        at: Position,
    ) -> Compile<Reg> {
        let mark = self.mark();
        if let Some((base, flag)) = self.super_operands(value)? {
            let index = self.attribute_name(attr, at)?;
            self.release(mark);
            let dst = dst.unwrap_or_else(|| self.temp());
            self.at(super::call::attr_position(at, attr));
            self.u()
                .emit(Op::LOAD_SUPER_ATTR, flag, dst.0, base.0, index);
            return Ok(dst);
        }
        let object = self.operand(value)?;
        let index = self.attribute_name(attr, at)?;
        self.release(mark);
        let dst = dst.unwrap_or_else(|| self.temp());
        self.at(super::call::attr_position(at, attr));
        self.u().emit(Op::LOAD_ATTR, 0, dst.0, object.0, index);
        Ok(dst)
    }

    fn subscript(
        &mut self,
        value: &'a Expr,
        slice: &'a Expr,
        dst: Option<Reg>,
        at: Position,
    ) -> Compile<Reg> {
        self.check_subscript(value, slice);
        let mark = self.mark();
        let object = self.operand(value)?;
        let (op, c) = match &slice.kind {
            ExprKind::Slice {
                lower,
                upper,
                step: None,
            } => (Op::LOAD_SLICE, self.slice_parts([lower, upper])?.0),
            _ => match self.index(slice)? {
                Index::Immediate(number) => (Op::LOAD_SUBSCR_IMM, number),
                Index::Constant(index) => (Op::LOAD_SUBSCR_CONST, index),
                Index::Register(register) => (Op::LOAD_SUBSCR, register.0),
            },
        };
        self.release(mark);
        let dst = dst.unwrap_or_else(|| self.temp());
        self.at(at);
        self.u().emit(op, 0, dst.0, object.0, c);
        Ok(dst)
    }

    /// The parts of a slice in consecutive temporaries, None for those left out.
    pub(super) fn slice_parts<const N: usize>(
        &mut self,
        parts: [&'a Option<Box<Expr>>; N],
    ) -> Compile<Reg> {
        let first = self.mark();
        for part in parts {
            match part {
                Some(expr) => {
                    self.push(expr)?;
                }
                None => {
                    let none = self.temp();
                    self.load_const(&Const::None, none);
                }
            }
        }
        Ok(Reg::temp(first))
    }

    /// How an index is given to a subscript instruction.
    pub(super) fn index(&mut self, expr: &'a Expr) -> Compile<Index> {
        if let Some(number) = small_int(expr) {
            return Ok(Index::Immediate(number));
        }
        if let Some(index) = self.operand_const(expr) {
            return Ok(Index::Constant(index));
        }
        Ok(Index::Register(self.operand(expr)?))
    }

    fn check_subscript(&mut self, value: &Expr, slice: &Expr) {
        let kind = match &value.kind {
            ExprKind::Constant {
                value: constant, ..
            } => match constant {
                Const::Str(_) | Const::Bytes(_) | Const::Tuple(_) => {
                    return self.check_index(type_name(constant), slice, value.at);
                }
                _ => type_name(constant),
            },
            ExprKind::Tuple { .. } => return self.check_index("tuple", slice, value.at),
            ExprKind::List { .. } | ExprKind::ListComp(_) => {
                return self.check_index("list", slice, value.at);
            }
            ExprKind::JoinedStr(_) | ExprKind::FormattedValue(_) => {
                return self.check_index("str", slice, value.at);
            }
            ExprKind::TemplateStr(_) | ExprKind::Interpolation(_) => "string.templatelib.Template",
            ExprKind::Set(_) | ExprKind::SetComp(_) => "set",
            ExprKind::GeneratorExp(_) => "generator",
            ExprKind::Lambda(_) => "function",
            _ => return,
        };
        let message = format!("'{kind}' object is not subscriptable; perhaps you missed a comma?");
        self.warn(value.at, message);
    }

    fn check_index(&mut self, container: &str, slice: &Expr, at: Position) {
        let index = match &slice.kind {
            ExprKind::Constant { value, .. } => match value {
                Const::Int(_) | Const::BigInt(..) | Const::Bool(_) | Const::Slice(_) => return,
                value => type_name(value),
            },
            ExprKind::Tuple { .. } => "tuple",
            ExprKind::List { .. } | ExprKind::ListComp(_) => "list",
            ExprKind::Dict { .. } | ExprKind::DictComp(_) => "dict",
            ExprKind::Set(_) | ExprKind::SetComp(_) => "set",
            ExprKind::GeneratorExp(_) => "generator",
            ExprKind::Lambda(_) => "function",
            ExprKind::JoinedStr(_) | ExprKind::FormattedValue(_) => "str",
            ExprKind::TemplateStr(_) | ExprKind::Interpolation(_) => "string.templatelib.Template",
            _ => return,
        };
        let message = format!(
            "{container} indices must be integers or slices, not {index}; perhaps you missed a comma?"
        );
        self.warn(at, message);
    }

    // ---- displays

    /// Elements on consecutive temporaries, if there are few and none is starred.
    fn on_registers(&mut self, elts: &'a [Expr]) -> Compile<Option<Reg>> {
        let starred = elts
            .iter()
            .any(|elt| matches!(elt.kind, ExprKind::Starred { .. }));
        if starred || elts.len() > MAX_ON_REGISTERS {
            return Ok(None);
        }
        let first = self.mark();
        for elt in elts {
            self.push(elt)?;
        }
        Ok(Some(Reg::temp(first)))
    }

    fn list(&mut self, elts: &'a [Expr], dst: Option<Reg>, at: Position) -> Compile<Reg> {
        if elts.len() >= 3
            && let Some(items) = constants(elts)
        {
            let dst = dst.unwrap_or_else(|| self.temp());
            let index = self.u().constant(&Const::Tuple(items.into()));
            self.at(at);
            self.u().emit(Op::LIST_FROM_CONST, 0, dst.0, index, 0);
            return Ok(dst);
        }
        self.sequence(Op::BUILD_LIST, elts, dst, at)
    }

    fn tuple(&mut self, elts: &'a [Expr], dst: Option<Reg>, at: Position) -> Compile<Reg> {
        self.sequence(Op::BUILD_TUPLE, elts, dst, at)
    }

    fn set(&mut self, elts: &'a [Expr], dst: Option<Reg>, at: Position) -> Compile<Reg> {
        self.sequence(Op::BUILD_SET, elts, dst, at)
    }

    fn sequence(
        &mut self,
        op: Op,
        elts: &'a [Expr],
        dst: Option<Reg>,
        at: Position,
    ) -> Compile<Reg> {
        let mark = self.mark();
        if let Some(base) = self.on_registers(elts)? {
            self.release(mark);
            let dst = dst.unwrap_or_else(|| self.temp());
            self.at(at);
            self.u().emit(op, 0, dst.0, base.0, elts.len() as u32);
            return Ok(dst);
        }
        let collected = self.collect(op == Op::BUILD_SET, elts, at)?;
        self.release(mark);
        let dst = dst.unwrap_or_else(|| self.temp());
        self.at(at);
        match op {
            Op::BUILD_TUPLE => self.emit(Op::LIST_TO_TUPLE, dst, collected, Reg(0)),
            _ => self.move_to(dst, collected),
        }
        Ok(dst)
    }

    /// Elements, starred ones too, gathered in a list (or set) in a new temporary.
    pub(super) fn collect(&mut self, set: bool, elts: &'a [Expr], at: Position) -> Compile<Reg> {
        let result = self.temp();
        let (build, append, extend) = match set {
            true => (Op::BUILD_SET, Op::SET_ADD, Op::SET_UPDATE),
            false => (Op::BUILD_LIST, Op::LIST_APPEND, Op::LIST_EXTEND),
        };
        let starred = |elt: &Expr| matches!(elt.kind, ExprKind::Starred { .. });
        let head = elts
            .iter()
            .take_while(|elt| !starred(elt))
            .count()
            .min(MAX_ON_REGISTERS);
        let mark = self.mark();
        self.on_registers(&elts[..head])?;
        self.release(mark);
        self.at(at);
        self.u()
            .emit(build, 0, result.0, Reg::temp(mark).0, head as u32);
        for elt in &elts[head..] {
            let (op, value) = match &elt.kind {
                ExprKind::Starred { value, .. } => (extend, self.operand(value)?),
                _ => (append, self.operand(elt)?),
            };
            self.release(mark);
            self.at(elt.at);
            self.emit(op, result, value, Reg(0));
        }
        Ok(result)
    }

    fn dict(
        &mut self,
        keys: &'a [Option<Expr>],
        values: &'a [Expr],
        dst: Option<Reg>,
        at: Position,
    ) -> Compile<Reg> {
        let mark = self.mark();
        if keys.len() <= MAX_ON_REGISTERS / 2 && keys.iter().all(Option::is_some) {
            let names: Option<Vec<Const>> = keys
                .iter()
                .flatten()
                .map(|key| key.as_const().cloned())
                .collect();
            let (op, c) = match names {
                Some(names) if names.len() > 1 => {
                    for value in values {
                        self.push(value)?;
                    }
                    let index = self.u().constant(&Const::Tuple(names.into()));
                    (Op::BUILD_CONST_KEY_MAP, index)
                }
                _ => {
                    for (key, value) in keys.iter().flatten().zip(values) {
                        self.push(key)?;
                        self.push(value)?;
                    }
                    (Op::BUILD_MAP, keys.len() as u32)
                }
            };
            if c <= u16::MAX as u32 {
                self.release(mark);
                let dst = dst.unwrap_or_else(|| self.temp());
                self.at(at);
                self.u().emit(op, 0, dst.0, Reg::temp(mark).0, c);
                return Ok(dst);
            }
            return self.error(at, "too many constants");
        }
        let result = self.temp();
        self.at(at);
        self.u()
            .emit(Op::BUILD_MAP, 0, result.0, result.plus(1).0, 0);
        for (key, value) in keys.iter().zip(values) {
            let inner = self.mark();
            match key {
                Some(key) => {
                    let key = self.operand(key)?;
                    let value = self.operand(value)?;
                    self.release(inner);
                    self.at(at);
                    self.emit(Op::MAP_ADD, result, key, value);
                }
                None => {
                    let value = self.operand(value)?;
                    self.release(inner);
                    self.at(at);
                    self.emit(Op::DICT_UPDATE, result, value, Reg(0));
                }
            }
        }
        self.release(mark);
        match dst {
            Some(dst) => self.move_to(dst, result),
            None => {
                self.temp();
            }
        }
        Ok(dst.unwrap_or(result))
    }

    // ---- suspension

    pub(super) fn await_expr(
        &mut self,
        value: &'a Expr,
        dst: Option<Reg>,
        at: Position,
    ) -> Compile<Reg> {
        let mark = self.mark();
        let value = self.operand(value)?;
        self.release(mark);
        let sub = self.temp();
        self.at(at);
        self.emit(Op::GET_AWAITABLE, sub, value, Reg(0));
        self.send(sub, SEND_AWAIT);
        self.release(mark);
        Ok(self.give(sub, dst))
    }

    /// Runs the sub-iterator in `sub` to its end; the result takes its place.
    pub(super) fn send(&mut self, sub: Reg, flag: u8) {
        let sent = self.temp();
        self.load_const(&Const::None, sent);
        self.u().emit(Op::SEND, flag, sent.0, sub.0, 0);
        self.move_to(sub, sent);
        self.release(sent.index());
    }

    /// Moves a value that stands in the first free temporary to where it is wanted.
    pub(super) fn give(&mut self, value: Reg, dst: Option<Reg>) -> Reg {
        match dst {
            Some(dst) => {
                self.move_to(dst, value);
                dst
            }
            None => {
                let again = self.temp();
                debug_assert_eq!(again, value);
                again
            }
        }
    }

    fn in_function(&self, what: &str, at: Position) -> Compile<()> {
        let scope = &self.table.scopes[self.unit().scope];
        match scope.kind {
            ScopeKind::Function => Ok(()),
            _ => self.error(at, format!("'{what}' outside function")),
        }
    }

    fn yield_expr(
        &mut self,
        value: Option<&'a Expr>,
        dst: Option<Reg>,
        at: Position,
    ) -> Compile<Reg> {
        self.in_function("yield", at)?;
        let mark = self.mark();
        let value = match value {
            Some(value) => self.operand(value)?,
            None => {
                let none = self.temp();
                self.at(at);
                self.load_const(&Const::None, none);
                none
            }
        };
        self.release(mark);
        let dst = dst.unwrap_or_else(|| self.temp());
        self.at(at);
        self.yield_value(dst, value);
        Ok(dst)
    }

    pub(super) fn yield_value(&mut self, dst: Reg, value: Reg) {
        let wrap = self.unit().flags & flags::ASYNC_GENERATOR != 0;
        let flag = if wrap { YIELD_ASYNC } else { 0 };
        self.u().emit(Op::YIELD, flag, dst.0, value.0, 0);
    }

    fn yield_from(&mut self, value: &'a Expr, dst: Option<Reg>, at: Position) -> Compile<Reg> {
        self.in_function("yield from", at)?;
        let bits = self.unit().flags;
        if bits & (flags::COROUTINE | flags::ASYNC_GENERATOR) != 0 {
            return self.error(at, "'yield from' inside async function");
        }
        let mark = self.mark();
        let value = self.operand(value)?;
        self.release(mark);
        let sub = self.temp();
        self.at(at);
        self.emit(Op::GET_YIELD_FROM_ITER, sub, value, Reg(0));
        self.send(sub, 0);
        self.release(mark);
        Ok(self.give(sub, dst))
    }
}

/// How an index is given.
pub(super) enum Index {
    Immediate(u32),
    Constant(u32),
    Register(Reg),
}

fn constants(elts: &[Expr]) -> Option<Vec<Const>> {
    elts.iter().map(|elt| elt.as_const().cloned()).collect()
}
