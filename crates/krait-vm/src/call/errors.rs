//! The TypeErrors of calls, in CPython's words.

use krait_object::py::{Py, PyResult};
use krait_object::raise;
use krait_object::types::dict::Dict;
use krait_object::types::str::Str;
use krait_object::types::tuple::Tuple;

use crate::function::Function;

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// `'a', 'b', and 'c'`
fn enumeration(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [first @ .., last] => format!("{}, and {last}", first.join(", ")),
    }
}

#[cold]
fn missing<T>(py: Py, function: &Function, kind: &str, names: &[String]) -> PyResult<T> {
    let (name, count, list) = (function.qualname(), names.len(), enumeration(names));
    raise!(
        py,
        TypeError,
        "{name}() missing {count} required {kind} argument{}: {list}",
        plural(count)
    )
}

/// Names of the empty registers in a range.
///
/// # Safety
/// The registers are those of a call of the function.
unsafe fn empty_names(function: &Function, from: usize, to: usize, base: *mut u64) -> Vec<String> {
    let names = function.code().locals();
    (from..to)
        // SAFETY: the contract.
        .filter(|&i| unsafe { *base.add(i) } == 0)
        .map(|i| format!("'{}'", names[i].to_rust()))
        .collect()
}

/// # Safety
/// The registers are those of a call of the function.
#[cold]
pub unsafe fn missing_positional<T>(
    py: Py,
    function: &Function,
    required: usize,
    base: *mut u64,
) -> PyResult<T> {
    // SAFETY: the contract.
    let names = unsafe { empty_names(function, 0, required, base) };
    missing(py, function, "positional", &names)
}

/// # Safety
/// The registers are those of a call of the function.
#[cold]
pub unsafe fn missing_keyword_only<T>(py: Py, function: &Function, base: *mut u64) -> PyResult<T> {
    let data = function.code().shape();
    let (from, to) = (
        data.argcount as usize,
        (data.argcount + data.kwonlyargcount) as usize,
    );
    let defaults = function.kwdefaults();
    let mut names = Vec::new();
    for register in from..to {
        let name = &function.code().locals()[register];
        // SAFETY: the contract.
        let empty = unsafe { *base.add(register) } == 0;
        if empty
            && defaults
                .as_ref()
                .is_none_or(|d| d.get_str_key(py, name).is_none())
        {
            names.push(format!("'{}'", name.to_rust()));
        }
    }
    missing(py, function, "keyword-only", &names)
}

/// # Safety
/// The registers are those of a call of the function.
#[cold]
pub unsafe fn too_many<T>(
    py: Py,
    function: &Function,
    given: usize,
    base: *mut u64,
) -> PyResult<T> {
    let data = function.code().shape();
    let (most, name) = (data.argcount as usize, function.qualname());
    let defaults = function.defaults().map_or(0, |d| d.len());
    let keyword_only = (most..most + data.kwonlyargcount as usize)
        // SAFETY: the contract.
        .filter(|&i| unsafe { *base.add(i) } != 0)
        .count();
    let (bound, ending) = if defaults > 0 {
        (format!("from {} to {most}", most - defaults), "s")
    } else {
        (most.to_string(), plural(most))
    };
    let verb = if given == 1 && keyword_only == 0 {
        "was"
    } else {
        "were"
    };
    if keyword_only > 0 {
        return raise!(
            py,
            TypeError,
            "{name}() takes {bound} positional argument{ending} but {given} positional argument{} (and {keyword_only} keyword-only argument{}) {verb} given",
            plural(given),
            plural(keyword_only)
        );
    }
    raise!(
        py,
        TypeError,
        "{name}() takes {bound} positional argument{ending} but {given} {verb} given"
    )
}

#[cold]
pub fn unexpected_keyword<T>(
    py: Py,
    function: &Function,
    name: &Str,
    kwnames: &Tuple,
) -> PyResult<T> {
    let code = function.code();
    let data = code.shape();
    let positional_only = &code.locals()[..data.posonlyargcount as usize];
    let wrong: Vec<String> = (0..kwnames.len())
        .filter_map(|i| kwnames.get_str(i))
        .filter(|n| positional_only.iter().any(|p| p.eq(n)))
        .map(|n| n.to_rust().into_owned())
        .collect();
    let function_name = function.qualname();
    if !wrong.is_empty() {
        return raise!(
            py,
            TypeError,
            "{function_name}() got some positional-only arguments passed as keyword arguments: '{}'",
            wrong.join(", ")
        );
    }
    let total = (data.argcount + data.kwonlyargcount) as usize;
    let known = code.locals()[data.posonlyargcount as usize..total]
        .iter()
        .map(|n| n.to_rust());
    let name = name.to_rust();
    match krait_text::suggest::suggestion(&name, known) {
        Some(other) => raise!(
            py,
            TypeError,
            "{function_name}() got an unexpected keyword argument '{name}'. Did you mean '{other}'?"
        ),
        None => raise!(
            py,
            TypeError,
            "{function_name}() got an unexpected keyword argument '{name}'"
        ),
    }
}

#[cold]
pub fn multiple_values<T>(py: Py, function: &Function, name: &Str) -> PyResult<T> {
    let (function, name) = (function.qualname(), name.to_rust());
    raise!(
        py,
        TypeError,
        "{function}() got multiple values for argument '{name}'"
    )
}

/// The same for the first of several names that are parameters already filled.
///
/// # Safety
/// The registers are those of a call of the function.
#[cold]
pub unsafe fn first_of_multiple<T>(
    py: Py,
    function: &Function,
    all: &Dict,
    base: *mut u64,
) -> PyResult<T> {
    let code = function.code();
    let data = code.shape();
    let parameters = data.posonlyargcount as usize..(data.argcount + data.kwonlyargcount) as usize;
    let mut at = 0;
    while let Some(key) = all.key_step(&mut at) {
        let Some(name) = key.downcast::<Str>() else {
            continue;
        };
        let filled = parameters
            .clone()
            // SAFETY: the contract.
            .any(|i| code.locals()[i].eq(name) && unsafe { *base.add(i) } != 0);
        if filled {
            return multiple_values(py, function, name);
        }
    }
    unreachable!("one of the names was found before")
}
