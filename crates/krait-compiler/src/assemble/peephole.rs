//! Small improvements on neighbouring instructions.

use super::Stream;
use super::operands::{constants, each};
use crate::codegen::unit::{Inst, Reg, Unit};
use krait_bytecode::op::CALL_DISCARD;
use krait_bytecode::{Op, Operand, flags};

/// Joins moves with what is before them.
pub(super) fn improve(stream: &mut Stream, unit: &Unit<'_>) {
    let labelled = labelled(stream, unit);
    let mut previous: Option<usize> = None;
    for i in 0..stream.insts.len() {
        if labelled.get(i) == Some(&true) {
            previous = None;
        }
        if !stream.alive[i] {
            continue;
        }
        let Some(before) = previous else {
            previous = Some(i);
            continue;
        };
        let joined = join(&stream.insts[before], &stream.insts[i]);
        match joined {
            Some(inst) => {
                stream.insts[before] = inst;
                stream.alive[i] = false;
            }
            None => previous = Some(i),
        }
    }
}

/// Instructions something jumps to (dead ones' labels count for what follows them); nothing
/// where nothing jumps.
fn labelled(stream: &Stream, unit: &Unit<'_>) -> Vec<bool> {
    let mut labelled = stream.jumped(|from| stream.alive[from]);
    if !unit.handlers.is_empty() {
        labelled.resize(stream.insts.len() + 1, false);
    }
    for handler in &unit.handlers {
        let at = stream.target(handler.label);
        if at < labelled.len() {
            labelled[at] = true;
        }
    }
    labelled
}

/// One instruction that does what two in a row do.
fn join(first: &Inst, second: &Inst) -> Option<Inst> {
    let temporary = Reg(first.a).is_temp();
    match second.op {
        // What is written to a temporary and moved on is written there at once.
        // A store on another line has an event of its own.
        Op::MOVE
            if temporary
                && second.b == first.a
                && writes_only_a(first)
                && (second.at.line == 0 || second.at.line == first.at.line) =>
        {
            Some(Inst {
                a: second.a,
                ..*first
            })
        }
        Op::CLEAR if first.op == Op::MOVE && second.a == first.a && temporary => Some(Inst {
            op: Op::CLEAR,
            a: first.b,
            b: 0,
            ..*first
        }),
        Op::COPY
            if first.op == Op::COPY
                && temporary
                && second.a == first.a + 1
                && second.b != first.a =>
        {
            Some(Inst {
                op: Op::COPY2,
                c: second.b,
                ..*first
            })
        }
        _ => None,
    }
}

fn writes_only_a(inst: &Inst) -> bool {
    let kinds = inst.op.info().operands;
    match kinds[0] {
        Operand::Dst => kinds[1] != Operand::Dst,
        Operand::CallDst => inst.flag & CALL_DISCARD == 0,
        _ => false,
    }
}

/// Drops constants that no instruction left uses.
pub(super) fn used_constants(stream: &mut Stream, unit: &mut Unit<'_>) {
    let mut used = vec![false; unit.consts.items.len()];
    if unit.flags & flags::HAS_DOCSTRING != 0
        && let Some(docstring) = used.first_mut()
    {
        *docstring = true;
    }
    for (inst, alive) in stream.insts.iter_mut().zip(&stream.alive) {
        if *alive {
            each_constant(inst, |index| used[*index as usize] = true);
        }
    }
    if used.iter().all(|used| *used) {
        return;
    }
    let mut moved = Vec::with_capacity(used.len());
    let mut kept = 0;
    for used in &used {
        moved.push(kept);
        kept += *used as u32;
    }
    let mut used = used.iter();
    unit.consts.items.retain(|_| used.next() == Some(&true));
    for inst in &mut stream.insts {
        each_constant(inst, |index| *index = moved[*index as usize]);
    }
}

fn each_constant(inst: &mut Inst, mut change: impl FnMut(&mut u32)) {
    for n in each(constants(inst)) {
        change(match n {
            0 => &mut inst.a,
            1 => &mut inst.b,
            _ => &mut inst.c,
        });
    }
    if matches!(inst.op, Op::CALL_KW | Op::CALL_METHOD_KW) {
        change(&mut inst.word);
    }
}
