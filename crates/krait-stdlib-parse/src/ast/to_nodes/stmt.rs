//! Statements.

use krait_compiler::ast::{
    Alias, ClassDef, ExceptHandler, For, FunctionDef, Stmt, StmtKind, Try, TypeParam, TypeParamKind,
};
use krait_object::{PyResult, Value, raise};

use super::Maker;
use super::expr::binary_operator;

impl Maker<'_> {
    pub(super) fn stmts(&self, stmts: &[Stmt]) -> PyResult {
        self.list(stmts, |s| self.stmt(s))
    }

    fn stmt(&self, stmt: &Stmt) -> PyResult {
        self.check_depth()?;
        let at = stmt.at;
        match &stmt.kind {
            StmtKind::FunctionDef(def) => self.function(stmt, def),
            StmtKind::ClassDef(def) => self.class(stmt, def),
            StmtKind::Return(value) => {
                self.node_at("Return", at, [self.opt_expr(value.as_deref())?])
            }
            StmtKind::Delete(targets) => self.node_at("Delete", at, [self.exprs(targets)?]),
            StmtKind::Assign { targets, value } => self.node_at(
                "Assign",
                at,
                [
                    self.exprs(targets)?,
                    self.expr(value)?,
                    self.type_comment(at),
                ],
            ),
            StmtKind::TypeAlias {
                name,
                type_params,
                value,
            } => {
                let values = [
                    self.expr(name)?,
                    self.type_params(type_params)?,
                    self.expr(value)?,
                ];
                self.node_at("TypeAlias", at, values)
            }
            StmtKind::AugAssign { target, op, value } => {
                let values = [
                    self.expr(target)?,
                    self.single(binary_operator(*op))?,
                    self.expr(value)?,
                ];
                self.node_at("AugAssign", at, values)
            }
            StmtKind::AnnAssign {
                target,
                annotation,
                value,
                simple,
            } => {
                let values = [
                    self.expr(target)?,
                    self.expr(annotation)?,
                    self.opt_expr(value.as_deref())?,
                    Value::int(i64::from(*simple)),
                ];
                self.node_at("AnnAssign", at, values)
            }
            StmtKind::For(f) => self.for_loop(stmt, f),
            StmtKind::While { test, body, orelse } => self.node_at(
                "While",
                at,
                [self.expr(test)?, self.stmts(body)?, self.stmts(orelse)?],
            ),
            StmtKind::If { test, body, orelse } => self.node_at(
                "If",
                at,
                [self.expr(test)?, self.stmts(body)?, self.stmts(orelse)?],
            ),
            StmtKind::With {
                items,
                body,
                is_async,
            } => {
                let name = if *is_async { "AsyncWith" } else { "With" };
                let items = self.list(items, |item| {
                    let target = self.opt_expr(item.optional_vars.as_deref())?;
                    self.node("withitem", [self.expr(&item.context_expr)?, target])
                })?;
                self.node_at(name, at, [items, self.stmts(body)?, self.type_comment(at)])
            }
            _ => self.more_stmt(stmt),
        }
    }

    fn more_stmt(&self, stmt: &Stmt) -> PyResult {
        let at = stmt.at;
        match &stmt.kind {
            StmtKind::Match { subject, cases } => {
                let subject = self.expr(subject)?;
                let cases = self.list(cases, |case| {
                    let guard = self.opt_expr(case.guard.as_deref())?;
                    self.node(
                        "match_case",
                        [self.pattern(&case.pattern)?, guard, self.stmts(&case.body)?],
                    )
                })?;
                self.node_at("Match", at, [subject, cases])
            }
            StmtKind::Raise { exc, cause } => self.node_at(
                "Raise",
                at,
                [
                    self.opt_expr(exc.as_deref())?,
                    self.opt_expr(cause.as_deref())?,
                ],
            ),
            StmtKind::Try(t) => self.try_stmt(stmt, t),
            StmtKind::Assert { test, msg } => self.node_at(
                "Assert",
                at,
                [self.expr(test)?, self.opt_expr(msg.as_deref())?],
            ),
            StmtKind::Import(names) => self.node_at("Import", at, [self.aliases(names)?]),
            StmtKind::ImportFrom {
                module,
                names,
                level,
            } => {
                let values = [
                    self.opt_name(module),
                    self.aliases(names)?,
                    Value::int(i64::from(*level)),
                ];
                self.node_at("ImportFrom", at, values)
            }
            StmtKind::Global(names) => self.node_at("Global", at, [self.names(names)]),
            StmtKind::Nonlocal(names) => self.node_at("Nonlocal", at, [self.names(names)]),
            StmtKind::Expr(value) => self.node_at("Expr", at, [self.expr(value)?]),
            StmtKind::Pass => self.node_at("Pass", at, []),
            StmtKind::Break => self.node_at("Break", at, []),
            StmtKind::Continue => self.node_at("Continue", at, []),
            _ => raise!(self.py, SystemError, "unexpected statement"),
        }
    }

    fn function(&self, stmt: &Stmt, def: &FunctionDef) -> PyResult {
        let name = if def.is_async {
            "AsyncFunctionDef"
        } else {
            "FunctionDef"
        };
        let values = [
            self.name(&def.name),
            self.arguments(&def.args)?,
            self.stmts(&def.body)?,
            self.exprs(&def.decorator_list)?,
            self.opt_expr(def.returns.as_deref())?,
            self.type_comment(stmt.at),
            self.type_params(&def.type_params)?,
        ];
        self.node_at(name, stmt.at, values)
    }

    fn class(&self, stmt: &Stmt, def: &ClassDef) -> PyResult {
        let values = [
            self.name(&def.name),
            self.exprs(&def.bases)?,
            self.keywords(&def.keywords)?,
            self.stmts(&def.body)?,
            self.exprs(&def.decorator_list)?,
            self.type_params(&def.type_params)?,
        ];
        self.node_at("ClassDef", stmt.at, values)
    }

    fn for_loop(&self, stmt: &Stmt, f: &For) -> PyResult {
        let name = if f.is_async { "AsyncFor" } else { "For" };
        let values = [
            self.expr(&f.target)?,
            self.expr(&f.iter)?,
            self.stmts(&f.body)?,
            self.stmts(&f.orelse)?,
            self.type_comment(stmt.at),
        ];
        self.node_at(name, stmt.at, values)
    }

    fn try_stmt(&self, stmt: &Stmt, t: &Try) -> PyResult {
        let name = if t.is_star { "TryStar" } else { "Try" };
        let values = [
            self.stmts(&t.body)?,
            self.list(&t.handlers, |h| self.handler(h))?,
            self.stmts(&t.orelse)?,
            self.stmts(&t.finalbody)?,
        ];
        self.node_at(name, stmt.at, values)
    }

    fn handler(&self, handler: &ExceptHandler) -> PyResult {
        let class = self.opt_expr(handler.typ.as_deref())?;
        self.node_at(
            "ExceptHandler",
            handler.at,
            [
                class,
                self.opt_name(&handler.name),
                self.stmts(&handler.body)?,
            ],
        )
    }

    fn aliases(&self, names: &[Alias]) -> PyResult {
        self.list(names, |a| {
            self.node_at(
                "alias",
                a.at,
                [self.name(&a.name), self.opt_name(&a.asname)],
            )
        })
    }

    fn type_params(&self, params: &[TypeParam]) -> PyResult {
        self.list(params, |param| {
            let name = self.name(&param.name);
            let default = self.opt_expr(param.default.as_deref())?;
            match param.kind {
                TypeParamKind::TypeVar => self.node_at(
                    "TypeVar",
                    param.at,
                    [name, self.opt_expr(param.bound.as_deref())?, default],
                ),
                TypeParamKind::ParamSpec => self.node_at("ParamSpec", param.at, [name, default]),
                TypeParamKind::TypeVarTuple => {
                    self.node_at("TypeVarTuple", param.at, [name, default])
                }
            }
        })
    }
}
