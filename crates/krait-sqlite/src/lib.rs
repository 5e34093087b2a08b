//! SQLite behind safe handles: connections, statements, functions, blobs, backups.
//!
//! What always holds: a handle of SQLite's lives as long as what was made from it, since
//! statements, blobs and backups share the connection (`Inner`); SQLite is compiled in
//! serialised mode, so every call may be made from any thread; what SQLite lends (text
//! and blobs of a row) is lent on under an exclusive guard of the statement.

mod backup;
mod blob;
mod database;
mod functions;
mod handlers;
mod image;
mod statement;

pub use backup::{Backup, sleep};
pub use blob::Blob;
pub use database::{Database, Failure};
pub use functions::{Aggregate, Arguments, Collation, Context, Scalar, ValueRef, Window};
pub use handlers::{Authorizer, Progress, Tracer};
pub use libsqlite3_sys as ffi;
pub use statement::{Column, Prepared, Row, Statement};

/// A result code of SQLite's.
pub type Code = i32;

/// The version of the library.
pub fn version() -> &'static str {
    // SAFETY: the library's own text, which is never freed.
    unsafe { std::ffi::CStr::from_ptr(ffi::sqlite3_libversion()) }
        .to_str()
        .unwrap_or("")
}

/// The English text of a result code.
pub fn code_text(code: Code) -> &'static str {
    // SAFETY: the library's own text, which is never freed.
    unsafe { std::ffi::CStr::from_ptr(ffi::sqlite3_errstr(code)) }
        .to_str()
        .unwrap_or("")
}

/// Whether a text ends with a whole statement.
pub fn is_complete(sql: &std::ffi::CStr) -> bool {
    start();
    // SAFETY: a C string.
    unsafe { ffi::sqlite3_complete(sql.as_ptr()) != 0 }
}

/// Sets the library up as Python expects it: names are paths and no URIs unless a
/// connection says so, and memory is not counted. Before its first other use.
pub(crate) fn start() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        // SAFETY: the library is not in use yet; each option takes one int.
        unsafe {
            ffi::sqlite3_config(ffi::SQLITE_CONFIG_URI, 0);
            ffi::sqlite3_config(ffi::SQLITE_CONFIG_MEMSTATUS, 0);
            ffi::sqlite3_initialize();
        }
    });
}
