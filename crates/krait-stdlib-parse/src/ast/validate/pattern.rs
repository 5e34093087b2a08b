//! Patterns.

use krait_bytecode::Const;
use krait_compiler::ast::{BinOp, Ctx, Expr, ExprKind, Name, Pattern, PatternKind, UnaryOp};
use krait_object::PyResult;

use super::{Check, is_literal};

fn is_number(expr: &Expr, complex: bool) -> bool {
    match expr.as_const() {
        Some(Const::Int(_) | Const::BigInt(..) | Const::Float(_)) => !complex,
        Some(Const::Complex(..)) => complex,
        _ => false,
    }
}

/// A number with an optional minus.
fn is_signed_number(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::UnaryOp {
            op: UnaryOp::USub,
            operand,
        } => is_number(operand, false) || is_number(operand, true),
        _ => is_number(expr, false),
    }
}

impl Check {
    fn patterns(&self, patterns: &[Pattern], star: bool) -> PyResult<()> {
        patterns.iter().try_for_each(|p| self.pattern(p, star))
    }

    /// A name that a pattern binds.
    fn capture(&self, name: &Option<Name>) -> PyResult<()> {
        match name {
            Some(name) if &**name == "_" => self.fail("can't capture name '_' in patterns"),
            Some(name) => self.name(name),
            None => Ok(()),
        }
    }

    /// A value that a pattern compares with.
    fn match_value(&self, expr: &Expr) -> PyResult<()> {
        self.expr(expr, Ctx::Load)?;
        let fits = match &expr.kind {
            ExprKind::Constant { value, .. } if !is_literal(value) => {
                return self.fail("unexpected constant inside of a literal pattern");
            }
            ExprKind::Constant { .. }
            | ExprKind::Attribute { .. }
            | ExprKind::JoinedStr(_)
            | ExprKind::TemplateStr(_) => true,
            ExprKind::UnaryOp { .. } => is_signed_number(expr),
            ExprKind::BinOp {
                left,
                op: BinOp::Add | BinOp::Sub,
                right,
            } => is_signed_number(left) && is_number(right, true),
            _ => false,
        };
        if fits {
            Ok(())
        } else {
            self.fail("patterns may only match literals and attribute lookups")
        }
    }

    fn key(&self, expr: &Expr) -> PyResult<()> {
        match expr.as_const() {
            Some(Const::None | Const::Bool(_)) => Ok(()),
            _ => self.match_value(expr),
        }
    }

    pub(super) fn pattern(&self, pattern: &Pattern, star: bool) -> PyResult<()> {
        self.py
            .thread()
            .check_native_stack(self.py, " during compilation")?;
        match &pattern.kind {
            PatternKind::MatchValue(value) => self.match_value(value),
            PatternKind::MatchSingleton(Const::None | Const::Bool(_)) => Ok(()),
            PatternKind::MatchSingleton(_) => {
                self.fail("MatchSingleton can only contain True, False and None")
            }
            PatternKind::MatchSequence(patterns) => self.patterns(patterns, true),
            PatternKind::MatchMapping {
                keys,
                patterns,
                rest,
            } => {
                if keys.len() != patterns.len() {
                    return self
                        .fail("MatchMapping doesn't have the same number of keys as patterns");
                }
                self.capture(rest)?;
                keys.iter().try_for_each(|key| self.key(key))?;
                self.patterns(patterns, false)
            }
            PatternKind::MatchClass {
                cls,
                patterns,
                kwd_attrs,
                kwd_patterns,
            } => {
                if kwd_attrs.len() != kwd_patterns.len() {
                    let text =
                        "MatchClass doesn't have the same number of keyword attributes as patterns";
                    return self.fail(text);
                }
                self.class_name(cls)?;
                kwd_attrs.iter().try_for_each(|(name, _)| self.name(name))?;
                self.patterns(patterns, false)?;
                self.patterns(kwd_patterns, false)
            }
            PatternKind::MatchStar(name) if star => self.capture(name),
            PatternKind::MatchStar(_) => self.fail("can't use MatchStar here"),
            PatternKind::MatchAs { pattern, name } => {
                self.capture(name)?;
                match (pattern, name) {
                    (None, _) => Ok(()),
                    (Some(_), None) => {
                        self.fail("MatchAs must specify a target name if a pattern is given")
                    }
                    (Some(pattern), Some(_)) => self.pattern(pattern, false),
                }
            }
            PatternKind::MatchOr(patterns) if patterns.len() < 2 => {
                self.fail("MatchOr requires at least 2 patterns")
            }
            PatternKind::MatchOr(patterns) => self.patterns(patterns, false),
        }
    }

    /// Only dotted names may stand for classes.
    fn class_name(&self, cls: &Expr) -> PyResult<()> {
        self.expr(cls, Ctx::Load)?;
        let mut at = cls;
        loop {
            match &at.kind {
                ExprKind::Name { .. } => return Ok(()),
                ExprKind::Attribute { value, .. } => at = value,
                _ => {
                    return self
                        .fail("MatchClass cls field can only contain Name or Attribute nodes.");
                }
            }
        }
    }
}
