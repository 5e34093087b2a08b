//! What the passes ask of an instruction's operands, as sets of them: bit 0 stands for a,
//! bit 1 for b, bit 2 for c.

use crate::codegen::unit::Inst;
use krait_bytecode::op::make_function;
use krait_bytecode::{Op, Operand};

/// An instruction's operands by kind.
pub(super) struct Operands {
    /// Registers.
    registers: u8,
    /// Indices of constants.
    constants: u8,
    /// Registers that are only written.
    pub written: u8,
    /// Registers that hold a value, or none, because of the instruction.
    pub changed: u8,
    /// Those that are encoded in another way than they stand here, besides registers.
    pub encoded: u8,
}

/// The members of a set, in order.
#[inline]
pub(super) fn each(mut set: u8) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let first = (set != 0).then(|| set.trailing_zeros() as usize);
        set &= set.wrapping_sub(1);
        first
    })
}

static OPERANDS: [Operands; Op::COUNT] = {
    const NONE: Operands = Operands {
        registers: 0,
        constants: 0,
        written: 0,
        changed: 0,
        encoded: 0,
    };
    let mut all = [NONE; Op::COUNT];
    let mut i = 0;
    while i < Op::COUNT {
        let kinds = Op::ALL[i].info().operands;
        let mut n = 0;
        while n < kinds.len() {
            all[i].registers |= (is_register(kinds[n]) as u8) << n;
            all[i].constants |= (is_constant(kinds[n]) as u8) << n;
            all[i].written |= (is_written(kinds[n]) as u8) << n;
            all[i].changed |= (is_changed(kinds[n]) as u8) << n;
            all[i].encoded |= (is_encoded(kinds[n]) as u8) << n;
            n += 1;
        }
        i += 1;
    }
    all
};

/// Bit of MAKE_FUNCTION's code.
const CODE: u8 = 1 << 1;
/// Bit of MAKE_FUNCTION's extras.
const EXTRAS: u8 = 1 << 2;

/// The sets of an instruction.
pub(super) fn operands(op: Op) -> &'static Operands {
    &OPERANDS[op as usize]
}

/// The operands that are registers; an empty range of them is none.
pub(super) fn registers(op: Op, flag: u8) -> u8 {
    let registers = operands(op).registers;
    if op != Op::MAKE_FUNCTION {
        return registers;
    }
    let extras = if flag & 0x1f == 0 { EXTRAS } else { 0 };
    registers & !extras | if code_in_register(flag) { CODE } else { 0 }
}

/// The operands that are indices of constants.
pub(super) fn constants(inst: &Inst) -> u8 {
    let constants = operands(inst.op).constants;
    if inst.op == Op::MAKE_FUNCTION && code_in_register(inst.flag) {
        return constants & !CODE;
    }
    constants
}

fn code_in_register(flag: u8) -> bool {
    flag & make_function::CODE_IN_REGISTER != 0
}

const fn is_register(kind: Operand) -> bool {
    !matches!(
        kind,
        Operand::No
            | Operand::Hi
            | Operand::Const
            | Operand::ConstW
            | Operand::NameW
            | Operand::NameF
            | Operand::Imm
            | Operand::SImm
            | Operand::ImmW
            | Operand::Jump
            | Operand::JumpW
            | Operand::FnCode
    )
}

const fn is_constant(kind: Operand) -> bool {
    matches!(kind, Operand::Const | Operand::ConstW | Operand::FnCode)
}

const fn is_written(kind: Operand) -> bool {
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

const fn is_changed(kind: Operand) -> bool {
    match kind {
        Operand::DstEx => false,
        Operand::InOut | Operand::Kill => true,
        kind => is_written(kind),
    }
}

const fn is_encoded(kind: Operand) -> bool {
    matches!(
        kind,
        Operand::NameF | Operand::Jump | Operand::JumpW | Operand::SImm | Operand::FnExtras
    )
}
