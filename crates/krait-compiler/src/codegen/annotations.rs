//! Annotations: functions that evaluate them lazily (PEP 649, 749), or strings under
//! `from __future__ import annotations` (PEP 563).

use super::Codegen;
use super::unit::{DeferredAnnotation, Reg, UnitKind};
use crate::ast::{Arg, Expr, ExprKind, FunctionDef, Name};
use crate::errors::Compile;
use crate::scope::{ScopeId, ScopeKind, ScopePart};
use crate::unparse::unparse;
use krait_bytecode::op::make_function as bits;
use krait_bytecode::{CommonConst, Const, Op, Position, flags};

impl<'a> Codegen<'a> {
    pub(super) fn future_annotations(&self) -> bool {
        self.settings.future & flags::FUTURE_ANNOTATIONS != 0
    }

    /// Pushes the `__annotate__` function of a function, if it has annotations.
    pub(super) fn annotate(&mut self, f: &'a FunctionDef, stmt: Position) -> Compile<u8> {
        let positional = f.args.posonlyargs.iter().chain(&f.args.args);
        let rest = f
            .args
            .vararg
            .as_deref()
            .into_iter()
            .chain(&f.args.kwonlyargs);
        let all: Vec<&'a Arg> = positional
            .chain(rest)
            .chain(f.args.kwarg.as_deref())
            .collect();
        let annotated = f.returns.is_some() || all.iter().any(|arg| arg.annotation.is_some());
        if !annotated {
            return Ok(0);
        }
        let scope = self.find_scope(f, ScopePart::Annotations, stmt)?;
        let body = self.find_scope(f, ScopePart::Body, stmt)?;
        let owner = self.qualname(&f.name, body);
        self.enter_lazy(UnitKind::Annotations, scope, "__annotate__".into(), stmt)?;
        self.u().qualname = format!("{owner}.__annotate__").into();
        let dict = self.temp();
        let first = self.mark();
        self.u()
            .emit(Op::BUILD_MAP, 0, dict.0, Reg::temp(first).0, 0);
        for arg in all {
            if let Some(annotation) = &arg.annotation {
                let name = self.mangled(&arg.arg);
                self.annotation_item(dict, &name, annotation)?;
            }
        }
        if let Some(returns) = &f.returns {
            self.annotation_item(dict, &"return".into(), returns)?;
        }
        self.at(stmt);
        self.emit(Op::RETURN, dict, Reg(0), Reg(0));
        let code = self.finish()?;
        let function = self.temp();
        self.at(stmt);
        self.make_function(code, 0, Reg::NONE, function)?;
        Ok(bits::ANNOTATE)
    }

    /// Starts a code object that takes a format and raises NotImplementedError for any but
    /// VALUE and VALUE_WITH_FAKE_GLOBALS.
    pub(super) fn enter_lazy(
        &mut self,
        kind: UnitKind,
        scope: ScopeId,
        name: Name,
        at: Position,
    ) -> Compile<()> {
        self.enter(kind, scope, name, at.line)?;
        let unit = self.u();
        unit.at = at;
        unit.argcount = 1;
        unit.posonlyargcount = 1;
        let good = unit.label();
        unit.push(Op::JUMP_IF_GT_IMM, 0, Reg::local(0).0, 2, 0, Some(good), 0);
        let error = unit.temp();
        let number = CommonConst::NotImplementedError as u32;
        unit.emit(Op::LOAD_COMMON_CONST, 0, error.0, number, 0);
        unit.emit(Op::RAISE, 0, error.0, Reg::NONE.0, 0);
        unit.place(good);
        self.release(error.index());
        Ok(())
    }

    fn annotation_item(&mut self, dict: Reg, name: &Name, annotation: &'a Expr) -> Compile<()> {
        let mark = self.mark();
        let key = self.temp();
        self.at(annotation.at);
        self.load_str(name, key);
        let value = self.temp();
        self.annotation_value(annotation, value)?;
        self.release(mark);
        self.at(annotation.at);
        self.emit(Op::MAP_ADD, dict, key, value);
        Ok(())
    }

    fn annotation_value(&mut self, annotation: &'a Expr, dst: Reg) -> Compile<()> {
        if self.future_annotations() {
            self.at(annotation.at);
            self.load_const(&Const::Str(unparse(annotation).into()), dst);
            return Ok(());
        }
        if let ExprKind::Starred { value, .. } = &annotation.kind {
            // *args: *Ts (PEP 646)
            let mark = self.mark();
            let value = self.operand(value)?;
            self.release(mark);
            self.at(annotation.at);
            self.u().emit(Op::UNPACK_SEQUENCE, 0, dst.0, value.0, 1);
            return Ok(());
        }
        self.into(annotation, dst)
    }

    /// `target: annotation = value`
    pub(super) fn ann_assign(
        &mut self,
        target: &'a Expr,
        annotation: &'a Expr,
        value: Option<&'a Expr>,
        simple: bool,
        at: Position,
    ) -> Compile<()> {
        if let Some(value) = value {
            self.assign_from(target, value)?;
        }
        let kind = self.table.scopes[self.unit().scope].kind;
        let evaluated = matches!(kind, ScopeKind::Module | ScopeKind::Class);
        match &target.kind {
            ExprKind::Name { id, .. } => {
                if simple && evaluated {
                    self.simple_annotation(id, annotation, at)?;
                }
            }
            ExprKind::Attribute { value: object, .. } => {
                if value.is_none() {
                    self.effect(object)?;
                }
            }
            ExprKind::Subscript {
                value: object,
                slice,
                ..
            } => {
                if value.is_none() {
                    self.effect(object)?;
                    self.effect(slice)?;
                }
            }
            _ => return self.error(at, "invalid annotated assignment target"),
        }
        if !simple && evaluated && !self.future_annotations() {
            self.effect(annotation)?;
        }
        Ok(())
    }

    fn simple_annotation(
        &mut self,
        name: &'a Name,
        annotation: &'a Expr,
        at: Position,
    ) -> Compile<()> {
        let mangled = self.mangled(name);
        if self.future_annotations() {
            let mark = self.mark();
            let value = self.temp();
            self.annotation_value(annotation, value)?;
            let dict = self.temp();
            self.at(at);
            let index = self.u().name(&"__annotations__".into());
            self.u().emit(Op::LOAD_NAME, 0, dict.0, index, 0);
            let key = self.temp();
            self.load_str(&mangled, key);
            self.release(mark);
            self.emit(Op::STORE_SUBSCR, dict, key, value);
            return Ok(());
        }
        let scope = &self.table.scopes[self.unit().scope];
        let conditional = scope.kind == ScopeKind::Module || self.unit().conditional_depth > 0;
        let mut condition = None;
        if conditional && scope.has_conditional_annotations {
            let number = self.unit().conditional_annotations;
            self.u().conditional_annotations += 1;
            condition = Some(number);
            let mark = self.mark();
            self.at(at);
            let set = self.temp();
            if scope.kind == ScopeKind::Class {
                let cell = self.cell_of("__conditional_annotations__");
                self.emit(Op::LOAD_DEREF, set, cell, Reg(0));
            } else {
                self.load_name(&"__conditional_annotations__".into(), Some(set), at);
            }
            let value = self.temp();
            self.load_const(&Const::Int(number as i64), value);
            self.emit(Op::SET_ADD, set, value, Reg(0));
            self.clear(set);
            self.release(mark);
        }
        self.u().deferred.push(DeferredAnnotation {
            name,
            annotation,
            at,
            condition,
        });
        Ok(())
    }

    /// Makes the `__annotate__` function of the variable annotations met so far and stores it
    /// under `name`.
    pub(super) fn deferred_annotations(&mut self, name: &str, at: Position) -> Compile<()> {
        let deferred = std::mem::take(&mut self.u().deferred);
        if deferred.is_empty() {
            return Ok(());
        }
        let Some(scope) = self.table.scopes[self.unit().scope].annotation_block else {
            return Ok(());
        };
        self.enter_lazy(UnitKind::Annotations, scope, "__annotate__".into(), at)?;
        let dict = self.temp();
        let first = self.mark();
        self.u()
            .emit(Op::BUILD_MAP, 0, dict.0, Reg::temp(first).0, 0);
        for item in deferred {
            let skip = self.u().label();
            if let Some(number) = item.condition {
                let mark = self.mark();
                let value = self.temp();
                self.at(item.at);
                self.load_const(&Const::Int(number as i64), value);
                let set = self.temp();
                self.load_name(&"__conditional_annotations__".into(), Some(set), item.at);
                self.release(mark);
                self.u()
                    .push(Op::JUMP_IF_CONTAINS, 0, value.0, set.0, 0, Some(skip), 0);
            }
            let name = self.mangled(item.name);
            self.annotation_item(dict, &name, item.annotation)?;
            self.u().place(skip);
        }
        self.at(at);
        self.emit(Op::RETURN, dict, Reg(0), Reg(0));
        let code = self.finish()?;
        let mark = self.mark();
        let function = self.temp();
        self.at(at);
        self.make_function(code, 0, Reg::NONE, function)?;
        self.release(mark);
        self.store_name(&name.into(), function);
        Ok(())
    }
}
