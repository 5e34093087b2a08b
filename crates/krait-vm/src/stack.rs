//! One thread's stack: registers, frame records, and before them what is known of both, on
//! one reservation of address space.
//!
//! The system commits pages when they are first touched. What always holds: registers
//! from `top` up hold no references (only zero, or what an immediate left behind), so a
//! new frame clears nothing but its locals; records from `next` up are free.
//!
//! The stack begins as CPython's chunks of frames do and stands in the thread state where
//! they do. So greenlet, which gives each of its greenlets a stack of its own by saving and
//! restoring that field, does so here; and it frees a finished greenlet's as an arena.

use std::cell::Cell;
use std::mem::offset_of;
use std::ptr::null_mut;

use krait_abi::_PyStackChunk;
use krait_object::py::{GilCell, Py};
use krait_object::raise;

use crate::frame::Frame;

/// A thread's frames and registers.
#[repr(C)]
pub struct Stack {
    /// Always null: there is no chunk before.
    previous: *mut Stack,
    /// Bytes of the reservation that the stack begins.
    size: usize,
    /// The innermost frame; null outside Python code.
    pub current: *mut Frame,
    /// The first free register.
    pub top: *mut u64,
    /// One past the last register.
    pub end: *mut u64,
    /// The first free record.
    pub next: *mut Frame,
    /// Where the recursion limit is reached. Moves down by one record for each running
    /// generator, whose record is elsewhere.
    pub limit: *mut Frame,
    first: *mut Frame,
    records: usize,
    recursion_limit: usize,
}

// As C reads it when it frees a chunk.
const _: () = assert!(
    offset_of!(Stack, previous) == offset_of!(_PyStackChunk, previous)
        && offset_of!(Stack, size) == offset_of!(_PyStackChunk, size)
);

/// A thread's first stack.
const WHOLE: Share = Share {
    registers: 512 << 20,
    records: 192 << 20,
};
/// A greenlet's: of these there may be many.
const PART: Share = Share {
    registers: 64 << 20,
    records: 24 << 20,
};
/// What is before the registers.
const HEAD: usize = 4096;

/// Bytes for registers and for records.
#[derive(Clone, Copy)]
struct Share {
    registers: usize,
    records: usize,
}

/// How far the records' place within a page of memory is from that of the registers. Where
/// both are the same, a processor that compares the lower bits of addresses takes a load from
/// the one for a load of what was just stored into the other, and waits: calls took 1.4 times
/// as long.
const APART: usize = 2048;

/// CPython's default recursion limit.
pub const DEFAULT_LIMIT: usize = 1000;

/// The limit that new stacks get.
static LIMIT: GilCell<Cell<usize>> = GilCell::new(Cell::new(DEFAULT_LIMIT));

fn reserve(mut share: Share) -> (*mut u8, Share) {
    loop {
        // SAFETY: a fresh private mapping, which nobody else uses.
        let block = unsafe {
            libc::mmap(
                null_mut(),
                HEAD + share.registers + APART + share.records,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                -1,
                0,
            )
        };
        if block != libc::MAP_FAILED {
            return (block.cast(), share);
        }
        share.registers /= 2;
        share.records /= 2;
        if share.records < 1 << 20 {
            krait_object::errors::fatal("no memory for a thread's stack", "mmap failed");
        }
    }
}

impl Stack {
    /// A new stack, at the beginning of its reservation.
    fn new(py: Py, share: Share) -> *mut Stack {
        const { assert!(size_of::<Stack>() <= HEAD) };
        let (block, share) = reserve(share);
        // SAFETY: the parts of the mapping, one behind the other; the head has room for the
        // record.
        unsafe {
            let registers = block.add(HEAD).cast::<u64>();
            let first = block.add(HEAD + share.registers + APART).cast::<Frame>();
            let stack = block.cast::<Stack>();
            stack.write(Stack {
                previous: null_mut(),
                size: HEAD + share.registers + APART + share.records,
                current: null_mut(),
                top: registers,
                end: registers.add(share.registers / 8),
                next: first,
                limit: first,
                first,
                records: share.records / size_of::<Frame>(),
                recursion_limit: 0,
            });
            (*stack).set_recursion_limit(LIMIT.get(py).get());
            stack
        }
    }

    pub fn recursion_limit(&self) -> usize {
        self.recursion_limit
    }

    /// Sets how deep Python calls may nest, as far as there are records.
    pub fn set_recursion_limit(&mut self, limit: usize) {
        let place = |n: usize| n.min(self.records - 64);
        let shift = place(limit) as isize - place(self.recursion_limit) as isize;
        self.recursion_limit = limit;
        // SAFETY: both ends are within the reservation, but for generators' share, which
        // only makes the address smaller.
        self.limit = self.limit.wrapping_offset(shift);
    }

    /// How much of the recursion limit is used: the records in use and those that running
    /// generators have elsewhere.
    pub fn used(&self) -> usize {
        let left = (self.limit as usize).saturating_sub(self.next as usize) / size_of::<Frame>();
        self.recursion_limit.saturating_sub(left)
    }

    /// How many frames there are room for.
    pub fn depth(&self) -> usize {
        (self.next as usize - self.first as usize) / size_of::<Frame>()
    }
}

/// The running thread's stack, made at its first use.
#[inline(always)]
pub fn of_thread(py: Py) -> *mut Stack {
    let stack = py.thread().vm();
    if stack.is_null() {
        make(py)
    } else {
        stack.cast()
    }
}

#[cold]
fn make(py: Py) -> *mut Stack {
    // Another one is for a greenlet.
    let has_first = py.thread().has_stack.replace(true);
    let stack = Stack::new(py, if has_first { PART } else { WHOLE });
    py.thread().set_vm(stack.cast());
    stack
}

/// Sets the recursion limit of the running stack and of those that are made later.
pub fn set_limit(py: Py, limit: usize) {
    LIMIT.get(py).set(limit);
    // SAFETY: the thread's own stack.
    unsafe { (*of_thread(py)).set_recursion_limit(limit) }
}

/// Gives a thread's stack back when the thread ends.
///
/// # Safety
/// No frame of the thread is left.
pub unsafe fn free(thread: &krait_object::thread::ThreadState) {
    let stack = thread.vm().cast::<Stack>();
    thread.set_vm(null_mut());
    if !stack.is_null() {
        // SAFETY: the reservation begins with the stack, and is not used any more.
        unsafe { libc::munmap(stack.cast(), (*stack).size) };
    }
}

/// Fails with RecursionError.
#[cold]
#[inline(never)]
pub fn overflow<T>(py: Py) -> krait_object::py::PyResult<T> {
    // The error itself may run a little code.
    let stack = of_thread(py);
    // SAFETY: the thread's own stack.
    unsafe {
        (*stack).limit = (*stack).limit.wrapping_add(50);
        let result = raise!(py, RecursionError, "maximum recursion depth exceeded");
        (*stack).limit = (*stack).limit.wrapping_sub(50);
        result
    }
}
