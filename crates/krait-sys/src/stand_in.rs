//! Files that are named by paths where nothing is on the disk, and what stands in for
//! them: the standard library inside the binary.
//!
//! What always holds: a path is looked up here only after the system has said that it does
//! not exist, and only for calls that change nothing; folders are the exception, since a
//! folder of the library may exist for a program's own files beside it.

use std::ffi::{CStr, CString};
use std::sync::OnceLock;

use crate::{Errno, Result};

/// What knows such paths.
#[derive(Clone, Copy)]
pub struct StandIn {
    /// The real path of a file or folder that a path names; `None` for all other paths.
    /// Whether a folder's files are to be there, too, is the second argument.
    pub path: fn(&CStr, bool) -> Option<CString>,
    /// The names in a folder, and which of them are folders.
    pub names: fn(&CStr) -> Option<Vec<(String, bool)>>,
}

static STAND_IN: OnceLock<StandIn> = OnceLock::new();

/// Says what stands in for missing paths; once, when the program starts.
pub fn install(stand_in: StandIn) {
    let _ = STAND_IN.set(stand_in);
}

/// The names of a folder that is in the program's eyes only.
pub(crate) fn names(path: &CStr) -> Option<Vec<(String, bool)>> {
    STAND_IN.get().and_then(|s| (s.names)(path))
}

#[cold]
fn find(path: &CStr, whole: bool) -> Option<CString> {
    STAND_IN.get().and_then(|s| (s.path)(path, whole))
}

fn or_other<T>(path: &CStr, whole: bool, call: impl Fn(&CStr) -> Result<T>) -> Result<T> {
    match call(path) {
        Err(Errno(libc::ENOENT)) => {
            find(path, whole).map_or(Err(Errno(libc::ENOENT)), |p| call(&p))
        }
        result => result,
    }
}

/// The path of the real file that a path names: of what stands in for it where there is none.
pub fn real(path: &CStr) -> CString {
    use std::os::unix::ffi::OsStrExt as _;
    let missing = !std::path::Path::new(std::ffi::OsStr::from_bytes(path.to_bytes())).exists();
    let other = missing.then(|| find(path, false)).flatten();
    other.unwrap_or_else(|| path.to_owned())
}

/// A call that asks about what a path names.
pub(crate) fn asking<T>(path: &CStr, call: impl Fn(&CStr) -> Result<T>) -> Result<T> {
    or_other(path, false, call)
}

/// A call after which files are reached from the folder that a path names.
pub(crate) fn opening<T>(path: &CStr, call: impl Fn(&CStr) -> Result<T>) -> Result<T> {
    or_other(path, true, call)
}
