//! The standard library inside the binary, as the import system asks for it.

use std::path::PathBuf;

use krait_bytecode::Image;
use krait_object::{Owned, Py, PyResult, Str, raise};
use krait_stdlib_core::import::Source;
use krait_vm::CodeObject;

use crate::data;

fn code(py: Py, name: &str, path: Option<&Str>) -> PyResult<Option<(Owned<CodeObject>, bool)>> {
    let Some(info) = krait_frozen::find(name) else {
        return Ok(None);
    };
    let code = Image::of_static(info.code).and_then(|image| CodeObject::stored(image, path));
    match code {
        Ok(code) => Ok(Some((code, info.package))),
        Err(_) => raise!(py, ImportError, "Excluded frozen object named {name}"),
    }
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
