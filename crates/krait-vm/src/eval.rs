//! Compiling source to code objects, with Python's warnings and errors.

use krait_compiler::errors::{CompileError, ErrorKind};
use krait_compiler::{Mode, Options, Warning};
use krait_object::errors;
use krait_object::exceptions;
use krait_object::intern;
use krait_object::object::{Layout, Owned};
use krait_object::protocol;
use krait_object::py::{Py, PyResult};
use krait_object::types::str::Str;
use krait_object::types::tuple::Tuple;
use krait_object::types::typeobject::Type;
use krait_object::value::Value;

use crate::code::CodeObject;
use crate::source::Input;

/// Source to a code object, with warnings issued and errors raised.
pub fn compile(
    py: Py,
    source: &[u8],
    filename: &Str,
    mode: Mode,
    options: &Options,
) -> PyResult<Owned<CodeObject>> {
    let input = Input {
        bytes: source,
        is_text: options.ignore_cookie,
        is_file: false,
        filename,
    };
    compile_input(py, input, mode, options)
}

/// The same for source whose origin is told.
pub fn compile_input(
    py: Py,
    input: Input<'_>,
    mode: Mode,
    options: &Options,
) -> PyResult<Owned<CodeObject>> {
    let source = crate::source::decode(py, input, mode)?;
    let name = input.filename.to_rust().into_owned();
    match krait_compiler::compile_source(&source, &name, mode, options) {
        Ok(output) => finish(py, output, input.filename),
        Err(error) => Err(raise_compile_error(py, &error, input.filename)),
    }
}

/// Makes the object of a compilation's output and issues its warnings.
pub fn finish(
    py: Py,
    output: krait_compiler::Output,
    filename: &Str,
) -> PyResult<Owned<CodeObject>> {
    for warning in &output.warnings {
        issue(py, warning, filename)?;
    }
    Ok(CodeObject::with_filename(
        output.code,
        filename.to_owned_str(),
    ))
}

/// Issues a compiler's warning at its place; one that is made an error is a SyntaxError.
pub fn issue(py: Py, warning: &Warning, filename: &Str) -> PyResult<()> {
    let explicit = krait_object::hooks::import_module(py, "_warnings")
        .and_then(|m| krait_object::protocol::get_attr_str(py, &m, "warn_explicit"));
    let Ok(explicit) = explicit else {
        drop(py.thread().take_exception());
        return Ok(());
    };
    let category = warning_class(warning);
    let arguments = [
        Value::from(Str::new(&warning.message)),
        Value::from(category.to_owned()),
        Value::from(filename.to_owned_str()),
        Value::int(i64::from(warning.line)),
    ];
    let issued = krait_object::protocol::call(py, &explicit, &arguments);
    match errors::suppress(py, issued, category)? {
        Some(_) => Ok(()),
        None => Err(raise_compile_error(py, &as_error(warning), filename)),
    }
}

/// The syntax error that a warning becomes.
fn as_error(warning: &Warning) -> CompileError {
    let (message, text) = match &warning.parsed {
        Some(parsed) => (parsed.0.clone(), Some(parsed.1.clone())),
        None => (warning.message.clone(), None),
    };
    let mut error = *CompileError::new(ErrorKind::Syntax, message);
    (error.line, error.col) = (warning.line, warning.col);
    (error.end_line, error.end_col) = (warning.end_line, warning.end_col as i32);
    error.text = text;
    error
}

fn warning_class(warning: &Warning) -> &'static Type {
    match warning.category {
        "DeprecationWarning" => &exceptions::DeprecationWarning,
        _ => &exceptions::SyntaxWarning,
    }
}

/// A line of the file that source came from, if there is one (errors behind the parser
/// have no other way to know it).
fn file_line(filename: &str, line: u32) -> Option<Owned<Str>> {
    let bytes = std::fs::read(filename).ok()?;
    let at = (line as usize).checked_sub(1)?;
    let text = match krait_compiler::source::Source::decode(&bytes, false) {
        Ok(source) => source.text,
        Err(_) => String::from_utf8_lossy(&bytes).into_owned(),
    };
    text.split_inclusive('\n').nth(at).map(Str::new)
}

/// Raises what a failed compilation is in Python.
#[cold]
pub fn raise_compile_error(
    py: Py,
    error: &CompileError,
    filename: &Str,
) -> krait_object::py::Raised {
    for warning in &error.warnings {
        if let Err(raised) = issue(py, warning, filename) {
            return raised;
        }
    }
    if let Some(docstring) = &error.docstring
        && let Err(raised) = Str::from_wtf8(docstring).to_utf8(py)
    {
        return raised;
    }
    let class: &Type = match error.kind {
        ErrorKind::Syntax => &exceptions::SyntaxError,
        ErrorKind::Indentation => &exceptions::IndentationError,
        ErrorKind::Tab => &exceptions::TabError,
        ErrorKind::Incomplete => &exceptions::_IncompleteInputError,
        ErrorKind::Recursion => {
            return errors::raise_text(
                py,
                &exceptions::RecursionError,
                format_args!("{}", error.message),
            );
        }
        ErrorKind::Memory if error.message.is_empty() => {
            return errors::no_memory().unwrap_or_else(|raised| raised);
        }
        ErrorKind::Memory => {
            return errors::raise_text(
                py,
                &exceptions::MemoryError,
                format_args!("{}", error.message),
            );
        }
        ErrorKind::Value | ErrorKind::Encoding => {
            return errors::raise_text(
                py,
                &exceptions::ValueError,
                format_args!("{}", error.message),
            );
        }
    };
    if error.line == 0 && error.context.is_none() {
        return errors::raise_text(py, class, format_args!("{}", error.message));
    }
    let text = match &error.text {
        Some(text) => Some(Str::new(text)),
        None => file_line(&filename.to_rust(), error.line),
    };
    let context = error.context.as_deref().map(|(line, column, source)| {
        let (line, column) = (Value::int(i64::from(*line)), Value::int(i64::from(*column)));
        Value::from(Tuple::from_values([
            line,
            column,
            Value::from(Str::new(source)),
        ]))
    });
    let named = Value::from(filename.to_owned_str());
    let filename = match error.undecoded {
        true => Value::none(),
        false => named.clone(),
    };
    let place = exceptions::syntax::Place {
        filename: &filename,
        line: i64::from(error.line),
        column: i64::from(error.col),
        end_line: i64::from(error.end_line),
        end_column: i64::from(error.end_col),
        text,
        context,
    };
    if error.bare {
        return match exceptions::syntax::new_bare(py, class, &error.message, place) {
            Ok(exception) => errors::raise_object(py, exception),
            Err(raised) => raised,
        };
    }
    match exceptions::syntax::new_at(py, class, &error.message, place) {
        Ok(exception) => {
            if error.undecoded {
                // The arguments do not have it, the attribute does.
                let target = Value::from(exception.clone());
                if let Err(raised) = protocol::set_attr(py, &target, intern!("filename"), &named) {
                    return raised;
                }
            }
            errors::raise_object(py, exception)
        }
        Err(raised) => raised,
    }
}
