//! A database as bytes, and one value of it.

use std::ffi::CString;

use krait_object::native::TypeBuilder;
use krait_object::types::weakref;
use krait_object::{Bytes, Instance, Layout, Owned, Py, PyResult, Value, raise};
use krait_sqlite::ffi;
use krait_stdlib_os::blocking::Data;

use super::This;
use crate::blob::Blob;
use crate::errors::{self, Kind};

fn c_text(py: Py, text: String) -> PyResult<CString> {
    match CString::new(text) {
        Ok(text) => Ok(text),
        Err(_) => raise!(py, ValueError, "embedded null character"),
    }
}

/// A schema's name; the main one where none is given.
pub fn schema(py: Py, name: Option<String>) -> PyResult<CString> {
    c_text(py, name.unwrap_or_else(|| "main".to_owned()))
}

fn serialize(py: Py, this: &This, name: Option<String>) -> PyResult<Owned<Bytes>> {
    let database = this.own_database(py)?;
    let schema = schema(py, name)?;
    match py.allow_threads(|| database.serialize(&schema)) {
        Some(bytes) => Ok(Bytes::new(&bytes)),
        None => {
            let text = format!("unable to serialize '{}'", schema.to_string_lossy());
            errors::raise(py, Kind::Operational, &text)
        }
    }
}

fn deserialize(py: Py, this: &This, data: Data, name: Option<String>) -> PyResult<()> {
    let database = this.own_database(py)?;
    let schema = schema(py, name)?;
    let bytes = data.as_slice();
    match py.allow_threads(|| database.deserialize(&schema, bytes)) {
        ffi::SQLITE_OK => Ok(()),
        _ => errors::fail(py, &database.failure()),
    }
}

fn blobopen(
    py: Py,
    this: &This,
    table: String,
    column: String,
    row: &Value,
    readonly: Option<bool>,
    name: Option<String>,
) -> PyResult<Owned<Instance<Blob>>> {
    let row = crate::values::integer(py, row)?;
    let database = this.own_database(py)?;
    let (table, column) = (c_text(py, table)?, c_text(py, column)?);
    let schema = schema(py, name)?;
    let writable = !readonly.unwrap_or(false);
    let opened = py.allow_threads(|| database.open_blob(&schema, &table, &column, row, writable));
    let Ok(handle) = opened else {
        return errors::fail(py, &database.failure());
    };
    let blob = Blob::make(py, this.to_owned(), handle);
    this.add_blob(weakref::new_ref(py, blob.as_object(), None)?);
    Ok(blob)
}

pub fn define(b: &mut TypeBuilder<This>) {
    b.method("serialize($self, /, *, name='main')", serialize)
        .method("deserialize($self, data, /, *, name='main')", deserialize)
        .method(
            "blobopen($self, table, column, rowid, /, *, readonly=False, name='main')",
            blobopen,
        );
}
