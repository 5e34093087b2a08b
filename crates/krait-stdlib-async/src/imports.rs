//! What the module needs of asyncio's Python files, imported at first use.

use std::cell::OnceCell;

use krait_object::errors;
use krait_object::protocol;
use krait_object::{GilCell, Owned, Py, PyResult, Raised, Str, Type, Value, exceptions, hooks};

/// An attribute of a module, kept once it has been looked up.
pub struct Imported {
    module: &'static str,
    name: &'static str,
    value: GilCell<OnceCell<Value>>,
}

impl Imported {
    const fn new(module: &'static str, name: &'static str) -> Imported {
        Imported {
            module,
            name,
            value: GilCell::new(OnceCell::new()),
        }
    }

    pub fn get(&self, py: Py) -> PyResult {
        if let Some(value) = self.value.get(py).get() {
            return Ok(value.clone());
        }
        let module = hooks::import_module(py, self.module)?;
        let value = protocol::get_attr_str(py, &module, self.name)?;
        Ok(self.value.get(py).get_or_init(|| value).clone())
    }

    pub fn call(&self, py: Py, values: &[Value]) -> PyResult {
        let function = self.get(py)?;
        protocol::call(py, &function, values)
    }
}

pub static CANCELLED_ERROR: Imported = Imported::new("asyncio.exceptions", "CancelledError");
static INVALID_STATE: Imported = Imported::new("asyncio.exceptions", "InvalidStateError");
pub static GET_POLICY: Imported = Imported::new("asyncio.events", "_get_event_loop_policy");
pub static IS_COROUTINE: Imported = Imported::new("asyncio.coroutines", "iscoroutine");
pub static FUTURE_REPR: Imported = Imported::new("asyncio.base_futures", "_future_repr");
pub static TASK_REPR: Imported = Imported::new("asyncio.base_tasks", "_task_repr");
pub static TASK_GET_STACK: Imported = Imported::new("asyncio.base_tasks", "_task_get_stack");
pub static TASK_PRINT_STACK: Imported = Imported::new("asyncio.base_tasks", "_task_print_stack");
pub static EXTRACT_STACK: Imported = Imported::new("traceback", "extract_stack");
pub static WEAK_SET: Imported = Imported::new("weakref", "WeakSet");

/// Raises `asyncio.InvalidStateError`.
#[cold]
pub fn invalid_state<T>(py: Py, text: &str) -> PyResult<T> {
    let class = INVALID_STATE.get(py)?;
    match class.downcast::<Type>() {
        Some(class) => Err(errors::raise_value(py, class, Value::from(Str::new(text)))),
        None => Err(Raised),
    }
}

/// A new `CancelledError`, with a message where there is one.
pub fn new_cancelled_error(py: Py, message: Option<Value>) -> PyResult<Owned> {
    let class = CANCELLED_ERROR.get(py)?;
    let arguments: &[Value] = match &message {
        Some(message) if !message.is_none() => std::slice::from_ref(message),
        _ => &[],
    };
    match class.downcast::<Type>() {
        Some(class) => exceptions::instantiate(py, class, arguments),
        None => Ok(protocol::call(py, &class, arguments)?.into_object()),
    }
}

/// Whether an exception is a `CancelledError`.
pub fn is_cancelled(py: Py, exception: &krait_object::Object) -> PyResult<bool> {
    let class = CANCELLED_ERROR.get(py)?;
    Ok(class
        .downcast::<Type>()
        .is_some_and(|class| exception.ty().is_subtype_of(class)))
}
