//! Which of a set of objects are reachable from outside the set.
//!
//! Each page with candidates gets an array of marks, one for each block, for as long
//! as the collection lasts. A mark counts the references that come from candidates. An
//! object with more references than that is held from outside, and whatever such objects
//! lead to is reachable too. Objects are read, never written, and but for following
//! references only twice, page after page.

use std::ffi::{c_int, c_void};

use krait_abi::PyObject;

use crate::alloc::is_pool_address;
use crate::object::{mortal_count, traverse};
use crate::pages::{Page, TRACKED, block_at, index_of, page_of, state_of};
use crate::track::{generation_of, untrack};

/// The block holds no candidate.
const OUTSIDE: u32 = u32::MAX;
/// A candidate that is reachable from outside.
const REACHED: u32 = u32::MAX - 1;
/// Reachable, but its references have not been followed for want of memory.
const PENDING: u32 = u32::MAX - 2;

/// The marks of one collection.
pub(crate) struct Graph {
    /// Pages with at least one candidate.
    pages: Vec<*mut Page>,
    /// All marks; each page points to its part.
    marks: Vec<u32>,
    /// Number of candidates.
    pub(crate) candidates: usize,
}

/// Objects reached whose references are still to be followed.
struct Frontier {
    stack: Vec<*mut PyObject>,
    /// Some did not fit on the stack and are marked [`PENDING`].
    overflow: bool,
}

/// Where the mark of an object is, if its page takes part.
#[inline(always)]
unsafe fn mark_of(object: *mut PyObject) -> Option<*mut u32> {
    // SAFETY: an object in the pools is live, so its page has a header; the marks of a
    // page have an entry for each block.
    unsafe {
        if !is_pool_address(object.cast()) {
            return None;
        }
        let page = page_of(object.cast());
        let marks = (*page).marks;
        if marks.is_null() {
            None
        } else {
            Some(marks.add(index_of(page, object.cast())))
        }
    }
}

unsafe extern "C-unwind" fn visit_count(object: *mut PyObject, _: *mut c_void) -> c_int {
    // SAFETY: tp_traverse reports live objects, or null from careless extensions.
    unsafe {
        if let Some(mark) = mark_of(object)
            && *mark < PENDING
        {
            *mark += 1;
        }
    }
    0
}

unsafe extern "C-unwind" fn visit_reach(object: *mut PyObject, frontier: *mut c_void) -> c_int {
    // SAFETY: as above; the argument is the frontier of `drain`.
    unsafe {
        if let Some(mark) = mark_of(object)
            && *mark < PENDING
        {
            (*frontier.cast::<Frontier>()).add(object, mark);
        }
    }
    0
}

impl Frontier {
    #[inline(always)]
    unsafe fn add(&mut self, object: *mut PyObject, mark: *mut u32) {
        // SAFETY: `mark` is the object's; there is room for one more element.
        unsafe {
            *mark = REACHED;
            let len = self.stack.len();
            if len < self.stack.capacity() {
                self.stack.as_mut_ptr().add(len).write(object);
                self.stack.set_len(len + 1);
            } else {
                self.add_growing(object, mark);
            }
        }
    }

    /// The same where the stack has no room.
    #[cold]
    #[inline(never)]
    unsafe fn add_growing(&mut self, object: *mut PyObject, mark: *mut u32) {
        if self.stack.try_reserve(1).is_ok() {
            self.stack.push(object);
        } else {
            // SAFETY: `mark` is the object's.
            unsafe { *mark = PENDING }
            self.overflow = true;
        }
    }

    /// Follows what a candidate leads to if it has a reference from outside.
    #[inline(always)]
    unsafe fn start_from(&mut self, object: *mut PyObject, mark: *mut u32) {
        // SAFETY: `mark` is the object's, and an object with a count is a candidate.
        unsafe {
            if *mark < PENDING && (*object).ob_refcnt > *mark {
                self.add(object, mark);
                self.drain();
            }
        }
    }

    /// Follows what an object leads to that was reached without memory to note it.
    unsafe fn resume(&mut self, object: *mut PyObject, mark: *mut u32) {
        // SAFETY: as above.
        unsafe {
            if *mark == PENDING {
                *mark = REACHED;
                traverse(object, visit_reach, (&raw mut *self).cast());
                self.drain();
            }
        }
    }

    /// Follows references until nothing new is reached.
    unsafe fn drain(&mut self) {
        while let Some(object) = self.stack.pop() {
            // SAFETY: only tracked candidates are on the stack.
            unsafe { traverse(object, visit_reach, (&raw mut *self).cast()) }
        }
    }
}

impl Graph {
    /// Prepares marks for the tracked objects of generations up to `oldest` on these
    /// pages. `None` if there is no memory for that.
    ///
    /// # Safety
    /// The pages are live gc pages and stay so for as long as the graph lives.
    pub(crate) unsafe fn start(pages: &[*mut Page], oldest: u8) -> Option<Graph> {
        // SAFETY: live pages, by contract.
        let total = unsafe { pages.iter().map(|&page| (*page).capacity as usize).sum() };
        let mut graph = Graph {
            pages: Vec::new(),
            marks: Vec::new(),
            candidates: 0,
        };
        graph.marks.try_reserve_exact(total).ok()?;
        graph.pages.try_reserve_exact(pages.len()).ok()?;
        for &page in pages {
            // SAFETY: a live page; there is room for the marks of all pages.
            unsafe { graph.add_page(page, oldest) }
        }
        Some(graph)
    }

    unsafe fn add_page(&mut self, page: *mut Page, oldest: u8) {
        let from = self.marks.len();
        let mut candidates = 0;
        // SAFETY: blocks below `extended` have a state.
        unsafe {
            let mut block = block_at(page, 0);
            for _ in 0..(*page).extended {
                let state = *state_of(block);
                let candidate = state & TRACKED != 0 && generation_of(state) <= oldest;
                self.marks.push(if candidate { 0 } else { OUTSIDE });
                candidates += candidate as usize;
                block = block.wrapping_add((*page).block_size);
            }
            if candidates == 0 {
                self.marks.truncate(from);
                return;
            }
            self.marks.resize(from + (*page).capacity as usize, OUTSIDE);
            (*page).marks = self.marks.as_mut_ptr().add(from);
            self.pages.push(page);
        }
        self.candidates += candidates;
    }

    /// Finds out which candidates are reachable from outside. Immortal objects are not
    /// tracked any longer: they are outside for ever.
    ///
    /// # Safety
    /// The candidates are as `start` found them.
    pub(crate) unsafe fn trace(&mut self) {
        // SAFETY: candidates are tracked live objects.
        unsafe {
            self.each(|object, mark| {
                if *mark == OUTSIDE {
                    return;
                }
                if mortal_count(object).is_none() {
                    *mark = OUTSIDE;
                    untrack(object.cast());
                    return;
                }
                traverse(object, visit_count, std::ptr::null_mut());
            });
            let mut frontier = Frontier {
                stack: Vec::new(),
                overflow: false,
            };
            self.each(|object, mark| frontier.start_from(object, mark));
            while std::mem::take(&mut frontier.overflow) {
                self.each(|object, mark| frontier.resume(object, mark));
            }
        }
    }

    /// Does the same once more, for those of the unreachable objects that `alive` still
    /// confirms; all other objects count as outside.
    ///
    /// # Safety
    /// The objects were candidates of `start`; those `alive` confirms are tracked.
    pub(crate) unsafe fn trace_again(
        &mut self,
        objects: &[*mut PyObject],
        alive: impl Fn(*mut PyObject) -> bool,
    ) {
        // SAFETY: blocks of candidates have marks even when the object is gone; objects
        // that are alive are tracked, and no Python code runs in here.
        unsafe {
            let marked = || objects.iter().filter_map(|&o| Some((o, mark_of(o)?)));
            for (object, mark) in marked() {
                let candidate = alive(object) && mortal_count(object).is_some();
                *mark = if candidate { 0 } else { OUTSIDE };
            }
            for (object, _) in marked().filter(|&(_, mark)| *mark != OUTSIDE) {
                traverse(object, visit_count, std::ptr::null_mut());
            }
            let mut frontier = Frontier {
                stack: Vec::new(),
                overflow: false,
            };
            for (object, mark) in marked() {
                frontier.start_from(object, mark);
            }
            while std::mem::take(&mut frontier.overflow) {
                for (object, mark) in marked() {
                    frontier.resume(object, mark);
                }
            }
        }
    }

    /// Calls `found` with each candidate and whether it is reachable.
    ///
    /// # Safety
    /// `trace` has run, and no object was allocated or released since.
    pub(crate) unsafe fn each_candidate(&self, mut found: impl FnMut(*mut PyObject, bool)) {
        // SAFETY: same contract.
        unsafe {
            self.each(|object, mark| {
                if *mark != OUTSIDE {
                    found(object, *mark == REACHED);
                }
            });
        }
    }

    /// Whether a candidate was found unreachable.
    ///
    /// # Safety
    /// The object was a candidate of the last trace.
    pub(crate) unsafe fn is_unreachable(&self, object: *mut PyObject) -> bool {
        // SAFETY: candidates have marks.
        unsafe { mark_of(object).is_some_and(|mark| *mark < PENDING) }
    }

    unsafe fn each(&self, mut visit: impl FnMut(*mut PyObject, *mut u32)) {
        for &page in &self.pages {
            // SAFETY: pages stay while the graph lives; each has a mark for each block.
            unsafe {
                let mut block = block_at(page, 0);
                for index in 0..(*page).extended as usize {
                    visit(block.cast(), (*page).marks.add(index));
                    block = block.wrapping_add((*page).block_size);
                }
            }
        }
    }
}

impl Drop for Graph {
    fn drop(&mut self) {
        for &page in &self.pages {
            // SAFETY: no page leaves the heap while a collection runs.
            unsafe { (*page).marks = std::ptr::null_mut() }
        }
    }
}
