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

/// The next line; none at the end. The prompt goes to standard error where no terminal is
/// there to edit a line on.
fn read_line(py: Py, prompt: &str) -> PyResult<Option<Value>> {
    if std::io::stdin().is_terminal() {
        let builtins = hooks::import_module(py, "builtins")?;
        let prompt = Value::from(Str::new(prompt));
        let line = protocol::call_method(py, &builtins, intern!("input"), &[prompt]);
        return errors::suppress(py, line, &exceptions::EOFError);
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
    Ok(Some(Value::from(Str::new(text))))
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
    let file = Value::from(Str::new("<stdin>"));
    let console = protocol::call(py, &class, &[namespace, file])?;
    let mut more = false;
    loop {
        let pushed = match read_line(py, &prompt(py, more)) {
            Ok(None) => break,
            Ok(Some(line)) => protocol::call_method(py, &console, intern!("push"), &[line]),
            Err(raised) => Err(raised),
        };
        match errors::suppress(py, pushed, &exceptions::KeyboardInterrupt)? {
            Some(answer) => more = protocol::truth(py, &answer)?,
            None => {
                super::write_stderr(py, "\nKeyboardInterrupt\n");
                protocol::call_method(py, &console, intern!("resetbuffer"), &[])?;
                more = false;
            }
        }
    }
    super::write_stderr(py, "\n");
    Ok(())
}
