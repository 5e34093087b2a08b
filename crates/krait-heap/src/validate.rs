//! Checks of the whole heap, for tests: `--features validate`.

use std::collections::HashMap;
use std::ffi::{c_int, c_void};

use krait_abi::PyObject;

use crate::classes::GC_BINS;
use crate::global::{COLD, HOT};
use crate::object::{mortal_count, traverse, type_of};
use crate::pages::{
    Block, EMPTY, LIVE, Page, TRACKED, UNLISTED, UNREACHABLE, index_of, page_of, state_of,
};
use crate::track::{for_each_block, generation_of};

/// Fills released blocks, so that use after release shows.
const POISON: u8 = 0xDD;

/// Called before a block is released: panics on a second release, poisons the rest.
///
/// # Safety
/// `block` is a block of `page`.
pub(crate) unsafe fn released(page: *mut Page, block: *mut u8) {
    // SAFETY: the block is about to be free, so its contents may be overwritten.
    unsafe {
        assert!((*page).used > 0, "release in an empty page");
        assert_ne!((*page).free, block.cast(), "block released twice");
        if (*page).gc {
            assert_ne!(*state_of(block) & LIVE, 0, "gc block released twice");
        }
        block.write_bytes(POISON, (*page).block_size);
    }
}

/// Checks free lists, page lists, states, types and reference counts. Says what is
/// wrong first.
///
/// # Safety
/// The heap's contract, and no collection is running.
pub unsafe fn validate() -> Result<(), String> {
    // SAFETY: pages on the lists are live; nothing is allocated from the pools here.
    unsafe {
        let cold = COLD.get();
        for &page in (*cold).plain_pages.as_slice() {
            check_page(page)?;
        }
        let mut internal = HashMap::new();
        for &page in (*cold).gc_pages.as_slice() {
            check_page(page)?;
            check_states(page)?;
            for_each_block(page, |object, state| {
                if *state & TRACKED != 0 {
                    traverse(object.cast(), visit_count, (&raw mut internal).cast());
                }
            });
        }
        check_bins()?;
        for (&object, &references) in &internal {
            if let Some(count) = mortal_count(object)
                && count < references
            {
                return Err(format!(
                    "{object:?} has {references} references, but counts {count}"
                ));
            }
        }
    }
    Ok(())
}

unsafe extern "C-unwind" fn visit_count(object: *mut PyObject, counts: *mut c_void) -> c_int {
    // SAFETY: the argument is `validate`'s map.
    unsafe {
        *(*counts.cast::<HashMap<*mut PyObject, u32>>())
            .entry(object)
            .or_default() += 1
    }
    0
}

unsafe fn check_page(page: *mut Page) -> Result<(), String> {
    // SAFETY: a live page; the free list is checked before it is followed.
    unsafe {
        let fail = |what: &str| Err(format!("page {page:?} (bin {}): {what}", (*page).bin));
        if crate::marks::are_set(page) || (*page).emptied {
            return fail("left in the state of a collection");
        }
        if (*page).traced {
            return Ok(());
        }
        let mut free = 0;
        let mut block: *mut Block = (*page).free;
        while !block.is_null() {
            if page_of(block.cast()) != page {
                return fail("free list leaves the page");
            }
            let index = index_of(page, block.cast());
            let offset = block.addr() - page.addr() - (*page).first as usize;
            if index >= (*page).extended as usize || offset != index * (*page).block_size {
                return fail("free block between blocks");
            }
            if (*page).gc && *state_of(block.cast()) != 0 {
                return fail("free block has a state");
            }
            free += 1;
            if free > (*page).capacity {
                return fail("free list is a circle");
            }
            block = (*block).next;
        }
        if free + (*page).used != (*page).extended {
            return fail("blocks are lost");
        }
        Ok(())
    }
}

unsafe fn check_states(page: *mut Page) -> Result<(), String> {
    let mut live = 0;
    let mut wrong = None;
    // SAFETY: tracked blocks are initialised objects.
    unsafe {
        for_each_block(page, |object, state| {
            live += 1;
            let state = *state;
            if state & UNREACHABLE != 0 {
                wrong = Some((object, "left marked as unreachable"));
            }
            if state & TRACKED == 0 {
                return;
            }
            let ty = type_of(object.cast());
            if ty.is_null() || !ty.is_aligned() || ty.addr() < 4096 {
                wrong = Some((object, "has no type"));
            } else if (*ty).tp_traverse.is_none() {
                wrong = Some((object, "is tracked without tp_traverse"));
            }
            let unlisted = |list: usize| (*page).places[list] == UNLISTED;
            match generation_of(state) {
                0 if unlisted(1) => wrong = Some((object, "is young, its page is not")),
                1 if unlisted(2) => wrong = Some((object, "is middle, its page is not")),
                _ => {}
            }
        });
        if live != (*page).used {
            return Err(format!(
                "page {page:?}: {live} states for {} blocks",
                (*page).used
            ));
        }
    }
    wrong.map_or(Ok(()), |(object, what)| Err(format!("{object:?} {what}")))
}

unsafe fn check_bins() -> Result<(), String> {
    // SAFETY: pages in bins are live.
    unsafe {
        for bin in 0..2 * GC_BINS {
            let mut page = (*HOT.get()).bins[bin];
            if page == EMPTY.get() {
                continue;
            }
            let mut prev = std::ptr::null_mut();
            while !page.is_null() {
                if (*page).bin as usize != bin || (*page).prev != prev || (*page).full {
                    return Err(format!("bin {bin}: page {page:?} does not belong here"));
                }
                prev = page;
                page = (*page).next;
            }
        }
    }
    Ok(())
}
