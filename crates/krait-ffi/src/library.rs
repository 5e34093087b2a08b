//! Shared libraries.
//!
//! Loading one runs its code, and what is closed is gone: the program's own decision.

use std::ffi::{CStr, c_int, c_void};

/// A library's handle, or the linker's text of what went wrong.
pub fn open(name: Option<&CStr>, mode: c_int) -> Result<usize, Option<Vec<u8>>> {
    // SAFETY: a C string or NULL.
    let handle = unsafe { libc::dlopen(name.map_or(std::ptr::null(), CStr::as_ptr), mode) };
    if handle.is_null() {
        return Err(error());
    }
    Ok(handle.expose_provenance())
}

/// The address of a symbol.
pub fn symbol(handle: usize, name: &CStr) -> Result<usize, Option<Vec<u8>>> {
    drop(error());
    // SAFETY: the program names a handle that `open` has given.
    let address =
        unsafe { libc::dlsym(std::ptr::with_exposed_provenance_mut(handle), name.as_ptr()) };
    if address.is_null() {
        return Err(error());
    }
    Ok(address.expose_provenance())
}

pub fn close(handle: usize) -> Result<(), Option<Vec<u8>>> {
    // SAFETY: the program names a handle that `open` has given.
    if unsafe { libc::dlclose(std::ptr::with_exposed_provenance_mut(handle)) } != 0 {
        return Err(error());
    }
    Ok(())
}

/// The text of the last error, which is forgotten by this.
fn error() -> Option<Vec<u8>> {
    // SAFETY: NULL or a C string that stays until the thread's next call.
    unsafe {
        let text = libc::dlerror();
        (!text.is_null()).then(|| CStr::from_ptr(text).to_bytes().to_vec())
    }
}

/// The names of all loaded objects, the program's own (empty) first.
pub fn loaded() -> Vec<Vec<u8>> {
    unsafe extern "C" fn each(
        info: *mut libc::dl_phdr_info,
        _size: usize,
        names: *mut c_void,
    ) -> c_int {
        // SAFETY: called with a living record and the list below.
        unsafe {
            let name = (*info).dlpi_name;
            if !name.is_null() {
                (*names.cast::<Vec<Vec<u8>>>()).push(CStr::from_ptr(name).to_bytes().to_vec());
            }
        }
        0
    }
    let mut names: Vec<Vec<u8>> = Vec::new();
    // SAFETY: the list lives during the call.
    unsafe { libc::dl_iterate_phdr(Some(each), (&raw mut names).cast()) };
    names
}
