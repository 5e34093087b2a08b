//! A visit in another interpreter: it runs something as that one's `__main__`.

use std::rc::Rc;

use krait_object::exceptions::BaseException;
use krait_object::interpreter::Interpreter;
use krait_object::{Dict, Module, Owned, Py, PyResult, Raised, Value, raise};
use krait_stdlib_core::import;
use krait_vm::subinterpreter;

use crate::capture::Captured;
use crate::errors;

/// What came of a visit.
pub enum Ended<T> {
    Well(T),
    /// The code of the visit has raised.
    Raised(Captured),
    /// What it gave, or what it was given, could not pass; what to say of it, and why it was.
    NotShareable(String, Option<String>),
}

/// The namespace of `__main__`.
pub fn main_namespace(py: Py) -> PyResult<Owned<Dict>> {
    let main = import::import_module(py, "__main__")?;
    match main.downcast::<Module>() {
        Some(module) => Ok(module.dict()),
        None => raise!(py, RuntimeError, "interpreter's __main__ is no module"),
    }
}

/// What is set as what could not pass, or as what the code has raised.
fn ending<T>(py: Py) -> Ended<T> {
    if errors::is_not_shareable(py).unwrap_or(false)
        && let Some(exception) = py.thread().take_exception()
    {
        let cause = exception
            .downcast::<BaseException>()
            .and_then(BaseException::cause);
        let why = cause.and_then(|cause| Captured::of(py, &Value::from(cause)).display());
        let text = krait_object::protocol::str(py, &Value::from(exception));
        let text = text.map(|text| text.to_rust().into_owned());
        return Ended::NotShareable(text.unwrap_or_default(), why);
    }
    Ended::Raised(Captured::take(py))
}

/// What who runs a `__main__` is told where one runs.
#[cold]
pub fn already_running<T>(py: Py) -> PyResult<T> {
    errors::interpreter(py, "interpreter already running")
}

/// Marks that `__main__` runs, for as long as it lives.
struct Running(Rc<Interpreter>);

impl Running {
    fn new(py: Py, interpreter: &Rc<Interpreter>) -> PyResult<Running> {
        if interpreter.running_main.replace(true) {
            return already_running(py);
        }
        Ok(Running(interpreter.clone()))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running_main.set(false);
    }
}

/// Runs work as an interpreter's `__main__`, whose namespace it gets. Whatever it raises
/// stays behind, as a picture of it.
pub fn visit<T>(
    py: Py,
    interpreter: &Rc<Interpreter>,
    work: impl FnOnce(Py, &Owned<Dict>) -> PyResult<T>,
) -> PyResult<Ended<T>> {
    let running = Running::new(py, interpreter)?;
    let ended = subinterpreter::within(py, interpreter, |py| {
        let result = main_namespace(py)
            .and_then(|names| subinterpreter::as_main(py, &names, || work(py, &names)));
        match result {
            Ok(value) => Ended::Well(value),
            Err(Raised) => ending(py),
        }
    });
    drop(running);
    Ok(ended)
}

/// What could not pass, as the visitor's own exception.
#[cold]
pub fn not_shareable<T>(py: Py, text: &str, why: Option<&str>) -> PyResult<T> {
    if let Some(why) = why {
        let _: PyResult<()> = raise!(py, Exception, "{why}");
    }
    errors::not_shareable(py, krait_object::Str::new(text))
}
