//! `connect()` and `Connection.__init__`.

use std::ffi::CStr;

use krait_object::native::{Args, ByPosition, KwArgs};
use krait_object::protocol::{self, number};
use krait_object::{
    Instance, Layout, ModuleBuilder, Py, PyResult, Str, Tuple, Value, errors as core_errors,
    exceptions, raise,
};
use krait_sqlite::{Database, ffi};
use krait_stdlib_os::blocking::audit;
use krait_stdlib_os::paths;

use super::{AUTOCOMMIT_OFF, AUTOCOMMIT_ON, Connection, LEGACY, This, thread_number, transactions};
use crate::cache::Cache;
use crate::errors;

pub const SIGNATURE: &str = "Connection(database, timeout=5.0, detect_types=0, isolation_level='', check_same_thread=True, factory=ConnectionType, cached_statements=128, uri=False, *, autocommit=sqlite3.LEGACY_TRANSACTION_CONTROL)";

/// What `BEGIN` is followed by.
pub fn isolation_level(py: Py, value: &Value) -> PyResult<Option<&'static str>> {
    if value.is_none() {
        return Ok(None);
    }
    let Some(text) = value.downcast::<Str>() else {
        return raise!(py, TypeError, "isolation_level must be str or None");
    };
    let text = text.to_utf8(py)?;
    if text.contains('\0') {
        return raise!(py, ValueError, "embedded null character");
    }
    let known = ["", "DEFERRED", "IMMEDIATE", "EXCLUSIVE"];
    match known.iter().find(|k| k.eq_ignore_ascii_case(&text)) {
        Some(level) => Ok(Some(level)),
        None => raise!(
            py,
            ValueError,
            "isolation_level string must be '', 'DEFERRED', 'IMMEDIATE', or 'EXCLUSIVE'"
        ),
    }
}

/// True, False or LEGACY_TRANSACTION_CONTROL.
pub fn autocommit(py: Py, value: &Value) -> PyResult<i32> {
    if value.is(&Value::bool(true)) {
        return Ok(AUTOCOMMIT_ON);
    }
    if value.is(&Value::bool(false)) {
        return Ok(AUTOCOMMIT_OFF);
    }
    if number::int_of(value) == Some(i64::from(LEGACY)) {
        return Ok(LEGACY);
    }
    raise!(
        py,
        ValueError,
        "autocommit must be True, False, or sqlite3.LEGACY_TRANSACTION_CONTROL"
    )
}

fn open_database(py: Py, path: &CStr, uri: bool) -> PyResult<Database> {
    let uri = if uri { ffi::SQLITE_OPEN_URI } else { 0 };
    let flags = ffi::SQLITE_OPEN_READWRITE | ffi::SQLITE_OPEN_CREATE | uri;
    match py.allow_threads(|| Database::open(path, flags)) {
        Ok(database) => Ok(database),
        Err(failure) => errors::fail(py, &failure),
    }
}

/// `Connection.__init__`.
#[expect(
    clippy::too_many_arguments,
    reason = "the arguments of the Python constructor"
)]
pub fn init(
    py: Py,
    this: &This,
    database: &Value,
    timeout: Option<f64>,
    detect_types: Option<i32>,
    level: Option<&Value>,
    check_same_thread: Option<bool>,
    _factory: Option<&Value>,
    cached_statements: Option<i32>,
    uri: Option<bool>,
    autocommit_given: Option<&Value>,
    by_position: ByPosition,
) -> PyResult<()> {
    if by_position.0 > 1 {
        warn_positional(py, "_sqlite3.Connection()")?;
    }
    let level = level.map_or(Ok(Some("")), |l| isolation_level(py, l))?;
    let control = autocommit_given.map_or(Ok(LEGACY), |a| autocommit(py, a))?;
    let path = paths::fs_converter(py, database)?;
    audit(py, "sqlite3.connect", std::slice::from_ref(database))?;
    if this.initialized.replace(false) {
        this.give_up();
    }
    this.reset_factories();
    let opened = open_database(py, &path, uri.unwrap_or(false))?;
    let milliseconds = timeout.unwrap_or(5.0) * 1000.0;
    opened.set_busy_timeout(milliseconds as i32);
    let cached = cached_statements.unwrap_or(128);
    *this.cache.borrow_mut() = Cache::new(usize::try_from(cached).unwrap_or(usize::MAX));
    this.detect_types.set(detect_types.unwrap_or(0));
    this.isolation_level.set(level);
    this.autocommit.set(control);
    let checks = check_same_thread.unwrap_or(true);
    this.thread.set(if checks { thread_number() } else { 0 });
    *this.database.borrow_mut() = Some(opened.clone());
    this.initialized.set(true);
    let own = Value::from(this.to_owned());
    audit(py, "sqlite3.connect/handle", &[own])?;
    if control == AUTOCOMMIT_OFF {
        transactions::run(py, &opened, "BEGIN")?;
    }
    Ok(())
}

/// Warns of arguments that will be keyword-only.
fn warn_positional(py: Py, what: &str) -> PyResult<()> {
    let text = format!(
        "Passing more than 1 positional argument to {what} is deprecated. Parameters 'timeout', \
         'detect_types', 'isolation_level', 'check_same_thread', 'factory', 'cached_statements' \
         and 'uri' will become keyword-only parameters in Python 3.15."
    );
    core_errors::warn(py, &exceptions::DeprecationWarning, &text, 1)
}

/// `connect()`: calls the factory with all arguments.
fn connect(py: Py, args: Args<'_>, kwargs: KwArgs) -> PyResult {
    if args.0.len() > 1 {
        warn_positional(py, "sqlite3.connect()")?;
    }
    let named = kwargs.0.as_ref().and_then(|k| k.get_str(py, "factory"));
    let factory = named
        .or_else(|| args.0.get(5).cloned())
        .unwrap_or_else(krait_object::protocol::attr::type_value::<Instance<Connection>>);
    let positional = Tuple::from_slice(args.0);
    protocol::call::call_tuple(py, &factory, &positional, kwargs.0.as_deref())
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function("connect(*args, **kwargs)", connect)?;
    Ok(())
}
