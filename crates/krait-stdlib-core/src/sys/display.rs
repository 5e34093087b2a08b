//! An exception shown on `sys.stderr`: by the `traceback` module, or natively where that
//! fails (CPython's `_PyErr_Display` and `PyTraceBack_Print`).

use krait_object::{Layout, Object, Py, PyResult, Str, Value, exceptions, intern, protocol};

use super::get;
use super::hooks::{report_unraisable, write_stderr};

/// So many equal lines are shown before they are counted only.
const REPEATED: usize = 3;

/// Shows an exception.
pub fn display(py: Py, value: &Value) {
    if get(py, "stderr").is_none_or(|s| s.is_none()) {
        return;
    }
    let shown = crate::import::import_module(py, "traceback").and_then(|traceback| {
        let print = protocol::get_attr(py, &traceback, intern!("_print_exception_bltin"))?;
        if !protocol::call::is_callable(&print) {
            return Ok(false);
        }
        protocol::call(py, &print, std::slice::from_ref(value)).map(|_| true)
    });
    if !matches!(shown, Ok(true)) {
        report_unraisable(
            py,
            Some("Exception ignored in the internal traceback machinery"),
            None,
        );
        let mut text = String::new();
        write_exception(py, value, &mut text, &mut Vec::new());
        write_stderr(py, &text);
    }
}

/// What an operation gives; nothing where it fails.
fn quietly<T>(py: Py, result: PyResult<T>) -> Option<T> {
    result
        .inspect_err(|_| drop(py.thread().take_exception()))
        .ok()
}

fn attribute(py: Py, value: &Value, name: &'static Str) -> Option<Value> {
    quietly(py, protocol::get_attr(py, value, name)).filter(|v| !v.is_none())
}

fn integer(py: Py, value: &Value) -> Option<i64> {
    let number = protocol::number::to_index(py, value, &exceptions::OverflowError);
    quietly(py, number).map(|n| n as i64)
}

fn text_of(py: Py, value: &Value, name: &'static Str) -> Option<String> {
    attribute(py, value, name)?
        .downcast::<Str>()
        .map(|s| s.to_rust().into_owned())
}

/// An exception after its cause or context, without the help of the library.
fn write_exception(py: Py, value: &Value, text: &mut String, seen: &mut Vec<*const Object>) {
    let Some(object) = value.as_object().filter(|o| exceptions::is_exception(o)) else {
        text.push_str(&format!(
            "TypeError: print_exception(): Exception expected for value, {} found\n",
            value.ty().name()
        ));
        return;
    };
    seen.push(std::ptr::from_ref(object));
    let suppress = attribute(py, value, intern!("__suppress_context__"))
        .is_some_and(|s| quietly(py, protocol::truth(py, &s)) == Some(true));
    let before = match attribute(py, value, intern!("__cause__")) {
        Some(cause) => Some((
            cause,
            "\nThe above exception was the direct cause of the following exception:\n\n",
        )),
        None if suppress => None,
        None => attribute(py, value, intern!("__context__")).map(|context| {
            (
                context,
                "\nDuring handling of the above exception, another exception occurred:\n\n",
            )
        }),
    };
    if let Some((other, message)) = before
        && let Some(object) = other.as_object()
        && !seen.contains(&std::ptr::from_ref(object))
        && py.thread().check_native_stack(py, "").is_ok()
    {
        write_exception(py, &other, text, seen);
        text.push_str(message);
    }
    if let Some(traceback) = attribute(py, value, intern!("__traceback__")) {
        text.push_str(&traceback_text(py, &traceback));
    }
    write_message(py, value, text);
}

/// A class's name with its module, or with `unknown` where it has none.
fn write_class(py: Py, class: &Value, unknown: &str, text: &mut String) {
    match text_of(py, class, intern!("__module__")) {
        Some(module) if module == "builtins" || module == "__main__" => {}
        Some(module) => text.push_str(&format!("{module}.")),
        None => text.push_str(unknown),
    }
    let name = text_of(py, class, intern!("__qualname__"));
    text.push_str(name.as_deref().unwrap_or("<unknown>"));
}

/// The line that `sys.unraisablehook` ends with: class and text, without notes.
pub fn write_last_line(py: Py, class: &Value, value: &Value, text: &mut String) {
    write_class(py, class, "<unknown>", text);
    if !value.is_none() {
        match quietly(py, protocol::str(py, value)) {
            Some(message) => text.push_str(&format!(": {}", message.to_rust())),
            None => text.push_str(": <exception str() failed>"),
        }
    }
    text.push('\n');
}

fn write_message(py: Py, value: &Value, text: &mut String) {
    write_class(py, &Value::from(value.ty().to_owned()), "<unknown>.", text);
    match quietly(py, protocol::str(py, value)) {
        Some(message) if message.is_empty() => {}
        Some(message) => text.push_str(&format!(": {}", message.to_rust())),
        None => text.push_str(": <exception str() failed>"),
    }
    text.push('\n');
    let notes = attribute(py, value, intern!("__notes__"))
        .and_then(|notes| quietly(py, protocol::iter::collect(py, &notes)));
    for note in notes.unwrap_or_default() {
        match quietly(py, protocol::str(py, &note)) {
            Some(note) => text.push_str(&format!("{}\n", note.to_rust())),
            None => text.push_str("<note str() failed>\n"),
        }
    }
}

/// The lines of a traceback with its header, without marks under the source.
pub fn traceback_text(py: Py, traceback: &Value) -> String {
    let limit = tracebacklimit(py);
    if limit == 0 {
        return String::new();
    }
    let mut text = String::from("Traceback (most recent call last):\n");
    let mut before: Option<(String, i64, String)> = None;
    let mut repeated = 0;
    let mut entries = entries(py, traceback);
    let surplus = entries.len().saturating_sub(limit);
    for entry in entries.drain(surplus..) {
        if before.as_ref() == Some(&entry) {
            repeated += 1;
        } else {
            write_repeated(&mut text, repeated);
            repeated = 1;
        }
        if repeated <= REPEATED {
            let (file, line, name) = &entry;
            text.push_str(&format!("  File \"{file}\", line {line}, in {name}\n"));
            if let Some(source) = source_line(py, file, *line) {
                text.push_str(&format!("    {}\n", source.trim()));
            }
        }
        before = Some(entry);
    }
    write_repeated(&mut text, repeated);
    text
}

fn write_repeated(text: &mut String, repeated: usize) {
    if repeated > REPEATED {
        let more = repeated - REPEATED;
        let plural = if more == 1 { "" } else { "s" };
        text.push_str(&format!(
            "  [Previous line repeated {more} more time{plural}]\n"
        ));
    }
}

/// File, line and function of each level, the outermost first.
fn entries(py: Py, traceback: &Value) -> Vec<(String, i64, String)> {
    let mut entries = Vec::new();
    let mut next = Some(traceback.clone());
    while let Some(level) = next {
        let code = attribute(py, &level, intern!("tb_frame"))
            .and_then(|frame| attribute(py, &frame, intern!("f_code")));
        let line = attribute(py, &level, intern!("tb_lineno")).and_then(|n| integer(py, &n));
        if let Some(code) = code {
            entries.push((
                text_of(py, &code, intern!("co_filename")).unwrap_or_default(),
                line.unwrap_or(-1),
                text_of(py, &code, intern!("co_name")).unwrap_or_default(),
            ));
        }
        next = attribute(py, &level, intern!("tb_next"));
    }
    entries
}

/// How many of the last entries are shown: `sys.tracebacklimit`, or 1000 without it.
fn tracebacklimit(py: Py) -> usize {
    get(py, "tracebacklimit")
        .and_then(|limit| integer(py, &limit))
        .map_or(1000, |limit| limit.max(0) as usize)
}

/// A line of a source file, which `io.open` opens.
fn source_line(py: Py, file: &str, line: i64) -> Option<String> {
    let number = usize::try_from(line).ok()?.checked_sub(1)?;
    let io = quietly(py, crate::import::import_module(py, "io"))?;
    let open = attribute(py, &io, intern!("open"))?;
    let arguments = [Value::from(Str::new(file)), Value::from(Str::new("rb"))];
    let stream = quietly(py, protocol::call(py, &open, &arguments))?;
    let data = quietly(py, protocol::call_method(py, &stream, intern!("read"), &[]));
    quietly(
        py,
        protocol::call_method(py, &stream, intern!("close"), &[]),
    );
    let data = data?;
    let bytes = data.downcast::<krait_object::Bytes>()?;
    let found = bytes.as_slice().split(|b| *b == b'\n').nth(number)?;
    Some(String::from_utf8_lossy(found).into_owned())
}
