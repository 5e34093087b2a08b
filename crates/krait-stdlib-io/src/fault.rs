//! What goes wrong with streams: `UnsupportedOperation`, closed streams, system errors,
//! and the rule that several failures of one `close` become a chain.

use std::cell::OnceCell;
use std::io;

use krait_object::{
    Builtin, Dict, GilCell, Layout, Object, Owned, Py, PyResult, Raised, Str, Tuple, Type, Value,
    errors, exceptions, hooks, intern, protocol, raise,
};
use krait_sys::fd::constants::{EAGAIN, EINTR};

static UNSUPPORTED: GilCell<OnceCell<Owned<Type>>> = GilCell::new(OnceCell::new());

/// The class `io.UnsupportedOperation`, an OSError and a ValueError.
pub fn unsupported_class(py: Py) -> PyResult<&'static Type> {
    let cell = UNSUPPORTED.get(py);
    if let Some(class) = cell.get() {
        return Ok(class);
    }
    let os_error = Value::from(exceptions::OSError.to_owned());
    let bases = Tuple::from_values([os_error, Value::from(exceptions::ValueError.to_owned())]);
    let dict = Dict::new();
    dict.set_value(
        py,
        &Value::from(intern!("__module__").to_owned_str()),
        Value::from(Str::intern("io")),
    )?;
    let arguments = [
        Value::from(Str::intern("UnsupportedOperation")),
        Value::from(bases),
        Value::from(dict),
    ];
    let class = protocol::call(py, &Value::from(Type::type_object().to_owned()), &arguments)?;
    match class.into_object().downcast_owned::<Type>() {
        Ok(class) => Ok(cell.get_or_init(|| class)),
        Err(_) => raise!(py, SystemError, "type() made no class"),
    }
}

/// Raises UnsupportedOperation.
#[cold]
pub fn unsupported<T>(py: Py, text: &str) -> PyResult<T> {
    let class = unsupported_class(py)?;
    Err(errors::raise_value(py, class, Value::from(Str::new(text))))
}

/// Raises ValueError for a stream that is closed.
#[cold]
pub fn closed<T>(py: Py) -> PyResult<T> {
    raise!(py, ValueError, "I/O operation on closed file.")
}

/// Runs a system call without the GIL, again after signals (PEP 475).
#[inline]
pub fn retry<T: Send>(
    py: Py,
    mut call: impl FnMut() -> io::Result<T> + Send,
) -> PyResult<io::Result<T>> {
    loop {
        match py.allow_threads(&mut call) {
            Err(e) if e.raw_os_error() == Some(EINTR) => interrupted(py)?,
            result => return Ok(result),
        }
    }
}

/// Runs the handlers of signals that have come.
#[cold]
pub fn interrupted(py: Py) -> PyResult<()> {
    (hooks::get(py).signals)(py)
}

/// `None` where the call would have to wait, OSError for any other failure.
pub fn unless_blocking<T>(py: Py, result: io::Result<T>) -> PyResult<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(e) if e.raw_os_error() == Some(EAGAIN) => Ok(None),
        Err(e) => errors::io_error(py, &e, None),
    }
}

/// OSError for a failed call.
pub fn os<T>(py: Py, result: io::Result<T>) -> PyResult<T> {
    result.or_else(|e| errors::io_error(py, &e, None))
}

/// Whether the exception that is set is an OSError for an interrupted call; it is taken
/// then, and the handlers run (PEP 475 for streams written in Python).
pub fn was_interrupted(py: Py) -> PyResult<bool> {
    if !errors::matches(py, &exceptions::OSError) {
        return Ok(false);
    }
    let Some(exception) = py.thread().take_exception() else {
        return Ok(false);
    };
    let value = Value::from(exception.clone());
    let errno = protocol::get_attr(py, &value, intern!("errno"));
    match errno {
        Ok(n) if n.as_small_int() == Some(i64::from(EINTR)) => {
            interrupted(py)?;
            Ok(true)
        }
        Ok(_) => {
            py.thread().set_exception(exception);
            Ok(false)
        }
        Err(_) => {
            py.thread().set_exception(exception);
            Ok(false)
        }
    }
}

/// Both of two steps are done; where both fail, the first failure is the context of the
/// second.
pub fn both(py: Py, first: PyResult, second: impl FnOnce() -> PyResult) -> PyResult {
    let earlier = match &first {
        Ok(_) => None,
        Err(_) => py.thread().take_exception(),
    };
    let result = second();
    match (earlier, result) {
        (None, result) => result,
        (Some(earlier), Ok(_)) => {
            py.thread().set_exception(earlier);
            Err(Raised)
        }
        (Some(earlier), Err(raised)) => {
            if let Some(later) = py.thread().exception() {
                exceptions::chain_context(&later, earlier);
            }
            Err(raised)
        }
    }
}

/// Fails as pickling a stream does.
pub fn no_pickle(py: Py, object: &Object) -> PyResult {
    raise!(
        py,
        TypeError,
        "cannot pickle '{}' instances",
        object.ty().short_name()
    )
}

/// `ValueError` for `whence`.
pub fn invalid_whence<T>(py: Py, whence: i64) -> PyResult<T> {
    raise!(py, ValueError, "whence value {whence} unsupported")
}
