//! Running statements.

use std::rc::Rc;

use krait_object::native::TypeBuilder;
use krait_object::protocol::iter::Iter;
use krait_object::{Instance, Layout, Owned, Py, PyResult, Str, Tuple, Value};
use krait_sqlite::{Code, Database, ffi};

use super::{Cursor, This, describe};
use crate::connection::{self, Connection};
use crate::errors::{self, Kind};
use crate::statement::Statement;

/// Runs a statement to its next row, without the GIL. A text without a statement is done
/// at once.
pub fn step(py: Py, statement: &Statement) -> Code {
    match &statement.handle {
        Some(handle) => py.allow_threads(|| handle.step()),
        None => ffi::SQLITE_DONE,
    }
}

struct Lock<'a>(&'a Cursor);

impl Drop for Lock<'_> {
    fn drop(&mut self) {
        self.0.locked.set(false);
    }
}

/// One run of a statement with the parameters of one row.
struct Run<'a> {
    connection: &'a Connection,
    database: &'a Database,
    statement: &'a Rc<Statement>,
    many: bool,
}

fn run_once(py: Py, this: &Cursor, run: &Run<'_>, parameters: &Value) -> PyResult<()> {
    let statement = run.statement;
    statement.bind(py, run.database, parameters)?;
    let code = step(py, statement);
    if code != ffi::SQLITE_DONE && code != ffi::SQLITE_ROW {
        let failure = run.database.failure();
        statement.reset();
        if py.thread().has_exception() {
            return Err(krait_object::Raised);
        }
        return errors::fail(py, &failure);
    }
    if py.thread().has_exception() {
        // A callback of the program could not tell SQLite of it.
        statement.reset();
        return Err(krait_object::Raised);
    }
    if let Some(handle) = &statement.handle {
        this.prepare_casts(py, run.connection, handle)?;
        if this.description.borrow().is_none() && handle.column_count() > 0 {
            let detect = run.connection.detect_types.get();
            let description = describe::description(statement, handle, detect);
            let old = this.description.replace(description);
            drop(old);
        }
    }
    if code == ffi::SQLITE_DONE {
        if statement.is_dml {
            this.row_count
                .set(this.row_count.get() + run.database.changes());
        }
        statement.reset();
    }
    Ok(())
}

fn prepare(py: Py, this: &Cursor, connection: &Connection, sql: &Str) -> PyResult<Rc<Statement>> {
    this.drop_statement();
    let old = this.description.replace(Value::none());
    drop(old);
    let statement = connection.statement(py, sql)?;
    *this.statement.borrow_mut() = Some(statement.clone());
    Ok(statement)
}

fn run(py: Py, this: &This, sql: &Str, parameters: &Value, many: bool) -> PyResult<()> {
    let connection = this.usable(py)?;
    this.locked.set(true);
    let lock = Lock(this);
    let mut rows = if many {
        Some(Iter::new(py, parameters)?)
    } else {
        None
    };
    let statement = prepare(py, this, &connection, sql)?;
    let readonly = statement.handle.as_ref().is_none_or(|h| h.is_readonly());
    if many && readonly {
        let text = "executemany() can only execute DML statements.";
        return errors::raise(py, Kind::Programming, text);
    }
    this.row_count.set(if statement.is_dml { 0 } else { -1 });
    let database = connection.database(py)?;
    statement.reset();
    connection::transactions::begin_if_needed(py, &connection, &database, statement.is_dml)?;
    let run = Run {
        connection: &connection,
        database: &database,
        statement: &statement,
        many,
    };
    match &mut rows {
        None => run_once(py, this, &run, parameters)?,
        Some(rows) => {
            while let Some(parameters) = rows.next(py)? {
                run_once(py, this, &run, &parameters)?;
                statement.reset();
            }
        }
    }
    if run.many {
        this.drop_statement();
    } else {
        let id = Value::int(database.last_insert_rowid());
        let old = this.last_row.replace(id);
        drop(old);
    }
    drop(lock);
    Ok(())
}

/// `execute` and `executemany`; on failure there is no count and nothing to read.
fn guarded(
    py: Py,
    this: &This,
    sql: &Str,
    parameters: &Value,
    many: bool,
) -> PyResult<Owned<This>> {
    let was_locked = this.locked.get();
    match run(py, this, sql, parameters, many) {
        Ok(()) => Ok(this.to_owned()),
        Err(raised) => {
            if !was_locked {
                this.drop_statement();
                this.row_count.set(-1);
            }
            Err(raised)
        }
    }
}

/// `Cursor.execute`, which `Connection.execute` uses too.
pub fn execute(
    py: Py,
    this: &This,
    sql: &Str,
    parameters: Option<&Value>,
) -> PyResult<Owned<This>> {
    match parameters {
        Some(parameters) => guarded(py, this, sql, parameters, false),
        None => guarded(py, this, sql, &Value::from(Tuple::empty()), false),
    }
}

fn executemany(py: Py, this: &This, sql: &Str, rows: &Value) -> PyResult<Owned<This>> {
    guarded(py, this, sql, rows, true)
}

/// Runs a script: what is open is committed first.
fn executescript(py: Py, this: &This, script: String) -> PyResult<Owned<This>> {
    let connection = this.usable(py)?;
    let database = connection.database(py)?;
    if script.contains('\0') {
        return krait_object::raise!(py, ValueError, "embedded null character");
    }
    if script.len() > database.limit(ffi::SQLITE_LIMIT_SQL_LENGTH, -1) as usize {
        return errors::raise(py, Kind::Data, "query string is too large");
    }
    if connection.is_legacy() && !database.is_autocommit() {
        connection::transactions::run(py, &database, "COMMIT")?;
    }
    let mut rest = script.as_bytes();
    while !rest.is_empty() {
        let result = py.allow_threads(|| {
            let prepared = database.prepare(rest)?;
            if let Some(statement) = prepared.statement {
                let code = loop {
                    match statement.step() {
                        ffi::SQLITE_ROW => {}
                        code => break code,
                    }
                };
                if code != ffi::SQLITE_DONE {
                    return Err(code);
                }
            }
            Ok(prepared.tail)
        });
        match result {
            Ok(tail) if tail > 0 => rest = &rest[tail..],
            Ok(_) => break,
            Err(_) => return errors::fail(py, &database.failure()),
        }
    }
    Ok(this.to_owned())
}

pub fn define(b: &mut TypeBuilder<Instance<Cursor>>) {
    b.method("execute($self, sql, parameters=(), /)", execute)
        .method("executemany($self, sql, seq_of_parameters, /)", executemany)
        .method("executescript($self, sql_script, /)", executescript);
}
