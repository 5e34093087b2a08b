//! `print`, `input`, `repr`, `ascii`, `format`, `breakpoint`.

use krait_object::{
    Args, KwArgs, ModuleBuilder, Py, PyResult, Str, Tuple, Value, errors, exceptions, intern,
    protocol, raise,
};

use crate::sys;

/// A `sep` or `end` argument: text or None.
fn text_or(py: Py, value: Option<&Value>, name: &str, default: &'static Str) -> PyResult {
    match value {
        None => Ok(Value::from(default.to_owned_str())),
        Some(text) if text.downcast::<Str>().is_some() => Ok(text.clone()),
        Some(other) => raise!(
            py,
            TypeError,
            "{name} must be None or a string, not {}",
            other.ty().name()
        ),
    }
}

fn print(
    py: Py,
    args: Args<'_>,
    sep: Option<&Value>,
    end: Option<&Value>,
    file: Option<&Value>,
    flush: Option<bool>,
) -> PyResult<()> {
    let file = match file {
        Some(file) => file.clone(),
        None => match sys::get(py, "stdout") {
            None => return raise!(py, RuntimeError, "lost sys.stdout"),
            Some(stdout) if stdout.is_none() => return Ok(()),
            Some(stdout) => stdout,
        },
    };
    let sep = text_or(py, sep, "sep", intern!(" "))?;
    let end = text_or(py, end, "end", intern!("\n"))?;
    let write = protocol::get_attr(py, &file, intern!("write"))?;
    for (i, value) in args.0.iter().enumerate() {
        if i > 0 {
            protocol::call(py, &write, std::slice::from_ref(&sep))?;
        }
        let text = Value::from(protocol::str(py, value)?);
        protocol::call(py, &write, &[text])?;
    }
    protocol::call(py, &write, &[end])?;
    if flush == Some(true) {
        protocol::call_method(py, &file, intern!("flush"), &[])?;
    }
    Ok(())
}

/// A standard stream or `RuntimeError: lost sys.stdin`.
fn stream(py: Py, name: &str) -> PyResult {
    match sys::get(py, name).filter(|s| !s.is_none()) {
        Some(stream) => Ok(stream),
        None => raise!(py, RuntimeError, "lost sys.{name}"),
    }
}

fn input(py: Py, prompt: Option<&Value>) -> PyResult {
    let (stdin, stdout) = (stream(py, "stdin")?, stream(py, "stdout")?);
    let stderr = stream(py, "stderr")?;
    drop(protocol::call_method(py, &stderr, intern!("flush"), &[]).or_else(|r| ignore(py, r)));
    if let Some(prompt) = prompt {
        let text = Value::from(protocol::str(py, prompt)?);
        protocol::call_method(py, &stdout, intern!("write"), &[text])?;
    }
    drop(protocol::call_method(py, &stdout, intern!("flush"), &[]).or_else(|r| ignore(py, r)));
    let line = protocol::call_method(py, &stdin, intern!("readline"), &[])?;
    let Some(text) = line.downcast::<Str>() else {
        return raise!(py, TypeError, "object.readline() returned non-string");
    };
    match text.len() {
        0 => raise!(py, EOFError, "EOF when reading a line"),
        len if text.chars().at(len - 1) == u32::from('\n') => {
            Ok(Value::from(Str::from_chars(text.chars().slice(0, len - 1))))
        }
        _ => Ok(line),
    }
}

fn ignore(py: Py, raised: krait_object::Raised) -> PyResult {
    errors::take_if(py, &exceptions::Exception)
        .map(|_| Value::none())
        .ok_or(raised)
}

fn format(py: Py, value: &Value, spec: Option<&Str>) -> PyResult {
    protocol::format(py, value, spec.unwrap_or(intern!(""))).map(Value::from)
}

fn breakpoint(py: Py, args: Args<'_>, kwargs: KwArgs) -> PyResult {
    match sys::get(py, "breakpointhook") {
        Some(hook) => {
            protocol::call::call_tuple(py, &hook, &Tuple::from_slice(args.0), kwargs.0.as_deref())
        }
        None => raise!(py, RuntimeError, "lost sys.breakpointhook"),
    }
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function(
        "print($module, /, *args, sep=None, end=None, file=None, flush=False)",
        print,
    )?
    .function("input($module, prompt='', /)", input)?
    .function("repr($module, obj, /)", |py, value: &Value| {
        protocol::repr(py, value)
    })?
    .function("ascii($module, obj, /)", |py, value: &Value| {
        protocol::ascii(py, value)
    })?
    .function("format($module, value, format_spec='', /)", format)?
    .function("breakpoint($module, /, *args, **kws)", breakpoint)?;
    Ok(())
}
