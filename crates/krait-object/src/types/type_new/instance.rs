//! How instances of Python classes end, and what they show the collector.

use std::ffi::{c_int, c_void};

use krait_abi::*;

use crate::gc::Visitor;
use crate::object::{Layout, Object};
use crate::types::attributes::{self, AttributeStore};
use crate::types::typeobject::{OBJECT, Type, address};

pub(crate) fn is_subtype_dealloc(ty: &Type) -> bool {
    address(ty.raw().tp_dealloc) == subtype_dealloc as *const c_void
}

/// The nearest base that is not a Python class; calls `each` with the classes before.
fn native_base<'a>(ty: &'a Type, mut each: impl FnMut(&'a Type)) -> &'a Type {
    let mut at = ty;
    while is_subtype_dealloc(at) {
        each(at);
        match at.base() {
            Some(base) => at = base,
            None => return &OBJECT,
        }
    }
    at
}

/// `tp_dealloc` of Python classes.
///
/// # Safety
/// Called as C calls the slot: with the GIL and living arguments of its kinds.
#[inline(never)]
pub unsafe extern "C-unwind" fn subtype_dealloc(object: *mut PyObject) {
    // SAFETY: called once with a dying instance, whose memory and references are valid;
    // a finaliser may bring it back to life.
    unsafe {
        if let Some(finalize) = (*(*object).ob_type).tp_finalize
            && resurrected(object, finalize)
        {
            return;
        }
        let ty = Type::from_ptr((*object).ob_type);
        ty.untrack(object);
        ty.clear_weakrefs(object);
        let base = native_base(ty, |class| release_slots(class, object));
        if ty.ext().attrs_offset.get() != 0 {
            AttributeStore::clear_all(object);
        }
        let type_dies = !base.is_heap_type();
        if base.is(&OBJECT) {
            krait_heap::free_object(object.cast());
        } else if let Some(dealloc) = base.raw().tp_dealloc {
            dealloc(object);
        }
        if type_dies {
            Object::decref(ty.as_object().as_ptr());
        }
    }
}

/// Runs the finaliser of a dying object; whether somebody holds it again.
///
/// # Safety
/// The object's count has come to zero and it is otherwise intact.
pub(crate) unsafe fn resurrected(
    object: *mut PyObject,
    finalize: unsafe extern "C-unwind" fn(*mut PyObject),
) -> bool {
    // SAFETY: while the finaliser runs the object has one reference, as any living one.
    unsafe {
        if krait_heap::is_finalized(object.cast()) {
            return false;
        }
        (*object).ob_refcnt = 1;
        krait_heap::set_finalized(object.cast());
        finalize(object);
        (*object).ob_refcnt -= 1;
        let alive = (*object).ob_refcnt != 0;
        if alive {
            // It may have waited for its end out of the collector's sight.
            Type::from_ptr((*object).ob_type).track_new(object);
        }
        alive
    }
}

/// Empties the places of a class's `__slots__`.
///
/// # Safety
/// The object is an instance of the class.
unsafe fn release_slots(class: &Type, object: *mut PyObject) {
    let offsets = &class.ext().slot_offsets;
    let mut at = 0;
    // Borrowed anew each time: what dies may make classes.
    while let Some(offset) = { offsets.borrow().get(at).copied() } {
        at += 1;
        // SAFETY: the class has a place for an owned reference there.
        unsafe {
            let place = object.byte_add(offset).cast::<*mut PyObject>();
            let old = std::mem::replace(&mut *place, std::ptr::null_mut());
            if !old.is_null() {
                Object::decref(old);
            }
        }
    }
}

/// `tp_traverse` of Python classes. The storage of attributes is shown here, unless the
/// native base has such storage itself and therefore shows it.
///
/// # Safety
/// Called as C calls the slot: with the GIL and living arguments of its kinds.
pub unsafe extern "C-unwind" fn subtype_traverse(
    object: *mut PyObject,
    visit: visitproc,
    arg: *mut c_void,
) -> c_int {
    let mut visitor = Visitor::new(visit, arg);
    // SAFETY: called with a living instance; visiting runs no Python code.
    unsafe {
        let ty = Type::from_ptr((*object).ob_type);
        let base = native_base(ty, |class| {
            for &offset in class.ext().slot_offsets.borrow().iter() {
                visitor.visit_ptr(*object.byte_add(offset).cast::<*mut PyObject>());
            }
        });
        if base.ext().attrs_offset.get() == 0 {
            attributes::traverse(Object::from_ptr(object), &mut visitor);
        }
        if !base.is_heap_type() {
            visitor.visit(ty.as_object());
        }
        let result = visitor.result();
        if result != 0 || !base.has_flag(Py_TPFLAGS_HAVE_GC) {
            return result;
        }
        base.raw()
            .tp_traverse
            .map_or(0, |traverse| traverse(object, visit, arg))
    }
}

/// `tp_clear` of Python classes.
///
/// # Safety
/// Called as C calls the slot: with the GIL and living arguments of its kinds.
pub unsafe extern "C-unwind" fn subtype_clear(object: *mut PyObject) -> c_int {
    // SAFETY: called with a living instance.
    unsafe {
        let ty = Type::from_ptr((*object).ob_type).to_owned();
        let base = native_base(&ty, |class| release_slots(class, object));
        attributes::clear(Object::from_ptr(object));
        base.raw().tp_clear.map_or(0, |clear| clear(object))
    }
}
