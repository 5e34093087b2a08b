//! Type parameters and type aliases (PEP 695, 696).

use super::Codegen;
use super::unit::{Reg, UnitKind};
use crate::ast::{Expr, ExprKind, Name, Stmt, TypeParam, TypeParamKind};
use crate::errors::Compile;
use crate::scope::ScopePart;
use krait_bytecode::op::make_function as bits;
use krait_bytecode::{Const, Intrinsic, Op, Position};

impl<'a> Codegen<'a> {
    /// Makes the type parameters, binds their names, and leaves their tuple in a new temporary.
    pub(super) fn type_params(&mut self, params: &'a [TypeParam]) -> Compile<Reg> {
        let mark = self.mark();
        for param in params {
            let made = self.temp();
            self.type_param(param, made)?;
            let copy = self.temp();
            self.at(param.at);
            self.emit(Op::COPY, copy, made, Reg(0));
            self.store_name(&param.name, copy);
            self.release(copy.index());
        }
        self.release(mark);
        let tuple = self.temp();
        self.u()
            .emit(Op::BUILD_TUPLE, 0, tuple.0, tuple.0, params.len() as u32);
        Ok(tuple)
    }

    fn type_param(&mut self, param: &'a TypeParam, dst: Reg) -> Compile<()> {
        let mark = self.mark();
        let name = self.temp();
        self.at(param.at);
        self.load_str(&param.name, name);
        let intrinsic = match (param.kind, &param.bound) {
            (TypeParamKind::TypeVar, None) => Intrinsic::TypeVar,
            (TypeParamKind::TypeVar, Some(bound)) => {
                let function = self.temp();
                self.lazy_type(param, ScopePart::Bound, bound, function, false)?;
                match bound.kind {
                    ExprKind::Tuple { .. } => Intrinsic::TypeVarWithConstraints,
                    ExprKind::Constant {
                        value: Const::Tuple(_),
                        ..
                    } => Intrinsic::TypeVarWithConstraints,
                    _ => Intrinsic::TypeVarWithBound,
                }
            }
            (TypeParamKind::ParamSpec, _) => Intrinsic::ParamSpec,
            (TypeParamKind::TypeVarTuple, _) => Intrinsic::TypeVarTuple,
        };
        self.release(mark);
        self.at(param.at);
        self.u()
            .emit(Op::CALL_INTRINSIC, 0, dst.0, name.0, intrinsic as u32);
        if let Some(default) = &param.default {
            let function = self.temp();
            debug_assert_eq!(function, dst.plus(1));
            let star = param.kind == TypeParamKind::TypeVarTuple;
            self.lazy_type(param, ScopePart::Default, default, function, star)?;
            let id = Intrinsic::SetTypeParamDefault as u32;
            self.at(param.at);
            self.u().emit(Op::CALL_INTRINSIC, 0, dst.0, dst.0, id);
        }
        self.release(mark);
        Ok(())
    }

    /// A function that evaluates a bound or default when asked.
    fn lazy_type(
        &mut self,
        param: &'a TypeParam,
        part: ScopePart,
        expr: &'a Expr,
        dst: Reg,
        star: bool,
    ) -> Compile<()> {
        let scope = self.find_scope(param, part, param.at)?;
        self.lazy(scope, &param.name, expr, dst, star, expr.at)
    }

    fn lazy(
        &mut self,
        scope: crate::scope::ScopeId,
        name: &Name,
        expr: &'a Expr,
        dst: Reg,
        star: bool,
        at: Position,
    ) -> Compile<()> {
        self.enter_lazy(UnitKind::TypeParams, scope, name.clone(), at)?;
        let value = match &expr.kind {
            ExprKind::Starred { value, .. } if star => {
                let inner = self.operand(value)?;
                self.release(0);
                let dst = self.temp();
                self.at(expr.at);
                self.u().emit(Op::UNPACK_SEQUENCE, 0, dst.0, inner.0, 1);
                dst
            }
            _ => self.operand(expr)?,
        };
        self.at(expr.at);
        self.emit(Op::RETURN, value, Reg(0), Reg(0));
        let code = self.finish()?;
        let mark = self.mark();
        self.at(at);
        // The format defaults to VALUE.
        let defaults = self.temp();
        self.load_const(&Const::Tuple([Const::Int(1)].into()), defaults);
        self.make_function(code, bits::DEFAULTS, defaults, dst)?;
        self.release(mark);
        Ok(())
    }

    pub(super) fn type_alias(
        &mut self,
        stmt: &'a Stmt,
        name: &'a Expr,
        params: &'a [TypeParam],
        value: &'a Expr,
    ) -> Compile<()> {
        let Some(id) = name.as_name() else {
            return self.error(name.at, "invalid type alias name");
        };
        let mark = self.mark();
        if params.is_empty() {
            let made = self.temp();
            self.alias_value(stmt, id, params, value, made)?;
            self.release(mark);
            self.at(stmt.at);
            self.store_name(id, made);
            return Ok(());
        }
        let scope = self.find_scope(stmt, ScopePart::TypeParams, stmt.at)?;
        let label = format!("<generic parameters of {id}>").into();
        self.enter(UnitKind::TypeParams, scope, label, stmt.at.line)?;
        self.at(stmt.at);
        let made = self.temp();
        self.alias_value(stmt, id, params, value, made)?;
        self.emit(Op::RETURN, made, Reg(0), Reg(0));
        let code = self.finish()?;
        let function = self.temp();
        self.at(stmt.at);
        self.make_function(code, 0, Reg::NONE, function)?;
        self.u().emit(Op::CALL, 0, function.0, function.0, 0);
        self.release(mark);
        self.store_name(id, function);
        Ok(())
    }

    /// TypeAliasType(name, params, function) into `dst`.
    fn alias_value(
        &mut self,
        stmt: &'a Stmt,
        id: &Name,
        params: &'a [TypeParam],
        value: &'a Expr,
        dst: Reg,
    ) -> Compile<()> {
        let first = self.temp();
        self.at(stmt.at);
        self.load_str(id, first);
        if params.is_empty() {
            let none = self.temp();
            self.load_const(&Const::None, none);
        } else {
            self.type_params(params)?;
        }
        let function = self.temp();
        let scope = self.find_scope(stmt, ScopePart::Body, stmt.at)?;
        self.lazy(scope, id, value, function, false, stmt.at)?;
        self.release(first.index());
        self.at(stmt.at);
        self.u().emit(
            Op::CALL_INTRINSIC,
            0,
            dst.0,
            first.0,
            Intrinsic::TypeAlias as u32,
        );
        Ok(())
    }
}
