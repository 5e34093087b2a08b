//! What `sys` sets for generators: hooks of async generators, tracking of origins.

use krait_object::object::{Object, Owned};
use krait_object::py::Py;
use krait_object::value::Value;

/// The hooks of `sys.set_asyncgen_hooks`: first iteration and finalizer.
pub fn asyncgen_hooks(py: Py) -> (Option<Value>, Option<Value>) {
    // SAFETY: the GIL is held; the fields are null or owned objects.
    unsafe {
        let thread = py.thread().raw();
        let get = |p: *mut krait_abi::PyObject| {
            (!p.is_null()).then(|| Value::unboxed(Object::from_ptr(p)))
        };
        (
            get((*thread).async_gen_firstiter),
            get((*thread).async_gen_finalizer),
        )
    }
}

/// Sets those hooks that are given; an inner `None` removes one.
pub fn set_asyncgen_hooks(py: Py, first: Option<Option<Value>>, finalizer: Option<Option<Value>>) {
    let pointer = |v: Option<Value>| v.map_or(std::ptr::null_mut(), |v| v.into_object().into_ptr());
    // SAFETY: the GIL is held; the fields are null or owned objects.
    unsafe {
        let thread = py.thread().raw();
        let replace = |place: *mut *mut krait_abi::PyObject, new: Option<Option<Value>>| {
            if let Some(new) = new {
                let old = std::mem::replace(&mut *place, pointer(new));
                if !old.is_null() {
                    drop(Owned::<Object>::from_raw(old.cast()));
                }
            }
        };
        replace(&raw mut (*thread).async_gen_firstiter, first);
        replace(&raw mut (*thread).async_gen_finalizer, finalizer);
    }
}

/// How many frames of their making coroutines remember.
pub fn origin_tracking_depth(py: Py) -> usize {
    // SAFETY: the GIL is held; a plain field.
    unsafe { (*py.thread().raw()).coroutine_origin_tracking_depth as usize }
}

/// Sets how many frames of their making coroutines remember.
pub fn set_origin_tracking_depth(py: Py, depth: usize) {
    // SAFETY: the GIL is held; a plain field.
    unsafe { (*py.thread().raw()).coroutine_origin_tracking_depth = depth as i32 }
}
