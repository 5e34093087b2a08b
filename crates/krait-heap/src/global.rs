//! The heap's only state, guarded by the GIL.

use std::cell::UnsafeCell;

use crate::classes::GC_BINS;
use crate::pages::{EMPTY, Page, PageList};
use crate::region::{FreeSpans, PageStock};

/// A global that only the holder of the GIL touches.
///
/// Every access goes through a raw pointer, and no reference into it lives across a
/// call that may run Python code.
pub(crate) struct Global<T>(UnsafeCell<T>);

// SAFETY: all access is made by functions whose contract is that the caller holds the
// GIL, so no two threads ever use the value at once.
unsafe impl<T> Sync for Global<T> {}

impl<T> Global<T> {
    pub(crate) const fn new(value: T) -> Self {
        Global(UnsafeCell::new(value))
    }

    /// Where the value is. It may be dereferenced under the GIL.
    #[inline(always)]
    pub(crate) const fn get(&self) -> *mut T {
        self.0.get()
    }
}

/// What the inlined paths of allocation and release read.
#[repr(C)]
pub(crate) struct Hot {
    /// First address of the pools; zero until the first allocation.
    pub(crate) base: usize,
    /// Bytes of address space that belong to the pools.
    pub(crate) size: usize,
    /// Allocations less releases of gc objects since the last collection.
    pub(crate) young: u32,
    /// A collection is due when `young` exceeds this; `u32::MAX` is never.
    pub(crate) limit: u32,
    /// Set when a collection is due.
    pub(crate) due: bool,
    /// Set while a collection runs.
    pub(crate) collecting: bool,
    /// Live blocks that came from the C library's `malloc`.
    pub(crate) malloced: usize,
    /// The page to allocate from, for each class and kind.
    pub(crate) bins: [*mut Page; 2 * GC_BINS],
}

/// What only the slow paths need.
pub(crate) struct Cold {
    /// Pages that belong to no bin and lie ready for use.
    pub(crate) stock: PageStock,
    /// Runs of pages that held a large block.
    pub(crate) spans: FreeSpans,
    /// Blocks that a bin without a page has had of the one it shares.
    pub(crate) shared: [u8; 2 * GC_BINS],
    /// All gc pages, large blocks included.
    pub(crate) gc_pages: PageList,
    /// All plain pages.
    pub(crate) plain_pages: PageList,
    /// Gc pages with an object in generation 0.
    pub(crate) young_pages: PageList,
    /// Gc pages with an object in generation 1.
    pub(crate) middle_pages: PageList,
    /// Pages that became empty, and large blocks released, during a collection.
    pub(crate) emptied: Vec<*mut Page>,
}

pub(crate) static HOT: Global<Hot> = Global::new(Hot {
    base: 0,
    size: 0,
    young: 0,
    limit: 2000,
    due: false,
    collecting: false,
    malloced: 0,
    bins: [EMPTY.get(); 2 * GC_BINS],
});

pub(crate) static COLD: Global<Cold> = Global::new(Cold {
    stock: PageStock::new(),
    spans: FreeSpans::new(),
    shared: [0; 2 * GC_BINS],
    gc_pages: PageList::new(0),
    plain_pages: PageList::new(0),
    young_pages: PageList::new(1),
    middle_pages: PageList::new(2),
    emptied: Vec::new(),
});
