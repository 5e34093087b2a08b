//! What errors say of a module that lacks an attribute: whether it takes the place of another
//! one, or has not been executed yet (`_Py_module_getattro_impl`).

use std::cell::RefCell;
use std::path::Path;

use super::str::Str;
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::value::Value;
use crate::{GilCell, hooks, intern};

/// The folder of the program, which comes first in `sys.path`.
static FIRST_FOLDER: GilCell<RefCell<Option<String>>> = GilCell::new(RefCell::new(None));

/// Says which folder the program put first into `sys.path`; empty for the current one.
pub fn set_first_folder(py: Py, folder: &str) {
    *FIRST_FOLDER.get(py).borrow_mut() = Some(folder.to_owned());
}

/// What is known of a module by its spec.
#[derive(Default)]
pub struct Standing {
    /// The file it comes from.
    pub origin: Option<String>,
    /// Its file lies where the program's own modules do.
    pub shadows: bool,
    /// It is such a module with the name of one of the standard library.
    pub shadows_stdlib: bool,
    pub initializing: bool,
}

/// The standing of a module of a spec; nothing is known where there is none.
pub fn standing(py: Py, spec: Option<&Value>, name: &Value) -> PyResult<Standing> {
    let Some(spec) = spec.filter(|s| !s.is_none()) else {
        return Ok(Standing::default());
    };
    let origin = origin(py, spec)?;
    let shadows = match &origin {
        Some(origin) => is_first(py, origin)?,
        None => false,
    };
    let mut standing = Standing {
        origin,
        shadows,
        ..Standing::default()
    };
    if shadows {
        let sys = hooks::import_module(py, "sys")?;
        if let Some(names) = protocol::lookup_attr(py, &sys, intern!("stdlib_module_names"))?
            && names.downcast::<super::set::AnySet>().is_some()
        {
            standing.shadows_stdlib = protocol::contains(py, &names, name)?;
        }
    }
    if let Some(flag) = protocol::lookup_attr(py, spec, intern!("_initializing"))? {
        standing.initializing = protocol::truth(py, &flag)?;
    }
    Ok(standing)
}

/// Whether the spec's module has a submodule of the name that is not executed yet.
pub fn is_uninitialized_submodule(py: Py, spec: Option<&Value>, name: &Str) -> PyResult<bool> {
    let Some(spec) = spec.filter(|s| !s.is_none()) else {
        return Ok(false);
    };
    match protocol::lookup_attr(py, spec, intern!("_uninitialized_submodules"))? {
        Some(names) => protocol::contains(py, &names, &Value::from(name.to_owned_str())),
        None => Ok(false),
    }
}

fn origin(py: Py, spec: &Value) -> PyResult<Option<String>> {
    let Some(has_location) = protocol::lookup_attr(py, spec, intern!("has_location"))? else {
        return Ok(None);
    };
    if !protocol::truth(py, &has_location)? {
        return Ok(None);
    }
    let origin = protocol::lookup_attr(py, spec, intern!("origin"))?;
    Ok(origin.and_then(|o| o.downcast::<Str>().map(|o| o.to_rust().into_owned())))
}

/// Whether the file, or the package whose `__init__.py` it is, lies in the first folder.
fn is_first(py: Py, origin: &str) -> PyResult<bool> {
    let sys = hooks::import_module(py, "sys")?;
    let flags = protocol::get_attr(py, &sys, intern!("flags"))?;
    let safe = protocol::get_attr(py, &flags, intern!("safe_path"))?;
    if protocol::truth(py, &safe)? {
        return Ok(false);
    }
    let path = Path::new(origin);
    let mut folder = path.parent();
    if path.file_name().is_some_and(|name| name == "__init__.py") {
        folder = folder.and_then(Path::parent);
    }
    let first = FIRST_FOLDER.get(py).borrow();
    let (Some(folder), Some(first)) = (folder, first.as_deref()) else {
        return Ok(false);
    };
    if first.is_empty() {
        return Ok(std::env::current_dir().is_ok_and(|current| current == folder));
    }
    Ok(Path::new(first) == folder)
}
