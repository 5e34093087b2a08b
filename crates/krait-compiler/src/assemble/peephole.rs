//! Small improvements on neighbouring instructions.

use super::Stream;
use crate::codegen::unit::{Inst, Reg, Unit};
use krait_bytecode::op::{CALL_DISCARD, make_function};
use krait_bytecode::{Const, Op, Operand, flags};
use std::collections::HashSet;

/// Joins moves with what is before them.
pub(super) fn improve(stream: &mut Stream, unit: &Unit<'_>) {
    let labelled = labelled(stream, unit);
    let mut previous: Option<usize> = None;
    for i in 0..stream.insts.len() {
        if labelled[i] {
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

/// Instructions something jumps to (dead ones' labels count for what follows them).
fn labelled(stream: &Stream, unit: &Unit<'_>) -> Vec<bool> {
    let mut labelled = vec![false; stream.insts.len() + 1];
    for (i, inst) in stream.insts.iter().enumerate() {
        if let Some(target) = inst.target.filter(|_| stream.alive[i]) {
            labelled[stream.target(target)] = true;
        }
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
    let mut used: HashSet<u32> = HashSet::new();
    if unit.flags & flags::HAS_DOCSTRING != 0 {
        used.insert(0);
    }
    for (i, inst) in stream.insts.iter().enumerate() {
        if stream.alive[i] {
            let mut copy = *inst;
            each_constant(&mut copy, |index| {
                used.insert(*index);
            });
        }
    }
    if used.len() == unit.consts.len() {
        return;
    }
    let mut moved = vec![0; unit.consts.len()];
    let mut kept: Vec<Const> = Vec::with_capacity(used.len());
    for (index, value) in std::mem::take(&mut unit.consts).into_iter().enumerate() {
        if used.contains(&(index as u32)) {
            moved[index] = kept.len() as u32;
            kept.push(value);
        }
    }
    unit.consts = kept;
    for inst in &mut stream.insts {
        each_constant(inst, |index| *index = moved[*index as usize]);
    }
}

fn each_constant(inst: &mut Inst, mut each: impl FnMut(&mut u32)) {
    let kinds = inst.op.info().operands;
    let in_register = inst.flag & make_function::CODE_IN_REGISTER != 0;
    for (kind, value) in kinds
        .into_iter()
        .zip([&mut inst.a, &mut inst.b, &mut inst.c])
    {
        match kind {
            Operand::Const | Operand::ConstW => each(value),
            Operand::FnCode if !in_register => each(value),
            _ => {}
        }
    }
    if matches!(inst.op, Op::CALL_KW | Op::CALL_METHOD_KW) {
        each(&mut inst.word);
    }
}
