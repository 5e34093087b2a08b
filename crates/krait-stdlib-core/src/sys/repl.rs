//! The plain prompt, `sys._baserepl`: no more than lines in and results out.

use std::io::IsTerminal;

use krait_object::{Py, PyResult, Str, Value, errors, exceptions, hooks, intern, protocol};

/// `sys.ps1` or `sys.ps2` as text, made where it is not there yet.
fn prompt(py: Py, more: bool) -> String {
    let (name, usual) = if more {
        ("ps2", "... ")
    } else {
        ("ps1", ">>> ")
    };
    let value = super::get(py, name).unwrap_or_else(|| Value::from(Str::new(usual)));
    match protocol::str(py, &value) {
        Ok(text) => text.to_rust().into_owned(),
        Err(_) => {
            drop(py.thread().take_exception());
            String::new()
        }
    }
}

/// Runs what has been typed, if it is whole or has to be; whether more lines are wanted.
/// The code's lines are told to `linecache`, for tracebacks.
fn run_source(py: Py, console: &Value, lines: &[String], ended: bool) -> PyResult<bool> {
    let source = Value::from(Str::new(&lines.join("\n")));
    let file = Value::from(Str::new(FILE));
    let single = Value::from(Str::new("single"));
    let arguments = [source.clone(), file.clone(), single];
    let compiler = match ended {
        true => hooks::import_module(py, "builtins")?,
        false => console.clone(),
    };
    let code = match protocol::call_method(py, &compiler, intern!("compile"), &arguments) {
        Ok(code) if code.is_none() => return Ok(true),
        Ok(code) => code,
        Err(_) => {
            let Some(raised) = py.thread().take_exception() else {
                return Ok(false);
            };
            let shown = [
                &exceptions::SyntaxError,
                &exceptions::ValueError,
                &exceptions::OverflowError,
            ];
            if !shown.iter().any(|ty| raised.ty().is_subtype_of(ty)) {
                return Err(errors::raise_object(py, raised));
            }
            // Where the prompt itself compiles says nothing.
            let raised = Value::from(raised);
            protocol::set_attr(py, &raised, intern!("__traceback__"), &Value::none())?;
            super::report_uncaught(py, &raised);
            return Ok(false);
        }
    };
    let linecache = hooks::import_module(py, "linecache")?;
    let register = [code.clone(), source, file];
    protocol::call_method(py, &linecache, intern!("_register_code"), &register)?;
    protocol::call_method(py, console, intern!("runcode"), &[code])?;
    Ok(false)
}

/// The name of what is typed.
const FILE: &str = "<stdin>";

/// The next line; none at the end. The prompt goes to standard error where no terminal is
/// there to edit a line on.
fn read_line(py: Py, prompt: &str) -> PyResult<Option<String>> {
    if std::io::stdin().is_terminal() {
        let builtins = hooks::import_module(py, "builtins")?;
        let prompt = Value::from(Str::new(prompt));
        let line = protocol::call_method(py, &builtins, intern!("input"), &[prompt]);
        let line = errors::suppress(py, line, &exceptions::EOFError)?;
        return Ok(line.and_then(|line| Some(line.downcast::<Str>()?.to_rust().into_owned())));
    }
    super::write_stderr(py, prompt);
    let Some(stdin) = super::get(py, "stdin").filter(|stdin| !stdin.is_none()) else {
        return Ok(None);
    };
    let line = protocol::call_method(py, &stdin, intern!("readline"), &[])?;
    let Some(text) = line.downcast::<Str>().filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let text = text.to_rust();
    let text = text.strip_suffix('\n').unwrap_or(&text);
    Ok(Some(text.to_string()))
}

/// Reads statements from standard input, runs them in `__main__` and prints what they come
/// to, until the input ends.
pub fn base_repl(py: Py) -> PyResult<()> {
    for (name, usual) in [("ps1", ">>> "), ("ps2", "... ")] {
        if super::get(py, name).is_none() {
            super::set(py, name, Value::from(Str::new(usual)))?;
        }
    }
    let main = hooks::import_module(py, "__main__")?;
    let namespace = protocol::get_attr(py, &main, intern!("__dict__"))?;
    let code = hooks::import_module(py, "code")?;
    let class = protocol::get_attr(py, &code, intern!("InteractiveConsole"))?;
    let file = Value::from(Str::new(FILE));
    let console = protocol::call(py, &class, &[namespace, file])?;
    let mut lines = Vec::new();
    loop {
        let more = match read_line(py, &prompt(py, !lines.is_empty())) {
            Ok(None) if lines.is_empty() => break,
            Ok(None) => {
                super::write_stderr(py, "\n");
                run_source(py, &console, &lines, true)
            }
            Ok(Some(line)) => {
                lines.push(line);
                run_source(py, &console, &lines, false)
            }
            Err(raised) => Err(raised),
        };
        match errors::suppress(py, more, &exceptions::KeyboardInterrupt)? {
            Some(true) => {}
            Some(false) => lines.clear(),
            None => {
                super::write_stderr(py, "\nKeyboardInterrupt\n");
                lines.clear();
            }
        }
    }
    super::write_stderr(py, "\n");
    Ok(())
}
