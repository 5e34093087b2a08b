//! Limits, switches, extensions, interruption.

use std::ffi::CString;

use krait_object::native::TypeBuilder;
use krait_object::{Py, PyResult, Str, Value, raise};
use krait_sqlite::ffi;
use krait_stdlib_os::blocking::audit;

use super::This;
use crate::errors::{self, Kind};

fn set_limit(py: Py, this: &This, category: i32, limit: i32) -> PyResult<i32> {
    let old = this.own_database(py)?.limit(category, limit);
    if old < 0 {
        let text = "'category' is out of bounds";
        return errors::raise(py, Kind::Programming, text);
    }
    Ok(old)
}

/// Switches that take on and off (`SQLITE_DBCONFIG_*`).
fn check_switch(py: Py, option: i32) -> PyResult<()> {
    let known = (ffi::SQLITE_DBCONFIG_ENABLE_FKEY..=ffi::SQLITE_DBCONFIG_TRUSTED_SCHEMA)
        .contains(&option)
        || option == ffi::SQLITE_DBCONFIG_ENABLE_VIEW;
    if known {
        return Ok(());
    }
    raise!(py, ValueError, "unknown config 'op': {option}")
}

fn set_config(py: Py, this: &This, option: i32, on: Option<bool>) -> PyResult<()> {
    let database = this.own_database(py)?;
    check_switch(py, option)?;
    let wanted = on.unwrap_or(true);
    match database.config(option, Some(wanted)) {
        Ok(now) if now == wanted => Ok(()),
        Ok(_) => errors::raise(py, Kind::Operational, "Unable to set config"),
        Err(code) => errors::fail_code(py, code),
    }
}

fn get_config(py: Py, this: &This, option: i32) -> PyResult<bool> {
    let database = this.own_database(py)?;
    check_switch(py, option)?;
    match database.config(option, None) {
        Ok(now) => Ok(now),
        Err(code) => errors::fail_code(py, code),
    }
}

fn enable_load_extension(py: Py, this: &This, on: bool) -> PyResult<()> {
    let own = Value::from(krait_object::Layout::to_owned(this));
    audit(py, "sqlite3.enable_load_extension", &[own, Value::bool(on)])?;
    let database = this.own_database(py)?;
    match database.enable_load_extension(on) {
        ffi::SQLITE_OK => Ok(()),
        _ => {
            let text = "Error enabling load extension";
            errors::raise(py, Kind::Operational, text)
        }
    }
}

fn load_extension(py: Py, this: &This, name: String, entry: Option<&Value>) -> PyResult<()> {
    let own = Value::from(krait_object::Layout::to_owned(this));
    let shown = Value::from(Str::new(&name));
    audit(py, "sqlite3.load_extension", &[own, shown])?;
    let database = this.own_database(py)?;
    let c_text = |text: String| match CString::new(text) {
        Ok(text) => Ok(text),
        Err(_) => raise!(py, ValueError, "embedded null character"),
    };
    let entry = match entry.map(|e| (e, e.downcast::<Str>())) {
        None => None,
        Some((_, Some(text))) => Some(c_text(text.to_utf8(py)?.into_owned())?),
        Some((other, None)) => {
            let got = other.ty().short_name();
            return raise!(
                py,
                TypeError,
                "load_extension() argument 'entrypoint' must be str or None, not {got}"
            );
        }
    };
    let name = c_text(name)?;
    match database.load_extension(&name, entry.as_deref()) {
        Ok(()) => Ok(()),
        Err(text) => errors::raise(py, Kind::Operational, &text),
    }
}

pub fn define(b: &mut TypeBuilder<This>) {
    b.method("setlimit($self, category, limit, /)", set_limit)
        .method(
            "getlimit($self, category, /)",
            |py: Py, this: &This, category: i32| set_limit(py, this, category, -1),
        )
        .method("setconfig($self, op, enable=True, /)", set_config)
        .method("getconfig($self, op, /)", get_config)
        .method(
            "enable_load_extension($self, enable, /)",
            enable_load_extension,
        )
        .method(
            "load_extension($self, name, /, *, entrypoint=None)",
            load_extension,
        )
        .method("interrupt($self, /)", |py: Py, this: &This| {
            this.database(py).map(|d| d.interrupt())
        });
}
