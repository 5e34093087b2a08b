//! Which CHECK_BOUND instructions are needed: a forward analysis of the locals that
//! certainly hold a value.
//!
//! Parameters do at the start; writing a local makes it bound, deleting or clearing
//! unbound. At a handler only what is bound at every point it covers is. Locals do not
//! depend on each other: they are looked at 64 at a time, which are most often all.

use super::Stream;
use super::operands::{each, operands};
use crate::codegen::unit::{Inst, Reg, Unit};
use krait_bytecode::op::CALL_DISCARD;
use krait_bytecode::{Op, Operand};

const GROUP: u32 = u64::BITS;

/// Those of a group of locals that hold a value.
#[derive(Clone, Copy, Default)]
struct Bound {
    /// Number of the group.
    group: u32,
    bits: u64,
}

impl Bound {
    fn bit(&self, local: u32) -> u64 {
        ((local / GROUP == self.group) as u64) << (local % GROUP)
    }

    fn has(&self, local: u32) -> bool {
        self.bits & self.bit(local) != 0
    }

    fn set(&mut self, register: u32, on: bool) {
        if Reg(register).is_local() {
            let bit = self.bit(register);
            self.bits = if on {
                self.bits | bit
            } else {
                self.bits & !bit
            };
        }
    }
}

/// What is known about an instruction.
#[derive(Clone, Copy, Default)]
struct Point {
    /// A block starts here: something jumps to it, or it is a handler.
    starts: bool,
    /// For such: it was come to, with these locals bound at least.
    known: Option<u64>,
    /// A check here finds a value, as of the last visit, which knows least.
    needless: bool,
}

pub(super) fn remove_checks(stream: &mut Stream, unit: &Unit<'_>) {
    let mut needless = Vec::new();
    for group in 0..(unit.varnames.len() as u32).div_ceil(GROUP) {
        let checks = |inst: &Inst| inst.op == Op::CHECK_BOUND && inst.a / GROUP == group;
        if stream.insts.iter().any(checks) {
            let points = analyse(stream, unit, group);
            needless.extend((0..stream.insts.len()).filter(|i| points[*i].needless));
        }
    }
    for i in needless {
        stream.alive[i] = false;
    }
}

fn analyse(stream: &Stream, unit: &Unit<'_>, group: u32) -> Vec<Point> {
    let mut points = vec![Point::default(); stream.insts.len() + 1];
    for target in stream.jumps().filter_map(|(_, inst)| inst.target) {
        points[stream.target(target)].starts = true;
    }
    for handler in &unit.handlers {
        if let Some(point) = points.get_mut(stream.target(handler.label)) {
            point.starts = true;
        }
    }
    let mut entry = Bound { group, bits: 0 };
    (0..unit.parameter_count()).for_each(|local| entry.set(local, true));
    points[0].known = Some(entry.bits);
    let mut queue = vec![0];
    while let Some(start) = queue.pop() {
        if let Some(bits) = points[start].known {
            block(
                stream,
                unit,
                &mut points,
                &mut queue,
                start,
                Bound { group, bits },
            );
        }
    }
    points
}

/// From a block's start to its end, or to where another starts.
fn block(
    stream: &Stream,
    unit: &Unit<'_>,
    points: &mut [Point],
    queue: &mut Vec<usize>,
    start: usize,
    mut state: Bound,
) {
    for (i, inst) in stream.insts.iter().enumerate().skip(start) {
        if i != start && points[i].starts {
            merge(points, queue, i, state);
            return;
        }
        if !stream.alive[i] {
            // Behind a jump to what follows it, which is nothing by now.
            continue;
        }
        if inst.op == Op::CHECK_BOUND {
            points[i].needless = state.has(inst.a);
        }
        if inst.handler > 0 && stream.raises(i) {
            let label = unit.handlers[inst.handler as usize - 1].label;
            let mut at_handler = state;
            if inst.op == Op::DELETE_LOCAL {
                at_handler.set(inst.a, false);
            }
            merge(points, queue, stream.target(label), at_handler);
        }
        let mut jumped = state;
        transfer(inst, &mut state, &mut jumped);
        if let Some(target) = inst.target {
            merge(points, queue, stream.target(target), jumped);
        }
        if inst.op.info().ends {
            return;
        }
    }
}

fn merge(points: &mut [Point], queue: &mut Vec<usize>, at: usize, state: Bound) {
    let known = &mut points[at].known;
    let met = known.map_or(state.bits, |known| known & state.bits);
    if *known != Some(met) {
        *known = Some(met);
        queue.push(at);
    }
}

/// What an instruction does to the locals, going on and jumping.
fn transfer(inst: &Inst, next: &mut Bound, jumped: &mut Bound) {
    let mut set = |register: u32, on: bool, jump_only: bool| {
        if !jump_only {
            next.set(register, on);
        }
        jumped.set(register, on);
    };
    let values = [inst.a, inst.b, inst.c];
    for n in each(operands(inst.op).changed) {
        match inst.op.info().operands[n] {
            Operand::DstJump => set(values[n], true, true),
            Operand::CallDst if inst.flag & CALL_DISCARD != 0 => {}
            Operand::Kill => set(values[n], false, false),
            _ => set(values[n], true, false),
        }
    }
    match inst.op {
        Op::CHECK_BOUND => set(inst.a, true, false),
        Op::DELETE_LOCAL => set(inst.a, false, false),
        Op::FOR_ITER_PAIR => set(inst.word, true, true),
        // A parameter moves into its cell.
        Op::MAKE_CELL => set(inst.b, false, false),
        _ => {}
    }
}
