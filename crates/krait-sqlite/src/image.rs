//! A database as the bytes of its file.

use std::ffi::CStr;

use libsqlite3_sys as ffi;

use crate::{Code, Database};

impl Database {
    /// The bytes of a schema; `None` where there is no memory or no such schema.
    pub fn serialize(&self, schema: &CStr) -> Option<Vec<u8>> {
        let mut size = 0;
        // SAFETY: the handle is open; the bytes are copied, then freed.
        unsafe {
            let raw = ffi::sqlite3_serialize(self.raw(), schema.as_ptr(), &raw mut size, 0);
            if raw.is_null() {
                return None;
            }
            let bytes = std::slice::from_raw_parts(raw, size as usize).to_vec();
            ffi::sqlite3_free(raw.cast());
            Some(bytes)
        }
    }

    /// Replaces a schema by a database in memory made of the bytes.
    pub fn deserialize(&self, schema: &CStr, bytes: &[u8]) -> Code {
        let size = bytes.len();
        // SAFETY: SQLite's own memory of the size, which passes to the connection whether
        // or not the call fails.
        unsafe {
            let copy = ffi::sqlite3_malloc64(size as u64).cast::<u8>();
            if copy.is_null() {
                return ffi::SQLITE_NOMEM;
            }
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), copy, size);
            ffi::sqlite3_deserialize(
                self.raw(),
                schema.as_ptr(),
                copy,
                size as i64,
                size as i64,
                ffi::SQLITE_DESERIALIZE_FREEONCLOSE | ffi::SQLITE_DESERIALIZE_RESIZEABLE,
            )
        }
    }
}
