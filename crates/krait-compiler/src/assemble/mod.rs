//! From the stream of instructions to a finished code object: dead code, threaded
//! jumps, needless checks, layout, exception table, positions.

mod bound;
mod layout;
mod order;
mod peephole;

use crate::codegen::unit::{Inst, Item, Label, Unit, UnitKind};
use crate::errors::{Compile, CompileError, ErrorKind};
use krait_bytecode::{Code, Handler, NO_REG, Op, Position, Positions};
use std::sync::Arc;

/// Instructions with labels resolved to indices.
pub(crate) struct Stream {
    pub insts: Vec<Inst>,
    /// Instruction each label stands before.
    pub labels: Vec<usize>,
    /// Reachable instructions.
    pub alive: Vec<bool>,
}

impl Stream {
    fn new(unit: &Unit<'_>) -> Stream {
        let mut labels = vec![usize::MAX; unit.labels as usize];
        let mut insts = Vec::with_capacity(unit.items.len());
        for item in &unit.items {
            match item {
                Item::Label(label) => labels[label.0 as usize] = insts.len(),
                Item::Inst(inst) => insts.push(*inst),
            }
        }
        let alive = vec![false; insts.len()];
        Stream {
            insts,
            labels,
            alive,
        }
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
pub(crate) fn assemble(mut unit: Unit<'_>, filename: &Arc<str>) -> Compile<Arc<Code>> {
    order::order_locals(&mut unit);
    let mut stream = Stream::new(&unit);
    thread_jumps(&mut stream);
    own_returns(&mut stream);
    mark_alive(&mut stream, &unit);
    bound::remove_checks(&mut stream, &unit);
    peephole::improve(&mut stream, &unit);
    peephole::used_constants(&mut stream, &mut unit);
    fill_positions(&mut stream, &unit);
    remove_nops(&mut stream);
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
    let laid = layout::layout(&stream, [locals, cells, frees])?;
    let mut hidden: Vec<u16> = unit
        .hidden
        .iter()
        .map(|r| r.place(locals, cells, frees) as u16)
        .collect();
    hidden.sort_unstable();
    let handlers = exception_table(&stream, &unit, &laid, first_temp);
    let runs = positions(&stream, &laid);
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
        names: unit.names,
        consts: unit.consts,
        positions: Positions::encode(unit.first_line, runs),
        words: laid.words,
        nregs: nregs as u16,
        first_temp: first_temp as u16,
        handlers,
    }))
}

/// A jump to an unconditional jump goes to where that one goes, if no line event is lost.
fn thread_jumps(stream: &mut Stream) {
    for i in 0..stream.insts.len() {
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
    for i in 0..stream.insts.len() {
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
    let mut made: Vec<(u32, usize, Label)> = Vec::new();
    let mut line = Position::NONE;
    for i in 0..stream.insts.len() {
        let mut inst = stream.insts[i];
        if inst.at.line != 0 {
            line = inst.at;
        } else if inst.op == Op::JUMP {
            inst.at = line;
        }
        if inst.op.info().ends {
            line = Position::NONE;
        }
        let Some(target) = inst.target.filter(|_| inst.at.line != 0) else {
            continue;
        };
        let at = stream.target(target);
        let Some(count) = lineless_return(stream, at).filter(|_| at > i) else {
            continue;
        };
        let known = made.iter().find(|own| (own.0, own.1) == (inst.at.line, at));
        let label = match known {
            Some(own) => own.2,
            None => {
                let label = Label(stream.labels.len() as u32);
                stream.labels.push(stream.insts.len());
                for n in at..at + count {
                    stream.alive.push(false);
                    stream.insts.push(Inst {
                        at: inst.at,
                        ..stream.insts[n]
                    });
                }
                made.push((inst.at.line, at, label));
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
            let inst = stream.insts[i];
            let info = inst.op.info();
            if let Some(target) = inst.target {
                queue.push(stream.target(target));
            }
            if inst.handler > 0 && stream.raises(i) {
                let handler = inst.handler as usize - 1;
                if !std::mem::replace(&mut handlers_seen[handler], true) {
                    queue.push(stream.target(unit.handlers[handler].label));
                }
            }
            if info.ends {
                break;
            }
            i += 1;
        }
    }
    // A jump to the next instruction that is left does nothing.
    for i in 0..stream.insts.len() {
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
    let mut jumped = vec![false; stream.insts.len() + 1];
    for inst in &stream.insts {
        if let Some(target) = inst.target {
            jumped[stream.target(target)] = true;
        }
    }
    for i in 0..stream.insts.len() {
        if !stream.alive[i] {
            continue;
        }
        let inst = &mut stream.insts[i];
        if inst.at.line == 0 && flows && (!jumped[i] || inst.op != Op::NOP) {
            inst.at = previous;
        }
        previous = inst.at;
        flows = !inst.op.info().ends;
    }
}

/// A NOP stands only for a line that has nothing else.
fn remove_nops(stream: &mut Stream) {
    let alive: Vec<usize> = (0..stream.insts.len())
        .filter(|i| stream.alive[*i])
        .collect();
    let mut jumped = vec![false; stream.insts.len() + 1];
    for &i in &alive {
        if let Some(target) = stream.insts[i].target {
            jumped[stream.target(target)] = true;
        }
    }
    let mut previous_line = 0;
    for (n, &i) in alive.iter().enumerate() {
        let inst = stream.insts[i];
        if inst.op == Op::NOP {
            let next = alive
                .get(n + 1)
                .map_or(0, |next| stream.insts[*next].at.line);
            // A label here would make the line before unknown.
            let before = previous_line == inst.at.line && !jumped[i];
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

fn positions(stream: &Stream, laid: &layout::Laid) -> Vec<(u32, Position)> {
    let mut runs: Vec<(u32, Position)> = Vec::new();
    for (i, inst) in stream.insts.iter().enumerate() {
        if !stream.alive[i] {
            continue;
        }
        let (start, end) = laid.span(i);
        match runs.last_mut() {
            Some(run) if run.1 == inst.at => run.0 += end - start,
            _ => runs.push((end - start, inst.at)),
        }
    }
    runs
}
