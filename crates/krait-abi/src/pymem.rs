//! `cpython/pymem.h` and `cpython/objimpl.h`: allocators that C may exchange.

use core::ffi::{c_int, c_uint, c_void};

/// Which of the three allocators: one of the `PYMEM_DOMAIN_*` constants.
pub type PyMemAllocatorDomain = c_uint;
pub const PYMEM_DOMAIN_RAW: PyMemAllocatorDomain = 0;
pub const PYMEM_DOMAIN_MEM: PyMemAllocatorDomain = 1;
pub const PYMEM_DOMAIN_OBJ: PyMemAllocatorDomain = 2;

/// An allocator; each function gets `ctx` first.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyMemAllocatorEx {
    pub ctx: *mut c_void,
    pub malloc: Option<unsafe extern "C-unwind" fn(*mut c_void, usize) -> *mut c_void>,
    pub calloc: Option<unsafe extern "C-unwind" fn(*mut c_void, usize, usize) -> *mut c_void>,
    pub realloc:
        Option<unsafe extern "C-unwind" fn(*mut c_void, *mut c_void, usize) -> *mut c_void>,
    pub free: Option<unsafe extern "C-unwind" fn(*mut c_void, *mut c_void)>,
}

/// The allocator of arenas.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyObjectArenaAllocator {
    pub ctx: *mut c_void,
    pub alloc: Option<unsafe extern "C-unwind" fn(*mut c_void, usize) -> *mut c_void>,
    pub free: Option<unsafe extern "C-unwind" fn(*mut c_void, *mut c_void, usize)>,
}

zeroable!(PyMemAllocatorEx, PyObjectArenaAllocator);

/// Called with each object of the collector and the caller's argument.
pub type gcvisitobjects_t =
    Option<unsafe extern "C-unwind" fn(*mut crate::PyObject, *mut c_void) -> c_int>;
