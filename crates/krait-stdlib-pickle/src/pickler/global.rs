//! Functions and classes, which are pickled by name.

use krait_object::{
    Builtin, Bytes, Dict, Layout, Owned, Py, PyResult, Raised, Str, Tuple, Type, Value,
    errors as raising, exceptions, hooks, intern, protocol, singletons,
};

use super::Pickler;
use crate::opcode::*;
use crate::{errors, imports};

fn text_of(py: Py, value: &Value) -> PyResult<String> {
    Ok(protocol::repr(py, value)?.to_rust().into_owned())
}

/// The name under which an object's module is searched for.
fn own_name(py: Py, value: &Value) -> PyResult {
    match protocol::lookup_attr(py, value, intern!("__qualname__"))? {
        Some(name) => Ok(name),
        None => protocol::get_attr(py, value, intern!("__name__")),
    }
}

/// The module that has the object under the name, among all that are imported.
fn search_modules(py: Py, value: &Value, name: &Str) -> PyResult {
    let modules = imports::modules(py)?;
    let entries = match modules.downcast::<Dict>() {
        Some(modules) => modules.to_vec(),
        None => Vec::new(),
    };
    for (module_name, module) in entries {
        let passed = module.is_none()
            || module_name
                .downcast::<Str>()
                .is_some_and(|n| n.eq_str("__main__") || n.eq_str("__mp_main__"));
        if passed {
            continue;
        }
        if let Some(found) = imports::dotted(py, &module, name)?
            && found.is(value)
        {
            return Ok(module_name);
        }
    }
    Ok(Value::from(intern!("__main__").to_owned_str()))
}

/// The name of the module that has the object, which is checked.
fn module_of(py: Py, value: &Value, name: &Str) -> PyResult {
    if name.to_rust().split('.').any(|part| part == "<locals>") {
        let text = format!("Can't pickle local object {}", text_of(py, value)?);
        return errors::pickling(py, &text);
    }
    let said = protocol::lookup_attr(py, value, intern!("__module__"))?;
    let module_name = match said.filter(|m| !m.is_none()) {
        Some(said) => said,
        None => search_modules(py, value, name)?,
    };
    let module = match imports::module(py, &module_name) {
        Ok(module) => module,
        Err(raised) => return cannot_import(py, value, raised),
    };
    let said =
        || -> PyResult<String> { Ok(protocol::str(py, &module_name)?.to_rust().into_owned()) };
    match imports::dotted_attribute(py, &module, name) {
        Ok(found) if found.is(value) => Ok(module_name),
        Ok(_) => {
            let text = format!(
                "Can't pickle {}: it's not the same object as {}.{}",
                text_of(py, value)?,
                said()?,
                name.to_rust()
            );
            errors::pickling(py, &text)
        }
        Err(raised) => {
            let missing = raising::take_if(py, &exceptions::AttributeError).ok_or(raised)?;
            let text = format!(
                "Can't pickle {}: it's not found as {}.{}",
                text_of(py, value)?,
                said()?,
                name.to_rust()
            );
            py.thread().set_exception(missing);
            errors::pickling_from(py, &text)
        }
    }
}

#[cold]
fn cannot_import(py: Py, value: &Value, raised: Raised) -> PyResult {
    let expected = [
        &exceptions::ImportError,
        &exceptions::ValueError,
        &exceptions::KeyError,
    ];
    if !expected.iter().any(|class| raising::matches(py, class)) {
        return Err(raised);
    }
    let Some(cause) = py.thread().take_exception() else {
        return Err(raised);
    };
    let why = protocol::str(py, &Value::from(cause.clone()))?;
    let text = format!("Can't pickle {}: {}", text_of(py, value)?, why.to_rust());
    py.thread().set_exception(cause);
    errors::pickling_from(py, &text)
}

impl Pickler {
    pub(super) fn save_type(&self, py: Py, value: &Value) -> PyResult<()> {
        let single = [
            singletons::none(),
            singletons::not_implemented(),
            singletons::ellipsis(),
        ]
        .into_iter()
        .find(|single| value.is_object(single.ty().as_object()));
        match (single, value.as_object()) {
            (Some(single), Some(object)) => {
                let args = Tuple::from_values([Value::from_static(single)]);
                let class = protocol::attr::type_value::<Type>();
                self.save_call(py, object, class, Value::from(args))
            }
            _ => self.save_global(py, value, None),
        }
    }

    /// An object by module and name; the name is the object's own where none is given.
    pub(super) fn save_global(&self, py: Py, value: &Value, name: Option<&Value>) -> PyResult<()> {
        let name = match name {
            Some(name) => name.clone(),
            None => own_name(py, value)?,
        };
        let Some(text) = name.downcast::<Str>() else {
            let got = errors::type_name(py, name.ty());
            return krait_object::raise!(py, TypeError, "__qualname__ must be a string, not {got}");
        };
        let module_name = module_of(py, value, text)?;
        if self.protocol.get() >= 2 && self.save_extension(py, &module_name, &name)? {
            return Ok(());
        }
        if self.protocol.get() >= 4 {
            self.save(py, &module_name)?;
            self.save(py, &name)?;
            self.put(&[STACK_GLOBAL]);
        } else {
            self.save_old_global(py, &module_name, text)?;
        }
        if let Some(object) = value.as_object() {
            self.memoize(object);
        }
        Ok(())
    }

    /// By the code that copyreg has for the name, if there is one.
    fn save_extension(&self, py: Py, module_name: &Value, name: &Value) -> PyResult<bool> {
        let registry = imports::EXTENSION_REGISTRY.dict(py)?;
        if registry.is_empty() {
            return Ok(false);
        }
        let key = Value::from(Tuple::from_values([module_name.clone(), name.clone()]));
        let Some(code) = registry.get(py, &key)? else {
            return Ok(false);
        };
        let code: Option<i64> =
            protocol::number::index_to_i128(py, &code)?.and_then(|c| c.try_into().ok());
        let Some(code) = code else {
            return krait_object::raise!(
                py,
                OverflowError,
                "Python int too large to convert to C long"
            );
        };
        if code <= 0 || code > i64::from(i32::MAX) {
            return krait_object::raise!(py, RuntimeError, "extension code {code} is out of range");
        }
        let [a, b, c, d] = (code as u32).to_le_bytes();
        match code {
            ..=0xFF => self.put(&[EXT1, a]),
            0x100..=0xFFFF => self.put(&[EXT2, a, b]),
            _ => self.put(&[EXT4, a, b, c, d]),
        }
        Ok(true)
    }

    /// Before protocol 4: a dotted name becomes calls of `getattr`.
    fn save_old_global(&self, py: Py, module_name: &Value, name: &Str) -> PyResult<()> {
        let text = name.to_rust().into_owned();
        let mut parts = text.split('.');
        let first = parts.next().unwrap_or("");
        let rest: Vec<&str> = parts.collect();
        let short = self.protocol.get() >= 2;
        for _ in &rest {
            self.save(py, &imports::GETATTR.get(py)?)?;
            if !short {
                self.put(&[MARK]);
            }
        }
        let first = if rest.is_empty() {
            name.to_owned_str()
        } else {
            Str::new(first)
        };
        self.put_global(py, module_name, &first)?;
        for part in rest {
            self.save(py, &Value::from(Str::new(part)))?;
            self.put(&[if short { TUPLE2 } else { TUPLE }, REDUCE]);
        }
        Ok(())
    }

    /// `GLOBAL` with the names that Python 2 had, where asked for.
    fn put_global(&self, py: Py, module_name: &Value, name: &Str) -> PyResult<()> {
        let mut module_name = module_name.clone();
        let mut name = Value::from(name.to_owned_str());
        if self.fix_imports.get() {
            (module_name, name) = old_names(py, module_name, name)?;
        }
        let ascii_only = self.protocol.get() < 3;
        let encode = |value: &Value, what: &str| -> PyResult<Vec<u8>> {
            let text = value.downcast::<Str>();
            match text.map(|t| (t.as_ascii(), t)) {
                Some((Some(ascii), _)) => Ok(ascii.as_bytes().to_vec()),
                Some((None, text)) => {
                    let encoding = if ascii_only { "ascii" } else { "utf-8" };
                    let encoded = (hooks::get(py).encode)(py, text.as_object(), encoding, "strict");
                    match encoded.map(|e| e.downcast::<Bytes>().map(|b| b.as_slice().to_vec())) {
                        Ok(Some(bytes)) => Ok(bytes),
                        _ => self.bad_identifier(py, value, what),
                    }
                }
                None => self.bad_identifier(py, value, what),
            }
        };
        let module_text = encode(&module_name, "module")?;
        let name_text = encode(&name, "global")?;
        self.put(&[GLOBAL]);
        self.put(&module_text);
        self.put(b"\n");
        self.put(&name_text);
        self.put(b"\n");
        Ok(())
    }

    #[cold]
    fn bad_identifier(&self, py: Py, value: &Value, what: &str) -> PyResult<Vec<u8>> {
        let cause = py.thread().take_exception();
        let text = format!(
            "can't pickle {what} identifier {} using pickle protocol {}",
            text_of(py, value)?,
            self.protocol.get()
        );
        match cause {
            Some(cause) => {
                py.thread().set_exception(cause);
                errors::pickling_from(py, &text)
            }
            None => errors::pickling(py, &text),
        }
    }
}

/// Module and name as Python 2 had them.
fn old_names(py: Py, module_name: Value, name: Value) -> PyResult<(Value, Value)> {
    let names = imports::REVERSE_NAME_MAPPING.dict(py)?;
    let key = Value::from(Tuple::from_values([module_name.clone(), name.clone()]));
    if let Some(pair) = names.get(py, &key)? {
        let pair: Option<Owned<Tuple>> = pair.downcast::<Tuple>().map(Layout::to_owned);
        if let Some(pair) = pair
            && let (Some(module_name), Some(name)) = (pair.get(0), pair.get(1))
        {
            return Ok((module_name, name));
        }
    }
    let modules = imports::REVERSE_IMPORT_MAPPING.dict(py)?;
    match modules.get(py, &module_name)? {
        Some(old) if Str::is_instance(&old.to_object()) => Ok((old, name)),
        _ => Ok((module_name, name)),
    }
}
