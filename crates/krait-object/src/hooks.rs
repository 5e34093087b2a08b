//! What lower crates need of higher ones: a table of functions that the interpreter
//! and the standard library fill at start-up.

use std::cell::Cell;

use crate::object::{Object, Owned};
use crate::py::{GilCell, Py, PyResult};
use crate::types::dict::Dict;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::typeobject::Type;
use crate::value::Value;

/// The functions. Each has a default that fails with a clear error.
#[derive(Clone, Copy)]
pub struct Hooks {
    /// Issues a warning.
    pub warn: fn(Py, &Type, &str, i32) -> PyResult<()>,
    /// Reports the exception that is set and cannot be raised.
    pub unraisable: fn(Py, Option<&str>, Option<&Object>),
    /// `importlib.import_module`.
    pub import_module: fn(Py, &str) -> PyResult,
    /// Calls a Python function object: function, values, names of the keyword ones.
    pub call_function: fn(Py, &Object, &[Value], Option<&Tuple>) -> PyResult,
    /// The class and first argument of the running function, for `super()`.
    pub super_arguments: fn(Py) -> PyResult<(Owned<Type>, Owned)>,
    /// Globals of the running Python code.
    pub current_globals: fn(Py) -> Option<Owned<Dict>>,
    /// Compiles and runs nothing: decodes bytes with a named codec of Python's.
    pub decode: fn(Py, &Object, &str, &str) -> PyResult,
    /// Encodes a string with a named codec of Python's.
    pub encode: fn(Py, &Object, &str, &str) -> PyResult,
    /// Runs the handlers of signals that have come, after a system call was interrupted.
    pub signals: fn(Py) -> PyResult<()>,
    /// Tells `sys.addaudithook`'s hooks of an event.
    pub audit: fn(Py, &str, &[Value]) -> PyResult<()>,
    /// Hears of each native module that was made, before anybody else sees it.
    pub module_made: fn(Py, &str, &crate::types::module::Module) -> PyResult<()>,
    /// The union of two types (`X | Y`).
    pub make_union: fn(Py, &Object, &Object) -> PyResult,
    /// A generic alias (`list[int]`).
    pub make_generic_alias: fn(Py, &Object, &Object) -> PyResult,
}

fn missing<T>(py: Py) -> PyResult<T> {
    crate::raise!(py, SystemError, "the runtime is not fully started")
}

static HOOKS: GilCell<Cell<Hooks>> = GilCell::new(Cell::new(Hooks {
    warn: |_, _, _, _| Ok(()),
    unraisable: |py, _, _| drop(py.thread().take_exception()),
    import_module: |py, _| missing(py),
    call_function: |py, _, _, _| missing(py),
    super_arguments: missing,
    current_globals: |_| None,
    decode: |py, _, _, _| missing(py),
    encode: |py, _, _, _| missing(py),
    signals: |_| Ok(()),
    audit: |_, _, _| Ok(()),
    module_made: |_, _, _| Ok(()),
    make_union: |py, _, _| missing(py),
    make_generic_alias: |py, _, _| missing(py),
}));

/// The table as it is now.
#[inline]
pub fn get(py: Py) -> Hooks {
    HOOKS.get(py).get()
}

/// Tells audit hooks that an attribute is set which changes what an object is.
pub fn attribute_is_set(py: Py, object: &Object, name: &str, value: &Object) -> PyResult<()> {
    let told = [
        Value::unboxed(object),
        Value::from(Str::intern(name)),
        Value::unboxed(value),
    ];
    (get(py).audit)(py, "object.__setattr__", &told)
}

/// Changes entries of the table.
pub fn install(py: Py, change: impl FnOnce(&mut Hooks)) {
    let mut hooks = get(py);
    change(&mut hooks);
    HOOKS.get(py).set(hooks);
}

pub fn import_module(py: Py, name: &str) -> PyResult {
    (get(py).import_module)(py, name)
}

pub fn super_arguments(py: Py) -> PyResult<(Owned<Type>, Owned)> {
    (get(py).super_arguments)(py)
}
