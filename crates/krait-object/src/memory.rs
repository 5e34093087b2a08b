//! Figures of the heap, for `sys`.

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
