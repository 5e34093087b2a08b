//! Expressions.

use super::{Memo, N, P, Shape, TokKind};

impl P<'_> {
    pub(super) fn expressions(&mut self) -> Option<N> {
        let start = self.pos;
        let items = self.commas(|p| p.expression())?;
        self.tuple_of(start, items)
    }

    fn tuple_of(&mut self, start: usize, mut items: Vec<N>) -> Option<N> {
        let comma = self.eat(",");
        match items.len() {
            1 if !comma => items.pop(),
            _ => Some(self.node_of(Shape::Tuple, start, items)),
        }
    }

    pub(super) fn star_expressions(&mut self) -> Option<N> {
        let start = self.pos;
        let items = self.commas(|p| p.star_expression())?;
        self.tuple_of(start, items)
    }

    pub(super) fn star_expression(&mut self) -> Option<N> {
        self.memo(Memo::StarExpression, |p| match p.starred_bitor() {
            None => p.expression(),
            found => found,
        })
    }

    /// `'*' bitwise_or`
    pub(super) fn starred_bitor(&mut self) -> Option<N> {
        let start = self.pos;
        self.attempt(|p| {
            if !p.eat("*") {
                return None;
            }
            let inner = p.bit_or()?;
            Some(p.node_of(Shape::Starred, start, vec![inner]))
        })
    }

    pub(super) fn star_named_expression(&mut self) -> Option<N> {
        match self.starred_bitor() {
            None => self.named_expression(),
            found => found,
        }
    }

    pub(super) fn star_named_expression_sequence(&mut self) -> Option<N> {
        self.mistake(|p| p.invalid_starred_sequence());
        self.star_named_expression()
    }

    fn invalid_starred_sequence(&mut self) -> Option<N> {
        self.mistake(|p| p.invalid_starred_unpacking());
        None
    }

    pub(super) fn star_named_expressions(&mut self) -> Option<Vec<N>> {
        let items = self.commas(|p| p.star_named_expression())?;
        self.eat(",");
        Some(items)
    }

    pub(super) fn star_named_expressions_sequence(&mut self) -> Option<Vec<N>> {
        let items = self.commas(|p| p.star_named_expression_sequence())?;
        self.eat(",");
        Some(items)
    }

    pub(super) fn assignment_expression(&mut self) -> Option<N> {
        let start = self.pos;
        self.attempt(|p| {
            let name = p.name()?;
            if !p.eat(":=") {
                return None;
            }
            let value = p.expression()?;
            Some(p.node_of(Shape::Named, start, vec![name, value]))
        })
    }

    pub(super) fn named_expression(&mut self) -> Option<N> {
        if let Some(found) = self.assignment_expression() {
            return Some(found);
        }
        // After `name :=` there is no other way (the grammar commits).
        if self.ahead(|p| p.name().filter(|_| p.eat(":="))) {
            return None;
        }
        self.mistake(|p| p.invalid_named_expression());
        self.attempt(|p| {
            let found = p.expression()?;
            (!p.is(":=")).then_some(found)
        })
    }

    fn invalid_named_expression(&mut self) -> Option<N> {
        self.memo(Memo::NamedInvalid, |p| {
            let start = p.pos;
            p.attempt(|p| {
                let target = p.expression()?;
                if !p.eat(":=") {
                    return None;
                }
                p.expression()?;
                let what = p.expr_name(&target);
                p.fail_node(
                    &target,
                    format!("cannot use assignment expressions with {what}"),
                )
            });
            p.attempt(|p| {
                let name = p.name()?;
                if !p.eat("=") {
                    return None;
                }
                let value = p.bit_or()?;
                if p.is_any(&["=", ":="]) {
                    return None;
                }
                let message = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";
                p.fail_range(&name, &value, message)
            });
            p.pos = start;
            let display = p.ahead(|p| p.list())
                || p.ahead(|p| p.tuple())
                || p.ahead(|p| p.genexp())
                || p.is_any(&["True", "None", "False"]);
            if display {
                return None;
            }
            p.attempt(|p| {
                let target = p.bit_or()?;
                if !p.eat("=") {
                    return None;
                }
                p.bit_or()?;
                if p.is_any(&["=", ":="]) {
                    return None;
                }
                let what = p.expr_name(&target);
                let message =
                    format!("cannot assign to {what} here. Maybe you meant '==' instead of '='?");
                p.fail_node(&target, message)
            })
        })
    }

    pub(super) fn expression(&mut self) -> Option<N> {
        self.memo(Memo::Expression, |p| {
            if p.invalid {
                p.mistake(|p| p.invalid_if_expression());
                p.mistake(|p| p.invalid_expression());
                p.mistake(|p| p.invalid_legacy());
            }
            if p.error.is_some() {
                return None;
            }
            p.plain_expression()
        })
    }

    fn plain_expression(&mut self) -> Option<N> {
        if let Some(found) = self.if_expression() {
            return Some(found);
        }
        if let Some(found) = self.disjunction() {
            return Some(found);
        }
        self.lambda()
    }

    fn invalid_if_expression(&mut self) -> Option<N> {
        self.disjunction()?;
        if !self.eat("if") {
            return None;
        }
        self.disjunction()?;
        if !self.eat("else") {
            return None;
        }
        let token = self.pos;
        if self.eat("*") {
            let message = "cannot unpack only part of a conditional expression";
            return self.fail_token(token, message);
        }
        if self.eat("**") {
            let message = "cannot use dict unpacking on only part of a conditional expression";
            return self.fail_token(token, message);
        }
        None
    }

    fn without_invalid(&mut self) -> Option<N> {
        let before = std::mem::replace(&mut self.invalid, false);
        let found = self.attempt(|p| p.plain_expression());
        self.invalid = before;
        found
    }

    fn invalid_expression(&mut self) -> Option<N> {
        self.attempt(|p| p.misquoted());
        self.attempt(|p| p.missing_comma());
        self.attempt(|p| {
            let first = p.disjunction()?;
            if !p.eat("if") {
                return None;
            }
            let condition = p.disjunction()?;
            if p.is_any(&["else", ":"]) {
                return None;
            }
            p.fail_range(&first, &condition, "expected 'else' after 'if' expression")
        });
        self.attempt(|p| {
            p.disjunction()?;
            if !p.eat("if") {
                return None;
            }
            p.disjunction()?;
            if !p.eat("else") || p.ahead(|p| p.expression()) {
                return None;
            }
            p.fail_next("expected expression after 'else', but statement is given")
        });
        self.attempt(|p| {
            let start = p.pos;
            if !p.eat_any(&["pass", "break", "continue"]) {
                return None;
            }
            if !p.eat("if") {
                return None;
            }
            p.disjunction()?;
            if !p.eat("else") {
                return None;
            }
            p.simple_stmt()?;
            p.fail_token(
                start,
                "expected expression before 'if', but statement is given",
            )
        });
        self.attempt(|p| p.lambda_in_field())
    }

    /// `"a" b "c"`: quotes inside a string.
    fn misquoted(&mut self) -> Option<N> {
        if !self.kind(TokKind::String) {
            return None;
        }
        let mut parts: Vec<N> = Vec::new();
        while !self.is_kind(TokKind::String) {
            match self.without_invalid() {
                Some(part) => parts.push(part),
                None => break,
            }
        }
        let (Some(first), Some(last)) = (parts.first().cloned(), parts.last().cloned()) else {
            return None;
        };
        if !self.kind(TokKind::String) {
            return None;
        }
        let message = "invalid syntax. Is this intended to be part of the string?";
        self.fail_range(&first, &last, message)
    }

    fn missing_comma(&mut self) -> Option<N> {
        let start = self.pos;
        if self.kind(TokKind::Name) {
            let soft = matches!(self.text(start), "_" | "case" | "match" | "type");
            if soft || self.is_kind(TokKind::String) {
                return None;
            }
        }
        self.pos = start;
        let first = self.disjunction()?;
        let second = self.without_invalid()?;
        let legacy =
            first.shape == Shape::Name && matches!(self.text(first.start), "print" | "exec");
        if legacy || self.toks[self.pos - 1].level == 0 {
            return None;
        }
        self.fail_range(
            &first,
            &second,
            "invalid syntax. Perhaps you forgot a comma?",
        )
    }

    fn lambda_in_field(&mut self) -> Option<N> {
        let start = self.pos;
        if !self.eat("lambda") {
            return None;
        }
        self.lambda_params();
        let colon = self.pos;
        if !self.eat(":") || !(self.is_kind(TokKind::FMiddle) || self.is("}")) {
            return None;
        }
        if !self.in_field(start) {
            return None;
        }
        let letter = self.field_letter(start);
        let message =
            format!("{letter}-string: lambda expressions are not allowed without parentheses");
        self.fail_tokens(start, colon, message)
    }

    /// Whether a token is in a replacement field.
    fn in_field(&self, token: usize) -> bool {
        let kinds = self.toks[..token].iter().map(|tok| tok.kind);
        let depth = kinds.fold(0i32, |depth, kind| match kind {
            TokKind::FStart => depth + 1,
            TokKind::FEnd => depth - 1,
            _ => depth,
        });
        depth > 0
    }

    /// `f` or `t`, whichever string the token is in.
    pub(super) fn field_letter(&self, token: usize) -> char {
        let mut depth = 0;
        for i in (0..token).rev() {
            match self.toks[i].kind {
                TokKind::FEnd => depth += 1,
                TokKind::FStart if depth == 0 => {
                    let text = self.text(i).to_ascii_lowercase();
                    return if text.contains('t') { 't' } else { 'f' };
                }
                TokKind::FStart => depth -= 1,
                _ => {}
            }
        }
        'f'
    }

    /// `print x`
    fn invalid_legacy(&mut self) -> Option<N> {
        let name = self.name()?;
        let text = self.text(name.start);
        if self.is("(") {
            return None;
        }
        let value = self.star_expressions()?;
        if !matches!(text, "print" | "exec") {
            return None;
        }
        let message = format!("Missing parentheses in call to '{text}'. Did you mean {text}(...)?");
        self.fail_range(&name, &value, message)
    }

    pub(super) fn if_expression(&mut self) -> Option<N> {
        let start = self.pos;
        self.attempt(|p| {
            let body = p.disjunction()?;
            if !p.eat("if") {
                return None;
            }
            p.disjunction()?;
            if !p.eat("else") {
                return None;
            }
            p.expression()?;
            Some(p.node_of(Shape::IfExp, start, vec![body]))
        })
    }

    pub(super) fn yield_expr(&mut self) -> Option<N> {
        let start = self.pos;
        self.attempt(|p| {
            if !p.eat("yield") {
                return None;
            }
            if p.eat("from") {
                p.expression()?;
            } else {
                p.star_expressions();
            }
            Some(p.node(Shape::Yield, start))
        })
    }

    pub(super) fn lambda(&mut self) -> Option<N> {
        let start = self.pos;
        self.attempt(|p| {
            if !p.eat("lambda") {
                return None;
            }
            p.lambda_params();
            if !p.eat(":") {
                return None;
            }
            p.expression()?;
            Some(p.node(Shape::Lambda, start))
        })
    }

    /// Operands of one kind with operators between: one alone stays what it is.
    fn chain(
        &mut self,
        operators: &[&str],
        mut operand: impl FnMut(&mut Self) -> Option<N>,
    ) -> Option<N> {
        let start = self.pos;
        let mut left = operand(self)?;
        loop {
            let before = self.pos;
            if !self.eat_any(operators) {
                return Some(left);
            }
            match operand(self) {
                Some(_) => left = self.node_of(Shape::Operation, start, vec![left]),
                None => {
                    self.pos = before;
                    return Some(left);
                }
            }
        }
    }

    pub(super) fn disjunction(&mut self) -> Option<N> {
        self.memo(Memo::Disjunction, |p| p.chain(&["or"], |p| p.conjunction()))
    }

    fn conjunction(&mut self) -> Option<N> {
        self.memo(Memo::Conjunction, |p| p.chain(&["and"], |p| p.inversion()))
    }

    fn inversion(&mut self) -> Option<N> {
        self.memo(Memo::Inversion, |p| {
            let start = p.pos;
            if p.eat("not") {
                p.inversion()?;
                return Some(p.node(Shape::Operation, start));
            }
            p.comparison()
        })
    }

    fn comparison(&mut self) -> Option<N> {
        let start = self.pos;
        let left = self.bit_or()?;
        let mut first = None;
        while let Some(is_in) = self.attempt(|p| {
            let is_in = p.comparison_operator()?;
            p.bit_or()?;
            Some(is_in)
        }) {
            first.get_or_insert(is_in);
        }
        Some(match first {
            None => left,
            Some(true) => self.node_of(Shape::InComparison, start, vec![left]),
            Some(false) => self.node_of(Shape::Comparison, start, vec![left]),
        })
    }

    /// Takes a comparison operator; true if it is `in`.
    fn comparison_operator(&mut self) -> Option<bool> {
        if self.eat_any(&["==", "!=", "<=", "<", ">=", ">"]) {
            return Some(false);
        }
        if self.eat("not") {
            return self.eat("in").then_some(false);
        }
        if self.eat("in") {
            return Some(true);
        }
        if self.eat("is") {
            self.eat("not");
            return Some(false);
        }
        None
    }

    pub(super) fn bit_or(&mut self) -> Option<N> {
        self.memo(Memo::BitOr, |p| {
            p.chain(&["|"], |p| {
                p.chain(&["^"], |p| p.chain(&["&"], |p| p.shift()))
            })
        })
    }

    fn shift(&mut self) -> Option<N> {
        self.memo(Memo::Shift, |p| {
            p.mistake(|p| {
                p.sum()?;
                if !p.eat_any(&["+", "-", "*", "/", "%", "//", "@"]) {
                    return None;
                }
                p.misplaced_not(|p| p.inversion())
            });
            p.chain(&["<<", ">>"], |p| p.sum())
        })
    }

    fn misplaced_not(&mut self, operand: impl FnOnce(&mut Self) -> Option<N>) -> Option<N> {
        let not = self.pos;
        if !self.eat("not") {
            return None;
        }
        let operand = operand(self)?;
        let at = self.span(not, operand.end - 1);
        self.fail_at(at, "'not' after an operator must be parenthesized")
    }

    fn sum(&mut self) -> Option<N> {
        self.memo(Memo::Sum, |p| p.chain(&["+", "-"], |p| p.term()))
    }

    fn term(&mut self) -> Option<N> {
        self.memo(Memo::Term, |p| {
            p.mistake(|p| {
                if !p.eat_any(&["+", "-", "~"]) {
                    return None;
                }
                p.misplaced_not(|p| p.factor())
            });
            p.chain(&["*", "/", "//", "%", "@"], |p| p.factor())
        })
    }

    fn factor(&mut self) -> Option<N> {
        self.memo(Memo::Factor, |p| {
            let start = p.pos;
            if p.eat_any(&["+", "-", "~"]) {
                p.factor()?;
                return Some(p.node(Shape::Operation, start));
            }
            p.power()
        })
    }

    fn power(&mut self) -> Option<N> {
        let start = self.pos;
        let base = self.await_primary()?;
        let raised = self.attempt(|p| {
            if !p.eat("**") {
                return None;
            }
            p.factor()
        });
        match raised {
            Some(_) => Some(self.node(Shape::Operation, start)),
            None => Some(base),
        }
    }

    fn await_primary(&mut self) -> Option<N> {
        let start = self.pos;
        if self.eat("await") {
            self.primary()?;
            return Some(self.node(Shape::Await, start));
        }
        self.primary()
    }

    pub(super) fn primary(&mut self) -> Option<N> {
        self.memo(Memo::Primary, |p| {
            let mut found = p.atom()?;
            while let Some(more) = p.trailer(&found) {
                found = more;
            }
            Some(found)
        })
    }

    /// `.name`, a call or a subscript behind a primary.
    pub(super) fn trailer(&mut self, base: &N) -> Option<N> {
        let start = base.start;
        self.attempt(|p| {
            if p.eat(".") {
                p.name()?;
                return Some(p.node(Shape::Attribute, start));
            }
            if p.is("(") {
                if let Some(argument) = p.genexp() {
                    return Some(p.node_of(Shape::Call, start, vec![argument]));
                }
                p.eat("(");
                p.arguments();
                return p.eat(")").then(|| p.node(Shape::Call, start));
            }
            if p.eat("[") {
                p.slices()?;
                return p.eat("]").then(|| p.node(Shape::Subscript, start));
            }
            None
        })
    }

    pub(super) fn slices(&mut self) -> Option<N> {
        let start = self.pos;
        if let Some(found) = self.attempt(|p| p.slice().filter(|_| !p.is(","))) {
            return Some(found);
        }
        let items = self.commas(|p| match p.slice() {
            None => p.starred_expression(),
            found => found,
        })?;
        self.eat(",");
        Some(self.node_of(Shape::Tuple, start, items))
    }

    fn slice(&mut self) -> Option<N> {
        let start = self.pos;
        let found = self.attempt(|p| {
            p.expression();
            if !p.eat(":") {
                return None;
            }
            p.expression();
            if p.eat(":") {
                p.expression();
            }
            Some(p.node(Shape::Other, start))
        });
        match found {
            None => self.attempt(|p| p.named_expression()),
            found => found,
        }
    }
}
