//! `try`.
//!
//! A handler finds the exception in its first temporary and saves the exception
//! handled so far in the next; code that runs meanwhile is covered by a second
//! handler, which restores it.

use super::Codegen;
use super::unit::{Block, Label, Reg};
use crate::ast::{ExceptHandler, Try};
use crate::errors::Compile;
use krait_bytecode::{Intrinsic, Op, Position};

impl<'a> Codegen<'a> {
    pub(super) fn try_stmt(&mut self, t: &'a Try, at: Position) -> Compile<()> {
        self.u().emit(Op::NOP, 0, 0, 0, 0);
        if t.finalbody.is_empty() {
            self.try_handlers(t, at)
        } else {
            self.try_finally(t, at)
        }
    }

    fn try_handlers(&mut self, t: &'a Try, at: Position) -> Compile<()> {
        if t.is_star {
            self.try_star(t, at)
        } else {
            self.try_except(t, at)
        }
    }

    /// Restores the saved exception and raises the new one that stands behind it.
    fn restore_and_reraise(&mut self, saved: Reg, lasti: u32) {
        self.u().at = Position::NONE;
        self.emit(Op::POP_EXCEPT, saved, Reg(0), Reg(0));
        self.emit(Op::RERAISE, Reg::temp(lasti + 1), Reg::temp(lasti), Reg(0));
    }

    fn try_finally(&mut self, t: &'a Try, at: Position) -> Compile<()> {
        let outer = self.u().handler;
        let depth = self.mark();
        let (failed, again, end) = (self.u().label(), self.u().label(), self.u().label());
        self.u().handler = self.u().new_handler(failed, depth, false);
        self.push_block(
            Block::Finally {
                body: &t.finalbody,
                handler: outer,
            },
            at,
        )?;
        if t.handlers.is_empty() {
            self.conditional_body(&t.body)?;
        } else {
            self.try_handlers(t, at)?;
        }
        self.u().blocks.pop();
        self.u().handler = outer;
        self.conditional_body(&t.finalbody)?;
        self.u().at = Position::NONE;
        self.jump(end);

        self.u().place(failed);
        let (exc, saved) = (self.temp(), self.temp());
        self.u().at = Position::NONE;
        self.emit(Op::PUSH_EXC_INFO, saved, exc, Reg(0));
        self.u().handler = self.u().new_handler(again, depth + 2, true);
        self.push_block(
            Block::FinallyEnd {
                exc,
                saved,
                handler: outer,
            },
            at,
        )?;
        self.conditional_body(&t.finalbody)?;
        self.u().blocks.pop();
        self.u().handler = outer;
        self.u().at = Position::NONE;
        self.emit(Op::POP_EXCEPT, saved, Reg(0), Reg(0));
        self.emit(Op::RERAISE, exc, Reg::NONE, Reg(0));
        self.u().place(again);
        self.restore_and_reraise(saved, depth + 2);
        self.release(depth);
        self.u().place(end);
        Ok(())
    }

    fn try_except(&mut self, t: &'a Try, at: Position) -> Compile<()> {
        let outer = self.u().handler;
        let depth = self.mark();
        let (failed, end) = (self.u().label(), self.u().label());
        self.u().handler = self.u().new_handler(failed, depth, false);
        self.push_block(Block::Try { handler: outer }, at)?;
        self.conditional_body(&t.body)?;
        self.u().blocks.pop();
        self.u().handler = outer;
        self.conditional_body(&t.orelse)?;
        self.u().at = Position::NONE;
        self.jump(end);

        self.u().place(failed);
        let (exc, saved) = (self.temp(), self.temp());
        self.emit(Op::PUSH_EXC_INFO, saved, exc, Reg(0));
        // While clauses are tried the exception is live; in a clause's body it is not.
        let (in_match, in_body) = (self.u().label(), self.u().label());
        let matching = self.u().new_handler(in_match, depth + 2, true);
        let running = self.u().new_handler(in_body, depth + 2, true);
        for clause in &t.handlers {
            self.u().handler = matching;
            let next = self.u().label();
            self.at(clause.at);
            if let Some(typ) = &clause.typ {
                self.note_walrus(&[typ]);
                let mark = self.mark();
                let class = self.operand(typ)?;
                self.release(mark);
                self.at(clause.at);
                let op = Op::JUMP_IF_NOT_EXC_MATCH;
                self.u().push(op, 0, exc.0, class.0, 0, Some(next), 0);
            }
            self.except_body(clause, exc, saved, outer, running, in_body, end)?;
            self.u().place(next);
        }
        self.u().handler = outer;
        // Where no clause fits, the frame stays on the line of the last one.
        self.u().at = match t.handlers.last().and_then(|clause| clause.typ.as_ref()) {
            Some(typ) => typ.at,
            None => Position::NONE,
        };
        self.emit(Op::POP_EXCEPT, saved, Reg(0), Reg(0));
        self.emit(Op::RERAISE, exc, Reg::NONE, Reg(0));
        self.u().place(in_match);
        self.restore_and_reraise(saved, depth + 2);
        self.u().place(in_body);
        self.restore_and_reraise(saved, depth + 2);
        self.release(depth);
        self.u().place(end);
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "the state of the try statement")]
    fn except_body(
        &mut self,
        clause: &'a ExceptHandler,
        exc: Reg,
        saved: Reg,
        outer: u32,
        running: u32,
        in_body: Label,
        end: Label,
    ) -> Compile<()> {
        let name = clause.name.as_ref();
        let mut named_failed = None;
        self.at(clause.at);
        match name {
            None => self.clear(exc),
            Some(name) if self.local_of(name).is_some() => self.store_name(name, exc),
            Some(name) => {
                let copy = self.temp();
                self.emit(Op::COPY, copy, exc, Reg(0));
                self.store_name(name, copy);
                self.release(copy.index());
                self.clear(exc);
            }
        }
        self.u().handler = running;
        if name.is_some() {
            let label = self.u().label();
            self.u().handler = self.u().new_handler(label, saved.index() + 1, true);
            named_failed = Some(label);
        }
        self.push_block(
            Block::Handler {
                saved,
                name,
                handler: outer,
            },
            clause.at,
        )?;
        self.conditional_body(&clause.body)?;
        self.u().blocks.pop();
        self.u().handler = outer;
        self.u().at = Position::NONE;
        self.emit(Op::POP_EXCEPT, saved, Reg(0), Reg(0));
        if let Some(name) = name {
            self.forget_name(name);
        }
        self.jump(end);
        if let (Some(label), Some(name)) = (named_failed, name) {
            self.u().place(label);
            self.u().handler = running;
            let mark = self.mark();
            self.u().temps(2);
            self.forget_name(name);
            self.release(mark);
            self.jump(in_body);
            self.u().handler = outer;
        }
        Ok(())
    }

    fn try_star(&mut self, t: &'a Try, at: Position) -> Compile<()> {
        let outer = self.u().handler;
        let depth = self.mark();
        let (failed, again, end) = (self.u().label(), self.u().label(), self.u().label());
        self.u().handler = self.u().new_handler(failed, depth, false);
        self.push_block(Block::Try { handler: outer }, at)?;
        self.conditional_body(&t.body)?;
        self.u().blocks.pop();
        self.u().handler = outer;
        self.conditional_body(&t.orelse)?;
        self.u().at = Position::NONE;
        self.jump(end);

        self.u().place(failed);
        // What is left of the group, the handled exception before, the group, what was raised.
        let (rest, saved, original, raised) = (self.temp(), self.temp(), self.temp(), self.temp());
        self.emit(Op::PUSH_EXC_INFO, saved, rest, Reg(0));
        self.emit(Op::COPY, original, rest, Reg(0));
        let first = Reg::temp(self.mark());
        self.u().emit(Op::BUILD_LIST, 0, raised.0, first.0, 0);
        let matching = self.u().new_handler(again, depth + 4, true);
        for clause in &t.handlers {
            self.u().handler = matching;
            self.star_clause(clause, rest, raised)?;
        }
        self.u().handler = matching;
        self.u().at = Position::NONE;
        let copy = self.temp();
        self.emit(Op::COPY, copy, rest, Reg(0));
        self.emit(Op::LIST_APPEND, raised, copy, Reg(0));
        self.release(copy.index());
        self.u().handler = outer;
        self.clear(rest);
        let id = Intrinsic::PrepReraiseStar as u32;
        self.u()
            .emit(Op::CALL_INTRINSIC, 0, original.0, original.0, id);
        let reraise = self.u().label();
        let copy = raised;
        self.emit(Op::COPY, copy, original, Reg(0));
        self.u()
            .push(Op::JUMP_IF_NOT_NONE, 0, copy.0, 0, 0, Some(reraise), 0);
        self.clear(original);
        self.emit(Op::POP_EXCEPT, saved, Reg(0), Reg(0));
        self.jump(end);
        self.u().place(reraise);
        self.emit(Op::POP_EXCEPT, saved, Reg(0), Reg(0));
        self.emit(Op::RERAISE, original, Reg::NONE, Reg(0));
        self.u().place(again);
        self.restore_and_reraise(saved, depth + 4);
        self.release(depth);
        self.u().place(end);
        Ok(())
    }

    fn star_clause(&mut self, clause: &'a ExceptHandler, rest: Reg, raised: Reg) -> Compile<()> {
        let Some(typ) = &clause.typ else {
            return self.error(clause.at, "expected one or more exception types");
        };
        let mark = self.mark();
        let matching = self.u().handler;
        let (none, next, failed) = (self.u().label(), self.u().label(), self.u().label());
        self.note_walrus(&[typ]);
        let class = self.operand(typ)?;
        self.release(mark);
        let matched = self.temp();
        self.at(clause.at);
        self.emit(Op::CHECK_EG_MATCH, matched, rest, class);
        let copy = self.temp();
        self.emit(Op::COPY, copy, matched, Reg(0));
        self.u()
            .push(Op::JUMP_IF_NONE, 0, copy.0, 0, 0, Some(none), 0);
        self.release(copy.index());
        match &clause.name {
            Some(name) => self.store_name(name, matched),
            None => self.clear(matched),
        }
        self.release(mark);
        self.u().handler = self.u().new_handler(failed, mark, true);
        let name = clause.name.as_ref();
        self.push_block(
            Block::StarHandler {
                name,
                handler: matching,
            },
            clause.at,
        )?;
        self.conditional_body(&clause.body)?;
        self.u().blocks.pop();
        self.u().handler = matching;
        self.u().at = Position::NONE;
        if let Some(name) = name {
            self.forget_name(name);
        }
        self.jump(next);
        // The body raised: note it and go on with the next clause.
        self.u().place(failed);
        let (lasti, exc) = (self.temp(), self.temp());
        if let Some(name) = name {
            self.forget_name(name);
        }
        self.emit(Op::LIST_APPEND, raised, exc, Reg(0));
        self.clear(lasti);
        self.release(mark);
        self.jump(next);
        self.u().place(none);
        self.clear(matched);
        self.u().place(next);
        Ok(())
    }
}
