//! `pycore_modsupport.h`: what code made by Argument Clinic calls, which extensions that
//! are generated with it bring along.

use std::ffi::{CStr, c_char, c_int};

use krait_object::{Dict, Object, Py, PyResult, Tuple, raise};

use super::keywords::{
    Given, Keywords, Named, check_names, parse_keywords, positional_count, too_many,
};
use super::shape::shape;
use super::{called, parse_objects};
use crate::border::{Ptr, bad_internal_call, export};
use crate::modsupport::check_count;
use crate::varargs::{RawVa, Va};

/// `_PyArg_Parser`: what is known of a function's parameters, filled in at the first call.
#[repr(C)]
pub struct ArgParser {
    format: *const c_char,
    keywords: *const *const c_char,
    fname: *const c_char,
    custom_msg: *const c_char,
    once: u8,
    is_kwtuple_owned: c_int,
    pos: c_int,
    min: c_int,
    max: c_int,
    kwtuple: Ptr,
    next: *mut ArgParser,
}

/// `_Py_ONCE_INITIALIZED`
const INITIALIZED: u8 = 4;

impl ArgParser {
    /// Fills the parser in; the names become a tuple that lives as long as the parser.
    ///
    /// # Safety
    /// The parser is C's, and `keywords` ends with NULL.
    unsafe fn prepare<'a>(py: Py, parser: *mut ArgParser) -> PyResult<&'a ArgParser> {
        if parser.is_null() {
            return bad_internal_call(py);
        }
        // SAFETY: the contract; the GIL is held while the parser changes.
        unsafe {
            if (*parser).once != INITIALIZED {
                (*parser).fill(py)?;
            }
            Ok(&*parser)
        }
    }

    /// # Safety
    /// As for `prepare`.
    unsafe fn fill(&mut self, py: Py) -> PyResult<()> {
        if self.keywords.is_null() {
            return bad_internal_call(py);
        }
        let (mut names, mut empty, mut at) = (Vec::new(), 0, self.keywords);
        // SAFETY: the contract; a text of the format lives as long as the format.
        unsafe {
            while !(*at).is_null() {
                let name = CStr::from_ptr(*at);
                match (name.is_empty(), names.is_empty()) {
                    (true, true) => empty += 1,
                    (true, false) => {
                        return raise!(py, SystemError, "Empty keyword parameter name");
                    }
                    _ => names.push(crate::text::key(py, name)?),
                }
                at = at.add(1);
            }
            if !self.format.is_null() {
                let format = CStr::from_ptr(self.format);
                let shape = shape(format.to_bytes());
                self.min = shape.min as c_int;
                self.max = shape.positional as c_int;
                match format.to_bytes().get(shape.end) {
                    Some(b':') => self.fname = self.format.add(shape.end + 1),
                    Some(b';') => self.custom_msg = self.format.add(shape.end + 1),
                    _ => {}
                }
            }
        }
        self.pos = empty;
        if self.kwtuple.is_null() {
            self.kwtuple = Tuple::from_values(names).into_ptr();
            self.is_kwtuple_owned = 1;
        }
        self.once = INITIALIZED;
        Ok(())
    }

    fn names(&self) -> Keywords<'_> {
        // SAFETY: a parser that is filled in has a tuple of strings.
        let names = unsafe { Object::from_ptr(self.kwtuple).cast_unchecked::<Tuple>() };
        Keywords::of_strings(self.pos as usize, names)
    }

    fn function(&self) -> Option<&str> {
        // SAFETY: null or a text that lives as long as the parser.
        let name = (!self.fname.is_null()).then(|| unsafe { CStr::from_ptr(self.fname) });
        name.and_then(|name| name.to_str().ok())
    }
}

/// Borrowed arguments of a C array.
///
/// # Safety
/// So many objects live at the address during the call.
unsafe fn lent<'a>(values: *const Ptr, count: usize) -> &'a [&'a Object] {
    if count == 0 {
        return &[];
    }
    // SAFETY: the contract; a reference to an object is its pointer.
    unsafe { std::slice::from_raw_parts(values.cast(), count) }
}

/// The arguments by name that were passed in one of both ways.
///
/// # Safety
/// `values` has as many objects as there are names.
unsafe fn named<'a>(
    py: Py,
    kwargs: Option<&'a Object>,
    kwnames: Option<&'a Object>,
    values: *const Ptr,
) -> PyResult<Named<'a>> {
    match (kwargs, kwnames) {
        (Some(kwargs), _) => match kwargs.downcast::<Dict>() {
            Some(kwargs) => Ok(Named::Dict(kwargs)),
            None => bad_internal_call(py),
        },
        (None, Some(kwnames)) => match kwnames.downcast::<Tuple>() {
            // SAFETY: the contract.
            Some(names) => Ok(Named::Stack(names, unsafe { lent(values, names.len()) })),
            None => bad_internal_call(py),
        },
        (None, None) => Ok(Named::None),
    }
}

/// `_PyArg_UnpackKeywords`: every parameter's argument in its place of `buffer`, NULL where
/// it was not given; or the arguments as they are, where that is the same.
///
/// # Safety
/// As the header says: so many arguments, and a place for each parameter.
unsafe fn unpack(
    py: Py,
    args: *const Ptr,
    given: usize,
    by_name: &Named<'_>,
    parser: &ArgParser,
    limits: Limits,
    buffer: *mut Ptr,
) -> PyResult<*const Ptr> {
    let (names, function) = (parser.names(), parser.function());
    let (first, len, named) = (names.first, names.len(), by_name.len());
    let Limits {
        min,
        max,
        min_keywords,
        variable,
    } = limits;
    if named == 0 && min_keywords == 0 && min <= given && (variable || given <= max) {
        return Ok(args);
    }
    if !variable && given + named > len {
        return too_many(py, function, "at most", len, given, named);
    }
    if !variable && given > max {
        let bound = if min < max { "at most" } else { "exactly" };
        return positional_count(py, function, bound, max, given);
    }
    let least = first.min(min);
    if given < least {
        let bound = if variable || least < max {
            "at least"
        } else {
            "exactly"
        };
        return positional_count(py, function, bound, least, given);
    }
    let given = if variable { given.min(max) } else { given };
    let mut left = named;
    // SAFETY: the contract.
    unsafe {
        for i in 0..given {
            *buffer.add(i) = *args.add(i);
        }
        for i in given..first.max(given) {
            *buffer.add(i) = std::ptr::null_mut();
        }
        for i in given.max(first)..len {
            let found = if left > 0 {
                by_name.get(py, &names, i)?
            } else {
                None
            };
            *buffer.add(i) = found.unwrap_or(std::ptr::null_mut());
            if found.is_some() {
                left -= 1;
            } else if i < min || (max <= i && i < max + min_keywords) {
                return raise!(
                    py,
                    TypeError,
                    "{} missing required argument '{}' (pos {})",
                    called(function),
                    names.shown(i),
                    i + 1
                );
            }
        }
    }
    if left > 0 {
        check_names(py, function, &names, by_name, given)?;
        let function = function.map_or_else(|| "this function".to_string(), |n| format!("{n}()"));
        return raise!(py, TypeError, "invalid keyword argument for {function}");
    }
    Ok(buffer.cast_const())
}

/// How many arguments a function takes.
struct Limits {
    min: usize,
    max: usize,
    /// Required ones by name only.
    min_keywords: usize,
    /// Whether it takes any number by position.
    variable: bool,
}

fn shown(name: Option<&CStr>) -> String {
    name.map_or_else(
        || "function".to_string(),
        |n| n.to_string_lossy().into_owned(),
    )
}

export! {
    fn krait_parse_stack(py, args: *const Ptr, given: isize, format: &CStr, va: *mut RawVa) -> bool {
        parse_objects(py, lent(args, given.max(0) as usize), format, Va::new(va))
    }
    fn krait_parse_stack_keywords(py, args: *const Ptr, given: isize, kwnames: Option<&Object>, parser: *mut ArgParser, va: *mut RawVa) -> bool {
        let given = given.max(0) as usize;
        parse(py, lent(args, given), named(py, None, kwnames, args.wrapping_add(given)), parser, Va::new(va)).unwrap_or(false)
    }
    fn krait_parse_tuple_fast(py, args: &Tuple, kwargs: Option<&Object>, parser: *mut ArgParser, va: *mut RawVa) -> bool {
        parse(py, args.as_slice(), named(py, kwargs, None, std::ptr::null()), parser, Va::new(va)).unwrap_or(false)
    }
    fn _PyArg_UnpackKeywords(py, args: *const Ptr, given: isize, kwargs: Option<&Object>, kwnames: Option<&Object>, parser: *mut ArgParser,
                             min: c_int, max: c_int, min_keywords: c_int, variable: c_int, buffer: *mut Ptr) -> PyResult<*const Ptr> {
        let args = if args.is_null() && given == 0 { buffer.cast_const() } else { args };
        let given = given.max(0) as usize;
        let parser = ArgParser::prepare(py, parser)?;
        let by_name = named(py, kwargs, kwnames, args.wrapping_add(given))?;
        let limits = Limits {
            min: min.max(0) as usize,
            max: max.max(0) as usize,
            min_keywords: min_keywords.max(0) as usize,
            variable: variable != 0,
        };
        unpack(py, args, given, &by_name, parser, limits, buffer)
    }
    fn _PyArg_CheckPositional(py, name: Option<&CStr>, given: isize, min: isize, max: isize) -> bool {
        check_count(py, name, given, min, max).is_ok()
    }
    fn _PyArg_BadArgument(py, function: &CStr, place: &CStr, expected: &CStr, argument: &Object) {
        let got = if argument.is_none() { "None" } else { argument.ty().name() };
        let [function, place, expected] = [function, place, expected].map(CStr::to_string_lossy);
        let _: PyResult<()> = raise!(py, TypeError, "{function}() {place} must be {expected}, not {got}");
    }
    fn _PyArg_NoKeywords(py, name: Option<&CStr>, kwargs: Option<&Object>) -> bool {
        let Some(kwargs) = kwargs else { return true };
        let checked: PyResult<()> = match kwargs.downcast_exact::<Dict>() {
            Some(dict) if dict.is_empty() => Ok(()),
            Some(_) => raise!(py, TypeError, "{}() takes no keyword arguments", shown(name)),
            None => bad_internal_call(py),
        };
        checked.is_ok()
    }
    fn _PyArg_NoPositional(py, name: Option<&CStr>, args: Option<&Object>) -> bool {
        let Some(args) = args else { return true };
        let checked: PyResult<()> = match args.downcast_exact::<Tuple>() {
            Some(tuple) if tuple.is_empty() => Ok(()),
            Some(_) => raise!(py, TypeError, "{}() takes no positional arguments", shown(name)),
            None => bad_internal_call(py),
        };
        checked.is_ok()
    }
}

/// # Safety
/// The parser is C's, with a format that the variable arguments follow.
unsafe fn parse(
    py: Py,
    positional: &[&Object],
    named: PyResult<Named<'_>>,
    parser: *mut ArgParser,
    va: Va,
) -> PyResult<bool> {
    // SAFETY: the contract.
    unsafe {
        let parser = ArgParser::prepare(py, parser)?;
        if parser.format.is_null() {
            return bad_internal_call(py);
        }
        let call = Given {
            positional,
            named: named?,
        };
        parse_keywords(
            py,
            &call,
            CStr::from_ptr(parser.format),
            &parser.names(),
            va,
        )
    }
}
