//! The order of locals: behind the parameters as the code touches them first, which is how
//! CPython orders `co_varnames`. A local that only has an annotation is none.

use super::layout::unused;
use crate::codegen::unit::{Inst, Item, Reg, Unit, is_register};
use krait_bytecode::{Op, Operand};

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

/// Whether an instruction only writes the operand.
fn is_written(kind: Operand) -> bool {
    matches!(
        kind,
        Operand::Dst
            | Operand::Dst2
            | Operand::Dst3
            | Operand::DstN
            | Operand::DstEx
            | Operand::DstJump
            | Operand::CallDst
    )
}

/// The locals among an instruction's operands.
fn locals(inst: &mut Inst) -> impl Iterator<Item = (bool, &mut u32)> {
    let (op, flag) = (inst.op, inst.flag);
    let word = (op == Op::FOR_ITER_PAIR).then_some((Operand::Dst, &mut inst.word));
    let operands = op.info().operands.into_iter();
    operands
        .zip([&mut inst.a, &mut inst.b, &mut inst.c])
        .chain(word)
        .filter(move |(kind, value)| {
            let register = is_register(*kind) && !unused(op, *kind, flag);
            register && **value != Reg::NONE.0 && Reg(**value).is_local()
        })
        .map(|(kind, value)| (is_written(kind), value))
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
        let Item::Inst(mut inst) = *item else {
            continue;
        };
        for phase in [false, true] {
            for (_, local) in locals(&mut inst).filter(|(written, _)| *written == phase) {
                order.touch(unit, *local as usize);
            }
        }
    }
    let places = order.places;
    // What nothing touches is not among the operands.
    let place = |local: u32| places[local as usize].unwrap_or(0);
    for item in &mut unit.items {
        if let Item::Inst(inst) = item {
            locals(inst).for_each(|(_, local)| *local = place(*local));
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
