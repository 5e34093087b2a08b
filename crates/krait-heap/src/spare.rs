//! Memory kept back for the time when there is no more.
//!
//! What runs out of memory has to raise MemoryError, and that takes some: a traceback, a
//! frame. The pools keep a few pages back for it ([`crate::open_spare`]). And small blocks of
//! Rust's own collections cannot fail: [`ProgramMemory`] gives up a block kept back so that
//! they succeed, and has the interpreter raise MemoryError soon. (Collections that may grow
//! large grow by `try_reserve`.)

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr::null_mut;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

use crate::small;

/// The largest block that is made to succeed.
const SMALL: usize = 64 << 10;
/// Of `malloc`'s own memory: where the limit of address space is passed already, what is given
/// up would be lost if the system took it back. Nothing is written there.
const KEPT: Layout = match Layout::from_size_align(512 << 10, 16) {
    Ok(layout) => layout,
    Err(_) => unreachable!(),
};

static SPARE: AtomicPtr<u8> = AtomicPtr::new(null_mut());
static NOTIFY: OnceLock<fn()> = OnceLock::new();

/// The program's allocator: small blocks by thread, the system's for others, with a block kept
/// back.
pub struct ProgramMemory;

/// Keeps the block back from now on. `notify` is called, by any thread and without the GIL,
/// when it has been given up.
pub fn keep_spare(notify: fn()) {
    if NOTIFY.set(notify).is_ok() {
        crate::large::keep_freed_memory();
        refill();
    }
}

fn refill() {
    // SAFETY: the layout is not empty; the block is given back as it was taken.
    unsafe {
        let block = System.alloc(KEPT);
        if !block.is_null()
            && SPARE
                .compare_exchange(null_mut(), block, Ordering::AcqRel, Ordering::Relaxed)
                .is_err()
        {
            System.dealloc(block, KEPT);
        }
    }
}

/// Takes a spare block again where there is none: when much has been released.
#[cold]
fn released(size: usize) {
    static SMALL_ONES: AtomicU32 = AtomicU32::new(0);
    const MANY: u32 = 64;
    let much = size > SMALL
        || SMALL_ONES
            .fetch_add(1, Ordering::Relaxed)
            .is_multiple_of(MANY);
    if much && NOTIFY.get().is_some() {
        refill();
    }
}

/// Gives the spare block up for a small one; whether to try again.
#[cold]
fn give_up(size: usize) -> bool {
    if size > SMALL {
        return false;
    }
    let block = SPARE.swap(null_mut(), Ordering::AcqRel);
    if block.is_null() {
        return false;
    }
    // SAFETY: `refill` took it with this layout.
    unsafe { System.dealloc(block, KEPT) };
    if let Some(notify) = NOTIFY.get() {
        notify();
    }
    true
}

/// Tries an allocation, and once more where the spare block could be given up for it.
#[inline(always)]
fn attempt(size: usize, allocate: impl Fn() -> *mut u8) -> *mut u8 {
    let block = allocate();
    if block.is_null() && give_up(size) {
        return allocate();
    }
    block
}

/// Whether a block is one of [`small`].
#[inline(always)]
fn is_small(layout: Layout) -> bool {
    layout.size() <= small::MAX && layout.align() <= small::ALIGN
}

// SAFETY: a block comes from and goes to `small` or the system's allocator, whichever its
// layout says; a second attempt is made only where the first has allocated nothing and changed
// nothing.
unsafe impl GlobalAlloc for ProgramMemory {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if is_small(layout) {
            return attempt(layout.size(), || small::alloc(layout.size()));
        }
        // SAFETY: the caller's layout is not empty, which is all that `System` asks.
        attempt(layout.size(), || unsafe { System.alloc(layout) })
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if is_small(layout) {
            // SAFETY: as for `alloc`; the block has so many bytes.
            unsafe {
                let block = self.alloc(layout);
                if !block.is_null() {
                    block.write_bytes(0, layout.size());
                }
                return block;
            }
        }
        // SAFETY: as for `alloc`.
        attempt(layout.size(), || unsafe { System.alloc_zeroed(layout) })
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let new = Layout::from_size_align(size, layout.align());
        match new {
            Ok(new) if is_small(layout) || is_small(new) => {
                // SAFETY: the caller's block was allocated with `layout`, and `size` is not zero.
                unsafe { self.moved(block, layout, new) }
            }
            // SAFETY: the block comes from `System` with the caller's layout; a call that fails
            // leaves the block valid, so that it may be given again.
            _ => attempt(size, || unsafe { System.realloc(block, layout, size) }),
        }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: every block comes from `small` or from `System`, by the caller's layout.
        unsafe {
            if is_small(layout) {
                small::dealloc(block, layout.size());
            } else {
                System.dealloc(block, layout);
            }
        }
        if SPARE.load(Ordering::Relaxed).is_null() {
            released(layout.size());
        }
    }
}

impl ProgramMemory {
    /// `realloc` where one of the layouts is small.
    ///
    /// # Safety
    /// The block was allocated with the old layout; the new one is not empty.
    unsafe fn moved(&self, block: *mut u8, old: Layout, new: Layout) -> *mut u8 {
        if is_small(old) && is_small(new) && small::is_same(old.size(), new.size()) {
            return block;
        }
        // SAFETY: the contract; both blocks have so many bytes.
        unsafe {
            let to = self.alloc(new);
            if !to.is_null() {
                to.copy_from_nonoverlapping(block, old.size().min(new.size()));
                self.dealloc(block, old);
            }
            to
        }
    }
}
