//! `PyArg_ParseTupleAndKeywords`: arguments by position and by name.

use std::ffi::{CStr, c_char};

use krait_object::Layout;
use krait_object::{Dict, Object, Owned, Py, PyResult, Raised, Str, Tuple, raise};

use super::Parser;
use super::shape::{Shape, called, refused, shape};
use crate::varargs::Va;

/// Names of the keyword arguments; those before `first` have none.
pub(super) struct Keywords<'a> {
    names: Vec<&'a CStr>,
    first: usize,
}

/// # Safety
/// The array ends with NULL.
pub(super) unsafe fn keywords<'a>(mut list: *const *const c_char) -> Keywords<'a> {
    let mut names = Vec::new();
    // SAFETY: the contract.
    unsafe {
        while !(*list).is_null() {
            names.push(CStr::from_ptr(*list));
            list = list.add(1);
        }
    }
    let first = names.iter().take_while(|n| n.to_bytes().is_empty()).count();
    Keywords { names, first }
}

fn check_counts(
    py: Py,
    shape: &Shape<'_>,
    names: &Keywords<'_>,
    given: usize,
    named: usize,
) -> PyResult<()> {
    let len = names.names.len();
    if given + named > len {
        let keyword = if given == 0 { "keyword " } else { "" };
        let plural = if len == 1 { "" } else { "s" };
        let bound = if shape.min >= len && names.first == len {
            "exactly"
        } else {
            "at most"
        };
        return raise!(
            py,
            TypeError,
            "{} takes {bound} {len} {keyword}argument{plural} ({} given)",
            called(shape.name),
            given + named
        );
    }
    if given > shape.positional {
        let max = shape.positional;
        if max == 0 {
            return raise!(
                py,
                TypeError,
                "{} takes no positional arguments",
                called(shape.name)
            );
        }
        let bound = if shape.min < max {
            "at most"
        } else {
            "exactly"
        };
        let plural = if max == 1 { "" } else { "s" };
        return raise!(
            py,
            TypeError,
            "{} takes {bound} {max} positional argument{plural} ({given} given)",
            called(shape.name)
        );
    }
    Ok(())
}

fn missing(
    py: Py,
    shape: &Shape<'_>,
    names: &Keywords<'_>,
    i: usize,
    given: usize,
) -> PyResult<()> {
    if i < names.first {
        let least = names.first.min(shape.min);
        let bound = if least < shape.positional {
            "at least"
        } else {
            "exactly"
        };
        let plural = if least == 1 { "" } else { "s" };
        return raise!(
            py,
            TypeError,
            "{} takes {bound} {least} positional argument{plural} ({given} given)",
            called(shape.name)
        );
    }
    raise!(
        py,
        TypeError,
        "{} missing required argument '{}' (pos {})",
        called(shape.name),
        names.names[i].to_string_lossy(),
        i + 1
    )
}

/// Names that no parameter has, and parameters that were given twice.
fn check_names(
    py: Py,
    shape: &Shape<'_>,
    names: &Keywords<'_>,
    kwargs: &Dict,
    given: usize,
) -> PyResult<()> {
    for i in names.first..given.min(names.names.len()) {
        if kwargs.contains(py, &crate::text::key(py, names.names[i])?)? {
            return raise!(
                py,
                TypeError,
                "argument for {} given by name ('{}') and position ({})",
                called(shape.name),
                names.names[i].to_string_lossy(),
                i + 1
            );
        }
    }
    for key in kwargs.keys_vec() {
        let Some(key) = key.downcast::<Str>() else {
            return raise!(py, TypeError, "keywords must be strings");
        };
        let text = key.to_rust();
        let known = names.names[names.first..]
            .iter()
            .any(|n| n.to_bytes() == text.as_bytes());
        if !known {
            let function = shape
                .name
                .map_or_else(|| "this function".to_string(), |n| format!("{n}()"));
            let others = names.names[names.first..]
                .iter()
                .map(|n| n.to_string_lossy());
            let hint = krait_text::suggest::suggestion(&text, others)
                .map_or_else(String::new, |other| format!(". Did you mean '{other}'?"));
            return raise!(
                py,
                TypeError,
                "{function} got an unexpected keyword argument '{text}'{hint}"
            );
        }
    }
    Ok(())
}

pub(super) fn parse_keywords(
    py: Py,
    args: &Tuple,
    kwargs: Option<&Dict>,
    format: &CStr,
    names: &Keywords<'_>,
    va: Va,
) -> PyResult<bool> {
    let shape = shape(format.to_bytes());
    let (given, named) = (args.len(), kwargs.map_or(0, |k| k.len()));
    check_counts(py, &shape, names, given, named)?;
    let mut parser = Parser::new(py, &format.to_bytes()[..shape.end], va);
    let mut used = 0;
    for i in 0..names.names.len() {
        parser.take(b'|');
        parser.take(b'$');
        parser.take(b'|');
        let found: Option<Owned> = if i < given {
            args.get_ref(i).map(|a| a.to_owned())
        } else if used < named && i >= names.first {
            let key = crate::text::key(py, names.names[i])?;
            let value = match kwargs {
                // What C borrows must be an object that the dict keeps.
                Some(dict) => dict.boxed_value(py, &key)?,
                None => None,
            };
            // SAFETY: the dict keeps the object.
            value.map(|p| unsafe { Object::from_ptr(p) }.to_owned())
        } else {
            None
        };
        match found {
            Some(arg) => {
                used += usize::from(i >= given);
                if let Err(refusal) = parser.item(&arg) {
                    refused(py, refusal, Some(i + 1), &shape);
                    parser.fail();
                    return Err(Raised);
                }
            }
            None if i < shape.min => {
                let missed = missing(py, &shape, names, i, given);
                parser.fail();
                missed?;
            }
            None => {
                if used == named && i >= given && named == 0 && i >= shape.min {
                    return Ok(true);
                }
                parser.skip();
            }
        }
    }
    if used < named
        && let Some(kwargs) = kwargs
    {
        let checked = check_names(py, &shape, names, kwargs, given);
        if checked.is_err() {
            parser.fail();
        }
        checked?;
    }
    Ok(true)
}
