//! The standard library inside the binary, as the import system asks for it.

use std::path::PathBuf;

use krait_object::{Owned, Py, PyResult, Str, raise};
use krait_stdlib_core::import::Source;
use krait_vm::CodeObject;

use crate::data;

fn code(py: Py, name: &str, path: Option<&Str>) -> PyResult<Option<(Owned<CodeObject>, bool)>> {
    let Some(info) = krait_frozen::find(name) else {
        return Ok(None);
    };
    let Ok(code) = krait_bytecode::from_bytes(info.code) else {
        return raise!(py, ImportError, "Excluded frozen object named {name}");
    };
    let object = match path {
        None => CodeObject::new(code),
        Some(path) => {
            let (name, qualname) = (Str::intern(&code.name), Str::intern(&code.qualname));
            CodeObject::with_names(code, name, qualname, path.to_owned_str())
        }
    };
    Ok(Some((object, info.package)))
}

fn folder(package: &str) -> std::io::Result<PathBuf> {
    match package.strip_prefix("bundled:") {
        Some(package) => data::bundled(package),
        None => data::package(package),
    }
}

pub const SOURCE: Source = Source {
    code,
    exists: |name| krait_frozen::find(name).map(|info| info.package),
    source: krait_frozen::source,
    names: krait_frozen::names,
    folder,
};
