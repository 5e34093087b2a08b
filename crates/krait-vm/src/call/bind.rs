//! Argument binding of Python functions: `*args`, `**kwargs`, keywords, defaults.

use krait_bytecode::flags;
use krait_object::object::Owned;
use krait_object::py::{Py, PyResult};
use krait_object::raise;
use krait_object::types::dict::Dict;
use krait_object::types::str::Str;
use krait_object::types::tuple::Tuple;
use krait_object::value::Value;

use super::errors;
use crate::code::CodeObject;
use crate::function::Function;

/// Fills the parameters' registers, which are empty.
///
/// # Safety
/// `base` is the start of registers for the function's code, all locals empty. What has
/// been written stands there on an error too.
pub unsafe fn bind(
    py: Py,
    function: &Function,
    positional: &[Value],
    named: &[Value],
    kwnames: Option<&Tuple>,
    base: *mut u64,
) -> PyResult<()> {
    let code = function.code();
    let data = code.data();
    let (argcount, kwonly) = (data.argcount as usize, data.kwonlyargcount as usize);
    let total = argcount + kwonly;
    let taken = positional.len().min(argcount);
    // SAFETY: the contract: parameters' registers come first, in this order.
    unsafe {
        let put = |register: usize, value: Value| *base.add(register) = value.into_word();
        for (i, value) in positional[..taken].iter().enumerate() {
            put(i, value.clone());
        }
        let mut next = total;
        if code.has_flag(flags::VARARGS) {
            put(
                next,
                Value::from(Tuple::build(positional.len() - taken, |i| {
                    positional[taken + i].clone()
                })),
            );
            next += 1;
        }
        let extra = code.has_flag(flags::VARKEYWORDS).then(Dict::new);
        if let Some(extra) = &extra {
            put(next, Value::from(extra.clone()));
        }
        if let Some(kwnames) = kwnames {
            for (i, value) in named.iter().enumerate() {
                bind_keyword(py, function, kwnames, i, value, extra.as_ref(), base)?;
            }
        }
        if positional.len() > argcount && !code.has_flag(flags::VARARGS) {
            return errors::too_many(py, function, positional.len(), base);
        }
        if positional.len() < argcount {
            fill_positional_defaults(py, function, taken, base)?;
        }
        if kwonly > 0 {
            fill_keyword_defaults(py, function, base)?;
        }
    }
    Ok(())
}

/// # Safety
/// As for `bind`.
unsafe fn bind_keyword(
    py: Py,
    function: &Function,
    kwnames: &Tuple,
    index: usize,
    value: &Value,
    extra: Option<&Owned<Dict>>,
    base: *mut u64,
) -> PyResult<()> {
    let code = function.code();
    let data = code.data();
    let Some(name) = kwnames.get_str(index) else {
        return raise!(
            py,
            TypeError,
            "{}() keywords must be strings",
            function.qualname()
        );
    };
    let total = (data.argcount + data.kwonlyargcount) as usize;
    match find(code, name, data.posonlyargcount as usize, total) {
        // SAFETY: the contract; the register is a parameter's.
        Some(register) => unsafe {
            let place = base.add(register);
            if *place != 0 {
                let (function, name) = (function.qualname(), name.to_rust());
                return raise!(
                    py,
                    TypeError,
                    "{function}() got multiple values for argument '{name}'"
                );
            }
            *place = value.clone().into_word();
            Ok(())
        },
        None => match extra {
            Some(extra) => extra.set_value(py, &Value::from(name.to_owned_str()), value.clone()),
            None => errors::unexpected_keyword(py, function, name, kwnames),
        },
    }
}

/// The parameter of a name.
fn find(code: &CodeObject, name: &Str, from: usize, to: usize) -> Option<usize> {
    let names = &code.body.locals[from..to];
    let by_address = names.iter().position(|n| std::ptr::eq(&**n, name));
    by_address
        .or_else(|| names.iter().position(|n| n.eq(name)))
        .map(|i| i + from)
}

/// # Safety
/// As for `bind`.
unsafe fn fill_positional_defaults(
    py: Py,
    function: &Function,
    given: usize,
    base: *mut u64,
) -> PyResult<()> {
    let argcount = function.code().data().argcount as usize;
    let defaults = function.defaults();
    let count = defaults.as_ref().map_or(0, |d| d.len());
    let first = argcount.saturating_sub(count);
    // SAFETY: the contract.
    unsafe {
        if (given..first).any(|i| *base.add(i) == 0) {
            return errors::missing_positional(py, function, first, base);
        }
        for register in given.max(first)..argcount {
            let place = base.add(register);
            if *place == 0
                && let Some(value) = defaults
                    .as_ref()
                    .and_then(|d| d.get(register + count - argcount))
            {
                *place = value.into_word();
            }
        }
    }
    Ok(())
}

/// # Safety
/// As for `bind`.
unsafe fn fill_keyword_defaults(py: Py, function: &Function, base: *mut u64) -> PyResult<()> {
    let code = function.code();
    let data = code.data();
    let (first, total) = (
        data.argcount as usize,
        (data.argcount + data.kwonlyargcount) as usize,
    );
    let defaults = function.kwdefaults();
    let mut missing = false;
    for register in first..total {
        // SAFETY: the contract.
        unsafe {
            let place = base.add(register);
            if *place != 0 {
                continue;
            }
            let name = Value::from(code.body.locals[register].clone());
            let found = match &defaults {
                Some(defaults) => defaults.get(py, &name)?,
                None => None,
            };
            match found {
                Some(value) => *place = value.into_word(),
                None => missing = true,
            }
        }
    }
    // SAFETY: the contract.
    if missing {
        unsafe { errors::missing_keyword_only(py, function, base) }
    } else {
        Ok(())
    }
}
