//! `compile`, `exec`, `eval`.

use krait_compiler::Mode;
use krait_object::{
    Bytes, Dict, Layout, ModuleBuilder, Owned, Py, PyResult, Str, Tuple, Value, intern, raise,
    types::buffer,
};
use krait_vm::{CodeObject, frame};

use crate::run;
use crate::sys::audit;

/// The source given to `compile`, `exec` or `eval`: text, or bytes to be decoded.
fn source_bytes(py: Py, source: &Value, function: &str, what: &str) -> PyResult<(Vec<u8>, bool)> {
    if let Some(text) = source.downcast::<Str>() {
        return Ok((text.to_utf8(py)?.into_owned().into_bytes(), true));
    }
    if buffer::has_buffer(source) {
        return buffer::to_bytes(py, source).map(|bytes| (bytes, false));
    }
    raise!(py, TypeError, "{function}() arg 1 must be a {what}")
}

#[expect(clippy::too_many_arguments, reason = "the signature of compile()")]
fn compile(
    py: Py,
    source: &Value,
    filename: &Value,
    mode: &Str,
    flags: Option<i64>,
    dont_inherit: Option<bool>,
    optimize: Option<i64>,
    feature_version: Option<i64>,
) -> PyResult {
    let filename = krait_vm::source::filename(py, filename)?;
    let mut flags = flags.unwrap_or(0);
    if flags & !run::KNOWN_FLAGS != 0 {
        return raise!(py, ValueError, "compile(): unrecognised flags");
    }
    let optimize = optimize.unwrap_or(-1);
    if !(-1..=2).contains(&optimize) {
        return raise!(py, ValueError, "compile(): invalid optimize value");
    }
    if !dont_inherit.unwrap_or(false) {
        flags |= frame::inherited_flags(py);
    }
    let mode_text = mode.to_rust().into_owned();
    let Some(mode) = run::mode_named(&mode_text, flags) else {
        let known = if flags & run::ONLY_AST != 0 {
            "'exec', 'eval', 'single' or 'func_type'"
        } else {
            "'exec', 'eval' or 'single'"
        };
        return raise!(py, ValueError, "compile() mode must be {known}");
    };
    let version = feature_version.unwrap_or(-1);
    let is_node = run::is_ast_node(py, source)?;
    if is_node {
        let told = [source.clone(), Value::from(filename.clone())];
        audit::audit(py, "compile", &told)?;
    }
    if flags & run::ONLY_AST != 0 || is_node {
        return run::compile_ast(py, source, &filename, &mode_text, flags, optimize, version);
    }
    let (source, is_text) = source_bytes(py, source, "compile", "string, bytes or AST object")?;
    tell_of_source(py, &source, &filename)?;
    run::compile_source(py, &source, is_text, &filename, mode, flags, optimize).map(Value::from)
}

/// Audit hooks hear of source that is going to be compiled.
fn tell_of_source(py: Py, source: &[u8], filename: &Str) -> PyResult<()> {
    if !audit::is_audited(py) {
        return Ok(());
    }
    let told = [
        Value::from(Bytes::new(source)),
        Value::from(filename.to_owned_str()),
    ];
    audit::audit(py, "compile", &told)
}

/// Runs code of which audit hooks have heard.
fn run_code(
    py: Py,
    code: &CodeObject,
    globals: &Dict,
    locals: &Value,
    closure: Option<&Tuple>,
) -> PyResult {
    audit::audit(py, "exec", &[Value::from(code.as_object().to_owned())])?;
    krait_vm::run::run_code(py, code, globals, locals, closure)
}

/// The namespaces of `exec` and `eval`: those of the caller where none are given.
fn namespaces(
    py: Py,
    function: &str,
    globals: Option<&Value>,
    locals: Option<&Value>,
) -> PyResult<(Owned<Dict>, Value)> {
    let Some(globals) = globals else {
        let own = frame::current_globals(py)?;
        let Some(own) = own.downcast::<Dict>().map(|d| d.to_owned()) else {
            return raise!(py, SystemError, "globals and locals cannot be NULL");
        };
        let locals = match locals {
            Some(locals) => locals.clone(),
            None => frame::current_locals(py)?,
        };
        return checked(py, function, own, locals);
    };
    let Some(dict) = globals.downcast::<Dict>() else {
        let mapping = globals
            .as_object()
            .is_some_and(|o| o.ty().lookup(py, intern!("__getitem__")).is_some());
        return if mapping && function == "eval" {
            raise!(
                py,
                TypeError,
                "globals must be a real dict; try eval(code, {{}}, mapping)"
            )
        } else if function == "eval" {
            raise!(py, TypeError, "globals must be a dict")
        } else {
            raise!(
                py,
                TypeError,
                "exec() globals must be a dict, not {}",
                globals.ty().name()
            )
        };
    };
    let locals = locals.cloned().unwrap_or_else(|| globals.clone());
    checked(py, function, dict.to_owned(), locals)
}

fn checked(
    py: Py,
    function: &str,
    globals: Owned<Dict>,
    locals: Value,
) -> PyResult<(Owned<Dict>, Value)> {
    if locals.downcast::<Dict>().is_none()
        && locals.ty().lookup(py, intern!("__getitem__")).is_none()
    {
        return if function == "eval" {
            raise!(py, TypeError, "locals must be a mapping")
        } else {
            raise!(
                py,
                TypeError,
                "locals must be a mapping or None, not {}",
                locals.ty().name()
            )
        };
    }
    if globals.get_str_key(py, intern!("__builtins__")).is_none() {
        let builtins = frame::current_builtins(py)?;
        globals.set_value(
            py,
            &Value::from(intern!("__builtins__").to_owned_str()),
            builtins,
        )?;
    }
    Ok((globals, locals))
}

fn exec(
    py: Py,
    source: &Value,
    globals: Option<&Value>,
    locals: Option<&Value>,
    closure: Option<&Value>,
) -> PyResult<()> {
    let (globals, locals) = namespaces(py, "exec", globals, locals)?;
    if let Some(code) = source.downcast::<CodeObject>() {
        let free = usize::from(code.shape().freevars);
        let closure = match closure.filter(|c| !c.is_none()) {
            None if free > 0 => {
                return raise!(
                    py,
                    TypeError,
                    "code object requires a closure of exactly length {free}"
                );
            }
            None => None,
            Some(_) if free == 0 => {
                return raise!(py, TypeError, "cannot use a closure with this code object");
            }
            Some(cells) => match cells.downcast::<Tuple>() {
                Some(tuple)
                    if tuple.len() == free
                        && tuple
                            .iter()
                            .all(|c| c.downcast::<krait_vm::cell::Cell>().is_some()) =>
                {
                    Some(tuple.to_owned())
                }
                _ => {
                    return raise!(
                        py,
                        TypeError,
                        "code object requires a closure of exactly length {free}"
                    );
                }
            },
        };
        return run_code(py, code, &globals, &locals, closure.as_deref()).map(drop);
    }
    if closure.is_some_and(|c| !c.is_none()) {
        return raise!(
            py,
            TypeError,
            "closure can only be used when source is a code object"
        );
    }
    let (source, is_text) = source_bytes(py, source, "exec", "string, bytes or code object")?;
    tell_of_source(py, &source, intern!("<string>"))?;
    let flags = frame::inherited_flags(py);
    let code = run::compile_source(
        py,
        &source,
        is_text,
        intern!("<string>"),
        Mode::Exec,
        flags,
        -1,
    )?;
    run_code(py, &code, &globals, &locals, None).map(drop)
}

fn eval(py: Py, source: &Value, globals: Option<&Value>, locals: Option<&Value>) -> PyResult {
    let (globals, locals) = namespaces(py, "eval", globals, locals)?;
    if let Some(code) = source.downcast::<CodeObject>() {
        if code.shape().freevars != 0 {
            return raise!(
                py,
                TypeError,
                "code object passed to eval() may not contain free variables"
            );
        }
        return run_code(py, code, &globals, &locals, None);
    }
    let (source, is_text) = source_bytes(py, source, "eval", "string, bytes or code object")?;
    let start = source
        .iter()
        .position(|c| !matches!(c, b' ' | b'\t'))
        .unwrap_or(source.len());
    tell_of_source(py, &source[start..], intern!("<string>"))?;
    let flags = frame::inherited_flags(py);
    let code = run::compile_source(
        py,
        &source[start..],
        is_text,
        intern!("<string>"),
        Mode::Eval,
        flags,
        -1,
    )?;
    run_code(py, &code, &globals, &locals, None)
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function(
        "compile($module, /, source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)",
        compile,
    )?
    .function("exec($module, source, /, globals=None, locals=None, *, closure=None)", exec)?
    .function("eval($module, source, /, globals=None, locals=None)", eval)?;
    Ok(())
}
