//! Preprocessing of the tree before scopes: constant folding, `__debug__`, and the
//! warnings about leaving a `finally` block (PEP 765).
//!
//! Folding has CPython's limits on the size of results; whatever could raise or
//! give more than 127 bits is left to run time.

mod arith;

use crate::ast::*;
use crate::errors::Warning;
use crate::hash::Set;
use arith::{binary, unary};
use krait_bytecode::{Const, Position};

/// Preprocesses a tree.
pub fn fold(module: &mut Module, optimize: u8, future_annotations: bool) -> Vec<Warning> {
    let mut folder = Folder {
        optimize,
        future_annotations,
        finals: Vec::new(),
        warnings: vec![],
    };
    match module {
        Module::Module(body) => folder.doc_body(body),
        Module::Interactive(body) => folder.body(body),
        Module::Expression(expr) => folder.expr(expr),
    }
    folder.warnings
}

/// Takes the docstring out of a body; one that has nothing else becomes `pass`.
fn remove_docstring(body: &mut Vec<Stmt>) {
    let rest = body.len() > 1;
    let Some(first) = body.first_mut() else {
        return;
    };
    match &first.kind {
        StmtKind::Expr(value) if matches!(value.as_const(), Some(Const::Str(_))) => {}
        _ => return,
    }
    if rest {
        body.remove(0);
    } else {
        first.kind = StmtKind::Pass;
        first.at.end_line = first.at.line;
        first.at.end_col = first.at.col.saturating_add(4);
    }
}

/// What is around a statement, as far as leaving `finally` is concerned.
#[derive(Clone, Copy, PartialEq)]
enum Around {
    Finally,
    Loop,
    Function,
}

struct Folder {
    optimize: u8,
    future_annotations: bool,
    finals: Vec<Around>,
    warnings: Vec<Warning>,
}

impl Folder {
    fn within(&mut self, around: Around, inside: impl FnOnce(&mut Self)) {
        self.finals.push(around);
        inside(self);
        self.finals.pop();
    }

    /// Warns if the statement leaves a `finally` block.
    fn leaves(&mut self, word: &str, stops: &[Around], at: Position) {
        let inner = self
            .finals
            .iter()
            .rev()
            .find(|a| **a == Around::Finally || stops.contains(a));
        if inner == Some(&Around::Finally) {
            self.warnings.push(Warning {
                parsed: None,
                category: "SyntaxWarning",
                message: format!("'{word}' in a 'finally' block"),
                line: at.line,
                col: at.col.wrapping_add(1),
                end_line: at.end_line,
                end_col: at.end_col.wrapping_add(1),
            });
        }
    }

    fn body(&mut self, body: &mut [Stmt]) {
        body.iter_mut().for_each(|stmt| self.stmt(stmt));
    }

    /// A body that may start with a docstring: an expression folded to a string is none.
    fn doc_body(&mut self, body: &mut Vec<Stmt>) {
        if self.optimize >= 2 {
            remove_docstring(body);
        }
        let skip = body.first().is_some_and(|first| match &first.kind {
            StmtKind::Expr(value) => {
                matches!(
                    value.kind,
                    ExprKind::BinOp { .. } | ExprKind::Subscript { .. }
                )
            }
            _ => false,
        });
        self.body(&mut body[skip as usize..]);
    }

    fn exprs(&mut self, list: &mut [Expr]) {
        list.iter_mut().for_each(|expr| self.expr(expr));
    }

    fn optional(&mut self, expr: &mut Option<Box<Expr>>) {
        if let Some(expr) = expr {
            self.expr(expr);
        }
    }

    fn annotation(&mut self, expr: &mut Expr) {
        if !self.future_annotations {
            self.expr(expr);
        }
    }

    fn arguments(&mut self, args: &mut Arguments) {
        let all = args
            .posonlyargs
            .iter_mut()
            .chain(&mut args.args)
            .chain(&mut args.kwonlyargs);
        let rest = args
            .vararg
            .iter_mut()
            .chain(&mut args.kwarg)
            .map(|arg| &mut **arg);
        for arg in all.chain(rest) {
            if let Some(annotation) = &mut arg.annotation {
                self.annotation(annotation);
            }
        }
        self.exprs(&mut args.defaults);
        args.kw_defaults
            .iter_mut()
            .flatten()
            .for_each(|default| self.expr(default));
    }

    fn type_params(&mut self, params: &mut [TypeParam]) {
        for param in params {
            self.optional(&mut param.bound);
            self.optional(&mut param.default);
        }
    }

    fn stmt(&mut self, stmt: &mut Stmt) {
        let at = stmt.at;
        match &mut stmt.kind {
            StmtKind::FunctionDef(f) => {
                self.type_params(&mut f.type_params);
                self.arguments(&mut f.args);
                self.exprs(&mut f.decorator_list);
                if let Some(returns) = &mut f.returns {
                    self.annotation(returns);
                }
                self.within(Around::Function, |this| this.doc_body(&mut f.body));
            }
            StmtKind::ClassDef(c) => {
                self.type_params(&mut c.type_params);
                self.exprs(&mut c.bases);
                c.keywords
                    .iter_mut()
                    .for_each(|keyword| self.expr(&mut keyword.value));
                self.exprs(&mut c.decorator_list);
                self.within(Around::Function, |this| this.doc_body(&mut c.body));
            }
            StmtKind::Return(value) => {
                self.leaves("return", &[Around::Function], at);
                self.optional(value);
            }
            StmtKind::Delete(targets) => self.exprs(targets),
            StmtKind::Assign { targets, value } => {
                self.exprs(targets);
                self.expr(value);
            }
            StmtKind::TypeAlias {
                type_params, value, ..
            } => {
                self.type_params(type_params);
                self.expr(value);
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.expr(target);
                self.expr(value);
            }
            StmtKind::AnnAssign {
                target,
                annotation,
                value,
                ..
            } => {
                self.expr(target);
                self.annotation(annotation);
                self.optional(value);
            }
            StmtKind::For(f) => {
                self.expr(&mut f.target);
                self.expr(&mut f.iter);
                list_to_tuple(&mut f.iter);
                self.within(Around::Loop, |this| this.body(&mut f.body));
                self.body(&mut f.orelse);
            }
            StmtKind::While { test, body, orelse } => {
                self.expr(test);
                self.within(Around::Loop, |this| this.body(body));
                self.body(orelse);
            }
            StmtKind::If { test, body, orelse } => {
                self.expr(test);
                self.body(body);
                self.body(orelse);
            }
            StmtKind::With { items, body, .. } => {
                for item in items {
                    self.expr(&mut item.context_expr);
                    self.optional(&mut item.optional_vars);
                }
                self.body(body);
            }
            StmtKind::Match { subject, cases } => {
                self.expr(subject);
                for case in cases {
                    self.pattern(&mut case.pattern);
                    self.optional(&mut case.guard);
                    self.body(&mut case.body);
                }
            }
            StmtKind::Raise { exc, cause } => {
                self.optional(exc);
                self.optional(cause);
            }
            StmtKind::Try(t) => {
                self.body(&mut t.body);
                for handler in &mut t.handlers {
                    self.optional(&mut handler.typ);
                    self.body(&mut handler.body);
                }
                self.body(&mut t.orelse);
                self.within(Around::Finally, |this| this.body(&mut t.finalbody));
            }
            StmtKind::Assert { test, msg } => {
                self.expr(test);
                self.optional(msg);
            }
            StmtKind::Expr(value) => self.expr(value),
            StmtKind::Break => self.leaves("break", &[Around::Function, Around::Loop], at),
            StmtKind::Continue => self.leaves("continue", &[Around::Function, Around::Loop], at),
            StmtKind::Import(_)
            | StmtKind::ImportFrom { .. }
            | StmtKind::Global(_)
            | StmtKind::Nonlocal(_)
            | StmtKind::Pass => {}
        }
    }

    fn pattern(&mut self, pattern: &mut Pattern) {
        match &mut pattern.kind {
            PatternKind::MatchValue(value) => self.expr(value),
            PatternKind::MatchSingleton(_) | PatternKind::MatchStar(_) => {}
            PatternKind::MatchSequence(list) | PatternKind::MatchOr(list) => {
                list.iter_mut().for_each(|p| self.pattern(p));
            }
            PatternKind::MatchMapping { keys, patterns, .. } => {
                self.exprs(keys);
                patterns.iter_mut().for_each(|p| self.pattern(p));
            }
            PatternKind::MatchClass {
                cls,
                patterns,
                kwd_patterns,
                ..
            } => {
                self.expr(cls);
                patterns
                    .iter_mut()
                    .chain(kwd_patterns)
                    .for_each(|p| self.pattern(p));
            }
            PatternKind::MatchAs { pattern, .. } => {
                if let Some(inner) = pattern {
                    self.pattern(inner);
                }
            }
        }
    }

    fn comp(&mut self, comp: &mut Comp) {
        self.expr(&mut comp.elt);
        if let Some(value) = &mut comp.value {
            self.expr(value);
        }
        for clause in &mut comp.generators {
            self.expr(&mut clause.target);
            self.expr(&mut clause.iter);
            list_to_tuple(&mut clause.iter);
            self.exprs(&mut clause.ifs);
        }
    }

    fn expr(&mut self, expr: &mut Expr) {
        match &mut expr.kind {
            ExprKind::BoolOp { values, .. } | ExprKind::Set(values) => self.exprs(values),
            ExprKind::JoinedStr(values) | ExprKind::TemplateStr(values) => self.exprs(values),
            ExprKind::NamedExpr { value, .. } => self.expr(value),
            ExprKind::BinOp { left, right, .. } => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::UnaryOp { operand, .. } => self.expr(operand),
            ExprKind::Lambda(lambda) => {
                self.arguments(&mut lambda.args);
                self.expr(&mut lambda.body);
            }
            ExprKind::IfExp { test, body, orelse } => {
                self.expr(test);
                self.expr(body);
                self.expr(orelse);
            }
            ExprKind::Dict { keys, values } => {
                keys.iter_mut().flatten().for_each(|key| self.expr(key));
                self.exprs(values);
            }
            ExprKind::ListComp(comp)
            | ExprKind::SetComp(comp)
            | ExprKind::DictComp(comp)
            | ExprKind::GeneratorExp(comp) => self.comp(comp),
            ExprKind::Await(value) | ExprKind::YieldFrom(value) => self.expr(value),
            ExprKind::Yield(value) => self.optional(value),
            ExprKind::Compare {
                left,
                ops,
                comparators,
            } => {
                self.expr(left);
                self.exprs(comparators);
                if let ([.., CmpOp::In | CmpOp::NotIn], Some(last)) =
                    (&ops[..], comparators.last_mut())
                {
                    display_to_constant(last);
                }
            }
            ExprKind::Call {
                func,
                args,
                keywords,
            } => {
                self.expr(func);
                self.exprs(args);
                keywords
                    .iter_mut()
                    .for_each(|keyword| self.expr(&mut keyword.value));
            }
            ExprKind::FormattedValue(field) | ExprKind::Interpolation(field) => {
                self.expr(&mut field.value);
                if let Some(spec) = &mut field.format_spec {
                    self.expr(spec);
                }
            }
            ExprKind::Attribute { value, .. } | ExprKind::Starred { value, .. } => self.expr(value),
            ExprKind::Subscript { value, slice, .. } => {
                self.expr(value);
                self.expr(slice);
            }
            ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => self.exprs(elts),
            ExprKind::Slice { lower, upper, step } => {
                self.optional(lower);
                self.optional(upper);
                self.optional(step);
            }
            ExprKind::Constant { .. } | ExprKind::Name { .. } => {}
        }
        if let Some(value) = self.constant_of(expr) {
            expr.kind = ExprKind::Constant {
                value,
                kind_u: false,
            };
        } else if let Some(kind) = format_to_fstring(expr) {
            expr.kind = kind;
        }
    }

    /// The value of an expression of constants.
    fn constant_of(&self, expr: &Expr) -> Option<Const> {
        match &expr.kind {
            ExprKind::BinOp { left, op, right } => binary(left.as_const()?, *op, right.as_const()?),
            ExprKind::UnaryOp { op, operand } => unary(*op, operand.as_const()?),
            ExprKind::Tuple {
                elts,
                ctx: Ctx::Load,
            } => {
                let items: Option<Vec<Const>> =
                    elts.iter().map(|elt| elt.as_const().cloned()).collect();
                Some(Const::Tuple(items?.into()))
            }
            ExprKind::Subscript {
                value,
                slice,
                ctx: Ctx::Load,
            } => subscript(value.as_const()?, slice.as_const()?),
            ExprKind::Name { id, ctx: Ctx::Load } if &**id == "__debug__" => {
                Some(Const::Bool(self.optimize == 0))
            }
            _ => None,
        }
    }
}

fn subscript(value: &Const, index: &Const) -> Option<Const> {
    let Const::Int(index) = index else {
        return None;
    };
    let at = |length: usize| -> Option<usize> {
        let index = if *index < 0 {
            *index + length as i64
        } else {
            *index
        };
        usize::try_from(index).ok().filter(|index| *index < length)
    };
    match value {
        Const::Tuple(items) => items.get(at(items.len())?).cloned(),
        Const::Str(text) if text.is_ascii() => {
            let index = at(text.len())?;
            Some(Const::Str(text[index..=index].into()))
        }
        Const::Bytes(bytes) => Some(Const::Int(bytes[at(bytes.len())?] as i64)),
        _ => None,
    }
}

/// An iterated list display need not be a list.
fn list_to_tuple(expr: &mut Expr) {
    if let ExprKind::List { elts, .. } = &mut expr.kind {
        if elts
            .iter()
            .any(|elt| matches!(elt.kind, ExprKind::Starred { .. }))
        {
            return;
        }
        let constants: Option<Vec<Const>> = elts.iter().map(|e| e.as_const().cloned()).collect();
        expr.kind = match constants {
            Some(items) => ExprKind::Constant {
                value: Const::Tuple(items.into()),
                kind_u: false,
            },
            None => ExprKind::Tuple {
                elts: std::mem::take(elts),
                ctx: Ctx::Load,
            },
        };
    } else if let ExprKind::Set(_) = &expr.kind {
        display_to_constant(expr);
    }
}

/// `x in [1, 2]` searches a tuple, `x in {1, 2}` a frozenset.
fn display_to_constant(expr: &mut Expr) {
    match &expr.kind {
        ExprKind::List { .. } => list_to_tuple(expr),
        ExprKind::Set(elts) => {
            let items: Option<Vec<Const>> = elts.iter().map(|e| e.as_const().cloned()).collect();
            let Some(items) = items else { return };
            // Equal constants of different types are one element: leave that to run time.
            let plain = |item: &Const| matches!(item, Const::Str(_) | Const::Int(_));
            if !items.iter().all(|item| plain(item) || *item == Const::None) {
                return;
            }
            let mut seen: Set<&Const> = Set::default();
            seen.reserve(items.len());
            let distinct = items.iter().filter(|item| seen.insert(item)).cloned();
            let value = Const::FrozenSet(distinct.collect());
            expr.kind = ExprKind::Constant {
                value,
                kind_u: false,
            };
        }
        _ => {}
    }
}

/// `"%s is %r" % (a, b)` as an f-string, when only plain %s, %r and %a occur.
fn format_to_fstring(expr: &mut Expr) -> Option<ExprKind> {
    let ExprKind::BinOp {
        left,
        op: BinOp::Mod,
        right,
    } = &mut expr.kind
    else {
        return None;
    };
    let Some(Const::Str(format)) = left.as_const().cloned() else {
        return None;
    };
    let ExprKind::Tuple { elts, .. } = &mut right.kind else {
        return None;
    };
    if elts
        .iter()
        .any(|elt| matches!(elt.kind, ExprKind::Starred { .. }))
    {
        return None;
    }
    let mut parts: Vec<Result<Vec<u8>, i32>> = Vec::new();
    let mut text = Vec::new();
    let mut rest = &format[..];
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'%' {
            text.push(*byte);
            continue;
        }
        let (kind, after) = rest.split_first()?;
        rest = after;
        match kind {
            b'%' => text.push(b'%'),
            b's' | b'r' | b'a' => {
                if !text.is_empty() {
                    parts.push(Ok(std::mem::take(&mut text)));
                }
                parts.push(Err(*kind as i32));
            }
            _ => return None,
        }
    }
    if !text.is_empty() {
        parts.push(Ok(text));
    }
    if parts.iter().filter(|part| part.is_err()).count() != elts.len() {
        return None;
    }
    let at = left.at;
    let mut values = std::mem::take(elts).into_iter();
    let mut joined = Vec::new();
    for part in parts {
        match part {
            Ok(text) => {
                let value = Const::Str(text.into());
                joined.push(Expr {
                    kind: ExprKind::Constant {
                        value,
                        kind_u: false,
                    },
                    at,
                });
            }
            Err(conversion) => {
                let value = values.next()?;
                let at = value.at;
                let field = Formatted {
                    value,
                    conversion,
                    format_spec: None,
                    source: Const::None,
                };
                joined.push(Expr {
                    kind: ExprKind::FormattedValue(Box::new(field)),
                    at,
                });
            }
        }
    }
    Some(ExprKind::JoinedStr(joined))
}
