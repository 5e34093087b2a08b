//! What `_testinternalcapi` asks the runtime for beyond the C API (`internals.h`).

use krait_abi::PyObject;
use krait_object::types::attributes;
use krait_object::{Object, Py};

/// Whether an instance's attributes all lie in the instance itself: neither in a dict nor
/// beyond its inline words.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn krait_has_inline_values(object: *mut PyObject) -> i32 {
    if object.is_null() {
        return 0;
    }
    // SAFETY: C passes an object that it keeps alive during the call.
    let object = unsafe { Object::from_ptr(object) };
    i32::from(attributes::all_inline(object))
}

/// How many frames of Python code run in this thread.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn krait_recursion_depth() -> isize {
    // SAFETY: the C API is only called with the GIL held.
    krait_vm::recursion_depth(unsafe { Py::assume() }) as isize
}

/// How many bytes of the native stack are kept for what must not fail.
#[unsafe(no_mangle)]
extern "C-unwind" fn krait_stack_margin() -> isize {
    krait_object::thread::STACK_MARGIN as isize
}

/// How many bytes of the native stack may still be used.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn krait_stack_remaining() -> isize {
    let here = 0u8;
    // SAFETY: the C API is only called with the GIL held.
    let limit = unsafe { Py::assume() }.thread().stack_limit.get();
    (&raw const here as usize).saturating_sub(limit) as isize
}

/// The lines that led to a block, as `tracemalloc` has them; NULL where it knows none.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn krait_traced_lines(domain: u32, address: usize) -> *mut PyObject {
    // SAFETY: the C API is only called with the GIL held.
    let py = unsafe { Py::assume() };
    match krait_stdlib_os::tracemalloc::traceback_of(py, domain, address) {
        Some(lines) => lines.to_object().into_ptr(),
        None => std::ptr::null_mut(),
    }
}
