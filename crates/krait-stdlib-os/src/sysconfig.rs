//! `_sysconfig`: how the interpreter was built, as far as it knows that itself.

use krait_object::native::module::NativeModule;
use krait_object::{Dict, ModuleBuilder, Owned, Py, PyResult, Str, Value};

pub const MODULE: NativeModule = NativeModule {
    name: "_sysconfig",
    init,
};

/// Krait has the GIL, and is a release build to whoever asks.
const VARIABLES: [&str; 2] = ["Py_GIL_DISABLED", "Py_DEBUG"];

fn config_vars(py: Py) -> PyResult<Owned<Dict>> {
    let variables = Dict::new();
    for name in VARIABLES {
        variables.set_value(py, &Value::from(Str::new(name)), Value::int(0))?;
    }
    Ok(variables)
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.text("__doc__", "A helper for the sysconfig module.")?
        .function_doc(
            "config_vars($module, /)",
            "Returns a dictionary containing build variables intended to be exposed by sysconfig.",
            config_vars,
        )?;
    Ok(())
}
