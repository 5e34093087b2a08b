//! Looking at the heap: which objects there are, and which refer to which.

use std::ffi::{c_int, c_void};

use krait_abi::*;

use crate::object::{Layout, Object, Owned};
use crate::py::Py;
use crate::types::dict::Dict;
use crate::types::list::List;
use crate::value::Value;

/// Tracked objects of a generation, or of all; without those about to end.
fn tracked(_py: Py, generation: Option<usize>) -> Vec<Owned> {
    let mut found: Vec<*mut PyObject> = Vec::new();
    // SAFETY: the GIL is held; nothing of the heap is allocated or released meanwhile.
    unsafe {
        krait_heap::for_each_tracked(generation, |object| found.push(object.cast()));
        found
            .into_iter()
            .map(|object| Object::from_ptr(object))
            .filter(|object| object.refcount() > 0)
            .map(Layout::to_owned)
            .collect()
    }
}

/// `gc.get_objects`.
pub fn objects(py: Py, generation: Option<usize>) -> Owned<List> {
    List::from_owned(tracked(py, generation))
}

unsafe extern "C-unwind" fn visit_any(object: *mut PyObject, wanted: *mut c_void) -> c_int {
    // SAFETY: the argument is `refers_to`'s.
    let wanted = unsafe { &*wanted.cast::<Vec<*mut PyObject>>() };
    c_int::from(wanted.contains(&object))
}

fn refers_to(object: &Object, wanted: &Vec<*mut PyObject>) -> bool {
    let Some(traverse) = object.ty().raw().tp_traverse else {
        return false;
    };
    let argument = (&raw const *wanted).cast_mut().cast();
    // SAFETY: a tracked object is ready for its type's slot, which runs no Python code.
    unsafe { traverse(object.as_ptr(), Some(visit_any), argument) != 0 }
}

/// `gc.get_referrers`: the tracked objects that refer to any of the given ones.
pub fn referrers(py: Py, of: &[Value]) -> Owned<List> {
    let wanted: Vec<*mut PyObject> = of
        .iter()
        .filter_map(|v| v.as_object().map(Object::as_ptr))
        .collect();
    let found = tracked(py, None);
    List::from_owned(
        found
            .into_iter()
            .filter(|object| refers_to(object, &wanted)),
    )
}

unsafe extern "C-unwind" fn visit_append(object: *mut PyObject, found: *mut c_void) -> c_int {
    // SAFETY: the argument is `referents`'s; the object is alive.
    unsafe {
        (*found.cast::<Vec<Owned>>()).push(Object::from_ptr(object).to_owned());
    }
    0
}

/// `gc.get_referents`: what the given objects refer to.
pub fn referents(_py: Py, of: &[Value]) -> Owned<List> {
    let mut found: Vec<Owned> = Vec::new();
    for object in of.iter().filter_map(Value::as_object) {
        if !object.ty().has_flag(Py_TPFLAGS_HAVE_GC) {
            continue;
        }
        if let Some(traverse) = object.ty().raw().tp_traverse {
            // SAFETY: a living object is ready for its type's slot.
            unsafe {
                traverse(object.as_ptr(), Some(visit_append), (&raw mut found).cast());
            }
        }
        // Numbers that are no objects are not visited.
        if let Some(dict) = object.downcast::<Dict>() {
            let items = dict.to_vec().into_iter().flat_map(|(k, v)| [k, v]);
            found.extend(
                items
                    .filter(|v| v.as_object().is_none())
                    .map(|v| v.into_object()),
            );
        }
    }
    List::from_owned(found)
}
