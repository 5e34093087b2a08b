//! `atexit`: functions called when the program ends normally.

use std::cell::RefCell;

use krait_object::native::module::NativeModule;
use krait_object::protocol;
use krait_object::{
    Args, Dict, InterpreterCell, KwArgs, ModuleBuilder, Owned, Py, PyResult, Tuple, Value, errors,
    raise,
};

pub const MODULE: NativeModule = NativeModule {
    name: "atexit",
    init,
};

struct Call {
    function: Value,
    args: Owned<Tuple>,
    kwargs: Option<Owned<Dict>>,
}

/// The registered calls; one that was taken back leaves its place empty while others
/// are compared.
static CALLS: InterpreterCell<RefCell<Vec<Option<Call>>>> = InterpreterCell::new(RefCell::default);

fn register(py: Py, function: &Value, args: Args<'_>, kwargs: KwArgs) -> PyResult {
    if !protocol::call::is_callable(function) {
        return raise!(py, TypeError, "the first argument must be callable");
    }
    let call = Call {
        function: function.clone(),
        args: Tuple::from_slice(args.0),
        kwargs: kwargs.0,
    };
    CALLS.get(py).borrow_mut().push(Some(call));
    Ok(function.clone())
}

/// Calls everything, the last registered first; what they raise is reported. What is
/// registered meanwhile is called too.
pub fn run(py: Py) {
    loop {
        let next = CALLS.get(py).borrow_mut().pop();
        match next {
            None => return,
            Some(None) => {}
            Some(Some(call)) => {
                if protocol::call::call_tuple(
                    py,
                    &call.function,
                    &call.args,
                    call.kwargs.as_deref(),
                )
                .is_err()
                {
                    let shown =
                        protocol::repr(py, &call.function).map(|r| r.to_rust().into_owned());
                    let doing = match shown {
                        Ok(shown) => format!("Exception ignored in atexit callback {shown}"),
                        Err(_) => "Exception ignored in atexit callback".to_string(),
                    };
                    errors::write_unraisable(py, Some(&doing), None);
                }
            }
        }
    }
}

fn clear(py: Py) {
    let calls = std::mem::take(&mut *CALLS.get(py).borrow_mut());
    drop(calls);
}

/// Takes back every call of a function that equals the one given.
fn unregister(py: Py, function: &Value) -> PyResult<()> {
    let mut at = CALLS.get(py).borrow().len();
    while at > 0 {
        at -= 1;
        let candidate = CALLS
            .get(py)
            .borrow()
            .get(at)
            .and_then(|c| c.as_ref().map(|c| c.function.clone()));
        let Some(candidate) = candidate else { continue };
        if protocol::equal(py, function, &candidate)? {
            let registered = CALLS.get(py);
            let mut calls = registered.borrow_mut();
            // The comparison may have changed the list.
            let still = calls
                .get(at)
                .is_some_and(|c| c.as_ref().is_some_and(|c| c.function.is(&candidate)));
            let taken = if still { calls[at].take() } else { None };
            drop(calls);
            drop(taken);
        }
    }
    CALLS.get(py).borrow_mut().retain(Option::is_some);
    Ok(())
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.text(
        "__doc__",
        "allow programmer to define multiple exit functions to be executed\nupon normal program termination.\n\nTwo public functions, register and unregister, are defined.\n",
    )?
    .function("register($module, func, /, *args, **kwargs)", register)?
    .function("unregister($module, func, /)", unregister)?
    .function("_clear()", clear)?
    .function("_run_exitfuncs()", run)?
    .function("_ncallbacks()", |py: Py| CALLS.get(py).borrow().iter().flatten().count())?;
    Ok(())
}
