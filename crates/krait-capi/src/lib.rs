//! CPython 3.14's C API, exported by the `krait` program under its C names, on the layouts
//! that are Krait's own. One file mirrors one header of CPython's `Include/`, or a few
//! small ones.
//!
//! What always holds: an object pointer is an object pointer on both sides, a function
//! here adapts arguments and results to what krait-object and krait-vm do, and no panic
//! leaves it (`border`). Variadic functions are C shims (`shims/variadic.c`), which hand
//! their arguments to the parsers in `getargs`, `modsupport` and `unicode_format`.
#![expect(
    non_upper_case_globals,
    clippy::missing_safety_doc,
    reason = "names, contracts and signatures are those of CPython's headers"
)]
#![allow(
    unused_unsafe,
    reason = "`export!` makes every body unsafe, also one that calls nothing unsafe"
)]

mod border;
mod text;
mod varargs;

pub mod abstract_;
pub mod bytesobject;
pub mod calls;
pub mod code;
pub mod codecs;
pub mod config;
pub mod context;
pub mod datetime;
pub mod dictobject;
pub mod dynload;
pub mod files;
pub mod floatobject;
pub mod getargs;
pub mod import_;
pub mod internal;
pub mod lock;
pub mod longobject;
pub mod modsupport;
pub mod moduleobject;
pub mod monitoring;
pub mod object;
pub mod objects_misc;
pub mod pathconfig;
pub mod pybuffer;
pub mod pycapsule;
pub mod pydebug;
pub mod pyerrors;
pub mod pylifecycle;
pub mod pymem;
pub mod pystate;
pub mod pythread;
pub mod sequences;
pub mod setobject;
pub mod stable_rest;
pub mod statics;
pub mod status;
pub mod typeobject;
pub mod typespec;
pub mod unicode_format;
pub mod unicodeobject;

use krait_object::{Module, Py, PyResult};

/// Makes extension modules loadable; once builtins and `_imp` are there.
pub fn install(py: Py) -> PyResult<()> {
    moduleobject::define();
    pycapsule::define();
    pystate::install(py);
    krait_object::hooks::install(py, |hooks| hooks.module_made = module_made);
    dynload::install(py)
}

/// What an interpreter beside the main one needs of it, once `_imp` is there.
pub fn install_in_interpreter(py: Py) -> PyResult<()> {
    dynload::install(py)
}

/// What C finds in native modules beyond what Python does.
fn module_made(py: Py, name: &str, module: &Module) -> PyResult<()> {
    match name {
        "_datetime" => datetime::add_capsule(py, module),
        "_types" => pycapsule::add_type(py, module),
        // Programs read the variables by `ctypes.pythonapi`.
        "_ctypes" => pydebug::set(py),
        _ => Ok(()),
    }
}

/// What must be ready before C code runs: types that are made at their first use.
pub fn prepare(py: Py) -> PyResult<()> {
    objects_misc::define_types();
    krait_stdlib_data::contextvars::define_types(py)?;
    internal::set_hash_secret(py);
    pydebug::set(py)
}
