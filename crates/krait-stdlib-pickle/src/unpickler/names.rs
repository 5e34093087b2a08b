//! Classes and functions by name, extension codes, and persistent ids.

use krait_object::exceptions::{self, BaseException};
use krait_object::protocol;
use krait_object::{Py, PyResult, Str, Tuple, Value, errors, hooks, raise};

use super::Loader;
use crate::errors::unpickling;
use crate::imports;
use crate::opcode::*;

/// The names that Python 3 has for a module and a name of Python 2.
fn new_names(py: Py, module: &Value, name: &Value) -> PyResult<(Value, Value)> {
    let names = imports::NAME_MAPPING.dict(py)?;
    let key = Value::from(Tuple::from_values([module.clone(), name.clone()]));
    if let Some(pair) = names.get(py, &key)?
        && let Some(pair) = pair.downcast::<Tuple>()
        && let (Some(module), Some(name)) = (pair.get(0), pair.get(1))
    {
        return Ok((module, name));
    }
    let modules = imports::IMPORT_MAPPING.dict(py)?;
    Ok((
        modules.get(py, module)?.unwrap_or_else(|| module.clone()),
        name.clone(),
    ))
}

/// `Unpickler.find_class`.
pub fn find_class(
    py: Py,
    module: &Value,
    name: &Value,
    protocol_version: u8,
    fix_imports: bool,
) -> PyResult {
    (hooks::get(py).audit)(py, "pickle.find_class", &[module.clone(), name.clone()])?;
    let (module, name) = if protocol_version < 3 && fix_imports {
        new_names(py, module, name)?
    } else {
        (module.clone(), name.clone())
    };
    let found = imports::module(py, &module)?;
    let Some(text) = name.downcast::<Str>() else {
        return raise!(py, TypeError, "attribute name must be string");
    };
    if protocol_version < 4 || !text.to_rust().contains('.') {
        return protocol::get_attr(py, &found, text);
    }
    let raised = match imports::dotted_attribute(py, &found, text) {
        Ok(value) => return Ok(value),
        Err(raised) => raised,
    };
    let missing = errors::take_if(py, &exceptions::AttributeError).ok_or(raised)?;
    let (name, module) = (protocol::repr(py, &name)?, protocol::repr(py, &module)?);
    let result = raise!(
        py,
        AttributeError,
        "Can't resolve path {} on module {}",
        name.to_rust(),
        module.to_rust()
    );
    if let Some(error) = py.thread().exception()
        && let Some(body) = BaseException::from_object(&error)
    {
        body.set_context(Some(missing));
    }
    result
}

impl Loader {
    pub(super) fn class(&mut self, py: Py, module: &Value, name: &Value) -> PyResult {
        match &self.find_class {
            Some(find) => {
                let find = find.clone();
                protocol::call(py, &find, &[module.clone(), name.clone()])
            }
            None => find_class(py, module, name, self.protocol, self.settings.fix_imports),
        }
    }

    /// A line's text, which is UTF-8.
    pub(super) fn name_line(&mut self, py: Py) -> PyResult {
        let bytes = self.input.filled_line(py)?;
        match Str::from_utf8(bytes) {
            Some(text) => Ok(Value::from(text)),
            None => {
                let bytes = krait_object::Bytes::new(bytes).upcast();
                (hooks::get(py).decode)(py, &bytes, "utf-8", "strict")
            }
        }
    }

    pub(super) fn load_name(&mut self, py: Py, code: u8) -> PyResult<()> {
        let value = match code {
            GLOBAL => {
                let module = self.name_line(py)?;
                let name = self.name_line(py)?;
                self.class(py, &module, &name)?
            }
            STACK_GLOBAL => {
                let name = self.stack.pop(py)?;
                let module = self.stack.pop(py)?;
                if name.downcast_exact::<Str>().is_none()
                    || module.downcast_exact::<Str>().is_none()
                {
                    return unpickling(py, "STACK_GLOBAL requires str");
                }
                self.class(py, &module, &name)?
            }
            PERSID => {
                let line = self.input.line(py)?;
                let id = match std::str::from_utf8(&line[..line.len() - 1]) {
                    Ok(id) if id.is_ascii() => Value::from(Str::new(id)),
                    _ => {
                        return unpickling(
                            py,
                            "persistent IDs in protocol 0 must be ASCII strings",
                        );
                    }
                };
                self.persistent(py, id)?
            }
            BINPERSID => {
                let id = self.stack.pop(py)?;
                self.persistent(py, id)?
            }
            EXT1 => {
                let code = self.input.byte(py)?;
                self.extension(py, i64::from(code))?
            }
            EXT2 => {
                let code = u16::from_le_bytes(self.input.array(py)?);
                self.extension(py, i64::from(code))?
            }
            _ => {
                let code = i32::from_le_bytes(self.input.array(py)?);
                self.extension(py, i64::from(code))?
            }
        };
        self.stack.push(value);
        Ok(())
    }

    fn persistent(&mut self, py: Py, id: Value) -> PyResult {
        match &self.persistent_load {
            Some(load) => {
                let load = load.clone();
                protocol::call(py, &load, &[id])
            }
            None => unpickling(py, "unsupported persistent id encountered"),
        }
    }

    fn extension(&mut self, py: Py, code: i64) -> PyResult {
        if code <= 0 {
            return unpickling(py, "EXT specifies code <= 0");
        }
        let key = Value::int(code);
        let cache = imports::EXTENSION_CACHE.dict(py)?;
        if let Some(value) = cache.get(py, &key)? {
            return Ok(value);
        }
        let Some(pair) = imports::INVERTED_REGISTRY.dict(py)?.get(py, &key)? else {
            return raise!(py, ValueError, "unregistered extension code {code}");
        };
        let names = pair.downcast::<Tuple>().filter(|p| p.len() == 2);
        let (Some(module), Some(name)) =
            (names.and_then(|n| n.get(0)), names.and_then(|n| n.get(1)))
        else {
            return raise!(
                py,
                ValueError,
                "_inverted_registry[{code}] isn't a 2-tuple of strings"
            );
        };
        let value = self.class(py, &module, &name)?;
        cache.set_value(py, &key, value.clone())?;
        Ok(value)
    }
}
