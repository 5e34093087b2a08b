//! Members of `sys` for the library's own use: `_jit`, `_baserepl` and
//! `_clear_type_descriptors`.

use std::ffi::c_ulong;

use krait_object::{ModuleBuilder, Py, PyResult, Str, Type, Value, raise};

/// `Py_TPFLAGS_IMMUTABLETYPE`.
const IMMUTABLE: c_ulong = 1 << 8;

/// Takes the descriptors of storage that the class does not have out of its namespace:
/// `dataclasses` makes a class anew with slots (gh-135228).
fn clear_type_descriptors(py: Py, class: &Type) -> PyResult<()> {
    if class.has_flag(IMMUTABLE) {
        return raise!(py, TypeError, "argument is immutable");
    }
    for name in ["__dict__", "__weakref__"] {
        class.dict().remove(py, &Value::from(Str::intern(name)))?;
    }
    class.modified();
    Ok(())
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function_doc(
        "_baserepl($module, /)",
        "Private function for getting the base REPL",
        super::repl::base_repl,
    )?;
    m.function_doc(
        "_clear_type_descriptors($module, type, /)",
        "Private function for clearing certain descriptors from a type's dictionary.\n\n\
         See gh-135228 for context.",
        clear_type_descriptors,
    )?;
    let jit = ModuleBuilder::new(m.py, "sys._jit");
    jit.text(
        "__doc__",
        "Utilities for observing just-in-time compilation.",
    )?
    .function("is_available($module, /)", |_py: Py| false)?
    .function("is_enabled($module, /)", |_py: Py| false)?
    .function("is_active($module, /)", |_py: Py| false)?;
    m.value("_jit", Value::from(jit.finish()))?;
    Ok(())
}
