//! Where the marks of the running collection are.
//!
//! The collector asks for the mark of each reference it follows. The answer comes from a
//! table with an entry for each page of the region, and not from the pages' headers: those
//! lie 32 KiB apart, so that they share a few sets of the processor's caches, and each is
//! on a page of memory of its own.

use krait_abi::PyObject;

use crate::global::{Global, HOT};
use crate::pages::{PAGE_SIZE, Page};

/// How to get from a block of a page to its mark.
#[derive(Clone, Copy)]
struct Entry {
    /// The first block's mark, less the quotient of its offset by the size of a block: the
    /// quotient of any block's offset then is its index from here. Null if the page takes
    /// no part.
    marks: *mut u32,
    /// The page's `magic`, for that division.
    magic: u32,
}

impl Entry {
    const NONE: Entry = Entry {
        marks: std::ptr::null_mut(),
        magic: 0,
    };
}

/// An entry for each page up to the highest that ever had marks.
static TABLE: Global<Vec<Entry>> = Global::new(Vec::new());

fn quotient(offset: usize, magic: u32) -> usize {
    ((offset as u64 * u64::from(magic)) >> 32) as usize
}

/// The number of a page in the region.
unsafe fn number(page: *mut Page) -> usize {
    // SAFETY: the GIL is held.
    (page.addr() - unsafe { (*HOT.get()).base }) / PAGE_SIZE
}

/// Makes room for the entries of these pages; false if there is no memory.
///
/// # Safety
/// The heap's contract; the pages are live.
pub(crate) unsafe fn reserve(pages: &[*mut Page]) -> bool {
    // SAFETY: the GIL is held, and no other reference to the table exists here.
    unsafe {
        let Some(highest) = pages.iter().map(|&page| number(page)).max() else {
            return true;
        };
        let table = &mut *TABLE.get();
        let missing = (highest + 1).saturating_sub(table.len());
        if table.try_reserve(missing).is_err() {
            return false;
        }
        table.extend(std::iter::repeat_n(Entry::NONE, missing));
        true
    }
}

/// Gives a page its marks, one for each block.
///
/// # Safety
/// The heap's contract; room is reserved, and the marks stay until [`forget`].
pub(crate) unsafe fn set(page: *mut Page, marks: *mut u32) {
    // SAFETY: there is an entry.
    unsafe {
        let magic = (*page).magic;
        let entry = Entry {
            marks: marks.wrapping_sub(quotient((*page).first as usize, magic)),
            magic,
        };
        (&mut *TABLE.get())[number(page)] = entry;
    }
}

/// The page takes no part any longer.
///
/// # Safety
/// The heap's contract; the page had marks.
pub(crate) unsafe fn forget(page: *mut Page) {
    // SAFETY: there is an entry.
    unsafe { (&mut *TABLE.get())[number(page)] = Entry::NONE }
}

/// Whether a page has marks.
///
/// # Safety
/// The heap's contract.
#[cfg(feature = "validate")]
pub(crate) unsafe fn are_set(page: *mut Page) -> bool {
    // SAFETY: the GIL is held.
    unsafe { (&*TABLE.get()).get(number(page)) }.is_some_and(|entry| !entry.marks.is_null())
}

/// Where the mark of an object is, which may be any, if its page takes part.
///
/// # Safety
/// The caller holds the GIL; an object in the pools is live.
#[inline(always)]
pub(crate) unsafe fn of(object: *mut PyObject) -> Option<*mut u32> {
    // SAFETY: a page with an entry has a mark for each of its blocks. What lies outside the
    // region, below it too, gives a number beyond the table.
    unsafe {
        let offset = object.addr().wrapping_sub((*HOT.get()).base);
        let entry = (&*TABLE.get()).get(offset / PAGE_SIZE)?;
        if entry.marks.is_null() {
            return None;
        }
        let index = quotient(offset % PAGE_SIZE, entry.magic);
        Some(entry.marks.wrapping_add(index))
    }
}
