//! Loops, and leaving blocks early (`break`, `continue`, `return`).

use super::Codegen;
use super::jump::truth;
use super::unit::{Block, Label, Reg};
use crate::ast::{Expr, ExprKind, For, Stmt};
use crate::errors::Compile;
use krait_bytecode::op::SEND_AWAIT;
use krait_bytecode::{Op, Position, flags};

/// More blocks inside each other are an error.
const MAX_BLOCKS: usize = 21;

/// Where FOR_ITER puts the item.
#[derive(Clone, Copy)]
pub(super) enum Target {
    Local(Reg),
    Pair(Reg, Reg),
    Temporary(Reg),
}

impl<'a> Codegen<'a> {
    pub(super) fn push_block(&mut self, block: Block<'a>, at: Position) -> Compile<()> {
        self.check_blocks(at)?;
        self.u().blocks.push(block);
        Ok(())
    }

    /// Whether one more block may be entered.
    pub(super) fn check_blocks(&self, at: Position) -> Compile<()> {
        let unit = self.unit();
        let suspends = flags::GENERATOR | flags::COROUTINE | flags::ASYNC_GENERATOR;
        let around = usize::from(unit.flags & suspends != 0);
        let blocks: usize = unit.blocks.iter().map(Block::weight).sum();
        let comps = unit.comps.iter().filter(|comp| !comp.vars.is_empty());
        if around + blocks + comps.count() >= MAX_BLOCKS {
            return self.error(at, "too many statically nested blocks");
        }
        Ok(())
    }

    pub(super) fn while_stmt(
        &mut self,
        test: &'a Expr,
        body: &'a [Stmt],
        orelse: &'a [Stmt],
    ) -> Compile<()> {
        let (start, next, end) = (self.u().label(), self.u().label(), self.u().label());
        let always = test.as_const().is_some_and(truth);
        self.at(test.at);
        if test.as_const().is_some() {
            self.u().emit(Op::NOP, 0, 0, 0, 0);
        }
        if !always {
            // The test stands behind the body.
            let mut names = Vec::new();
            crate::visit::names(test, &mut names);
            let locals: Vec<Reg> = names
                .iter()
                .filter_map(|name| self.local_of(name))
                .collect();
            self.u().touch(locals);
            self.u().at = Position::NONE;
            self.jump(next);
        }
        self.u().place(start);
        self.push_block(
            Block::Loop {
                next,
                end,
                iter: None,
            },
            test.at,
        )?;
        self.conditional_body(body)?;
        self.u().blocks.pop();
        self.u().place(next);
        if always {
            // Each turn shows the line of the loop.
            self.at(test.at);
            self.jump(start);
        } else {
            self.note_walrus(&[test]);
            self.jump_if(test, start, true)?;
        }
        self.conditional_body(orelse)?;
        self.u().place(end);
        Ok(())
    }

    pub(super) fn for_stmt(&mut self, f: &'a For, at: Position) -> Compile<()> {
        if f.is_async {
            return self.async_for(f, at);
        }
        let mark = self.mark();
        let (start, next, end) = (self.u().label(), self.u().label(), self.u().label());
        let iterable = self.operand(&f.iter)?;
        self.release(mark);
        let iter = self.temp();
        self.at(f.iter.at);
        self.emit(Op::GET_ITER, iter, iterable, Reg(0));
        self.u().at = Position::NONE;
        self.jump(next);
        self.u().place(start);
        let target = self.for_target(&f.target)?;
        self.push_block(
            Block::Loop {
                next,
                end,
                iter: Some(iter),
            },
            at,
        )?;
        self.conditional_body(&f.body)?;
        self.u().blocks.pop();
        self.u().place(next);
        self.at(f.iter.at);
        self.for_iter(target, iter, start);
        self.release(mark);
        self.conditional_body(&f.orelse)?;
        self.u().place(end);
        Ok(())
    }

    /// Decides where a loop's item goes; at the start of the body, assigns it if it cannot go
    /// to its target directly.
    pub(super) fn for_target(&mut self, target: &'a Expr) -> Compile<Target> {
        match &target.kind {
            ExprKind::Name { id, .. } => {
                if let Some(local) = self.local_of(id) {
                    self.u().touch([local]);
                    return Ok(Target::Local(local));
                }
            }
            ExprKind::Tuple { elts, .. } | ExprKind::List { elts, .. } => {
                if let Some([first, second]) = self.distinct_locals(elts).as_deref() {
                    self.u().touch([*first, *second]);
                    return Ok(Target::Pair(*first, *second));
                }
            }
            _ => {}
        }
        let item = self.temp();
        self.assign(target, item)?;
        self.release(item.index());
        Ok(Target::Temporary(item))
    }

    pub(super) fn for_iter(&mut self, target: Target, iter: Reg, start: Label) {
        match target {
            Target::Local(dst) | Target::Temporary(dst) => {
                self.u()
                    .push(Op::FOR_ITER, 0, dst.0, iter.0, 0, Some(start), 0);
            }
            Target::Pair(first, second) => {
                let op = Op::FOR_ITER_PAIR;
                self.u()
                    .push(op, 0, first.0, iter.0, 0, Some(start), second.0);
            }
        }
    }

    fn async_for(&mut self, f: &'a For, at: Position) -> Compile<()> {
        self.check_async("async for", at)?;
        let mark = self.mark();
        let (next, done, end) = (self.u().label(), self.u().label(), self.u().label());
        let iterable = self.operand(&f.iter)?;
        self.release(mark);
        let iter = self.temp();
        self.at(f.iter.at);
        self.emit(Op::GET_AITER, iter, iterable, Reg(0));
        self.u().place(next);
        let outer = self.u().handler;
        let depth = self.mark();
        self.u().handler = self.u().new_handler(done, depth, false);
        let item = self.temp();
        self.at(f.iter.at);
        self.emit(Op::GET_ANEXT, item, iter, Reg(0));
        self.send(item, SEND_AWAIT);
        self.u().handler = outer;
        self.assign(&f.target, item)?;
        self.release(depth);
        self.push_block(
            Block::Loop {
                next,
                end,
                iter: Some(iter),
            },
            at,
        )?;
        self.conditional_body(&f.body)?;
        self.u().blocks.pop();
        self.u().at = Position::NONE;
        self.jump(next);
        self.u().place(done);
        self.at(f.iter.at);
        self.emit(Op::END_ASYNC_FOR, Reg::temp(depth), iter, Reg(0));
        self.release(mark);
        self.conditional_body(&f.orelse)?;
        self.u().place(end);
        Ok(())
    }

    /// `async for` and `async with` need a coroutine.
    pub(super) fn check_async(&self, what: &str, at: Position) -> Compile<()> {
        let unit = self.unit();
        let top = self.units.len() == 1 && self.settings.top_level_await;
        if unit.kind == super::unit::UnitKind::AsyncFunction || top {
            return Ok(());
        }
        self.error(at, format!("'{what}' outside async function"))
    }

    pub(super) fn break_stmt(&mut self, at: Position) -> Compile<()> {
        let handler = self.unit().handler;
        let Some((_, end, iter)) = self.unwind_to_loop(at)? else {
            return self.error(at, "'break' outside loop");
        };
        if let Some(iter) = iter {
            self.clear(iter);
        }
        self.jump(end);
        self.u().handler = handler;
        Ok(())
    }

    pub(super) fn continue_stmt(&mut self, at: Position) -> Compile<()> {
        let handler = self.unit().handler;
        let Some((next, _, _)) = self.unwind_to_loop(at)? else {
            return self.error(at, "'continue' not properly in loop");
        };
        self.jump(next);
        self.u().handler = handler;
        Ok(())
    }

    /// Undoes the blocks inside the innermost loop; gives the loop's labels and iterator. The
    /// handler in force is then the loop's: the caller sets it back behind the jump. The
    /// statement shows before the code of the blocks, which has lines of its own, and what
    /// follows that code has none.
    fn unwind_to_loop(&mut self, at: Position) -> Compile<Option<(Label, Label, Option<Reg>)>> {
        let blocks = self.unit().blocks.clone();
        let mut found = None;
        self.at(at);
        self.u().emit(Op::NOP, 0, 0, 0, 0);
        let mut at = at;
        while let Some(block) = self.u().blocks.pop() {
            match block {
                Block::Loop { next, end, iter } => {
                    found = Some((next, end, iter));
                    break;
                }
                block => at = self.unwind(block, at)?,
            }
        }
        self.at(at);
        self.u().blocks = blocks;
        Ok(found)
    }

    /// Undoes all blocks, before a `return`.
    pub(super) fn unwind_all(&mut self, at: Position) -> Compile<()> {
        let blocks = self.unit().blocks.clone();
        let handler = self.unit().handler;
        let mut at = at;
        while let Some(block) = self.u().blocks.pop() {
            at = self.unwind(block, at)?;
        }
        self.u().blocks = blocks;
        self.u().handler = handler;
        Ok(())
    }

    /// Whether undoing the blocks runs code of the program.
    pub(super) fn unwinding_runs_code(&self) -> bool {
        self.unit().blocks.iter().any(|block| match block {
            Block::Finally { .. } => true,
            Block::Handler { name, .. } => name.is_some(),
            _ => false,
        })
    }

    /// Undoes a block; gives the position of what follows.
    fn unwind(&mut self, block: Block<'a>, at: Position) -> Compile<Position> {
        self.at(at);
        let behind = match &block {
            Block::Finally { .. } | Block::With { .. } => Position::NONE,
            _ => at,
        };
        match block {
            Block::Loop { iter, .. } => {
                if let Some(iter) = iter {
                    self.clear(iter);
                }
            }
            Block::Try { handler } => self.u().handler = handler,
            Block::Finally { body, handler } => {
                self.u().handler = handler;
                self.conditional_body(body)?;
            }
            Block::FinallyEnd {
                exc,
                saved,
                handler,
            } => {
                self.u().handler = handler;
                self.clear(exc);
                self.emit(Op::POP_EXCEPT, saved, Reg(0), Reg(0));
            }
            Block::Handler {
                saved,
                name,
                handler,
            } => {
                self.u().handler = handler;
                self.emit(Op::POP_EXCEPT, saved, Reg(0), Reg(0));
                if let Some(name) = name {
                    self.forget_name(name);
                }
            }
            Block::StarHandler { .. } => {
                let message = "'break', 'continue' and 'return' cannot appear in an except* block";
                return self.error(at, message);
            }
            Block::With {
                exit,
                is_async,
                handler,
                at: with,
            } => {
                self.u().handler = handler;
                self.at(with);
                let pair = self.u().temps(2);
                self.move_to(pair, exit);
                self.move_to(pair.plus(1), exit.plus(1));
                self.release(pair.index());
                self.call_exit(pair, is_async);
            }
        }
        Ok(behind)
    }
}
