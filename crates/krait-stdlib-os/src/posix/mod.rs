//! `posix`, which `os` is made from.
//!
//! One file a theme; each adds its functions to the module. CPython's
//! `Modules/posixmodule.c`.

use krait_object::native::module::NativeModule;
use krait_object::{Bytes, Dict, List, ModuleBuilder, Py, PyResult, Str, Value, exceptions};

mod config;
mod constants;
mod descriptors;
mod entry;
mod folders;
mod ids;
mod normal;
pub(crate) mod process;
mod scheduling;
mod spawn;
mod stat;
mod structs;
mod terminals;
mod timer;
mod transfer;
mod tree;
mod utime;
mod wait;
mod xattr;

pub const MODULE: NativeModule = NativeModule {
    name: "posix",
    init,
};

fn init(m: &ModuleBuilder) -> PyResult<()> {
    let py = m.py;
    m.text(
        "__doc__",
        "This module provides access to operating system functionality that is\nstandardized by the C Standard and the POSIX standard (a thinly\ndisguised Unix interface).  Refer to the library manual and\ncorresponding Unix manual entries for more information on calls.",
    )?;
    crate::numbers::add_numbers(m, constants::NUMBERS)?;
    m.value(
        "error",
        Value::from(krait_object::Layout::to_owned(&*exceptions::OSError)),
    )?;
    let have = constants::HAVE
        .iter()
        .map(|name| Value::from(Str::intern(name)));
    m.value("_have_functions", Value::from(List::from_values(have)))?;
    m.value("environ", Value::from(environ(m)?))?;
    m.function("_create_environ()", |py: Py| create_environ(py))?;
    structs::define(m)?;
    stat::define(m)?;
    tree::define(m)?;
    folders::define(m)?;
    descriptors::define(m)?;
    transfer::define(m)?;
    normal::define(m)?;
    utime::define(m)?;
    xattr::define(m)?;
    config::define(m)?;
    ids::define(m)?;
    scheduling::define(m)?;
    terminals::define(m)?;
    timer::define(m)?;
    wait::define(m)?;
    spawn::define(m)?;
    process::define(m)?;
    let _ = py;
    Ok(())
}

fn environ(m: &ModuleBuilder) -> PyResult<krait_object::Owned<Dict>> {
    create_environ(m.py)
}

/// The process's environment as a dict of bytes.
fn create_environ(py: krait_object::Py) -> PyResult<krait_object::Owned<Dict>> {
    let dict = Dict::new();
    for (name, value) in krait_sys::environ::all() {
        let name = Value::from(Bytes::new(&name));
        if dict.get(py, &name)?.is_none() {
            dict.set_value(py, &name, Value::from(Bytes::new(&value)))?;
        }
    }
    Ok(dict)
}
