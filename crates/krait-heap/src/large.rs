//! Blocks beyond the largest class.
//!
//! A gc object gets a span of pages of its own, whose header makes it a page with one
//! block: tracking and collecting need no second case. Anything else comes from the C
//! library's `malloc`, which can grow big blocks in place.

use crate::alloc::usable_size;
use crate::classes::MAX_SMALL;
use crate::generations;
use crate::global::{COLD, Global, HOT};
use crate::pages::{LARGE_FIRST, LIVE, PAGE_SIZE, Page, block_at, state_of};
use crate::region;
use crate::trace;

/// No block is longer.
const MAX_SIZE: usize = isize::MAX as usize / 2;

/// From this size on `malloc` asks the system for each block, until such a block is freed:
/// a program that has made one is likely to make the next.
const MAPPED_FROM: usize = 1 << 20;
/// The most that the size rises to.
const MAPPED_AT_MOST: usize = 32 << 20;
/// So many times as much free memory `malloc` keeps at its end.
const KEPT: usize = 4;

/// The size from which `malloc` asks the system.
static MAPPED: Global<usize> = Global::new(MAPPED_FROM);

/// Makes `malloc` keep some of what is freed: by its own rule it gives the end of its
/// memory back from 128 KB on, and a program that makes and drops texts of that size would
/// get new pages from the system each time.
pub(crate) fn keep_freed_memory() {
    map_from(MAPPED_FROM);
    #[cfg(target_env = "gnu")]
    // SAFETY: sets a number of the allocator.
    unsafe {
        libc::mallopt(libc::M_TOP_PAD, AHEAD);
    }
}

/// So many bytes of address space `malloc` takes at its end beyond what is asked for. Nothing is
/// written there: it takes no memory, and is there for small allocations when a limit of address
/// space is reached.
const AHEAD: libc::c_int = 1 << 20;

/// Has `malloc` make as many arenas as there are processors, and at least two, where nobody has said how many: by
/// its own rule it makes eight times as many, each of which keeps memory that the others do not
/// use. To be called before a thread starts; only one of them runs Python code at a time.
pub fn limit_arenas() {
    #[cfg(target_env = "gnu")]
    {
        static ONCE: std::sync::Once = std::sync::Once::new();
        ONCE.call_once(|| {
            let variable = |name| std::env::var(name).unwrap_or_default();
            let tuned = variable("GLIBC_TUNABLES").contains("malloc.arena_max");
            if tuned || !variable("MALLOC_ARENA_MAX").is_empty() {
                return;
            }
            let processors = std::thread::available_parallelism().map_or(1, usize::from);
            // SAFETY: sets a number of the allocator.
            unsafe {
                libc::mallopt(libc::M_ARENA_MAX, processors.max(2) as libc::c_int);
            }
        });
    }
}

/// So much of `malloc`'s memory every start uses.
const FIRST: usize = 416 << 10;

/// Has the system provide the first of `malloc`'s memory: one call in place of a fault for each
/// page.
pub(crate) fn provide_first() {
    const PAGE: usize = 4096;
    // SAFETY: the block is in nobody's use.
    unsafe {
        let block = libc::malloc(FIRST);
        if block.is_null() {
            return;
        }
        let start = block.map_addr(|at| at.next_multiple_of(PAGE));
        region::provide(start.cast(), FIRST - PAGE);
        libc::free(block);
    }
}

fn map_from(size: usize) {
    #[cfg(target_env = "gnu")]
    // SAFETY: sets numbers of the allocator.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, size as libc::c_int);
        libc::mallopt(libc::M_TRIM_THRESHOLD, (KEPT * size) as libc::c_int);
    }
}

/// A block is freed that the system gave for itself: the next of its size come from what
/// was freed before.
#[cold]
#[inline(never)]
unsafe fn keep_like(size: usize) {
    // SAFETY: the GIL is held.
    unsafe {
        let size = (size + 1).next_power_of_two().min(MAPPED_AT_MOST);
        if size > *MAPPED.get() {
            *MAPPED.get() = size;
            map_from(size);
        }
    }
}

/// A gc block of more than [`MAX_SMALL`] bytes, or null.
///
/// # Safety
/// The heap's contract.
pub(crate) unsafe fn alloc(size: usize) -> *mut u8 {
    if size > MAX_SIZE {
        return std::ptr::null_mut();
    }
    // SAFETY: the span is fresh and long enough; the GIL is held.
    unsafe {
        if !(*COLD.get()).gc_pages.reserve_one() {
            return std::ptr::null_mut();
        }
        let (page, span) = region::take_span((size + LARGE_FIRST).div_ceil(PAGE_SIZE));
        if page.is_null() {
            return std::ptr::null_mut();
        }
        Page::init_large(page, span);
        (*COLD.get()).gc_pages.push(page);
        let block = block_at(page, 0);
        *state_of(block) = LIVE;
        generations::count_allocation();
        trace::large_allocated(block, size);
        block
    }
}

/// Gives a large gc block's span up, or notes it for the end of the collection.
///
/// # Safety
/// `page` is the header of a large block that nobody uses.
pub(crate) unsafe fn free(page: *mut Page) {
    // SAFETY: the page is live until its span is put back.
    unsafe {
        trace::large_released(block_at(page, 0));
        let cold = COLD.get();
        if (*HOT.get()).collecting {
            // Without memory for the note the span is lost, which is only address space
            // and at worst its memory.
            if (*cold).emptied.try_reserve(1).is_ok() {
                (*cold).emptied.push(page);
            }
            return;
        }
        (*cold).gc_pages.remove(page);
        (*cold).young_pages.remove(page);
        (*cold).middle_pages.remove(page);
        region::put_span(page, (*page).span);
    }
}

/// A plain block of more than [`MAX_SMALL`] bytes, or null.
///
/// # Safety
/// The heap's contract.
pub(crate) unsafe fn alloc_plain(size: usize) -> *mut u8 {
    // SAFETY: malloc takes any size; the GIL is held.
    unsafe {
        counted(
            if size > MAX_SIZE {
                std::ptr::null_mut()
            } else {
                libc::malloc(size)
            },
            size,
        )
    }
}

/// A plain block of zeros of more than [`MAX_SMALL`] bytes, or null.
///
/// # Safety
/// The heap's contract.
pub(crate) unsafe fn alloc_plain_zeroed(size: usize) -> *mut u8 {
    // SAFETY: calloc takes any size; the GIL is held.
    unsafe {
        counted(
            if size > MAX_SIZE {
                std::ptr::null_mut()
            } else {
                libc::calloc(1, size)
            },
            size,
        )
    }
}

unsafe fn counted(block: *mut libc::c_void, size: usize) -> *mut u8 {
    // SAFETY: the GIL is held.
    unsafe {
        (*HOT.get()).malloced += !block.is_null() as usize;
        trace::large_allocated(block.cast(), size);
    }
    block.cast()
}

/// Changes the size of a block from `malloc`; null (and nothing changed) on failure.
///
/// # Safety
/// `block` is from [`alloc_plain`], and `size` more than [`MAX_SMALL`].
pub(crate) unsafe fn resize_plain(block: *mut u8, size: usize) -> *mut u8 {
    debug_assert!(size > MAX_SMALL);
    if size > MAX_SIZE {
        return std::ptr::null_mut();
    }
    // SAFETY: the block is malloc's.
    unsafe {
        // A little less is not worth moving, and what malloc calls usable is usable.
        let room = usable_size(block);
        if size <= room && size > room / 4 * 3 {
            return block;
        }
        let moved: *mut u8 = libc::realloc(block.cast(), size).cast();
        if !moved.is_null() {
            trace::large_released(block);
            trace::large_allocated(moved, size);
        }
        moved
    }
}

/// Releases a block from [`alloc_plain`].
///
/// # Safety
/// The heap's contract.
#[cold]
pub(crate) unsafe fn free_plain(block: *mut u8) {
    // SAFETY: a block outside the pools is malloc's.
    unsafe {
        (*HOT.get()).malloced = (*HOT.get()).malloced.saturating_sub(1);
        trace::large_released(block);
        let size = usable_size(block);
        if size >= *MAPPED.get() && size < MAPPED_AT_MOST {
            keep_like(size);
        }
        libc::free(block.cast());
    }
}
