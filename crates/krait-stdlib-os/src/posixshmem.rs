//! `_posixshmem`: memory that processes share by a name.

use krait_object::native::FromArg;
use krait_object::native::module::NativeModule;
use krait_object::{ModuleBuilder, Py, PyResult, Str, Value, errors};
use krait_sys::libc;

use crate::blocking::retry;
use crate::paths::CText;

pub const MODULE: NativeModule = NativeModule {
    name: "_posixshmem",
    init,
};

fn shm_open(py: Py, path: Name, flags: i32, mode: Option<i32>) -> PyResult<i32> {
    let (c, mode) = (&*path.text.0, mode.unwrap_or(0o777) as u32);
    match retry(py, || {
        krait_sys::path::shm_open(c, flags | libc::O_CLOEXEC, mode)
    })? {
        Ok(fd) => Ok(fd),
        Err(error) => errors::os_error(py, error.0, path.value.as_object(), None),
    }
}

fn shm_unlink(py: Py, path: Name) -> PyResult<()> {
    let c = &*path.text.0;
    match retry(py, || krait_sys::path::shm_unlink(c))? {
        Ok(_) => Ok(()),
        Err(error) => errors::os_error(py, error.0, path.value.as_object(), None),
    }
}

/// A name, with the object that it came from for errors.
struct Name {
    text: CText,
    value: Value,
}

impl FromArg for Name {
    type Item<'a> = Name;
    fn from_arg(py: Py, value: &Value, at: krait_object::native::arg::At) -> PyResult<Name> {
        if value.downcast::<Str>().is_none() {
            let (name, got) = (at.def.name(), value.ty().short_name());
            return krait_object::raise!(
                py,
                TypeError,
                "{name}() argument 1 must be str, not {got}"
            );
        }
        Ok(Name {
            text: CText::from_arg(py, value, at)?,
            value: value.clone(),
        })
    }
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.text("__doc__", "POSIX shared memory module")?
        .function("shm_open($module, /, path, flags, mode=511)", shm_open)?
        .function("shm_unlink($module, path, /)", shm_unlink)?;
    Ok(())
}
