//! The exceptions of `concurrent.interpreters`, which all interpreters share, and those of a
//! module of its own interpreter.

use std::cell::OnceCell;

use krait_object::exceptions::BaseException;
use krait_object::{
    Dict, GilCell, Layout, Owned, Py, PyResult, Raised, Str, Tuple, Type, Value, errors,
    exceptions, intern, protocol, raise,
};

/// A new exception class.
pub fn new_class(
    py: Py,
    module: &str,
    name: &str,
    base: &Type,
    doc: Option<&str>,
) -> PyResult<Owned<Type>> {
    let namespace = Dict::new();
    namespace.set_str(py, intern!("__module__"), Value::from(Str::intern(module)))?;
    if let Some(doc) = doc {
        namespace.set_str(py, intern!("__doc__"), Value::from(Str::new(doc)))?;
    }
    let arguments = [
        Value::from(Str::intern(name)),
        Value::from(Tuple::from_values([Value::from(base.to_owned())])),
        Value::from(namespace),
    ];
    let metatype = protocol::attr::type_value::<Type>();
    let made = protocol::call(py, &metatype, &arguments)?;
    match made.into_object().downcast_owned::<Type>() {
        Ok(class) => Ok(class),
        Err(_) => raise!(py, SystemError, "type() made no class"),
    }
}

/// The classes that all interpreters share.
pub struct Classes {
    pub interpreter: Owned<Type>,
    pub not_found: Owned<Type>,
    pub not_shareable: Owned<Type>,
}

static CLASSES: GilCell<OnceCell<Classes>> = GilCell::new(OnceCell::new());

pub fn classes(py: Py) -> PyResult<&'static Classes> {
    if let Some(classes) = CLASSES.get(py).get() {
        return Ok(classes);
    }
    let module = "concurrent.interpreters";
    let interpreter = new_class(
        py,
        module,
        "InterpreterError",
        &exceptions::Exception,
        Some("A cross-interpreter operation failed"),
    )?;
    let not_found = new_class(
        py,
        module,
        "InterpreterNotFoundError",
        &interpreter,
        Some("An interpreter was not found"),
    )?;
    let not_shareable = new_class(
        py,
        module,
        "NotShareableError",
        &exceptions::TypeError,
        None,
    )?;
    let made = Classes {
        interpreter,
        not_found,
        not_shareable,
    };
    Ok(CLASSES.get(py).get_or_init(|| made))
}

/// Raises InterpreterError.
#[cold]
pub fn interpreter<T>(py: Py, text: &str) -> PyResult<T> {
    let class = &classes(py)?.interpreter;
    Err(errors::raise_value(py, class, Value::from(Str::new(text))))
}

/// Raises InterpreterNotFoundError.
#[cold]
pub fn not_found<T>(py: Py, id: i64) -> PyResult<T> {
    let class = &classes(py)?.not_found;
    let text = Str::new(&format!("unrecognized interpreter ID {id}"));
    Err(errors::raise_value(py, class, Value::from(text)))
}

/// Raises NotShareableError; what is set already becomes its cause.
#[cold]
pub fn not_shareable<T>(py: Py, text: Owned<Str>) -> PyResult<T> {
    let cause = py.thread().take_exception();
    let class = &classes(py)?.not_shareable;
    let raised = errors::raise_value(py, class, Value::from(text));
    if let (Some(cause), Some(new)) = (cause, py.thread().exception())
        && let Some(new) = new.downcast::<BaseException>()
    {
        new.set_cause(Some(cause));
    }
    Err(raised)
}

/// Says that an object has no form in which it can go to another interpreter.
#[cold]
pub fn no_cross_data<T>(py: Py, value: &Value) -> PyResult<T> {
    // What the object says of itself must not hide why it could not be taken.
    let cause = py.thread().take_exception();
    let shown = protocol::repr(py, value)?.to_rust().into_owned();
    if let Some(cause) = cause {
        py.thread().set_exception(cause);
    }
    let text = format!("{shown} does not support cross-interpreter data");
    not_shareable(py, Str::new(&text))
}

/// Whether the exception that is set is NotShareableError.
pub fn is_not_shareable(py: Py) -> PyResult<bool> {
    let classes = classes(py)?;
    Ok(errors::matches(py, &classes.not_shareable))
}

/// Raises an exception of a class with a text.
#[cold]
pub fn with_text<T>(py: Py, class: &Type, text: &str) -> Result<T, Raised> {
    Err(errors::raise_value(py, class, Value::from(Str::new(text))))
}
