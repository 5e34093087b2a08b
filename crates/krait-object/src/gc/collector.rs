//! Garbage collections as Python sees them: what krait-heap asks of objects, when a
//! collection runs, and what the `gc` module sets and gets.
//!
//! What always holds: at most one collection runs, its callbacks included; no exception
//! is set while it does, and the one that was set before is set afterwards.

use std::cell::{Cell, OnceCell};
use std::sync::atomic::Ordering;
use std::time::Instant;

use krait_abi::*;
use krait_heap::{Collected, CollectorHooks, GenerationStats, Unreachable, Weakrefs};

use crate::errors;
use crate::object::{Layout, Object, Owned};
use crate::protocol;
use crate::py::{GilCell, Py};
use crate::thread::{EVAL_BREAKER, breaker};
use crate::types::dict::Dict;
use crate::types::list::List;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::weakref;
use crate::value::Value;

/// Bits of `gc.set_debug`.
pub const DEBUG_STATS: u32 = 1;
pub const DEBUG_COLLECTABLE: u32 = 2;
pub const DEBUG_UNCOLLECTABLE: u32 = 4;
pub const DEBUG_SAVEALL: u32 = 32;

struct State {
    running: Cell<bool>,
    debug: Cell<u32>,
    garbage: OnceCell<Owned<List>>,
    callbacks: OnceCell<Owned<List>>,
}

static STATE: GilCell<State> = GilCell::new(State {
    running: Cell::new(false),
    debug: Cell::new(0),
    garbage: OnceCell::new(),
    callbacks: OnceCell::new(),
});

/// `gc.garbage`.
pub fn garbage(py: Py) -> Owned<List> {
    STATE.get(py).garbage.get_or_init(List::new).clone()
}

/// `gc.callbacks`.
pub fn callbacks(py: Py) -> Owned<List> {
    STATE.get(py).callbacks.get_or_init(List::new).clone()
}

pub fn debug(py: Py) -> u32 {
    STATE.get(py).debug.get()
}

pub fn set_debug(py: Py, flags: u32) {
    STATE.get(py).debug.set(flags);
}

/// The collector's view of objects during one collection.
struct Hooks {
    py: Py,
    debug: u32,
}

// SAFETY: the methods do what the trait says of each; those that must run no Python code
// only read objects.
unsafe impl CollectorHooks for Hooks {
    unsafe fn handle_weakrefs(&mut self, unreachable: &Unreachable<'_>) -> Weakrefs {
        weakref::clear_unreachable(self.py, unreachable)
    }

    unsafe fn clear_weakrefs(&mut self, unreachable: &Unreachable<'_>) {
        weakref::clear_quietly(unreachable);
    }

    unsafe fn finalize(&mut self, object: *mut PyObject) {
        // SAFETY: the collector holds a reference; the slot is there.
        unsafe {
            if let Some(finalize) = (*(*object).ob_type).tp_finalize {
                finalize(object);
            }
        }
        self.report("in finalizer");
    }

    unsafe fn clear(&mut self, object: *mut PyObject) {
        // SAFETY: the collector holds a reference; the slot is there.
        unsafe {
            if let Some(clear) = (*(*object).ob_type).tp_clear {
                clear(object);
            }
        }
        self.report("in tp_clear of an object");
    }

    unsafe fn decref(&mut self, object: *mut PyObject) {
        // SAFETY: the collector owns the reference.
        unsafe { Object::decref(object) }
    }

    unsafe fn add_garbage(&mut self, object: *mut PyObject) {
        // SAFETY: the object is alive.
        garbage(self.py).push(unsafe { Object::from_ptr(object) }.to_owned());
    }

    fn save_all(&self) -> bool {
        self.debug & DEBUG_SAVEALL != 0
    }

    unsafe fn found(&mut self, object: *mut PyObject, collectable: bool) {
        let wanted = if collectable {
            DEBUG_COLLECTABLE
        } else {
            DEBUG_UNCOLLECTABLE
        };
        if self.debug & wanted != 0 {
            // SAFETY: the object is alive.
            let name = unsafe { Object::from_ptr(object) }.ty().name().to_owned();
            let what = if collectable {
                "collectable"
            } else {
                "uncollectable"
            };
            eprintln!("gc: {what} <{name} {object:p}>");
        }
    }

    fn untracked_type(&self) -> *const PyTypeObject {
        crate::types::tuple::TUPLE.as_type_ptr()
    }

    unsafe fn needs_no_tracking(&mut self, object: *mut PyObject) -> bool {
        // SAFETY: an exact tuple, alive.
        let tuple = unsafe { Object::from_ptr(object).cast_unchecked::<Tuple>() };
        tuple.iter().all(|item| {
            !item.ty().has_flag(Py_TPFLAGS_HAVE_GC)
                || (item.is_exact::<Tuple>() && !is_tracked(self.py, item))
        })
    }
}

impl Hooks {
    /// Reports an exception that a slot has left behind.
    fn report(&self, doing: &str) {
        if self.py.thread().has_exception() {
            errors::write_unraisable(self.py, Some(doing), None);
        }
    }
}

/// Says when a collection has become due: the interpreter runs it at its next poll.
pub fn install(_py: Py) {
    // SAFETY: the GIL is held; the notifier sets a flag and nothing else.
    unsafe {
        krait_heap::set_due_notifier(|| {
            EVAL_BREAKER.fetch_or(breaker::COLLECT, Ordering::Relaxed);
        });
    }
}

/// Runs the collection that is due, if there still is one.
pub fn collect_due(py: Py) {
    // SAFETY: the GIL is held.
    let due = unsafe { krait_heap::collection_due().then(|| krait_heap::due_generation()) };
    if let Some(generation) = due {
        collect(py, generation);
    }
}

/// Collects a generation and all younger ones; nothing while a collection runs. The
/// number of objects that were found unreachable.
pub fn collect(py: Py, generation: usize) -> usize {
    run(py, generation, true)
}

/// Collects everything while the interpreter ends: `gc.callbacks` are not called.
pub fn collect_at_end(py: Py) -> usize {
    run(py, 2, false)
}

fn run(py: Py, generation: usize, heard: bool) -> usize {
    let state = STATE.get(py);
    if state.running.replace(true) {
        return 0;
    }
    let pending = py.thread().take_exception();
    if heard {
        call_back(py, "start", generation, Collected::default());
    }
    let started = Instant::now();
    let debug = debug(py);
    if debug & DEBUG_STATS != 0 {
        report_start(generation);
    }
    // SAFETY: the GIL is held and no exception is set.
    let result = unsafe { krait_heap::collect(generation, &mut Hooks { py, debug }) };
    if debug & DEBUG_STATS != 0 {
        let seconds = started.elapsed().as_secs_f64();
        let unreachable = result.collected + result.uncollectable;
        eprintln!(
            "gc: done, {unreachable} unreachable, {} uncollectable, {seconds:.4}s elapsed",
            result.uncollectable
        );
    }
    if heard {
        call_back(py, "stop", generation, result);
    }
    state.running.set(false);
    if let Some(exception) = pending {
        py.thread().set_exception(exception);
    }
    result.collected + result.uncollectable
}

fn report_start(generation: usize) {
    let count = |generation| {
        let mut count = 0usize;
        // SAFETY: the GIL is held, and counting changes nothing.
        unsafe { krait_heap::for_each_tracked(Some(generation), |_| count += 1) };
        count
    };
    eprintln!("gc: collecting generation {generation}...");
    eprintln!(
        "gc: objects in each generation: {} {} {}",
        count(0),
        count(1),
        count(2)
    );
    // SAFETY: the GIL is held.
    eprintln!("gc: objects in permanent generation: {}", unsafe {
        krait_heap::frozen_count()
    });
}

/// Calls `gc.callbacks`.
fn call_back(py: Py, phase: &str, generation: usize, result: Collected) {
    let Some(callbacks) = STATE.get(py).callbacks.get().filter(|c| !c.is_empty()) else {
        return;
    };
    let info = Dict::new();
    let entries = [
        ("generation", generation),
        ("collected", result.collected),
        ("uncollectable", result.uncollectable),
    ];
    for (name, value) in entries {
        if info
            .set_str(py, &Str::intern(name), Value::int(value as i64))
            .is_err()
        {
            py.thread().take_exception();
        }
    }
    let arguments = [Value::from(Str::new(phase)), Value::from(info)];
    for callback in callbacks.to_vec() {
        let callback = Value::from(callback);
        if protocol::call(py, &callback, &arguments).is_err() {
            errors::ignored_while(py, "calling GC callback", &callback.to_object());
        }
    }
}

/// `gc.enable()`
pub fn enable(_py: Py) {
    // SAFETY: the GIL is held.
    unsafe { krait_heap::enable() }
}

/// `gc.disable()`
pub fn disable(_py: Py) {
    // SAFETY: the GIL is held.
    unsafe { krait_heap::disable() }
}

pub fn is_enabled(_py: Py) -> bool {
    // SAFETY: the GIL is held.
    unsafe { krait_heap::is_enabled() }
}

pub fn thresholds(_py: Py) -> [i32; 3] {
    // SAFETY: the GIL is held.
    unsafe { krait_heap::thresholds() }
}

pub fn set_thresholds(_py: Py, thresholds: [i32; 3]) {
    // SAFETY: the GIL is held.
    unsafe { krait_heap::set_thresholds(thresholds) }
}

pub fn counts(_py: Py) -> [u32; 3] {
    // SAFETY: the GIL is held.
    unsafe { krait_heap::counts() }
}

pub fn stats(_py: Py) -> [GenerationStats; 3] {
    // SAFETY: the GIL is held.
    unsafe { krait_heap::generation_stats() }
}

/// Makes all objects old ones: those that the interpreter begins with stay to its end.
pub fn age(py: Py) {
    super::silent::begin(py);
    // SAFETY: the GIL is held, and no collection runs in the middle of this.
    unsafe { krait_heap::age() }
}

/// Collects all that the program has made. Where nothing of it has become old yet, what the
/// interpreter began with is left out, unless somebody listens.
pub fn collect_made(py: Py) {
    // SAFETY: the GIL is held.
    let (initial, counts) = unsafe { (krait_heap::old_are_initial(), krait_heap::counts()) };
    let heard = debug(py) != 0 || !callbacks(py).is_empty();
    let generation = match counts {
        _ if heard || !initial => 2,
        // No young collection yet: all is young.
        [_, 0, _] => 0,
        _ => 1,
    };
    collect(py, generation);
}

/// `gc.freeze()`
pub fn freeze(_py: Py) {
    // SAFETY: the GIL is held, and no collection runs in the middle of this.
    unsafe { krait_heap::freeze() }
}

/// `gc.unfreeze()`
pub fn unfreeze(_py: Py) {
    // SAFETY: the GIL is held, and no collection runs in the middle of this.
    unsafe { krait_heap::unfreeze() }
}

pub fn frozen_count(_py: Py) -> usize {
    // SAFETY: the GIL is held.
    unsafe { krait_heap::frozen_count() }
}

/// Whether the collector sees the object.
pub fn is_tracked(_py: Py, object: &Object) -> bool {
    // SAFETY: the GIL is held and the object lives.
    unsafe { krait_heap::is_tracked(object.as_ptr().cast()) }
}

/// Whether the object's finaliser has been called.
pub fn is_finalized(_py: Py, object: &Object) -> bool {
    // SAFETY: the GIL is held and the object lives.
    unsafe { krait_heap::is_finalized(object.as_ptr().cast()) }
}
