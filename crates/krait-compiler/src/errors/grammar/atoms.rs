//! Atoms: displays, comprehensions, strings.

use super::{Memo, N, P, Shape, Target, TokKind};

impl P<'_> {
    pub(super) fn atom(&mut self) -> Option<N> {
        let start = self.pos;
        if let Some(name) = self.name() {
            return Some(name);
        }
        let constants = [
            ("True", Shape::True),
            ("False", Shape::False),
            ("None", Shape::None),
            ("...", Shape::Ellipsis),
        ];
        for (text, shape) in constants {
            if self.eat(text) {
                return Some(self.node(shape, start));
            }
        }
        if self.is_kind(TokKind::String) || self.is_kind(TokKind::FStart) {
            return self.strings();
        }
        if self.kind(TokKind::Number) {
            return Some(self.node(Shape::Literal, start));
        }
        if self.is("(") {
            for rule in [Self::genexp, Self::tuple, Self::group] {
                if let Some(found) = self.attempt(rule) {
                    return Some(found);
                }
            }
            return None;
        }
        if self.is("[") {
            return match self.attempt(|p| p.listcomp()) {
                None => self.attempt(|p| p.list()),
                found => found,
            };
        }
        if self.is("{") {
            for rule in [Self::dictcomp, Self::setcomp, Self::dict, Self::set] {
                if let Some(found) = self.attempt(rule) {
                    return Some(found);
                }
            }
        }
        None
    }

    fn group(&mut self) -> Option<N> {
        self.memo(Memo::Group, |p| {
            let found = p.attempt(|p| {
                if !p.eat("(") {
                    return None;
                }
                let inner = match p.yield_expr() {
                    None => p.named_expression()?,
                    found => found?,
                };
                p.eat(")").then_some(inner)
            });
            if let Some(inner) = found {
                // Parentheses do not change what it is, only where it ends.
                return Some(inner);
            }
            p.mistake(|p| p.invalid_group());
            None
        })
    }

    fn invalid_group(&mut self) -> Option<N> {
        self.attempt(|p| {
            if !p.eat("(") {
                return None;
            }
            let inner = p.starred_expression()?;
            if !p.eat(")") {
                return None;
            }
            p.fail_node(&inner, "cannot use starred expression here")
        });
        self.attempt(|p| {
            if !p.eat("(") {
                return None;
            }
            let stars = p.pos;
            if !p.eat("**") {
                return None;
            }
            p.expression()?;
            if !p.eat(")") {
                return None;
            }
            p.fail_token(stars, "cannot use double starred expression here")
        })
    }

    pub(super) fn list(&mut self) -> Option<N> {
        let start = self.pos;
        self.attempt(|p| {
            if !p.eat("[") {
                return None;
            }
            let items = p.star_named_expressions_sequence().unwrap_or_default();
            p.eat("]").then(|| p.node_of(Shape::List, start, items))
        })
    }

    pub(super) fn tuple(&mut self) -> Option<N> {
        let start = self.pos;
        self.attempt(|p| {
            if !p.eat("(") {
                return None;
            }
            let items = p.attempt(|p| {
                let first = p.star_named_expression_sequence()?;
                if !p.eat(",") {
                    return None;
                }
                let mut items = vec![first];
                items.extend(p.star_named_expressions_sequence().unwrap_or_default());
                Some(items)
            });
            p.eat(")")
                .then(|| p.node_of(Shape::Tuple, start, items.unwrap_or_default()))
        })
    }

    fn set(&mut self) -> Option<N> {
        let start = self.pos;
        if !self.eat("{") {
            return None;
        }
        self.star_named_expressions_sequence()?;
        self.eat("}").then(|| self.node(Shape::Set, start))
    }

    fn dict(&mut self) -> Option<N> {
        let start = self.pos;
        let found = self.attempt(|p| {
            if !p.eat("{") {
                return None;
            }
            if p.commas(|p| p.double_starred_pair()).is_some() {
                p.eat(",");
            }
            p.eat("}").then(|| p.node(Shape::Dict, start))
        });
        if found.is_none() {
            self.mistake(|p| {
                if !p.eat("{") {
                    return None;
                }
                p.invalid_pairs()
            });
        }
        found
    }

    fn double_starred_pair(&mut self) -> Option<N> {
        let start = self.pos;
        let found = self.attempt(|p| {
            if !p.eat("**") {
                return None;
            }
            p.bit_or()?;
            Some(p.node(Shape::Other, start))
        });
        match found {
            None => self.attempt(|p| p.pair()),
            found => found,
        }
    }

    fn pair(&mut self) -> Option<N> {
        let start = self.pos;
        self.expression()?;
        if !self.eat(":") {
            return None;
        }
        self.expression()?;
        Some(self.node(Shape::Other, start))
    }

    fn invalid_pairs(&mut self) -> Option<N> {
        self.attempt(|p| {
            p.commas(|p| p.double_starred_pair())?;
            if !p.eat(",") {
                return None;
            }
            p.invalid_pair()
        });
        self.attempt(|p| {
            p.expression()?;
            let colon = p.pos;
            if !p.eat(":") {
                return None;
            }
            let star = p.pos;
            if p.eat("*") {
                p.bit_or()?;
                let message = "cannot use a starred expression in a dictionary value";
                return p.fail_from(star, message);
            }
            if p.is_any(&["}", ","]) {
                let message = "expression expected after dictionary key and ':'";
                return p.fail_token(colon, message);
            }
            None
        })
    }

    fn invalid_pair(&mut self) -> Option<N> {
        self.attempt(|p| {
            let key = p.expression()?;
            if p.is(":") {
                return None;
            }
            let end = p.toks[key.end - 1].end;
            let mut at = p.source.position(end.saturating_sub(1), end);
            at.end_col = at.col;
            let found = p.fail_at(at, "':' expected after dictionary key");
            if let Some(error) = &mut p.error {
                error.end_col = 0;
            }
            found
        });
        self.attempt(|p| {
            p.expression()?;
            let colon = p.pos;
            if !p.eat(":") {
                return None;
            }
            let star = p.pos;
            if p.eat("*") {
                p.bit_or()?;
                let message = "cannot use a starred expression in a dictionary value";
                return p.fail_from(star, message);
            }
            if p.is_any(&["}", ","]) {
                let message = "expression expected after dictionary key and ':'";
                return p.fail_token(colon, message);
            }
            None
        })
    }

    // ---- comprehensions

    /// The clauses; gives the last expression in them as the only item.
    pub(super) fn for_if_clauses(&mut self) -> Option<N> {
        let start = self.pos;
        let mut last = self.attempt(|p| p.for_if_clause())?;
        while let Some(more) = self.attempt(|p| p.for_if_clause()) {
            last = more;
        }
        Some(self.node_of(Shape::Other, start, last.items.clone()))
    }

    fn for_if_clause(&mut self) -> Option<N> {
        let start = self.pos;
        let mut committed = false;
        let found = self.attempt(|p| {
            p.eat("async");
            if !p.eat("for") {
                return None;
            }
            p.star_targets()?;
            if !p.eat("in") {
                return None;
            }
            committed = true;
            let mut last = p.disjunction()?;
            while let Some(condition) =
                p.attempt(|p| p.eat("if").then_some(()).and_then(|()| p.disjunction()))
            {
                last = condition;
            }
            Some(p.node_of(Shape::Other, start, vec![last]))
        });
        if found.is_some() || committed {
            return found;
        }
        self.mistake(|p| {
            p.eat("async");
            if !p.eat("for") {
                return None;
            }
            p.commas(|p| p.bit_or())?;
            p.eat(",");
            if p.is("in") {
                return None;
            }
            p.fail_last("'in' expected after for-loop variables")
        });
        self.mistake(|p| p.invalid_for_target());
        None
    }

    pub(super) fn invalid_for_target(&mut self) -> Option<N> {
        self.eat("async");
        if !self.eat("for") {
            return None;
        }
        let target = self.star_expressions()?;
        self.fail_target(&target, Target::For)
    }

    fn listcomp(&mut self) -> Option<N> {
        let start = self.pos;
        let found = self.attempt(|p| {
            if !p.eat("[") {
                return None;
            }
            p.named_expression()?;
            p.for_if_clauses()?;
            p.eat("]").then(|| p.node(Shape::ListComp, start))
        });
        if found.is_none() {
            self.mistake(|p| p.invalid_comprehension());
        }
        found
    }

    fn setcomp(&mut self) -> Option<N> {
        let start = self.pos;
        let found = self.attempt(|p| {
            if !p.eat("{") {
                return None;
            }
            p.named_expression()?;
            p.for_if_clauses()?;
            p.eat("}").then(|| p.node(Shape::SetComp, start))
        });
        if found.is_none() {
            self.mistake(|p| p.invalid_comprehension());
        }
        found
    }

    pub(super) fn genexp(&mut self) -> Option<N> {
        let start = self.pos;
        let found = self.attempt(|p| {
            if !p.eat("(") {
                return None;
            }
            if p.assignment_expression().is_none() {
                p.expression()?;
                if p.is(":=") {
                    return None;
                }
            }
            p.for_if_clauses()?;
            p.eat(")").then(|| p.node(Shape::Generator, start))
        });
        if found.is_none() {
            self.mistake(|p| p.invalid_comprehension());
        }
        found
    }

    fn dictcomp(&mut self) -> Option<N> {
        let start = self.pos;
        let found = self.attempt(|p| {
            if !p.eat("{") {
                return None;
            }
            p.pair()?;
            p.for_if_clauses()?;
            p.eat("}").then(|| p.node(Shape::DictComp, start))
        });
        if found.is_none() {
            self.mistake(|p| {
                if !p.eat("{") {
                    return None;
                }
                let stars = p.pos;
                if !p.eat("**") {
                    return None;
                }
                p.bit_or()?;
                p.for_if_clauses()?;
                if !p.eat("}") {
                    return None;
                }
                let message = "dict unpacking cannot be used in dict comprehension";
                p.fail_token(stars, message)
            });
        }
        found
    }

    fn invalid_comprehension(&mut self) -> Option<N> {
        self.attempt(|p| {
            if !p.eat_any(&["[", "(", "{"]) {
                return None;
            }
            let star = p.starred_expression()?;
            p.for_if_clauses()?;
            let message = "iterable unpacking cannot be used in comprehension";
            p.fail_node(&star, message)
        });
        self.attempt(|p| {
            if !p.eat_any(&["[", "{"]) {
                return None;
            }
            let first = p.star_named_expression()?;
            if !p.eat(",") {
                return None;
            }
            let rest = p.star_named_expressions()?;
            p.for_if_clauses()?;
            let last = rest.last()?.clone();
            let message = "did you forget parentheses around the comprehension target?";
            p.fail_range(&first, &last, message)
        });
        self.attempt(|p| {
            if !p.eat_any(&["[", "{"]) {
                return None;
            }
            let first = p.star_named_expression()?;
            let comma = p.pos;
            if !p.eat(",") {
                return None;
            }
            p.for_if_clauses()?;
            let message = "did you forget parentheses around the comprehension target?";
            p.fail_tokens(first.start, comma, message)
        })
    }

    // ---- strings

    pub(super) fn strings(&mut self) -> Option<N> {
        self.memo(Memo::Strings, |p| {
            let start = p.pos;
            let mut kinds = Vec::new();
            let mut parts = Vec::new();
            while let Some((part, template)) = p.one_string() {
                parts.push(part);
                kinds.push(template);
            }
            if p.error.is_some() || parts.is_empty() {
                return None;
            }
            let mixed = kinds.windows(2).position(|pair| pair[0] != pair[1]);
            if let Some(i) = mixed {
                if p.invalid {
                    let (first, second) = (parts[i].clone(), parts[i + 1].clone());
                    let message = "cannot mix t-string literals with string or bytes literals";
                    return p.fail_range(&first, &second, message);
                }
                p.pos = parts[i].end;
                parts.truncate(i + 1);
            }
            let is_bytes = |p: &Self, part: &N| {
                let text = p.text(part.start);
                let prefix = text.find(['"', '\'']).unwrap_or(0);
                part.shape == Shape::Literal && text[..prefix].contains(['b', 'B'])
            };
            if !kinds[0]
                && parts
                    .iter()
                    .any(|part| is_bytes(p, part) != is_bytes(p, &parts[0]))
            {
                return p.fail_last("cannot mix bytes and nonbytes literals");
            }
            let formatted = parts.iter().any(|part| part.shape == Shape::FString);
            let shape = match (kinds[0], formatted) {
                (true, _) => Shape::TString,
                (false, true) => Shape::FString,
                (false, false) => Shape::Literal,
            };
            Some(p.node(shape, start))
        })
    }

    /// A string; true if it is a t-string.
    fn one_string(&mut self) -> Option<(N, bool)> {
        let start = self.pos;
        self.attempt(|p| {
            if p.kind(TokKind::String) {
                return Some((p.node(Shape::Literal, start), false));
            }
            if !p.kind(TokKind::FStart) {
                return None;
            }
            let template = p.text(start).to_ascii_lowercase().contains('t');
            let letter = if template { 't' } else { 'f' };
            while p.kind(TokKind::FMiddle) || p.field(letter).is_some() {}
            p.kind(TokKind::FEnd)
                .then(|| (p.node(Shape::FString, start), template))
        })
    }

    fn annotated_rhs(&mut self) -> Option<N> {
        match self.yield_expr() {
            None => self.star_expressions(),
            found => found,
        }
    }

    /// A replacement field.
    fn field(&mut self, letter: char) -> Option<N> {
        let start = self.pos;
        let found = self.attempt(|p| {
            if !p.eat("{") {
                return None;
            }
            p.annotated_rhs()?;
            p.eat("=");
            if p.eat("!") {
                let mark = p.pos - 1;
                let name = p.name()?;
                if p.toks[name.start].start > p.toks[mark].end {
                    let message = format!(
                        "{letter}-string: conversion type must come right after the exclamation mark"
                    );
                    return p.fail_tokens(mark, name.start, message);
                }
                let text = p.text(name.start);
                if !matches!(text, "s" | "r" | "a") {
                    let message = format!(
                        "{letter}-string: invalid conversion character '{text}': expected 's', \
                         'r', or 'a'"
                    );
                    return p.fail_node(&name, message);
                }
            }
            if p.eat(":") {
                while p.kind(TokKind::FMiddle) || p.field(letter).is_some() {}
            }
            p.eat("}").then(|| p.node(Shape::Other, start))
        });
        if found.is_none() {
            self.mistake(|p| p.invalid_field(letter));
        }
        found
    }

    fn invalid_field(&mut self, letter: char) -> Option<N> {
        if !self.eat("{") {
            return None;
        }
        for text in ["=", "!", ":", "}"] {
            if self.is(text) {
                let message = format!("{letter}-string: valid expression required before '{text}'");
                return self.fail_next(message);
            }
        }
        let start = self.pos;
        if self.annotated_rhs().is_none() {
            self.pos = start;
            let message = format!("{letter}-string: expecting a valid expression after '{{'");
            return self.fail_next(message);
        }
        if !self.is_any(&["=", "!", ":", "}"]) {
            let message = format!("{letter}-string: expecting '=', or '!', or ':', or '}}'");
            return self.fail_next(message);
        }
        if self.eat("=") && !self.is_any(&["!", ":", "}"]) {
            let message = format!("{letter}-string: expecting '!', or ':', or '}}'");
            return self.fail_next(message);
        }
        if self.eat("!") {
            if self.is_any(&[":", "}"]) {
                let message = format!("{letter}-string: missing conversion character");
                return self.fail_next(message);
            }
            if self.name().is_none() {
                let message = format!("{letter}-string: invalid conversion character");
                return self.fail_next(message);
            }
        }
        if !self.is_any(&[":", "}"]) {
            return self.fail_next(format!("{letter}-string: expecting ':' or '}}'"));
        }
        if self.eat(":") {
            while self.kind(TokKind::FMiddle) || self.field(letter).is_some() {}
            if self.error.is_none() && !self.is("}") {
                let message = format!("{letter}-string: expecting '}}', or format specs");
                return self.fail_next(message);
            }
        }
        if !self.is("}") {
            return self.fail_next(format!("{letter}-string: expecting '}}'"));
        }
        None
    }

    // ---- targets

    pub(super) fn star_targets(&mut self) -> Option<N> {
        let start = self.pos;
        let mut items = self.commas(|p| p.star_target())?;
        let comma = self.eat(",");
        match items.len() {
            1 if !comma => items.pop(),
            _ => Some(self.node_of(Shape::Tuple, start, items)),
        }
    }

    pub(super) fn star_target(&mut self) -> Option<N> {
        self.memo(Memo::StarTarget, |p| {
            let start = p.pos;
            if p.eat("*") {
                if p.is("*") {
                    return None;
                }
                let inner = p.star_target()?;
                return Some(p.node_of(Shape::Starred, start, vec![inner]));
            }
            p.target_atom()
        })
    }

    fn target_atom(&mut self) -> Option<N> {
        self.memo(Memo::TargetAtom, |p| {
            if let Some(found) = p.attempt(|p| p.attribute_target()) {
                return Some(found);
            }
            let start = p.pos;
            if let Some(name) = p.name() {
                return Some(name);
            }
            if let Some(found) = p.attempt(|p| {
                if !p.eat("(") {
                    return None;
                }
                let inner = p.target_atom()?;
                p.eat(")").then_some(inner)
            }) {
                return Some(found);
            }
            let close = if p.eat("(") {
                ")"
            } else if p.eat("[") {
                "]"
            } else {
                return None;
            };
            let items = p.commas(|p| p.star_target()).unwrap_or_default();
            let comma = p.eat(",");
            if close == ")" && items.len() == 1 && !comma {
                return None;
            }
            let shape = if close == ")" {
                Shape::Tuple
            } else {
                Shape::List
            };
            p.eat(close).then(|| p.node_of(shape, start, items))
        })
    }

    /// An attribute or subscript that is the whole primary.
    pub(super) fn attribute_target(&mut self) -> Option<N> {
        self.memo(Memo::TPrimary, |p| {
            let mut found = p.atom()?;
            while let Some(more) = p.trailer(&found) {
                found = more;
            }
            let target = matches!(found.shape, Shape::Attribute | Shape::Subscript);
            (target && found.end == p.pos).then_some(found)
        })
    }

    pub(super) fn single_target(&mut self) -> Option<N> {
        if let Some(found) = self.attempt(|p| p.attribute_target()) {
            return Some(found);
        }
        if let Some(name) = self.name() {
            return Some(name);
        }
        self.attempt(|p| {
            if !p.eat("(") {
                return None;
            }
            let inner = p.single_target()?;
            p.eat(")").then_some(inner)
        })
    }
}
