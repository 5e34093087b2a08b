//! `_contextvars`.
//!
//! A context's variables are a dict that contexts share until one of them sets a variable:
//! copying a context costs nothing, and setting copies only a dict that is shared.

use krait_object::native::Instance;
use krait_object::native::module::NativeModule;
use krait_object::{
    Builtin, Layout, ModuleBuilder, Object, Owned, Py, PyResult, Str, Value, intern, raise,
};

mod context;
mod token;
mod variable;

use context::Context;

pub const MODULE: NativeModule = NativeModule {
    name: "_contextvars",
    init,
};

/// Makes a context current until it is left (`PyContext_Enter`).
pub fn enter(py: Py, context: &Object) -> PyResult<()> {
    match context.downcast::<Instance<Context>>() {
        Some(context) => context::enter(py, context),
        None => raise!(py, TypeError, "an instance of Context was expected"),
    }
}

/// Leaves a context (`PyContext_Exit`).
pub fn exit(py: Py, context: &Object) -> PyResult<()> {
    match context.downcast::<Instance<Context>>() {
        Some(context) => context::exit(py, context),
        None => raise!(py, TypeError, "an instance of Context was expected"),
    }
}

fn variable(py: Py, object: &Object) -> PyResult<&variable::This> {
    match object.downcast::<variable::This>() {
        Some(variable) => Ok(variable),
        None => raise!(py, TypeError, "an instance of ContextVar was expected"),
    }
}

/// A variable's value in the current context, else the default given, else its own; `None`
/// where there is none of them (`PyContextVar_Get`).
pub fn value_or(py: Py, object: &Object, default: Option<&Value>) -> PyResult<Option<Value>> {
    let variable = variable(py, object)?;
    let found = variable::current_value(py, variable)?;
    Ok(found.or_else(|| variable.or_default(default)))
}

/// Sets a variable in the current context; the result is the token (`PyContextVar_Set`).
pub fn set(py: Py, object: &Object, value: &Value) -> PyResult {
    variable::set(py, variable(py, object)?, value).map(Value::from)
}

/// Sets a variable back to what it was before (`PyContextVar_Reset`).
pub fn reset(py: Py, object: &Object, token: &Value) -> PyResult<()> {
    variable::reset(py, variable(py, object)?, token)
}

/// Makes the types ready.
pub fn define_types(py: Py) -> PyResult<()> {
    Instance::<Context>::type_object();
    Instance::<variable::ContextVar>::type_object();
    let token = Instance::<token::Token>::type_object();
    token
        .dict()
        .set_str(py, intern!("MISSING"), token::missing(py))?;
    token.modified();
    Ok(())
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.value("__doc__", Value::from(Str::new("Context Variables")))?;
    m.class::<Context>()?;
    m.class::<variable::ContextVar>()?;
    m.class::<token::Token>()?;
    define_types(m.py)?;
    m.function(
        "copy_context($module, /)",
        |py: Py| -> Owned<Instance<Context>> { context::current(py).copy(py) },
    )?;
    Ok(())
}

/// A copy of the current context (`copy_context()`).
pub fn copy_current(py: Py) -> Value {
    Value::from(context::current(py).copy(py))
}

/// Runs a function with the given context as the current one; fails where the value is
/// no context, or one that is entered already.
pub fn run_in<R>(py: Py, context: &Value, run: impl FnOnce() -> PyResult<R>) -> PyResult<R> {
    let Some(context) = context.downcast::<context::This>() else {
        return raise!(py, TypeError, "an instance of Context was expected");
    };
    let _entered = context::Entered::enter(py, context)?;
    run()
}

/// A context variable for a native module.
pub fn new_variable(py: Py, name: &str) -> PyResult {
    let class = Value::from(Instance::<variable::ContextVar>::type_object().to_owned());
    krait_object::protocol::call(py, &class, &[Value::from(Str::new(name))])
}

/// The value of such a variable in the current context, if it has one there.
pub fn value_of(py: Py, variable: &Value) -> PyResult<Option<Value>> {
    match variable.downcast::<variable::This>() {
        Some(variable) => variable::current_value(py, variable),
        None => Ok(None),
    }
}

/// Sets such a variable in the current context.
pub fn set_value(py: Py, variable: &Value, value: Value) -> PyResult<()> {
    match variable.downcast::<variable::This>() {
        Some(variable) => context::current(py).set(py, variable, value),
        None => Ok(()),
    }
}
