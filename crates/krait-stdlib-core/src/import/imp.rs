//! `_imp`: what importlib needs of the runtime.

use std::cell::Cell;

use krait_object::native::module::NativeModule;
use krait_object::{
    Bytes, GilCell, InterpreterCell, List, ModuleBuilder, Py, PyResult, Str, Tuple, Value, intern,
    protocol, raise, types::buffer,
};
use krait_vm::{CodeObject, import_lock};

use super::bootstrap::{native_module, source};
use crate::registry;

pub const MODULE: NativeModule = NativeModule { name: "_imp", init };

fn create_builtin(py: Py, spec: &Value) -> PyResult {
    let name = protocol::get_attr(py, spec, intern!("name"))?;
    let Some(text) = name.downcast::<Str>() else {
        return raise!(
            py,
            TypeError,
            "name must be string, not {}",
            name.ty().name()
        );
    };
    if let Some(known) = super::loaded(py, &name)? {
        return Ok(known);
    }
    Ok(native_module(py, &text.to_rust())?.unwrap_or_else(Value::none))
}

fn is_builtin(py: Py, name: &Str) -> i64 {
    i64::from(registry::find(py, &name.to_rust()).is_some())
}

/// So many of `FROZEN` are always.
const ESSENTIAL: usize = 3;

/// The modules that CPython has frozen; the rest of the library is found by its folder.
const FROZEN: &[&str] = &[
    "importlib._bootstrap",
    "importlib._bootstrap_external",
    "zipimport",
    "abc",
    "codecs",
    "io",
    "_collections_abc",
    "_sitebuiltins",
    "genericpath",
    "ntpath",
    "posixpath",
    "os",
    "site",
    "stat",
    "importlib.util",
    "importlib.machinery",
    "runpy",
    "__hello__",
    "__phello__",
    "__phello__.ham",
    "__phello__.ham.eggs",
    "__phello__.spam",
];

/// The name in the library of a frozen module.
fn library_name(name: &str) -> &str {
    match name {
        "_frozen_importlib" => "importlib._bootstrap",
        "_frozen_importlib_external" => "importlib._bootstrap_external",
        name => name,
    }
}

/// Whether others than the import system's own modules are frozen, if
/// `_override_frozen_modules_for_tests` has said so: below 0 they are not.
static OVERRIDE: GilCell<Cell<i64>> = GilCell::new(Cell::new(0));

/// Whether extensions are asked if they can be in several interpreters: as the interpreter is
/// configured, or yes (1) or no (-1), if `_override_multi_interp_extensions_check` said so.
static MULTI_INTERP: InterpreterCell<Cell<i64>> = InterpreterCell::new(Cell::default);

/// What `_override_multi_interp_extensions_check` has said.
pub fn multi_interp_override(py: Py) -> i64 {
    MULTI_INTERP.get(py).get()
}

/// Whether there is such a frozen module, and whether it is a package.
fn frozen(py: Py, name: &str) -> Option<bool> {
    let name = library_name(name);
    let known = match OVERRIDE.get(py).get() {
        ..0 => &FROZEN[..ESSENTIAL],
        _ => FROZEN,
    };
    known
        .contains(&name)
        .then(|| (source(py).exists)(name))
        .flatten()
}

fn frozen_code(py: Py, name: &str) -> PyResult<(krait_object::Owned<CodeObject>, bool)> {
    let name = library_name(name);
    if frozen(py, name).is_none() {
        return raise!(py, ImportError, "No such frozen object named '{name}'");
    }
    match (source(py).code)(py, name, None)? {
        Some(found) => Ok(found),
        None => raise!(py, ImportError, "No such frozen object named '{name}'"),
    }
}

/// The code in the data of a frozen module.
fn code_of_data(py: Py, name: &Str, data: &Value) -> PyResult<krait_object::Owned<CodeObject>> {
    let bytes = buffer::to_bytes(py, data)?;
    match crate::marshal::loads(py, &bytes, true) {
        Ok(made) => match made.downcast::<CodeObject>() {
            Some(code) => Ok(krait_object::Layout::to_owned(code)),
            None => {
                let shown = protocol::repr(py, &made)?;
                raise!(
                    py,
                    TypeError,
                    "object {} is not a code object",
                    shown.to_rust()
                )
            }
        },
        Err(_) => {
            drop(py.thread().take_exception());
            let shown = protocol::repr(py, &Value::from(name.to_owned_str()))?;
            raise!(
                py,
                ImportError,
                "Frozen object named {} is invalid",
                shown.to_rust()
            )
        }
    }
}

fn find_frozen(py: Py, name: &Str, withdata: Option<bool>) -> PyResult {
    let _ = withdata;
    let text = name.to_rust().into_owned();
    match frozen(py, &text) {
        None => Ok(Value::none()),
        Some(is_package) => Ok(Value::from(Tuple::from_values([
            Value::none(),
            Value::bool(is_package),
            Value::from(name.to_owned_str()),
        ]))),
    }
}

/// A real folder with data of the library.
fn folder(py: Py, name: &str) -> PyResult<String> {
    match (source(py).folder)(name) {
        Ok(path) => Ok(path.display().to_string()),
        Err(error) => krait_object::errors::io_error(py, &error, None),
    }
}

fn fix_co_filename(_py: Py, code: &CodeObject, path: &Str) {
    code.set_filename(path);
}

/// `_imp.source_hash`: SipHash-1-3 of the source, keyed by the magic number.
fn source_hash(py: Py, key: i64, data: &Value) -> PyResult<krait_object::Owned<Bytes>> {
    let data = krait_object::types::buffer::to_bytes(py, data)?;
    Ok(Bytes::new(
        &krait_object::hash::keyed((key as u64, 0), &data).to_le_bytes(),
    ))
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.function("create_builtin(spec, /)", create_builtin)?
        .function("exec_builtin(mod, /)", |_py, _module: &Value| 0i64)?
        .function("is_builtin(name, /)", is_builtin)?
        .function("is_frozen(name, /)", |py, name: &Str| {
            frozen(py, &name.to_rust()).is_some()
        })?
        .function(
            "get_library_object(name, path, /)",
            |py, name: &Str, path: &Str| match (source(py).code)(py, &name.to_rust(), Some(path))? {
                Some((code, _)) => Ok(code),
                None => raise!(
                    py,
                    ImportError,
                    "no module {} in the library",
                    name.to_rust()
                ),
            },
        )?
        .function(
            "get_library_source(name, /)",
            |py, name: &Str| -> Option<krait_object::Owned<Bytes>> {
                (source(py).source)(&name.to_rust()).map(|bytes| Bytes::new(&bytes))
            },
        )?
        .function("is_library_package(name, /)", |py, name: &Str| {
            (source(py).exists)(&name.to_rust())
        })?
        .function("library_names()", |py| {
            let names = (source(py).names)().into_iter();
            List::from_values(names.map(|n| Value::from(Str::new(n))))
        })?
        .function("command()", |py| match super::bootstrap::command(py) {
            Some((code, text)) => Value::from(krait_object::Tuple::from_values([code, text])),
            None => Value::none(),
        })?
        .function("is_real_path(path, /)", |_py, path: &Str| {
            std::path::Path::new(&*path.to_rust()).exists()
        })?
        .function("library_data(package, /)", |py, package: &Str| {
            folder(py, &package.to_rust())
        })?
        .function("bundled_folder(package, /)", |py, package: &Str| {
            folder(py, &format!("bundled:{}", package.to_rust()))
        })?
        .function(
            "is_frozen_package(name, /)",
            |py, name: &Str| -> PyResult<bool> {
                match frozen(py, &name.to_rust()) {
                    Some(package) => Ok(package),
                    None => raise!(
                        py,
                        ImportError,
                        "No such frozen object named '{}'",
                        name.to_rust()
                    ),
                }
            },
        )?
        .function(
            "get_frozen_object(name, data=None, /)",
            |py, name: &Str, data: Option<&Value>| match data {
                Some(data) => code_of_data(py, name, data),
                None => frozen_code(py, &name.to_rust()).map(|(code, _)| code),
            },
        )?
        .function("find_frozen(name, /, *, withdata=False)", find_frozen)?
        .function("init_frozen(name, /)", |_py, _name: &Str| ())?
        .function("_frozen_module_names()", |_py| {
            List::from_values(
                ["_frozen_importlib", "_frozen_importlib_external"]
                    .iter()
                    .chain(&FROZEN[2..])
                    .map(|n| Value::from(Str::new(n))),
            )
        })?
        .function(
            "_override_frozen_modules_for_tests(override, /)",
            |py, value: i64| OVERRIDE.get(py).set(value),
        )?
        .function(
            "_override_multi_interp_extensions_check(override, /)",
            |py: Py, value: i64| MULTI_INTERP.get(py).replace(value.signum()),
        )?
        .function("extension_suffixes()", |_py| {
            List::from_values(
                crate::sys::EXTENSION_SUFFIXES
                    .iter()
                    .map(|s| Value::from(Str::new(s))),
            )
        })?
        .function("lock_held()", |_py| import_lock::is_held())?
        .function("acquire_lock()", import_lock::acquire)?
        .function("release_lock()", |py| -> PyResult<()> {
            if import_lock::release(py) {
                return Ok(());
            }
            raise!(py, RuntimeError, "not holding the import lock")
        })?
        .function("_fix_co_filename(code, path, /)", fix_co_filename)?
        .function("source_hash(key, source)", source_hash)?
        .text("check_hash_based_pycs", "default")?
        .int("pyc_magic_number_token", crate::sys::MAGIC_TOKEN)?;
    Ok(())
}
