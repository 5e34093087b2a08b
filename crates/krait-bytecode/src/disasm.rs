//! Text listing of code objects, as golden tests and `dis` want it.

use crate::code::{Code, Const};
use crate::op::{NO_REG, Op, Operand};
use crate::word::Word;
use std::fmt::Write;

/// Lists a code object and, after it, the code objects among its constants.
pub fn disassemble(code: &Code) -> String {
    let mut out = String::new();
    let mut queue = vec![code];
    while let Some(next) = queue.pop() {
        list(next, &mut out);
        queue.extend(
            next.consts
                .iter()
                .rev()
                .filter_map(|constant| match constant {
                    Const::Code(inner) => Some(&**inner),
                    _ => None,
                }),
        );
        if !queue.is_empty() {
            out.push('\n');
        }
    }
    out
}

fn list(code: &Code, out: &mut String) {
    let _ = writeln!(
        out,
        "code {} line {} args {}/{}/{} flags {:#x} registers {} temporaries from {}",
        code.qualname,
        code.first_line,
        code.posonlyargcount,
        code.argcount,
        code.kwonlyargcount,
        code.flags,
        code.nregs,
        code.first_temp
    );
    let targets = jump_targets(code);
    let mut line = 0;
    let mut runs = code.positions.runs(code.first_line).peekable();
    let mut pc = 0;
    while pc < code.words.len() {
        while runs.next_if(|run| run.end <= pc as u32).is_some() {}
        let here = runs.peek().map_or(0, |run| run.position.line);
        if here != line {
            let _ = writeln!(out, "  line {here}");
            line = here;
        }
        let mark = if targets.contains(&(pc as u32)) {
            ">"
        } else {
            " "
        };
        let _ = writeln!(out, "{mark}{pc:5}  {}", instruction(code, pc));
        pc += 1 + code.words[pc].op().map_or(0, Op::extra_words);
    }
    for h in &code.handlers {
        let lasti = if h.lasti { " lasti" } else { "" };
        let depth = register(code, h.depth);
        let _ = writeln!(
            out,
            "  handler {}..{} -> {} depth {depth}{lasti}",
            h.start, h.end, h.target
        );
    }
}

/// All words that are jumped to, handlers included.
fn jump_targets(code: &Code) -> std::collections::BTreeSet<u32> {
    let mut targets: std::collections::BTreeSet<u32> =
        code.handlers.iter().map(|h| h.target).collect();
    let mut pc = 0;
    while pc < code.words.len() {
        let word = code.words[pc];
        if let Some(offset) = word.jump_offset() {
            targets.insert((pc as i64 + 1 + offset as i64) as u32);
        }
        pc += 1 + word.op().map_or(0, Op::extra_words);
    }
    targets
}

/// One instruction as text.
pub fn instruction(code: &Code, pc: usize) -> String {
    let word = code.words[pc];
    let Some(op) = word.op() else {
        return format!("?{}", word.op_byte());
    };
    let info = op.info();
    let mut out = format!("{:<22}", info.name);
    let flag_is_name = info.operands.contains(&Operand::NameF);
    for (i, kind) in info.operands.into_iter().enumerate() {
        if let Some(text) = operand(code, word, kind, i, pc) {
            out.push(' ');
            out.push_str(&text);
        }
    }
    for extra in 1..=info.words as usize {
        let value = code.words.get(pc + extra).map_or(0, |w| w.0);
        let text = match op {
            Op::FOR_ITER_PAIR => register(code, value as u16),
            _ => constant(code, value as u32),
        };
        let _ = write!(out, " {text}");
    }
    if word.flag() != 0 && (!flag_is_name || word.flag() & 0x80 != 0) {
        let _ = write!(out, " flag {:#x}", word.flag());
    }
    out.trim_end().to_string()
}

fn operand(code: &Code, word: Word, kind: Operand, i: usize, pc: usize) -> Option<String> {
    let value = [word.a(), word.b(), word.c()][i];
    Some(match kind {
        Operand::No | Operand::Hi => return None,
        Operand::Const => constant(code, value as u32),
        Operand::ConstW => constant(code, word.bc()),
        Operand::FnCode if word.flag() & crate::op::make_function::CODE_IN_REGISTER == 0 => {
            constant(code, value as u32)
        }
        Operand::FnExtras if word.flag() & 0x1f == 0 => return None,
        Operand::CallDst if word.flag() & 1 != 0 => "-".into(),
        Operand::NameW => name(code, word.bc()),
        Operand::NameF => name(code, word.name_index()),
        Operand::Imm => format!("{value}"),
        Operand::SImm => format!("#{}", value as i16),
        Operand::ImmW => format!("#{}", word.bc() as i32),
        Operand::Jump | Operand::JumpW => {
            format!(
                "->{}",
                pc as i64 + 1 + word.jump_offset().unwrap_or(0) as i64
            )
        }
        _ => register(code, value),
    })
}

fn register(code: &Code, register: u16) -> String {
    if register == NO_REG {
        return "-".into();
    }
    if register >= code.first_temp {
        return format!("t{}", register - code.first_temp);
    }
    match code.register_name(register) {
        Some(name) if register < code.shape().first_cell() => format!("{name}"),
        Some(name) => format!("&{name}"),
        None => format!("r{register}"),
    }
}

fn name(code: &Code, index: u32) -> String {
    code.names
        .get(index as usize)
        .map_or_else(|| format!("?{index}"), |name| format!(".{name}"))
}

fn constant(code: &Code, index: u32) -> String {
    code.consts
        .get(index as usize)
        .map_or_else(|| format!("?{index}"), show_const)
}

/// A constant as a listing shows it: Python's `repr`, shortened when long.
pub fn show_const(constant: &Const) -> String {
    let full = match constant {
        Const::None => "None".into(),
        Const::Bool(true) => "True".into(),
        Const::Bool(false) => "False".into(),
        Const::Ellipsis => "...".into(),
        Const::Int(number) => number.to_string(),
        Const::BigInt(negative, digits) => {
            format!(
                "<{}int of {} digits>",
                if *negative { "-" } else { "" },
                digits.len()
            )
        }
        Const::Float(number) => format!("{number:?}"),
        Const::Complex(re, im) => format!("({re:?}, {im:?}j)"),
        Const::Str(text) => format!("{:?}", String::from_utf8_lossy(text)),
        Const::Bytes(bytes) => format!("b\"{}\"", bytes.escape_ascii()),
        Const::Tuple(items) => format!("({})", show_items(items)),
        Const::FrozenSet(items) => format!("frozenset({})", show_items(items)),
        Const::Slice(parts) => format!("slice({})", show_items(&parts[..])),
        Const::Code(code) => format!("<code {}>", code.qualname),
    };
    if full.len() <= 60 {
        return full;
    }
    let mut end = 57;
    while !full.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}...", &full[..end])
}

fn show_items(items: &[Const]) -> String {
    items
        .iter()
        .take(20)
        .map(show_const)
        .collect::<Vec<_>>()
        .join(", ")
}
