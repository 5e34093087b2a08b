//! Patterns.

use krait_compiler::ast::{Pattern, PatternKind};
use krait_object::{PyResult, Value, raise};

use super::{Node, Reader};

impl Reader {
    fn opt_pattern(&self, value: &Value) -> PyResult<Option<Pattern>> {
        if value.is_none() {
            return Ok(None);
        }
        let at = self.position(value, "pattern", false)?;
        let class = self.class_in(value, "pattern")?;
        let node = Node {
            reader: self,
            value,
            class: class.name,
        };
        self.deeper("pattern", || {
            Ok(Some(Pattern {
                kind: node.pattern_kind(at)?,
                at,
            }))
        })
    }
}

impl Node<'_> {
    pub(super) fn pattern(&self, field: &str) -> PyResult<Pattern> {
        let pattern = self.reader.opt_pattern(&self.field(field)?)?;
        self.required(field, pattern)
    }

    fn patterns(&self, field: &str) -> PyResult<Vec<Pattern>> {
        self.list(field, |value| match self.reader.opt_pattern(value)? {
            Some(pattern) => Ok(pattern),
            None => raise!(self.py(), ValueError, "None disallowed in pattern list"),
        })
    }

    fn pattern_kind(&self, at: krait_bytecode::Position) -> PyResult<PatternKind> {
        Ok(match self.class {
            "MatchValue" => PatternKind::MatchValue(self.boxed("value")?),
            "MatchSingleton" => PatternKind::MatchSingleton(self.constant("value")?),
            "MatchSequence" => PatternKind::MatchSequence(self.patterns("patterns")?),
            "MatchMapping" => PatternKind::MatchMapping {
                keys: self.exprs("keys")?,
                patterns: self.patterns("patterns")?,
                rest: self.opt_name("rest")?,
            },
            "MatchClass" => PatternKind::MatchClass {
                cls: self.boxed("cls")?,
                patterns: self.patterns("patterns")?,
                kwd_attrs: self
                    .names("kwd_attrs")?
                    .into_iter()
                    .map(|name| (name, at))
                    .collect(),
                kwd_patterns: self.patterns("kwd_patterns")?,
            },
            "MatchStar" => PatternKind::MatchStar(self.opt_name("name")?),
            "MatchAs" => {
                let pattern = match self.get("pattern")? {
                    Some(value) => self.reader.opt_pattern(&value)?.map(Box::new),
                    None => None,
                };
                PatternKind::MatchAs {
                    pattern,
                    name: self.opt_name("name")?,
                }
            }
            _ => PatternKind::MatchOr(self.patterns("patterns")?),
        })
    }
}
