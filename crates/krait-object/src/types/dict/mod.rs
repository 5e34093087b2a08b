//! `dict`: CPython's head, and behind it Krait's table of values.
//!
//! Keys and values are `Value` words, so that numbers in a dict are not objects. What
//! always holds:
//!
//! * a key that has an immediate form is stored as the immediate, but for keys which
//!   `boxed_entry` had to turn into objects for C;
//! * `ma_used` is the number of living entries; a null table is an empty one;
//! * the version in the watcher word is zero or belongs to this dict and its present
//!   keys alone: adding or removing a key sets it to zero.
//!
//! No reference into the table is kept across anything that may run Python code.

use std::cell::{Cell, UnsafeCell};

use krait_abi::*;

use super::str::Str;
use super::typeobject::{StaticType, Type};
use crate::errors;
use crate::object::{Builtin, Layout, Object, Owned};
use crate::py::{GilCell, Py, PyResult};
use crate::value::{Value, is_pointer};

mod count;
pub(in crate::types) mod iterators;
mod keys;
mod lookup;
mod merge;
mod methods;
pub(crate) mod operators;
mod order;
pub(super) mod slots;
mod table;
mod view_ops;
pub(in crate::types) mod views;

pub use iterators::{DictIter, ITEMS, KEYS, VALUES};
pub(crate) use keys::{explain, hash_key, hash_value, normal_word, quick_equal, quiet_hash};
pub use merge::Duplicates;
pub use views::{DictItems, DictKeys, DictValues, DictView};

pub(crate) use table::Test;
use table::{Entry, Found, Table};

/// A `dict`.
#[repr(transparent)]
pub struct Dict(UnsafeCell<PyDictObject>);

#[unsafe(export_name = "PyDict_Type")]
pub static DICT: StaticType = StaticType::new();

// SAFETY: the struct begins with the header.
unsafe impl Layout for Dict {}
// SAFETY: instances of dict and its subtypes have the layout.
unsafe impl Builtin for Dict {
    #[inline(always)]
    fn type_object() -> &'static Type {
        &DICT
    }
    #[inline(always)]
    fn is_instance(object: &Object) -> bool {
        object.ty().has_flag(Py_TPFLAGS_DICT_SUBCLASS)
    }
}

/// The version that the next dict gets which is asked for one.
static NEXT_VERSION: GilCell<Cell<u32>> = GilCell::new(Cell::new(1));

/// A value from a word that is borrowed from a table.
///
/// # Safety
/// The word is a valid value's, whose owner is alive.
#[inline(always)]
pub(crate) unsafe fn copy_word(word: u64) -> Value {
    // SAFETY: the borrowed value is not dropped; its clone owns a reference.
    unsafe { (*std::mem::ManuallyDrop::new(Value::from_word(word))).clone() }
}

/// Releases a word that may be zero.
///
/// # Safety
/// The caller owns the word's reference.
#[inline(always)]
pub(crate) unsafe fn drop_word(word: u64) {
    if word != 0 && is_pointer(word) {
        // SAFETY: the caller owned it.
        unsafe { Object::decref(word as *mut PyObject) }
    }
}

impl Dict {
    #[inline(always)]
    pub fn raw(&self) -> *mut PyDictObject {
        self.0.get()
    }

    #[inline(always)]
    fn table(&self) -> Option<Table> {
        // SAFETY: `ma_keys` is null or the dict's table.
        unsafe { Table::from_raw((*self.raw()).ma_keys.cast()) }
    }

    #[inline(always)]
    fn set_table(&self, table: Option<Table>) {
        // SAFETY: the GIL is held; the field is only read by value.
        unsafe { (*self.raw()).ma_keys = table.map_or(std::ptr::null_mut(), |t| t.as_raw().cast()) }
    }

    /// An empty dict; it has no table yet.
    pub fn new() -> Owned<Dict> {
        // SAFETY: the block is fresh and large enough; all fields are written here.
        unsafe {
            let ptr =
                krait_heap::alloc_object(size_of::<PyDictObject>(), true).cast::<PyDictObject>();
            if ptr.is_null() {
                errors::out_of_memory();
            }
            (*ptr).ob_base = PyObject::new_heap(DICT.as_type_ptr());
            (*ptr).ma_used = 0;
            (*ptr)._ma_watcher_tag = 0;
            (*ptr).ma_keys = std::ptr::null_mut();
            (*ptr).ma_values = std::ptr::null_mut();
            krait_heap::track(ptr.cast());
            Owned::from_raw(ptr.cast())
        }
    }

    /// An empty dict with room for so many items.
    pub fn with_capacity(items: usize) -> Owned<Dict> {
        let dict = Dict::new();
        if items > 0 {
            dict.set_table(Table::with_room(items));
        }
        dict
    }

    /// An empty instance of a subclass.
    pub fn new_in(class: &Type) -> PyResult<Owned<Dict>> {
        if class.is(&DICT) {
            return Ok(Dict::new());
        }
        let raw = class.allocate(0)?;
        // SAFETY: all bytes zero is an empty dict.
        unsafe {
            class.track_new(raw);
            Ok(Owned::from_raw(raw.cast()))
        }
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        // SAFETY: the head is initialised.
        unsafe { (*self.raw()).ma_used as usize }
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline(always)]
    fn version_cell(&self) -> *mut u32 {
        // SAFETY: the version is the low half of the word that only Krait uses.
        unsafe { (&raw mut (*self.raw())._ma_watcher_tag).cast() }
    }

    #[inline(always)]
    fn keys_changed(&self) {
        // SAFETY: the field is within the dict.
        unsafe { *self.version_cell() = 0 }
    }

    /// A number that stands for this dict with its present keys in their present places,
    /// for inline caches; 0 where none can be given any more.
    #[inline(always)]
    pub fn keys_version(&self, py: Py) -> u32 {
        // SAFETY: the field is within the dict.
        match unsafe { *self.version_cell() } {
            0 => self.assign_version(py),
            version => version,
        }
    }

    /// The version as it stands, 0 where the keys changed since one was given out: what a
    /// cache compares with.
    #[inline(always)]
    pub fn current_version(&self) -> u32 {
        // SAFETY: the field is within the dict.
        unsafe { *self.version_cell() }
    }

    #[cold]
    fn assign_version(&self, py: Py) -> u32 {
        let next = NEXT_VERSION.get(py);
        let version = next.get();
        if version == u32::MAX {
            return 0;
        }
        next.set(version + 1);
        // SAFETY: the field is within the dict.
        unsafe { *self.version_cell() = version };
        version
    }

    /// The place of an exact string's entry: valid as long as the version.
    pub fn find_index(&self, py: Py, key: &Str) -> Option<u32> {
        self.find_str(py, key).map(|i| i as u32)
    }

    /// The address of the value word at a place that `find_index` gave, valid as long as
    /// the version. The word is a value that the dict owns.
    ///
    /// # Safety
    /// The dict's version is the one it had when the index was found.
    #[inline(always)]
    pub unsafe fn value_slot_at(&self, index: u32) -> *mut u64 {
        // SAFETY: an unchanged version means that the entry is still there.
        unsafe {
            let table = Table::from_raw((*self.raw()).ma_keys.cast()).unwrap_unchecked();
            &raw mut (*table.entry(index as usize)).value
        }
    }

    /// Appends an item whose key is not in the dict.
    #[inline]
    fn append(&self, py: Py, hash: i64, key: Value, value: Value) -> PyResult<()> {
        let table = match self.table() {
            // SAFETY: the dict's table is alive.
            Some(table) if unsafe { table.free() } != 0 => table,
            _ => self.grown(py)?,
        };
        // SAFETY: there is room; the references pass to the table.
        unsafe {
            table.append(Entry {
                hash,
                key: key.into_word(),
                value: value.into_word(),
            });
            (*self.raw()).ma_used += 1;
        }
        self.keys_changed();
        Ok(())
    }

    /// The table with room for another entry.
    #[cold]
    #[inline(never)]
    fn grown(&self, _py: Py) -> PyResult<Table> {
        let used = self.len();
        let new = match self.table() {
            None => Table::with_room(1),
            // Half as many again as live now: doubles a full table, and only sweeps out
            // one that is mostly deleted entries.
            // SAFETY: the dict's table is alive, and replaced below.
            Some(table) => unsafe { table.rebuilt(used + used / 2 + 1) },
        };
        match new {
            Some(table) => {
                self.set_table(new);
                self.keys_changed();
                Ok(table)
            }
            None => errors::no_memory(),
        }
    }

    /// Makes room for so many more items, as far as memory allows.
    pub fn reserve(&self, more: usize) {
        let wanted = self.len() + more;
        let new = match self.table() {
            None => Table::with_room(wanted),
            // SAFETY: the dict's table is alive, and replaced below.
            Some(table) if unsafe { (table.free() as usize) < more } => unsafe {
                table.rebuilt(wanted)
            },
            Some(_) => return,
        };
        if new.is_some() {
            self.set_table(new);
            self.keys_changed();
        }
    }

    /// Takes the entry at a place out.
    fn take_at(&self, index: usize) -> Option<(Value, Value)> {
        let table = self.table()?;
        // SAFETY: the caller found a living entry there; its references pass on.
        unsafe {
            let entry = table.take(index);
            (*self.raw()).ma_used -= 1;
            self.keys_changed();
            Some((Value::from_word(entry.key), Value::from_word(entry.value)))
        }
    }

    /// Takes the last item out.
    pub fn pop_last(&self) -> Option<(Value, Value)> {
        let table = self.table()?;
        // SAFETY: entries below `filled` have been written; a living one has a key.
        let last = unsafe {
            (0..table.filled())
                .rev()
                .find(|&i| (*table.entry(i)).key != 0)?
        };
        let taken = self.take_at(last);
        // SAFETY: the table is alive, since nothing has run meanwhile.
        unsafe { table.trim() }
        taken
    }

    /// Replaces the value at a place; the old one is released last.
    #[inline(always)]
    fn replace_at(&self, index: usize, value: Value) {
        drop(self.exchange_at(index, value));
    }

    /// Puts a value in the place of another, and gives that.
    #[inline(always)]
    fn exchange_at(&self, index: usize, value: Value) -> Option<Value> {
        let table = self.table()?;
        // SAFETY: a search gives places of the table's own living entries, and nothing has run
        // since; the old value's reference passes on.
        unsafe {
            let slot = &raw mut (*table.entry(index)).value;
            Some(Value::from_word(std::mem::replace(
                &mut *slot,
                value.into_word(),
            )))
        }
    }

    #[inline(always)]
    fn value_at(&self, index: usize) -> Option<Value> {
        let table = self.table()?;
        // SAFETY: the caller found a living entry there.
        Some(unsafe { copy_word((*table.entry(index)).value) })
    }

    /// The next item at or after `pos`, which moves behind it.
    #[inline(always)]
    pub fn iter_step(&self, pos: &mut usize) -> Option<(Value, Value)> {
        let i = self.next_living(pos)?;
        let table = self.table()?;
        // SAFETY: `next_living` found an entry there.
        unsafe {
            let entry = table.entry(i);
            Some((copy_word((*entry).key), copy_word((*entry).value)))
        }
    }

    /// As `iter_step`, the key only.
    #[inline(always)]
    pub fn key_step(&self, pos: &mut usize) -> Option<Value> {
        let i = self.next_living(pos)?;
        // SAFETY: `next_living` found an entry there.
        self.table()
            .map(|t| unsafe { copy_word((*t.entry(i)).key) })
    }

    /// As `iter_step`, the value only.
    #[inline(always)]
    pub fn value_step(&self, pos: &mut usize) -> Option<Value> {
        let i = self.next_living(pos)?;
        self.value_at(i)
    }

    /// As `iter_step`, with the key's hash.
    fn hashed_step(&self, pos: &mut usize) -> Option<(i64, Value, Value)> {
        let i = self.next_living(pos)?;
        let table = self.table()?;
        // SAFETY: `next_living` found an entry there.
        unsafe {
            let entry = table.entry(i);
            Some((
                (*entry).hash,
                copy_word((*entry).key),
                copy_word((*entry).value),
            ))
        }
    }

    /// As `key_step`, with the key's hash.
    pub(crate) fn hashed_key_step(&self, pos: &mut usize) -> Option<(i64, Value)> {
        self.hashed_step(pos).map(|(hash, key, _)| (hash, key))
    }

    #[inline(always)]
    fn next_living(&self, pos: &mut usize) -> Option<usize> {
        let table = self.table()?;
        // SAFETY: entries below `filled` have been written.
        unsafe {
            let filled = table.filled();
            let mut i = (*pos).max(table.first());
            while i < filled {
                if (*table.entry(i)).key != 0 {
                    *pos = i + 1;
                    return Some(i);
                }
                i += 1;
            }
            *pos = i;
            None
        }
    }

    /// The last living entry below `pos`, which moves to it.
    fn back_step(&self, pos: &mut usize) -> Option<(Value, Value)> {
        let table = self.table()?;
        // SAFETY: entries below `filled` have been written.
        unsafe {
            let mut i = *pos;
            if i > table.filled() {
                return None; // the dict was cleared and filled again
            }
            while i > 0 {
                i -= 1;
                let entry = table.entry(i);
                if (*entry).key != 0 {
                    *pos = i;
                    return Some((copy_word((*entry).key), copy_word((*entry).value)));
                }
            }
            *pos = 0;
            None
        }
    }

    /// Number of entries written, with the deleted ones: where reverse iteration starts.
    fn filled(&self) -> usize {
        // SAFETY: the dict's table is alive.
        self.table().map_or(0, |t| unsafe { t.filled() })
    }

    /// The item at or after `pos` as objects that the dict owns, for `PyDict_Next`: key and
    /// value are boxed where they stand. The third is the key's hash.
    pub fn boxed_entry(&self, pos: &mut usize) -> Option<(*mut PyObject, *mut PyObject, i64)> {
        let i = self.next_living(pos)?;
        let table = self.table()?;
        // SAFETY: a living entry; the new objects' references replace immediates, which
        // carry none.
        unsafe {
            let entry = table.entry(i);
            let hash = (*entry).hash;
            Some((
                box_in_place(&raw mut (*entry).key),
                box_in_place(&raw mut (*entry).value),
                hash,
            ))
        }
    }

    /// The value of a key as an object that the dict owns, for C's borrowed results.
    pub fn boxed_value(&self, py: Py, key: &Value) -> PyResult<Option<*mut PyObject>> {
        let hash = hash_key(py, key)?;
        let Some(i) = self.find(py, key, hash)? else {
            return Ok(None);
        };
        // SAFETY: `find` gave a living entry.
        Ok(self
            .table()
            .map(|t| unsafe { box_in_place(&raw mut (*t.entry(i)).value) }))
    }

    /// Removes all items. The dict is empty before the first of them dies.
    pub fn clear(&self) {
        let Some(table) = self.table() else {
            return;
        };
        self.set_table(None);
        // SAFETY: the table left the dict, so nobody else knows it; its references are
        // given back once.
        unsafe {
            (*self.raw()).ma_used = 0;
            self.keys_changed();
            for i in 0..table.filled() {
                let entry = *table.entry(i);
                drop_word(entry.key);
                drop_word(entry.value);
            }
            table.release();
        }
    }

    /// Bytes that the table takes, for `__sizeof__`.
    fn table_memory(&self) -> usize {
        // SAFETY: the dict's table is alive.
        self.table().map_or(0, |t| unsafe { t.memory() })
    }

    /// All items as they are now.
    pub fn to_vec(&self) -> Vec<(Value, Value)> {
        let (mut pos, mut items) = (0, Vec::with_capacity(self.len()));
        while let Some(item) = self.iter_step(&mut pos) {
            items.push(item);
        }
        items
    }

    /// All keys as they are now.
    pub fn keys_vec(&self) -> Vec<Value> {
        let (mut pos, mut keys) = (0, Vec::with_capacity(self.len()));
        while let Some(key) = self.key_step(&mut pos) {
            keys.push(key);
        }
        keys
    }

    /// Visits every owned reference.
    pub(crate) fn visit_all(&self, visitor: &mut crate::gc::Visitor) {
        let Some(table) = self.table() else {
            return;
        };
        // SAFETY: entries below `filled` have been written; visiting runs no Python code.
        unsafe {
            for i in 0..table.filled() {
                let entry = table.entry(i);
                for word in [(*entry).key, (*entry).value] {
                    if is_pointer(word) {
                        visitor.visit_ptr(word as *mut PyObject);
                    }
                }
            }
        }
    }
}

/// Turns an immediate in a word into an object; gives the object.
///
/// # Safety
/// The word is a value's, alive and owned by the container it stands in.
pub(crate) unsafe fn box_in_place(word: *mut u64) -> *mut PyObject {
    // SAFETY: the contract; the new object's reference passes to the word.
    unsafe {
        if !is_pointer(*word) {
            let boxed = Value::from_word(*word).into_object();
            *word = boxed.into_ptr() as u64;
        }
        *word as *mut PyObject
    }
}

impl std::fmt::Debug for Dict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<dict of {}>", self.len())
    }
}

/// Makes `dict`, its views and its iterators ready.
pub(crate) fn define() {
    slots::define();
    views::define();
    iterators::define();
}
