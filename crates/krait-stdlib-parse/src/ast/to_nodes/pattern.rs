//! Patterns.

use krait_compiler::ast::{Pattern, PatternKind};
use krait_object::types::list::List;
use krait_object::{PyResult, Value};

use super::Maker;

impl Maker<'_> {
    fn patterns(&self, patterns: &[Pattern]) -> PyResult {
        self.list(patterns, |p| self.pattern(p))
    }

    pub(super) fn pattern(&self, pattern: &Pattern) -> PyResult {
        self.check_depth()?;
        let at = pattern.at;
        match &pattern.kind {
            PatternKind::MatchValue(value) => self.node_at("MatchValue", at, [self.expr(value)?]),
            PatternKind::MatchSingleton(value) => {
                self.node_at("MatchSingleton", at, [self.constant(value)])
            }
            PatternKind::MatchSequence(patterns) => {
                self.node_at("MatchSequence", at, [self.patterns(patterns)?])
            }
            PatternKind::MatchMapping {
                keys,
                patterns,
                rest,
            } => self.node_at(
                "MatchMapping",
                at,
                [
                    self.exprs(keys)?,
                    self.patterns(patterns)?,
                    self.opt_name(rest),
                ],
            ),
            PatternKind::MatchClass {
                cls,
                patterns,
                kwd_attrs,
                kwd_patterns,
            } => {
                let attributes =
                    List::from_values(kwd_attrs.iter().map(|(name, _)| self.name(name)));
                let values = [
                    self.expr(cls)?,
                    self.patterns(patterns)?,
                    Value::from(attributes),
                    self.patterns(kwd_patterns)?,
                ];
                self.node_at("MatchClass", at, values)
            }
            PatternKind::MatchStar(name) => self.node_at("MatchStar", at, [self.opt_name(name)]),
            PatternKind::MatchAs { pattern, name } => {
                let pattern = pattern
                    .as_ref()
                    .map_or_else(|| Ok(Value::none()), |p| self.pattern(p))?;
                self.node_at("MatchAs", at, [pattern, self.opt_name(name)])
            }
            PatternKind::MatchOr(patterns) => {
                self.node_at("MatchOr", at, [self.patterns(patterns)?])
            }
        }
    }
}
