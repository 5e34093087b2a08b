//! Pages: header, table of block states, and the lists pages are on.
//!
//! ```text
//! plain page  | header 128 | blocks ...
//! gc page     | header 128 | states, one byte per 16 bytes of page | blocks ...
//! large block | header 128 | states up to the block's | block (as long as it needs)
//! ```
//!
//! The state of a block is the byte of the 16 bytes it starts with, so that its
//! address follows from the block's address alone.

use crate::classes::{GC_BINS, class_size};
use crate::global::Global;

/// Bytes in a page, and its alignment.
pub(crate) const PAGE_SIZE: usize = 32 << 10;
const HEADER_SIZE: usize = 128;
/// Bytes of the table of states; where no block starts they are zero.
const STATES: usize = PAGE_SIZE / 16;

/// Bytes of the system's pages.
const SYSTEM_PAGE: usize = 4096;
const GC_FIRST: usize = HEADER_SIZE + STATES;
/// Bytes of a page whose states are looked at together.
pub(crate) const PART_BYTES: usize = 512;
/// Where a large block starts in its first page.
pub(crate) const LARGE_FIRST: usize = 192;

/// The block is an allocated object.
pub(crate) const LIVE: u8 = 1;
/// The collector may look at the object.
pub(crate) const TRACKED: u8 = 1 << 1;
/// Its finaliser has been called.
pub(crate) const FINALIZED: u8 = 1 << 2;
/// The running collection found it unreachable.
pub(crate) const UNREACHABLE: u8 = 1 << 3;
/// The generation stands in the two bits from here; 3 is frozen.
pub(crate) const GENERATION_SHIFT: u8 = 4;
/// Mask of the generation's bits.
pub(crate) const GENERATION: u8 = 3 << GENERATION_SHIFT;
/// A legacy finaliser keeps the object from being collected by the running collection.
pub(crate) const UNCOLLECTABLE: u8 = 1 << 6;
/// The generation of frozen objects.
pub(crate) const FROZEN: u8 = 3;

/// Not on a list.
pub(crate) const UNLISTED: u32 = u32::MAX;

/// `Page::notify` of a page whose emptiness is of no interest.
const NEVER: u16 = u16::MAX;

/// A free block: the list runs through the blocks themselves.
#[repr(C)]
pub(crate) struct Block {
    pub(crate) next: *mut Block,
}

/// A page's header, at the page's first address.
#[repr(C, align(128))]
pub(crate) struct Page {
    /// Free blocks, the latest released first.
    pub(crate) free: *mut Block,
    /// Blocks in use.
    pub(crate) used: u16,
    /// A release that leaves this many blocks in use takes the slow path.
    pub(crate) notify: u16,
    /// Holds gc objects.
    pub(crate) gc: bool,
    /// Holds one large block.
    pub(crate) large: bool,
    /// Has been found full and is in no bin, until enough of it is free again.
    pub(crate) full: bool,
    /// Is on the list of pages emptied during a collection.
    pub(crate) emptied: bool,
    /// Was made for traced allocations (`trace`).
    pub(crate) traced: bool,
    /// Is on the list of traced pages with room.
    pub(crate) listed: bool,
    /// Index of the bin the page belongs to.
    pub(crate) bin: u8,
    /// Bytes from the page's start to the first block.
    pub(crate) first: u16,
    /// Blocks there is room for.
    pub(crate) capacity: u16,
    /// Blocks that have been on the free list at least once.
    pub(crate) extended: u16,
    /// `ceil(2^32 / block size)`; zero for a large block.
    pub(crate) magic: u32,
    /// Bytes of a block.
    pub(crate) block_size: usize,
    /// Places on the page lists; [`UNLISTED`] where it is on none.
    pub(crate) places: [u32; 3],
    /// Next page of the bin.
    pub(crate) next: *mut Page,
    /// Previous page of the bin.
    pub(crate) prev: *mut Page,
    /// Pages of address space; 1 but for large blocks.
    pub(crate) span: usize,
}

const _: () = assert!(size_of::<Page>() == HEADER_SIZE);

/// What a bin without pages points to: it never has a free block.
pub(crate) static EMPTY: Global<Page> = Global::new(Page::blank());

impl Page {
    const fn blank() -> Page {
        Page {
            free: std::ptr::null_mut(),
            used: 0,
            notify: 0,
            gc: false,
            large: false,
            full: false,
            emptied: false,
            traced: false,
            listed: false,
            bin: 0,
            first: 0,
            capacity: 0,
            extended: 0,
            magic: 0,
            block_size: 0,
            places: [UNLISTED; 3],
            next: std::ptr::null_mut(),
            prev: std::ptr::null_mut(),
            span: 1,
        }
    }

    /// Makes a page of blocks for a bin; no block is on the free list yet.
    ///
    /// # Safety
    /// `page` is a page of the region that nothing uses.
    pub(crate) unsafe fn init_small(page: *mut Page, bin: usize) {
        let gc = bin >= GC_BINS;
        let first = if gc { GC_FIRST } else { HEADER_SIZE };
        let block_size = class_size(bin % GC_BINS);
        let header = Page {
            gc,
            bin: bin as u8,
            first: first as u16,
            capacity: ((PAGE_SIZE - first) / block_size) as u16,
            magic: (1u64 << 32).div_ceil(block_size as u64) as u32,
            block_size,
            ..Page::blank()
        };
        // SAFETY: the page is unused memory, longer than the header and the states behind it.
        unsafe {
            page.write(header);
            if gc {
                page.add(1).cast::<u8>().write_bytes(0, STATES);
            }
        }
    }

    /// Makes a span hold one gc block of `span * PAGE_SIZE - LARGE_FIRST` bytes.
    ///
    /// # Safety
    /// `page` is the first page of a span that nothing uses.
    pub(crate) unsafe fn init_large(page: *mut Page, span: usize) {
        let header = Page {
            used: 1,
            gc: true,
            large: true,
            full: true,
            first: LARGE_FIRST as u16,
            capacity: 1,
            extended: 1,
            block_size: span * PAGE_SIZE - LARGE_FIRST,
            span,
            ..Page::blank()
        };
        // SAFETY: the page is unused memory of at least a header's size.
        unsafe { page.write(header) }
    }

    /// Puts some more of the page's untouched blocks on the free list: those that end in the
    /// same page of the system, so that memory nobody asked for stays untouched.
    ///
    /// # Safety
    /// `page` is a small page with an empty free list and `extended < capacity`.
    pub(crate) unsafe fn extend(page: *mut Page) {
        // SAFETY: blocks below `capacity` lie inside the page, their states too.
        unsafe {
            let size = (*page).block_size;
            let from = (*page).extended as usize;
            let first = block_at(page, from);
            let end = (first.addr() + size).next_multiple_of(SYSTEM_PAGE);
            let count = ((end - first.addr()) / size).min((*page).capacity as usize - from);
            for i in 0..count {
                let block = first.byte_add(i * size).cast::<Block>();
                let next = if i + 1 == count {
                    std::ptr::null_mut()
                } else {
                    block.byte_add(size)
                };
                (*block).next = next;
                if (*page).gc {
                    *state_of(block.cast()) = 0;
                }
            }
            (*page).free = first.cast();
            (*page).extended = (from + count) as u16;
        }
    }

    /// A full page belongs to no bin until enough of its blocks are released: one, but a
    /// sixteenth of a gc page's. If each block that an old object leaves were used again at
    /// once, young objects would be scattered over the heap, and a young collection would
    /// have to look at as many pages as there are young objects.
    ///
    /// # Safety
    /// `page` is a live header, of a page of blocks without a free one.
    pub(crate) unsafe fn becomes_full(page: *mut Page) {
        // SAFETY: a live header, by contract.
        unsafe {
            let capacity = (*page).capacity;
            let enough = if (*page).gc { capacity / 16 } else { 1 };
            (*page).full = true;
            (*page).notify = capacity - enough.max(1);
        }
    }

    /// The page stays although it is empty, and releases do not ask again.
    ///
    /// # Safety
    /// `page` is a live header.
    pub(crate) unsafe fn keep_when_empty(page: *mut Page) {
        // SAFETY: a live header, by contract.
        unsafe { (*page).notify = NEVER }
    }
}

/// The header of the page a block starts in.
#[inline(always)]
pub(crate) fn page_of(block: *mut u8) -> *mut Page {
    block.map_addr(|a| a & !(PAGE_SIZE - 1)).cast()
}

/// Where the state of a gc block is.
///
/// # Safety
/// `block` is the start of a block of a gc page.
#[inline(always)]
pub(crate) unsafe fn state_of(block: *mut u8) -> *mut u8 {
    // SAFETY: a gc page has a state byte for each 16 bytes up to its last block.
    unsafe {
        page_of(block)
            .cast::<u8>()
            .add(HEADER_SIZE + ((block.addr() & (PAGE_SIZE - 1)) >> 4))
    }
}

/// Whether any of the states of a part of a gc page of blocks is as wanted.
///
/// # Safety
/// `page` is such a page, and `part` is below `PAGE_SIZE / PART_BYTES`.
#[inline(always)]
pub(crate) unsafe fn any_state(page: *mut Page, part: usize, wanted: impl Fn(u8) -> bool) -> bool {
    // SAFETY: the table behind the header has as many parts.
    let states = unsafe { &*page.add(1).cast::<[u8; PART_BYTES / 16]>().add(part) };
    states.iter().fold(false, |any, &state| any | wanted(state))
}

/// The block with this index.
///
/// # Safety
/// `index < capacity`.
#[inline(always)]
pub(crate) unsafe fn block_at(page: *mut Page, index: usize) -> *mut u8 {
    // SAFETY: blocks below the capacity lie inside the page.
    unsafe {
        page.cast::<u8>()
            .add((*page).first as usize + index * (*page).block_size)
    }
}

/// The index of a block in its page.
///
/// # Safety
/// `block` is the start of a block of `page`.
#[cfg(feature = "validate")]
pub(crate) unsafe fn index_of(page: *mut Page, block: *mut u8) -> usize {
    // SAFETY: a live header. The offset is below 2^15 and the block size at most 2^12,
    // so multiplying by the rounded-up reciprocal divides exactly.
    unsafe {
        let offset = block.addr() - page.addr() - (*page).first as usize;
        ((offset as u64 * (*page).magic as u64) >> 32) as usize
    }
}

/// A list of pages with removal in constant time: each page knows its place.
pub(crate) struct PageList {
    pages: Vec<*mut Page>,
    list: usize,
}

impl PageList {
    /// An empty list; `list` says which of a page's places it uses.
    pub(crate) const fn new(list: usize) -> PageList {
        PageList {
            pages: Vec::new(),
            list,
        }
    }

    pub(crate) fn as_slice(&self) -> &[*mut Page] {
        &self.pages
    }

    /// Makes sure that the next `push` needs no memory; false when there is none.
    pub(crate) fn reserve_one(&mut self) -> bool {
        self.pages.try_reserve(1).is_ok()
    }

    /// Adds a page unless it is on the list. Without memory for the list the page is
    /// left out: its objects then wait for a full collection.
    ///
    /// # Safety
    /// `page` is a live header.
    pub(crate) unsafe fn push(&mut self, page: *mut Page) {
        // SAFETY: a live header, by contract.
        let place = unsafe { &mut (*page).places[self.list] };
        if *place == UNLISTED && self.pages.try_reserve(1).is_ok() {
            *place = self.pages.len() as u32;
            self.pages.push(page);
        }
    }

    /// Takes a page off the list if it is on it.
    ///
    /// # Safety
    /// `page` is a live header, and so are all pages on the list.
    pub(crate) unsafe fn remove(&mut self, page: *mut Page) {
        // SAFETY: all pages on the list are live, and know their own place.
        unsafe {
            let place = (*page).places[self.list];
            if place == UNLISTED {
                return;
            }
            (*page).places[self.list] = UNLISTED;
            self.pages.swap_remove(place as usize);
            if let Some(&moved) = self.pages.get(place as usize) {
                (*moved).places[self.list] = place;
            }
        }
    }

    /// Empties the list and hands out what was on it.
    ///
    /// # Safety
    /// All pages on the list are live.
    pub(crate) unsafe fn take(&mut self) -> Vec<*mut Page> {
        for &page in &self.pages {
            // SAFETY: pages on the list are live.
            unsafe { (*page).places[self.list] = UNLISTED }
        }
        std::mem::take(&mut self.pages)
    }
}
