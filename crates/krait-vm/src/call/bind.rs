//! Argument binding of Python functions: `*args`, `**kwargs`, keywords, defaults.

use krait_bytecode::flags;
use krait_object::py::{Py, PyResult};
use krait_object::types::dict::Dict;
use krait_object::types::str::Str;
use krait_object::value::Value;

use super::arguments::Arguments;
use super::errors;
use crate::code::CodeObject;
use crate::function::Function;

/// Fills the parameters' registers, which are empty.
///
/// # Safety
/// `base` is the start of registers for the function's code, all locals empty. What has
/// been written stands there on an error too.
#[inline]
pub unsafe fn bind<A: Arguments>(
    py: Py,
    function: &Function,
    mut arguments: A,
    base: *mut u64,
) -> PyResult<()> {
    let code = function.code();
    let data = code.shape();
    let (argcount, kwonly) = (data.argcount as usize, data.kwonlyargcount as usize);
    let total = argcount + kwonly;
    let given = arguments.positional();
    let taken = given.min(argcount);
    // SAFETY: the contract: parameters' registers come first, in this order.
    unsafe {
        for i in 0..taken {
            *base.add(i) = arguments.take(i).into_word();
        }
        let mut next = total;
        if code.has_flag(flags::VARARGS) {
            *base.add(next) = Value::from(arguments.rest(taken)).into_word();
            next += 1;
        }
        if code.has_flag(flags::VARKEYWORDS) {
            bind_keywords_of_any_name(py, function, &mut arguments, base, next)?;
        } else if arguments.named() > 0 {
            bind_keywords(py, function, &mut arguments, base)?;
        }
        if given > argcount && !code.has_flag(flags::VARARGS) {
            return errors::too_many(py, function, given, base);
        }
        if given < argcount {
            fill_positional_defaults(py, function, taken, base)?;
        }
        if kwonly > 0 {
            fill_keyword_defaults(py, function, base)?;
        }
    }
    Ok(())
}

/// Binds arguments with names to parameters of these names.
///
/// # Safety
/// As for `bind`.
#[inline]
unsafe fn bind_keywords<A: Arguments>(
    py: Py,
    function: &Function,
    arguments: &mut A,
    base: *mut u64,
) -> PyResult<()> {
    let bound = arguments.each_named(py, function, |name, value| {
        // SAFETY: the contract.
        unsafe { bind_keyword(py, function, name, value, base) }
    });
    match bound? {
        None => Ok(()),
        Some(stranger) => errors::unexpected_keyword(py, function, &stranger, &arguments.names()),
    }
}

/// The same for a function with `**kwargs`, whose register is `last`.
///
/// # Safety
/// As for `bind`.
#[inline]
unsafe fn bind_keywords_of_any_name<A: Arguments>(
    py: Py,
    function: &Function,
    arguments: &mut A,
    base: *mut u64,
    last: usize,
) -> PyResult<()> {
    let extra = arguments.whole().unwrap_or_else(Dict::new);
    // SAFETY: the contract.
    unsafe {
        *base.add(last) = Value::from(extra.clone()).into_word();
        if !extra.is_empty() {
            return take_parameters(py, function, &extra, base);
        }
        if arguments.named() == 0 {
            return Ok(());
        }
        let bound = arguments.each_named(py, function, |name, value| {
            match bind_keyword(py, function, name, value, base)? {
                Some(value) => {
                    extra.set_value(py, &Value::from(name.to_owned_str()), value)?;
                    Ok(None)
                }
                None => Ok(None),
            }
        });
        bound.map(drop)
    }
}

/// Moves what parameters are named for out of the dict of all keyword arguments.
///
/// # Safety
/// As for `bind`.
unsafe fn take_parameters(py: Py, function: &Function, all: &Dict, base: *mut u64) -> PyResult<()> {
    let data = function.code().shape();
    let total = (data.argcount + data.kwonlyargcount) as usize;
    for register in data.posonlyargcount as usize..total {
        let name = &function.code().locals()[register];
        // SAFETY: the contract; the register is a parameter's.
        unsafe {
            if *base.add(register) == 0 {
                if let Some(value) = all.pop_str(py, name) {
                    *base.add(register) = value.into_word();
                }
            } else if all.contains_str(py, name) {
                return errors::first_of_multiple(py, function, all, base);
            }
        }
    }
    Ok(())
}

/// Puts an argument into the register of the parameter of its name; gives it back where
/// there is none.
///
/// # Safety
/// As for `bind`.
#[inline]
unsafe fn bind_keyword(
    py: Py,
    function: &Function,
    name: &Str,
    value: Value,
    base: *mut u64,
) -> PyResult<Option<Value>> {
    let code = function.code();
    let data = code.shape();
    let total = (data.argcount + data.kwonlyargcount) as usize;
    let Some(register) = find(code, name, data.posonlyargcount as usize, total) else {
        return Ok(Some(value));
    };
    // SAFETY: the contract; the register is a parameter's.
    unsafe {
        let place = base.add(register);
        if *place != 0 {
            return errors::multiple_values(py, function, name);
        }
        *place = value.into_word();
    }
    Ok(None)
}

/// The parameter of a name.
fn find(code: &CodeObject, name: &Str, from: usize, to: usize) -> Option<usize> {
    let names = &code.locals()[from..to];
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
    let argcount = function.code().shape().argcount as usize;
    // SAFETY: the contract; nothing here changes the function.
    unsafe {
        let defaults = function.defaults_ref();
        let count = defaults.map_or(0, |d| d.len());
        let first = argcount.saturating_sub(count);
        if (given..first).any(|i| *base.add(i) == 0) {
            return errors::missing_positional(py, function, first, base);
        }
        for register in given.max(first)..argcount {
            let place = base.add(register);
            if *place == 0
                && let Some(value) = defaults.and_then(|d| d.get(register + count - argcount))
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
    let data = code.shape();
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
            let name = Value::from(code.locals()[register].clone());
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
    if missing {
        // SAFETY: the contract.
        unsafe { errors::missing_keyword_only(py, function, base) }
    } else {
        Ok(())
    }
}
