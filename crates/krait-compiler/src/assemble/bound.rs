//! Which CHECK_BOUND instructions are needed: a forward analysis of the locals that
//! certainly hold a value.
//!
//! Parameters do at the start; writing a local makes it bound, deleting or clearing
//! unbound. At a handler only what is bound at every point it covers is.

use super::Stream;
use crate::codegen::unit::{Inst, Reg, Unit, is_register};
use krait_bytecode::op::CALL_DISCARD;
use krait_bytecode::{Op, Operand};

/// A set of locals: the first 64, which are most often all, and the others.
#[derive(Clone, PartialEq)]
struct Bound {
    first: u64,
    others: Vec<u64>,
}

impl Bound {
    fn none_of(count: usize) -> Bound {
        Bound {
            first: 0,
            others: vec![0; count.div_ceil(64).saturating_sub(1)],
        }
    }

    fn has(&self, i: usize) -> bool {
        let word = match (i / 64).checked_sub(1) {
            Some(other) => self.others[other],
            None => self.first,
        };
        word >> (i % 64) & 1 != 0
    }

    fn set(&mut self, i: usize, on: bool) {
        let word = match (i / 64).checked_sub(1) {
            Some(other) => &mut self.others[other],
            None => &mut self.first,
        };
        let bit = 1 << (i % 64);
        if on {
            *word |= bit;
        } else {
            *word &= !bit;
        }
    }

    /// Intersects; true if that took something away.
    fn meet(&mut self, other: &Bound) -> bool {
        let mut changed = self.first & !other.first != 0;
        self.first &= other.first;
        for (mine, theirs) in self.others.iter_mut().zip(&other.others) {
            changed |= *mine & !*theirs != 0;
            *mine &= theirs;
        }
        changed
    }
}

pub(super) fn remove_checks(stream: &mut Stream, unit: &Unit<'_>) {
    if !stream.insts.iter().any(|inst| inst.op == Op::CHECK_BOUND) {
        return;
    }
    let states = analyse(stream, unit);
    for i in 0..stream.insts.len() {
        let inst = stream.insts[i];
        if inst.op == Op::CHECK_BOUND
            && let Some(state) = &states[i]
            && state.has(inst.a as usize)
        {
            stream.alive[i] = false;
        }
    }
}

fn analyse(stream: &Stream, unit: &Unit<'_>) -> Vec<Option<Bound>> {
    let count = unit.varnames.len();
    // Only block starts keep a state while iterating.
    let mut starts = vec![false; stream.insts.len() + 1];
    for inst in &stream.insts {
        if let Some(target) = inst.target {
            starts[stream.target(target)] = true;
        }
    }
    for handler in &unit.handlers {
        let at = stream.target(handler.label);
        if at < starts.len() {
            starts[at] = true;
        }
    }
    let mut states: Vec<Option<Bound>> = vec![None; stream.insts.len() + 1];
    let mut entry = Bound::none_of(count);
    (0..unit.parameter_count() as usize).for_each(|i| entry.set(i, true));
    states[0] = Some(entry);
    let mut queue = vec![0];
    while let Some(start) = queue.pop() {
        let Some(mut state) = states[start].clone() else {
            continue;
        };
        let mut i = start;
        loop {
            if i != start {
                if starts.get(i) == Some(&true) {
                    merge(&mut states, &mut queue, i, &state);
                    break;
                }
                states[i] = Some(state.clone());
            }
            let Some(inst) = stream.insts.get(i) else {
                break;
            };
            if !stream.alive[i] {
                // Behind a jump to what follows it, which is nothing by now.
                i += 1;
                continue;
            }
            if inst.handler > 0 && stream.raises(i) {
                let label = unit.handlers[inst.handler as usize - 1].label;
                let mut at_handler = state.clone();
                if inst.op == Op::DELETE_LOCAL {
                    at_handler.set(inst.a as usize, false);
                }
                merge(&mut states, &mut queue, stream.target(label), &at_handler);
            }
            let mut jumped = state.clone();
            transfer(inst, &mut state, &mut jumped);
            if let Some(target) = inst.target {
                merge(&mut states, &mut queue, stream.target(target), &jumped);
            }
            if inst.op.info().ends {
                break;
            }
            i += 1;
        }
    }
    states
}

fn merge(states: &mut [Option<Bound>], queue: &mut Vec<usize>, at: usize, state: &Bound) {
    match &mut states[at] {
        Some(known) => {
            if known.meet(state) {
                queue.push(at);
            }
        }
        empty => {
            *empty = Some(state.clone());
            queue.push(at);
        }
    }
}

/// What an instruction does to the locals, going on and jumping.
fn transfer(inst: &Inst, next: &mut Bound, jumped: &mut Bound) {
    let mut set = |register: u32, on: bool, jump_only: bool| {
        if Reg(register).is_local() && register != Reg::NONE.0 {
            if !jump_only {
                next.set(register as usize, on);
            }
            jumped.set(register as usize, on);
        }
    };
    let kinds = inst.op.info().operands;
    for (kind, value) in kinds.into_iter().zip([inst.a, inst.b, inst.c]) {
        if !is_register(kind) {
            continue;
        }
        match kind {
            Operand::Dst | Operand::Dst2 | Operand::Dst3 | Operand::DstN | Operand::InOut => {
                set(value, true, false);
            }
            Operand::DstJump => set(value, true, true),
            Operand::CallDst if inst.flag & CALL_DISCARD == 0 => set(value, true, false),
            Operand::Kill => set(value, false, false),
            _ => {}
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
