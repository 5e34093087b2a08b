//! Compound statements.

use super::{Memo, N, P, Shape, Target, TokKind};

impl P<'_> {
    pub(super) fn compound_stmt(&mut self) -> Option<N> {
        if self.is_any(&["def", "@", "async"])
            && let Some(found) = self.attempt(|p| p.function_def())
        {
            return Some(found);
        }
        if self.is("if") {
            return self.conditional("if");
        }
        if self.is_any(&["class", "@"])
            && let Some(found) = self.attempt(|p| p.class_def())
        {
            return Some(found);
        }
        if self.is_any(&["with", "async"])
            && let Some(found) = self.attempt(|p| p.with_stmt())
        {
            return Some(found);
        }
        if self.is_any(&["for", "async"])
            && let Some(found) = self.attempt(|p| p.for_stmt())
        {
            return Some(found);
        }
        if self.is("try") {
            return self.try_stmt();
        }
        if self.is("while") {
            return self.while_stmt();
        }
        self.match_stmt()
    }

    pub(super) fn block(&mut self) -> Option<N> {
        self.memo(Memo::Block, Self::any_block)
    }

    fn any_block(&mut self) -> Option<N> {
        let start = self.pos;
        let indented = self.attempt(|p| {
            if !p.kind(TokKind::Newline) || !p.kind(TokKind::Indent) {
                return None;
            }
            p.statements()?;
            p.kind(TokKind::Dedent).then(|| p.node(Shape::Other, start))
        });
        if indented.is_some() {
            return indented;
        }
        if let Some(found) = self.attempt(|p| p.simple_stmts()) {
            return Some(found);
        }
        self.mistake(|p| {
            if !p.kind(TokKind::Newline) || p.is_kind(TokKind::Indent) {
                return None;
            }
            p.fail_indent("expected an indented block")
        });
        None
    }

    /// `':' NEWLINE !INDENT`: the error that names the statement.
    pub(super) fn no_block(&mut self, what: &str, token: usize) -> Option<N> {
        if !self.eat(":") || !self.kind(TokKind::Newline) || self.is_kind(TokKind::Indent) {
            return None;
        }
        let line = self.source.line_col(self.toks[token].start).0 + 1;
        self.fail_indent(format!(
            "expected an indented block after {what} on line {line}"
        ))
    }

    /// A line that ends where a colon should stand.
    pub(super) fn no_colon(&mut self) -> Option<N> {
        if !self.kind(TokKind::Newline) {
            return None;
        }
        self.fail_last("expected ':'")
    }

    /// A token that must come next.
    fn force(&mut self, text: &str) -> Option<()> {
        if self.eat(text) {
            return Some(());
        }
        if self.error.is_none() {
            self.fail_next(format!("expected '{text}'"));
        }
        None
    }

    fn decorators(&mut self) -> Option<()> {
        let mut any = false;
        while self
            .attempt(|p| {
                if !p.eat("@") {
                    return None;
                }
                p.named_expression()?;
                p.kind(TokKind::Newline).then_some(())
            })
            .is_some()
        {
            any = true;
        }
        any.then_some(())
    }

    fn function_def(&mut self) -> Option<N> {
        let start = self.pos;
        if self.is("@") {
            self.decorators()?;
        }
        self.mistake(|p| {
            p.eat("async");
            let def = p.pos;
            if !p.eat("def") {
                return None;
            }
            p.attempt(|p| {
                p.function_head()?;
                p.no_block("function definition", def)
            });
            p.name()?;
            p.type_params();
            p.force("(")?;
            p.params();
            if !p.eat(")") {
                return None;
            }
            p.attempt(|p| p.eat("->").then_some(()).and_then(|()| p.expression()));
            p.force(":")?;
            p.block()
        });
        self.eat("async");
        if !self.eat("def") {
            return None;
        }
        self.function_head()?;
        if !self.eat(":") {
            return None;
        }
        self.block()?;
        Some(self.node(Shape::Other, start))
    }

    fn function_head(&mut self) -> Option<()> {
        self.name()?;
        self.type_params();
        if !self.eat("(") {
            return None;
        }
        self.params();
        if !self.eat(")") {
            return None;
        }
        self.attempt(|p| p.eat("->").then_some(()).and_then(|()| p.expression()));
        Some(())
    }

    fn class_def(&mut self) -> Option<N> {
        let start = self.pos;
        if self.is("@") {
            self.decorators()?;
        }
        let class = self.pos;
        self.mistake(|p| {
            p.class_head()?;
            p.attempt(|p| p.no_colon());
            p.no_block("class definition", class)
        });
        self.class_head()?;
        if !self.eat(":") {
            return None;
        }
        self.block()?;
        Some(self.node(Shape::Other, start))
    }

    fn class_head(&mut self) -> Option<()> {
        if !self.eat("class") {
            return None;
        }
        self.name()?;
        self.type_params();
        self.attempt(|p| {
            if !p.eat("(") {
                return None;
            }
            p.arguments();
            p.eat(")").then_some(())
        });
        Some(())
    }

    /// `if` or `elif` and what follows.
    fn conditional(&mut self, word: &str) -> Option<N> {
        let start = self.pos;
        self.mistake(|p| {
            if !p.eat(word) {
                return None;
            }
            p.named_expression()?;
            p.attempt(|p| p.no_colon());
            p.no_block(&format!("'{word}' statement"), start)
        });
        self.attempt(|p| {
            if !p.eat(word) {
                return None;
            }
            p.named_expression()?;
            if !p.eat(":") {
                return None;
            }
            p.block()?;
            if p.is("elif") && p.attempt(|p| p.conditional("elif")).is_some() {
                return Some(p.node(Shape::Other, start));
            }
            p.else_block();
            Some(p.node(Shape::Other, start))
        })
    }

    fn else_block(&mut self) -> Option<N> {
        let start = self.pos;
        self.mistake(|p| {
            if !p.eat("else") {
                return None;
            }
            p.attempt(|p| p.no_block("'else' statement", start));
            if !p.eat(":") {
                return None;
            }
            p.block()?;
            if !p.eat("elif") {
                return None;
            }
            p.fail_last("'elif' block follows an 'else' block")
        });
        self.attempt(|p| {
            if !p.eat("else") {
                return None;
            }
            p.force(":")?;
            p.block()
        })
    }

    fn while_stmt(&mut self) -> Option<N> {
        let start = self.pos;
        self.mistake(|p| {
            p.eat("while");
            p.named_expression()?;
            p.attempt(|p| p.no_colon());
            p.no_block("'while' statement", start)
        });
        self.eat("while");
        self.named_expression()?;
        if !self.eat(":") {
            return None;
        }
        self.block()?;
        self.else_block();
        Some(self.node(Shape::Other, start))
    }

    fn for_stmt(&mut self) -> Option<N> {
        let start = self.pos;
        self.mistake(|p| {
            p.eat("async");
            let word = p.pos;
            p.for_head()?;
            p.attempt(|p| p.no_colon());
            p.no_block("'for' statement", word)
        });
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
            p.star_expressions()?;
            if !p.eat(":") {
                return None;
            }
            p.block()?;
            p.else_block();
            Some(p.node(Shape::Other, start))
        });
        if found.is_none() && !committed {
            self.mistake(|p| p.invalid_for_target());
        }
        found
    }

    fn for_head(&mut self) -> Option<()> {
        if !self.eat("for") {
            return None;
        }
        self.star_targets()?;
        if !self.eat("in") {
            return None;
        }
        self.star_expressions()?;
        Some(())
    }

    // ---- with

    fn with_stmt(&mut self) -> Option<N> {
        let start = self.pos;
        self.mistake(|p| {
            p.eat("async");
            let word = p.pos;
            if !p.eat("with") {
                return None;
            }
            p.attempt(|p| {
                p.loose_items(false)?;
                p.no_block("'with' statement", word)
            });
            p.attempt(|p| {
                p.loose_parenthesized()?;
                p.no_block("'with' statement", word)
            })
        });
        let found = self.attempt(|p| {
            p.eat("async");
            if !p.eat("with") {
                return None;
            }
            let parenthesized = p.attempt(|p| {
                if !p.eat("(") {
                    return None;
                }
                p.commas(|p| p.with_item())?;
                p.eat(",");
                if !p.eat(")") || !p.eat(":") {
                    return None;
                }
                p.block()
            });
            if parenthesized.is_none() {
                p.commas(|p| p.with_item())?;
                if !p.eat(":") {
                    return None;
                }
                p.block()?;
            }
            Some(p.node(Shape::Other, start))
        });
        if found.is_none() {
            self.mistake(|p| {
                p.eat("async");
                if !p.eat("with") {
                    return None;
                }
                p.attempt(|p| {
                    p.loose_items(false)?;
                    let comma = p.pos;
                    if !p.eat(",") || !p.eat(":") {
                        return None;
                    }
                    p.fail_token(comma, "the last 'with' item has a trailing comma")
                });
                p.attempt(|p| {
                    p.loose_items(false)?;
                    p.no_colon()
                });
                p.attempt(|p| {
                    p.loose_parenthesized()?;
                    p.no_colon()
                })
            });
        }
        found
    }

    fn loose_items(&mut self, several: bool) -> Option<Vec<N>> {
        self.commas(|p| {
            let found = if several {
                p.expressions()?
            } else {
                p.expression()?
            };
            p.attempt(|p| p.eat("as").then_some(()).and_then(|()| p.star_target()));
            Some(found)
        })
    }

    fn loose_parenthesized(&mut self) -> Option<()> {
        if !self.eat("(") {
            return None;
        }
        self.loose_items(true)?;
        self.eat(",");
        self.eat(")").then_some(())
    }

    fn with_item(&mut self) -> Option<N> {
        let start = self.pos;
        let found = self.attempt(|p| {
            p.expression()?;
            if !p.eat("as") {
                return None;
            }
            p.star_target()?;
            p.is_any(&[",", ")", ":"])
                .then(|| p.node(Shape::Other, start))
        });
        if found.is_some() {
            return found;
        }
        self.mistake(|p| {
            p.expression()?;
            if !p.eat("as") {
                return None;
            }
            let target = p.expression()?;
            if !p.is_any(&[",", ")", ":"]) {
                return None;
            }
            p.fail_target(&target, Target::Star)
        });
        self.expression()
    }

    // ---- try

    fn try_stmt(&mut self) -> Option<N> {
        let start = self.pos;
        self.mistake(|p| p.invalid_try());
        self.eat("try");
        self.force(":")?;
        self.block()?;
        if self.attempt(|p| p.finally_block()).is_some() {
            return Some(self.node(Shape::Other, start));
        }
        let plain = self.attempt(|p| {
            if p.many(|p| p.except_block()).is_empty() {
                return None;
            }
            p.else_block();
            p.attempt(|p| p.finally_block());
            Some(())
        });
        if plain.is_none() {
            if self.many(|p| p.except_star_block()).is_empty() {
                return None;
            }
            self.else_block();
            self.attempt(|p| p.finally_block());
        }
        Some(self.node(Shape::Other, start))
    }

    fn invalid_try(&mut self) -> Option<N> {
        let start = self.pos;
        self.attempt(|p| {
            p.eat("try");
            p.no_block("'try' statement", start)
        });
        self.attempt(|p| {
            p.eat("try");
            if !p.eat(":") {
                return None;
            }
            p.block()?;
            if p.is_any(&["except", "finally"]) {
                return None;
            }
            p.fail_last("expected 'except' or 'finally' block")
        });
        let both = "cannot have both 'except' and 'except*' on the same 'try'";
        self.attempt(|p| {
            p.eat("try");
            if !p.eat(":") {
                return None;
            }
            p.many(|p| p.block());
            if p.many(|p| p.except_block()).is_empty() {
                return None;
            }
            let except = p.pos;
            if !p.eat("except") || !p.eat("*") {
                return None;
            }
            p.expression()?;
            p.attempt(|p| p.eat("as").then_some(()).and_then(|()| p.name()));
            if !p.eat(":") {
                return None;
            }
            p.fail_tokens(except, except + 1, both)
        });
        self.attempt(|p| {
            p.eat("try");
            if !p.eat(":") {
                return None;
            }
            p.many(|p| p.block());
            if p.many(|p| p.except_star_block()).is_empty() {
                return None;
            }
            let except = p.pos;
            if !p.eat("except") {
                return None;
            }
            p.attempt(|p| {
                p.expression()?;
                p.attempt(|p| p.eat("as").then_some(()).and_then(|()| p.name()));
                Some(())
            });
            if !p.eat(":") {
                return None;
            }
            p.fail_token(except, both)
        })
    }

    fn finally_block(&mut self) -> Option<N> {
        let start = self.pos;
        self.mistake(|p| {
            if !p.eat("finally") {
                return None;
            }
            p.no_block("'finally' statement", start)
        });
        if !self.eat("finally") {
            return None;
        }
        self.force(":")?;
        self.block()
    }

    fn except_block(&mut self) -> Option<N> {
        self.mistake(|p| p.except_indent(false));
        let start = self.pos;
        let found = self.attempt(|p| {
            if !p.eat("except") {
                return None;
            }
            let named = p.attempt(|p| {
                p.expression()?;
                if p.eat("as") {
                    p.name()?;
                }
                p.eat(":").then_some(())
            });
            if named.is_none() {
                p.attempt(|p| p.expressions());
                if !p.eat(":") {
                    return None;
                }
            }
            p.block()?;
            Some(p.node(Shape::Other, start))
        });
        if found.is_none() {
            self.mistake(|p| p.invalid_except(false));
        }
        found
    }

    fn except_star_block(&mut self) -> Option<N> {
        self.mistake(|p| p.except_indent(true));
        let start = self.pos;
        let found = self.attempt(|p| {
            if !p.eat("except") || !p.eat("*") {
                return None;
            }
            let named = p.attempt(|p| {
                p.expression()?;
                if p.eat("as") {
                    p.name()?;
                }
                p.eat(":").then_some(())
            });
            if named.is_none() {
                p.expressions()?;
                if !p.eat(":") {
                    return None;
                }
            }
            p.block()?;
            Some(p.node(Shape::Other, start))
        });
        if found.is_none() {
            self.mistake(|p| p.invalid_except(true));
        }
        found
    }

    fn except_indent(&mut self, star: bool) -> Option<N> {
        let start = self.pos;
        if !self.eat("except") || star && !self.eat("*") {
            return None;
        }
        let what = if star {
            "'except*' statement"
        } else {
            "'except' statement"
        };
        self.attempt(|p| {
            p.expression()?;
            p.attempt(|p| p.eat("as").then_some(()).and_then(|()| p.name()));
            p.no_block(what, start)
        });
        if star {
            None
        } else {
            self.no_block(what, start)
        }
    }

    fn invalid_except(&mut self, star: bool) -> Option<N> {
        if !self.eat("except") || star && !self.eat("*") {
            return None;
        }
        self.attempt(|p| {
            let first = p.expression()?;
            if !p.eat(",") {
                return None;
            }
            p.expressions()?;
            if !p.eat("as") {
                return None;
            }
            p.name()?;
            if !p.eat(":") {
                return None;
            }
            let message = "multiple exception types must be parenthesized when using 'as'";
            p.fail_from(first.start, message)
        });
        self.attempt(|p| {
            p.expression()?;
            p.attempt(|p| p.eat("as").then_some(()).and_then(|()| p.name()));
            p.no_colon()
        });
        if star {
            self.attempt(|p| {
                if !p.kind(TokKind::Newline) && !p.eat(":") {
                    return None;
                }
                p.fail_last("expected one or more exception types")
            });
        } else {
            self.attempt(|p| p.no_colon());
        }
        self.attempt(|p| {
            p.expression()?;
            if !p.eat("as") {
                return None;
            }
            let target = p.expression()?;
            if !p.eat(":") {
                return None;
            }
            p.block()?;
            let what = p.expr_name(&target);
            let word = if star { "except*" } else { "except" };
            p.fail_node(&target, format!("cannot use {word} statement with {what}"))
        })
    }
}
