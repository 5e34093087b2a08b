//! `sys.audit` and `sys.addaudithook`.

use std::cell::RefCell;

use krait_object::{
    Args, InterpreterCell, ModuleBuilder, Py, PyResult, Str, Tuple, Value, errors, exceptions,
    protocol,
};

static HOOKS: InterpreterCell<RefCell<Vec<Value>>> = InterpreterCell::new(RefCell::default);

/// Tells the hooks of an event; costs a length check while there are none.
pub fn audit(py: Py, event: &str, arguments: &[Value]) -> PyResult<()> {
    if HOOKS.get(py).borrow().is_empty() {
        return Ok(());
    }
    let event = Value::from(Str::new(event));
    let arguments = Value::from(Tuple::from_slice(arguments));
    let hooks = HOOKS.get(py).borrow().clone();
    for hook in hooks {
        protocol::call(py, &hook, &[event.clone(), arguments.clone()])?;
    }
    Ok(())
}

fn addaudithook(py: Py, hook: &Value) -> PyResult<()> {
    let asked = audit(py, "sys.addaudithook", &[]);
    // A hook that raises RuntimeError silently keeps new hooks out.
    if errors::suppress(py, asked, &exceptions::RuntimeError)?.is_some() {
        HOOKS.get(py).borrow_mut().push(hook.clone());
    }
    Ok(())
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function(
        "audit($module, event, /, *args)",
        |py, event: &Str, args: Args<'_>| audit(py, &event.to_rust(), args.0),
    )?
    .function("addaudithook($module, /, hook)", addaudithook)?;
    Ok(())
}
