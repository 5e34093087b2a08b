//! Shows a warning: through the library's `_showwarnmsg`, or plainly where the module
//! `warnings` is not imported.

use krait_object::{Py, PyResult, Str, Value, intern, protocol, raise};

use super::explicit::Warning;
use super::imported;

pub fn show(
    py: Py,
    warning: &Warning,
    message: &Value,
    category: &Value,
    text: &Value,
) -> PyResult<()> {
    // An object's allocation site is shown by the library only, which nothing is imported for
    // when the program ends.
    let library = match imported(py) {
        None if warning.source.is_some() && !crate::run::is_finalizing() => {
            Some(crate::import::import_module(py, "warnings")?)
        }
        library => library,
    };
    let Some(library) = library else {
        return show_plainly(py, warning, category, text);
    };
    let Some(function) = protocol::lookup_attr(py, &library, intern!("_showwarnmsg"))? else {
        return show_plainly(py, warning, category, text);
    };
    if !protocol::call::is_callable(&function) {
        return raise!(
            py,
            TypeError,
            "warnings._showwarnmsg() must be set to a callable"
        );
    }
    let class = protocol::get_attr(py, &library, intern!("WarningMessage"))?;
    let arguments = [
        message.clone(),
        category.clone(),
        warning.filename.clone(),
        Value::int(warning.line),
        Value::none(),
        warning.text_of_line.clone().unwrap_or_else(Value::none),
        warning.source.clone().unwrap_or_else(Value::none),
    ];
    let shown = protocol::call(py, &class, &arguments)?;
    protocol::call(py, &function, &[shown]).map(drop)
}

/// `file:line: Category: text`, and the line itself.
fn show_plainly(py: Py, warning: &Warning, category: &Value, text: &Value) -> PyResult<()> {
    let name = protocol::get_attr(py, category, intern!("__name__"))?;
    let shown = |value: &Value| -> PyResult<String> {
        Ok(protocol::str(py, value)?.to_rust().into_owned())
    };
    let mut output = format!(
        "{}:{}: {}: {}\n",
        shown(&warning.filename)?,
        warning.line,
        shown(&name)?,
        shown(text)?
    );
    let given = warning.text_of_line.as_ref();
    let line = match given.and_then(|line| line.downcast::<Str>()) {
        Some(line) => Some(line.to_rust().into_owned()),
        None => source_line(&warning.filename, warning.line),
    };
    if let Some(line) = line {
        output.push_str(&format!("  {}\n", line.trim()));
    }
    crate::sys::write_stderr(py, &output);
    Ok(())
}

/// The line of the source, if the file can be read.
fn source_line(filename: &Value, line: i64) -> Option<String> {
    let filename = filename.downcast::<Str>()?;
    let source = std::fs::read(&*filename.to_rust()).ok()?;
    let index = usize::try_from(line).ok()?.checked_sub(1)?;
    let line = source.split(|&b| b == b'\n').nth(index)?;
    Some(String::from_utf8_lossy(line).into_owned())
}
