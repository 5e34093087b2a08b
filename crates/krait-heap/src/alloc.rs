//! Allocation and release of objects.
//!
//! The inlined path is a pop from, or a push to, the free list of one page. All else
//! (no free block, the page becomes empty or stops being full, large blocks) is out of
//! line.

use crate::classes::{
    GC_BINS, MAX_LINEAR, MAX_SMALL, class_of, linear_class, shared_blocks, shared_class,
};
use crate::generations;
use crate::global::{COLD, HOT};
use crate::large;
use crate::pages::{Block, EMPTY, FINALIZED, LIVE, Page, TRACKED, page_of, state_of};
use crate::region;
use crate::trace;
use crate::track;

/// Memory for an object of `size` bytes, or null when there is none.
///
/// 16-byte aligned, contents undefined: the caller writes the header at once. With
/// `gc` the object can be tracked, which it is not yet.
///
/// # Safety
/// The heap's contract: the caller holds the GIL.
#[inline]
pub unsafe fn alloc_object(size: usize, gc: bool) -> *mut u8 {
    let bins = if gc { GC_BINS } else { 0 };
    if size > MAX_LINEAR {
        // SAFETY: same contract.
        return unsafe { alloc_over_linear(size, gc) };
    }
    let bin = bins + linear_class(size);
    // SAFETY: the GIL is held; a bin always points to a header, and a block on a free
    // list is unused memory of its page.
    unsafe {
        let page = (*HOT.get()).bins[bin];
        let block = (*page).free;
        if block.is_null() {
            return alloc_miss(bin, size);
        }
        (*page).free = (*block).next;
        (*page).used += 1;
        if gc {
            *state_of(block.cast()) = LIVE;
            generations::count_allocation();
        }
        block.cast()
    }
}

/// Sizes beyond the inlined path.
#[cold]
#[inline(never)]
unsafe fn alloc_over_linear(size: usize, gc: bool) -> *mut u8 {
    // SAFETY: the heap's contract holds, and bins point to headers.
    unsafe {
        if size > MAX_SMALL {
            return if gc {
                large::alloc(size)
            } else {
                large::alloc_plain(size)
            };
        }
        let bin = class_of(size) + if gc { GC_BINS } else { 0 };
        alloc_miss(bin, size)
    }
}

/// Allocates from a bin whatever its state.
#[cold]
#[inline(never)]
unsafe fn alloc_miss(bin: usize, size: usize) -> *mut u8 {
    // SAFETY: the heap's contract holds; pages of a bin are live, and a page whose free
    // list is empty after `extend` cannot be.
    unsafe {
        if let Some(block) = trace::alloc(bin, size) {
            return block;
        }
        let page = page_with_room(bin);
        if page.is_null() {
            return std::ptr::null_mut();
        }
        let block = (*page).free;
        (*page).free = (*block).next;
        (*page).used += 1;
        if (*page).gc {
            *state_of(block.cast()) = LIVE;
            generations::count_allocation();
        }
        block.cast()
    }
}

/// A page for blocks of the bin, with one on its free list: the bin's first page, or that of the
/// bin it shares. Null when out of memory.
unsafe fn page_with_room(bin: usize) -> *mut Page {
    // SAFETY: pages in a bin's list are live; only the one being unlinked is touched.
    unsafe {
        loop {
            let page = (*HOT.get()).bins[bin];
            if !(*page).free.is_null() {
                return page;
            }
            if (*page).extended < (*page).capacity {
                Page::extend(page);
                return page;
            }
            if page == EMPTY.get() {
                return match shares(bin) {
                    Some(other) => page_with_room(other),
                    None => new_page(bin),
                };
            }
            unlink(page);
            Page::becomes_full(page);
        }
    }
}

/// The bin whose page a bin without one uses for its next block, unless it is to have one:
/// blocks that are free there cost nothing, others little while they are few.
unsafe fn shares(bin: usize) -> Option<usize> {
    let class = bin % GC_BINS;
    let other = bin - class + shared_class(class);
    // SAFETY: the GIL is held; a bin always points to a header.
    unsafe {
        let had = &mut (*COLD.get()).shared[bin];
        let is_free = !(*(*HOT.get()).bins[other]).free.is_null();
        let most = if is_free {
            u8::MAX
        } else {
            shared_blocks(class)
        };
        if other == bin || *had >= most {
            *had = u8::MAX;
            return None;
        }
        *had += 1;
        Some(other)
    }
}

/// A page for a bin, on its list of pages but not yet in the bin; null when out of memory.
///
/// # Safety
/// The heap's contract.
pub(crate) unsafe fn listed_page(bin: usize) -> *mut Page {
    // SAFETY: the page is fresh from the region, and the GIL is held.
    unsafe {
        let cold = COLD.get();
        let list = if bin >= GC_BINS {
            &mut (*cold).gc_pages
        } else {
            &mut (*cold).plain_pages
        };
        if !list.reserve_one() {
            return std::ptr::null_mut();
        }
        let page = region::take_page();
        if page.is_null() {
            return page;
        }
        Page::init_small(page, bin);
        list.push(page);
        page
    }
}

unsafe fn new_page(bin: usize) -> *mut Page {
    // SAFETY: the page is fresh, and the GIL is held.
    unsafe {
        let page = listed_page(bin);
        if page.is_null() {
            return page;
        }
        Page::extend(page);
        (*HOT.get()).bins[bin] = page;
        page
    }
}

/// Takes a page out of its bin.
unsafe fn unlink(page: *mut Page) {
    // SAFETY: a page in a bin has live neighbours or none.
    unsafe {
        let (next, prev) = ((*page).next, (*page).prev);
        if !next.is_null() {
            (*next).prev = prev;
        }
        if prev.is_null() {
            let head = if next.is_null() { EMPTY.get() } else { next };
            *trace::head((*page).bin as usize) = head;
        } else {
            (*prev).next = next;
        }
        (*page).next = std::ptr::null_mut();
        (*page).prev = std::ptr::null_mut();
    }
}

/// Puts a page into its bin, behind the page in use.
unsafe fn link(page: *mut Page) {
    // SAFETY: the bin's pages are live; `page` is in no bin.
    unsafe {
        let head = trace::head((*page).bin as usize);
        if *head == EMPTY.get() {
            *head = page;
            return;
        }
        let next = (**head).next;
        (*page).prev = *head;
        (*page).next = next;
        (**head).next = page;
        if !next.is_null() {
            (*next).prev = page;
        }
    }
}

/// Releases an object's memory, tracked or not. No reference to it may remain.
///
/// Also releases what [`alloc_raw`](crate::alloc_raw) returned. Null is not allowed.
///
/// # Safety
/// The heap's contract.
#[inline]
pub unsafe fn free_object(object: *mut u8) {
    // SAFETY: a block of the pools has its page's header below it; the block is dead, so
    // it can carry the list.
    unsafe {
        if !is_pool_address(object) {
            return large::free_plain(object);
        }
        let page = page_of(object);
        #[cfg(feature = "validate")]
        crate::validate::released(page, object);
        if (*page).gc {
            *state_of(object) = 0;
            generations::count_release();
        }
        let block = object.cast::<Block>();
        (*block).next = (*page).free;
        (*page).free = block;
        let used = (*page).used - 1;
        (*page).used = used;
        if used == (*page).notify {
            release_noted(page);
        }
    }
}

/// The page has stopped being full, or has become empty.
#[cold]
#[inline(never)]
unsafe fn release_noted(page: *mut Page) {
    // SAFETY: the heap's contract holds, and the page is live.
    unsafe {
        if (*page).large {
            return large::free(page);
        }
        if (*page).traced {
            return trace::released(page);
        }
        if (*page).full {
            (*page).full = false;
            (*page).notify = 0;
            link(page);
        }
        if (*page).used == 0 {
            retire(page);
        }
    }
}

/// Takes a page into the bins that was in none.
///
/// # Safety
/// `page` is a small page that nothing links to but the list of all.
pub(crate) unsafe fn adopt(page: *mut Page) {
    // SAFETY: the page is live, and in no list of a bin.
    unsafe {
        (*page).next = std::ptr::null_mut();
        (*page).prev = std::ptr::null_mut();
        if (*page).free.is_null() && (*page).extended == (*page).capacity {
            return Page::becomes_full(page);
        }
        (*page).full = false;
        (*page).notify = 0;
        link(page);
        if (*page).used == 0 {
            retire(page);
        }
    }
}

/// Gives an empty page up, unless it is its bin's only one or a collection runs.
///
/// # Safety
/// `page` is a small page in its bin, without a block in use.
pub(crate) unsafe fn retire(page: *mut Page) {
    // SAFETY: an empty page is referred to by its bin and the page lists only.
    unsafe {
        let cold = COLD.get();
        if (*page).next.is_null() && (*page).prev.is_null() {
            Page::keep_when_empty(page);
        } else if (*HOT.get()).collecting {
            if !(*page).emptied && (*cold).emptied.try_reserve(1).is_ok() {
                (*page).emptied = true;
                (*cold).emptied.push(page);
            }
        } else {
            unlink(page);
            if (*page).gc {
                (*cold).gc_pages.remove(page);
                (*cold).young_pages.remove(page);
                (*cold).middle_pages.remove(page);
            } else {
                (*cold).plain_pages.remove(page);
            }
            region::put_page(page);
        }
    }
}

/// Changes the size of an object, which may move; null (and nothing changed) when out
/// of memory. Keeps whether it is finalised, and tracks the new place if the old was
/// tracked.
///
/// # Safety
/// The heap's contract; nothing else refers to the object, since it may move.
pub unsafe fn resize_object(object: *mut u8, new_size: usize) -> *mut u8 {
    // SAFETY: old and new block have at least the copied number of bytes and are
    // distinct; the old one is released after its last use.
    unsafe {
        let gc = is_gc(object);
        if !gc && !is_pool_address(object) && new_size > MAX_SMALL {
            return large::resize_plain(object, new_size);
        }
        let room = usable_size(object);
        if new_size <= room && (new_size > room / 2 || room <= 64) {
            return object;
        }
        let state = if gc { *state_of(object) } else { 0 };
        let moved = alloc_object(new_size, gc);
        if moved.is_null() {
            return moved;
        }
        std::ptr::copy_nonoverlapping(object, moved, room.min(new_size));
        if gc {
            *state_of(moved) |= state & FINALIZED;
            if state & TRACKED != 0 {
                track::track(moved);
            }
        }
        free_object(object);
        moved
    }
}

/// Bytes of the block at least as many as were asked for.
///
/// # Safety
/// The heap's contract.
pub unsafe fn usable_size(object: *mut u8) -> usize {
    // SAFETY: a block of the pools has a header; all others are malloc's.
    unsafe {
        if is_pool_address(object) {
            (*page_of(object)).block_size
        } else {
            libc::malloc_usable_size(object.cast())
        }
    }
}

/// Whether an address, which may be any, belongs to the pools.
///
/// # Safety
/// The caller holds the GIL.
#[inline(always)]
pub unsafe fn is_pool_address(address: *const u8) -> bool {
    // SAFETY: the GIL is held.
    unsafe { address.addr().wrapping_sub((*HOT.get()).base) < (*HOT.get()).size }
}

/// Whether an object, which may also lie outside this heap, can be tracked.
///
/// # Safety
/// The caller holds the GIL; an object in the pools is live.
#[inline]
pub unsafe fn is_gc(object: *mut u8) -> bool {
    // SAFETY: a live block of the pools has a header.
    unsafe { is_pool_address(object) && (*page_of(object)).gc }
}
