//! Krait's instructions as `dis` asks for them.

use krait_bytecode::{Code, Op, Operand};
use krait_object::{List, ModuleBuilder, Owned, Py, PyResult, Str, Tuple, Value, intern, protocol};
use krait_vm::CodeObject;

/// Offsets count two for a word, as in `co_lines`.
fn offset(index: i64) -> Value {
    Value::int(index * 2)
}

/// The name that is shown: a method is loaded as an attribute, which CPython's tools look
/// for.
fn shown_name(op: Op) -> &'static str {
    match op {
        Op::LOAD_METHOD => "LOAD_ATTR",
        Op::LOAD_SUPER_METHOD => "LOAD_SUPER_ATTR",
        _ => op.info().name,
    }
}

/// The operand that stands for something else: its number and what that is.
fn argument(code: &CodeObject, consts: &Tuple, index: usize) -> (Value, Value) {
    let data = code.data();
    let word = data.words[index];
    let Some(op) = word.op() else {
        return (Value::none(), Value::none());
    };
    if let Some(jump) = word.jump_offset() {
        let target = index as i64 + 1 + i64::from(jump);
        return (Value::int(i64::from(jump)), offset(target));
    }
    if op == Op::LOAD_INT {
        let value = Value::int(i64::from(word.bc() as i32));
        return (value.clone(), value);
    }
    for (i, kind) in op.info().operands.into_iter().enumerate() {
        let value = u32::from([word.a(), word.b(), word.c()][i]);
        let number = match kind {
            Operand::NameW | Operand::ConstW => word.bc(),
            Operand::NameF => word.name_index(),
            Operand::Const => value,
            _ => continue,
        };
        let meaning = match kind {
            Operand::NameW | Operand::NameF => data
                .names
                .get(number as usize)
                .map(|name| Value::from(Str::intern(name))),
            _ => consts.get(number as usize),
        };
        return (
            Value::int(i64::from(number)),
            meaning.unwrap_or_else(Value::none),
        );
    }
    (Value::none(), Value::none())
}

/// What the operands are, as text.
fn operands(data: &Code, index: usize) -> String {
    let text = krait_bytecode::disasm::instruction(data, index);
    text.split_once(' ')
        .map_or_else(String::new, |(_, rest)| rest.trim_start().to_string())
}

/// `instructions(code)`: for each one, offset, name, argument, its meaning, the text of the
/// operands, where it jumps, and how many words follow it.
fn instructions(py: Py, code: &CodeObject) -> PyResult<Owned<List>> {
    let whole = Value::from(krait_object::Layout::to_owned(code));
    let consts = protocol::get_attr(py, &whole, intern!("co_consts"))?;
    let consts = consts
        .downcast::<Tuple>()
        .map_or_else(Tuple::empty, krait_object::Layout::to_owned);
    let data = code.data();
    let (mut found, mut index) = (Vec::new(), 0);
    while let Some(op) = data.words.get(index).and_then(|w| w.op()) {
        let (number, meaning) = argument(code, &consts, index);
        let target = data.words[index].jump_offset();
        found.push(Value::from(Tuple::from_values([
            offset(index as i64),
            Value::from(Str::intern(shown_name(op))),
            number,
            meaning,
            Value::from(Str::new(&operands(data, index))),
            target.map_or_else(Value::none, |t| offset(index as i64 + 1 + i64::from(t))),
            Value::int(op.extra_words() as i64),
        ])));
        index += 1 + op.extra_words();
    }
    Ok(List::from_values(found))
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function("instructions(code, /)", instructions)?;
    Ok(())
}
