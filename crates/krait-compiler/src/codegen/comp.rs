//! Comprehensions, inlined (PEP 709), and generator expressions.
//!
//! An inlined comprehension's variables are hidden locals or cells of the code
//! around it, with registers of their own, emptied when the comprehension is left.

use super::Codegen;
use super::unit::{CompFrame, CompVar, Reg, UnitKind};
use crate::ast::{Comp, Comprehension, Expr, ExprKind, Name};
use crate::errors::Compile;
use crate::scope::{Resolution, ScopeId, ScopePart};
use krait_bytecode::op::SEND_AWAIT;
use krait_bytecode::{Const, Op, Position};
use std::collections::BTreeMap;

/// What a comprehension makes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    List,
    Set,
    Dict,
    Generator,
}

impl<'a> Codegen<'a> {
    pub(super) fn comprehension(
        &mut self,
        expr: &'a Expr,
        comp: &'a Comp,
        dst: Option<Reg>,
    ) -> Compile<Reg> {
        let kind = match expr.kind {
            ExprKind::ListComp(_) => Kind::List,
            ExprKind::SetComp(_) => Kind::Set,
            ExprKind::DictComp(_) => Kind::Dict,
            _ => Kind::Generator,
        };
        let scope = self.find_scope(comp, ScopePart::Body, expr.at)?;
        let Some(first) = comp.generators.first() else {
            return self.error(expr.at, "comprehension with no generators");
        };
        if self.table.scopes[scope].inlined {
            return self.inlined(expr, comp, kind, scope, first, dst);
        }
        let mark = self.mark();
        let function = self.temp();
        let iterable = self.temp();
        self.comp_iterator(first, iterable)?;
        self.comp_function(expr, comp, kind, scope, first, function)?;
        let scope = &self.table.scopes[scope];
        let awaits = scope.coroutine && kind != Kind::Generator;
        self.release(mark);
        let result = match dst {
            Some(dst) if !awaits => dst,
            _ => self.temp(),
        };
        self.at(expr.at);
        self.u().emit(Op::CALL, 0, result.0, function.0, 1);
        if !awaits {
            return Ok(result);
        }
        self.emit(Op::GET_AWAITABLE, result, result, Reg(0));
        self.send(result, SEND_AWAIT);
        self.release(mark);
        Ok(self.give(result, dst))
    }

    /// Evaluates the first iterable and makes its iterator, in the scope around.
    fn comp_iterator(&mut self, first: &'a Comprehension, dst: Reg) -> Compile<()> {
        let mark = self.mark();
        let iterable = self.operand(&first.iter)?;
        self.release(mark);
        self.at(first.iter.at);
        let op = if first.is_async {
            Op::GET_AITER
        } else {
            Op::GET_ITER
        };
        self.emit(op, dst, iterable, Reg(0));
        Ok(())
    }

    /// The comprehension as a function of its own, called with the iterator.
    fn comp_function(
        &mut self,
        expr: &'a Expr,
        comp: &'a Comp,
        kind: Kind,
        scope: ScopeId,
        first: &'a Comprehension,
        dst: Reg,
    ) -> Compile<()> {
        let name = self.table.scopes[scope].name.clone();
        self.enter(UnitKind::Comprehension, scope, name, expr.at.line)?;
        self.u().argcount = 1;
        self.at(expr.at);
        let iterator = Reg::local(0);
        if kind == Kind::Generator {
            self.clauses(comp, kind, Reg::NONE, iterator, first)?;
            self.implicit_return();
        } else {
            let result = self.temp();
            self.new_collection(kind, result);
            let own = self.temp();
            self.emit(Op::COPY, own, iterator, Reg(0));
            self.clauses(comp, kind, result, own, first)?;
            self.at(expr.at);
            self.emit(Op::RETURN, result, Reg(0), Reg(0));
        }
        let code = self.finish()?;
        self.at(expr.at);
        self.make_function(code, 0, Reg::temp(0), dst)
    }

    fn new_collection(&mut self, kind: Kind, dst: Reg) {
        let op = match kind {
            Kind::List => Op::BUILD_LIST,
            Kind::Set => Op::BUILD_SET,
            Kind::Dict | Kind::Generator => Op::BUILD_MAP,
        };
        let first = Reg::temp(self.mark());
        self.u().emit(op, 0, dst.0, first.0, 0);
    }

    fn inlined(
        &mut self,
        expr: &'a Expr,
        comp: &'a Comp,
        kind: Kind,
        scope: ScopeId,
        first: &'a Comprehension,
        dst: Option<Reg>,
    ) -> Compile<Reg> {
        let mark = self.mark();
        let result = self.temp();
        let iterator = self.temp();
        self.comp_iterator(first, iterator)?;
        self.at(expr.at);
        self.new_collection(kind, result);
        let frame = self.comp_frame(scope);
        let registers: Vec<CompVar> = frame.vars.values().copied().collect();
        for var in &registers {
            if let CompVar::Cell(cell) = var {
                self.u().at = expr.at;
                self.emit(Op::MAKE_CELL, *cell, Reg::NONE, Reg(0));
            }
        }
        if !registers.is_empty() {
            self.check_blocks(expr.at)?;
        }
        self.u().comps.push(frame);
        let cleanup = self.u().label();
        let outer = self.u().handler;
        let handler = self.u().new_handler(cleanup, mark, false);
        if !registers.is_empty() {
            self.u().handler = handler;
        }
        self.clauses(comp, kind, result, iterator, first)?;
        self.u().handler = outer;
        self.u().comps.pop();
        self.at(expr.at);
        self.forget_vars(&registers);
        if !registers.is_empty() {
            let end = self.u().label();
            self.u().at = Position::NONE;
            self.jump(end);
            self.u().place(cleanup);
            self.forget_vars(&registers);
            self.emit(Op::RERAISE, Reg::temp(mark), Reg::NONE, Reg(0));
            self.u().place(end);
        }
        self.release(mark);
        self.at(expr.at);
        Ok(self.give(result, dst))
    }

    fn forget_vars(&mut self, vars: &[CompVar]) {
        for var in vars {
            let (CompVar::Local(register) | CompVar::Cell(register)) = *var;
            self.clear(register);
        }
    }

    /// Registers for the variables of a comprehension to be inlined.
    fn comp_frame(&mut self, id: ScopeId) -> CompFrame {
        let scope = &self.table.scopes[id];
        let mut vars = BTreeMap::new();
        for name in &scope.order {
            if scope.parameters.contains(name) {
                continue;
            }
            match scope.resolve(name) {
                Some(Resolution::Local) => {
                    let register = self.hidden_local(name);
                    self.u().touch([register]);
                    vars.insert(name.clone(), CompVar::Local(register));
                }
                Some(Resolution::Cell) => {
                    let unit = self.u();
                    let register = Reg::cell(unit.cells.len());
                    unit.cells.push((name.clone(), None));
                    unit.hidden.push(register);
                    vars.insert(name.clone(), CompVar::Cell(register));
                }
                _ => {}
            }
        }
        CompFrame { scope: id, vars }
    }

    /// A register for a comprehension variable: one made for an earlier comprehension that is
    /// over, or a new one.
    fn hidden_local(&mut self, name: &Name) -> Reg {
        let unit = self.u();
        let busy = |register: Reg, unit: &super::unit::Unit<'_>| {
            unit.comps
                .iter()
                .flat_map(|comp| comp.vars.values())
                .any(|var| match var {
                    CompVar::Local(other) => *other == register,
                    CompVar::Cell(_) => false,
                })
        };
        let free = unit.hidden.iter().copied().find(|register| {
            register.is_local()
                && unit.varnames[register.index() as usize] == *name
                && !busy(*register, unit)
        });
        if let Some(register) = free {
            return register;
        }
        let register = Reg::local(unit.varnames.len());
        unit.varnames.push(name.clone());
        unit.hidden.push(register);
        register
    }

    /// The `for` clauses; the first one's iterator stands in `iterator` already.
    fn clauses(
        &mut self,
        comp: &'a Comp,
        kind: Kind,
        result: Reg,
        iterator: Reg,
        first: &'a Comprehension,
    ) -> Compile<()> {
        self.clause(comp, 0, first, kind, result, Some(iterator))
    }

    fn clause(
        &mut self,
        comp: &'a Comp,
        index: usize,
        clause: &'a Comprehension,
        kind: Kind,
        result: Reg,
        iterator: Option<Reg>,
    ) -> Compile<()> {
        let mark = self.mark();
        if iterator.is_none()
            && !clause.is_async
            && let Some(value) = single_element(&clause.iter)
        {
            // `for x in [value]` is an assignment.
            self.assign_from(&clause.target, value)?;
            let skip = self.u().label();
            self.clause_body(comp, index, clause, kind, result, skip)?;
            self.u().place(skip);
            self.release(mark);
            return Ok(());
        }
        let iterator = match iterator {
            Some(iterator) => iterator,
            None => {
                let iterator = self.temp();
                self.comp_iterator(clause, iterator)?;
                iterator
            }
        };
        if clause.is_async {
            self.async_clause(comp, index, clause, kind, result, iterator)?;
        } else {
            let (entry, next) = (self.u().label(), self.u().label());
            self.u().at = Position::NONE;
            self.jump(next);
            self.u().place(entry);
            let fused = self.for_target(&clause.target)?;
            self.clause_body(comp, index, clause, kind, result, next)?;
            self.u().place(next);
            self.at(clause.iter.at);
            self.for_iter(fused, iterator, entry);
        }
        self.release(mark);
        Ok(())
    }

    fn async_clause(
        &mut self,
        comp: &'a Comp,
        index: usize,
        clause: &'a Comprehension,
        kind: Kind,
        result: Reg,
        iterator: Reg,
    ) -> Compile<()> {
        let (next, done) = (self.u().label(), self.u().label());
        self.u().place(next);
        let outer = self.u().handler;
        let depth = self.mark();
        let handler = self.u().new_handler(done, depth, false);
        // The iterator may be the parameter of a generator expression.
        self.u().handler = handler;
        let item = self.temp();
        self.at(clause.iter.at);
        self.emit(Op::GET_ANEXT, item, iterator, Reg(0));
        self.send(item, SEND_AWAIT);
        self.u().handler = outer;
        self.assign(&clause.target, item)?;
        self.release(depth);
        self.clause_body(comp, index, clause, kind, result, next)?;
        self.u().at = Position::NONE;
        self.jump(next);
        self.u().place(done);
        self.at(clause.iter.at);
        self.emit(Op::END_ASYNC_FOR, Reg::temp(depth), iterator, Reg(0));
        Ok(())
    }

    /// Conditions, inner clauses and the element.
    fn clause_body(
        &mut self,
        comp: &'a Comp,
        index: usize,
        clause: &'a Comprehension,
        kind: Kind,
        result: Reg,
        next: super::unit::Label,
    ) -> Compile<()> {
        for condition in &clause.ifs {
            self.jump_if(condition, next, false)?;
        }
        if let Some(inner) = comp.generators.get(index + 1) {
            return self.clause(comp, index + 1, inner, kind, result, None);
        }
        let mark = self.mark();
        match kind {
            Kind::Generator => {
                let value = self.operand(&comp.elt)?;
                self.release(mark);
                let sent = self.temp();
                self.at(comp.elt.at);
                self.yield_value(sent, value);
                self.clear(sent);
            }
            Kind::List | Kind::Set => {
                let value = self.operand(&comp.elt)?;
                self.at(comp.elt.at);
                let op = if kind == Kind::List {
                    Op::LIST_APPEND
                } else {
                    Op::SET_ADD
                };
                self.emit(op, result, value, Reg(0));
            }
            Kind::Dict => {
                let key = self.operand(&comp.elt)?;
                let value = match &comp.value {
                    Some(value) => self.operand(value)?,
                    None => return self.error(comp.elt.at, "dict comprehension without value"),
                };
                self.at(comp.elt.at);
                self.emit(Op::MAP_ADD, result, key, value);
            }
        }
        self.release(mark);
        Ok(())
    }
}

/// The element of a one-element list or tuple display.
fn single_element(expr: &Expr) -> Option<&Expr> {
    match &expr.kind {
        ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => match &elts[..] {
            [only] if !matches!(only.kind, ExprKind::Starred { .. }) => Some(only),
            _ => None,
        },
        ExprKind::Constant {
            value: Const::Tuple(_),
            ..
        } => None,
        _ => None,
    }
}
