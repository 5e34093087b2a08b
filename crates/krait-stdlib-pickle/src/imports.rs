//! What pickling needs of Python's files, imported at first use.

use std::cell::OnceCell;

use krait_object::protocol;
use krait_object::{Dict, GilCell, Layout, Owned, Py, PyResult, Str, Value, hooks, intern, raise};

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

    /// The attribute as the dict that it must be.
    pub fn dict(&self, py: Py) -> PyResult<Owned<Dict>> {
        let value = self.get(py)?;
        match value.downcast::<Dict>() {
            Some(dict) => Ok(dict.to_owned()),
            None => raise!(
                py,
                RuntimeError,
                "{}.{} should be a dict, not {}",
                self.module,
                self.name,
                value.ty().name()
            ),
        }
    }
}

pub static DISPATCH_TABLE: Imported = Imported::new("copyreg", "dispatch_table");
pub static EXTENSION_REGISTRY: Imported = Imported::new("copyreg", "_extension_registry");
pub static INVERTED_REGISTRY: Imported = Imported::new("copyreg", "_inverted_registry");
pub static EXTENSION_CACHE: Imported = Imported::new("copyreg", "_extension_cache");
pub static NAME_MAPPING: Imported = Imported::new("_compat_pickle", "NAME_MAPPING");
pub static IMPORT_MAPPING: Imported = Imported::new("_compat_pickle", "IMPORT_MAPPING");
pub static REVERSE_NAME_MAPPING: Imported = Imported::new("_compat_pickle", "REVERSE_NAME_MAPPING");
pub static REVERSE_IMPORT_MAPPING: Imported =
    Imported::new("_compat_pickle", "REVERSE_IMPORT_MAPPING");
pub static ENCODE: Imported = Imported::new("codecs", "encode");
pub static ESCAPE_DECODE: Imported = Imported::new("_codecs", "escape_decode");
pub static PARTIAL: Imported = Imported::new("functools", "partial");
pub static GETATTR: Imported = Imported::new("builtins", "getattr");
static IMPORT: Imported = Imported::new("builtins", "__import__");

/// `sys.modules` as it is now.
pub fn modules(py: Py) -> PyResult {
    let sys = hooks::import_module(py, "sys")?;
    protocol::get_attr(py, &sys, intern!("modules"))
}

/// The module of a name, imported where it is not there yet.
pub fn module(py: Py, name: &Value) -> PyResult {
    let all = modules(py)?;
    if let Some(all) = all.downcast::<Dict>()
        && let Some(module) = all.get(py, name)?
        && !module.is_none()
    {
        return Ok(module);
    }
    let arguments = [
        name.clone(),
        Value::none(),
        Value::none(),
        Value::none(),
        Value::int(0),
    ];
    protocol::call(py, &IMPORT.get(py)?, &arguments)?;
    protocol::get_item(py, &modules(py)?, name)
}

/// A dotted name's attribute, step by step.
pub fn dotted_attribute(py: Py, module: &Value, name: &Str) -> PyResult {
    let text = name.to_rust();
    if !text.contains('.') {
        return protocol::get_attr(py, module, name);
    }
    let mut value = module.clone();
    for part in text.split('.') {
        value = protocol::get_attr(py, &value, &Str::new(part))?;
    }
    Ok(value)
}

/// As `dotted_attribute`; `None` where an attribute is missing.
pub fn dotted(py: Py, module: &Value, name: &Str) -> PyResult<Option<Value>> {
    let text = name.to_rust();
    if !text.contains('.') {
        return protocol::lookup_attr(py, module, name);
    }
    let mut value = module.clone();
    for part in text.split('.') {
        match protocol::lookup_attr(py, &value, &Str::new(part))? {
            Some(next) => value = next,
            None => return Ok(None),
        }
    }
    Ok(Some(value))
}
