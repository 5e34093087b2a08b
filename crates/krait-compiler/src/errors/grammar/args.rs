//! Arguments of calls.

use super::{Memo, N, P, Shape};

impl P<'_> {
    pub(super) fn arguments(&mut self) -> Option<N> {
        self.memo(Memo::Arguments, |p| {
            let found = p.attempt(|p| {
                let found = p.args()?;
                p.eat(",");
                p.is(")").then_some(found)
            });
            if found.is_none() {
                p.mistake(|p| p.invalid_arguments());
            }
            found
        })
    }

    /// All arguments; positional ones, `*x`, keywords and `**x` as items.
    fn args(&mut self) -> Option<N> {
        self.memo(Memo::Args, |p| {
            let start = p.pos;
            let found = p.attempt(|p| {
                let mut items = p.commas(|p| p.positional())?;
                if let Some(more) =
                    p.attempt(|p| p.eat(",").then_some(()).and_then(|()| p.kwargs()))
                {
                    items.extend(more.items.iter().cloned());
                }
                Some(p.node_of(Shape::Other, start, items))
            });
            match found {
                None => p.kwargs(),
                found => found,
            }
        })
    }

    fn positional(&mut self) -> Option<N> {
        if let Some(found) = self.starred_expression() {
            return Some(found);
        }
        self.attempt(|p| {
            let found = match p.assignment_expression() {
                None => {
                    let found = p.expression()?;
                    if p.is(":=") {
                        return None;
                    }
                    found
                }
                Some(found) => found,
            };
            (!p.is("=")).then_some(found)
        })
    }

    fn kwargs(&mut self) -> Option<N> {
        let start = self.pos;
        let found = self.attempt(|p| {
            let mut items = p.commas(|p| p.keyword_or_starred())?;
            if !p.eat(",") {
                return None;
            }
            items.extend(p.commas(|p| p.keyword_or_double_starred())?);
            Some(items)
        });
        let found = match found {
            None => match self.commas(|p| p.keyword_or_starred()) {
                None => self.commas(|p| p.keyword_or_double_starred()),
                found => found,
            },
            found => found,
        };
        found.map(|items| self.node_of(Shape::Other, start, items))
    }

    pub(super) fn starred_expression(&mut self) -> Option<N> {
        self.mistake(|p| p.invalid_starred_unpacking());
        let start = self.pos;
        let found = self.attempt(|p| {
            if !p.eat("*") {
                return None;
            }
            let inner = p.expression()?;
            Some(p.node_of(Shape::Starred, start, vec![inner]))
        });
        if found.is_none() {
            self.mistake(|p| {
                if !p.eat("*") {
                    return None;
                }
                p.fail_last("Invalid star expression")
            });
        }
        found
    }

    pub(super) fn invalid_starred_unpacking(&mut self) -> Option<N> {
        let star = self.pos;
        if !self.eat("*") {
            return None;
        }
        self.expression()?;
        if !self.eat("=") {
            return None;
        }
        let value = self.expression()?;
        let message = "cannot assign to iterable argument unpacking";
        self.fail_tokens(star, value.end - 1, message)
    }

    fn keyword(&mut self) -> Option<N> {
        let start = self.pos;
        self.attempt(|p| {
            p.name()?;
            if !p.eat("=") {
                return None;
            }
            p.expression()?;
            Some(p.node(Shape::Keyword, start))
        })
    }

    fn keyword_or_starred(&mut self) -> Option<N> {
        self.mistake(|p| p.invalid_kwarg());
        match self.keyword() {
            None => self.starred_expression(),
            found => found,
        }
    }

    fn keyword_or_double_starred(&mut self) -> Option<N> {
        self.mistake(|p| p.invalid_kwarg());
        if let Some(found) = self.keyword() {
            return Some(found);
        }
        let start = self.pos;
        self.attempt(|p| {
            if !p.eat("**") {
                return None;
            }
            p.expression()?;
            Some(p.node(Shape::DoubleStar, start))
        })
    }

    fn invalid_kwarg(&mut self) -> Option<N> {
        let start = self.pos;
        self.attempt(|p| {
            if !p.eat_any(&["True", "False", "None"]) || !p.eat("=") {
                return None;
            }
            let message = format!("cannot assign to {}", p.text(start));
            p.fail_tokens(start, start + 1, message)
        });
        self.attempt(|p| p.assignment_with_clauses());
        self.attempt(|p| {
            if p.ahead(|p| p.name().filter(|_| p.eat("="))) {
                return None;
            }
            let target = p.expression()?;
            let equals = p.pos;
            if !p.eat("=") {
                return None;
            }
            let message = "expression cannot contain assignment, perhaps you meant \"==\"?";
            p.fail_tokens(target.start, equals, message)
        });
        self.attempt(|p| {
            if !p.eat("**") {
                return None;
            }
            p.expression()?;
            if !p.eat("=") {
                return None;
            }
            let value = p.expression()?;
            let message = "cannot assign to keyword argument unpacking";
            p.fail_tokens(start, value.end - 1, message)
        })
    }

    /// `f(x = y for y in z)`
    fn assignment_with_clauses(&mut self) -> Option<N> {
        let name = self.name()?;
        let equals = self.pos;
        if !self.eat("=") {
            return None;
        }
        self.expression()?;
        self.for_if_clauses()?;
        let message = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";
        self.fail_tokens(name.start, equals, message)
    }

    fn invalid_arguments(&mut self) -> Option<N> {
        self.attempt(|p| p.unpacking_after_keywords());
        let generator = "Generator expression must be parenthesized";
        self.attempt(|p| {
            let first = p.expression()?;
            let clauses = p.for_if_clauses()?;
            if !p.eat(",") {
                return None;
            }
            if p.args().is_none() {
                p.attempt(|p| {
                    p.expression()?;
                    p.for_if_clauses()
                });
            }
            let last = clauses.items.last()?.clone();
            p.fail_range(&first, &last, generator)
        });
        self.attempt(|p| p.assignment_with_clauses());
        self.attempt(|p| {
            p.attempt(|p| {
                let found = p.args()?;
                p.eat(",").then_some(found)
            });
            let name = p.name()?;
            let equals = p.pos;
            if !p.eat("=") || !p.is_any(&[",", ")"]) {
                return None;
            }
            p.fail_tokens(name.start, equals, "expected argument value expression")
        });
        self.attempt(|p| {
            let args = p.args()?;
            let clauses = p.for_if_clauses()?;
            let positional: Vec<N> = args
                .items
                .iter()
                .filter(|item| !matches!(item.shape, Shape::Keyword | Shape::DoubleStar))
                .cloned()
                .collect();
            if positional.len() <= 1 {
                return None;
            }
            let last = clauses.items.last()?.clone();
            let first = positional.last()?.clone();
            p.fail_range(&first, &last, generator)
        });
        self.attempt(|p| {
            p.args()?;
            if !p.eat(",") {
                return None;
            }
            let first = p.expression()?;
            let clauses = p.for_if_clauses()?;
            let last = clauses.items.last()?.clone();
            p.fail_range(&first, &last, generator)
        });
        self.attempt(|p| {
            let args = p.args()?;
            if !p.eat(",") {
                return None;
            }
            p.args()?;
            let unpacking = args
                .items
                .iter()
                .any(|item| item.shape == Shape::DoubleStar);
            p.fail_last(match unpacking {
                true => "positional argument follows keyword argument unpacking",
                false => "positional argument follows keyword argument",
            })
        })
    }

    fn unpacking_after_keywords(&mut self) -> Option<N> {
        let before = self.attempt(|p| {
            p.commas(|p| p.positional())?;
            if !p.eat(",") {
                return None;
            }
            p.kwargs()
        });
        if before.is_none() {
            self.kwargs()?;
        }
        let comma = self.pos;
        if !self.eat(",") {
            return None;
        }
        self.commas(|p| {
            let found = p.starred_expression()?;
            (!p.is("=")).then_some(found)
        })?;
        let message = "iterable argument unpacking follows keyword argument unpacking";
        self.fail_from(comma, message)
    }
}
