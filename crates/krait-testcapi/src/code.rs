//! What `_testinternalcapi` tells of a code's variables and of the names that it reads.

use krait_object::types::tuple::Tuple;
use krait_object::{Dict, Layout as _, ModuleBuilder, Owned, Py, PyResult, Str, Value, raise};
use krait_stdlib_interpreters::script;
use krait_vm::code::attrs;
use krait_vm::{CodeObject, Function};

/// Bits of a variable's kind (`CO_FAST_*`).
mod kind {
    pub const POSITIONAL: i64 = 0x02;
    pub const KEYWORD: i64 = 0x04;
    pub const VARIABLE: i64 = 0x08;
    pub const LOCAL: i64 = 0x20;
    pub const CELL: i64 = 0x40;
    pub const FREE: i64 = 0x80;
}

/// The kinds of a code's parameters, in their order in `co_varnames`.
fn parameter_kinds(code: &CodeObject) -> Vec<i64> {
    let shape = &code.body.shape;
    let positional_only = shape.posonlyargcount;
    let count = |n: u32, bits: i64| std::iter::repeat_n(bits, n as usize);
    let flag = |flag: u32| u32::from(code.has_flag(flag));
    count(positional_only, kind::POSITIONAL)
        .chain(count(
            shape.argcount - positional_only,
            kind::POSITIONAL | kind::KEYWORD,
        ))
        .chain(count(shape.kwonlyargcount, kind::KEYWORD))
        .chain(count(
            flag(krait_bytecode::flags::VARARGS),
            kind::VARIABLE | kind::POSITIONAL,
        ))
        .chain(count(
            flag(krait_bytecode::flags::VARKEYWORDS),
            kind::VARIABLE | kind::KEYWORD,
        ))
        .collect()
}

fn names(tuple: &Tuple) -> Vec<Value> {
    (0..tuple.len()).filter_map(|at| tuple.get(at)).collect()
}

/// Each variable of a code with its kind.
fn kinds(code: &CodeObject) -> Vec<(Value, i64)> {
    let mut found: Vec<(Value, i64)> = Vec::new();
    let parameters = parameter_kinds(code);
    for (at, name) in names(&attrs::varnames(code)).into_iter().enumerate() {
        let bits = parameters.get(at).copied().unwrap_or(0);
        found.push((name, kind::LOCAL | bits));
    }
    for name in names(&attrs::cellvars(code)) {
        match found.iter_mut().find(|(known, _)| known.is(&name)) {
            Some((_, bits)) => *bits |= kind::CELL,
            None => found.push((name, kind::CELL)),
        }
    }
    found.extend(
        names(&attrs::freevars(code))
            .into_iter()
            .map(|name| (name, kind::FREE)),
    );
    found
}

fn get_co_localskinds(py: Py, code: &Value) -> PyResult<Owned<Dict>> {
    let Some(code) = code.downcast::<CodeObject>() else {
        return raise!(py, TypeError, "argument must be a code object");
    };
    let dict = Dict::new();
    for (name, bits) in kinds(code) {
        dict.set_value(py, &name, Value::int(bits))?;
    }
    Ok(dict)
}

/// A code, and the namespaces of its function where there is one.
struct Subject {
    code: Owned<CodeObject>,
    globals: Option<Owned<Dict>>,
    builtins: Option<Owned<Dict>>,
}

impl Subject {
    fn new(
        py: Py,
        value: &Value,
        globals: Option<&Dict>,
        builtins: Option<&Dict>,
    ) -> PyResult<Subject> {
        let (globals, builtins) = (
            globals.map(|d| d.to_owned()),
            builtins.map(|d| d.to_owned()),
        );
        if let Some(function) = value.downcast::<Function>() {
            let own = || Some(function.globals().to_owned());
            let its = || function.builtins().downcast::<Dict>().map(|d| d.to_owned());
            return Ok(Subject {
                code: function.code().to_owned(),
                globals: globals.or_else(own),
                builtins: builtins.or_else(its),
            });
        }
        match value.downcast::<CodeObject>() {
            Some(code) => Ok(Subject {
                code: code.to_owned(),
                globals,
                builtins,
            }),
            None => raise!(
                py,
                TypeError,
                "argument must be a code object or a function"
            ),
        }
    }
}

fn has(py: Py, dict: Option<&Owned<Dict>>, name: &Str) -> bool {
    dict.is_some_and(|dict| dict.get_str_key(py, name).is_some())
}

fn counted(py: Py, entries: &[(&str, i64)]) -> PyResult {
    let dict = Dict::new();
    for (name, count) in entries {
        dict.set_str(py, &Str::intern(name), Value::int(*count))?;
    }
    Ok(Value::from(dict))
}

fn put(py: Py, dict: &Value, name: &str, value: Value) -> PyResult<()> {
    match dict.downcast::<Dict>() {
        Some(dict) => dict.set_str(py, &Str::intern(name), value),
        None => Ok(()),
    }
}

fn get_code_var_counts(
    py: Py,
    code: &Value,
    globals: Option<&Dict>,
    builtins: Option<&Dict>,
) -> PyResult {
    let subject = Subject::new(py, code, globals, builtins)?;
    let kinds = kinds(&subject.code);
    let count = |test: &dyn Fn(i64) -> bool| kinds.iter().filter(|(_, k)| test(*k)).count() as i64;
    let is_argument = |k: i64| k & (kind::POSITIONAL | kind::KEYWORD) != 0;
    let exactly = |bits: i64| count(&|k| k & !kind::CELL == bits | kind::LOCAL);
    let arguments = count(&is_argument);
    let pure = count(&|k| k == kind::LOCAL);
    let (argument_cells, other_cells) = (
        count(&|k| k & kind::CELL != 0 && is_argument(k)),
        count(&|k| k == kind::CELL),
    );
    let free = count(&|k| k == kind::FREE);
    let locals = arguments + pure + other_cells;
    let (mut global, mut builtin, mut unknown) = (0, 0, 0);
    let (read, attributes) = script::names_read(&subject.code);
    for name in &read {
        if has(py, subject.globals.as_ref(), name) {
            global += 1;
        } else if has(py, subject.builtins.as_ref(), name) {
            builtin += 1;
        } else {
            unknown += 1;
        }
    }
    let unbound = (read.len() + attributes.len()) as i64;
    let args = counted(
        py,
        &[
            ("total", arguments),
            ("numposonly", exactly(kind::POSITIONAL)),
            ("numposorkw", exactly(kind::POSITIONAL | kind::KEYWORD)),
            ("numkwonly", exactly(kind::KEYWORD)),
            ("varargs", exactly(kind::VARIABLE | kind::POSITIONAL)),
            ("varkwargs", exactly(kind::VARIABLE | kind::KEYWORD)),
        ],
    )?;
    let cells = counted(
        py,
        &[
            ("total", argument_cells + other_cells),
            ("numargs", argument_cells),
            ("numothers", other_cells),
        ],
    )?;
    let hidden = counted(py, &[("total", 0), ("numpure", 0), ("numcells", 0)])?;
    let of_locals = counted(py, &[("total", locals), ("numpure", pure)])?;
    put(py, &of_locals, "args", args)?;
    put(py, &of_locals, "cells", cells)?;
    put(py, &of_locals, "hidden", hidden)?;
    let globals = counted(
        py,
        &[
            ("total", read.len() as i64),
            ("numglobal", global),
            ("numbuiltin", builtin),
            ("numunknown", unknown),
        ],
    )?;
    let of_unbound = counted(
        py,
        &[
            ("total", unbound),
            ("numattrs", attributes.len() as i64),
            ("numunknown", 0),
        ],
    )?;
    put(py, &of_unbound, "globals", globals)?;
    let whole = counted(py, &[("total", locals + free + unbound), ("numfree", free)])?;
    put(py, &whole, "locals", of_locals)?;
    put(py, &whole, "unbound", of_unbound)?;
    Ok(whole)
}

fn verify_stateless_code(
    py: Py,
    code: &Value,
    globals: Option<&Dict>,
    builtins: Option<&Dict>,
) -> PyResult<()> {
    let subject = Subject::new(py, code, globals, builtins)?;
    script::check_code(
        py,
        &subject.code,
        subject.globals.as_deref(),
        subject.builtins.as_deref(),
    )
}

/// `_testinternalcapi`'s part.
pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function("get_co_localskinds(code, /)", get_co_localskinds)?
        .function(
            "get_code_var_counts(code, *, globalsns=None, builtinsns=None)",
            get_code_var_counts,
        )?
        .function(
            "verify_stateless_code(code, *, globalsns=None, builtinsns=None)",
            verify_stateless_code,
        )?;
    Ok(())
}
