//! `_warnings`: filters, registries and how a warning is issued; what CPython has in
//! `_warnings.c`. The rest is the library's own `_py_warnings`.
//!
//! What always holds: the filters in force are those of the module `warnings` where it is
//! imported (programs assign to `warnings.filters`), or this module's own before that; a
//! context of `warnings.catch_warnings` comes first.

use std::cell::{Cell, OnceCell, RefCell};

use krait_object::native::module::NativeModule;
use krait_object::{
    Dict, InterpreterCell, Layout, List, ModuleBuilder, Owned, Py, PyResult, Str, Tuple, Type,
    Value, exceptions, intern, protocol,
};

mod explicit;
mod filters;
mod show;
mod site;

pub const MODULE: NativeModule = NativeModule {
    name: "_warnings",
    init,
};

/// What the module keeps.
struct State {
    filters: OnceCell<Owned<List>>,
    /// The filters of the module `warnings` that were in force last.
    last_filters: RefCell<Option<Value>>,
    once: OnceCell<Owned<Dict>>,
    context: OnceCell<Value>,
    /// How often the lock was taken and not yet given back.
    locks: Cell<u32>,
    /// Registries that show another version than this one are stale.
    version: Cell<i64>,
}

static STATE: InterpreterCell<State> = InterpreterCell::new(|| State {
    filters: OnceCell::new(),
    last_filters: RefCell::new(None),
    once: OnceCell::new(),
    context: OnceCell::new(),
    locks: Cell::new(0),
    version: Cell::new(1),
});

/// `warnings.warn(text, category, stack_level)` as seen from the running Python code.
pub fn warn(py: Py, category: &Type, text: &str, stack_level: i32) -> PyResult<()> {
    let message = Value::from(Str::new(text));
    let no_prefixes = Tuple::empty();
    site::warn(
        py,
        &message,
        &Value::from(category.to_owned()),
        i64::from(stack_level),
        None,
        &no_prefixes,
    )
}

/// The module `warnings`, if the program has imported it.
fn imported(py: Py) -> Option<Value> {
    let modules = crate::sys::get(py, "modules")?;
    let modules = modules.downcast::<Dict>()?;
    modules
        .get_str_key(py, intern!("warnings"))
        .filter(|m| !m.is_none())
}

/// `warnings.NAME`, if the module is imported and has it.
fn library(py: Py, name: &Str) -> PyResult<Option<Value>> {
    match imported(py) {
        Some(module) => protocol::lookup_attr(py, &module, name),
        None => Ok(None),
    }
}

fn own_filters(py: Py) -> Owned<List> {
    let make = || {
        let list = List::new();
        for (action, class, module) in [
            ("default", &exceptions::DeprecationWarning, Some("__main__")),
            ("ignore", &exceptions::DeprecationWarning, None),
            ("ignore", &exceptions::PendingDeprecationWarning, None),
            ("ignore", &exceptions::ImportWarning, None),
            ("ignore", &exceptions::ResourceWarning, None),
        ] {
            let module = module.map_or_else(Value::none, |m| Value::from(Str::intern(m)));
            let class: &Type = class;
            let filter = Tuple::from_values([
                Value::from(Str::intern(action)),
                Value::none(),
                Value::from(class.to_owned()),
                module,
                Value::int(0),
            ]);
            list.push(filter.upcast());
        }
        list
    };
    STATE.get(py).filters.get_or_init(make).clone()
}

fn once_registry(py: Py) -> Owned<Dict> {
    STATE.get(py).once.get_or_init(Dict::new).clone()
}

fn filters_mutated(py: Py) {
    let state = STATE.get(py);
    state.version.set(state.version.get() + 1);
}

fn release_lock(py: Py) -> PyResult<()> {
    let state = STATE.get(py);
    let Some(left) = state.locks.get().checked_sub(1) else {
        return krait_object::raise!(py, RuntimeError, "cannot release un-acquired lock");
    };
    state.locks.set(left);
    Ok(())
}

/// The name of `catch_warnings`' context variable.
pub const CONTEXT: &str = "_warnings_context";

/// Completes the module, which is made before there can be a context variable.
pub fn start(py: Py, variable: Value) -> PyResult<()> {
    let module = crate::import::import_module(py, "_warnings")?;
    let variable = STATE.get(py).context.get_or_init(|| variable).clone();
    protocol::set_attr(py, &module, intern!(CONTEXT), &variable)
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    let py = m.py;
    m.value(
        "__doc__",
        Value::from(Str::new(
            "_warnings provides basic warning filtering support.\nIt is a helper module to speed up interpreter start-up.",
        )),
    )?;
    m.value("filters", Value::from(own_filters(py)))?
        .value("_onceregistry", Value::from(once_registry(py)))?
        .value("_defaultaction", Value::from(Str::intern("default")))?;
    if let Some(variable) = STATE.get(py).context.get() {
        m.value(CONTEXT, variable.clone())?;
    }
    // One lock holds for the whole interpreter already.
    m.function("_acquire_lock($module, /)", |py: Py| {
        let state = STATE.get(py);
        state.locks.set(state.locks.get() + 1);
    })?
        .function("_release_lock($module, /)", release_lock)?
        .function("_filters_mutated_lock_held($module, /)", filters_mutated)?
        .function(
            "warn($module, /, message, category=None, stacklevel=1, source=None, *, skip_file_prefixes=<unrepresentable>)",
            site::warn_function,
        )?
        .function(
            "warn_explicit($module, /, message, category, filename, lineno, module=<unrepresentable>, registry=None, module_globals=None, source=None)",
            explicit::warn_explicit,
        )?;
    Ok(())
}
