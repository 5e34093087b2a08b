//! The native stack: how much of it is left, and larger ones for what needs them.
//!
//! Where a thread's own stack ends is asked only where nothing has run on another before: of
//! a process's first thread the C library finds that out by reading the process's mappings.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

thread_local! {
    /// The lowest address of the stack that runs; 0 where it was not asked for yet.
    static BOTTOM: Cell<usize> = const { Cell::new(0) };
}

/// Bytes of the running stack below the caller's frame; none where the system does not say.
pub fn remaining() -> Option<usize> {
    if BOTTOM.get() == 0 {
        BOTTOM.set(bottom_of_thread()?);
    }
    Some(psm::stack_pointer().addr().saturating_sub(BOTTOM.get()))
}

/// Runs a function where at least `need` bytes are left: on a new stack of `size` bytes where
/// the running one has less. None where there is no memory for that; the function is dropped.
pub fn with_room<T>(need: usize, size: usize, run: impl FnOnce() -> T) -> Option<T> {
    match remaining() {
        Some(left) if left >= need => Some(run()),
        _ => on_new(size, run),
    }
}

/// Runs a function on a new stack of at least `size` bytes. None where there is no memory for
/// that; the function is dropped.
pub fn on_new<T>(size: usize, run: impl FnOnce() -> T) -> Option<T> {
    let stack = Stack::new(size)?;
    let before = BOTTOM.replace(stack.base.addr());
    // SAFETY: the memory is as long as that, aligned to pages, and in nobody else's use; a
    // panic does not leave the function.
    let done = unsafe {
        psm::on_stack(stack.base, stack.size, || {
            catch_unwind(AssertUnwindSafe(run))
        })
    };
    BOTTOM.set(before);
    drop(stack);
    Some(done.unwrap_or_else(|panic| resume_unwind(panic)))
}

/// Memory for a stack, above a page that nothing may be written to.
struct Stack {
    base: *mut u8,
    size: usize,
}

/// Bytes of the part that guards a stack's end: a page of the largest kind in use.
const GUARD: usize = 64 << 10;

impl Stack {
    fn new(size: usize) -> Option<Stack> {
        let size = size.checked_next_multiple_of(GUARD)?;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        // SAFETY: a fresh mapping at an address of the system's choice, and a part of it.
        unsafe {
            let whole = libc::mmap(
                std::ptr::null_mut(),
                size.checked_add(GUARD)?,
                libc::PROT_READ | libc::PROT_WRITE,
                flags,
                -1,
                0,
            );
            if whole == libc::MAP_FAILED {
                return None;
            }
            let stack = Stack {
                base: whole.cast::<u8>().add(GUARD),
                size,
            };
            (libc::mprotect(whole, GUARD, libc::PROT_NONE) == 0).then_some(stack)
        }
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        // SAFETY: the mapping is this one's alone, and nothing runs there any more.
        unsafe { libc::munmap(self.base.sub(GUARD).cast(), self.size + GUARD) };
    }
}

/// The lowest address of the stack that the thread began on.
#[cold]
fn bottom_of_thread() -> Option<usize> {
    // SAFETY: the attributes are given back, and read only where they could be had.
    unsafe {
        let mut attributes = std::mem::zeroed();
        if libc::pthread_getattr_np(libc::pthread_self(), &raw mut attributes) != 0 {
            return None;
        }
        let (mut base, mut size) = (std::ptr::null_mut(), 0);
        let told = libc::pthread_attr_getstack(&raw const attributes, &raw mut base, &raw mut size);
        libc::pthread_attr_destroy(&raw mut attributes);
        (told == 0).then(|| base.addr())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_stacks_have_the_room_asked_for() {
        let here = remaining().unwrap();
        let inside = on_new(1 << 20, || {
            let left = remaining().unwrap();
            assert!(left <= 1 << 20 && left > 1 << 19);
            let room = with_room(1 << 18, 1 << 20, remaining);
            assert!(room.flatten().unwrap() <= left);
            with_room(1 << 22, 1 << 23, remaining).flatten().unwrap()
        });
        assert!(inside.unwrap() > 1 << 22);
        assert!(remaining().unwrap().abs_diff(here) < 1 << 12);
    }

    #[test]
    fn no_memory_is_no_panic() {
        assert!(on_new(usize::MAX / 2, || ()).is_none());
        assert!(on_new(usize::MAX, || ()).is_none());
    }

    #[test]
    fn panics_pass_through() {
        let caught = std::panic::catch_unwind(|| on_new(1 << 18, || panic!("inside")));
        assert_eq!(*caught.unwrap_err().downcast::<&str>().unwrap(), "inside");
        assert!(remaining().unwrap() > 0);
    }
}
