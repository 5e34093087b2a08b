//! Word positions, jump offsets, encoding.

use super::Stream;
use super::operands::{each, operands, registers};
use crate::codegen::unit::{Inst, Reg};
use crate::errors::{Compile, CompileError, ErrorKind};
use krait_bytecode::op::{JUMP_LOOP, NO_REG};
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

/// The jumps that do not reach; nothing at all while all do.
struct Far(Vec<bool>);

impl Far {
    fn has(&self, i: usize) -> bool {
        !self.0.is_empty() && self.0[i]
    }

    fn add(&mut self, i: usize, count: usize) {
        self.0.resize(count, false);
        self.0[i] = true;
    }
}

pub(super) fn layout(stream: &Stream, counts: [u32; 3]) -> Compile<Laid> {
    let count = stream.insts.len();
    let mut far = Far(Vec::new());
    loop {
        let starts = place(stream, &far);
        let mut changed = false;
        for (i, inst) in stream.jumps() {
            if !stream.alive[i] || far.has(i) || inst.op.info().operands[2] != Operand::Jump {
                continue;
            }
            let Some(target) = inst.target else { continue };
            let offset = starts[stream.target(target)] as i64 - starts[i] as i64 - 1;
            if i16::try_from(offset).is_err() {
                far.add(i, count);
                changed = true;
            }
        }
        if !changed {
            return encode_all(stream, counts, starts, &far);
        }
    }
}

fn encode_all(stream: &Stream, counts: [u32; 3], starts: Vec<u32>, far: &Far) -> Compile<Laid> {
    let [locals, cells, frees] = counts;
    let mut encoder = Encoder {
        stream,
        starts: &starts,
        far,
        bases: [0, locals, locals + cells, locals + cells + frees],
        words: Vec::with_capacity(starts.last().map_or(0, |end| *end as usize)),
    };
    for (i, alive) in stream.alive.iter().enumerate() {
        if *alive {
            encoder.encode(i)?;
        }
    }
    let words = encoder.words;
    Ok(Laid { words, starts })
}

fn place(stream: &Stream, far: &Far) -> Vec<u32> {
    let mut starts = Vec::with_capacity(stream.insts.len() + 1);
    let mut at = 0u32;
    for (i, inst) in stream.insts.iter().enumerate() {
        starts.push(at);
        if stream.alive[i] {
            at += length(stream, i, inst);
            if far.has(i) {
                // The JUMP there may be a JUMP_BACK with its cache.
                at += DETOUR + Op::JUMP_BACK.extra_words() as u32;
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

/// Makes the words.
struct Encoder<'a> {
    stream: &'a Stream,
    /// First word of each instruction.
    starts: &'a [u32],
    far: &'a Far,
    /// The first register of each class.
    bases: [u32; 4],
    words: Vec<Word>,
}

impl Encoder<'_> {
    fn register(&self, register: u32) -> u32 {
        let register = Reg(register);
        match self.bases.get(register.class()) {
            Some(base) => base + register.index(),
            None => NO_REG as u32,
        }
    }

    fn encode(&mut self, i: usize) -> Compile<()> {
        let inst = &self.stream.insts[i];
        let backward = is_backward(self.stream, i, inst);
        let op = if inst.op == Op::JUMP && backward {
            Op::JUMP_BACK
        } else {
            inst.op
        };
        let info = op.info();
        let mut flag = inst.flag;
        let mut values = [inst.a, inst.b, inst.c];
        let here = self.words.len() as i64;
        let offset = inst.target.map_or(0, |target| {
            self.starts[self.stream.target(target)] as i64 - here - 1
        });
        let registers = registers(op, flag);
        for n in each(registers) {
            values[n] = self.register(values[n]);
        }
        for n in each(operands(op).encoded & !registers) {
            let value = &mut values[n];
            match info.operands[n] {
                Operand::NameF => {
                    flag |= (*value >> 16) as u8;
                    *value &= 0xffff;
                }
                Operand::Jump => *value = offset as i16 as u16 as u32,
                Operand::JumpW => *value = offset as i32 as u32,
                Operand::SImm => *value = *value as u16 as u32,
                // An empty range.
                _ => *value = 0,
            }
        }
        let far = self.far.has(i);
        if backward && flag_has_loop(op) && !far {
            flag |= JUMP_LOOP;
        }
        if far {
            values[2] = 1 + op.extra_words() as u32;
        }
        check(&info.operands, &values)?;
        if info.operands[2] == Operand::Hi {
            values[2] = values[1] >> 16;
            values[1] &= 0xffff;
        }
        let [a, b, c] = values.map(|value| value as u16);
        self.words.push(Word::new(op, flag, a, b, c));
        for _ in 0..info.words {
            let word = match op {
                Op::FOR_ITER_PAIR => self.register(inst.word),
                _ => inst.word,
            };
            self.words.push(Word(word as u64));
        }
        for _ in 0..info.cache {
            self.words.push(Word(0));
        }
        if far {
            detour(self.stream, self.starts, i, &mut self.words);
        }
        Ok(())
    }
}

/// An error where an operand has no room.
fn check(operands: &[Operand; 3], values: &[u32; 3]) -> Compile<()> {
    let fits = |value: u32| value <= NO_REG as u32;
    if fits(values[0] | values[1] | values[2]) {
        return Ok(());
    }
    for (n, kind) in operands.iter().enumerate() {
        let wide = operands.get(n + 1) == Some(&Operand::Hi);
        if *kind != Operand::Hi && !wide && !fits(values[n]) {
            return Err(CompileError::new(
                ErrorKind::Memory,
                "code object too large",
            ));
        }
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

/// Conditional jumps have the flag; the FOR_ITERs always are back edges.
fn flag_has_loop(op: Op) -> bool {
    let info = op.info();
    info.jumps && !info.ends && !matches!(op, Op::FOR_ITER | Op::FOR_ITER_PAIR)
}
