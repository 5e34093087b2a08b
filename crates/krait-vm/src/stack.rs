//! One thread's stack: registers on one reservation of address space, frame records on
//! another.
//!
//! The system commits pages when they are first touched. What always holds: registers
//! from `top` up hold no references (only zero, or what an immediate left behind), so a
//! new frame clears nothing but its locals; records from `next` up are free.

use std::ptr::null_mut;

use krait_object::py::Py;
use krait_object::raise;

use crate::frame::Frame;

/// A thread's frames and registers.
pub struct Stack {
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
    registers: *mut u64,
    bytes: usize,
    recursion_limit: usize,
}

const REGISTER_BYTES: usize = 512 << 20;
const RECORD_BYTES: usize = 192 << 20;

/// CPython's default recursion limit.
pub const DEFAULT_LIMIT: usize = 1000;

fn reserve(mut bytes: usize) -> (*mut u8, usize) {
    loop {
        // SAFETY: a fresh private mapping, which nobody else uses.
        let block = unsafe {
            libc::mmap(
                null_mut(),
                bytes,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                -1,
                0,
            )
        };
        if block != libc::MAP_FAILED {
            return (block.cast(), bytes);
        }
        bytes /= 2;
        if bytes < 1 << 20 {
            krait_object::errors::fatal("no memory for a thread's stack", "mmap failed");
        }
    }
}

impl Stack {
    pub fn new() -> Box<Stack> {
        let (registers, bytes) = reserve(REGISTER_BYTES);
        let (records, record_bytes) = reserve(RECORD_BYTES);
        let (registers, first) = (registers.cast::<u64>(), records.cast::<Frame>());
        let count = record_bytes / size_of::<Frame>();
        let mut stack = Box::new(Stack {
            current: null_mut(),
            top: registers,
            // SAFETY: the end of the mapping.
            end: unsafe { registers.add(bytes / 8) },
            next: first,
            limit: first,
            first,
            records: count,
            registers,
            bytes,
            recursion_limit: 0,
        });
        stack.set_recursion_limit(DEFAULT_LIMIT);
        stack
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

impl Drop for Stack {
    fn drop(&mut self) {
        // SAFETY: the thread is over, and the mappings are its own.
        unsafe {
            libc::munmap(self.registers.cast(), self.bytes);
            libc::munmap(self.first.cast(), self.records * size_of::<Frame>());
        }
    }
}

/// The running thread's stack, made at its first use.
#[inline(always)]
pub fn of_thread(py: Py) -> *mut Stack {
    let stack = py.thread().vm.get();
    if stack.is_null() {
        make(py)
    } else {
        stack.cast()
    }
}

#[cold]
fn make(py: Py) -> *mut Stack {
    let stack = Box::into_raw(Stack::new());
    py.thread().vm.set(stack.cast());
    stack
}

/// Gives a thread's stack back when the thread ends.
///
/// # Safety
/// No frame of the thread is left.
pub unsafe fn free(thread: &krait_object::thread::ThreadState) {
    let stack = thread.vm.replace(null_mut());
    if !stack.is_null() {
        // SAFETY: it was made by `make`, and is not used any more.
        drop(unsafe { Box::from_raw(stack.cast::<Stack>()) });
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
