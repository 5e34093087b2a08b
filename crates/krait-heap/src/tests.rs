//! Tests of the heap with objects of a made-up layout.
//!
//! There is one heap in a process, so each test takes the lock that stands for the GIL,
//! and leaves nothing tracked behind.

mod alloc;
mod collect;
mod stress;

use std::ffi::{c_int, c_void};
use std::ptr::null_mut;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use krait_abi::{PyObject, PyTypeObject, visitproc};

use crate::{CollectorHooks, Unreachable, Weakrefs};

/// Takes the place of the GIL.
fn gil() -> MutexGuard<'static, ()> {
    static GIL: Mutex<()> = Mutex::new(());
    GIL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An object with `len` references.
#[repr(C)]
struct Node {
    head: PyObject,
    len: usize,
    /// Weak references: how many tests hold one.
    weak: usize,
    refs: [*mut Node; 0],
}

const HEAD: usize = size_of::<Node>();

struct Types {
    plain: PyTypeObject,
    finalized: PyTypeObject,
    legacy: PyTypeObject,
}

fn types() -> &'static Types {
    static TYPES: OnceLock<Types> = OnceLock::new();
    TYPES.get_or_init(|| {
        let mut plain = PyTypeObject::ZERO;
        plain.tp_traverse = Some(traverse);
        plain.tp_clear = Some(clear);
        let finalized = PyTypeObject {
            tp_finalize: Some(no_call),
            ..plain
        };
        let legacy = PyTypeObject {
            tp_del: Some(no_call),
            ..plain
        };
        Types {
            plain,
            finalized,
            legacy,
        }
    })
}

unsafe extern "C-unwind" fn no_call(_: *mut PyObject) {
    unreachable!("finalisers are called by way of the hooks");
}

unsafe extern "C-unwind" fn traverse(o: *mut PyObject, v: visitproc, a: *mut c_void) -> c_int {
    // SAFETY: all objects of these types are nodes.
    unsafe {
        for &target in refs(o.cast()).iter().filter(|t| !t.is_null()) {
            let result = v.unwrap()(target.cast(), a);
            if result != 0 {
                return result;
            }
        }
    }
    0
}

unsafe extern "C-unwind" fn clear(object: *mut PyObject) -> c_int {
    // SAFETY: all objects of these types are nodes.
    unsafe {
        let node: *mut Node = object.cast();
        for i in 0..(*node).len {
            set(node, i, null_mut());
        }
    }
    0
}

/// A new node with room for `len` references, tracked.
fn node(ty: &'static PyTypeObject, len: usize) -> *mut Node {
    // SAFETY: the tests hold the lock.
    unsafe {
        let node: *mut Node = crate::alloc_object(HEAD + len * 8, true).cast();
        assert!(!node.is_null());
        let head = PyObject::new_heap((&raw const *ty).cast_mut());
        node.write(Node {
            head,
            len,
            weak: 0,
            refs: [],
        });
        refs(node).fill(null_mut());
        crate::track(node.cast());
        node
    }
}

unsafe fn refs<'a>(node: *mut Node) -> &'a mut [*mut Node] {
    // SAFETY: `len` references follow the head.
    unsafe { std::slice::from_raw_parts_mut(node.byte_add(HEAD).cast(), (*node).len) }
}

/// Stores a new reference to `target` and drops the old one.
unsafe fn set(node: *mut Node, index: usize, target: *mut Node) {
    // SAFETY: both are live nodes.
    unsafe {
        if !target.is_null() {
            (*target).head.ob_refcnt += 1;
        }
        let old = std::mem::replace(&mut refs(node)[index], target);
        if !old.is_null() {
            drop_ref(old);
        }
    }
}

/// Drops a reference; deallocates without recursion.
unsafe fn drop_ref(node: *mut Node) {
    let mut dead = vec![node];
    // SAFETY: a node without references is owned by this list.
    unsafe {
        while let Some(node) = dead.pop() {
            (*node).head.ob_refcnt -= 1;
            if (*node).head.ob_refcnt == 0 {
                crate::untrack(node.cast());
                dead.extend(refs(node).iter().filter(|t| !t.is_null()));
                crate::free_object(node.cast());
            }
        }
    }
}

/// How many objects are tracked.
fn tracked(generation: Option<usize>) -> usize {
    let mut count = 0;
    // SAFETY: the tests hold the lock, and counting allocates nothing.
    unsafe { crate::for_each_tracked(generation, |_| count += 1) };
    count
}

/// What the tests let happen during a collection.
#[derive(Default)]
struct Hooks {
    finalized: Vec<*mut Node>,
    garbage: Vec<*mut PyObject>,
    cleared_weakrefs: usize,
    save_all: bool,
    on_finalize: Option<fn(*mut Node)>,
}

// SAFETY: `decref` and `clear` do what they say.
unsafe impl CollectorHooks for Hooks {
    unsafe fn handle_weakrefs(&mut self, unreachable: &Unreachable<'_>) -> Weakrefs {
        for object in unreachable.iter() {
            // SAFETY: unreachable objects are live nodes.
            unsafe {
                self.cleared_weakrefs += (*object.cast::<Node>()).weak;
                (*object.cast::<Node>()).weak = 0;
            }
        }
        Weakrefs::default()
    }
    unsafe fn clear_weakrefs(&mut self, _: &Unreachable<'_>) {}
    unsafe fn finalize(&mut self, object: *mut PyObject) {
        self.finalized.push(object.cast());
        if let Some(call) = self.on_finalize {
            call(object.cast());
        }
    }
    unsafe fn clear(&mut self, object: *mut PyObject) {
        // SAFETY: the object is a live node.
        unsafe { clear(object) };
    }
    unsafe fn decref(&mut self, object: *mut PyObject) {
        // SAFETY: the reference is the collector's.
        unsafe { drop_ref(object.cast()) }
    }
    unsafe fn add_garbage(&mut self, object: *mut PyObject) {
        // SAFETY: the object is live.
        unsafe { (*object).ob_refcnt += 1 }
        self.garbage.push(object);
    }
    fn save_all(&self) -> bool {
        self.save_all
    }
}
