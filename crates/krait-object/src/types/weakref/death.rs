//! What happens to weak references when their object goes: they die first, all of them,
//! and only then are callbacks called.

use krait_abi::*;
use krait_heap::{Unreachable, Weakrefs};

use super::{WeakRef, list_of, living};
use crate::object::{Object, Owned};
use crate::protocol;
use crate::py::Py;
use crate::value::Value;

/// Kills all weak references to a dying object, then calls their callbacks, the newest
/// reference's first. An exception that is set stays set.
///
/// # Safety
/// The object's count is zero, and its memory is still there.
pub unsafe fn object_dies(object: *mut PyObject) {
    // SAFETY: the contract.
    let Some(head) = list_of(unsafe { Object::from_ptr(object) }) else {
        return;
    };
    // SAFETY: the place of the list is the object's.
    if unsafe { (*head).is_null() } {
        return;
    }
    let called = kill_all(head);
    if !called.is_empty() {
        // SAFETY: objects end with the GIL held.
        call_back(unsafe { Py::assume() }, called);
    }
}

/// Kills the weak references to a living object; their callbacks will not be called.
pub fn kill_without_callbacks(object: &Object) {
    let Some(head) = list_of(object) else {
        return;
    };
    // SAFETY: references on a list are in memory until they have unlinked themselves.
    unsafe {
        while !(*head).is_null() {
            Object::from_ptr((*head).cast())
                .cast_unchecked::<WeakRef>()
                .unlink();
        }
    }
}

/// Kills the weak references on a list. Gives those with callbacks, first to last.
fn kill_all(head: *mut *mut PyWeakReference) -> Vec<(Owned<WeakRef>, Owned)> {
    let mut called = Vec::new();
    let references = living(head);
    // What is left on the list waits for its own end and needs no callback.
    // SAFETY: references on a list are in memory until they have unlinked themselves.
    unsafe {
        while !(*head).is_null() {
            Object::from_ptr((*head).cast())
                .cast_unchecked::<WeakRef>()
                .unlink();
        }
    }
    for reference in references {
        if let Some(callback) = reference.take_callback() {
            called.push((reference, callback));
        }
    }
    called
}

fn call_back(py: Py, called: Vec<(Owned<WeakRef>, Owned)>) {
    let pending = py.thread().take_exception();
    for (reference, callback) in called {
        let callback = Value::from(callback);
        if protocol::call(py, &callback, &[Value::from(reference)]).is_err() {
            let callback = callback.to_object();
            crate::errors::ignored_while(py, "calling weakref callback", &callback);
        }
    }
    if let Some(exception) = pending {
        py.thread().set_exception(exception);
    }
}

/// For the collector: kills all weak references to unreachable objects, then calls the
/// callbacks of those that are themselves reachable. Unreachable references die too,
/// whatever they refer to: it may end while the garbage is being cleared, when nothing of
/// that may be called any more.
pub fn clear_unreachable(py: Py, unreachable: &Unreachable<'_>) -> Weakrefs {
    let mut called = Vec::new();
    let mut dropped = Vec::new();
    for object in unreachable.iter() {
        // SAFETY: an object of the set is alive.
        let object = unsafe { Object::from_ptr(object) };
        if let Some(reference) = object.downcast::<WeakRef>() {
            reference.unlink();
            if let Some(callback) = reference.take_callback() {
                dropped.push((crate::object::Layout::to_owned(reference), callback));
            }
        }
        let Some(head) = list_of(object) else {
            continue;
        };
        for (reference, callback) in kill_all(head) {
            // SAFETY: the reference is alive, and collections run with the GIL held.
            if unsafe { unreachable.contains(reference.raw().cast()) } {
                // Its callback is garbage too and is not called; both end later, when
                // nothing is being walked any more.
                dropped.push((reference, callback));
            } else {
                called.push((reference, callback));
            }
        }
    }
    let called_back = !called.is_empty() || !dropped.is_empty();
    // A reference that only this list still holds ends with its callback.
    let released = called
        .iter()
        .filter(|(r, _)| crate::object::Layout::as_object(&**r).refcount() == 1)
        .count();
    call_back(py, called);
    drop(dropped);
    Weakrefs {
        released,
        called_back,
    }
}

/// For the collector: kills the weak references to unreachable objects without calling
/// anything.
pub fn clear_quietly(unreachable: &Unreachable<'_>) {
    let mut dropped = Vec::new();
    for object in unreachable.iter() {
        // SAFETY: an object of the set is alive.
        if let Some(head) = list_of(unsafe { Object::from_ptr(object) }) {
            dropped.extend(kill_all(head));
        }
    }
}
