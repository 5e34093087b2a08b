//! `_sqlite3`: the DB-API on SQLite (PEP 249), over krait-sqlite.
//!
//! Calls that can take time are made without the GIL; callbacks of the program take it
//! again. What SQLite keeps of Python's is `Held`, so that it can be given up anywhere.
#![forbid(unsafe_code)]

use krait_object::native::module::NativeModule;
use krait_object::{ModuleBuilder, PyResult};

mod blob;
mod cache;
mod connection;
mod constants;
mod cursor;
mod errors;
mod functions;
mod protocol;
mod row;
mod statement;
mod values;

/// The modules of this crate.
pub const MODULES: &[NativeModule] = &[NativeModule {
    name: "_sqlite3",
    init,
}];

fn init(m: &ModuleBuilder) -> PyResult<()> {
    constants::define(m)?;
    errors::define(m)?;
    m.text("sqlite_version", krait_sqlite::version())?;
    m.class::<connection::Connection>()?
        .class::<cursor::Cursor>()?
        .class::<row::Row>()?
        .class::<blob::Blob>()?
        .class::<protocol::PrepareProtocol>()?;
    protocol::define(m)?;
    connection::define(m)
}
