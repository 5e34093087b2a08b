//! Connections.

use std::ffi::{CStr, CString, c_int};
use std::ptr::NonNull;
use std::sync::Arc;

use libsqlite3_sys as ffi;

use crate::Code;
use crate::handlers::Handlers;

/// What went wrong, as the connection tells it.
#[derive(Clone, Debug)]
pub struct Failure {
    pub code: Code,
    pub extended: Code,
    pub message: String,
}

/// A connection's handle; closed when the last thing made from it is gone.
pub(crate) struct Inner {
    raw: NonNull<ffi::sqlite3>,
    pub(crate) handlers: Handlers,
}

// SAFETY: SQLite is in serialised mode: its handles may be used from any thread, and at
// the same time.
unsafe impl Send for Inner {}
// SAFETY: as above.
unsafe impl Sync for Inner {}

impl Drop for Inner {
    fn drop(&mut self) {
        // SAFETY: the handle is open, and nothing made from it is left.
        unsafe {
            ffi::sqlite3_close(self.raw.as_ptr());
        }
    }
}

impl Inner {
    pub(crate) fn raw(&self) -> *mut ffi::sqlite3 {
        self.raw.as_ptr()
    }

    fn failure(&self) -> Failure {
        failure_of(self.raw())
    }
}

fn failure_of(raw: *mut ffi::sqlite3) -> Failure {
    // SAFETY: the handle is open; the message is copied before another call.
    unsafe {
        let message = ffi::sqlite3_errmsg(raw);
        Failure {
            code: ffi::sqlite3_errcode(raw),
            extended: ffi::sqlite3_extended_errcode(raw),
            message: text(message).unwrap_or_default(),
        }
    }
}

/// A copy of a C string; `None` for null.
pub(crate) fn text(raw: *const std::ffi::c_char) -> Option<String> {
    if raw.is_null() {
        return None;
    }
    // SAFETY: SQLite's texts end with zero and stay until the next call at least.
    Some(
        unsafe { CStr::from_ptr(raw) }
            .to_string_lossy()
            .into_owned(),
    )
}

/// A connection.
#[derive(Clone)]
pub struct Database(pub(crate) Arc<Inner>);

impl Database {
    /// Opens a database; `flags` are SQLite's.
    pub fn open(path: &CStr, flags: c_int) -> Result<Database, Failure> {
        crate::start();
        let mut raw = std::ptr::null_mut();
        // SAFETY: a C string and a place for the handle, which is set also on failure
        // unless there is no memory.
        let code =
            unsafe { ffi::sqlite3_open_v2(path.as_ptr(), &raw mut raw, flags, std::ptr::null()) };
        let Some(handle) = NonNull::new(raw) else {
            let message = crate::code_text(code).to_owned();
            return Err(Failure {
                code,
                extended: code,
                message,
            });
        };
        let inner = Inner {
            raw: handle,
            handlers: Handlers::default(),
        };
        if code != ffi::SQLITE_OK {
            return Err(inner.failure());
        }
        // The bundled library is built with foreign keys on; SQLite's own default is off.
        // SAFETY: the option takes an int and a place for the result, which may be null.
        unsafe {
            ffi::sqlite3_db_config(
                raw,
                ffi::SQLITE_DBCONFIG_ENABLE_FKEY,
                0,
                std::ptr::null_mut::<c_int>(),
            );
        }
        Ok(Database(Arc::new(inner)))
    }

    pub(crate) fn raw(&self) -> *mut ffi::sqlite3 {
        self.0.raw()
    }

    /// What the last call has failed with.
    pub fn failure(&self) -> Failure {
        self.0.failure()
    }

    /// How long to wait for a lock, in milliseconds.
    pub fn set_busy_timeout(&self, milliseconds: c_int) {
        // SAFETY: the handle is open.
        unsafe {
            ffi::sqlite3_busy_timeout(self.raw(), milliseconds);
        }
    }

    /// Whether no transaction is open.
    pub fn is_autocommit(&self) -> bool {
        // SAFETY: the handle is open.
        unsafe { ffi::sqlite3_get_autocommit(self.raw()) != 0 }
    }

    /// Rows changed by the last statement.
    pub fn changes(&self) -> i64 {
        // SAFETY: the handle is open.
        unsafe { ffi::sqlite3_changes64(self.raw()) }
    }

    /// Rows changed since the connection was opened.
    pub fn total_changes(&self) -> i64 {
        // SAFETY: the handle is open.
        unsafe { ffi::sqlite3_total_changes64(self.raw()) }
    }

    pub fn last_insert_rowid(&self) -> i64 {
        // SAFETY: the handle is open.
        unsafe { ffi::sqlite3_last_insert_rowid(self.raw()) }
    }

    /// Makes running statements end.
    pub fn interrupt(&self) {
        // SAFETY: the handle is open; the call is made for other threads.
        unsafe { ffi::sqlite3_interrupt(self.raw()) }
    }

    /// Reads a limit, and sets it where the value is not negative; -1 for no such limit.
    pub fn limit(&self, id: c_int, value: c_int) -> c_int {
        // SAFETY: the handle is open.
        unsafe { ffi::sqlite3_limit(self.raw(), id, value) }
    }

    /// A switch of the connection: sets it where a value is given.
    pub fn config(&self, option: c_int, value: Option<bool>) -> Result<bool, Code> {
        let mut now: c_int = 0;
        let wanted = value.map_or(-1, c_int::from);
        // SAFETY: the switches take an int and a place for the result.
        let code = unsafe { ffi::sqlite3_db_config(self.raw(), option, wanted, &raw mut now) };
        if code == ffi::SQLITE_OK {
            Ok(now != 0)
        } else {
            Err(code)
        }
    }

    /// Allows or forbids `load_extension`.
    pub fn enable_load_extension(&self, on: bool) -> Code {
        // SAFETY: the handle is open.
        unsafe { ffi::sqlite3_enable_load_extension(self.raw(), c_int::from(on)) }
    }

    /// Loads a shared library that extends SQLite; the error is its text.
    pub fn load_extension(&self, file: &CStr, entry: Option<&CStr>) -> Result<(), String> {
        let mut message = std::ptr::null_mut();
        let entry = entry.map_or(std::ptr::null(), CStr::as_ptr);
        // SAFETY: C strings, and a place for a message that is ours to free.
        unsafe {
            let code =
                ffi::sqlite3_load_extension(self.raw(), file.as_ptr(), entry, &raw mut message);
            let shown = text(message);
            ffi::sqlite3_free(message.cast());
            if code == ffi::SQLITE_OK {
                Ok(())
            } else {
                Err(shown.unwrap_or_else(|| self.failure().message))
            }
        }
    }

    /// Runs statements whose rows nobody wants.
    pub fn execute(&self, sql: &str) -> Code {
        let Ok(sql) = CString::new(sql) else {
            return ffi::SQLITE_MISUSE;
        };
        // SAFETY: a C string; there is no callback.
        unsafe {
            ffi::sqlite3_exec(
                self.raw(),
                sql.as_ptr(),
                None,
                std::ptr::null_mut(),
                std::ptr::null_mut(),
            )
        }
    }
}
