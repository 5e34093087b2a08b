//! Patterns of `match`.

use super::{Lower, each};
use crate::ast::{Pattern, PatternKind};
use crate::errors::Compile;
use krait_bytecode::Const;
use ruff_python_ast as ruff;
use ruff_text_size::{Ranged, TextRange};

/// Whether an expression may stand in a pattern: a number with a sign and an imaginary
/// part, a string, or a dotted name.
fn is_value(value: &ruff::Expr) -> bool {
    match value {
        ruff::Expr::UnaryOp(unary) => unary.operand.is_number_literal_expr(),
        ruff::Expr::BinOp(sum) => {
            let real = match &*sum.left {
                ruff::Expr::UnaryOp(unary) => &unary.operand,
                left => left,
            };
            let sum_or_difference = matches!(sum.op, ruff::Operator::Add | ruff::Operator::Sub);
            sum_or_difference && real.is_number_literal_expr() && sum.right.is_number_literal_expr()
        }
        _ => true,
    }
}

impl Lower<'_> {
    pub(super) fn pattern(&mut self, pattern: &ruff::Pattern) -> Compile<Pattern> {
        let at = self.at(pattern);
        let kind = match pattern {
            ruff::Pattern::MatchValue(p) => {
                if !is_value(&p.value) {
                    return self.error(p.range, "invalid syntax");
                }
                PatternKind::MatchValue(self.boxed(&p.value)?)
            }
            ruff::Pattern::MatchSingleton(p) => PatternKind::MatchSingleton(match p.value {
                ruff::Singleton::None => Const::None,
                ruff::Singleton::True => Const::Bool(true),
                ruff::Singleton::False => Const::Bool(false),
            }),
            ruff::Pattern::MatchSequence(p) => {
                self.check_commas(&p.patterns)?;
                PatternKind::MatchSequence(self.patterns(&p.patterns)?)
            }
            ruff::Pattern::MatchMapping(p) => {
                if let Some(rest) = &p.rest {
                    self.check_target(rest.id.as_str(), p.range)?;
                }
                self.check_commas(&p.patterns)?;
                PatternKind::MatchMapping {
                    keys: self.exprs(&p.keys)?,
                    patterns: self.patterns(&p.patterns)?,
                    rest: p.rest.as_ref().map(|rest| self.ident(rest)),
                }
            }
            ruff::Pattern::MatchClass(p) => {
                self.check_commas(&p.arguments.patterns)?;
                self.check_commas(&p.arguments.keywords)?;
                let patterns = self.patterns(&p.arguments.patterns)?;
                let mut kwd_attrs = Vec::new();
                let mut kwd_patterns = Vec::new();
                for keyword in &p.arguments.keywords {
                    let at = self.at(keyword);
                    self.check_target(keyword.attr.id.as_str(), keyword.pattern.range())?;
                    kwd_attrs.push((self.ident(&keyword.attr), at));
                    kwd_patterns.push(self.pattern(&keyword.pattern)?);
                }
                PatternKind::MatchClass {
                    cls: self.boxed(&p.cls)?,
                    patterns,
                    kwd_attrs,
                    kwd_patterns,
                }
            }
            ruff::Pattern::MatchStar(p) => {
                if let Some(name) = &p.name {
                    self.check_target(name.id.as_str(), p.range)?;
                }
                PatternKind::MatchStar(p.name.as_ref().map(|name| self.ident(name)))
            }
            ruff::Pattern::MatchAs(p) => {
                if let Some(name) = &p.name {
                    self.check_target(name.id.as_str(), p.range)?;
                }
                let inner = match &p.pattern {
                    Some(inner) => Some(Box::new(self.pattern(inner)?)),
                    None => None,
                };
                let name = p.name.as_ref().map(|name| self.ident(name));
                PatternKind::MatchAs {
                    pattern: inner,
                    name,
                }
            }
            ruff::Pattern::MatchOr(p) => PatternKind::MatchOr(self.patterns(&p.patterns)?),
        };
        Ok(Pattern { kind, at })
    }

    /// The parser crate does not insist on commas between patterns.
    fn check_commas(&self, list: &[impl Ranged]) -> Compile<()> {
        for pair in list.windows(2) {
            let between = self.slice(TextRange::new(pair[0].end(), pair[1].start()));
            let comma = between
                .lines()
                .any(|line| line.split('#').next().unwrap_or("").contains(','));
            if !comma {
                return self.error(pair[1].range(), "invalid syntax");
            }
        }
        Ok(())
    }

    fn patterns(&mut self, list: &[ruff::Pattern]) -> Compile<Vec<Pattern>> {
        each(list, |pattern| self.pattern(pattern))
    }
}
