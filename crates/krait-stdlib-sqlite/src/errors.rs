//! The exceptions of DB-API, and how SQLite's failures become them.

use std::cell::{Cell, RefCell};

use krait_object::protocol::set_attr;
use krait_object::{
    GilCell, ModuleBuilder, Object, Py, PyResult, Str, Type, Value, errors, exceptions, intern,
    protocol,
};
use krait_sqlite::{Code, Failure, ffi};
use krait_stdlib_os::exceptions::new_class;

use crate::constants;

/// The exception classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Warning,
    Error,
    Interface,
    Database,
    Internal,
    Operational,
    Programming,
    Integrity,
    Data,
    NotSupported,
}

/// Kind, name, base.
const CLASSES: [(Kind, &str, Option<Kind>); 10] = [
    (Kind::Warning, "Warning", None),
    (Kind::Error, "Error", None),
    (Kind::Interface, "InterfaceError", Some(Kind::Error)),
    (Kind::Database, "DatabaseError", Some(Kind::Error)),
    (Kind::Internal, "InternalError", Some(Kind::Database)),
    (Kind::Operational, "OperationalError", Some(Kind::Database)),
    (Kind::Programming, "ProgrammingError", Some(Kind::Database)),
    (Kind::Integrity, "IntegrityError", Some(Kind::Database)),
    (Kind::Data, "DataError", Some(Kind::Database)),
    (
        Kind::NotSupported,
        "NotSupportedError",
        Some(Kind::Database),
    ),
];

struct State {
    classes: RefCell<Vec<Value>>,
    /// Whether errors in callbacks are shown.
    tracebacks: Cell<bool>,
}

static STATE: GilCell<State> = GilCell::new(State {
    classes: RefCell::new(Vec::new()),
    tracebacks: Cell::new(false),
});

/// The class of a kind.
pub fn class(py: Py, kind: Kind) -> Value {
    let found = STATE.get(py).classes.borrow().get(kind as usize).cloned();
    found.unwrap_or_else(|| {
        Value::from(krait_object::Layout::to_owned(
            &*exceptions::Exception as &Type,
        ))
    })
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    let py = m.py;
    STATE.get(py).classes.borrow_mut().clear();
    for (_, name, base) in CLASSES {
        let full = format!("sqlite3.{name}");
        let base = base.map(|kind| class(py, kind));
        let made = match base.as_ref().and_then(|b| b.downcast::<Type>()) {
            Some(base) => new_class(py, &full, base)?,
            None => new_class(py, &full, &exceptions::Exception)?,
        };
        m.value(name, made.clone())?;
        STATE.get(py).classes.borrow_mut().push(made);
    }
    m.function(
        "enable_callback_tracebacks($module, enable, /)",
        |py: Py, on: bool| STATE.get(py).tracebacks.set(on),
    )?;
    Ok(())
}

/// Raises an exception of a kind with a text.
#[cold]
pub fn raise<T>(py: Py, kind: Kind, text: &str) -> PyResult<T> {
    krait_stdlib_os::exceptions::raise(py, &class(py, kind), &[Value::from(Str::new(text))])
}

fn kind_of(code: Code) -> Kind {
    match code & 0xFF {
        ffi::SQLITE_INTERNAL | ffi::SQLITE_NOTFOUND => Kind::Internal,
        ffi::SQLITE_ERROR
        | ffi::SQLITE_PERM
        | ffi::SQLITE_ABORT
        | ffi::SQLITE_BUSY
        | ffi::SQLITE_LOCKED
        | ffi::SQLITE_READONLY
        | ffi::SQLITE_INTERRUPT
        | ffi::SQLITE_IOERR
        | ffi::SQLITE_FULL
        | ffi::SQLITE_CANTOPEN
        | ffi::SQLITE_PROTOCOL
        | ffi::SQLITE_EMPTY
        | ffi::SQLITE_SCHEMA => Kind::Operational,
        ffi::SQLITE_TOOBIG => Kind::Data,
        ffi::SQLITE_CONSTRAINT | ffi::SQLITE_MISMATCH => Kind::Integrity,
        ffi::SQLITE_MISUSE | ffi::SQLITE_RANGE => Kind::Interface,
        _ => Kind::Database,
    }
}

/// Raises what SQLite has failed with.
#[cold]
pub fn fail<T>(py: Py, failure: &Failure) -> PyResult<T> {
    if failure.code & 0xFF == ffi::SQLITE_NOMEM {
        return errors::no_memory();
    }
    let text = Value::from(Str::new(&failure.message));
    let error = protocol::call(py, &class(py, kind_of(failure.code)), &[text])?;
    let code = Value::int(i64::from(failure.extended));
    set_attr(py, &error, intern!("sqlite_errorcode"), &code)?;
    let name = constants::code_name(failure.extended).unwrap_or("unknown");
    let name = Value::from(Str::new(name));
    set_attr(py, &error, intern!("sqlite_errorname"), &name)?;
    Err(errors::raise_object(py, error.into_object()))
}

/// Raises for a result code without a connection's own text.
#[cold]
pub fn fail_code<T>(py: Py, code: Code) -> PyResult<T> {
    let failure = Failure {
        code,
        extended: code,
        message: krait_sqlite::code_text(code).to_owned(),
    };
    fail(py, &failure)
}

/// Shows the exception of a callback where that is wanted; it is gone in any case.
pub fn report_callback(py: Py, callable: &Object) {
    if STATE.get(py).tracebacks.get() {
        let saved = py.thread().take_exception();
        let shown = protocol::repr::repr_object(py, callable);
        let shown = shown.map_or_else(|_| String::new(), |s| s.to_rust().into_owned());
        drop(py.thread().take_exception());
        if let Some(saved) = saved {
            py.thread().set_exception(saved);
        }
        let doing = format!("Exception ignored on sqlite3 callback {shown}");
        errors::write_unraisable(py, Some(&doing), None);
    } else {
        drop(py.thread().take_exception());
    }
}
