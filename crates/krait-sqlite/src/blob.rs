//! Incremental access to one value.

use std::ffi::{CStr, c_int};
use std::ptr::NonNull;
use std::sync::Arc;

use libsqlite3_sys as ffi;

use crate::database::Inner;
use crate::{Code, Database};

/// An open value of a row.
pub struct Blob {
    raw: NonNull<ffi::sqlite3_blob>,
    _database: Arc<Inner>,
}

// SAFETY: SQLite is in serialised mode.
unsafe impl Send for Blob {}
// SAFETY: as above.
unsafe impl Sync for Blob {}

impl Drop for Blob {
    fn drop(&mut self) {
        // SAFETY: it is open.
        unsafe {
            ffi::sqlite3_blob_close(self.raw.as_ptr());
        }
    }
}

impl Database {
    /// Opens a value.
    pub fn open_blob(
        &self,
        schema: &CStr,
        table: &CStr,
        column: &CStr,
        row: i64,
        writable: bool,
    ) -> Result<Blob, Code> {
        let mut raw = std::ptr::null_mut();
        // SAFETY: C strings and a place for the handle.
        let code = unsafe {
            ffi::sqlite3_blob_open(
                self.raw(),
                schema.as_ptr(),
                table.as_ptr(),
                column.as_ptr(),
                row,
                c_int::from(writable),
                &raw mut raw,
            )
        };
        match NonNull::new(raw) {
            Some(raw) if code == ffi::SQLITE_OK => Ok(Blob {
                raw,
                _database: self.0.clone(),
            }),
            _ => Err(code),
        }
    }
}

impl Blob {
    /// The size in bytes.
    pub fn len(&self) -> usize {
        // SAFETY: it is open.
        unsafe { ffi::sqlite3_blob_bytes(self.raw.as_ptr()) as usize }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads bytes from an offset on.
    pub fn read(&self, buffer: &mut [u8], offset: usize) -> Code {
        let (Ok(size), Ok(offset)) = (c_int::try_from(buffer.len()), c_int::try_from(offset))
        else {
            return ffi::SQLITE_TOOBIG;
        };
        // SAFETY: room for so many bytes; SQLite checks the range.
        unsafe {
            ffi::sqlite3_blob_read(self.raw.as_ptr(), buffer.as_mut_ptr().cast(), size, offset)
        }
    }

    /// Writes bytes from an offset on; the size does not change.
    pub fn write(&self, data: &[u8], offset: usize) -> Code {
        let (Ok(size), Ok(offset)) = (c_int::try_from(data.len()), c_int::try_from(offset)) else {
            return ffi::SQLITE_TOOBIG;
        };
        // SAFETY: so many bytes; SQLite checks the range.
        unsafe { ffi::sqlite3_blob_write(self.raw.as_ptr(), data.as_ptr().cast(), size, offset) }
    }
}
