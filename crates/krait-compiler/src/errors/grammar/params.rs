//! Parameters of functions and lambdas, and type parameters.

use super::{Memo, N, P, Shape};

/// What ends a parameter list.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    Function,
    Lambda,
}

impl List {
    fn close(self) -> &'static str {
        match self {
            List::Function => ")",
            List::Lambda => ":",
        }
    }
}

impl P<'_> {
    pub(super) fn params(&mut self) -> Option<N> {
        self.memo(Memo::Params, |p| {
            p.mistake(|p| p.invalid_parameters(List::Function));
            p.parameters(List::Function)
        })
    }

    pub(super) fn lambda_params(&mut self) -> Option<N> {
        self.attempt(|p| {
            p.mistake(|p| p.invalid_parameters(List::Lambda));
            p.parameters(List::Lambda)
        })
    }

    fn parameters(&mut self, list: List) -> Option<N> {
        let start = self.pos;
        let slash = match self.slash_no_default(list) {
            Some(found) => {
                self.many(|p| p.param_no_default(list));
                Some(found)
            }
            None => self.slash_with_default(list),
        };
        if slash.is_none() {
            self.many(|p| p.param_no_default(list));
        }
        self.many(|p| p.param_with_default(list));
        let star = self.attempt(|p| p.star_etc(list));
        if self.pos == start && star.is_none() {
            return None;
        }
        Some(self.node(Shape::Other, start))
    }

    /// The `,` behind a parameter, or the end of the list ahead.
    fn comma_or_close(&mut self, list: List) -> bool {
        self.eat(",") || self.is(list.close())
    }

    fn slash_no_default(&mut self, list: List) -> Option<N> {
        let start = self.pos;
        self.attempt(|p| {
            if p.many(|p| p.param_no_default(list)).is_empty() || !p.eat("/") {
                return None;
            }
            p.comma_or_close(list).then(|| p.node(Shape::Other, start))
        })
    }

    fn slash_with_default(&mut self, list: List) -> Option<N> {
        let start = self.pos;
        self.attempt(|p| {
            p.many(|p| p.param_no_default(list));
            if p.many(|p| p.param_with_default(list)).is_empty() || !p.eat("/") {
                return None;
            }
            p.comma_or_close(list).then(|| p.node(Shape::Other, start))
        })
    }

    fn param(&mut self, list: List) -> Option<N> {
        let start = self.pos;
        self.attempt(|p| {
            p.name()?;
            if list == List::Function && p.is(":") {
                p.attempt(|p| p.eat(":").then_some(()).and_then(|()| p.expression()));
            }
            Some(p.node(Shape::Other, start))
        })
    }

    fn param_no_default(&mut self, list: List) -> Option<N> {
        self.attempt(|p| {
            let found = p.param(list)?;
            p.comma_or_close(list).then_some(found)
        })
    }

    fn default(&mut self) -> Option<N> {
        let start = self.pos;
        let found = self.attempt(|p| {
            if !p.eat("=") {
                return None;
            }
            p.expression()
        });
        if found.is_none() {
            self.mistake(|p| {
                if !p.eat("=") || !p.is_any(&[")", ","]) {
                    return None;
                }
                p.fail_token(start, "expected default value expression")
            });
        }
        found
    }

    fn param_with_default(&mut self, list: List) -> Option<N> {
        self.attempt(|p| {
            let found = p.param(list)?;
            p.default()?;
            p.comma_or_close(list).then_some(found)
        })
    }

    fn param_maybe_default(&mut self, list: List) -> Option<N> {
        self.attempt(|p| {
            let found = p.param(list)?;
            p.default();
            p.comma_or_close(list).then_some(found)
        })
    }

    fn star_etc(&mut self, list: List) -> Option<N> {
        self.mistake(|p| p.invalid_star_etc(list));
        let start = self.pos;
        let found = self.attempt(|p| {
            if !p.eat("*") {
                return None;
            }
            if p.param_no_default(list).is_none() && p.star_annotated(list).is_none() {
                if !p.eat(",") {
                    return None;
                }
                p.param_maybe_default(list)?;
            }
            p.many(|p| p.param_maybe_default(list));
            p.attempt(|p| p.kwds(list));
            Some(p.node(Shape::Other, start))
        });
        match found {
            None => self.kwds(list),
            found => found,
        }
    }

    /// `*args: *Ts`
    fn star_annotated(&mut self, list: List) -> Option<N> {
        self.attempt(|p| {
            if list == List::Lambda {
                return None;
            }
            let name = p.name()?;
            if !p.eat(":") {
                return None;
            }
            p.star_expression()?;
            p.comma_or_close(list).then_some(name)
        })
    }

    fn kwds(&mut self, list: List) -> Option<N> {
        self.mistake(|p| p.invalid_kwds(list));
        self.attempt(|p| {
            if !p.eat("**") {
                return None;
            }
            p.param_no_default(list)
        })
    }

    fn slash(&mut self, list: List) -> Option<N> {
        match self.slash_no_default(list) {
            None => self.slash_with_default(list),
            found => found,
        }
    }

    fn invalid_parameters(&mut self, list: List) -> Option<N> {
        let start = self.pos;
        self.attempt(|p| {
            if !p.eat("/") || !p.eat(",") {
                return None;
            }
            p.fail_token(start, "at least one argument must precede /")
        });
        self.attempt(|p| {
            p.slash(list)?;
            p.many(|p| p.param_maybe_default(list));
            let slash = p.pos;
            if !p.eat("/") {
                return None;
            }
            p.fail_token(slash, "/ may appear only once")
        });
        self.attempt(|p| {
            p.slash_no_default(list);
            p.many(|p| p.param_no_default(list));
            if p.slash_with_default(list).is_none() {
                p.param_with_default(list)?;
                p.many(|p| p.param_with_default(list));
            }
            let bad = p.param_no_default(list)?;
            // The comma belongs to the rule, not to the parameter.
            let message = "parameter without a default follows parameter with a default";
            p.fail_node(&bad, message)
        });
        self.attempt(|p| {
            p.many(|p| p.param_no_default(list));
            let open = p.pos;
            if !p.eat("(") {
                return None;
            }
            match list {
                List::Function => {
                    if p.many(|p| p.param_no_default(list)).is_empty() {
                        return None;
                    }
                }
                List::Lambda => {
                    p.commas(|p| p.param(list))?;
                }
            }
            p.eat(",");
            let close = p.pos;
            if !p.eat(")") {
                return None;
            }
            p.fail_tokens(
                open,
                close,
                match list {
                    List::Function => "Function parameters cannot be parenthesized",
                    List::Lambda => "Lambda expression parameters cannot be parenthesized",
                },
            )
        });
        self.attempt(|p| {
            p.slash(list);
            p.many(|p| p.param_maybe_default(list));
            if !p.eat("*") || !(p.eat(",") || p.param_no_default(list).is_some()) {
                return None;
            }
            p.many(|p| p.param_maybe_default(list));
            let slash = p.pos;
            if !p.eat("/") {
                return None;
            }
            p.fail_token(slash, "/ must be ahead of *")
        });
        self.attempt(|p| {
            if p.many(|p| p.param_maybe_default(list)).is_empty() || !p.eat("/") {
                return None;
            }
            let star = p.pos;
            if !p.eat("*") {
                return None;
            }
            p.fail_token(star, "expected comma between / and *")
        })
    }

    fn invalid_star_etc(&mut self, list: List) -> Option<N> {
        let star = self.pos;
        let close = list.close();
        self.attempt(|p| {
            if !p.eat("*") {
                return None;
            }
            let bare = p.eat(close) || p.eat(",") && (p.eat(close) || p.eat("**"));
            if !bare {
                return None;
            }
            let message = "named arguments must follow bare *";
            match list {
                List::Function => p.fail_token(star, message),
                List::Lambda => p.fail_last(message),
            }
        });
        self.attempt(|p| {
            if !p.eat("*") {
                return None;
            }
            p.param(list)?;
            let equals = p.pos;
            if !p.eat("=") {
                return None;
            }
            p.fail_token(equals, "var-positional argument cannot have default value")
        });
        self.attempt(|p| {
            if !p.eat("*") || !(p.param_no_default(list).is_some() || p.eat(",")) {
                return None;
            }
            p.many(|p| p.param_maybe_default(list));
            let second = p.pos;
            if !p.eat("*") || !(p.param_no_default(list).is_some() || p.eat(",")) {
                return None;
            }
            p.fail_token(second, "* argument may appear only once")
        })
    }

    fn invalid_kwds(&mut self, list: List) -> Option<N> {
        self.attempt(|p| {
            if !p.eat("**") {
                return None;
            }
            p.param(list)?;
            let equals = p.pos;
            if !p.eat("=") {
                return None;
            }
            p.fail_token(equals, "var-keyword argument cannot have default value")
        });
        self.attempt(|p| {
            if !p.eat("**") {
                return None;
            }
            p.param(list)?;
            if !p.eat(",") {
                return None;
            }
            let message = "arguments cannot follow var-keyword argument";
            if let Some(param) = p.param(list) {
                return p.fail_node(&param, message);
            }
            let token = p.pos;
            if !p.eat_any(&["*", "**", "/"]) {
                return None;
            }
            p.fail_token(token, message)
        })
    }

    // ---- type parameters

    pub(super) fn type_params(&mut self) -> Option<N> {
        let start = self.pos;
        self.mistake(|p| {
            if !p.eat("[") {
                return None;
            }
            let close = p.pos;
            if !p.eat("]") {
                return None;
            }
            p.fail_from(close, "Type parameter list cannot be empty")
        });
        self.attempt(|p| {
            if !p.eat("[") {
                return None;
            }
            p.commas(|p| p.type_param())?;
            p.eat(",");
            p.eat("]").then(|| p.node(Shape::Other, start))
        })
    }

    fn type_param(&mut self) -> Option<N> {
        let start = self.pos;
        let found = self.attempt(|p| {
            let name = p.name()?;
            p.attempt(|p| p.eat(":").then_some(()).and_then(|()| p.expression()));
            p.attempt(|p| p.eat("=").then_some(()).and_then(|()| p.expression()));
            Some(name)
        });
        if found.is_some() {
            return found;
        }
        self.mistake(|p| p.invalid_type_param());
        self.attempt(|p| {
            let starred = p.eat("*");
            if !starred && !p.eat("**") {
                return None;
            }
            p.name()?;
            p.attempt(|p| {
                if !p.eat("=") {
                    return None;
                }
                if starred {
                    p.star_expression()
                } else {
                    p.expression()
                }
            });
            Some(p.node(Shape::Other, start))
        })
    }

    fn invalid_type_param(&mut self) -> Option<N> {
        let what = if self.eat("*") {
            "TypeVarTuple"
        } else if self.eat("**") {
            "ParamSpec"
        } else {
            return None;
        };
        self.name()?;
        let colon = self.pos;
        if !self.eat(":") {
            return None;
        }
        let bound = self.expression()?;
        let kind = if bound.shape == Shape::Tuple {
            "constraints"
        } else {
            "bound"
        };
        self.fail_from(colon, format!("cannot use {kind} with {what}"))
    }
}
