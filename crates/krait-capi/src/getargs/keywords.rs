//! Arguments by position and by name: `PyArg_ParseTupleAndKeywords` and the functions that
//! Argument Clinic's code calls.

use std::borrow::Cow;
use std::ffi::{CStr, c_char};

use krait_object::Layout;
use krait_object::{Dict, Object, Owned, Py, PyResult, Raised, Str, Tuple, Value, raise};

use super::Parser;
use super::shape::{Shape, called, refused, shape};
use crate::border::Ptr;
use crate::varargs::Va;

/// Names of the parameters; those before `first` have none.
pub(super) struct Keywords<'a> {
    names: Names<'a>,
    pub(super) first: usize,
}

enum Names<'a> {
    /// All, the empty ones too.
    Texts(Vec<&'a CStr>),
    /// Those that are not empty.
    Strings(&'a Tuple),
}

impl<'a> Keywords<'a> {
    pub(super) fn of_strings(first: usize, names: &'a Tuple) -> Keywords<'a> {
        Keywords {
            names: Names::Strings(names),
            first,
        }
    }

    pub(super) fn len(&self) -> usize {
        match &self.names {
            Names::Texts(texts) => texts.len(),
            Names::Strings(strings) => self.first + strings.len(),
        }
    }

    fn key(&self, py: Py, i: usize) -> PyResult<Value> {
        match &self.names {
            Names::Texts(texts) => crate::text::key(py, texts[i]),
            Names::Strings(strings) => Ok(strings
                .get_ref(i - self.first)
                .map_or_else(Value::none, |name| Value::from(name.to_owned()))),
        }
    }

    pub(super) fn shown(&self, i: usize) -> Cow<'_, str> {
        match &self.names {
            Names::Texts(texts) => texts[i].to_string_lossy(),
            Names::Strings(strings) => strings
                .get_ref(i - self.first)
                .and_then(|name| name.downcast::<Str>())
                .map_or(Cow::Borrowed(""), |name| {
                    Cow::Owned(name.to_rust().into_owned())
                }),
        }
    }
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
    Keywords {
        names: Names::Texts(names),
        first,
    }
}

/// The arguments of a call.
pub(super) struct Given<'a> {
    pub(super) positional: &'a [&'a Object],
    pub(super) named: Named<'a>,
}

pub(super) enum Named<'a> {
    None,
    Dict(&'a Dict),
    /// Names, and as many values, as in a vectorcall.
    Stack(&'a Tuple, &'a [&'a Object]),
}

impl Named<'_> {
    pub(super) fn len(&self) -> usize {
        match self {
            Named::None => 0,
            Named::Dict(dict) => dict.len(),
            Named::Stack(names, _) => names.len(),
        }
    }

    /// The argument of a name, borrowed from what was passed.
    pub(super) fn get(&self, py: Py, names: &Keywords<'_>, i: usize) -> PyResult<Option<Ptr>> {
        match self {
            Named::None => Ok(None),
            // What C borrows must be an object that the dict keeps.
            Named::Dict(dict) => dict.boxed_value(py, &names.key(py, i)?),
            Named::Stack(given, values) => {
                let key = names.key(py, i)?;
                let Some(key) = key.downcast::<Str>() else {
                    return Ok(None);
                };
                let found = given
                    .iter()
                    .position(|name| name.downcast::<Str>().is_some_and(|name| name.eq(key)));
                Ok(found.map(|at| values[at].as_ptr()))
            }
        }
    }

    fn keys(&self) -> Vec<Value> {
        match self {
            Named::None => Vec::new(),
            Named::Dict(dict) => dict.keys_vec(),
            Named::Stack(names, _) => names.iter().map(|n| Value::from(n.to_owned())).collect(),
        }
    }
}

/// More arguments than parameters.
pub(super) fn too_many<T>(
    py: Py,
    name: Option<&str>,
    bound: &str,
    len: usize,
    given: usize,
    named: usize,
) -> PyResult<T> {
    let keyword = if given == 0 { "keyword " } else { "" };
    let plural = if len == 1 { "" } else { "s" };
    raise!(
        py,
        TypeError,
        "{} takes {bound} {len} {keyword}argument{plural} ({} given)",
        called(name),
        given + named
    )
}

/// Another number of arguments by position than there are parameters for them.
pub(super) fn positional_count<T>(
    py: Py,
    name: Option<&str>,
    bound: &str,
    limit: usize,
    given: usize,
) -> PyResult<T> {
    let name = called(name);
    if limit == 0 {
        return raise!(py, TypeError, "{name} takes no positional arguments");
    }
    let plural = if limit == 1 { "" } else { "s" };
    raise!(
        py,
        TypeError,
        "{name} takes {bound} {limit} positional argument{plural} ({given} given)"
    )
}

fn check_counts(
    py: Py,
    shape: &Shape<'_>,
    names: &Keywords<'_>,
    given: usize,
    named: usize,
) -> PyResult<()> {
    let len = names.len();
    if given + named > len {
        // (A parser that Argument Clinic made never says «exactly».)
        let texts = matches!(names.names, Names::Texts(_));
        let exact = texts && shape.min >= len && names.first == len;
        let bound = if exact { "exactly" } else { "at most" };
        return too_many(py, shape.name, bound, len, given, named);
    }
    if given > shape.positional {
        let max = shape.positional;
        let bound = if shape.min < max {
            "at most"
        } else {
            "exactly"
        };
        return positional_count(py, shape.name, bound, max, given);
    }
    Ok(())
}

pub(super) fn missing<T>(
    py: Py,
    shape: &Shape<'_>,
    names: &Keywords<'_>,
    i: usize,
    given: usize,
) -> PyResult<T> {
    if i < names.first {
        let least = names.first.min(shape.min);
        let bound = if least < shape.positional {
            "at least"
        } else {
            "exactly"
        };
        return positional_count(py, shape.name, bound, least, given);
    }
    raise!(
        py,
        TypeError,
        "{} missing required argument '{}' (pos {})",
        called(shape.name),
        names.shown(i),
        i + 1
    )
}

/// Names that no parameter has, and parameters that were given twice: arguments by name are
/// left when all parameters have theirs.
pub(super) fn check_names(
    py: Py,
    name: Option<&str>,
    names: &Keywords<'_>,
    named: &Named<'_>,
    given: usize,
) -> PyResult<()> {
    for i in names.first..given.min(names.len()) {
        if named.get(py, names, i)?.is_some() {
            return raise!(
                py,
                TypeError,
                "argument for {} given by name ('{}') and position ({})",
                called(name),
                names.shown(i),
                i + 1
            );
        }
    }
    for key in named.keys() {
        let Some(key) = key.downcast::<Str>() else {
            return raise!(py, TypeError, "keywords must be strings");
        };
        let text = key.to_rust();
        let mut all = names.first..names.len();
        if !all.any(|i| names.shown(i) == text) {
            let function = name.map_or_else(|| "this function".to_string(), |n| format!("{n}()"));
            let others = (names.first..names.len()).map(|i| names.shown(i));
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
    call: &Given<'_>,
    format: &CStr,
    names: &Keywords<'_>,
    va: Va,
) -> PyResult<bool> {
    let shape = shape(format.to_bytes());
    let (given, named) = (call.positional.len(), call.named.len());
    check_counts(py, &shape, names, given, named)?;
    let mut parser = Parser::new(py, &format.to_bytes()[..shape.end], va);
    let mut used = 0;
    for i in 0..names.len() {
        parser.take(b'|');
        parser.take(b'$');
        parser.take(b'|');
        let found: Option<Owned> = if i < given {
            Some(call.positional[i].to_owned())
        } else if used < named && i >= names.first {
            // SAFETY: what was passed keeps the object.
            call.named
                .get(py, names, i)?
                .map(|p| unsafe { Object::from_ptr(p) }.to_owned())
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
    if used < named {
        let checked = check_names(py, shape.name, names, &call.named, given);
        if checked.is_err() {
            parser.fail();
        }
        checked?;
    }
    Ok(true)
}
