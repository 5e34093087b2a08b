//! The order of locals: behind the parameters as the code touches them first, which is how
//! CPython orders `co_varnames`. A local that only has an annotation is none.

use super::operands::{each, operands, registers};
use crate::codegen::unit::{Inst, Item, Reg, Unit};
use krait_bytecode::Op;

struct Order {
    /// The new number of each local that has one.
    places: Vec<Option<u32>>,
    next: u32,
}

impl Order {
    fn touch(&mut self, unit: &Unit<'_>, local: usize) {
        if self.places[local].is_some() {
            return;
        }
        // A comprehension's variable stands behind the function's own of the same name.
        let own = unit.locals.get(&unit.varnames[local]);
        for local in own
            .map(|own| own.index() as usize)
            .into_iter()
            .chain([local])
        {
            if self.places[local].is_none() {
                self.places[local] = Some(self.next);
                self.next += 1;
            }
        }
    }
}

/// The local in FOR_ITER_PAIR's operand word, as the operands' bits go on.
const WORD: u8 = 1 << 3;

/// Which operands of an instruction are locals.
fn locals(inst: &Inst) -> u8 {
    let is_local = |register: u32| Reg(register).is_local() as u8;
    let found = is_local(inst.a) | is_local(inst.b) << 1 | is_local(inst.c) << 2;
    let pair = inst.op == Op::FOR_ITER_PAIR && is_local(inst.word) != 0;
    registers(inst.op, inst.flag) & found | if pair { WORD } else { 0 }
}

/// The operands of a set, in order.
fn each_of(set: u8, inst: &mut Inst, mut change: impl FnMut(&mut u32)) {
    for n in each(set) {
        change(match n {
            0 => &mut inst.a,
            1 => &mut inst.b,
            2 => &mut inst.c,
            _ => &mut inst.word,
        });
    }
}

/// Numbers the locals anew.
pub(super) fn order_locals(unit: &mut Unit<'_>) {
    let (parameters, count) = (unit.parameter_count() as usize, unit.varnames.len());
    if count < parameters + 1 {
        return;
    }
    let mut order = Order {
        places: vec![None; count],
        next: 0,
    };
    (0..parameters).for_each(|local| order.touch(unit, local));
    let mut touches = std::mem::take(&mut unit.touches);
    touches.sort_by_key(|(at, _)| *at);
    let mut touches = touches.into_iter().peekable();
    for (at, item) in unit.items.iter().enumerate() {
        while let Some((_, local)) = touches.next_if(|(before, _)| *before <= at) {
            order.touch(unit, local.index() as usize);
        }
        let Item::Inst(inst) = item else { continue };
        let found = locals(inst);
        if found == 0 {
            continue;
        }
        let written = operands(inst.op).written | WORD;
        for set in [found & !written, found & written] {
            each_of(set, &mut { *inst }, |local| {
                order.touch(unit, *local as usize);
            });
        }
    }
    let moves = |(local, place): (usize, &Option<u32>)| *place != Some(local as u32);
    if order.places.iter().enumerate().any(moves) {
        renumber(unit, &order.places);
    }
}

fn renumber(unit: &mut Unit<'_>, places: &[Option<u32>]) {
    // What nothing touches is not among the operands.
    let place = |local: u32| places[local as usize].unwrap_or(0);
    for item in &mut unit.items {
        if let Item::Inst(inst) = item {
            each_of(locals(inst), inst, |local| *local = place(*local));
        }
    }
    for register in unit.hidden.iter_mut().filter(|r| r.is_local()) {
        *register = Reg(place(register.index()));
    }
    let names = std::mem::take(&mut unit.varnames);
    let mut names: Vec<_> = places
        .iter()
        .zip(names)
        .filter(|(place, _)| place.is_some())
        .collect();
    names.sort_unstable_by_key(|(place, _)| **place);
    unit.varnames = names.into_iter().map(|(_, name)| name).collect();
}
