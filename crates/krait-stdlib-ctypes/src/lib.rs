//! `_ctypes`: C data types, and functions of shared libraries.
//!
//! A C type is a Python class whose metaclass (`meta`) keeps its layout with it
//! (`storage`); an instance (`data`) is a view of memory, its own or somebody else's.
//! `codes` reads and writes the basic types, `keep` keeps alive what memory points to,
//! `argument`, `calls` and `callback` are the way into C and back. All that touches memory
//! or calls C goes through `krait-ffi`.
#![forbid(unsafe_code)]

use krait_object::native::module::NativeModule;
use krait_object::{GilCell, ModuleBuilder, Owned, Py, PyResult, Type, exceptions};

mod argument;
mod array;
mod callback;
mod calls;
mod codes;
mod data;
mod field;
mod function;
mod functions;
mod keep;
mod meta;
mod pointer;
mod simple;
mod storage;
mod structure;
mod text;
mod types;

/// The modules of this crate.
pub const MODULES: &[NativeModule] = &[NativeModule {
    name: "_ctypes",
    init,
}];

static ARGUMENT_ERROR: GilCell<std::cell::OnceCell<Owned<Type>>> =
    GilCell::new(std::cell::OnceCell::new());

/// `ctypes.ArgumentError`
fn argument_error(py: Py) -> PyResult<&'static Type> {
    let cell = ARGUMENT_ERROR.get(py);
    if cell.get().is_none() {
        let class =
            exceptions::new_class::new_class(py, "ctypes.ArgumentError", &exceptions::Exception)?;
        let _ = cell.set(class);
    }
    match ARGUMENT_ERROR.get(py).get() {
        Some(class) => Ok(class),
        None => krait_object::raise!(py, SystemError, "ctypes is not loaded"),
    }
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    types::define();
    m.text(
        "__doc__",
        "Create and manipulate C compatible data types in Python.",
    )?
    .text("__version__", "1.1.0")?
    .type_object(argument_error(m.py)?)?
    .type_object(&types::STRUCTURE)?
    .type_object(&types::UNION)?
    .type_object(&types::POINTER)?
    .type_object(&types::ARRAY)?
    .type_object(&types::SIMPLE)?
    .type_object(&types::FUNCTION)?
    .class::<field::Field>()?;
    functions::define(m)
}
