//! `match`.
//!
//! Everything a pattern needs stands on temporaries from a base up and stays until the
//! pattern has matched or failed. Failing with `n` of them in use jumps to the n-th
//! of a row of labels, behind each of which one more is cleared.

use super::Codegen;
use super::operators::small_int;
use super::unit::{Label, Reg};
use crate::ast::{Expr, ExprKind, MatchCase, Name, Pattern, PatternKind};
use crate::errors::Compile;
use krait_bytecode::op::JUMP_SENSE;
use krait_bytecode::{Const, Op, Position};

/// A pattern being matched.
struct Attempt {
    /// First of its temporaries.
    base: u32,
    /// Where to go when failing with so many temporaries in use.
    fails: Vec<Option<Label>>,
    /// Names captured so far and where their values stand.
    captures: Vec<(Name, Reg)>,
}

impl Attempt {
    fn new(base: u32) -> Attempt {
        Attempt {
            base,
            fails: Vec::new(),
            captures: Vec::new(),
        }
    }
}

fn is_wildcard(pattern: &Pattern) -> bool {
    matches!(
        pattern.kind,
        PatternKind::MatchAs {
            pattern: None,
            name: None
        }
    )
}

fn is_star_wildcard(pattern: &Pattern) -> bool {
    matches!(pattern.kind, PatternKind::MatchStar(None))
}

/// The text of the error for a pattern that always matches, unless it comes last.
fn irrefutable(pattern: &Pattern) -> Option<String> {
    match &pattern.kind {
        PatternKind::MatchAs {
            pattern: None,
            name: None,
        } => Some("wildcard makes remaining patterns unreachable".into()),
        PatternKind::MatchAs {
            pattern: None,
            name: Some(name),
        } => Some(format!(
            "name capture '{name}' makes remaining patterns unreachable"
        )),
        PatternKind::MatchAs {
            pattern: Some(inner),
            ..
        } => irrefutable(inner),
        PatternKind::MatchOr(list) => list.last().and_then(irrefutable),
        _ => None,
    }
}

/// A constant such that equal keys are the same: `0`, `False`, `0.0` and `0j` are.
fn plain_number(value: &Const) -> Const {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let whole = |x: f64| x.fract() == 0.0 && x.abs() < EXACT;
    match *value {
        Const::Bool(truth) => Const::Int(truth.into()),
        Const::Float(x) if whole(x) => Const::Int(x as i64),
        Const::Complex(x, 0.0) if whole(x) => Const::Int(x as i64),
        Const::Complex(x, 0.0) => Const::Float(x),
        _ => value.clone(),
    }
}

impl<'a> Codegen<'a> {
    pub(super) fn match_stmt(&mut self, subject: &'a Expr, cases: &'a [MatchCase]) -> Compile<()> {
        let mark = self.mark();
        let guarded = cases.iter().any(|case| case.guard.is_some());
        let mut register = self.operand(subject)?;
        if !register.is_temp() {
            // The line is reached though nothing is done in it.
            self.at(subject.at);
            self.u().emit(Op::NOP, 0, 0, 0, 0);
        }
        if guarded && !register.is_temp() {
            // A guard runs after the captures are bound; they may rebind the subject.
            let copy = self.temp();
            self.emit(Op::COPY, copy, register, Reg(0));
            register = copy;
        }
        let end = self.u().label();
        for (i, case) in cases.iter().enumerate() {
            let last = i + 1 == cases.len();
            if !last
                && case.guard.is_none()
                && let Some(message) = irrefutable(&case.pattern)
            {
                return self.error(case.pattern.at, message);
            }
            let next = self.u().label();
            self.case(case, register, next)?;
            self.u().at = Position::NONE;
            self.jump(end);
            self.u().place(next);
        }
        if register.is_temp() {
            self.u().at = Position::NONE;
            self.clear(register);
        }
        self.release(mark);
        self.u().place(end);
        Ok(())
    }

    fn case(&mut self, case: &'a MatchCase, subject: Reg, next: Label) -> Compile<()> {
        let base = self.mark();
        let mut attempt = Attempt::new(base);
        self.at(case.pattern.at);
        if is_wildcard(&case.pattern) && case.guard.is_none() {
            self.u().emit(Op::NOP, 0, 0, 0, 0);
        }
        self.pattern(&case.pattern, subject, &mut attempt)?;
        self.bind_captures(&attempt, case.pattern.at);
        if let Some(guard) = &case.guard {
            self.note_walrus(&[guard]);
            self.jump_if(guard, next, false)?;
        }
        // The failing side is laid out behind the body.
        if subject.is_temp() {
            self.u().at = Position::NONE;
            self.clear(subject);
        }
        let top = self.mark();
        self.conditional_body(&case.body)?;
        self.release(top);
        let end = self.u().label();
        self.u().at = Position::NONE;
        self.jump(end);
        self.place_fails(&attempt, next);
        self.u().place(end);
        Ok(())
    }

    /// Moves captured values to their names and drops all else of the pattern.
    fn bind_captures(&mut self, attempt: &Attempt, at: Position) {
        self.at(at);
        for (i, (name, register)) in attempt.captures.iter().enumerate() {
            let again = attempt.captures[i + 1..]
                .iter()
                .any(|later| later.1 == *register);
            if again && register.is_temp() {
                let copy = self.temp();
                self.emit(Op::COPY, copy, *register, Reg(0));
                self.store_name(name, copy);
                self.release(copy.index());
            } else {
                self.store_name(name, *register);
            }
        }
        self.drop_down_to(attempt.base);
    }

    /// Clears the temporaries from `base` up and frees them.
    fn drop_down_to(&mut self, base: u32) {
        let count = self.mark() - base;
        match count {
            0 => {}
            1 => self.clear(Reg::temp(base)),
            _ => self
                .u()
                .emit(Op::CLEAR_RANGE, 0, Reg::temp(base).0, count, 0),
        }
        self.release(base);
    }

    fn place_fails(&mut self, attempt: &Attempt, next: Label) {
        self.u().at = Position::NONE;
        for (count, label) in attempt.fails.iter().enumerate().rev() {
            if let Some(label) = label {
                self.u().place(*label);
            }
            if count > 0 {
                self.clear(Reg::temp(attempt.base + count as u32 - 1));
            }
        }
        self.jump(next);
    }

    /// Where to go when failing now.
    fn fail(&mut self, attempt: &mut Attempt) -> Label {
        let count = (self.mark() - attempt.base) as usize;
        if attempt.fails.len() <= count {
            attempt.fails.resize(count + 1, None);
        }
        if let Some(label) = attempt.fails[count] {
            return label;
        }
        let label = self.u().label();
        attempt.fails[count] = Some(label);
        label
    }

    /// The subject for an instruction that consumes temporaries.
    fn subject(&mut self, subject: Reg) -> Reg {
        if !subject.is_temp() {
            return subject;
        }
        let copy = self.temp();
        self.emit(Op::COPY, copy, subject, Reg(0));
        copy
    }

    fn capture(
        &mut self,
        name: &Name,
        register: Reg,
        attempt: &mut Attempt,
        at: Position,
    ) -> Compile<()> {
        if attempt.captures.iter().any(|capture| capture.0 == *name) {
            return self.error(
                at,
                format!("multiple assignments to name '{name}' in pattern"),
            );
        }
        attempt.captures.push((name.clone(), register));
        Ok(())
    }

    fn pattern(&mut self, p: &'a Pattern, subject: Reg, attempt: &mut Attempt) -> Compile<()> {
        self.at(p.at);
        match &p.kind {
            PatternKind::MatchValue(value) => self.match_value(value, subject, attempt, p.at),
            PatternKind::MatchSingleton(value) => {
                self.match_singleton(value, subject, attempt);
                Ok(())
            }
            PatternKind::MatchSequence(list) => self.match_sequence(list, subject, attempt, p.at),
            PatternKind::MatchMapping {
                keys,
                patterns,
                rest,
            } => self.match_mapping(keys, patterns, rest.as_ref(), subject, attempt, p.at),
            PatternKind::MatchClass {
                cls,
                patterns,
                kwd_attrs,
                kwd_patterns,
            } => self.match_class(
                cls,
                patterns,
                kwd_attrs,
                kwd_patterns,
                subject,
                attempt,
                p.at,
            ),
            PatternKind::MatchStar(_) => {
                self.error(p.at, "starred pattern outside a sequence pattern")
            }
            PatternKind::MatchAs { pattern, name } => {
                if let Some(inner) = pattern {
                    self.pattern(inner, subject, attempt)?;
                }
                let Some(name) = name else { return Ok(()) };
                self.at(p.at);
                let register = match subject.is_temp() && subject.index() < attempt.base {
                    // The match statement's own subject is still needed.
                    true => {
                        let copy = self.temp();
                        self.emit(Op::COPY, copy, subject, Reg(0));
                        copy
                    }
                    false => subject,
                };
                self.capture(name, register, attempt, p.at)
            }
            PatternKind::MatchOr(list) => self.match_or(list, subject, attempt, p.at),
        }
    }

    fn match_value(
        &mut self,
        value: &'a Expr,
        subject: Reg,
        attempt: &mut Attempt,
        at: Position,
    ) -> Compile<()> {
        let literal = matches!(
            &value.kind,
            ExprKind::Constant { .. }
                | ExprKind::Attribute { .. }
                | ExprKind::UnaryOp { .. }
                | ExprKind::BinOp { .. }
        );
        if !literal {
            return self.error(at, "patterns may only match literals and attribute lookups");
        }
        let mark = self.mark();
        let subject = self.subject(subject);
        let (op, b) = if let Some(number) = small_int(value) {
            (Op::JUMP_IF_EQ_IMM, number)
        } else if let Some(index) = self.operand_const(value) {
            (Op::JUMP_IF_EQ_CONST, index)
        } else {
            (Op::JUMP_IF_EQ, self.operand(value)?.0)
        };
        self.release(mark);
        let fail = self.fail(attempt);
        self.at(at);
        self.u().push(op, 0, subject.0, b, 0, Some(fail), 0);
        Ok(())
    }

    fn match_singleton(&mut self, value: &Const, subject: Reg, attempt: &mut Attempt) {
        let mark = self.mark();
        let subject = self.subject(subject);
        if *value == Const::None {
            self.release(mark);
            let fail = self.fail(attempt);
            self.u()
                .push(Op::JUMP_IF_NOT_NONE, 0, subject.0, 0, 0, Some(fail), 0);
            return;
        }
        let constant = self.temp();
        self.load_const(value, constant);
        self.release(mark);
        let fail = self.fail(attempt);
        self.u()
            .push(Op::JUMP_IF_IS, 0, subject.0, constant.0, 0, Some(fail), 0);
    }

    /// Fails unless len(subject) compares so with a number.
    fn match_length(
        &mut self,
        op: Op,
        flag: u8,
        number: usize,
        subject: Reg,
        attempt: &mut Attempt,
    ) {
        let length = self.temp();
        self.emit(Op::GET_LEN, length, subject, Reg(0));
        self.release(length.index());
        let fail = self.fail(attempt);
        self.u()
            .push(op, flag, length.0, number as u32, 0, Some(fail), 0);
    }

    fn match_sequence(
        &mut self,
        list: &'a [Pattern],
        subject: Reg,
        attempt: &mut Attempt,
        at: Position,
    ) -> Compile<()> {
        let mut star = None;
        for (i, p) in list.iter().enumerate() {
            if matches!(p.kind, PatternKind::MatchStar(_)) {
                if star.is_some() {
                    let message = "multiple starred names in sequence pattern";
                    return self.error(at, message);
                }
                star = Some(i);
            }
        }
        let fail = self.fail(attempt);
        self.u()
            .push(Op::JUMP_IF_NOT_SEQUENCE, 0, subject.0, 0, 0, Some(fail), 0);
        let size = list.len();
        if size > i16::MAX as usize {
            return self.error(at, "too many patterns in sequence pattern");
        }
        match star {
            None => {
                self.match_length(Op::JUMP_IF_NE_IMM, JUMP_SENSE, size, subject, attempt);
            }
            Some(_) if size > 1 => {
                self.match_length(Op::JUMP_IF_LT_IMM, JUMP_SENSE, size - 1, subject, attempt);
            }
            Some(_) => {}
        }
        if list.iter().all(|p| is_wildcard(p) || is_star_wildcard(p)) {
            return Ok(());
        }
        if star.is_some_and(|i| is_star_wildcard(&list[i])) {
            return self.match_items(list, star.unwrap_or(0), subject, attempt, at);
        }
        let items = self.u().temps(size as u32);
        // The source stands above the items, which are written from the lowest up.
        let source = self.subject(subject);
        match star {
            None => self
                .u()
                .emit(Op::UNPACK_SEQUENCE, 0, items.0, source.0, size as u32),
            Some(before) => {
                if before > 255 {
                    let message = "too many expressions in star-unpacking sequence pattern";
                    return self.error(at, message);
                }
                let after = (size - before - 1) as u32;
                self.u()
                    .emit(Op::UNPACK_EX, before as u8, items.0, source.0, after);
            }
        }
        self.release(items.index() + size as u32);
        for (i, p) in list.iter().enumerate() {
            let item = items.plus(i as u32);
            match &p.kind {
                PatternKind::MatchStar(Some(name)) => self.capture(name, item, attempt, p.at)?,
                PatternKind::MatchStar(None) => {}
                _ => self.pattern(p, item, attempt)?,
            }
        }
        Ok(())
    }

    /// `[a, *_, b]`: only the items that matter are fetched.
    fn match_items(
        &mut self,
        list: &'a [Pattern],
        star: usize,
        subject: Reg,
        attempt: &mut Attempt,
        at: Position,
    ) -> Compile<()> {
        for (i, p) in list.iter().enumerate() {
            if is_wildcard(p) || i == star {
                continue;
            }
            let item = self.temp();
            self.at(at);
            let source = self.subject(subject);
            if i < star {
                self.u()
                    .emit(Op::LOAD_SUBSCR_IMM, 0, item.0, source.0, i as u32);
            } else {
                let index = self.temp();
                self.emit(Op::GET_LEN, index, source, Reg(0));
                let back = (list.len() - i) as u32;
                self.u().emit(Op::SUB_IMM, 0, index.0, index.0, back);
                self.emit(Op::LOAD_SUBSCR, item, source, index);
            }
            self.release(item.index() + 1);
            self.pattern(p, item, attempt)?;
        }
        Ok(())
    }

    fn match_mapping(
        &mut self,
        keys: &'a [Expr],
        patterns: &'a [Pattern],
        rest: Option<&'a Name>,
        subject: Reg,
        attempt: &mut Attempt,
        at: Position,
    ) -> Compile<()> {
        let mut seen: Vec<Const> = Vec::new();
        for key in keys {
            let Some(value) = key.as_const() else {
                if matches!(key.kind, ExprKind::Attribute { .. }) {
                    continue;
                }
                let message = "mapping pattern keys may only match literals and attribute lookups";
                return self.error(at, message);
            };
            let plain = plain_number(value);
            if seen.contains(&plain) {
                let shown = krait_bytecode::disasm::show_const(value).replace('"', "'");
                return self.error(
                    at,
                    format!("mapping pattern checks duplicate key ({shown})"),
                );
            }
            seen.push(plain);
        }
        let fail = self.fail(attempt);
        self.u()
            .push(Op::JUMP_IF_NOT_MAPPING, 0, subject.0, 0, 0, Some(fail), 0);
        if keys.is_empty() && rest.is_none() {
            return Ok(());
        }
        let size = keys.len();
        if size > 0 {
            self.match_length(Op::JUMP_IF_LT_IMM, JUMP_SENSE, size, subject, attempt);
        }
        let tuple = self.temp();
        let first = self.mark();
        for key in keys {
            self.push(key)?;
        }
        self.release(first);
        self.at(at);
        self.u()
            .emit(Op::BUILD_TUPLE, 0, tuple.0, Reg::temp(first).0, size as u32);
        let values = self.temp();
        self.emit(Op::MATCH_KEYS, values, subject, tuple);
        self.unpack_matched(values, size, attempt);
        let items = Reg::temp(self.mark() - size as u32);
        for (i, p) in patterns.iter().enumerate() {
            self.pattern(p, items.plus(i as u32), attempt)?;
        }
        if let Some(name) = rest {
            self.at(at);
            let dict = self.temp();
            self.u().emit(Op::BUILD_MAP, 0, dict.0, dict.plus(1).0, 0);
            let source = self.subject(subject);
            self.emit(Op::DICT_UPDATE, dict, source, Reg(0));
            self.release(dict.index() + 1);
            for i in 0..size {
                let key = self.temp();
                self.emit(Op::COPY, key, tuple, Reg(0));
                self.u()
                    .emit(Op::LOAD_SUBSCR_IMM, 0, key.0, key.0, i as u32);
                let copy = self.temp();
                self.emit(Op::COPY, copy, dict, Reg(0));
                self.emit(Op::DELETE_SUBSCR, copy, key, Reg(0));
                self.release(key.index());
            }
            self.capture(name, dict, attempt, at)?;
        }
        Ok(())
    }

    /// `values` holds a tuple or None: fails on None, else its items go to the next temporaries.
    fn unpack_matched(&mut self, values: Reg, size: usize, attempt: &mut Attempt) {
        let test = self.temp();
        self.emit(Op::COPY, test, values, Reg(0));
        self.release(test.index());
        let fail = self.fail(attempt);
        self.u()
            .push(Op::JUMP_IF_NONE, 0, test.0, 0, 0, Some(fail), 0);
        let items = self.u().temps(size as u32);
        let source = self.temp();
        self.emit(Op::COPY, source, values, Reg(0));
        self.u()
            .emit(Op::UNPACK_SEQUENCE, 0, items.0, source.0, size as u32);
        self.release(source.index());
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of a class pattern")]
    fn match_class(
        &mut self,
        cls: &'a Expr,
        patterns: &'a [Pattern],
        attrs: &'a [(Name, Position)],
        kwd_patterns: &'a [Pattern],
        subject: Reg,
        attempt: &mut Attempt,
        at: Position,
    ) -> Compile<()> {
        for (i, (attr, place)) in attrs.iter().enumerate() {
            if attrs[..i].iter().any(|before| before.0 == *attr) {
                let message = format!("attribute name repeated in class pattern: {attr}");
                return self.error(*place, message);
            }
        }
        let matched = self.temp();
        let base = self.temp();
        self.emit(Op::COPY, base, subject, Reg(0));
        self.push(cls)?;
        let names = self.temp();
        self.at(at);
        self.load_const(&Self::names_tuple(attrs.iter().map(|attr| &attr.0)), names);
        self.u()
            .emit(Op::MATCH_CLASS, 0, matched.0, base.0, patterns.len() as u32);
        self.release(base.index());
        let size = patterns.len() + attrs.len();
        self.unpack_matched(matched, size, attempt);
        let items = Reg::temp(self.mark() - size as u32);
        for (i, p) in patterns.iter().chain(kwd_patterns).enumerate() {
            self.pattern(p, items.plus(i as u32), attempt)?;
        }
        Ok(())
    }

    fn match_or(
        &mut self,
        list: &'a [Pattern],
        subject: Reg,
        attempt: &mut Attempt,
        at: Position,
    ) -> Compile<()> {
        let mut names: Vec<Name> = Vec::new();
        if let Some(first) = list.first() {
            captured_names(first, &mut names);
        }
        names.sort_unstable();
        // The captures of whichever alternative matches; None until then.
        let slots = self.u().temps(names.len() as u32);
        for i in 0..names.len() {
            self.load_const(&Const::None, slots.plus(i as u32));
        }
        let done = self.u().label();
        for (i, alternative) in list.iter().enumerate() {
            let last = i + 1 == list.len();
            if !last && let Some(message) = irrefutable(alternative) {
                return self.error(alternative.at, message);
            }
            let mut inner = Attempt::new(self.mark());
            self.pattern(alternative, subject, &mut inner)?;
            let mut found: Vec<Name> = inner.captures.iter().map(|c| c.0.clone()).collect();
            found.sort_unstable();
            if found != names {
                return self.error(at, "alternative patterns bind different names");
            }
            for (name, register) in &inner.captures {
                let index = names.iter().position(|other| other == name).unwrap_or(0);
                let slot = slots.plus(index as u32);
                self.clear(slot);
                self.emit(Op::COPY, slot, *register, Reg(0));
            }
            self.drop_down_to(inner.base);
            self.u().at = Position::NONE;
            self.jump(done);
            let next = self.u().label();
            self.place_fails(&inner, next);
            self.u().place(next);
        }
        let fail = self.fail(attempt);
        self.jump(fail);
        self.u().place(done);
        for (i, name) in names.iter().enumerate() {
            self.capture(name, slots.plus(i as u32), attempt, at)?;
        }
        Ok(())
    }
}

fn captured_names(pattern: &Pattern, names: &mut Vec<Name>) {
    match &pattern.kind {
        PatternKind::MatchAs { pattern, name } => {
            if let Some(inner) = pattern {
                captured_names(inner, names);
            }
            names.extend(name.clone());
        }
        PatternKind::MatchStar(name) => names.extend(name.clone()),
        PatternKind::MatchSequence(list) => list.iter().for_each(|p| captured_names(p, names)),
        PatternKind::MatchMapping { patterns, rest, .. } => {
            patterns.iter().for_each(|p| captured_names(p, names));
            names.extend(rest.clone());
        }
        PatternKind::MatchClass {
            patterns,
            kwd_patterns,
            ..
        } => {
            patterns
                .iter()
                .chain(kwd_patterns)
                .for_each(|p| captured_names(p, names));
        }
        PatternKind::MatchOr(list) => {
            if let Some(first) = list.first() {
                captured_names(first, names);
            }
        }
        PatternKind::MatchValue(_) | PatternKind::MatchSingleton(_) => {}
    }
}
