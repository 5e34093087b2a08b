//! Encoding of one instruction into its 8-byte word.
//!
//! From the low end: op 8 bits, flag 8, a 16, b 16, c 16.

use crate::op::{Op, Operand};

/// One word of code: an instruction, an operand word or a cache word.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[repr(transparent)]
pub struct Word(pub u64);

impl Word {
    /// Encodes an instruction.
    #[inline]
    pub const fn new(op: Op, flag: u8, a: u16, b: u16, c: u16) -> Word {
        Word(
            op as u64 | (flag as u64) << 8 | (a as u64) << 16 | (b as u64) << 32 | (c as u64) << 48,
        )
    }

    /// Encodes an instruction whose b and c are one 32-bit operand.
    #[inline]
    pub const fn new_wide(op: Op, flag: u8, a: u16, bc: u32) -> Word {
        Word::new(op, flag, a, bc as u16, (bc >> 16) as u16)
    }

    /// The instruction's number.
    #[inline]
    pub const fn op_byte(self) -> u8 {
        self.0 as u8
    }

    /// The instruction, if the number is one.
    #[inline]
    pub fn op(self) -> Option<Op> {
        Op::from_u8(self.op_byte())
    }

    /// The flag byte.
    #[inline]
    pub const fn flag(self) -> u8 {
        (self.0 >> 8) as u8
    }

    /// Operand a.
    #[inline]
    pub const fn a(self) -> u16 {
        (self.0 >> 16) as u16
    }

    /// Operand b.
    #[inline]
    pub const fn b(self) -> u16 {
        (self.0 >> 32) as u16
    }

    /// Operand c.
    #[inline]
    pub const fn c(self) -> u16 {
        (self.0 >> 48) as u16
    }

    /// Operands b and c as one number.
    #[inline]
    pub const fn bc(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// The name index of `NameF` instructions.
    #[inline]
    pub const fn name_index(self) -> u32 {
        self.c() as u32 | ((self.flag() & 0x7f) as u32) << 16
    }

    /// The jump offset, if the instruction has one.
    pub fn jump_offset(self) -> Option<i32> {
        let operands = self.op()?.info().operands;
        if operands[2] == Operand::Jump {
            Some(self.c() as i16 as i32)
        } else if operands[1] == Operand::JumpW {
            Some(self.bc() as i32)
        } else {
            None
        }
    }
}
