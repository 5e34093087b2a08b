//! Simple statements.

use super::{Memo, N, Node, P, Shape, Target, TokKind};

const AUGMENTED: [&str; 13] = [
    "+=", "-=", "*=", "@=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", "**=", "//=",
];

impl P<'_> {
    pub(super) fn statements(&mut self) -> Option<N> {
        let start = self.pos;
        let mut any = false;
        while self.attempt(|p| p.statement()).is_some() {
            any = true;
        }
        any.then(|| self.node(Shape::Other, start))
    }

    fn statement(&mut self) -> Option<N> {
        match self.attempt(|p| p.compound_stmt()) {
            None => self.simple_stmts(),
            found => {
                self.note_stmt(found.as_deref());
                found
            }
        }
    }

    /// Remembers a compound statement that is whole; not a function or class.
    fn note_stmt(&mut self, found: Option<&Node>) {
        let Some(found) = found else { return };
        let definition = match self.text(found.start) {
            "async" => self.text(found.start + 1) == "def",
            word => matches!(word, "def" | "class" | "@"),
        };
        let at = self.source.line_col(self.toks[found.start].start);
        let at = (at.0 as u32 + 1, at.1 as u32);
        if !definition && at.0 >= self.last_stmt.0 {
            self.last_stmt = at;
        }
    }

    /// What a prompt takes.
    pub(super) fn statement_newline(&mut self) -> bool {
        let compound = self.attempt(|p| {
            let found = p.compound_stmt()?;
            p.note_stmt(Some(&found));
            p.kind(TokKind::Newline).then_some(found)
        });
        let found = compound.is_some()
            || self.attempt(|p| p.simple_stmts()).is_some()
            || self.kind(TokKind::Newline);
        // The end of the input is no statement.
        self.is_kind(TokKind::End);
        found
    }

    pub(super) fn simple_stmts(&mut self) -> Option<N> {
        let start = self.pos;
        self.attempt(|p| {
            p.simple_stmt()?;
            loop {
                if !p.eat(";") {
                    break;
                }
                if p.simple_stmt().is_none() {
                    break;
                }
            }
            p.kind(TokKind::Newline)
                .then(|| p.node(Shape::Other, start))
        })
    }

    pub(super) fn simple_stmt(&mut self) -> Option<N> {
        self.memo(Memo::SimpleStmt, |p| {
            if let Some(found) = p.attempt(|p| p.assignment()) {
                return Some(found);
            }
            if p.is("type")
                && let Some(found) = p.attempt(|p| p.type_alias())
            {
                return Some(found);
            }
            if p.is_any(&["import", "from"]) {
                return p.import_stmt();
            }
            if let Some(found) = p.attempt(|p| p.star_expressions()) {
                return Some(found);
            }
            p.keyword_stmt()
        })
    }

    fn keyword_stmt(&mut self) -> Option<N> {
        let start = self.pos;
        match self.text(start) {
            _ if !self.is_kind(TokKind::Keyword) => return None,
            "return" => {
                self.pos += 1;
                self.star_expressions();
            }
            "raise" => return self.raise_stmt(),
            "pass" | "break" | "continue" => self.pos += 1,
            "del" => return self.del_stmt(),
            "yield" => return self.yield_expr(),
            "assert" => return self.assert_stmt(),
            "global" | "nonlocal" => {
                self.pos += 1;
                self.commas(|p| p.name())?;
            }
            _ => return None,
        }
        Some(self.node(Shape::Other, start))
    }

    fn annotated_value(&mut self) -> Option<N> {
        match self.yield_expr() {
            None => self.star_expressions(),
            found => found,
        }
    }

    fn assignment(&mut self) -> Option<N> {
        let start = self.pos;
        let annotated = self.attempt(|p| {
            p.name()?;
            p.annotation_and_value(start)
        });
        if annotated.is_some() {
            return annotated;
        }
        let annotated = self.attempt(|p| {
            let parenthesized = p.attempt(|p| {
                if !p.eat("(") {
                    return None;
                }
                let inner = p.single_target()?;
                p.eat(")").then_some(inner)
            });
            if parenthesized.is_none() {
                p.attribute_target()?;
            }
            p.annotation_and_value(start)
        });
        if annotated.is_some() {
            return annotated;
        }
        let assigned = self.attempt(|p| {
            let mut any = false;
            while p
                .attempt(|p| p.star_targets().filter(|_| p.eat("=")))
                .is_some()
            {
                any = true;
            }
            if !any {
                return None;
            }
            p.annotated_value()?;
            (!p.is("=")).then(|| p.node(Shape::Other, start))
        });
        if assigned.is_some() {
            return assigned;
        }
        let mut committed = false;
        let augmented = self.attempt(|p| {
            p.single_target()?;
            if !p.eat_any(&AUGMENTED) {
                return None;
            }
            committed = true;
            p.annotated_value()?;
            Some(p.node(Shape::Other, start))
        });
        if augmented.is_none() && !committed {
            self.mistake(|p| p.invalid_assignment());
        }
        augmented
    }

    fn annotation_and_value(&mut self, start: usize) -> Option<N> {
        if !self.eat(":") {
            return None;
        }
        self.expression()?;
        self.attempt(|p| p.eat("=").then_some(()).and_then(|()| p.annotated_value()));
        Some(self.node(Shape::Other, start))
    }

    fn ann_assign_target(&mut self) -> Option<N> {
        if let Some(found) = self.list() {
            return Some(found);
        }
        if let Some(found) = self.tuple() {
            return Some(found);
        }
        self.attempt(|p| {
            if !p.eat("(") {
                return None;
            }
            let inner = p.ann_assign_target()?;
            p.eat(")").then_some(inner)
        })
    }

    fn invalid_assignment(&mut self) -> Option<N> {
        self.attempt(|p| {
            let target = p.ann_assign_target()?;
            if !p.eat(":") {
                return None;
            }
            p.expression()?;
            let what = p.expr_name(&target);
            p.fail_node(
                &target,
                format!("only single target (not {what}) can be annotated"),
            )
        });
        self.attempt(|p| {
            let first = p.star_named_expression()?;
            if !p.eat(",") {
                return None;
            }
            while p.star_named_expressions().is_some() {}
            if !p.eat(":") {
                return None;
            }
            p.expression()?;
            p.fail_node(&first, "only single target (not tuple) can be annotated")
        });
        self.attempt(|p| {
            let target = p.expression()?;
            if !p.eat(":") {
                return None;
            }
            p.expression()?;
            p.fail_node(&target, "illegal target for annotation")
        });
        self.attempt(|p| {
            while p
                .attempt(|p| p.star_targets().filter(|_| p.eat("=")))
                .is_some()
            {}
            let target = p.star_expressions()?;
            if !p.eat("=") {
                return None;
            }
            p.fail_target(&target, Target::Star)
        });
        self.attempt(|p| {
            while p
                .attempt(|p| p.star_targets().filter(|_| p.eat("=")))
                .is_some()
            {}
            let target = p.yield_expr()?;
            if !p.eat("=") {
                return None;
            }
            p.fail_node(&target, "assignment to yield expression not possible")
        });
        self.attempt(|p| {
            let target = p.star_expressions()?;
            if !p.eat_any(&AUGMENTED) {
                return None;
            }
            p.annotated_value()?;
            let what = p.expr_name(&target);
            let message = format!("'{what}' is an illegal expression for augmented assignment");
            p.fail_node(&target, message)
        })
    }

    fn raise_stmt(&mut self) -> Option<N> {
        let start = self.pos;
        let full = self.attempt(|p| {
            p.eat("raise");
            p.expression()?;
            if !p.eat("from") {
                return None;
            }
            p.expression()?;
            Some(p.node(Shape::Other, start))
        });
        if full.is_some() {
            return full;
        }
        self.eat("raise");
        self.attempt(|p| p.expression());
        Some(self.node(Shape::Other, start))
    }

    fn del_stmt(&mut self) -> Option<N> {
        let start = self.pos;
        let found = self.attempt(|p| {
            p.eat("del");
            p.commas(|p| p.del_target())?;
            p.eat(",");
            let ended = p.is(";") || p.is_kind(TokKind::Newline);
            ended.then(|| p.node(Shape::Other, start))
        });
        if found.is_none() {
            self.mistake(|p| {
                p.eat("del");
                let targets = p.star_expressions()?;
                p.fail_target(&targets, Target::Delete)
            });
        }
        found
    }

    fn del_target(&mut self) -> Option<N> {
        if let Some(found) = self.attempt(|p| p.attribute_target()) {
            return Some(found);
        }
        if let Some(name) = self.name() {
            return Some(name);
        }
        let start = self.pos;
        let close = if self.eat("(") {
            ")"
        } else if self.eat("[") {
            "]"
        } else {
            return None;
        };
        if self.commas(|p| p.del_target()).is_some() {
            self.eat(",");
        }
        self.eat(close).then(|| self.node(Shape::Tuple, start))
    }

    fn assert_stmt(&mut self) -> Option<N> {
        let start = self.pos;
        self.eat("assert");
        self.expression()?;
        self.attempt(|p| p.eat(",").then_some(()).and_then(|()| p.expression()));
        Some(self.node(Shape::Other, start))
    }

    fn type_alias(&mut self) -> Option<N> {
        let start = self.pos;
        self.eat("type");
        self.name()?;
        self.type_params();
        if !self.eat("=") {
            return None;
        }
        self.expression()?;
        Some(self.node(Shape::Other, start))
    }

    // ---- imports

    fn dotted_name(&mut self) -> Option<N> {
        let start = self.pos;
        self.name()?;
        while self
            .attempt(|p| p.eat(".").then_some(()).and_then(|()| p.name()))
            .is_some()
        {}
        Some(self.node(Shape::Name, start))
    }

    fn import_stmt(&mut self) -> Option<N> {
        self.mistake(|p| p.invalid_import());
        let start = self.pos;
        let name = self.attempt(|p| {
            if !p.eat("import") {
                return None;
            }
            p.commas(|p| p.import_alias(Self::dotted_name))?;
            Some(p.node(Shape::Other, start))
        });
        match name {
            None => self.attempt(|p| p.import_from()),
            found => found,
        }
    }

    fn import_from(&mut self) -> Option<N> {
        let start = self.pos;
        if !self.eat("from") {
            return None;
        }
        let mut dots = false;
        while self.eat_any(&[".", "..."]) {
            dots = true;
        }
        if self.dotted_name().is_none() && !dots {
            return None;
        }
        if !self.eat("import") {
            return None;
        }
        self.import_targets()?;
        Some(self.node(Shape::Other, start))
    }

    fn import_targets(&mut self) -> Option<N> {
        let start = self.pos;
        let parenthesized = self.attempt(|p| {
            if !p.eat("(") {
                return None;
            }
            p.commas(|p| p.import_alias(Self::name))?;
            p.eat(",");
            p.eat(")").then(|| p.node(Shape::Other, start))
        });
        if parenthesized.is_some() {
            return parenthesized;
        }
        let plain = self.attempt(|p| {
            p.commas(|p| p.import_alias(Self::name))?;
            (!p.is(",")).then(|| p.node(Shape::Other, start))
        });
        if plain.is_some() {
            return plain;
        }
        if self.eat("*") {
            return Some(self.node(Shape::Other, start));
        }
        self.mistake(|p| {
            p.commas(|p| p.import_alias(Self::name))?;
            if !p.eat(",") || !p.kind(TokKind::Newline) {
                return None;
            }
            p.fail_last("trailing comma not allowed without surrounding parentheses")
        });
        self.mistake(|p| {
            let newline = p.pos;
            if !p.kind(TokKind::Newline) {
                return None;
            }
            p.fail_from(newline, "Expected one or more names after 'import'")
        });
        None
    }

    fn import_alias(&mut self, name: fn(&mut Self) -> Option<N>) -> Option<N> {
        self.mistake(|p| {
            name(p)?;
            if !p.eat("as") {
                return None;
            }
            let good = p.ahead(|p| {
                p.name()?;
                let ended = p.eat_any(&[",", ")", ";"]) || p.kind(TokKind::Newline);
                ended.then_some(())
            });
            if good {
                return None;
            }
            let target = p.expression()?;
            let what = p.expr_name(&target);
            p.fail_node(&target, format!("cannot use {what} as import target"))
        });
        let found = name(self)?;
        self.attempt(|p| p.eat("as").then_some(()).and_then(|()| p.name()));
        Some(found)
    }

    fn invalid_import(&mut self) -> Option<N> {
        let start = self.pos;
        if !self.eat("import") {
            return None;
        }
        let newline = self.pos;
        if self.kind(TokKind::Newline) {
            return self.fail_from(newline, "Expected one or more names after 'import'");
        }
        self.commas(|p| p.dotted_name())?;
        if !self.eat("from") {
            return None;
        }
        self.dotted_name()?;
        self.fail_from(start, "Did you mean to use 'from ... import ...' instead?")
    }
}
