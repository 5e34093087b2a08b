//! `with` and `async with`.

use super::Codegen;
use super::unit::{Block, Reg};
use crate::ast::{Stmt, WithItem};
use crate::errors::Compile;
use krait_bytecode::op::{CALL_DISCARD, SEND_AWAIT};
use krait_bytecode::{Const, Op, Position, Special};

impl<'a> Codegen<'a> {
    pub(super) fn with_stmt(
        &mut self,
        items: &'a [WithItem],
        body: &'a [Stmt],
        is_async: bool,
        at: Position,
    ) -> Compile<()> {
        if is_async {
            self.check_async("async with", at)?;
        }
        let Some((item, rest)) = items.split_first() else {
            return self.conditional_body(body);
        };
        let mark = self.mark();
        let place = item.context_expr.at;
        let exit = self.enter_context(item, is_async)?;
        let outer = self.u().handler;
        let (failed, end) = (self.u().label(), self.u().label());
        // The value of __enter__ stands above the pair.
        let value = Reg::temp(mark + 2);
        self.u().handler = self.u().new_handler(failed, mark + 2, true);
        self.push_block(
            Block::With {
                exit,
                is_async,
                handler: outer,
                at: place,
            },
            at,
        )?;
        if let Some(target) = &item.optional_vars {
            self.u().top = mark + 3;
            self.assign(target, value)?;
            // Storing to a local joins the call.
            self.u().emit(Op::NOP, 0, 0, 0, 0);
        }
        self.release(mark + 2);
        if rest.is_empty() {
            self.conditional_body(body)?;
        } else {
            self.with_stmt(rest, body, is_async, at)?;
        }
        self.u().blocks.pop();
        self.u().handler = outer;
        self.at(place);
        self.release(mark);
        self.call_exit(exit, is_async);
        self.u().at = Position::NONE;
        self.jump(end);
        self.u().place(failed);
        self.with_failed(mark, outer, is_async, place);
        self.u().place(end);
        self.release(mark);
        Ok(())
    }

    /// Looks up `__exit__`, which stays on two temporaries, and calls `__enter__`.
    fn enter_context(&mut self, item: &'a WithItem, is_async: bool) -> Compile<Reg> {
        let exit = self.u().temps(2);
        let value = self.u().temp();
        let keep = item.optional_vars.is_some();
        let context = self.operand(&item.context_expr)?;
        let enter = self.u().temps(2);
        self.at(item.context_expr.at);
        let (first, second) = match is_async {
            true => (Special::AExit, Special::AEnter),
            false => (Special::Exit, Special::Enter),
        };
        self.u()
            .emit(Op::LOAD_SPECIAL, 0, exit.0, context.0, first as u32);
        self.u()
            .emit(Op::LOAD_SPECIAL, 0, enter.0, context.0, second as u32);
        if context.is_temp() {
            self.clear(context);
        }
        let discard = if keep || is_async { 0 } else { CALL_DISCARD };
        self.u().emit(Op::CALL_METHOD, discard, value.0, enter.0, 0);
        if is_async {
            self.u().top = value.index() + 1;
            self.u().emit(Op::GET_AWAITABLE, 1, value.0, value.0, 0);
            self.send(value, SEND_AWAIT);
            if !keep {
                self.clear(value);
            }
        }
        Ok(exit)
    }

    /// Calls the pair with three Nones; consumes it. The temporaries from it up are free.
    pub(super) fn call_exit(&mut self, pair: Reg, is_async: bool) {
        self.u().top = pair.index() + 2;
        for _ in 0..3 {
            let none = self.temp();
            self.load_const(&Const::None, none);
        }
        self.release(pair.index());
        if !is_async {
            self.call_pair_discarding(pair, 3);
            return;
        }
        let result = self.temp();
        self.u().emit(Op::CALL_METHOD, 0, result.0, pair.0, 3);
        self.u().emit(Op::GET_AWAITABLE, 2, result.0, result.0, 0);
        self.send(result, SEND_AWAIT);
        self.clear(result);
        self.release(pair.index());
    }

    /// The handler: pair at `mark`, then lasti, exception, saved exception.
    fn with_failed(&mut self, mark: u32, outer: u32, is_async: bool, at: Position) {
        let (exit, lasti, exc, saved) = (
            Reg::temp(mark),
            Reg::temp(mark + 2),
            Reg::temp(mark + 3),
            Reg::temp(mark + 4),
        );
        self.release(mark);
        self.u().temps(5);
        let failed = self.u().label();
        self.at(at);
        self.emit(Op::PUSH_EXC_INFO, saved, exc, Reg(0));
        self.u().handler = self.u().new_handler(failed, mark + 5, true);
        let call = self.u().temps(5);
        self.emit(Op::COPY, call, exit, Reg(0));
        self.emit(Op::COPY, call.plus(1), exit.plus(1), Reg(0));
        self.emit(Op::LOAD_EXC_TRIPLE, call.plus(2), exc, Reg(0));
        self.release(call.index() + 1);
        self.u().emit(Op::CALL_METHOD, 0, call.0, call.0, 3);
        if is_async {
            self.u().emit(Op::GET_AWAITABLE, 2, call.0, call.0, 0);
            self.send(call, SEND_AWAIT);
        }
        let swallow = self.u().label();
        self.u()
            .push(Op::JUMP_IF_TRUE, 0, call.0, 0, 0, Some(swallow), 0);
        self.u().handler = outer;
        self.emit(Op::POP_EXCEPT, saved, Reg(0), Reg(0));
        self.emit(Op::RERAISE, exc, lasti, Reg(0));
        // __exit__ itself raised.
        self.u().place(failed);
        self.u().at = Position::NONE;
        self.emit(Op::POP_EXCEPT, saved, Reg(0), Reg(0));
        self.emit(
            Op::RERAISE,
            Reg::temp(mark + 6),
            Reg::temp(mark + 5),
            Reg(0),
        );
        self.u().place(swallow);
        self.at(at);
        self.u().emit(Op::CLEAR_RANGE, 0, exit.0, 4, 0);
        self.emit(Op::POP_EXCEPT, saved, Reg(0), Reg(0));
    }
}
