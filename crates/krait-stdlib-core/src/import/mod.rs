//! Imports: what the `import` statement and `__import__` do, `_imp`, and how the import
//! system is brought up from `importlib._bootstrap`.

use std::cell::OnceCell;

use krait_object::{
    Dict, InterpreterCell, Owned, Py, PyResult, Str, Tuple, Value, errors, exceptions, intern,
    protocol, raise,
};

use crate::sys;

mod bootstrap;
mod imp;
mod timing;

pub use bootstrap::{Source, set_command, set_source, source, start, start_external};
pub use imp::{MODULE as IMP, multi_interp_override};

/// `sys.modules[name]`, if there.
fn loaded(py: Py, name: &Value) -> PyResult<Option<Value>> {
    let Some(modules) = sys::get(py, "modules") else {
        return raise!(py, RuntimeError, "unable to get sys.modules");
    };
    let found = match modules.downcast_exact::<Dict>() {
        Some(dict) => dict.get(py, name)?,
        None => errors::suppress(
            py,
            protocol::get_item(py, &modules, name),
            &exceptions::KeyError,
        )?,
    };
    Ok(found.filter(|m| !m.is_none()))
}

/// `__import__`.
pub fn import(
    py: Py,
    name: &Value,
    globals: &Value,
    _locals: &Value,
    fromlist: &Value,
    level: i64,
) -> PyResult {
    let Some(text) = name.downcast::<Str>() else {
        return raise!(py, TypeError, "module name must be a string");
    };
    if level < 0 {
        return raise!(py, ValueError, "level must be >= 0");
    }
    let absolute = if level > 0 {
        Value::from(resolve(py, text, globals, level)?)
    } else if text.is_empty() {
        return raise!(py, ValueError, "Empty module name");
    } else {
        name.clone()
    };
    let module = match loaded(py, &absolute)? {
        Some(module) => {
            let mut module = module;
            if wait_until_loaded(py, &module)?
                && loaded(py, &absolute)?.is_none_or(|found| !found.is(&module))
            {
                // Who loaded it has failed meanwhile.
                module = find_and_load(py, &absolute)?;
            }
            if sys::import_time() > 1 {
                timing::cached(py, &absolute);
            }
            module
        }
        None => find_and_load(py, &absolute)?,
    };
    if !fromlist.is_none() && protocol::truth(py, fromlist)? {
        return with_fromlist(py, module, fromlist);
    }
    if level > 0 && text.is_empty() {
        return Ok(module);
    }
    let Some(dot) = text.code_points().position(|c| c == u32::from('.')) else {
        return Ok(module);
    };
    let Some(full) = absolute.downcast::<Str>() else {
        return Ok(module);
    };
    if level == 0 {
        let front = Value::from(Str::from_chars(text.chars().slice(0, dot)));
        return import(
            py,
            &front,
            &Value::none(),
            &Value::none(),
            &Value::none(),
            0,
        );
    }
    let cut = full.len() - (text.len() - dot);
    let front = Value::from(Str::from_chars(full.chars().slice(0, cut)));
    match loaded(py, &front)? {
        Some(module) => Ok(module),
        None => {
            let shown = protocol::repr(py, &front)?;
            raise!(
                py,
                KeyError,
                "{} not in sys.modules as expected",
                shown.to_rust()
            )
        }
    }
}

/// The submodules that a `from` list may name are imported too.
fn with_fromlist(py: Py, module: Value, fromlist: &Value) -> PyResult {
    if protocol::lookup_attr(py, &module, intern!("__path__"))?.is_none() {
        return Ok(module);
    }
    let importlib = importlib(py)?;
    let import_ = protocol::get_attr(py, &importlib, intern!("_gcd_import"))?;
    let result = protocol::call_method(
        py,
        &importlib,
        intern!("_handle_fromlist"),
        &[module, fromlist.clone(), import_],
    );
    if result.is_err() {
        remove_importlib_frames(py);
    }
    result
}

/// The import system's Python part: the first `_frozen_importlib`, whatever becomes of its
/// place in `sys.modules`.
static IMPORTLIB: InterpreterCell<OnceCell<Value>> = InterpreterCell::new(OnceCell::new);

fn importlib(py: Py) -> PyResult {
    if let Some(importlib) = IMPORTLIB.get(py).get() {
        return Ok(importlib.clone());
    }
    match loaded(
        py,
        &Value::from(intern!("_frozen_importlib").to_owned_str()),
    )? {
        Some(importlib) => {
            let _ = IMPORTLIB.get(py).set(importlib.clone());
            Ok(importlib)
        }
        None => raise!(py, ImportError, "the import system is not started"),
    }
}

/// A module that another thread is still loading is waited for; whether it was.
fn wait_until_loaded(py: Py, module: &Value) -> PyResult<bool> {
    let Some(spec) =
        protocol::lookup_attr(py, module, intern!("__spec__"))?.filter(|s| !s.is_none())
    else {
        return Ok(false);
    };
    let Some(flag) = protocol::lookup_attr(py, &spec, intern!("_initializing"))? else {
        return Ok(false);
    };
    if !protocol::truth(py, &flag)? {
        return Ok(false);
    }
    let name = protocol::get_attr(py, &spec, intern!("name"))?;
    let importlib = importlib(py)?;
    protocol::call_method(py, &importlib, intern!("_lock_unlock_module"), &[name])?;
    Ok(true)
}

fn find_and_load(py: Py, name: &Value) -> PyResult {
    let importlib = importlib(py)?;
    let import_ = protocol::get_attr(py, &importlib, intern!("_gcd_import"))?;
    if sys::audit::is_audited(py) {
        let of_sys = |what| sys::get(py, what).unwrap_or_else(Value::none);
        let told = [
            name.clone(),
            Value::none(),
            of_sys("path"),
            of_sys("meta_path"),
            of_sys("path_hooks"),
        ];
        sys::audit::audit(py, "import", &told)?;
    }
    let load = || {
        protocol::call_method(
            py,
            &importlib,
            intern!("_find_and_load"),
            &[name.clone(), import_],
        )
    };
    let result = if sys::import_time() > 0 {
        timing::measure(py, name, load)
    } else {
        load()
    };
    if result.is_err() {
        remove_importlib_frames(py);
    }
    result
}

/// Takes the import system's own frames out of the traceback of the exception that is
/// set, as CPython does.
fn remove_importlib_frames(py: Py) {
    if sys::flag(py, "verbose") {
        return;
    }
    if let Some(exception) = py.thread().exception() {
        let always = exception.ty().is_subtype_of(&exceptions::ImportError);
        krait_vm::frame::remove_importlib_frames(py, &exception, always);
    }
}

/// The absolute name of a relative import.
fn resolve(py: Py, name: &Str, globals: &Value, level: i64) -> PyResult<Owned<Str>> {
    let Some(globals) = globals.downcast::<Dict>() else {
        if globals.is_none() {
            return raise!(py, KeyError, "'__name__' not in globals");
        }
        return raise!(py, TypeError, "globals must be a dict");
    };
    let package = package_of(py, globals)?;
    let Some(package) = package.downcast::<Str>() else {
        return raise!(py, TypeError, "package must be a string");
    };
    if package.is_empty() {
        return raise!(
            py,
            ImportError,
            "attempted relative import with no known parent package"
        );
    }
    let text = package.to_rust().into_owned();
    let mut base = text.as_str();
    for _ in 1..level {
        match base.rsplit_once('.') {
            Some((front, _)) => base = front,
            None => {
                return raise!(
                    py,
                    ImportError,
                    "attempted relative import beyond top-level package"
                );
            }
        }
    }
    Ok(if name.is_empty() {
        Str::new(base)
    } else {
        Str::new(&format!("{base}.{}", name.to_rust()))
    })
}

/// The package that a module's globals belong to (`_calc___package__`).
fn package_of(py: Py, globals: &Dict) -> PyResult {
    let get = |key: &'static Str| globals.get_str_key(py, key).filter(|v| !v.is_none());
    let spec = get(intern!("__spec__"));
    let parent = || match &spec {
        Some(spec) => protocol::get_attr(py, spec, intern!("parent")).map(Some),
        None => Ok(None),
    };
    if let Some(package) = get(intern!("__package__")) {
        if package.downcast::<Str>().is_none() {
            return raise!(py, TypeError, "package must be a string");
        }
        if let Some(parent) = parent()?
            && !protocol::equal(py, &package, &parent)?
        {
            let (package, parent) = (protocol::repr(py, &package)?, protocol::repr(py, &parent)?);
            let text = format!(
                "__package__ != __spec__.parent ({} != {})",
                package.to_rust(),
                parent.to_rust()
            );
            errors::warn(py, &exceptions::DeprecationWarning, &text, 1)?;
        }
        return Ok(package);
    }
    if let Some(parent) = parent()? {
        if parent.downcast::<Str>().is_none() {
            return raise!(py, TypeError, "__spec__.parent must be a string");
        }
        return Ok(parent);
    }
    errors::warn(
        py,
        &exceptions::ImportWarning,
        "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__",
        1,
    )?;
    let Some(name) = get(intern!("__name__")) else {
        return raise!(py, KeyError, "'__name__' not in globals");
    };
    let Some(text) = name.downcast::<Str>() else {
        return raise!(py, TypeError, "__name__ must be a string");
    };
    if globals.get_str_key(py, intern!("__path__")).is_some() {
        return Ok(name.clone());
    }
    let text = text.to_rust().into_owned();
    match text.rsplit_once('.') {
        Some((front, _)) => Ok(Value::from(Str::new(front))),
        None => raise!(
            py,
            ImportError,
            "attempted relative import with no known parent package"
        ),
    }
}

/// `importlib.import_module(name)` for an absolute name.
pub fn import_module(py: Py, name: &str) -> PyResult {
    let name = Value::from(Str::new(name));
    match loaded(py, &name)? {
        Some(module) => Ok(module),
        None => {
            let fromlist = Value::from(Tuple::from_values([Value::from(Str::new("__name__"))]));
            import(py, &name, &Value::none(), &Value::none(), &fromlist, 0)
        }
    }
}

/// Puts a module into `sys.modules`.
pub fn register(py: Py, name: &str, module: Value) -> PyResult<()> {
    match sys::get(py, "modules") {
        Some(modules) => protocol::set_item(py, &modules, &Value::from(Str::intern(name)), &module),
        None => raise!(py, RuntimeError, "unable to get sys.modules"),
    }
}
