//! Running code: modules, `exec`, `eval`, class bodies; compiling source.

use krait_compiler::errors::{CompileError, ErrorKind};
use krait_compiler::{Mode, Options};
use krait_object::errors;
use krait_object::exceptions;
use krait_object::object::{Layout, Owned};
use krait_object::py::{Py, PyResult};
use krait_object::raise;
use krait_object::types::dict::Dict;
use krait_object::types::str::Str;
use krait_object::types::tuple::Tuple;
use krait_object::types::typeobject::Type;
use krait_object::value::Value;

use crate::code::CodeObject;
use crate::frame::{self, flag};
use crate::function::{Extras, Function};
use crate::{dispatch, stack};

/// Runs a code object in globals and locals: what `exec` and `eval` do with one. Without
/// locals the globals are taken.
pub fn run_code(py: Py, code: &CodeObject, globals: &Dict, locals: Option<Value>) -> PyResult {
    run_code_with(py, code, globals, locals, None)
}

/// As `run_code`, with the cells for the code's free variables.
pub fn run_code_with(
    py: Py,
    code: &CodeObject,
    globals: &Dict,
    locals: Option<Value>,
    closure: Option<&Tuple>,
) -> PyResult {
    let extras = Extras {
        closure: closure.map(|c| c.as_object().to_owned()),
        ..Extras::default()
    };
    let function = Function::new(py, code.to_owned(), globals.to_owned(), extras);
    let mapping = locals.unwrap_or_else(|| Value::from(globals.to_owned()));
    run_function(py, &function, mapping)
}

/// Runs a function's code with a locals mapping: class bodies, modules. Code that has
/// registers for its locals (a function's) runs as if called without arguments.
pub fn run_function(py: Py, function: &Function, locals: Value) -> PyResult {
    if function.code().has_flag(krait_bytecode::flags::OPTIMIZED) {
        return crate::call::call_function(py, function, &[], None);
    }
    py.thread().check_native_stack(py, "")?;
    let function = function.to_owned();
    let code: *const CodeObject = function.code();
    let stack = stack::of_thread(py);
    // SAFETY: the frame owns its function and the mapping, and is run at once.
    unsafe {
        let Some(frame) = frame::push(
            stack,
            function.into_raw(),
            code,
            flag::NATIVE | flag::LOCALS,
            0,
        ) else {
            return stack::overflow(py);
        };
        (*frame).locals = locals.into_object().into_ptr();
        frame::zero_registers((*frame).base, 0, (*code).body.first_temp as usize);
        dispatch::run(py, false)
    }
}

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

/// `locals()` of the running Python code.
pub fn locals(py: Py) -> PyResult {
    let frame = frame::current(py);
    if frame.is_null() {
        return raise!(py, SystemError, "frame does not exist");
    }
    // SAFETY: the innermost frame is alive.
    unsafe { frame::locals::locals(py, frame) }
}

/// `globals()` of the running Python code.
pub fn globals(py: Py) -> Option<Owned<Dict>> {
    let frame = frame::current(py);
    // SAFETY: the innermost frame is alive.
    (!frame.is_null()).then(|| unsafe { frame::Frame::globals_ref(frame) }.to_owned())
}
