//! The standard library inside the binary, as the import system asks for it.

use krait_object::{Owned, Py, PyResult, raise};
use krait_stdlib_core::import::Source;
use krait_vm::CodeObject;

fn code(py: Py, name: &str) -> PyResult<Option<(Owned<CodeObject>, bool)>> {
    let Some(info) = krait_frozen::find(name) else {
        return Ok(None);
    };
    match krait_bytecode::from_bytes(info.code) {
        Ok(data) => Ok(Some((CodeObject::new(data), info.package))),
        Err(_) => raise!(py, ImportError, "Excluded frozen object named {name}"),
    }
}

pub const SOURCE: Source = Source {
    code,
    exists: |name| krait_frozen::find(name).map(|info| info.package),
    source: krait_frozen::source,
    names: krait_frozen::names,
};
