//! `import`.

use krait_bytecode::Word;
use krait_object::errors;
use krait_object::exceptions;
use krait_object::hooks;
use krait_object::object::Layout;
use krait_object::protocol;
use krait_object::py::{Py, PyResult};
use krait_object::types::dict::Dict;
use krait_object::types::module_origin;
use krait_object::types::str::Str;
use krait_object::types::tuple::Tuple;
use krait_object::value::Value;
use krait_object::{intern, raise};

use crate::frame::Frame;
use crate::state::{Flow, State};

pub fn IMPORT_NAME(s: &mut State, w: Word) -> Flow {
    s.save();
    let (level, names) = (s.take(w.b()), s.take(w.b() + 1));
    let result = import_name(s, s.name(w.name_index()), level, names);
    s.finish(w.a(), result)
}

/// Calls `__import__` of the frame's builtins.
fn import_name(s: &State, name: &Str, level: Value, names: Value) -> PyResult {
    let Some(import) = super::name::builtin(s, intern!("__import__"))? else {
        return raise!(s.py, ImportError, "__import__ not found");
    };
    // SAFETY: the innermost frame is alive.
    let (globals, locals) = unsafe {
        (
            Frame::globals_ref(s.frame).to_owned(),
            Frame::mapping(s.frame),
        )
    };
    let arguments = [
        Value::from(name.to_owned_str()),
        Value::from(globals),
        locals.unwrap_or_else(Value::none),
        names,
        level,
    ];
    protocol::call(s.py, &import, &arguments)
}

pub fn IMPORT_FROM(s: &mut State, w: Word) -> Flow {
    s.save();
    let module = s.copy(w.b());
    let result = import_from(s.py, &module, s.name(w.name_index()));
    s.finish(w.a(), result)
}

/// `from module import name`: the attribute, or a submodule that is being imported.
pub fn import_from(py: Py, module: &Value, name: &Str) -> PyResult {
    if let Some(value) = protocol::lookup_attr(py, module, name)? {
        return Ok(value);
    }
    let package = protocol::lookup_attr(py, module, intern!("__name__"))?;
    if let Some(package) = package.as_ref().and_then(|p| p.downcast::<Str>()) {
        let full = Str::new(&format!("{}.{}", package.to_rust(), name.to_rust()));
        let modules =
            protocol::get_attr(py, &hooks::import_module(py, "sys")?, intern!("modules"))?;
        let found = protocol::get_item(py, &modules, &Value::from(full));
        if let Some(found) = errors::suppress(py, found, &exceptions::KeyError)? {
            return Ok(found);
        }
    }
    cannot_import(
        py,
        module,
        name,
        package.as_ref().and_then(|p| p.downcast::<Str>()),
    )
}

#[cold]
fn cannot_import(py: Py, module: &Value, name: &Str, package: Option<&Str>) -> PyResult {
    let shown = package.map_or_else(|| "<unknown module name>".into(), |p| p.to_rust());
    let file = protocol::lookup_attr(py, module, intern!("__file__"))?;
    let place = match file.as_ref().and_then(|f| f.downcast::<Str>()) {
        Some(file) => file.to_rust().into_owned(),
        None => "unknown location".to_owned(),
    };
    let name_text = name.to_rust();
    let spec = protocol::lookup_attr(py, module, intern!("__spec__"))?;
    let module_value = package.map_or_else(Value::none, |p| Value::from(p.to_owned_str()));
    let standing = module_origin::standing(py, spec.as_ref(), &module_value)?;
    let what = format!("cannot import name '{name_text}' from");
    let text = match &standing.origin {
        Some(file) if standing.shadows_stdlib => format!(
            "{what} '{shown}' (consider renaming '{file}' since it has the same name as the \
             standard library module named '{shown}' and prevents importing that standard \
             library module)"
        ),
        Some(file) if standing.initializing && standing.shadows => format!(
            "{what} '{shown}' (consider renaming '{file}' if it has the same name as a library \
             you intended to import)"
        ),
        _ if standing.initializing => format!(
            "{what} partially initialized module '{shown}' (most likely due to a circular \
             import) ({place})"
        ),
        _ => format!("{what} '{shown}' ({place})"),
    };
    let class = Value::from(exceptions::ImportError.to_owned());
    let module_name = package.map_or_else(Value::none, |p| Value::from(p.to_owned_str()));
    let names =
        Tuple::from_values(["name", "path", "name_from"].map(|n| Value::from(Str::intern(n))));
    let values = [
        Value::from(Str::new(&text)),
        module_name,
        file.unwrap_or_else(Value::none),
        Value::from(name.to_owned_str()),
    ];
    let error = protocol::call_with(py, &class, &values, Some(&names))?;
    Err(errors::raise_object(py, error.into_object()))
}

pub fn IMPORT_STAR(s: &mut State, w: Word) -> Flow {
    s.save();
    let module = s.take(w.a());
    // SAFETY: the innermost frame is alive.
    let target = unsafe { Frame::mapping(s.frame) };
    let result = match target {
        Some(target) => import_star(s.py, &module, &target),
        None => raise!(s.py, SystemError, "no locals found during 'import *'"),
    };
    State::done(result)
}

fn import_star(py: Py, module: &Value, target: &Value) -> PyResult<()> {
    let all = protocol::lookup_attr(py, module, intern!("__all__"))?;
    let (names, skip) = match all {
        Some(all) => (protocol::iter::collect(py, &all)?, false),
        None => {
            let Some(dict) = protocol::lookup_attr(py, module, intern!("__dict__"))? else {
                return raise!(
                    py,
                    ImportError,
                    "from-import-* object has no __dict__ and no __all__"
                );
            };
            let keys = match dict.downcast::<Dict>() {
                Some(dict) => dict.keys_vec(),
                None => {
                    let keys = protocol::call_method(py, &dict, intern!("keys"), &[])?;
                    protocol::iter::collect(py, &keys)?
                }
            };
            (keys, true)
        }
    };
    for name in names {
        let Some(text) = name.downcast::<Str>() else {
            return not_a_name(py, module, &name, skip);
        };
        if skip && !text.chars().is_empty() && text.chars().at(0) == u32::from('_') {
            continue;
        }
        let value = protocol::get_attr(py, module, text)?;
        match target.downcast_exact::<Dict>() {
            Some(dict) => dict.set_value(py, &name, value)?,
            None => protocol::set_item(py, target, &name, &value)?,
        }
    }
    Ok(())
}

fn not_a_name(py: Py, module: &Value, name: &Value, in_dict: bool) -> PyResult<()> {
    let package = protocol::lookup_attr(py, module, intern!("__name__"))?;
    let package = package
        .as_ref()
        .and_then(|p| p.downcast::<Str>())
        .map_or_else(|| "?".into(), |p| p.to_rust());
    let (kind, place) = if in_dict {
        ("Key", "__dict__")
    } else {
        ("Item", "__all__")
    };
    raise!(
        py,
        TypeError,
        "{kind} in {package}.{place} must be str, not {}",
        name.ty().name()
    )
}
