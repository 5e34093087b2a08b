//! `sys.displayhook`, `excepthook`, `unraisablehook`, `breakpointhook`.

use krait_object::types::structseq::{self, Description};
use krait_object::{
    Args, Dict, KwArgs, Layout, ModuleBuilder, Object, Py, PyResult, Str, Tuple, Type, Value,
    errors, exceptions, intern, protocol, raise,
};
use krait_vm::frame::traceback::Traceback;
use std::cell::OnceCell;
use std::io::Write;

use super::audit::audit;
use super::{builtin, builtins, display, get};

fn displayhook(py: Py, object: &Value) -> PyResult<()> {
    let builtins = builtins(py)?;
    if object.is_none() {
        return Ok(());
    }
    protocol::set_attr(py, &builtins, intern!("_"), &Value::none())?;
    let Some(stdout) = get(py, "stdout").filter(|s| !s.is_none()) else {
        return raise!(py, RuntimeError, "lost sys.stdout");
    };
    let text = Value::from(protocol::repr(py, object)?);
    let written = protocol::call_method(py, &stdout, intern!("write"), std::slice::from_ref(&text));
    let written = errors::suppress(py, written, &exceptions::UnicodeEncodeError)?;
    if written.is_none() {
        write_escaped(py, &stdout, &text)?;
    }
    protocol::call_method(
        py,
        &stdout,
        intern!("write"),
        &[Value::from(Str::new("\n"))],
    )?;
    protocol::set_attr(py, &builtins, intern!("_"), object)
}

/// Writes text that a stream's encoding cannot express, with backslash escapes.
fn write_escaped(py: Py, stream: &Value, text: &Value) -> PyResult<()> {
    let encoding = protocol::get_attr(py, stream, intern!("encoding"))?;
    let errors = Value::from(Str::new("backslashreplace"));
    let arguments = [encoding.clone(), errors];
    let bytes = protocol::call_method(py, text, intern!("encode"), &arguments)?;
    match protocol::lookup_attr(py, stream, intern!("buffer"))? {
        Some(buffer) => protocol::call_method(py, &buffer, intern!("write"), &[bytes])?,
        None => {
            let text = protocol::call_method(py, &bytes, intern!("decode"), &[encoding])?;
            protocol::call_method(py, stream, intern!("write"), &[text])?
        }
    };
    Ok(())
}

/// Writes text to `sys.stderr`, or to the process's own where there is none.
pub fn write_stderr(py: Py, text: &str) {
    write_stderr_text(py, &Str::new(text));
}

/// The same of a text that may hold lone surrogates.
pub fn write_stderr_text(py: Py, text: &Str) {
    let stream = get(py, "stderr").filter(|s| !s.is_none());
    let written = stream.map(|s| {
        protocol::call_method(
            py,
            &s,
            intern!("write"),
            &[Value::from(text.to_owned_str())],
        )
    });
    match written {
        Some(Ok(_)) => {
            if let Some(stream) = get(py, "stderr")
                && protocol::call_method(py, &stream, intern!("flush"), &[]).is_err()
            {
                drop(py.thread().take_exception());
            }
        }
        failed => {
            if failed.is_some() {
                drop(py.thread().take_exception());
            }
            // (What cannot be shown is lost.)
            let _ = std::io::stderr().write_all(text.to_rust().as_bytes());
        }
    }
}

fn excepthook(py: Py, _class: &Value, value: &Value, traceback: &Value) -> PyResult<()> {
    if !value.as_object().is_some_and(exceptions::is_exception) {
        let text = format!(
            "TypeError: print_exception(): Exception expected for value, {} found\n",
            value.ty().name()
        );
        write_stderr(py, &text);
        return Ok(());
    }
    if value.as_object().is_some_and(exceptions::is_exception) && !traceback.is_none() {
        protocol::set_attr(py, value, intern!("__traceback__"), traceback)?;
    }
    super::display::display(py, value);
    Ok(())
}

const UNRAISABLE_ARGS: Description = Description {
    name: "UnraisableHookArgs",
    doc: "UnraisableHookArgs\n\nType used to pass arguments to sys.unraisablehook.",
    fields: &[
        ("exc_type", "Exception type"),
        ("exc_value", "Exception value"),
        ("exc_traceback", "Exception traceback"),
        ("err_msg", "Error message"),
        ("object", "Object causing the exception"),
    ],
    visible: 5,
    constructible: true,
};

static UNRAISABLE_TYPE: krait_object::GilCell<OnceCell<&'static Type>> =
    krait_object::GilCell::new(OnceCell::new());

fn unraisablehook(py: Py, unraisable: &Value) -> PyResult<()> {
    let expected = UNRAISABLE_TYPE.get(py).get();
    if expected.is_none_or(|ty| !unraisable.ty().is_subtype_of(ty)) {
        return raise!(
            py,
            TypeError,
            "sys.unraisablehook argument type must be UnraisableHookArgs"
        );
    }
    let field = |name: &'static str| protocol::get_attr_str(py, unraisable, name);
    let (class, value) = (field("exc_type")?, field("exc_value")?);
    let (traceback, message, object) =
        (field("exc_traceback")?, field("err_msg")?, field("object")?);
    let mut text = String::new();
    if !object.is_none() {
        let shown = protocol::repr(py, &object).map(|s| s.to_rust().into_owned());
        let shown = shown.unwrap_or_else(|_| {
            drop(py.thread().take_exception());
            "<object repr() failed>".to_string()
        });
        let what = if message.is_none() {
            "Exception ignored in".into()
        } else {
            protocol::str(py, &message)?.to_rust().into_owned()
        };
        text.push_str(&format!("{what}: {shown}\n"));
    } else if !message.is_none() {
        text.push_str(&format!("{}:\n", protocol::str(py, &message)?.to_rust()));
    }
    if traceback.downcast::<Traceback>().is_some() {
        text.push_str(&display::traceback_text(py, &traceback));
    }
    if !class.is_none() {
        display::write_last_line(py, &class, &value, &mut text);
    }
    write_stderr(py, &text);
    if class.is_none() {
        return raise!(py, SystemError, "error return without exception set");
    }
    Ok(())
}

/// Reports the exception that is set and that nobody can catch.
pub fn report_unraisable(py: Py, doing: Option<&str>, object: Option<&Object>) {
    // One that was never raised is shown as if it had been here.
    let unraised = py.thread().exception().is_some_and(|exception| {
        exception
            .downcast::<exceptions::BaseException>()
            .is_some_and(|body| body.traceback().is_none())
    });
    if unraised && let Some(frame) = krait_vm::frame_object(py, 0) {
        krait_vm::frame::traceback::add_here(py, &frame);
    }
    let Some(exception) = py.thread().take_exception() else {
        return;
    };
    let message = doing.map_or_else(Value::none, |d| Value::from(Str::new(d)));
    let object = object.map_or_else(Value::none, |o| Value::from(o.to_owned()));
    let hook = get(py, "unraisablehook").filter(|h| !h.is_none());
    let Some(hook) = hook else {
        return report_plainly(py, Value::from(exception), message, object);
    };
    let result = unraisable_args(py, Value::from(exception), message, object).and_then(|args| {
        audit(py, "sys.unraisablehook", &[hook.clone(), args.clone()])?;
        protocol::call(py, &hook, &[args])
    });
    if result.is_err()
        && let Some(exception) = py.thread().take_exception()
    {
        let message = Value::from(Str::new("Exception ignored in sys.unraisablehook"));
        report_plainly(py, Value::from(exception), message, hook);
    }
}

/// What `sys.unraisablehook` gets.
fn unraisable_args(py: Py, exception: Value, message: Value, object: Value) -> PyResult {
    let ty = UNRAISABLE_TYPE
        .get(py)
        .get_or_init(|| structseq::make_type(UNRAISABLE_ARGS));
    let class = Value::from(exception.ty().to_owned());
    let traceback = protocol::get_attr(py, &exception, intern!("__traceback__"))?;
    let fields = [class, exception, traceback, message, object];
    structseq::make(py, ty, fields).map(Value::from)
}

/// Reports an exception as the usual hook does. What fails in that is not told.
fn report_plainly(py: Py, exception: Value, message: Value, object: Value) {
    let args = unraisable_args(py, exception, message, object);
    if args.and_then(|args| unraisablehook(py, &args)).is_err() {
        drop(py.thread().take_exception());
    }
}

/// Hands an uncaught exception to `sys.excepthook`.
pub fn report_uncaught(py: Py, exception: &Value) {
    let class = Value::from(exception.ty().to_owned());
    let traceback =
        protocol::get_attr(py, exception, intern!("__traceback__")).unwrap_or_else(|_| {
            drop(py.thread().take_exception());
            Value::none()
        });
    let arguments = [class, exception.clone(), traceback];
    match get(py, "excepthook").filter(|h| !h.is_none()) {
        Some(hook) => {
            let told = [&[hook.clone()][..], &arguments[..]].concat();
            if audit(py, "sys.excepthook", &told).is_err() {
                match errors::take_if(py, &exceptions::RuntimeError) {
                    // A hook that raises RuntimeError keeps the exception to itself.
                    Some(_) => return,
                    None => report_unraisable(py, None, None),
                }
            }
            if protocol::call(py, &hook, &arguments).is_err() {
                write_stderr(py, "Error in sys.excepthook:\n");
                if let Some(second) = py.thread().take_exception() {
                    super::display::display(py, &Value::from(second));
                }
                write_stderr(py, "\nOriginal exception was:\n");
                super::display::display(py, exception);
            }
        }
        None => {
            write_stderr(py, "sys.excepthook is missing\n");
            super::display::display(py, exception);
        }
    }
}

fn breakpointhook(py: Py, args: Args<'_>, kwargs: KwArgs) -> PyResult {
    let name = std::env::var("PYTHONBREAKPOINT").unwrap_or_default();
    if name == "0" {
        return Ok(Value::none());
    }
    let name = if name.is_empty() {
        "pdb.set_trace"
    } else {
        &name
    };
    let found = match name.rsplit_once('.') {
        Some((module, attribute)) => crate::import::import_module(py, module)
            .and_then(|module| protocol::get_attr_str(py, &module, attribute)),
        None => builtin(py, name),
    };
    let Ok(function) = found else {
        drop(py.thread().take_exception());
        let text = format!("Ignoring unimportable $PYTHONBREAKPOINT: \"{name}\"");
        errors::warn(py, &exceptions::RuntimeWarning, &text, 1)?;
        return Ok(Value::none());
    };
    let kwargs: Option<krait_object::Owned<Dict>> = kwargs.0;
    protocol::call::call_tuple(py, &function, &Tuple::from_slice(args.0), kwargs.as_deref())
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function("displayhook($module, object, /)", displayhook)?
        .function(
            "excepthook($module, exctype, value, traceback, /)",
            excepthook,
        )?
        .function("unraisablehook($module, unraisable, /)", unraisablehook)?
        .function("breakpointhook($module, /, *args, **kws)", breakpointhook)?;
    for name in [
        "displayhook",
        "excepthook",
        "unraisablehook",
        "breakpointhook",
    ] {
        let hook = m
            .dict()
            .get_str_key(m.py, &Str::intern(name))
            .unwrap_or_else(Value::none);
        m.value(&format!("__{name}__"), hook)?;
    }
    Ok(())
}
