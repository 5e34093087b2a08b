//! A collection, from choosing the pages to clearing the garbage.
//!
//! The order of events is CPython's: find the unreachable, set aside what legacy
//! finalisers (`tp_del`) can reach, clear weak references and call their callbacks, call
//! finalisers, look again for what they brought back, then clear what is left. What
//! needs Python objects to be understood is asked of the [`CollectorHooks`].
//!
//! Python code runs in the middle of this. Whether an unreachable object still is one
//! stands in its state, which release and reuse of its block overwrite, so that the
//! list of unreachable objects may contain stale pointers and nobody is misled.

use std::ffi::{c_int, c_void};
use std::marker::PhantomData;

use krait_abi::{PyObject, PyTypeObject};

use crate::alloc::{is_gc, retire};
use crate::finalizers;
use crate::generations;
use crate::global::{COLD, HOT};
use crate::graph::Graph;
use crate::large;
use crate::object::{incref, traverse, type_of};
use crate::pages::{
    GENERATION, GENERATION_SHIFT, Page, TRACKED, UNCOLLECTABLE, UNREACHABLE, page_of, state_of,
};
use crate::track::generation_of;

/// What a collection did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Collected {
    /// Unreachable objects that were cleared, and weak references dropped with them.
    pub collected: usize,
    /// Unreachable objects that had to stay.
    pub uncollectable: usize,
    /// Objects looked at.
    pub candidates: usize,
}

/// What became of the weak references to unreachable objects.
#[derive(Clone, Copy, Debug, Default)]
pub struct Weakrefs {
    /// Weak references released after their callback.
    pub released: usize,
    /// A callback was called, so that anything may have changed.
    pub called_back: bool,
}

/// The part of a collection that needs to understand objects.
///
/// # Safety
/// `decref` and `clear` do what they say; methods told so run no Python code and change
/// no references.
pub unsafe trait CollectorHooks {
    /// Clears all weak references to unreachable objects, then calls the callbacks of
    /// those weak references that are not themselves unreachable.
    ///
    /// # Safety
    /// Called by the collector only.
    unsafe fn handle_weakrefs(&mut self, unreachable: &Unreachable<'_>) -> Weakrefs;

    /// Clears, without callbacks, the weak references that finalisers have made to
    /// objects that are about to be cleared.
    ///
    /// # Safety
    /// Called by the collector only.
    unsafe fn clear_weakrefs(&mut self, unreachable: &Unreachable<'_>);

    /// Calls the object's `tp_finalize`, which is there. The collector holds a reference
    /// to the object, and has noted that it is finalised.
    ///
    /// # Safety
    /// Called by the collector only.
    unsafe fn finalize(&mut self, object: *mut PyObject);

    /// Calls the object's `tp_clear`, which is there, and reports an exception as
    /// unraisable. The collector holds a reference to the object.
    ///
    /// # Safety
    /// Called by the collector only.
    unsafe fn clear(&mut self, object: *mut PyObject);

    /// Drops a reference, deallocating the object if it was the last.
    ///
    /// # Safety
    /// Called by the collector only, which owns the reference.
    unsafe fn decref(&mut self, object: *mut PyObject);

    /// Appends the object to `gc.garbage`.
    ///
    /// # Safety
    /// Called by the collector only.
    unsafe fn add_garbage(&mut self, object: *mut PyObject);

    /// `gc.DEBUG_SAVEALL` is set: nothing is cleared, all goes to `gc.garbage`.
    fn save_all(&self) -> bool {
        false
    }

    /// Told of each unreachable object: `gc.DEBUG_COLLECTABLE` and
    /// `gc.DEBUG_UNCOLLECTABLE`. Runs no Python code.
    ///
    /// # Safety
    /// Called by the collector only.
    unsafe fn found(&mut self, object: *mut PyObject, collectable: bool) {
        let _ = (object, collectable);
    }

    /// The type whose young surviving instances `needs_no_tracking` is asked about:
    /// tuples, of which most turn out to hold atoms only.
    fn untracked_type(&self) -> *const PyTypeObject {
        std::ptr::null()
    }

    /// Whether an instance of `untracked_type` can never be part of a cycle. Runs no
    /// Python code.
    ///
    /// # Safety
    /// Called by the collector only.
    unsafe fn needs_no_tracking(&mut self, object: *mut PyObject) -> bool {
        let _ = object;
        false
    }
}

/// The objects a collection found unreachable.
pub struct Unreachable<'a> {
    objects: Vec<*mut PyObject>,
    heap: PhantomData<&'a ()>,
}

impl Unreachable<'_> {
    /// The objects that are still there and unreachable. Objects may be released while
    /// the iterator is in use.
    pub fn iter(&self) -> impl Iterator<Item = *mut PyObject> {
        // SAFETY: the blocks of the listed objects have a state even when they are gone,
        // since no page leaves the heap while a collection runs.
        let there = |&object: &*mut PyObject| unsafe { is_garbage(object) };
        self.objects.iter().copied().filter(there)
    }

    /// Whether an object, which may be any, is unreachable.
    ///
    /// # Safety
    /// The caller holds the GIL, and the object is live.
    pub unsafe fn contains(&self, object: *mut PyObject) -> bool {
        // SAFETY: a live gc object has a state.
        unsafe { is_gc(object.cast()) && is_garbage(object) }
    }
}

/// Whether the block holds an object of the unreachable set.
pub(crate) unsafe fn is_garbage(object: *mut PyObject) -> bool {
    const BOTH: u8 = TRACKED | UNREACHABLE;
    // SAFETY: blocks of gc pages have a state, whatever is in them.
    unsafe { *state_of(object.cast()) & BOTH == BOTH }
}

/// Ends the collection whatever happens: drops the marks and gives up emptied pages.
struct Running;

impl Drop for Running {
    fn drop(&mut self) {
        // SAFETY: the collection's thread holds the GIL; pages on the list are live.
        unsafe {
            (*HOT.get()).collecting = false;
            generations::update_limit();
            for page in std::mem::take(&mut (*COLD.get()).emptied) {
                if (*page).large {
                    large::free(page);
                    continue;
                }
                (*page).emptied = false;
                if (*page).used == 0 {
                    retire(page);
                }
            }
        }
    }
}

/// Collects the oldest generation that is due. What the interpreter calls at a safe
/// point after [`collection_due`](crate::collection_due).
///
/// # Safety
/// The heap's contract; no exception is set in the thread.
pub unsafe fn collect_due(hooks: &mut dyn CollectorHooks) -> Collected {
    // SAFETY: same contract.
    unsafe { collect(generations::due_generation(), hooks) }
}

/// Collects a generation and all younger ones. Does nothing while a collection runs, or
/// when there is no memory to run one.
///
/// # Safety
/// The heap's contract; no exception is set in the thread.
pub unsafe fn collect(generation: usize, hooks: &mut dyn CollectorHooks) -> Collected {
    let generation = generation.min(generations::GENERATIONS - 1);
    // SAFETY: the heap's contract; `Running` keeps pages in place until it is dropped,
    // which is after the graph.
    unsafe {
        if (*HOT.get()).collecting {
            return Collected::default();
        }
        (*HOT.get()).collecting = true;
        generations::update_limit();
        generations::collection_starts(generation);
        let result = {
            let _running = Running;
            run(generation, hooks)
        };
        generations::collection_ends(generation, result);
        #[cfg(feature = "validate")]
        crate::validate::validate().expect("the heap is consistent after a collection");
        result
    }
}

unsafe fn run(generation: usize, hooks: &mut dyn CollectorHooks) -> Collected {
    let target = (generation as u8 + 1).min(2);
    // SAFETY: no page leaves the heap while the collection runs.
    unsafe {
        let pages = take_pages(generation);
        let Some(mut graph) = Graph::start(&pages, generation as u8) else {
            put_back(&pages);
            return Collected::default();
        };
        let candidates = graph.candidates;
        graph.trace();
        let mut unreachable = divide(&graph, generation, target, hooks);
        let legacy = set_legacy_aside(&mut unreachable);
        for object in unreachable.iter() {
            hooks.found(object, true);
        }
        let mut collected = bury(&mut graph, &mut unreachable, target, hooks);
        collected += delete_garbage(&unreachable, target, hooks);
        keep_legacy(&legacy, target, hooks);
        Collected {
            collected,
            uncollectable: legacy.len(),
            candidates,
        }
    }
}

/// The pages that may have objects of the generations to collect.
unsafe fn take_pages(generation: usize) -> Vec<*mut Page> {
    // SAFETY: pages on the lists are live; the GIL is held.
    unsafe {
        let cold = COLD.get();
        if generation == 2 {
            let all = (*cold).gc_pages.as_slice();
            let mut pages = Vec::new();
            if pages.try_reserve_exact(all.len()).is_ok() {
                pages.extend_from_slice(all);
                drop((*cold).young_pages.take());
                drop((*cold).middle_pages.take());
            }
            return pages;
        }
        if generation == 1 {
            for page in (*cold).middle_pages.take() {
                (*cold).young_pages.push(page);
            }
        }
        (*cold).young_pages.take()
    }
}

/// Undoes `take_pages`, listing a page rather twice than not at all.
unsafe fn put_back(pages: &[*mut Page]) {
    for &page in pages {
        // SAFETY: the pages are live gc pages.
        unsafe {
            (*COLD.get()).young_pages.push(page);
            (*COLD.get()).middle_pages.push(page);
        }
    }
}

/// Moves an object to a generation.
unsafe fn move_to(object: *mut PyObject, target: u8) {
    // SAFETY: a live gc object has a state and a page.
    unsafe {
        let state = state_of(object.cast());
        let new = *state & !(GENERATION | UNREACHABLE) | target << GENERATION_SHIFT;
        if *state != new {
            *state = new;
        }
        if target == 1 {
            (*COLD.get()).middle_pages.push(page_of(object.cast()));
        }
    }
}

/// Moves what is reachable on to the next generation and lists what is not.
unsafe fn divide<'a>(
    graph: &Graph,
    generation: usize,
    target: u8,
    hooks: &mut dyn CollectorHooks,
) -> Unreachable<'a> {
    let mut objects = Vec::new();
    let mut survivors = 0;
    let untracked_type = hooks.untracked_type();
    // SAFETY: candidates are live gc objects, and no hook called here changes that.
    unsafe {
        graph.each_candidate(|object, reachable| {
            let state = state_of(object.cast());
            if !reachable && objects.try_reserve(1).is_ok() {
                *state |= UNREACHABLE;
                objects.push(object);
                return;
            }
            if generation_of(*state) < 2
                && type_of(object).cast_const() == untracked_type
                && hooks.needs_no_tracking(object)
            {
                *state &= !(TRACKED | GENERATION);
                return;
            }
            survivors += 1;
            move_to(object, target);
        });
        generations::survivors(generation, survivors);
    }
    Unreachable {
        objects,
        heap: PhantomData,
    }
}

unsafe extern "C-unwind" fn visit_legacy(object: *mut PyObject, list: *mut c_void) -> c_int {
    // SAFETY: tp_traverse reports live objects; the argument is `set_legacy_aside`'s.
    unsafe {
        if is_gc(object.cast()) && is_garbage(object) {
            set_aside(object, &mut *list.cast());
        }
    }
    0
}

unsafe fn set_aside(object: *mut PyObject, list: &mut Vec<*mut PyObject>) {
    // Without memory to list it the object just stays, as part of no list.
    // SAFETY: a live gc object has a state.
    unsafe {
        let state = state_of(object.cast());
        *state = *state & !UNREACHABLE | UNCOLLECTABLE;
        if list.try_reserve(1).is_ok() {
            list.push(object);
        }
    }
}

/// Takes the objects with a legacy finaliser, and all they lead to, out of the
/// unreachable ones.
unsafe fn set_legacy_aside(unreachable: &mut Unreachable<'_>) -> Vec<*mut PyObject> {
    let mut legacy: Vec<*mut PyObject> = Vec::new();
    // SAFETY: no Python code has run yet, so all listed objects are there.
    unsafe {
        for &object in &unreachable.objects {
            if (*type_of(object)).tp_del.is_some() {
                set_aside(object, &mut legacy);
            }
        }
        let mut next = 0;
        while let Some(&object) = legacy.get(next) {
            traverse(object, visit_legacy, (&raw mut legacy).cast());
            next += 1;
        }
        if !legacy.is_empty() {
            unreachable.objects.retain(|&object| is_garbage(object));
        }
    }
    legacy
}

/// Weak references and finalisers, and what they bring back. Returns how many weak
/// references were released.
unsafe fn bury(
    graph: &mut Graph,
    unreachable: &mut Unreachable<'_>,
    target: u8,
    hooks: &mut dyn CollectorHooks,
) -> usize {
    if unreachable.objects.is_empty() {
        return 0;
    }
    // SAFETY: each object is looked at only while its state says that it is there.
    unsafe {
        let weakrefs = hooks.handle_weakrefs(unreachable);
        let finalized = finalizers::call(unreachable, hooks);
        if !finalized && !weakrefs.called_back {
            return weakrefs.released;
        }
        graph.trace_again(&unreachable.objects, |object| is_garbage(object));
        unreachable.objects.retain(|&object| {
            let garbage = is_garbage(object);
            if garbage && !graph.is_unreachable(object) {
                move_to(object, target);
                return false;
            }
            garbage
        });
        hooks.clear_weakrefs(unreachable);
        weakrefs.released
    }
}

/// Breaks the cycles. Returns how many objects that concerned.
unsafe fn delete_garbage(
    unreachable: &Unreachable<'_>,
    target: u8,
    hooks: &mut dyn CollectorHooks,
) -> usize {
    let count = unreachable.iter().count();
    // SAFETY: the iterator yields live tracked objects; a reference is held while an
    // object is being cleared, and its state read again afterwards.
    unsafe {
        for object in unreachable.iter() {
            if hooks.save_all() {
                hooks.add_garbage(object);
            } else if (*type_of(object)).tp_clear.is_some() {
                incref(object);
                hooks.clear(object);
                hooks.decref(object);
            }
            if is_garbage(object) {
                move_to(object, target);
            }
        }
    }
    count
}

/// What legacy finalisers keep alive goes to `gc.garbage`, and grows old.
unsafe fn keep_legacy(legacy: &[*mut PyObject], target: u8, hooks: &mut dyn CollectorHooks) {
    for &object in legacy {
        // SAFETY: the state tells whether the object is still there.
        unsafe {
            let state = state_of(object.cast());
            if *state & UNCOLLECTABLE == 0 {
                continue;
            }
            *state &= !UNCOLLECTABLE;
            if *state & TRACKED != 0 {
                move_to(object, target);
            }
            hooks.found(object, false);
            if hooks.save_all() || (*type_of(object)).tp_del.is_some() {
                hooks.add_garbage(object);
            }
        }
    }
}
