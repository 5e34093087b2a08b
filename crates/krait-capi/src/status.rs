//! `cpython/initconfig.h`, its statuses and lists of wide text, which embedding programs use
//! and some extensions of theirs.

use std::ffi::{CStr, c_char, c_int, c_void};

use krait_object::errors;

use crate::border::ToC;

const OK: c_int = 0;
const ERROR: c_int = 1;
const EXIT: c_int = 2;

/// `PyStatus`
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Status {
    kind: c_int,
    func: *const c_char,
    err_msg: *const c_char,
    exitcode: c_int,
}

impl Status {
    const fn new(kind: c_int, err_msg: *const c_char, exitcode: c_int) -> Status {
        Status {
            kind,
            func: std::ptr::null(),
            err_msg,
            exitcode,
        }
    }

    pub const fn ok() -> Status {
        Status::new(OK, std::ptr::null(), 0)
    }

    /// A failure of a function.
    pub const fn error(func: &'static CStr, text: &'static CStr) -> Status {
        Status {
            func: func.as_ptr(),
            ..Status::new(ERROR, text.as_ptr(), 0)
        }
    }
}

impl ToC for Status {
    type C = Status;

    fn to_c(self) -> Status {
        self
    }

    fn failed() -> Status {
        Status::new(ERROR, c"panic in the runtime".as_ptr(), 0)
    }
}

const NO_MEMORY: &CStr = c"memory allocation failed";

/// `PyWideStringList`, whose memory is of `PyMem_RawMalloc`.
#[repr(C)]
pub struct WideStringList {
    length: isize,
    items: *mut *mut i32,
}

impl WideStringList {
    /// Puts a copy of a text at a place, or at the end where the place is behind it.
    ///
    /// # Safety
    /// The list is C's, and the text ends with a zero.
    unsafe fn insert(&mut self, index: isize, item: *const i32) -> Status {
        if index < 0 {
            return Status::error(
                c"PyWideStringList_Insert",
                c"PyWideStringList_Insert index must be >= 0",
            );
        }
        let index = index.min(self.length) as usize;
        let len = self.length as usize;
        // SAFETY: the contract; the blocks have room for what is put into them.
        unsafe {
            let size = (libc::wcslen(item) + 1) * size_of::<i32>();
            let copy = libc::malloc(size).cast::<i32>();
            if copy.is_null() {
                return Status::new(ERROR, NO_MEMORY.as_ptr(), 0);
            }
            std::ptr::copy_nonoverlapping(item.cast::<u8>(), copy.cast::<u8>(), size);
            let items = libc::realloc(self.items.cast(), (len + 1) * size_of::<*mut i32>());
            if items.is_null() {
                libc::free(copy.cast());
                return Status::new(ERROR, NO_MEMORY.as_ptr(), 0);
            }
            self.items = items.cast();
            let place = self.items.add(index);
            std::ptr::copy(place, place.add(1), len - index);
            *place = copy;
        }
        self.length += 1;
        Status::ok()
    }
}

crate::pystate::export_free! {
    // Builtin modules are added before the interpreter starts, and extensions run later.
    fn PyImport_AppendInittab(_name: *const c_char, _init: *const c_void) -> c_int {
        errors::fatal("PyImport_AppendInittab", "PyImport_AppendInittab() may not be called after Py_Initialize()")
    }
    fn PyImport_ExtendInittab(_table: *const c_void) -> c_int {
        errors::fatal("PyImport_ExtendInittab", "PyImport_ExtendInittab() may not be called after Py_Initialize()")
    }
    fn PyStatus_IsError(status: Status) -> c_int { c_int::from(status.kind == ERROR) }
    fn PyStatus_IsExit(status: Status) -> c_int { c_int::from(status.kind == EXIT) }
    fn PyStatus_Exception(status: Status) -> c_int { c_int::from(status.kind == ERROR || status.kind == EXIT) }
    fn Py_ExitStatusException(status: Status) {
        match status.kind {
            EXIT => libc::exit(status.exitcode),
            ERROR => {
                let what = if status.func.is_null() { "Py_ExitStatusException" } else { CStr::from_ptr(status.func).to_str().unwrap_or("") };
                let detail = if status.err_msg.is_null() { c"unknown error" } else { CStr::from_ptr(status.err_msg) };
                errors::fatal(what, &detail.to_string_lossy())
            }
            _ => errors::fatal("Py_ExitStatusException", "Py_ExitStatusException() must not be called on success"),
        }
    }
}

/// Functions that give a status: structs are returned as they are.
macro_rules! statuses {
    ($(fn $name:ident($($arg:ident: $ty:ty),*) $body:block)*) => { $(
        #[unsafe(no_mangle)]
        pub unsafe extern "C-unwind" fn $name($($arg: $ty),*) -> Status {
            // SAFETY: C passes a living list, and texts that end with a zero.
            unsafe { $body }
        }
    )* };
}

statuses! {
    // The program that runs is initialised: another configuration is passed over.
    fn Py_PreInitialize(_config: *const c_void) { Status::ok() }
    fn Py_PreInitializeFromBytesArgs(_config: *const c_void, _argc: isize, _argv: *const *const c_char) { Status::ok() }
    fn Py_PreInitializeFromArgs(_config: *const c_void, _argc: isize, _argv: *const *const i32) { Status::ok() }
    fn PyStatus_Ok() { Status::ok() }
    fn PyStatus_Error(text: *const c_char) { Status::new(ERROR, text, 0) }
    fn PyStatus_NoMemory() { Status::new(ERROR, NO_MEMORY.as_ptr(), 0) }
    fn PyStatus_Exit(code: c_int) { Status::new(EXIT, std::ptr::null(), code) }
    fn PyWideStringList_Append(list: *mut WideStringList, item: *const i32) { (*list).insert((*list).length, item) }
    fn PyWideStringList_Insert(list: *mut WideStringList, index: isize, item: *const i32) { (*list).insert(index, item) }
}
