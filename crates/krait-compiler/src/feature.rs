//! Syntax that older versions of Python do not have: what `ast.parse` refuses when it is
//! given a `feature_version`.

use crate::ast::*;
use crate::errors::{Compile, CompileError};
use crate::source::Source;
use crate::tokens::{Kind, Tokenizer};
use crate::visit;
use krait_bytecode::Position;

/// The error for the first syntax that Python 3.`minor` does not have.
pub fn check(module: &Module, source: &Source, minor: u32) -> Compile<()> {
    let checker = Checker { source, minor };
    checker.numbers()?;
    match module {
        Module::Module(body) | Module::Interactive(body) => checker.body(body),
        Module::Expression(expr) => checker.expr(expr),
    }
}

struct Checker<'a> {
    source: &'a Source,
    minor: u32,
}

impl Checker<'_> {
    fn need(&self, minor: u32, what: &str, at: Position) -> Compile<()> {
        if self.minor >= minor {
            return Ok(());
        }
        let message = format!("{what} only supported in Python 3.{minor} and greater");
        Err(CompileError::at(at, message))
    }

    fn need_if(&self, used: bool, minor: u32, what: &str, at: Position) -> Compile<()> {
        if used {
            self.need(minor, what, at)
        } else {
            Ok(())
        }
    }

    fn numbers(&self) -> Compile<()> {
        let mut tokenizer = Tokenizer::new(self.source);
        while let Ok(token) = tokenizer.next() {
            let text = &self.source.text[token.start..token.end];
            match token.kind {
                Kind::End => break,
                Kind::Number if text.contains('_') => {
                    let at = self.source.position(token.start, token.end);
                    self.need(6, "Underscores in numeric literals are", at)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn body(&self, body: &[Stmt]) -> Compile<()> {
        body.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    fn stmt(&self, stmt: &Stmt) -> Compile<()> {
        let at = stmt.at;
        for expr in visit::own_expressions(stmt) {
            self.expr(expr)?;
        }
        match &stmt.kind {
            StmtKind::FunctionDef(f) => {
                self.need_if(f.is_async, 5, "Async functions are", at)?;
                self.type_params(&f.type_params)?;
                self.arguments(&f.args)?;
                self.body(&f.body)
            }
            StmtKind::ClassDef(c) => {
                self.type_params(&c.type_params)?;
                self.body(&c.body)
            }
            StmtKind::TypeAlias { type_params, .. } => {
                self.need(12, "Type statement is", at)?;
                self.type_params(type_params)
            }
            StmtKind::AugAssign {
                op: BinOp::MatMult, ..
            } => self.need(5, "The '@' operator is", at),
            StmtKind::AnnAssign { .. } => self.need(6, "Variable annotation syntax is", at),
            StmtKind::For(f) => {
                self.need_if(f.is_async, 5, "Async for loops are", at)?;
                self.body(&f.body)?;
                self.body(&f.orelse)
            }
            StmtKind::While { body, orelse, .. } | StmtKind::If { body, orelse, .. } => {
                self.body(body)?;
                self.body(orelse)
            }
            StmtKind::With { body, is_async, .. } => {
                self.need_if(*is_async, 5, "Async with statements are", at)?;
                self.body(body)
            }
            StmtKind::Match { cases, .. } => {
                self.need(10, "Pattern matching is", at)?;
                cases.iter().try_for_each(|case| self.body(&case.body))
            }
            StmtKind::Try(t) => self.try_stmt(t, at),
            _ => Ok(()),
        }
    }

    fn try_stmt(&self, t: &Try, at: Position) -> Compile<()> {
        self.need_if(t.is_star, 11, "Exception groups are", at)?;
        self.body(&t.body)?;
        for handler in &t.handlers {
            if let Some(typ) = &handler.typ {
                let bare = matches!(typ.kind, ExprKind::Tuple { .. }) && !self.in_parens(typ);
                let what = "except expressions without parentheses are";
                self.need_if(bare, 14, what, typ.at)?;
                self.expr(typ)?;
            }
            self.body(&handler.body)?;
        }
        self.body(&t.orelse)?;
        self.body(&t.finalbody)
    }

    fn in_parens(&self, expr: &Expr) -> bool {
        let line = self.source.line(expr.at.line).unwrap_or("");
        line.as_bytes().get(expr.at.col as usize) == Some(&b'(')
    }

    fn arguments(&self, args: &Arguments) -> Compile<()> {
        match args.posonlyargs.first() {
            Some(first) => self.need(8, "Positional-only parameters are", first.at),
            None => Ok(()),
        }
    }

    fn type_params(&self, params: &[TypeParam]) -> Compile<()> {
        for param in params {
            self.need(12, "Type parameter lists are", param.at)?;
            let has = param.default.is_some();
            self.need_if(has, 13, "Type parameter defaults are", param.at)?;
        }
        Ok(())
    }

    fn expr(&self, expr: &Expr) -> Compile<()> {
        let at = expr.at;
        match &expr.kind {
            ExprKind::NamedExpr { .. } => self.need(8, "Assignment expressions are", at)?,
            ExprKind::Await(_) => self.need(5, "Await expressions are", at)?,
            ExprKind::TemplateStr(_) => self.need(14, "t-strings are", at)?,
            ExprKind::BinOp {
                op: BinOp::MatMult, ..
            } => self.need(5, "The '@' operator is", at)?,
            ExprKind::Lambda(lambda) => {
                self.arguments(&lambda.args)?;
                self.expr(&lambda.body)?;
            }
            ExprKind::ListComp(comp)
            | ExprKind::SetComp(comp)
            | ExprKind::DictComp(comp)
            | ExprKind::GeneratorExp(comp) => {
                let is_async = comp.generators.iter().any(|clause| clause.is_async);
                self.need_if(is_async, 6, "Async comprehensions are", at)?;
            }
            _ => {}
        }
        let mut result = Ok(());
        visit::children(expr, &mut |child| {
            if result.is_ok() {
                result = self.expr(child);
            }
        });
        result
    }
}
