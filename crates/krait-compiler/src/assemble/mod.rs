//! From the stream of instructions to a finished code object: dead code, threaded
//! jumps, needless checks, layout, exception table, positions.

mod bound;
mod layout;
mod operands;
mod order;
mod peephole;

use crate::codegen::unit::{Inst, Item, Label, Unit, UnitKind};
use crate::errors::{Compile, CompileError, ErrorKind};
use krait_bytecode::{Code, Handler, NO_REG, Op, Position, Positions};
use std::sync::Arc;

/// Room that one code object's assembly leaves to the next.
#[derive(Default)]
pub(crate) struct Room {
    /// For the items of the next code object.
    pub items: Vec<Item>,
    stream: Stream,
}

/// Instructions with labels resolved to indices.
#[derive(Default)]
pub(crate) struct Stream {
    pub insts: Vec<Inst>,
    /// Instruction each label stands before.
    pub labels: Vec<usize>,
    /// Reachable instructions.
    pub alive: Vec<bool>,
    /// The instructions that have a target, and some that had one.
    jumps: Vec<u32>,
}

impl Stream {
    fn fill(&mut self, unit: &Unit<'_>) {
        self.labels.clear();
        self.labels.resize(unit.labels as usize, usize::MAX);
        self.insts.clear();
        self.insts.reserve(unit.items.len());
        self.jumps.clear();
        for item in &unit.items {
            match item {
                Item::Label(label) => self.labels[label.0 as usize] = self.insts.len(),
                Item::Inst(inst) => {
                    if inst.target.is_some() {
                        self.jumps.push(self.insts.len() as u32);
                    }
                    self.insts.push(*inst);
                }
            }
        }
        self.alive.clear();
        self.alive.resize(self.insts.len(), false);
    }

    /// The instructions that have a target.
    pub fn jumps(&self) -> impl Iterator<Item = (usize, &Inst)> {
        let all = self.jumps.iter().map(|i| *i as usize);
        all.map(|i| (i, &self.insts[i]))
            .filter(|(_, inst)| inst.target.is_some())
    }

    /// Which instructions are jumped to, of the jumps that `from` takes; a place more for the
    /// end. Nothing where nothing jumps.
    fn jumped(&self, from: impl Fn(usize) -> bool) -> Vec<bool> {
        if self.jumps.is_empty() {
            return Vec::new();
        }
        let mut jumped = vec![false; self.insts.len() + 1];
        for (_, inst) in self.jumps().filter(|(i, _)| from(*i)) {
            if let Some(target) = inst.target {
                jumped[self.target(target)] = true;
            }
        }
        jumped
    }

    pub fn target(&self, label: Label) -> usize {
        self.labels[label.0 as usize]
    }

    /// Whether an instruction may raise; a jump backward polls.
    pub fn raises(&self, i: usize) -> bool {
        let inst = &self.insts[i];
        let backward = inst.target.is_some_and(|target| self.target(target) <= i);
        inst.op.info().raises || backward
    }
}

/// Makes the code object.
pub(crate) fn assemble(
    mut unit: Unit<'_>,
    filename: &Arc<str>,
    room: &mut Room,
) -> Compile<Arc<Code>> {
    order::order_locals(&mut unit);
    let stream = &mut room.stream;
    stream.fill(&unit);
    room.items = std::mem::take(&mut unit.items);
    room.items.clear();
    thread_jumps(stream);
    own_returns(stream);
    mark_alive(stream, &unit);
    bound::remove_checks(stream, &unit);
    peephole::improve(stream, &unit);
    peephole::used_constants(stream, &mut unit);
    fill_positions(stream, &unit);
    remove_nops(stream);
    let (locals, cells, frees) = (
        unit.varnames.len() as u32,
        unit.cells.len() as u32,
        unit.frees.len() as u32,
    );
    let first_temp = locals + cells + frees;
    let nregs = first_temp + unit.max_top;
    if nregs >= NO_REG as u32 {
        return Err(CompileError::new(
            ErrorKind::Memory,
            "too many local variables",
        ));
    }
    let laid = layout::layout(stream, [locals, cells, frees])?;
    let mut hidden: Vec<u16> = unit
        .hidden
        .iter()
        .map(|r| r.place(locals, cells, frees) as u16)
        .collect();
    hidden.sort_unstable();
    let handlers = exception_table(stream, &unit, &laid, first_temp);
    let runs = positions(stream, &laid);
    Ok(Arc::new(Code {
        name: unit.name,
        qualname: unit.qualname,
        filename: filename.clone(),
        first_line: unit.first_line,
        flags: unit.flags,
        argcount: unit.argcount,
        posonlyargcount: unit.posonlyargcount,
        kwonlyargcount: unit.kwonlyargcount,
        varnames: std::mem::take(&mut unit.varnames),
        hidden,
        cellvars: unit
            .cells
            .iter()
            .map(|(name, parameter)| {
                // Locals only; a parameter's register is its index.
                (
                    name.clone(),
                    parameter.map(|register| register.index() as u16),
                )
            })
            .collect(),
        freevars: unit.frees,
        names: unit.names.items,
        consts: unit.consts.items,
        positions: Positions::encode(unit.first_line, runs),
        words: laid.words,
        nregs: nregs as u16,
        first_temp: first_temp as u16,
        handlers,
    }))
}

/// A jump to an unconditional jump goes to where that one goes, if no line event is lost.
fn thread_jumps(stream: &mut Stream) {
    for n in 0..stream.jumps.len() {
        let i = stream.jumps[n] as usize;
        let Some(mut target) = stream.insts[i].target else {
            continue;
        };
        for _ in 0..8 {
            let at = stream.target(target);
            let Some(next) = stream.insts.get(at) else {
                break;
            };
            let same_line = next.at.line == 0 || next.at.line == stream.insts[i].at.line;
            match next.target {
                Some(further) if next.op == Op::JUMP && same_line && at != i => {
                    // FOR_ITER must stay a backward jump.
                    let backward = stream.target(further) <= i;
                    let for_iter = matches!(stream.insts[i].op, Op::FOR_ITER | Op::FOR_ITER_PAIR);
                    if for_iter && !backward {
                        break;
                    }
                    target = further;
                }
                _ => break,
            }
        }
        stream.insts[i].target = Some(target);
    }
    // A jump to a return without a line of its own becomes that return.
    for n in 0..stream.jumps.len() {
        let i = stream.jumps[n] as usize;
        let inst = stream.insts[i];
        if inst.op != Op::JUMP {
            continue;
        }
        let Some(target) = inst.target else { continue };
        let Some(next) = stream.insts.get(stream.target(target)) else {
            continue;
        };
        if next.op == Op::RETURN_CONST && next.at.line == 0 {
            let copy = *next;
            stream.insts[i] = Inst {
                at: inst.at,
                handler: inst.handler,
                ..copy
            };
        }
    }
}

/// How many instructions are executed in a row from one on up to a return, if none has a
/// line of its own.
fn lineless_return(stream: &Stream, at: usize) -> Option<usize> {
    let insts = stream.insts.get(at..)?;
    let plain = |inst: &&Inst| inst.at.line == 0 && inst.target.is_none();
    let mut lineless = insts.iter().take_while(plain);
    let ends = lineless.position(|inst| inst.op.info().ends)?;
    matches!(insts[ends].op, Op::RETURN_CONST | Op::RETURN).then_some(ends + 1)
}

/// A jump to a return without a line of its own gets a return that is on the line of the
/// jump: nothing of the lines between is executed (PEP 626).
fn own_returns(stream: &mut Stream) {
    if stream.jumps.is_empty() {
        return;
    }
    let mut made: Vec<(u32, usize, Label)> = Vec::new();
    let mut line = Position::NONE;
    for i in 0..stream.insts.len() {
        let inst = &stream.insts[i];
        let mut own = inst.at;
        if own.line != 0 {
            line = own;
        } else if inst.op == Op::JUMP {
            own = line;
        }
        if inst.op.info().ends {
            line = Position::NONE;
        }
        let Some(target) = inst.target.filter(|_| own.line != 0) else {
            continue;
        };
        let at = stream.target(target);
        let Some(count) = lineless_return(stream, at).filter(|_| at > i) else {
            continue;
        };
        let known = made.iter().find(|made| (made.0, made.1) == (own.line, at));
        let label = match known {
            Some(made) => made.2,
            None => {
                let label = Label(stream.labels.len() as u32);
                stream.labels.push(stream.insts.len());
                for n in at..at + count {
                    stream.alive.push(false);
                    stream.insts.push(Inst {
                        at: own,
                        ..stream.insts[n]
                    });
                }
                made.push((own.line, at, label));
                label
            }
        };
        stream.insts[i].target = Some(label);
    }
}

/// Finds what can be reached from the start.
fn mark_alive(stream: &mut Stream, unit: &Unit<'_>) {
    let mut queue = vec![0];
    let mut handlers_seen = vec![false; unit.handlers.len()];
    while let Some(start) = queue.pop() {
        let mut i = start;
        while i < stream.insts.len() && !stream.alive[i] {
            stream.alive[i] = true;
            let inst = &stream.insts[i];
            if let Some(target) = inst.target {
                queue.push(stream.target(target));
            }
            if inst.handler > 0 && stream.raises(i) {
                let handler = inst.handler as usize - 1;
                if !std::mem::replace(&mut handlers_seen[handler], true) {
                    queue.push(stream.target(unit.handlers[handler].label));
                }
            }
            if inst.op.info().ends {
                break;
            }
            i += 1;
        }
    }
    // A jump to the next instruction that is left does nothing.
    for n in 0..stream.jumps.len() {
        let i = stream.jumps[n] as usize;
        let inst = stream.insts[i];
        if stream.alive[i]
            && inst.op == Op::JUMP
            && let Some(target) = inst.target
        {
            let to = stream.target(target);
            let adjacent = to > i && (i + 1..to).all(|between| !stream.alive[between]);
            if adjacent {
                stream.insts[i].op = Op::NOP;
                stream.insts[i].target = None;
            }
        }
    }
}

/// Instructions without a line take that of the one before, a module's first ones that
/// of its entry.
fn fill_positions(stream: &mut Stream, unit: &Unit<'_>) {
    let mut flows = unit.kind == UnitKind::Module;
    let mut previous = if flows {
        Position::ENTRY
    } else {
        Position::NONE
    };
    let nops = stream.insts.iter().any(|inst| inst.op == Op::NOP);
    let jumped = if nops {
        stream.jumped(|_| true)
    } else {
        Vec::new()
    };
    for (i, inst) in stream.insts.iter_mut().enumerate() {
        if !stream.alive[i] {
            continue;
        }
        if inst.at.line == 0 && flows && (inst.op != Op::NOP || jumped.get(i) != Some(&true)) {
            inst.at = previous;
        }
        previous = inst.at;
        flows = !inst.op.info().ends;
    }
}

/// A NOP stands only for a line that has nothing else.
fn remove_nops(stream: &mut Stream) {
    if stream.insts.iter().all(|inst| inst.op != Op::NOP) {
        return;
    }
    let jumped = stream.jumped(|from| stream.alive[from]);
    let mut previous_line = 0;
    for (i, inst) in stream.insts.iter().enumerate() {
        if !stream.alive[i] {
            continue;
        }
        if inst.op == Op::NOP {
            let mut behind = stream.insts.iter().zip(&stream.alive).skip(i + 1);
            let next = behind
                .find(|(_, alive)| **alive)
                .map_or(0, |(next, _)| next.at.line);
            // A label here would make the line before unknown.
            let before = previous_line == inst.at.line && jumped.get(i) != Some(&true);
            if inst.at.line == 0 || next == inst.at.line || before {
                stream.alive[i] = false;
                continue;
            }
        }
        previous_line = if inst.op.info().ends { 0 } else { inst.at.line };
    }
}

/// Consecutive instructions under one handler become a range.
fn exception_table(
    stream: &Stream,
    unit: &Unit<'_>,
    laid: &layout::Laid,
    first_temp: u32,
) -> Vec<Handler> {
    let mut table: Vec<Handler> = Vec::new();
    if unit.handlers.is_empty() {
        return table;
    }
    let mut last = 0;
    for (i, inst) in stream.insts.iter().enumerate() {
        if !stream.alive[i] {
            continue;
        }
        let (start, end) = laid.span(i);
        // What cannot raise may belong to any range.
        if !stream.raises(i) {
            continue;
        }
        if inst.handler == 0 {
            last = 0;
            continue;
        }
        let info = &unit.handlers[inst.handler as usize - 1];
        if last == inst.handler
            && let Some(range) = table.last_mut()
        {
            range.end = end;
            continue;
        }
        last = inst.handler;
        table.push(Handler {
            start,
            end,
            target: laid.start_of(stream.target(info.label)),
            depth: (first_temp + info.depth) as u16,
            lasti: info.lasti,
        });
    }
    table
}

/// Runs of words with one position.
fn positions(stream: &Stream, laid: &layout::Laid) -> impl Iterator<Item = (u32, Position)> {
    let alive = stream.insts.iter().zip(&stream.alive).enumerate();
    let mut left = alive
        .filter(|(_, (_, alive))| **alive)
        .map(|(i, (inst, _))| (laid.span(i), inst.at))
        .peekable();
    std::iter::from_fn(move || {
        let ((start, mut end), at) = left.next()?;
        while let Some((span, _)) = left.next_if(|next| next.1 == at) {
            end = span.1;
        }
        Some((end - start, at))
    })
}
