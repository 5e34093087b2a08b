//! `pathconfig.h`'s functions of old: the paths that the interpreter was started with, and
//! setting them, which the next getter sees and nothing else.

use std::cell::RefCell;

use krait_object::{GilCell, List, Py, Str};
use krait_stdlib_core::sys;

use crate::border::export;
use crate::stable_rest::wide_len;

/// Wide text with its zero; C has its address until another takes its place.
type Wide = Option<Box<[i32]>>;

#[derive(Default)]
struct Paths {
    program_name: Wide,
    home: Wide,
    program_full_path: Wide,
    prefix: Wide,
    exec_prefix: Wide,
    module_search_path: Wide,
}

static PATHS: GilCell<RefCell<Option<Paths>>> = GilCell::new(RefCell::new(None));

fn wide(text: &Str) -> Wide {
    let end = std::iter::once(0);
    Some(text.code_points().map(|c| c as i32).chain(end).collect())
}

fn of_sys(py: Py, name: &str) -> Wide {
    wide(sys::get(py, name)?.downcast::<Str>()?)
}

/// What `sys` says when somebody asks for the first time.
fn found(py: Py) -> Paths {
    let home = std::env::var("PYTHONHOME").unwrap_or_default();
    let path = sys::get(py, "path");
    let parts = path.as_ref().and_then(|p| p.downcast::<List>());
    let parts = parts.map_or_else(Vec::new, List::to_vec);
    let parts = parts.iter().filter_map(|p| p.downcast::<Str>());
    let parts: Vec<String> = parts.map(|p| p.to_rust().into_owned()).collect();
    Paths {
        program_name: of_sys(py, "executable"),
        home: (!home.is_empty() && !sys::flag(py, "ignore_environment"))
            .then(|| wide(&Str::new(&home)))
            .flatten(),
        program_full_path: of_sys(py, "executable"),
        prefix: of_sys(py, "prefix"),
        exec_prefix: of_sys(py, "exec_prefix"),
        module_search_path: wide(&Str::new(&parts.join(":"))),
    }
}

/// Looks at the paths, or changes them.
fn with<R>(py: Py, then: impl FnOnce(&mut Paths) -> R) -> R {
    let mut paths = PATHS.get(py).borrow_mut();
    then(paths.get_or_insert_with(|| found(py)))
}

fn get(py: Py, of: impl FnOnce(&Paths) -> &Wide) -> *const i32 {
    with(py, |paths| {
        of(paths)
            .as_ref()
            .map_or(std::ptr::null(), |text| text.as_ptr())
    })
}

/// A copy of C's wide text; nothing of none, or of an empty one.
///
/// # Safety
/// Null, or the address of a text that ends with a zero.
unsafe fn copied(text: *const i32) -> Wide {
    if text.is_null() {
        return None;
    }
    // SAFETY: the contract; the zero is part of what is copied.
    let text = unsafe { std::slice::from_raw_parts(text, wide_len(text) + 1) };
    (text.len() > 1).then(|| text.into())
}

export! {
    fn Py_GetProgramName(py) -> *const i32 { get(py, |p| &p.program_name) }
    fn Py_GetPythonHome(py) -> *const i32 { get(py, |p| &p.home) }
    fn Py_GetProgramFullPath(py) -> *const i32 { get(py, |p| &p.program_full_path) }
    fn Py_GetPrefix(py) -> *const i32 { get(py, |p| &p.prefix) }
    fn Py_GetExecPrefix(py) -> *const i32 { get(py, |p| &p.exec_prefix) }
    fn Py_GetPath(py) -> *const i32 { get(py, |p| &p.module_search_path) }
    fn Py_SetProgramName(py, name: *const i32) {
        let name = copied(name);
        with(py, |p| p.program_name = name);
    }
    fn Py_SetPythonHome(py, home: *const i32) {
        let home = copied(home);
        with(py, |p| p.home = home);
    }
    fn Py_SetPath(py, path: *const i32) {
        if path.is_null() {
            return with(py, |p| *p = Paths::default());
        }
        let path = copied(path).or_else(|| wide(&Str::new("")));
        with(py, |p| {
            (p.prefix, p.exec_prefix) = (wide(&Str::new("")), wide(&Str::new("")));
            p.module_search_path = path;
        });
    }
}
