//! Checks that a code object keeps the rules the interpreter relies on.
//!
//! Besides indices and targets it follows which temporaries hold something: at every
//! instruction that set is the same on all ways there, a temporary is read only when
//! it holds something and written only when it does not, and what is live below a
//! handler's depth stays so in the range the handler covers. So nothing leaks and
//! nothing is dropped twice.

use crate::code::{Code, Const, Handler};
use crate::op::{CALL_DISCARD, CALL_EX_KWARGS, INTERPOLATION_SPEC, make_function};
use crate::op::{Intrinsic, NO_REG, Op, Operand};
use crate::word::Word;

/// Where and what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyError {
    /// `co_qualname`
    pub code: String,
    /// Index of the word.
    pub pc: u32,
    /// What.
    pub message: String,
}

impl std::fmt::Display for VerifyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} at {}: {}", self.code, self.pc, self.message)
    }
}

impl std::error::Error for VerifyError {}

/// Verifies a code object and the code objects among its constants.
pub fn verify(code: &Code) -> Result<(), VerifyError> {
    let mut queue = vec![code];
    while let Some(next) = queue.pop() {
        Verifier::new(next).run()?;
        queue.extend(next.consts.iter().filter_map(|constant| match constant {
            Const::Code(inner) => Some(&**inner),
            _ => None,
        }));
    }
    Ok(())
}

/// What one instruction does with registers: (first, count).
#[derive(Clone, Debug, Default)]
pub struct Effects {
    /// Consumed if temporaries.
    pub consumed: Vec<(u16, u16)>,
    /// Read, not consumed.
    pub peeked: Vec<(u16, u16)>,
    /// Written when it goes on with the next instruction.
    pub written: Vec<(u16, u16)>,
    /// Emptied whatever they held.
    pub killed: Vec<(u16, u16)>,
    /// Written when it jumps.
    pub written_on_jump: Option<u16>,
    /// Consumed only when it does not jump.
    pub consumed_unless_jump: Option<u16>,
}

/// The register effects of the instruction at `pc`; None if it is malformed.
pub fn effects(code: &Code, pc: usize) -> Option<Effects> {
    let word = *code.words.get(pc)?;
    let op = word.op()?;
    let mut out = Effects::default();
    for (i, kind) in op.info().operands.into_iter().enumerate() {
        add_operand(
            &mut out,
            code,
            word,
            kind,
            [word.a(), word.b(), word.c()][i],
        )?;
    }
    if op == Op::FOR_ITER_PAIR {
        // The second destination; both are written together.
        let second = code.words.get(pc + 1)?.0 as u16;
        if second >= code.first_temp || word.a() >= code.first_temp {
            return None;
        }
    }
    Some(out)
}

fn add_operand(
    out: &mut Effects,
    code: &Code,
    word: Word,
    kind: Operand,
    value: u16,
) -> Option<()> {
    let (flag, c) = (word.flag(), word.c());
    match kind {
        Operand::Dst => out.written.push((value, 1)),
        Operand::Dst2 => out.written.push((value, 2)),
        Operand::Dst3 => out.written.push((value, 3)),
        Operand::DstN => out.written.push((value, c)),
        Operand::DstEx => out.written.push((value, (flag as u16 + 1).checked_add(c)?)),
        Operand::DstJump => out.written_on_jump = Some(value),
        Operand::CallDst if flag & CALL_DISCARD == 0 => out.written.push((value, 1)),
        Operand::Kill => out.killed.push((value, 1)),
        Operand::KillN => out.killed.push((value, word.b())),
        Operand::Src => out.consumed.push((value, 1)),
        Operand::SrcOpt if value != NO_REG => out.consumed.push((value, 1)),
        Operand::Src2 => out.consumed.push((value, 2)),
        Operand::Src3 => out.consumed.push((value, 3)),
        Operand::SrcN => out.consumed.push((value, c)),
        Operand::SrcN2 => out.consumed.push((value, c.checked_mul(2)?)),
        Operand::SrcKeys => match code.consts.get(c as usize)? {
            Const::Tuple(keys) => out.consumed.push((value, u16::try_from(keys.len()).ok()?)),
            _ => return None,
        },
        Operand::SrcInterp => {
            out.consumed
                .push((value, 2 + (flag & INTERPOLATION_SPEC != 0) as u16));
        }
        Operand::CallArgs => out.consumed.push((value, c.checked_add(1)?)),
        Operand::MethodArgs => out.consumed.push((value, c.checked_add(2)?)),
        Operand::ExArgs => out
            .consumed
            .push((value, 2 + (flag & CALL_EX_KWARGS != 0) as u16)),
        Operand::IntrinsicArgs => out.consumed.push((value, Intrinsic::from_u16(c)?.arity())),
        Operand::FnCode if flag & make_function::CODE_IN_REGISTER != 0 => {
            out.consumed.push((value, 1));
        }
        Operand::FnCode => match code.consts.get(value as usize)? {
            Const::Code(_) => {}
            _ => return None,
        },
        Operand::FnExtras => out
            .consumed
            .push((value, (flag & 0x1f).count_ones() as u16)),
        Operand::Peek => out.peeked.push((value, 1)),
        Operand::InOut => {
            out.consumed.push((value, 1));
            out.written.push((value, 1));
        }
        Operand::Iter => {
            out.peeked.push((value, 1));
            out.consumed_unless_jump = Some(value);
        }
        _ => {}
    }
    Some(())
}

/// A set of temporaries.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Live(Vec<u64>);

impl Live {
    fn has(&self, i: usize) -> bool {
        self.0[i / 64] >> (i % 64) & 1 != 0
    }

    fn set(&mut self, i: usize, on: bool) {
        if on {
            self.0[i / 64] |= 1 << (i % 64);
        } else {
            self.0[i / 64] &= !(1 << (i % 64));
        }
    }
}

struct Verifier<'a> {
    code: &'a Code,
    /// Words that start an instruction.
    starts: Vec<bool>,
    /// The state before each instruction reached so far.
    states: Vec<Option<Live>>,
    queue: Vec<usize>,
}

type Check = Result<(), VerifyError>;

impl<'a> Verifier<'a> {
    fn new(code: &'a Code) -> Self {
        let count = code.words.len();
        Verifier {
            code,
            starts: vec![false; count],
            states: vec![None; count],
            queue: vec![0],
        }
    }

    fn fail<T>(&self, pc: usize, message: impl Into<String>) -> Result<T, VerifyError> {
        Err(VerifyError {
            code: self.code.qualname.to_string(),
            pc: pc as u32,
            message: message.into(),
        })
    }

    fn run(&mut self) -> Check {
        self.check_frame()?;
        self.check_instructions()?;
        self.check_handlers()?;
        let temporaries = (self.code.nregs - self.code.first_temp) as usize;
        self.states[0] = Some(Live(vec![0; temporaries / 64 + 1]));
        while let Some(pc) = self.queue.pop() {
            self.step(pc)?;
        }
        Ok(())
    }

    fn check_frame(&self) -> Check {
        let code = self.code;
        let named = code.varnames.len() + code.cellvars.len() + code.freevars.len();
        if code.words.is_empty() {
            return self.fail(0, "no instructions");
        }
        if named != code.first_temp as usize || code.nregs < code.first_temp {
            return self.fail(0, "registers do not add up");
        }
        if code.nregs == NO_REG {
            return self.fail(0, "too many registers");
        }
        let arguments = code.shape().parameter_count() as usize;
        if arguments > code.varnames.len() || code.posonlyargcount > code.argcount {
            return self.fail(0, "parameters do not add up");
        }
        if code
            .hidden
            .iter()
            .any(|register| *register >= code.shape().first_free())
        {
            return self.fail(0, "hidden register is no local");
        }
        let cells = code.cellvars.iter().filter_map(|cell| cell.1);
        if cells
            .into_iter()
            .any(|register| register as usize >= arguments)
        {
            return self.fail(0, "cell of no parameter");
        }
        Ok(())
    }

    fn check_instructions(&mut self) -> Check {
        let mut pc = 0;
        let mut last = None;
        while pc < self.code.words.len() {
            let Some(op) = self.code.words[pc].op() else {
                return self.fail(pc, "unknown instruction");
            };
            self.starts[pc] = true;
            self.check_operands(pc, op)?;
            last = Some(op);
            pc += 1 + op.extra_words();
        }
        if pc != self.code.words.len() {
            return self.fail(pc, "cut off in an instruction");
        }
        match last {
            Some(op) if op.info().ends => Ok(()),
            _ => self.fail(pc - 1, "runs off the end"),
        }
    }

    fn check_operands(&self, pc: usize, op: Op) -> Check {
        let (code, word) = (self.code, self.code.words[pc]);
        for (i, kind) in op.info().operands.into_iter().enumerate() {
            let value = [word.a(), word.b(), word.c()][i];
            let good = match kind {
                Operand::Local => value < code.first_temp,
                Operand::LocalOpt => value < code.first_temp || value == NO_REG,
                Operand::Const => (value as usize) < code.consts.len(),
                Operand::ConstW => (word.bc() as usize) < code.consts.len(),
                Operand::NameW => (word.bc() as usize) < code.names.len(),
                Operand::NameF => (word.name_index() as usize) < code.names.len(),
                _ => true,
            };
            if !good {
                return self.fail(
                    pc,
                    format!("operand {i} of {} out of range", op.info().name),
                );
            }
        }
        let Some(effects) = effects(code, pc) else {
            return self.fail(pc, "malformed instruction");
        };
        let all = effects.consumed.iter().chain(&effects.peeked);
        for &(first, count) in all.chain(&effects.written).chain(&effects.killed) {
            if first as u32 + count as u32 > code.nregs as u32 && count > 0 {
                return self.fail(pc, "register out of range");
            }
        }
        if effects
            .written_on_jump
            .is_some_and(|register| register >= code.nregs)
        {
            return self.fail(pc, "register out of range");
        }
        if matches!(op, Op::CALL_KW | Op::CALL_METHOD_KW) {
            let names = code
                .words
                .get(pc + 1)
                .and_then(|w| code.consts.get(w.0 as u32 as usize));
            match names {
                Some(Const::Tuple(names)) if names.len() <= word.c() as usize => {}
                _ => return self.fail(pc, "bad keyword names"),
            }
        }
        Ok(())
    }

    fn check_handlers(&self) -> Check {
        let mut end = 0;
        for h in &self.code.handlers {
            let target = h.target as usize;
            let exception = h.depth as u32 + h.lasti as u32;
            if h.start < end || h.end <= h.start || h.end as usize > self.code.words.len() {
                return self.fail(h.start as usize, "handler ranges out of order");
            }
            if !self.starts.get(target).copied().unwrap_or(false)
                || h.depth < self.code.first_temp
                || exception >= self.code.nregs as u32
            {
                return self.fail(target, "bad handler");
            }
            end = h.end;
        }
        Ok(())
    }

    /// Index among the temporaries.
    fn temporary(&self, register: u16) -> Option<usize> {
        register
            .checked_sub(self.code.first_temp)
            .map(|i| i as usize)
    }

    fn step(&mut self, pc: usize) -> Check {
        let Some(before) = self.states[pc].clone() else {
            return Ok(());
        };
        let word = self.code.words[pc];
        let (Some(op), Some(effects)) = (word.op(), effects(self.code, pc)) else {
            return self.fail(pc, "malformed instruction");
        };
        let mut state = before.clone();
        for &(first, count) in effects.peeked.iter().chain(&effects.consumed) {
            for register in first..first + count {
                let Some(i) = self.temporary(register) else {
                    continue;
                };
                if !state.has(i) {
                    return self.fail(pc, format!("reads empty temporary t{i}"));
                }
            }
        }
        for &(first, count) in effects.consumed.iter().chain(&effects.killed) {
            for register in first..first + count {
                if let Some(i) = self.temporary(register) {
                    state.set(i, false);
                }
            }
        }
        if op.info().raises {
            self.flow_to_handler(pc, &before, &state)?;
        }
        if let Some(offset) = word.jump_offset() {
            let target = pc as i64 + 1 + offset as i64;
            let mut jumped = state.clone();
            if let Some(register) = effects.written_on_jump {
                self.write(pc, &mut jumped, register)?;
            }
            self.flow(pc, target, jumped)?;
        }
        if op.info().ends {
            return Ok(());
        }
        if let Some(i) = effects.consumed_unless_jump.and_then(|r| self.temporary(r)) {
            state.set(i, false);
        }
        for &(first, count) in &effects.written {
            for register in first..first + count {
                self.write(pc, &mut state, register)?;
            }
        }
        self.flow(pc, (pc + 1 + op.extra_words()) as i64, state)
    }

    fn write(&self, pc: usize, state: &mut Live, register: u16) -> Check {
        if let Some(i) = self.temporary(register) {
            if state.has(i) {
                return self.fail(pc, format!("overwrites temporary t{i}"));
            }
            state.set(i, true);
        }
        Ok(())
    }

    /// An exception here: what is live below the depth must be so before and after.
    fn flow_to_handler(&mut self, pc: usize, before: &Live, after: &Live) -> Check {
        let Some(handler) = Handler::at(&self.code.handlers, pc as u32).copied() else {
            return Ok(());
        };
        let depth = (handler.depth - self.code.first_temp) as usize;
        let mut entry = before.clone();
        for i in 0..entry.0.len() * 64 {
            if i >= depth {
                entry.set(i, false);
            } else if before.has(i) != after.has(i) {
                return self.fail(pc, format!("consumes t{i} below the handler's depth"));
            }
        }
        entry.set(depth, true);
        if handler.lasti {
            entry.set(depth + 1, true);
        }
        self.flow(pc, handler.target as i64, entry)
    }

    fn flow(&mut self, pc: usize, target: i64, state: Live) -> Check {
        let index = usize::try_from(target)
            .ok()
            .filter(|i| self.starts.get(*i) == Some(&true));
        let Some(index) = index else {
            return self.fail(pc, format!("goes to {target}, which is no instruction"));
        };
        match &self.states[index] {
            Some(known) if *known == state => Ok(()),
            Some(known) => {
                let i = (0..state.0.len() * 64).find(|i| known.has(*i) != state.has(*i));
                self.fail(
                    index,
                    format!("t{} differs when coming from {pc}", i.unwrap_or(0)),
                )
            }
            None => {
                self.states[index] = Some(state);
                self.queue.push(index);
                Ok(())
            }
        }
    }
}
