//! Growth of collections that a program's data makes large.
//!
//! Rust's own growth ends the process where memory is exhausted. What is grown here unwinds
//! with [`OutOfMemory`] instead, of which the interpreter makes MemoryError.

use std::collections::VecDeque;

/// What a panic carries where an allocation fails in code that cannot return an error; it
/// becomes a MemoryError where the panic is caught.
pub struct OutOfMemory;

/// Unwinds with `OutOfMemory`.
#[cold]
pub fn out_of_memory() -> ! {
    std::panic::resume_unwind(Box::new(OutOfMemory))
}

/// Makes room for more items.
#[inline(always)]
pub fn make_room<T>(items: &mut Vec<T>, additional: usize) {
    if items.capacity() - items.len() < additional {
        grow(items, additional);
    }
}

#[cold]
#[inline(never)]
fn grow<T>(items: &mut Vec<T>, additional: usize) {
    if items.try_reserve(additional).is_err() {
        out_of_memory();
    }
}

/// Makes room for one more item.
#[inline(always)]
pub fn make_room_in_queue<T>(items: &mut VecDeque<T>) {
    if items.capacity() == items.len() && items.try_reserve(1).is_err() {
        out_of_memory();
    }
}

/// Whether a block of so many bytes could be had, for what allocates by means that cannot fail.
pub fn is_available(bytes: usize) -> bool {
    let mut block = Vec::<u8>::new();
    let got = block.try_reserve_exact(bytes).is_ok();
    // (A block that nobody sees would not be allocated at all.)
    std::hint::black_box(&mut block);
    got
}
