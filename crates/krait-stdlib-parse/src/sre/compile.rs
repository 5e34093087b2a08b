//! `_sre.compile`.

use krait_object::types::list::List;
use krait_object::{Dict, Layout, Py, PyResult, Tuple, Value, raise};
use krait_sre::Unicode;

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
