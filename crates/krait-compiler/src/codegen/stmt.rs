//! Statements.

use super::Codegen;
use super::expr::Index;
use super::unit::{Block, Reg, UnitKind};
use crate::ast::{Alias, BinOp, Expr, ExprKind, Name, Stmt, StmtKind};
use crate::errors::{Compile, CompileError, ErrorKind};
use crate::scope::ScopeKind;
use krait_bytecode::{CommonConst, Const, Op, Position, flags};
use std::sync::Arc;

impl<'a> Codegen<'a> {
    /// The module's body with what belongs in front of it.
    pub(super) fn module_body(&mut self, body: &'a [Stmt]) -> Compile<()> {
        let start = self.unit().items.len();
        let first = body.first().map_or(Position::line_only(1), |stmt| stmt.at);
        let conditional = self.table.scopes[0].has_conditional_annotations;
        self.at(first);
        let annotated = self.table.scopes[0].annotation_block.is_some();
        if annotated && self.future_annotations() {
            self.u().emit(Op::SETUP_ANNOTATIONS, 0, 0, 0, 0);
        } else if conditional {
            let set = self.temp();
            self.u().emit(Op::BUILD_SET, 0, set.0, set.plus(1).0, 0);
            self.store_name(&"__conditional_annotations__".into(), set);
            self.release(set.index());
        }
        let rest = if self.interactive {
            body
        } else {
            self.module_docstring(body)?
        };
        self.body(rest)?;
        // The function that evaluates annotations must be there from the start, though what is
        // in it is known only now.
        let end = self.unit().items.len();
        self.deferred_annotations("__annotate__", first)?;
        let count = self.unit().items.len() - end;
        self.u().items[start..].rotate_right(count);
        Ok(())
    }

    fn module_docstring(&mut self, body: &'a [Stmt]) -> Compile<&'a [Stmt]> {
        let Some((text, expr)) = Self::is_docstring(body) else {
            return Ok(body);
        };
        if self.settings.optimize < 2 {
            let text = clean_docstring(text)?;
            self.at(expr.at);
            let value = self.temp();
            self.load_const(&Const::Str(text.into()), value);
            self.store_name(&"__doc__".into(), value);
            self.release(value.index());
        }
        Ok(&body[1..])
    }

    /// A class's body.
    pub(super) fn scope_body(&mut self, body: &'a [Stmt], at: Position) -> Compile<()> {
        let annotated = self.table.scopes[self.unit().scope]
            .annotation_block
            .is_some();
        if annotated && self.future_annotations() {
            self.at(at);
            self.u().emit(Op::SETUP_ANNOTATIONS, 0, 0, 0, 0);
        }
        let rest = self.module_docstring(body)?;
        self.body(rest)
    }

    pub(super) fn body(&mut self, body: &'a [Stmt]) -> Compile<()> {
        body.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    /// A body that may not run: annotations in it are conditional.
    pub(super) fn conditional_body(&mut self, body: &'a [Stmt]) -> Compile<()> {
        self.u().conditional_depth += 1;
        self.body(body)?;
        self.u().conditional_depth -= 1;
        Ok(())
    }

    /// Notes the names that `:=` assigns in these expressions: reads of them are copied.
    pub(super) fn note_walrus(&mut self, exprs: &[&'a Expr]) {
        let scope = self.unit().scope;
        if self.table.scopes[scope].walrus.is_empty() {
            return;
        }
        let mut names = Vec::new();
        for expr in exprs {
            crate::visit::walrus_targets(expr, &mut names);
        }
        self.u().walrus = names.iter().map(|name| self.mangled(name)).collect();
    }

    fn stmt(&mut self, stmt: &'a Stmt) -> Compile<()> {
        let at = stmt.at;
        self.at(at);
        if !self.table.scopes[self.unit().scope].walrus.is_empty() {
            self.note_walrus(&crate::visit::own_expressions(stmt));
        }
        match &stmt.kind {
            StmtKind::FunctionDef(f) => self.function_def(f, at),
            StmtKind::ClassDef(c) => self.class_def(c, at),
            StmtKind::TypeAlias {
                name,
                type_params,
                value,
            } => self.type_alias(stmt, name, type_params, value),
            StmtKind::Return(value) => self.return_stmt(value.as_deref(), at),
            StmtKind::Delete(targets) => targets.iter().try_for_each(|target| self.delete(target)),
            StmtKind::Assign { targets, value } => self.assign_stmt(targets, value),
            StmtKind::AugAssign { target, op, value } => self.aug_assign(target, *op, value, at),
            StmtKind::AnnAssign {
                target,
                annotation,
                value,
                simple,
            } => self.ann_assign(target, annotation, value.as_deref(), *simple, at),
            StmtKind::For(f) => self.for_stmt(f, at),
            StmtKind::While { test, body, orelse } => self.while_stmt(test, body, orelse),
            StmtKind::If { test, body, orelse } => self.if_stmt(test, body, orelse),
            StmtKind::With {
                items,
                body,
                is_async,
            } => self.with_stmt(items, body, *is_async, at),
            StmtKind::Match { subject, cases } => self.match_stmt(subject, cases),
            StmtKind::Raise { exc, cause } => self.raise(exc.as_deref(), cause.as_deref(), at),
            StmtKind::Try(t) => self.try_stmt(t, at),
            StmtKind::Assert { test, msg } => self.assert(test, msg.as_deref(), at),
            StmtKind::Import(names) => self.import(names, at),
            StmtKind::ImportFrom {
                module,
                names,
                level,
            } => self.import_from(module.as_ref(), names, *level, at),
            StmtKind::Global(_) | StmtKind::Nonlocal(_) => Ok(()),
            StmtKind::Expr(value) => self.expr_stmt(value),
            StmtKind::Pass => {
                self.u().emit(Op::NOP, 0, 0, 0, 0);
                Ok(())
            }
            StmtKind::Break => self.break_stmt(at),
            StmtKind::Continue => self.continue_stmt(at),
        }
    }

    fn expr_stmt(&mut self, value: &'a Expr) -> Compile<()> {
        if self.interactive && self.units.len() == 1 {
            let mark = self.mark();
            let printed = self.operand(value)?;
            self.release(mark);
            self.at(value.at);
            self.emit(Op::PRINT_EXPR, printed, Reg(0), Reg(0));
            return Ok(());
        }
        self.effect(value)
    }

    fn if_stmt(&mut self, test: &'a Expr, body: &'a [Stmt], orelse: &'a [Stmt]) -> Compile<()> {
        let (other, end) = (self.u().label(), self.u().label());
        self.jump_if(test, other, false)?;
        self.conditional_body(body)?;
        if !orelse.is_empty() {
            self.u().at = Position::NONE;
            self.jump(end);
        }
        self.u().place(other);
        self.conditional_body(orelse)?;
        self.u().place(end);
        Ok(())
    }

    fn assign_stmt(&mut self, targets: &'a [Expr], value: &'a Expr) -> Compile<()> {
        if let [target] = targets {
            return self.assign_from(target, value);
        }
        let mark = self.mark();
        let value = self.operand(value)?;
        let Some((last, first)) = targets.split_last() else {
            return Ok(());
        };
        for target in first {
            let copy = self.temp();
            self.at(target.at);
            self.emit(Op::COPY, copy, value, Reg(0));
            self.assign(target, copy)?;
            self.release(copy.index());
        }
        self.assign(last, value)?;
        self.release(mark);
        Ok(())
    }

    /// `target = value`
    pub(super) fn assign_from(&mut self, target: &'a Expr, value: &'a Expr) -> Compile<()> {
        if let ExprKind::Name { id, .. } = &target.kind
            && let Some(local) = self.local_of(id)
        {
            self.into(value, local)?;
            self.show(target.at);
            return Ok(());
        }
        if let ExprKind::Tuple { elts, .. } | ExprKind::List { elts, .. } = &target.kind
            && self.assign_pairwise(elts, value)?
        {
            return Ok(());
        }
        let mark = self.mark();
        match &target.kind {
            ExprKind::Name { .. } | ExprKind::Tuple { .. } | ExprKind::List { .. } => {
                let value = self.operand(value)?;
                self.assign(target, value)?;
            }
            _ => {
                // The value is evaluated first, the target's parts after it.
                let value = self.operand(value)?;
                let safe = self.hold(value);
                self.assign(target, safe)?;
            }
        }
        self.release(mark);
        Ok(())
    }

    /// Storing to a local is part of the instruction before: it shows if its line is another.
    pub(super) fn show(&mut self, at: Position) {
        if self.unit().at.line != at.line {
            self.at(at);
            self.u().emit(Op::NOP, 0, 0, 0, 0);
        }
    }

    /// A local the statement's `:=` may change is copied before other parts are evaluated.
    fn hold(&mut self, value: Reg) -> Reg {
        if value.is_temp() || self.unit().walrus.is_empty() {
            return value;
        }
        let copy = self.temp();
        self.emit(Op::COPY, copy, value, Reg(0));
        copy
    }

    /// `a, b = x, y` without making a tuple. Gives false if it does not apply.
    fn assign_pairwise(&mut self, targets: &'a [Expr], value: &'a Expr) -> Compile<bool> {
        let starred = |list: &[Expr]| {
            list.iter()
                .any(|expr| matches!(expr.kind, ExprKind::Starred { .. }))
        };
        if starred(targets) || !(1..=16).contains(&targets.len()) {
            return Ok(false);
        }
        let mark = self.mark();
        match &value.kind {
            ExprKind::Tuple { elts, .. } if elts.len() == targets.len() && !starred(elts) => {
                let last = elts.len() - 1;
                for elt in &elts[..last] {
                    self.push(elt)?;
                }
                let locals = self.distinct_locals(targets);
                if let Some((local, others)) = locals.as_deref().and_then(<[Reg]>::split_last) {
                    self.into(&elts[last], *local)?;
                    // The last one is the first that is written.
                    let at = self.unit().items.len().saturating_sub(1);
                    let others = others.iter().map(|other| (at, *other));
                    self.u().touches.extend(others);
                    for (i, target) in targets[..last].iter().enumerate() {
                        self.at(target.at);
                        self.assign(target, Reg::temp(mark + i as u32))?;
                    }
                    self.release(mark);
                    return Ok(true);
                }
                self.push(&elts[last])?;
            }
            ExprKind::Constant {
                value: Const::Tuple(items),
                ..
            } if items.len() == targets.len() => {
                self.at(value.at);
                for item in items.iter() {
                    let temp = self.temp();
                    self.load_const(item, temp);
                }
            }
            _ => return Ok(false),
        }
        for (i, target) in targets.iter().enumerate() {
            self.assign(target, Reg::temp(mark + i as u32))?;
        }
        self.release(mark);
        Ok(true)
    }

    /// The locals that targets are, if they are all different locals.
    pub(super) fn distinct_locals(&self, targets: &[Expr]) -> Option<Vec<Reg>> {
        let mut locals: Vec<Reg> = Vec::with_capacity(targets.len());
        for target in targets {
            let local = self.local_of(target.as_name()?)?;
            if locals.contains(&local) {
                return None;
            }
            locals.push(local);
        }
        Some(locals)
    }

    /// Assigns a register; a temporary is consumed (and may lie anywhere below the top).
    pub(super) fn assign(&mut self, target: &'a Expr, value: Reg) -> Compile<()> {
        let mark = self.mark();
        let at = target.at;
        match &target.kind {
            ExprKind::Name { id, .. } => {
                self.at(at);
                self.store_name(id, value);
            }
            ExprKind::Attribute {
                value: object,
                attr,
                ..
            } => {
                self.note_static_attribute(object, attr);
                let object = self.operand(object)?;
                let index = self.attribute_name(attr, at)?;
                self.at(super::call::attr_position(at, attr));
                self.u().emit(Op::STORE_ATTR, 0, object.0, value.0, index);
            }
            ExprKind::Subscript {
                value: object,
                slice,
                ..
            } => {
                self.store_subscript(object, slice, value, at)?;
            }
            ExprKind::Tuple { elts, .. } | ExprKind::List { elts, .. } => {
                self.unpack(elts, value, at)?;
            }
            ExprKind::Starred { .. } => {
                return self.error(at, "starred assignment target must be in a list or tuple");
            }
            _ => return self.error(at, "cannot assign to this expression"),
        }
        self.release(mark);
        Ok(())
    }

    fn store_subscript(
        &mut self,
        object: &'a Expr,
        slice: &'a Expr,
        value: Reg,
        at: Position,
    ) -> Compile<()> {
        let object = self.operand(object)?;
        let (op, b) = match &slice.kind {
            ExprKind::Slice {
                lower,
                upper,
                step: None,
            } => (Op::STORE_SLICE, self.slice_parts([lower, upper])?.0),
            _ => match self.index(slice)? {
                Index::Immediate(number) => (Op::STORE_SUBSCR_IMM, number),
                Index::Constant(index) => (Op::STORE_SUBSCR_CONST, index),
                Index::Register(register) => (Op::STORE_SUBSCR, register.0),
            },
        };
        self.at(at);
        self.u().emit(op, 0, object.0, b, value.0);
        Ok(())
    }

    fn unpack(&mut self, elts: &'a [Expr], value: Reg, at: Position) -> Compile<()> {
        let mut star = None;
        for (i, elt) in elts.iter().enumerate() {
            if matches!(elt.kind, ExprKind::Starred { .. }) {
                if star.is_some() {
                    return self.error(at, "multiple starred expressions in assignment");
                }
                star = Some(i);
            }
        }
        self.at(at);
        if star.is_none()
            && let Some([first, second]) = self.distinct_locals(elts).as_deref()
        {
            self.emit(Op::UNPACK_PAIR, *first, *second, value);
            return Ok(());
        }
        let first = self.u().temps(elts.len() as u32);
        match star {
            None => self
                .u()
                .emit(Op::UNPACK_SEQUENCE, 0, first.0, value.0, elts.len() as u32),
            Some(before) => {
                let after = elts.len() - before - 1;
                if before > 255 {
                    let message = "too many expressions in star-unpacking assignment";
                    return self.error(at, message);
                }
                self.u()
                    .emit(Op::UNPACK_EX, before as u8, first.0, value.0, after as u32);
            }
        }
        for (i, elt) in elts.iter().enumerate() {
            let target = match &elt.kind {
                ExprKind::Starred { value, .. } => value,
                _ => elt,
            };
            self.assign(target, first.plus(i as u32))?;
        }
        Ok(())
    }

    /// `self.x = ...` in a method: x is one of the class's `__static_attributes__`.
    fn note_static_attribute(&mut self, object: &Expr, attr: &Name) {
        if object.as_name().is_none_or(|name| &**name != "self") {
            return;
        }
        let class = self
            .units
            .iter_mut()
            .rev()
            .find(|unit| unit.kind == UnitKind::Class);
        if let Some(class) = class {
            class.static_attributes.insert(attr.clone());
        }
    }

    fn aug_assign(
        &mut self,
        target: &'a Expr,
        op: BinOp,
        value: &'a Expr,
        at: Position,
    ) -> Compile<()> {
        let mark = self.mark();
        match &target.kind {
            ExprKind::Name { id, .. } => {
                let left = self.load_name(id, None, target.at);
                let dst = match self.local_of(id) {
                    Some(local) => local,
                    None => left,
                };
                let place = if left.is_temp() && dst == left {
                    left
                } else {
                    dst
                };
                self.inplace(left, op, value, place, at)?;
                if self.local_of(id).is_none() {
                    self.at(target.at);
                    self.store_name(id, place);
                }
            }
            ExprKind::Attribute {
                value: object,
                attr,
                ..
            } => {
                self.note_static_attribute(object, attr);
                let object = self.operand(object)?;
                let index = self.attribute_name(attr, target.at)?;
                let result = self.temp();
                let source = self.duplicate(object, result);
                let place = super::call::attr_position(target.at, attr);
                self.at(place);
                self.u().emit(Op::LOAD_ATTR, 0, result.0, source.0, index);
                self.inplace(result, op, value, result, at)?;
                self.at(place);
                self.u().emit(Op::STORE_ATTR, 0, object.0, result.0, index);
            }
            ExprKind::Subscript {
                value: object,
                slice,
                ..
            } => {
                self.aug_subscript(object, slice, op, value, target.at, at)?;
            }
            _ => return self.error(target.at, "illegal expression for augmented assignment"),
        }
        self.release(mark);
        Ok(())
    }

    /// A temporary is copied into `into` so that using it keeps the original; a local is used as it is.
    fn duplicate(&mut self, register: Reg, into: Reg) -> Reg {
        if !register.is_temp() {
            return register;
        }
        self.emit(Op::COPY, into, register, Reg(0));
        into
    }

    fn aug_subscript(
        &mut self,
        object: &'a Expr,
        slice: &'a Expr,
        op: BinOp,
        value: &'a Expr,
        target: Position,
        at: Position,
    ) -> Compile<()> {
        let object = self.operand(object)?;
        let index = self.index(slice)?;
        let result = self.temp();
        let mark = self.mark();
        self.at(target);
        let source = self.duplicate(object, result);
        let (load, store, c) = match index {
            Index::Immediate(number) => (Op::LOAD_SUBSCR_IMM, Op::STORE_SUBSCR_IMM, number),
            Index::Constant(index) => (Op::LOAD_SUBSCR_CONST, Op::STORE_SUBSCR_CONST, index),
            Index::Register(register) => (Op::LOAD_SUBSCR, Op::STORE_SUBSCR, register.0),
        };
        let read = match index {
            Index::Register(register) if register.is_temp() => {
                let copy = self.temp();
                self.emit(Op::COPY, copy, register, Reg(0));
                copy.0
            }
            _ => c,
        };
        self.u().emit(load, 0, result.0, source.0, read);
        self.release(mark);
        self.inplace(result, op, value, result, at)?;
        self.at(target);
        self.u().emit(store, 0, object.0, c, result.0);
        Ok(())
    }

    fn delete(&mut self, target: &'a Expr) -> Compile<()> {
        let mark = self.mark();
        let at = target.at;
        match &target.kind {
            ExprKind::Name { id, .. } => {
                self.at(at);
                self.delete_name(id);
            }
            ExprKind::Attribute { value, attr, .. } => {
                let object = self.operand(value)?;
                let index = self.attribute_name(attr, at)?;
                self.at(super::call::attr_position(at, attr));
                self.u().emit(Op::DELETE_ATTR, 0, object.0, 0, index);
            }
            ExprKind::Subscript { value, slice, .. } => {
                let object = self.operand(value)?;
                let index = self.operand(slice)?;
                self.at(at);
                self.emit(Op::DELETE_SUBSCR, object, index, Reg(0));
            }
            ExprKind::Tuple { elts, .. } | ExprKind::List { elts, .. } => {
                elts.iter().try_for_each(|elt| self.delete(elt))?;
            }
            _ => return self.error(at, "cannot delete this expression"),
        }
        self.release(mark);
        Ok(())
    }

    fn return_stmt(&mut self, value: Option<&'a Expr>, at: Position) -> Compile<()> {
        let scope = &self.table.scopes[self.unit().scope];
        if scope.kind != ScopeKind::Function {
            return self.error(at, "'return' outside function");
        }
        if value.is_some() && self.unit().flags & flags::ASYNC_GENERATOR != 0 {
            return self.error(at, "'return' with value in async generator");
        }
        let mark = self.mark();
        let constant = match value {
            None => Some(Const::None),
            Some(value) => value.as_const().cloned(),
        };
        let register = match (value, &constant) {
            (Some(value), None) => Some(self.operand(value)?),
            (Some(value), _) => {
                self.at(value.at);
                if value.at.line != at.line {
                    self.u().emit(Op::NOP, 0, 0, 0, 0);
                }
                None
            }
            _ => None,
        };
        // The code of `finally` and of leaving `with` appears to run behind the statement.
        let behind = self
            .unit()
            .blocks
            .iter()
            .any(|block| matches!(block, Block::Finally { .. } | Block::With { .. }));
        if behind && register.is_none() {
            self.at(at);
            self.u().emit(Op::NOP, 0, 0, 0, 0);
        }
        // What `finally` and `with` run may change a local that is returned.
        let register = match register {
            Some(local) if !local.is_temp() && self.unwinding_runs_code() => {
                let copy = self.temp();
                self.emit(Op::COPY, copy, local, Reg(0));
                Some(copy)
            }
            other => other,
        };
        self.at(at);
        self.unwind_all(at)?;
        self.at(if behind { Position::NONE } else { at });
        match register {
            Some(register) => self.emit(Op::RETURN, register, Reg(0), Reg(0)),
            None => {
                let index = self.u().constant(&constant.unwrap_or(Const::None));
                self.u().emit(Op::RETURN_CONST, 0, 0, index, 0);
            }
        }
        self.release(mark);
        Ok(())
    }

    fn raise(
        &mut self,
        exc: Option<&'a Expr>,
        cause: Option<&'a Expr>,
        at: Position,
    ) -> Compile<()> {
        let mark = self.mark();
        let exc = match exc {
            Some(exc) => self.operand(exc)?,
            None => Reg::NONE,
        };
        let cause = match cause {
            Some(cause) => self.operand(cause)?,
            None => Reg::NONE,
        };
        self.release(mark);
        self.at(at);
        self.emit(Op::RAISE, exc, cause, Reg(0));
        Ok(())
    }

    fn assert(&mut self, test: &'a Expr, msg: Option<&'a Expr>, at: Position) -> Compile<()> {
        let nonempty = match &test.kind {
            ExprKind::Tuple { elts, .. } => !elts.is_empty(),
            ExprKind::Constant {
                value: Const::Tuple(items),
                ..
            } => !items.is_empty(),
            _ => false,
        };
        if nonempty {
            self.warn(at, "assertion is always true, perhaps remove parentheses?");
        }
        if self.settings.optimize > 0 {
            return Ok(());
        }
        let end = self.u().label();
        self.jump_if(test, end, true)?;
        let mark = self.mark();
        let error = self.temp();
        self.at(at);
        let number = CommonConst::AssertionError as u32;
        self.u().emit(Op::LOAD_COMMON_CONST, 0, error.0, number, 0);
        if let Some(msg) = msg {
            self.push(msg)?;
            self.at(at);
            self.u().emit(Op::CALL, 0, error.0, error.0, 1);
        }
        self.at(test.at);
        self.emit(Op::RAISE, error, Reg::NONE, Reg(0));
        self.release(mark);
        self.u().place(end);
        Ok(())
    }

    fn import(&mut self, names: &'a [Alias], at: Position) -> Compile<()> {
        for alias in names {
            let mark = self.mark();
            let module = self.import_module(&alias.name, 0, Const::None, at)?;
            match &alias.asname {
                None => {
                    let top: Name = alias.name.split('.').next().unwrap_or_default().into();
                    self.store_name(&top, module);
                }
                Some(asname) => {
                    // `import a.b.c as d` binds the submodule.
                    for part in alias.name.split('.').skip(1) {
                        let index = self.u().name(&part.into());
                        let found = self.temp();
                        self.u().emit(Op::IMPORT_FROM, 0, found.0, module.0, index);
                        self.clear(module);
                        self.move_to(module, found);
                        self.release(found.index());
                    }
                    self.store_name(asname, module);
                }
            }
            self.release(mark);
        }
        Ok(())
    }

    fn import_module(&mut self, name: &str, level: u32, from: Const, at: Position) -> Compile<Reg> {
        let base = self.temp();
        let list = self.temp();
        self.at(at);
        self.load_const(&Const::Int(level as i64), base);
        self.load_const(&from, list);
        let index = self.u().name(&name.into());
        self.release(list.index());
        self.u().emit(Op::IMPORT_NAME, 0, base.0, base.0, index);
        Ok(base)
    }

    fn import_from(
        &mut self,
        module: Option<&Name>,
        names: &'a [Alias],
        level: u32,
        at: Position,
    ) -> Compile<()> {
        let mark = self.mark();
        let from = Self::names_tuple(names.iter().map(|alias| &alias.name));
        let name = module.map_or("", |name| name);
        let module = self.import_module(name, level, from, at)?;
        for alias in names {
            if &*alias.name == "*" {
                self.at(at);
                self.emit(Op::IMPORT_STAR, module, Reg(0), Reg(0));
                self.release(mark);
                return Ok(());
            }
            let index = self.u().name(&alias.name);
            let found = self.temp();
            self.at(at);
            self.u().emit(Op::IMPORT_FROM, 0, found.0, module.0, index);
            self.store_name(alias.asname.as_ref().unwrap_or(&alias.name), found);
            self.release(found.index());
        }
        self.clear(module);
        self.release(mark);
        Ok(())
    }
}

/// A docstring without its common indentation, as `inspect.cleandoc` removes it. One with
/// surrogates is an error, since CPython looks at its UTF-8.
pub(super) fn clean_docstring(text: &Arc<[u8]>) -> Compile<Vec<u8>> {
    if std::str::from_utf8(text).is_err() {
        let mut error = CompileError::new(ErrorKind::Encoding, "surrogates not allowed");
        error.docstring = Some(text.clone());
        return Err(error);
    }
    let text = expand_tabs(text);
    let first_end = text
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(text.len(), |at| at + 1);
    let mut margin = usize::MAX;
    for line in text[first_end..].split(|byte| *byte == b'\n') {
        let indent = line.iter().take_while(|byte| **byte == b' ').count();
        if indent < line.len() {
            margin = margin.min(indent);
        }
    }
    if margin == usize::MAX {
        margin = 0;
    }
    let lead = text.iter().take_while(|byte| **byte == b' ').count();
    let mut out = text[lead.min(first_end)..first_end].to_vec();
    let mut rest = &text[first_end..];
    while !rest.is_empty() {
        let indent = rest
            .iter()
            .take(margin)
            .take_while(|byte| **byte == b' ')
            .count();
        rest = &rest[indent..];
        let end = rest
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(rest.len(), |at| at + 1);
        out.extend_from_slice(&rest[..end]);
        rest = &rest[end..];
    }
    Ok(out)
}

fn expand_tabs(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut column = 0;
    for &byte in text {
        match byte {
            b'\t' => {
                let spaces = 8 - column % 8;
                out.extend(std::iter::repeat_n(b' ', spaces));
                column += spaces;
            }
            b'\n' | b'\r' => {
                out.push(byte);
                column = 0;
            }
            _ => {
                out.push(byte);
                column += (byte & 0xc0 != 0x80) as usize;
            }
        }
    }
    out
}
