//! Prepared statements and their rows.

use std::ffi::{c_char, c_int};
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use libsqlite3_sys as ffi;

use crate::database::{Database, Inner, text};
use crate::{Code, ffi as codes};

/// A statement. One call at a time works on it: another gets `SQLITE_MISUSE`.
pub struct Statement {
    raw: NonNull<ffi::sqlite3_stmt>,
    in_use: AtomicBool,
    /// Keeps the connection open.
    _database: Arc<Inner>,
}

// SAFETY: SQLite is in serialised mode, and `in_use` keeps what is lent apart from calls
// that end it.
unsafe impl Send for Statement {}
// SAFETY: as above.
unsafe impl Sync for Statement {}

impl Drop for Statement {
    fn drop(&mut self) {
        // SAFETY: nothing is lent, since that borrows the statement.
        unsafe {
            ffi::sqlite3_finalize(self.raw.as_ptr());
        }
    }
}

/// A statement, and where the text goes on after it. There is none where the text is
/// only a comment or nothing.
pub struct Prepared {
    pub statement: Option<Statement>,
    pub tail: usize,
}

/// The guard of a statement in use.
struct Guard<'a>(&'a AtomicBool);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

/// Kinds of columns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Column {
    Null,
    Integer(i64),
    Float(f64),
    Text,
    Blob,
}

impl Database {
    /// Prepares the first statement of a text.
    pub fn prepare(&self, sql: &[u8]) -> Result<Prepared, Code> {
        let Ok(size) = c_int::try_from(sql.len()) else {
            return Err(codes::SQLITE_TOOBIG);
        };
        let (mut raw, mut tail) = (std::ptr::null_mut(), std::ptr::null());
        let start = sql.as_ptr().cast::<c_char>();
        // SAFETY: so many bytes at the address; places for statement and tail.
        let code = unsafe {
            ffi::sqlite3_prepare_v2(self.raw(), start, size, &raw mut raw, &raw mut tail)
        };
        if code != codes::SQLITE_OK {
            return Err(code);
        }
        let statement = NonNull::new(raw).map(|raw| Statement {
            raw,
            in_use: AtomicBool::new(false),
            _database: self.0.clone(),
        });
        // The tail points into the text.
        let tail = (tail as usize).saturating_sub(start as usize);
        Ok(Prepared {
            statement,
            tail: tail.min(sql.len()),
        })
    }
}

impl Statement {
    fn raw(&self) -> *mut ffi::sqlite3_stmt {
        self.raw.as_ptr()
    }

    fn enter(&self) -> Option<Guard<'_>> {
        let was = self.in_use.swap(true, Ordering::Acquire);
        (!was).then_some(Guard(&self.in_use))
    }

    fn guarded(&self, call: impl FnOnce(*mut ffi::sqlite3_stmt) -> Code) -> Code {
        match self.enter() {
            Some(_guard) => call(self.raw()),
            None => codes::SQLITE_MISUSE,
        }
    }

    /// Runs to the next row or the end.
    pub fn step(&self) -> Code {
        // SAFETY: the statement is not finalised.
        self.guarded(|raw| unsafe { ffi::sqlite3_step(raw) })
    }

    /// Ends the run; the code is that of the run.
    pub fn reset(&self) -> Code {
        // SAFETY: as above.
        self.guarded(|raw| unsafe { ffi::sqlite3_reset(raw) })
    }

    /// Makes all parameters NULL.
    pub fn clear_bindings(&self) -> Code {
        // SAFETY: as above.
        self.guarded(|raw| unsafe { ffi::sqlite3_clear_bindings(raw) })
    }

    pub fn is_readonly(&self) -> bool {
        // SAFETY: as above.
        unsafe { ffi::sqlite3_stmt_readonly(self.raw()) != 0 }
    }

    /// Whether it has begun and not ended.
    pub fn is_busy(&self) -> bool {
        // SAFETY: as above.
        unsafe { ffi::sqlite3_stmt_busy(self.raw()) != 0 }
    }

    /// How often SQLite has prepared it anew, because the schema has changed.
    pub fn reprepared(&self) -> i32 {
        // SAFETY: as above; the count is not reset.
        unsafe { ffi::sqlite3_stmt_status(self.raw(), ffi::SQLITE_STMTSTATUS_REPREPARE, 0) }
    }

    pub fn column_count(&self) -> usize {
        // SAFETY: as above.
        unsafe { ffi::sqlite3_column_count(self.raw()) as usize }
    }

    /// Columns of the current row; zero where there is none.
    pub fn data_count(&self) -> usize {
        // SAFETY: as above.
        unsafe { ffi::sqlite3_data_count(self.raw()) as usize }
    }

    pub fn column_name(&self, at: usize) -> Option<String> {
        let _guard = self.enter()?;
        // SAFETY: SQLite checks the number; the text is copied at once.
        text(unsafe { ffi::sqlite3_column_name(self.raw(), at as c_int) })
    }

    /// The type that the column was declared with.
    pub fn column_decltype(&self, at: usize) -> Option<String> {
        let _guard = self.enter()?;
        // SAFETY: as above.
        text(unsafe { ffi::sqlite3_column_decltype(self.raw(), at as c_int) })
    }

    pub fn parameter_count(&self) -> usize {
        // SAFETY: as above.
        unsafe { ffi::sqlite3_bind_parameter_count(self.raw()) as usize }
    }

    /// The name of a parameter, with its mark; they count from 1.
    pub fn parameter_name(&self, at: usize) -> Option<String> {
        // SAFETY: as above; the names stay as long as the statement.
        text(unsafe { ffi::sqlite3_bind_parameter_name(self.raw(), at as c_int) })
    }

    pub fn bind_null(&self, at: usize) -> Code {
        // SAFETY: SQLite checks the number.
        self.guarded(|raw| unsafe { ffi::sqlite3_bind_null(raw, at as c_int) })
    }

    pub fn bind_int(&self, at: usize, value: i64) -> Code {
        // SAFETY: as above.
        self.guarded(|raw| unsafe { ffi::sqlite3_bind_int64(raw, at as c_int, value) })
    }

    pub fn bind_float(&self, at: usize, value: f64) -> Code {
        // SAFETY: as above.
        self.guarded(|raw| unsafe { ffi::sqlite3_bind_double(raw, at as c_int, value) })
    }

    /// Binds text in UTF-8, which SQLite copies.
    pub fn bind_text(&self, at: usize, value: &str) -> Code {
        let Ok(size) = c_int::try_from(value.len()) else {
            return codes::SQLITE_TOOBIG;
        };
        let start = value.as_ptr().cast();
        // SAFETY: so many bytes, which are copied before the call returns.
        self.guarded(|raw| unsafe {
            let copy = ffi::SQLITE_TRANSIENT();
            ffi::sqlite3_bind_text(raw, at as c_int, start, size, copy)
        })
    }

    /// Binds bytes, which SQLite copies.
    pub fn bind_blob(&self, at: usize, value: &[u8]) -> Code {
        let Ok(size) = c_int::try_from(value.len()) else {
            return codes::SQLITE_TOOBIG;
        };
        // An empty slice's address is not null, so that it stays a blob.
        let start = value.as_ptr().cast();
        // SAFETY: as above.
        self.guarded(|raw| unsafe {
            let copy = ffi::SQLITE_TRANSIENT();
            ffi::sqlite3_bind_blob(raw, at as c_int, start, size, copy)
        })
    }

    /// The current row, to read from; `None` where another call works on the statement.
    pub fn row(&self) -> Option<Row<'_>> {
        let guard = self.enter()?;
        Some(Row {
            statement: self,
            _guard: guard,
        })
    }
}

/// The current row of a statement, which stays as it is while this is held.
pub struct Row<'a> {
    statement: &'a Statement,
    _guard: Guard<'a>,
}

impl Row<'_> {
    /// The number of columns.
    pub fn len(&self) -> usize {
        self.statement.data_count()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The kind of a column, with its value where that is a number.
    pub fn column(&self, at: usize) -> Column {
        let (raw, at) = (self.statement.raw(), at as c_int);
        // SAFETY: SQLite checks the number; numbers are read as what they are.
        unsafe {
            match ffi::sqlite3_column_type(raw, at) {
                ffi::SQLITE_INTEGER => Column::Integer(ffi::sqlite3_column_int64(raw, at)),
                ffi::SQLITE_FLOAT => Column::Float(ffi::sqlite3_column_double(raw, at)),
                ffi::SQLITE_TEXT => Column::Text,
                ffi::SQLITE_BLOB => Column::Blob,
                _ => Column::Null,
            }
        }
    }

    /// A column as text in UTF-8; `None` for NULL or where there is no memory.
    pub fn text(&mut self, at: usize) -> Option<&[u8]> {
        let (raw, at) = (self.statement.raw(), at as c_int);
        // SAFETY: SQLite lends so many bytes until the column is read otherwise or the
        // row is left, which the exclusive borrow rules out.
        unsafe {
            let start = ffi::sqlite3_column_text(raw, at);
            let size = ffi::sqlite3_column_bytes(raw, at);
            (!start.is_null()).then(|| std::slice::from_raw_parts(start, size as usize))
        }
    }

    /// A column as bytes; `None` for NULL and for no bytes.
    pub fn blob(&mut self, at: usize) -> Option<&[u8]> {
        let (raw, at) = (self.statement.raw(), at as c_int);
        // SAFETY: as above.
        unsafe {
            let start = ffi::sqlite3_column_blob(raw, at).cast::<u8>();
            let size = ffi::sqlite3_column_bytes(raw, at);
            (!start.is_null()).then(|| std::slice::from_raw_parts(start, size as usize))
        }
    }
}
