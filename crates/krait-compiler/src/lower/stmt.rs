//! Statements.

use super::Lower;
use super::expr::binary_operator;
use crate::ast::{self, Stmt, StmtKind, TypeParam, TypeParamKind};
use crate::errors::Compile;
use krait_bytecode::Position;
use ruff_python_ast as ruff;
use ruff_text_size::{Ranged, TextRange, TextSize};

impl Lower<'_> {
    pub(super) fn stmt(&mut self, stmt: &ruff::Stmt) -> Compile<Stmt> {
        let at = match stmt {
            ruff::Stmt::FunctionDef(s) => self.after_decorators(&s.decorator_list, s.range),
            ruff::Stmt::ClassDef(s) => self.after_decorators(&s.decorator_list, s.range),
            _ => self.at(stmt),
        };
        Ok(Stmt {
            kind: self.stmt_kind(stmt)?,
            at,
        })
    }

    /// The position from the `def`, `async` or `class` keyword on.
    fn after_decorators(&self, decorators: &[ruff::Decorator], range: TextRange) -> Position {
        let Some(last) = decorators.last() else {
            return self.range(range);
        };
        let mut start = last.range().end().to_usize();
        let bytes = self.source.text.as_bytes();
        // Closing parentheses around the decorator's expression, comments, line ends.
        while let Some(byte) = bytes.get(start) {
            match byte {
                b'#' => {
                    while bytes.get(start).is_some_and(|byte| *byte != b'\n') {
                        start += 1;
                    }
                }
                b' ' | b'\t' | b'\n' | 0x0c | b')' | b'\\' => start += 1,
                _ => break,
            }
        }
        self.range(TextRange::new(TextSize::from(start as u32), range.end()))
    }

    fn stmt_kind(&mut self, stmt: &ruff::Stmt) -> Compile<StmtKind> {
        Ok(match stmt {
            ruff::Stmt::FunctionDef(s) => {
                self.check_target(s.name.id.as_str())?;
                StmtKind::FunctionDef(Box::new(ast::FunctionDef {
                    decorator_list: self.decorators(&s.decorator_list)?,
                    name: self.ident(&s.name),
                    type_params: self.type_params(s.type_params.as_deref())?,
                    args: self.parameters(&s.parameters)?,
                    returns: self.optional(s.returns.as_deref())?,
                    body: self.body(&s.body)?,
                    is_async: s.is_async,
                }))
            }
            ruff::Stmt::ClassDef(s) => {
                self.check_target(s.name.id.as_str())?;
                let decorator_list = self.decorators(&s.decorator_list)?;
                let name = self.ident(&s.name);
                let type_params = self.type_params(s.type_params.as_deref())?;
                let (bases, keywords) = match &s.arguments {
                    Some(arguments) => self.arguments(arguments)?,
                    None => Default::default(),
                };
                let body = self.body(&s.body)?;
                StmtKind::ClassDef(Box::new(ast::ClassDef {
                    name,
                    bases,
                    keywords,
                    body,
                    decorator_list,
                    type_params,
                }))
            }
            ruff::Stmt::Return(s) => StmtKind::Return(self.optional(s.value.as_deref())?),
            ruff::Stmt::Delete(s) => StmtKind::Delete(self.exprs(&s.targets)?),
            ruff::Stmt::TypeAlias(s) => StmtKind::TypeAlias {
                name: self.boxed(&s.name)?,
                type_params: self.type_params(s.type_params.as_deref())?,
                value: self.boxed(&s.value)?,
            },
            ruff::Stmt::Assign(s) => StmtKind::Assign {
                targets: self.exprs(&s.targets)?,
                value: self.boxed(&s.value)?,
            },
            ruff::Stmt::AugAssign(s) => StmtKind::AugAssign {
                target: self.boxed(&s.target)?,
                op: binary_operator(s.op),
                value: self.boxed(&s.value)?,
            },
            ruff::Stmt::AnnAssign(s) => StmtKind::AnnAssign {
                target: self.boxed(&s.target)?,
                annotation: self.boxed(&s.annotation)?,
                value: self.optional(s.value.as_deref())?,
                simple: s.simple,
            },
            ruff::Stmt::For(s) => StmtKind::For(Box::new(ast::For {
                target: self.expr(&s.target)?,
                iter: self.expr(&s.iter)?,
                body: self.body(&s.body)?,
                orelse: self.body(&s.orelse)?,
                is_async: s.is_async,
            })),
            ruff::Stmt::While(s) => StmtKind::While {
                test: self.boxed(&s.test)?,
                body: self.body(&s.body)?,
                orelse: self.body(&s.orelse)?,
            },
            ruff::Stmt::If(s) => self.if_stmt(s)?,
            ruff::Stmt::With(s) => {
                let mut items = Vec::with_capacity(s.items.len());
                for item in &s.items {
                    items.push(ast::WithItem {
                        context_expr: self.expr(&item.context_expr)?,
                        optional_vars: self.optional(item.optional_vars.as_deref())?,
                    });
                }
                StmtKind::With {
                    items,
                    body: self.body(&s.body)?,
                    is_async: s.is_async,
                }
            }
            ruff::Stmt::Match(s) => {
                let subject = self.boxed(&s.subject)?;
                let mut cases = Vec::with_capacity(s.cases.len());
                for case in &s.cases {
                    cases.push(ast::MatchCase {
                        pattern: self.pattern(&case.pattern)?,
                        guard: self.optional(case.guard.as_deref())?,
                        body: self.body(&case.body)?,
                    });
                }
                StmtKind::Match { subject, cases }
            }
            ruff::Stmt::Raise(s) => StmtKind::Raise {
                exc: self.optional(s.exc.as_deref())?,
                cause: self.optional(s.cause.as_deref())?,
            },
            ruff::Stmt::Try(s) => self.try_stmt(s)?,
            ruff::Stmt::Assert(s) => StmtKind::Assert {
                test: self.boxed(&s.test)?,
                msg: self.optional(s.msg.as_deref())?,
            },
            ruff::Stmt::Import(s) => {
                if s.is_lazy {
                    return self.error(s.range, "invalid syntax");
                }
                StmtKind::Import(self.aliases(&s.names)?)
            }
            ruff::Stmt::ImportFrom(s) => {
                if s.is_lazy {
                    return self.error(s.range, "invalid syntax");
                }
                StmtKind::ImportFrom {
                    module: s.module.as_ref().map(|module| self.ident(module)),
                    names: self.aliases(&s.names)?,
                    level: s.level,
                }
            }
            ruff::Stmt::Global(s) => {
                StmtKind::Global(s.names.iter().map(|name| self.ident(name)).collect())
            }
            ruff::Stmt::Nonlocal(s) => {
                StmtKind::Nonlocal(s.names.iter().map(|name| self.ident(name)).collect())
            }
            ruff::Stmt::Expr(s) => StmtKind::Expr(self.boxed(&s.value)?),
            ruff::Stmt::Pass(_) => StmtKind::Pass,
            ruff::Stmt::Break(_) => StmtKind::Break,
            ruff::Stmt::Continue(_) => StmtKind::Continue,
            ruff::Stmt::IpyEscapeCommand(s) => {
                return self.error(s.range, "invalid syntax");
            }
        })
    }

    fn decorators(&mut self, list: &[ruff::Decorator]) -> Compile<Vec<ast::Expr>> {
        list.iter()
            .map(|decorator| self.expr(&decorator.expression))
            .collect()
    }

    /// `elif` becomes an `if` in the `else`, as in CPython's tree.
    fn if_stmt(&mut self, s: &ruff::StmtIf) -> Compile<StmtKind> {
        let test = self.boxed(&s.test)?;
        let body = self.body(&s.body)?;
        let mut clauses = Vec::with_capacity(s.elif_else_clauses.len());
        for clause in &s.elif_else_clauses {
            let test = self.optional(clause.test.as_ref())?;
            clauses.push((test, self.body(&clause.body)?, clause.range));
        }
        let mut orelse = Vec::new();
        for (test, body, range) in clauses.into_iter().rev() {
            orelse = match test {
                None => body,
                Some(test) => {
                    let at = self.range(TextRange::new(range.start(), s.range.end()));
                    vec![Stmt {
                        kind: StmtKind::If { test, body, orelse },
                        at,
                    }]
                }
            };
        }
        Ok(StmtKind::If { test, body, orelse })
    }

    fn try_stmt(&mut self, s: &ruff::StmtTry) -> Compile<StmtKind> {
        let body = self.body(&s.body)?;
        let mut handlers = Vec::with_capacity(s.handlers.len());
        for (i, handler) in s.handlers.iter().enumerate() {
            let ruff::ExceptHandler::ExceptHandler(handler) = handler;
            if handler.type_.is_none() && i + 1 < s.handlers.len() {
                return self.error(handler.range, "default 'except:' must be last");
            }
            if let Some(name) = &handler.name {
                self.check_target(name.id.as_str())?;
            }
            handlers.push(ast::ExceptHandler {
                typ: self.optional(handler.type_.as_deref())?,
                name: handler.name.as_ref().map(|name| self.ident(name)),
                body: self.body(&handler.body)?,
                at: self.at(handler),
            });
        }
        Ok(StmtKind::Try(Box::new(ast::Try {
            body,
            handlers,
            orelse: self.body(&s.orelse)?,
            finalbody: self.body(&s.finalbody)?,
            is_star: s.is_star,
        })))
    }

    fn aliases(&mut self, list: &[ruff::Alias]) -> Compile<Vec<ast::Alias>> {
        let mut out = Vec::with_capacity(list.len());
        for alias in list {
            let bound = alias.asname.as_ref().unwrap_or(&alias.name);
            self.check_target(bound.id.as_str())?;
            out.push(ast::Alias {
                name: self.ident(&alias.name),
                asname: alias.asname.as_ref().map(|name| self.ident(name)),
                at: self.at(alias),
            });
        }
        Ok(out)
    }

    fn type_params(&mut self, list: Option<&ruff::TypeParams>) -> Compile<Vec<TypeParam>> {
        let mut out: Vec<TypeParam> = Vec::new();
        for param in list.map_or(&[][..], |list| &list.type_params) {
            let at = self.at(param);
            let (kind, name, bound, default) = match param {
                ruff::TypeParam::TypeVar(p) => (
                    TypeParamKind::TypeVar,
                    &p.name,
                    p.bound.as_deref(),
                    p.default.as_deref(),
                ),
                ruff::TypeParam::ParamSpec(p) => (
                    TypeParamKind::ParamSpec,
                    &p.name,
                    None,
                    p.default.as_deref(),
                ),
                ruff::TypeParam::TypeVarTuple(p) => (
                    TypeParamKind::TypeVarTuple,
                    &p.name,
                    None,
                    p.default.as_deref(),
                ),
            };
            self.check_target(name.id.as_str())?;
            let name = self.ident(name);
            let bound = self.optional(bound)?;
            let default = self.optional(default)?;
            if default.is_none() && out.iter().any(|before| before.default.is_some()) {
                let message =
                    format!("non-default type parameter '{name}' follows default type parameter");
                return self.error(param.range(), message);
            }
            out.push(TypeParam {
                kind,
                name,
                bound,
                default,
                at,
            });
        }
        Ok(out)
    }
}
