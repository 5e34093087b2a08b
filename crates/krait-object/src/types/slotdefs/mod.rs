//! Slots and special methods: the table that joins them, in both directions.
//!
//! A type written in C or Rust fills slots, and `add_wrappers` puts a
//! `wrapper_descriptor` for each into the type's dict. A Python class defines special
//! methods, and `update` puts functions into its slots that call them (CPython's
//! `typeobject.c`, `slotdefs`). Where the special method found is itself the wrapper of
//! a slot, that bare slot is taken, so that a subclass of a builtin type which does not
//! override a method loses nothing.

use std::cell::OnceCell;
use std::ffi::{CStr, c_int, c_void};
use std::mem::offset_of;

use krait_abi::*;

use super::str::Str;
use super::str::intern::Name;
use super::typeobject::{Type, address, unhashable};
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

pub use new::{
    construct_own, constructor_owner, has_python_new, only_constructor, same_constructor,
};
pub(super) use objects::check_init_result;
pub use objects::{
    asks_only_in_the_end, classes_ask_only_in_the_end, getattr_hook, getattribute, is_python_init,
    setattr,
};
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
    /// The name, and the documentation with the signature before it, as C has them.
    pub c_text: &'static CStr,
    pub c_doc: &'static CStr,
}

// SAFETY: the pointers are to functions and never written through.
unsafe impl Sync for SlotDef {}

/// Set in `flags` of Krait's own `wrapperbase` records; `offset` is then the line's number.
const KRAIT_RECORD: c_int = 1 << 30;

/// What is computed from the table once.
pub(super) struct Index {
    /// By their hashes, the first line of each name; `NO_LINE` where there is none.
    by_name: [u8; PLACES],
    /// For each line the next one of the same name.
    next: [u8; TABLE.len()],
    /// For each line the first line of the same slot.
    first: [u8; TABLE.len()],
    /// The slots, by their groups; the last one is the type itself.
    slots: [Vec<Slot>; 6],
    /// The lines that wrappers are made for.
    wrapped: Lines,
    records: Box<[wrapperbase]>,
}

/// A slot of a group: its first line, how many it has, and where in the group it stands.
struct Slot {
    line: u8,
    lines: u8,
    offset: u16,
}

const NO_LINE: u8 = u8::MAX;
const PLACES: usize = 256;

static INDEX: GilCell<OnceCell<Index>> = GilCell::new(OnceCell::new());

pub(super) fn index(py: Py) -> &'static Index {
    // SAFETY: the cell is static, filled once and never emptied.
    unsafe { &*(INDEX.get(py).get_or_init(build_index) as *const Index) }
}

fn build_index() -> Index {
    let mut index = Index {
        by_name: [NO_LINE; PLACES],
        next: [NO_LINE; TABLE.len()],
        first: [0; TABLE.len()],
        slots: [const { Vec::new() }; 6],
        wrapped: Lines::default(),
        records: TABLE.iter().enumerate().map(record).collect(),
    };
    for (line, def) in TABLE.iter().enumerate() {
        index.add_name(line, def.name.get());
        index.add_slot(line, def.offset);
        if def.wrap != Wrap::Nothing {
            index.wrapped.add(line);
        }
    }
    index
}

fn record((line, def): (usize, &SlotDef)) -> wrapperbase {
    let keywords = matches!(def.wrap, Wrap::Call | Wrap::Init);
    let mut record = wrapperbase::ZERO;
    record.name = def.c_text.as_ptr();
    record.offset = line as c_int;
    record.function = def.generic.cast_mut();
    record.doc = def.c_doc.as_ptr();
    record.flags = KRAIT_RECORD | if keywords { PyWrapperFlag_KEYWORDS } else { 0 };
    record.name_strobj = def.name.get().as_object().as_ptr();
    record
}

impl Index {
    /// Notes the slot of a line. Lines of a slot stand together.
    fn add_slot(&mut self, line: usize, offset: usize) {
        let groups = groups();
        let group = groups.iter().position(|&(start, _)| offset >= start);
        let start = group.map_or(0, |group| groups[group].0);
        let slots = &mut self.slots[group.unwrap_or(groups.len())];
        let offset = (offset - start) as u16;
        match slots.last_mut().filter(|last| last.offset == offset) {
            Some(last) => last.lines += 1,
            None => slots.push(Slot {
                line: line as u8,
                lines: 1,
                offset,
            }),
        }
        self.first[line] = slots.last().map_or(0, |last| last.line);
    }

    fn add_name(&mut self, line: usize, name: &Str) {
        let mut at = name.hash() as usize % PLACES;
        while self.by_name[at] != NO_LINE {
            let mut known = usize::from(self.by_name[at]);
            if std::ptr::eq(TABLE[known].name.get(), name) {
                while self.next[known] != NO_LINE {
                    known = usize::from(self.next[known]);
                }
                self.next[known] = line as u8;
                return;
            }
            at = (at + 1) % PLACES;
        }
        self.by_name[at] = line as u8;
    }

    /// The lines of a special method's name.
    pub(super) fn lines(&self, name: &Str) -> impl Iterator<Item = usize> {
        let mut at = name.hash() as usize % PLACES;
        let mut line = self.by_name[at];
        while line != NO_LINE && !TABLE[usize::from(line)].name.get().eq(name) {
            at = (at + 1) % PLACES;
            line = self.by_name[at];
        }
        std::iter::from_fn(move || {
            let found = (line != NO_LINE).then_some(usize::from(line))?;
            line = self.next[found];
            Some(found)
        })
    }

    /// The first line of the slot that a line is of.
    fn first(&self, line: usize) -> usize {
        usize::from(self.first[line])
    }

    /// Marks the first lines of the slots that a special method's name serves.
    fn mark(&self, name: &Str, slots: &mut [bool; TABLE.len()]) {
        for line in self.lines(name) {
            slots[self.first(line)] = true;
        }
    }
}

/// The groups of a type's slots, of which some may be missing, and the type itself.
fn tables(ty: &Type) -> [*mut u8; 6] {
    let raw = ty.as_type_ptr().cast::<u8>();
    let [a, b, c, d, e] = groups().map(|(_, pointer)| {
        // SAFETY: the field is a pointer to the group, or null.
        unsafe { raw.add(pointer).cast::<*mut u8>().read() }
    });
    [a, b, c, d, e, raw]
}

impl Slot {
    /// Its place in a type's group.
    fn of(&self, group: *mut u8) -> *mut *mut c_void {
        group.wrapping_add(usize::from(self.offset)).cast()
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

/// Lines of the table, a bit each.
#[derive(Clone, Copy, Default)]
pub struct Lines(u128);

const _: () = assert!(TABLE.len() <= 128, "a bit for each line");

impl Lines {
    pub fn count(self) -> usize {
        self.0.count_ones() as usize
    }

    fn add(&mut self, line: usize) {
        self.0 |= 1 << line;
    }

    fn iter(self) -> impl Iterator<Item = usize> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let line = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
            rest &= rest - 1;
            Some(line)
        })
    }
}

/// The lines that get a wrapper where the slots that a type has now are its own.
pub(super) fn own_lines(py: Py, ty: &Type) -> Lines {
    let index = index(py);
    let mut lines = Lines::default();
    for (slots, group) in index.slots.iter().zip(tables(ty)) {
        let slots = if group.is_null() { &[][..] } else { slots };
        for slot in slots {
            // SAFETY: a place inside the type.
            if unsafe { !(*slot.of(group)).is_null() } {
                let first = usize::from(slot.line);
                (first..first + usize::from(slot.lines)).for_each(|line| lines.add(line));
            }
        }
    }
    Lines(lines.0 & index.wrapped.0)
}

/// Whether the type gets an entry `__new__`, before it inherits a constructor.
pub(super) fn has_own_constructor(ty: &Type) -> bool {
    ty.raw().tp_new.is_some() && !ty.has_flag(Py_TPFLAGS_DISALLOW_INSTANTIATION)
}

/// Puts a `wrapper_descriptor` into the type's dict for each slot that is filled and
/// whose special method the dict does not define, and `__new__` where there is a
/// constructor of the type's own.
pub fn add_wrappers(py: Py, ty: &Type) -> PyResult<()> {
    add_lines(py, ty, own_lines(py, ty), has_own_constructor(ty))
}

/// The same for given lines; whether there is a constructor is given too.
pub(super) fn add_lines(py: Py, ty: &Type, lines: Lines, constructor: bool) -> PyResult<()> {
    if constructor {
        new::add_new(py, ty)?;
    }
    for line in lines.iter() {
        let def = &TABLE[line];
        let wrapped = slot_value(ty, def.offset);
        if wrapped.is_null() || ty.dict().contains_str(py, def.name.get()) {
            continue;
        }
        let value =
            if def.wrap == Wrap::Hash && wrapped.cast_const() == address(HASH_NOT_IMPLEMENTED) {
                Value::none()
            } else {
                let record = (&raw const index(py).records[line]).cast_mut();
                Value::from(wrapper::WrapperDescr::new(
                    ty,
                    def.name.get(),
                    record,
                    wrapped,
                ))
            };
        ty.dict().set_str(py, def.name.get(), value)?;
    }
    Ok(())
}

/// `unhashable` as a slot.
pub(super) const HASH_NOT_IMPLEMENTED: hashfunc = Some(unhashable);
