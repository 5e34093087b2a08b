//! `sys`.

use std::cell::RefCell;

use krait_object::native::module::NativeModule;
use krait_object::{
    Dict, InterpreterCell, List, ModuleBuilder, Owned, Py, PyResult, Str, Tuple, Value, intern,
    protocol, raise,
};

pub mod audit;
mod display;
mod frames;
mod hooks;
mod info;
mod interp;
mod numbers;
mod objects;
mod private;
mod repl;
mod stderr_printer;

pub use display::{display, traceback_text};
pub use hooks::{report_uncaught, report_unraisable, write_stderr, write_stderr_text};
pub use info::{Config, EXTENSION_SUFFIXES, MAGIC_TOKEN, import_time, set_config};

pub const MODULE: NativeModule = NativeModule { name: "sys", init };

/// The namespaces of sys and builtins, once they are there.
struct Installed {
    sys: Owned<Dict>,
    builtins: Owned<Dict>,
    builtins_module: Value,
}

static INSTALLED: InterpreterCell<RefCell<Option<Installed>>> =
    InterpreterCell::new(RefCell::default);

/// Remembers the two modules and makes builtins' namespace the interpreter's.
pub fn install(py: Py, sys: &Value, builtins: &Value) -> PyResult<()> {
    let dict = |module: &Value| module.downcast::<krait_object::Module>().map(|m| m.dict());

    let (Some(sys_dict), Some(builtins_dict)) = (dict(sys), dict(builtins)) else {
        return raise!(py, SystemError, "sys and builtins are no modules");
    };
    krait_vm::set_builtins(py, builtins_dict.clone());
    let installed = Installed {
        sys: sys_dict,
        builtins: builtins_dict,
        builtins_module: builtins.clone(),
    };
    *INSTALLED.get(py).borrow_mut() = Some(installed);
    Ok(())
}

/// The module's own namespace, also while the program ends.
pub fn namespace(py: Py) -> Option<Owned<Dict>> {
    INSTALLED.get(py).borrow().as_ref().map(|i| i.sys.clone())
}

/// `sys.NAME`, if there.
pub fn get(py: Py, name: &str) -> Option<Value> {
    namespace(py)?.get_str_key(py, &Str::intern(name))
}

/// Sets `sys.NAME`.
pub fn set(py: Py, name: &str, value: Value) -> PyResult<()> {
    match namespace(py) {
        Some(dict) => dict.set_value(py, &Value::from(Str::intern(name)), value),
        None => raise!(py, RuntimeError, "sys is not there yet"),
    }
}

/// Whether `sys.flags.NAME` is set.
pub fn flag(py: Py, name: &str) -> bool {
    flag_value(py, name) != 0
}

/// `sys.flags.NAME`.
pub fn flag_value(py: Py, name: &str) -> i64 {
    info::flag(py, name)
}

/// The builtins module.
pub fn builtins(py: Py) -> PyResult {
    match INSTALLED.get(py).borrow().as_ref() {
        Some(installed) => Ok(installed.builtins_module.clone()),
        None => raise!(py, RuntimeError, "builtins is not there yet"),
    }
}

/// A builtin function or type.
pub fn builtin(py: Py, name: &str) -> PyResult {
    let builtins = INSTALLED
        .get(py)
        .borrow()
        .as_ref()
        .map(|i| i.builtins.clone());
    match builtins.and_then(|b| b.get_str_key(py, &Str::intern(name))) {
        Some(found) => Ok(found),
        None => raise!(py, NameError, "name '{name}' is not defined"),
    }
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    let py = m.py;
    m.value("__doc__", Value::from(Str::new("This module provides access to some objects used or maintained by the\ninterpreter and to functions that interact strongly with the interpreter.")))?;
    m.value("modules", Value::from(Dict::new()))?;
    for name in ["path", "meta_path", "path_hooks"] {
        m.value(name, Value::from(List::new()))?;
    }
    m.value("path_importer_cache", Value::from(Dict::new()))?;
    let names = crate::registry::names(py)
        .into_iter()
        .map(|n| Value::from(Str::intern(n)));
    m.value(
        "builtin_module_names",
        Value::from(Tuple::from_values(names.collect::<Vec<_>>())),
    )?;
    info::define(m)?;
    numbers::define(m)?;
    objects::define(m)?;
    frames::define(m)?;
    hooks::define(m)?;
    interp::define(m)?;
    private::define(m)?;
    audit::define(m)
}

/// `sys.stdout` or `sys.stderr` flushed; failures are ignored.
pub fn flush_streams(py: Py) {
    for name in ["stdout", "stderr"] {
        let Some(stream) = get(py, name).filter(|s| !s.is_none()) else {
            continue;
        };
        if protocol::call_method(py, &stream, intern!("flush"), &[]).is_err() {
            drop(py.thread().take_exception());
        }
    }
}
