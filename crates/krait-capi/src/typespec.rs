//! `PyType_FromSpec` and its family: heap types from a table of slots.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::mem::offset_of;

use krait_abi::*;
use krait_object::types::type_new::{self, subtype_clear, subtype_dealloc, subtype_traverse};
use krait_object::types::typeobject::OBJECT;
use krait_object::{Layout, Object, Owned, Py, PyResult, Str, Tuple, Type, Value, intern, raise};

use crate::border::{Ptr, export};
use crate::typeobject::{align, ready};

/// Where a slot of each number stands in `PyHeapTypeObject`; 0 for the numbers that are no
/// plain slots.
pub const OFFSETS: [usize; 84] = offsets();

macro_rules! places {
    ($table:ident: $($group:ident { $($number:ident $slot:ident;)* })*) => {
        $($( $table[$number as usize] = offset_of!(PyHeapTypeObject, $group.$slot); )*)*
    };
}

const fn offsets() -> [usize; 84] {
    let mut table = [0; 84];
    places! { table:
        as_buffer {
            Py_bf_getbuffer bf_getbuffer;
            Py_bf_releasebuffer bf_releasebuffer;
        }
        as_mapping {
            Py_mp_ass_subscript mp_ass_subscript;
            Py_mp_length mp_length;
            Py_mp_subscript mp_subscript;
        }
        as_number {
            Py_nb_absolute nb_absolute;
            Py_nb_add nb_add;
            Py_nb_and nb_and;
            Py_nb_bool nb_bool;
            Py_nb_divmod nb_divmod;
            Py_nb_float nb_float;
            Py_nb_floor_divide nb_floor_divide;
            Py_nb_index nb_index;
            Py_nb_inplace_add nb_inplace_add;
            Py_nb_inplace_and nb_inplace_and;
            Py_nb_inplace_floor_divide nb_inplace_floor_divide;
            Py_nb_inplace_lshift nb_inplace_lshift;
            Py_nb_inplace_multiply nb_inplace_multiply;
            Py_nb_inplace_or nb_inplace_or;
            Py_nb_inplace_power nb_inplace_power;
            Py_nb_inplace_remainder nb_inplace_remainder;
            Py_nb_inplace_rshift nb_inplace_rshift;
            Py_nb_inplace_subtract nb_inplace_subtract;
            Py_nb_inplace_true_divide nb_inplace_true_divide;
            Py_nb_inplace_xor nb_inplace_xor;
            Py_nb_int nb_int;
            Py_nb_invert nb_invert;
            Py_nb_lshift nb_lshift;
            Py_nb_multiply nb_multiply;
            Py_nb_negative nb_negative;
            Py_nb_or nb_or;
            Py_nb_positive nb_positive;
            Py_nb_power nb_power;
            Py_nb_remainder nb_remainder;
            Py_nb_rshift nb_rshift;
            Py_nb_subtract nb_subtract;
            Py_nb_true_divide nb_true_divide;
            Py_nb_xor nb_xor;
            Py_nb_matrix_multiply nb_matrix_multiply;
            Py_nb_inplace_matrix_multiply nb_inplace_matrix_multiply;
        }
        as_sequence {
            Py_sq_ass_item sq_ass_item;
            Py_sq_concat sq_concat;
            Py_sq_contains sq_contains;
            Py_sq_inplace_concat sq_inplace_concat;
            Py_sq_inplace_repeat sq_inplace_repeat;
            Py_sq_item sq_item;
            Py_sq_length sq_length;
            Py_sq_repeat sq_repeat;
        }
        as_async {
            Py_am_await am_await;
            Py_am_aiter am_aiter;
            Py_am_anext am_anext;
            Py_am_send am_send;
        }
        ht_type {
            Py_tp_alloc tp_alloc;
            Py_tp_base tp_base;
            Py_tp_bases tp_bases;
            Py_tp_call tp_call;
            Py_tp_clear tp_clear;
            Py_tp_dealloc tp_dealloc;
            Py_tp_del tp_del;
            Py_tp_descr_get tp_descr_get;
            Py_tp_descr_set tp_descr_set;
            Py_tp_doc tp_doc;
            Py_tp_getattr tp_getattr;
            Py_tp_getattro tp_getattro;
            Py_tp_hash tp_hash;
            Py_tp_init tp_init;
            Py_tp_is_gc tp_is_gc;
            Py_tp_iter tp_iter;
            Py_tp_iternext tp_iternext;
            Py_tp_methods tp_methods;
            Py_tp_new tp_new;
            Py_tp_repr tp_repr;
            Py_tp_richcompare tp_richcompare;
            Py_tp_setattr tp_setattr;
            Py_tp_setattro tp_setattro;
            Py_tp_str tp_str;
            Py_tp_traverse tp_traverse;
            Py_tp_members tp_members;
            Py_tp_getset tp_getset;
            Py_tp_free tp_free;
            Py_tp_finalize tp_finalize;
            Py_tp_vectorcall tp_vectorcall;
        }
    }
    table
}

/// The place of a slot in a type; none where the type lacks the group of slots.
pub fn slot_place(ty: &Type, number: c_int) -> Option<*mut *mut c_void> {
    let offset = OFFSETS[number as usize];
    let raw = ty.as_type_ptr().cast::<u8>();
    let groups = [
        (
            offset_of!(PyHeapTypeObject, as_async),
            size_of::<PyAsyncMethods>(),
            offset_of!(PyTypeObject, tp_as_async),
        ),
        (
            offset_of!(PyHeapTypeObject, as_number),
            size_of::<PyNumberMethods>(),
            offset_of!(PyTypeObject, tp_as_number),
        ),
        (
            offset_of!(PyHeapTypeObject, as_mapping),
            size_of::<PyMappingMethods>(),
            offset_of!(PyTypeObject, tp_as_mapping),
        ),
        (
            offset_of!(PyHeapTypeObject, as_sequence),
            size_of::<PySequenceMethods>(),
            offset_of!(PyTypeObject, tp_as_sequence),
        ),
        (
            offset_of!(PyHeapTypeObject, as_buffer),
            size_of::<PyBufferProcs>(),
            offset_of!(PyTypeObject, tp_as_buffer),
        ),
    ];
    for (start, size, pointer) in groups {
        if (start..start + size).contains(&offset) {
            // SAFETY: the field points to the group, or is null; the offset is of a slot
            // inside the group.
            unsafe {
                let group = raw.add(pointer).cast::<*mut u8>().read();
                return (!group.is_null()).then(|| group.add(offset - start).cast());
            }
        }
    }
    // SAFETY: the offset is of a field of the type's struct.
    (offset != 0).then(|| unsafe { raw.add(offset).cast() })
}

/// What the slots say beside functions.
#[derive(Default)]
struct Told {
    members: Vec<PyMemberDef>,
    doc: Option<*const c_char>,
    bases: Option<Ptr>,
    base: Option<*mut PyTypeObject>,
    weaklist: isize,
    dict: isize,
    vectorcall: isize,
    token: *mut c_void,
}

/// # Safety
/// The slots are an array that ends with number 0.
unsafe fn read(py: Py, slots: *mut PyType_Slot, told: &mut Told) -> PyResult<()> {
    let mut at = slots;
    // SAFETY: the contract.
    unsafe {
        while !at.is_null() && (*at).slot != 0 {
            let value = (*at).pfunc;
            match (*at).slot {
                Py_tp_members => read_members(value.cast(), told),
                Py_tp_doc => told.doc = Some(value.cast_const().cast()),
                Py_tp_bases => told.bases = Some(value.cast()),
                Py_tp_base => told.base = Some(value.cast()),
                Py_tp_token => told.token = value,
                number if number < 0 || number as usize >= OFFSETS.len() => {
                    return raise!(py, RuntimeError, "invalid slot offset");
                }
                _ => {}
            }
            at = at.add(1);
        }
    }
    Ok(())
}

/// # Safety
/// The members are an array that ends with an entry without name.
unsafe fn read_members(mut member: *mut PyMemberDef, told: &mut Told) {
    // SAFETY: the contract.
    unsafe {
        while !member.is_null() && !(*member).name.is_null() {
            match CStr::from_ptr((*member).name).to_bytes() {
                b"__weaklistoffset__" => told.weaklist = (*member).offset,
                b"__dictoffset__" => told.dict = (*member).offset,
                b"__vectorcalloffset__" => told.vectorcall = (*member).offset,
                _ => {}
            }
            told.members.push(*member);
            member = member.add(1);
        }
    }
}

/// The bases: as given, or from the slots, or `object`.
unsafe fn bases_of(py: Py, bases: Option<&Object>, told: &Told) -> PyResult<Owned<Tuple>> {
    // SAFETY: slots hold living objects.
    let given = bases.or_else(|| told.bases.map(|b| unsafe { Object::from_ptr(b) }));
    match given {
        Some(object) => match object.downcast::<Tuple>() {
            Some(tuple) => Ok(tuple.to_owned()),
            None if object.downcast::<Type>().is_some() => Ok(Tuple::from_objects([object])),
            None => raise!(py, SystemError, "Py_tp_bases is not a tuple"),
        },
        None => {
            let base = match told.base {
                // SAFETY: as above.
                Some(base) => unsafe { Type::from_ptr(base) },
                None => &OBJECT,
            };
            Ok(Tuple::from_objects([base.as_object()]))
        }
    }
}

/// A type made of a spec.
unsafe fn from_spec(
    py: Py,
    metaclass: Option<&Type>,
    module: Option<&Object>,
    spec: *mut PyType_Spec,
    bases: Option<&Object>,
) -> PyResult<Owned<Type>> {
    let mut told = Told::default();
    // SAFETY: C passes a spec with an array of slots; the type is fresh and known to
    // nobody before it is ready.
    unsafe {
        read(py, (*spec).slots, &mut told)?;
        if (*spec).name.is_null() {
            return raise!(py, SystemError, "Type spec does not define the name field.");
        }
        let full = CStr::from_ptr((*spec).name);
        let text = full.to_string_lossy().into_owned();
        let (module_name, short) = match text.rsplit_once('.') {
            Some((module, short)) => (Some(module), short),
            None => (None, text.as_str()),
        };
        let bases = bases_of(py, bases, &told)?;
        for base in bases.iter().filter_map(|b| b.downcast::<Type>()) {
            ready(py, base)?;
        }
        let base = type_new::best_base(py, &bases)?;
        let metatype = crate::typeobject::winner(py, metaclass, &bases)?;
        let raw = metatype
            .allocate(told.members.len())?
            .cast::<PyHeapTypeObject>();
        let ty = &raw mut (*raw).ht_type;
        (*ty).tp_flags = u64::from((*spec).flags) | Py_TPFLAGS_HEAPTYPE;
        (*ty).tp_as_async = &raw mut (*raw).as_async;
        (*ty).tp_as_number = &raw mut (*raw).as_number;
        (*ty).tp_as_mapping = &raw mut (*raw).as_mapping;
        (*ty).tp_as_sequence = &raw mut (*raw).as_sequence;
        (*ty).tp_as_buffer = &raw mut (*raw).as_buffer;
        (*raw)._ht_tpname = full.to_owned().into_raw();
        (*ty).tp_name = (*raw)._ht_tpname;
        (*raw).ht_name = Str::intern(short).into_ptr();
        (*raw).ht_qualname = Str::intern(short).into_ptr();
        (*raw).ht_module = module.map_or(std::ptr::null_mut(), |m| m.to_owned().into_ptr());
        (*raw).ht_token = if told.token.is_null() {
            std::ptr::null_mut()
        } else {
            told.token
        };
        (*ty).tp_base = base.to_owned().into_raw().cast();
        (*ty).tp_bases = bases.clone().into_ptr();
        set_sizes(py, ty, spec, base)?;
        copy_members(ty, &metatype, &mut told, base);
        let owned = Owned::<Type>::from_raw(ty.cast());
        fill_slots(&owned, (*spec).slots);
        set_doc(ty, told.doc);
        (*ty).tp_weaklistoffset = told.weaklist;
        (*ty).tp_dictoffset = told.dict;
        (*ty).tp_vectorcall_offset = told.vectorcall;
        set_lifetime(&owned);
        remember_slots(&owned, &told);
        ready(py, &owned)?;
        metatype.track_new(ty.cast());
        set_module_name(py, &owned, module_name)?;
        Ok(owned)
    }
}

/// `tp_basicsize`: 0 is the base's, a negative number adds to the base's.
unsafe fn set_sizes(
    py: Py,
    ty: *mut PyTypeObject,
    spec: *mut PyType_Spec,
    base: &Type,
) -> PyResult<()> {
    // SAFETY: the type is being made.
    unsafe {
        let size = (*spec).basicsize as isize;
        (*ty).tp_itemsize = (*spec).itemsize as isize;
        (*ty).tp_basicsize = match size {
            0 => base.raw().tp_basicsize,
            1.. => size,
            _ => {
                let start = align(base.raw().tp_basicsize as usize);
                (start + align(size.unsigned_abs())) as isize
            }
        };
        if size < 0
            && base.raw().tp_itemsize != 0
            && (*spec).flags as u64 & Py_TPFLAGS_ITEMS_AT_END == 0
            && !base.has_flag(Py_TPFLAGS_ITEMS_AT_END)
        {
            return raise!(
                py,
                SystemError,
                "Cannot extend variable-size class without Py_TPFLAGS_ITEMS_AT_END."
            );
        }
        if (*ty).tp_itemsize == 0 {
            (*ty).tp_itemsize = base.raw().tp_itemsize;
        }
    }
    Ok(())
}

/// Copies the members behind the type's struct, with names of their own.
unsafe fn copy_members(ty: *mut PyTypeObject, metatype: &Type, told: &mut Told, base: &Type) {
    if told.members.is_empty() {
        return;
    }
    // SAFETY: the type was allocated with room for so many members, and one that stays
    // zero, behind the metaclass's struct.
    unsafe {
        let place = ty
            .byte_add(metatype.raw().tp_basicsize as usize)
            .cast::<PyMemberDef>();
        let start = align(base.raw().tp_basicsize as usize) as isize;
        for (i, member) in told.members.iter_mut().enumerate() {
            if member.flags & Py_RELATIVE_OFFSET != 0 {
                member.flags &= !Py_RELATIVE_OFFSET;
                member.offset += start;
                match CStr::from_ptr(member.name).to_bytes() {
                    b"__weaklistoffset__" => told.weaklist = member.offset,
                    b"__dictoffset__" => told.dict = member.offset,
                    b"__vectorcalloffset__" => told.vectorcall = member.offset,
                    _ => {}
                }
            }
            let mut copy = *member;
            copy.name = CStr::from_ptr(member.name).to_owned().into_raw();
            place.add(i).write(copy);
        }
        (*ty).tp_members = place;
    }
}

/// # Safety
/// The slots are an array that ends with number 0.
unsafe fn fill_slots(ty: &Type, slots: *mut PyType_Slot) {
    let mut at = slots;
    // SAFETY: the contract; the places are inside the type.
    unsafe {
        while !at.is_null() && (*at).slot != 0 {
            let number = (*at).slot;
            let special = [
                Py_tp_members,
                Py_tp_doc,
                Py_tp_base,
                Py_tp_bases,
                Py_tp_token,
            ];
            if !special.contains(&number)
                && let Some(place) = slot_place(ty, number)
            {
                *place = (*at).pfunc;
            }
            at = at.add(1);
        }
    }
}

/// A copy of the documentation, which the type frees.
unsafe fn set_doc(ty: *mut PyTypeObject, doc: Option<*const c_char>) {
    // SAFETY: the documentation is a C string or null; the copy has room for it.
    unsafe {
        let Some(doc) = doc.filter(|d| !d.is_null()) else {
            return;
        };
        let bytes = CStr::from_ptr(doc).to_bytes_with_nul();
        let copy = krait_heap::alloc_raw(bytes.len());
        if !copy.is_null() {
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), copy, bytes.len());
            (*ty).tp_doc = copy.cast();
        }
    }
}

/// What heap types do where the spec says nothing.
fn set_lifetime(ty: &Type) {
    let raw = ty.as_type_ptr();
    // SAFETY: the type is being made.
    unsafe {
        if (*raw).tp_dealloc.is_none() {
            (*raw).tp_dealloc = Some(subtype_dealloc);
        }
        if (*raw).tp_alloc.is_none() {
            (*raw).tp_alloc = Some(krait_object::types::inherit::generic_alloc);
        }
        if (*raw).tp_free.is_none() {
            (*raw).tp_free = Some(krait_object::types::inherit::generic_free);
        }
        let own =
            (*raw).tp_dealloc.map(|f| f as *const c_void) == Some(subtype_dealloc as *const c_void);
        if ty.has_flag(Py_TPFLAGS_HAVE_GC) && (*raw).tp_traverse.is_none() && own {
            (*raw).tp_traverse = Some(subtype_traverse);
            if (*raw).tp_clear.is_none() {
                (*raw).tp_clear = Some(subtype_clear);
            }
        }
    }
}

/// Fields that `subtype_dealloc` gives back.
fn remember_slots(ty: &Type, told: &Told) {
    let slots = told
        .members
        .iter()
        .filter(|m| m.r#type == Py_T_OBJECT_EX && m.flags & Py_READONLY == 0 && m.offset > 0);
    *ty.ext().slot_offsets.borrow_mut() = slots.map(|m| m.offset as usize).collect();
}

fn set_module_name(py: Py, ty: &Type, module: Option<&str>) -> PyResult<()> {
    if ty.dict().contains_str(py, intern!("__module__")) {
        return Ok(());
    }
    match module {
        Some(module) => {
            ty.dict()
                .set_str(py, intern!("__module__"), Value::from(Str::intern(module)))
        }
        None => {
            let text = format!("builtin type {} has no __module__ attribute", ty.name());
            krait_object::errors::warn(py, &krait_object::exceptions::DeprecationWarning, &text, 1)
        }
    }
}

export! {
    fn PyType_FromSpec(py, spec: *mut PyType_Spec) -> PyResult<Owned<Type>> {
        from_spec(py, None, None, spec, None)
    }
    fn PyType_FromSpecWithBases(py, spec: *mut PyType_Spec, bases: Option<&Object>) -> PyResult<Owned<Type>> {
        from_spec(py, None, None, spec, bases)
    }
    fn PyType_FromModuleAndSpec(py, module: Option<&Object>, spec: *mut PyType_Spec, bases: Option<&Object>) -> PyResult<Owned<Type>> {
        from_spec(py, None, module, spec, bases)
    }
    fn PyType_FromMetaclass(py, metaclass: *mut PyTypeObject, module: Option<&Object>, spec: *mut PyType_Spec, bases: Option<&Object>) -> PyResult<Owned<Type>> {
        let metaclass = (!metaclass.is_null()).then(|| Type::from_ptr(metaclass));
        from_spec(py, metaclass, module, spec, bases)
    }
}
