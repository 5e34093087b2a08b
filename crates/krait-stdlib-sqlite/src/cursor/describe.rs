//! What a statement's columns are called, and the converters of their types.

use krait_object::{Py, PyResult, Str, Tuple, Value};
use krait_sqlite::Statement as Handle;

use super::Cursor;
use crate::connection::{Connection, PARSE_COLNAMES, PARSE_DECLTYPES};
use crate::protocol;
use crate::statement::Statement;

/// The name that is shown: without the type in brackets where that is looked for.
fn shown_name(name: &str, detect: i32) -> &str {
    if detect & PARSE_COLNAMES == 0 {
        return name;
    }
    match name.find('[') {
        Some(at) => name[..at].strip_suffix(' ').unwrap_or(&name[..at]),
        None => name,
    }
}

fn column(name: Option<&str>) -> Value {
    let name = name.map_or_else(Value::none, |n| Value::from(Str::new(n)));
    let none = Value::none;
    Value::from(Tuple::from_values([
        name,
        none(),
        none(),
        none(),
        none(),
        none(),
        none(),
    ]))
}

/// The description of a statement that gives rows; made anew only where SQLite has
/// prepared the statement anew.
pub fn description(statement: &Statement, handle: &Handle, detect: i32) -> Value {
    let version = handle.reprepared();
    if let Some((made, description)) = &*statement.description.borrow()
        && *made == version
    {
        return description.clone();
    }
    let columns = (0..handle.column_count()).map(|at| {
        let name = handle.column_name(at);
        column(name.as_deref().map(|n| shown_name(n, detect)))
    });
    let columns: Vec<Value> = columns.collect();
    let description = Value::from(Tuple::from_values(columns));
    *statement.description.borrow_mut() = Some((version, description.clone()));
    description
}

/// The converter that a column's name asks for in brackets.
fn named_converter(py: Py, name: &str) -> PyResult<Option<Value>> {
    let Some(start) = name.find('[') else {
        return Ok(None);
    };
    // The last opening bracket before the first closing one.
    let Some(end) = name[start..].find(']').map(|at| at + start) else {
        return Ok(None);
    };
    let start = name[..end].rfind('[').unwrap_or(start);
    protocol::converter(py, &name[start + 1..end])
}

/// The converters of the columns.
pub fn casts(py: Py, connection: &Connection, handle: &Handle) -> PyResult<Vec<Option<Value>>> {
    let detect = connection.detect_types.get();
    let mut casts = Vec::with_capacity(handle.column_count());
    for at in 0..handle.column_count() {
        let mut found = None;
        if detect & PARSE_COLNAMES != 0
            && let Some(name) = handle.column_name(at)
        {
            found = named_converter(py, &name)?;
        }
        if found.is_none()
            && detect & PARSE_DECLTYPES != 0
            && let Some(declared) = handle.column_decltype(at)
        {
            // `NUMBER(10)` and `INTEGER NOT NULL` are known by their first word.
            let word = declared.split([' ', '(']).next().unwrap_or("");
            found = protocol::converter(py, word)?;
        }
        casts.push(found);
    }
    Ok(casts)
}

impl Cursor {
    /// Looks at a statement's columns before its rows are read.
    pub(super) fn prepare_casts(
        &self,
        py: Py,
        connection: &Connection,
        handle: &Handle,
    ) -> PyResult<()> {
        if connection.detect_types.get() == 0 {
            return Ok(());
        }
        let casts = casts(py, connection, handle)?;
        let old = self.casts.replace(casts);
        drop(old);
        Ok(())
    }
}
