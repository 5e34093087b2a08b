//! Which of a set of objects are reachable from outside the set.
//!
//! Each page with candidates gets an array of marks, one for each block, for as long
//! as the collection lasts. A mark counts the references that come from candidates. An
//! object with more references than that is held from outside, and whatever such objects
//! lead to is reachable too. Objects are read, never written, and but for following
//! references only twice, page after page.

use std::ffi::{c_int, c_void};

use krait_abi::PyObject;

use crate::marks;
use crate::object::{Visit, mortal_count, traverse};
use crate::pages::{Page, block_at};
use crate::track;

// What a mark says: below the first of these, how many references to a candidate come from
// candidates. Above, each may be some more, since all references are counted.

/// The block holds no candidate.
const OUTSIDE: u32 = 1 << 31;
/// A candidate that is reachable from outside.
const REACHED: u32 = 3 << 30;
/// Reachable, but its references have not been followed for want of memory.
const PENDING: u32 = 7 << 29;

/// The marks of one collection.
pub(crate) struct Graph {
    /// Each page with at least one candidate,
    /// and the first of its marks.
    pages: Vec<(*mut Page, *mut u32)>,
    /// All marks.
    marks: Vec<u32>,
    /// Number of candidates.
    pub(crate) candidates: usize,
}

#[inline(always)]
fn is_outside(mark: u32) -> bool {
    mark.wrapping_sub(OUTSIDE) < REACHED - OUTSIDE
}

/// So many objects are fetched from memory ahead of being looked at.
const AHEAD: usize = 8;

/// Asks the processor to fetch an object, which may be null.
#[inline(always)]
pub fn prefetch(object: *mut PyObject) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a hint, for which any address will do.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(object.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = object;
}

/// Objects reached whose references are still to be followed.
struct Frontier {
    stack: Vec<*mut PyObject>,
    /// Some did not fit on the stack and are marked [`PENDING`].
    overflow: bool,
}

/// Counts a reference to an object, or to nothing.
#[inline(always)]
unsafe fn count(object: *mut PyObject) {
    // SAFETY: tp_traverse reports live objects, or null from careless extensions.
    unsafe {
        if let Some(mark) = marks::of(object) {
            *mark = (*mark).wrapping_add(1);
        }
    }
}

unsafe extern "C-unwind" fn visit_count(object: *mut PyObject, _: *mut c_void) -> c_int {
    // SAFETY: as above.
    unsafe { count(object) }
    0
}

unsafe extern "C-unwind" fn visit_reach(object: *mut PyObject, frontier: *mut c_void) -> c_int {
    // SAFETY: as above; the argument is the frontier of `drain`.
    unsafe { (*frontier.cast::<Frontier>()).reach(object) }
    0
}

/// Calls a visitor with each of the references in an array, of which some may be null; what
/// it says if that is not zero. The collector's own visitors need no call for each.
///
/// # Safety
/// The collector's: a running `tp_traverse` was given the visitor and its argument, and owns
/// the references, of which there are `count`.
pub unsafe fn visit_items(
    visit: Visit,
    argument: *mut c_void,
    items: *const *mut PyObject,
    count: usize,
) -> c_int {
    // SAFETY: the contract.
    unsafe {
        if std::ptr::fn_addr_eq(visit, visit_count as Visit) {
            for i in 0..count {
                self::count(*items.add(i));
            }
            return 0;
        }
        if std::ptr::fn_addr_eq(visit, visit_reach as Visit) {
            let frontier = argument.cast::<Frontier>();
            for i in 0..count {
                (*frontier).reach(*items.add(i));
            }
            return 0;
        }
        for i in 0..count {
            let object = *items.add(i);
            if !object.is_null() {
                let result = visit(object, argument);
                if result != 0 {
                    return result;
                }
            }
        }
        0
    }
}

impl Frontier {
    /// An object, or nothing, is reachable.
    #[inline(always)]
    unsafe fn reach(&mut self, object: *mut PyObject) {
        // SAFETY: as for `count`.
        unsafe {
            if let Some(mark) = marks::of(object)
                && *mark < OUTSIDE
            {
                self.add(object, mark);
            }
        }
    }

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

    /// Follows what a candidate leads to if it has a reference from outside; some such
    /// together, so that `drain` has something to look ahead to.
    #[inline(always)]
    unsafe fn start_from(&mut self, object: *mut PyObject, mark: *mut u32) {
        // SAFETY: `mark` is the object's, and an object with a count is a candidate.
        unsafe {
            if *mark < OUTSIDE && (*object).ob_refcnt > *mark {
                self.add(object, mark);
                if self.stack.len() >= 4 * AHEAD {
                    self.drain();
                }
            }
        }
    }

    /// Follows what an object leads to that was reached without memory to note it.
    unsafe fn resume(&mut self, object: *mut PyObject, mark: *mut u32) {
        // SAFETY: as above.
        unsafe {
            if *mark >= PENDING {
                *mark = REACHED;
                traverse(object, visit_reach, (&raw mut *self).cast());
                self.drain();
            }
        }
    }

    /// Follows references until nothing new is reached. An object waits a little between
    /// leaving the stack and being looked at, while the processor fetches it.
    unsafe fn drain(&mut self) {
        let mut ahead = [std::ptr::null_mut(); AHEAD];
        let mut waiting = 0;
        for place in (0..AHEAD).cycle() {
            let next = self.stack.pop().unwrap_or(std::ptr::null_mut());
            prefetch(next);
            let object: *mut PyObject = std::mem::replace(&mut ahead[place], next);
            waiting += usize::from(!next.is_null());
            if !object.is_null() {
                waiting -= 1;
                // SAFETY: only tracked candidates are on the stack.
                unsafe { traverse(object, visit_reach, (&raw mut *self).cast()) }
            } else if waiting == 0 {
                break;
            }
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
        // SAFETY: live pages; there is room for the marks of all of them.
        unsafe {
            if !marks::reserve(pages) {
                return None;
            }
            for &page in pages {
                graph.add_page(page, oldest);
            }
        }
        Some(graph)
    }

    unsafe fn add_page(&mut self, page: *mut Page, oldest: u8) {
        let from = self.marks.len();
        // SAFETY: a live page, and blocks have a mark behind `from`.
        unsafe {
            self.marks.resize(from + (*page).capacity as usize, OUTSIDE);
            let marks = self.marks.as_mut_ptr().add(from);
            let mut found = 0;
            track::each_young(page, oldest, |index| {
                *marks.add(index) = 0;
                found += 1;
            });
            if found == 0 {
                self.marks.truncate(from);
                return;
            }
            self.candidates += found;
            marks::set(page, marks);
            self.pages.push((page, marks));
        }
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
                if *mark >= OUTSIDE {
                    return;
                }
                if mortal_count(object).is_none() {
                    *mark = OUTSIDE;
                    track::untrack(object.cast());
                    return;
                }
                traverse(object, visit_count, std::ptr::null_mut());
            });
            let mut frontier = Frontier {
                stack: Vec::new(),
                overflow: false,
            };
            self.each(|object, mark| frontier.start_from(object, mark));
            frontier.drain();
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
            let marked = || objects.iter().filter_map(|&o| Some((o, marks::of(o)?)));
            for (object, mark) in marked() {
                let candidate = alive(object) && mortal_count(object).is_some();
                *mark = if candidate { 0 } else { OUTSIDE };
            }
            for (object, _) in marked().filter(|&(_, mark)| *mark < OUTSIDE) {
                traverse(object, visit_count, std::ptr::null_mut());
            }
            let mut frontier = Frontier {
                stack: Vec::new(),
                overflow: false,
            };
            for (object, mark) in marked() {
                frontier.start_from(object, mark);
            }
            frontier.drain();
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
                if !is_outside(*mark) {
                    found(object, *mark >= REACHED);
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
        unsafe { marks::of(object).is_some_and(|mark| *mark < OUTSIDE) }
    }

    /// Calls `visit` with each candidate, and with some blocks that hold none.
    #[inline(always)]
    unsafe fn each(&self, mut visit: impl FnMut(*mut PyObject, *mut u32)) {
        const STEP: usize = 8;
        for &(page, marks) in &self.pages {
            // SAFETY: pages stay while the graph lives; each has a mark for each block.
            unsafe {
                let end = (*page).extended as usize;
                for from in (0..end).step_by(STEP) {
                    let to = (from + STEP).min(end);
                    if (from..to).fold(true, |none, i| none & is_outside(*marks.add(i))) {
                        continue;
                    }
                    let mut block = block_at(page, from);
                    for index in from..to {
                        visit(block.cast(), marks.add(index));
                        block = block.wrapping_add((*page).block_size);
                    }
                }
            }
        }
    }
}

impl Drop for Graph {
    fn drop(&mut self) {
        for &(page, _) in &self.pages {
            // SAFETY: no page leaves the heap while a collection runs.
            unsafe { marks::forget(page) }
        }
    }
}
