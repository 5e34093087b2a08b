//! Tracking: which objects the collector looks at, and what is noted beside them.

use crate::alloc::{is_gc, is_pool_address};
use crate::generations;
use crate::global::COLD;
use crate::pages::{
    FINALIZED, FROZEN, GENERATION, GENERATION_SHIFT, LIVE, PART_BYTES, Page, TRACKED, UNLISTED,
    UNREACHABLE, any_state, block_at, page_of, state_of,
};

/// The generation in a state.
pub(crate) fn generation_of(state: u8) -> u8 {
    (state & GENERATION) >> GENERATION_SHIFT
}

/// Lets the collector see an object, as a young one. Does nothing for an object that
/// cannot be tracked or already is.
///
/// # Safety
/// The heap's contract; the object is fully initialised: `tp_traverse` may be called.
#[inline]
pub unsafe fn track(object: *mut u8) {
    // SAFETY: a live gc block has a page header and a state.
    unsafe {
        if !is_pool_address(object) {
            return;
        }
        let page = page_of(object);
        let state = state_of(object);
        if !(*page).gc || *state & TRACKED != 0 {
            return;
        }
        *state |= TRACKED;
        if (*page).places[1] == UNLISTED {
            becomes_young(page);
        }
    }
}

#[cold]
#[inline(never)]
unsafe fn becomes_young(page: *mut Page) {
    // SAFETY: a live page; the GIL is held.
    unsafe { (*COLD.get()).young_pages.push(page) }
}

/// Hides an object from the collector. Takes any object.
///
/// # Safety
/// The caller holds the GIL; an object in the pools is live.
#[inline]
pub unsafe fn untrack(object: *mut u8) {
    // SAFETY: a live gc block has a state.
    unsafe {
        if is_gc(object) {
            *state_of(object) &= !(TRACKED | UNREACHABLE | GENERATION);
        }
    }
}

/// Whether the collector sees an object, which may be any.
///
/// # Safety
/// The caller holds the GIL; an object in the pools is live.
#[inline]
pub unsafe fn is_tracked(object: *mut u8) -> bool {
    // SAFETY: a live gc block has a state.
    unsafe { is_gc(object) && *state_of(object) & TRACKED != 0 }
}

/// Whether an object's finaliser has been called. False for objects that cannot be
/// tracked.
///
/// # Safety
/// The caller holds the GIL; an object in the pools is live.
#[inline]
pub unsafe fn is_finalized(object: *mut u8) -> bool {
    // SAFETY: a live gc block has a state.
    unsafe { is_gc(object) && *state_of(object) & FINALIZED != 0 }
}

/// Notes that an object's finaliser has been called. Nothing is noted for objects that
/// cannot be tracked.
///
/// # Safety
/// The caller holds the GIL; an object in the pools is live.
#[inline]
pub unsafe fn set_finalized(object: *mut u8) {
    // SAFETY: a live gc block has a state.
    unsafe {
        if is_gc(object) {
            *state_of(object) |= FINALIZED;
        }
    }
}

/// Calls `found` with the index of each block of a gc page that holds a tracked object of
/// a generation up to `oldest`.
///
/// Where few are young, whole parts of the page are passed over.
///
/// # Safety
/// `page` is a live gc page.
#[inline(always)]
pub(crate) unsafe fn each_young(page: *mut Page, oldest: u8, mut found: impl FnMut(usize)) {
    let wanted =
        |state: u8| (state & TRACKED != 0) & (state & GENERATION <= oldest << GENERATION_SHIFT);
    // SAFETY: blocks below `extended` have a state, and no other has one but zero.
    unsafe {
        let (first, size) = ((*page).first as usize, (*page).block_size);
        let count = (*page).extended as usize;
        let mut index = 0;
        while index < count {
            let part = (first + index * size) / PART_BYTES;
            let end = ((part + 1) * PART_BYTES - first).div_ceil(size).min(count);
            if (*page).large || any_state(page, part, wanted) {
                for index in index..end {
                    if wanted(*state_of(block_at(page, index))) {
                        found(index);
                    }
                }
            }
            index = end;
        }
    }
}

/// Calls `visit` with each block of a gc page in use and its state.
///
/// # Safety
/// `page` is a live gc page, and stays one while `visit` runs.
pub(crate) unsafe fn for_each_block(page: *mut Page, mut visit: impl FnMut(*mut u8, *mut u8)) {
    // SAFETY: blocks below `extended` have a state.
    unsafe {
        let mut block = block_at(page, 0);
        for _ in 0..(*page).extended {
            let state = state_of(block);
            if *state & LIVE != 0 {
                visit(block, state);
            }
            block = block.wrapping_add((*page).block_size);
        }
    }
}

/// Calls `visit` with every object that can be tracked, whether it is or not.
///
/// # Safety
/// The heap's contract; `visit` neither allocates nor releases anything here.
pub unsafe fn for_each_object(mut visit: impl FnMut(*mut u8)) {
    // SAFETY: no page comes or goes, by contract.
    unsafe {
        for &page in (*COLD.get()).gc_pages.as_slice() {
            for_each_block(page, |object, _| visit(object));
        }
    }
}

/// Whether `test` holds of every object that can be tracked, whether it is or not; it is told
/// whether the object is an old one.
///
/// # Safety
/// The heap's contract; `test` neither allocates nor releases anything here.
pub unsafe fn all_objects(mut test: impl FnMut(*mut u8, bool) -> bool) -> bool {
    let mut all = true;
    // SAFETY: no page comes or goes, by contract.
    unsafe {
        for &page in (*COLD.get()).gc_pages.as_slice() {
            for_each_block(page, |object, state| {
                all = all && test(object, generation_of(*state) == 2);
            });
            if !all {
                break;
            }
        }
    }
    all
}

/// Calls `visit` with every tracked object of a generation (0 to 2), or of all three
/// with `None`. Frozen objects are in none.
///
/// # Safety
/// The heap's contract; `visit` neither allocates nor releases anything here.
pub unsafe fn for_each_tracked(generation: Option<usize>, mut visit: impl FnMut(*mut u8)) {
    // SAFETY: no page comes or goes, by contract.
    unsafe {
        for &page in (*COLD.get()).gc_pages.as_slice() {
            for_each_block(page, |object, state| {
                let found = generation_of(*state);
                let wanted = match generation {
                    Some(wanted) => found as usize == wanted,
                    None => found != FROZEN,
                };
                if *state & TRACKED != 0 && wanted {
                    visit(object);
                }
            });
        }
    }
}

/// Takes all tracked objects out of the collector's sight until [`unfreeze`]: the
/// collector then writes nothing that belongs to them.
///
/// # Safety
/// The heap's contract.
pub unsafe fn freeze() {
    // SAFETY: no page comes or goes here; the GIL is held.
    unsafe {
        move_all(|_| true, FROZEN);
        drop((*COLD.get()).young_pages.take());
        drop((*COLD.get()).middle_pages.take());
    }
}

/// Makes all objects old ones, as collections would that find them all reachable.
///
/// # Safety
/// The heap's contract.
pub unsafe fn age() {
    // SAFETY: no page comes or goes here; the GIL is held.
    unsafe {
        let old = move_all(|generation| generation != FROZEN, 2);
        drop((*COLD.get()).young_pages.take());
        drop((*COLD.get()).middle_pages.take());
        generations::begin_anew(old);
    }
}

/// Makes frozen objects old ones.
///
/// # Safety
/// The heap's contract.
pub unsafe fn unfreeze() {
    // SAFETY: no page comes or goes here; the GIL is held.
    unsafe {
        move_all(|generation| generation == FROZEN, 2);
        generations::old_ones_come();
    }
}

/// Moves tracked objects to a generation; how many.
unsafe fn move_all(from: impl Fn(u8) -> bool, to: u8) -> usize {
    let mut moved = 0;
    // SAFETY: no page comes or goes here.
    unsafe {
        for &page in (*COLD.get()).gc_pages.as_slice() {
            for_each_block(page, |_, state| {
                let old = *state;
                if old & TRACKED != 0 && from(generation_of(old)) {
                    moved += 1;
                    let new = old & !GENERATION | to << GENERATION_SHIFT;
                    if new != old {
                        *state = new;
                    }
                }
            });
        }
    }
    moved
}

/// How many objects are frozen.
///
/// # Safety
/// The heap's contract.
pub unsafe fn frozen_count() -> usize {
    let mut count = 0;
    // SAFETY: no page comes or goes here.
    unsafe {
        for &page in (*COLD.get()).gc_pages.as_slice() {
            for_each_block(page, |_, state| {
                let frozen = *state & TRACKED != 0 && generation_of(*state) == FROZEN;
                count += frozen as usize;
            });
        }
    }
    count
}
