//! `match` and its patterns.

use std::cell::Cell;

use super::{Memo, N, Node, P, Shape, TokKind};

/// An f-string or t-string.
fn is_formatted(node: &Node) -> bool {
    matches!(node.shape, Shape::FString | Shape::TString)
}

impl P<'_> {
    pub(super) fn match_stmt(&mut self) -> Option<N> {
        let start = self.pos;
        let found = self.attempt(|p| {
            if !p.eat("match") {
                return None;
            }
            p.subject_expr()?;
            if !p.eat(":") || !p.kind(TokKind::Newline) || !p.kind(TokKind::Indent) {
                return None;
            }
            if p.many(|p| p.case_block()).is_empty() {
                return None;
            }
            p.kind(TokKind::Dedent).then(|| p.node(Shape::Other, start))
        });
        if found.is_none() {
            self.mistake(|p| {
                if !p.eat("match") {
                    return None;
                }
                p.subject_expr()?;
                p.attempt(|p| p.no_colon());
                p.no_block("'match' statement", start)
            });
        }
        found
    }

    fn subject_expr(&mut self) -> Option<N> {
        let start = self.pos;
        let tuple = self.attempt(|p| {
            let first = p.star_named_expression()?;
            if !p.eat(",") {
                return None;
            }
            let mut items = vec![first];
            items.extend(p.star_named_expressions().unwrap_or_default());
            Some(p.node_of(Shape::Tuple, start, items))
        });
        match tuple {
            None => self.named_expression(),
            found => found,
        }
    }

    fn case_block(&mut self) -> Option<N> {
        let start = self.pos;
        self.mistake(|p| {
            p.case_head()?;
            p.attempt(|p| p.no_colon());
            p.no_block("'case' statement", start)
        });
        self.case_head()?;
        if !self.eat(":") {
            return None;
        }
        self.block()
    }

    fn case_head(&mut self) -> Option<()> {
        if !self.eat("case") {
            return None;
        }
        self.patterns()?;
        self.attempt(|p| {
            p.eat("if")
                .then_some(())
                .and_then(|()| p.named_expression())
        });
        Some(())
    }

    fn patterns(&mut self) -> Option<N> {
        match self.attempt(|p| p.open_sequence()) {
            None => self.pattern(),
            found => found,
        }
    }

    fn open_sequence(&mut self) -> Option<N> {
        let start = self.pos;
        self.maybe_star()?;
        if !self.eat(",") {
            return None;
        }
        self.maybe_sequence();
        Some(self.node(Shape::Other, start))
    }

    fn maybe_sequence(&mut self) -> Option<Vec<N>> {
        let items = self.commas(|p| p.maybe_star())?;
        self.eat(",");
        Some(items)
    }

    fn maybe_star(&mut self) -> Option<N> {
        let start = self.pos;
        let star = self.attempt(|p| {
            if !p.eat("*") {
                return None;
            }
            if p.capture().is_none() && !p.eat("_") {
                return None;
            }
            Some(p.node(Shape::Other, start))
        });
        match star {
            None => self.pattern(),
            found => found,
        }
    }

    fn pattern(&mut self) -> Option<N> {
        let start = self.pos;
        let aliased = self.attempt(|p| {
            p.or_pattern()?;
            if !p.eat("as") {
                return None;
            }
            p.capture()?;
            Some(p.node(Shape::Other, start))
        });
        if aliased.is_some() {
            return aliased;
        }
        self.mistake(|p| {
            p.or_pattern()?;
            if !p.eat("as") {
                return None;
            }
            let target = p.pos;
            if p.is("_") {
                return p.fail_token(target, "cannot use '_' as a target");
            }
            let target = p.expression()?;
            let what = p.expr_name(&target);
            p.fail_node(&target, format!("cannot use {what} as pattern target"))
        });
        self.or_pattern()
    }

    fn or_pattern(&mut self) -> Option<N> {
        let start = self.pos;
        self.closed()?;
        while self
            .attempt(|p| p.eat("|").then_some(()).and_then(|()| p.closed()))
            .is_some()
        {}
        Some(self.node(Shape::Other, start))
    }

    fn closed(&mut self) -> Option<N> {
        self.memo(Memo::ClosedPattern, |p| {
            for rule in [
                Self::literal_pattern,
                Self::capture,
                Self::wildcard,
                Self::value_pattern,
                Self::group_pattern,
                Self::sequence_pattern,
                Self::mapping_pattern,
                Self::class_pattern,
            ] {
                if let Some(found) = p.attempt(rule) {
                    return Some(found);
                }
            }
            None
        })
    }

    fn signed_number(&mut self) -> Option<()> {
        self.eat("-");
        self.kind(TokKind::Number).then_some(())
    }

    fn literal_pattern(&mut self) -> Option<N> {
        let start = self.pos;
        let number = self.attempt(|p| {
            p.signed_number()?;
            let real = p.pos - 1;
            if !p.eat_any(&["+", "-"]) {
                return Some(());
            }
            let imaginary = p.pos;
            if !p.kind(TokKind::Number) {
                return None;
            }
            let is_imaginary = |p: &Self, token| p.text(token).ends_with(['j', 'J']);
            if is_imaginary(p, real) {
                p.fail_token(real, "real number required in complex literal");
            } else if !is_imaginary(p, imaginary) {
                p.fail_token(imaginary, "imaginary number required in complex literal");
            }
            Some(())
        });
        if number.is_some() || self.eat_any(&["None", "True", "False"]) {
            return Some(self.node(Shape::Other, start));
        }
        if self.is_kind(TokKind::String) || self.is_kind(TokKind::FStart) {
            let found = self.strings()?;
            if is_formatted(&found) {
                let message = "patterns may only match literals and attribute lookups";
                self.note_late(&found, message);
            }
            return Some(found);
        }
        None
    }

    fn capture(&mut self) -> Option<N> {
        self.attempt(|p| {
            if p.is("_") {
                return None;
            }
            let name = p.name()?;
            (!p.is_any(&[".", "(", "="])).then_some(name)
        })
    }

    fn wildcard(&mut self) -> Option<N> {
        let start = self.pos;
        self.eat("_").then(|| self.node(Shape::Other, start))
    }

    fn name_or_attr(&mut self) -> Option<N> {
        let start = self.pos;
        self.name()?;
        while self
            .attempt(|p| p.eat(".").then_some(()).and_then(|()| p.name()))
            .is_some()
        {}
        Some(self.node(Shape::Name, start))
    }

    fn value_pattern(&mut self) -> Option<N> {
        let found = self.name_or_attr()?;
        let dotted = found.end - found.start > 1;
        (dotted && !self.is_any(&[".", "(", "="])).then_some(found)
    }

    fn group_pattern(&mut self) -> Option<N> {
        if !self.eat("(") {
            return None;
        }
        let inner = self.pattern()?;
        self.eat(")").then_some(inner)
    }

    fn sequence_pattern(&mut self) -> Option<N> {
        let start = self.pos;
        if self.eat("[") {
            self.maybe_sequence();
            return self.eat("]").then(|| self.node(Shape::Other, start));
        }
        if self.eat("(") {
            self.attempt(|p| p.open_sequence());
            return self.eat(")").then(|| self.node(Shape::Other, start));
        }
        None
    }

    fn mapping_pattern(&mut self) -> Option<N> {
        let start = self.pos;
        if !self.is("{") {
            return None;
        }
        let formatted = Cell::new(false);
        let found = self.attempt(|p| {
            p.eat("{");
            if p.commas(|p| p.key_value(&formatted)).is_some() {
                p.attempt(|p| p.eat(",").then_some(()).and_then(|()| p.double_star()));
            } else {
                p.double_star();
            }
            p.eat(",");
            p.eat("}").then(|| p.node(Shape::Other, start))
        })?;
        if formatted.get() {
            let message = "mapping pattern keys may only match literals and attribute lookups";
            self.note_late(&found, message);
        }
        Some(found)
    }

    fn double_star(&mut self) -> Option<N> {
        self.attempt(|p| {
            if !p.eat("**") {
                return None;
            }
            p.capture()
        })
    }

    fn key_value(&mut self, formatted: &Cell<bool>) -> Option<N> {
        let key = self.attempt(|p| p.literal_pattern());
        if let Some(key) = key {
            formatted.set(formatted.get() || is_formatted(&key));
        } else {
            let name = self.name_or_attr()?;
            if name.end - name.start == 1 {
                return None;
            }
        }
        if !self.eat(":") {
            return None;
        }
        self.pattern()
    }

    fn class_pattern(&mut self) -> Option<N> {
        let start = self.pos;
        let found = self.attempt(|p| {
            p.name_or_attr()?;
            if !p.eat("(") {
                return None;
            }
            if p.positional_patterns().is_some() {
                let keywords = |p: &mut Self| p.commas(|p| p.keyword_pattern());
                p.attempt(|p| p.eat(",").then_some(()).and_then(|()| keywords(p)));
            } else {
                p.commas(|p| p.keyword_pattern());
            }
            p.eat(",");
            p.eat(")").then(|| p.node(Shape::Other, start))
        });
        if found.is_none() {
            self.mistake(|p| {
                p.name_or_attr()?;
                if !p.eat("(") {
                    return None;
                }
                p.attempt(|p| {
                    p.positional_patterns()?;
                    p.eat(",").then_some(())
                });
                p.commas(|p| p.keyword_pattern())?;
                if !p.eat(",") {
                    return None;
                }
                let late = p.positional_patterns()?;
                let (first, last) = (late.first()?.clone(), late.last()?.clone());
                p.fail_range(&first, &last, "positional patterns follow keyword patterns")
            });
        }
        found
    }

    fn positional_patterns(&mut self) -> Option<Vec<N>> {
        self.commas(|p| p.pattern())
    }

    fn keyword_pattern(&mut self) -> Option<N> {
        self.attempt(|p| {
            p.name()?;
            if !p.eat("=") {
                return None;
            }
            p.pattern()
        })
    }
}
