//! Copying a database into another one, page by page.

use std::ffi::{CStr, c_int};
use std::ptr::NonNull;
use std::sync::Arc;

use libsqlite3_sys as ffi;

use crate::database::Inner;
use crate::{Code, Database};

/// A copy under way.
pub struct Backup {
    raw: Option<NonNull<ffi::sqlite3_backup>>,
    _databases: [Arc<Inner>; 2],
}

// SAFETY: SQLite is in serialised mode.
unsafe impl Send for Backup {}

impl Backup {
    /// Begins to copy a schema into the main one of another connection; `None` where that
    /// reports an error.
    pub fn start(source: &Database, schema: &CStr, target: &Database) -> Option<Backup> {
        // SAFETY: both connections are open, and are kept open.
        let raw = unsafe {
            ffi::sqlite3_backup_init(
                target.raw(),
                c"main".as_ptr(),
                source.raw(),
                schema.as_ptr(),
            )
        };
        NonNull::new(raw).map(|raw| Backup {
            raw: Some(raw),
            _databases: [source.0.clone(), target.0.clone()],
        })
    }

    fn handle(&self) -> *mut ffi::sqlite3_backup {
        self.raw.map_or(std::ptr::null_mut(), NonNull::as_ptr)
    }

    /// Copies so many pages; all where the number is negative.
    pub fn step(&mut self, pages: c_int) -> Code {
        // SAFETY: the copy is under way.
        unsafe { ffi::sqlite3_backup_step(self.handle(), pages) }
    }

    /// Pages that are left, and all pages.
    pub fn progress(&self) -> (c_int, c_int) {
        // SAFETY: as above.
        unsafe {
            (
                ffi::sqlite3_backup_remaining(self.handle()),
                ffi::sqlite3_backup_pagecount(self.handle()),
            )
        }
    }

    /// Ends it; the code tells how it went.
    pub fn finish(mut self) -> Code {
        match self.raw.take() {
            // SAFETY: the copy is under way, and is not touched any more.
            Some(raw) => unsafe { ffi::sqlite3_backup_finish(raw.as_ptr()) },
            None => ffi::SQLITE_OK,
        }
    }
}

impl Drop for Backup {
    fn drop(&mut self) {
        if let Some(raw) = self.raw.take() {
            // SAFETY: as above.
            unsafe {
                ffi::sqlite3_backup_finish(raw.as_ptr());
            }
        }
    }
}

/// Waits, as SQLite does it.
pub fn sleep(milliseconds: c_int) {
    // SAFETY: no condition.
    unsafe {
        ffi::sqlite3_sleep(milliseconds);
    }
}
