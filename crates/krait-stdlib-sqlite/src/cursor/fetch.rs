//! Reading rows.

use krait_object::native::TypeBuilder;
use krait_object::{Bytes, Instance, List, Owned, Py, PyResult, Str, Tuple, Value, protocol};
use krait_sqlite::{Column, Row, ffi};

use super::{Cursor, This, execute};
use crate::connection::TextFactory;
use crate::errors::{self, Kind};

/// Text that is not UTF-8, as the error shows it.
#[cold]
fn undecodable<T>(py: Py, name: Option<&str>, text: &[u8]) -> PyResult<T> {
    let ascii = |bytes: &[u8]| -> String {
        let chars = bytes.iter().take_while(|&&b| b != 0);
        chars
            .map(|&b| if b < 0x80 { char::from(b) } else { '\u{FFFD}' })
            .collect()
    };
    let text = format!(
        "Could not decode to UTF-8 column '{}' with text '{}'",
        name.unwrap_or(""),
        ascii(text)
    );
    errors::raise(py, Kind::Operational, &text)
}

/// Python's own value of a column, or what must be made of bytes by the program.
enum Cell {
    Value(Value),
    /// Bytes for a converter or a factory of texts.
    Bytes(Value),
    Bad(Vec<u8>),
}

fn text_cell(row: &mut Row<'_>, at: usize, factory: TextFactory) -> Cell {
    let bytes = row.text(at).unwrap_or(&[]);
    match factory {
        TextFactory::Str => match Str::from_utf8(bytes) {
            Some(text) => Cell::Value(Value::from(text)),
            None => Cell::Bad(bytes.to_vec()),
        },
        TextFactory::Bytes => Cell::Value(Value::from(Bytes::new(bytes))),
        TextFactory::Other => Cell::Bytes(Value::from(Bytes::new(bytes))),
    }
}

fn cell(row: &mut Row<'_>, at: usize, converts: bool, factory: TextFactory) -> Cell {
    if converts {
        return match row.blob(at) {
            Some(bytes) => Cell::Bytes(Value::from(Bytes::new(bytes))),
            None => Cell::Value(Value::none()),
        };
    }
    Cell::Value(match row.column(at) {
        Column::Null => Value::none(),
        Column::Integer(n) => Value::int(n),
        Column::Float(f) => Value::float(f),
        Column::Text => return text_cell(row, at, factory),
        Column::Blob => Value::from(Bytes::new(row.blob(at).unwrap_or(&[]))),
    })
}

/// The current row as a tuple.
fn read_row(py: Py, this: &Cursor, handle: &krait_sqlite::Statement) -> PyResult<Owned<Tuple>> {
    let connection = this.connection.borrow().clone();
    let Some(connection) = connection else {
        return errors::raise(py, Kind::Programming, "Base Cursor.__init__ not called.");
    };
    let count = handle.data_count();
    let mut values = Vec::with_capacity(count);
    let detects = connection.detect_types.get() != 0;
    let factory = connection.text_factory_kind();
    for at in 0..count {
        let converter = if detects {
            this.casts.borrow().get(at).cloned().flatten()
        } else {
            None
        };
        let Some(mut row) = handle.row() else {
            return errors::fail_code(py, ffi::SQLITE_MISUSE);
        };
        let cell = cell(&mut row, at, converter.is_some(), factory);
        // What runs below may use the statement.
        drop(row);
        values.push(match (cell, converter) {
            (Cell::Value(value), _) => value,
            (Cell::Bytes(bytes), Some(converter)) => protocol::call(py, &converter, &[bytes])?,
            (Cell::Bytes(bytes), None) => {
                let factory = connection.text_factory.borrow().clone();
                protocol::call(py, &factory, &[bytes])?
            }
            (Cell::Bad(text), _) => {
                return undecodable(py, handle.column_name(at).as_deref(), &text);
            }
        });
    }
    Ok(Tuple::from_values(values))
}

/// The next row, as the row factory makes it.
fn next(py: Py, this: &This) -> PyResult<Option<Value>> {
    let connection = this.usable(py)?;
    let Some(statement) = this.statement.borrow().clone() else {
        return Ok(None);
    };
    let Some(handle) = &statement.handle else {
        return Ok(None);
    };
    if handle.data_count() == 0 {
        this.drop_statement();
        return Ok(None);
    }
    this.locked.set(true);
    let row = read_row(py, this, handle);
    this.locked.set(false);
    let row = row?;
    let code = execute::step(py, &statement);
    if py.thread().has_exception() {
        // A callback of the program could not tell SQLite of it.
        this.drop_statement();
        return Err(krait_object::Raised);
    }
    match code {
        ffi::SQLITE_ROW => {}
        ffi::SQLITE_DONE => {
            if statement.is_dml {
                let changes = connection.database(py)?.changes();
                this.row_count.set(this.row_count.get() + changes);
            }
            this.drop_statement();
        }
        _ => {
            let failure = connection.database(py)?.failure();
            this.drop_statement();
            return errors::fail(py, &failure);
        }
    }
    let factory = this.row_factory.borrow().clone();
    let row = Value::from(row);
    if factory.is_none() {
        return Ok(Some(row));
    }
    let own = Value::from(krait_object::Layout::to_owned(this));
    protocol::call(py, &factory, &[own, row]).map(Some)
}

fn fetch(py: Py, this: &This, most: Option<u32>) -> PyResult<Owned<List>> {
    let list = List::new();
    let mut count = 0u32;
    while most != Some(count) {
        let Some(row) = next(py, this)? else { break };
        list.push_value(row);
        count = count.wrapping_add(1);
    }
    Ok(list)
}

fn fetchmany(py: Py, this: &This, size: Option<&Value>) -> PyResult<Owned<List>> {
    let most = match size {
        None => this.array_size.get(),
        Some(size) => super::row_number(py, size, "Python int too large for C uint32_t")?,
    };
    fetch(py, this, Some(most))
}

pub fn define(b: &mut TypeBuilder<Instance<Cursor>>) {
    b.next(next)
        .method("fetchone($self, /)", next)
        .method("fetchmany($self, /, size=1)", fetchmany)
        .method("fetchall($self, /)", |py: Py, this: &This| {
            fetch(py, this, None)
        });
}
