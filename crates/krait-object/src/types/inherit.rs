//! Inheritance of slots, flags and layout from a type's bases (CPython's
//! `inherit_special` and `inherit_slots`).
//!
//! A slot comes from the first type along the MRO that has one of its own, that is, one
//! that differs from the slot of that type's base.

use std::ffi::c_ulong;

use krait_abi::*;

use super::typeobject::{OBJECT, Type};
use crate::py::{Py, PyResult};

const SUBCLASS_FLAGS: c_ulong = Py_TPFLAGS_LONG_SUBCLASS
    | Py_TPFLAGS_LIST_SUBCLASS
    | Py_TPFLAGS_TUPLE_SUBCLASS
    | Py_TPFLAGS_BYTES_SUBCLASS
    | Py_TPFLAGS_UNICODE_SUBCLASS
    | Py_TPFLAGS_DICT_SUBCLASS
    | Py_TPFLAGS_BASE_EXC_SUBCLASS
    | Py_TPFLAGS_TYPE_SUBCLASS
    | _Py_TPFLAGS_MATCH_SELF;
const COLLECTION_FLAGS: c_ulong = Py_TPFLAGS_SEQUENCE | Py_TPFLAGS_MAPPING;

/// Inherits everything; the type has its bases and MRO. Whether it defines `__eq__` or `__hash__`
/// is given.
pub fn inherit_all(py: Py, ty: &Type, own_equality: bool) -> PyResult<()> {
    let raw = ty.as_type_ptr();
    if let Some(base) = ty.base() {
        inherit_special(ty, base);
        // SAFETY: the type is being made ready, nobody else uses it.
        unsafe {
            let plain = !ty.is_heap_type() && base.is(&OBJECT);
            if (*raw).tp_new.is_none() && plain {
                (*raw).tp_flags |= Py_TPFLAGS_DISALLOW_INSTANTIATION;
            }
            if ty.has_flag(Py_TPFLAGS_DISALLOW_INSTANTIATION) {
                (*raw).tp_new = None;
            } else if (*raw).tp_new.is_none() {
                (*raw).tp_new = base.raw().tp_new;
            }
        }
    }
    for base in ty.mro_types().skip(1) {
        inherit_slots(ty, base, own_equality);
        // SAFETY: the type is being made ready, nobody else uses it.
        unsafe {
            let flags = &mut (*ty.as_type_ptr()).tp_flags;
            if *flags & COLLECTION_FLAGS == 0 {
                *flags |= base.raw().tp_flags & COLLECTION_FLAGS;
            }
        }
    }
    if let Some(base) = ty.base() {
        share_groups(ty, base);
    }
    set_unhashable(py, ty)
}

/// `__eq__` without `__hash__` makes a type unhashable.
fn set_unhashable(py: Py, ty: &Type) -> PyResult<()> {
    if ty.raw().tp_hash.is_some() {
        return Ok(());
    }
    // SAFETY: the type is being made ready.
    let set = || unsafe { (*ty.as_type_ptr()).tp_hash = super::slotdefs::HASH_NOT_IMPLEMENTED };
    if let Some(pending) = &mut *ty.ext().pending.borrow_mut() {
        if !pending.declares("__hash__") {
            set();
            pending.set_unhashable();
        }
        return Ok(());
    }
    let name = crate::intern!("__hash__");
    if ty.dict().contains_str(py, name) {
        return Ok(());
    }
    set();
    ty.dict().set_str(py, name, crate::value::Value::none())
}

/// Whether a type's dict has `__eq__` or `__hash__`.
pub fn defines_equality(py: Py, ty: &Type) -> bool {
    ty.dict().contains_str(py, crate::intern!("__eq__"))
        || ty.dict().contains_str(py, crate::intern!("__hash__"))
}

/// What comes from the one base that gives the layout.
fn inherit_special(ty: &Type, base: &Type) {
    let (raw, from) = (ty.as_type_ptr(), base.raw());
    // SAFETY: the type is being made ready, nobody else uses it.
    unsafe {
        let own_gc = (*raw).tp_traverse.is_some() || (*raw).tp_clear.is_some();
        if !ty.has_flag(Py_TPFLAGS_HAVE_GC) && base.has_flag(Py_TPFLAGS_HAVE_GC) && !own_gc {
            (*raw).tp_flags |= Py_TPFLAGS_HAVE_GC;
            (*raw).tp_traverse = from.tp_traverse;
            (*raw).tp_clear = from.tp_clear;
        }
        inherit_layout(ty, base);
        (*raw).tp_flags |= from.tp_flags & SUBCLASS_FLAGS;
    }
}

/// Sizes and offsets, where the type has not set its own.
fn inherit_layout(ty: &Type, base: &Type) {
    let (raw, from) = (ty.as_type_ptr(), base.raw());
    // SAFETY: the type is being made ready, nobody else uses it.
    unsafe {
        let given = (*raw).tp_basicsize;
        let same_struct = given == 0 || given == from.tp_basicsize;
        if given == 0 {
            (*raw).tp_basicsize = from.tp_basicsize;
        }
        if (*raw).tp_itemsize == 0 {
            (*raw).tp_itemsize = from.tp_itemsize;
        }
        if (*raw).tp_weaklistoffset == 0 {
            (*raw).tp_weaklistoffset = from.tp_weaklistoffset;
        }
        let (own, theirs) = (ty.ext(), base.ext());
        if theirs.attrs_offset.get() == 0 || own.attrs_offset.get() != 0 {
            if (*raw).tp_dictoffset == 0 {
                (*raw).tp_dictoffset = from.tp_dictoffset;
            }
            return;
        }
        own.inline_attrs.set(theirs.inline_attrs.get());
        // A C struct that extends the whole of the base's instances keeps the base's
        // storage where it is; any other struct gets storage of its own behind it.
        let whole =
            same_struct || (!ty.has_flag(_Py_TPFLAGS_STATIC_BUILTIN) && given >= from.tp_basicsize);
        if whole {
            own.attrs_offset.set(theirs.attrs_offset.get());
            own.fixed_size.set(if same_struct {
                theirs.fixed_size.get()
            } else {
                0
            });
            (*raw).tp_dictoffset = -1;
            (*raw).tp_flags |= Py_TPFLAGS_MANAGED_DICT;
        } else {
            if (*raw).tp_weaklistoffset >= theirs.fixed_size.get() as isize
                && theirs.fixed_size.get() != 0
            {
                (*raw).tp_weaklistoffset = (*raw).tp_basicsize;
                (*raw).tp_basicsize += 8;
            }
            ty.add_attribute_storage();
        }
    }
}

/// Copies slots that the type lacks and the base has of its own.
macro_rules! copy_slots {
    ($raw:ident, $base:ident, $parent:ident: $($slot:ident),* $(,)?) => { $(
        if $raw.$slot.is_none()
            && let Some(own) = $base.$slot
            && $parent.is_none_or(|p| p.$slot.is_none_or(|theirs| !std::ptr::fn_addr_eq(theirs, own)))
        {
            $raw.$slot = $base.$slot;
        }
    )* };
}

/// Copies one group of slots.
macro_rules! copy_group {
    ($raw:ident, $base:ident, $parent:ident, $group:ident: $($slot:ident),* $(,)?) => {
        // SAFETY: the tables live as long as their types; the type is being made ready.
        unsafe {
            if let (Some(own), Some(theirs)) = ($raw.$group.as_mut(), $base.$group.as_ref()) {
                let parent = $parent.and_then(|p| p.$group.as_ref());
                copy_slots!(own, theirs, parent: $($slot),*);
            }
        }
    };
}

/// Slots from one type along the MRO.
fn inherit_slots(ty: &Type, base: &Type, overrides_hash: bool) {
    if ty.is(base) {
        return;
    }
    // SAFETY: the type is being made ready: nobody else holds a reference into it.
    let raw = unsafe { &mut *ty.as_type_ptr() };
    let from = base.raw();
    let parent = base.base().map(Type::raw);
    inherit_groups(raw, from, parent);
    copy_slots!(raw, from, parent: tp_dealloc);
    if raw.tp_getattr.is_none() && raw.tp_getattro.is_none() {
        (raw.tp_getattr, raw.tp_getattro) = (from.tp_getattr, from.tp_getattro);
    }
    if raw.tp_setattr.is_none() && raw.tp_setattro.is_none() {
        (raw.tp_setattr, raw.tp_setattro) = (from.tp_setattr, from.tp_setattro);
    }
    copy_slots!(raw, from, parent: tp_repr);
    if raw.tp_vectorcall_offset == 0 {
        raw.tp_vectorcall_offset = from.tp_vectorcall_offset;
    }
    if raw.tp_call.is_none() {
        raw.tp_flags |= from.tp_flags & Py_TPFLAGS_HAVE_VECTORCALL;
    }
    copy_slots!(raw, from, parent: tp_call, tp_str);
    if raw.tp_richcompare.is_none() && raw.tp_hash.is_none() && !overrides_hash {
        (raw.tp_richcompare, raw.tp_hash) = (from.tp_richcompare, from.tp_hash);
    }
    copy_slots!(raw, from, parent: tp_iter, tp_iternext, tp_descr_get);
    let same_get = match (raw.tp_descr_get, from.tp_descr_get) {
        (Some(a), Some(b)) => std::ptr::fn_addr_eq(a, b),
        _ => false,
    };
    if same_get && raw.tp_flags & Py_TPFLAGS_IMMUTABLETYPE != 0 {
        raw.tp_flags |= from.tp_flags & Py_TPFLAGS_METHOD_DESCRIPTOR;
    }
    copy_slots!(raw, from, parent: tp_descr_set, tp_init, tp_alloc, tp_is_gc, tp_finalize);
    if raw.tp_flags & Py_TPFLAGS_HAVE_GC == from.tp_flags & Py_TPFLAGS_HAVE_GC {
        copy_slots!(raw, from, parent: tp_free);
    }
    if raw.tp_free.is_none() {
        raw.tp_free = Some(generic_free);
    }
}

fn inherit_groups(raw: &mut PyTypeObject, from: &PyTypeObject, parent: Option<&PyTypeObject>) {
    copy_group!(raw, from, parent, tp_as_number:
        nb_add, nb_subtract, nb_multiply, nb_remainder, nb_divmod, nb_power, nb_negative, nb_positive,
        nb_absolute, nb_bool, nb_invert, nb_lshift, nb_rshift, nb_and, nb_xor, nb_or, nb_int, nb_float,
        nb_inplace_add, nb_inplace_subtract, nb_inplace_multiply, nb_inplace_remainder, nb_inplace_power,
        nb_inplace_lshift, nb_inplace_rshift, nb_inplace_and, nb_inplace_xor, nb_inplace_or,
        nb_floor_divide, nb_true_divide, nb_inplace_floor_divide, nb_inplace_true_divide, nb_index,
        nb_matrix_multiply, nb_inplace_matrix_multiply,
    );
    copy_group!(raw, from, parent, tp_as_async: am_await, am_aiter, am_anext, am_send);
    copy_group!(raw, from, parent, tp_as_sequence:
        sq_length, sq_concat, sq_repeat, sq_item, sq_ass_item, sq_contains, sq_inplace_concat, sq_inplace_repeat,
    );
    copy_group!(raw, from, parent, tp_as_mapping: mp_length, mp_subscript, mp_ass_subscript);
    copy_group!(raw, from, parent, tp_as_buffer: bf_getbuffer, bf_releasebuffer);
}

/// A type without a table of its own uses its base's.
fn share_groups(ty: &Type, base: &Type) {
    // SAFETY: the type is being made ready; the base, whose tables are shared, outlives it.
    let (raw, from) = (unsafe { &mut *ty.as_type_ptr() }, base.raw());
    macro_rules! share {
        ($($group:ident),*) => { $(if raw.$group.is_null() { raw.$group = from.$group; })* };
    }
    share!(
        tp_as_async,
        tp_as_number,
        tp_as_sequence,
        tp_as_mapping,
        tp_as_buffer
    );
}

/// `tp_alloc` of ordinary types: a zeroed instance that the collector knows.
///
/// # Safety
/// Called as C calls the slot: with the GIL and living arguments of its kinds.
#[unsafe(export_name = "PyType_GenericAlloc")]
pub unsafe extern "C-unwind" fn generic_alloc(
    ty: *mut PyTypeObject,
    items: isize,
) -> *mut PyObject {
    // SAFETY: C calls the slot with a ready type; a zeroed instance can be traversed.
    unsafe {
        let ty = Type::from_ptr(ty);
        match ty.allocate(items.max(0) as usize) {
            Ok(object) => {
                ty.track_new(object);
                object
            }
            Err(_) => std::ptr::null_mut(),
        }
    }
}

/// `tp_free` of ordinary types.
///
/// # Safety
/// Called as C calls the slot: with the GIL and living arguments of its kinds.
pub unsafe extern "C-unwind" fn generic_free(memory: *mut std::ffi::c_void) {
    // SAFETY: C calls the slot with the memory of a dead instance.
    unsafe {
        krait_heap::untrack(memory.cast());
        krait_heap::free_object(memory.cast());
    }
}

/// Whether two types hand out their instances' memory in the same way.
pub(super) fn same_free(a: &Type, b: &Type) -> bool {
    super::typeobject::address(a.raw().tp_free) == super::typeobject::address(b.raw().tp_free)
}

/// Whether the type's instances are made by `generic_alloc`.
#[inline(always)]
pub(super) fn has_generic_alloc(ty: &Type) -> bool {
    match ty.raw().tp_alloc {
        None => true,
        Some(f) => f as *const std::ffi::c_void == generic_alloc as *const std::ffi::c_void,
    }
}

/// A new instance by the type's own `tp_alloc`.
#[inline]
pub(super) fn allocate_by_slot(py: Py, ty: &Type) -> PyResult<*mut PyObject> {
    if has_generic_alloc(ty) {
        let object = ty.allocate(0)?;
        // SAFETY: a zeroed instance can be traversed.
        unsafe { ty.track_new(object) };
        return Ok(object);
    }
    let Some(alloc) = ty.raw().tp_alloc else {
        return ty.allocate(0);
    };
    // SAFETY: the slot is called with its type; the result is a new reference.
    let object = unsafe { crate::protocol::owned_from_c(py, alloc(ty.as_type_ptr(), 0)) }?;
    Ok(object.into_ptr())
}
