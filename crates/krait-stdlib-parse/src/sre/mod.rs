//! `_sre`: compiled regular expressions, on the matcher of krait-sre.
//!
//! Patterns hold their code; a subject is read where it lies, never copied. No slice of
//! it is kept while Python code can run: it is taken anew from the object that holds it
//! (`Held`) for each run of the matcher.

use krait_object::native::ModuleBuilder;
use krait_object::native::module::NativeModule;
use krait_object::types::list::List;
use krait_object::{Dict, Int, Py, PyResult, Tuple, Value, hooks, protocol, raise};
use krait_sre::{MAX_GROUPS, MAX_REPEAT, Unicode, UnicodeProps};

mod compile;
mod found;
mod iterate;
mod pattern;
mod replace;
mod scanner;
mod show;
mod split;
mod subject;
mod template;

pub use pattern::Pattern;

pub const MODULE: NativeModule = NativeModule { name: "_sre", init };

/// The version of the code that `re._compiler` of 3.14 emits.
const MAGIC: i64 = 20_230_612;

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.int("MAGIC", MAGIC)?
        .int("CODESIZE", 4)?
        .int("MAXREPEAT", i64::from(MAX_REPEAT))?
        .int("MAXGROUPS", i64::from(MAX_GROUPS))?
        .function(
            "compile($module, /, pattern, flags, code, groups, groupindex, indexgroup)",
            compile::compile,
        )?
        .function("translate($module, pattern, flags, /)", compile::translate)?
        .function(
            "template($module, pattern, template, /)",
            template::template,
        )?
        .function("getcodesize($module, /)", |_py| 4)?
        .function("ascii_iscased($module, character, /)", |_py, ch: i32| {
            u8::try_from(ch).is_ok_and(|c| c.is_ascii_alphabetic())
        })?
        .function("unicode_iscased($module, character, /)", |_py, ch: i32| {
            let ch = ch as u32;
            Unicode.lower(ch) != ch || Unicode.upper(ch) != ch
        })?
        .function(
            "ascii_tolower($module, character, /)",
            |_py, ch: i32| match u8::try_from(ch) {
                Ok(c) => i32::from(c.to_ascii_lowercase()),
                Err(_) => ch,
            },
        )?
        .function("unicode_tolower($module, character, /)", |_py, ch: i32| {
            Unicode.lower(ch as u32) as i32
        })?;
    Ok(())
}

/// Runs signal handlers in the middle of a match; true stops it.
fn interrupted(py: Py) -> bool {
    (hooks::get(py).signals)(py).is_err()
}

/// The error of a match that could not go on.
fn failed<T>(py: Py, error: krait_sre::MatchError) -> PyResult<T> {
    match error {
        krait_sre::MatchError::Interrupted if py.thread().has_exception() => {
            Err(krait_object::Raised)
        }
        krait_sre::MatchError::Interrupted => {
            raise!(py, RuntimeError, "maximum recursion limit exceeded")
        }
        krait_sre::MatchError::Memory => krait_object::errors::no_memory(),
    }
}

/// A non-negative number in an int, or the largest there is.
fn clipped(value: Option<isize>, missing: usize) -> usize {
    value.map_or(missing, |v| v.max(0) as usize)
}

/// Arguments of `_sre.compile` by type.
fn expect<'a, T: krait_object::Builtin>(
    py: Py,
    value: &'a Value,
    function: &str,
    position: usize,
) -> PyResult<&'a T> {
    match value.downcast::<T>() {
        Some(object) => Ok(object),
        None => raise!(
            py,
            TypeError,
            "{function}() argument {position} must be {}, not {}",
            T::type_object().name(),
            value.ty().name()
        ),
    }
}

/// The words of a code list.
fn code_words(py: Py, code: &List) -> PyResult<Vec<u32>> {
    let mut words = Vec::with_capacity(code.len());
    let mut at = 0;
    while let Some(word) = code.get(at) {
        let number = match (word.as_small_int(), word.downcast::<Int>()) {
            (Some(i), _) => Some(i128::from(i)),
            (None, Some(int)) => int.to_i128(),
            (None, None) => protocol::number::index_to_i128(py, &word)?,
        };
        match number.and_then(|n| u32::try_from(n).ok()) {
            Some(word) => words.push(word),
            None => {
                return raise!(
                    py,
                    OverflowError,
                    "regular expression code size limit exceeded"
                );
            }
        }
        at += 1;
    }
    Ok(words)
}

/// What `_sre.compile` gives along with the code.
struct Names {
    groupindex: krait_object::Owned<Dict>,
    indexgroup: krait_object::Owned<Tuple>,
}
