//! Statements.

use krait_compiler::ast::{Ctx, Expr, ExprKind, Stmt, StmtKind, Try, TypeParam};
use krait_object::{PyResult, raise};

use super::Check;

impl Check {
    pub(super) fn stmts(&self, stmts: &[Stmt]) -> PyResult<()> {
        stmts.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    fn body(&self, body: &[Stmt], owner: &str) -> PyResult<()> {
        self.not_empty(body, "body", owner)?;
        self.stmts(body)
    }

    fn targets(&self, targets: &[Expr], ctx: Ctx, owner: &str) -> PyResult<()> {
        self.not_empty(targets, "targets", owner)?;
        self.exprs(targets, ctx)
    }

    fn type_params(&self, params: &[TypeParam]) -> PyResult<()> {
        params.iter().try_for_each(|param| {
            self.name(&param.name)?;
            self.opt_box(&param.bound)?;
            self.opt_box(&param.default)
        })
    }

    fn stmt(&self, stmt: &Stmt) -> PyResult<()> {
        self.py
            .thread()
            .check_native_stack(self.py, " during compilation")?;
        let load = |e: &Expr| self.expr(e, Ctx::Load);
        match &stmt.kind {
            StmtKind::FunctionDef(def) => {
                self.body(
                    &def.body,
                    if def.is_async {
                        "AsyncFunctionDef"
                    } else {
                        "FunctionDef"
                    },
                )?;
                self.type_params(&def.type_params)?;
                self.arguments(&def.args)?;
                self.exprs(&def.decorator_list, Ctx::Load)?;
                self.opt_box(&def.returns)
            }
            StmtKind::ClassDef(def) => {
                self.body(&def.body, "ClassDef")?;
                self.type_params(&def.type_params)?;
                self.exprs(&def.bases, Ctx::Load)?;
                self.keywords(&def.keywords)?;
                self.exprs(&def.decorator_list, Ctx::Load)
            }
            StmtKind::Return(value) => self.opt_box(value),
            StmtKind::Delete(targets) => self.targets(targets, Ctx::Del, "Delete"),
            StmtKind::Assign { targets, value } => {
                self.targets(targets, Ctx::Store, "Assign")?;
                load(value)
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.expr(target, Ctx::Store)?;
                load(value)
            }
            StmtKind::AnnAssign {
                target,
                annotation,
                value,
                simple,
            } => {
                if *simple && !matches!(target.kind, ExprKind::Name { .. }) {
                    return raise!(self.py, TypeError, "AnnAssign with simple non-Name target");
                }
                self.expr(target, Ctx::Store)?;
                self.opt_box(value)?;
                load(annotation)
            }
            StmtKind::TypeAlias {
                name,
                type_params,
                value,
            } => {
                if !matches!(name.kind, ExprKind::Name { .. }) {
                    return raise!(self.py, TypeError, "TypeAlias with non-Name name");
                }
                self.expr(name, Ctx::Store)?;
                self.type_params(type_params)?;
                load(value)
            }
            StmtKind::For(f) => {
                self.expr(&f.target, Ctx::Store)?;
                load(&f.iter)?;
                self.body(&f.body, if f.is_async { "AsyncFor" } else { "For" })?;
                self.stmts(&f.orelse)
            }
            StmtKind::While { test, body, orelse } => {
                load(test)?;
                self.body(body, "While")?;
                self.stmts(orelse)
            }
            StmtKind::If { test, body, orelse } => {
                load(test)?;
                self.body(body, "If")?;
                self.stmts(orelse)
            }
            _ => self.more_stmt(stmt),
        }
    }

    fn more_stmt(&self, stmt: &Stmt) -> PyResult<()> {
        let load = |e: &Expr| self.expr(e, Ctx::Load);
        match &stmt.kind {
            StmtKind::With {
                items,
                body,
                is_async,
            } => {
                let owner = if *is_async { "AsyncWith" } else { "With" };
                self.not_empty(items, "items", owner)?;
                for item in items {
                    load(&item.context_expr)?;
                    if let Some(target) = &item.optional_vars {
                        self.expr(target, Ctx::Store)?;
                    }
                }
                self.body(body, owner)
            }
            StmtKind::Match { subject, cases } => {
                load(subject)?;
                self.not_empty(cases, "cases", "Match")?;
                cases.iter().try_for_each(|case| {
                    self.pattern(&case.pattern, false)?;
                    self.opt_box(&case.guard)?;
                    self.body(&case.body, "match_case")
                })
            }
            StmtKind::Raise { exc, cause } => {
                if exc.is_none() && cause.is_some() {
                    return self.fail("Raise with cause but no exception");
                }
                self.opt_box(exc)?;
                self.opt_box(cause)
            }
            StmtKind::Try(t) => self.try_stmt(t),
            StmtKind::Assert { test, msg } => {
                load(test)?;
                self.opt_box(msg)
            }
            StmtKind::Import(names) => self.not_empty(names, "names", "Import"),
            StmtKind::ImportFrom { names, .. } => self.not_empty(names, "names", "ImportFrom"),
            StmtKind::Global(names) => self.not_empty(names, "names", "Global"),
            StmtKind::Nonlocal(names) => self.not_empty(names, "names", "Nonlocal"),
            StmtKind::Expr(value) => load(value),
            _ => Ok(()),
        }
    }

    fn try_stmt(&self, t: &Try) -> PyResult<()> {
        let owner = if t.is_star { "TryStar" } else { "Try" };
        self.body(&t.body, owner)?;
        if t.handlers.is_empty() && t.finalbody.is_empty() {
            return self.fail(&format!(
                "{owner} has neither except handlers nor finalbody"
            ));
        }
        if t.handlers.is_empty() && !t.orelse.is_empty() {
            return self.fail(&format!("{owner} has orelse but no except handlers"));
        }
        for handler in &t.handlers {
            self.opt_box(&handler.typ)?;
            self.body(&handler.body, "ExceptHandler")?;
        }
        self.stmts(&t.finalbody)?;
        self.stmts(&t.orelse)
    }
}
