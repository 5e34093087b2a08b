//! Raising exceptions from Rust.
//!
//! `raise!(py, TypeError, "text {}", x)` makes the exception, sets it in the thread
//! state and evaluates to `Err(Raised)`.

use std::fmt::Arguments;

use crate::exceptions;
use crate::object::{Layout, Object, Owned};
use crate::py::{Py, PyResult, Raised};
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::typeobject::Type;
use crate::value::Value;

/// Raises: `raise!(py, ValueError, "bad {}", x)` is an `Err(Raised)` of any type.
#[macro_export]
macro_rules! raise {
    ($py:expr, $kind:ident, $($text:tt)+) => {
        ::core::result::Result::Err($crate::errors::raise_text(
            $py,
            &$crate::exceptions::$kind,
            format_args!($($text)+),
        ))
    };
}

/// Raises an exception of a class with a text.
#[cold]
#[inline(never)]
pub fn raise_text(py: Py, class: &Type, text: Arguments<'_>) -> Raised {
    let text = match text.as_str() {
        Some(text) => Str::new(text),
        None => Str::new(&text.to_string()),
    };
    raise_value(py, class, Value::from(text))
}

/// Raises an exception of a class with one argument.
#[cold]
pub fn raise_value(py: Py, class: &Type, argument: Value) -> Raised {
    raise_args(py, class, &[argument])
}

/// Raises an exception of a class called with arguments.
#[cold]
pub fn raise_args(py: Py, class: &Type, arguments: &[Value]) -> Raised {
    match exceptions::instantiate(py, class, arguments) {
        Ok(exception) => raise_object(py, exception),
        Err(raised) => raised,
    }
}

/// Raises an exception object; the exception being handled becomes its context.
#[cold]
pub fn raise_object(py: Py, exception: Owned) -> Raised {
    if !exceptions::is_exception(&exception) {
        return raise_text(
            py,
            &exceptions::TypeError,
            format_args!("exceptions must derive from BaseException"),
        );
    }
    if let Some(handled) = py.thread().handled_exception() {
        exceptions::chain_context(&exception, handled);
    }
    py.thread().set_exception(exception);
    Raised
}

/// Fails with MemoryError.
#[cold]
pub fn no_memory<T>() -> PyResult<T> {
    // SAFETY: only code that holds the GIL allocates objects.
    let py = unsafe { Py::assume() };
    // SAFETY: the GIL is held.
    unsafe { krait_heap::open_spare() };
    Err(raise_object(py, exceptions::memory_error(py)))
}

pub use krait_text::memory::{OutOfMemory, out_of_memory};

/// MemoryError where a block of so many bytes cannot be had: for what allocates by means that
/// cannot fail.
pub fn ensure_room(bytes: usize) -> PyResult<()> {
    const FEW: usize = 1 << 16;
    if bytes > FEW && !krait_text::memory::is_available(bytes) {
        return no_memory();
    }
    Ok(())
}

/// Raises what a panic that was caught means.
#[cold]
pub fn raise_panic(py: Py, panic: Box<dyn std::any::Any + Send>) -> Raised {
    if panic.is::<OutOfMemory>() {
        return match no_memory::<()>() {
            Err(raised) => raised,
            Ok(()) => Raised,
        };
    }
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("unknown panic");
    raise_text(
        py,
        &exceptions::SystemError,
        format_args!("panic in the runtime: {text}"),
    )
}

/// Ends the process: the runtime itself cannot go on.
#[cold]
pub fn fatal(what: &str, detail: &str) -> ! {
    let place = if what.is_empty() { "" } else { ": " };
    eprintln!("Fatal Python error: {what}{place}{detail}");
    std::process::abort()
}

/// Whether the exception that is set is an instance of the class.
pub fn matches(py: Py, class: &Type) -> bool {
    py.thread()
        .exception()
        .is_some_and(|e| e.ty().is_subtype_of(class))
}

/// Takes the exception that is set if it is an instance of the class; otherwise it
/// stays set.
pub fn take_if(py: Py, class: &Type) -> Option<Owned> {
    if matches(py, class) {
        py.thread().take_exception()
    } else {
        None
    }
}

/// Turns a failure of the given class into `None`.
pub fn suppress<T>(py: Py, result: PyResult<T>, class: &Type) -> PyResult<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(raised) => take_if(py, class).map(|_| None).ok_or(raised),
    }
}

/// UnicodeEncodeError for a lone surrogate at an index.
#[cold]
pub fn surrogates_not_allowed<T>(py: Py, text: &Str, at: usize) -> PyResult<T> {
    let arguments = [
        Value::from(Str::new("utf-8")),
        Value::from(text.to_owned_str()),
        Value::int(at as i64),
        Value::int(at as i64 + 1),
        Value::from(Str::new("surrogates not allowed")),
    ];
    Err(raise_args(py, &exceptions::UnicodeEncodeError, &arguments))
}

/// KeyError with the key itself as argument.
#[cold]
pub fn key_error<T>(py: Py, key: &Value) -> PyResult<T> {
    // A tuple key must not be spread as arguments.
    Err(raise_args(
        py,
        &exceptions::KeyError,
        std::slice::from_ref(key),
    ))
}

/// OSError from an errno value, with file names where given; picks the subclass.
#[cold]
pub fn os_error<T>(
    py: Py,
    errno: i32,
    filename: Option<&Object>,
    filename2: Option<&Object>,
) -> PyResult<T> {
    let text = os_error_text(errno);
    let mut arguments = vec![Value::int(i64::from(errno)), Value::from(Str::new(&text))];
    if let Some(name) = filename {
        arguments.push(Value::from(name.to_owned()));
        if let Some(second) = filename2 {
            arguments.push(Value::none());
            arguments.push(Value::from(second.to_owned()));
        }
    }
    Err(raise_args(py, &exceptions::OSError, &arguments))
}

/// OSError from Rust's own error.
#[cold]
pub fn io_error<T>(py: Py, error: &std::io::Error, filename: Option<&Object>) -> PyResult<T> {
    match error.raw_os_error() {
        Some(errno) => os_error(py, errno, filename, None),
        None => crate::raise!(py, OSError, "{error}"),
    }
}

/// The system's text for an error number.
pub fn os_error_text(errno: i32) -> String {
    // SAFETY: strerror gives a C string that is valid until its next call; the GIL is held.
    unsafe { std::ffi::CStr::from_ptr(libc::strerror(errno)) }
        .to_string_lossy()
        .into_owned()
}

/// Issues a warning through the `warnings` machinery; an error where a filter says so.
pub fn warn(py: Py, category: &Type, text: &str, stack_level: i32) -> PyResult<()> {
    (crate::hooks::get(py).warn)(py, category, text, stack_level)
}

/// Issues a ResourceWarning of an object that was left open, of which `tracemalloc` may know
/// where it was made.
#[cold]
pub fn warn_of_resource(py: Py, text: &str, source: &Object) -> PyResult<()> {
    let Ok(warnings) = crate::hooks::import_module(py, "_warnings") else {
        // There are no modules any more when a program ends.
        drop(py.thread().take_exception());
        return warn(py, &exceptions::ResourceWarning, text, 1);
    };
    let told = [
        Value::from(Str::new(text)),
        Value::from(Layout::to_owned(&*exceptions::ResourceWarning)),
        Value::int(1),
        Value::from(source.to_owned()),
    ];
    crate::protocol::call_method(py, &warnings, crate::intern!("warn"), &told).map(drop)
}

/// Hands an exception that nobody can catch to `sys.unraisablehook`.
#[cold]
pub fn write_unraisable(py: Py, doing: Option<&str>, object: Option<&Object>) {
    (crate::hooks::get(py).unraisable)(py, doing, object);
}

/// The same for what happened while something was done with an object.
#[cold]
pub fn ignored_while(py: Py, doing: &str, object: &Object) {
    let Some(exception) = py.thread().take_exception() else {
        return;
    };
    let shown = crate::protocol::repr::repr_object(py, object);
    let shown = shown.map(|text| text.to_rust().into_owned());
    drop(py.thread().take_exception());
    py.thread().set_exception(exception);
    let shown = shown.unwrap_or_else(|_| "<object repr() failed>".into());
    write_unraisable(
        py,
        Some(&format!("Exception ignored while {doing} {shown}")),
        None,
    );
}

/// Raises StopIteration with a value (a tuple is not spread).
#[cold]
pub fn stop_iteration(py: Py, value: &Value) -> Raised {
    if value.is_none() {
        return raise_args(py, &exceptions::StopIteration, &[]);
    }
    raise_args(py, &exceptions::StopIteration, std::slice::from_ref(value))
}

/// The arguments of an exception.
pub fn args_of(exception: &Object) -> Option<Owned<Tuple>> {
    exceptions::BaseException::from_object(exception).and_then(|e| e.args())
}
