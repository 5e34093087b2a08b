//! Memory for what lives as long as the process: definitions of native functions and the
//! C strings that types and descriptors point to, thousands of them at each start. They lie
//! one behind the other.

use std::ffi::c_char;
use std::mem::{MaybeUninit, align_of, size_of};
use std::sync::{Mutex, PoisonError};

const CHUNK: usize = 64 * 1024;

/// What is left of the current chunk.
static REST: Mutex<&mut [MaybeUninit<u8>]> = Mutex::new(&mut []);

/// A value that is never given back.
pub(crate) fn value<T>(value: T) -> &'static T {
    let place = bytes(size_of::<T>(), align_of::<T>()).as_mut_ptr();
    // SAFETY: the bytes are for this value alone, aligned for it and there for ever.
    unsafe {
        let place = place.cast::<T>();
        place.write(value);
        &*place
    }
}

/// The text with a NUL behind it; null where it has one inside.
pub(crate) fn c_string(text: &str) -> *const c_char {
    if text.as_bytes().contains(&0) {
        return std::ptr::null();
    }
    let (place, end) = bytes(text.len() + 1, 1).split_at_mut(text.len());
    end[0].write(0);
    place.write_copy_of_slice(text.as_bytes()).as_ptr().cast()
}

fn bytes(size: usize, align: usize) -> &'static mut [MaybeUninit<u8>] {
    let mut rest = REST.lock().unwrap_or_else(PoisonError::into_inner);
    let skipped = |at: *const MaybeUninit<u8>| at.addr().next_multiple_of(align) - at.addr();
    if skipped(rest.as_ptr()) + size > rest.len() {
        *rest = Box::leak(Box::new_uninit_slice(CHUNK.max(size + align)));
    }
    let free = std::mem::take(&mut *rest);
    let (_, free) = free.split_at_mut(skipped(free.as_ptr()));
    let (found, free) = free.split_at_mut(size);
    *rest = free;
    found
}
