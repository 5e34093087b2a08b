//! Word positions, jump offsets, encoding.

use super::Stream;
use crate::codegen::unit::{Inst, Reg, is_register};
use crate::errors::{Compile, CompileError, ErrorKind};
use krait_bytecode::op::{JUMP_LOOP, NO_REG, make_function};
use krait_bytecode::{Op, Operand, Word};

/// Where everything stands.
pub(super) struct Laid {
    pub words: Vec<Word>,
    /// First word of each instruction; one more for the end.
    starts: Vec<u32>,
}

impl Laid {
    /// First word of an instruction and first word behind it.
    pub fn span(&self, i: usize) -> (u32, u32) {
        (self.starts[i], self.starts[i + 1])
    }

    /// First word of the first instruction from `i` on that is left.
    pub fn start_of(&self, i: usize) -> u32 {
        self.starts[i]
    }
}

/// Words of the detour over JUMP for a 16-bit jump that does not reach.
const DETOUR: u32 = 2;

pub(super) fn layout(stream: &Stream, counts: [u32; 3]) -> Compile<Laid> {
    let count = stream.insts.len();
    let mut far = vec![false; count];
    loop {
        let starts = place(stream, &far);
        let mut changed = false;
        for (i, inst) in stream.insts.iter().enumerate() {
            if !stream.alive[i] || far[i] || inst.op.info().operands[2] != Operand::Jump {
                continue;
            }
            let Some(target) = inst.target else { continue };
            let offset = starts[stream.target(target)] as i64 - starts[i] as i64 - 1;
            if i16::try_from(offset).is_err() {
                far[i] = true;
                changed = true;
            }
        }
        if !changed {
            let mut words = Vec::with_capacity(starts[count] as usize);
            for i in 0..count {
                if stream.alive[i] {
                    encode(stream, counts, &starts, &far, i, &mut words)?;
                }
            }
            return Ok(Laid { words, starts });
        }
    }
}

fn place(stream: &Stream, far: &[bool]) -> Vec<u32> {
    let mut starts = Vec::with_capacity(stream.insts.len() + 1);
    let mut at = 0u32;
    for (i, inst) in stream.insts.iter().enumerate() {
        starts.push(at);
        if stream.alive[i] {
            at += length(stream, i, inst) + if far[i] { DETOUR } else { 0 };
            if far[i] {
                // The JUMP there may be a JUMP_BACK with its cache.
                at += Op::JUMP_BACK.extra_words() as u32;
            }
        }
    }
    starts.push(at);
    starts
}

/// Words of an instruction; an unconditional jump backward has a cache.
fn length(stream: &Stream, i: usize, inst: &Inst) -> u32 {
    let op = match inst.op {
        Op::JUMP if is_backward(stream, i, inst) => Op::JUMP_BACK,
        op => op,
    };
    1 + op.extra_words() as u32
}

fn is_backward(stream: &Stream, i: usize, inst: &Inst) -> bool {
    inst.target.is_some_and(|target| stream.target(target) <= i)
}

fn encode(
    stream: &Stream,
    counts: [u32; 3],
    starts: &[u32],
    far: &[bool],
    i: usize,
    words: &mut Vec<Word>,
) -> Compile<()> {
    let inst = &stream.insts[i];
    let backward = is_backward(stream, i, inst);
    let op = if inst.op == Op::JUMP && backward {
        Op::JUMP_BACK
    } else {
        inst.op
    };
    let operands = op.info().operands;
    let mut flag = inst.flag;
    let [locals, cells, frees] = counts;
    let mut values = [inst.a, inst.b, inst.c];
    let here = words.len() as i64;
    let offset = inst
        .target
        .map(|target| starts[stream.target(target)] as i64 - here - 1);
    for (n, kind) in operands.into_iter().enumerate() {
        let in_register = kind == Operand::FnCode && flag & make_function::CODE_IN_REGISTER != 0;
        if is_register(kind) || in_register {
            if n > 0 && unused(op, kind, flag) {
                values[n] = 0;
                continue;
            }
            values[n] = Reg(values[n]).place(locals, cells, frees);
        }
        match kind {
            Operand::NameF => {
                flag |= (values[n] >> 16) as u8;
                values[n] &= 0xffff;
            }
            Operand::Jump => values[n] = offset.unwrap_or(0) as i16 as u16 as u32,
            Operand::JumpW => values[n] = offset.unwrap_or(0) as i32 as u32,
            Operand::SImm => values[n] = values[n] as u16 as u32,
            _ => {}
        }
    }
    if backward && flag_has_loop(op) && !far[i] {
        flag |= JUMP_LOOP;
    }
    if far[i] {
        values[2] = 1 + op.extra_words() as u32;
    }
    for (n, kind) in operands.into_iter().enumerate() {
        let wide = operands.get(n + 1) == Some(&Operand::Hi);
        if kind != Operand::Hi && !wide && values[n] > NO_REG as u32 {
            return Err(CompileError::new(
                ErrorKind::Memory,
                "code object too large",
            ));
        }
    }
    if operands[2] == Operand::Hi {
        values[2] = values[1] >> 16;
        values[1] &= 0xffff;
    }
    words.push(Word::new(
        op,
        flag,
        values[0] as u16,
        values[1] as u16,
        values[2] as u16,
    ));
    let word = match op {
        Op::FOR_ITER_PAIR => Reg(inst.word).place(locals, cells, frees),
        _ => inst.word,
    };
    let info = op.info();
    for _ in 0..info.words {
        words.push(Word(word as u64));
    }
    for _ in 0..info.cache {
        words.push(Word(0));
    }
    if far[i] {
        detour(stream, starts, i, words);
    }
    Ok(())
}

/// Behind a jump that does not reach: over the JUMP that does. The jump itself goes there.
fn detour(stream: &Stream, starts: &[u32], i: usize, words: &mut Vec<Word>) {
    let Some(target) = stream.insts[i].target else {
        return;
    };
    let back = Op::JUMP_BACK;
    let size = 1 + back.extra_words() as u32;
    words.push(Word::new_wide(Op::JUMP, 0, 0, size));
    let offset = starts[stream.target(target)] as i64 - words.len() as i64 - 1;
    if offset < 0 {
        words.push(Word::new_wide(back, 0, 0, offset as i32 as u32));
        words.push(Word(0));
    } else {
        words.push(Word::new_wide(Op::JUMP, 0, 0, offset as i32 as u32));
        words.push(Word::new(Op::NOP, 0, 0, 0, 0));
    }
}

/// Registers that stand for nothing: an empty range.
pub(super) fn unused(op: Op, kind: Operand, flag: u8) -> bool {
    op == Op::MAKE_FUNCTION && kind == Operand::FnExtras && flag & 0x1f == 0
}

/// Conditional jumps have the flag; the FOR_ITERs always are back edges.
fn flag_has_loop(op: Op) -> bool {
    let info = op.info();
    info.jumps && !info.ends && !matches!(op, Op::FOR_ITER | Op::FOR_ITER_PAIR)
}
