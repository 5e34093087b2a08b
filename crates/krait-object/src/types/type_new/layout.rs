//! The type object of a new class and the layout of its instances: the base's fixed
//! part, the places of `__slots__`, the weak reference list's head, and last the
//! attribute storage. The latter two move in a subclass that adds to the fixed part.

use krait_abi::*;

use super::c_name;
use super::instance::{subtype_clear, subtype_dealloc, subtype_traverse};
use super::slots::Added;
use crate::object::{Layout, Owned};
use crate::py::{Py, PyResult};
use crate::types::attributes::AttributeStore;
use crate::types::dict::Dict;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::typeobject::Type;

/// Bounds of the number of attributes kept in the instance itself.
const LEAST_INLINE: u32 = 4;
const MOST_INLINE: u32 = 30;

/// The type object of a new class, without its descriptors and slots.
pub(super) fn allocate(
    py: Py,
    metatype: &Type,
    name: &Str,
    bases: &Tuple,
    base: &Type,
    dict: Owned<Dict>,
    added: &Added,
) -> PyResult<Owned<Type>> {
    let text = c_name(py, name)?;
    let static_attrs = known_attributes(py, &dict, base);
    let raw = metatype.allocate(added.count())?.cast::<PyHeapTypeObject>();
    // SAFETY: the block is fresh, zeroed and large enough for a heap type; all fields
    // that must not be null are written before anybody else sees it.
    let class = unsafe {
        let ty = &raw mut (*raw).ht_type;
        (*ty).tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HEAPTYPE | Py_TPFLAGS_BASETYPE;
        (*ty).tp_as_async = &raw mut (*raw).as_async;
        (*ty).tp_as_number = &raw mut (*raw).as_number;
        (*ty).tp_as_mapping = &raw mut (*raw).as_mapping;
        (*ty).tp_as_sequence = &raw mut (*raw).as_sequence;
        (*ty).tp_as_buffer = &raw mut (*raw).as_buffer;
        (*raw)._ht_tpname = text.into_raw();
        (*ty).tp_name = (*raw)._ht_tpname;
        (*raw).ht_name = name.to_owned_str().into_ptr();
        (*raw).ht_qualname = name.to_owned_str().into_ptr();
        if let Some(names) = &added.names {
            (*raw).ht_slots = Tuple::from_objects(names.iter().map(|n| n.as_object())).into_ptr();
        }
        (*ty).tp_base = base.to_owned().into_raw().cast();
        (*ty).tp_bases = bases.to_owned().into_ptr();
        (*ty).tp_dict = dict.into_ptr();
        (*ty).tp_dealloc = Some(subtype_dealloc);
        (*ty).tp_alloc = Some(crate::types::inherit::generic_alloc);
        (*ty).tp_free = Some(crate::types::inherit::generic_free);
        metatype.track_new(raw.cast());
        Owned::<Type>::from_raw(ty.cast())
    };
    class.ext().static_attrs.set(static_attrs);
    set_layout(&class, base, added);
    set_gc(&class, base);
    Ok(class)
}

/// How many attributes the class's methods and those of its bases set, as the compiler
/// has counted them.
fn known_attributes(py: Py, dict: &Dict, base: &Type) -> u32 {
    let own = dict.get_str_key(py, crate::intern!("__static_attributes__"));
    let own = own
        .as_ref()
        .and_then(|v| v.downcast::<Tuple>())
        .map_or(0, |t| t.len());
    base.ext().static_attrs.get() + own.min(MOST_INLINE as usize) as u32
}

fn set_layout(class: &Type, base: &Type, added: &Added) {
    let (raw, ext, from) = (class.as_type_ptr(), class.ext(), base.ext());
    let fixed = base.fixed_size().next_multiple_of(8);
    let movable = |offset: isize| offset >= base.fixed_size() as isize;
    let mut end = fixed;
    *ext.slot_offsets.borrow_mut() = (0..added.count()).map(|i| fixed + i * 8).collect();
    end += added.count() * 8;
    ext.fixed_size.set(end);
    let (weak, store) = (base.raw().tp_weaklistoffset, from.attrs_offset.get());
    let wanted = ext
        .static_attrs
        .get()
        .clamp(LEAST_INLINE, MOST_INLINE)
        .max(from.inline_attrs.get());
    // SAFETY: the class is being made, nobody else uses it.
    unsafe {
        (*raw).tp_itemsize = base.raw().tp_itemsize;
        if added.weakref || (weak > 0 && movable(weak)) {
            (*raw).tp_weaklistoffset = end as isize;
            end += 8;
        } else {
            (*raw).tp_weaklistoffset = weak;
        }
        if !added.dict && store == 0 {
            (*raw).tp_dictoffset = base.raw().tp_dictoffset;
        } else {
            (*raw).tp_dictoffset = -1;
            (*raw).tp_flags |= Py_TPFLAGS_MANAGED_DICT;
            if (*raw).tp_itemsize != 0 {
                ext.attrs_offset.set(-1);
                ext.inline_attrs.set(wanted);
            } else if store > 0 && !movable(store) {
                ext.attrs_offset.set(store);
                ext.inline_attrs.set(from.inline_attrs.get());
            } else {
                ext.attrs_offset.set(end as isize);
                ext.inline_attrs.set(wanted);
                end += AttributeStore::size(wanted);
            }
        }
        (*raw).tp_basicsize = end as isize;
    }
}

/// Instances that hold references take part in garbage collection.
fn set_gc(class: &Type, base: &Type) {
    let raw = class.as_type_ptr();
    let grown =
        class.raw().tp_basicsize > base.raw().tp_basicsize || class.ext().attrs_offset.get() != 0;
    if !grown && !base.has_flag(Py_TPFLAGS_HAVE_GC) {
        return;
    }
    // SAFETY: the class is being made, nobody else uses it.
    unsafe {
        (*raw).tp_flags |= Py_TPFLAGS_HAVE_GC;
        (*raw).tp_traverse = Some(subtype_traverse);
        (*raw).tp_clear = Some(subtype_clear);
    }
}
