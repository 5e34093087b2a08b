//! The process's environment variables.

use std::ffi::OsStr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// All variables, in the system's order.
pub fn all() -> Vec<(Vec<u8>, Vec<u8>)> {
    std::env::vars_os()
        .map(|(k, v)| (k.into_vec(), v.into_vec()))
        .collect()
}

/// Whether a name can be set: it is not empty and has neither `=` nor a zero byte.
fn valid(name: &[u8]) -> bool {
    !name.is_empty() && !name.contains(&b'=') && !name.contains(&0)
}

/// Sets a variable; false where name or value cannot be one.
pub fn set(name: &[u8], value: &[u8]) -> bool {
    let ok = valid(name) && !value.contains(&0);
    if ok {
        // SAFETY: Rust's own readers take the same lock; C code that reads the
        // environment meanwhile has the race that it has in every C program.
        unsafe { std::env::set_var(OsStr::from_bytes(name), OsStr::from_bytes(value)) }
    }
    ok
}

/// Removes a variable; false where the name cannot be one.
pub fn unset(name: &[u8]) -> bool {
    let ok = valid(name);
    if ok {
        // SAFETY: as in `set`.
        unsafe { std::env::remove_var(OsStr::from_bytes(name)) }
    }
    ok
}
