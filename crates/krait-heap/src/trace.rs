//! Tracing of allocations, for `tracemalloc`.
//!
//! It costs nothing while it is off: no inlined path asks for it. While it is on, the bins
//! are empty, so that each allocation takes the slow path, which gives blocks of pages that
//! were made for it. Such a page belongs to no bin, and its `notify` always is one less than
//! what is in use, so that each release takes the slow path too. Blocks that were there
//! before are not known, and their release goes unnoticed.

use crate::alloc::listed_page;
use crate::classes::GC_BINS;
use crate::generations;
use crate::global::{Global, HOT};
use crate::pages::{EMPTY, LIVE, Page, state_of};

/// Who is told. The functions are called with the GIL held and do not use this heap.
#[derive(Clone, Copy)]
pub struct TraceHooks {
    /// A block of so many bytes was given out.
    pub allocated: fn(*mut u8, usize),
    /// A block is about to be released.
    pub released: fn(*mut u8),
}

struct Tracing {
    hooks: TraceHooks,
    /// The bins as they were.
    parked: [*mut Page; 2 * GC_BINS],
    /// The traced pages with room, by their bins; linked by `next`.
    room: [*mut Page; 2 * GC_BINS],
    pages: Vec<*mut Page>,
}

static TRACING: Global<Option<Box<Tracing>>> = Global::new(None);

/// Begins to trace, unless it is done already.
///
/// # Safety
/// The heap's contract.
pub unsafe fn start_tracing(hooks: TraceHooks) {
    // SAFETY: the GIL is held.
    unsafe {
        if (*TRACING.get()).is_some() {
            return;
        }
        let hot = HOT.get();
        let empty = [EMPTY.get(); 2 * GC_BINS];
        *TRACING.get() = Some(Box::new(Tracing {
            hooks,
            parked: std::mem::replace(&mut (*hot).bins, empty),
            room: [std::ptr::null_mut(); 2 * GC_BINS],
            pages: Vec::new(),
        }));
    }
}

/// Ends tracing.
///
/// # Safety
/// The heap's contract; no collection runs.
pub unsafe fn stop_tracing() {
    // SAFETY: the GIL is held; traced pages are live, since they are never given up.
    unsafe {
        let Some(tracing) = (*TRACING.get()).take() else {
            return;
        };
        (*HOT.get()).bins = tracing.parked;
        for page in tracing.pages {
            (*page).traced = false;
            (*page).listed = false;
            crate::alloc::adopt(page);
        }
    }
}

/// The first page of a bin, traced pages aside.
///
/// # Safety
/// The heap's contract.
pub(crate) unsafe fn head(bin: usize) -> *mut *mut Page {
    // SAFETY: the GIL is held, and the place stays where it is.
    unsafe {
        match &mut *TRACING.get() {
            Some(tracing) => &raw mut tracing.parked[bin],
            None => &raw mut (*HOT.get()).bins[bin],
        }
    }
}

/// A block, while allocations are traced; null where there is no memory.
///
/// # Safety
/// The heap's contract.
pub(crate) unsafe fn alloc(bin: usize, size: usize) -> Option<*mut u8> {
    // SAFETY: the GIL is held; pages in `room` are live and have a block.
    unsafe {
        let tracing = (*TRACING.get()).as_mut()?;
        let mut page = tracing.room[bin];
        if page.is_null() {
            page = new_page(bin);
            if page.is_null() {
                return Some(page.cast());
            }
            tracing.pages.push(page);
            tracing.room[bin] = page;
        }
        if (*page).free.is_null() {
            Page::extend(page);
        }
        let block = (*page).free;
        (*page).free = (*block).next;
        (*page).used += 1;
        (*page).notify = (*page).used - 1;
        if (*page).free.is_null() && (*page).extended == (*page).capacity {
            tracing.room[bin] = (*page).next;
            (*page).next = std::ptr::null_mut();
            (*page).listed = false;
        }
        if (*page).gc {
            *state_of(block.cast()) = LIVE;
            generations::count_allocation();
        }
        (tracing.hooks.allocated)(block.cast(), size);
        Some(block.cast())
    }
}

unsafe fn new_page(bin: usize) -> *mut Page {
    // SAFETY: the page is fresh from the region, and the GIL is held.
    unsafe {
        let page = listed_page(bin);
        if page.is_null() {
            return page;
        }
        (*page).traced = true;
        (*page).listed = true;
        (*page).full = true;
        page
    }
}

/// The block that is first on a traced page's free list was released.
///
/// # Safety
/// The heap's contract; the page is traced.
pub(crate) unsafe fn released(page: *mut Page) {
    // SAFETY: the GIL is held, and the page is live.
    unsafe {
        let Some(tracing) = (*TRACING.get()).as_mut() else {
            return;
        };
        (tracing.hooks.released)((*page).free.cast());
        (*page).notify = (*page).used.wrapping_sub(1);
        if !(*page).listed {
            let bin = (*page).bin as usize;
            (*page).next = tracing.room[bin];
            (*page).listed = true;
            tracing.room[bin] = page;
        }
    }
}

/// Tells of a block that lies in no page of blocks.
///
/// # Safety
/// The heap's contract.
pub(crate) unsafe fn large_allocated(block: *mut u8, size: usize) {
    // SAFETY: the GIL is held.
    if let Some(tracing) = unsafe { &*TRACING.get() }
        && !block.is_null()
    {
        (tracing.hooks.allocated)(block, size);
    }
}

/// Tells of the end of such a block.
///
/// # Safety
/// The heap's contract.
pub(crate) unsafe fn large_released(block: *mut u8) {
    // SAFETY: the GIL is held.
    if let Some(tracing) = unsafe { &*TRACING.get() } {
        (tracing.hooks.released)(block);
    }
}
