//! Slots and special methods: the table that joins them, in both directions.
//!
//! A type written in C or Rust fills slots, and `add_wrappers` puts a
//! `wrapper_descriptor` for each into the type's dict. A Python class defines special
//! methods, and `update` puts functions into its slots that call them (CPython's
//! `typeobject.c`, `slotdefs`). Where the special method found is itself the wrapper of
//! a slot, that bare slot is taken, so that a subclass of a builtin type which does not
//! override a method loses nothing.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::ffi::{c_int, c_void};
use std::mem::offset_of;

use krait_abi::*;

use super::str::Str;
use super::str::intern::Name;
use super::typeobject::{Type, address, unhashable};
use crate::native::leak;
use crate::object::Layout;
use crate::py::{GilCell, Py, PyResult};
use crate::value::Value;

pub(crate) mod buffer;
mod containers;
mod new;
mod numbers;
mod objects;
pub mod special;
mod table;
mod update;
mod wrap;
pub mod wrapper;

pub use new::{construct_own, constructor_owner, only_constructor, same_constructor};
pub(super) use objects::check_init_result;
pub use objects::{asks_only_in_the_end, getattr_hook, getattribute, is_python_init, setattr};
pub use table::TABLE;
pub use update::{fixup_different, is_special_name, update_all, update_slot};

/// How a wrapped slot is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wrap {
    /// The slot serves the name, but no wrapper is made for it.
    Nothing,
    Unary,
    Hash,
    Call,
    Binary,
    BinarySwapped,
    Ternary,
    TernarySwapped,
    SetAttr,
    DelAttr,
    Compare(c_int),
    Next,
    Get,
    Set,
    Delete,
    Init,
    Finalize,
    Buffer,
    ReleaseBuffer,
    Truth,
    Length,
    SetItem,
    DelItem,
    SequenceItem,
    SequenceSetItem,
    SequenceDelItem,
    Contains,
    Repeat,
}

/// One line of the table: a special method's name, the slot, and the two ways between.
pub struct SlotDef {
    pub name: Name,
    pub text: &'static str,
    /// Where the slot stands in `PyHeapTypeObject`.
    pub offset: usize,
    /// The slot function that calls the special method; null where there is none.
    pub generic: *const c_void,
    pub wrap: Wrap,
    /// `($self, ...)` and the documentation.
    pub signature: &'static str,
    pub doc: &'static str,
}

// SAFETY: the pointers are to functions and never written through.
unsafe impl Sync for SlotDef {}

/// Set in `flags` of Krait's own `wrapperbase` records; `offset` is then the line's number.
const KRAIT_RECORD: c_int = 1 << 30;

/// What is computed from the table once.
pub(super) struct Index {
    by_name: HashMap<&'static str, Vec<usize>>,
    /// For each line the first line of the same slot.
    first: Vec<usize>,
    records: &'static mut [wrapperbase],
}

static INDEX: GilCell<OnceCell<Index>> = GilCell::new(OnceCell::new());

pub(super) fn index(py: Py) -> &'static Index {
    // SAFETY: the cell is static, filled once and never emptied.
    unsafe { &*(INDEX.get(py).get_or_init(build_index) as *const Index) }
}

fn build_index() -> Index {
    let mut by_name: HashMap<&'static str, Vec<usize>> = HashMap::with_capacity(TABLE.len());
    let mut first = Vec::with_capacity(TABLE.len());
    let mut records = Vec::with_capacity(TABLE.len());
    for (i, def) in TABLE.iter().enumerate() {
        by_name.entry(def.text).or_default().push(i);
        first.push(
            TABLE
                .iter()
                .position(|d| d.offset == def.offset)
                .unwrap_or(i),
        );
        let keywords = matches!(def.wrap, Wrap::Call | Wrap::Init);
        let mut record = wrapperbase::ZERO;
        record.name = leak::c_string(def.text);
        record.offset = i as c_int;
        record.function = def.generic.cast_mut();
        record.doc = leak::c_string(&format!("{}{}\n--\n\n{}", def.text, def.signature, def.doc));
        record.flags = KRAIT_RECORD | if keywords { PyWrapperFlag_KEYWORDS } else { 0 };
        record.name_strobj = def.name.get().as_object().as_ptr();
        records.push(record);
    }
    Index {
        by_name,
        first,
        records: Box::leak(records.into_boxed_slice()),
    }
}

impl Index {
    /// The lines of a special method's name.
    pub(super) fn lines(&self, name: &Str) -> &[usize] {
        name.as_ascii()
            .and_then(|text| self.by_name.get(text))
            .map_or(&[], |lines| lines)
    }

    /// Marks the first lines of the slots that a special method's name serves.
    fn mark(&self, name: &str, slots: &mut [bool; TABLE.len()]) {
        for &line in self.by_name.get(name).into_iter().flatten() {
            slots[self.first[line]] = true;
        }
    }
}

/// The line behind a wrapper's record, if the record is Krait's.
pub(super) fn line_of(record: *const wrapperbase) -> Option<&'static SlotDef> {
    if record.is_null() {
        return None;
    }
    // SAFETY: a wrapper's record lives as long as the wrapper.
    let record = unsafe { &*record };
    if record.flags & KRAIT_RECORD != 0 {
        TABLE.get(record.offset as usize)
    } else {
        None
    }
}

const fn groups() -> [(usize, usize); 5] {
    [
        (
            offset_of!(PyHeapTypeObject, as_buffer),
            offset_of!(PyTypeObject, tp_as_buffer),
        ),
        (
            offset_of!(PyHeapTypeObject, as_sequence),
            offset_of!(PyTypeObject, tp_as_sequence),
        ),
        (
            offset_of!(PyHeapTypeObject, as_mapping),
            offset_of!(PyTypeObject, tp_as_mapping),
        ),
        (
            offset_of!(PyHeapTypeObject, as_number),
            offset_of!(PyTypeObject, tp_as_number),
        ),
        (
            offset_of!(PyHeapTypeObject, as_async),
            offset_of!(PyTypeObject, tp_as_async),
        ),
    ]
}

/// Whether the groups of slots lie in the type itself, so that `offset` is each slot's place.
pub(super) fn holds_groups(ty: &Type) -> bool {
    let raw = ty.as_type_ptr().cast::<u8>();
    ty.is_heap_type()
        && groups().iter().all(|&(start, pointer)| {
            // SAFETY: the field is a pointer to the group, or null.
            let group = unsafe { raw.add(pointer).cast::<*mut u8>().read() };
            std::ptr::eq(group, raw.wrapping_add(start))
        })
}

/// Where a slot stands in a type; null where the type lacks the group of slots.
pub(super) fn slot_place(ty: &Type, offset: usize) -> *mut *mut c_void {
    let raw = ty.as_type_ptr().cast::<u8>();
    for (start, pointer) in groups() {
        if offset >= start {
            // SAFETY: the field is a pointer to the group, or null; the offset is of a
            // slot inside the group.
            unsafe {
                let group = raw.add(pointer).cast::<*mut u8>().read();
                return if group.is_null() {
                    std::ptr::null_mut()
                } else {
                    group.add(offset - start).cast()
                };
            }
        }
    }
    // SAFETY: the offset is of a field of the type's struct.
    unsafe { raw.add(offset).cast() }
}

/// What stands in a slot; null where nothing does.
pub(super) fn slot_value(ty: &Type, offset: usize) -> *mut c_void {
    let place = slot_place(ty, offset);
    if place.is_null() {
        return std::ptr::null_mut();
    }
    // SAFETY: `slot_place` gives a place inside the type or null.
    unsafe { *place }
}

/// Puts a `wrapper_descriptor` into the type's dict for each slot that is filled and
/// whose special method the dict does not define, and `__new__` where there is a
/// constructor of the type's own.
pub fn add_wrappers(py: Py, ty: &Type) -> PyResult<()> {
    let index = index(py);
    new::add_new(py, ty)?;
    for (i, def) in TABLE.iter().enumerate() {
        let wrapped = slot_value(ty, def.offset);
        if wrapped.is_null()
            || def.wrap == Wrap::Nothing
            || ty.dict().get_str_key(py, def.name.get()).is_some()
        {
            continue;
        }
        let value =
            if def.wrap == Wrap::Hash && wrapped.cast_const() == address(HASH_NOT_IMPLEMENTED) {
                Value::none()
            } else {
                let record = (&raw const index.records[i]).cast_mut();
                Value::from(wrapper::WrapperDescr::new(
                    ty,
                    def.name.get(),
                    record,
                    wrapped,
                ))
            };
        ty.dict()
            .set_value(py, &Value::from(def.name.get().to_owned_str()), value)?;
    }
    Ok(())
}

/// `unhashable` as a slot.
pub(super) const HASH_NOT_IMPLEMENTED: hashfunc = Some(unhashable);
