//! `_sre.compile`, and the translation of a pattern's text to what it takes.

use krait_object::types::list::List;
use krait_object::{Bytes, Dict, Layout, Py, PyResult, Str, Tuple, Value, raise};
use krait_sre::{Unicode, source};

use super::subject::Held;
use super::{Names, Pattern, code_words, expect};

/// A pattern from the words of `re._compiler`.
pub fn compile(
    py: Py,
    pattern: &Value,
    flags: i32,
    code: &Value,
    groups: isize,
    groupindex: &Value,
    indexgroup: &Value,
) -> PyResult {
    let code = expect::<List>(py, code, "compile", 3)?;
    let groupindex = expect::<Dict>(py, groupindex, "compile", 5)?;
    let indexgroup = expect::<Tuple>(py, indexgroup, "compile", 6)?;
    let words = code_words(py, code)?;
    let is_bytes = if pattern.is_none() {
        None
    } else {
        Some(Held::new(py, pattern)?.is_bytes())
    };
    let Ok(groups) = u32::try_from(groups) else {
        return raise!(py, RuntimeError, "invalid SRE code");
    };
    let Ok(program) = krait_sre::Pattern::new(words, flags as u32, groups, &Unicode) else {
        return raise!(py, RuntimeError, "invalid SRE code");
    };
    let names = Names {
        groupindex: groupindex.to_owned(),
        indexgroup: indexgroup.to_owned(),
    };
    Ok(Value::from(Pattern::make(
        py,
        pattern.clone(),
        is_bytes,
        program,
        names,
    )))
}

/// What `compile` takes behind the pattern; None where `re._parser` and `re._compiler` are to
/// do it: they say what is wrong, and warn.
pub fn translate(py: Py, pattern: &Value, flags: &Value) -> PyResult {
    let flags = flags.as_small_int().map(u32::try_from);
    let Some(Ok(flags)) = flags else {
        return Ok(Value::none());
    };
    let (text, is_text): (Vec<u32>, bool) = if let Some(text) = pattern.downcast_exact::<Str>() {
        (text.code_points().collect(), true)
    } else if let Some(bytes) = pattern.downcast_exact::<Bytes>() {
        (
            bytes.as_slice().iter().copied().map(u32::from).collect(),
            false,
        )
    } else {
        return Ok(Value::none());
    };
    let Ok(source) = source::translate(&text, is_text, flags) else {
        return Ok(Value::none());
    };
    let names = Dict::new();
    let mut by_number = vec![Value::none(); source.groups as usize + 1];
    for (name, number) in source.names {
        let name = Value::from(Str::intern(&name));
        names.set_value(py, &name, Value::int(i64::from(number)))?;
        by_number[number as usize] = name;
    }
    let words = source
        .code
        .into_iter()
        .map(|word| Value::int(i64::from(word)));
    Ok(Value::from(Tuple::from_values([
        Value::int(i64::from(source.flags)),
        Value::from(List::from_values(words)),
        Value::int(i64::from(source.groups)),
        Value::from(names),
        Value::from(Tuple::from_values(by_number)),
    ])))
}
