//! Bringing up the import system: `importlib._bootstrap` runs as `_frozen_importlib`,
//! `importlib._bootstrap_external` as `_frozen_importlib_external`.

use std::cell::{Cell, RefCell};

use krait_object::{Dict, GilCell, Owned, Py, PyResult, Str, Value, intern, protocol, raise};
use krait_vm::CodeObject;

use super::register;
use crate::{registry, sys};

/// Where the standard library's code comes from.
#[derive(Clone, Copy)]
pub struct Source {
    /// The code of a module, with another file name if one is given, and whether it is a
    /// package.
    pub code: fn(Py, &str, Option<&Str>) -> PyResult<Option<(Owned<CodeObject>, bool)>>,
    /// Whether there is such a module, and whether it is a package.
    pub exists: fn(&str) -> Option<bool>,
    /// The source text of a module.
    pub source: fn(&str) -> Option<Vec<u8>>,
    /// The names of all modules.
    pub names: fn() -> Vec<&'static str>,
    /// A real folder with the data files of a package.
    pub folder: fn(&str) -> std::io::Result<std::path::PathBuf>,
}

static SOURCE: GilCell<Cell<Source>> = GilCell::new(Cell::new(Source {
    code: |_, _, _| Ok(None),
    exists: |_| None,
    source: |_| None,
    names: Vec::new,
    folder: |_| Err(std::io::ErrorKind::NotFound.into()),
}));

/// Says where the standard library's code comes from; before `start`.
pub fn set_source(py: Py, source: Source) {
    SOURCE.get(py).set(source);
}

/// The code and the text of the program that `-c` gave, for `linecache`.
type Command = Option<(Value, Value)>;

static COMMAND: GilCell<RefCell<Command>> = GilCell::new(RefCell::new(None));

/// Remembers the program that `-c` gave.
pub fn set_command(py: Py, code: &CodeObject, text: &str) {
    let code = Value::from(krait_object::Layout::to_owned(code));
    *COMMAND.get(py).borrow_mut() = Some((code, Value::from(Str::new(text))));
}

pub(super) fn command(py: Py) -> Command {
    COMMAND.get(py).borrow().clone()
}

pub fn source(py: Py) -> Source {
    SOURCE.get(py).get()
}

/// Makes a native module and puts it into `sys.modules`.
pub fn native_module(py: Py, name: &str) -> PyResult<Option<Value>> {
    let Some(native) = registry::find(py, name) else {
        return Ok(None);
    };
    let builder = krait_object::ModuleBuilder::new(py, native.name);
    (native.init)(&builder)?;
    (krait_object::hooks::get(py).module_made)(py, native.name, builder.module())?;
    Ok(Some(Value::from(builder.finish())))
}

/// Runs a library module's code in a new module's namespace, where nothing can import yet.
fn frozen_module(py: Py, name: &str, source_name: &str) -> PyResult {
    let Some((code, _)) = (source(py).code)(py, source_name, None)? else {
        return raise!(
            py,
            ImportError,
            "the standard library has no module {source_name}"
        );
    };
    let builder = krait_object::Module::new(py, &Str::intern(name));
    let dict: Owned<Dict> = builder.dict();
    let module = Value::from(builder);
    let builtins = sys::builtins(py)?;
    dict.set_value(
        py,
        &Value::from(intern!("__builtins__").to_owned_str()),
        builtins,
    )?;
    let origin = Value::from(Str::intern(source_name));
    dict.set_str(py, intern!("__origname__"), origin)?;
    register(py, name, module.clone())?;
    let locals = Value::from(dict.clone());
    krait_vm::run::run_code(py, &code, &dict, &locals, None)?;
    Ok(module)
}

/// Makes builtins and sys, and the part of the import system that finds native and
/// frozen modules.
pub fn start(py: Py) -> PyResult<()> {
    let (Some(sys_module), Some(builtins)) =
        (native_module(py, "sys")?, native_module(py, "builtins")?)
    else {
        return raise!(py, ImportError, "sys and builtins are not registered");
    };
    sys::install(py, &sys_module, &builtins)?;
    register(py, "sys", sys_module.clone())?;
    register(py, "builtins", builtins)?;
    let importlib = frozen_module(py, "_frozen_importlib", "importlib._bootstrap")?;
    let Some(imp) = native_module(py, "_imp")? else {
        return raise!(py, ImportError, "_imp is not registered");
    };
    register(py, "_imp", imp.clone())?;
    protocol::call_method(py, &importlib, intern!("_install"), &[sys_module, imp]).map(drop)
}

/// The part that finds modules in files, and those of the library in its folder.
pub fn start_external(py: Py, library: &str) -> PyResult<()> {
    let importlib = super::importlib(py)?;
    let external = super::import_module(py, "_frozen_importlib_external")?;
    protocol::set_attr(py, &importlib, intern!("_bootstrap_external"), &external)?;
    protocol::call_method(py, &external, intern!("_install"), &[importlib])?;
    let library = Value::from(Str::new(library));
    protocol::call_method(py, &external, intern!("_install_library"), &[library]).map(drop)
}
