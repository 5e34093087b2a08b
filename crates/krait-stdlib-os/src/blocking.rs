//! Calling the system: without the GIL, again after a signal, failing with OSError.

use krait_object::native::FromArg;
use krait_object::native::arg::At;
use krait_object::types::buffer::Buffer;
use krait_object::{Object, Py, PyResult, Value, errors, hooks};
use krait_sys::{Errno, libc};

/// OSError where the call has failed.
pub fn os<T>(py: Py, result: krait_sys::Result<T>) -> PyResult<T> {
    match result {
        Ok(value) => Ok(value),
        Err(error) => fail(py, error),
    }
}

#[cold]
pub fn fail<T>(py: Py, error: Errno) -> PyResult<T> {
    errors::os_error(py, error.0, None, None)
}

#[cold]
pub fn fail_with<T>(py: Py, error: Errno, name: &Object) -> PyResult<T> {
    errors::os_error(py, error.0, Some(name), None)
}

/// Runs a call without the GIL until no signal interrupts it; Python's handlers run in
/// between, and what they raise ends the wait.
pub fn retry<T: Send>(
    py: Py,
    call: impl Fn() -> krait_sys::Result<T> + Sync,
) -> PyResult<krait_sys::Result<T>> {
    loop {
        match py.allow_threads(&call) {
            Err(Errno(libc::EINTR)) => run_signals(py)?,
            result => return Ok(result),
        }
    }
}

/// `retry`, with OSError where the call has failed.
pub fn blocking<T: Send>(py: Py, call: impl Fn() -> krait_sys::Result<T> + Sync) -> PyResult<T> {
    let result = retry(py, call)?;
    os(py, result)
}

/// Runs Python's handlers of the signals that have come.
pub fn run_signals(py: Py) -> PyResult<()> {
    (hooks::get(py).signals)(py)
}

/// Tells audit hooks of an event.
pub fn audit(py: Py, event: &str, values: &[Value]) -> PyResult<()> {
    (hooks::get(py).audit)(py, event, values)
}

/// A bytes-like argument, held for the call.
pub struct Data(pub Buffer);

impl std::ops::Deref for Data {
    type Target = Buffer;
    fn deref(&self) -> &Buffer {
        &self.0
    }
}

impl FromArg for Data {
    type Item<'a> = Data;
    fn from_arg(py: Py, value: &Value, _at: At) -> PyResult<Data> {
        Buffer::new(py, value).map(Data)
    }
}

/// A writable bytes-like argument, held for the call.
pub struct DataMut(pub Buffer);

impl std::ops::Deref for DataMut {
    type Target = Buffer;
    fn deref(&self) -> &Buffer {
        &self.0
    }
}

impl FromArg for DataMut {
    type Item<'a> = DataMut;
    fn from_arg(py: Py, value: &Value, at: At) -> PyResult<DataMut> {
        match Buffer::writable(py, value) {
            Ok(buffer) => Ok(DataMut(buffer)),
            Err(_) => {
                drop(py.thread().take_exception());
                at.mismatch(py, "read-write bytes-like object", value)
            }
        }
    }
}
