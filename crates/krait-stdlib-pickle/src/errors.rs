//! `PickleError` and its subclasses.

use std::cell::OnceCell;

use krait_object::exceptions::{self, BaseException};
use krait_object::{
    Dict, GilCell, Layout, Owned, Py, PyResult, Raised, Str, Tuple, Type, Value, errors, intern,
    protocol, raise,
};

/// The three classes.
pub struct Classes {
    pub error: Owned<Type>,
    pub pickling: Owned<Type>,
    pub unpickling: Owned<Type>,
}

static CLASSES: GilCell<OnceCell<Classes>> = GilCell::new(OnceCell::new());

fn new_class(py: Py, name: &str, base: &Type) -> PyResult<Owned<Type>> {
    let namespace = Dict::new();
    let module = Value::from(Str::intern("_pickle"));
    namespace.set_str(py, intern!("__module__"), module)?;
    let bases = Tuple::from_values([Value::from(base.to_owned())]);
    let arguments = [
        Value::from(Str::intern(name)),
        Value::from(bases),
        Value::from(namespace),
    ];
    let made = protocol::call(py, &protocol::attr::type_value::<Type>(), &arguments)?;
    match made.into_object().downcast_owned::<Type>() {
        Ok(class) => Ok(class),
        Err(_) => raise!(py, SystemError, "type() made no class"),
    }
}

pub fn classes(py: Py) -> PyResult<&'static Classes> {
    let cell = CLASSES.get(py);
    if let Some(classes) = cell.get() {
        return Ok(classes);
    }
    let error = new_class(py, "PickleError", &exceptions::Exception)?;
    let pickling = new_class(py, "PicklingError", &error)?;
    let unpickling = new_class(py, "UnpicklingError", &error)?;
    Ok(cell.get_or_init(|| Classes {
        error,
        pickling,
        unpickling,
    }))
}

#[cold]
pub fn pickling<T>(py: Py, text: &str) -> PyResult<T> {
    let class = &classes(py)?.pickling;
    Err(errors::raise_value(py, class, Value::from(Str::new(text))))
}

#[cold]
pub fn unpickling<T>(py: Py, text: &str) -> PyResult<T> {
    let class = &classes(py)?.unpickling;
    Err(errors::raise_value(py, class, Value::from(Str::new(text))))
}

/// PicklingError in the context of the exception that is set.
#[cold]
pub fn pickling_from<T>(py: Py, text: &str) -> PyResult<T> {
    let cause = py.thread().take_exception();
    let result = pickling(py, text);
    if let (Some(cause), Some(error)) = (cause, py.thread().exception())
        && let Some(body) = BaseException::from_object(&error)
    {
        body.set_context(Some(cause));
    }
    result
}

/// A type's name as error texts show it, with its module where that is not obvious.
pub fn type_name(py: Py, ty: &Type) -> String {
    let class = Value::from(ty.to_owned());
    let pending = py.thread().take_exception();
    let text = |name: &Str| {
        let value = protocol::get_attr(py, &class, name).ok()?;
        value.downcast::<Str>().map(|s| s.to_rust().into_owned())
    };
    let (module, name) = (text(intern!("__module__")), text(intern!("__qualname__")));
    drop(py.thread().take_exception());
    if let Some(pending) = pending {
        py.thread().set_exception(pending);
    }
    let name = name.unwrap_or_else(|| ty.short_name().to_string());
    match module.as_deref() {
        None | Some("builtins" | "__main__") => name,
        Some(module) => format!("{module}.{name}"),
    }
}

/// Adds a note to the exception that is set.
#[cold]
pub fn add_note(py: Py, text: &str) -> Raised {
    let Some(exception) = py.thread().take_exception() else {
        return Raised;
    };
    let note = Value::from(Str::new(text));
    let value = Value::from(exception.clone());
    if protocol::call_method(py, &value, intern!("add_note"), &[note]).is_ok() {
        py.thread().set_exception(exception);
    }
    Raised
}
