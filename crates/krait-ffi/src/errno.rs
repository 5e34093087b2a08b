//! ctypes' own copy of `errno`, one per thread: what a function with `use_errno` sees and
//! leaves.

use std::cell::Cell;

thread_local! {
    static COPY: Cell<i32> = const { Cell::new(0) };
}

/// `ctypes.get_errno`
pub fn get() -> i32 {
    COPY.get()
}

/// `ctypes.set_errno`: the value before.
pub fn set(value: i32) -> i32 {
    COPY.replace(value)
}

/// Exchanges the copy and the C library's own.
pub fn exchange() {
    // SAFETY: the address is the thread's own.
    unsafe {
        let real = libc::__errno_location();
        *real = COPY.replace(*real);
    }
}
