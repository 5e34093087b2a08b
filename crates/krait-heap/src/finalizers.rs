//! Finalisers (`tp_finalize`) of what a collection has found unreachable.
//!
//! An object's finaliser is called before those of the objects that it holds itself,
//! wherever references do not run in a circle: a text stream writes what it keeps through
//! its buffer, and the buffer through its file, so that each must be closed before the
//! next. Otherwise the order is that in which the objects were found.

use std::collections::HashSet;
use std::ffi::{c_int, c_void};

use krait_abi::PyObject;

use crate::collect::{CollectorHooks, Unreachable, is_garbage};
use crate::object::{incref, traverse, type_of};
use crate::pages::{FINALIZED, state_of};

/// Calls the finalisers that have not been called; whether there was any.
///
/// # Safety
/// Called by the collector only.
pub(crate) unsafe fn call(unreachable: &Unreachable<'_>, hooks: &mut dyn CollectorHooks) -> bool {
    let mut pending = Vec::new();
    for object in unreachable.iter() {
        // SAFETY: the iterator yields live tracked objects.
        if unsafe { is_pending(object) } && pending.try_reserve(1).is_ok() {
            pending.push(object);
        }
    }
    // SAFETY: these are live tracked objects, and no Python code has run since.
    unsafe { order(&mut pending) };
    for &object in &pending {
        // SAFETY: the state tells whether the object is still there.
        unsafe {
            if is_garbage(object) && is_pending(object) {
                *state_of(object.cast()) |= FINALIZED;
                incref(object);
                hooks.finalize(object);
                hooks.decref(object);
            }
        }
    }
    !pending.is_empty()
}

/// Whether an object of the unreachable set has a finaliser that has not been called.
unsafe fn is_pending(object: *mut PyObject) -> bool {
    // SAFETY: a live gc object has a state and a type.
    unsafe { *state_of(object.cast()) & FINALIZED == 0 && (*type_of(object)).tp_finalize.is_some() }
}

/// A walk through the references between objects.
#[derive(Default)]
struct Walk {
    /// Objects that have not been entered.
    waiting: HashSet<*mut PyObject>,
    /// Objects to enter (`false`) or to leave (`true`).
    stack: Vec<(*mut PyObject, bool)>,
}

unsafe extern "C-unwind" fn visit(object: *mut PyObject, walk: *mut c_void) -> c_int {
    // SAFETY: the argument is the walk of `order`.
    let walk = unsafe { &mut *walk.cast::<Walk>() };
    if walk.waiting.contains(&object) && walk.stack.try_reserve(1).is_ok() {
        walk.stack.push((object, false));
    }
    0
}

/// Puts each object before those that it holds. The order stays as it is where there is
/// no memory to find a better one.
unsafe fn order(objects: &mut [*mut PyObject]) {
    let mut walk = Walk::default();
    if objects.len() < 2
        || walk.waiting.try_reserve(objects.len()).is_err()
        || walk.stack.try_reserve(2).is_err()
    {
        return;
    }
    walk.waiting.extend(objects.iter());
    // The reverse of the order in which a walk in depth leaves the objects: filled from
    // the end, and started from the last, so that what is unrelated keeps its order.
    let mut left = Vec::new();
    if left.try_reserve_exact(objects.len()).is_err() {
        return;
    }
    for &start in objects.iter().rev() {
        walk.stack.push((start, false));
        while let Some((object, entered)) = walk.stack.pop() {
            if entered {
                left.push(object);
            } else if walk.waiting.remove(&object) {
                walk.stack.push((object, true));
                // SAFETY: the objects are live and tracked.
                unsafe { traverse(object, visit, (&raw mut walk).cast()) };
            }
        }
    }
    for (place, object) in objects.iter_mut().zip(left.into_iter().rev()) {
        *place = object;
    }
}
