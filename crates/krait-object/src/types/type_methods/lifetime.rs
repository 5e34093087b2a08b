//! How classes end, and what they show the collector.

use std::ffi::{CString, c_int, c_void};

use krait_abi::*;

use crate::gc::Visitor;
use crate::object::{Layout, Object};
use crate::types::attached::Attached;
use crate::types::attributes::free_shapes;
use crate::types::dict::Dict;
use crate::types::type_new::members;
use crate::types::typeobject::{Type, TypeExt};

/// # Safety
/// Called with a living type.
pub(super) unsafe fn traverse(object: *mut PyObject, visit: visitproc, arg: *mut c_void) -> c_int {
    // SAFETY: as the contract says; visiting runs no Python code.
    unsafe {
        let ty = object.cast::<PyTypeObject>();
        if (*ty).tp_flags & Py_TPFLAGS_HEAPTYPE == 0 {
            return 0;
        }
        let mut visitor = Visitor::new(visit, arg);
        visitor.visit_ptr((*ty).tp_dict);
        visitor.visit_ptr((*ty).tp_mro);
        visitor.visit_ptr((*ty).tp_bases);
        visitor.visit_ptr((*ty).tp_base.cast());
        visitor.visit_ptr((*object.cast::<PyHeapTypeObject>()).ht_module);
        if let Some(attached) = attached(ty) {
            attached.traverse(&mut visitor);
        }
        visitor.result()
    }
}

/// Breaks the cycles that every class is part of.
///
/// # Safety
/// Called with a living heap type.
pub(super) unsafe fn clear(object: *mut PyObject) -> c_int {
    // SAFETY: as the contract says; each reference is released after its field is empty.
    unsafe {
        let ty = Type::from_ptr(object.cast());
        if !ty.is_heap_type() {
            return 0;
        }
        ty.modified();
        let raw = ty.as_type_ptr();
        if !(*raw).tp_dict.is_null() {
            Object::from_ptr((*raw).tp_dict)
                .cast_unchecked::<Dict>()
                .to_owned()
                .clear();
        }
        release(&raw mut (*raw.cast::<PyHeapTypeObject>()).ht_module);
        release(&raw mut (*raw).tp_mro);
        if let Some(attached) = attached(raw) {
            attached.clear();
        }
    }
    0
}

/// What a metaclass keeps with the type.
///
/// # Safety
/// The type is alive.
unsafe fn attached<'a>(ty: *mut PyTypeObject) -> Option<&'a dyn Attached> {
    // SAFETY: the field is null or a box of Krait's, which lives as long as the type.
    let ext = unsafe { (*ty).tp_cache.cast::<TypeExt>().as_ref() }?;
    ext.attached.get().map(|a| &**a)
}

/// Empties a field that is null or owns a reference.
///
/// # Safety
/// The place is such a field of a living object.
unsafe fn release(place: *mut *mut PyObject) {
    // SAFETY: as the contract says.
    unsafe {
        let old = std::mem::replace(&mut *place, std::ptr::null_mut());
        if !old.is_null() {
            Object::decref(old);
        }
    }
}

/// `tp_dealloc` of `type`: only heap types ever come here.
pub(super) unsafe extern "C-unwind" fn dealloc(object: *mut PyObject) {
    // SAFETY: called once with a dying heap type; nobody has an instance of it any more.
    unsafe {
        let ty = Type::from_ptr(object.cast());
        krait_heap::untrack(object.cast());
        ty.modified();
        for base in ty
            .bases()
            .into_iter()
            .flat_map(|b| b.iter())
            .filter_map(|b| b.downcast::<Type>())
        {
            base.ext()
                .subclasses
                .borrow_mut()
                .retain(|&t| t != ty.as_type_ptr());
        }
        crate::types::weakref::object_dies(object);
        let raw = ty.as_type_ptr();
        let heap = raw.cast::<PyHeapTypeObject>();
        let (definitions, count) = members(ty);
        release((&raw mut (*raw).tp_base).cast());
        release(&raw mut (*raw).tp_dict);
        release(&raw mut (*raw).tp_bases);
        release(&raw mut (*raw).tp_mro);
        release(&raw mut (*heap).ht_name);
        release(&raw mut (*heap).ht_qualname);
        release(&raw mut (*heap).ht_slots);
        release(&raw mut (*heap).ht_module);
        free_texts(heap, definitions, count);
        free_ext(raw);
        krait_heap::free_object(object.cast());
    }
}

/// # Safety
/// The type is dying; the texts are its own, made as this module's users make them.
unsafe fn free_texts(heap: *mut PyHeapTypeObject, definitions: *mut PyMemberDef, count: usize) {
    // SAFETY: as the contract says.
    unsafe {
        krait_heap::free_raw((*heap).ht_type.tp_doc.cast_mut().cast());
        if !(*heap)._ht_tpname.is_null() {
            drop(CString::from_raw((*heap)._ht_tpname));
        }
        for i in 0..count {
            let name = (*definitions.add(i)).name;
            if !name.is_null() {
                drop(CString::from_raw(name.cast_mut()));
            }
        }
    }
}

/// # Safety
/// The type is dying and has no instances.
unsafe fn free_ext(raw: *mut PyTypeObject) {
    // SAFETY: the field is null or a box of Krait's; no instance has a shape any more.
    unsafe {
        let ext = (*raw).tp_cache.cast::<TypeExt>();
        if ext.is_null() {
            return;
        }
        let ext = Box::from_raw(ext);
        free_shapes(&ext);
        for root in ext.retired_shapes.take() {
            ext.root_shape.set(root);
            free_shapes(&ext);
        }
        (*raw).tp_cache = std::ptr::null_mut();
    }
}
