//! Transactions: beginning, committing, rolling back, and the context manager.

use krait_object::native::TypeBuilder;
use krait_object::{Layout, Owned, Py, PyResult, Value};
use krait_sqlite::{Database, ffi};

use super::{AUTOCOMMIT_OFF, Connection, LEGACY, This};
use crate::errors;

/// Runs a statement that gives no rows.
pub fn run(py: Py, database: &Database, sql: &str) -> PyResult<()> {
    match py.allow_threads(|| database.execute(sql)) {
        ffi::SQLITE_OK => Ok(()),
        _ => errors::fail(py, &database.failure()),
    }
}

/// Begins a transaction before a statement that changes rows, in legacy control.
pub fn begin_if_needed(
    py: Py,
    connection: &Connection,
    database: &Database,
    changes: bool,
) -> PyResult<()> {
    if !changes || !connection.is_legacy() || !database.is_autocommit() {
        return Ok(());
    }
    match connection.isolation_level.get() {
        None => Ok(()),
        Some(level) => run(py, database, &format!("BEGIN {level}")),
    }
}

fn finish(py: Py, this: &This, sql: &str) -> PyResult<()> {
    let database = this.own_database(py)?;
    match this.autocommit.get() {
        LEGACY if !database.is_autocommit() => run(py, &database, sql),
        AUTOCOMMIT_OFF => {
            run(py, &database, sql)?;
            run(py, &database, "BEGIN")
        }
        _ => Ok(()),
    }
}

pub fn commit(py: Py, this: &This) -> PyResult<()> {
    finish(py, this, "COMMIT")
}

fn rollback(py: Py, this: &This) -> PyResult<()> {
    finish(py, this, "ROLLBACK")
}

fn enter(py: Py, this: &This) -> PyResult<Owned<This>> {
    this.database(py)?;
    Ok(this.to_owned())
}

fn exit(py: Py, this: &This, class: &Value, _value: &Value, _traceback: &Value) -> PyResult<bool> {
    if !class.is_none() {
        rollback(py, this)?;
        return Ok(false);
    }
    if let Err(raised) = commit(py, this) {
        // What cannot be committed must not stay open.
        let failed = py.thread().take_exception();
        let rolled_back = rollback(py, this);
        if rolled_back.is_ok()
            && let Some(failed) = failed
        {
            py.thread().set_exception(failed);
        }
        return Err(raised);
    }
    Ok(false)
}

pub fn define(b: &mut TypeBuilder<This>) {
    b.method("commit($self, /)", commit)
        .method("rollback($self, /)", rollback)
        .method("__enter__($self, /)", enter)
        .method("__exit__($self, type, value, traceback, /)", exit);
}
