//! Compiling source to code objects, with Python's warnings and errors.

use krait_compiler::errors::{CompileError, ErrorKind};
use krait_compiler::{Mode, Options};
use krait_object::errors;
use krait_object::exceptions;
use krait_object::object::{Layout, Owned};
use krait_object::py::{Py, PyResult};
use krait_object::types::str::Str;
use krait_object::types::typeobject::Type;
use krait_object::value::Value;

use crate::code::CodeObject;

/// Source to a code object, with warnings issued and errors raised.
pub fn compile(
    py: Py,
    source: &[u8],
    filename: &Str,
    mode: Mode,
    options: &Options,
) -> PyResult<Owned<CodeObject>> {
    let name = filename.to_rust().into_owned();
    match krait_compiler::compile(source, &name, mode, options) {
        Ok(output) => finish(py, output, filename),
        Err(error) => Err(raise_compile_error(py, &error, filename)),
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
    let data = output.code;
    let (name, qualname) = (Str::intern(&data.name), Str::intern(&data.qualname));
    Ok(CodeObject::with_names(
        data,
        name,
        qualname,
        filename.to_owned_str(),
    ))
}

/// Issues a compiler's warning at its place.
fn issue(py: Py, warning: &krait_compiler::Warning, filename: &Str) -> PyResult<()> {
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
    krait_object::protocol::call(py, &explicit, &arguments).map(drop)
}

fn warning_class(warning: &krait_compiler::Warning) -> &'static Type {
    let _ = warning;
    &exceptions::SyntaxWarning
}

/// Raises what a failed compilation is in Python.
#[cold]
pub fn raise_compile_error(
    py: Py,
    error: &CompileError,
    filename: &Str,
) -> krait_object::py::Raised {
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
        ErrorKind::Memory => {
            return errors::raise_text(
                py,
                &exceptions::MemoryError,
                format_args!("{}", error.message),
            );
        }
        ErrorKind::Value => {
            return errors::raise_text(
                py,
                &exceptions::ValueError,
                format_args!("{}", error.message),
            );
        }
    };
    if error.line == 0 {
        return errors::raise_text(py, class, format_args!("{}", error.message));
    }
    let filename = Value::from(filename.to_owned_str());
    let place = exceptions::syntax::Place {
        filename: &filename,
        line: i64::from(error.line),
        column: i64::from(error.col),
        end_line: i64::from(error.end_line),
        end_column: i64::from(error.end_col),
        text: error.text.as_deref().map(Str::new),
    };
    match exceptions::syntax::new_at(py, class, &error.message, place) {
        Ok(exception) => errors::raise_object(py, exception),
        Err(raised) => raised,
    }
}
