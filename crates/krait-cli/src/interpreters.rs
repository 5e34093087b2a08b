//! The start and the end of interpreters beside the main one.

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};

use krait_object::{GilCell, Py, PyResult, Value, errors, exceptions, intern, protocol};
use krait_stdlib_core::{finalize, import, sys};
use krait_vm::subinterpreter::{self, Life};

use crate::start;

/// The folder that the program put first into its `sys.path`.
static FIRST_FOLDER: GilCell<RefCell<Option<PathBuf>>> = GilCell::new(RefCell::new(None));
static NO_SITE: GilCell<Cell<bool>> = GilCell::new(Cell::new(false));

/// Says how interpreters start and end.
pub fn prepare(py: Py, no_site: bool) {
    NO_SITE.get(py).set(no_site);
    subinterpreter::set_life(
        py,
        Life {
            start: start_one,
            end: end_one,
        },
    );
}

/// The program's folder comes first in other interpreters too.
pub fn set_first_folder(py: Py, folder: &Path) {
    *FIRST_FOLDER.get(py).borrow_mut() = Some(folder.to_path_buf());
}

fn start_one(py: Py) -> PyResult<()> {
    import::start(py)?;
    krait_capi::install_in_interpreter(py)?;
    start::make_modules(py)?;
    start::import_first(py, NO_SITE.get(py).get())?;
    let folder = FIRST_FOLDER.get(py).borrow().clone();
    if let (Some(folder), Some(path)) = (folder, sys::get(py, "path")) {
        let arguments = [Value::int(0), Value::from(start::path_text(&folder))];
        protocol::call_method(py, &path, intern!("insert"), &arguments)?;
    }
    Ok(())
}

fn end_one(py: Py) {
    start::end_threads(py);
    krait_stdlib_os::atexit::run(py);
    sys::flush_streams(py);
    finalize::give_up_modules(py);
}

/// Ends those that the program has left; it is told so.
pub fn end_rest(py: Py) {
    if krait_object::interpreter::all(py).len() < 2 {
        return;
    }
    let told = errors::warn(
        py,
        &exceptions::RuntimeWarning,
        "remaining subinterpreters; close them with Interpreter.close()",
        0,
    );
    if told.is_err() {
        errors::write_unraisable(py, None, None);
    }
    subinterpreter::destroy_all(py);
}
