//! `sys.audit` and `sys.addaudithook`.

use std::cell::RefCell;

use krait_object::{
    Args, InterpreterCell, ModuleBuilder, Py, PyResult, Str, Tuple, Value, errors, exceptions,
    intern, protocol,
};
use krait_vm::trace::{traced_again, untraced};

static HOOKS: InterpreterCell<RefCell<Vec<Value>>> = InterpreterCell::new(RefCell::default);

/// Whether there are hooks: whoever has to make an event's arguments asks before.
pub fn is_audited(py: Py) -> bool {
    !HOOKS.get(py).borrow().is_empty()
}

/// Tells the hooks of an event; costs a length check while there are none.
pub fn audit(py: Py, event: &str, arguments: &[Value]) -> PyResult<()> {
    if !is_audited(py) {
        return Ok(());
    }
    let event = Value::from(Str::new(event));
    let arguments = Value::from(Tuple::from_slice(arguments));
    let hooks = HOOKS.get(py).borrow().clone();
    untraced(py, || {
        hooks
            .iter()
            .try_for_each(|hook| tell(py, hook, &[event.clone(), arguments.clone()]))
    })
}

/// Calls a hook, which a trace function sees only where the hook asks for that.
fn tell(py: Py, hook: &Value, told: &[Value]) -> PyResult<()> {
    let traced = match protocol::lookup_attr(py, hook, intern!("__cantrace__"))? {
        Some(asked) => protocol::truth(py, &asked)?,
        None => false,
    };
    let call = || protocol::call(py, hook, told).map(drop);
    if traced {
        traced_again(py, call)
    } else {
        call()
    }
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
