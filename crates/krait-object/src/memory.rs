//! Figures and limits of the heap, for `sys` and `resource`.

use crate::py::Py;

/// How many blocks are in use (`sys.getallocatedblocks`).
pub fn allocated_blocks() -> usize {
    // SAFETY: only code that holds the GIL calls this.
    unsafe { krait_heap::allocated_blocks() }
}

/// The report of `sys._debugmallocstats`.
pub fn debug_stats() -> String {
    let mut text = String::new();
    // SAFETY: only code that holds the GIL calls this.
    if unsafe { krait_heap::debug_stats(&mut text) }.is_err() {
        text.push_str("no statistics\n");
    }
    text
}

/// Says that the process may not use more address space than this (`RLIMIT_AS`), so that
/// the heap gives back what it has reserved and keeps within it.
pub fn limit_address_space(_py: Py, bytes: usize) {
    // SAFETY: the token proves the GIL.
    unsafe { krait_heap::limit_address_space(bytes) }
}
